"""An edited scenario beside the factual one: both courses, and their difference below."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from alliance_sim.calendar import decimal_year
from alliance_sim.errors import UnknownName, unknown_name
from alliance_sim.plots.contrast import contrast_figure
from alliance_sim.plots.style import (
    BOLD,
    FAINT,
    HALO,
    INK,
    NARROW,
    PLAIN,
    QUIET,
    SHADES,
    SLIDE,
    WIDE,
    Bands,
    Look,
    bands,
    called,
    draw_bands,
    looks_of,
    shade_stages,
    sheet,
    styled,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from alliance_sim.calendar import Calendar
    from alliance_sim.comparison.scenarios import Comparison

LEVEL = "level_"
STATES = (f"{LEVEL}political", f"{LEVEL}operations", f"{LEVEL}equipment", "rung")
FACTUAL = Look("#6e6e6e", "#4d4d4d", (0.0, (4.0, 1.8)), "o")
STEPS = Look("#5b3a8c", "#43266f", "-", "D")
LEAST = 0.05  # half of the range of differences of a level that is shown, at least
BEFORE = 6  # years shown before the first edit, if the run has so many
LETTERS = "ABCDE"  # edits that get a line of their own
ROOM = 118  # letters of the line under the title that tells the marked edits


class Course(NamedTuple):
    """One state in both scenarios.

    Attributes:
        factual: Quantiles of the factual scenario.
        edited: Those of the edited one.
        difference: Those of the differences run by run.
    """

    factual: Bands
    edited: Bands
    difference: Bands


def comparison_figure(comparison: Comparison, label: str | None = None) -> Figure:
    """Return how edited scenarios depart from the factual one.

    One scenario is drawn with its course, the factual one and the difference; of several without a
    label only the differences are, in small multiples.

    Args:
        comparison: The scenarios.
        label: Which of the edited ones; all if left out.

    Raises:
        UnknownName: If no edited scenario is called so.
        SettingError: If every run failed.
    """
    runs = comparison.edited_runs
    if label is None and len(runs) == 1:
        (label,) = runs
    if label is not None:
        if label not in runs:
            raise UnknownName(unknown_name("scenario", label, runs))
        return pair_figure(comparison, label)
    days = {name: day for name, day in comparison.touched.items() if day is not None}
    return contrast_figure(
        comparison.factual_runs,
        runs,
        edited=days,
        words=comparison.words,
        against=comparison.factual.title,
    )


@styled
def pair_figure(comparison: Comparison, label: str) -> Figure:
    """Return the courses of one edited scenario and the factual one, and their difference.

    Args:
        comparison: The scenarios.
        label: Which of the edited ones.

    Raises:
        SettingError: If every run failed.
    """
    runs, calendar = comparison.factual_runs, comparison.factual_runs.calendar
    figure = sheet(
        label,
        about=f"Against: {comparison.factual.title}. {runs.runs} pairs of simulated histories with "
        f"the same luck, seed {runs.seed}. Starting values, not fitted.",
    )
    figure.set_layout_engine(
        "constrained", rect=(0.012, 0.055, 0.976, 0.755), wspace=0.03, hspace=0.03
    )
    grid = figure.add_gridspec(2, len(STATES), height_ratios=(1.6, 1))
    marks = _marks(comparison, label)
    first = _first_year(comparison, label)
    looks = looks_of(comparison.words)
    courses = {state: _course(comparison, label, state) for state in STATES}
    levels = [courses[state].difference for state in STATES if state.startswith(LEVEL)]
    for column, (state, course) in enumerate(courses.items()):
        look = looks.get(state.removeprefix(LEVEL), STEPS)
        upper, lower = (figure.add_subplot(grid[row, column]) for row in (0, 1))
        for axes in (upper, lower):
            shade_stages(axes, calendar)
            axes.set_xlim(first, calendar.last_year + 1)
            axes.xaxis.set_major_locator(MaxNLocator(4, integer=True, steps=[1, 2, 5, 10]))
            for letter, year in marks:
                axes.axvline(year, color=INK, linewidth=1.2, linestyle=(0, (1.5, 1.5)), zorder=5)
                if axes is upper:
                    _letter(axes, year, letter)
        _courses(upper, course, calendar, look=look, title=_title(comparison, state))
        alike = levels if state.startswith(LEVEL) else [course.difference]
        _difference(lower, course.difference, calendar, look=look, alike=alike)
        if not column:
            upper.set_ylabel("both worlds", fontsize=PLAIN)
            lower.set_ylabel("edited minus factual", fontsize=PLAIN)
        if 0 < column < len(levels):
            for axes in (upper, lower):
                axes.tick_params(labelleft=False)
    _legend(figure, comparison, label, marks)
    return figure


def _title(comparison: Comparison, state: str) -> str:
    if state == "rung":
        return f"Formal steps (of {len(comparison.factual.rungs)})"
    name = called(comparison.words, state.removeprefix(LEVEL))
    return f"{name[:1].upper()}{name[1:]} (level, 0 to 1)"


def _course(comparison: Comparison, label: str, state: str) -> Course:
    """Return the quantiles of a state, of the pairs in which neither run failed."""
    mine, its = (
        runs.column(state) for runs in (comparison.factual_runs, comparison.edited_runs[label])
    )
    whole = ~(np.isnan(mine) | np.isnan(its)).any(axis=1)
    mine, its = mine[whole], its[whole]
    counted = state == "rung"
    return Course(*(bands(values, whole=counted) for values in (mine, its, its - mine)))


def _marks(comparison: Comparison, label: str) -> list[tuple[str, float]]:
    """Return a letter and a decimal year for each day of an edit inside the run.

    What is moved has two days; what holds throughout has that from which on it makes a difference.
    """
    calendar = comparison.factual_runs.calendar
    edits = [edit for edit in comparison.edits[label] if not edit.responds]
    touched = comparison.touched[label]
    marks = [
        (letter, day)
        for letter, edit in zip(LETTERS, edits, strict=False)
        for day in (edit.date or touched, edit.to)
        if day is not None and calendar.first_year <= day.year <= calendar.last_year
    ]
    return [(letter, decimal_year(day)) for letter, day in marks]


def _first_year(comparison: Comparison, label: str) -> int:
    """Return the first year to show: some years before anything can differ."""
    calendar = comparison.factual_runs.calendar
    touched = comparison.touched[label]
    if touched is None:
        return calendar.first_year
    return max(calendar.first_year, min(touched.year - BEFORE, calendar.last_year - 2 * BEFORE))


def _letter(axes: Axes, year: float, letter: str) -> None:
    """Name the line of an edit at the upper edge of a panel."""
    inside = axes.get_xlim()[0] <= year
    axes.annotate(
        letter,
        (year if inside else axes.get_xlim()[0], 1),
        xycoords=("data", "axes fraction"),
        xytext=(3, -3),
        textcoords="offset points",
        va="top",
        fontsize=BOLD,
        weight="bold",
        path_effects=HALO,
        zorder=7,
    )


def _courses(axes: Axes, course: Course, calendar: Calendar, *, look: Look, title: str) -> None:
    """Draw both courses, the factual one in grey under the other."""
    step = look is STEPS
    draw_bands(axes, calendar.years, course.factual, look=FACTUAL, step=step)
    solid = Look(look.colour, look.ink, "-", look.marker)
    draw_bands(axes, calendar.years, course.edited, look=solid, step=step)
    if step:
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    else:
        axes.set_ylim(0, 1)
    axes.tick_params(labelbottom=False)
    axes.set_title(title, loc="left", fontsize=BOLD, weight="bold", color=look.ink, pad=5)


def _difference(
    axes: Axes, difference: Bands, calendar: Calendar, *, look: Look, alike: Sequence[Bands]
) -> None:
    """Draw the difference with its band around zero, on one scale with those that are alike."""
    whole = look is STEPS
    axes.axhline(0, color=INK, linewidth=0.9, zorder=3)
    solid = Look(look.colour, look.ink, "-", look.marker)
    draw_bands(axes, calendar.years, difference, look=solid, step=whole)
    least = 1.0 if whole else LEAST
    low = min(-least, *(float(one.low.min()) for one in alike))
    high = max(least, *(float(one.high.max()) for one in alike))
    axes.set_ylim(low - 0.07 * (high - low), high + 0.07 * (high - low))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=whole, steps=[1, 2, 5, 10]))
    axes.set_xlabel("year", labelpad=1)


def _legend(
    figure: Figure, comparison: Comparison, label: str, marks: list[tuple[str, float]]
) -> None:
    """Say under the title what lines and bands are, and what was edited when."""
    handles = [
        Line2D([], [], color=FACTUAL.colour, linestyle=FACTUAL.line, linewidth=2.4,
               label="factual"),
        Line2D([], [], color=INK, linewidth=2.4, label="edited (in colour)"),
        Patch(color=INK, alpha=NARROW + WIDE, linewidth=0, label="middle 50 % of runs"),
        Patch(color=INK, alpha=WIDE, linewidth=0, label="90 % of runs"),
        Patch(facecolor=SHADES[1], edgecolor=FAINT, linewidth=0.9, label="every second stage"),
    ]  # fmt: skip
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.012, 1 - 0.72 / SLIDE[1]),
        ncols=len(handles),
        frameon=False,
        fontsize=PLAIN,
        handlelength=2.6,
        borderpad=0,
        columnspacing=1.8,
    ).set_in_layout(False)
    told = [
        f"{edit.date:%Y-%m-%d}, {edit.words}" if edit.date else edit.words
        for edit in comparison.edits[label]
        if not edit.responds
    ] or ["nothing is edited"]
    letters = [f"{letter} " for letter in LETTERS] + [""] * len(told)
    text = "Edits: " + "; ".join(f"{a}{b}" for a, b in zip(letters, told, strict=False))
    figure.text(
        0.02, 1 - 1.06 / SLIDE[1], textwrap.shorten(text, ROOM, placeholder=" …"),
        fontsize=PLAIN, va="top", color=QUIET if not marks else INK,
    )  # fmt: skip
