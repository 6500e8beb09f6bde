"""What a function of one's own can do wrong is said in words, and what can be set wrong too."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from alliance_sim.calibration import (
    Chains,
    ChainSettings,
    Layout,
    Tempered,
    TemperedSettings,
    elliptical_slice,
)
from alliance_sim.errors import SettingError


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda _: math.nan, r"returned NaN, must return finite numbers, or -inf .*\[-?\d"),
        (lambda _: math.inf, r"returned \+inf"),
        (lambda _: None, "returned None, must return one number"),
        (lambda _: "much", "returned 'much', must return one number"),
        (lambda _: True, "returned True"),
        (lambda z: z, r"of shape \(2,\), must return one number for an array of shape \(2,\)"),
        (lambda _: -math.inf, "is -inf at each of 10,000 draws of the prior"),
    ],
)
def test_a_function_that_gives_no_likelihood_is_told_so(function: Any, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        elliptical_slice(function, 2, 10, 1)


def test_a_function_that_gives_one_place_two_values_is_told_so() -> None:
    calls = iter(range(10**9))
    with pytest.raises(SettingError, match="gives one place different values"):
        elliptical_slice(lambda _: -1.0e3 * next(calls), 2, 10, 1)


def test_all_wrong_arguments_are_told_at_once() -> None:
    with pytest.raises(SettingError) as told:
        elliptical_slice(3, 0, 1.5, 1)  # type: ignore[arg-type]
    assert len(told.value.problems) == 3
    assert "dimension is 0, must be a whole number, at least 1" in str(told.value)
    with pytest.raises(SettingError, match="seed is -1"):
        elliptical_slice(lambda _: 0.0, 2, 10, -1)


def test_a_function_that_changes_what_it_is_given_changes_nothing() -> None:
    def rude(z: np.ndarray) -> float:
        value = float(-(z**2).sum())
        z[:] = 100.0
        return value

    kind = elliptical_slice(lambda z: float(-(z**2).sum()), 2, 20, 5)
    assert (elliptical_slice(rude, 2, 20, 5) == kind).all()


def test_numpy_numbers_and_one_unknown_will_do() -> None:
    draws = elliptical_slice(lambda z: np.float32(-z[0]), np.int64(1), np.int64(5), 3)  # type: ignore[arg-type, return-value]
    assert draws.shape == (5, 1)
    assert draws.dtype == np.float64


def test_a_seed_gives_the_same_draws_and_another_seed_others() -> None:
    one = elliptical_slice(lambda z: -abs(z[0]), 2, 30, 5)
    assert (one == elliptical_slice(lambda z: -abs(z[0]), 2, 30, 5)).all()
    assert not (one == elliptical_slice(lambda z: -abs(z[0]), 2, 30, 6)).any()


def impossible(unknowns: np.ndarray) -> np.ndarray:
    return np.full(unknowns.shape[1], -np.inf)


def test_chains_and_particles_say_where_nothing_is_possible() -> None:
    few = ChainSettings(chains=3, superchains=0)
    with pytest.raises(SettingError, match="-inf at each of 1,000 draws of the prior, for 3 of 3"):
        Chains(impossible, Layout(2), seed=1, settings=few).advance()
    with pytest.raises(SettingError, match="-inf at each of 64 draws of the prior"):
        Tempered(impossible, Layout(2), seed=1, settings=TemperedSettings(particles=64)).advance()


def rarely(unknowns: np.ndarray) -> np.ndarray:
    return np.where(unknowns[0] > 1.5, -((unknowns[1] - 1.0) ** 2), -np.inf)


@pytest.mark.slow
def test_what_is_possible_in_a_part_of_the_prior_alone_is_found() -> None:
    chains = Chains(rarely, Layout(2), seed=1, settings=ChainSettings(chains=20, draws=20))
    while not chains.finished:
        chains.advance()
    assert (chains.parameters[:, :, 0] > 1.5).all()
    particles = Tempered(rarely, Layout(2), seed=1, settings=TemperedSettings(particles=512))
    while not particles.finished:
        particles.advance()
    # P(z > 1.5) E exp(-(z - 1)^2): 0.0668072 and exp(-1 / 3) / sqrt(3)
    exact = math.log(0.0668072) - 1.0 / 3.0 - 0.5 * math.log(3.0)
    assert abs(particles.log_evidence - exact) < 4 * particles.error


def test_settings_and_places_that_make_no_sense_are_told() -> None:
    with pytest.raises(SettingError, match="superchains is 5, must divide the number of chains, 6"):
        ChainSettings(chains=6, superchains=5)
    with pytest.raises(SettingError) as told:
        ChainSettings(chains=0, draws=0, round=True)
    assert len(told.value.problems) == 3
    with pytest.raises(SettingError) as told:
        TemperedSettings(particles=3, keep=1.0, cycles=(1, 2, 3, 0))
    assert len(told.value.problems) == 3
    with pytest.raises(SettingError, match="nothing to infer"):
        Layout(0, steps=4)
    with pytest.raises(SettingError, match="parameters is -1"):
        Layout(-1)
    with pytest.raises(SettingError, match=r"start has shape \(3, 1\), must be \(2, places\)"):
        Chains(rarely, Layout(2), seed=1, start=np.zeros((3, 1))).advance()
    with pytest.raises(SettingError, match="place 0 is impossible"):
        Chains(rarely, Layout(2), seed=1, start=np.zeros((2, 1))).advance()
