"""What the runs of a sweep come to: means, quantiles and probabilities, each with its error.

Every error here is the Monte Carlo error: what a sweep of other runs would give otherwise, with the
same model and the same numbers. It says nothing about whether the model is right.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from alliance_sim.analysis.columns import QUANTILES, refuse_added
from alliance_sim.errors import SettingError, UnknownName, unknown_name
from alliance_sim.results import Ensemble
from alliance_sim.scenario.fields import LEVELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

Z = 1.959963984540054  # of a 95 % interval
WHERE = "summarise"
SHOWN = (*LEVELS, "agenda_overlap", "rung")


class Groups(NamedTuple):
    """Values sorted within groups, failed ones left out."""

    values: NDArray[np.float64]  # ascending within each group
    starts: NDArray[np.intp]  # (group): where each begins
    counts: NDArray[np.intp]  # (group): how many values it has


def point_table(
    frame: pd.DataFrame,
    *,
    outcomes: Sequence[str],
    factors: Sequence[str] = (),
    binary: Collection[str] = (),
) -> pd.DataFrame:
    """Return one row per scenario, design point and outcome.

    Args:
        frame: One row per run, with columns `scenario` and `point`, one per factor (constant
            within a point) and one per outcome (NaN where the run failed).
        outcomes: Columns to summarise.
        factors: Columns to carry along.
        binary: Those outcomes that are 0 or 1, for which a probability is meant.

    Returns:
        Columns `scenario`, `point`, the factors, `outcome`, `runs` (that did not fail), `failed`,
        `mean`, `mean_se`, then for each of the quantiles 5, 25, 50, 75 and 95 % `q05` and `q05_se`
        and so on, and for outcomes that are 0 or 1 `probability`, `probability_low` and
        `probability_high` (95 %, Wilson; NaN for the others). Standard errors are NaN where
        fewer than two runs are left, everything where none is.

    Raises:
        UnknownName: If a column is missing.
        SettingError: If there are no rows, an outcome named binary holds another value, or a
            factor is called like a column that is added.
    """
    _check(frame, [*factors, *outcomes])
    refuse_added(WHERE, factors)
    codes, first, count = _cells(frame)
    heads = frame.iloc[first][["scenario", "point", *factors]].reset_index(drop=True)
    size = np.bincount(codes, minlength=count)
    parts = []
    for outcome in outcomes:
        groups = grouped(frame[outcome].to_numpy(dtype=np.float64), codes, count)
        part = heads.copy()
        part["outcome"] = outcome
        part["runs"] = groups.counts
        part["failed"] = size - groups.counts
        for name, column in _statistics(groups, binary=outcome in binary, name=outcome).items():
            part[name] = column
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    order = np.argsort(np.tile(np.arange(count), len(outcomes)), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _check(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    if not len(frame):
        raise SettingError(WHERE, ["there are no runs to summarise"])
    for column in columns:
        if column not in frame.columns:
            raise UnknownName(unknown_name("column", column, [str(c) for c in frame.columns]))


def _cells(frame: pd.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.intp], int]:
    """Return of each row its cell, of each cell its first row, and how many cells there are.

    Cells are pairs of point and scenario, points ascending and scenarios as they first appear.
    """
    scenario, names = pd.factorize(frame["scenario"])
    point = frame["point"].to_numpy(dtype=np.int64)
    _, first, codes = np.unique(
        point * len(names) + scenario, return_index=True, return_inverse=True
    )
    return codes, first, len(first)


def grouped(values: NDArray[np.float64], codes: NDArray[np.intp], count: int) -> Groups:
    """Return values sorted within their groups, those that are NaN left out.

    Args:
        values: Array (row).
        codes: Array (row): the group of each, from 0.
        count: Number of groups.
    """
    kept = ~np.isnan(values)
    values, codes = values[kept], codes[kept]
    order = np.lexsort((values, codes))
    counts = np.bincount(codes, minlength=count)
    return Groups(values[order], np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)


def _statistics(groups: Groups, *, binary: bool, name: str) -> dict[str, NDArray[np.float64]]:
    """Return the columns of one outcome, each an array (group)."""
    mean, deviation = moments(groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = {"mean": mean, "mean_se": deviation / np.sqrt(groups.counts)}
    for share, (value, error) in zip(QUANTILES, quantiles(groups, QUANTILES), strict=True):
        key = f"q{round(share * 100):02d}"
        found |= {key: value, f"{key}_se": error}
    nothing = np.full(len(mean), np.nan)
    if not binary:
        empty = ("probability", "probability_low", "probability_high")
        return found | dict.fromkeys(empty, nothing)
    if not np.isin(groups.values, (0.0, 1.0)).all():
        odd = groups.values[~np.isin(groups.values, (0.0, 1.0))][0]
        raise SettingError(WHERE, [f"outcome {name!r} holds {odd:g}, must be 0 or 1"])
    low, high = wilson(mean * groups.counts, groups.counts)
    return found | {"probability": mean, "probability_low": low, "probability_high": high}


def moments(groups: Groups) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and standard deviation (n - 1) of each group, NaN where there are too few."""
    codes = np.repeat(np.arange(len(groups.counts)), groups.counts)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(codes, groups.values, len(groups.counts)) / groups.counts
        apart = (groups.values - mean[codes]) ** 2
        variance = np.bincount(codes, apart, len(groups.counts)) / (groups.counts - 1)
    return mean, np.sqrt(np.where(groups.counts > 1, variance, np.nan))


def quantiles(
    groups: Groups, shares: Sequence[float]
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return for each share the quantile of every group and its standard error.

    The quantile lies between two runs on a straight line (NumPy's default). Its error is that of
    Maritz and Jarrett, which is what a bootstrap without end would give.

    Source: Maritz and Jarrett (1978), Journal of the American Statistical Association 73, 194-196.
    """
    size = len(groups.counts)
    found = [(np.full(size, np.nan), np.full(size, np.nan)) for _ in shares]
    for count in np.unique(groups.counts):
        if not count:
            continue
        rows = np.flatnonzero(groups.counts == count)
        matrix = groups.values[groups.starts[rows][:, None] + np.arange(count)]
        for share, (value, error) in zip(shares, found, strict=True):
            place = share * (count - 1)
            below = math.floor(place)
            above = min(below + 1, count - 1)
            step = matrix[:, above] - matrix[:, below]
            value[rows] = matrix[:, below] + (place - below) * step
            if count > 1:
                weights = _maritz_jarrett(int(count), share)
                centre = matrix @ weights
                error[rows] = np.sqrt(((matrix - centre[:, None]) ** 2) @ weights)
    return found


def _maritz_jarrett(count: int, share: float) -> NDArray[np.float64]:
    """Return the weights (run) of sorted values in the moments of a sample quantile."""
    from scipy.special import betainc

    place = math.floor(share * count + 0.5)
    a = min(max(place, 1), count)
    edges = betainc(a, count - a + 1, np.linspace(0, 1, count + 1))
    weights: NDArray[np.float64] = np.diff(edges)
    return weights


def student(freedom: NDArray[np.float64] | NDArray[np.intp] | float) -> NDArray[np.float64]:
    """Return how many standard errors a 95 % interval reaches to either side of a mean.

    An error that comes from few parts is itself uncertain: of two it takes 12.7, of many 1.96.

    Args:
        freedom: Degrees of freedom of the error, parts less one; any shape.

    Returns:
        Student's 97.5th percentile, of the same shape; NaN where there is no freedom.
    """
    from scipy.special import stdtrit

    known = np.asarray(freedom, dtype=np.float64)
    found: NDArray[np.float64] = stdtrit(np.where(known > 0, known, np.nan), 0.975)
    return found


def wilson(
    successes: NDArray[np.float64] | float,
    runs: NDArray[np.float64] | NDArray[np.intp] | float,
    *,
    z: NDArray[np.float64] | float = Z,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return an interval of a probability (Wilson's score interval), NaN without runs.

    Unlike the mean and its standard error it stays within 0 and 1, and is of use when all runs or
    none succeed. For whole numbers of runs it is SciPy's `binomtest(...).proportion_ci`, for all
    points of a table at once.

    Args:
        successes: How many runs it happened in; any shape.
        runs: How many runs there were; the same shape.
        z: Standard deviations that it reaches to either side, one number or for each probability;
            as left out, those of a normal for 95 %.

    Returns:
        Lower and upper end, each in [0, 1].
    """
    n = np.asarray(runs, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.asarray(successes, dtype=np.float64) / n
        scale = 1 + z * z / n
        middle = (share + z * z / (2 * n)) / scale
        half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale
    low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    return np.where(share == 0, 0.0, low), np.where(share == 1, 1.0, high)


def period_table(ensemble: Ensemble) -> pd.DataFrame:
    """Return the median over runs in the last quarter of each period that the runs reach.

    Returns:
        Columns `period`, `quarter`, then levels and agenda overlap (0 to 1) and the rung; runs
        that failed are left out, and where all did these are NaN.
    """
    whole = ensemble.whole
    rows = []
    for period in ensemble.calendar.periods_reached:
        last = ensemble.calendar.steps_of(period).stop - 1
        at_end = {state: ensemble.column(state)[whole, last] for state in SHOWN}
        medians = {state: float(np.median(v)) if len(v) else np.nan for state, v in at_end.items()}
        rows.append({"period": period.id, "quarter": ensemble.calendar.label(last)} | medians)
    return pd.DataFrame(rows)
