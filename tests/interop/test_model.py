"""`alliance_sim.model`: what samplers of others are given."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import alliance_sim
from alliance_sim import ScenarioError, SettingError, load_scenario, simulate

MODEL = alliance_sim.model("two_islands/baseline")
THETA = MODEL.prior.sample(3, seed=4)


def zeros() -> dict[str, np.ndarray]:
    return {name: np.zeros(MODEL.target.layout.steps) for name in MODEL.channels}


def test_a_model_says_what_its_parameters_are_called_and_why_others_are_not_there() -> None:
    assert MODEL.theory == "RID"
    assert MODEL.names == MODEL.prior.names
    assert alliance_sim.model("two_islands/baseline", "N").dropped["willingness.assets"]
    with pytest.raises(ScenarioError, match="unknown theory 'X'"):
        alliance_sim.model("two_islands/baseline", "X")


def test_runs_of_one_vector_are_those_of_the_scenario_with_its_numbers() -> None:
    found = MODEL.simulate(THETA[0], runs=3, seed=7)
    same = simulate(MODEL.prior.with_vector(THETA[0]), runs=3, seed=7)
    assert found.values.tobytes() == same.values.tobytes()
    assert found.digest == same.digest


def test_with_as_many_vectors_as_runs_each_run_has_its_own() -> None:
    found = MODEL.simulate(THETA, seed=7)
    for run in range(3):
        alone = simulate(MODEL.prior.with_vector(THETA[run]), runs=1, first_run=run, seed=7)
        assert found.values[run].tobytes() == alone.values[0].tobytes()
    assert found.engine.startswith("kernel with 3 parameter vectors")
    with pytest.raises(SettingError, match="runs is 2, theta holds 3 vectors; leave it out"):
        MODEL.simulate(THETA, runs=2)
    with pytest.raises(SettingError, match=r"levels\.pace is 77, must be from 0\.15 to 4"):
        MODEL.simulate(np.where(np.array(MODEL.names) == "levels.pace", 77.0, THETA))


def test_quarter_by_quarter_comes_to_the_same_as_all_at_once() -> None:
    whole = MODEL.simulate(THETA, seed=9)
    state = MODEL.init(THETA, seed=9)
    for quarter in range(whole.values.shape[1]):
        assert (state.step, state.quarter) == (quarter, whole.calendar.labels[quarter])
        for k, name in enumerate(whole.states):
            assert state.values[name].tobytes() == whole.values[:, quarter, k].tobytes()
        if quarter < whole.values.shape[1] - 1:
            state = MODEL.step(state)
    with pytest.raises(SettingError, match="2010Q4 is the last quarter of the history"):
        MODEL.step(state)


def test_a_state_stays_as_it_was_and_can_be_gone_on_with_twice() -> None:
    state = MODEL.step(MODEL.init(THETA, seed=9))
    once, twice = MODEL.step(state), MODEL.step(state)
    assert once.values["level_political"].tobytes() == twice.values["level_political"].tobytes()


def test_chosen_lanes_go_on_with_their_own_state_and_parameters() -> None:
    state = MODEL.init(THETA, seed=9)
    again = state.of([2, 2, 0])
    assert again.values["level_political"][0] == state.values["level_political"][2]
    on = MODEL.step(again).values["level_political"]  # in which no noise of the quarter shows yet
    assert on[0] == on[1] == MODEL.step(state).values["level_political"][2]
    for wrong in ([0, 1], [0, 1, 3], np.array([0.0, 1.0, 2.0])):
        with pytest.raises(SettingError, match="chosen must"):
            state.of(wrong)


def test_the_flat_target_and_the_named_likelihood_are_one() -> None:
    target = MODEL.target
    rng = np.random.default_rng(3)
    z = rng.standard_normal((target.dimension, 3))
    k, layout = len(MODEL.names), target.layout
    normals = z[k:].reshape(layout.steps, layout.channels, 3)
    noise = {name: normals[:, c].T for c, name in enumerate(MODEL.channels)}
    theta = MODEL.prior.transform(z[:k].T)
    named = MODEL.log_likelihood(theta, noise)
    np.testing.assert_array_equal(named, target(z))
    first = {name: values[0] for name, values in noise.items()}
    assert MODEL.log_likelihood(theta[0], first) == target(z)[0]


def test_a_column_of_the_target_hangs_on_that_column_alone() -> None:
    target = MODEL.target
    z = np.random.default_rng(3).standard_normal((target.dimension, 64))
    whole = target(z)
    assert np.isfinite(whole).any()
    for lane in (0, 17, 63):
        assert target(z[:, [lane]])[0] == whole[lane]
    z[:, 5] += 0.1
    after = target(z)
    assert np.flatnonzero(after != whole).tolist() in ([5], [])
    assert pickle.loads(pickle.dumps(target))(z).tobytes() == after.tobytes()


def test_noise_that_is_wrong_is_told_all_at_once() -> None:
    noise: dict[str, Any] = zeros()
    first, second = MODEL.channels[:2]
    noise[first] = np.zeros(3)
    del noise[second]
    noise["weather"] = np.zeros(3)
    with pytest.raises(SettingError) as caught:
        MODEL.log_likelihood(THETA[0], noise)
    told = "\n".join(caught.value.problems)
    assert "unknown channel 'weather'" in told
    assert f"{second} is missing" in told
    assert f"{first} is 3, must be (40,)" in told


def test_what_an_edit_sets_stays_set_in_every_history() -> None:
    edited = load_scenario("two_islands/baseline").with_number("levels.pace", 1.0)
    model = alliance_sim.model(edited)
    assert "levels.pace" not in model.names
    assert model.dropped["levels.pace"].startswith("an edit sets")


def test_until_and_series_name_what_is_allowed() -> None:
    with pytest.raises(SettingError, match="must be a year of the scenario, 2001 to 2010"):
        _ = alliance_sim.model("two_islands/baseline", until=2020).target
    with pytest.raises(SettingError, match="unknown series 'allied'; did you mean 'alliance'"):
        _ = alliance_sim.model("two_islands/baseline", series="allied").target
    shorter = alliance_sim.model("two_islands/baseline", until=2006).target
    assert shorter.layout.steps == 24


@pytest.mark.parametrize("first_run", [-1, 2**32, 1.5])
def test_a_run_that_there_is_not_begins_no_history(first_run: Any) -> None:
    with pytest.raises(SettingError, match=r"first_run is|the last run would be"):
        MODEL.init(THETA, seed=1, first_run=first_run)
