"""Any states of any ensemble, each as a fan over the years."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from alliance_sim.errors import SettingError
from alliance_sim.glossary import EACH_STEP, is_whole, with_unit
from alliance_sim.plots.style import (
    AGENDA,
    FACTUAL,
    LADDER,
    NARROW,
    PLAINLY,
    SLIDE,
    SMALL,
    WIDE,
    Bands,
    Form,
    Look,
    bands,
    called,
    draw_bands,
    looks_of,
    numbers_of,
    panel_title,
    slide,
    styled,
    told_of,
)
from alliance_sim.plots.years import mark_edits, narrower, shade_stages, year_ticks
from alliance_sim.record.record import COUNTED_DOMAINS
from alliance_sim.record.words import Words
from alliance_sim.results.state_metadata import meaning
from alliance_sim.scenario.fields import LEVEL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    from alliance_sim.results import Ensemble

TALL = 4  # panels that stand above one another before there are two columns
MOST = 12  # panels that can still be read
YES_NO = "yes or no"  # the unit of what is so or not, of which the share of runs is drawn
OWN = {"rung": LADDER, "agenda_overlap": AGENDA}  # looks of states that belong to no domain


@styled
def ensemble_figure(
    ensemble: Ensemble,
    states: Sequence[str],
    words: Words | None = None,
    *,
    beside: Ensemble | None = None,
    edits: Mapping[float, str] | None = None,
    form: Form = SLIDE,
) -> Figure:
    """Return one panel for each state: the median and the middle 50 % and 90 % of runs.

    Args:
        ensemble: Any ensemble.
        states: Names of its states, in the order of the panels; at least 1, at most 12.
        words: What is said about the relationship; found by its name if left out.
        beside: Runs of the scenario that it is held against, whose median is drawn as well.
        edits: What was edited against that one, by decimal year.
        form: What it is drawn for.

    Raises:
        SettingError: If there are too few or too many states, or every run failed.
        UnknownName: If there is no such state.
    """
    if not 1 <= len(states) <= MOST:
        problem = f"{len(states)} states given, must be at least 1 and at most {MOST}"
        raise SettingError("ensemble_figure", [problem])
    panels = [_fan(ensemble, state) for state in states]
    words = words or Words.named(ensemble.relationship)
    columns = 1 if len(states) <= TALL else 2 if len(states) <= 2 * TALL else 3
    columns = min(columns, form.columns)
    rows = math.ceil(len(states) / columns)
    each = 1.5 if columns == 1 else 1.7
    told = told_of(ensemble)
    edited = "; ".join(f"{what} ({int(year)})" for year, what in (edits or {}).items())
    narrow = narrower(ensemble.calendar) if columns > 1 else ""
    dotted = f" Dotted line: {edited}." if edited else ""
    figure = slide(
        f"{ensemble.title or ensemble.scenario}{_own_classes(ensemble)}",
        about=f"Simulated histories. {told[0].upper()}{told[1:]}. {numbers_of(ensemble)}."
        f"{dotted}{narrow}",
        form=form,
        height=max(form.height if not form.narrow else 0.0, 2.6 + each * rows),
    )
    grid = figure.body.subplots(rows, columns, sharex=True, squeeze=False)
    for number, axes in enumerate(grid.flat):
        if number >= len(states):
            axes.remove()
            continue
        state, (years, fan) = states[number], panels[number]
        shade_stages(
            axes, ensemble.calendar, names=number < columns == 1, form=form, lift=1.6 * form.text
        )
        if beside is not None:
            others, line = _fan(beside, state)
            axes.plot(
                others, line.middle, color=FACTUAL.colour, linestyle=FACTUAL.line, linewidth=1.8,
                zorder=3, drawstyle="steps-post" if _steps(beside, state) else "default",
            )  # fmt: skip
        look = _look(state, words)
        draw_bands(axes, years, fan, look=look, step=_steps(ensemble, state))
        mark_edits(axes, edits or {})
        _label(axes, ensemble, state, words, inches=form.width / columns - 0.8)
        last = number + columns >= len(states)
        axes.tick_params(labelbottom=last)
        if last:
            axes.set_xlabel("year", labelpad=1)
    year_ticks(grid.flat[0], ensemble.calendar, every=20 if columns == 3 else 10)
    one = ensemble.runs - ensemble.failed == 1
    _legend(figure.body, one=one, beside=beside is not None, form=form)
    return figure


def _own_classes(ensemble: Ensemble) -> str:
    """Return which agents of a Mesa model are not the package's own, for a title; "" if all are."""
    _, _, classes = ensemble.engine.partition("mesa with ")
    own = [one for one in classes.split(", ") if one and not one.startswith("alliance_sim.")]
    return f", with {' and '.join(one.rpartition('.')[2] for one in own)}" if own else ""


def _legend(body: SubFigure, *, one: bool, beside: bool, form: Form) -> None:
    """Say what line and bands are, once for all panels; one run has no bands."""
    ink = PLAINLY.colour
    label = "the one run" if one else "median of runs"
    handles: list[Line2D | Patch] = [Line2D([], [], color=ink, linewidth=2.4, label=label)]
    if not one:
        handles += [
            Patch(color=ink, alpha=WIDE + NARROW, linewidth=0, label="middle 50 %"),
            Patch(color=ink, alpha=WIDE, linewidth=0, label="middle 90 %"),
        ]
    if beside:
        label = "without the edits" if one else "median without the edits"
        line = Line2D([], [], color=FACTUAL.colour, linestyle=FACTUAL.line, linewidth=1.8)
        line.set_label(label)
        handles.append(line)
    body.legend(handles=handles, loc="outside lower center", ncols=2 if form.narrow else 4)


def _fan(ensemble: Ensemble, state: str) -> tuple[Sequence[float], Bands]:
    """Return years and quantiles, of what is so or not its share of runs.

    What happens in a quarter is summed over each calendar year.
    """
    values, calendar = ensemble.column(state), ensemble.calendar
    unit = meaning(state, ensemble.meanings).unit
    if unit == YES_NO:
        share = np.nanmean(values, axis=0)
        return calendar.years, Bands(*[share] * 5)
    if not unit.endswith(EACH_STEP):
        return calendar.years, bands(values, whole=is_whole(unit))
    yearly = values.reshape(len(values), -1, calendar.steps_per_year).sum(axis=2)
    return calendar.years[:: calendar.steps_per_year], bands(yearly, whole=True)


def _steps(ensemble: Ensemble, state: str) -> bool:
    """Whether a state has no values between whole numbers."""
    return is_whole(meaning(state, ensemble.meanings).unit)


def _look(state: str, words: Words | None) -> Look:
    """Return the look of the domain that a state is of."""
    domain = next((name for name in COUNTED_DOMAINS if state.endswith(name)), None)
    return looks_of(words)[domain] if domain else OWN.get(state, PLAINLY)


def _label(
    axes: Axes, ensemble: Ensemble, state: str, words: Words | None, *, inches: float
) -> None:
    """Name a panel and fit its axes, upright to the whole range of a state that has one."""
    name, unit = meaning(state, ensemble.meanings)[:2]
    domain = state.removeprefix(LEVEL)
    if domain != state and domain in COUNTED_DOMAINS:
        name = f"level of cooperation in {called(words, domain)}"
    label = (
        "share of runs"
        if unit == YES_NO
        else "0 to 1"
        if unit == "1"
        else with_unit("", unit.replace(EACH_STEP, " a year"))
    )
    axes.set_ylabel(label.strip(" ()"), fontsize=SMALL, labelpad=3)
    whole = is_whole(unit)
    if unit in ("1", YES_NO):
        axes.set_ylim(0, 1)
    elif whole:
        axes.set_ylim(0, max(1.0, axes.get_ylim()[1]))
    if state == "rung" and words is not None:
        top = len(words.rungs) - 1
        axes.set_ylim(-0.4, top + 0.6)
        shown = [str(k) if k % 2 or top < 8 else "" for k in range(top + 1)]
        axes.set_yticks(range(top + 1), shown)
    else:
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=whole and unit != YES_NO))
    panel_title(axes, name[:1].upper() + name[1:], inches=inches)
