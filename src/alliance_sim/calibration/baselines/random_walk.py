"""A rate whose log wanders from quarter to quarter, with a drift: filtered on a grid.

The hidden log rate lives on a grid of values, and how far it wanders and drifts on another, so that
filter, predictions and evidence are sums, exact but for the width of the grids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import scipy
from scipy.special import gammaln, logsumexp

from alliance_sim.calibration.acts import ActCounts
from alliance_sim.calibration.baselines.holdout import Holdout, InSample, Values
from alliance_sim.calibration.predictive import Predictive, mixture_chances

LOWEST, HIGHEST, POINTS = -7.0, 3.0, 141  # log acts a quarter
FIRST, FIRST_SPREAD = -2.0, 2.0  # prior of the first log rate
WANDER, DRIFT = 0.25, 0.02  # half-normal and normal prior, a quarter
WANDERS, DRIFTS = 6, 5  # points of the grids


@dataclass(frozen=True)
class RandomWalk:
    """Poisson counts whose log rate takes normal steps."""

    name: str = "random_walk"
    title: str = "random walk"

    def predict(self, acts: ActCounts, holdouts: Sequence[Holdout]) -> list[Predictive]:
        """Return mixtures over the grid, by what is known before and behind each hold-out."""
        walk = _Walk(acts)
        return [walk.predicted(holdout) for holdout in holdouts]

    def in_sample(self, acts: ActCounts) -> InSample:
        """Return each quarter seen from the one before, at the wander and drift that fit best."""
        walk = _Walk(acts)
        best = walk.logs[:, :, -1].argmax(axis=0)  # (field): points of the grid
        chances = np.stack(
            [
                np.array([walk.chances_of(row) for row in walk.ahead[best[f], f]])
                for f in range(acts.counts.shape[1])
            ],
            axis=1,
        )
        evidence = logsumexp(walk.logs[:, :, -1], axis=0) - np.log(len(walk.logs))
        return InSample(
            Predictive(acts.first, chances), 2 * acts.counts.shape[1], float(evidence.sum())
        )


class _Walk:
    """Filter and its reverse for all fields of one record.

    Attributes:
        logs: (setting, field, quarter): log likelihood up to and with each quarter.
        ahead: (setting, field, quarter, point): each quarter as seen from the one before.
    """

    def __init__(self, acts: ActCounts) -> None:
        self._acts, self._first = acts, acts.first
        top = max(HIGHEST, float(np.log(3.0 * acts.counts.max() + 1.0)))
        self._grid = np.linspace(LOWEST, top, POINTS)
        self._moves = self._transitions()
        counts = acts.counts[acts.first :].T[:, :, None].astype(np.float64)
        rate = np.exp(self._grid)
        self._likely = np.exp(counts * self._grid - rate - gammaln(counts + 1.0))
        self._table = mixture_chances(rate[None], np.full((1, 1), np.inf), np.ones(()))
        self._forward()
        self._backward()

    def _transitions(self) -> Values:
        """Return the chances to move between points, array (setting, from, to)."""
        wanders = scipy.stats.halfnorm.ppf((np.arange(WANDERS) + 0.5) / WANDERS, scale=WANDER)
        drifts = scipy.stats.norm.ppf((np.arange(DRIFTS) + 0.5) / DRIFTS, scale=DRIFT)
        width = self._grid[1] - self._grid[0]
        moves = []
        for wander, drift in product(wanders, drifts):
            gap = self._grid[None, :] - self._grid[:, None] - drift
            chance = np.exp(-0.5 * (gap / max(wander, 0.4 * width)) ** 2)
            moves.append(chance / chance.sum(axis=1, keepdims=True))
        return np.array(moves)

    def _forward(self) -> None:
        fields, steps, _ = self._likely.shape
        start = scipy.stats.norm.pdf(self._grid, FIRST, FIRST_SPREAD)
        state = np.broadcast_to(start / start.sum(), (len(self._moves), fields, POINTS))
        self.ahead = np.empty((len(self._moves), fields, steps, POINTS))
        self._seen = np.empty_like(self.ahead)
        self.logs = np.empty((len(self._moves), fields, steps))
        total = np.zeros((len(self._moves), fields))
        for step in range(steps):
            if step:
                state = state @ self._moves
            self.ahead[:, :, step] = state
            state = state * self._likely[None, :, step]
            scale = state.sum(axis=-1)
            state = state / scale[..., None]
            total = total + np.log(scale)
            self._seen[:, :, step], self.logs[:, :, step] = state, total

    def _backward(self) -> None:
        """Work out what the quarters from each one on say of the state there, and its scale."""
        back = self._moves.transpose(0, 2, 1)
        fields, steps, _ = self._likely.shape
        self._behind = np.ones((len(self._moves), fields, steps + 1, POINTS))
        self._behind_logs = np.zeros((len(self._moves), fields, steps + 1))
        state = np.ones((len(self._moves), fields, POINTS))
        for step in reversed(range(steps)):
            state = self._likely[None, :, step] * (state @ back if step < steps - 1 else state)
            scale = state.sum(axis=-1)
            state = state / scale[..., None]
            self._behind[:, :, step] = state
            self._behind_logs[:, :, step] = self._behind_logs[:, :, step + 1] + np.log(scale)

    def predicted(self, holdout: Holdout) -> Predictive:
        """Return the chances of counts in held-out quarters."""
        start, stop = holdout.start - self._first, holdout.stop - self._first
        steps = self._likely.shape[1]
        after = holdout.after and stop < steps
        back = self._moves.transpose(0, 2, 1)
        backward = [np.ones((*self.ahead.shape[:2], POINTS))]
        if after:
            backward[0] = self._behind[:, :, stop] @ back
            for _ in range(start, stop - 1):
                backward.insert(0, backward[0] @ back)
        else:
            backward *= stop - start
        state = self.ahead[:, :, 0] if start == 0 else self._seen[:, :, start - 1] @ self._moves
        weight = np.zeros(self.ahead.shape[:2]) if start == 0 else self.logs[:, :, start - 1]
        if after:
            weight = weight + np.log((state * backward[0]).sum(axis=-1))
            weight = weight + self._behind_logs[:, :, stop]
        share = np.exp(weight - logsumexp(weight, axis=0))
        found = []
        for step in range(stop - start):
            if step:
                state = state @ self._moves
            both = state * backward[step]
            both = both / both.sum(axis=-1, keepdims=True)
            found.append(self.chances_of((share[..., None] * both).sum(axis=0)))
        return Predictive(holdout.start, np.array(found))

    def chances_of(self, state: Values) -> Values:
        """Return the chances of counts where the log rate is distributed so over the grid."""
        found = state @ self._table
        whole: Values = found / found.sum(axis=-1, keepdims=True)
        return whole
