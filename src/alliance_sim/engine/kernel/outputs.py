"""What a block leaves behind: trajectories if asked for, outcomes always, and what went wrong."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_sim.compiled import inlined, stage
from alliance_sim.engine.kernel.layout import LANES

ADD, LARGEST, SMALLEST, EARLIEST = 0, 1, 2, 3  # how quarters are folded
AS_IT_IS, AT_LEAST, ABOVE, AT_MOST, BELOW = 0, 1, 2, 3, 4  # how a state becomes a signal
COMPARISONS = {"": AS_IT_IS, ">=": AT_LEAST, ">": ABOVE, "<=": AT_MOST, "<": BELOW}
FOLDS = {
    "at": ADD,
    "mean": ADD,
    "sum": ADD,
    "max": LARGEST,
    "min": SMALLEST,
    "first": EARLIEST,
}


class Outputs(NamedTuple):
    """What is kept of a block.

    Attributes:
        reported: Rows of the state that are reported, in order.
        trajectories: Array (run, quarter, reported state); empty to keep none.
        folds: Array (outcome, 5): fold, comparison, row of the state, first step, one past the
            last.
        thresholds: Array (outcome,).
        years: Decimal year at which each quarter begins.
        summaries: Array (outcome, column).
        failures: Array (2, column): first quarter in which a reported state is not finite (-1 if
            none), and the position of that state.
    """

    reported: NDArray[np.int64]
    trajectories: NDArray[np.float64]
    folds: NDArray[np.int64]
    thresholds: NDArray[np.float64]
    years: NDArray[np.float64]
    summaries: NDArray[np.float64]
    failures: NDArray[np.int64]


@inlined
def _look_for_failures(n, step, kept, x, odd):
    """Note runs in which a reported state is infinite or not a number: x - x is then not 0."""
    for i in range(n):
        odd[0, i] = 0.0
    for position in range(kept.reported.shape[0]):
        row = kept.reported[position]
        for i in range(n):
            odd[0, i] = odd[0, i] + (x[row, i] - x[row, i])
    for i in range(n):
        if odd[0, i] != 0.0 and kept.failures[0, i] < 0:
            for position in range(kept.reported.shape[0]):
                value = x[kept.reported[position], i]
                if value - value != 0.0 and kept.failures[0, i] < 0:
                    kept.failures[0, i] = step
                    kept.failures[1, i] = position


@inlined
def _signal(value, comparison, threshold):
    """Return a state as it is, or 1 where a comparison holds and 0 where it does not."""
    if comparison == AS_IT_IS:
        return value
    if comparison == AT_LEAST:
        return 1.0 if value >= threshold else 0.0
    if comparison == ABOVE:
        return 1.0 if value > threshold else 0.0
    if comparison == AT_MOST:
        return 1.0 if value <= threshold else 0.0
    return 1.0 if value < threshold else 0.0


@inlined
def _fold(n, step, kept, outcome, x):
    """Take one more quarter into an outcome."""
    how, comparison, row = (
        kept.folds[outcome, 0],
        kept.folds[outcome, 1],
        kept.folds[outcome, 2],
    )
    first = step == kept.folds[outcome, 3]
    threshold = kept.thresholds[outcome]
    out = kept.summaries
    if how == ADD and comparison == AS_IT_IS:
        for i in range(n):
            out[outcome, i] = out[outcome, i] + x[row, i]
        return
    for i in range(n):
        value = _signal(x[row, i], comparison, threshold)
        if how == ADD:
            out[outcome, i] = out[outcome, i] + value
        elif how == EARLIEST:
            never = kept.years[kept.years.shape[0] - 1]
            so_far = never if first else out[outcome, i]
            now = value > 0.0 and so_far == never
            out[outcome, i] = kept.years[step] if now else so_far
        elif how == LARGEST:
            out[outcome, i] = value if first else max(out[outcome, i], value)
        else:
            out[outcome, i] = value if first else min(out[outcome, i], value)


@stage
def keep(n, step, kept, x, odd):
    """Keep this quarter."""
    assert x.shape[1] == odd.shape[1] == kept.summaries.shape[1] == LANES
    _look_for_failures(n, step, kept, x, odd)
    if kept.trajectories.shape[0] > 0:
        for i in range(n):
            for position in range(kept.reported.shape[0]):
                kept.trajectories[i, step, position] = x[kept.reported[position], i]
    for outcome in range(kept.folds.shape[0]):
        if kept.folds[outcome, 3] <= step < kept.folds[outcome, 4]:
            _fold(n, step, kept, outcome, x)
