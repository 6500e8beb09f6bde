"""An effect over time: its bands, when worlds part, when they meet again, how late something comes.

An effect is edited minus factual, an array (draw, quarter) or (draw, quarter, ...) of twins that
share their noise, so that each draw is one answer. Where dates are asked for, they are steps,
counted from 0; "never" is told as such.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alliance_sim.errors import SettingError, shown

Floats = NDArray[np.float64]


class Bands(NamedTuple):
    """An effect at each quarter.

    Attributes:
        median: Median over draws, without their axis.
        low: Lower end of the central interval.
        high: Upper end.
    """

    median: Floats
    low: Floats
    high: Floats


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


def effect_bands(effect: ArrayLike, width: float = 0.9) -> Bands:
    """Return median and central interval of an effect over draws.

    Args:
        effect: Array (draw, ...), edited minus factual.
        width: Share of the draws that the interval holds, above 0 and below 1.

    Raises:
        SettingError: If there is no draw, one is no finite number, or the width is out of range.
    """
    values = _of_draws("effect_bands", effect)
    if not 0.0 < width < 1.0:
        raise SettingError(
            "effect_bands", [f"width is {shown(width)}, must be above 0 and below 1"]
        )
    low, median, high = np.quantile(values, [(1 - width) / 2, 0.5, (1 + width) / 2], axis=0)
    return Bands(median, low, high)


def cumulative_effect(effect: ArrayLike, quarter: float = 0.25) -> Floats:
    """Return the area under an effect from the first quarter to each, array (draw, quarter, ...).

    Args:
        effect: Array (draw, quarter, ...).
        quarter: Length of a step, in the unit of time that the area shall have; years by default.

    Raises:
        SettingError: If there is no draw, or one is no finite number.
    """
    values = _of_draws("cumulative_effect", effect, least=2)
    found: Floats = np.cumsum(values, axis=1) * quarter
    return found


def divergence(
    effect: ArrayLike, size: float = 0.05, probability: float = 0.9, quarters: int = 4
) -> int | None:
    """Return when the worlds have parted: the first quarter of several in a row that differ.

    Args:
        effect: Array (draw, quarter).
        size: A difference counts if it is larger than this, either way.
        probability: A quarter differs if it does in more than this share of the draws.
        quarters: How many in a row.

    Returns:
        The first step of the first such row, None if there is none.

    Raises:
        SettingError: If the effect is of another shape, or a number is out of range.
    """
    values = _by_quarter("divergence", effect, size, probability, quarters)
    apart = (np.abs(values) > size).mean(axis=0) > probability
    if len(apart) < quarters:
        return None
    rows = np.lib.stride_tricks.sliding_window_view(apart, quarters).all(axis=1)
    found = np.flatnonzero(rows)
    return int(found[0]) if found.size else None


def reconvergence(
    effect: ArrayLike, after: int | None, size: float = 0.02, probability: float = 0.9
) -> int | None:
    """Return when the worlds have met again: the first later quarter that is alike in both.

    Args:
        effect: Array (draw, quarter).
        after: Step at which they have parted, as `divergence` gives it; None if they have not.
        size: A difference below this counts as none.
        probability: A quarter is alike if it is in more than this share of the draws.

    Returns:
        A step after `after`, None if they do not meet again or have not parted.

    Raises:
        SettingError: If the effect is of another shape, or a number is out of range.
    """
    values = _by_quarter("reconvergence", effect, size, probability, 1)
    if after is None:
        return None
    alike = (np.abs(values) < size).mean(axis=0) > probability
    found = np.flatnonzero(alike[after + 1 :])
    return after + 1 + int(found[0]) if found.size else None


def first_passage(values: ArrayLike, threshold: float) -> Floats:
    """Return when each draw first reaches a threshold, array (draw,) of steps, inf if never.

    Args:
        values: Array (draw, quarter) of one world.
        threshold: What has to be reached or passed.

    Raises:
        SettingError: If the values are of another shape.
    """
    found = _of_draws("first_passage", values, least=2)
    reached = found >= threshold
    first: Floats = reached.argmax(axis=1).astype(np.float64)
    first[~reached.any(axis=1)] = np.inf
    return first


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


def _of_draws(where: str, values: ArrayLike, least: int = 1) -> Floats:
    """Return values as an array whose first axis are draws.

    Raises:
        SettingError: If they are no finite numbers, or have too few axes.
    """
    found: Any = np.asarray(values)
    shape = found.shape
    if found.dtype.kind not in "biuf" or found.ndim < least or not found.size:
        axes = "(draw, quarter, ...)" if least > 1 else "(draw, ...)"
        problem = f"an array of {found.dtype} of shape {shape}, must be numbers of shape {axes}"
        raise SettingError(where, [problem])
    if not np.isfinite(found).all():
        draw = int(np.argwhere(~np.isfinite(found))[0][0])
        raise SettingError(where, [f"draw {draw} has NaN or infinite values, must be finite"])
    return np.array(found, dtype=np.float64)


def _by_quarter(
    where: str, effect: ArrayLike, size: float, probability: float, quarters: int
) -> Floats:
    """Return an effect (draw, quarter) once what is asked of it makes sense."""
    values = _of_draws(where, effect, least=2)
    problems = []
    if values.ndim != 2:
        problems.append(f"the effect has shape {values.shape}, must be (draw, quarter)")
    if not size > 0.0:
        problems.append(f"size is {shown(size)}, must be above 0")
    if not 0.0 < probability < 1.0:
        problems.append(f"probability is {shown(probability)}, must be above 0 and below 1")
    if type(quarters) is not int or quarters < 1:
        problems.append(f"quarters is {shown(quarters)}, must be a whole number, at least 1")
    if problems:
        raise SettingError(where, problems)
    return values
