"""Baselines whose log rate is a weighted sum: of time, of its square, or of the model's inputs.

Counts are negative binomial; size and, for many inputs, how far weights shrink lie on a small grid.
At each point of it Newton's method finds the best weights; draws from a heavy-tailed approximation
there are weighted by what they are worth (importance sampling), so that predictions know how
unsure the weights are also where the log likelihood is skewed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

from alliance_sim.calibration.acts import ActCounts
from alliance_sim.calibration.baselines.conjugate import at_means
from alliance_sim.calibration.baselines.holdout import Holdout, InSample, Values
from alliance_sim.calibration.predictive import Predictive, log_negative_binomial

SIZE, SIZE_SPREAD, SIZES = 4.0, 0.7, 5  # log-normal prior of the size: median, sd of log; nodes
DRAWS = 64  # at each point of the grid
FREEDOM = 5.0  # of the t distribution that draws come from
WIDER = 1.2  # times the spread of the approximation
ROUNDS, LONGEST_STEP = 60, 2.0  # of Newton's method; the step in log rate
TIGHT = 1e-8
LARGEST_LOG = 8.0  # of a rate a quarter
LEAST_EFFECTIVE = 100.0  # draws, below which a left-out year is fitted anew
RIDGE = 1e-10  # keeps a plug-in fit finite where a field has no acts for long


class Node(NamedTuple):
    """A point of the grid: size of the negative binomial, spreads of weights, log prior weight."""

    size: float
    spread: Values
    log_weight: float


class Fit(NamedTuple):
    """Weighted draws of one field's numbers; weights are logs and add up to 1."""

    weights: Values  # (draw, term)
    size: Values  # (draw)
    log_weight: Values  # (draw)
    log_evidence: float
    error: float


@dataclass(frozen=True)
class Glm:
    """A log rate that is a weighted sum of terms.

    Attributes:
        name: Key in tables.
        title: What it is called.
        terms: "linear", "quadratic" or "inputs".
        foresees: Whether inputs of held-out quarters are told; else they stay as they were in the
            last quarter known. Years that are left out in the middle always have theirs.
    """

    name: str
    title: str
    terms: str
    foresees: bool = False

    def when_told(self) -> Glm | None:
        """Return what it is where it is told the inputs; None where there are none."""
        return replace(self, foresees=True) if self.terms == "inputs" else None

    def predict(self, acts: ActCounts, holdouts: Sequence[Holdout]) -> list[Predictive]:
        """Return mixtures of negative binomials over draws of the weights."""
        inside = [holdout for holdout in holdouts if holdout.after]
        fields = range(acts.counts.shape[1])
        whole = {f: self._fitted(acts, f, None) for f in fields} if inside else {}
        found = []
        for holdout in holdouts:
            parts = []
            for field in fields:
                fit = None
                if holdout.after:
                    fit = self._without(acts, field, whole[field], holdout)
                fit = fit or self._fitted(acts, field, holdout)
                design = self._ahead(acts, field, holdout)
                mean = np.exp(np.minimum(design @ fit.weights.T, LARGEST_LOG)).T[..., None]
                weight = np.exp(fit.log_weight)[:, None, None]
                one = Predictive.of_means(holdout.start, mean, fit.size[:, None, None], weight)
                parts.append(one.chances)
            found.append(Predictive(holdout.start, np.concatenate(parts, axis=1)))
        return found

    def in_sample(self, acts: ActCounts) -> InSample:
        """Return Poisson counts at the best weights; for inputs, at the likeliest shrunk ones."""
        mean = np.zeros(acts.counts.shape)
        evidence, variance, free = 0.0, 0.0, 0
        for field in range(acts.counts.shape[1]):
            design = self.design(acts, field)
            fit = self._fitted(acts, field, None)
            evidence, variance = evidence + fit.log_evidence, variance + fit.error**2
            if self.terms == "inputs":
                best = fit.weights[int(np.argmax(fit.log_weight))]
            else:
                flat = np.full(design.shape[1], RIDGE**-0.5)
                seen = np.arange(acts.steps) >= acts.first
                node = Node(np.inf, flat, 0.0)
                best = newton(acts.counts[:, field], design, seen, node, self.centre(acts))[0]
            free += design.shape[1]
            mean[:, field] = np.exp(np.minimum(design @ best, LARGEST_LOG))
        return InSample(at_means(acts, mean), free, evidence, variance**0.5)

    def design(self, acts: ActCounts, field: int, holdout: Holdout | None = None) -> Values:
        """Return the terms, array (quarter, term), the first of them 1.

        For a line, time in decades from the end of what is known before a hold-out, or from that of
        the run; for a square, scaled to run from -1 to 1 over the quarters that count.
        """
        steps = np.arange(acts.steps, dtype=np.float64)
        if self.terms == "inputs":
            return np.column_stack([np.ones(acts.steps), acts.inputs[field]])
        if self.terms == "linear":
            end = acts.steps if holdout is None or holdout.after else holdout.start
            decades = (steps - end) * acts.calendar.dt / 10.0
            return np.column_stack([np.ones(acts.steps), decades])
        time = scaled_time(acts)
        return np.column_stack([np.ones(acts.steps), time, time**2])

    def centre(self, acts: ActCounts) -> Values:
        """Return the prior means of the weights, of log acts a quarter."""
        a_year = np.log(acts.calendar.dt)
        if self.terms == "linear":
            return np.array([-1.0, 0.0])
        terms = 3 if self.terms == "quadratic" else 1 + acts.inputs.shape[2]
        return np.array([a_year, *np.zeros(terms - 1)])

    def nodes(self, acts: ActCounts) -> list[Node]:
        """Return the grid of sizes, and of how far weights of inputs shrink."""
        sizes = SIZE * np.exp(SIZE_SPREAD * scipy.stats.norm.ppf((np.arange(SIZES) + 0.5) / SIZES))
        if self.terms == "linear":
            spreads = [np.array([2.0, 1.0])]
        elif self.terms == "quadratic":
            spreads = [np.array([2.0, 2.0, 2.0])]
        else:
            inputs = acts.inputs.shape[2]
            spreads = [np.array([2.0, *np.full(inputs, s)]) for s in (0.15, 0.3, 0.6)]
        pairs = list(product(sizes, spreads))
        return [Node(float(size), spread, -float(np.log(len(pairs)))) for size, spread in pairs]

    def _ahead(self, acts: ActCounts, field: int, holdout: Holdout) -> Values:
        design = self.design(acts, field, holdout)
        if self.terms != "inputs" or self.foresees or holdout.after:
            return design[holdout.start : holdout.stop]
        last = design[max(holdout.start - 1, 0)]
        return np.broadcast_to(last, (holdout.stop - holdout.start, len(last)))

    def _fitted(self, acts: ActCounts, field: int, holdout: Holdout | None) -> Fit:
        """Return draws for one field from what is known; from everything without a hold-out."""
        every = Holdout(acts.steps, acts.steps)
        seen = (holdout or every).known(acts)
        counts, design = acts.counts[:, field], self.design(acts, field, holdout)
        return sampled(counts, design, seen, self.nodes(acts), self.centre(acts))

    def _without(self, acts: ActCounts, field: int, fit: Fit, holdout: Holdout) -> Fit | None:
        """Return the draws of a fit to everything, weighted as if quarters had not been seen.

        None if so few of them carry the weight that a fit of its own is needed.
        """
        held = slice(holdout.start, holdout.stop)
        design, counts = self.design(acts, field)[held], acts.counts[held, field]
        mean = np.exp(np.minimum(design @ fit.weights.T, LARGEST_LOG)).T
        logs = log_negative_binomial(counts, mean, fit.size[:, None]).sum(axis=1)
        weight = fit.log_weight - logs
        weight -= logsumexp(weight)
        if np.exp(-logsumexp(2 * weight)) < LEAST_EFFECTIVE:
            return None
        return fit._replace(log_weight=weight)


def scaled_time(acts: ActCounts) -> Values:
    """Return time from -1 in the first quarter that counts to 1 in the last."""
    steps = np.arange(acts.steps, dtype=np.float64)
    time: Values = 2.0 * (steps - acts.first) / (acts.steps - 1 - acts.first) - 1.0
    return time


@cache
def normal_draws(terms: int) -> Values:
    """Return draws of a multivariate t distribution that fill space evenly, (draw, term)."""
    points = scipy.stats.qmc.Sobol(terms + 1, seed=20260101).random(DRAWS)
    points = np.clip(points, 1e-6, 1 - 1e-6)
    scale = np.sqrt(FREEDOM / (2.0 * scipy.stats.gamma.ppf(points[:, -1], FREEDOM / 2.0)))
    draws: Values = scipy.stats.norm.ppf(points[:, :-1]) * scale[:, None]
    return draws


def newton(
    counts: NDArray[np.int64], design: Values, seen: NDArray[np.bool_], node: Node, centre: Values
) -> tuple[Values, Values]:
    """Return the likeliest weights at a point of the grid, and the curvature there.

    Args:
        counts: Array (quarter).
        design: Array (quarter, term).
        seen: Which quarters are fitted to.
        node: Size and spreads of the prior.
        centre: Means of the prior.
    """
    y, terms = counts[seen].astype(np.float64), design[seen]
    over = 0.0 if np.isinf(node.size) else 1.0 / node.size
    hold = node.spread**-2.0
    weights = centre.copy()
    weights[0] = np.log(y.mean() + 0.02) if len(y) else centre[0]
    curvature = np.diag(hold)
    for _ in range(ROUNDS):
        mean = np.exp(np.clip(terms @ weights, -40.0, LARGEST_LOG))
        pull = (y - mean) / (1.0 + over * mean)
        bend = mean * (1.0 + over * y) / (1.0 + over * mean) ** 2
        slope = terms.T @ pull - hold * (weights - centre)
        curvature = (terms.T * bend) @ terms + np.diag(hold)
        step = np.linalg.solve(curvature, slope)
        longest = float(np.abs(design @ step).max(initial=0.0))
        weights = weights + step * min(1.0, LONGEST_STEP / max(longest, 1e-12))
        if longest < TIGHT:
            break
    return weights, curvature


def sampled(
    counts: NDArray[np.int64],
    design: Values,
    seen: NDArray[np.bool_],
    nodes: Sequence[Node],
    centre: Values,
) -> Fit:
    """Return weighted draws from the posterior over all points of the grid."""
    y, terms = counts[seen], design[seen]
    plain = normal_draws(design.shape[1])
    number = design.shape[1]
    kernel = gammaln((FREEDOM + number) / 2) - gammaln(FREEDOM / 2)
    kernel -= number / 2 * np.log(FREEDOM * np.pi)
    kernel = kernel - (FREEDOM + number) / 2 * np.log1p((plain**2).sum(axis=1) / FREEDOM)
    found, logs, sizes = [], [], []
    for node in nodes:
        mode, curvature = newton(counts, design, seen, node, centre)
        root = np.linalg.inv(np.linalg.cholesky(curvature)) * WIDER  # (L^-1): cov = L^-T L^-1
        draws = mode + plain @ root
        mean = np.exp(np.clip(draws @ terms.T, -40.0, LARGEST_LOG))
        likely = log_negative_binomial(y, mean, np.array(node.size)).sum(axis=1)
        prior = scipy.stats.norm.logpdf(draws, centre, node.spread).sum(axis=1)
        drawn = kernel - np.linalg.slogdet(root)[1]
        logs.append(likely + prior - drawn + node.log_weight)
        found.append(draws)
        sizes.append(np.full(len(draws), node.size))
    together = np.concatenate(logs)
    total = logsumexp(together)
    evidence = float(total - np.log(DRAWS))
    share = np.exp(together - total)
    error = float(np.sqrt(max(0.0, (share**2).sum() - 1.0 / len(share))))
    return Fit(np.concatenate(found), np.concatenate(sizes), together - total, evidence, error)


def log_quadratic_evidence(acts: ActCounts, spread: float = 2.0) -> tuple[float, float]:
    """Return the evidence of Poisson counts whose log rate is quadratic in time, and its error.

    The three coefficients of the log of acts a year are N(0, spread²) each, in time scaled to run
    from -1 to 1; they are integrated out for each field by the trapezoidal rule on a grid around
    the mode, in the directions of the curvature. The error is the change on a grid half as fine.
    """
    model = Glm("log_quadratic", "", "quadratic")
    seen = np.arange(acts.steps) >= acts.first
    total, error = 0.0, 0.0
    for field in range(acts.counts.shape[1]):
        node = Node(np.inf, np.full(3, spread), 0.0)
        counts, design = acts.counts[:, field], model.design(acts, field)
        fine, coarse = (
            _integral(counts, design, seen, node, model.centre(acts), points) for points in (41, 21)
        )
        total, error = total + fine, error + abs(fine - coarse)
    return total, error


def _integral(
    counts: NDArray[np.int64],
    design: Values,
    seen: NDArray[np.bool_],
    node: Node,
    centre: Values,
    points: int,
) -> float:
    """Return the log of the integral of likelihood times prior over three weights."""
    mode, curvature = newton(counts, design, seen, node, centre)
    root = np.linalg.inv(np.linalg.cholesky(curvature))
    axis = np.linspace(-9.0, 9.0, points)
    cells = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    weights = mode + cells @ root
    y, terms = counts[seen].astype(np.float64), design[seen]
    logs = np.empty(len(weights))
    for part in np.array_split(np.arange(len(weights)), max(1, len(weights) // 4096)):
        eta = weights[part] @ terms.T
        logs[part] = eta @ y - np.exp(np.minimum(eta, 30.0)).sum(axis=1)
    logs += (
        scipy.stats.norm.logpdf(weights, centre, node.spread).sum(axis=1) - gammaln(y + 1.0).sum()
    )
    volume = 3 * np.log(axis[1] - axis[0]) + np.linalg.slogdet(root)[1]
    return float(logsumexp(logs) + volume)
