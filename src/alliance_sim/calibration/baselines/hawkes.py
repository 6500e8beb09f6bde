"""Acts that make further acts likelier for a while: a self-exciting (Hawkes) process in quarters.

The expected count is a base and a share of an average of past counts that forgets; counts around it
are negative binomial. Numbers are drawn once, half of them from their prior and half from near
those that explain all quarters; whatever is known then weights them (importance sampling), and
held-out quarters are simulated from each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.special import logsumexp

from alliance_sim.calibration.acts import ActCounts
from alliance_sim.calibration.baselines.holdout import Holdout, InSample, Values
from alliance_sim.calibration.predictive import Predictive, log_negative_binomial
from alliance_sim.calibration.resampling import systematic

POOL = 2**12  # draws from the prior, and as many from near the likeliest
KEPT = 1024  # of them that go into the prediction of a year; four times as many into longer ones
FLATTER = 0.5  # power of the weights that say what is near
YEAR = 12  # steps, the most that a year has
MEMORY = 80  # quarters after which what was simulated is forgotten
SEED = 20260102
# Means and spreads of normals: log base a quarter; log-odds of the share of past acts that comes
# again, and of what the average keeps each quarter; log size.
PRIOR = ((-2.0, 1.0), (0.0, 1.5), (1.0, 1.5), (np.log(4.0), 0.7))
NEAR = 1e-5  # step of a numerical slope
MOST_ACTS = 200.0  # expected a quarter, where a simulated course explodes


@dataclass(frozen=True)
class Hawkes:
    """Self-exciting counts."""

    name: str = "hawkes"
    title: str = "self-exciting"

    def predict(self, acts: ActCounts, holdouts: Sequence[Holdout]) -> list[Predictive]:
        """Return mixtures over numbers and simulated courses, weighted by what is known."""
        pools = [_Pool(acts.counts[acts.first :, f]) for f in range(acts.counts.shape[1])]
        found = []
        for holdout in holdouts:
            span = holdout.start - acts.first, holdout.stop - acts.first
            parts = [pool.chances(*span, after=holdout.after) for pool in pools]
            found.append(Predictive(holdout.start, np.stack(parts, axis=1)))
        return found

    def in_sample(self, acts: ActCounts) -> InSample:
        """Return each quarter seen from those before, at the numbers that fit best."""
        chances, evidence, variance = [], 0.0, 0.0
        for field in range(acts.counts.shape[1]):
            pool = _Pool(acts.counts[acts.first :, field])
            mean, size = pool.best()
            chances.append(Predictive.of_means(0, mean[None, :, None], size).chances[:, 0])
            total = pool.logs.sum(axis=1) + pool.drawn
            evidence += float(logsumexp(total) - np.log(len(total)))
            share = np.exp(total - logsumexp(total))
            variance += max(0.0, float((share**2).sum()) - 1.0 / len(total))
        free = len(PRIOR) * len(chances)
        predictive = Predictive(acts.first, np.stack(chances, axis=1))
        return InSample(predictive, free, evidence, variance**0.5)


class _Pool:
    """Draws of the numbers, with how likely each makes every quarter of one field.

    Attributes:
        logs: Log chance of each quarter's count, array (draw, quarter).
        drawn: Log of prior over what the numbers were drawn from, array (draw).
    """

    def __init__(self, counts: NDArray[np.int64]) -> None:
        self._counts = counts.astype(np.float64)
        z = scipy.stats.norm.ppf(_even(SEED))
        logs = self._followed(_natural(z))[0].sum(axis=1)
        share = np.exp(FLATTER * (logs - logs.max()))
        share /= share.sum()
        centre = share @ z
        spread = (z - centre).T * share @ (z - centre) + 1e-3 * np.eye(len(PRIOR))
        root = np.linalg.cholesky(spread)
        z = np.vstack([z, centre + scipy.stats.norm.ppf(_even(SEED + 1)) @ root.T])
        prior = scipy.stats.norm.logpdf(z).sum(axis=1)
        near = scipy.stats.norm.logpdf(np.linalg.solve(root, (z - centre).T).T).sum(axis=1)
        near -= np.linalg.slogdet(root)[1]
        self.drawn = prior - np.logaddexp(prior, near) + np.log(2.0)
        self._z, self._numbers = z, _natural(z)
        self.logs, self._average = self._followed(self._numbers)
        self._until = np.cumsum(self.logs, axis=1)

    def _followed(self, numbers: Values) -> tuple[Values, Values]:
        """Return log chances and the average before each quarter, arrays (draw, quarter)."""
        base, share, keep, size = numbers
        steps = len(self._counts)
        average = np.zeros((len(base), steps + 1))
        for step, count in enumerate(self._counts):
            average[:, step + 1] = keep * average[:, step] + (1.0 - keep) * count
        mean = base[:, None] + share[:, None] * average[:, :-1]
        return log_negative_binomial(self._counts, mean, size[:, None]), average

    def best(self) -> tuple[Values, float]:
        """Return the expected counts and the size at the likeliest numbers."""
        from scipy.optimize import minimize

        def cost(z: Values) -> tuple[float, Values]:
            near = np.vstack([z, z + NEAR * np.eye(len(z)), z - NEAR * np.eye(len(z))])
            values = -self._followed(_natural(near))[0].sum(axis=1)
            ahead, behind = values[1 : len(z) + 1], values[len(z) + 1 :]
            return float(values[0]), (ahead - behind) / (2.0 * NEAR)

        start = self._z[int(np.argmax(self.logs.sum(axis=1)))]
        found = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=[(-8.0, 8.0)] * 4).x
        base, share, _, size = (one[0] for one in _natural(found[None]))
        average = self._followed(_natural(found[None]))[1][0, :-1]
        return base + share * average, float(size)

    def chances(self, start: int, stop: int, *, after: bool) -> Values:
        """Return the chances of counts from `start` to before `stop`, array (quarter, count)."""
        weight = self.drawn + (self._until[:, start - 1] if start else 0.0)
        if after:
            weight = weight + self._until[:, -1] - self._until[:, stop - 1]
        kept = KEPT if stop - start <= YEAR else 4 * KEPT
        chosen = systematic(np.exp(weight - logsumexp(weight)), kept, 0.5)
        base, share, keep, size = (one[chosen] for one in self._numbers)
        luck = np.random.default_rng([SEED, start, stop])
        average, means = self._average[chosen, start].copy(), []
        for _ in range(start, stop):
            mean = np.minimum(base + share * average, MOST_ACTS)
            means.append(mean)
            drawn = luck.poisson(mean * luck.gamma(size) / size)
            average = keep * average + (1.0 - keep) * drawn
        weight = np.zeros(len(chosen))
        if after:
            for step in range(stop, min(stop + MEMORY, len(self._counts))):
                mean, count = base + share * average, self._counts[step]
                weight += log_negative_binomial(count, mean, size) - self.logs[chosen, step]
                average = keep * average + (1.0 - keep) * count
        share_of = np.exp(weight - logsumexp(weight))[:, None, None]
        mean = np.array(means).T[..., None]
        return Predictive.of_means(0, mean, size[:, None, None], share_of).chances[:, 0]


def _natural(z: Values) -> Values:
    """Return base, share, keep and size, array (number, draw), from standard normals."""
    base, share, keep, size = (z * [s for _, s in PRIOR] + [m for m, _ in PRIOR]).T
    return np.array(
        [np.exp(base), 1.0 / (1.0 + np.exp(-share)), 1.0 / (1.0 + np.exp(-keep)), np.exp(size)]
    )


def _even(seed: int) -> Values:
    """Return points that fill the unit cube evenly, array (draw, number)."""
    points = scipy.stats.qmc.Sobol(len(PRIOR), seed=seed).random(POOL)
    even: Values = np.clip(points, 1e-6, 1 - 1e-6)
    return even
