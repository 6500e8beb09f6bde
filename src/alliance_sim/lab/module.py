"""The page's WebAssembly module: read, and held against the rules that it was made from.

There are two, which give the same bits: one whose loops go through two numbers at a time (`simd`),
and one for browsers that cannot (`scalar`). `python -m engines.make_module` makes both. A module
says in a section of its own, named `NOTE`, what it was made from; it is handed out only if it is
whole and was made from these very rules, layout and comments of their sources aside.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alliance_sim.compiled import cache, objects
from alliance_sim.compiled.objects import DamagedError
from alliance_sim.errors import EngineError, unknown_name
from alliance_sim.world.recipe import COEFFICIENTS, rows_wanted

FOLDER = Path(__file__).with_name("made")
NAMES = ("simd", "scalar")
NOTE = "alliance-sim"
MADE_FROM = (
    *(*objects.MADE_FROM, "engine/held.py", "counterfactual/thin_rules.py"),
    *("lab/edited_world.py", "lab/entries.py", "lab/marks.py", "lab/terms.py"),
)
MOST = 2**20  # bytes of a module, two and a half times what is made today
CUSTOM = b"\0"
AGAIN = "make it anew: python -m engines.make_module"


@dataclass(frozen=True)
class Module:
    """A module, without its note.

    Attributes:
        code: WebAssembly.
        entries: Per function the kinds of what it takes, as `objects.kinds_of` gives them.
        sources: Digest of the sources that it was made from.
        syntax: Digest of their syntax.
        made_with: Versions of Python, Numba and llvmlite.
    """

    code: bytes
    entries: dict[str, str]
    sources: str
    syntax: str
    made_with: dict[str, str] = field(default_factory=dict)

    def as_bytes(self) -> bytes:
        """Return the content of a file: a module that says what it was made from."""
        told = {key: value for key, value in vars(self).items() if key != "code"}
        found = hashlib.sha256(self.code + json.dumps(told, sort_keys=True).encode())
        text = json.dumps({**told, "sha256": found.hexdigest()}, sort_keys=True).encode()
        content = bytes([len(NOTE)]) + NOTE.encode() + text
        return self.code + CUSTOM + _number(len(content)) + content


def _number(value: int) -> bytes:
    """Return a whole number as WebAssembly writes it, seven bits to a byte."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def sources() -> str:
    """Return the digest of what a module is made from, as it is: sources, and rows of recipes."""
    return _with_rows(cache.digest_of(MADE_FROM, objects.PACKAGE, leave_out=objects.NOT_COMPILED))


def syntax() -> str:
    """Return the same of what the sources say to Python: no comments, docstrings, layout."""
    return _with_rows(cache.syntax_of(MADE_FROM, objects.PACKAGE, leave_out=objects.NOT_COMPILED))


def _with_rows(digest: str) -> str:
    """Return a digest that covers the order of a recipe's numbers too, which is compiled in."""
    rows = (row for table in COEFFICIENTS for row in rows_wanted(table))
    return hashlib.sha256("\n".join([digest, *rows]).encode()).hexdigest()


def read(name: str, folder: Path | None = None) -> Module:
    """Return a module as it was made, whatever from.

    Args:
        name: "simd" or "scalar".
        folder: Where it lies, in place of the package's own folder.

    Raises:
        DamagedError: If it is not there, or not as it was written.
    """
    file = f"{name}.wasm"
    try:
        with ((folder or FOLDER) / file).open("rb") as opened:
            content = opened.read(MOST + 1)
    except OSError as error:
        raise DamagedError(f"{file} cannot be read") from error
    head = bytes([len(NOTE)]) + NOTE.encode()
    start = content.rfind(head + b"{")
    try:
        told: dict[str, Any] = json.loads(content[start + len(head) :])
        del told["sha256"]  # what follows works it out again
        size = len(_number(len(content) - start)) + len(CUSTOM)
        found = Module(code=content[: start - size], **told)
        right = found.as_bytes() == content
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise DamagedError(f"{file} is damaged, or of another version") from error
    if start < 0 or not right:
        raise DamagedError(f"{file} is damaged, or of another version")
    return found


def is_of_these_rules(module: Module) -> bool:
    """Whether a module was made from the rules as they are; comments do not matter."""
    return module.sources == sources() or module.syntax == syntax()


def usable(name: str = NAMES[0]) -> bytes:
    """Return a module's bytes, for a page.

    Args:
        name: "simd" or "scalar".

    Raises:
        EngineError: If there is none of that name, or it is damaged, or was made from other rules.
    """
    if name not in NAMES:
        raise EngineError(f"the page's module: {unknown_name('module', name, NAMES)}")
    try:
        found = read(name)
    except DamagedError as error:
        raise EngineError(f"the page's module {error}; {AGAIN}") from error
    if not is_of_these_rules(found):
        told = f"{name}.wasm: {objects.OTHER_RULES}"
        raise EngineError(f"the page's module {told}; {AGAIN}")
    return found.as_bytes()
