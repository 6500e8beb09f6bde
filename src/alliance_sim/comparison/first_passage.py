"""When something is first reached, and how much later that is in another world."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alliance_sim.errors import SettingError, shown

Floats = NDArray[np.float64]


class Delay(NamedTuple):
    """How much later something happens in the edited world, on average and by draw.

    Attributes:
        mean: Mean of the differences, in the units of the dates; positive is later.
        low: Lower end of their central interval over draws.
        high: Upper end.
        never_factual: Share of draws in which it does not happen by the horizon in fact.
        never_edited: The same in the edited world.
    """

    mean: float
    low: float
    high: float
    never_factual: float
    never_edited: float


def first_passage(values: ArrayLike, threshold: float) -> Floats:
    """Return when each draw first reaches a threshold, array (draw,) of steps, inf if never.

    It is NaN for a draw that holds NaN, as of a run that failed: nobody knows when it would have.
    Leave such draws out, on both sides of a pair, before `delay` is asked, which takes NaN for
    never.

    Args:
        values: Array (draw, quarter) of one world.
        threshold: What has to be reached or passed.

    Raises:
        SettingError: If the values are of another shape.
    """
    found = np.asarray(values)
    if found.ndim != 2 or found.dtype.kind not in "biuf":
        problem = (
            f"values are {found.dtype} of shape {found.shape}, must be numbers (draw, quarter)"
        )
        raise SettingError("first_passage", [problem])
    reached = found >= threshold
    when = np.where(reached.any(axis=1), reached.argmax(axis=1), np.inf)
    return np.where(np.isnan(found).any(axis=1), np.nan, when)


def delay(factual: ArrayLike, edited: ArrayLike, horizon: float, width: float = 0.9) -> Delay:
    """Return how much later something comes, as a restricted mean.

    What has not happened by the horizon is counted as if it happened then: a mean of dates that
    may never come has no other honest reading. So the delay is at least this long where more draws
    never get there in the edited world.

    Args:
        factual: Array (draw,) of dates in fact, in any unit, inf or NaN for never.
        edited: The same in the edited world, draw by draw.
        horizon: Date up to which both are looked at, in the same unit.
        width: Share of the draws that the interval holds.

    Raises:
        SettingError: If the arrays do not match, there is no draw, or the width is out of range.
    """
    dates = [np.asarray(given, dtype=np.float64) for given in (factual, edited)]
    problems = []
    if dates[0].ndim != 1 or dates[0].shape != dates[1].shape or not dates[0].size:
        problems.append(
            f"dates have the shapes {dates[0].shape} and {dates[1].shape}, must be (draw,) both"
        )
    if not 0.0 < width < 1.0:
        problems.append(f"width is {shown(width)}, must be above 0 and below 1")
    if problems:
        raise SettingError("delay", problems)
    never = [np.isnan(date) | (date > horizon) for date in dates]
    within = [np.where(none, horizon, date) for none, date in zip(never, dates, strict=True)]
    later = within[1] - within[0]
    low, high = np.quantile(later, [(1 - width) / 2, (1 + width) / 2])
    shares = [float(none.mean()) for none in never]
    return Delay(float(later.mean()), float(low), float(high), *shares)
