"""States keep their documented ranges for any numbers in range; without theory nothing moves."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_sim import load_scenario, simulate
from alliance_sim.results import OK
from alliance_sim.rules.events import MOST
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.fields import DOMAINS
from alliance_sim.scenario.path import follow, numbers
from alliance_sim.scenario.scenario import build

BASE = load_scenario("japan_nato/hand_sized")
SHORT = BASE.with_setting("time.first_year", 1990).with_setting("time.last_year", 2010)
# Without weights nobody is there to cooperate with; without a first kind no event has a name.
KEPT = (".weight", ".from_level")
NUMBERS = [
    (path, node["low"], node["high"])
    for path, node in numbers(as_tree(BASE))
    if not path.endswith(KEPT)
]
SHARES = (
    *("level_", "willing_", "win_set_", "agenda_overlap", "assets_", "attention_", "perceived_"),
    *("hostility_", "refused_", "passed_", "suspensions"),
)
RUNGS = len(BASE.rungs)


def assert_in_range(ensemble: Any) -> None:
    """Check every state against the range that its documentation gives."""
    assert set(ensemble.status) == {OK}
    assert np.isfinite(ensemble.values).all()
    for state in ensemble.states:
        column = ensemble.column(state)
        if state.startswith(SHARES):
            assert column.min() >= 0.0, state
            assert column.max() <= 1.0 + 1e-12, state
        if state.startswith(("count_", "agreements", "rung", "blocked", "suspensions")):
            assert column.min() >= 0.0, state
            assert np.array_equal(column, np.floor(column)), state
    assert ensemble.column("rung").max() <= RUNGS
    assert ensemble.column("agreements").max() <= 32
    assert ensemble.block([s for s in ensemble.states if s.startswith("count_")]).max() <= MOST
    assets = ensemble.column("assets_general") + ensemble.column("assets_mission")
    assert assets.max() <= 1.0 + 1e-9


def test_the_described_history_keeps_its_ranges() -> None:
    assert_in_range(simulate(BASE, runs=3, seed=2))


@given(
    chosen=st.lists(
        st.tuples(st.sampled_from(NUMBERS), st.floats(0.0, 1.0) | st.sampled_from([0.0, 1.0])),
        min_size=20,
        max_size=30,
    ),
    seed=st.integers(0, 2**64 - 1),
)
@settings(max_examples=10)
def test_any_numbers_in_range_keep_the_ranges(
    chosen: list[tuple[tuple[str, float, float], float]], seed: int
) -> None:
    tree = as_tree(SHORT)
    for (path, low, high), share in chosen:
        follow(tree, path)["value"] = min(high, low + share * (high - low))
    assert_in_range(simulate(build(tree, "random"), runs=1, seed=seed))


@pytest.mark.parametrize("end", ["low", "high"])
def test_all_numbers_at_one_end_keep_the_ranges(end: str) -> None:
    tree = as_tree(SHORT)
    for path, number in numbers(tree):
        if not path.endswith(KEPT):
            number["value"] = number[end]
    assert_in_range(simulate(build(tree, end), runs=1, seed=2))


@pytest.mark.parametrize("steps", [1, 2, 4, 12])
def test_any_length_of_step_keeps_the_ranges(steps: int) -> None:
    ensemble = simulate(SHORT.with_setting("time.steps_per_year", steps), runs=1, seed=2)
    assert ensemble.values.shape[1] == 21 * steps
    assert_in_range(ensemble)


def test_no_juncture_at_all_keeps_the_ranges() -> None:
    bare = SHORT.without(*(j.name for j in SHORT.junctures))
    assert_in_range(simulate(bare, runs=1, seed=2))


@pytest.mark.parametrize("rule", ["consensus", "weighted_majority", "leader"])
def test_every_council_rule_keeps_the_ranges(rule: str) -> None:
    assert_in_range(simulate(SHORT.with_setting("council.rule", rule), runs=1, seed=2))


def standing_still() -> Scenario:
    """Return a world without theory, noise, differences between members, and needs."""
    scenario = SHORT.with_number("willingness.slow_noise", 0.0)
    for block in ("threat", "institutions", "domestic"):
        scenario = scenario.with_setting(f"theory.{block}", False)
    for member in scenario.members:
        scenario = scenario.with_number(f"member.{member.name}.offset", 0.0)
    return scenario.without(*(j.name for j in scenario.junctures))


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


@pytest.mark.parametrize(
    ("state_floor", "alliance_floor"), [(-3.0, -3.0), (-1.0, -4.0), (-4.0, -1.0)]
)
def test_without_theory_noise_and_needs_levels_stand_still_where_both_sides_meet(
    state_floor: float, alliance_floor: float
) -> None:
    scenario = standing_still()
    for domain in DOMAINS:
        scenario = scenario.with_number(f"willingness.floor_state.{domain}", state_floor)
        scenario = scenario.with_number(f"willingness.floor_alliance.{domain}", alliance_floor)
    ensemble = simulate(scenario, runs=2, seed=3)
    power = scenario.levels.softness.value
    both = [logistic(state_floor) ** -power, logistic(alliance_floor) ** -power]
    expected = (sum(both) / 2.0) ** (-1.0 / power)
    for domain in DOMAINS:
        np.testing.assert_allclose(ensemble.column(f"level_{domain}"), expected, rtol=1e-9)
        np.testing.assert_allclose(ensemble.column(f"win_set_{domain}"), 1.0)


def test_swapping_both_sides_of_a_symmetric_world_changes_no_level() -> None:
    levels = [f"level_{domain}" for domain in DOMAINS]
    worlds = []
    for here, there in ((-1.0, -4.0), (-4.0, -1.0)):
        scenario = standing_still()
        for domain in DOMAINS:
            scenario = scenario.with_number(f"willingness.floor_state.{domain}", here)
            scenario = scenario.with_number(f"willingness.floor_alliance.{domain}", there)
        worlds.append(simulate(scenario, runs=1, seed=3).block(levels))
    np.testing.assert_allclose(worlds[0], worlds[1], rtol=1e-12)


def test_without_the_domestic_block_nothing_is_shut() -> None:
    ensemble = simulate(SHORT.with_setting("theory.domestic", False), runs=1, seed=3)
    for domain in DOMAINS:
        np.testing.assert_allclose(ensemble.column(f"win_set_{domain}"), 1.0)


def test_full_assets_and_a_full_ratchet_hold_levels_up() -> None:
    free = SHORT.with_number("levels.ratchet", 0.0)
    held = SHORT.with_number("levels.ratchet", 1.0)
    loose, tight = (simulate(s, runs=4, seed=3).column("level_operations") for s in (free, held))
    assert np.diff(tight).min() >= np.diff(loose).min() - 1e-12


def test_a_finer_step_tells_nearly_the_same_history() -> None:
    quiet = BASE.with_number("willingness.slow_noise", 0.0).with_number(
        "threat_dynamics.noise", 0.0
    )
    quiet = quiet.with_setting("time.first_year", 1990).with_setting("theory.institutions", False)
    quiet = quiet.with_setting("time.last_year", 2010)
    coarse = simulate(quiet, runs=1, seed=3).column("level_political")[0]
    fine = simulate(quiet.with_setting("time.steps_per_year", 12), runs=1, seed=3)
    every_third = fine.column("level_political")[0][2::3]
    assert np.abs(coarse - every_third).max() < 0.02
