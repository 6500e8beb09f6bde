"""Many values at once: the same world as by the edits, and nothing copied that is not touched."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from alliance_sim import load_scenario, provenance
from alliance_sim.errors import ScenarioError
from alliance_sim.scenario import Scenario, edit
from alliance_sim.scenario.edit import EditCache, as_tree, replaced, value_at
from alliance_sim.scenario.fields import Number
from alliance_sim.scenario.path import PathProblem, fields_of, follow, numbers, with_names
from alliance_sim.scenario.scenario import build
from alliance_sim.world import build_world
from alliance_sim.world.coefficients import coefficients

pytestmark = pytest.mark.filterwarnings("ignore::alliance_sim.errors.ScenarioWarning")
BASE = load_scenario("japan_nato/baseline")
NUMBERS = {
    path: number for path, number in numbers(as_tree(BASE)) if number["low"] < number["high"]
}
JUNCTURES = sorted(juncture.name for juncture in BASE.junctures)
SETTINGS: dict[str, tuple[object, ...]] = {
    "council.rule": ("consensus", "weighted_majority", "leader"),
    "council.leader": ("united_states", "france"),
    "theory.threat": (False, True),
    "theory.domestic": (False, True),
    "threat.russia.distracts": (False, True),
    "threat.china.region": ("asia", "global"),
    "threat.china.capability.window": (0, 3),
    "member.france.guarantor": (False, True),
    "rung.ipcp.opens": (dt.date(1999, 1, 1), dt.date(2012, 3, 4)),
    "item.tokyo_office.tabled": (dt.date(2001, 7, 1), dt.date(2020, 1, 1)),
    "period.deepening.start": (dt.date(2010, 1, 1),),
    "juncture.isaf.when_cause_removed": ("stays", "falls"),
}


def content(scenario: Scenario) -> str:
    return provenance.scenario_digest(scenario)


def within(path: str, share: float) -> float:
    low, high = NUMBERS[path]["low"], NUMBERS[path]["high"]
    return float(min(high, max(low, low + share * (high - low))))


def attempted(make: Callable[[], Scenario]) -> Scenario | list[str]:
    """Return what is made, or what is wrong without saying where."""
    try:
        return make()
    except ScenarioError as error:
        return [problem.rpartition(": ")[2] for problem in error.problems]


def same(fast: Scenario, slow: Scenario) -> None:
    """Check that two scenarios are the same in all that decides a run."""
    words = {"name", "title", "edits"}
    assert fast.model_dump(exclude=words) == slow.model_dump(exclude=words)
    assert content(fast) == content(slow)


@given(path=st.sampled_from(sorted(NUMBERS)), share=st.floats(0.0, 1.0))
@settings(max_examples=60)
def test_a_number_is_replaced_as_with_number_does(path: str, share: float) -> None:
    value = within(path, share)
    slow = attempted(lambda: BASE.with_number(path, value))
    fast = attempted(lambda: replaced(BASE, {path: value}))
    if isinstance(fast, Scenario) and isinstance(slow, Scenario):
        same(fast, slow)
    else:
        assert fast == slow


@pytest.mark.parametrize("path", SETTINGS)
def test_a_setting_is_replaced_as_with_setting_does(path: str) -> None:
    for value in SETTINGS[path]:
        same(replaced(BASE, {path: value}), BASE.with_setting(path, value))


@pytest.mark.parametrize("name", JUNCTURES)
def test_a_juncture_is_removed_as_without_does(name: str) -> None:
    gone = replaced(BASE, {f"juncture.{name}.present": False})
    same(gone, BASE.without(name))
    same(replaced(gone, {f"juncture.{name}.present": True}), BASE)


@given(name=st.sampled_from(JUNCTURES), date=st.dates(dt.date(1950, 1, 1), dt.date(2025, 12, 31)))
@settings(max_examples=30)
def test_a_juncture_is_moved_as_moved_does(name: str, date: dt.date) -> None:
    same(replaced(BASE, {f"juncture.{name}.date": date}), BASE.moved(name, to=date))


def test_moving_and_removing_at_once_is_moving_first() -> None:
    date = dt.date(1995, 1, 1)
    expected = BASE.moved("isaf", to=date).without("isaf")
    for changes in (
        {"juncture.isaf.present": False, "juncture.isaf.date": date},
        {"juncture.isaf.date": date, "juncture.isaf.present": False},
    ):
        same(replaced(BASE, changes), expected)


def test_a_removed_juncture_can_be_put_back_on_another_day() -> None:
    date = dt.date(1995, 1, 1)
    gone = BASE.without("isaf")
    changes = {"juncture.isaf.date": date, "juncture.isaf.present": True}
    same(replaced(gone, changes), BASE.moved("isaf", to=date))
    with pytest.raises(ScenarioError, match="was removed and cannot be moved"):
        replaced(gone, {"juncture.isaf.date": date})


@pytest.mark.slow
@given(
    paths=st.lists(st.sampled_from(sorted(NUMBERS)), max_size=6, unique=True),
    share=st.floats(0.05, 0.6),
    gone=st.lists(st.sampled_from(JUNCTURES), max_size=2, unique=True),
    chosen=st.dictionaries(st.sampled_from(sorted(SETTINGS)), st.integers(0, 2), max_size=2),
)
@settings(max_examples=25)
def test_many_changes_at_once_make_the_world_of_as_many_edits(
    paths: list[str], share: float, gone: list[str], chosen: dict[str, int]
) -> None:
    changes: dict[str, object] = {path: within(path, share) for path in paths}
    changes |= {f"juncture.{name}.present": False for name in gone}
    picked = {path: SETTINGS[path][k % len(SETTINGS[path])] for path, k in chosen.items()}
    try:
        slow = BASE.without(*gone)
        for path in paths:
            slow = slow.with_number(path, within(path, share))
        for path, value in picked.items():
            slow = slow.with_setting(path, value)
    except ScenarioError:
        with pytest.raises(ScenarioError):
            replaced(BASE, changes | picked)
        return
    fast = replaced(BASE, changes | picked)
    same(fast, slow)
    assert len(fast.edits) == len(changes) + len(picked)
    assert build_world(fast).inputs == build_world(slow).inputs
    assert coefficients(fast) == coefficients(slow)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("willingness.threat_state", 2.0),
        ("willingness.floor_state.political", -3.0),
        ("juncture.nine_eleven.effect.0.size", 0.1),
        ("juncture.nine_eleven.present", False),
        ("juncture.nine_eleven.date", dt.date(2002, 1, 1)),
        ("period.deepening.hostility.russia", 0.5),
        ("council.rule", "leader"),
    ],
)
def test_what_is_not_touched_is_the_identical_object(path: str, value: object) -> None:
    after = replaced(BASE, {path: value})
    touched = path.partition(".")[0]
    for key in Scenario.model_fields:
        if key not in (fields_of(Scenario)[touched], "name", "title", "edits"):
            assert getattr(after, key) is getattr(BASE, key), key
    if touched == "juncture":
        others = [j for j in BASE.junctures if j.name != "nine_eleven"]
        kept = [j for j in after.junctures if j.name != "nine_eleven"]
        assert all(a is b for a, b in zip(others, kept, strict=True))
    assert content(BASE) == content(load_scenario("japan_nato/baseline"))


def test_the_value_that_was_there_changes_nothing() -> None:
    after = replaced(
        BASE,
        {
            "willingness.threat_state": BASE.willingness.threat_state.value,
            "council.rule": BASE.council.rule,
            "juncture.isaf.present": True,
        },
    )
    assert after.willingness is BASE.willingness
    assert after.council is BASE.council
    assert after.junctures is BASE.junctures
    same(after, BASE)


def test_the_same_values_give_the_identical_part_again() -> None:
    kept: EditCache = {}
    day = {"juncture.isaf.date": dt.date(2003, 1, 1)}
    first = replaced(BASE, day | {"levels.pace": 1.0}, kept=kept)
    second = replaced(BASE, day | {"levels.pace": 1.1}, kept=kept)
    assert first.junctures is second.junctures
    assert first.levels is not second.levels
    same(second, replaced(BASE, day | {"levels.pace": 1.1}))


def test_values_that_are_equal_and_of_another_kind_are_not_mixed_up() -> None:
    kept: EditCache = {}
    replaced(BASE, {"levels.pace": 1.0}, kept=kept)
    with pytest.raises(ScenarioError, match=r"levels\.pace: is True, must be a number"):
        replaced(BASE, {"levels.pace": True}, kept=kept)


def test_the_memory_does_not_grow_without_end() -> None:
    kept: EditCache = {}
    for k in range(3000):
        replaced(BASE, {"levels.pace": 0.2 + k / 3000}, kept=kept)
    assert len(kept) <= 1024


def test_a_copy_is_what_pydantic_makes_and_leaves_the_original_alone() -> None:
    number = BASE.levels.pace
    copied = number.model_copy(update={"value": 0.25})
    assert copied == Number(**{**dict(number), "value": 0.25})
    assert copied.model_fields_set == number.model_fields_set
    assert copied.model_fields_set is not number.model_fields_set
    assert (number.value, type(copied)) == (BASE.levels.pace.value, Number)
    part = BASE.levels.model_copy(update={"pace": copied})
    assert part.model_dump() == {**BASE.levels.model_dump(), "pace": copied.model_dump()}
    assert type(part).model_validate(part.model_dump()) == part
    with pytest.raises(ValidationError, match="frozen"):
        copied.value = 0.5  # type: ignore[misc]


def test_a_day_that_is_moved_asks_for_no_check_of_all_tables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moved = {"juncture.abe_second_government.date": dt.date(2010, 1, 1)}
    wanted = BASE.moved("abe_second_government", to=dt.date(2010, 1, 1))
    monkeypatch.setattr(edit, "cross_problems", lambda _tree: ["looked"])
    assert replaced(BASE, moved).junctures == wanted.junctures
    with pytest.raises(ScenarioError, match="looked"):
        replaced(BASE, {"council.leader": "germany"})


def test_what_is_replaced_is_told_in_the_edits() -> None:
    after = replaced(BASE, {"levels.pace": 1.0, "council.rule": "leader"})
    assert [(change.path, change.value) for change in after.edits] == [
        ("levels.pace", 1.0),
        ("council.rule", "leader"),
    ]
    assert after.name == f"{BASE.name}, levels.pace set to 1.0, council.rule set to leader"


def test_replacing_nothing_gives_the_same_world() -> None:
    assert replaced(BASE, {}).junctures is BASE.junctures


def test_a_replaced_number_says_that_it_was_edited() -> None:
    after = replaced(BASE, {"willingness.entrapment_share.political": 0.3})
    number = value_at(after, "willingness.entrapment_share.political")
    assert number.value == pytest.approx(0.3)
    assert number.source == "assumed; edited from 0.2 (assumed; method A.2)"


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "misspelt": (
        {"levels.paec": 0.5},
        "path 'levels.paec': unknown key 'paec'; did you mean 'pace'?",
    ),
    "misspelt juncture": (
        {"juncture.nine_elevn.present": False},
        "unknown key 'nine_elevn'; did you mean 'nine_eleven'",
    ),
    "no path": ({"": 1.0}, "path '': unknown key ''"),
    "past a number": ({"levels.pace.high": 9.0}, "levels.pace is a number; set it as a whole"),
    "past a setting": ({"council.rule.x": 1.0}, "unknown key 'x'"),
    "a table": ({"levels": 0.5}, "path 'levels' is a table"),
    "a list": ({"juncture": 0.5}, "path 'juncture' is a table"),
    "a table of exposures": ({"member.france.exposure": 0.5}, "is a table"),
    "above": ({"levels.pace": 7.5}, "levels.pace: 7.5 is outside the number's range 0.05 to 6"),
    "not a number": ({"levels.pace": math.nan}, "levels.pace: nan is outside"),
    "a text": ({"levels.pace": "fast"}, "levels.pace: is 'fast', must be a number"),
    "a list for a number": ({"levels.pace": [1.0]}, "levels.pace: is [1.0], must be a number, a"),
    "a rule": (
        {"council.rule": "majority"},
        "council.rule: is 'majority', must be 'consensus', 'weighted_majority' or 'leader'",
    ),
    "a leader": ({"council.leader": "japan"}, "council.leader: unknown member 'japan'"),
    "a switch": ({"theory.threat": 1}, "theory.threat: is 1, must be true or false"),
    "a day": (
        {"juncture.isaf.date": "2003-01-01"},
        "must be a date such as 2001-09-11",
    ),
    "an end out of time": ({"juncture.isaf.date": dt.date(9998, 12, 1)}, "is not a date"),
    "a name": ({"juncture.isaf.name": "Isaf 2"}, "a name of lower-case letters"),
    "a whole number": ({"member.france.accession.0.states": 1.5}, "must be a whole number"),
    "kinds that begin at nothing": (
        {
            f"kind.equipment_{kind}.from_level": 0.1
            for kind in ("agreement", "programme", "proposal")
        },
        "domain 'equipment' needs a kind with from_level 0",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_replaced_is_told_in_words(case: str) -> None:
    changes, says = WRONG[case]
    with pytest.raises(ScenarioError) as caught:
        replaced(BASE, changes)
    assert says in str(caught.value)
    assert caught.value.where == BASE.name


def test_an_effect_cannot_move_a_share_further_than_its_scale() -> None:
    tree = as_tree(BASE)
    path = "juncture.nine_eleven.effect.0.size"
    follow(tree, path)["high"] = 2.0
    wide = build(tree, "wide")
    same(replaced(wide, {path: 0.9}), wide.with_number(path, 0.9))
    for attempt in (replaced, lambda s, c: s.with_number(*c.popitem())):
        with pytest.raises(ScenarioError, match=r"size 1\.05 must be from -1 to 1"):
            attempt(wide, {path: 1.05})


def test_all_that_cannot_be_replaced_is_told_at_once() -> None:
    changes = {"levels.paec": 1.0, "levels.pace": 99.0, "council.rule": "x", "theory.threat": True}
    with pytest.raises(ScenarioError) as caught:
        replaced(BASE, changes)
    assert len(caught.value.problems) == 3


def test_positions_in_a_path_become_names() -> None:
    position = [j.name for j in BASE.junctures].index("isaf")
    assert with_names(BASE, f"juncture.{position}.date") == "juncture.isaf.date"
    assert with_names(BASE, "juncture.isaf.effect.0.size") == "juncture.isaf.effect.0.size"
    assert with_names(BASE, "levels.pace") == "levels.pace"
    for path in NUMBERS:
        assert with_names(BASE, path) == path
        assert isinstance(value_at(BASE, path), Number)
    with pytest.raises(PathProblem, match="unknown key 'paec'"):
        with_names(BASE, "levels.paec")


def test_replacing_is_quick_enough_for_every_point_of_a_sweep() -> None:
    paths = [path for path in sorted(NUMBERS) if not path.endswith((".from_level", ".size"))][:200]
    changes: dict[str, object] = {path: within(path, 0.4) for path in paths}
    replaced(BASE, changes)
    fastest = math.inf
    for _ in range(5):
        start = time.process_time()
        replaced(BASE, changes)
        fastest = min(fastest, time.process_time() - start)
    assert fastest / len(paths) < 0.3e-3
