"""One look for every figure: colours, lines, text sizes, stages, and where panels stand.

Each domain has a colour of the Okabe-Ito palette, which colour-blind readers can tell apart, and a
line and a marker of its own, which survive a greyscale print. Text in a colour uses a darker shade
of it, with a contrast of at least 4.5 to 1 on white.
"""

from __future__ import annotations

import io
import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial, wraps
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, ParamSpec

import matplotlib.style
import numpy as np
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties, font_scalings
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from numpy.typing import NDArray

from alliance_sim.display import counted
from alliance_sim.errors import SettingError, visible
from alliance_sim.glossary import domain_words
from alliance_sim.plots.fonts import families
from alliance_sim.provenance import STATEMENT
from alliance_sim.results.ensemble import draws_taken

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from alliance_sim.record.words import Words
    from alliance_sim.results import Ensemble

DPI = 150
INK, QUIET, FAINT = "#1a1a1a", "#555555", "#8a8a8a"
SHADES = ("#ffffff", "#f1f1f1")
LARGE, PLAIN, SMALL = "x-large", "medium", "small"  # beside the size of a form
WIDE, NARROW = 0.2, 0.32  # opacity of the 90 % and of the 50 % band
HALO = (withStroke(linewidth=2.5, foreground="white"),)
EDGE = 0.16  # inches that stay free around a figure
UPRIGHT = 0.65  # of the height of the body
USUAL_TEXT = 2.3  # inches of text around a figure for a phone that its height reckons with
STEPS = (1, 2, 5, 10)  # between round numbers on an axis
MOST_PANELS = 6


@dataclass(frozen=True)
class Form:
    """What a figure is drawn for.

    Attributes:
        width: In inches.
        height: In inches, of a figure that does not ask for another.
        text: Size of plain text, in points.
        columns: Panels that stand beside each other at most.
    """

    width: float
    height: float
    text: float
    columns: int

    @property
    def narrow(self) -> bool:
        """Whether there is room for one thing beside its labels and no more."""
        return self.columns < 3


SLIDE = Form(13.333, 7.5, text=11.0, columns=3)  # 16:9
PHONE = Form(4.0, 7.2, text=9.6, columns=1)  # 360 px wide, so that text is 12 px high


@dataclass(frozen=True)
class Heading:
    """What stands around a figure.

    Attributes:
        title: In large type.
        about: What is drawn, and of what, under the title.
        form: What the figure is drawn for.
    """

    title: str
    about: str
    form: Form = SLIDE

    def slide(self, height: float | None = None, *, more: str = "") -> Slide:
        """Return an empty figure; `more` is said before `about`."""
        about = f"{more} {self.about}" if more else self.about
        return slide(self.title, about=about, form=self.form, height=height)


SETTINGS: dict[str, Any] = {
    "axes.labelsize": PLAIN,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "axes.titlesize": PLAIN,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "legend.fontsize": SMALL,
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
LADDER = Look("#5b3a8c", "#43266f", "-", "D")
AGENDA = Look("#7a5200", "#5e3f00", "-", "o")
PLAINLY = Look("#56618a", "#3a4466", "-", "o")  # what belongs to no domain
FACTUAL = Look("#6b6b6b", "#4d4d4d", (0.0, (3.0, 2.0)), "")  # what a what-if is held against


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
        given = [*args, *kwargs.values()]
        forms = [getattr(one, "form", one) for one in given]
        size = next((form.text for form in forms if isinstance(form, Form)), SLIDE.text)
        own = {"font.size": size, "font.family": families()}
        with matplotlib.style.context(["default", SETTINGS | own]):
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
    if step:  # the last value holds to the end of its step as well; one alone is of a year
        area["step"] = "post"
        years = [*years, 2 * years[-1] - years[-2] if len(years) > 1 else years[-1] + 1.0]
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
    """A figure with its title, what it shows, and the fixed sentence around a body.

    A notebook shows it without pyplot, in half of its pixels.

    Attributes:
        body: Where to draw; its panels, legends and common labels find their own room.
        upright: Inches that a label beside the body can be long.
    """

    body: SubFigure
    upright: float

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Return the picture, and the width at which a page shows it."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue(), {"width": int(self.get_figwidth() * DPI / 2)}


def slide(
    title: str,
    *,
    about: str,
    form: Form = SLIDE,
    height: float | None = None,
    below: str = STATEMENT,
) -> Slide:
    """Return a figure with an empty body.

    Args:
        title: In large type.
        about: What is drawn, and of which scenario, under the title; as many lines as it takes.
        form: What the figure is drawn for.
        height: In inches, where that of the form does not fit; more where a narrow form has to
            fold the texts into more lines than usual.
        below: What the figure is worth, under all.
    """
    room = form.width - 2 * EDGE
    head = [
        (fold(title, room, size=LARGE, weight="bold"), {"fontsize": LARGE, "weight": "bold"}),
        (fold(about, room), {"color": QUIET}),
    ]
    foot = [(fold(below, room, size=SMALL), {"fontsize": SMALL, "color": QUIET})]
    top, bottom = _inches(head, form), _inches(foot, form)
    high = height or form.height
    if form.narrow:
        high += max(0.0, top + bottom - USUAL_TEXT)
    figure = Slide(figsize=(form.width, high), dpi=DPI)
    figure.set_layout_engine("constrained", w_pad=EDGE / 2, h_pad=EDGE / 2)
    ratios = (top, high - top - bottom, bottom)
    parts = figure.subfigures(3, 1, height_ratios=ratios, hspace=0, squeeze=False).flat
    above, body, under = parts
    figure.upright = UPRIGHT * (high - top - bottom)
    _write(above, head, form)
    _write(under, foot, form)
    figure.body = body
    return figure


Lines = Sequence[tuple[str, dict[str, Any]]]


def _inches(lines: Lines, form: Form) -> float:
    """Return how high texts stand under each other."""
    return EDGE + sum(_high(text, style, form) for text, style in lines if text)


def _high(text: str, style: Mapping[str, Any], form: Form) -> float:
    scale = font_scalings[style.get("fontsize", PLAIN)]
    return (text.count("\n") + 1) * 1.3 * form.text * scale / 72


def _write(part: SubFigure, lines: Lines, form: Form) -> None:
    """Write texts under each other into a part of a figure."""
    high = _inches(lines, form)
    at = high - EDGE / 2
    for text, style in lines:
        if text:
            part.text(EDGE / form.width, at / high, text, va="top", linespacing=1.2, **style)
            at -= _high(text, style, form)


def text_width(text: str, *, size: str = PLAIN, weight: str = "normal") -> float:
    """Return how many inches the widest line of a text takes, as it is measured when drawn."""
    points = FontProperties(size=size).get_size_in_points()
    return max(_width(line, points, weight) for line in visible(text, lines=True).split("\n"))


@lru_cache(maxsize=10_000)  # the same words are folded again and again, by one figure after another
def _width(line: str, points: float, weight: str) -> float:
    font = FontProperties(size=points, weight=weight)
    return float(text_to_path.get_text_width_height_descent(line, font, ismath=False)[0]) / 72


def fold(text: str, inches: float, *, size: str = PLAIN, weight: str = "normal") -> str:
    """Return a text in lines that are no wider than so many inches, as it is measured.

    Words stay whole where they have room, parts of a name up to a "_" otherwise; lines of a text
    that has some stay lines.
    """
    width = partial(text_width, size=size, weight=weight)
    lines: list[str] = []
    for given in text.split("\n"):
        whole = given.lstrip(" ")
        if width(whole) <= inches:  # nearly every line: not measured word by word
            lines.append(whole)
            continue
        left = [
            (" " if part == word else "", part)
            for word in given.split(" ")
            for part in ([word] if width(word) <= inches else re.findall("[^_]*_+|[^_]+", word))
        ]
        while left:
            first = next((k for k, (_, part) in enumerate(left) if part), len(left) - 1)
            more = range(first + 2, len(left) + 1)  # how many could stand on the line beside it
            fits = bisect_left(more, x=True, key=lambda n: width(_joined(left[:n])) > inches)
            lines.append(_joined(left[: first + 1 + fits]))
            left = left[first + 1 + fits :]
    return "\n".join(lines)


def _joined(parts: Sequence[tuple[str, str]]) -> str:
    """Return parts of a line as one, each after its gap but where the line begins."""
    line = ""
    for gap, part in parts:
        line += gap + part if line else part
    return line


def panels_of(figure: Slide, count: int, form: Form) -> list[Axes]:
    """Return panels in the body of a figure, with one y axis: in at most two rows on a slide.

    Args:
        figure: The figure.
        count: How many; those after the sixth have no place.
        form: What it is drawn for.
    """
    count = min(count, MOST_PANELS)
    columns = min(form.columns, count if count <= 3 else -(-count // 2))
    grid = figure.body.subplots(-(-count // columns), columns, sharey=True, squeeze=False)
    for axes in grid.flat[count:]:
        axes.remove()
    return list(grid.flat[:count])


def tall(count: int, form: Form, *, each: float = 2.6) -> float:
    """Return the height of a figure with so many panels: that of the form, or as they stack."""
    return form.height if not form.narrow else 2.7 + each * min(count, MOST_PANELS)


def panel_title(axes: Axes, text: str, *, inches: float) -> None:
    """Write the name of a panel over it, in as many lines as it takes at that width."""
    folded = fold(text, inches, size=SMALL, weight="bold")
    axes.set_title(folded, fontsize=SMALL, pad=3, linespacing=1.15)


def told_of(ensemble: Ensemble) -> str:
    """Return which runs of what a figure shows, such as "scenario x/baseline, 20 runs, seed 1"."""
    first = f" from run {ensemble.first_run}" if ensemble.first_run else ""
    plural = "" if ensemble.runs == 1 else "s"
    failed = ensemble.failed
    lost = f" ({failed} failed and are left out)" if failed else ""
    return (
        f"scenario {ensemble.scenario}, {ensemble.runs} run{plural}{first}{lost}, "
        f"seed {ensemble.seed}"
    )


def pairs_of(factual: Ensemble, others: Collection[Ensemble]) -> str:
    """Return how many pairs of runs a figure shows of each, such as "200 pairs (1 failed)"."""
    lost = [int((~(factual.whole & other.whole)).sum()) for other in others]
    most = max(lost, default=0)
    least = "" if min(lost, default=0) == most else "up to "
    failed = f" ({least}{most} failed and are left out)" if most else ""
    return f"{counted(factual.runs, 'pair')}{failed}"


def numbers_of(ensemble: Ensemble) -> str:
    """Return in words where the parameters of runs come from."""
    if ensemble.posterior:
        return f"With {draws_taken(ensemble.posterior, ensemble.runs)}"
    return "Parameters as the scenario states them, judged or fitted"


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
