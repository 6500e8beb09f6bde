"""Edits give a new scenario, say what they did, and never touch the old one."""

import datetime as dt
import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_sim import load_scenario, provenance
from alliance_sim.errors import ScenarioError
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.parameters import parameters_of
from alliance_sim.scenario.path import follow, numbers

BASE = load_scenario("japan_nato/baseline")
JUNCTURES = sorted(j.name for j in BASE.junctures)
NUMBERS = {
    path: number for path, number in numbers(as_tree(BASE)) if number["low"] < number["high"]
}

Do = Callable[[Scenario], Scenario]
EDITS: dict[str, Do] = {
    "without": lambda s: s.without("nine_eleven"),
    "moved to": lambda s: s.moved("cold_war_ends", to=dt.date(1995, 5, 17)),
    "moved by": lambda s: s.moved("isaf", by_quarters=-3),
    "with number": lambda s: s.with_number("willingness.threat_state", 2.0),
    "with setting": lambda s: s.with_setting("council.rule", "leader"),
}


def content(scenario: Scenario) -> str:
    return provenance.scenario_digest(scenario)


def juncture(scenario: Scenario, name: str) -> dict[str, object]:
    found: dict[str, object] = follow(as_tree(scenario), f"juncture.{name}")
    return found


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_leaves_the_original_as_it_was(edit: Do) -> None:
    before = BASE.model_dump_json()
    edited = edit(BASE)
    assert BASE.model_dump_json() == before
    assert BASE.edits == ()
    assert content(edited) != content(BASE)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_is_told_in_the_name_and_the_list_of_edits(edit: Do) -> None:
    edited = edit(BASE)
    (change,) = edited.edits
    assert edited.name == f"{BASE.name}, {change.words}"


def test_edits_are_told_in_words() -> None:
    edited = BASE
    for edit in EDITS.values():
        edited = edit(edited)
    assert tuple(change.words for change in edited.edits) == (
        "without nine_eleven",
        "cold_war_ends moved to 1995-05-17",
        "isaf moved by -3 quarters",
        "willingness.threat_state set to 2.0",
        "council.rule set to leader",
    )


@pytest.mark.parametrize("first", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("second", EDITS.values(), ids=EDITS)
def test_the_order_of_two_edits_makes_no_difference(first: Do, second: Do) -> None:
    if first is second:
        assert content(first(BASE)) != content(BASE)
    else:
        assert content(first(second(BASE))) == content(second(first(BASE)))


@given(names=st.lists(st.sampled_from(JUNCTURES), min_size=2, max_size=5, unique=True))
@settings(max_examples=20)
def test_removing_one_after_the_other_is_removing_all_at_once(names: list[str]) -> None:
    one_by_one = BASE
    for name in names:
        one_by_one = one_by_one.without(name)
    at_once = BASE.without(*names)
    assert content(one_by_one) == content(at_once)
    assert one_by_one.edits == at_once.edits
    assert {j.name for j in at_once.junctures if not j.present} == set(names)


@pytest.mark.parametrize("name", JUNCTURES)
def test_removing_a_juncture_keeps_its_card(name: str) -> None:
    assert juncture(BASE.without(name), name) == juncture(BASE, name) | {"present": False}


@pytest.mark.filterwarnings("ignore::alliance_sim.errors.ScenarioWarning")
@given(name=st.sampled_from(JUNCTURES), quarters=st.integers(-40, 40))
@settings(max_examples=30)
def test_moving_there_and_back_brings_the_day_back(name: str, quarters: int) -> None:
    moved = BASE.moved(name, by_quarters=quarters)
    before, after = juncture(BASE, name), juncture(moved, name)
    old, new = before["date"], after["date"]
    assert isinstance(old, dt.date)
    assert isinstance(new, dt.date)
    months = (new.year - old.year) * 12 + new.month - old.month
    assert months == 3 * quarters
    assert old.day - 3 <= new.day <= old.day
    assert after["original_date"] == old
    back = juncture(moved.moved(name, to=old), name)
    assert (back["date"], back["end"]) == (old, before["end"])


def test_a_moved_juncture_keeps_its_length() -> None:
    before, after = juncture(BASE, "isaf"), juncture(EDITS["moved by"](BASE), "isaf")
    start, end = before["date"], before["end"]
    new_start, new_end = after["date"], after["end"]
    assert isinstance(start, dt.date)
    assert isinstance(end, dt.date)
    assert isinstance(new_start, dt.date)
    assert isinstance(new_end, dt.date)
    assert new_end - new_start == end - start


def test_moving_twice_remembers_the_first_day() -> None:
    twice = BASE.moved("isaf", by_quarters=4).moved("isaf", by_quarters=4)
    assert juncture(twice, "isaf")["original_date"] == dt.date(2003, 8, 11)
    assert juncture(twice, "isaf")["date"] == dt.date(2005, 8, 11)


def test_a_month_that_is_too_short_gives_its_last_day() -> None:
    end_of_may = BASE.moved("isaf", to=dt.date(2003, 5, 31))
    assert juncture(end_of_may.moved("isaf", by_quarters=-1), "isaf")["date"] == dt.date(
        2003, 2, 28
    )


@given(path=st.sampled_from(sorted(NUMBERS)), share=st.floats(0.0, 1.0))
@settings(max_examples=40)
def test_any_number_can_be_set_inside_its_range_and_nothing_else_changes(
    path: str, share: float
) -> None:
    number = NUMBERS[path]
    value = min(number["high"], number["low"] + share * (number["high"] - number["low"]))
    tree, expected = as_tree(BASE.with_number(path, value)), as_tree(BASE)
    follow(expected, path).update(value=value, source=follow(tree, path)["source"])
    assert provenance.digest(tree) == provenance.digest(
        expected | {k: tree[k] for k in ("name", "title", "edits")}
    )


@given(path=st.sampled_from(sorted(NUMBERS)), excess=st.floats(1e-6, 1e3), above=st.booleans())
@settings(max_examples=40)
def test_no_number_can_be_set_outside_its_range(path: str, excess: float, above: bool) -> None:
    low, high = NUMBERS[path]["low"], NUMBERS[path]["high"]
    with pytest.raises(ScenarioError, match="outside the number's range"):
        BASE.with_number(path, high + excess if above else low - excess)


WRONG: dict[str, tuple[Do, str]] = {
    "misspelt": (
        lambda s: s.without("nine_elevn"),
        "unknown juncture 'nine_elevn'; did you mean 'nine_eleven'?",
    ),
    "removed twice": (
        lambda s: s.without("isaf").without("isaf"),
        "juncture 'isaf' was removed already",
    ),
    "removed twice at once": (
        lambda s: s.without("isaf", "isaf"),
        "juncture 'isaf' was removed already",
    ),
    "moved nowhere": (lambda s: s.moved("isaf"), "give either to= or by_quarters="),
    "moved twice": (
        lambda s: s.moved("isaf", to=dt.date(2003, 1, 1), by_quarters=1),
        "give either to= or by_quarters=",
    ),
    "moved misspelt": (
        lambda s: s.moved("iasf", by_quarters=1),
        "unknown juncture 'iasf'; did you mean 'isaf'?",
    ),
    "moved after removal": (
        lambda s: s.without("isaf").moved("isaf", by_quarters=1),
        "juncture 'isaf' was removed and cannot be moved",
    ),
    "moved to a time": (
        lambda s: s.moved("isaf", to=dt.datetime(2003, 1, 1, tzinfo=dt.UTC)),
        "must be a date such as 2001-09-11",
    ),
    "moved to a text": (
        lambda s: s.moved("isaf", to="2003-01-01"),  # type: ignore[arg-type]
        "must be a date such as 2001-09-11",
    ),
    "moved by a part": (
        lambda s: s.moved("isaf", by_quarters=1.5),  # type: ignore[arg-type]
        "1.5.*whole number",
    ),
    "moved by a text": (
        lambda s: s.moved("isaf", by_quarters="4"),  # type: ignore[arg-type]
        "'4'.*whole number",
    ),
    "moved out of time": (lambda s: s.moved("isaf", by_quarters=10**6), "not a date"),
    "moved out of numbers": (lambda s: s.moved("isaf", by_quarters=10**12), "not a date"),
    "end moved out of time": (lambda s: s.moved("isaf", to=dt.date(9998, 12, 1)), "not a date"),
    "no such number": (
        lambda s: s.with_number("levels.paec", 0.5),
        "path 'levels.paec': unknown key 'paec'; did you mean 'pace'?",
    ),
    "a table": (lambda s: s.with_number("levels", 0.5), "'levels' is a table"),
    "a list": (lambda s: s.with_number("juncture", 0.5), "'juncture' is a"),
    "a setting as a number": (lambda s: s.with_number("time.first_year", 1960), "not a number"),
    "text for a number": (
        lambda s: s.with_number("levels.pace", "fast"),  # type: ignore[arg-type]
        "levels.pace: is 'fast', must be a number",
    ),
    "not a number": (lambda s: s.with_number("levels.pace", math.nan), "nan is outside"),
    "a setting not allowed": (
        lambda s: s.with_setting("council.rule", "majority"),
        "council.rule: is 'majority', must be 'consensus', 'weighted_majority' or 'leader'",
    ),
    "no such setting": (
        lambda s: s.with_setting("council.rul", "leader"),
        "unknown key 'rul'; did you mean 'rule'?",
    ),
    "a range widened": (lambda s: s.with_number("levels.pace.high", 50.0), "levels.pace"),
    "no path": (lambda s: s.with_setting("", 1), "unknown key ''"),
}


@pytest.mark.parametrize(("edit", "says"), WRONG.values(), ids=WRONG)
def test_a_wrong_edit_is_an_error_in_words(edit: Do, says: str) -> None:
    with pytest.raises(ScenarioError, match=says):
        edit(BASE)


def test_all_wrong_names_of_one_edit_are_told_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        BASE.without("nine_elevn", "isaf", "cold_war_end")
    assert len(caught.value.problems) == 2
    assert caught.value.where == BASE.name


def test_removing_every_juncture_one_can_remove_leaves_a_whole_scenario() -> None:
    bare = BASE.without(*JUNCTURES)
    assert not any(j.present for j in bare.junctures)
    assert bare.time == BASE.time


def test_there_is_no_most_of_edits() -> None:
    paths = [path for path in sorted(NUMBERS) if not path.endswith(".from_level")][:150]
    edited = BASE
    for path in paths:
        edited = edited.with_number(path, NUMBERS[path]["high"])
    assert len(edited.edits) == len(paths)


def test_edits_are_kept_as_data_too() -> None:
    edited = BASE
    for edit in EDITS.values():
        edited = edit(edited)
    kept = [change.model_dump(exclude={"words"}, exclude_none=True) for change in edited.edits]
    assert kept[:4] == [
        {"path": "juncture.nine_eleven.present", "value": False},
        {"path": "juncture.cold_war_ends.date", "value": "1995-05-17"},
        {"path": "juncture.isaf.date", "by_quarters": -3},
        {"path": "willingness.threat_state", "value": 2.0},
    ]


def test_what_was_edited_is_no_parameter_and_cannot_be_set() -> None:
    edited = BASE.without("nine_eleven")
    assert set(parameters_of(as_tree(edited))) == set(parameters_of(as_tree(BASE)))
    with pytest.raises(ScenarioError, match=r"'edits\.0\.value' tells what was edited"):
        edited.with_setting("edits.0.value", True)


def test_the_title_of_an_edited_scenario_tells_its_edits() -> None:
    once = BASE.without("nine_eleven")
    assert once.title == f"{BASE.title}, without “Attacks of 11 September 2001”"
    twice = once.moved("senkaku_2012", by_quarters=2)
    words = "“Senkaku purchase and regular patrols” moved by 2 quarters"
    assert twice.title == f"{once.title}, {words}"
    assert provenance.scenario_digest(twice) != provenance.scenario_digest(once)


def test_a_title_of_many_edits_counts_them_and_keeps_what_was_there_before() -> None:
    many = BASE
    for juncture in BASE.junctures[:12]:
        many = many.without(juncture.name)
        assert len(many.title) <= 200
    assert many.title == f"{BASE.title}, 12 edits"
