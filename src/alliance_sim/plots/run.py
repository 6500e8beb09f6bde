"""Any states of any ensemble, each as a fan over the years."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator, MultipleLocator

from alliance_sim.errors import SettingError
from alliance_sim.plots.style import (
    BOLD,
    PLAINLY,
    SMALL,
    Bands,
    Look,
    bands,
    draw_bands,
    looks_of,
    shade_stages,
    slide,
    styled,
    told_of,
)
from alliance_sim.record.record import COUNTED_DOMAINS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from alliance_sim.record.words import Words
    from alliance_sim.results import Ensemble

TALL = 4  # panels that stand above one another before there are two columns
MOST = 12  # panels that can still be read
COUNTED = ("count_", "refused_", "suspensions", "blocked")
TOTALS = ("agreements", "passed_")
UNITS = {"ratio_": "log-odds", "rung": "rung"}


@styled
def ensemble_figure(
    ensemble: Ensemble, states: Sequence[str], words: Words | None = None
) -> Figure:
    """Return one panel for each state: the median and the middle 50 % and 90 % of runs.

    Args:
        ensemble: Any ensemble.
        states: Names of its states, in the order of the panels; at least 1, at most 12.
        words: What is said about the relationship.

    Raises:
        SettingError: If there are too few or too many states, or every run failed.
        UnknownName: If there is no such state.
    """
    if not 1 <= len(states) <= MOST:
        problem = f"{len(states)} states given, must be at least 1 and at most {MOST}"
        raise SettingError("ensemble_figure", [problem])
    panels = [_fan(ensemble, state) for state in states]
    columns = 1 if len(states) <= TALL else 2 if len(states) <= 2 * TALL else 3
    rows = math.ceil(len(states) / columns)
    head = 1.75 if columns == 1 else 1.25
    height = max(7.5, head + 0.9 + 1.35 * rows)
    figure = slide(
        f"Simulated course of {ensemble.scenario}",
        about=f"Line: median of runs; bands: middle 50 % and 90 % of runs. {_told(ensemble)}.",
        height=height,
    )
    grid = figure.add_gridspec(
        rows, columns, left=0.075, right=0.98, top=1 - head / height, bottom=0.88 / height,
        hspace=0.42, wspace=0.2,
    )  # fmt: skip
    for number, (state, (years, fan)) in enumerate(zip(states, panels, strict=True)):
        axes = figure.add_subplot(grid[number // columns, number % columns])
        shade_stages(axes, ensemble.calendar, names=number < columns == 1)
        draw_bands(axes, years, fan, look=_look(state, words), step=_whole(state))
        _label(axes, state, every=10 if columns < 3 else 20)
        last = number + columns >= len(states)
        axes.tick_params(labelbottom=last)
        if last:
            axes.set_xlabel("year", labelpad=1)
    return figure


def _fan(ensemble: Ensemble, state: str) -> tuple[Sequence[float], Bands]:
    """Return years and quantiles; what counts acts is summed over each calendar year."""
    values, calendar = ensemble.column(state), ensemble.calendar
    if not state.startswith(COUNTED):
        return calendar.years, bands(values, whole=_whole(state))
    yearly = values.reshape(len(values), -1, calendar.steps_per_year).sum(axis=2)
    return calendar.years[:: calendar.steps_per_year], bands(yearly, whole=True)


def _told(ensemble: Ensemble) -> str:
    told = told_of(ensemble)
    return told[0].upper() + told[1:]


def _whole(state: str) -> bool:
    """Whether a state counts something, so that it has no values between whole numbers."""
    return state == "rung" or state.startswith(COUNTED) or state.startswith(TOTALS)


def _unit(state: str) -> str:
    """Return the unit of a state, for its axis."""
    if state.startswith(COUNTED):
        return "per year"
    if state.startswith(TOTALS):
        return "number"
    return next((unit for start, unit in UNITS.items() if state.startswith(start)), "0 to 1")


def _look(state: str, words: Words | None) -> Look:
    """Return the look of the domain that a state is of."""
    domain = next((name for name in COUNTED_DOMAINS if state.endswith(name)), None)
    return looks_of(words)[domain] if domain else PLAINLY


def _label(axes: Axes, state: str, *, every: int) -> None:
    """Name a panel and fit its axes, upright to the whole range of a state that has one."""
    unit = _unit(state)
    axes.set_ylabel(unit, fontsize=SMALL, labelpad=3)
    if unit == "0 to 1":
        axes.set_ylim(0, 1)
    elif _whole(state):
        axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=_whole(state)))
    axes.xaxis.set_major_locator(MultipleLocator(every))
    axes.set_title(state.replace("_", " "), loc="left", fontsize=BOLD, weight="bold", pad=4)
