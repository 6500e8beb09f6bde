"""An edited scenario beside the factual one: both courses, and their difference below."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from alliance_sim.calendar import decimal_year
from alliance_sim.errors import UnknownName, unknown_name
from alliance_sim.plots.contrast import contrast_figure
from alliance_sim.plots.style import (
    FACTUAL,
    FAINT,
    HALO,
    INK,
    LADDER,
    NARROW,
    SHADES,
    SLIDE,
    SMALL,
    WIDE,
    Bands,
    Form,
    Look,
    bands,
    called,
    draw_bands,
    fold,
    looks_of,
    numbers_of,
    pairs_of,
    panel_title,
    slide,
    styled,
)
from alliance_sim.plots.years import mark_edits, narrower, shade_stages, year_ticks
from alliance_sim.scenario.fields import LEVEL, LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    from alliance_sim.calendar import Calendar
    from alliance_sim.comparison.scenarios import Comparison

STATES = (*LEVELS, "rung")
LEAST = 0.05  # half of the range of differences of a level that is shown, at least
BEFORE = 6  # years shown before the first edit, if the run has so many
LETTERS = "ABCDE"  # edits that get a line of their own


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


def comparison_figure(
    comparison: Comparison, label: str | None = None, *, form: Form = SLIDE
) -> Figure:
    """Return how edited scenarios depart from the factual one.

    One scenario is drawn with its course, the factual one and the difference; of several without a
    label only the differences are, in small multiples.

    Args:
        comparison: The scenarios.
        label: Which of the edited ones; all if left out.
        form: What it is drawn for.

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
        return pair_figure(comparison, label, form=form)
    days = {name: day for name, day in comparison.touched.items() if day is not None}
    return contrast_figure(
        comparison.factual_runs,
        runs,
        edited=days,
        words=comparison.words,
        against=comparison.factual.title,
        form=form,
    )


@styled
def pair_figure(comparison: Comparison, label: str, *, form: Form = SLIDE) -> Figure:
    """Return the courses of one edited scenario and the factual one, and their difference.

    Args:
        comparison: The scenarios.
        label: Which of the edited ones.
        form: What it is drawn for; where it is narrow each state has both panels under each other.

    Raises:
        SettingError: If every run failed.
    """
    runs, calendar = comparison.factual_runs, comparison.factual_runs.calendar
    about = (
        f"Against: {comparison.factual.title}. "
        f"{pairs_of(runs, [comparison.edited_runs[label]])} of simulated histories with the same "
        f"luck, seed {runs.seed}. {numbers_of(runs)}. {edits_told(comparison, label)}"
        f"{narrower(calendar, first_year(comparison, label))}"
    )
    figure = slide(label, about=about, form=form, height=tall_enough(form))
    draw_worlds(comparison, label, _pairs(figure.body, form), form=form)
    worlds_legend(figure.body, form)
    return figure


def tall_enough(form: Form) -> float | None:
    """Return the height of a figure of both worlds, None for that of the form."""
    return 3.4 + 2.9 * len(STATES) if form.narrow else None


def draw_worlds(
    comparison: Comparison, label: str, pairs: Sequence[tuple[Axes, Axes]], *, form: Form
) -> None:
    """Draw both courses and their difference into a pair of panels for each of `STATES`.

    Args:
        comparison: The scenarios.
        label: Which of the edited ones.
        pairs: The panels; the upper one is for the courses.
        form: What they are drawn for.

    Raises:
        SettingError: If every run failed.
    """
    calendar = comparison.factual_runs.calendar
    marks = _marks(comparison, label)
    first = first_year(comparison, label)
    looks = looks_of(comparison.words)
    courses = {state: _course(comparison, label, state) for state in STATES}
    levels = [courses[state].difference for state in STATES if state.startswith(LEVEL)]
    for column, (state, course) in enumerate(courses.items()):
        look = looks.get(state.removeprefix(LEVEL), LADDER)
        upper, lower = pairs[column]
        for axes in (upper, lower):
            shade_stages(axes, calendar)
            axes.set_xlim(first, calendar.last_year + 1)
            year_ticks(axes, calendar)
            mark_edits(axes, [year for _, year in marks])
        for letter, year in marks:
            _letter(upper, year, letter)
        inches = (form.width if form.narrow else form.width / len(STATES)) - 0.7
        _courses(upper, course, calendar, look=look)
        panel_title(upper, _title(comparison, state), inches=inches)
        upper.title.set_color(look.ink)
        alike = levels if state.startswith(LEVEL) else [course.difference]
        _difference(lower, course.difference, calendar, look=look, alike=alike)
        if form.narrow or not column:
            upper.set_ylabel("both worlds", fontsize=SMALL)
            lower.set_ylabel(fold("edited minus factual", 1.0, size=SMALL), fontsize=SMALL)
        elif column < len(levels):
            for axes in (upper, lower):
                axes.tick_params(labelleft=False)


def _pairs(body: SubFigure, form: Form) -> list[tuple[Axes, Axes]]:
    """Return for each state the panel of both courses and that of their difference."""
    count = len(STATES)
    if form.narrow:
        grid = body.subplots(2 * count, 1, height_ratios=(1.5, 1) * count)
        return list(zip(grid[::2], grid[1::2], strict=True))
    grid = body.subplots(2, count, height_ratios=(1.6, 1))
    return list(zip(*grid, strict=True))


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


def first_year(comparison: Comparison, label: str) -> int:
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
        fontsize=SMALL,
        weight="bold",
        path_effects=HALO,
        zorder=7,
    )


def _courses(axes: Axes, course: Course, calendar: Calendar, *, look: Look) -> None:
    """Draw both courses, the factual one in grey under the other."""
    step = look is LADDER
    draw_bands(axes, calendar.years, course.factual, look=FACTUAL, step=step)
    solid = Look(look.colour, look.ink, "-", look.marker)
    draw_bands(axes, calendar.years, course.edited, look=solid, step=step)
    if step:
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    else:
        axes.set_ylim(0, 1)
    axes.tick_params(labelbottom=False)


def _difference(
    axes: Axes, difference: Bands, calendar: Calendar, *, look: Look, alike: Sequence[Bands]
) -> None:
    """Draw the difference with its band around zero, on one scale with those that are alike."""
    whole = look is LADDER
    axes.axhline(0, color=INK, linewidth=0.9, zorder=3)
    solid = Look(look.colour, look.ink, "-", look.marker)
    draw_bands(axes, calendar.years, difference, look=solid, step=whole)
    least = 1.0 if whole else LEAST
    low = min(-least, *(float(one.low.min()) for one in alike))
    high = max(least, *(float(one.high.max()) for one in alike))
    axes.set_ylim(low - 0.07 * (high - low), high + 0.07 * (high - low))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=whole, steps=[1, 2, 5, 10]))
    axes.set_xlabel("year", labelpad=1)


def worlds_legend(body: SubFigure, form: Form, *, runs: str = "runs") -> None:
    """Say what lines and bands are, the latter of so many "runs" or "histories"."""
    handles = [
        Line2D([], [], color=FACTUAL.colour, linestyle=FACTUAL.line, linewidth=2.4,
               label="factual, median"),
        Line2D([], [], color=INK, linewidth=2.4, label="edited, median (in colour)"),
        Patch(color=INK, alpha=NARROW + WIDE, linewidth=0, label=f"middle 50 % of {runs}"),
        Patch(color=INK, alpha=WIDE, linewidth=0, label=f"90 % of {runs}"),
        Patch(facecolor=SHADES[1], edgecolor=FAINT, linewidth=0.9, label="every second stage"),
    ]  # fmt: skip
    columns = 2 if form.narrow else len(handles)
    body.legend(handles=handles, loc="outside upper left", ncols=columns, handlelength=2.6)


def edits_told(comparison: Comparison, label: str) -> str:
    """Return what was edited when, with the letters that mark the days."""
    told = [
        f"{edit.date:%Y-%m-%d}, {edit.words}" if edit.date else edit.words
        for edit in comparison.edits[label]
        if not edit.responds
    ]
    if not told:
        return "Nothing is edited."
    shown = [f"{a} {b}" for a, b in zip(LETTERS, told, strict=False)]
    left_out = len(told) - len(shown)
    more = f"; and {left_out} more" if left_out else ""
    return f"Edits: {'; '.join(shown)}{more}."
