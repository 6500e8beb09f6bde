"""Waits between acts in the time of the rates: exponential under the right ones, and not else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import kstwo

from alliance_sim import load_scenario
from alliance_sim.calibration import PosteriorDraws, rescaled_waits, waiting_times
from alliance_sim.calibration.predictive import log_negative_binomial
from alliance_sim.calibration.target import target_of
from alliance_sim.calibration.waits_on_record import coded_rates, p_values, span_of
from alliance_sim.errors import SettingError

QUARTERS, MANY = 60, 200
POISSON = np.inf
DAYS, MONTHS = 90, 3  # parts of a quarter to which a day is known
EXACT = 1e-9  # of a quarter: as good as no doubt about a day


def rates(luck: np.random.Generator) -> Any:
    """Return rates that rise and fall, and jump from one quarter to the next; array (quarter,)."""
    waves = 1.0 + np.sin(np.arange(QUARTERS) / 9 + luck.random() * 6)
    return 0.4 * waves + 0.4 * luck.random(QUARTERS)


def made(
    mean: Any, size: float, parts: int, only_years: float, luck: np.random.Generator
) -> tuple[Any, Any]:
    """Return when acts begin and end that come with such rates, some known to the year alone."""
    busy = luck.gamma(size, 1.0 / size, len(mean)) if np.isfinite(size) else np.ones(len(mean))
    many = luck.poisson(busy * mean)
    when = np.repeat(np.arange(len(mean)), many) + luck.random(many.sum())
    begins = np.floor(when * parts) / parts
    ends = np.minimum(begins + 1.0 / parts, np.floor(begins) + 1.0)
    rough = luck.random(len(when)) < only_years
    year = np.floor(when / 4) * 4
    return np.where(rough, year, begins), np.where(rough, year + 4, ends)


def p_of(assumed: Any, made_with: tuple[float, int, float], size: float) -> Any:
    """Return p-values of made histories under the rates that `assumed` makes of the true ones."""
    luck, found = np.random.default_rng(7), []
    for seed in range(MANY):
        mean = rates(luck)
        begins, ends = made(mean, *made_with, luck)
        waits = rescaled_waits(assumed(mean)[None], begins, ends, size=size, seed=seed)
        found.append(p_values(waits)[0])
    return np.array(found)


def as_it_is(mean: Any) -> Any:
    return mean


def from_even(p: Any) -> float:
    """Return the largest gap between p-values and what even ones would be."""
    ranked = np.sort(p)
    count = len(ranked)
    up, down = np.arange(1, count + 1) / count - ranked, ranked - np.arange(count) / count
    return float(max(up.max(), down.max()))


@pytest.mark.parametrize(
    ("size", "parts", "only_years"),
    [(POISSON, DAYS, 0.0), (POISSON, MONTHS, 0.3), (1.5, DAYS, 0.0), (1.5, MONTHS, 0.3)],
)
def test_p_values_are_even_under_the_true_rates(size: float, parts: int, only_years: float) -> None:
    p = p_of(as_it_is, (size, parts, only_years), size)
    assert from_even(p) < kstwo.ppf(0.99, MANY), "the band of all p-values together"


def test_counts_of_a_negative_binomial_are_no_fault_of_rates() -> None:
    as_poisson = p_of(as_it_is, (1.0, DAYS, 0.0), POISSON)
    assert np.mean(as_poisson < 0.05) > 0.15, "time stretched by the mean rate fails by itself"


@pytest.mark.parametrize(
    "wrong",
    [lambda mean: 2.5 * mean, lambda mean: mean * np.where(np.arange(QUARTERS) < 30, 0.1, 1.0)],
)
def test_wrong_rates_are_caught(wrong: Any) -> None:
    assert np.mean(p_of(wrong, (3.0, DAYS, 0.0), 3.0) < 0.05) > 0.8


def test_waits_under_known_rates() -> None:
    mean = np.array([[2.0, 4.0, 1.0]])
    begins = np.array([0.5, 1.25, 1.75])
    poisson = rescaled_waits(mean, begins, begins + EXACT)[0]
    assert poisson[:3] == pytest.approx([1.0, 1.0 + 1.0, 2.0], abs=1e-7)
    assert poisson[3] > 1.0 + 1.0, "the rest of the second quarter, the third, and what is drawn"
    size = 0.5
    passed = [size * np.log1p(m * u / size) for m, u in ((2, 0.5), (4, 0.25), (4, 0.75))]
    rest = (size + 1.0) / size * (size * np.log1p(2 / size) - passed[0])
    first, second, third, _ = rescaled_waits(mean, begins, begins + EXACT, size=size)[0]
    assert first == pytest.approx(passed[0], abs=1e-7)
    assert second == pytest.approx(rest + passed[1], abs=1e-7)
    assert third == pytest.approx((size + 1.0) / size * (passed[2] - passed[1]), abs=1e-7)
    nearly = rescaled_waits(mean, begins, begins + EXACT, size=1e7)[0]
    assert nearly == pytest.approx(poisson, abs=1e-5)


def test_without_acts_there_is_one_wait_through_all_quarters() -> None:
    mean = np.full((2000, 8), 0.5)
    waits = rescaled_waits(mean, [], [])
    assert waits.shape == (2000, 1)
    assert waits.min() >= 4.0
    assert waits.mean() == pytest.approx(5.0, abs=0.1), "what is missing of it is exponential"
    assert np.all(p_values(waits) < 0.04), "no act where four are expected"


def test_one_act_ends_one_wait_and_begins_another() -> None:
    waits = rescaled_waits(np.full((2000, 4), 0.5), [1.0], [2.0])
    assert waits.shape == (2000, 2)
    assert waits[:, 0].min() > 0.5
    assert waits[:, 0].max() < 1.0
    assert waits[:, 0].mean() == pytest.approx(0.75, abs=0.02), "anywhere in its quarter"


def test_an_act_known_to_the_year_falls_where_the_rates_are() -> None:
    draws = 4000
    certain = np.tile([0.0, 0.0, 3.0, 0.0], (50, 1))
    waits = rescaled_waits(certain, [0.0], [4.0])
    assert np.all(waits[:, 0] < 3.0 + 1e-6)
    mean = np.tile([1.0, 3.0], (draws, 1))
    early = rescaled_waits(mean, [0.0], [2.0])[:, 0] < 1.0
    assert early.mean() == pytest.approx(0.25, abs=0.03)
    busy = rescaled_waits(mean, [0.0, 1.25, 1.5], [2.0, 1.5, 1.75], size=0.5)
    chances = np.array([1.0 * 0.5 / 1.5, 3.0 * 2.5 / 3.5])  # mean (size + acts) / (size + mean)
    before = busy[:, 0] < 0.5 * np.log1p(1.0 / 0.5)
    assert before.mean() == pytest.approx(chances[0] / chances.sum(), abs=0.03)


def test_several_acts_of_a_year_go_together_as_a_negative_binomial_has_it() -> None:
    draws, size, mean = 6000, 0.5, 1.0
    waits = rescaled_waits(np.full((draws, 4), mean), [0.0, 0.0], [4.0, 4.0], size=size)
    quarter = size * np.log1p(mean / size)
    first = np.floor(waits[:, 0] / quarter)
    gone = waits[:, 0] - first * quarter
    left = (size + 1.0) / size * (quarter - gone)  # of that quarter, once it holds an act
    together = waits[:, 1] < left
    assert together.mean() == pytest.approx((size + 1.0) / (4 * size + 1.0), abs=0.02)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"mean": [[1.0, -1.0]]}, "mean holds numbers below 0"),
        ({"mean": [1.0, 1.0]}, r"mean has shape \(2,\), must be \(draw, quarter\)"),
        ({"begins": [1.5], "ends": [1.5]}, "begins must lie before ends, and both from 0 to 2"),
        ({"begins": [1.5], "ends": [2.5]}, "begins must lie before ends, and both from 0 to 2"),
        ({"begins": [0.5], "ends": [2.0]}, "several quarters must begin and end with one"),
        ({"begins": [0.5, 1.0]}, "begins and ends have 2 and 1 acts"),
        ({"mean": [[1.0] * 3], "begins": [0, 1], "ends": [2, 3]}, "must not overlap in part"),
        ({"size": 0.0}, "size holds numbers that are not above 0"),
        ({"size": [1.0, 2.0]}, "size has 2 numbers, must be one, or one for each draw"),
        ({"begins": ["May"]}, "begins is .*must be numbers"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any], problem: str) -> None:
    usual: dict[str, Any] = {"mean": [[1.0, 1.0]], "begins": [0.5], "ends": [0.75]}
    with pytest.raises(SettingError, match=problem):
        rescaled_waits(**(usual | given))


def test_days_months_and_years_as_quarters_of_a_calendar() -> None:
    calendar = load_scenario("japan_nato/baseline").calendar()
    at = calendar.index(calendar.start_of(200))
    year = calendar.first_year + at // 4
    assert span_of(f"{year}", calendar) == (at, at + 4)
    assert span_of(f"{year}-12", calendar) == pytest.approx((at + 3 + 2 / 3, at + 4))
    start, end = span_of(f"{year}-12-31", calendar)
    assert end == at + 4
    assert 0.0 < end - start < 0.02


def test_rates_are_those_of_the_likelihood(islands_posterior: PosteriorDraws) -> None:
    held = islands_posterior.held
    target = target_of(islands_posterior.prior, series=held.series, until=held.until)
    mean, size = coded_rates(islands_posterior)
    first = target.observed.first
    counts = np.asarray(target.observed.counts)[first:]
    expected = np.maximum(mean[:, first:], 1e-300)  # for the logarithm of what no act is taken of
    logs = log_negative_binomial(counts, expected, size[:, None, :])
    some = slice(0, 8)
    theta = np.ascontiguousarray(held.parameters[some].T)
    wanted = target.of_parts(theta, held.normals(some))["counts"]
    assert logs[some].sum(axis=(1, 2)) == pytest.approx(wanted)


def test_waits_on_record(islands_posterior: PosteriorDraws) -> None:
    found = waiting_times(islands_posterior)
    held = islands_posterior.held
    target = target_of(islands_posterior.prior, series=held.series, until=held.until)
    acts = found.frame.set_index("what")["acts"]
    counted = np.asarray(target.observed.counts).sum(axis=0)
    assert acts.drop("all").tolist() == counted.tolist()
    assert acts["all"] == counted.sum()
    assert found.waits["all"].shape == (len(islands_posterior), counted.sum() + 4)
    assert f"{counted.sum()} acts since {found.first_year}" in found.told()
    again = waiting_times(islands_posterior)
    assert again.frame.equals(found.frame)
    year = found.first_year + 5
    later = waiting_times(islands_posterior, since=year)
    assert later.first_year == year
    assert later.frame["acts"].iloc[-1] < acts["all"]


@pytest.mark.parametrize("since", [1066, 3000, 2001.5, "2001"])
def test_years_that_are_not_observed_are_refused(
    islands_posterior: PosteriorDraws, since: Any
) -> None:
    with pytest.raises(SettingError, match=r"since is .*must be a year from"):
        waiting_times(islands_posterior, since=since)
