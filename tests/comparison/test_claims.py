"""Each claim holds on a history made to fit it and fails when only the thing claimed is changed."""

import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_sim.comparison.claims import check_claims, check_record, summarise_claims
from alliance_sim.record.checks import checks_of
from alliance_sim.record.japan_nato.claims_events import best_break
from alliance_sim.record.one_history import (
    EVENT_COLUMNS,
    OneHistory,
    Values,
    correlation,
    histories,
    record_history,
    slope,
    stretches,
)
from alliance_sim.record.record import Record
from alliance_sim.results import Ensemble
from alliance_sim.scenario import load_scenario

BASE = load_scenario("japan_nato/baseline")
CALENDAR = BASE.calendar()
RECORD = Record.of(BASE)
CHECKS = checks_of("japan_nato")
FIRST = Record.of("japan_nato@1")
CHECKS_OF_THE_FIRST = checks_of("japan_nato", 1)
RESTATED = {"C07", "C12", "C17", "C22", "C25"}
YEARS = np.array(CALENDAR.years)
Row = dict[str, Any]
Corners = dict[float, float]


def path(corners: Corners) -> Values:
    """A quarterly series straight between (year: value) corners and flat outside them."""
    return np.asarray(np.interp(YEARS, list(corners), list(corners.values())))


def ladder(reached: dict[int, float]) -> Values:
    """The rung held in each quarter, given the year in which each rung is reached."""
    return np.array([max([r for r, year in reached.items() if year <= at] + [0]) for at in YEARS])


def rows(years: Iterable[int], when: str, **same: Any) -> list[Row]:
    """One event on the 15th of each of these months ("03 06") in each of these years."""
    event = {"domain": "political", "kind": "visit", "salience": 1, "initiator": "both"} | same
    dates = [f"{year}-{month}-15" for year in years for month in when.split()]
    return [{"months": float("nan"), "title": ""} | event | {"date": date} for date in dates]


def frame(events: list[Row]) -> pd.DataFrame:
    """Events of run 0 in the columns that a chronology has."""
    made = pd.DataFrame(events, columns=list(EVENT_COLUMNS)).assign(run=0)
    dated = made.assign(date=pd.to_datetime(made["date"]))
    return dated.assign(quarter=[CALENDAR.index(when.date()) for when in dated["date"]])


def changed(history: OneHistory, **new: Any) -> OneHistory:
    """The same history but for some levels (by domain) or other parts (by name)."""
    levels = dict(history.levels or {})
    parts = {name: value for name, value in new.items() if name not in levels}
    levels |= {name: value for name, value in new.items() if name not in parts}
    return replace(history, levels=levels, **parts)


P1, P2, P3, P4 = range(1950, 1990), range(1990, 2002), range(2002, 2013), range(2013, 2026)
CONTACTS = rows(P2, "03", initiator="japan") + rows(P2, "04", initiator="nato")
CONTACTS_OF_P3 = rows(P3, "01 04 07 10") + rows([2005], "02 05")
DIALOGUES = rows(P4, "01 04 07 10", kind="dialogue", initiator="japan")
DRILLS = rows(P4, "09", domain="operations", kind="exercise")
GUESTS = rows(P4, "05 06", initiator="nato")
PROGRAMME = rows([2013], "01", domain="equipment", kind="programme")
EUROPE = rows(P4[1:], "08", domain="operations", kind="agreement", initiator="member:france")
EUROPE += rows(P4[1:], "02", domain="equipment", kind="agreement", initiator="member:uk")
EVENTS = [CONTACTS, CONTACTS_OF_P3, DIALOGUES, DRILLS, GUESTS, PROGRAMME, EUROPE]

POLITICAL: Corners = {
    1990: 0.08,
    1992: 0.14,
    2001.75: 0.2,
    2012.75: 0.38,
    2018: 0.55,
    2020: 0.7,
    2025: 0.9,
}
STEPS: Corners = {2001.75: 0.05, 2002.5: 0.12, 2006.75: 0.12, 2007.5: 0.2, 2009: 0.2, 2009.75: 0.28}
OPERATIONS = STEPS | {2012.75: 0.29, 2018: 0.4, 2020: 0.5, 2025: 0.6}
EQUIPMENT: Corners = {2013: 0.03, 2018: 0.2, 2020: 0.35, 2025: 0.5}
RUNGS: dict[int, float] = {
    1: 1978,
    2: 1990,
    3: 2004,
    4: 2006,
    5: 2010,
    6: 2011,
    7: 2013,
    8: 2014,
    9: 2018,
}
RUNGS |= {10: 2023, 11: 2025}

FITTING = OneHistory(
    calendar=CALENDAR,
    levels={
        "political": path(POLITICAL),
        "operations": path(OPERATIONS),
        "equipment": path(EQUIPMENT),
    },
    rung=ladder(RUNGS),
    agenda_overlap=path({2001.5: 0.1, 2001.75: 0.6, 2012.5: 0.6, 2013.25: 0.8}),
    asia_share=path({year + 2: level for year, level in POLITICAL.items()}),
    events=frame([row for part in EVENTS for row in part]),
    state="japan",
    alliance="nato",
)


def events(*parts: list[Row]) -> dict[str, pd.DataFrame]:
    """The change that these events make, in place of all those of the fitting history."""
    return {"events": frame([row for part in parts for row in part])}


def more(*extra: list[Row]) -> dict[str, pd.DataFrame]:
    """The change that these events make, added to those of the fitting history."""
    return events(*EVENTS, *extra)


BUMP: Corners = {1969: 0.05, 1970: 0.2, 1971: 0.05}
FALL: Corners = {2001.75: 0.2, 2005: 0.3, 2005.25: 0.2, 2007.5: 0.2, 2007.75: 0.3, 2012.75: 0.4}
SMOOTH: Corners = {2001.75: 0.05, 2012.75: 0.29, 2025: 0.6}
TWO_STEPS = {year: level for year, level in OPERATIONS.items() if year < 2009 or year > 2010}
CHANGES: list[tuple[str, str, dict[str, Any]]] = [
    ("C01", "growth is the same everywhere", events(rows(range(1950, 2026), "03"))),
    ("C02", "a contact every month in the Cold War", more(rows(P1, "01 02"))),
    ("C03", "regular dialogue comes in 1985", {"rung": ladder(RUNGS | {2: 1985})}),
    ("C04", "joint activity around 1970", {"operations": path(BUMP | OPERATIONS)}),
    ("C05", "equipment ties around 1970", {"equipment": path(BUMP | EQUIPMENT)}),
    ("C06", "politics sleeps until 1995", {"political": path({1995: 0.08, 2025: 0.9})}),
    ("C06", "NATO starts nothing", events(CONTACTS[:12], *EVENTS[1:])),
    ("C07", "the nineties outdo the next decade", {
        "political": path({1990: 0.1, 1991: 0.9, 2002: 0.3})}),
    ("C07", "the Cold War outdoes the nineties", {"political": path({1989: 0.9, 1990: 0.1})}),
    ("C08", "a common agenda from the start", {"agenda_overlap": path({2001.5: 0.4, 2002: 0.6})}),
    ("C08", "more agenda than after 9/11", {"agenda_overlap": path({2001: 0.3, 2002: 0.2})}),
    ("C08", "busier than after 9/11", more(rows(P2, "05 06 07 08 09"))),
    ("C09", "more than parallel aid", {"operations": path(OPERATIONS | {1995: 0.2, 2000: 0.2})}),
    ("C09", "a drill in 1996", more(rows([1996], "05", kind="exercise"))),
    ("C09", "a posting in 1996", more(rows([1996], "05", kind="secondment"))),
    ("C10", "a named partner in 1999", {"rung": ladder(RUNGS | {3: 1999})}),
    ("C10", "dialogue only from 1995", {"rung": ladder(RUNGS | {2: 1995})}),
    ("C11", "the rise comes in 2007", events(CONTACTS, CONTACTS_OF_P3[20:], *EVENTS[2:])),
    ("C11", "nothing ever changes", events(rows(range(1950, 2026), "03"))),
    ("C12", "politics declines after 2001", {"political": path({2001.75: 0.4, 2012.75: 0.2})}),
    ("C12", "politics falls for over two years", {"political": path(FALL)}),
    ("C13", "a smooth rise", {"operations": path(SMOOTH)}),
    ("C13", "only two steps", {"operations": path(TWO_STEPS | {2012.75: 0.21})}),
    ("C14", "the ladder stops at rung 4", {"rung": ladder(RUNGS | {5: 2013, 6: 2013})}),
    ("C14", "rung 3 was reached before", {"rung": ladder(RUNGS | {3: 2000})}),
    ("C15", "operations run ahead", {"operations": path(OPERATIONS) + 0.3}),
    ("C16", "equipment is there in 2005", {"equipment": path({2002: 0.03, 2005: 0.2, 2025: 0.5})}),
    ("C17", "one year outdoes all others", more(rows([2019], "01 02 03 04 05", salience=3))),
    ("C17", "a long stop", more(rows([2020], "05", kind="suspension", months=18.0))),
    ("C18", "dialogues were the rule before", events(
        *EVENTS[2:], rows(P3, "01 04", kind="dialogue", initiator="japan"))),
    ("C18", "politics slows down", {
        "political": path(POLITICAL | {2018: 0.39, 2020: 0.4, 2025: 0.4})}),
    ("C19", "the ladder ends at rung 10", {"rung": ladder(RUNGS | {11: 2026})}),
    ("C19", "the climb was faster before", {"rung": ladder(RUNGS | {7: 2012})}),
    ("C20", "drills begin in 2017", events(*EVENTS[:3], DRILLS[4:])),
    ("C20", "drills end in 2020", events(*EVENTS[:3], DRILLS[:8])),
    ("C20", "drills pause for four years", events(*EVENTS[:3], DRILLS[:5], DRILLS[9:])),
    ("C20", "drills are with single allies", events(*EVENTS[:3], rows(
        P4, "09", domain="operations", kind="exercise", initiator="member:france"))),
    ("C21", "equipment begins in 2010", {"equipment": path({2010: 0.03, 2010.5: 0.06, 2025: 0.5})}),
    ("C22", "equipment was large before", {"equipment": path({2010: 0.03, 2011: 0.4, 2025: 0.5})}),
    ("C23", "equipment outruns operations", {"equipment": path({2003: 0.03, 2005: 0.5})}),
    ("C23", "operations outrun politics", {"operations": path({1991: 0.1, 1992: 0.2})}),
    ("C23", "politics never gets there", {"political": path({1990: 0.1})}),
    ("C24", "equipment comes in 2024", {"equipment": path({2023.75: 0.03, 2024: 0.5})}),
    ("C24", "the domains take turns", {
        "equipment": path({2013: 0.03, 2018: 0.25, 2020: 0.25, 2025: 0.45}),
        "operations": path({2013: 0.05, 2018: 0.25, 2020: 0.25, 2025: 0.45}),
    }),
    ("C25", "NATO starts what Japan did", events(*EVENTS[:2], rows(P4, "01", initiator="nato"))),
    ("C25", "Americans do", events(*EVENTS[:2], rows(P4, "01", initiator="member:united_states"))),
    ("C27", "NATO turned to Asia two years before", {
        "asia_share": path({year - 2: level for year, level in POLITICAL.items()})}),
    ("C27", "NATO turns away after 2013", {
        "asia_share": path({y + 2: lv if y < 2014 else 0.1 for y, lv in POLITICAL.items()})}),
    ("C28", "a rung is lost in 2021", {"rung": ladder(RUNGS) - (YEARS >= 2021)}),
]  # fmt: skip
EUROPEANS: Row = {"kind": "agreement", "initiator": "member:france"}
CHANGES_OF_THE_SECOND: list[tuple[str, str, dict[str, Any]]] = [
    ("C07", "the nineties outdo the next decade", {
        "political": path({1990: 0.1, 1991: 0.9, 2002: 0.3})}),
    ("C07", "the Cold War outdoes the nineties", {"political": path({1989: 0.9, 1990: 0.1})}),
    ("C12", "politics rises only after 2010", {
        "political": path({2001.75: 0.4, 2010.75: 0.33, 2012.75: 0.9})}),
    ("C12", "politics falls for over two years", {"political": path(FALL)}),
    ("C17", "the two come to agree less", {
        "agenda_overlap": path({2001.75: 0.6, 2012.5: 0.6, 2013.25: 0.5})}),
    ("C22", "equipment grows by a twentieth", {
        "equipment": path({year: 0.1 * 1.05 ** (year - 2013) for year in range(2013, 2027)})}),
    ("C25", "Europeans came long before", more(rows(range(1990, 2010), "06 07", **EUROPEANS))),
    ("C25", "a European drill came first", more(
        rows([1991], "06", domain="operations", **EUROPEANS))),
    ("C25", "the first equipment is European", more(
        rows([2012], "06", domain="equipment", **EUROPEANS))),
    ("C25", "the Alliance has no equipment at all", events(*EVENTS[:5], EUROPE)),
    ("C29", "the framework's last step is not taken", {
        "rung": ladder(RUNGS | {10: 2030, 11: 2031})}),
    ("C29", "NATO starts hardly anything", events(*EVENTS[:4], EUROPE)),
]  # fmt: skip
UNTESTABLE = {"C26"}


@pytest.mark.parametrize("edition", [1, 2])
@pytest.mark.parametrize("claim", sorted(set(CHECKS) - UNTESTABLE))
def test_a_claim_holds_on_the_history_made_to_fit_it(claim: str, edition: int) -> None:
    check = checks_of("japan_nato", edition).get(claim)
    verdict = CHECKS[claim](FITTING) if check is None else check(FITTING)
    assert verdict.holds is True, verdict.reading


@pytest.mark.parametrize(
    ("edition", "claim", "changes"),
    [
        pytest.param(edition, claim, changes, id=f"{claim}@{edition}-{what}")
        for edition, table in ((1, CHANGES), (2, CHANGES_OF_THE_SECOND))
        for claim, what, changes in table
    ],
)
def test_a_claim_fails_when_only_the_thing_claimed_is_changed(
    edition: int, claim: str, changes: dict[str, Any]
) -> None:
    verdict = checks_of("japan_nato", edition)[claim](changed(FITTING, **changes))
    assert verdict.holds is False, verdict.reading


def test_every_claim_of_an_edition_has_a_check_and_all_but_one_can_fail() -> None:
    assert list(CHECKS) == RECORD.claims["claim_id"].tolist()
    assert list(CHECKS_OF_THE_FIRST) == FIRST.claims["claim_id"].tolist()
    assert {claim for claim, _, _ in CHANGES} == set(CHECKS_OF_THE_FIRST) - UNTESTABLE
    assert {claim for claim, _, _ in CHANGES_OF_THE_SECOND} == RESTATED | {"C29"}


def test_an_edition_keeps_its_own_reading_of_a_claim() -> None:
    unlike = {c for c, check in CHECKS_OF_THE_FIRST.items() if check is not CHECKS[c]}
    assert unlike == RESTATED
    assert set(CHECKS) - set(CHECKS_OF_THE_FIRST) == {"C29"}
    assert checks_of("japan_nato", 7) == CHECKS


def test_a_scenario_is_put_the_claims_of_the_edition_that_it_names() -> None:
    named = BASE.model_copy(update={"record": "japan_nato@1"})
    asked = [
        check_claims(ensemble(FITTING), FITTING.events, s)["id"].tolist() for s in (named, BASE)
    ]
    assert asked == [list(CHECKS_OF_THE_FIRST), list(CHECKS)]


def test_one_history_cannot_speak_to_a_claim_about_a_contrast() -> None:
    verdict = CHECKS["C26"](FITTING)
    assert verdict.holds is None
    assert "no contrast" in verdict.reading


def test_a_european_ally_counts_as_europe_and_a_canadian_does_not() -> None:
    for initiator, holds in [("member:Italy", True), ("member:Canada", False), ("japan", True)]:
        history = changed(FITTING, **events(CONTACTS, rows(P4, "01", initiator=initiator)))
        assert CHECKS_OF_THE_FIRST["C25"](history).holds is holds


def test_both_counts_for_both_sides() -> None:
    history = changed(FITTING, **events(rows(P2, "03", initiator="both")))
    assert CHECKS["C06"](history).holds is True


def test_order_of_events_does_not_matter() -> None:
    shuffled = changed(FITTING, events=FITTING.events.sample(frac=1, random_state=1))
    for check in CHECKS.values():
        assert check(shuffled) == check(FITTING)


@pytest.mark.parametrize("claim", list(CHECKS))
def test_a_history_without_any_event_is_judged_without_an_error(claim: str) -> None:
    assert CHECKS[claim](changed(FITTING, events=frame([]))).reading


@pytest.mark.parametrize(
    ("edition", "claim", "text"),
    [
        (1, "C17", "no positive mean"),
        (1, "C18", "no political"),
        (1, "C25", "no event"),
        (2, "C25", "one of the two tracks has no act"),
        (2, "C29", "no act without a single ally"),
    ],
)
def test_what_cannot_be_divided_is_not_applicable(edition: int, claim: str, text: str) -> None:
    verdict = checks_of("japan_nato", edition)[claim](changed(FITTING, events=frame([])))
    assert verdict.holds is None
    assert text in verdict.reading


@pytest.mark.parametrize("claim", ["C14", "C17", "C19", "C20", "C22", "C24", "C27", "C29"])
def test_a_calendar_that_ends_before_a_period_makes_its_claims_not_applicable(claim: str) -> None:
    short = replace(CALENDAR, last_year=2010)
    cut = changed(
        replace(FITTING, calendar=short),
        rung=FITTING.rung[: short.steps],
        **{name: values[: short.steps] for name, values in (FITTING.levels or {}).items()},
    )
    verdict = CHECKS[claim](cut)
    assert verdict.holds is None
    assert "does not hold" in verdict.reading


def test_a_calendar_that_begins_with_a_period_measures_from_its_first_quarter() -> None:
    """The quarter before it is none of the calendar's, least of all its last one."""
    late = replace(CALENDAR, first_year=1990)
    later = slice(CALENDAR.steps - late.steps, None)
    levels = {name: values[later] for name, values in (FITTING.levels or {}).items()}
    smooth = {"operations": path(SMOOTH)[later]}  # rises by as much as in all years, never faster
    cut = changed(replace(FITTING, calendar=late), rung=FITTING.rung[later], **(levels | smooth))
    assert CHECKS["C13"](cut).holds is False
    stepwise = changed(cut, **levels)
    assert CHECKS["C13"](stepwise).reading == CHECKS["C13"](FITTING).reading


def test_a_slow_quarter_between_two_rises_does_not_make_two_steps() -> None:
    def rising(*bends: float) -> OneHistory:
        level = path({2001.75: 0.05, 2025: 0.051})
        for bend in bends:
            level = level + np.clip((YEARS - bend) / 0.5, 0, 1) * 0.1
        return changed(FITTING, operations=level)

    assert CHECKS["C13"](rising(2003, 2005, 2007)).holds is True
    assert CHECKS["C13"](rising(2003, 2003.75, 2007)).holds is False


def test_the_record_gives_no_verdict_on_levels_and_the_coders_on_most_else() -> None:
    always = {"C01", "C02", "C03", "C10", "C11", "C14", "C19", "C20", "C25", "C28"}
    # The total breaks in 2006, and drills pause for 38 months after the row of 2015. Corrected for
    # reporting the nineties lie above the decade after.
    for record, more_said, refuted in (
        (FIRST, {"C17"}, {"C11"}),
        (RECORD, {"C07", "C29"}, {"C07", "C11"}),
    ):
        found = check_record(record, "japan_nato", CALENDAR)
        assert list(found["id"]) == list(checks_of("japan_nato", record.edition))
        assert set(found.loc[found["holds"].notna(), "id"]) == always | more_said
        assert set(found.loc[found["holds"].eq(other=False).fillna(False), "id"]) == refuted


def test_an_act_of_the_record_counts_as_one_over_its_chance_of_being_coded() -> None:
    history = record_history(RECORD, CALENDAR)
    known = replace(history, chances=None)
    raw = [known.acts_a_year(name, "political") for name in ("P1", "P2", "P3")]
    corrected = [history.acts_a_year(name, "political") for name in ("P1", "P2", "P3")]
    assert raw[1] > raw[2]
    expected = 10 / (7 / 20) + 5 / (98 / 111)  # acts of salience 1, and of 2 and 3
    assert corrected[1] == pytest.approx(expected / history.length("P2"))
    assert all(after > before for before, after in zip(raw, corrected, strict=True))


def test_the_record_as_a_history_has_the_columns_of_a_simulated_one() -> None:
    history = record_history(RECORD, CALENDAR)
    assert tuple(history.events.columns) == EVENT_COLUMNS
    assert len(history.events) == 222
    assert history.levels is None
    late = record_history(RECORD, replace(CALENDAR, first_year=2000))
    assert late.events["date"].min().year == 2000
    assert late.events["quarter"].min() >= 0


def test_events_of_the_record_can_refute_a_claim_that_also_asks_for_levels() -> None:
    history = record_history(RECORD, CALENDAR)
    assert CHECKS["C09"](history).holds is None
    drill = frame(rows([1996], "05", kind="exercise"))
    refuted = replace(history, events=pd.concat([history.events, drill]))
    assert CHECKS["C09"](refuted).holds is False


def test_the_best_break_is_where_the_mean_jumps() -> None:
    assert best_break(np.array([1.0, 1.0, 1.0, 5.0, 5.0])) == 3
    assert best_break(np.ones(5)) is None


@given(st.lists(st.integers(-3, 30), min_size=2, max_size=30))
def test_the_best_break_leaves_the_least_error_and_is_the_first_that_does(total: list[int]) -> None:
    found = best_break(np.array(total, dtype=float))
    errors = [_error(total[:at]) + _error(total[at:]) for at in range(1, len(total))]
    assert found == (None if len(set(total)) == 1 else 1 + errors.index(min(errors)))


def _error(values: list[int]) -> Fraction:
    """Return the squared error around the mean, exactly."""
    return sum((value - Fraction(sum(values), len(values))) ** 2 for value in values) + Fraction(0)


def test_measures_on_flat_series_are_exactly_flat() -> None:
    flat = np.full(52, 0.1)
    assert not slope(flat, CALENDAR)
    assert np.isnan(correlation(flat, np.arange(52.0)))
    assert slope(path({1950: 0.0, 2025: 75.0}), CALENDAR) == pytest.approx(1.0, abs=1e-2)
    assert stretches(np.array([True, False, True, True])) == [(0, 1), (2, 4)]


def ensemble(*runs: OneHistory, first_run: int = 0, **perceived: float) -> Ensemble:
    """The runs as far as the claims look at them, with NATO's constant perception of threats."""
    threats = {"perceived_nato_china": 0.2, "perceived_nato_north_korea": 0.4} | perceived
    columns = {name: np.full((len(runs), len(YEARS)), value) for name, value in threats.items()}
    columns |= {"rung": np.array([run.rung for run in runs])}
    columns |= {"agenda_overlap": np.array([run.agenda_overlap for run in runs])}
    for domain in FITTING.levels or {}:
        columns[f"level_{domain}"] = np.array([(run.levels or {})[domain] for run in runs])
    values = np.stack(list(columns.values()), axis=-1)
    return Ensemble("", "", CALENDAR, tuple(columns), values, seed=1, first_run=first_run)


HASTY = changed(FITTING, rung=ladder(RUNGS | {2: 1985}))


def test_every_claim_is_put_to_every_run_under_its_own_number() -> None:
    runs = ensemble(FITTING, HASTY, first_run=40)
    checked = check_claims(runs, FITTING.events.assign(run=41), BASE)
    assert list(checked.columns) == ["id", "run", "holds", "reading"]
    assert checked.groupby("id")["run"].agg(list).map(lambda found: found == [40, 41]).all()
    c03 = checked[checked["id"] == "C03"].set_index("run")["holds"]
    assert (c03[40], c03[41]) == (True, False)
    c25 = checked[checked["id"] == "C25"].set_index("run")["holds"]
    assert c25[41]
    assert pd.isna(c25[40])  # only run 41 has events


def test_the_summary_counts_only_the_runs_to_which_a_claim_applies() -> None:
    checked = check_claims(ensemble(FITTING, HASTY), FITTING.events, BASE)
    summary = summarise_claims(checked, RECORD, "japan_nato").set_index("id")
    assert list(summary.columns) == [
        *("claim", "type", "period", "record", "share", "applicable", "reading")
    ]
    assert summary["share"]["C03"] == pytest.approx(0.5)
    assert (summary["share"]["C25"], summary["applicable"]["C25"]) == (1.0, 0.5)
    assert np.isnan(summary["share"]["C26"])
    assert summary["applicable"]["C26"] == pytest.approx(0.0)
    assert summary["record"]["C26"] == "untestable"
    assert summary["reading"].str.endswith(".").all()


def test_share_of_asia_is_its_mean_perception_over_that_of_all_threats() -> None:
    (history,) = histories(ensemble(FITTING, perceived_nato_russia=0.9), FITTING.events, BASE)
    assert history.asia_share == pytest.approx(0.3 / 0.5)


def test_a_world_without_threats_in_asia_has_no_share_of_them() -> None:
    far = tuple(t.model_copy(update={"region": "global"}) for t in BASE.threats)
    elsewhere = BASE.model_copy(update={"threats": far})
    (history,) = histories(ensemble(FITTING), FITTING.events, elsewhere)
    assert history.asia_share is None
    assert CHECKS["C27"](history).holds is None


def test_a_relationship_that_nobody_registered_has_no_checks() -> None:
    assert checks_of("korea_nato") == {}


def test_readings_are_there_without_docstrings() -> None:
    code = (
        "from alliance_sim.record.checks import checks_of\n"
        "found = checks_of('japan_nato')\n"
        "print(len(found), all(check.reading.endswith('.') for check in found.values()))"
    )
    ran = subprocess.run(
        [sys.executable, "-OO", "-c", code], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["29", "True"]


def test_no_claim_applies_to_a_failed_run() -> None:
    runs = ensemble(FITTING, FITTING)
    failed = replace(runs, values=np.where([[[False]], [[True]]], np.nan, runs.values))
    checked = check_claims(failed, FITTING.events, BASE)
    assert checked.loc[checked["run"] == 1, "holds"].isna().all()
    assert checked.loc[(checked["run"] == 0) & (checked["id"] != "C26"), "holds"].notna().all()
    summary = summarise_claims(checked, RECORD, "japan_nato").set_index("id")["applicable"]
    assert set(summary.drop("C26")) == {1.0}  # of the run that did not fail
    none = check_claims(replace(failed, values=failed.values * np.nan), FITTING.events, BASE)
    assert set(summarise_claims(none, RECORD, "japan_nato")["applicable"]) == {0.0}
