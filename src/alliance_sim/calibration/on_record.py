"""The acts of a record by the quarters of a scenario, for runs that come to it.

A history of a posterior has as many acts as were coded, quarter by quarter, so they can be told as
they were coded: with their days and titles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from alliance_sim.calibration.observed import (
    AGREEMENT,
    MEMBER,
    SUSPENSION,
    formal_acts,
    one_a_quarter,
)
from alliance_sim.calibration.target import until_year
from alliance_sim.engine.chronology import (
    REFUSED,
    RUNG,
    SIGNED,
    STOPPED,
    CodedAct,
    OnRecord,
    Place,
)
from alliance_sim.record.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from alliance_sim.calendar import Calendar
    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.scenario import Scenario


def on_record_for(posterior: PosteriorDraws) -> OnRecord:
    """Return the acts that histories of a posterior come to.

    Raises:
        RecordError: If the record that it is fitted to cannot be used.
    """
    held = posterior.held
    ends = until_year(posterior.prior.scenario, held.until)
    return on_record_of(Record.of(ends), ends, series=held.series)


def on_record_of(record: Record, scenario: Scenario, *, series: str = "all") -> OnRecord:
    """Return the acts of a record by the quarters of a scenario, as runs are told of them.

    Acts are taken as in `observed_of`. A formal step has its day and is called as the scenario
    calls it.

    Args:
        record: The record.
        scenario: The scenario, of the same sides and ladder.
        series: "all", "alliance" or "salience2"; see `Record.series`.

    Raises:
        UnknownName: If there is no such series.
    """
    calendar = scenario.calendar()
    acts = record.series(series)
    acts = acts.drop(index=formal_acts(record, scenario), errors="ignore")
    counted: dict[tuple[int, str], list[CodedAct]] = {}
    formal: dict[Place, CodedAct] = {}
    tabled: dict[int, list[str]] = {}
    for item in scenario.items:
        tabled.setdefault(calendar.index(item.tabled), []).append(item.name)
    for step, row in _rows(acts.sort_values("when", kind="stable"), calendar):
        act = _coded(row)
        if row.kind != SUSPENSION:
            counted.setdefault((step, row.domain), []).append(act)
        elif row.domain == "operations":
            formal.setdefault((step, STOPPED, 0), act)
        else:
            for name in tabled.get(step, ()):
                formal.setdefault((step, REFUSED, name), act)
    rungs = {rung.number: rung for rung in scenario.rungs}
    for step, row in _rows(record.rungs, calendar):
        rung = rungs.get(int(row.rung))
        if rung is not None:
            mark = (rung.event_kind, rung.salience, "both", rung.title)
            formal[step, RUNG, rung.number] = CodedAct(row.when.date(), row.date, *mark)
    signed = list(_rows(record.agreements.sort_values("when", kind="stable"), calendar))
    quarters = one_a_quarter((step for step, _ in signed), calendar.steps)
    for step, (_, row) in zip(quarters, signed, strict=False):  # the last may lie behind the end
        mark = (AGREEMENT, 1, f"{MEMBER}{row.ally}", row.title)
        formal[step, SIGNED, 0] = CodedAct(row.when.date(), row.date, *mark)
    return OnRecord(counted, formal)


def _rows(table: pd.DataFrame, calendar: Calendar) -> Iterator[tuple[int, Any]]:
    """Yield the rows of a table that lie in the years of a calendar, each after its step."""
    for row in table.itertuples():
        step = calendar.index(cast("pd.Timestamp", row.when).date())
        if 0 <= step < calendar.steps:
            yield step, row


def _coded(row: Any) -> CodedAct:
    mark = (row.kind, int(row.salience), row.initiator, row.title)
    return CodedAct(row.when.date(), row.date, *mark)
