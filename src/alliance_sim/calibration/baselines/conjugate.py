"""Baselines whose rate is constant for a while: what is known of it is a Gamma distribution.

Integrated over a Gamma distribution, Poisson counts are negative binomial, so that predictions and
evidence here are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

from alliance_sim.calibration.acts import ActCounts
from alliance_sim.calibration.baselines.holdout import Holdout, InSample, Values
from alliance_sim.calibration.predictive import Predictive

Places = NDArray[np.intp]

SHAPE = 0.5  # of the Gamma prior of a rate a quarter, as in Jeffreys' prior
RATE = 1.5  # quarters: the prior's mean is a third of an act a quarter
HAZARD = 1 / 40  # a quarter: one change in ten years
YEARS = 10  # that the constant looks at
LEAST_WEIGHT = 1e-7  # of a component that is kept


def gamma_mixture(
    start: int, shape: Values, rate: Values, weight: Values | float = 1.0
) -> Predictive:
    """Return Poisson counts whose rate is a mixture of Gamma distributions.

    Args:
        start: First quarter that is predicted.
        shape: Array (component, quarter, field), above 0.
        rate: Likewise, in quarters.
        weight: Broadcasts to it.
    """
    return Predictive.of_means(start, shape / rate, shape, weight)


def log_marginal(total: Values, quarters: Values) -> Values:
    """Return the log chance of counts at one unknown rate, but for the factorials of the counts."""
    found: Values = (
        SHAPE * np.log(RATE)
        - gammaln(SHAPE)
        + gammaln(SHAPE + total)
        - (SHAPE + total) * np.log(RATE + quarters)
    )
    return found


def at_means(acts: ActCounts, mean: Values) -> Predictive:
    """Return Poisson counts at expected ones, array (quarter, field), from the first quarter on."""
    return Predictive.of_means(acts.first, mean[None, acts.first :])


def factorials(acts: ActCounts) -> float:
    """Return the sum of the log factorials of all counts."""
    return float(gammaln(acts.counts[acts.first :] + 1.0).sum())


@dataclass(frozen=True)
class Constant:
    """One rate: tomorrow is like the ten years before, or around, what is held out.

    In sample it is one rate for all years.
    """

    name: str = "constant"
    title: str = "constant"

    def predict(self, acts: ActCounts, holdouts: Sequence[Holdout]) -> list[Predictive]:
        """Return negative binomials from the quarters nearest, with Jeffreys' prior."""
        return [self._one(acts, holdout) for holdout in holdouts]

    def _one(self, acts: ActCounts, holdout: Holdout) -> Predictive:
        steps = np.flatnonzero(holdout.known(acts))
        middle = (holdout.start + holdout.stop - 1) / 2 if holdout.after else holdout.start
        nearest = np.argsort(np.abs(steps - middle), kind="stable")
        used = steps[nearest[: YEARS * acts.calendar.steps_per_year]]
        shape = SHAPE + acts.counts[used].sum(axis=0, dtype=np.float64)
        shape = np.broadcast_to(shape, (1, holdout.stop - holdout.start, len(shape)))
        return gamma_mixture(holdout.start, shape, np.full(shape.shape, float(len(used))))

    def in_sample(self, acts: ActCounts) -> InSample:
        """Return the mean of all quarters; evidence with the Gamma prior of the stages."""
        counted = acts.counts[acts.first :]
        mean = np.broadcast_to(counted.mean(axis=0), acts.counts.shape)
        total = counted.sum(axis=0, dtype=np.float64)
        evidence = float(log_marginal(total, np.full(len(total), float(len(counted)))).sum())
        return InSample(at_means(acts, mean), counted.shape[1], evidence - factorials(acts))


@dataclass(frozen=True)
class FourPeriod:
    """One rate for each stage of the scenario; a stage that has not begun is not foreseen."""

    name: str = "four_period"
    title: str = "rate by stage"

    def predict(self, acts: ActCounts, holdouts: Sequence[Holdout]) -> list[Predictive]:
        """Return negative binomials from the known quarters of each quarter's stage.

        A quarter in a stage of which nothing is known is taken for one of the last stage known.
        """
        return [self._one(acts, holdout) for holdout in holdouts]

    def _one(self, acts: ActCounts, holdout: Holdout) -> Predictive:
        known = holdout.known(acts)
        shape, rate = np.empty((2, 1, holdout.stop - holdout.start, acts.counts.shape[1]))
        for place, step in enumerate(range(holdout.start, holdout.stop)):
            stage = acts.stage[step]
            if not (known & (acts.stage == stage)).any():
                before = acts.stage[: holdout.start][known[: holdout.start]]
                stage = before[-1] if len(before) else stage
            used = known & (acts.stage == stage)
            shape[0, place] = SHAPE + acts.counts[used].sum(axis=0)
            rate[0, place] = RATE + used.sum()
        return gamma_mixture(holdout.start, shape, rate)

    def in_sample(self, acts: ActCounts) -> InSample:
        """Return the mean of each stage."""
        mean = np.zeros(acts.counts.shape)
        evidence, stages = 0.0, np.unique(acts.stage[acts.first :])
        counted = np.arange(acts.steps) >= acts.first
        for stage in stages:
            held = counted & (acts.stage == stage)
            mean[held] = acts.counts[held].mean(axis=0)
            total = acts.counts[held].sum(axis=0, dtype=np.float64)
            evidence += float(log_marginal(total, np.full(len(total), float(held.sum()))).sum())
        free = len(stages) * acts.counts.shape[1]
        return InSample(at_means(acts, mean), free, evidence - factorials(acts))


@dataclass(frozen=True)
class ChangePoint:
    """A rate that jumps at unknown quarters, once in ten years on average, to one from the prior.

    All ways to cut the years are added up, before and behind what is held out; rates may also jump
    inside it.

    Source: D. Barry and J. A. Hartigan, "Product partition models for change point problems",
    Annals of Statistics 20 (1992).
    """

    name: str = "change_point"
    title: str = "change points"

    def predict(self, acts: ActCounts, holdouts: Sequence[Holdout]) -> list[Predictive]:
        """Return mixtures over the stretch of constant rate that holds each quarter."""
        fields = range(acts.counts.shape[1])
        cut = [_Cut(acts.counts[acts.first :, field]) for field in fields]
        found = []
        for holdout in holdouts:
            start, stop = holdout.start - acts.first, holdout.stop - acts.first
            parts = [one.chances(start, stop, after=holdout.after) for one in cut]
            found.append(Predictive(holdout.start, np.stack(parts, axis=1)))
        return found

    def in_sample(self, acts: ActCounts) -> InSample:
        """Return the two rates and the quarter of change that fit best, of at most one change."""
        counted = acts.counts[acts.first :]
        mean = np.zeros(acts.counts.shape)
        steps = np.arange(1.0, len(counted))
        for field, column in enumerate(counted.T.astype(np.float64)):
            summed = np.cumsum(column)[:-1]
            fits = _at_best(summed, steps) + _at_best(column.sum() - summed, len(column) - steps)
            at = int(steps[np.argmax(fits)])
            mean[acts.first : acts.first + at, field] = column[:at].mean()
            mean[acts.first + at :, field] = column[at:].mean()
        evidence = sum(_Cut(column).evidence for column in counted.T) - factorials(acts)
        return InSample(at_means(acts, mean), 3 * counted.shape[1], float(evidence))


def _at_best(total: Values, quarters: Values) -> Values:
    """Return the log likelihood of counts at their mean rate, but for the factorials."""
    mean = total / quarters
    found: Values = total * np.log(np.maximum(mean, 1e-300)) - total
    return found


class _Cut:
    """One field's counts, cut into stretches of constant rate in every possible way."""

    def __init__(self, counts: NDArray[np.int64]) -> None:
        self._counts = counts.astype(np.float64)
        steps = len(counts)
        self._before = np.zeros(steps + 1)  # all cuts of what lies before a cut here
        self._behind = np.zeros(steps + 1)  # all cuts of what lies behind one
        total = np.concatenate([[0.0], np.cumsum(self._counts)])
        stay, change = np.log1p(-HAZARD), np.log(HAZARD)
        places = np.arange(steps + 1.0)
        for end in range(1, steps + 1):
            length = end - places[:end]
            logs = log_marginal(total[end] - total[:end], length) + (length - 1) * stay + change
            self._before[end] = logsumexp(self._before[:end] + logs)
        for begin in reversed(range(steps)):
            length = places[begin + 1 :] - begin
            logs = log_marginal(total[begin + 1 :] - total[begin], length) + (length - 1) * stay
            logs[:-1] += change
            self._behind[begin] = logsumexp(logs + self._behind[begin + 1 :])
        self.evidence = float(self._behind[0])

    def chances(self, start: int, stop: int, *, after: bool) -> Values:
        """Return the chances of counts from `start` to before `stop`, array (quarter, count)."""
        if not after:
            return self._forecast(start, stop)
        begins, ends, logs = self._stretches(start, stop)
        shapes, rates = self._known(begins, ends, start, stop)
        found = []
        for step in range(start, stop):
            here = (begins <= step) & (step < ends)
            weight = np.exp(logs[here] - logsumexp(logs[here]))
            found.append(_mixed(shapes[here], rates[here], weight))
        return np.array(found)

    def _forecast(self, start: int, stop: int) -> Values:
        """Return chances given what lies before: the last stretch goes on, or a new rate comes."""
        begins = np.arange(start)
        total = np.concatenate([[0.0], np.cumsum(self._counts)])
        length = start - begins.astype(np.float64)
        summed = total[start] - total[begins]
        logs = self._before[:start] + log_marginal(summed, length)
        logs += (length - 1) * np.log1p(-HAZARD)
        weight = np.exp(logs - logsumexp(logs)) if start else np.zeros(0)
        last = _mixed(SHAPE + summed, RATE + length, weight) if start else np.zeros(0)
        anew = _mixed(np.array([SHAPE]), np.array([RATE]), np.ones(1))
        found = []
        for ahead in range(1, stop - start + 1):
            stays = (1.0 - HAZARD) ** ahead if start else 0.0
            found.append(stays * last + (1.0 - stays) * anew if start else anew)
        return np.array(found)

    def _stretches(self, start: int, stop: int) -> tuple[Places, Places, Values]:
        """Return begin, end and log weight of stretches that touch a gap; unlikely ones not."""
        before, behind = self._around(start, stop)
        steps = len(self._counts)
        begins, ends = np.arange(stop), np.arange(start + 1, steps + 1)
        first, last = (part.ravel() for part in np.meshgrid(begins, ends, indexing="ij"))
        first, last = first[last > first], last[last > first]
        shapes, rates = self._known(first, last, start, stop)
        logs = before[first] + behind[last] + log_marginal(shapes - SHAPE, rates - RATE)
        logs += (last - first - 1) * np.log1p(-HAZARD)
        logs += np.where(last == steps, 0.0, np.log(HAZARD))
        kept = logs > logs.max() + np.log(LEAST_WEIGHT)
        return first[kept], last[kept], logs[kept]

    def _around(self, start: int, stop: int) -> tuple[Values, Values]:
        """Return `before` up to the end of a gap and `behind` from its start on, the gap unseen."""
        steps = len(self._counts)
        before, behind = self._before.copy(), self._behind.copy()
        stay, change = np.log1p(-HAZARD), np.log(HAZARD)
        for end in range(start + 1, stop):
            begins = np.arange(end)
            shapes, rates = self._known(begins, np.full(end, end), start, stop)
            logs = log_marginal(shapes - SHAPE, rates - RATE) + (end - begins - 1) * stay + change
            before[end] = logsumexp(before[:end] + logs)
        for begin in reversed(range(start + 1, stop)):
            ends = np.arange(begin + 1, steps + 1)
            shapes, rates = self._known(np.full(len(ends), begin), ends, start, stop)
            logs = log_marginal(shapes - SHAPE, rates - RATE) + (ends - begin - 1) * stay
            logs[:-1] += change
            behind[begin] = logsumexp(logs + behind[begin + 1 :])
        return before, behind

    def _known(self, begins: Places, ends: Places, start: int, stop: int) -> tuple[Values, Values]:
        """Return shape and rate of what is known of the rate of each stretch, the gap unseen."""
        seen = np.ones(len(self._counts))
        seen[start:stop] = 0.0
        total = np.concatenate([[0.0], np.cumsum(self._counts * seen)])
        quarters = np.concatenate([[0.0], np.cumsum(seen)])
        return SHAPE + total[ends] - total[begins], RATE + quarters[ends] - quarters[begins]


def _mixed(shape: Values, rate: Values, weight: Values) -> Values:
    """Return the chances of counts under a mixture of Gamma distributions, array (count)."""
    kept = weight > LEAST_WEIGHT
    parts = [one[kept][:, None, None] for one in (shape, rate, weight)]
    found: Values = gamma_mixture(0, *parts).chances[0, 0]
    return found
