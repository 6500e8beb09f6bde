"""Chances of counts are those of the mixture that was asked for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from alliance_sim.calibration.predictive import MOST, Predictive, beside, joint_log_score
from alliance_sim.errors import SettingError

COUNTS = np.arange(MOST)


def test_a_mixture_is_the_weighted_mean_of_negative_binomials() -> None:
    mean = np.array([0.4, 3.0])[:, None, None]
    size, weight = np.array([2.0, 7.5])[:, None, None], np.array([3.0, 1.0])[:, None, None]
    found = Predictive.of_means(0, mean, size, weight).chances[0, 0]
    parts = [nbinom.pmf(COUNTS, s, s / (s + m)) for m, s in ((0.4, 2.0), (3.0, 7.5))]
    np.testing.assert_allclose(found[:MOST], 0.75 * parts[0] + 0.25 * parts[1], atol=1e-12)
    assert found.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("mean", [0.0, 0.02, 1.7, 60.0])
def test_without_a_size_counts_are_poisson(mean: float) -> None:
    found = Predictive.of_means(0, np.full((1, 1, 1), mean)).chances[0, 0]
    np.testing.assert_allclose(found[:MOST], poisson.pmf(COUNTS, mean), atol=1e-12)


def test_what_is_told_of_a_forecast_follows_from_its_chances() -> None:
    found = Predictive.of_means(8, np.full((1, 2, 1), 2.5), 4.0)
    assert (found.start, found.stop) == (8, 10)
    np.testing.assert_allclose(found.means(), 2.5, rtol=1e-9)
    assert found.quantile(0.95)[0, 0] == nbinom.ppf(0.95, 4.0, 4.0 / 6.5)
    logs = found.logs(np.array([[0], [3]]))
    np.testing.assert_allclose(logs[:, 0], nbinom.logpmf([0, 3], 4.0, 4.0 / 6.5), rtol=1e-9)


def test_draws_of_counts_come_near_what_they_were_drawn_from_and_exclude_nothing() -> None:
    drawn = np.random.default_rng(3).poisson(1.3, (20_000, 1, 1))
    found = Predictive.of_counts(0, drawn).chances[0, 0]
    np.testing.assert_allclose(found[:6], poisson.pmf(np.arange(6), 1.3), atol=0.01)
    never = Predictive.of_counts(0, np.zeros((50, 1, 1))).chances[0, 0]
    assert 0.0 < never[3] < never[1] < 0.02
    assert never.sum() == pytest.approx(1.0)


def test_forecasts_of_neighbouring_years_are_put_beside_each_other() -> None:
    parts = [Predictive.of_means(start, np.full((1, 4, 2), 1.0)) for start in (0, 4)]
    assert beside(parts).chances.shape == (8, 2, MOST + 1)
    with pytest.raises(SettingError, match="do not follow each other"):
        beside(parts[::-1])


def test_a_course_is_likelier_together_where_draws_that_were_right_stay_right() -> None:
    mean = np.array([0.2, 4.0])[:, None, None] * np.ones((2, 10, 1))
    counts, size = np.full((10, 1), 4), np.array(50.0)
    together = joint_log_score(mean, size, counts)
    alone = Predictive.of_means(0, mean, size).logs(counts).sum()
    each = nbinom.logpmf(4, 50.0, 50.0 / 54.0) * 10
    assert together == pytest.approx(each - np.log(2), abs=1e-6)
    assert together > alone + 5
    weighted = joint_log_score(mean, size, counts, np.array([0.0, 1.0]))
    assert weighted == pytest.approx(each, abs=1e-6)


@pytest.mark.parametrize(
    ("mean", "size", "weight", "words"),
    [
        (np.ones((2, 3)), 1.0, 1.0, r"mean has shape \(2, 3\), must be \(draw, quarter, field\)"),
        (-np.ones((1, 1, 1)), 1.0, 1.0, "mean holds numbers below 0 or NaN"),
        (np.full((1, 1, 1), np.nan), 1.0, 1.0, "mean holds numbers below 0 or NaN"),
        (np.ones((1, 1, 1)), 0.0, 1.0, "size holds numbers that are not above 0"),
        (
            np.ones((2, 1, 1)),
            1.0,
            np.ones((3, 1, 1)),
            r"weight has shape \(3, 1, 1\), does not fit",
        ),
        (np.ones((2, 1, 1)), 1.0, -1.0, "weight holds numbers below 0"),
        (np.ones((2, 1, 1)), 1.0, 0.0, "weights are 0 throughout"),
    ],
)
def test_what_is_no_mixture_is_refused(
    mean: np.ndarray, size: float, weight: float, words: str
) -> None:
    with pytest.raises(SettingError, match=words):
        Predictive.of_means(0, mean, size, weight)


def test_draws_that_are_no_counts_are_refused() -> None:
    for draws in (np.full((2, 1, 1), 0.5), np.full((2, 1, 1), -1), np.zeros((2, 1))):
        with pytest.raises(
            SettingError, match=r"draws (must be whole numbers from 0 on|has shape \(2, 1\))"
        ):
            Predictive.of_counts(0, draws)
