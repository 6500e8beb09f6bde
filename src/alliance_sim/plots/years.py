"""The axis of years: its stages, its round years, the days of edits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from alliance_sim.calendar import decimal_year
from alliance_sim.plots.style import FAINT, INK, SHADES, SLIDE, SMALL, Form

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from alliance_sim.calendar import Calendar, Period

LONG, SHORT = 0.4, 0.22  # share of all years that is long for a first stage, and what it is given


def shade_stages(
    axes: Axes, calendar: Calendar, *, names: bool = False, form: Form = SLIDE, lift: float = 4.0
) -> None:
    """Shade the stages behind the data, and write their names above if asked to.

    A first stage that is much longer than the others is drawn on a narrower scale of years, so that
    the years in which most happens have room.

    Args:
        axes: With decimal years on the x axis.
        calendar: Of the data, which the axis is fitted to.
        names: Whether to write the names over the top edge.
        form: What the figure is drawn for; names are folded where it is narrow.
        lift: How far above the edge names stand, in points; a title of the panel needs room.
    """
    last = calendar.last_year + 1
    shown, fold_at = _stages(calendar), narrow_until(calendar)
    if fold_at is not None:
        _narrow(axes, fold_at, calendar.first_year, last)
    axes.set_xlim(calendar.first_year, last)
    for number, (period, start, end) in enumerate(shown):
        axes.axvspan(start, end, color=SHADES[number % 2], linewidth=0, zorder=0)
        if number:
            axes.axvline(start, color=FAINT, linewidth=0.9, zorder=1)
        if names:
            name, until = period.name, min(period.end.year, calendar.last_year)
            span = f"{int(start)}–{until}"
            if form.narrow:
                name, span = name.replace(" ", "\n"), f"{int(start)}–"
            narrowed = fold_at is not None and not number and not form.narrow
            scale = " (narrower scale)" if narrowed else ""
            axes.annotate(
                f"{name}\n{span}{scale}", ((start + end) / 2, 1), xytext=(0, lift), ha="center",
                xycoords=("data", "axes fraction"), textcoords="offset points", va="bottom",
                annotation_clip=False, fontsize=SMALL, linespacing=1.25,
            )  # fmt: skip


def _stages(calendar: Calendar) -> list[tuple[Period, float, float]]:
    """Return the stages that a calendar reaches, with decimal years of their ends in it."""
    last = calendar.last_year + 1
    return [
        (
            period,
            max(decimal_year(period.start), calendar.first_year),
            min(decimal_year(period.end) + 1 / 365, last),
        )
        for period in calendar.periods_reached
    ]


def narrow_until(calendar: Calendar) -> float | None:
    """Return the year until which years have less room than later ones, None if all have the same.

    That is the end of a first stage which would take much of an axis.
    """
    stages, years = _stages(calendar), calendar.last_year + 1 - calendar.first_year
    if len(stages) < 2 or stages[0][2] - calendar.first_year < LONG * years:
        return None
    return stages[0][2]


def narrower(calendar: Calendar, first: int | None = None) -> str:
    """Return a sentence on years that have less room, "" where none of those shown has.

    Args:
        calendar: Of the data.
        first: First year shown, that of the calendar if left out.
    """
    until, shown = narrow_until(calendar), calendar.first_year if first is None else first
    return f" Years before {until:.0f} are drawn narrower." if until and shown < until - 1 else ""


def _narrow(axes: Axes, fold_at: float, first: float, last: float) -> None:
    """Give years before `fold_at` so much room that they take a small part of the axis."""
    share = SHORT / (1 - SHORT) * (last - fold_at) / (fold_at - first)

    def placed(year: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(year < fold_at, fold_at + (year - fold_at) * share, year)

    def back(place: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(place < fold_at, fold_at + (place - fold_at) / share, place)

    axes.set_xscale("function", functions=(placed, back))


def year_ticks(axes: Axes, calendar: Calendar, *, every: int = 10) -> None:
    """Put round years on the x axis; of years with less room only the first.

    Args:
        axes: As `shade_stages` left them.
        calendar: Of the data.
        every: Years between ticks; fewer where the run is short.
    """
    first, last = calendar.first_year, calendar.last_year
    every = every if last - first > 30 else 2 if last - first < 20 else 5
    fold_at = narrow_until(calendar)
    round_years = range(-(-first // every) * every, last + 1, every)
    ticks = [y for y in round_years if fold_at is None or y >= fold_at - 1] or [first]
    axes.xaxis.set_major_locator(FixedLocator(ticks if fold_at is None else [first, *ticks]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))


def mark_edits(axes: Axes, years: Iterable[float]) -> None:
    """Mark the days of edits, as decimal years; those before the years shown are left out."""
    first, last = axes.get_xlim()
    for year in years:
        if first <= year <= last:
            axes.axvline(year, color=INK, linewidth=1.3, linestyle=(0, (2, 2)), zorder=4)
