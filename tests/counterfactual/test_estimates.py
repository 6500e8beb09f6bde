"""Intervals and signs say as much after many re-runs of a draw as after few."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import beta

from alliance_sim.counterfactual.estimates import (
    HIGH,
    LEAST,
    LOW,
    Estimate,
    estimate_of,
    likely,
    told_of_outside,
)

DRAWS = 2000
Floats = NDArray[np.float64]


def lowered(chances: Floats, reruns: int, seed: int = 1) -> Floats:
    """Return effects of -1 or 0 that come about with the chance of their draw, array (history,)."""
    rng = np.random.default_rng(seed)
    came = rng.random((reruns, len(chances))) < chances
    return np.where(came, -1.0, 0.0).ravel()


@pytest.mark.parametrize("reruns", [2, 4, 8, 32])
@pytest.mark.parametrize(("a", "b"), [(1.0, 3.0), (0.3, 2.7), (8.0, 8.0), (0.05, 0.05)])
def test_an_interval_is_that_of_chances_however_few_re_runs_there_are(
    a: float, b: float, reruns: int
) -> None:
    chances = np.random.default_rng(7).beta(a, b, DRAWS)
    found = estimate_of(lowered(chances, reruns), DRAWS, binary=True)
    assert found.value == pytest.approx(-chances.mean(), abs=4 * np.sqrt(0.25 / DRAWS))
    high, low = -beta.ppf([0.05, 0.95], a, b)
    assert found.low == pytest.approx(low, abs=0.06)
    assert found.high == pytest.approx(high, abs=0.06)


@pytest.mark.parametrize("reruns", [2, 4, 8, 32])
def test_a_sign_is_as_sure_with_few_re_runs_as_with_many(reruns: int) -> None:
    chances = np.random.default_rng(7).beta(1.0, 3.0, DRAWS)
    spread = likely(lowered(chances, reruns), DRAWS, binary=True)
    assert (spread <= -LEAST).mean() == pytest.approx(beta.sf(LEAST, 1.0, 3.0), abs=0.02)
    counted = (lowered(chances, reruns).reshape(reruns, -1).mean(axis=0) < 0).mean()
    if reruns == 2:
        assert counted < 0.5  # what was told before: few re-runs, few signs


def test_what_goes_both_ways_has_both_signs() -> None:
    rng = np.random.default_rng(3)
    up, down = np.full((8, 500), 1.0), np.full((8, 500), -1.0)
    values = np.concatenate([up, np.where(rng.random((8, 500)) < 0.5, down, 0.0)], axis=1).ravel()
    spread = likely(values, 1000, binary=True)
    assert (spread >= LEAST).mean() == pytest.approx(0.5, abs=0.03)
    assert (spread <= -LEAST).mean() == pytest.approx(0.5, abs=0.03)
    assert spread[:500].mean() > 0.9
    assert spread[500:].mean() == pytest.approx(-0.5, abs=0.1)  # drawn a little to the rest


def test_where_every_history_is_alike_there_is_no_interval() -> None:
    assert estimate_of(np.ones(64), 16, binary=True) == (1.0, 1.0, 1.0)
    assert estimate_of(np.zeros(64), 16, binary=True) == (0.0, 0.0, 0.0)


def test_draws_that_are_sure_of_themselves_keep_what_they_say() -> None:
    values = np.tile(np.repeat([0.0, 1.0], 50), 8)
    found = estimate_of(values, 100, binary=True)
    assert found.value == 0.5
    assert found.low == pytest.approx(0.0, abs=1e-3)
    assert found.high == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("effect", [-1.0, 1.0])
def test_an_interval_that_reaches_to_no_effect_ends_at_0(effect: float) -> None:
    values = np.tile(np.repeat([0.0, effect], [260, 40]), 8)
    found = estimate_of(values, 300, binary=True)
    assert 0.0 in (found.low, found.high)
    turned = estimate_of(-values, 300, binary=True)
    assert turned == (-found.value, -found.high, -found.low)


def test_draws_all_of_whose_re_runs_failed_are_left_out() -> None:
    values = np.tile([0.0, 1.0, np.nan, 1.0], 4)
    values[7] = np.nan
    spread = likely(values, 4, binary=True)
    assert np.isnan(spread[2]).all()
    assert np.isfinite(spread[[0, 1, 3]]).all()


def test_one_re_run_a_draw_stands_for_itself() -> None:
    values = np.array([0.0, -1.0, -1.0, 0.0])
    assert likely(values, 4, binary=True).ravel().tolist() == values.tolist()


def test_the_interval_of_a_number_is_over_histories_and_no_narrower_with_more() -> None:
    rng = np.random.default_rng(5)
    draws = rng.standard_normal(DRAWS)
    spreads = []
    for reruns in (1, 16):
        values = (draws + rng.standard_normal((reruns, DRAWS))).ravel()
        found = estimate_of(values, DRAWS, binary=False)
        spreads.append(found.high - found.low)
    assert spreads == pytest.approx([2 * 1.645 * np.sqrt(2.0)] * 2, rel=0.06)


def test_draws_weigh_what_they_are_given() -> None:
    values, weights = np.tile([0.0, 1.0], 8), np.array([0.25, 0.75])
    assert estimate_of(values, 2, binary=True, weights=weights).value == pytest.approx(0.75)


def test_an_effect_outside_of_its_interval_is_explained_and_no_other() -> None:
    few = np.zeros(100)
    few[:4] = 1.0  # of a hundred draws
    low, high = (float(np.quantile(few, at)) for at in (LOW, HIGH))
    mean = Estimate(float(few.mean()), low, high)
    assert mean == (0.04, 0.0, 0.0)
    usual = Estimate(0.25, 0.1, 0.4)
    assert "a few draws in which much differs" in told_of_outside([usual, mean])
    assert told_of_outside([usual, Estimate(0.004, 0.0, 0.0)]) == ""  # told as 0.00, 0.00 to 0.00
    assert told_of_outside([]) == ""
