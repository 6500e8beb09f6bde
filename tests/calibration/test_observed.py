"""A record is brought into the quarters of a scenario, act by act."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance_sim import Record, Scenario, load_scenario
from alliance_sim.calibration.made import EVERYTHING
from alliance_sim.calibration.observed import formal_acts, observed_of, unread
from alliance_sim.calibration.target import until_year
from alliance_sim.engine.kernel.conditioned import Conditioned
from alliance_sim.errors import UnknownName
from alliance_sim.record.reporting import NAME
from alliance_sim.scenario.fields import SERIES

ISLANDS = load_scenario("two_islands/baseline")
HISTORY = load_scenario("japan_nato/baseline")


@pytest.mark.parametrize("series", ["all", "alliance", "salience2"])
@pytest.mark.parametrize("scenario", [ISLANDS, HISTORY], ids=["two_islands", "japan_nato"])
def test_every_act_of_the_series_is_counted_in_its_quarter(scenario: Scenario, series: str) -> None:
    record, calendar = Record.of(scenario), scenario.calendar()
    found = observed_of(record, scenario, series=series)
    events = record.series(series)
    events = events[(events["kind"] != "suspension") & events["quarter"].isin(calendar.labels)]
    events = events.drop(index=formal_acts(record, scenario), errors="ignore")
    assert found.counts.sum() == len(events) == len(found.marks)
    for row in events.itertuples():
        step = calendar.labels.index(str(row.quarter))
        assert found.counts[step, SERIES.index(str(row.domain))] > 0
    assert calendar.labels[found.first] == f"{max(record.first_year, calendar.first_year)}Q1"
    assert found.rung.tolist() == record.rung_path(calendar).tolist()
    assert {mark.salience for mark in found.marks} <= (
        {2, 3} if series == "salience2" else {1, 2, 3}
    )


@pytest.mark.parametrize("scenario", [ISLANDS, HISTORY], ids=["two_islands", "japan_nato"])
def test_a_shipped_record_can_be_held_and_scored(scenario: Scenario) -> None:
    held = Conditioned(scenario, observed_of(Record.of(scenario), scenario))
    shape = held.ready.frame.shape
    luck = np.random.default_rng(1).standard_normal((shape.steps, shape.threats + 6, 8))
    found = held.log_likelihood(held.constants(8), None, luck)
    for lane in range(8):
        assert held.problem(lane) == ""
    for part in found.values():
        assert np.isfinite(part).all()
        assert (part < 0.0).all() or not part.any()


def test_an_office_that_was_stopped_is_refused_and_agreements_are_the_first_of_each_ally() -> None:
    found = observed_of(Record.of(HISTORY), HISTORY)
    calendar = HISTORY.calendar()
    assert found.items == {"tokyo_office": False}
    first = [calendar.labels[step] for step in found.agreements or ()]
    assert first == ["2011Q4", "2013Q3", "2016Q2", "2017Q3", "2018Q2"]
    assert [calendar.labels[step] for step in found.suspensions or ()] == ["2007Q4", "2010Q1"]


def test_rungs_and_agreements_are_not_counted_as_acts_too() -> None:
    record = Record.of(HISTORY)
    formal = record.events.loc[formal_acts(record, HISTORY)]
    rungs = record.rungs[record.rungs["rung"] > 0]
    told = formal[["date", "kind", "initiator"]].itertuples(index=False, name=None)
    allies = [(a.date, "agreement", f"member:{a.ally}") for a in record.agreements.itertuples()]
    found = list(told)
    assert [row[0] for row in found[: len(rungs)]] == rungs["date"].tolist()
    assert found[len(rungs) :] == allies
    joint = ("2013-04-15", "agreement", "both")
    assert joint in found, "the declaration, not the representative named on the same day"


def test_the_acts_that_a_run_counts_are_those_that_are_counted_in_its_record(
    tmp_path: Path,
) -> None:
    from alliance_sim import simulate
    from alliance_sim.comparison.made import make_record

    run = simulate(ISLANDS, runs=1, seed=11)
    (tmp_path / NAME).write_text(EVERYTHING.format(first=ISLANDS.time.first_year))
    make_record(ISLANDS, seed=11, run=0, out=tmp_path)
    made = ISLANDS.model_copy(update={"record": str(tmp_path)})
    found = observed_of(Record.of(made), made)
    counted = np.column_stack([run.column(f"count_{series}")[0] for series in SERIES])
    assert run.column("rung")[0, -1] > 0
    assert found.counts.tolist() == counted.tolist()


def test_of_two_agreements_in_a_quarter_the_second_counts_in_the_next() -> None:
    record = Record.of(HISTORY)
    one = record.agreements.iloc[[0, 0, 1]].assign(ally=["France", "Norway", "UK"])
    found = observed_of(dataclasses.replace(record, agreements=one), HISTORY)
    labels = HISTORY.calendar().labels
    assert [labels[step] for step in found.agreements or ()] == ["2011Q4", "2012Q1", "2013Q3"]


def test_an_agreement_that_would_lie_behind_the_last_quarter_is_left_to_later_years() -> None:
    record = Record.of(HISTORY)
    days = pd.to_datetime(["2012-10-01", "2012-11-01", "2012-12-01"])
    late = record.agreements.iloc[[0, 0, 0]].assign(ally=["France", "Norway", "UK"], when=days)
    short = until_year(HISTORY, 2012)
    found = observed_of(dataclasses.replace(record, agreements=late), short)
    assert list(found.agreements or ()) == [short.calendar().steps - 1]


def test_agreements_of_a_made_record_are_those_of_its_run(tmp_path: Path) -> None:
    from alliance_sim import simulate
    from alliance_sim.comparison.made import make_record

    seed, run = next(
        (seed, 0)
        for seed in range(200)
        if simulate(ISLANDS, runs=1, seed=seed).column("agreements")[0, -1] > 0.0
    )
    make_record(ISLANDS, seed=seed, run=run, out=tmp_path)
    made = ISLANDS.model_copy(update={"record": str(tmp_path)})
    signed = simulate(ISLANDS, runs=1, seed=seed).column("agreements")[0]
    found = observed_of(Record.of(made), made)
    assert list(found.agreements or ()) == np.flatnonzero(np.diff(signed, prepend=0.0)).tolist()


def test_formal_acts_that_a_fit_would_misread_are_told() -> None:
    record = Record.of(HISTORY)
    (told,) = unread(record, HISTORY)  # a word on the office, a year after it was tabled
    assert told.startswith("events.csv, 'NATO official: Tokyo office no longer under discussion'")
    events = record.events.copy()
    events["when"] += pd.Timedelta(days=1)
    named = f"Blocked by France: {HISTORY.rungs[3].title}"
    events.loc[events["title"].str.startswith("NATO official"), "title"] = named
    moved = list(unread(dataclasses.replace(record, events=events), HISTORY))
    steps, signed = (
        [one for one in moved if one.startswith(f"{name}.csv, ")]
        for name in ("institutions", "agreements")
    )
    assert len(steps) == (record.rungs["rung"] > 0).sum()
    assert len(signed) == len(record.agreements)
    assert len(moved) == len(steps) + len(signed)
    assert steps[0] == (
        "institutions.csv, rung 1: no act of events.csv that a side began has its day, 1978-06-15; "
        "if it is there on another, a fit counts it twice"
    )


def test_a_series_that_there_is_not_is_refused() -> None:
    with pytest.raises(UnknownName, match="unknown series 'aliance'; did you mean 'alliance'"):
        observed_of(Record.of(HISTORY), HISTORY, series="aliance")
