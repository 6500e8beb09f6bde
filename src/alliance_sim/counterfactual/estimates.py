"""Numbers over draws: of histories and their twins, with intervals, weighed where that is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliance_sim.errors import SettingError
from alliance_sim.results.outcomes import evaluate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.counterfactual.question import Question
    from alliance_sim.counterfactual.worlds import TwinWorlds
    from alliance_sim.results import Ensemble

    Floats = NDArray[np.float64]

LOW, HIGH = 0.05, 0.95
WHERE = "whatif"


class Estimate(NamedTuple):
    """A number and its interval over draws: of means within a draw, 5th to 95th percentile."""

    value: float
    low: float
    high: float


def outcome_of(question: Question, runs: Ensemble) -> Floats:
    """Return the outcome of every run, array (run,)."""
    return evaluate([question.outcome], runs.states, runs.values, runs.calendar)[:, 0]


def both_worlds(question: Question, worlds: TwinWorlds) -> tuple[Floats, Floats]:
    """Return the outcome of every history and of its twin, each array (history,)."""
    return outcome_of(question, worlds.factual), outcome_of(question, worlds.edited)


def effects_by_draw(question: Question, worlds: TwinWorlds) -> Floats:
    """Return edited minus factual of the outcome, averaged within draws, array (draw,)."""
    fact, edited = both_worlds(question, worlds)
    return worlds.by_draw(edited - fact)


def estimate(by_draw: Floats, *, binary: bool, weights: Floats | None = None) -> Estimate:
    """Return the mean of a probability, or the median of a number, over draws, with its interval.

    Args:
        by_draw: Array (draw,); draws that failed are NaN and are left out.
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
    mine = weights[there]
    low, median, high = np.quantile(whole, [LOW, 0.5, HIGH], weights=mine, method="inverted_cdf")
    middle = np.average(whole, weights=mine) if binary else median
    return Estimate(float(middle), float(low), float(high))
