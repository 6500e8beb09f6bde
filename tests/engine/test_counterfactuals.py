"""Twin worlds are the same to the last bit until the quarter that tells them apart."""

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from alliance_sim import load_scenario, simulate
from alliance_sim.scenario import Scenario, shipped
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.path import follow, numbers
from alliance_sim.world.build import prepared
from alliance_sim.world.divergence import first_touched

BASE = load_scenario("japan_nato/baseline")
SHORT = BASE.with_setting("time.first_year", 2000).with_setting("time.last_year", 2016)
COUNTERFACTUALS = [name for name in shipped() if load_scenario(name).edits]
# Edits of the shipped files that hold from the beginning on, all others touch a later day.
THROUGHOUT = ("japan_nato/council_majority",)


def same_quarters(one: Any, other: Any) -> int:
    """Return for how many quarters two ensembles are the same to the last bit."""
    same = (one.view(np.uint64) == other.view(np.uint64)).all(axis=(0, 2))
    return int(np.argmin(same)) if not same.all() else len(same)


def touched_in(one: Scenario, other: Scenario) -> int | None:
    return first_touched(prepared(one)[0], prepared(other)[0])


@pytest.fixture(scope="module")
def short() -> Any:
    return simulate(SHORT, runs=2, seed=11)


@pytest.mark.parametrize("name", COUNTERFACTUALS)
def test_a_counterfactual_equals_the_factual_world_until_it_is_touched(
    name: str,
) -> None:
    scenario, described = load_scenario(name), load_scenario(f"{name.partition('/')[0]}/baseline")
    touched = touched_in(described, scenario)
    assert touched is not None
    assert (touched == 0) == (name in THROUGHOUT)
    factual, found = (simulate(one, runs=2, seed=11) for one in (described, scenario))
    same = same_quarters(factual.values, found.values)
    assert touched <= same
    assert same < factual.calendar.steps, "the counterfactual makes no difference at all"


def test_doing_nothing_changes_nothing(short: Any) -> None:
    again = SHORT.with_number("levels.pace", SHORT.levels.pace.value)
    assert touched_in(SHORT, again) is None
    assert simulate(again, runs=2, seed=11).values.tobytes() == short.values.tobytes()


def test_doing_one_thing_after_another_is_doing_both(short: Any) -> None:
    one_by_one = SHORT.without("isaf").without("senkaku_2010")
    at_once = SHORT.without("senkaku_2010", "isaf")
    found = simulate(one_by_one, runs=2, seed=11).values
    assert found.tobytes() == simulate(at_once, runs=2, seed=11).values.tobytes()
    assert found.tobytes() != short.values.tobytes()


@pytest.mark.filterwarnings("ignore::alliance_sim.errors.ScenarioWarning")
def test_moving_a_juncture_out_of_the_run_is_not_having_it(short: Any) -> None:
    out = SHORT.moved("taepodong_1998", to=dt.date(2030, 1, 1))  # nothing follows it
    gone = SHORT.without("taepodong_1998")
    found = simulate(out, runs=2, seed=11).values
    assert found.tobytes() == simulate(gone, runs=2, seed=11).values.tobytes()
    assert found.tobytes() != short.values.tobytes()


def test_a_juncture_after_the_end_makes_no_difference(short: Any) -> None:
    later = SHORT.without("ukraine_2022")
    assert touched_in(SHORT, later) is None
    assert simulate(later, runs=2, seed=11).values.tobytes() == short.values.tobytes()


ALL_NUMBERS = [
    (path, node["value"], node["low"], node["high"])
    for path, node in numbers(as_tree(SHORT))
    if node["low"] < node["high"] and not path.endswith(".from_level")
]
ROOTS = sorted({path.partition(".")[0] for path, *_ in ALL_NUMBERS})


@given(data=st.data())
@settings(max_examples=15, phases=[Phase.generate])
def test_a_changed_number_changes_nothing_before_the_quarter_said_to_be_touched(
    short: Any, data: st.DataObject
) -> None:
    root = data.draw(st.sampled_from(ROOTS))
    path, value, low, high = data.draw(
        st.sampled_from([n for n in ALL_NUMBERS if n[0].partition(".")[0] == root])
    )
    edited = SHORT.with_number(path, high if value < high else low)
    touched = touched_in(SHORT, edited)
    same = same_quarters(short.values, simulate(edited, runs=2, seed=11).values)
    steps = short.calendar.steps
    assert (steps if touched is None else touched) <= same


@pytest.mark.parametrize(
    "path",
    [
        "member.france.offset",
        "threat.china.offence",
        "levels.pace",
        "period.formation.commitment",
        "juncture.isaf.effect.0.size",
    ],
)
def test_a_number_that_makes_a_difference_is_said_to_touch_a_quarter(path: str, short: Any) -> None:
    edited = SHORT.with_number(path, follow(as_tree(SHORT), path)["low"])
    same = same_quarters(short.values, simulate(edited, runs=2, seed=11).values)
    assert same < short.calendar.steps
    touched = touched_in(SHORT, edited)
    assert touched is not None
    assert touched <= same


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("council.leader", "france"),
        ("threat.russia.distracts", False),
        ("item.tokyo_office.demand", None),
    ],
)
def test_what_agents_read_themselves_is_said_to_touch_a_quarter(path: str, value: Any) -> None:
    late = BASE.with_setting("time.first_year", 2016)
    if path == "council.leader":
        late = late.with_setting("council.rule", "leader")
    if value is None:
        edited = late.with_number(path, late.items[0].demand.high)
    else:
        edited = late.with_setting(path, value)
    one, other = (simulate(scenario, runs=30, seed=11) for scenario in (late, edited))
    same = same_quarters(one.values, other.values)
    touched = touched_in(late, edited)
    assert same < one.calendar.steps
    assert touched is not None
    assert touched <= same
