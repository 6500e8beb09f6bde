# ruff: noqa: INP001 - a program beside the pages that it writes
"""Write what commands print into the pages that show it, so that no number there is typed by hand.

    python docs/command_output.py            # says which pages hold something else than is printed
    python docs/command_output.py --write    # runs the commands, a minute or two; writes the pages

A page holds a comment before a fence of text, with the command and, where only a part is shown, how
the first line of that part begins, and the first line after it:

    <!-- output: alliance-sim list junctures | Label: | Assumed: -->
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
BLOCK = re.compile(
    r"<!-- output: (?P<what>[^\n]*) -->\n```text\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
WIDTH = 96  # columns of a terminal


def pages() -> list[Path]:
    """Return the pages that show what commands print."""
    return [page for page in sorted(HERE.rglob("*.md")) if BLOCK.search(page.read_text("utf-8"))]


def commands(page: Path) -> list[str]:
    """Return the commands whose output a page shows."""
    found = BLOCK.finditer(page.read_text("utf-8"))
    return [match["what"].partition(" | ")[0] for match in found]


@cache
def printed(command: str) -> list[str]:
    """Return the lines that a command prints; of one that is refused, the message."""
    words = [sys.executable, "-m", "alliance_sim.cli", *shlex.split(command)[1:]]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 - commands of our own pages
            words,
            cwd=folder,
            env={**os.environ, "COLUMNS": str(WIDTH), "ALLIANCE_SIM_QUIET": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode not in (0, 2):
        raise SystemExit(f"{command}: {done.stderr}")
    return [line.rstrip() for line in (done.stdout or done.stderr).splitlines()]


def part(lines: list[str], first: str, last: str) -> str:
    """Return the lines from the one that begins with some text up to another; all without."""
    begin = next((k for k, line in enumerate(lines) if line.startswith(first)), None)
    if begin is None:
        raise SystemExit(f"no line begins with {first!r}")
    after = range(begin + 1, len(lines))
    end = next((k for k in after if last and lines[k].startswith(last)), len(lines))
    return "\n".join(lines[begin:end]).strip("\n") + "\n"


def written(page: Path) -> str:
    """Return a page with what its commands print."""

    def block(match: re.Match[str]) -> str:
        command, first, last = (*match["what"].split(" | "), "", "")[:3]
        text = part(printed(command), first, last)
        return f"<!-- output: {match['what']} -->\n```text\n{text}```"

    return BLOCK.sub(block, page.read_text("utf-8"))


def main() -> None:
    """Write the pages, or say which are out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the pages")
    parser.add_argument("page", nargs="*", type=Path, help="only these")
    given = parser.parse_args()
    stale = []
    for page in [path.resolve() for path in given.page] or pages():
        new = written(page)
        if new != page.read_text("utf-8"):
            stale.append(page.relative_to(HERE).as_posix())
        if given.write:
            page.write_text(new, encoding="utf-8")
    if stale and not given.write:
        sys.exit(f"out of date: {', '.join(stale)}; run: python docs/command_output.py --write")


if __name__ == "__main__":
    main()
