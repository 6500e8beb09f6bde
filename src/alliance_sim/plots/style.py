"""One look for every figure: colours, lines, text sizes, stages, and where panels stand.

Each domain has a colour of the Okabe-Ito palette, which colour-blind readers can tell apart, and a
line and a marker of its own, which survive a greyscale print. Text in a colour uses a darker shade
of it, with a contrast of at least 4.5 to 1 on white.
"""

from __future__ import annotations

import io
import math
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, ParamSpec

import matplotlib.style
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from numpy.typing import NDArray

from alliance_sim.calendar import decimal_year
from alliance_sim.errors import SettingError, visible
from alliance_sim.glossary import domain_words
from alliance_sim.provenance import STATEMENT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from alliance_sim.calendar import Calendar
    from alliance_sim.record.words import Words
    from alliance_sim.results import Ensemble

SLIDE = (13.333, 7.5)  # inches, 16:9
ROOM = 140  # letters that fit under a title in plain size; more are written smaller
TITLE_ROOM = 88  # letters of a title in full size
ABOUT_ROOM = 156  # letters of a line under it
TOP = 0.845  # upper edge of what is drawn, when two lines stand under the title
BOTTOM = 0.06  # lower edge of labels, just over the fixed sentence
LINE = 0.027  # height of a line in plain size, as a share of a slide
LETTER = 0.0066  # width of a letter in plain size, as a share of a slide
SMALLEST = 7.5
STEPS = (1, 2, 5, 10)  # between round numbers on an axis
MOST_PANELS = 6
DPI = 150
INK, QUIET, FAINT = "#1a1a1a", "#555555", "#8a8a8a"
SHADES = ("#ffffff", "#eeeeee")
LARGE, BOLD, PLAIN, SMALL = 17.0, 12.0, 11.0, 9.5  # points on a slide
WIDE, NARROW = 0.15, 0.28  # opacity of the 90 % and of the 50 % band
HALO = (withStroke(linewidth=2.5, foreground="white"),)

SETTINGS: dict[str, Any] = {
    "font.size": PLAIN,
    "axes.labelsize": PLAIN,
    "xtick.labelsize": PLAIN,
    "ytick.labelsize": PLAIN,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
    "savefig.facecolor": "white",
    "text.parse_math": False,  # a "$" in somebody's title is a "$"
}


@dataclass(frozen=True)
class Look:
    """How one domain or series is drawn.

    Attributes:
        colour: Of lines and areas.
        ink: A darker shade for text.
        line: Line style.
        marker: Marker.
    """

    colour: str
    ink: str
    line: Literal["-"] | tuple[float, tuple[float, ...]]
    marker: str


# For a relationship without colours of its own.
LOOKS: dict[str, Look] = {
    "political": Look("#0072B2", "#005a8c", "-", "o"),
    "operations": Look("#D55E00", "#9c4400", (0.0, (5.0, 1.6)), "s"),
    "equipment": Look("#009E73", "#006b4e", (0.0, (1.2, 1.2)), "^"),
    "institution": Look("#4d4d4d", "#333333", (0.0, (6.0, 1.5, 1.5, 1.5)), "D"),
}
PLAINLY = Look("#4d4d4d", "#333333", "-", "o")  # what belongs to no domain


def looks_of(words: Words | None) -> dict[str, Look]:
    """Return how each domain and series of a relationship is drawn."""
    colours = {} if words is None else words.colours
    own = {name: Look(*colours[name], look.line, look.marker)
           for name, look in LOOKS.items() if name in colours}  # fmt: skip
    return LOOKS | own


def called(words: Words | None, domain: str) -> str:
    """Return what a domain or series of a relationship is called."""
    return domain_words(domain) if words is None else words.domain(domain)


P = ParamSpec("P")


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Return a function that draws in this look, whatever the reader's own settings are.

    Control characters in a text are drawn as Python writes them.
    """

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with matplotlib.style.context(["default", SETTINGS]):
            figure = draw(*args, **kwargs)
        for text in figure.findobj(Text):
            text.set_text(visible(text.get_text(), lines=True))
        return figure

    return drawn


class Bands(NamedTuple):
    """Five quantiles over runs, each an array over quarters."""

    low: NDArray[np.float64]  # 5 %
    lower: NDArray[np.float64]  # 25 %
    middle: NDArray[np.float64]  # the median
    upper: NDArray[np.float64]  # 75 %
    high: NDArray[np.float64]  # 95 %


def bands(values: NDArray[np.float64], *, whole: bool = False) -> Bands:
    """Return the quantiles of the runs that did not fail.

    Args:
        values: Array (run, quarter).
        whole: Whether to keep to values that occur, as for a rung, of which there are no halves.

    Raises:
        SettingError: If every run failed.
    """
    complete = values[~np.isnan(values).any(axis=1)]
    if not len(complete):
        raise SettingError("figure", ["every run failed, so there is nothing to draw"])
    shares = [0.05, 0.25, 0.5, 0.75, 0.95]
    if whole:
        return Bands(*np.quantile(complete, shares, axis=0, method="inverted_cdf"))
    return Bands(*np.quantile(complete, shares, axis=0))


def draw_bands(axes: Axes, years: Sequence[float], fan: Bands, *, look: Look, step: bool) -> None:
    """Draw a median line with its 50 % and 90 % bands.

    Args:
        axes: Where to draw.
        years: Decimal years of the quarters.
        fan: What to draw.
        look: Colours and line.
        step: Whether values hold for the whole of a quarter, as rungs and counts do.
    """
    area: dict[str, Any] = {"color": look.colour, "linewidth": 0, "zorder": 2}
    if step:  # the last value holds to the end of its step as well
        area["step"] = "post"
        years = [*years, 2 * years[-1] - years[-2]]
        fan = Bands(*(np.append(part, part[-1:]) for part in fan))
    axes.fill_between(years, fan.low, fan.high, alpha=WIDE, **area)
    axes.fill_between(years, fan.lower, fan.upper, alpha=NARROW, **area)
    axes.plot(
        years,
        fan.middle,
        color=look.colour,
        linestyle=look.line,
        linewidth=2.4,
        drawstyle="steps-post" if step else "default",
        zorder=4,
    )


class Slide(Figure):
    """A figure that a notebook shows without pyplot, in half of its pixels."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Return the picture, and the width at which a page shows it."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue(), {"width": int(self.get_figwidth() * DPI / 2)}


def slide(title: str, *, about: str, height: float = SLIDE[1]) -> Figure:
    """Return an empty figure with its title, what it shows, and the fixed sentence below.

    Args:
        title: In large type.
        about: What is drawn, and of which scenario, in smaller type under the title.
        height: In inches.
    """
    figure = Slide(figsize=(SLIDE[0], height), dpi=DPI)
    figure.text(0.02, 1 - 0.14 / height, title, fontsize=LARGE, weight="bold", va="top")
    small = PLAIN * min(1.0, ROOM / len(about)) if about else PLAIN
    figure.text(0.02, 1 - 0.50 / height, about, fontsize=small, color=QUIET, va="top")
    figure.text(0.02, 0.12 / height, STATEMENT, fontsize=SMALL, color=QUIET, va="bottom")
    return figure


def told_of(ensemble: Ensemble) -> str:
    """Return which runs of what a figure shows, such as "x/baseline, 200 runs, seed 1"."""
    first = f" from run {ensemble.first_run}" if ensemble.first_run else ""
    plural = "" if ensemble.runs == 1 else "s"
    failed = sum(status != "ok" for status in ensemble.status)
    lost = f" ({failed} failed and are left out)" if failed else ""
    return (
        f"scenario {ensemble.scenario}, {ensemble.runs} run{plural}{first}{lost}, "
        f"seed {ensemble.seed}"
    )


def shade_stages(axes: Axes, calendar: Calendar, *, names: bool = False) -> None:
    """Shade the stages behind the data, and write their names above if asked to.

    Args:
        axes: With decimal years on the x axis.
        calendar: Of the data, which the axis is fitted to.
        names: Whether to write the names over the top edge.
    """
    last = calendar.last_year + 1
    axes.set_xlim(calendar.first_year, last)
    for number, period in enumerate(calendar.periods):
        start = max(decimal_year(period.start), calendar.first_year)
        end = min(decimal_year(period.end), last)
        if end <= start:
            continue
        axes.axvspan(start, end, color=SHADES[number % 2], linewidth=0, zorder=0)
        if number:
            axes.axvline(start, color=FAINT, linewidth=0.9, zorder=1)
        if not names:
            continue
        since = max(period.start.year, calendar.first_year)
        middle = (start + end) / 2
        _above(axes, middle, 17, text=period.name, fontsize=BOLD + 1, weight="bold")
        span = f"{since}–{period.end.year}"
        _above(axes, middle, 4, text=span, fontsize=SMALL, color=QUIET)


def _above(axes: Axes, year: float, points: float, *, text: str, **style: Any) -> None:
    """Write centred over a year, so many points above the upper edge."""
    axes.annotate(
        text,
        (year, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, points),
        textcoords="offset points",
        ha="center",
        va="bottom",
        annotation_clip=False,
        **style,
    )


def spread(wanted: Iterable[float], *, gap: float, low: float, high: float) -> list[float]:
    """Return places near those wanted, in their order, no two closer than a gap.

    Args:
        wanted: Where labels would stand if they had no neighbours.
        gap: The least distance.
        low: The lowest place allowed, as far as there is room.
        high: The highest place allowed.
    """
    places = list(wanted)
    order = sorted(range(len(places)), key=lambda i: places[i])
    floor = low
    for i in order:
        places[i] = floor = max(places[i], floor)
        floor += gap
    ceiling = high
    for i in reversed(order):
        places[i] = ceiling = min(places[i], ceiling)
        ceiling -= gap
    return places


def note(axes: Axes, text: str, *, at: tuple[float, float] = (0.006, 0.96)) -> Text:
    """Write what a panel shows into its own corner, where the eye already is."""
    return axes.text(
        *at,
        text,
        transform=axes.transAxes,
        va="top",
        fontsize=PLAIN,
        weight="bold",
        path_effects=HALO,
        zorder=6,
    )


def sheet(title: str, *, about: str) -> Figure:
    """Return an empty slide with a title of any length and two lines under it.

    Args:
        title: Written smaller if it is long.
        about: What is drawn and of what; wrapped to two lines.
    """
    figure = slide(title, about="")
    figure.texts[0].set_fontsize(LARGE * min(1.0, TITLE_ROOM / max(1, len(title))))
    size = PLAIN
    while len(lines := textwrap.wrap(about, int(ABOUT_ROOM * PLAIN / size))) > 2 and size > 7.5:
        size -= 0.5
    figure.text(
        0.02, 1 - 0.5 / SLIDE[1], "\n".join(lines), fontsize=size, color=QUIET, va="top",
        linespacing=1.25,
    )  # fmt: skip
    return figure


def wrapped(text: str, width: int) -> str:
    """Return a text in lines of so many letters; words, or parts up to a "_", stay whole."""
    width = max(1, width)
    words = [_opened(word, width) if len(word) > width else word for word in text.split(" ")]
    return textwrap.fill(" ".join(words), width, break_on_hyphens=False)


def _opened(name: str, width: int) -> str:
    """Return a long name with blanks after some "_", so that no part is longer than a width."""
    parts = [""]
    for part in re.findall("[^_]*_+|[^_]+", name):
        if parts[-1] and len(parts[-1] + part) > width:
            parts.append("")
        parts[-1] += part
    return " ".join(parts)


def left_margin(labels: list[str]) -> float:
    """Return the room, as a share of the slide, that labels left of an axis take."""
    longest = max((len(line) for label in labels for line in label.split("\n")), default=0)
    return 0.025 + LETTER * longest


def panel_places(
    count: int, *, left: float = 0.075, right: float = 0.985, foot: int = 1, below: float = 0.0
) -> list[tuple[float, float, float, float]]:
    """Return where panels stand: up to three in a row, at most two rows.

    Args:
        count: How many, at least one; those after the sixth have no place.
        left: Left edge, as a share of the slide.
        right: Right edge.
        foot: Lines of the tick labels under each panel.
        below: Room to leave under all panels, as for their common label.

    Returns:
        Per panel left, bottom, width and height, as shares of the slide.
    """
    count = min(count, MOST_PANELS)
    columns = count if count <= 3 else math.ceil(count / 2)
    rows = math.ceil(count / columns)
    gap = 0.022
    width = (right - left + gap) / columns
    height = (TOP - BOTTOM - below) / rows
    title, under = 0.035 if count > 1 else 0.0, 0.018 + foot * LINE
    return [
        (
            left + (k % columns) * width,
            TOP - (k // columns + 1) * height + under,
            width - gap,
            height - title - under,
        )
        for k in range(count)
    ]


def common_label(figure: Figure, text: str, *, left: float, right: float) -> None:
    """Write the label that the x axes of all panels share, under them."""
    figure.text(
        (left + right) / 2, BOTTOM, wrapped(text, int((right - left) / LETTER)),
        fontsize=PLAIN, ha="center", va="bottom",
    )  # fmt: skip


def panel_title(axes: Axes, text: str, *, width: float) -> None:
    """Write the name of a panel over it, in the size that fits.

    Args:
        axes: The panel.
        text: Its name.
        width: Width of the panel, as a share of the slide.
    """
    size = max(SMALLEST, min(PLAIN + 0.5, (PLAIN + 0.5) * width / (LETTER * 1.08 * len(text))))
    axes.set_title(text, fontsize=size, weight="bold", loc="left", pad=5, color=INK)
