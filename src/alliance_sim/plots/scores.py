"""Forecasts beside what happened, and whether they were calibrated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from alliance_sim.calibration.acts import ActCounts
from alliance_sim.calibration.scores import INTERVAL, uniformity
from alliance_sim.calibration.scoring import (
    BLIND,
    LEAVE_OUT,
    ROLLING,
    ROLLING_TOLD,
    TOLD,
    Key,
    ScoreTable,
)
from alliance_sim.glossary import decimal, series_words
from alliance_sim.plots.style import (
    FAINT,
    HALO,
    INK,
    QUIET,
    SLIDE,
    SMALL,
    Form,
    Look,
    called,
    fold,
    looks_of,
    slide,
    spread,
    styled,
)
from alliance_sim.record.record import COUNTED_DOMAINS, SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from alliance_sim.record.words import Words

# For models in the order of the table; those behind the last one begin again.
LINES = (
    Look("#1a1a1a", "#1a1a1a", "-", ""),
    Look("#0072B2", "#005a8c", (0.0, (5.0, 1.6)), ""),
    Look("#D55E00", "#9c4400", (0.0, (1.2, 1.2)), ""),
    Look("#009E73", "#006b4e", (0.0, (6.0, 1.5, 1.5, 1.5)), ""),
    Look("#CC79A7", "#8f4a72", "-", ""),
    Look("#7a5200", "#5e3f00", (0.0, (5.0, 1.6)), ""),
    Look("#56B4E9", "#1f6f9e", (0.0, (1.2, 1.2)), ""),
    Look("#5b3a8c", "#43266f", (0.0, (6.0, 1.5, 1.5, 1.5)), ""),
    Look("#a3123a", "#a3123a", "-", ""),
    Look("#E69F00", "#7d5600", (0.0, (3.0, 1.0, 1.0, 1.0, 1.0, 1.0)), ""),
)
MADE = {
    BLIND: "forecast from the fixed origin",
    TOLD: "forecast from the fixed origin, inputs told",
    ROLLING: "each year forecast from those before it",
    ROLLING_TOLD: "each year forecast from those before it, inputs told",
    LEAVE_OUT: "each year from all others",
}
BEFORE = 8  # years before the origin that are drawn
ROOM = 1.35  # times the largest count: how high panels reach
LEAST_TOP = 2.0  # how high they reach at least
GAP = 0.055  # of a panel's height between two labels


@styled
def forecast_figure(
    table: ScoreTable,
    *,
    series: str = "all",
    words: Words | None = None,
    form: Form = SLIDE,
) -> Figure:
    """Return the counts of each quarter around the fixed origin, and what models expected.

    A panel for each field: dots are the acts of a quarter, lines what each model expected from the
    origin on, told nothing that came after it; the band holds the middle 90 % of what the best of
    them thought possible. What leaves a panel has its highest number written at the edge.

    Args:
        table: The scores, of whose scenario's edition the forecasts are drawn.
        series: Which series of acts.
        words: What is said about the relationship.
        form: What it is drawn for.
    """
    edition, acts = table.edition, table.acts[table.edition, series]
    best, years = table.best(edition, series, BLIND), table.years[edition]
    spent = (
        ""
        if years.spent is None
        else f" {years.spent[0]} to {years.spent[1]} were looked at before (spent)."
    )
    figure = slide(
        f"Forecasts after {years.known_until} beside what happened",
        about=f"Record {edition}, {series_words(series)}. Dots: acts in a quarter. Lines: what was "
        f"expected at the end of {years.known_until} (dotted line). Band: middle 90 % of the best "
        f"by log score, {table.titles[best]}.{spent}",
        form=form,
        height=10.5 if form.narrow else None,
    )
    rows, columns = (4, 1) if form.narrow else (2, 2)
    panels = figure.body.subplots(rows, columns, sharex=True, squeeze=False).flat
    looks = looks_of(words)
    names = [name for name in table.titles if Key(edition, series, BLIND, name) in table.cells]
    for field, axes in enumerate(panels):
        domain = COUNTED_DOMAINS[field]
        axes.set_title(called(words, domain), color=looks[domain].ink, pad=5)
        _happened(axes, acts, field, table, looks[domain])
        top = axes.get_ylim()[1]
        _band(axes, table, Key(edition, series, BLIND, best), field)
        ends, titles = [], []
        for place, name in enumerate(names):
            forecast = table.cells[Key(edition, series, BLIND, name)].predictive
            look, expected = LINES[place % len(LINES)], forecast.means()[:, field]
            axes.plot(
                _middles(acts, forecast.start, forecast.stop), expected, color=look.colour,
                linestyle=look.line, linewidth=2.6 if name == best else 1.5, zorder=4,
            )  # fmt: skip
            ends.append(min(float(expected[-1]), top * 0.98))
            titles.append(f"{table.titles[name]}{_beyond(expected, top)}")
        _labels(axes, ends, titles, form)
    figure.body.supylabel("acts in a quarter", fontsize=SMALL)
    figure.body.supxlabel("year", fontsize=SMALL)
    return figure


def _middles(acts: ActCounts, start: int, stop: int) -> NDArray[np.float64]:
    """Return the middle of each quarter as a decimal year."""
    steps = np.arange(start, stop, dtype=np.float64)
    middles: NDArray[np.float64] = acts.calendar.first_year + (steps + 0.5) * acts.calendar.dt
    return middles


def _happened(axes: Axes, acts: ActCounts, field: int, table: ScoreTable, look: Look) -> None:
    """Draw what happened, and prepare the panel."""
    years = table.years[table.edition]
    first = max(acts.first_year, years.known_until + 1 - BEFORE)
    start, stop = acts.year_starts(first), acts.year_starts(years.scored_until + 1)
    counts = acts.counts[start:stop, field]
    axes.plot(
        _middles(acts, start, stop), counts, "o", markersize=4.5, color=look.colour,
        markeredgecolor="white", markeredgewidth=0.6, zorder=5, clip_on=False,
    )  # fmt: skip
    axes.axvline(years.known_until + 1, color=INK, linewidth=1.2, linestyle=(0, (2, 2)), zorder=3)
    axes.set_xlim(first, years.scored_until + 1)
    axes.set_ylim(-0.15, max(LEAST_TOP, ROOM * float(counts.max())))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=7))
    axes.grid(axis="y", color="#dcdcdc", linewidth=0.7)
    axes.set_axisbelow(True)


def _band(axes: Axes, table: ScoreTable, key: Key, field: int) -> None:
    forecast = table.cells[key].predictive
    low, high = (forecast.quantile(share)[:, field] for share in INTERVAL)
    edges = _middles(table.acts[key.edition, key.series], forecast.start, forecast.stop)
    axes.fill_between(edges, low, high, color=FAINT, alpha=0.25, linewidth=0, step="mid", zorder=1)
    if told := _beyond(high, axes.get_ylim()[1], places=0):
        axes.annotate(
            f"band{told}", (1, 1), xytext=(-3, -2), xycoords="axes fraction", ha="right", va="top",
            textcoords="offset points", fontsize="x-small", color=QUIET, path_effects=HALO,
        )  # fmt: skip


def _beyond(values: NDArray[Any], top: float, *, places: int = 1) -> str:
    """Return how high something goes that leaves its panel, ", up to 8.4"; "" if it stays."""
    most = float(values.max())
    return f", up to {decimal(most, places=places)}" if most > top else ""


def _labels(axes: Axes, ends: list[float], titles: list[str], form: Form) -> None:
    """Write the name of each line near its end; names of lines that end together are set apart."""
    low, top = axes.get_ylim()
    height = top - low
    for place, (wanted, title) in enumerate(
        zip(spread(ends, gap=GAP * height * (1.6 if form.narrow else 1.0), low=low + GAP * height,
                   high=top), titles, strict=True)
    ):  # fmt: skip
        axes.annotate(
            title, (1, wanted), xytext=(5, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", annotation_clip=False,
            fontsize="x-small", color=LINES[place % len(LINES)].ink,
        )  # fmt: skip


@styled
def pit_figure(table: ScoreTable, *, setting: str = ROLLING, form: Form = SLIDE) -> Figure:
    """Return for each model how far its PIT values are from uniform, with the band that is allowed.

    Lines above 0: too many values so low, more acts were expected than came. A model whose lines
    leave the band is not calibrated.

    Args:
        table: The scores, of whose scenario's edition the values are drawn.
        setting: Which forecasts.
        form: What it is drawn for.
    """
    shown = [one for one in SERIES if (table.edition, one) in table.acts]
    names = [
        name for name in table.titles if Key(table.edition, shown[0], setting, name) in table.cells
    ]
    figure = slide(
        "Were the forecasts calibrated?",
        about=f"Record {table.edition}, {MADE[setting]}. Share of randomised PIT values up to each "
        "place, less that place. Band: where 95 % of calibrated forecasts stay throughout. "
        "Above 0: fewer acts came than were expected; below: more.",
        form=form,
        height=9.0 if form.narrow else None,
    )
    columns = 2 if form.narrow else min(4, len(names))
    rows = -(-len(names) // columns)
    grid = figure.body.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    width = form.width / columns * 0.8
    for axes in grid.flat[len(names) :]:
        axes.remove()
    for axes, name in zip(grid.flat, names, strict=False):
        axes.set_title(fold(table.titles[name], width, size=SMALL, weight="bold"), fontsize=SMALL)
        for place, series in enumerate(shown):
            key = Key(table.edition, series, setting, name)
            if key not in table.cells:
                continue
            found = uniformity(table.cells[key].scores.pit)
            if not place:
                axes.fill_between(
                    found.places, found.low - found.places, found.high - found.places,
                    color=FAINT, alpha=0.25, linewidth=0,
                )  # fmt: skip
                axes.axhline(0.0, color=QUIET, linewidth=0.8)
            look = LINES[place]
            axes.plot(
                found.places, found.reached - found.places, color=look.colour, linestyle=look.line,
                linewidth=1.6, label=series_words(series),
            )  # fmt: skip
        axes.set_xticks([0.0, 0.5, 1.0], ["0", "½", "1"])
    for axes in grid.flat[max(len(names) - columns, 0) : len(names)]:  # with nothing below
        axes.tick_params(labelbottom=True)
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.body.legend(
        handles, labels, loc="outside upper left", ncols=1 if form.narrow else len(shown)
    )
    figure.body.supylabel("share of values, less the place", fontsize=SMALL)
    figure.body.supxlabel("place, from 0 to 1", fontsize=SMALL)
    return figure
