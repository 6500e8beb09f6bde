"""Outcomes in words: titles, and labels of axes."""

from __future__ import annotations

import re

from alliance_sim.calendar import Calendar, Period
from alliance_sim.glossary import EACH_STEP
from alliance_sim.results.outcomes import AT, FLAGS, Outcome, fold_of, is_binary
from alliance_sim.results.state_metadata import Meanings, meaning

RUNG = "rung"
REACHED = re.compile(r"(.*) reached, of (\d+) \(rung\)")  # what that state is called
SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}


def outcome_title(outcome: Outcome, calendar: Calendar, meanings: Meanings) -> str:
    """Return an outcome in words, such as "formal step 8 of 11 or higher, end of 2014"."""
    fold, when = fold_of(outcome), _time_in_words(outcome, calendar)
    what = meaning(outcome.state, meanings).long_name
    if outcome.compare:
        what = compared_words(what, outcome.state, outcome.compare, outcome.threshold)
    happens = outcome.compare or (is_binary(outcome) and not outcome.passes)
    told = (fold.words_compared if happens else fold.words).format(what)
    if outcome.passes:
        told += f" {SIGNS[outcome.passes]} {outcome.mark:g}"
    if outcome.fold in (AT, "first"):
        return f"{told}, {when}" if when else told
    return f"{told}, {when or 'whole run'}"


def compared_words(what: str, state: str, sign: str, number: float) -> str:
    """Return in words that a state, or an outcome of it, is on one side of a number.

    Args:
        what: What it is called.
        state: The state.
        sign: One of ">=", ">", "<=", "<".
        number: What it is compared with.
    """
    ladder = REACHED.fullmatch(what)
    if ladder is not None and state == RUNG and sign == ">=" and number.is_integer():
        return f"{ladder[1]} {number:g} of {ladder[2]} or higher ({RUNG} ≥ {number:g})"
    if state.startswith(FLAGS) and (sign, number) == (">=", 1.0):
        return what  # which says that it is so
    return f"{what} {SIGNS[sign]} {number:g}"


def outcome_label(outcome: Outcome, calendar: Calendar, meanings: Meanings) -> str:
    """Return the label of an axis for an outcome, with its unit."""
    if is_binary(outcome):
        return "share of runs"
    if outcome.fold == "first":
        return f"year ({calendar.last_year + 1}: never)"
    if outcome.compare:
        return fold_of(outcome).unit_compared
    found = meaning(outcome.state, meanings)
    unit = found.unit.removesuffix(EACH_STEP) if outcome.fold == "sum" else found.unit
    return found.axis("" if unit != "1" and unit in found.long_name else unit)


def years_of(period: Period, calendar: Calendar) -> tuple[int, int]:
    """Return the first and the last year by which a period is called, not before the run's."""
    return max(period.start.year, calendar.first_year), period.end.year


def _time_in_words(outcome: Outcome, calendar: Calendar) -> str:
    """Return the time that an outcome looks at, "" for the whole run."""
    for period in calendar.periods:
        steps = calendar.steps_of(period)
        if (outcome.start, outcome.stop) == (steps.start, steps.stop):
            first, last = years_of(period, calendar)
            return f"{period.name} ({first}–{last})"
    if outcome.fold == "at" and outcome.stop % calendar.steps_per_year == 0:
        return f"end of {calendar.first_year + outcome.stop // calendar.steps_per_year - 1}"
    _, _, span = outcome.text.partition("@")
    span = re.split("[<>]", span)[0]
    return span.replace("..", " to ")
