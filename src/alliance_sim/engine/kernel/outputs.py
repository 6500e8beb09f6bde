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
def _signal(n, comparison, threshold, row, x, odd):
    """Write 1 where a comparison of a state holds, and 0 where it does not."""
    if comparison == AT_LEAST:
        for i in range(n):
            odd[1, i] = 1.0 if x[row, i] >= threshold else 0.0
    elif comparison == ABOVE:
        for i in range(n):
            odd[1, i] = 1.0 if x[row, i] > threshold else 0.0
    elif comparison == AT_MOST:
        for i in range(n):
            odd[1, i] = 1.0 if x[row, i] <= threshold else 0.0
    else:
        for i in range(n):
            odd[1, i] = 1.0 if x[row, i] < threshold else 0.0


@inlined
def _fold(n, step, how, kept, outcome, values):
    """Take one more quarter's values into an outcome; `values` is an array and one of its rows."""
    signal, row = values
    out, first = kept.summaries, step == kept.folds[outcome, 3]
    if how == ADD:
        for i in range(n):
            out[outcome, i] = out[outcome, i] + signal[row, i]
        return
    never = kept.years[kept.years.shape[0] - 1]
    if first:
        for i in range(n):
            out[outcome, i] = never if how == EARLIEST else signal[row, i]
    if how == EARLIEST:
        year = kept.years[step]
        for i in range(n):
            now = signal[row, i] > 0.0 and out[outcome, i] == never
            out[outcome, i] = year if now else out[outcome, i]
    elif how == LARGEST:
        for i in range(n):
            out[outcome, i] = max(out[outcome, i], signal[row, i])
    else:
        for i in range(n):
            out[outcome, i] = min(out[outcome, i], signal[row, i])


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
            how, comparison, row = (
                kept.folds[outcome, 0],
                kept.folds[outcome, 1],
                kept.folds[outcome, 2],
            )
            if comparison == AS_IT_IS:
                _fold(n, step, how, kept, outcome, (x, row))
            else:
                _signal(n, comparison, kept.thresholds[outcome], row, x, odd)
                _fold(n, step, how, kept, outcome, (odd, 1))
