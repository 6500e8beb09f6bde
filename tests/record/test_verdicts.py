"""The numbers in the verdicts and in the codebook of the second edition are those of its acts."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from alliance_sim import load_scenario
from alliance_sim.comparison.claims import check_record
from alliance_sim.comparison.codings import compare_codings
from alliance_sim.record import japan_nato
from alliance_sim.record.record import Record

BASE = load_scenario("japan_nato/baseline")
RECORD = Record.of("japan_nato@2")
SAID = RECORD.claims.set_index("claim_id")["verdict_from_coding"]
READINGS = check_record(RECORD, "japan_nato", BASE.calendar()).set_index("id")["reading"]
EVENTS, COUNTS, RATES = RECORD.events, RECORD.counts(), RECORD.rates()
PERIODS = ("P1", "P2", "P3", "P4")


def yearly_slope(first: int, last: int) -> float:
    """Slope of the yearly count of political acts."""
    counts = RECORD.yearly()["political"].loc[first:last]
    return float(np.polyfit(np.arange(first, last + 1), counts, 1)[0])


def shares(kinds: list[str], column: str, within: pd.Series[bool]) -> list[int]:
    """Percent of the acts of P2, P3 and P4 within a group that are one of these."""
    chosen = EVENTS[within]
    found = [chosen.loc[chosen["period"] == p, column].isin(kinds).mean() for p in PERIODS[1:]]
    return [round(100 * share) for share in found]


def test_rates_and_counts_are_those_of_the_acts() -> None:
    assert ", ".join(f"{rate:.1f}" for rate in RATES.sum(axis=1)) in SAID["C01"]
    cold, after = RATES.sum(axis=1).iloc[:2]
    assert (
        f"{cold:.2f} weighted events a year, {cold / after:.0%}".replace("%", " percent")
        in (SAID["C02"])
    )
    third = COUNTS.loc["P3"]
    assert f"{third['operations']} operations events against {third['political']}" in SAID["C15"]
    institution = RATES["institution"]
    assert f"{institution['P3']:.1f} against {institution['P4']:.1f} a year" in SAID["C19"]


def test_what_is_corrected_for_reporting_is_what_the_check_reads() -> None:
    measured = [float(word) for word in READINGS["C07"].replace(",", "").split()[-3::2]]
    coded = [f"{COUNTS['political'][p] / years:.1f}" for p, years in zip(
        ("P2", "P3"), (11.69, 11.29), strict=True)]  # fmt: skip
    assert f"{coded[0]} and {coded[1]} political acts" in SAID["C07"]
    assert f"{measured[0]:.1f} and {measured[1]:.1f} corrected" in SAID["C07"]


def test_months_slopes_and_shares_are_those_of_the_acts() -> None:
    early, late = re.findall(r"(\d+) %", READINGS["C08"])
    assert f"{early} percent of P2 months hold an event, {late} percent in P3" in SAID["C08"]
    assert f"(slope {yearly_slope(2002, 2010):+.2f})" in SAID["C12"]
    assert f"{yearly_slope(2002, 2012) - 0.001:+.2f}" in SAID["C12"]
    assert f"{yearly_slope(2013, 2025):+.2f} in 2013-25" in SAID["C18"]
    political = EVENTS["domain"] == "political"
    recurring = shares(["dialogue", "summit"], "kind", political)
    assert (
        f"{recurring[1]} percent of political events in P3, {recurring[2]} percent" in SAID["C18"]
    )


def test_initiators_and_tracks_are_those_of_the_acts() -> None:
    own = ~EVENTS["initiator"].str.startswith("member:")
    nato = shares(["nato"], "initiator", own)
    assert f"({nato[0]}, {nato[1]}, {nato[2]} percent" in SAID["C27"]
    shared = shares(["nato", "both"], "initiator", own)
    assert (
        f"starts {shared[2]} percent of those acts ({shared[0]}, {shared[1]} percent"
        in (SAID["C29"])
    )
    equipment = EVENTS[(EVENTS["domain"] == "equipment") & (EVENTS["period"] == "P4")]
    alone = int((~own[equipment.index]).sum())
    total = COUNTS["equipment"].sum()
    assert f"{len(equipment)} of {total} equipment events fall in P4" in SAID["C22"]
    assert f"{alone} of the {len(equipment)} are deals" in SAID["C22"]
    halves = [int(equipment["when"].dt.year.between(*span).sum()) for span in (
        (2012, 2018), (2019, 2025))]  # fmt: skip
    assert f"{halves[0]} in 2013-18, {halves[1]} in 2019-25" in SAID["C22"]
    assert "2013-04-15, of European allies 2019-03-15" in READINGS["C25"]
    assert "March 2019, of the Alliance track April 2013" in SAID["C25"]


def test_the_codebook_tells_the_chances_of_being_in_either_list() -> None:
    chances = compare_codings(BASE).chances.set_index(["salience", "era"])["in_either"]
    told = [chances[key] for key in (("1", "1949-04-04"), ("1", "2001-09-01"), ("2-3", ""))]
    book = Path(japan_nato.__file__).parent / "edition_2" / "CODEBOOK.md"
    words = " ".join(book.read_text("utf-8").split())
    assert f"be {told[0]:.2f}, {told[1]:.2f} and {told[2]:.2f}" in words
