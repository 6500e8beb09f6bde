"""Observed counts and rung dates stand beside those of the runs, in the right cells."""

import datetime as dt
from dataclasses import replace
from typing import Any, NamedTuple
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from alliance_sim import load_scenario, noise
from alliance_sim.calendar import Calendar
from alliance_sim.comparison.counts import as_coded, count_table, rung_table
from alliance_sim.errors import SettingError
from alliance_sim.record.record import COUNTED_DOMAINS, SERIES, Record
from alliance_sim.results import Ensemble

RECORD = Record.of("japan_nato")
PERIODS = RECORD.periods
CALENDAR = Calendar(periods=PERIODS)


def simulated(*events: tuple[int, str], **same: Any) -> pd.DataFrame:
    """Events given as (run, date), alike in everything else."""
    made = pd.DataFrame(events, columns=["run", "date"])
    parts: dict[str, Any] = {"domain": "political", "kind": "visit", "salience": 1}
    parts |= {"initiator": "japan", "date": pd.to_datetime(made["date"])}
    return made.assign(**(parts | same))


def cell(table: pd.DataFrame, period: str, domain: str, series: str = "all") -> "pd.Series[Any]":
    """The one row for a period, a domain and a series."""
    chosen = table[["period", "domain", "series"]].eq([period, domain, series]).all(axis=1)
    return table[chosen].iloc[0]


def climbing(*first_quarters: dict[int, int]) -> Ensemble:
    """Runs that reach each rung in the quarter given for it; none given is a failed run."""
    rung = np.zeros((len(first_quarters), CALENDAR.steps))
    for run, reached in enumerate(first_quarters):
        rung[run] = 0 if reached else np.nan
        for number, quarter in sorted(reached.items()):
            rung[run, quarter:] = number
    return Ensemble("", "", CALENDAR, ("rung",), rung[:, :, None], seed=1)


def test_the_table_has_a_row_for_every_period_domain_and_series() -> None:
    table = count_table(simulated((0, "1995-05-01")), RECORD, runs=3)
    assert list(table.columns) == [
        *("period", "domain", "series", "observed", "mean", "low", "high", "inside")
    ]
    rows = {tuple(row) for row in table[["period", "domain", "series"]].to_numpy()}
    assert rows == {(p.id, d, s) for p in PERIODS for d in COUNTED_DOMAINS for s in SERIES}
    assert len(table) == len(rows) == 48


@pytest.mark.parametrize(
    ("years", "counted"), [((1995, 2025), "P2 P3 P4"), ((1950, 2000), "P1 P2"), ((1950, 1960), "")]
)
def test_a_period_that_is_not_run_or_was_not_looked_at_has_no_rows(
    years: tuple[int, int], counted: str
) -> None:
    table = count_table(simulated((0, "1995-05-01")), replace(RECORD, years=years), runs=1)
    assert list(table.columns) == list(count_table(simulated(), RECORD, runs=1).columns)
    assert table["period"].unique().tolist() == counted.split()


@pytest.mark.parametrize("series", SERIES)
def test_observed_counts_are_those_of_the_record(series: str) -> None:
    table = count_table(simulated((0, "1995-05-01")), RECORD, runs=1)
    observed = table[table["series"] == series].pivot_table(
        index="period", columns="domain", values="observed"
    )
    expected = RECORD.counts(series)
    assert observed[expected.columns].to_numpy().tolist() == expected.to_numpy().tolist()


def test_runs_without_events_count_as_none() -> None:
    table = count_table(simulated((7, "1995-05-01"), (7, "1996-05-01")), RECORD, runs=4)
    found = cell(table, "P2", "political")
    assert found["mean"] == pytest.approx(0.5)
    assert found["low"] == pytest.approx(0.0)


def test_low_and_high_are_the_5th_and_95th_percentile_over_runs() -> None:
    events = simulated(*[(run, "1995-05-01") for run in range(101) for _ in range(run)])
    found = cell(count_table(events, RECORD, runs=101), "P2", "political")
    assert (found["low"], found["high"]) == (pytest.approx(5.0), pytest.approx(95.0))
    assert found["inside"]  # the record has 15


def test_a_record_outside_the_interval_is_said_to_be_outside() -> None:
    found = cell(count_table(simulated((0, "1995-05-01")), RECORD, runs=1), "P2", "political")
    assert not found["inside"]


def test_the_simulated_series_leave_out_what_the_coded_ones_do() -> None:
    bilateral = simulated((0, "2014-05-01"), initiator="member:france", salience=2)
    table = count_table(bilateral, RECORD, runs=1)
    means = {series: cell(table, "P4", "political", series)["mean"] for series in SERIES}
    assert means == {"all": 1.0, "alliance": 0.0, "salience2": 1.0}


def test_the_day_decides_on_the_period_and_years_before_1950_are_left_out() -> None:
    days = ["1949-06-01", "2001-09-10", "2001-09-11", "2012-12-25", "2012-12-26"]
    table = count_table(simulated(*[(0, day) for day in days]), RECORD, runs=1)
    means = [cell(table, period.id, "political")["mean"] for period in PERIODS]
    assert means == [0.0, 1.0, 2.0, 1.0]


@pytest.mark.parametrize("runs", [0, 1])
def test_fewer_runs_than_occur_in_the_events_is_an_error(runs: int) -> None:
    events = simulated((0, "1995-05-01"), (1, "1995-05-01"))
    with pytest.raises(SettingError, match=rf"runs is {runs}, must be at least 2"):
        count_table(events, RECORD, runs=runs)


def test_no_simulated_event_at_all_gives_zeros() -> None:
    table = count_table(simulated(), RECORD, runs=5)
    assert not table["high"].any()


def test_rungs_carry_their_observed_date_as_coded() -> None:
    table = rung_table(climbing({1: 0}), RECORD)
    assert table["rung"].tolist() == list(range(1, 12))
    observed = table.set_index("rung")["observed"]
    assert (observed[1], observed[3], observed[5]) == ("1978", "2004-06-28", "2010-06-25")


def test_a_rung_is_dated_by_the_month_in_which_its_quarter_begins() -> None:
    runs = [{1: 10 + run} for run in range(21)]
    first = rung_table(climbing(*runs), RECORD).iloc[0]
    assert (first["low"], first["median"], first["high"]) == ("1952-10", "1955-01", "1957-04")
    assert first["reached"] == pytest.approx(1.0)


def test_a_rung_that_most_runs_never_reach_has_no_median() -> None:
    second = rung_table(climbing({1: 1, 2: 5}, {1: 1}, {1: 1}), RECORD).iloc[1]
    assert second["low"] == "1951-04"
    assert second["median"] is None
    assert second["high"] is None
    assert second["reached"] == pytest.approx(1 / 3)


def test_a_run_that_skips_a_rung_has_reached_it() -> None:
    table = rung_table(climbing({1: 4, 3: 8}), RECORD)
    assert table["median"].tolist()[:4] == ["1951-01", "1952-01", "1952-01", None]


def test_failed_runs_are_left_out_of_the_rung_table() -> None:
    reached = rung_table(climbing({1: 4}, {}, {2: 4}), RECORD)["reached"]
    assert reached.tolist()[:3] == [1.0, 0.5, 0.0]
    nothing = rung_table(climbing({}), RECORD)
    assert nothing["reached"].isna().all()
    assert nothing["median"].tolist() == [None] * 11


def test_acts_of_runs_pass_the_sieve_of_the_record() -> None:
    runs, each = 40, 50
    ensemble = climbing(*[{1: 10}] * runs)
    scenario = load_scenario("japan_nato/baseline")
    acts = simulated(*[(run, "1995-05-01") for run in range(runs) for _ in range(each)])
    early = acts.assign(date=pd.Timestamp("1969-12-31"), salience=3)
    assert as_coded(early, RECORD.reporting, ensemble, scenario).empty
    for salience in (1, 2, 3):
        found = as_coded(acts.assign(salience=salience), RECORD.reporting, ensemble, scenario)
        chance = RECORD.reporting.of(salience, dt.date(1995, 5, 1))
        assert binomtest(len(found), runs * each, chance).pvalue > 1e-4
        again = as_coded(acts.assign(salience=salience), RECORD.reporting, ensemble, scenario)
        pd.testing.assert_frame_equal(found, again)


def test_which_acts_are_found_is_drawn_by_run_and_place_and_for_all_runs_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scenario, runs = load_scenario("japan_nato/baseline"), 50
    acts = simulated(*[(run, "1995-05-01") for place in range(9) for run in range(runs)])
    channel = noise.channel("japan_nato/reported:v1")
    luck = np.stack([noise.table(1, run, [channel], 9)[0] for run in range(runs)], axis=1)
    chance = RECORD.reporting.of(1, dt.date(1995, 5, 1))
    cipher = Mock(wraps=noise.philox)
    monkeypatch.setattr(noise, "philox", cipher)
    found = as_coded(acts, RECORD.reporting, climbing(*[{1: 10}] * runs), scenario)
    assert found.index.tolist() == np.flatnonzero(luck.ravel() < chance).tolist()
    assert cipher.call_count == 1


class DrawnChances(NamedTuple):
    """Draws in which a chance of being coded is known: what `as_coded` asks of them."""

    found: dict[str, np.ndarray]

    def coded(self) -> dict[str, np.ndarray]:
        return self.found


def test_acts_of_a_run_are_found_with_the_chance_of_its_draw() -> None:
    runs, each = 6, 40
    ensemble = climbing(*[{1: 10}] * runs)
    scenario = load_scenario("japan_nato/baseline")
    acts = simulated(*[(run, "1995-05-01") for run in range(runs) for _ in range(each)])
    small = acts.assign(salience=1)
    draws = DrawnChances({"reporting.0.salience_1": np.array([0.0, 1.0, 0.5])})

    def found(events: pd.DataFrame) -> list[int]:
        seen = as_coded(events, RECORD.reporting, ensemble, scenario, draws)  # type: ignore[arg-type]
        return seen.groupby("run").size().reindex(range(runs), fill_value=0).tolist()

    never, always, half, *again = found(small)
    assert (never, always) == (0, each)
    assert 0 < half < each
    assert again[:2] == [0, each], "run r has draw r modulo the number of draws"
    late = small.assign(date=pd.Timestamp("2005-05-01"))  # of these chances no draws are given
    assert 0 < found(late)[0] < each


def test_acts_before_the_record_looked_count_on_neither_side() -> None:
    first = RECORD.reporting.first_year
    assert first is not None
    days = [(0, f"{first - 1}-12-31"), (0, f"{first}-01-01")]
    found = cell(count_table(simulated(*days), RECORD, runs=1), "P1", "political")
    assert found["mean"] == 1
