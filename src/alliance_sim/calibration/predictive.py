"""What a fitted model says of counts: for each quarter and field the chance of every number.

Whatever makes forecasts comes through here, so that all are scored alike: draws of expected counts
with a spread of their own (a mixture of negative binomials), draws of counts, or the chances
themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alliance_sim.calibration.given_arrays import NUMBERS, given_numbers
from alliance_sim.errors import SettingError, shown

MOST = 120  # counts above are taken together
LARGEST_MEAN = 200.0  # expected acts a quarter; what explodes is held there
PSEUDO = 1.0  # weight of the smooth distribution that draws of counts are mixed with
WHERE = "predictive"
AXES = ("draw", "quarter", "field")

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Predictive:
    """Chances of counts, quarter by quarter and field by field.

    Attributes:
        start: First quarter that is predicted.
        chances: Array (quarter, field, count): the chance of 0, 1, 2 and so on acts; the last
            entry is that of so many or more.
    """

    start: int
    chances: Values

    @property
    def stop(self) -> int:
        """The quarter behind the last one predicted."""
        return self.start + len(self.chances)

    @classmethod
    def of_means(
        cls,
        start: int,
        mean: ArrayLike,
        size: ArrayLike = np.inf,
        weight: ArrayLike = 1.0,
    ) -> Predictive:
        """Return a mixture of negative binomials.

        Args:
            start: First quarter that is predicted.
            mean: Array (draw, quarter, field): expected acts in each draw, 0 or more.
            size: Of the negative binomial (variance mean + mean²/size), above 0, infinite for
                Poisson; anything that broadcasts to the shape of `mean`.
            weight: Of each draw, 0 or more, not all 0; likewise. Weights need not add up to 1.

        Raises:
            SettingError: If a shape or a number does not fit.
        """
        means, problems = given_numbers("mean", mean, axes=AXES, finite=False)
        named = {"size": np.asarray(size), "weight": np.asarray(weight)}
        kinds = [name for name, one in named.items() if one.dtype.kind not in NUMBERS]
        if kinds:
            told = [f"{name} is {shown(named[name].tolist())}, must be numbers" for name in kinds]
            raise SettingError(WHERE, [*problems, *told])
        sizes, weights = (one.astype(np.float64, copy=False) for one in named.values())
        if not np.all(means >= 0.0):
            problems.append("mean holds numbers below 0 or NaN, must be 0 or more")
        if not np.all(sizes > 0.0):
            problems.append("size holds numbers that are not above 0")
        for name, one in (("size", sizes), ("weight", weights)):
            if not problems and not _fits(one.shape, means.shape):
                problems.append(f"{name} has shape {one.shape}, does not fit {means.shape}")
        if not (np.all(weights >= 0.0) and np.all(np.isfinite(weights))):
            problems.append("weight holds numbers below 0 or not finite")
        elif not problems and not np.all(np.broadcast_to(weights, means.shape).sum(axis=0) > 0.0):
            problems.append("weights are 0 throughout")
        if problems:
            raise SettingError(WHERE, problems)
        return cls(start, mixture_chances(means, sizes, weights))

    @classmethod
    def of_counts(cls, start: int, draws: ArrayLike) -> Predictive:
        """Return what draws of counts say, from runs of any model.

        A count that no draw holds is not impossible: to the draws is added one of weight 1, spread
        like the negative binomial with their mean and variance.

        Args:
            start: First quarter that is predicted.
            draws: Whole numbers (draw, quarter, field), 0 or more.

        Raises:
            SettingError: If the shape or a number does not fit.
        """
        found, problems = given_numbers("draws", draws, axes=AXES)
        if (found < 0).any() or (found % 1 != 0).any():
            problems.append("draws must be whole numbers from 0 on, and some are not")
        if problems:
            raise SettingError(WHERE, problems)
        counts = np.asarray(draws)
        number = len(counts)
        mean = (counts.sum(axis=0) + 0.5) / (number + 1)
        spread = np.maximum(counts.var(axis=0) - mean, 1e-9)
        smooth = mixture_chances(mean[None], (mean**2 / spread)[None], np.ones(()))
        held = np.minimum(counts.astype(np.int64), MOST)
        seen = (held[..., None] == np.arange(MOST + 1)).sum(axis=0)
        return cls(start, (seen + PSEUDO * smooth) / (number + PSEUDO))

    def logs(self, counts: NDArray[np.int64]) -> Values:
        """Return the log chance of what happened, array (quarter, field); -inf if it had none.

        Args:
            counts: What happened in the predicted quarters, array (quarter, field).

        Raises:
            SettingError: If they are of other quarters or fields.
        """
        if np.shape(counts) != self.chances.shape[:-1]:
            told = f"counts have shape {np.shape(counts)}, must be {self.chances.shape[:-1]}"
            raise SettingError(WHERE, [told])
        held = np.minimum(counts, MOST)[..., None]
        with np.errstate(divide="ignore"):
            found: Values = np.log(np.take_along_axis(self.chances, held, axis=-1)[..., 0])
        return found

    def means(self) -> Values:
        """Return the expected counts, array (quarter, field)."""
        expected: Values = self.chances @ np.arange(MOST + 1.0)
        return expected

    def quantile(self, share: float) -> NDArray[np.int64]:
        """Return the least count that is not passed in such a share, array (quarter, field).

        Raises:
            SettingError: If the share is not from 0 to 1.
        """
        if not 0.0 <= share <= 1.0:
            raise SettingError(WHERE, [f"share is {shown(share)}, must be from 0 to 1"])
        reached = self.chances.cumsum(axis=-1) >= share - 1e-12
        return np.where(reached.any(axis=-1), reached.argmax(axis=-1), MOST)


def _fits(shape: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    """Return whether an array of one shape can stand for one of another, whole shape."""
    ends = zip(reversed(shape), reversed(whole), strict=False)
    return len(shape) <= len(whole) and all(length in {1, wanted} for length, wanted in ends)


def mixture_chances(mean: Values, size: Values, weight: Values) -> Values:
    """Return the chances of 0 to `MOST` acts under a mixture of negative binomials.

    Args:
        mean: Array (draw, ...).
        size: Broadcasts to it; infinite for Poisson.
        weight: Likewise; weights over draws are made to add up to 1.

    Returns:
        Array (..., count); the last entry also holds all counts above.
    """
    m = np.minimum(mean, LARGEST_MEAN)
    share = np.broadcast_to(weight, m.shape)
    share = share / share.sum(axis=0)
    spread: Values = 1.0 / size  # 0 for Poisson; as small as it is given
    with np.errstate(divide="ignore", invalid="ignore"):
        none = np.where(spread > 0.0, -np.log1p(m * spread) / spread, -m)
    chance = share * np.exp(none)
    step = m / (1.0 + m * spread)
    found, factor = np.empty((*m.shape[1:], MOST + 1)), np.empty_like(step)
    for count in range(MOST):
        found[..., count] = chance.sum(axis=0)
        chance *= np.multiply(step, (1.0 + count * spread) / (count + 1.0), out=factor)
    found[..., MOST] = np.maximum(0.0, 1.0 - found[..., :MOST].sum(axis=-1))
    return found


def beside(parts: Sequence[Predictive]) -> Predictive:
    """Return predictions of quarters that follow each other as one.

    Raises:
        SettingError: If there is none, or quarters are missing between two of them.
    """
    if not parts or any(a.stop != b.start for a, b in pairwise(parts)):
        spans = [f"{one.start} to {one.stop}" for one in parts]
        raise SettingError(WHERE, [f"quarters do not follow each other: {spans}"])
    return Predictive(parts[0].start, np.concatenate([one.chances for one in parts]))


def joint_log_score(
    mean: Values, size: Values, counts: NDArray[np.int64], weight: Values | None = None
) -> float:
    """Return the log chance of a whole course of counts under draws that are whole paths.

    That is one number for all quarters and fields together, where the scores of single quarters
    forget that a draw which was right in one quarter tends to be right in the next.

    Args:
        mean: Array (draw, quarter, field).
        size: Broadcasts to it, finite.
        counts: Array (quarter, field).
        weight: Array (draw); all alike if left out.
    """
    from scipy.special import logsumexp

    logs = log_negative_binomial(counts, mean, size).sum(axis=(1, 2))
    if weight is None:
        return float(logsumexp(logs) - np.log(len(logs)))
    return float(logsumexp(logs, b=weight / weight.sum()))


def log_negative_binomial(counts: ArrayLike, mean: Values, size: Values) -> Values:
    """Return the log chance of counts under negative binomials; the arguments broadcast."""
    from scipy.special import gammaln

    happened, total = np.asarray(counts, dtype=np.float64), np.add(size, mean)
    found: Values = (
        gammaln(happened + size) - gammaln(size) - gammaln(happened + 1.0)
        + size * np.log(size / total) + np.where(happened > 0, happened * np.log(mean / total), 0.0)
    )  # fmt: skip
    return found
