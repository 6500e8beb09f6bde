"""Counterfactual scenarios minus the factual one, run by run on the same noise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from alliance_sim.calendar import decimal_year
from alliance_sim.errors import SettingError
from alliance_sim.plots.style import (
    HALO,
    INK,
    PLAIN,
    SHADES,
    SLIDE,
    SMALL,
    Bands,
    Form,
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
    text_width,
    told_of,
)
from alliance_sim.plots.years import mark_edits, narrower, shade_stages, year_ticks
from alliance_sim.record.record import COUNTED_DOMAINS

if TYPE_CHECKING:
    import datetime as dt

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    from alliance_sim.calendar import Calendar
    from alliance_sim.plots.style import Look
    from alliance_sim.record.words import Words
    from alliance_sim.results import Ensemble

DOMAINS = COUNTED_DOMAINS[:3]
COLUMNS = 3
ROW = 1.75  # inches that one more row of panels takes
VISIBLE = 0.02  # of the range shown, from which on a difference can be seen
LEAST = 0.05  # half of the range of differences shown, at least
GAP = 0.06  # inches between the line of an edit, or the edge of a panel, and what is said of it
APART = 0.22  # between the domains of a scenario in the summary, in scenarios
Contrasts = dict[str, dict[str, Bands]]


@styled
def contrast_figure(
    factual: Ensemble,
    others: Mapping[str, Ensemble],
    *,
    edited: Mapping[str, dt.date] | None = None,
    words: Words | None = None,
    against: str = "",
    form: Form = SLIDE,
) -> Figure:
    """Return how each counterfactual scenario departs from the factual one.

    Run r of both has the same noise, so their difference is what the edit makes of this one
    course of events; luck that both share cancels.

    Args:
        factual: Runs of the factual scenario.
        others: Runs of counterfactual scenarios, by the name to show.
        edited: The day of the first edit of those that have one, by the same name.
        words: What is said about the relationship.
        against: Title of the factual scenario, if it is to be shown in place of its name.
        form: What it is drawn for.

    Raises:
        SettingError: If an ensemble has other runs, another seed or another calendar.
    """
    _check(factual, others)
    contrasts = {name: _differences(factual, other) for name, other in others.items()}
    columns = min(form.columns, len(others), COLUMNS)
    rows = math.ceil(len(others) / columns)
    lines = 0.7 * len(others) + 1.4  # inches of the summary where it stands below
    figure = slide(
        "What would have been different, in this model",
        about="Levels of cooperation, edited minus factual (above 0: closer with the edits), run "
        "by run with the same luck; line: median, band: 90 % of runs. "
        f"Against: {_told(factual, others, against)}. {numbers_of(factual)}."
        f"{narrower(factual.calendar, _first_year(contrasts, factual.calendar))}",
        form=form,
        height=2.6 + 2.3 * rows + lines if form.narrow else max(form.height, 2.3 + ROW * rows),
    )
    looks = looks_of(words)
    if form.narrow:
        outer = figure.body.add_gridspec(2, 1, height_ratios=(2.3 * rows, lines))
    else:
        outer = figure.body.add_gridspec(1, 2, width_ratios=(2.5, 1))
    grid = outer[0].subgridspec(rows, columns)
    panels = [figure.body.add_subplot(grid[divmod(k, columns)]) for k in range(len(others))]
    _paths(
        panels, contrasts, factual=factual, edited=edited or {}, looks=looks,
        columns=columns, form=form,
    )  # fmt: skip
    summary = figure.body.add_subplot(outer[1])
    _summary(summary, contrasts, year=factual.calendar.last_year, looks=looks, form=form)
    _legend(figure.body, words, form)
    return figure


def _told(factual: Ensemble, others: Mapping[str, Ensemble], against: str) -> str:
    """Return which scenario others are held against, and with how many runs."""
    if not against:
        return told_of(factual)
    return f"{against}, {pairs_of(factual, others.values())} of runs, seed {factual.seed}"


def _check(factual: Ensemble, others: Mapping[str, Ensemble]) -> None:
    """Raise an error unless every run of each ensemble has its twin."""
    problems = [] if others else ["no scenario to compare with was given"]
    for name, other in others.items():
        for what in ("seed", "first_run", "runs", "calendar"):
            mine, its = getattr(factual, what), getattr(other, what)
            if mine != its:
                problems.append(f"{name}: {what} is {its}, must be {mine} as in the factual runs")
    if problems:
        raise SettingError("contrast_figure", problems)


def _differences(factual: Ensemble, other: Ensemble) -> dict[str, Bands]:
    return {
        domain: bands(other.column(f"level_{domain}") - factual.column(f"level_{domain}"))
        for domain in DOMAINS
    }


def _reach(contrasts: Contrasts) -> float:
    """Return half of the range of differences to show, the same in every panel."""
    ends = [
        np.abs([fan.low, fan.high]).max() for fans in contrasts.values() for fan in fans.values()
    ]
    return max(LEAST, 1.08 * float(max(ends)))


def _paths(
    panels: Sequence[Axes],
    contrasts: Contrasts,
    *,
    factual: Ensemble,
    edited: Mapping[str, dt.date],
    looks: Mapping[str, Look],
    columns: int,
    form: Form,
) -> None:
    """Draw one panel for each scenario."""
    reach, calendar = _reach(contrasts), factual.calendar
    first = _first_year(contrasts, calendar)
    every = 10 if calendar.last_year - first < 50 or columns < COLUMNS else 20
    for number, (name, fans) in enumerate(contrasts.items()):
        axes = panels[number]
        shade_stages(axes, calendar)
        axes.axhline(0, color=INK, linewidth=0.8, zorder=3)
        for domain in DOMAINS:
            fan = fans[domain]._replace(lower=fans[domain].middle, upper=fans[domain].middle)
            draw_bands(axes, calendar.years, fan, look=looks[domain], step=False)
        axes.set(ylim=(-reach, reach), xlim=(first, calendar.last_year + 1))
        year_ticks(axes, calendar, every=every)
        share = 1.0 if form.narrow else 0.7
        inches = share * form.width / columns - 0.6
        panel_title(axes, name, inches=inches)
        if name in edited:
            _mark(axes, decimal_year(edited[name]), inches)
        last = number + columns >= len(contrasts)
        axes.tick_params(labelleft=number % columns == 0, labelbottom=last)
        if last:
            axes.set_xlabel("year", labelpad=1)
        if number % columns == 0:
            axes.set_ylabel("difference of levels", labelpad=1)


def _first_year(contrasts: Contrasts, calendar: Calendar) -> int:
    """Return a round year some ten years before the first visible difference."""
    least = VISIBLE * _reach(contrasts)
    departed = [
        np.flatnonzero(np.maximum(np.abs(fan.low), np.abs(fan.high)) > least)
        for fans in contrasts.values()
        for fan in fans.values()
    ]
    first = min((int(quarters[0]) for quarters in departed if len(quarters)), default=0)
    decade = int(calendar.years[first]) // 10 * 10 - 10
    return max(calendar.first_year, min(decade, calendar.last_year - 20))


def _legend(body: SubFigure, words: Words | None, form: Form) -> None:
    """Name the domains in their colours and lines, once for all panels."""
    looks = looks_of(words)
    handles = [
        Line2D([], [], color=look.colour, linestyle=look.line, linewidth=2.4,
               marker=look.marker, markersize=7, markerfacecolor=look.ink,
               markeredgewidth=0, label=called(words, domain))
        for domain, look in looks.items() if domain in DOMAINS
    ]  # fmt: skip
    legend = body.legend(
        handles=handles, loc="outside upper left", ncols=2 if form.narrow else 3, handlelength=3,
        fontsize=SMALL if form.narrow else PLAIN,
    )  # fmt: skip
    for text, domain in zip(legend.get_texts(), DOMAINS, strict=True):
        text.set(color=looks[domain].ink, weight="bold")


def _mark(axes: Axes, year: float, inches: float) -> None:
    """Mark the first day that an edit touches, and say the year on the side with room."""
    mark_edits(axes, [year])
    first, _ = axes.get_xlim()
    place = (axes.transScale + axes.transLimits).transform((year, 0))  # years can be narrower
    before = inches * float(place[0])
    text = f"edited from {int(year)} on"
    behind = 0 <= before < text_width(text, size=SMALL) + 2 * GAP
    axes.annotate(
        fold(text, inches - before - 3 * GAP, size=SMALL) if behind else text,
        (year if behind else first, 0.04), xycoords=("data", "axes fraction"),
        xytext=(72 * GAP, 0), textcoords="offset points",
        fontsize=SMALL, path_effects=HALO, zorder=6,
    )  # fmt: skip


def _summary(
    axes: Axes, contrasts: Contrasts, *, year: int, looks: Mapping[str, Look], form: Form
) -> None:
    """Draw the differences of the last quarter, all scenarios under one another."""
    axes.axvline(0, color=INK, linewidth=0.8, zorder=1)
    for row, fans in enumerate(contrasts.values()):
        if row % 2:
            axes.axhspan(row - 0.5, row + 0.5, color=SHADES[1], linewidth=0, zorder=0)
        for position, domain in enumerate(DOMAINS):
            fan, look, at = fans[domain], looks[domain], row + (position - 1) * APART
            axes.plot([fan.low[-1], fan.high[-1]], [at, at], color=look.colour, linewidth=3.2)
            axes.plot(fan.middle[-1], at, look.marker, color=look.ink, markersize=7, zorder=5)
    reach = _reach(contrasts)
    axes.set(ylim=(len(contrasts) - 0.5, -0.5), xlim=(-reach, reach))
    room = form.width / 3 if form.narrow else 1.5
    names = [fold(name, room, size=SMALL) for name in contrasts]
    axes.set_yticks(range(len(contrasts)), names)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(4, symmetric=True))
    axes.set_title(f"At the end of {year}", fontsize=SMALL, pad=3)
    axes.set_xlabel("difference of levels", labelpad=1)
