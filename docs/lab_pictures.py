# ruff: noqa: INP001, T201 - a script beside the pages it makes, not a package
"""Pictures of the lab for the docs: every part, on three sizes of screen, light and dark.

    python docs/lab_pictures.py --write     # needs Node, and `npm ci` in src/alliance_sim/lab/page

They are screenshots of the page as a browser shows it, of its first screen, with fewer colours so
that all together stay small.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from alliance_sim import load_scenario
from alliance_sim.lab.exporting import export
from alliance_sim.lab.payload import payload_of
from alliance_sim.shipped import usual_scenario

DOCS = Path(__file__).parent
PICTURES = DOCS / "images" / "lab"
PAGE = DOCS / "reference" / "lab_pictures.md"
PARTS = {
    "timeline": "Timeline",
    "answer": "Answer",
    "one_world": "One world",
    "two_worlds": "Two worlds",
    "guess": "Guess the real one",
    "lesson": "Lesson",
    "about": "About",
}
SIZES = {"phone": 390, "laptop": 1366, "projector": 1920}
LOOKS = ("light", "dark")
# No colour is far from its own: a mean of many makes grey of a single word in colour.
METHOD = Image.Quantize.MAXCOVERAGE
COLOURS = 128
HEAD = """# Pictures of the lab

Every part of [the lab](../how-to/lab.md) as it opens, on a phone (390 pixels wide), a laptop (1366)
and a projector (1920), light and dark: without the attacks of 2001, and with the second Abe
government four years later. `python docs/lab_pictures.py --write` takes them again.
"""


def page() -> str:
    """Return the page that shows all pictures."""
    lines = [HEAD]
    for part, title in PARTS.items():
        lines += [f"## {title}", ""]
        for size in SIZES:
            for look in LOOKS:
                name = f"{part}_{size}_{look}.png"
                lines.append(f"![{title}, {size}, {look}](../images/lab/{name}){{width=49%}}")
            lines.append("")
    return "\n".join(lines)


def take(folder: Path) -> None:
    """Take all pictures into a folder.

    Raises:
        SystemExit: If Node is missing, or the browser fails.
    """
    node = shutil.which("node")
    if node is None:
        raise SystemExit("Node is missing (https://nodejs.org): no picture can be taken")
    lesson = folder / "lesson.html"
    export(payload_of(load_scenario(usual_scenario())), lesson)
    words = [node, str(DOCS / "lab_pictures.mjs"), str(lesson), str(folder)]
    if code := subprocess.run(words, check=False).returncode:  # noqa: S603 - words of ours
        raise SystemExit(f"taking pictures failed with status {code}")


def main() -> None:
    """Take the pictures, and write them and their page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", required=True, help="take them again")
    parser.parse_args()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        take(Path(made))
        there = sorted(Path(made).glob("*.png"))
        for picture in there:
            with Image.open(picture) as image:
                few = image.convert("RGB").quantize(COLOURS, METHOD, dither=Image.Dither.NONE)
                few.save(PICTURES / picture.name, optimize=True)
    PAGE.write_text(page(), encoding="utf-8")
    size = sum((PICTURES / picture.name).stat().st_size for picture in there)
    print(f"{len(there)} pictures, {size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
