"""Observed against simulated counts of acts, by domain and stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator

from alliance_sim.glossary import series_words
from alliance_sim.plots.style import (
    BOLD,
    INK,
    PLAIN,
    SHADES,
    SMALL,
    Look,
    called,
    looks_of,
    slide,
    styled,
)
from alliance_sim.record.record import COUNTED_DOMAINS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from alliance_sim.calendar import Period
    from alliance_sim.record.words import Words

SERIES = {
    "all": Look("#1a1a1a", INK, "-", "o"),
    "alliance": Look("#0072B2", "#005a8c", "-", "s"),
    "salience2": Look("#E69F00", "#7d5600", "-", "^"),
}
TICKS = (0, 1, 3, 5, 10, 20, 40, 60, 80, 120, 160, 240, 320)
APART = 0.25  # between the three series of a stage, in stages


@styled
def counts_figure(
    counts: pd.DataFrame,
    *,
    stages: Sequence[Period],
    about: str = "",
    words: Words | None = None,
) -> Figure:
    """Return how many acts the record and the runs hold, in each domain and stage.

    The scale is the square root of the count, on which a difference of the same height is about
    as surprising for few acts as for many.

    Args:
        counts: As from `comparison.counts.count_table`.
        stages: The periods of the table, in order.
        about: Which runs of what, such as `style.told_of` returns.
        words: What is said about the relationship.
    """
    model = f" Model: {about}." if about else ""
    figure = slide(
        "Acts per stage: the record against the model",
        about="Bar: 90 % of runs, its tick the mean. Marker: the record; hollow if outside the "
        f"bar.{model}",
    )
    grid = figure.add_gridspec(1, 4, left=0.066, right=0.985, top=0.80, bottom=0.135, wspace=0.07)
    top = float(max(counts["high"].max(), counts["observed"].max()))
    first: Axes | None = None
    looks = looks_of(words)
    for column, domain in enumerate(COUNTED_DOMAINS):
        axes = figure.add_subplot(grid[column], sharey=first)
        _frame(axes, top, stages)
        axes.set_title(
            called(words, domain), fontsize=BOLD + 1, weight="bold", color=looks[domain].ink, pad=7
        )
        axes.tick_params(labelleft=first is None)
        first = first or axes
        for position, series in enumerate(SERIES):
            rows = counts[(counts["domain"] == domain) & (counts["series"] == series)]
            places = {
                period.id: place + (position - 1) * APART for place, period in enumerate(stages)
            }
            _series(axes, rows, series=series, places=places)
    if first is not None:
        first.set_ylabel("number of acts in the stage (square-root scale)")
    _legend(figure, counts)
    return figure


def _frame(axes: Axes, top: float, stages: Sequence[Period]) -> None:
    """Prepare the panel of one domain."""
    axes.set_yscale("function", functions=(_root, _square))
    axes.set_ylim(-0.12, top * 1.08)
    axes.yaxis.set_major_locator(FixedLocator([tick for tick in TICKS if tick <= top * 1.08]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.grid(axis="y", color="#d9d9d9", linewidth=0.7)
    axes.set_axisbelow(True)
    names = [period.name.replace(" ", "\n") for period in stages]
    axes.set_xticks(range(len(stages)), names, fontsize=SMALL - 0.6)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.5, len(stages) - 0.5)
    for place in range(len(stages)):
        shade = SHADES[place % 2]
        axes.axvspan(place - 0.5, place + 0.5, color=shade, linewidth=0, zorder=0)


def _root(count: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the square root, continued below 0 so that an axis can begin just under it."""
    return np.sign(count) * np.sqrt(np.abs(count))


def _square(root: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what `_root` came from."""
    return root * np.abs(root)


def _series(axes: Axes, rows: pd.DataFrame, *, series: str, places: Mapping[str, float]) -> None:
    """Draw the bars and the markers of one series in one domain."""
    look = SERIES[series]
    x = [places[period] for period in rows["period"]]
    axes.bar(
        x,
        rows["high"] - rows["low"],
        0.15,
        bottom=rows["low"],
        color=to_rgba(look.colour, 0.3),
        edgecolor=look.ink,
        linewidth=0.6,
        zorder=2,
    )
    axes.hlines(rows["mean"], np.array(x) - 0.1, np.array(x) + 0.1, color=look.ink, zorder=3)
    for place, count, inside in zip(x, rows["observed"], rows["inside"], strict=True):
        axes.plot(place, count, clip_on=False, zorder=4, **_marker(look, filled=inside))


def _marker(look: Look, *, filled: bool) -> dict[str, Any]:
    """Return how an observed count is drawn: filled where it lies inside the bar."""
    return {
        "marker": look.marker,
        "markersize": 8.5,
        "linestyle": "none",
        "color": look.ink if filled else "white",
        "markeredgecolor": "white" if filled else look.ink,
        "markeredgewidth": 0.8 if filled else 2.0,
    }


def _legend(figure: Figure, counts: pd.DataFrame) -> None:
    """Name the three series, and say how many of their counts lie inside the bars."""
    handles = []
    for series, look in SERIES.items():
        inside = counts.loc[counts["series"] == series, "inside"]
        label = f"{series_words(series)}: {int(inside.sum())} of {len(inside)} inside"
        handles.append(Line2D([], [], label=label, **_marker(look, filled=True)))
    legend = figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.057, 0.907),
        ncols=3,
        frameon=False,
        fontsize=PLAIN,
        handletextpad=0.3,
        columnspacing=2.2,
    )
    for text, look in zip(legend.get_texts(), SERIES.values(), strict=True):
        text.set_color(look.ink)
