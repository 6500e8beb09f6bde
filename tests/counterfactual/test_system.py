"""Twins of small systems are those that are known exactly, and what cannot be used is told."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import poisson

from alliance_sim.counterfactual import TwinDraws, twin
from alliance_sim.errors import SettingError, UnknownName
from tests.counterfactual.systems import (
    Autoregression,
    Counts,
    ExclusiveOr,
    Ladder,
    Linear,
    NoisyOr,
)

DRAWS = 4000
SEEN = np.array([2.0, 1.0, 3.0])


def agrees(draws: TwinDraws, values: Any, exact: Any) -> None:
    """Hold a mean over draws against the truth, within four Monte Carlo standard errors."""
    sampled = np.asarray(values, dtype=np.float64)
    error = sampled.std(axis=0) / math.sqrt(draws.ess)
    assert (np.abs(sampled.mean(axis=0) - exact) <= 4 * error + 1e-12).all()


@pytest.fixture(scope="module")
def stronger() -> TwinDraws:
    return twin(Autoregression(), SEEN, {"a": 0.8}, draws=DRAWS, seed=1)


def test_the_noise_of_a_linear_system_is_inferred(stronger: TwinDraws) -> None:
    assert stronger.noise.shape == (DRAWS, 3)
    assert 1000 < stronger.ess <= DRAWS
    mean = np.array([3 / 5, 2 / 5, 6 / 5])
    agrees(stronger, stronger.noise, mean)
    agrees(stronger, (stronger.noise - mean) ** 2, np.array([68, 73, 77]) / 145)
    smoothed = np.array([8 / 5, 6 / 5, 9 / 5])
    agrees(stronger, stronger.factual["x"], smoothed)
    agrees(stronger, (stronger.factual["x"] - smoothed) ** 2, np.array([68, 72, 77]) / 145)


def test_a_linear_system_with_more_memory_would_have_gone_elsewhere(stronger: TwinDraws) -> None:
    mean = np.array([8 / 5, 42 / 25, 318 / 125])
    agrees(stronger, stronger.edited["x"], mean)
    variance = [68 / 145, 2193 / 3625, 64013 / 90625]
    agrees(stronger, (stronger.edited["x"] - mean) ** 2, variance)
    effect = stronger.effect("x")
    agrees(stronger, (effect - effect.mean(axis=0)) ** 2, [0, 153 / 3625, 7938 / 90625])
    # what would have been seen: the error of seeing is the fact's too
    agrees(stronger, stronger.edited["x"] + SEEN - stronger.factual["x"], [2, 37 / 25, 468 / 125])


def test_fresh_noise_forgets_what_happened(stronger: TwinDraws) -> None:
    fresh = twin(Autoregression(), SEEN, {"a": 0.8}, DRAWS, 1, coupling="independent")
    agrees(fresh, fresh.edited["x"], [1.0, 0.8, 0.64])
    assert (fresh.noise == stronger.noise).all()
    assert (fresh.factual["x"] == stronger.factual["x"]).all()


def test_a_push_that_is_taken_away_has_one_effect_whatever_the_noise() -> None:
    found = twin(Autoregression(), SEEN, {"u1": 0.0}, DRAWS, 2)
    agrees(found, found.edited["x"], [3 / 5, 7 / 10, 31 / 20])
    assert found.effect("x") == pytest.approx(np.tile([-1.0, -0.5, -0.25], (DRAWS, 1)), abs=1e-12)


def test_an_empty_edit_changes_nothing_and_a_seed_gives_the_same_draws_again() -> None:
    found = twin(Autoregression(), SEEN, None, 50, 3)
    assert (found.effect("x") == 0.0).all()
    assert (twin(Autoregression(), SEEN, None, 50, 3).noise == found.noise).all()
    assert not (twin(Autoregression(), SEEN, None, 50, 4).noise == found.noise).any()


@pytest.mark.parametrize(
    ("dimension", "seen", "sd"), [(1, 1, 1e-3), (6, 4, 0.01), (30, 40, 0.1), (80, 20, 0.01)]
)
def test_linear_systems_of_any_size_are_inferred_however_narrow(
    dimension: int, seen: int, sd: float
) -> None:
    system = Linear(dimension, seen, sd)
    mean, covariance = system.posterior
    found = twin(system, system.data, 3.0, 2000, 5)
    assert found.ess == 2000
    agrees(found, found.noise, mean)
    agrees(found, (found.noise - mean) ** 2, np.diag(covariance))
    agrees(found, found.effect("x"), 2.0 * system.b @ mean)


class Bent(Linear):
    """The same with one effect of the noise that is bent, so that no formula knows the answer."""

    def run(self, noise: Any, edit: Any) -> Any:
        bent = noise.copy()
        bent[0] = math.sinh(noise[0])
        return super().run(bent, edit)


def test_what_is_no_normal_is_sampled() -> None:
    system = Bent(2, 3, 0.2)
    z = np.linspace(-6, 6, 1201)
    one, other = np.meshgrid(z, z, indexing="ij")
    logs = -0.5 * (one**2 + other**2)
    for row, seen in zip(system.a, system.data, strict=True):
        logs -= 0.5 * ((seen - row[0] * np.sinh(one) - row[1] * other) / system.sd) ** 2
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    found = twin(system, system.data, 2.0, 2000, 6)
    assert 500 < found.ess <= 2000
    for sampled, values in zip(found.noise.T, (one, other), strict=True):
        mean = float((weights * values).sum())
        agrees(found, sampled, mean)
        agrees(found, (sampled - mean) ** 2, float((weights * (values - mean) ** 2).sum()))


def test_probabilities_of_causation_of_a_noisy_or() -> None:
    system = NoisyOr()
    happened = twin(system, {"x": True, "y": True}, False, DRAWS, 1)
    agrees(happened, ~happened.edited["y"], 72 / 107)
    both = twin(system, {"x": True, "x2": True, "y": True}, False, DRAWS, 1)
    agrees(both, ~both.edited["y"], 36 / 91)
    absent = twin(system, {"x": False, "y": False}, True, DRAWS, 1)
    agrees(absent, absent.edited["y"], 4 / 5)
    without, with_it = (twin(system, {}, edit, DRAWS, 1).edited["y"] for edit in (False, True))
    agrees(absent, with_it, 107 / 125)
    agrees(absent, with_it & ~without, 72 / 125)
    assert (happened.effect("y") == happened.edited["y"] - 1.0).all()


def test_probabilities_of_causation_of_an_exclusive_or() -> None:
    system = ExclusiveOr()
    assert not twin(system, {"x": True, "y": True}, False, 500, 1).edited["y"].any()
    assert twin(system, {"x": False, "y": False}, True, 500, 1).edited["y"].all()
    anybody = twin(system, {}, True, DRAWS, 1)
    agrees(anybody, anybody.edited["y"] & ~twin(system, {}, False, DRAWS, 1).edited["y"], 7 / 10)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("coupling", "edit", "exact"),
    [
        ("quantile", 0.5, {1: 1.0}),
        ("thinning", 0.5, {0: 1 / 4, 1: 1 / 2, 2: 1 / 4}),
        ("independent", 0.5, {k: poisson.pmf(k, 1.0) for k in range(4)}),
        ("quantile", 2.0, {3: 0.101468, 4: 0.721788, 5: 0.176744}),
        ("thinning", 2.0, {2 + k: poisson.pmf(k, 2.0) for k in range(4)}),
    ],
)
def test_couplings_agree_on_the_mean_and_on_nothing_else(
    coupling: str, edit: float, exact: dict[int, float]
) -> None:
    found = twin(Counts(np.array([2.0])), {"count": [2.0]}, edit, DRAWS, 1, coupling=coupling)
    assert (found.factual["count"] == 2.0).all()
    for count, probability in exact.items():
        agrees(found, found.edited["count"][:, 0] == count, probability)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("coupling", "edit", "mean"),
    [
        ("quantile", 2.0, 4.075277),
        ("thinning", 2.0, 4.0),
        ("counter_monotone", 2.0, 3.593061),
        ("counter_monotone", 0.5, 0.835387),
    ],
)
def test_couplings_of_counts_have_these_means(coupling: str, edit: float, mean: float) -> None:
    found = twin(Counts(np.array([2.0])), {"count": [2.0]}, edit, DRAWS, 2, coupling=coupling)
    agrees(found, found.edited["count"][:, 0], mean)


@pytest.mark.slow
def test_a_move_that_was_seen_would_have_come_later_or_sooner() -> None:
    system = Ladder((0.2,), quarters=160)
    slower = twin(system, {"date": [4.0]}, 0.1, DRAWS, 1)
    dates = slower.edited["date"][:, 0]
    agrees(slower, dates == 4, 0.5)
    agrees(slower, dates, 9.0)
    agrees(slower, dates <= 8, 13439 / 20000)
    fresh = twin(system, {"date": [4.0]}, 0.1, DRAWS, 1, coupling="independent")
    agrees(fresh, fresh.edited["date"][:, 0], 10.0)
    agrees(fresh, fresh.edited["date"][:, 0] <= 8, 0.56953279)
    faster = twin(system, {"date": [4.0]}, 0.3, DRAWS, 1)
    for quarter, probability in enumerate((1 / 8, 7 / 64, 49 / 512, 343 / 512), start=1):
        agrees(faster, faster.edited["date"][:, 0] == quarter, probability)
    agrees(faster, faster.edited["date"][:, 0], 1695 / 512)


def limits(dates: list[float], hazards: tuple[float, ...], quarters: int) -> tuple[Any, Any]:
    """Return between what each uniform must lie for rungs to be climbed at their dates."""
    low, high, first = np.zeros(quarters), np.ones(quarters), 0
    for date, hazard in zip(dates, hazards, strict=True):
        low[first : int(date) - 1], high[int(date) - 1] = hazard, hazard
        first = int(date)
    return low, high


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dates", "hazards"),
    [
        ([4.0, 9.0, 15.0], (0.2, 0.1, 0.15)),  # one draw of the prior in 2,000
        ([4.0, 9.0, 15.0, 22.0, 26.0, 30.0], (0.2, 0.1, 0.15, 0.2, 0.1, 0.1)),  # one in 10 million
    ],
)
def test_dates_that_hardly_ever_come_together_are_found(
    dates: list[float], hazards: tuple[float, ...]
) -> None:
    found = twin(Ladder(hazards, 32), {"date": dates}, 0.1, 1000, 1)
    assert (found.factual["date"] == dates).all()
    assert found.ess > 250
    low, high = limits(dates, hazards, 32)
    uniforms = ndtr(found.noise)
    agrees(found, uniforms, (low + high) / 2)
    agrees(found, (uniforms - (low + high) / 2) ** 2, (high - low) ** 2 / 12)


@pytest.mark.slow
def test_counts_that_hardly_ever_come_together_are_found() -> None:
    rates, seen = np.array([2.0, 1.0, 3.5, 0.7, 2.2, 4.0]), [2.0, 0.0, 5.0, 1.0, 1.0, 6.0]
    found = twin(Counts(rates), {"count": seen}, 0.5, 1000, 1, coupling="thinning")
    assert (found.factual["count"] == seen).all()
    assert found.ess > 250
    agrees(found, found.edited["count"], np.array(seen) / 2)
    low, high = poisson.cdf(np.array(seen) - 1, rates), poisson.cdf(seen, rates)
    agrees(found, ndtr(found.noise[:, :6]), (low + high) / 2)


class Broken(Autoregression):
    """A system that does one thing wrong."""

    couplings: Any = ("thinning",)

    def __init__(self, **wrong: Any) -> None:
        for name, value in wrong.items():
            setattr(self, name, value)


@pytest.mark.parametrize(
    ("wrong", "arguments", "words"),
    [
        ({"dimension": 0.5}, {}, "system.dimension is 0.5, must be a whole number"),
        (
            {"run": None, "log_likelihood": 3},
            {"draws": 0},
            "run is miss.*\n.*log_l.*\n.*draws is 0",
        ),
        ({}, {"draws": 2.5}, "draws is 2.5, must be a whole number, at least 1"),
        ({}, {"seed": -1}, "seed is -1"),
        ({}, {"coupling": "thining"}, "coupling 'thining'; did you mean 'thinning'"),
        ({}, {"coupling": "other"}, "known: independent, quantile, thinning"),
        ({"couplings": "thinning"}, {}, "system.couplings is 'thinning', must be a list of names"),
        ({"run": lambda noise, edit: 3}, {}, "run: .*\n.*returned 3, must return arrays by name"),
        ({"log_likelihood": lambda run, data: None}, {}, "returned None, must return a finite"),
        ({"log_likelihood": lambda run, data: math.nan}, {}, "returned nan"),
        ({"log_likelihood": lambda run, data: math.inf}, {}, "returned inf"),
        ({"log_likelihood": lambda run, data: run["x"]}, {}, "must return a finite number"),
    ],
)
def test_what_a_system_or_a_question_lacks_is_told(
    wrong: dict[str, Any], arguments: dict[str, Any], words: str
) -> None:
    asked = {"draws": 10, "seed": 1} | arguments
    with pytest.raises(SettingError, match=words):
        twin(Broken(**wrong), SEEN, None, **asked)


def test_data_that_cannot_be_are_told() -> None:
    with pytest.raises(
        SettingError, match=r"is -inf at each of 131,072 draws .* as a mapping from"
    ):
        twin(Broken(log_likelihood=lambda run, data: -math.inf), None, None, 10, 1)


def test_effects_are_of_what_both_worlds_have() -> None:
    def run(noise: Any, edit: Any) -> Any:
        wide = {"alike": noise[0] > 0, "wide": np.zeros(2 if edit else 3), "word": "a"}
        return wide | ({"here": 1} if edit else {"there": 1})

    found = twin(Broken(run=run, log_likelihood=lambda run, data: 0.0), None, 1, 5, 1)
    assert (found.effect("alike") == 0.0).all()
    with pytest.raises(UnknownName, match="unknown output 'alik'; did you mean 'alike'"):
        found.effect("alik")
    with pytest.raises(UnknownName, match="unknown output 'here'"):
        found.effect("here")
    with pytest.raises(SettingError, match=r"shape \(5, 2\) in the edited world, \(5, 3\) in fact"):
        found.effect("wide")
    with pytest.raises(SettingError, match="must hold numbers"):
        found.effect("word")


def test_runs_have_to_be_alike() -> None:
    def run(noise: Any, edit: Any) -> Any:
        return {"x": np.zeros(1 + (noise[0] > 0))}

    with pytest.raises(SettingError, match=r"'x' has shape \(\d,\) in draw \d+ in fact"):
        twin(Broken(run=run, log_likelihood=lambda run, data: 0.0), None, None, 20, 1)


def test_a_system_without_noise_has_one_history() -> None:
    class Sure:
        dimension = 0

        def run(self, noise: Any, edit: Any) -> Any:
            return {"level": 1.0 if edit is None else edit}

        def log_likelihood(self, run: Any, data: Any) -> float:
            return 0.0

    found = twin(Sure(), None, 3.0, 4, 1)
    assert found.noise.shape == (4, 0)
    assert found.effect("level").tolist() == [2.0] * 4
