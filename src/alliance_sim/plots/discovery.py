"""What scenario discovery found: boxes among their points, steps of a peeling, leaves of a tree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from alliance_sim.glossary import once, percent
from alliance_sim.plots.style import (
    EDGE,
    FAINT,
    INK,
    PLAIN,
    QUIET,
    SMALL,
    STEPS,
    Heading,
    fold,
    styled,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure, SubFigure
    from numpy.typing import NDArray

MOST = 4  # factors drawn against each other
LETTERS = "ABCD"
LEAST_LABEL = 1.0  # inches from which on a label at an axis is more than its letter
SIDE_LINES = 3  # of the name of a factor at its axis
MOST_POINTS = 4000
MOST_LINES = 11  # of conditions in words
WORDS = 4.2  # inches that they take beside the panels
NEVER, ALWAYS = "#b9cfe0", "#C44E00"
COLOURS = LinearSegmentedColormap.from_list("share", [NEVER, "#e8a76f", ALWAYS])
SPAN = 0.04  # room around the points, as a share of their range
JITTER = 0.32
JITTER_SEED = 20_010_911
LEAF_LINES = 26  # of the conditions of all leaves
LEAF = 4.6  # inches that the conditions of a leaf take


@dataclass(frozen=True)
class Side:
    """One factor of a box, as it is drawn.

    Attributes:
        label: What it is; the conditions in words tell the unit.
        values: Array (point), numbers; the position in `names` for a choice.
        low: Lower limit; -infinity without.
        high: Upper limit; infinity without.
        names: Values of a choice; empty for the others.
        kept: Positions of those that the box allows.
        tick: How to write a number.
    """

    label: str
    values: NDArray[np.float64]
    low: float
    high: float
    names: tuple[str, ...] = ()
    kept: tuple[int, ...] = ()
    tick: Callable[[float], str] | None = None

    def spans(self) -> list[tuple[float, float]]:
        """Return the stretches that the box allows, as drawn."""
        if self.names:
            begins = [k for k in self.kept if k - 1 not in self.kept]
            ends = [k for k in self.kept if k + 1 not in self.kept]
            return [(a - 0.45, b + 0.45) for a, b in zip(begins, ends, strict=True)]
        first, last = self.ends()
        return [(max(self.low, first), min(self.high, last))]

    def ends(self) -> tuple[float, float]:
        """Return the ends of the axis."""
        if self.names:
            return -0.55, len(self.names) - 0.45
        low, high = float(self.values.min()), float(self.values.max())
        return low - SPAN * (high - low), high + SPAN * (high - low)


@styled
def box_figure(
    sides: Sequence[Side],
    share: NDArray[np.float64],
    heading: Heading,
    *,
    conditions: Sequence[str],
    numbers: Sequence[str],
    happens: str,
) -> Figure:
    """Return every two factors of a box against each other, with the box drawn in.

    Args:
        sides: The factors that the box limits, at least one; the first four are drawn.
        share: Array (point): share of the runs at each point in which it happens, 0 to 1.
        heading: What stands around it.
        conditions: The box in words: one for each side, then what else must hold.
        numbers: What is to be said of it: coverage, density and so on.
        happens: Label of the colours.
    """
    form = heading.form
    drawn, count = list(sides[:MOST]), min(len(sides), MOST)
    room = form.width - 2 * EDGE if form.narrow else WORDS
    told = _told(conditions, limits=len(sides), room=room)
    lines = told.count("\n") + "\n".join(numbers).count("\n") + 7
    high = 0.19 * lines if form.narrow else form.height
    figure = heading.slide(2.4 + 3.4 + high if form.narrow else None)
    if form.narrow:
        parts = figure.body.subfigures(2, 1, height_ratios=(3.4, high), squeeze=False)
    else:
        parts = figure.body.subfigures(
            1, 2, width_ratios=(form.width - WORDS, WORDS), squeeze=False
        )
    left, right = parts.flat
    grid = left.subplots(count, count, squeeze=False)
    order = _order(share)
    top = max(_along(side, share)[2].max() for side in drawn)
    wide = (3.2 if form.narrow else 8.0) / count
    for row, up in enumerate(drawn):
        for column, across in enumerate(drawn):
            axes = grid[row][column]
            if column > row:
                axes.remove()
                continue
            if row == column:
                _shares(axes, up, share, top=top, parts=2 if count > 1 else 5)
            else:
                _points(axes, across, up, share=share, order=order)
            _ticks(axes, across, up, place=(row, column, count), inches=wide)
    _words(right, told, numbers, happens=happens, inches=room, high=high)
    return figure


def _words(
    part: SubFigure, told: str, numbers: Sequence[str], *, happens: str, inches: float, high: float
) -> None:
    """Write conditions and numbers of a box, and draw the key of the colours under them."""
    words = part.add_gridspec(2, 1, height_ratios=(1, 0.04))
    panel = part.add_subplot(words[0])
    panel.set_axis_off()
    size = high - 1.0  # inches of the panel, about
    panel.text(0, 1, "If all of this holds", fontsize=PLAIN, weight="bold", va="top")
    panel.text(0, 1 - 0.26 / size, told, fontsize=SMALL, va="top", linespacing=1.3)
    panel.text(0, 0.02, "\n".join(numbers), fontsize=SMALL, va="bottom", linespacing=1.35)
    bar = part.add_subplot(words[1])
    colours = part.colorbar(
        ScalarMappable(Normalize(0, 1), COLOURS), cax=bar, orientation="horizontal"
    )
    colours.outline.set_visible(False)
    bar.xaxis.set_major_formatter(FuncFormatter(lambda x, _: percent(x)))
    bar.set_title(fold(happens, inches, size=SMALL), fontsize=SMALL, weight="normal", pad=3)


def _told(conditions: Sequence[str], *, limits: int, room: float) -> str:
    """Return the conditions of a box, with letters as at the axes; those without room counted.

    So many of the conditions are limits; the others follow them.
    """
    lines = [fold(text, room - 0.65, size=SMALL).replace("\n", "\n     ") for text in conditions]
    others = [f"–  {line}" for line in lines[limits:]]
    heights = np.cumsum([line.count("\n") + 1 for line in lines[:limits]])
    shown = int((heights <= MOST_LINES - len(others)).sum())
    marks = [*LETTERS[:MOST], *"–" * shown]
    told = [f"{mark}  {line}" for mark, line in zip(marks, lines[:shown], strict=False)]
    if shown < limits:
        told.append(f"–  and {limits - shown} more, in the table")
    return "\n".join([*told, *others])


def _order(share: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the points to draw, those in which it happens on top; some of them if many."""
    kept = np.arange(len(share))
    if len(kept) > MOST_POINTS:
        kept = np.random.default_rng(0).choice(kept, MOST_POINTS, replace=False)
    return kept[np.argsort(share[kept], kind="stable")]


def _points(
    axes: Axes, across: Side, up: Side, *, share: NDArray[np.float64], order: NDArray[np.intp]
) -> None:
    size = float(np.clip(9000 / len(order), 6, 42))
    axes.scatter(
        _spread(across, 1)[order], _spread(up, 2)[order],
        c=share[order], cmap=COLOURS, vmin=0, vmax=1, s=size, alpha=0.85, linewidths=0, zorder=2,
    )  # fmt: skip
    for x0, x1 in across.spans():
        for y0, y1 in up.spans():
            axes.add_patch(
                Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=INK, linewidth=2.2,
                          zorder=4)
            )  # fmt: skip


def _spread(side: Side, seed: int) -> NDArray[np.float64]:
    """Return where points stand; those of a choice are spread so that they do not hide."""
    if not side.names:
        return side.values
    draw = np.random.default_rng(JITTER_SEED + seed).uniform(-JITTER, JITTER, len(side.values))
    spread: NDArray[np.float64] = side.values + draw
    return spread


def _along(
    side: Side, share: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    """Return places, width and height of bars of how often it happens along one factor."""
    if side.names:
        codes = side.values.astype(np.intp)
        centres, width = np.arange(len(side.names), dtype=np.float64), 0.6
    else:
        low, high = float(side.values.min()), float(side.values.max())
        count = int(np.clip(len(np.unique(side.values)), 2, 12))
        edges = np.linspace(low, high, count + 1)
        codes = np.clip(np.searchsorted(edges, side.values, side="right") - 1, 0, count - 1)
        centres, width = (edges[:-1] + edges[1:]) / 2, 0.92 * (high - low) / count
    number = np.bincount(codes, minlength=len(centres))
    mean = np.bincount(codes, share, len(centres)) / np.maximum(number, 1)
    return centres, width, mean


def _shares(axes: Axes, side: Side, share: NDArray[np.float64], *, top: float, parts: int) -> None:
    """Draw how often it happens along one factor, and what the box allows of it."""
    centres, width, mean = _along(side, share)
    for x0, x1 in side.spans():
        axes.axvspan(x0, x1, color="#ececec", linewidth=0, zorder=0)
        for x in (x0, x1):
            axes.axvline(x, color=INK, linewidth=1.6, zorder=3)
    axes.bar(centres, mean, width, color=COLOURS(mean), linewidth=0, zorder=2)
    axes.set_ylim(0, min(1.0, 1.15 * top))
    axes.yaxis.set_major_locator(MaxNLocator(parts, steps=STEPS))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: percent(y)))


def _ticks(
    axes: Axes, across: Side, up: Side, *, place: tuple[int, int, int], inches: float
) -> None:
    """Set ticks and labels: at the left edge and at the foot only."""
    row, column, count = place
    axes.set_xlim(*across.ends())
    _write(axes.xaxis, across, shown=row == count - 1, inches=inches)
    if row == count - 1:
        axes.set_xlabel(_short(LETTERS[column], across.label, inches), fontsize=SMALL)
    if row == column:
        axes.tick_params(labelleft=column == 0)
        if column == 0:
            axes.set_ylabel("share\nof runs" if count > 2 else "share of runs", fontsize=SMALL)
    else:
        axes.set_ylim(*up.ends())
        _write(axes.yaxis, up, shown=column == 0, inches=math.inf)
        if column == 0:
            axes.set_ylabel(_short(LETTERS[row], up.label, 0.7 * inches), fontsize=SMALL)
    axes.spines[:].set_color(FAINT)
    axes.spines[:].set_visible(True)


def _short(letter: str, label: str, inches: float) -> str:
    """Return a letter and a label in a few lines; the words beside the figure hold all of it."""
    if inches < LEAST_LABEL:
        return letter
    label = f"{letter}  {label}"
    words = label.split(" ")
    for kept in range(len(words), 0, -1):
        text = label if kept == len(words) else f"{' '.join(words[:kept])} …"
        folded = fold(text, inches, size=SMALL)
        if folded.count("\n") < SIDE_LINES:
            return folded
    return fold(words[0], inches, size=SMALL)


def _write(axis: Axis, side: Side, *, shown: bool, inches: float) -> None:
    """Set the ticks of an axis; names that have no room are written slanting.

    Args:
        axis: The axis.
        side: The factor on it.
        shown: Whether the ticks have labels.
        inches: Width of an x axis; names on a y axis have room enough.
    """
    if side.names:
        room = min(1.0, 0.95 * inches / len(side.names))
        names = [fold(name, max(room, 0.75), size=SMALL) for name in side.names]
        axis.set_ticks(list(range(len(names))), names if shown else [""] * len(names))
        if room < 0.75:
            style: dict[str, Any] = {"rotation": 25, "ha": "right", "rotation_mode": "anchor"}
            for label in axis.get_ticklabels():
                label.set(**style)
    else:
        axis.set_major_locator(MaxNLocator(4, steps=STEPS))
        tick = side.tick
        if tick is not None:
            axis.set_major_formatter(FuncFormatter(lambda x, _: tick(x)))
    axis.set_tick_params(labelleft=shown, labelbottom=shown)


@styled
def peeling_figure(peeling: pd.DataFrame, heading: Heading, *, share: float) -> Figure:
    """Return what each step of a peeling gains in density and loses in coverage.

    Args:
        peeling: One peeling: columns `step`, `coverage`, `density`, `restricted`, and whether a
            step was made by lifting limits (`lifted`), is `offered`, was `chosen`.
        heading: What stands around it.
        share: Share of all runs in which it happens.
    """
    form = heading.form
    figure = heading.slide()
    axes = figure.body.subplots()
    most = int(peeling["restricted"].max())
    shades = _shades(most)
    cut = peeling[~peeling["lifted"]]
    axes.plot(cut["coverage"], cut["density"], color="#d0d0d0", linewidth=1.0, zorder=1)
    for restricted in sorted({int(count) for count in peeling["restricted"]}):
        rows = peeling[peeling["restricted"] == restricted]
        axes.plot(
            rows["coverage"], rows["density"], "o", markersize=9, color=shades[restricted],
            markeredgecolor="white", markeredgewidth=0.8, label=_limited(restricted), zorder=3,
        )  # fmt: skip
    axes.axhline(share, color=INK, linewidth=1.0, linestyle=(0, (4, 3)))
    axes.annotate(
        f"share of all runs: {percent(share, 1)}", (0.005, share), xytext=(0, 4),
        textcoords="offset points", fontsize=SMALL, color=INK,
    )  # fmt: skip
    for row in peeling[peeling["chosen"]].to_dict(orient="records"):
        at = (float(row["coverage"]), float(row["density"]))
        axes.plot(*at, "o", markersize=19, color="none", markeredgecolor=INK, markeredgewidth=2)
        which = "offered" if row["offered"] else "taken"
        axes.annotate(
            f"step {row['step']}: the box {which}", at, xytext=(-14, -16),
            textcoords="offset points", ha="right", va="top", fontsize=SMALL, weight="bold",
            arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.8},
        )  # fmt: skip
    _number_steps(axes, peeling)
    axes.set(xlim=(0, 1.03), ylim=(0, 1.03))
    room = 2.4 if form.narrow else 9.0
    for put, text in (
        (axes.set_xlabel, f"{once('coverage')}: of the runs in which it happens, those in the box"),
        (axes.set_ylabel, f"{once('density')}: of the runs in the box, those in which it happens"),
    ):
        put(fold(text, min(room, 4.5) if put == axes.set_ylabel else room))
    axes.grid(color="#e6e6e6", linewidth=0.7)
    axes.set_axisbelow(True)
    figure.body.legend(
        *axes.get_legend_handles_labels(), title="The box limits", title_fontsize=SMALL,
        loc="outside upper left" if form.narrow else "outside right upper",
        ncols=2 if form.narrow else 1, alignment="left",
    )  # fmt: skip
    return figure


def _limited(count: int) -> str:
    return "no factor" if count == 0 else f"{count} factor{'' if count == 1 else 's'}"


def _shades(most: int) -> list[tuple[float, float, float, float]]:
    """Return a colour for every number of limited factors."""
    return [mpl.colormaps["viridis"](k / max(1, most) * 0.92) for k in range(most + 1)]


def _number_steps(axes: Axes, peeling: pd.DataFrame) -> None:
    """Write the number of a step beside it, where it has room."""
    taken = peeling.loc[peeling["chosen"], ["coverage", "density"]].to_numpy()
    written = [(float(coverage), float(density)) for coverage, density in taken]
    for row in peeling.to_dict(orient="records"):
        at = (float(row["coverage"]), float(row["density"]))
        if any(abs(at[0] - x) < 0.03 and abs(at[1] - y) < 0.055 for x, y in written):
            continue
        written.append(at)
        axes.annotate(str(row["step"]), at, xytext=(7, 5), textcoords="offset points",
                      fontsize=SMALL, color=QUIET)  # fmt: skip


@styled
def leaves_figure(
    leaves: pd.DataFrame, heading: Heading, *, share: float, most: int = 12
) -> Figure:
    """Return the leaves of a tree as bars of how often it happens there.

    Args:
        leaves: As from `analysis.discovery.boxes.box_frame`, densest first.
        heading: What stands around it.
        share: Share of all runs in which it happens.
        most: Leaves drawn.
    """
    form = heading.form
    room = form.width / 2 - 0.3 if form.narrow else LEAF
    labels = [fold(str(text) or "all runs", room, size=SMALL) for text in leaves["conditions"]]
    lines = np.cumsum([label.count("\n") + 1 for label in labels])
    labels = labels[: min(most, max(1, int((lines <= LEAF_LINES).sum())))]
    drawn = leaves.head(len(labels))
    left_out = len(leaves) - len(drawn)
    more = f"The {len(drawn)} densest of {len(leaves)} leaves." if left_out else ""
    heights = np.array([label.count("\n") + 1.8 for label in labels])
    at = np.cumsum(heights) - heights / 2
    figure = heading.slide(3.2 + 0.17 * float(heights.sum()) if form.narrow else None, more=more)
    axes, density = figure.body.subplots(), drawn["density"].to_numpy()
    axes.barh(at, density, 1.1, color=COLOURS(density), linewidth=0, zorder=2)
    reach = np.stack([density - drawn["density_low"], drawn["density_high"] - density])
    axes.errorbar(
        density, at, xerr=np.maximum(reach, 0.0), fmt="none", ecolor=INK, elinewidth=1.3,
        capsize=3, zorder=4,
    )  # fmt: skip
    for place, row in zip(at, drawn.to_dict(orient="records"), strict=True):
        axes.annotate(
            f"{percent(row['mass'])} of runs\n{percent(row['coverage'])} of cases", (1.0, place),
            xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points",
            va="center", fontsize=SMALL, color=INK,
        )  # fmt: skip
    line = axes.axvline(share, color=INK, linewidth=1.0, linestyle=(0, (4, 3)), zorder=5)
    line.set_label(f"all runs: {percent(share, 1)}")
    axes.set_yticks(at, labels)
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(float(heights.sum()), 0), xlim=(0, 1))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: percent(x)))
    wide = form.width / 3 if form.narrow else 6.5
    label = "share of the runs of a leaf in which it happens (density; 95 % interval)"
    axes.set_xlabel(fold(label, wide))
    figure.body.legend(handles=[line], loc="outside upper left")
    return figure
