"""The record says what its codebook says it says."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance_sim.calendar import Calendar
from alliance_sim.errors import UnknownName
from alliance_sim.record import japan_nato
from alliance_sim.record.record import (
    COUNTED_DOMAINS,
    SERIES,
    Record,
    of_series,
)

RECORD = Record.of("japan_nato")
PERIODS = RECORD.periods
EVENTS = RECORD.events

EDITIONS = {number: Record.of(f"japan_nato@{number}") for number in (1, 2)}
CODEBOOKS = {
    number: (Path(japan_nato.__file__).parent / f"edition_{number}" / "CODEBOOK.md").read_text(
        "utf-8"
    )
    for number in EDITIONS
}


def test_a_table_that_somebody_changes_is_nobody_elses() -> None:
    mine = Record.of("japan_nato")
    mine.events.loc[:, "salience"] = 0
    del mine.rungs["rung"]
    other = Record.of("japan_nato")
    pd.testing.assert_frame_equal(other.events, EVENTS)
    pd.testing.assert_frame_equal(other.rungs, RECORD.rungs)


def table_of(edition: int, title: str) -> list[list[str]]:
    """The body of the table that follows these words in a codebook, a list for each row."""
    lines = CODEBOOKS[edition].partition(title)[2].splitlines()
    rows = [line.strip("|").split("|") for line in lines[2 : lines.index("", 2)]]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def whole(rows: list[list[str]]) -> list[list[int]]:
    """The counts of the four periods and domains in the rows of a table."""
    return [[int(cell) for cell in row[1:5]] for row in rows[:4]]


def codebook_years() -> "pd.Series[float]":
    """Lengths of the periods as the codebook has them: last day left out, two decimals."""
    return pd.Series({p.id: round((p.end - p.start).days / 365.25, 2) for p in PERIODS})


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    ("series", "title"),
    [
        ("all", "All rows"),
        ("alliance", "Alliance-only rows"),
        ("salience2", "Salience 2 or 3 only"),
    ],
)
def test_counts_are_those_of_the_codebook(edition: int, series: str, title: str) -> None:
    counts = EDITIONS[edition].counts(series)
    assert counts.to_numpy().tolist() == whole(table_of(edition, title))
    assert list(counts.index) == ["P1", "P2", "P3", "P4"]
    assert list(counts.columns) == list(COUNTED_DOMAINS)


@pytest.mark.parametrize("edition", EDITIONS)
def test_totals_are_those_of_the_codebook(edition: int) -> None:
    counts, rows = EDITIONS[edition].counts(), table_of(edition, "All rows")
    assert f"All rows ({counts.to_numpy().sum()})" in CODEBOOKS[edition]
    assert counts.sum(axis=1).tolist() == [int(row[5]) for row in rows[:4]]
    assert counts.sum(axis=0).tolist() == [int(cell) for cell in rows[4][1:5]]
    a_year = counts.sum(axis=1) / codebook_years()
    assert a_year.round(1).tolist() == [float(row[6]) for row in rows[:4]]


@pytest.mark.parametrize("edition", EDITIONS)
def test_weighted_sums_are_those_of_the_codebook_with_suspensions_negative(edition: int) -> None:
    record, rows = EDITIONS[edition], table_of(edition, "Salience-weighted sum")
    expected = [[float(cell) for cell in row[1:]] for row in rows]
    a_year = record.counts(weighted=True).div(codebook_years(), axis="index")
    np.testing.assert_allclose(a_year, [row[:4] for row in expected], atol=0.00501)
    np.testing.assert_allclose(a_year.sum(axis=1), [row[4] for row in expected], atol=0.00501)
    np.testing.assert_allclose(record.rates(), [row[:4] for row in expected], atol=0.0075)


@pytest.mark.parametrize("edition", EDITIONS)
def test_initiators_and_confidence_are_those_of_the_codebook(edition: int) -> None:
    events, said = EDITIONS[edition].events, " ".join(CODEBOOKS[edition].split())
    started = events["initiator"].str.partition(":")[0]
    for period, sides in events.groupby("period")["initiator"]:
        found = started[sides.index].value_counts()
        told = [
            f"{side} {found[side]}" for side in ("japan", "nato", "both", "member") if side in found
        ]
        assert f"{period} {', '.join(told)}" in said
    sure = events["confidence"].value_counts()
    assert f"Confidence: {sure['high']} high, {sure['medium']} medium, {sure['low']} low." in said


@pytest.mark.parametrize(("edition", "acts"), [(1, 22), (2, 23)])
def test_most_equipment_of_the_last_period_is_dealt_with_single_allies(
    edition: int, acts: int
) -> None:
    gone = EDITIONS[edition].counts() - EDITIONS[edition].counts("alliance")
    assert gone["equipment"]["P4"] == acts
    assert EDITIONS[edition].counts("alliance")["equipment"]["P4"] == 3


def test_a_month_stands_for_its_15th_day_and_a_year_for_15_june() -> None:
    full = EVENTS.set_index("title")["when"]
    assert full["Second NATO-MSDF counter-piracy drill"] == pd.Timestamp(2014, 11, 15)
    assert full["Japan's chief of defence visits NATO HQ"] == pd.Timestamp(2005, 6, 15)
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
    assert negative.sum() == 4


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


def test_every_claim_of_the_second_edition_says_whose_it_is() -> None:
    claims = RECORD.claims.set_index("claim_id")
    assert set(claims["basis"]) == {"said", "implied", "ours"}
    ours = set(claims.index[claims["basis"] == "ours"])
    assert ours == {"C04", "C05", "C09", "C15", "C19", "C28"}
    by_word = claims.groupby("record").groups
    assert set(by_word["contradicted"]) == {"C07", "C15"}
    assert set(by_word["partly"]) == {*("C11", "C12", "C17", "C19", "C21", "C22", "C27", "C29")}
    assert len(by_word["supported"]) == 18
    assert "basis" not in EDITIONS[1].claims


def test_every_claim_of_the_first_edition_has_a_verdict_in_one_word() -> None:
    claims = EDITIONS[1].claims.set_index("claim_id")
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
