"""Parameter vectors in lanes give, to the last bit, what scenarios with their numbers give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_sim import load_scenario, simulate
from alliance_sim.calibration.prior import Prior
from alliance_sim.engine.kernel.batch import make_ready
from alliance_sim.engine.vectors import Vectors
from alliance_sim.errors import ScenarioError
from alliance_sim.scenario.edit import as_tree, replaced
from alliance_sim.scenario.path import numbers
from alliance_sim.scenario.scenario import Scenario
from alliance_sim.scenario.theories import LATTICE

SHIPPED = {name: load_scenario(name) for name in ("two_islands/baseline", "japan_nato/baseline")}
ISLANDS = SHIPPED["two_islands/baseline"]
NOT_IN_A_WORLD = ("prior", "spread", "kind")
OBSERVED = ("level_", "rung", "assets_", "agreements", "count_")


def free_paths(scenario: Scenario) -> list[str]:
    """Return the paths of all numbers that a world is made of and that can vary."""
    return [
        path
        for path, number in numbers(scenario)
        if not path.startswith(NOT_IN_A_WORLD) and number.low < number.high
    ]


def assert_the_same(vectors: Vectors, values: np.ndarray) -> None:
    for lane, ready in enumerate(vectors.lanes(values)):
        given_ = dict(zip(vectors.paths, values[:, lane].tolist(), strict=True))
        copy = make_ready(replaced(vectors.scenario, given_))
        assert ready.constants.tobytes() == copy.constants.tobytes()
        assert ready.world.table.tobytes() == copy.world.table.tobytes()


@pytest.mark.parametrize("name", SHIPPED)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=8, deadline=None)
def test_draws_of_the_prior_are_worlds_of_copies(name: str, seed: int) -> None:
    prior = Prior(SHIPPED[name])
    theta = prior.sample(2, seed)
    vectors = Vectors(prior.scenario, prior.paths)
    values = prior.numbers(theta.T.copy())
    assert_the_same(vectors, values)
    (first, _) = vectors.lanes(values)
    copy = make_ready(prior.with_vector(theta[0]))
    assert first.constants.tobytes() == copy.constants.tobytes()


@pytest.mark.parametrize("name", SHIPPED)
@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_any_numbers_of_a_scenario_may_vary(name: str, data: Any) -> None:
    scenario = SHIPPED[name]
    if data.draw(st.booleans(), "without a cause"):
        cause = {"two_islands/baseline": "great_raid", "japan_nato/baseline": "gulf_war"}[name]
        scenario = scenario.without(cause)
    known = dict(numbers(scenario))
    some = st.lists(st.sampled_from(free_paths(scenario)), min_size=1, max_size=30, unique=True)
    paths = data.draw(some, "paths")
    shares = np.random.default_rng(data.draw(st.integers(0, 2**32), "seed")).random((len(paths), 2))
    low = np.array([[known[path].low] for path in paths])
    high = np.array([[known[path].high] for path in paths])
    values = np.clip(low + shares * (high - low), low, high)
    assert_the_same(Vectors(scenario, paths), values)


def test_all_numbers_of_a_scenario_may_vary_at_once() -> None:
    for scenario in SHIPPED.values():
        known = dict(numbers(scenario))
        paths = free_paths(scenario)
        value = np.array([[0.4 * known[p].low + 0.6 * known[p].high] for p in paths])
        assert_the_same(Vectors(scenario, paths), value)


def test_two_effects_that_move_the_same_are_added_up_in_the_order_of_their_sizes() -> None:
    tree = as_tree(ISLANDS)
    raid = next(j for j in tree["juncture"] if j["name"] == "great_raid")
    raid["effect"] = (*raid["effect"], raid["effect"][0])
    scenario = Scenario.model_validate(tree)
    paths = [f"juncture.great_raid.effect.{k}.size" for k in (0, 1)]
    vectors = Vectors(scenario, [*paths, "juncture.great_raid.effect.1.half_life"])
    assert_the_same(vectors, np.array([[0.1, 0.7], [0.3, 0.2], [1.5, 9.0]]))


@pytest.mark.parametrize("plain", [False, True], ids=["alone", "beside one who is not drawn"])
def test_how_fast_a_drawn_leader_fades_may_vary(*, plain: bool) -> None:
    tree = as_tree(ISLANDS)
    raid = next(j for j in tree["juncture"] if j["name"] == "great_raid")
    push = [0.1, -0.5, 0.5, "log-odds", "assumed"]
    leads = {"moves": "leadership", "of": "state", "size": push}
    drawn = leads | {"drawn": True, "half_life": [2.0, 1.0, 9.0, "years", "assumed"]}
    raid["effect"] = (*raid["effect"], drawn, *([leads] if plain else []))
    scenario = Scenario.model_validate(tree)
    place = f"juncture.great_raid.effect.{len(raid['effect']) - 1 - plain}"
    vectors = Vectors(scenario, [f"{place}.size", f"{place}.half_life"])
    assert len(vectors.ready.world.drawn_leaders) == 1
    assert_the_same(vectors, np.array([[-0.2, 0.1, 0.4], [1.0, 2.0, 9.0]]))


def test_only_what_a_changed_number_feeds_is_worked_out_anew() -> None:
    prior = Prior(ISLANDS)
    vectors = Vectors(prior.scenario, prior.paths)
    theta = prior.sample(4, seed=1).T.copy()
    before = prior.numbers(theta)
    own = vectors.own_inputs(before)
    theta[prior.names.index("leader.admiral.push")] = 0.25
    after = prior.numbers(theta)
    changed = {int(row) for row in np.flatnonzero((before != after).any(axis=1))}
    vectors.own_inputs(after, own, only=changed)
    assert own.tobytes() == vectors.own_inputs(after).tobytes()


def test_a_run_of_a_vector_is_that_of_the_scenario_with_its_numbers() -> None:
    prior = Prior(ISLANDS)
    theta = prior.sample(70, seed=8)  # more than a block holds
    vectors = Vectors(prior.scenario, prior.paths)
    values, status, states = vectors.trajectories(
        prior.numbers(theta.T.copy()), runs=range(100, 170), seed=5
    )
    assert set(status) == {"ok"}
    for row in (0, 69):
        alone = simulate(prior.with_vector(theta[row]), runs=1, first_run=100 + row, seed=5)
        assert alone.states == states
        assert alone.values[0].tobytes() == values[row].tobytes()


@pytest.mark.parametrize(("vectors", "runs"), [(70, 150), (3, 70), (3, 2)])
def test_runs_take_vectors_in_turn_and_are_what_each_is_by_itself(vectors: int, runs: int) -> None:
    prior = Prior(ISLANDS)
    numbers = prior.numbers(prior.sample(vectors, seed=8).T.copy())
    laid_out = Vectors(prior.scenario, prior.paths)
    values, status, _ = laid_out.trajectories(numbers, runs=range(7, 7 + runs), seed=5)
    assert len(values) == len(status) == runs
    for row in {0, vectors - 1, vectors, runs - 1} & {*range(runs)}:
        own = numbers[:, [row % vectors]]
        alone, _, _ = laid_out.trajectories(own, runs=[7 + row], seed=5)
        assert values[row].tobytes() == alone[0].tobytes()


@pytest.mark.parametrize("name", LATTICE[:-1])
def test_what_a_theory_leaves_out_moves_nothing_that_is_observed(name: str) -> None:
    """Each dropped number goes from end to end of its range; levels, rungs and counts stay."""
    scenario = SHIPPED["japan_nato/baseline"]
    prior = Prior(scenario, name)
    world = prior.scenario
    known = dict(numbers(world))
    paths = [
        path
        for path in free_paths(world)
        if not prior.theory.needs(world, path) and known[path].low < known[path].high
    ]
    zeroed = ("domestic.law_", "willingness.trend")
    paths = [path for path in paths if not path.startswith(zeroed)]
    assert paths
    low = np.array([[known[path].low] for path in paths])
    high = np.array([[known[path].high] for path in paths])
    own = np.array([[known[path].value] for path in paths])
    vectors = Vectors(world, paths)
    values, status, states = vectors.trajectories(np.hstack([own, low, high]), runs=[7] * 3, seed=1)
    assert set(status) == {"ok"}
    seen = [k for k, state in enumerate(states) if state.startswith(OBSERVED)]
    assert values[0][:, seen].tobytes() == values[1][:, seen].tobytes()
    assert values[0][:, seen].tobytes() == values[2][:, seen].tobytes()


def test_numbers_of_kinds_are_set_aside_without_a_search_for_near_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def searched(*words: object) -> str:
        raise AssertionError(f"a message nobody sees was made: {words}")

    monkeypatch.setattr("alliance_sim.world.recipe.unknown_name", searched)
    kinds = [f"kind.{one.domain}_{one.name}.salience" for one in ISLANDS.kinds]
    vectors = Vectors(ISLANDS, ["willingness.network", *kinds])
    assert vectors.told == {path: row for row, path in enumerate(kinds, start=1)}


def test_a_path_that_leads_nowhere_is_told_with_the_nearest() -> None:
    with pytest.raises(ScenarioError, match=r"willingness\.network"):
        Vectors(ISLANDS, ["willingness.netwrok"])
