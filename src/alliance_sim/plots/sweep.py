"""An outcome over the runs of a sweep: along a factor, over periods, over two factors."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from alliance_sim.glossary import signed
from alliance_sim.plots.style import (
    INK,
    MOST_PANELS,
    NARROW,
    PLAIN,
    QUIET,
    SHADES,
    SMALL,
    STEPS,
    WIDE,
    Form,
    Heading,
    Look,
    fold,
    panel_title,
    panels_of,
    styled,
    tall,
    text_width,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from numpy.typing import NDArray

Kind = Literal["number", "whole", "share", "difference", "difference of shares"]
LOOK = Look("#0072B2", "#005a8c", "-", "o")
SERIES = (
    Look("#0072B2", "#005a8c", "-", "o"),
    Look("#D55E00", "#9c4400", "-", "s"),
    Look("#009E73", "#006b4e", "-", "^"),
    Look("#CC79A7", "#95406f", "-", "D"),
    Look("#4d4d4d", "#333333", "-", "v"),
    Look("#E69F00", "#7d5600", "-", "P"),
)
COLOURS = "cividis"  # even in lightness, and the same to colour-blind eyes
DIFFERENT = "PuOr_r"  # white where nothing differs, as dark above 0 as below, to all eyes
LIGHT = (0.2126, 0.7152, 0.0722)  # what red, green and blue add to luminance
READABLE = 0.18  # luminance from which on dark text stands out more than white
CELL = (0.42, 0.24)  # inches of width and height that a number in a cell takes
SIDE = 0.9  # inches that labels left of a panel take
NEAR = 0.3  # of the highest value, up to which an axis begins at 0
EMPTY = "–"  # stands in a cell without runs


class Scale(NamedTuple):
    """Which colour a number has.

    Attributes:
        norm: Puts numbers between 0 and 1.
        colours: Name of a colour map.
    """

    norm: Normalize
    colours: str


@styled
def fan_figure(
    bands: pd.DataFrame,
    heading: Heading,
    *,
    factor: str,
    value: str,
    tick: Callable[[float], str] | None = None,
    kind: Kind = "number",
) -> Figure:
    """Return the spread of an outcome along one factor, one panel per scenario.

    Args:
        bands: As from `analysis.bands.bands_along`.
        heading: What stands around it.
        factor: Label of the factor.
        value: Label of the outcome, with unit.
        tick: How to write a place on the x axis, as for dates; None to write the label of each
            row under it, as for choices.
        kind: "share" if the outcome is 0 or 1, so that shares and not quantiles are drawn; "whole"
            if it is a whole number in every run, so that its axis has no others. A "difference",
            and a "difference of shares", has a line at 0.
    """
    probability, difference = kind.endswith(("share", "shares")), kind.startswith("difference")
    scenarios, cut = _first(pd.unique(bands["scenario"]), "panels")
    form = heading.form
    figure = heading.slide(tall(len(scenarios), form), more=cut)
    panels = panels_of(figure, len(scenarios), form)
    columns = min(form.columns, len(panels) if len(panels) <= 3 else math.ceil(len(panels) / 2))
    wide = (form.width - SIDE) / columns
    limits = _limits(bands, kind)
    for axes, scenario in zip(panels, scenarios, strict=True):
        rows = bands[(bands["scenario"] == scenario) & (bands["runs"] > 0)]
        if tick is None:
            _bars(axes, rows, probability=probability)
            names = _names(bands, wide)
            axes.set_xticks(range(len(names)), names)
            axes.tick_params(axis="x", length=0)
        else:
            _curve(axes, rows, probability=probability)
            _name_numbers(axes, rows, tick, most=max(4, 11 - 2 * len(panels)))
        axes.set_ylim(*limits)
        if difference:
            axes.axhline(0.0, color=QUIET, linewidth=1.2, zorder=1)
        if kind == "whole":
            axes.yaxis.set_major_locator(MaxNLocator(8, integer=True))
        axes.grid(axis="y", color="#e2e2e2", linewidth=0.7)
        axes.set_axisbelow(True)
        if len(scenarios) > 1:
            panel_title(axes, scenario, inches=wide - 0.3)
    figure.body.supxlabel(fold(factor, form.width - SIDE), fontsize=PLAIN)
    figure.body.supylabel(fold(value, figure.upright), fontsize=PLAIN)
    _legend(figure.body, kind, form)
    return figure


def _first(
    names: Iterable[object], called: str, *, most: int = MOST_PANELS
) -> tuple[list[str], str]:
    """Return the first names, and a sentence on how many are left out, "" where none is."""
    every = [str(name) for name in names]
    cut = f"The first {most} of {len(every)} {called}; the table holds all."
    return every[:most], cut if len(every) > most else ""


def _limits(bands: pd.DataFrame, kind: Kind) -> tuple[float, float]:
    if kind == "share":
        return -0.02, 1.02
    low, high = float(bands["q05"].min()), float(bands["q95"].max())
    if kind == "difference of shares":  # whose bands are not drawn
        low, high = float(bands["mean"].min()), float(bands["mean"].max())
    if kind.startswith("difference"):
        low, high = min(low, 0.0), max(high, 0.0)
    if not bands["mean_low"].isna().all():
        low = min(low, float(bands["mean_low"].min(skipna=True)))
        high = max(high, float(bands["mean_high"].max(skipna=True)))
    if kind == "whole":
        low, high = math.floor(low), math.ceil(high)
    room = 0.05 * (high - low) or 0.5
    if kind.startswith("difference"):  # its 0 is a result like any other, not the end of a scale
        return low - room, high + room
    if 0 <= low <= NEAR * high:
        return (-room if kind == "whole" else 0.0), high + room
    return low - room, high + room


def _curve(axes: Axes, rows: pd.DataFrame, *, probability: bool) -> None:
    """Draw bands over a factor that has an order."""
    x = rows["place"].to_numpy()
    if not probability:
        for low, high, shade in (("q05", "q95", WIDE), ("q25", "q75", NARROW)):
            axes.fill_between(
                x, rows[low], rows[high], color=LOOK.colour, alpha=shade, linewidth=0, zorder=2
            )
        axes.plot(x, rows["q50"], color=LOOK.colour, linewidth=2.4, zorder=4)
    _means(axes, x, rows, probability=probability, joined=probability)
    reach = x.max() - x.min() or 1.0
    axes.set_xlim(x.min() - 0.03 * reach, x.max() + 0.03 * reach)


def _bars(axes: Axes, rows: pd.DataFrame, *, probability: bool) -> None:
    """Draw one bar per value of a factor that has no order."""
    x = rows["bin"].to_numpy(dtype=np.float64)
    if not probability:
        for low, high, width, shade in (("q05", "q95", 0.44, WIDE), ("q25", "q75", 0.44, NARROW)):
            axes.bar(
                x, rows[high] - rows[low], width, bottom=rows[low],
                color=LOOK.colour, alpha=shade, linewidth=0, zorder=2,
            )  # fmt: skip
        axes.hlines(rows["q50"], x - 0.22, x + 0.22, color=LOOK.colour, linewidth=2.4, zorder=3)
    _means(axes, x, rows, probability=probability)
    axes.set_xlim(-0.5, rows["bin"].max() + 0.5)


def _names(bands: pd.DataFrame, wide: float) -> list[str]:
    """Return the labels of the bins, folded to the room that a panel so many inches wide has."""
    labels = bands.drop_duplicates("bin").sort_values("bin")["label"].astype(str).tolist()
    return [fold(label, 0.9 * wide / len(labels), size=SMALL) for label in labels]


def _name_numbers(
    axes: Axes, rows: pd.DataFrame, tick: Callable[[float], str], *, most: int
) -> None:
    """Set ticks at the values if they are few, else at round numbers."""
    if len(rows) <= most and (rows["low"] == rows["high"]).all():
        axes.set_xticks(rows["place"].tolist(), [tick(x) for x in rows["place"]])
        return
    axes.xaxis.set_major_locator(MaxNLocator(most, steps=STEPS))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: tick(x)))


def _means(
    axes: Axes,
    x: NDArray[np.float64],
    rows: pd.DataFrame,
    *,
    probability: bool,
    joined: bool = False,
) -> None:
    """Draw means with their 95 % interval, joined by a line where what lies between is known."""
    mean = rows["mean"].to_numpy()
    reach = np.stack([mean - rows["mean_low"], rows["mean_high"] - mean])
    error = np.maximum(np.nan_to_num(reach), 0.0)
    axes.errorbar(
        x, mean, error,
        fmt="o", markersize=6 if probability else 4.5, color=INK, ecolor=INK,
        elinewidth=1.4, capsize=3, zorder=5, linestyle="-" if joined else "none",
        linewidth=1.2, label=f"{'share of runs' if probability else 'mean'}, 95 % interval",
    )  # fmt: skip


def _legend(body: SubFigure, kind: Kind, form: Form) -> None:
    means, _ = body.axes[0].get_legend_handles_labels()
    handles: list[Any] = means
    if kind == "difference of shares":
        means[0].set_label(f"{kind}, 95 % interval")
    elif kind != "share":
        handles = [
            Patch(color=LOOK.colour, alpha=WIDE, linewidth=0, label="90 % of runs"),
            Patch(color=LOOK.colour, alpha=WIDE + NARROW, linewidth=0, label="50 % of runs"),
            Line2D([], [], color=LOOK.colour, linewidth=2.4, label="median"),
            *means,
        ]
    body.legend(handles=handles, loc="outside upper left", ncols=2 if form.narrow else 4)


@styled
def periods_figure(
    bands: pd.DataFrame,
    heading: Heading,
    *,
    stages: Sequence[str],
    names: dict[str, str],
    value: str,
) -> Figure:
    """Return the spread of states over the periods, one panel per state.

    Args:
        bands: As from `analysis.bands.bands_over_periods`, of several states.
        heading: What stands around it.
        stages: Titles of the periods, in order.
        names: What to call each state.
        value: Label of the y axis.
    """
    scenarios, fewer = _first(pd.unique(bands["scenario"]), "scenarios", most=len(SERIES))
    states, cut = _first(names, "panels")
    form = heading.form
    figure = heading.slide(tall(len(states), form), more=f"{fewer} {cut}".strip())
    apart = min(0.26, 0.8 / len(scenarios))
    top = float(bands["q95"].max())
    low = min(0.0, float(bands["q05"].min()))
    for axes, state in zip(panels_of(figure, len(states), form), states, strict=True):
        for position, scenario in enumerate(scenarios):
            rows = bands[(bands["state"] == state) & (bands["scenario"] == scenario)]
            x = rows["place"].to_numpy() + (position - (len(scenarios) - 1) / 2) * apart
            _period_bars(axes, x, rows, look=SERIES[position], width=0.8 * apart)
        for stage in range(1, len(stages) + 1):
            axes.axvspan(stage - 0.5, stage + 0.5, color=SHADES[stage % 2], linewidth=0, zorder=0)
        axes.set(xlim=(0.5, len(stages) + 0.5), ylim=(low, top + 0.05 * (top - low)))
        axes.set_xticks(range(1, len(stages) + 1), [s.replace(" ", "\n") for s in stages])
        axes.tick_params(axis="x", length=0)
        panel_title(axes, names[state], inches=form.width / min(3, form.columns) - SIDE)
    figure.body.supylabel(fold(value, figure.upright), fontsize=PLAIN)
    _scenario_legend(figure.body, scenarios, form)
    return figure


def _period_bars(
    axes: Axes, x: NDArray[np.float64], rows: pd.DataFrame, *, look: Look, width: float
) -> None:
    for low, high, shade in (("q05", "q95", 0.25), ("q25", "q75", 0.45)):
        axes.bar(
            x, rows[high] - rows[low], width, bottom=rows[low],
            color=look.colour, alpha=shade, linewidth=0, zorder=2,
        )  # fmt: skip
    axes.errorbar(
        x, rows["mean"], (rows["mean_high"] - rows["mean"]).fillna(0.0),
        fmt=look.marker, markersize=6, color=look.ink, ecolor=look.ink,
        elinewidth=1.3, capsize=2.5, zorder=5,
    )  # fmt: skip


def _scenario_legend(body: SubFigure, scenarios: Sequence[str], form: Form) -> None:
    columns = 1 if form.narrow else min(3, len(scenarios))
    room = form.width / columns - 0.7
    handles = [
        Line2D([], [], color=look.ink, marker=look.marker, markersize=7, linestyle="none",
               label=fold(scenario, room, size=SMALL))
        for scenario, look in zip(scenarios, SERIES, strict=False)
    ]  # fmt: skip
    body.legend(handles=handles, loc="outside upper left", ncols=columns)


@styled
def heatmap_figure(
    cells: pd.DataFrame,
    heading: Heading,
    *,
    across: str,
    up: str,
    value: str,
    kind: Kind = "number",
) -> Figure:
    """Return the mean of an outcome over two factors, one panel per scenario.

    Each cell says the mean and, where there is room, its Monte Carlo standard error; for a share of
    runs its 95 % interval. Colours of differences begin at 0 and are as strong on either side.

    Args:
        cells: As from `analysis.bands.cell_table`.
        heading: What stands around it.
        across: Label of the factor on the x axis.
        up: Label of the factor on the y axis.
        value: Label of the colours, with unit.
        kind: "share" if the colours go from 0 to 1; a "difference" or a "difference of shares" has
            colours that part at 0, and a sign.
    """
    scenarios, more = _first(pd.unique(cells["scenario"]), "panels")
    shown = cells[cells["scenario"].isin(scenarios)]
    if len(shown) < len(scenarios) * len(_labels(cells, "across")) * len(_labels(cells, "up")):
        more = f"{more} “{EMPTY}”: no runs.".strip()
    form = heading.form
    figure = heading.slide(tall(len(scenarios), form, each=3.2), more=more)
    scale = _scale(cells["mean"], kind)
    columns, lines = _labels(cells, "across"), _labels(cells, "up")
    panels = panels_of(figure, len(scenarios), form)
    beside = min(form.columns, len(panels) if len(panels) <= 3 else math.ceil(len(panels) / 2))
    wide = (form.width - 2.5 * SIDE) / beside
    room = wide / len(columns)
    folded = [fold(label, room, size=SMALL) for label in columns]
    slanting = max(text_width(label, size=SMALL) for label in folded) > room
    for axes, scenario in zip(panels, scenarios, strict=True):
        rows = cells[cells["scenario"] == scenario]
        high = (figure.get_figheight() - 2.2) / math.ceil(len(panels) / beside) / len(lines)
        _panel(axes, rows, cells, scale=scale, cell=(room, high), kind=kind)
        axes.set_xticks(range(len(columns)), columns if slanting else folded)
        if slanting:
            for label in axes.get_xticklabels():
                label.set(rotation=25, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(len(lines)), [fold(label, SIDE * 1.6, size=SMALL) for label in lines])
        if len(scenarios) > 1:
            panel_title(axes, scenario, inches=wide - 0.2)
    figure.body.supxlabel(fold(across, form.width - SIDE), fontsize=PLAIN)
    figure.body.supylabel(fold(up, figure.upright), fontsize=PLAIN)
    colours = figure.body.colorbar(
        ScalarMappable(*scale), ax=panels, aspect=40 if form.narrow else 30, pad=0.02,
        location="bottom" if form.narrow else "right",
    )  # fmt: skip
    colours.outline.set_visible(False)
    if form.narrow:  # ends where the panel does, and begins under the labels beside it
        colours.set_label(fold(value, form.width - SIDE), loc="right")
    else:
        colours.set_label(fold(value, 4.5))
    return figure


def _scale(mean: pd.Series, kind: Kind) -> Scale:
    """Return which colour each mean has."""
    if kind == "share":
        return Scale(Normalize(0.0, 1.0), COLOURS)
    low, high = float(mean.min()), float(mean.max())
    if kind.startswith("difference"):
        reach = max(abs(low), abs(high)) or 1.0
        return Scale(Normalize(-reach, reach), DIFFERENT)
    return Scale(Normalize(low, high if high > low else low + 1.0), COLOURS)


def _labels(cells: pd.DataFrame, way: str) -> list[str]:
    """Return the labels of the bins along one way, in order."""
    found = cells.drop_duplicates(way).set_index(way)[f"{way}_label"]
    return [str(found.get(k, "")) for k in range(int(cells[way].max()) + 1)]


def _panel(
    axes: Axes,
    rows: pd.DataFrame,
    cells: pd.DataFrame,
    *,
    scale: Scale,
    cell: tuple[float, float],
    kind: Kind,
) -> None:
    columns, lines = _labels(cells, "across"), _labels(cells, "up")
    grid = np.full((len(lines), len(columns)), np.nan)
    grid[rows["up"].to_numpy(), rows["across"].to_numpy()] = rows["mean"].to_numpy()
    axes.pcolormesh(
        np.arange(len(columns) + 1) - 0.5,
        np.arange(len(lines) + 1) - 0.5,
        np.ma.masked_invalid(grid),
        cmap=scale.colours, norm=scale.norm, edgecolors="white", linewidth=1.0,
    )  # fmt: skip
    axes.set_facecolor("#f4f4f4")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    if cell[0] >= CELL[0] and cell[1] >= CELL[1]:
        both = cell[1] >= 2 * CELL[1] and cell[0] >= 1.9 * CELL[0]
        roomy = min(cell[0] / 3, cell[1]) > CELL[0]
        texts = _texts(rows, errors=both, kind=kind, most=4 if roomy else 3)
        _numbers(axes, rows, texts, scale=scale, size=PLAIN if roomy else SMALL)
    missing = np.argwhere(np.isnan(grid))
    for up, across in missing:
        axes.text(across, up, EMPTY, color=QUIET, fontsize=PLAIN, ha="center", va="center")


def _texts(rows: pd.DataFrame, *, errors: bool, kind: Kind, most: int) -> list[str]:
    """Return what stands in each cell, with so many decimals at most."""
    share, difference = kind == "share", kind.startswith("difference")
    step = 2 if share else min(_step(rows), most)
    texts = []
    for row in rows.to_dict(orient="records"):
        text = _rounded(float(row["mean"]), step)
        if difference:
            text = signed(float(row["mean"]), places=step)
        low, high, error = (float(row[key]) for key in ("mean_low", "mean_high", "mean_se"))
        if errors and share and not math.isnan(low):
            text += f"\n{_rounded(low, step)}–{_rounded(high, step)}"
        elif errors and not math.isnan(error):
            text += f"\n± {_rounded(error, step)}"
        texts.append(text)
    return texts


def _numbers(axes: Axes, rows: pd.DataFrame, texts: list[str], *, scale: Scale, size: str) -> None:
    """Write a text into each cell, dark on light colours and white on dark ones."""
    colours = mpl.colormaps[scale.colours]
    for text, row in zip(texts, rows.to_dict(orient="records"), strict=True):
        light = np.dot(LIGHT, np.array(colours(scale.norm(float(row["mean"])))[:3]) ** 2.2)
        axes.text(
            float(row["across"]), float(row["up"]), text, ha="center", va="center", fontsize=size,
            color="black" if light > READABLE else "white", linespacing=1.3,
        )  # fmt: skip


def _step(rows: pd.DataFrame) -> int:
    """Return how many decimals the numbers need to differ."""
    reach = float(rows["mean"].max() - rows["mean"].min()) or abs(float(rows["mean"].max())) or 1.0
    return int(np.clip(2 - math.floor(math.log10(reach)), 0, 4))


def _rounded(number: float, decimals: int) -> str:
    return f"{number:.{decimals}f}"
