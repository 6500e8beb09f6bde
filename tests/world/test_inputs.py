"""What each quarter brings is what the scenario says, and nothing changes before an edit's day."""

import datetime as dt
import math
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_sim import load_scenario
from alliance_sim.errors import ScenarioError
from alliance_sim.scenario import Scenario, shipped
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.path import follow, numbers
from alliance_sim.scenario.scenario import build
from alliance_sim.scenario.yearly import parsed
from alliance_sim.world import World, build_world
from alliance_sim.world.coefficients import coefficients
from alliance_sim.world.divergence import first_touched

BASE = load_scenario("japan_nato/baseline")
# Every juncture lies after it, and later years are all that most of these tests look at.
LATE_START = 1988
LATE = BASE.with_setting("time.first_year", LATE_START)
JUNCTURES = sorted(j.name for j in BASE.junctures)
COUNTERFACTUALS = [name for name in shipped() if load_scenario(name).edits]
NUMBERS = [
    (path, node["low"], node["high"])
    for path, node in numbers(as_tree(BASE))
    if not path.endswith(".from_level")  # at least one kind of event begins at level 0
]
SHARES = (
    *("hostility", "capability", "exposure_state", "exposure_member", "commitment", "networking"),
    *("link", "capability_change", "drawn_push", "involvement", "shut", "missions_ended"),
)


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(BASE)


@pytest.fixture(scope="module")
def late() -> World:
    return build_world(LATE)


def flat(value: Any) -> list[float]:
    return [v for part in value for v in flat(part)] if isinstance(value, tuple) else [value]


def first_difference(one: World, other: World) -> int:
    """Return the first step whose inputs differ; a drawn leader out of office is no difference."""
    for step, (a, b) in enumerate(zip(one.inputs, other.inputs, strict=True)):
        drawn = any(a.drawn_push) or any(b.drawn_push)
        if drawn and a.drawn_push != b.drawn_push:
            return step
        if a._replace(drawn_push=()) != b._replace(drawn_push=()):
            return step
    return one.calendar.steps


def test_the_alliance_has_as_many_members_as_the_record_counts(world: World) -> None:
    counted = parsed(load_scenario("japan_nato/baseline").series)["nato_members_year_end"]
    years = range(world.calendar.first_year, world.calendar.last_year + 1)
    states = {y: world.inputs[4 * (y - 1950) + 3].states for y in years}
    assert {y: states[y] for y in counted if y in states} == pytest.approx(
        {y: counted[y] for y in states if y in counted}
    )
    assert len(set(counted) & set(states)) > 70


def test_weights_come_with_membership_and_stay(world: World) -> None:
    for earlier, later in zip(world.inputs, world.inputs[1:], strict=False):
        assert all(a <= b + 1e-12 for a, b in zip(earlier.weight, later.weight, strict=True))
        assert earlier.states <= later.states + 1e-12
    assert sum(world.inputs[0].weight) > 0.0


def in_documented_ranges(world: World) -> None:
    for quarter in world.inputs:
        for key in SHARES:
            assert all(0.0 <= value <= 1.0 for value in flat(getattr(quarter, key))), key
        assert -1.0 <= quarter.capability_state <= 1.0
        assert quarter.states >= 0.0
        for key in ("weight", "reluctance"):
            assert all(0.0 <= value < 100.0 for value in getattr(quarter, key)), key
        assert all(math.isfinite(value) for value in flat((quarter.push, quarter.need)))


def test_inputs_are_in_their_documented_ranges(world: World) -> None:
    in_documented_ranges(world)


@given(
    chosen=st.lists(
        st.tuples(st.sampled_from(NUMBERS), st.floats(0.0, 1.0)), min_size=20, max_size=40
    )
)
@settings(max_examples=8)
def test_inputs_stay_in_range_for_any_numbers_in_range(
    chosen: list[tuple[tuple[str, float, float], float]],
) -> None:
    tree = as_tree(LATE)
    tree["time"] |= {"first_year": 1998, "last_year": 2006}
    for (path, low, high), share in chosen:
        follow(tree, path)["value"] = min(high, low + share * (high - low))
    in_documented_ranges(build_world(build(tree, "random")))


@pytest.mark.parametrize("name", JUNCTURES)
def test_removing_a_juncture_changes_nothing_before_its_quarter(name: str, late: World) -> None:
    edited = build_world(LATE.without(name))
    (day,) = (j.date for j in LATE.junctures if j.name == name)
    differs = first_difference(late, edited)
    assert late.calendar.index(day) <= differs < late.calendar.steps
    touched = first_touched(late, edited)
    assert touched is not None
    assert late.calendar.index(day) <= touched <= differs


def days_touched(scenario: Scenario) -> list[dt.date]:
    """Return the first day of whatever a counterfactual adds, removes, moves or sets."""
    base, edited = as_tree(BASE), as_tree(scenario)
    days = []
    dated = {"juncture": "date", "leader": "start", "item": "tabled", "period": "start"}
    for key, date in dated.items():
        old = {t["name"]: t for t in base[key]}
        new = {t["name"]: t for t in edited[key]}
        for name in set(old) | set(new):
            if old.get(name) != new.get(name):
                days += [t[name][date] for t in (old, new) if name in t]
    words = {"name", "title", "description", "question", "edits"}
    others = [k for k in base if k not in words | set(dated) and base[k] != edited[k]]
    return [*days, *([dt.date(1950, 1, 1)] if others else [])]


@pytest.mark.parametrize("name", COUNTERFACTUALS)
def test_a_counterfactual_changes_no_input_before_the_quarter_that_it_touches(
    name: str, world: World
) -> None:
    scenario = load_scenario(name)
    edited = build_world(scenario)
    days = days_touched(scenario)
    touched = max(0, world.calendar.index(min(days)))
    assert first_difference(world, edited) >= touched
    found = first_touched(world, edited)
    assert found is not None
    assert found >= touched
    if touched == 0:
        assert coefficients(scenario) != coefficients(BASE)


def reordered(node: Any, shuffle: Callable[[list[Any]], None]) -> Any:
    """Return a tree with its keys and its lists of named tables in another order."""
    if isinstance(node, dict):
        keys = list(node)
        shuffle(keys)
        turned = {key: reordered(node[key], shuffle) for key in keys}
        return turned | {key: node[key] for key in ("period",) if key in node}
    if isinstance(node, list | tuple):
        entries = [reordered(entry, shuffle) for entry in node]
        if entries and all(isinstance(e, dict) and "name" in e for e in entries):
            shuffle(entries)
        return entries
    return node


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_reordering_tables_gives_the_identical_world(late: World, seed: int) -> None:
    turned = build(reordered(as_tree(LATE), random.Random(seed).shuffle), "turned")
    other = build_world(turned)
    for key in ("calendar", "threats", "members", "inputs", "rungs", "drawn_laws", "items"):
        assert getattr(other, key) == getattr(late, key), key
    assert other.channels == late.channels
    assert coefficients(turned) == coefficients(LATE)


def test_an_added_juncture_without_effect_changes_no_input(late: World) -> None:
    tree = as_tree(LATE)
    extra = next(j for j in tree["juncture"] if j["name"] == "isaf")
    tree["juncture"] = [*tree["juncture"], extra | {"name": "aaa", "effect": (), "mission": False}]
    other = build_world(build(tree, "extra"))
    assert other.inputs == late.inputs
    assert other.channels == late.channels
    assert first_touched(late, other) is None


def test_a_series_that_the_record_lacks_is_named_with_its_place() -> None:
    wrong = LATE.with_setting("threat.russia.capability.series", "cinc_russia_usr")
    with pytest.raises(ScenarioError) as caught:
        build_world(wrong)
    told = str(caught.value)
    assert "unknown series 'cinc_russia_usr'; did you mean 'cinc_russia_ussr'?" in told
    assert "threat 'russia'.capability" in told
