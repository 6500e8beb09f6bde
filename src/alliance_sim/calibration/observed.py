"""A record as the compiled likelihood takes it: by quarter, what is held and what is scored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from alliance_sim.engine.kernel.observation import Mark, Observed
from alliance_sim.errors import shown
from alliance_sim.record.record import Record
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.fields import SERIES

if TYPE_CHECKING:
    from alliance_sim.calendar import Calendar

SUSPENSION, INSTITUTION = "suspension", "institution"
OFFICE = "office"  # kind of the act by which an item that was tabled passes
AGREEMENT = "agreement"  # kind of the act by which a single ally signs
MEMBER = "member:"  # before the name of a single ally


def observed_of(record: Record, scenario: Scenario, *, series: str = "all") -> Observed:
    """Return what a record holds of the quarters of a scenario.

    Acts of the series are counted and marked, but for suspensions and for those that are a rung, an
    agreement or an item passed: these have hazards of their own, and runs write them down beside
    what they count. Rungs, refusals, items and suspensions are taken from all acts. Acts outside
    the years of the scenario are left out. An item that was tabled is refused if a step is recorded
    as blocked in that quarter, and has passed if an office is; else its fate is not known. Of two
    agreements in one quarter the second counts in the next, if that lies in the years.

    Args:
        record: The record.
        scenario: The scenario, of the same sides and ladder.
        series: "all", "alliance" or "salience2"; see `Record.series`.

    Raises:
        UnknownName: If there is no such series.
    """
    calendar = scenario.calendar()
    counted = record.series(series)
    counted = counted[counted["kind"] != SUSPENSION]
    counted = counted.drop(index=formal_acts(record, scenario), errors="ignore")
    marks = list(_marks(counted, record, calendar))
    counts = np.zeros((calendar.steps, len(SERIES)), dtype=np.int64)
    for mark in marks:
        counts[mark.step, SERIES.index(mark.series)] += 1
    stops = record.events[record.events["kind"] == SUSPENSION]
    blocked, items = _refusals(record, scenario, stops, calendar)
    days = [calendar.start_of(step) for step in range(calendar.steps)]
    return Observed(
        first=max(0, (record.first_year - calendar.first_year) * calendar.steps_per_year),
        counts=counts,
        rung=record.rung_path(calendar),
        era=np.array([record.reporting.era(day) for day in days], dtype=np.int64),
        coded=np.array(record.reporting.table(), dtype=np.float64),
        blocked=blocked,
        agreements=one_a_quarter(_steps(record.agreements, calendar), calendar.steps),
        suspensions=sorted(set(_steps(stops[stops["domain"] == "operations"], calendar))),
        items=items,
        marks=marks,
        series=series,
    )


def unread(record: Record, scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each formal act of a record that a fit counts twice or does not notice.

    A step, an agreement or a refusal is read from two places that have to agree: see `formal_acts`
    and `observed_of`. Where they do not, a record is sound, and was probably not meant so.

    Args:
        record: The record.
        scenario: The scenario that it is to be a record for.
    """
    calendar = scenario.calendar()
    taken = record.events.loc[formal_acts(record, scenario)]
    acts = set(zip(taken["when"], taken["initiator"], strict=True))
    for when, number in zip(record.rungs["when"], record.rungs["rung"], strict=True):
        held = number > 0 and 0 <= calendar.index(when.date()) < calendar.steps
        if held and not any(day == when for day, _ in acts):
            yield (
                f"institutions.csv, rung {number}: no act of events.csv that a side began has its "
                f"day, {when.date()}; if it is there on another, a fit counts it twice"
            )
    for when, ally in zip(record.agreements["when"], record.agreements["ally"], strict=True):
        if (when, f"{MEMBER}{ally}") not in acts:
            yield (
                f"agreements.csv, {ally}: no act of events.csv is of its day, {when.date()}, of "
                f"kind {AGREEMENT} and of initiator {MEMBER}{ally}; if it is there otherwise, a "
                "fit counts it twice"
            )
    yield from _unnoticed(record, scenario)


def _unnoticed(record: Record, scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each refusal that names no step and falls where no item was tabled."""
    calendar, rungs = scenario.calendar(), [rung.title for rung in scenario.rungs]
    tabled = {calendar.index(item.tabled) for item in scenario.items}
    stops = record.events[record.events["kind"] == SUSPENSION]
    formal = stops[stops["domain"] == INSTITUTION]
    for when, title in zip(formal["when"], formal["title"], strict=True):
        if _refused(title) not in rungs and calendar.index(when.date()) not in tabled:
            example = shown(f"Blocked by {scenario.partners.alliance}: {rungs[-1]}")
            yield (
                f"events.csv, {shown(title)}: a refusal that a fit does not notice; its title has "
                f"to end in the step that was refused, such as {example}, or its day to lie in a "
                "quarter in which an item was tabled"
            )


def formal_acts(record: Record, scenario: Scenario) -> list[int]:
    """Return which acts of a record are a rung gained, an agreement signed or an item passed.

    An act is the rung if it has its day and no single ally began it; of several the one of the
    rung's domain and kind, then the weightiest. It is an agreement if it has that day, that ally
    and that kind. It is the item if an office is opened in the quarter in which that was tabled.

    Args:
        record: The record.
        scenario: The scenario, which says what acts its rungs leave and which items were tabled.

    Returns:
        Their places in the index of `record.events`.
    """
    calendar = scenario.calendar()
    rungs = {rung.number: rung for rung in scenario.rungs}
    acts = _acts(record)
    by_day: dict[pd.Timestamp, list[_Act]] = {}
    for act in acts:
        by_day.setdefault(act.when, []).append(act)
    found: list[int] = []
    for when, number in zip(record.rungs["when"], record.rungs["rung"], strict=True):
        rung = rungs.get(int(number))
        there = [one for one in by_day.get(when, ()) if not one.initiator.startswith(MEMBER)]
        there = [one for one in there if one.place not in found]
        if rung is None or not there:
            continue
        domain, kind = rung.event_domain, rung.event_kind
        there.sort(key=lambda one: (one.domain == domain, one.kind == kind, one.salience))
        found.append(there[-1].place)
    for when, ally in zip(record.agreements["when"], record.agreements["ally"], strict=True):
        same = [one for one in by_day.get(when, ()) if one.initiator == f"{MEMBER}{ally}"]
        signed = [one.place for one in same if one.kind == AGREEMENT and one.place not in found]
        found += signed[:1]
    tabled = {calendar.index(item.tabled) for item in scenario.items}
    found += [
        one.place
        for one in acts
        if one.kind == OFFICE
        and one.place not in found
        and calendar.index(one.when.date()) in tabled
    ]
    return found


class _Act(NamedTuple):
    """An act of a record, plain: tables of this size are slower to search than lists."""

    place: int
    when: pd.Timestamp
    domain: str
    kind: str
    salience: int
    initiator: str


def _acts(record: Record) -> list[_Act]:
    """Return the acts of a record in their order."""
    events = record.events
    columns = [events[name].tolist() for name in _Act._fields[1:]]
    return [_Act(*row) for row in zip(events.index.tolist(), *columns, strict=True)]


def _steps(events: pd.DataFrame, calendar: Calendar) -> Iterator[int]:
    """Yield the step of each act that lies in the years of a calendar."""
    for when in events["when"]:
        step = calendar.index(when.date())
        if 0 <= step < calendar.steps:
            yield step


def one_a_quarter(steps: Iterator[int], end: int) -> list[int]:
    """Return steps, each later than the one before: the model signs one agreement a quarter.

    What comes to lie at `end` or later is left to whoever looks at more years.
    """
    found: list[int] = []
    for step in sorted(steps):
        found.append(max(step, found[-1] + 1) if found else step)
    return [step for step in found if step < end]


def _marks(events: pd.DataFrame, record: Record, calendar: Calendar) -> Iterator[Mark]:
    """Yield what is told of each act that lies in the years of a calendar."""
    sides = {"both": "both", record.state: "state", record.alliance: "alliance"}
    columns = ("when", "domain", "kind", "salience", "initiator")
    for when, domain, kind, salience, who in zip(*(events[name] for name in columns), strict=True):
        step = calendar.index(when.date())
        if 0 <= step < calendar.steps:
            yield Mark(step, domain, kind, int(salience), sides.get(who, "member"))


def _refused(title: str) -> str:
    """Return what the title of a refusal says was refused."""
    return title.rpartition(": ")[2]


def _refusals(
    record: Record, scenario: Scenario, stops: pd.DataFrame, calendar: Calendar
) -> tuple[list[int], dict[str, bool]]:
    """Return quarters in which a rung was refused, and whether each item that was tabled passed.

    A refusal names what was refused, or else falls into the quarter in which an item was tabled.
    """
    tabled = {item.name: calendar.index(item.tabled) for item in scenario.items}
    rungs = {rung.title for rung in scenario.rungs}
    blocked: list[int] = []
    refused: set[str] = set()
    formal = stops[stops["domain"] == INSTITUTION]
    for when, title in zip(formal["when"], formal["title"], strict=True):
        step = calendar.index(when.date())
        if _refused(title) in rungs and 0 < step < calendar.steps:
            blocked.append(step)
        else:
            refused |= {name for name, day in tabled.items() if day == step}
    offices = set(_steps(record.events[record.events["kind"] == OFFICE], calendar))
    passed = {name for name, step in tabled.items() if step in offices and name not in refused}
    return sorted(set(blocked)), dict.fromkeys(refused, False) | dict.fromkeys(passed, True)
