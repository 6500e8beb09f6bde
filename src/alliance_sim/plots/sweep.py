"""An outcome over the runs of a sweep: along a factor, over periods, over two factors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from alliance_sim.plots.style import (
    BOLD,
    BOTTOM,
    INK,
    LETTER,
    LINE,
    MOST_PANELS,
    NARROW,
    PLAIN,
    QUIET,
    SHADES,
    SMALL,
    STEPS,
    WIDE,
    Look,
    common_label,
    left_margin,
    panel_places,
    panel_title,
    sheet,
    styled,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
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
LIGHT = (0.2126, 0.7152, 0.0722)  # what red, green and blue add to luminance
READABLE = 0.18  # luminance from which on dark text stands out more than white
LEAST_WIDTH = 0.034  # share of the slide that a number in a cell takes
LEAST_HEIGHT = 0.03
EMPTY = "–"  # stands in a cell without runs


@styled
def fan_figure(
    bands: pd.DataFrame,
    *,
    title: str,
    about: str,
    factor: str,
    value: str,
    tick: Callable[[float], str] | None = None,
    kind: Kind = "number",
) -> Figure:
    """Return the spread of an outcome along one factor, one panel per scenario.

    Args:
        bands: As from `analysis.bands.bands_along`.
        title: In large type.
        about: What is drawn, and of what.
        factor: Label of the factor.
        value: Label of the outcome, with unit.
        tick: How to write a place on the x axis, as for dates; None to write the label of each
            row under it, as for choices.
        kind: "share" if the outcome is 0 or 1, so that shares and not quantiles are drawn; "whole"
            if it is a whole number in every run, so that its axis has no others. A "difference",
            and a "difference of shares", has a line at 0.
    """
    probability, difference = kind.endswith(("share", "shares")), kind.startswith("difference")
    figure = sheet(title, about=about)
    scenarios = [str(name) for name in pd.unique(bands["scenario"])][:MOST_PANELS]
    left, right = 0.075, 0.985
    count = len(scenarios) if len(scenarios) <= 3 else math.ceil(len(scenarios) / 2)
    names = _names(bands, (right - left) / count) if tick is None else [""]
    places = panel_places(
        len(scenarios),
        left=left,
        right=right,
        foot=max(name.count("\n") + 1 for name in names),
        below=2 * LINE + 0.018,
    )
    limits = _limits(bands, kind)
    for number, (scenario, place) in enumerate(zip(scenarios, places, strict=True)):
        axes = figure.add_axes(place)
        rows = bands[(bands["scenario"] == scenario) & (bands["runs"] > 0)]
        if tick is None:
            _bars(axes, rows, probability=probability)
            axes.set_xticks(range(len(names)), names)
            axes.tick_params(axis="x", length=0)
        else:
            _curve(axes, rows, probability=probability)
            _name_numbers(axes, rows, tick, most=max(5, 11 - 2 * count))
        axes.set_ylim(*limits)
        if difference:
            axes.axhline(0.0, color=QUIET, linewidth=1.2, zorder=1)
        if kind == "whole":
            axes.yaxis.set_major_locator(MaxNLocator(8, integer=True))
        axes.grid(axis="y", color="#e2e2e2", linewidth=0.7)
        axes.set_axisbelow(True)
        axes.tick_params(labelleft=number % count == 0)
        if number % count == 0:
            axes.set_ylabel(wrapped(value, max(24, int(place[3] * 72))), labelpad=4)
        if len(scenarios) > 1:
            panel_title(axes, scenario, width=place[2])
    figure.text((left + right) / 2, BOTTOM + LINE + 0.012, factor, ha="center", va="bottom")
    _legend(figure, kind)
    return figure


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


def _names(bands: pd.DataFrame, width: float) -> list[str]:
    """Return the labels of the bins, wrapped to the room that a panel of a width leaves them."""
    labels = bands.drop_duplicates("bin").sort_values("bin")["label"].astype(str).tolist()
    letters = max(8, int(width / len(labels) / (1.1 * LETTER)))
    return [wrapped(label, letters) for label in labels]


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


def _legend(figure: Figure, kind: Kind) -> None:
    means, _ = figure.axes[0].get_legend_handles_labels()
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
    figure.legend(
        handles=handles, loc="lower center", bbox_to_anchor=(0.53, BOTTOM - 0.016), ncols=4,
        frameon=False, fontsize=SMALL, columnspacing=1.6,
    )  # fmt: skip


@styled
def periods_figure(
    bands: pd.DataFrame,
    *,
    title: str,
    about: str,
    stages: Sequence[str],
    names: dict[str, str],
    value: str,
) -> Figure:
    """Return the spread of states over the periods, one panel per state.

    Args:
        bands: As from `analysis.bands.bands_over_periods`, of several states.
        title: In large type.
        about: What is drawn, and of what.
        stages: Titles of the periods, in order.
        names: What to call each state.
        value: Label of the y axis.
    """
    figure = sheet(title, about=about)
    scenarios = [str(name) for name in pd.unique(bands["scenario"])][: len(SERIES)]
    states = list(names)[:MOST_PANELS]
    places = panel_places(len(states), foot=2, below=LINE + 0.012)
    columns = sum(place[1] == places[0][1] for place in places)
    apart = min(0.26, 0.8 / len(scenarios))
    top = float(bands["q95"].max())
    low = min(0.0, float(bands["q05"].min()))
    for number, (state, place) in enumerate(zip(states, places, strict=True)):
        axes = figure.add_axes(place)
        for position, scenario in enumerate(scenarios):
            rows = bands[(bands["state"] == state) & (bands["scenario"] == scenario)]
            x = rows["place"].to_numpy() + (position - (len(scenarios) - 1) / 2) * apart
            _period_bars(axes, x, rows, look=SERIES[position], width=0.8 * apart)
        for stage in range(1, len(stages) + 1):
            axes.axvspan(stage - 0.5, stage + 0.5, color=SHADES[stage % 2], linewidth=0, zorder=0)
        axes.set(xlim=(0.5, len(stages) + 0.5), ylim=(low, top + 0.05 * (top - low)))
        axes.set_xticks(range(1, len(stages) + 1), [s.replace(" ", "\n") for s in stages])
        axes.tick_params(axis="x", length=0, labelsize=SMALL)
        axes.tick_params(labelleft=number % columns == 0)
        if number % columns == 0:
            axes.set_ylabel(wrapped(value, 60))
        panel_title(axes, names[state], width=place[2])
    _scenario_legend(figure, scenarios)
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


def _scenario_legend(figure: Figure, scenarios: Sequence[str]) -> None:
    handles = [
        Line2D([], [], color=look.ink, marker=look.marker, markersize=7, linestyle="none",
               label=scenario)
        for scenario, look in zip(scenarios, SERIES, strict=False)
    ]  # fmt: skip
    letters = max(len(name) for name in scenarios)
    columns = max(1, min(len(scenarios), int(150 / (letters + 6))))
    figure.legend(
        handles=handles, loc="lower center", bbox_to_anchor=(0.53, BOTTOM - 0.016), ncols=columns,
        frameon=False, fontsize=PLAIN if len(scenarios) <= 3 else SMALL, handletextpad=0.2,
        columnspacing=1.6,
    )  # fmt: skip


@styled
def heatmap_figure(
    cells: pd.DataFrame,
    *,
    title: str,
    about: str,
    across: str,
    up: str,
    value: str,
    probability: bool = False,
) -> Figure:
    """Return the mean of an outcome over two factors, one panel per scenario.

    Each cell says the mean and, where there is room, its Monte Carlo standard error; for a
    probability its 95 % interval.

    Args:
        cells: As from `analysis.bands.cell_table`.
        title: In large type.
        about: What is drawn, and of what.
        across: Label of the factor on the x axis.
        up: Label of the factor on the y axis.
        value: Label of the colours, with unit.
        probability: Whether the colours go from 0 to 1.
    """
    scenarios = [str(name) for name in pd.unique(cells["scenario"])][:MOST_PANELS]
    shown = cells[cells["scenario"].isin(scenarios)]
    if len(shown) < len(scenarios) * len(_labels(cells, "across")) * len(_labels(cells, "up")):
        about = f"“{EMPTY}”: no runs. {about}"
    figure = sheet(title, about=about)
    norm = _norm(cells["mean"], probability=probability)
    ticks = [wrapped(str(label), 16) for label in _labels(cells, "up")]
    left, right = left_margin(ticks) + 0.045, 0.885
    columns_labels = _labels(cells, "across")
    count = len(scenarios) if len(scenarios) <= 3 else math.ceil(len(scenarios) / 2)
    room = (right - left) / count / len(columns_labels) - 0.002
    turned = max(len(label) for label in columns_labels) * LETTER > room
    places = panel_places(
        len(scenarios), left=left, right=right, foot=4 if turned else 1, below=LINE + 0.012
    )
    for number, (scenario, place) in enumerate(zip(scenarios, places, strict=True)):
        axes = figure.add_axes(place)
        rows = cells[cells["scenario"] == scenario]
        _panel(axes, rows, cells, norm=norm, place=place, probability=probability)
        axes.set_xticks(range(len(columns_labels)), columns_labels, **_tick_style(turned=turned))
        if len(scenarios) > 1:
            panel_title(axes, scenario, width=place[2])
        first = number % count == 0
        axes.tick_params(labelleft=first)
        if first:
            axes.set_yticks(range(len(ticks)), ticks)
            axes.set_ylabel(wrapped(up, max(24, int(place[3] * 75))), labelpad=4)
    common_label(figure, across, left=left, right=right)
    bar = figure.add_axes(
        (0.905, places[-1][1], 0.016, places[0][1] + places[0][3] - places[-1][1])
    )
    colours = figure.colorbar(ScalarMappable(norm, COLOURS), cax=bar)
    colours.outline.set_visible(False)
    bar.set_ylabel(wrapped(value, 44), labelpad=6)
    return figure


def _tick_style(*, turned: bool) -> dict[str, Any]:
    """Return how labels under columns are written: level, or turned if they are long."""
    if not turned:
        return {"fontsize": PLAIN}
    return {"fontsize": SMALL, "rotation": 25, "ha": "right", "rotation_mode": "anchor"}


def _norm(mean: pd.Series, *, probability: bool) -> Normalize:
    if probability:
        return Normalize(0.0, 1.0)
    low, high = float(mean.min()), float(mean.max())
    return Normalize(low, high if high > low else low + 1.0)


def _labels(cells: pd.DataFrame, way: str) -> list[str]:
    """Return the labels of the bins along one way, in order."""
    found = cells.drop_duplicates(way).set_index(way)[f"{way}_label"]
    return [str(found.get(k, "")) for k in range(int(cells[way].max()) + 1)]


def _panel(
    axes: Axes,
    rows: pd.DataFrame,
    cells: pd.DataFrame,
    *,
    norm: Normalize,
    place: tuple[float, ...],
    probability: bool,
) -> None:
    columns, lines = _labels(cells, "across"), _labels(cells, "up")
    grid = np.full((len(lines), len(columns)), np.nan)
    grid[rows["up"].to_numpy(), rows["across"].to_numpy()] = rows["mean"].to_numpy()
    axes.pcolormesh(
        np.arange(len(columns) + 1) - 0.5,
        np.arange(len(lines) + 1) - 0.5,
        np.ma.masked_invalid(grid),
        cmap=COLOURS, norm=norm, edgecolors="white", linewidth=1.0,
    )  # fmt: skip
    axes.set_facecolor("#f4f4f4")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=PLAIN)
    room = place[2] / len(columns)
    axes.set_yticks(range(len(lines)), [""] * len(lines))
    if room >= LEAST_WIDTH and place[3] / len(lines) >= LEAST_HEIGHT:
        both = place[3] / len(lines) >= 2 * LEAST_HEIGHT and room >= 1.4 * LEAST_WIDTH
        texts = _texts(rows, errors=both, probability=probability)
        size = float(np.clip(SMALL * room / (1.6 * LEAST_WIDTH), SMALL - 1, BOLD))
        _numbers(axes, rows, texts, norm=norm, size=size)
    missing = np.argwhere(np.isnan(grid))
    for up, across in missing:
        axes.text(across, up, EMPTY, color=QUIET, fontsize=PLAIN, ha="center", va="center")


def _texts(rows: pd.DataFrame, *, errors: bool, probability: bool) -> list[str]:
    """Return what stands in each cell."""
    step = 2 if probability else _step(rows)
    texts = []
    for row in rows.to_dict(orient="records"):
        text = _rounded(float(row["mean"]), step)
        low, high, error = (float(row[key]) for key in ("mean_low", "mean_high", "mean_se"))
        if errors and probability and not math.isnan(low):
            text += f"\n{_rounded(low, step)}–{_rounded(high, step)}"
        elif errors and not math.isnan(error):
            text += f"\n± {_rounded(error, step)}"
        texts.append(text)
    return texts


def _numbers(
    axes: Axes, rows: pd.DataFrame, texts: list[str], *, norm: Normalize, size: float
) -> None:
    """Write a text into each cell, dark on light colours and white on dark ones."""
    colours = mpl.colormaps[COLOURS]
    for text, row in zip(texts, rows.to_dict(orient="records"), strict=True):
        light = np.dot(LIGHT, np.array(colours(norm(float(row["mean"])))[:3]) ** 2.2)
        axes.text(
            float(row["across"]), float(row["up"]), text, ha="center", va="center", fontsize=size,
            color="#111111" if light > READABLE else "white", linespacing=1.3,
        )  # fmt: skip


def _step(rows: pd.DataFrame) -> int:
    """Return how many decimals the numbers need to differ."""
    reach = float(rows["mean"].max() - rows["mean"].min()) or abs(float(rows["mean"].max())) or 1.0
    return int(np.clip(2 - math.floor(math.log10(reach)), 0, 4))


def _rounded(number: float, decimals: int) -> str:
    return f"{number:.{min(decimals, 3)}f}"
