"""Scores against their definitions, and bands that hold as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import poisson
from scipy.stats import t as student

from alliance_sim.calibration.predictive import MOST, Predictive
from alliance_sim.calibration.scores import (
    BLOCK,
    Scores,
    difference,
    scores_of,
    share_inside,
    uniformity,
)
from alliance_sim.errors import SettingError


def scored(mean: float, *counts: int) -> Scores:
    forecast = Predictive.of_means(0, np.full((1, len(counts), 1), mean))
    return scores_of(forecast, np.array(counts)[:, None])


def test_scores_are_those_of_their_definitions() -> None:
    found = scored(1.5, 0, 4)
    places = np.arange(MOST + 1)
    for row, count in enumerate((0, 4)):
        reached = poisson.cdf(places, 1.5)
        assert found.log_score[row, 0] == pytest.approx(poisson.logpmf(count, 1.5))
        crps = ((reached - (count <= places)) ** 2).sum()
        assert found.crps[row, 0] == pytest.approx(crps)
        assert found.brier[row, 0] == pytest.approx((1 - np.exp(-1.5) - (count > 0)) ** 2)
    assert found.covered[:, 0].tolist() == [True, True]
    assert not scored(1.5, 5).covered[0, 0]
    told = found.told()
    assert told["log_score"] == pytest.approx(found.log_score.sum())
    assert told["coverage"] == pytest.approx(1.0)


def test_the_crps_is_the_mean_distance_less_half_the_mean_spread() -> None:
    luck = np.random.default_rng(5)
    a, b = luck.poisson(1.5, (2, 400_000))
    expected = np.abs(a - 3).mean() - 0.5 * np.abs(a - b).mean()
    assert scored(1.5, 3).crps[0, 0] == pytest.approx(expected, abs=0.005)


def test_a_certain_and_right_forecast_scores_best() -> None:
    chances = np.zeros((1, 1, MOST + 1))
    chances[0, 0, 2] = 1.0
    found = scores_of(Predictive(0, chances), np.array([[2]]))
    assert (found.log_score[0, 0], found.crps[0, 0]) == (0.0, 0.0)
    wrong = scores_of(Predictive(0, chances), np.array([[5]]))
    assert wrong.log_score[0, 0] == -np.inf
    assert wrong.crps[0, 0] == pytest.approx(3.0)


def test_part_of_the_quarters_can_be_looked_at() -> None:
    found = scored(1.0, 0, 1, 2, 3)
    part = found.between(1, 3)
    assert part.start == 1
    np.testing.assert_allclose(part.log_score, found.log_score[1:3])


def test_counts_of_another_shape_are_refused() -> None:
    with pytest.raises(SettingError, match=r"counts have shape \(2, 1\), the forecast \(1, 1\)"):
        scores_of(Predictive.of_means(0, np.ones((1, 1, 1))), np.zeros((2, 1), dtype=int))


def test_the_statistic_is_that_of_harvey_leybourne_and_newbold() -> None:
    gap = np.array([0.3, 0.4, 0.5, 0.2, -0.2, -0.1, 0.1, 0.0])
    n, h, mean = 8, 2, gap.mean()
    c = gap - mean
    variance = ((c @ c) / n + 2 * (c[1:] @ c[:-1]) / n) / n
    plain = mean / np.sqrt(variance)
    corrected = plain * np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    found = difference(gap, np.zeros(8), horizon=h)
    assert found.total == pytest.approx(1.2)
    assert found.statistic == pytest.approx(corrected)
    assert found.p_value == pytest.approx(2 * student.sf(abs(corrected), n - 1))


@pytest.mark.parametrize("quarters", [2, 5, 8, 16, 24, 48, 116])
def test_the_bootstrap_error_is_that_of_many_series_however_short_they_are(quarters: int) -> None:
    luck = np.random.default_rng(3)
    series = luck.normal(size=(300, quarters))
    errors = [difference(one, 0 * one, horizon=1).error for one in series]
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.sqrt(quarters), rel=0.06)


def test_the_bootstrap_error_of_independent_quarters_is_the_usual_one() -> None:
    gap = np.random.default_rng(8).normal(0.2, 1.0, 400)
    found = difference(gap, np.zeros(400), horizon=1)
    assert found.error == pytest.approx(20.0, rel=0.2)
    assert found.low < found.total < found.high
    again = difference(gap, np.zeros(400), horizon=1)
    assert again == found


def test_quarters_that_go_together_make_the_error_larger() -> None:
    luck = np.random.default_rng(9).normal(0.0, 1.0, 50)
    together = np.repeat(luck, BLOCK)
    alone = np.random.default_rng(9).permutation(together)
    assert difference(together, 0 * together).error > 1.8 * difference(alone, 0 * alone).error


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(SettingError, match=r"shapes \(3,\) and \(4,\)"):
        difference(np.zeros(3), np.zeros(4))
    with pytest.raises(SettingError, match="there are 1 quarters"):
        difference(np.zeros(1), np.zeros(1))
    with pytest.raises(SettingError, match="horizon is 9, must be from 1 to 8"):
        difference(np.zeros(8), np.zeros(8), horizon=9)
    assert np.isnan(difference(np.ones(20), np.zeros(20)).statistic)


def test_calibrated_forecasts_have_uniform_pit_and_bold_ones_have_not() -> None:
    luck = np.random.default_rng(11)
    right = Predictive.of_means(0, np.full((1, 400, 1), 1.2))
    low = Predictive.of_means(0, np.full((1, 400, 1), 0.6))
    inside = []
    for seed in range(100):
        counts = luck.poisson(1.2, (400, 1))
        inside.append(uniformity(scores_of(right, counts, seed=seed).pit).inside)
        found = uniformity(scores_of(low, counts, seed=seed).pit)
        assert not found.inside
        assert (found.reached < found.low).any()
    assert 0.88 <= np.mean(inside) <= 1.0


def test_of_calibrated_forecasts_most_ways_to_spread_stay_inside_and_of_bold_ones_none() -> None:
    luck = np.random.default_rng(13)
    right = Predictive.of_means(0, np.full((1, 200, 1), 0.7))
    low = Predictive.of_means(0, np.full((1, 200, 1), 0.2))
    counts = [luck.poisson(0.7, (200, 1)) for _ in range(12)]
    assert np.mean([share_inside(right, one, draws=50) for one in counts]) > 0.85
    assert max(share_inside(low, one, draws=50) for one in counts) == 0.0
    one = share_inside(right, counts[0], draws=1, seed=5)
    assert one == float(uniformity(scores_of(right, counts[0], seed=5).pit).inside)
    with pytest.raises(SettingError, match="counts have shape"):
        share_inside(right, counts[0][:3])


def test_the_band_holds_all_places_of_uniform_values_in_95_of_100_samples() -> None:
    luck = np.random.default_rng(12)
    inside = [uniformity(luck.random(120)).inside for _ in range(600)]
    assert 0.925 <= np.mean(inside) <= 0.975
    with pytest.raises(SettingError, match="no PIT values"):
        uniformity(np.zeros(0))
