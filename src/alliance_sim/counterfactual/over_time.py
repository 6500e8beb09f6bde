"""An effect over time: its bands by quarter, when the worlds part, and when they meet again.

An effect is edited minus factual, an array (draw, quarter) or (draw, quarter, ...) of twins that
share their noise, so that each draw is one answer. Where dates are asked for, they are steps,
counted from 0; "never" is told as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alliance_sim.counterfactual.estimates import HIGH, LOW
from alliance_sim.errors import SettingError, shown
from alliance_sim.glossary import domain_words

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.counterfactual.worlds import TwinWorlds

Floats = NDArray[np.float64]

PARTED, ALIKE = 0.05, 0.02  # differences of a level, above and below which worlds have parted, met
SURE = 0.9  # share of the histories in which they have to
LEVEL = "level_"


def effects_over_time(worlds: TwinWorlds) -> pd.DataFrame:
    """Return both worlds and the effect by quarter, of levels, the formal step and counts of acts.

    Returns:
        Columns `state`, `quarter`, and `fact`, `edited` and `effect`, each the median over
        histories, with `_low` and `_high` for the 5th and the 95th percentile.
    """
    import pandas as pd

    calendar = worlds.factual.calendar
    states = [s for s in worlds.factual.states if s.startswith((LEVEL, "count_")) or s == "rung"]
    whole = np.isfinite(worlds.factual.values).all() and np.isfinite(worlds.edited.values).all()
    quantile = np.quantile if whole else np.nanquantile  # the same, and far quicker
    frames = []
    for state in states:
        both = worlds.factual.column(state), worlds.edited.column(state)
        columns: dict[str, Any] = {"state": state, "quarter": list(calendar.labels)}
        for name, values in zip(
            ("fact", "edited", "effect"), (*both, both[1] - both[0]), strict=True
        ):
            low, middle, high = quantile(values, [LOW, 0.5, HIGH], axis=0)
            columns |= {name: middle, f"{name}_low": low, f"{name}_high": high}
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)


class Parting(NamedTuple):
    """When the levels of one field part in both worlds and meet again, and what lies between.

    Attributes:
        state: Name of the level.
        title: What the field is called, such as "politics".
        parted: First quarter of a year in which more than 90 % of the histories differ by more
            than 0.05 in each quarter, such as "2003Q1"; None for never.
        met_again: First later quarter in which more than 90 % differ by less than 0.02, or None.
        most: Largest share of the histories that differ by more than 0.05 in one quarter.
        most_in: That quarter; None if none ever does.
        area: Area under edited minus factual over all quarters, in years of the level: its median
            over histories.
        area_low: Its 5th percentile over histories.
        area_high: Its 95th percentile.
    """

    state: str
    title: str
    parted: str | None
    met_again: str | None
    most: float
    most_in: str | None
    area: float
    area_low: float
    area_high: float


def partings(worlds: TwinWorlds) -> tuple[Parting, ...]:
    """Return when the levels of both worlds part and meet again, field by field.

    Histories that failed in a world are left out.
    """
    runs = worlds.factual
    return tuple(_parting(worlds, state) for state in runs.states if state.startswith(LEVEL))


def _parting(worlds: TwinWorlds, state: str) -> Parting:
    calendar = worlds.factual.calendar

    def label(step: int | None) -> str | None:
        return None if step is None else calendar.label(step)

    effect = worlds.effect(state)
    effect = effect[np.isfinite(effect).all(axis=1)]
    parted = divergence(effect, PARTED, SURE, calendar.steps_per_year)
    differing = (np.abs(effect) > PARTED).mean(axis=0)
    most = int(differing.argmax())
    area = cumulative_effect(effect, calendar.dt)[:, -1]
    low, middle, high = (float(value) for value in np.quantile(area, [LOW, 0.5, HIGH]))
    return Parting(
        state=state,
        title=domain_words(state.removeprefix(LEVEL)),
        parted=label(parted),
        met_again=label(reconvergence(effect, parted, ALIKE, SURE)),
        most=float(differing[most]),
        most_in=label(most if differing[most] else None),
        area=middle,
        area_low=low,
        area_high=high,
    )


def cumulative_effect(effect: ArrayLike, quarter: float = 0.25) -> Floats:
    """Return the area under an effect from the first quarter to each, array (draw, quarter, ...).

    Args:
        effect: Array (draw, quarter, ...).
        quarter: Length of a step, in the unit of time that the area shall have; years by default.

    Raises:
        SettingError: If there is no draw, or one is no finite number.
    """
    values = _of_draws("cumulative_effect", effect)
    found: Floats = np.cumsum(values, axis=1) * quarter
    return found


def divergence(
    effect: ArrayLike, size: float = PARTED, probability: float = SURE, quarters: int = 4
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
    effect: ArrayLike, after: int | None, size: float = ALIKE, probability: float = SURE
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


def _of_draws(where: str, values: ArrayLike) -> Floats:
    """Return values as an array (draw, quarter, ...).

    Raises:
        SettingError: If they are no finite numbers, or have too few axes.
    """
    found: Any = np.asarray(values)
    shape = found.shape
    if found.dtype.kind not in "biuf" or found.ndim < 2 or not found.size:
        problem = f"an array of {found.dtype} of shape {shape}, must be numbers of shape "
        raise SettingError(where, [f"{problem}(draw, quarter, ...)"])
    if not np.isfinite(found).all():
        draw = int(np.argwhere(~np.isfinite(found))[0][0])
        raise SettingError(where, [f"draw {draw} has NaN or infinite values, must be finite"])
    return np.array(found, dtype=np.float64)


def _by_quarter(
    where: str, effect: ArrayLike, size: float, probability: float, quarters: int
) -> Floats:
    """Return an effect (draw, quarter) once what is asked of it makes sense."""
    values = _of_draws(where, effect)
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
