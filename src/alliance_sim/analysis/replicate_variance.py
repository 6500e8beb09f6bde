"""How much of an outcome hangs on the factors of a sweep, and how much on luck.

Luck is what differs between runs of the same design point. No sensitivity index explains it, so
every analysis of a sweep says how large it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from alliance_sim.analysis.summaries import student

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCKS = 20  # of runs, left out in turn


@dataclass(frozen=True)
class PointMeans:
    """An outcome at every design point, as means over runs.

    Attributes:
        values: Array (point, replicate), points in the order of the design; NaN where a run, or
            its twin, failed.
        shared: Whether every point has the same runs, so that they share much of their luck.
    """

    values: NDArray[np.float64]
    shared: bool

    @property
    def mean(self) -> NDArray[np.float64]:
        """Mean of each point over the runs that did not fail; NaN where all failed."""
        return row_means(self.values)

    @property
    def runs(self) -> int:
        """Number of runs that did not fail."""
        return int((~np.isnan(self.values)).sum())

    @property
    def failed(self) -> int:
        """Number of runs that failed, or whose twin did."""
        return int(np.isnan(self.values).sum())

    @cached_property
    def luck(self) -> Luck | None:
        """Shares of the variance; None with one run a point, which cannot tell luck."""
        return _luck(self.values)


@dataclass(frozen=True)
class Luck:
    """Where the variance of single runs comes from.

    Attributes:
        within: Share of the variance of single runs that lies within design points, so that no
            factor explains it; 0 to 1.
        left: Share of the variance of the means over replicates that is luck not averaged out;
            0 to 1.
        error: Standard deviation of that luck in the mean of a point, in units of the outcome.
        replicates: Mean number of runs that a point has.
    """

    within: float
    left: float
    error: float
    replicates: float


def row_means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of each row of an array (row, column), NaN left out; NaN where all are."""
    there = ~np.isnan(values)
    counts = there.sum(axis=1)
    total = np.where(there, values, 0.0).sum(axis=1)
    return np.where(counts > 0, total / np.maximum(counts, 1), np.nan)


def point_means(frame: pd.DataFrame, *, outcome: str) -> PointMeans:
    """Return an outcome at every point.

    Args:
        frame: One row per run of one scenario (or of one contrast), with columns `point`,
            `replicate`, `run` and the outcome; NaN where a run failed.
        outcome: Column of the outcome.
    """
    points, rows = np.unique(frame["point"].to_numpy(dtype=np.int64), return_inverse=True)
    columns, names = pd.factorize(frame["replicate"], sort=True)
    values = np.full((len(points), len(names)), np.nan)
    values[rows, columns] = frame[outcome].to_numpy(dtype=np.float64)
    runs = np.full(values.shape, -1, dtype=np.int64)
    runs[rows, columns] = frame["run"].to_numpy(dtype=np.int64)
    shared = len(points) > 1 and bool((runs == runs[0]).all())
    return PointMeans(values, shared=shared)


def _luck(values: NDArray[np.float64]) -> Luck | None:
    """Return the shares of luck, None where points have one run each.

    Where points share their runs, part of the luck of a replicate is the same at every point. It
    moves all means alike, so only the rest of the luck disturbs the differences between them.
    """
    counts = (~np.isnan(values)).sum(axis=1)
    several = counts > 1
    if several.sum() < 2:
        return None
    mean = row_means(values)
    apart = values - mean[:, None]
    within = _variance_within(apart[several])
    rest = _variance_within((apart - row_means(apart.T))[several])
    rest *= several.sum() / (several.sum() - 1)  # the shared part was fitted to the same runs
    noise = float(np.mean(rest / counts[counts > 0]))
    between = float(np.var(mean[counts > 0], ddof=1))
    factors = max(0.0, between - noise)
    total = factors + within
    return Luck(
        within=within / total if total > 0 else 0.0,
        left=min(1.0, noise / between) if between > 0 else 0.0,
        error=float(np.sqrt(noise)),
        replicates=float(counts[counts > 0].mean()),
    )


def _variance_within(apart: NDArray[np.float64]) -> float:
    """Return the mean over points of the variance of what lies apart from their means."""
    counts = (~np.isnan(apart)).sum(axis=1)
    return float(np.mean(np.nansum(apart**2, axis=1) / (counts - 1)))


def shared_run_margins(
    means: PointMeans, index: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return how far indices may be off because all points share a few runs: 95 % to either side.

    Resampling points cannot see it: with other runs all points would differ at once. It is told by
    leaving out blocks of runs in turn (the delete-a-block jackknife).

    Args:
        means: The outcome at every point.
        index: Computes an array of indices from an array (point) of means.

    Returns:
        An array like that of `index`: 0 where points have runs of their own, whose luck resampling
        points does see, and 0 with one shared run, of which nothing can be told.
    """
    whole = means.mean
    replicates = means.values.shape[1]
    if not means.shared or replicates < 2:
        return np.zeros_like(index(whole))
    blocks = np.array_split(np.arange(replicates), min(replicates, BLOCKS))
    without = [row_means(np.delete(means.values, block, axis=1)) for block in blocks]
    filled = [np.where(np.isnan(mean), whole, mean) for mean in without]
    found = np.array([index(mean) if np.ptp(mean) > 0 else 0 * index(whole) for mean in filled])
    error: NDArray[np.float64] = np.sqrt((len(blocks) - 1) * found.var(axis=0))
    return student(len(blocks) - 1) * error
