"""What to look for in the assembly of the engine."""

import platform
import re

READABLE = platform.machine().lower() in {"x86_64", "amd64"}
FUSED, CALLED = re.compile(r"\bvfn?m(?:add|sub)"), re.compile(r"\bcallq?\s+([A-Za-z_]\w*)")
PACKED, SINGLE = re.compile(r"\bv?(?:mul|add|sub|div)pd\b"), re.compile(r"\bv?(?:mul|add)sd\b")
