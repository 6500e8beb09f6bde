"""How good forecasts of counts were: proper scores, calibration, and differences with their error.

All of them need nothing but a `Predictive` and what happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliance_sim.errors import SettingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.calibration.predictive import Predictive, Values

INTERVAL = (0.05, 0.95)
BLOCK = 8  # quarters that are drawn together when differences are bootstrapped
BLOCKS = 4  # that there are at least: shorter ones are drawn of a short hold-out
RESAMPLES = 4000
BAND = 0.95  # of the simultaneous band around the distribution of PIT values
SIMULATED = 4000  # samples of uniforms that the band comes from
TOGETHER = 100  # samples that are counted at once, for their values take memory
POINTS = 99  # places at which the band is drawn
PLACES = np.arange(1, POINTS + 1) / (POINTS + 1)
SPREADS = 200  # sets of uniforms by which PIT values are spread
SEED = 20260103


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of one model over held-out quarters, each quarter and field by itself.

    Attributes:
        start: First quarter that is scored.
        log_score: Log chance of what happened, array (quarter, field).
        crps: Continuous ranked probability score in acts, likewise; lower is better.
        brier: Of "any act this quarter", likewise; lower is better.
        covered: Whether the count lies in the central 90 % interval, both ends included.
        pit: Randomised probability integral transform: uniform on 0 to 1 where forecasts are
            calibrated.
    """

    start: int
    log_score: Values
    crps: Values
    brier: Values
    covered: NDArray[np.bool_]
    pit: Values

    def told(self) -> dict[str, float]:
        """Return the sum of log scores, and means of the others, over quarters and fields."""
        return {
            "log_score": float(self.log_score.sum()),
            "crps": float(self.crps.mean()),
            "brier": float(self.brier.mean()),
            "coverage": float(self.covered.mean()),
        }

    def between(self, start: int, stop: int) -> Scores:
        """Return the scores of some of the quarters."""
        part = slice(max(0, start - self.start), max(0, stop - self.start))
        kept: dict[str, Any] = {
            name: getattr(self, name)[part]
            for name in ("log_score", "crps", "brier", "covered", "pit")
        }
        return Scores(start=max(start, self.start), **kept)


def scores_of(predictive: Predictive, counts: NDArray[np.int64], *, seed: int = SEED) -> Scores:
    """Return how good a forecast was.

    Args:
        predictive: The forecast.
        counts: What happened in the quarters predicted, array (quarter, field).
        seed: Of the uniforms that spread the PIT of a count over its step.

    Raises:
        SettingError: If the shapes do not fit.
    """
    _check_shapes(predictive, counts)
    chances = predictive.chances
    reached = chances.cumsum(axis=-1)
    places = np.arange(chances.shape[-1])
    above = np.minimum(counts, len(places) - 1)[..., None] <= places
    low, high = (predictive.quantile(share) for share in INTERVAL)
    return Scores(
        start=predictive.start,
        log_score=predictive.logs(counts),
        crps=((reached - above) ** 2).sum(axis=-1),
        brier=((1.0 - chances[..., 0]) - (counts > 0)) ** 2,
        covered=(low <= counts) & (counts <= high),
        pit=_spread(*_steps(predictive, counts), np.random.default_rng(seed)),
    )


def share_inside(
    predictive: Predictive, counts: NDArray[np.int64], *, draws: int = SPREADS, seed: int = SEED
) -> float:
    """Return the share of randomised PIT lines that stay in their band.

    The uniforms that spread a count over its step are chance, and where counts are small one set of
    them may stay in the band and the next may not. Of calibrated forecasts 95 % of sets stay.

    Args:
        predictive: The forecast.
        counts: What happened in the quarters predicted, array (quarter, field).
        draws: Sets of uniforms.
        seed: Of the uniforms.

    Raises:
        SettingError: If the shapes do not fit.
    """
    _check_shapes(predictive, counts)
    steps, luck = _steps(predictive, counts), np.random.default_rng(seed)
    sets = np.stack([_spread(*steps, luck).ravel() for _ in range(draws)])
    low, high = _band(counts.size)
    reached = _up_to(sets) / counts.size
    return float(np.mean(((reached >= low) & (reached <= high)).all(axis=1)))


def _check_shapes(predictive: Predictive, counts: NDArray[np.int64]) -> None:
    shape = predictive.chances.shape
    if counts.shape != shape[:2]:
        raise SettingError(
            "scores", [f"counts have shape {counts.shape}, the forecast {shape[:2]}"]
        )


def _steps(predictive: Predictive, counts: NDArray[np.int64]) -> tuple[Values, Values]:
    """Return the chance of as many as there were or fewer, and of just as many."""
    held = np.minimum(counts, predictive.chances.shape[-1] - 1)[..., None]
    reached = predictive.chances.cumsum(axis=-1)
    at, step = (np.take_along_axis(one, held, axis=-1) for one in (reached, predictive.chances))
    return at[..., 0], step[..., 0]


def _spread(at: Values, step: Values, luck: np.random.Generator) -> Values:
    """Return PIT values spread over the steps of the counts."""
    return np.clip(at - step + luck.random(at.shape) * step, 0.0, 1.0)


class Difference(NamedTuple):
    """What one model scores more than another over the same quarters.

    Attributes:
        total: Sum of the differences; above 0 the first is better.
        error: Its standard error by block bootstrap.
        low: 2.5th percentile of the bootstrapped totals.
        high: 97.5th percentile.
        statistic: Diebold and Mariano's, corrected by Harvey, Leybourne and Newbold; NaN where the
            variance that it needs comes out at 0 or below.
        p_value: Two-sided, of the t distribution; NaN likewise.
    """

    total: float
    error: float
    low: float
    high: float
    statistic: float
    p_value: float


def difference(a: Values, b: Values, *, horizon: int = 4) -> Difference:
    """Return the difference of two models' scores, quarter by quarter, with its error.

    Scores of neighbouring quarters go together, so blocks of eight are drawn (in a circle, so that
    each quarter is drawn equally often), of fewer than 32 quarters shorter ones, so that there are
    four. Resampled blocks of length b scatter less than n quarters by a factor 1 - b/n in
    variance where quarters are independent, so their scatter is widened by that. The statistic
    counts autocovariances up to the horizon.

    Args:
        a: Scores of the first model, array (quarter) or (quarter, field); higher is better.
        b: Scores of the second, of the same shape.
        horizon: Quarters ahead of the longest forecast, at least 1.

    Raises:
        SettingError: If shapes differ, there are fewer than two quarters, or the horizon is not
            from 1 to the number of quarters.

    Source:
        D. Harvey, S. Leybourne and P. Newbold, "Testing the equality of prediction mean squared
        errors", International Journal of Forecasting 13 (1997), equation 9; D. N. Politis and
        J. P. Romano, "A circular block-resampling procedure for stationary data" (1992).
    """
    problems = []
    if a.shape != b.shape:
        problems.append(f"scores have shapes {a.shape} and {b.shape}")
    elif len(a) < 2:
        problems.append(f"there are {len(a)} quarters, must be at least 2")
    elif not 1 <= horizon <= len(a):
        problems.append(f"horizon is {horizon}, must be from 1 to {len(a)}")
    if problems:
        raise SettingError("difference", problems)
    gap = (a - b).reshape(len(a), -1).sum(axis=1)
    number = len(gap)
    block = min(BLOCK, max(1, number // BLOCKS))
    luck = np.random.default_rng(SEED)
    begins = luck.integers(number, size=(RESAMPLES, -(-number // block)))
    places = (begins[..., None] + np.arange(block)).reshape(RESAMPLES, -1)[:, :number] % number
    total = gap.sum()
    totals = total + (gap[places].sum(axis=1) - total) * np.sqrt(number / (number - block))
    low, high = np.quantile(totals, [0.025, 0.975])
    statistic, chance = _diebold_mariano(gap, horizon)
    return Difference(
        float(total), float(totals.std(ddof=1)), float(low), float(high), statistic, chance
    )


def _diebold_mariano(gap: Values, horizon: int) -> tuple[float, float]:
    """Return the corrected statistic of the mean of a series, and its two-sided p-value."""
    from scipy.stats import t

    number = len(gap)
    centred = gap - gap.mean()
    variance = float(centred @ centred) / number
    for lag in range(1, horizon):
        variance += 2.0 * float(centred[lag:] @ centred[:-lag]) / number
    room = number + 1 - 2 * horizon + horizon * (horizon - 1) / number
    if variance <= 0.0 or room <= 0.0:
        return float("nan"), float("nan")
    statistic = float(gap.mean() / np.sqrt(variance / number) * np.sqrt(room / number))
    return statistic, float(2.0 * t.sf(abs(statistic), number - 1))


class Uniformity(NamedTuple):
    """Whether PIT values look uniform, by their empirical distribution.

    Attributes:
        places: Where it is looked at, array (point).
        reached: Share of values up to each place.
        low: Lower end of the 95 % band that holds all places together.
        high: Upper end.
        inside: Whether the whole line lies in the band.
    """

    places: Values
    reached: Values
    low: Values
    high: Values
    inside: bool


def uniformity(pit: Values) -> Uniformity:
    """Return the distribution of PIT values with a simultaneous 95 % band for uniform ones.

    The band is that of independent values; those of neighbouring quarters forecast from one origin
    are not quite, so that it is a little too narrow for them.

    Args:
        pit: Values from 0 to 1, of any shape.

    Raises:
        SettingError: If there is none.

    Source:
        T. Säilynoja, P.-C. Bürkner and A. Vehtari, "Graphical test for discrete uniformity and its
        applications in goodness-of-fit evaluation", Statistics and Computing 32 (2022).
    """
    if not pit.size:
        raise SettingError("uniformity", ["there are no PIT values"])
    reached = _up_to(pit.reshape(1, -1))[0] / pit.size
    low, high = _band(pit.size)
    inside = bool(np.all((reached >= low) & (reached <= high)))
    return Uniformity(PLACES, reached, low, high, inside)


def _up_to(values: Values) -> NDArray[np.int64]:
    """Return how many of the values (sample, value) reach up to each place, (sample, place)."""
    many, above = len(values), np.searchsorted(PLACES, values)  # the first place not below it
    cells = above + np.arange(many)[:, None] * (POINTS + 1)
    counts = np.bincount(cells.ravel(), minlength=many * (POINTS + 1)).reshape(many, POINTS + 1)
    return counts.cumsum(axis=1)[:, :POINTS]


@cache
def _band(number: int) -> tuple[Values, Values]:
    """Return a band that holds the distribution of so many uniforms at all places at once.

    Each place takes the same share of the tails of its binomial; how large that is comes from
    simulated samples.
    """
    from scipy.stats import binom

    sizes = np.arange(number + 1)[:, None]
    lower, upper = binom.cdf(sizes, number, PLACES), binom.sf(sizes - 1, number, PLACES)
    luck = np.random.default_rng(SEED)
    parts = [_up_to(luck.random((TOGETHER, number))) for _ in range(SIMULATED // TOGETHER)]
    counts = np.concatenate(parts)
    tail = np.take_along_axis(np.minimum(lower, upper), counts, axis=0)
    tails = np.minimum(1.0, 2.0 * tail.min(axis=1))
    each = np.quantile(tails, 1.0 - BAND)
    low: Values = binom.ppf(each / 2.0, number, PLACES) / number
    high: Values = binom.ppf(1.0 - each / 2.0, number, PLACES) / number
    return low, high
