"""The record says what its codebook says it says."""

import datetime as dt
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from alliance_sim.calendar import Calendar
from alliance_sim.errors import UnknownName
from alliance_sim.record.record import (
    COUNTED_DOMAINS,
    SERIES,
    Record,
    of_series,
)

RECORD = Record.of("japan_nato")
PERIODS = RECORD.periods
EVENTS = RECORD.events

# CODEBOOK.md, "Counts": political, operations, equipment, institution in P1 to P4.
ALL_ROWS = [[9, 0, 0, 0], [12, 5, 0, 1], [12, 31, 2, 6], [36, 36, 25, 18]]
ALLIANCE_ROWS = [[7, 0, 0, 0], [8, 5, 0, 1], [12, 29, 1, 5], [36, 23, 3, 15]]
SALIENCE_ROWS = [[2, 0, 0, 0], [5, 3, 0, 1], [7, 15, 2, 4], [24, 23, 18, 12]]
WEIGHTED_A_YEAR = [
    [0.27, 0.00, 0.00, 0.00],
    [1.63, 0.68, 0.00, 0.17],
    [2.04, 3.37, 0.35, 0.97],
    [5.07, 4.61, 3.54, 2.38],
]
WEIGHTED_A_YEAR_ALL = [0.27, 2.48, 6.73, 15.60]
EVENTS_A_YEAR = [0.2, 1.5, 4.5, 8.8]
INITIATORS = {
    "P1": {"japan": 4, "nato": 0, "both": 3, "member": 2},
    "P2": {"japan": 8, "nato": 2, "both": 4, "member": 4},
    "P3": {"japan": 34, "nato": 8, "both": 5, "member": 4},
    "P4": {"japan": 34, "nato": 17, "both": 26, "member": 38},
}


def codebook_years() -> "pd.Series[float]":
    """Lengths of the periods as the codebook has them: last day left out, two decimals."""
    return pd.Series({p.id: round((p.end - p.start).days / 365.25, 2) for p in PERIODS})


@pytest.mark.parametrize(
    ("series", "table"),
    [("all", ALL_ROWS), ("alliance", ALLIANCE_ROWS), ("salience2", SALIENCE_ROWS)],
)
def test_counts_are_those_of_the_codebook(series: str, table: list[list[int]]) -> None:
    counts = RECORD.counts(series)
    assert counts.to_numpy().tolist() == table
    assert list(counts.index) == ["P1", "P2", "P3", "P4"]
    assert list(counts.columns) == list(COUNTED_DOMAINS)


def test_totals_are_those_of_the_codebook() -> None:
    counts = RECORD.counts()
    assert counts.to_numpy().sum() == 193
    assert counts.sum(axis=1).tolist() == [9, 18, 51, 115]
    assert counts.sum(axis=0).tolist() == [69, 72, 27, 25]
    assert (counts.sum(axis=1) / codebook_years()).round(1).tolist() == EVENTS_A_YEAR


def test_weighted_sums_are_those_of_the_codebook_with_suspensions_negative() -> None:
    weighted = RECORD.counts(weighted=True)
    a_year = weighted.div(codebook_years(), axis="index")
    assert a_year.round(2).to_numpy().tolist() == WEIGHTED_A_YEAR
    assert a_year.sum(axis=1).round(2).tolist() == WEIGHTED_A_YEAR_ALL


def test_rates_agree_with_the_codebook_to_its_rounding_of_period_lengths() -> None:
    np.testing.assert_allclose(RECORD.rates().to_numpy(), WEIGHTED_A_YEAR, atol=0.0075)


@pytest.mark.parametrize("period", sorted(INITIATORS))
def test_initiators_are_those_of_the_codebook(period: str) -> None:
    started = EVENTS.loc[EVENTS["period"] == period, "initiator"].str.partition(":")[0]
    found = started.value_counts().to_dict()
    assert {side: found.get(side, 0) for side in INITIATORS[period]} == INITIATORS[period]


def test_confidence_is_that_of_the_codebook() -> None:
    assert EVENTS["confidence"].value_counts().to_dict() == {"high": 141, "medium": 51, "low": 1}


def test_most_equipment_of_the_last_period_is_dealt_with_single_allies() -> None:
    gone = RECORD.counts() - RECORD.counts("alliance")
    assert gone["equipment"]["P4"] == 22


def test_a_month_stands_for_its_15th_day_and_a_year_for_15_june() -> None:
    whole = EVENTS.set_index("title")["when"]
    assert whole["Mission of Japan to NATO set up in Brussels"] == pd.Timestamp(2018, 7, 15)
    assert whole["Japan's chief of defence visits NATO HQ"] == pd.Timestamp(2005, 6, 15)
    exact = EVENTS[EVENTS["precision"] == "day"]
    assert (exact["when"].dt.strftime("%Y-%m-%d") == exact["date"]).all()
    assert set(EVENTS["precision"]) == {"day", "month", "year"}


def test_every_event_lies_in_the_period_and_quarter_named_beside_it() -> None:
    for period in PERIODS:
        held = EVENTS.loc[EVENTS["period"] == period.id, "when"].dt.date
        assert held.between(period.start, period.end).all()
    assert EVENTS["period"].isin([period.id for period in PERIODS]).all()
    assert EVENTS["quarter"].iloc[0] == "1973Q2"


def test_only_suspensions_weigh_negative() -> None:
    negative = EVENTS["weight"] < 0
    assert (negative == (EVENTS["kind"] == "suspension")).all()
    assert (EVENTS["weight"].abs() == EVENTS["salience"]).all()
    assert negative.sum() == 3


def test_series_leave_out_what_they_say_and_nothing_else() -> None:
    kept = RECORD.series("alliance")
    gone = EVENTS.drop(index=kept.index)
    assert not kept["initiator"].str.startswith("member:").any()
    assert gone["initiator"].str.startswith("member:").all()
    assert RECORD.series("salience2")["salience"].min() == 2
    assert (EVENTS.drop(index=RECORD.series("salience2").index)["salience"] == 1).all()


def test_an_unknown_series_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="unknown series 'aliance'; did you mean 'alliance'"):
        RECORD.series("aliance")
    with pytest.raises(UnknownName, match=r"known: all, alliance, salience2"):
        of_series(EVENTS, "narrow")


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("weighted", [False, True])
def test_years_add_up_to_periods(series: str, weighted: bool) -> None:
    yearly = RECORD.yearly(series, weighted=weighted)
    assert list(yearly.index) == list(range(1949, 2026))
    periods = RECORD.counts(series, weighted=weighted)
    assert yearly.to_numpy().sum() == periods.to_numpy().sum()
    assert yearly.loc[:1989].sum().tolist() == periods.iloc[0].tolist()


def test_the_rung_of_a_quarter_is_the_one_held_at_its_end() -> None:
    calendar = Calendar()
    path = RECORD.rung_path(calendar)
    for rung, when in zip(RECORD.rungs["rung"], RECORD.rungs["when"], strict=True):
        if rung > 0:
            reached = calendar.index(when.date())
            assert (path[reached - 1], path[reached]) == (rung - 1, rung)
    assert (path[0], path[-1]) == (0, 11)


def test_a_calendar_that_begins_late_begins_on_the_rung_already_held() -> None:
    path = RECORD.rung_path(Calendar(first_year=2000, last_year=2012))
    assert (path[0], path[-1], len(path)) == (2, 6, 52)


def test_every_claim_has_a_verdict_in_one_word() -> None:
    claims = RECORD.claims.set_index("claim_id")
    assert list(claims.index) == [f"C{number:02d}" for number in range(1, 29)]
    by_word = claims.groupby("record").groups
    assert set(by_word["partly"]) == {"C11", "C19", "C21", "C27"}
    assert set(by_word["contradicted"]) == {"C12", "C15", "C25"}
    assert set(by_word["untestable"]) == {"C26"}
    assert len(by_word["supported"]) == 20


def test_context_rows_end_after_they_begin_or_stay_open() -> None:
    context = RECORD.context
    closed = context[context["end_date"] != ""]
    assert (closed["end_when"] >= closed["when"]).all()
    assert context.loc[context["end_date"] == "", "end_when"].isna().all()


def test_changing_a_table_changes_nobody_elses() -> None:
    mine = Record.of("japan_nato")
    mine.events.loc[:, "salience"] = 0
    assert Record.of("japan_nato").events["salience"].min() == 1


def test_importing_the_record_does_not_import_pandas() -> None:
    code = "import sys, alliance_sim.record.record; sys.exit('pandas' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_ladder_is_dated_in_order() -> None:
    rungs = RECORD.rungs
    assert rungs["rung"].tolist() == list(range(12))
    assert rungs["when"].is_monotonic_increasing
    assert rungs["when"].iloc[0].date() == dt.date(1949, 4, 4)
