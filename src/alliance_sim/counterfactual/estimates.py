"""Numbers over draws: of histories and their twins, with intervals, weighed where that is asked.

What is told must not depend on how often a draw is run again. The interval of a number is over
histories, each a draw with one re-run. That of a yes or no is over draws, of what the mean of all
re-runs of each would be: a few re-runs scatter about it as coins do, and that is taken out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliance_sim.errors import SettingError
from alliance_sim.results.outcomes import outcome_by_run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from alliance_sim.counterfactual.question import Question
    from alliance_sim.counterfactual.worlds import TwinWorlds
    from alliance_sim.results import Ensemble

    Floats = NDArray[np.float64]

LOW, HIGH = 0.05, 0.95
LEAST = 0.005  # difference in probability below which none is told: less than 1 in 100, rounded
LIKELY = 64  # equally likely values of what the re-runs of a draw leave open
KINDS = (-1.0, 0.0, 1.0)  # what a yes or no may be, or the difference of two
NONE = 1e-12  # below it a mean is none: the inverse above gives the least float in place of 0
ALL_BETWEEN = 0.999  # largest share of the variance that is taken to lie between draws
WHERE = "whatif"
OUTSIDE = (
    "An effect is the mean over all draws: a few draws in which much differs can put it outside of "
    "the middle 90 %."
)


class Estimate(NamedTuple):
    """A number and its interval, 5th to 95th percentile: over histories, or for a yes/no draws."""

    value: float
    low: float
    high: float

    @property
    def outside(self) -> bool:
        """Whether the value lies outside of the interval, both as they are told: in hundredths."""
        value, low, high = (round(number, 2) for number in self)
        return not low <= value <= high


def told_of_outside(estimates: Iterable[Estimate]) -> str:
    """Return why an effect can lie outside of its interval, "" where none does."""
    return OUTSIDE if any(one.outside for one in estimates) else ""


def outcome_of(question: Question, runs: Ensemble) -> Floats:
    """Return the outcome of every run, array (run,)."""
    return outcome_by_run(question.outcome, runs)


def both_worlds(question: Question, worlds: TwinWorlds) -> tuple[Floats, Floats]:
    """Return the outcome of every history and of its twin, each array (history,)."""
    return outcome_of(question, worlds.factual), outcome_of(question, worlds.edited)


def effects_by_draw(question: Question, worlds: TwinWorlds) -> Floats:
    """Return edited minus factual of the outcome, averaged within draws, array (draw,)."""
    fact, edited = both_worlds(question, worlds)
    return worlds.by_draw(edited - fact)


def estimate_of(
    values: Floats, draws: int, *, binary: bool, weights: Floats | None = None
) -> Estimate:
    """Return the probability or the median of an outcome, or of its difference, over draws.

    Args:
        values: The outcome or the difference in each history, array (history,); see `likely`.
        draws: How many draws there are.
        binary: Whether it is a yes or no.
        weights: What each draw weighs, array (draw,); all alike if None.

    Raises:
        SettingError: If every history failed.
    """
    found = estimate(likely(values, draws, binary=binary), binary=binary, weights=weights)
    if not binary:
        return found
    sets = values.reshape(-1, draws).T
    return found._replace(value=estimate(sets, binary=True, weights=weights).value)


def estimate(by_draw: Floats, *, binary: bool, weights: Floats | None = None) -> Estimate:
    """Return the mean of a probability, or the median of a number, over draws, with its interval.

    Args:
        by_draw: Array (draw,), or (draw, value) of equally likely values of each; those that
            failed are NaN and are left out.
        binary: Whether it is a probability.
        weights: What each draw weighs, array (draw,); all alike if None.

    Raises:
        SettingError: If every draw failed.
    """
    there = np.isfinite(by_draw)
    whole = by_draw[there]
    if not len(whole):
        raise SettingError(WHERE, ["every history failed, so there is nothing to tell"])
    if weights is None:
        low, high = np.quantile(whole, [LOW, HIGH])
        middle = np.mean(whole) if binary else np.median(whole)
        return Estimate(float(middle), float(low), float(high))
    mine = np.broadcast_to(weights.reshape(-1, *[1] * (by_draw.ndim - 1)), by_draw.shape)[there]
    low, median, high = np.quantile(whole, [LOW, 0.5, HIGH], weights=mine, method="inverted_cdf")
    middle = np.average(whole, weights=mine) if binary else median
    return Estimate(float(middle), float(low), float(high))


def mean_of(values: Floats, draws: int, *, binary: bool) -> Estimate:
    """Return the mean of contributions over draws, with an interval as `estimate_of` has it.

    That of a yes or no is the difference of two worlds, told as `likely` tells it, or a mean over
    several such differences and so any number: what re-runs add to its variance over draws is then
    taken out by bringing draws nearer to their mean.

    Args:
        values: Array (history,): sets of re-runs one after the other, each of all draws; NaN where
            the history failed.
        draws: How many draws there are.
        binary: Whether they are contributions to a yes or no.

    Raises:
        SettingError: If every history failed.
    """
    sets = values.reshape(-1, draws).T
    runs = np.isfinite(sets).sum(axis=1)
    if not runs.any():
        raise SettingError(WHERE, ["every history failed, so there is nothing to tell"])
    own = np.nanmean(sets[runs > 0], axis=1)
    mean, over = float(own.mean()), float(own.var(ddof=1)) if len(own) > 1 else 0.0
    if not binary:
        low, high = np.nanquantile(sets, [LOW, HIGH])
        return Estimate(mean, float(low), float(high))
    if np.isin(values, KINDS)[np.isfinite(values)].all():
        return estimate_of(values, draws, binary=True)
    several = sets[runs > 1]
    within = 0.0
    if len(several):
        within = float((np.nanvar(several, axis=1, ddof=1) / runs[runs > 1]).mean())
    between = max(over - within, 0.0) / over if over > 0.0 else 0.0
    low, high = np.quantile(mean + np.sqrt(between) * (own - mean), [LOW, HIGH])
    return Estimate(mean, float(low), float(high))


def likely(values: Floats, draws: int, *, binary: bool) -> Floats:
    """Return equally likely values of an outcome, or of its difference, for each draw.

    Of a number these are its histories. Of a yes or no they are what the mean of all re-runs of
    the draw may be, given those that were made: shares of draws are taken to follow a Dirichlet
    distribution, whose spread is the spread over draws less what re-runs within a draw add to it
    (by moments), and each draw's own re-runs come on top. More re-runs tell a draw better and leave
    the spread over draws what it is. Of one re-run a draw nothing of the kind can be told, and its
    outcome stands for the mean.

    Args:
        values: Array (history,): sets of re-runs one after the other, each of all draws; of a yes
            or no -1, 0 or 1. NaN where the history failed.
        draws: How many draws there are.
        binary: Whether it is a yes or no.

    Returns:
        Array (draw, value); NaN where the history, or all histories of the draw, failed.
    """
    sets = values.reshape(-1, draws).T
    if not binary:
        return np.ascontiguousarray(sets)
    counts = np.stack([(sets == kind).sum(axis=1) for kind in KINDS], axis=1).astype(np.float64)
    runs = counts.sum(axis=1)
    there, several = runs > 0.0, runs > 1.0
    shares = counts / np.where(there, runs, np.nan)[:, None]
    mean = shares[there].mean(axis=0) if there.any() else np.zeros(len(KINDS))
    all_of_it = float((mean * (1.0 - mean)).sum())
    if all_of_it == 0.0 or not several.any():
        own: Floats = shares @ np.array(KINDS)
        return own[:, None]
    within = (shares * (1.0 - shares))[several] / (runs[several] - 1.0)[:, None]
    over_draws = float(shares[there].var(axis=0).sum()) * there.sum() / max(there.sum() - 1, 1)
    between = (over_draws - float(within.mean(axis=0).sum())) / all_of_it
    between = min(max(between, 1.0 - ALL_BETWEEN), ALL_BETWEEN)
    found = _means(counts + (1.0 / between - 1.0) * mean)
    return np.where(there[:, None], found, np.nan)


def _means(shapes: Floats) -> Floats:
    """Return equally likely means of draws, array (draw, value).

    Args:
        shapes: Of a Dirichlet distribution for each draw, array (draw, kind).
    """
    from scipy.special import betaincinv

    down, same, up = (shapes[:, k, None] for k in range(len(KINDS)))
    places = np.arange(LIKELY)
    bits = [places >> k & 1 for k in range(LIKELY.bit_length() - 1)]
    turned = sum(bit / 2.0 ** (k + 1) for k, bit in enumerate(bits)) + 0.5 / LIKELY
    changed = np.where(down + up > 0.0, (places + 0.5) / LIKELY, 0.0)
    either = np.where(same > 0.0, betaincinv(_some(down + up), _some(same), changed), 1.0)
    either = np.where(down + up > 0.0, either, 0.0)
    upwards = np.where(down > 0.0, betaincinv(_some(up), _some(down), turned), 1.0)
    upwards = np.where(up > 0.0, upwards, 0.0)
    found = either * (2.0 * upwards - 1.0)
    return np.where(np.abs(found) < NONE, 0.0, found)


def _some(shape: Floats) -> Floats:
    return np.where(shape > 0.0, shape, 1.0)  # a distribution that nobody looks at
