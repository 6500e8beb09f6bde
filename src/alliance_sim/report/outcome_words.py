"""Outcomes in words: titles of figures, labels of axes, names of files."""

from __future__ import annotations

from alliance_sim.calendar import Calendar
from alliance_sim.results.outcomes import Outcome
from alliance_sim.results.state_metadata import meaning

SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}
ONE_MOMENT = ("at", "max", "min")
FLAGS = ("passed_", "refused_", "suspensions")  # states that are 0 or 1 by nature


def is_binary(outcome: Outcome) -> bool:
    """Return whether an outcome is 1 or 0: something that happens or does not."""
    return outcome.fold in ONE_MOMENT and (bool(outcome.compare) or outcome.state.startswith(FLAGS))


def outcome_title(outcome: Outcome, calendar: Calendar) -> str:
    """Return an outcome in words, such as "formal steps climbed ≥ 8, end of 2014"."""
    what = _signal(outcome)
    when = _when(outcome, calendar)
    if outcome.fold == "at":
        return f"{what}, {when}"
    if outcome.fold == "first":
        return f"first year with {what}" + (f", {when}" if when else "")
    words = {
        "mean": "share of quarters with {}" if outcome.compare else "mean {}",
        "sum": "quarters with {}" if outcome.compare else "number of {}",
        "max": "ever {}" if outcome.compare else "highest {}",
        "min": "always {}" if outcome.compare else "lowest {}",
    }
    told = words[outcome.fold].format(what).replace(" in the quarter", "")
    return f"{told}, {when or 'whole run'}"


def outcome_label(outcome: Outcome, calendar: Calendar) -> str:
    """Return the label of an axis for an outcome, with its unit."""
    if is_binary(outcome):
        return "share of runs"
    if outcome.fold == "first":
        return f"year ({calendar.last_year + 1}: never)"
    if outcome.compare:
        return "share of quarters" if outcome.fold == "mean" else "quarters"
    name, unit = meaning(outcome.state)
    if outcome.fold == "sum":
        name = name.replace(" in the quarter", "").removeprefix("whether ")
    if unit == "1":
        return f"{name} (0 to 1)" if outcome.state.startswith(("level_", "win_set_")) else name
    return f"{name} ({unit})" if unit and unit not in name else name


def _signal(outcome: Outcome) -> str:
    name = meaning(outcome.state).long_name.removeprefix("whether ")
    if not outcome.compare:
        return name
    return f"{name} {SIGNS[outcome.compare]} {outcome.threshold:g}"


def _when(outcome: Outcome, calendar: Calendar) -> str:
    """Return the time that an outcome looks at, "" for the whole run."""
    for period in calendar.periods:
        steps = calendar.steps_of(period)
        if (outcome.start, outcome.stop) == (steps.start, steps.stop):
            years = f"{max(period.start.year, calendar.first_year)}–{period.end.year}"
            return f"{period.name} ({years})"
    if outcome.fold == "at" and outcome.stop % calendar.steps_per_year == 0:
        return f"end of {calendar.first_year + outcome.stop // calendar.steps_per_year - 1}"
    _, _, span = outcome.text.partition("@")
    return span.replace("..", " to ")
