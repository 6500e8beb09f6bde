"""Outcomes: what a text means, known answers by hand, and every way to get one wrong."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_sim import load_scenario
from alliance_sim.calendar import Calendar
from alliance_sim.errors import AllianceSimError, SettingError, UnknownName
from alliance_sim.results.outcomes import (
    COMPARES,
    FOLDS,
    Outcome,
    evaluate,
    is_binary,
    parse_outcome,
    standard_outcomes,
)
from alliance_sim.world import calendar_of
from alliance_sim.world.state import state_names

QUARTERS = load_scenario("japan_nato/baseline").calendar()
STATES = ("level_political", "level_operations", "rung", "count_political")
HOLDS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
SHORT = Calendar(2000, 2001, 4, QUARTERS.periods)  # eight quarters


def parsed(text: str, calendar: Calendar = QUARTERS, name: str | None = None) -> Outcome:
    return parse_outcome(text, name=name, states=STATES, calendar=calendar)


def value(text: str, signal: list[float]) -> float:
    """Return an outcome of one run of eight quarters in which every state is the same."""
    values = np.repeat(np.array(signal, dtype=float)[None, :, None], len(STATES), axis=2)
    return float(evaluate([parsed(text, SHORT)], STATES, values, SHORT)[0, 0])


MEANT: dict[str, tuple[Any, ...]] = {
    "level_political@2014": (
        *("level_political_2014", "level_political@2014", "level_political", "", 0.0),
        *("at", 259, 260),
    ),
    "rung@2014Q2": ("rung_2014q2", "rung@2014Q2", "rung", "", 0.0, "at", 257, 258),
    "rung>=8@2014": ("rung_ge_8_2014", "rung>=8@2014", "rung", ">=", 8.0, "at", 259, 260),
    "mean(level_political)@2001Q4..2012Q4": (
        *("mean_level_political_2001q4_to_2012", "mean(level_political)@2001Q4..2012"),
        *("level_political", "", 0.0, "mean", 207, 252),
    ),
    "sum(count_political)": (
        *("sum_count_political", "sum(count_political)", "count_political", "", 0.0),
        *("sum", 0, 304),
    ),
    "max(level_operations)@1990..2000": (
        *("max_level_operations_1990_to_2000", "max(level_operations)@1990..2000"),
        *("level_operations", "", 0.0, "max", 160, 204),
    ),
    "first(rung>=8)": ("first_rung_ge_8", "first(rung>=8)", "rung", ">=", 8.0, "first", 0, 304),
    "mean(rung>=8)@1990..2000": (
        *("mean_rung_ge_8_1990_to_2000", "mean(rung>=8)@1990..2000", "rung", ">=", 8.0),
        *("mean", 160, 204),
    ),
    " min( rung <-0.50 ) @ 2014q4 ": (
        *("min_rung_lt_minus_0_5_2014q4", "min(rung<-0.5)@2014Q4", "rung", "<", -0.5),
        *("min", 259, 260),
    ),
    "mean(rung)@2014": ("mean_rung_2014", "mean(rung)@2014", "rung", "", 0.0, "mean", 256, 260),
    "mean(rung)@2014Q1..2014Q4": (
        *("mean_rung_2014", "mean(rung)@2014", "rung", "", 0.0, "mean", 256, 260),
    ),
    "sum(rung)@1950..2025": ("sum_rung", "sum(rung)", "rung", "", 0.0, "sum", 0, 304),
    "sum(count_political)@2001..2012>=20": (
        *("sum_count_political_2001_to_2012_ge_20", "sum(count_political)@2001..2012>=20"),
        *("count_political", "", 0.0, "sum", 204, 252, ">=", 20.0),
    ),
    "rung@2014Q4": ("rung_2014", "rung@2014", "rung", "", 0.0, "at", 259, 260),
}


@pytest.mark.parametrize("text", MEANT)
def test_a_text_means_one_outcome(text: str) -> None:
    assert parsed(text) == Outcome(*MEANT[text])


@pytest.mark.parametrize(
    ("text", "years", "steps", "start", "stop", "canonical"),
    [
        ("rung@2014", (2014, 2015), 1, 0, 1, "rung@2014"),
        ("mean(rung)@2015", (2014, 2015), 1, 1, 2, "mean(rung)@2015"),
        ("rung@2014H1", (2014, 2015), 2, 0, 1, "rung@2014H1"),
        ("rung@2014M5", (2014, 2015), 12, 4, 5, "rung@2014M05"),
        ("rung@2014Q2", (2014, 2015), 12, 5, 6, "rung@2014M06"),
        ("sum(rung)@2014H2..2015Q1", (2014, 2015), 12, 6, 15, "sum(rung)@2014M07..2015M03"),
    ],
)
def test_steps_that_are_not_quarters_have_times_too(
    text: str, years: tuple[int, int], steps: int, start: int, stop: int, canonical: str
) -> None:
    calendar = Calendar(*years, steps)
    found = parsed(text, calendar)
    assert (found.start, found.stop, found.text) == (start, stop, canonical)
    assert parsed(canonical, calendar) == found


@st.composite
def outcomes(draw: st.DrawFn) -> tuple[Outcome, Calendar]:
    first = draw(st.integers(1900, 2100))
    years = draw(st.integers(0, 30))
    calendar = Calendar(first, first + years, draw(st.sampled_from((1, 2, 4, 12))))
    fold = draw(st.sampled_from(("at", *FOLDS)))
    start = draw(st.integers(0, calendar.steps - 1))
    stop = start + 1 if fold == "at" else draw(st.integers(start + 1, calendar.steps))
    compare = draw(st.sampled_from(COMPARES if fold == "first" else ("", *COMPARES)))
    number = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-20, 20).map(float)
    threshold = draw(number) + 0.0 if compare else 0.0
    state = draw(st.sampled_from(STATES))
    passes = "" if fold == "at" else draw(st.sampled_from(("", *COMPARES)))
    mark = draw(number) + 0.0 if passes else 0.0
    return Outcome("", "", state, compare, threshold, fold, start, stop, passes, mark), calendar


def written(outcome: Outcome, calendar: Calendar) -> str:
    """Return a long text of an outcome, each step named by its own part of the year."""
    letter = {1: "", 2: "H", 4: "Q", 12: "M"}[calendar.steps_per_year]

    def moment(step: int) -> str:
        year, part = divmod(step, calendar.steps_per_year)
        return f"{calendar.first_year + year}" + (f"{letter}{part + 1}" if letter else "")

    signal = f"{outcome.state}{outcome.compare}{outcome.threshold!r}"
    if not outcome.compare:
        signal = outcome.state
    if outcome.fold == "at":
        return f"{signal}@{moment(outcome.start)}"
    passes = f" {outcome.passes} {outcome.mark!r}" if outcome.passes else ""
    return f"{outcome.fold}({signal})@{moment(outcome.start)}..{moment(outcome.stop - 1)}{passes}"


@given(outcomes())
def test_the_canonical_text_reads_back_to_the_same_outcome(case: tuple[Outcome, Calendar]) -> None:
    outcome, calendar = case
    found = parsed(written(outcome, calendar), calendar)
    assert (found.state, found.compare, found.threshold) == (
        *(outcome.state, outcome.compare),
        outcome.threshold,
    )
    assert (found.fold, found.start, found.stop) == (outcome.fold, outcome.start, outcome.stop)
    assert (found.passes, found.mark) == (outcome.passes, outcome.mark)
    assert found.name.isidentifier()
    assert parsed(found.text, calendar) == found
    renamed = parsed(found.text, calendar, name="mine")
    assert renamed.name == "mine"
    assert renamed.text == found.text


@given(outcomes(), st.integers(0, 2**32 - 1))
def test_an_outcome_is_what_a_loop_over_quarters_says(
    case: tuple[Outcome, Calendar], seed: int
) -> None:
    outcome, calendar = case
    values = np.random.default_rng(seed).normal(size=(3, calendar.steps, len(STATES)))
    expected = []
    for run in values[:, :, STATES.index(outcome.state)]:
        signal = [float(x) for x in run]
        if outcome.compare:
            signal = [1.0 if HOLDS[outcome.compare](x, outcome.threshold) else 0.0 for x in signal]
        counted = signal[outcome.start : outcome.stop]
        total = 0.0
        for x in counted:
            total = total + x
        year = calendar.last_year + 1.0
        for step in reversed(range(outcome.start, outcome.stop)):
            year = calendar.years[step] if signal[step] == 1.0 else year
        folded = {
            "at": counted[0],
            "sum": total,
            "mean": total / len(counted),
            "max": max(counted),
            "min": min(counted),
            "first": year,
        }[outcome.fold]
        if outcome.passes:
            folded = 1.0 if HOLDS[outcome.passes](folded, outcome.mark) else 0.0
        expected.append(folded)
    found = evaluate([outcome], STATES, values, calendar)[:, 0]
    assert found.tobytes() == np.array(expected).tobytes()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rung@2000Q1", 1.0),
        ("rung@2000", 4.0),
        ("rung@2001", 2.0),
        ("rung>=4@2000", 1.0),
        ("rung>4@2000", 0.0),
        ("mean(rung)", 3.0),
        ("mean(rung)@2000", 2.5),
        ("sum(rung)@2000Q2..2001Q1", 14.0),
        ("max(rung)", 5.0),
        ("min(rung)@2000Q3..2001", 2.0),
        ("mean(rung>=3)", 0.625),
        ("sum(rung<3)", 3.0),
        ("max(rung>=6)", 0.0),
        ("min(rung<=5)", 1.0),
        ("first(rung>=1)", 2000.0),
        ("first(rung>=4)", 2000.75),
        ("first(rung>=3)@2000Q4..2001", 2000.75),
        ("first(rung>=6)", 2002.0),
        ("first(rung>=5)@2000", 2002.0),
        ("sum(rung)>=24", 1.0),
        ("sum(rung)>24", 0.0),
        ("sum(rung)@2000>=10", 1.0),
        ("sum(rung)@2000Q2..2001Q1<14", 0.0),
        ("mean(rung>=3)@2000..2001 > 0.5", 1.0),
        ("max(rung)<=4.5", 0.0),
        ("first(rung>=4)<2001", 1.0),
    ],
)
def test_known_answers_by_hand(text: str, expected: float) -> None:
    assert value(text, [1, 2, 3, 4, 5, 4, 3, 2]) == expected


def test_what_was_folded_and_compared_happens_or_does_not() -> None:
    assert is_binary(parsed("sum(count_political)@2001..2012>=20"))
    assert is_binary(parsed("first(rung>=8)<2015"))
    assert not is_binary(parsed("sum(count_political)@2001..2012"))


def test_a_failed_run_is_not_a_number_and_leaves_the_others_alone() -> None:
    values = np.ones((3, 8, len(STATES)))
    values[1] = np.nan
    asked = [parsed(text, SHORT) for text in ("rung@2001", "first(rung>=1)", "mean(rung<0)")]
    found = evaluate(asked, STATES, values, SHORT)
    assert np.isnan(found[1]).all()
    assert found[[0, 2]].tolist() == [[1.0, 2000.0, 0.0]] * 2


def test_no_runs_and_no_outcomes_give_empty_arrays() -> None:
    nothing = np.empty((0, 8, len(STATES)))
    assert evaluate([parsed("rung@2001", SHORT)], STATES, nothing, SHORT).shape == (0, 1)
    assert evaluate([], STATES, np.ones((2, 8, len(STATES))), SHORT).shape == (2, 0)


def test_a_state_that_is_not_there_is_told_with_the_nearest() -> None:
    asked = [parsed("rung@2001", SHORT)]
    with pytest.raises(UnknownName, match="unknown state 'rung'; did you mean 'rungs'"):
        evaluate(asked, ("rungs",), np.ones((1, 8, 1)), SHORT)


def test_steps_that_are_not_there_are_told() -> None:
    with pytest.raises(SettingError, match=r"'rung@2014': .*\n.*steps 259 to 259 are not in"):
        evaluate([parsed("rung@2014")], STATES, np.ones((1, 8, len(STATES))), SHORT)


WRONG: dict[str, tuple[str, ...]] = {
    "": ("cannot be read; write it like level_political@2014",),
    "@2014": ("cannot be read",),
    "mean(rung": ("cannot be read",),
    "mean()": ("cannot be read",),
    "(rung)@2014": ("cannot be read",),
    "rung >= 8 or so@2014": ("'rung >= 8 or so' cannot be read; write a state, or a comparison",),
    "rng@2014": ("unknown state 'rng'; did you mean 'rung'? (known: count_political, level_",),
    "rung": ("says no time: add one, such as @2014 or @2014Q2, or fold the run",),
    "rung@": ("time is '', must be written like 2014 or 2014Q1 or 2014H1",),
    "rung@14": ("time is '14', must be written like 2014",),
    "rung@2014Q5": ("time is '2014Q5', must be written like 2014 or 2014Q1",),
    "rung@2014Q0": ("time is '2014Q0', must be",),
    "rung@2014M3": ("time is '2014M3', must be",),
    "rung@2014-03-18": ("time is '2014-03-18', must be",),
    "rung@1949": ("time is 1949, must be from 1950 to 2025",),
    "rung@2026Q1": ("time is 2026Q1, must be from 1950 to 2025",),
    "rung@2014..2015": ("@2014..2015 is a span: fold it, as in mean(...), or name one moment",),
    "mean(rung)@2015..2014": ("@2015..2014 ends before it begins",),
    "mean(rung)@..2014": ("time is '', must be",),
    "men(rung)": ("unknown fold 'men'; did you mean 'mean'? (known: ",),
    "at(rung)@2014": ("unknown fold 'at'",),
    "first(rung)": ("first needs a comparison, such as first(rung>=1)",),
    "rung=8@2014": ("comparison is '=', must be one of >=, >, <=, <",),
    "rung==8@2014": ("comparison is '==', must be one of",),
    "rung>=": (
        "'rung>=' cannot be read; write a state, or a comparison like rung>=8@2014",
        "says no time",
    ),
    "rung>=eight@2014": ("compares with 'eight', must be a finite number",),
    "rung>=nan@2014": ("compares with 'nan', must be a finite number",),
    "rung>=1_0@2014": ("compares with '1_0', must be a finite number",),
    "rung>=\u0661@2014": ("compares with '\u0661'",),
    "rung>=8@\u0662014": ("time is '\u0662014'",),
    "rung>=-inf@2014": ("compares with '-inf', must be a finite number",),
    "sum(rung)@2014>=": ("compares with '', must be a finite number",),
    "sum(rung)@2014=20": ("comparison is '=', must be one of",),
    "sum(rung)>=20@2001..2012": (
        (
            "compares with '20@2001..2012', must be a finite number; the time comes first, as in "
            "@2001..2012>=20"
        ),
    ),
    "x" * 301: ("must be a text of at most 300 characters",),
    "meen(rng==x)@1949..2030": (
        *("unknown fold 'meen'", "unknown state 'rng'", "comparison is '=='"),
        *("compares with 'x'", "time is 1949", "time is 2030"),
    ),
}


@pytest.mark.parametrize("text", WRONG, ids=[text[:30] or "nothing" for text in WRONG])
def test_a_wrong_text_says_all_that_is_wrong(text: str) -> None:
    with pytest.raises(SettingError) as caught:
        parsed(text)
    says = WRONG[text]
    assert len(caught.value.problems) == len(says)
    assert all(p.startswith(words) for p, words in zip(caught.value.problems, says, strict=True))
    assert caught.value.where.startswith("outcome '")


def test_outcomes_that_mean_something_else_are_called_something_else() -> None:
    signals = ["rung", *(f"rung{sign}{mark}" for sign in COMPARES for mark in ("0", "0.2014", "8"))]
    folds = [*(fold for fold in FOLDS if fold != "first"), ""]
    whens = ["", "@2014", "@2014Q1", "@2013..2014", "@2013Q2..2014"]
    passes = ["", *(f"{sign}{mark}" for sign in COMPARES for mark in ("0", "0.2014", "8", "-8"))]
    texts = [
        f"{fold}({signal}){when}{passed}" if fold else f"{signal}{when}"
        for fold in folds
        for signal in signals
        for when in whens
        for passed in passes
        if fold or (when and ".." not in when and not passed)
    ]
    by_text = {found.text: found.name for found in map(parsed, texts)}
    assert len(by_text) > 4_000
    assert len(set(by_text.values())) == len(by_text)
    assert all(name.isidentifier() for name in by_text.values())


def test_of_a_whole_run_what_is_compared_is_told_in_the_name() -> None:
    assert parsed("mean(rung>=8)").name == "mean_rung_ge_8"
    assert parsed("mean(rung)>=8").name == "mean_rung_whole_run_ge_8"
    assert parsed("max(rung>=1)@2014").name == "max_rung_ge_1_2014"
    assert parsed("max(rung>=1.2014)").name == "max_rung_ge_1_point_2014"


@pytest.mark.parametrize("name", ["Rung", "8_rungs", "rung 8", "", "class", "rüng"])
def test_a_name_that_cannot_be_a_column_is_refused(name: str) -> None:
    with pytest.raises(SettingError, match="must be of lower-case letters, digits and underscores"):
        parsed("rung@2014", name=name)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(SettingError, match=r"outcome 5: .*\n.*must be a text"):
        parsed(5)  # type: ignore[arg-type]


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        found = parsed(text)
    except AllianceSimError:
        return
    assert parsed(found.text) == found


def test_the_standard_outcomes_of_the_described_history() -> None:
    scenario = load_scenario("japan_nato/baseline")
    states, calendar = state_names(scenario), calendar_of(scenario)
    found = standard_outcomes(states, calendar, len(scenario.rungs))
    by_name = {outcome.name: outcome.text for outcome in found}
    assert len(by_name) == len(found) == 80
    assert by_name["level_political_mean_p1"] == "mean(level_political)@1950..1989"
    assert by_name["win_set_equipment_mean_p2"] == "mean(win_set_equipment)@1990..2001Q3"
    assert by_name["count_institution_sum_p3"] == "sum(count_institution)@2001Q4..2012"
    assert by_name["assets_mission_mean_p4"] == "mean(assets_mission)@2013..2025"
    assert by_name["suspensions_sum"] == "sum(suspensions)"
    assert by_name["level_operations_end"] == "level_operations@2025"
    assert by_name["passed_tokyo_office_end"] == "passed_tokyo_office@2025"
    assert by_name["rung_11_first"] == "first(rung>=11)"
    again = [parse_outcome(o.text, name=o.name, states=states, calendar=calendar) for o in found]
    assert tuple(again) == found


def test_periods_that_a_short_run_does_not_reach_have_no_outcomes() -> None:
    found = {outcome.name for outcome in standard_outcomes(STATES, SHORT, 2)}
    assert "rung_mean_p2" in found
    assert "rung_mean_p3" in found
    assert not {name for name in found if name.endswith(("_p1", "_p4"))}
    assert {"rung_end", "rung_1_first", "rung_2_first"} <= found
    assert "rung_3_first" not in found
