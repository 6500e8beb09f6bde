"""Smoothed weights are those of ArviZ; power scaling moves a normal posterior as it must."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from scipy.stats import norm

from alliance_sim.calibration import power_scaling, smoothed_weights
from alliance_sim.calibration.layout import log_ratio
from alliance_sim.calibration.powers import distance
from alliance_sim.errors import SettingError


@pytest.mark.parametrize("tail", ["light", "heavy", "very heavy"])
def test_smoothed_weights_are_those_of_arviz(tail: str) -> None:
    az = pytest.importorskip("arviz")
    if not hasattr(az, "psislw"):
        pytest.skip("ArviZ 1 fits the tail in another way: a shape of 0.035 for 0.038")
    rng = np.random.default_rng(1)
    ratios = {
        "light": 0.2 * rng.normal(size=1_000),
        "heavy": rng.exponential(size=800) * 0.6,
        "very heavy": rng.exponential(size=601) * 2.0,
    }[tail]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs, k = az.psislw(ratios)
    ours, shape = smoothed_weights(ratios)
    assert shape == pytest.approx(float(k), rel=1e-9)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    assert math.fsum(np.exp(ours)) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("ratios", "words"),
    [
        (np.zeros(0), "at least one"),
        (np.zeros((2, 3)), r"shape \(2, 3\)"),
        (np.array([0.0, math.nan, math.inf]), "hold 2 that are NaN or inf"),
        (np.full(4, -math.inf), "no draw is possible"),
    ],
)
def test_ratios_that_make_no_weights_are_refused(ratios: np.ndarray, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        smoothed_weights(ratios)


def test_differences_that_rounding_has_swallowed_are_no_error() -> None:
    weights, _ = smoothed_weights(np.random.default_rng(1).normal(size=300) * 1e-17)
    np.testing.assert_allclose(np.exp(weights), 1 / 300)


def test_what_is_impossible_under_either_has_no_ratio_and_no_nan_comes_of_it() -> None:
    never = -math.inf
    found = log_ratio(np.array([3.0, never, 3.0, never]), np.array([1.5, 1.5, never, never]))
    assert found.tolist() == [1.5, never, never, never]


def test_a_handful_of_possible_draws_is_not_to_be_trusted() -> None:
    ratios = np.full(300, -math.inf)
    ratios[:6] = np.linspace(0.0, 1.0, 6)
    weights, k = smoothed_weights(ratios)
    assert k == math.inf
    assert np.exp(weights[6:]).sum() == 0.0
    assert math.fsum(np.exp(weights)) == pytest.approx(1.0)


def test_equal_ratios_are_trusted_and_a_single_large_one_is_not() -> None:
    weights, k = smoothed_weights(np.full(50, -3.0))
    assert k == -math.inf
    np.testing.assert_allclose(np.exp(weights), 0.02)
    ratios = np.zeros(200)
    ratios[3] = 50.0
    weights, k = smoothed_weights(ratios)
    assert k > 0.7
    assert np.exp(weights[3]) > 0.99


def test_an_impossible_draw_gets_no_weight() -> None:
    ratios = np.random.default_rng(2).normal(size=300)
    ratios[7] = -np.inf
    weights, k = smoothed_weights(ratios)
    assert weights[7] == -np.inf
    assert math.isfinite(k)


def test_a_weighted_normal_lies_as_far_away_as_the_normals_do() -> None:
    """Both integrals run to the largest draw, so they differ where tails do not vanish."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=200_000)
    weights = np.exp(0.3 * x)
    found = distance(x, weights / weights.sum())
    edge = np.abs(x).max()
    grid = np.linspace(-edge, edge, 200_001)
    expected = []
    for p, q in (
        (norm.cdf(grid), norm.cdf(grid, 0.3)),
        (norm.sf(grid), norm.sf(grid, 0.3)),
    ):
        terms = p * np.log2(2 * p / (p + q)) + q * np.log2(2 * q / (p + q))
        expected.append(math.sqrt(terms.sum() / (p + q).sum()))
    assert found == pytest.approx(max(expected), rel=0.05)


def test_what_the_data_tell_moves_with_them_and_what_they_do_not_moves_with_the_prior() -> None:
    """Four unknowns, standard normals before: seen sharply, not at all, against the prior, both."""
    rng = np.random.default_rng(4)
    seen, precision = np.array([0.0, 0.0, 4.0, 0.0]), np.array([25.0, 0.0, 1.5, 1.5])
    mean, sd = precision * seen / (1 + precision), 1 / np.sqrt(1 + precision)
    z = mean + sd * rng.normal(size=(8_000, 4))
    log_prior = -0.5 * (z**2).sum(axis=1)
    log_likelihood = -0.5 * (precision * (seen - z) ** 2).sum(axis=1)
    names = ("sharp", "unseen", "against", "both")
    found = {s.name: s for s in power_scaling(names, z, log_prior, log_likelihood)}
    assert all(s.pareto_k < 0.7 for s in found.values())
    assert found["sharp"].verdict == "told by the data"
    assert found["unseen"].verdict == "told by the prior"
    assert found["against"].verdict == "prior and data disagree"
    assert found["against"].prior > 2 * found["both"].prior
    assert found["unseen"].likelihood < 0.02
