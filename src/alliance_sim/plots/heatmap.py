"""An outcome over two factors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from alliance_sim.plots.sheet import (
    LETTER,
    LINE,
    MOST_PANELS,
    common_label,
    left_margin,
    panel_places,
    panel_title,
    sheet,
    wrapped,
)
from alliance_sim.plots.style import BOLD, PLAIN, QUIET, SMALL, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = "cividis"  # even in lightness, and the same to colour-blind eyes
LIGHT = (0.2126, 0.7152, 0.0722)  # what red, green and blue add to luminance
READABLE = 0.18  # luminance from which on dark text stands out more than white
LEAST_WIDTH = 0.034  # share of the slide that a number in a cell takes
LEAST_HEIGHT = 0.03
EMPTY = "–"  # stands in a cell without runs


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
        cells: As from `analysis.slices.cell_table`.
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
