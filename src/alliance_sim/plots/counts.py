"""Observed against simulated counts of acts, by domain and stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.ticker import FixedLocator, NullLocator

from alliance_sim.glossary import series_words
from alliance_sim.plots.style import (
    SHADES,
    SLIDE,
    SMALL,
    Form,
    Look,
    called,
    fold,
    looks_of,
    slide,
    styled,
)
from alliance_sim.record.record import COUNTED_DOMAINS, SERIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from alliance_sim.calendar import Period
    from alliance_sim.record.words import Words

TICKS = (0, 1, 4, 10, 20, 40, 80, 160, 320)


@styled
def counts_figure(
    counts: pd.DataFrame,
    *,
    stages: Sequence[Period],
    about: str = "",
    words: Words | None = None,
    form: Form = SLIDE,
) -> Figure:
    """Return how many acts the record and the runs hold, in each domain and stage.

    A row of panels for each series of acts; where there is little room, of all acts only. The
    scale is the square root of the count, on which a difference of the same height is about as
    surprising for few acts as for many.

    Args:
        counts: As from `comparison.counts.count_table`.
        stages: The periods of the table, in order.
        about: Which runs of what, such as `style.told_of` returns.
        words: What is said about the relationship.
        form: What it is drawn for.
    """
    model = f" Model: {about}." if about else ""
    figure = slide(
        "Acts per stage: the record against the model",
        about="Bar: middle 90 % of runs, its line the mean. Dot: the record, filled where it lies "
        f"inside the bar.{model}",
        form=form,
        height=6.2 if form.narrow else None,
    )
    series = SERIES[:1] if form.narrow else SERIES
    rows, columns = (2, 2) if form.narrow else (len(series), len(COUNTED_DOMAINS))
    panels = figure.body.subplots(rows, columns, sharex=True, sharey="row", squeeze=False)
    looks = looks_of(words)
    for place, axes in enumerate(panels.flat):
        row, column = (0, place) if form.narrow else divmod(place, columns)
        domain = COUNTED_DOMAINS[column]
        here = counts[counts["series"] == series[row]]
        if not place % columns:  # the others of its row share its axis
            _count_axis(axes, float(max(here["high"].max(), here["observed"].max())))
        if not place:  # and all share this one
            names = [period.name.replace(" ", "\n") for period in stages]
            axes.set_xticks(range(len(stages)), names)
            axes.set_xlim(-0.5, len(stages) - 0.5)
        _frame(axes, len(stages))
        _bars(axes, here[here["domain"] == domain], look=looks[domain], stages=stages)
        if place < columns or form.narrow:
            axes.set_title(called(words, domain), color=looks[domain].ink, pad=5)
        if not place % columns:
            told = series_words(series[row])
            axes.set_ylabel(fold(told, form.height / rows / 1.6, size=SMALL), fontsize=SMALL)
    figure.body.supylabel("number of acts in the stage (square-root scale)", fontsize=SMALL)
    return figure


def _count_axis(axes: Axes, top: float) -> None:
    """Make a square-root scale of the y axis of a row, with room for its highest count."""
    axes.set_yscale("function", functions=(_root, _square))
    axes.set_ylim(-0.12, top * 1.12)
    axes.yaxis.set_major_locator(FixedLocator([tick for tick in TICKS if tick <= top * 1.12]))
    axes.yaxis.set_minor_locator(NullLocator())


def _frame(axes: Axes, stages: int) -> None:
    """Prepare the panel of one domain."""
    axes.grid(axis="y", color="#dcdcdc", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(axis="x", length=0, labelrotation=90 if axes.bbox.width < 260 else 0)
    for place in range(stages):
        shade = SHADES[place % 2]
        axes.axvspan(place - 0.5, place + 0.5, color=shade, linewidth=0, zorder=0)


def _root(count: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the square root, continued below 0 so that an axis can begin just under it."""
    return np.sign(count) * np.sqrt(np.abs(count))


def _square(root: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what `_root` came from."""
    return root * np.abs(root)


def _bars(axes: Axes, rows: pd.DataFrame, *, look: Look, stages: Sequence[Period]) -> None:
    """Draw the bars of the runs and the dots of the record in one panel."""
    places = {period.id: place for place, period in enumerate(stages)}
    x = np.array([places[period] for period in rows["period"]])
    axes.bar(
        x, rows["high"] - rows["low"], 0.36, bottom=rows["low"],
        color=to_rgba(look.colour, 0.35), edgecolor=look.ink, linewidth=0.8, zorder=2,
    )  # fmt: skip
    axes.hlines(rows["mean"], x - 0.24, x + 0.24, color=look.ink, linewidth=1.6, zorder=3)
    for place, count, inside in zip(x, rows["observed"], rows["inside"], strict=True):
        axes.plot(
            place, count, "o", clip_on=False, zorder=4, markersize=8,
            color=look.ink if inside else "white",
            markeredgecolor="white" if inside else look.ink,
            markeredgewidth=0.8 if inside else 2.0,
        )  # fmt: skip
