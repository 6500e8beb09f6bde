# ruff: noqa: INP001 - a program beside the pages that it writes
"""Draw every kind of figure, and write the page that shows them.

    python docs/gallery.py            # says whether the page is up to date, and draws nothing
    python docs/gallery.py --write    # runs the commands, some minutes; writes page and pictures
    python docs/gallery.py --write --only whatif robustness    # of these alone the pictures

Each picture is what its commands leave behind, with fewer pixels and colours so that the pages stay
small; the origin inside it stays, so that `alliance-sim plot` tells it. The same version of the
program gives the same pictures.
"""

from __future__ import annotations

import argparse
import base64
import io
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageColor
from PIL.PngImagePlugin import PngInfo

from alliance_sim.plots.style import SHADES

HERE = Path(__file__).resolve().parent
IMAGES, PAGE = HERE / "images", HERE / "reference" / "figures.md"
WIDTH, COLOURS = 1280, 96  # of a picture in the pages
NEAR_WHITE = 235  # of each part of a colour, from which on it is one of the paper's
MOST_BYTES = 1_700_000  # of all pictures together
PHONE = re.compile(r'class="phone" src="data:image/png;base64,([A-Za-z0-9+/=]+)"')
HEAD = """\
# Figures

Every kind of figure, with the commands that make it. All of them are colour-blind safe, tell the
scenario by its title, and hold their own origin: `alliance-sim plot FIGURE.png` says which
scenario, seed and command made it. `report.html` shows figures drawn for a phone where the screen
is narrow, and turns them over where the reader's device is set to dark; in Python,
`from alliance_sim.plots.style import PHONE` and `form=PHONE` draw them so.

This page and its pictures are made by `python docs/gallery.py --write`.
"""


class Entry(NamedTuple):
    """One figure of the gallery.

    Attributes:
        name: Of its picture.
        title: Over it.
        words: What it shows, and how to read it.
        commands: What makes it, one after the other, in a folder of their own.
        file: The figure that they leave there.
        page: A page that holds the same figure for a phone, and which of its pictures that is.
    """

    name: str
    title: str
    words: str
    commands: tuple[str, ...]
    file: str
    page: tuple[str, int] | None = None


PLANS = HERE.parent / "experiments"
ENTRIES: tuple[Entry, ...] = (
    Entry(
        "history",
        "The described history",
        "Levels of cooperation, the coded acts, formal steps and shared fears over the years. "
        "Line: the middle run; bands: the middle half and the middle 90 % of runs.",
        ("history --out h",),
        "h/history.png",
        ("h/report.html", 0),
    ),
    Entry(
        "counts",
        "Acts per stage",
        "How many acts the record holds (dots) and the runs (bars), by field and stage. A hollow "
        "dot lies outside the bar.",
        ("history --out h",),
        "h/counts.png",
        ("h/report.html", 1),
    ),
    Entry(
        "codings",
        "Two codings of the same acts",
        "Acts in both lists and in one only, by stage and salience, with the estimated number of "
        "all acts; and how far the codes of the acts in both agree.",
        ("record agreement --out a",),
        "a/codings.png",
    ),
    Entry(
        "forecast",
        "Forecasts of the model and of baselines",
        "Acts of each quarter (dots) beside what the model and simple ones expected from a fixed "
        "origin on (lines); the band holds the middle 90 % of what the best of them thought "
        "possible.",
        ("score --edition 2 --out b",),
        "b/forecast_all.png",
    ),
    Entry(
        "pit",
        "Whether forecasts were calibrated",
        "How far randomised PIT values are from uniform; lines of calibrated forecasts stay in the "
        "band.",
        ("score --edition 2 --out b",),
        "b/pit.png",
    ),
    Entry(
        "run",
        "A scenario beside what it edits",
        "Any states of any scenario; of a what-if also the middle run without the edits (dashed) "
        "and the days of the edits (dotted).",
        ("run japan_nato/no_nine_eleven --out r",),
        "r/levels.png",
    ),
    Entry(
        "comparison",
        "What an edit makes of the course of events",
        "Above both worlds, below their difference, run by run with the same luck.",
        ("compare japan_nato/no_nine_eleven --out c",),
        "c/comparison.png",
        ("c/report.html", 0),
    ),
    Entry(
        "several",
        "Several what-ifs beside each other",
        "Differences of levels; at the right the last year.",
        ("compare japan_nato/no_nine_eleven japan_nato/council_majority --out s",),
        "s/comparison.png",
    ),
    Entry(
        "fan",
        "An outcome along a factor",
        "Of a sweep: the spread over runs, and the mean with its error.",
        (
            "sweep experiments/attacks_and_threats.toml --out at",
            "summarise at --out at_figures --outcome operations_2002_to_2012",
        ),
        "at_figures/summary_operations_2002_to_2012_by_threat_pull_japan.png",
    ),
    Entry(
        "heat_map",
        "An outcome over two factors",
        "Each cell holds the mean, and where there is room its error or interval.",
        (
            "sweep experiments/theories_and_council.toml --out tc",
            "summarise tc --out tc_figures --outcome mission_by_2018",
        ),
        "tc_figures/summary_mission_by_2018_by_council_rule_and_threats.png",
    ),
    Entry(
        "difference_map",
        "What an edit makes of an outcome, over two factors",
        "Mean difference, edited minus factual, run by run: one colour above 0, another below, and "
        "white where nothing differs.",
        (
            "sweep experiments/theories_and_council.toml --out tc",
            (
                "summarise tc --out tc_figures --outcome blocked_since_2013 "
                "--contrast no_crimea_no_invasion-baseline"
            ),
        ),
        "tc_figures/contrast_no_crimea_no_invasion_minus_baseline_blocked_since_2013_by_council_rule_"
        "and_threats.png",
    ),
    Entry(
        "sensitivity",
        "Which factors an outcome hangs on",
        "First bars: the share of the variance that a factor explains alone; second: with all its "
        "interactions. Beside them the largest interactions.",
        (
            "sweep experiments/nine_eleven_sensitivity.toml --out ne",
            "sensitivity ne --out ne_figures --outcome operations_2002_to_2012",
        ),
        "ne_figures/operations_2002_to_2012_baseline_sobol.png",
    ),
    Entry(
        "screening",
        "Which of many numbers matter at all",
        "Morris's screening: the mean size of an effect, and how much it depends on the others.",
        (
            "sweep experiments/screening_of_numbers.toml --out sc",
            "sensitivity sc --out sc_figures --outcome rung_end",
        ),
        "sc_figures/rung_end_baseline_morris.png",
    ),
    Entry(
        "conditions",
        "Under which conditions something happens",
        "A box of limits, as PRIM finds it, among the points of a sweep; density is the share of "
        "hits inside, coverage the share of all hits that it holds.",
        (
            "sweep experiments/conditions_of_the_programme.toml --out co",
            "discover co --out co_figures --outcome programme_by_2014",
        ),
        "co_figures/programme_by_2014_baseline_prim_box1.png",
    ),
    Entry(
        "peeling",
        "How a box was found",
        "Each step gives up some coverage for density.",
        (
            "sweep experiments/conditions_of_the_programme.toml --out co",
            "discover co --out co_figures --outcome programme_by_2014",
        ),
        "co_figures/programme_by_2014_baseline_prim_peeling.png",
    ),
    Entry(
        "leaves",
        "The same as a tree",
        "Leaves of a classification tree (CART), those in which it happens most on top.",
        (
            "sweep experiments/conditions_of_the_programme.toml --out co",
            "discover co --method cart --out ca_figures --outcome programme_by_2014",
        ),
        "ca_figures/programme_by_2014_baseline_cart_leaves.png",
    ),
)


ASKED = "--without nine_eleven --outcome 'rung>=8@2014'"
ENTRIES += (
    Entry(
        "whatif",
        "A what-if, given the history that happened",
        "Above both worlds, below their difference: lines are the middle, bands half and nine in "
        "ten of the histories that come to the record. Squares: in how many of 100 re-runs the "
        "outcome comes about.",
        (f"whatif {ASKED} --out w",),
        "w/whatif.png",
        ("w/report.html", 0),
    ),
    Entry(
        "robustness",
        "Whether the answer holds",
        "The effect under each theory, coupling of the noise and other reading of the record, with "
        "its 90 %. Filled: theories that weigh something, and what the answer rests on.",
        (f"whatif {ASKED} --out w",),
        "w/robustness.png",
    ),
    Entry(
        "inevitability",
        "When an outcome was certain",
        "How likely the outcome was, seen from the end of each year by who knows the record until "
        "then; and the same where something is edited.",
        (f"inevitability {ASKED} --out i",),
        "i/inevitability.png",
    ),
    Entry(
        "attribution",
        "Which juncture did how much",
        "Shares of the contrast between this history and the one without any of them, by Shapley "
        "and by other conventions, which need not agree.",
        (
            (
                "attribute --outcome 'rung>=8@2014' --juncture nine_eleven --juncture isaf "
                "--juncture pko_law --out at_w"
            ),
        ),
        "at_w/attribution.png",
    ),
    Entry(
        "shift",
        "How much hangs on when it came",
        "The effect of a juncture that comes earlier or later, with its 90 %; along the top the "
        "year in which it then comes. Letters: from where on something that follows it falls away "
        "or is left to chance.",
        ("shift --juncture nine_eleven --outcome 'rung>=8@2014' --out s",),
        "s/shift.png",
    ),
    Entry(
        "rewrite",
        "The smallest rewrite of history",
        "What would have to be otherwise to turn an outcome: sets of edits by their cost in bits, "
        "as a tree, with how often the outcome turns.",
        ("rewrite --outcome 'rung>=8@2014' --out rw",),
        "rw/rewrite.png",
    ),
    Entry(
        "fit",
        "Free runs, and the one history that happened",
        "Grey: runs of the posterior with fresh luck. Colour: histories that come to the record. "
        "Ticks: coded acts.",
        ("posterior show --out p",),
        "p/fit.png",
    ),
    Entry(
        "parameters",
        "Prior and posterior of each number",
        "Each number that the record says something of has a row. Those that the prior sets "
        "(hollow) share one in each group where there are more than 64 numbers.",
        ("posterior show --out p",),
        "p/parameters.png",
    ),
    Entry(
        "stages",
        "Whether the record supports stages",
        "Fitted differences of each stage from what is common to all, beside their prior.",
        ("posterior show --out p",),
        "p/stages.png",
    ),
    Entry(
        "theories",
        "Rival theories on the same record",
        "The evidence of each theory, how well it foretells years that were left out, what each "
        "weighs in the best mixture of these forecasts, and what each block of theory adds.",
        ("score --edition 2 --out b",),
        "b/theories.png",
    ),
    Entry(
        "claims",
        "How often claims hold in free runs",
        "Each claim that the record supports, under prior and posterior.",
        ("score --edition 2 --out b",),
        "b/claims.png",
    ),
)


def page() -> str:
    """Return the page of the gallery."""
    parts = [HEAD]
    for entry in ENTRIES:
        commands = "\n".join(f"alliance-sim {command}" for command in entry.commands)
        parts.append(f"## {entry.title}\n\n{entry.words}\n\n```sh\n{commands}\n```\n")
        parts.append(f"![{entry.title}: {entry.words}](../images/{entry.name}.png)\n")
        if entry.page is not None:
            parts.append(
                f"![The same, drawn for a phone](../images/{entry.name}_phone.png){{width=300px}}\n"
            )
    return "\n".join(parts)


def small(content: bytes, path: Path) -> None:
    """Write a picture with fewer pixels and colours, and with the texts that it holds."""
    with Image.open(io.BytesIO(content)) as given:
        told = PngInfo()
        for key, value in given.info.items():
            if isinstance(key, str) and isinstance(value, str):
                told.add_text(key, value)
        picture = given.convert("RGB")
        if picture.width > WIDTH:
            size = (WIDTH, round(picture.height * WIDTH / picture.width))
            picture = picture.resize(size, Image.Resampling.LANCZOS)
        few = picture.quantize(palette=_palette(picture), dither=Image.Dither.NONE)
        few.save(path, optimize=True, pnginfo=told)


def _palette(picture: Image.Image) -> Image.Image:
    """Return the colours of a picture that are kept: the paper and the shade of stages as they are.

    They differ by so little that one would be taken for the other.
    """
    paper = [ImageColor.getrgb(shade) for shade in SHADES]
    count = COLOURS - len(paper)
    few = picture.quantize(count, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    numbers = few.getpalette() or []
    found = [tuple(numbers[k : k + 3]) for k in range(0, min(len(numbers), 3 * count), 3)]
    kept = [*(colour for colour in found if min(colour) < NEAR_WHITE), *paper]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in kept for part in colour])
    return palette


def draw(folder: Path, only: Sequence[str] = ()) -> None:
    """Run the commands of all figures, or of some, in a folder, each once; write the pictures."""
    (folder / "experiments").symlink_to(PLANS)
    done: set[str] = set()
    for entry in ENTRIES:
        if only and entry.name not in only:
            continue
        for command in entry.commands:
            if command in done:
                continue
            done.add(command)
            print(f"alliance-sim {command}", flush=True)  # noqa: T201 - a program
            program = [sys.executable, "-m", "alliance_sim.cli", *shlex.split(command)]
            subprocess.run(program, cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        small((folder / entry.file).read_bytes(), IMAGES / f"{entry.name}.png")
        if entry.page is not None:
            found = PHONE.findall((folder / entry.page[0]).read_text("utf-8"))
            content = base64.b64decode(found[entry.page[1]])
            small(content, IMAGES / f"{entry.name}_phone.png")


def main() -> int:
    """Write the gallery, or say whether its page is up to date."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--write", action="store_true", help="run the commands and write")
    names = [entry.name for entry in ENTRIES]
    asked.add_argument("--only", nargs="+", choices=names, default=[], help="figures to draw")
    given = asked.parse_args()
    if not given.write:
        same = PAGE.is_file() and PAGE.read_text("utf-8") == page()
        print("up to date" if same else "out of date: python docs/gallery.py --write")  # noqa: T201
        return 0 if same else 1
    with tempfile.TemporaryDirectory() as folder:
        draw(Path(folder), given.only)
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
