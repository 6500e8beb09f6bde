# ruff: noqa: E402, INP001 - a program beside the page that it reads
"""Write the equations of the model into the lab's page, as MathML, so that they are written once.

`python docs/equations.py` says whether the lab holds those of `reference/model.md`; with `--write`
it writes them.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # where `mathml` stands

from from_package import LETTERS, MODEL, symbols
from mathml import mathml

PLACE = HERE.parent / "src/alliance_sim/lab/page/src/panels/about/equations.json"
PART = re.compile(r"^### 7\.(\d+) .*?\n(.*?)(?=^### |\Z)", re.DOTALL | re.MULTILINE)
EQUATION = re.compile(r"^\$\$\n(.*?)\n\$\$$", re.DOTALL | re.MULTILINE)


def equations() -> dict[str, Any]:
    """Return equations by the number of their part, and the symbol of each number by its path."""
    parts = {}
    for number, body in PART.findall(MODEL.read_text("utf-8")):
        (latex, *others) = EQUATION.findall(body) or [""]
        if others:
            raise SystemExit(f"part 7.{number} has {1 + len(others)} blocks of equations, not one")
        if latex:
            parts[number] = mathml(latex, "block")
    found = {}
    for pattern, symbol in symbols().items():
        words = LETTERS if "{d}" in pattern else {"": ""}
        for word, letter in words.items():
            found[pattern.replace("{d}", word)] = mathml(symbol.replace("{d}", letter))
    return {"parts": parts, "symbols": found}


def text() -> str:
    """Return the file as it should be."""
    return json.dumps(equations(), ensure_ascii=False, indent=2) + "\n"


def main() -> int:
    """Compare or write, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="write what the model's page says")
    if parser.parse_args().write:
        PLACE.write_text(text(), "utf-8")
    late = not PLACE.exists() or PLACE.read_text("utf-8") != text()
    if late:
        sys.stderr.write(f"out of date: {PLACE.name}; type: python {sys.argv[0]} --write\n")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
