"""Weights, ranks, filters and power-scaling say what is wrong with numbers they are given."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alliance_sim import SettingError
from alliance_sim.calibration import (
    Layout,
    PosteriorDraws,
    PowerScaling,
    Predictive,
    RankStudy,
    Sequential,
    TemperedSettings,
    bootstrap_filter,
    check_ranks,
    diagnose,
    power_scaling,
    smoothed_weights,
)
from alliance_sim.calibration.prior import Prior
from alliance_sim.calibration.target import Target
from alliance_sim.record.record import Record
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.scenario import build

DRAWS = np.random.default_rng(1).normal(size=(50, 2))
LOGS = -0.5 * (DRAWS**2).sum(axis=1)


def scaled(**given: Any) -> list[PowerScaling]:
    arguments = {"names": ("a", "b"), "draws": DRAWS, "log_prior": LOGS, "log_likelihood": LOGS}
    return power_scaling(**(arguments | given))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"powers": (1, 2)}, r"powers is \(1, 2\), must be two numbers above 0, one below 1 and"),
        ({"powers": (0, 1.25)}, r"powers is \(0, 1.25\), must be two numbers"),
        ({"powers": (0.8, 0.9)}, "one below 1 and one above 1"),
        ({"powers": (0.8, 1.1, 1.25)}, "must be two numbers"),
        ({"powers": 0.8}, "must be two numbers"),
        ({"names": ("a", "b", "c")}, "names are 3, must be one for each of 2 quantities"),
        ({"names": "ab"}, "names are 1, must be one for each of 2 quantities"),
        ({"draws": DRAWS[:, 0]}, r"draws has shape \(50,\), must be \(draw, quantity\)"),
        ({"draws": np.where(DRAWS > 2, math.nan, DRAWS)}, "draws holds [0-9]+ that are NaN or inf"),
        ({"log_prior": LOGS[:-1]}, "log_prior holds 49, must hold one for each of 50 draws"),
        ({"log_likelihood": None}, "log_likelihood has shape"),
    ],
)
def test_power_scaling_says_what_does_not_go_together(given: Any, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        scaled(**given)


def test_power_scaling_tells_all_that_is_wrong_at_once() -> None:
    with pytest.raises(SettingError) as told:
        scaled(names="a", log_prior=LOGS[1:], log_likelihood="x", powers=(1, 2))
    assert len(told.value.problems) == 4


def test_powers_may_stand_in_either_order_and_one_name_alone() -> None:
    assert scaled(powers=(1.25, 0.8)) == scaled()
    assert [one.name for one in scaled(names="level", draws=DRAWS[:, :1])] == ["level"]


@pytest.mark.parametrize("k", [0.71, math.inf, math.nan])
def test_no_verdict_is_given_where_weights_are_not_to_be_trusted(k: float) -> None:
    assert PowerScaling("level", 0.5, 0.5, 0.7).verdict == "prior and data disagree"
    assert PowerScaling("level", 0.5, 0.5, k).verdict == "not to be trusted"


@pytest.mark.parametrize(
    ("ranks", "settings", "words"),
    [
        ([1, 2], {"most": 0}, "most is 0, must be a whole number, at least 1"),
        (
            [1, 500, -1],
            {"most": 10},
            "ranks hold 2 such as 500, must be whole numbers from 0 to 10",
        ),
        ([1.0, math.nan], {"most": 10}, "ranks hold nan, must be whole numbers from 0 to 10"),
        ([1.0, 2.5], {"most": 10}, "ranks hold 2.5"),
        ([1, 2], {"most": 10, "probability": 2.0}, "probability is 2.0, must be above 0 and below"),
        ([1, 2], {"most": 10, "probability": "0.9"}, "probability is '0.9', must be above 0"),
        (["x"], {"most": 10}, "ranks is .*, must be numbers"),
    ],
)
def test_ranks_that_are_none_of_so_many_draws_are_refused(
    ranks: Any, settings: Any, words: str
) -> None:
    with pytest.raises(SettingError, match=words):
        check_ranks("x", ranks, **settings)


def test_ranks_may_be_a_list() -> None:
    listed = check_ranks("x", [0, 3, 10, 7], most=10)  # type: ignore[arg-type]
    assert listed.p_value == check_ranks("x", np.array([0, 3, 10, 7]), most=10).p_value


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"replicates": -1}, "replicates is -1, must be a whole number, at least 1"),
        ({"draws": 0}, "draws is 0, must be a whole number, at least 1"),
        ({"names": ()}, "names is empty"),
        ({"replicate": None}, "replicate is None, must be a function of its number"),
    ],
)
def test_a_study_of_nothing_is_refused(given: Any, words: str) -> None:
    usual: dict[str, Any] = {"names": "x", "replicate": len, "replicates": 2, "draws": 2, "seed": 1}
    assert RankStudy(**usual).names == ("x",)
    with pytest.raises(SettingError, match=words):
        RankStudy(**usual | given)


@pytest.mark.parametrize(
    ("ratios", "words"),
    [(["a"], "log_ratios is .*, must be numbers"), ([[1.0], [1.0, 2.0]], "must be numbers")],
)
def test_weights_of_what_are_no_numbers_are_refused(ratios: Any, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        smoothed_weights(ratios)


def test_weights_of_a_list_are_those_of_an_array() -> None:
    found, k = smoothed_weights([0.0, 1.0, 2.0])  # type: ignore[arg-type]
    same, also = smoothed_weights(np.array([0.0, 1.0, 2.0]))
    assert np.array_equal(found, same)
    assert k == also


def filtered(weights: Any, steps: int = 2, start: Any = (0.0, 0.0, 0.0)) -> Any:
    return bootstrap_filter(
        lambda x, _step, _rng: x,
        lambda _x, step: weights[step],
        np.array(start),
        steps=steps,
        seed=1,
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"weights": (), "steps": -1}, "steps is -1, must be a whole number, at least 0"),
        ({"weights": (), "start": ()}, r"start has shape \(0,\), must hold at least one particle"),
        ({"weights": ([0, 0, 0], [0, math.nan, 0])}, "step 1: log_weight holds 1 that are NaN"),
        ({"weights": ([0, math.inf, 0],)}, r"step 0: log_weight holds 1 that are NaN or \+inf"),
        ({"weights": ([0, 0],)}, "step 0: log_weight holds 2, must hold one for each of 3"),
        ({"weights": (0.0,)}, r"step 0: log_weight has shape \(\), must be \(particle,\)"),
    ],
)
def test_a_filter_says_at_which_step_weights_are_none(given: Any, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        filtered(**given)


def test_a_single_parameter_has_no_correlations(islands_posterior: PosteriorDraws) -> None:
    held, scenario = islands_posterior.held, islands_posterior.prior.scenario
    only = {"source": "made up", "path": "levels.pace", "family": "normal", "parameters": [1, 0.5]}
    prior = Prior(build(as_tree(scenario) | {"prior": [only], "spread": []}, "islands.toml"))
    alone = replace(held, names=prior.names, parameters=held.parameters[:, :1])
    found = PosteriorDraws(alone, prior).correlations()
    assert found.empty
    assert list(found) == ["name", "other", "correlation", "prior"]


def test_diagnoses_are_of_lists_too_and_of_numbers_alone() -> None:
    draws = np.random.default_rng(2).normal(size=(4, 10, 1))
    assert diagnose(draws.tolist()).rhat[0] == diagnose(draws).rhat[0]
    with pytest.raises(SettingError, match=r"draws are object of shape \(1, 1, 1\), must be num"):
        diagnose(np.full((1, 1, 1), None))


FORECAST = Predictive.of_means(0, np.ones((2, 3, 4)))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: Predictive.of_means(0, "x"),
            r"mean has shape \(\), must be \(draw, quarter,",
        ),
        (lambda: Predictive.of_means(0, np.ones((1, 1, 1)), "x"), "size is 'x', must be numbers"),
        (lambda: Predictive.of_means(0, [[[1]]], 1.0, None), "weight is None, must be numbers"),  # type: ignore[arg-type]
        (lambda: Predictive.of_counts(0, [[[None]]]), "draws is .*, must be numbers"),  # type: ignore[arg-type]
        (lambda: FORECAST.quantile(2.0), "share is 2.0, must be from 0 to 1"),
        (lambda: FORECAST.quantile(math.nan), "share is nan, must be from 0 to 1"),
        (lambda: FORECAST.logs(np.zeros((2, 2), np.int64)), r"shape \(2, 2\), must be \(3, 4\)"),
        (lambda: Sequential([len], Layout(1), seed=1, later=-1), "later is -1, must be a whole"),  # type: ignore[list-item]
        (lambda: TemperedSettings(cycles=3), "cycles is 3, must be four whole numbers"),  # type: ignore[arg-type]
        (lambda: TemperedSettings(keep="x"), "keep is 'x', must be above 0 and below 1"),  # type: ignore[arg-type]
    ],
)
def test_what_a_forecast_or_a_sampler_cannot_use_is_told(call: Any, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        call()


def test_parts_of_a_likelihood_are_known_ones(islands_posterior: PosteriorDraws) -> None:
    prior = islands_posterior.prior
    record = Record.of(prior.scenario)
    assert Target(prior, record, parts="counts").parts == ("counts",)
    with pytest.raises(SettingError, match="unknown part 'count'; did you mean 'counts'"):
        Target(prior, record, parts=("count",))
