"""What tells an edited scenario from a factual one, in words and with dates."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from alliance_sim.scenario import Scenario
from alliance_sim.scenario.causes import missing_causes
from alliance_sim.scenario.describe import diff, standing
from alliance_sim.scenario.edits_in_words import changes_between, words_of
from alliance_sim.scenario.path import fields_of
from alliance_sim.scenario.schema import Change, Juncture

MOST_DIFFERENCES = 3  # of two scenarios that do not tell their edits; the rest are counted
PARTS = ("juncture", "leader", "item", "period")  # that have a day of their own


class DatedEdit(NamedTuple):
    """One edit, or what responds to one.

    Attributes:
        date: The day that it is about, of what is moved the old one; None for what holds
            throughout.
        words: What it is.
        responds: Whether it follows from an edit and is none itself.
        to: The day that it was moved to, if it was.
    """

    date: dt.date | None
    words: str
    responds: bool = False
    to: dt.date | None = None


def label_of(factual: Scenario, edited: Scenario) -> str:
    """Return how to call an edited scenario: its title, or what that adds to the factual one's."""
    added = edited.title.removeprefix(f"{factual.title}, ")
    return added[:1].upper() + added[1:]


def edits_between(factual: Scenario, edited: Scenario) -> tuple[DatedEdit, ...]:
    """Return what was edited, and which junctures respond to it, by date.

    Scenarios that do not tell their edits, as two whole ones, are told by what they differ in.
    """
    changes = changes_between(factual, edited)
    found = [_edit(change, factual, edited) for change in changes]
    if not changes:
        differing = [difference.path for difference in diff(factual, edited)]
        found = [DatedEdit(None, f"{path} differs") for path in differing[:MOST_DIFFERENCES]]
        if len(differing) > MOST_DIFFERENCES:
            more = len(differing) - MOST_DIFFERENCES
            found.append(DatedEdit(None, f"{more} more numbers and settings differ"))
    named = {change.path.split(".")[1] for change in changes if change.path.count(".")}
    before, after = _standings(factual), _standings(edited)
    found += [
        DatedEdit(
            juncture.date,
            f"{juncture.title}: {after[juncture.name]}",
            responds=True,
        )
        for juncture in edited.junctures
        if juncture.name not in named
        and before.get(juncture.name, after[juncture.name]) != after[juncture.name]
    ]
    return tuple(sorted(found, key=lambda edit: (edit.responds, edit.date or dt.date.min)))


def _standings(scenario: Scenario) -> dict[str, str]:
    lacking = missing_causes(scenario.junctures)
    return {j.name: standing(j, lacking, titles=True) for j in scenario.junctures}


def _edit(change: Change, factual: Scenario, edited: Scenario) -> DatedEdit:
    """Return one edit with its days: where it stood before, and where it was moved to."""
    kind, _, rest = change.path.partition(".")
    words = words_of(change, edited)
    if kind not in PARTS:
        return DatedEdit(None, words)
    name = rest.partition(".")[0]
    days = [
        _start(part)
        for scenario in (factual, edited)
        for part in getattr(scenario, fields_of(type(scenario))[kind])
        if part.name == name
    ]
    moved = len(set(days)) > 1
    return DatedEdit(days[0] if days else None, words, to=days[-1] if moved else None)


def _start(part: Juncture) -> dt.date:
    for name in ("date", "start", "tabled"):
        day = getattr(part, name, None)
        if isinstance(day, dt.date):
            return day
    raise AssertionError(f"{part!r} has no day")
