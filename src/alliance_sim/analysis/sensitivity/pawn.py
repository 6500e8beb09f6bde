"""PAWN: how far the distribution of an outcome moves when one factor is held in a narrow range.

SALib computes the index of factors with many values. For factors of few values its slices of
equal content would be empty or leave the last value out; those are sliced by value here, with the
same distance. Intervals and the index of an idle factor come from resampling points.

Source: Pianosi and Wagener (2018), Environmental Modelling & Software 108, 197-207.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.analysis import loaded
from alliance_sim.analysis.replicate_variance import shared_run_margins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.analysis.replicate_variance import PointMeans

SLICES = 10
FEWEST = 15  # points in a slice, on average; fewer points give fewer slices
RESAMPLES = 200  # fewer where there are many points
ROWS = 1_000_000  # points drawn again, over all resamples, beyond which there are fewer of them
PERCENT = (2.5, 97.5)
IDLE = 95


def pawn_columns(
    x: NDArray[np.float64], means: PointMeans, *, seed: int
) -> dict[str, NDArray[np.float64]]:
    """Return the PAWN index of every factor: the median distance over its slices.

    Args:
        x: Array (point, factor).
        means: The outcome at these points, none of which is lost.
        seed: Of the resampling.

    Returns:
        Arrays (factor) `pawn`, `pawn_low`, `pawn_high` (95 %, bootstrap over points, shifted to
        the estimate because resampling alone raises the index) and `idle`: what an idle factor
        stays below in 95 of 100 shuffles of its values.
    """
    y = means.mean
    slices = _slices(len(y))
    rng = np.random.default_rng(seed)
    times = int(np.clip(ROWS // len(y), 50, RESAMPLES))
    shuffles = [rng.permutation(len(y)) for _ in range(times)]
    draws = [rng.integers(len(y), size=len(y)) for _ in range(times)]
    margins = shared_run_margins(
        means, lambda mean: np.array([_median(column, mean, slices) for column in x.T])
    )
    rows = []
    for column, margin in zip(x.T, margins, strict=True):
        few = len(np.unique(column)) <= slices
        index = _median(column, y, slices) if few else _from_salib(column, y, slices)
        idle = [_median(column[order], y, slices) for order in shuffles]
        again = np.array([_median(column[draw], y[draw], slices) for draw in draws])
        down, up = np.percentile(again - np.median(again), PERCENT)
        low, high = index - np.hypot(down, margin), index + np.hypot(up, margin)
        rows.append((index, np.maximum(0.0, low), np.minimum(1.0, high), np.percentile(idle, IDLE)))
    columns = np.array(rows, dtype=np.float64).T
    return dict(zip(("pawn", "pawn_low", "pawn_high", "idle"), columns, strict=True))


def _slices(points: int) -> int:
    """Return into how many slices so many points are cut.

    SALib adds up steps of 1/slices. For some numbers, 6 and 9 among them, rounding takes the last
    step beyond 1, which NumPy refuses; then there is one slice less.
    """
    slices = int(np.clip(points // FEWEST, 2, SLICES))
    steps = np.arange(0, 1 + 1 / slices, 1 / slices)
    return slices - 1 if steps.max() > 1.0 else slices


def _from_salib(column: NDArray[np.float64], y: NDArray[np.float64], slices: int) -> float:
    """Return SALib's median index of one factor."""
    problem = {"num_vars": 1, "names": ["x"], "bounds": [[0.0, 1.0]]}
    found = loaded("SALib.analyze.pawn").analyze(problem, column[:, None], y, S=slices)
    return float(found["median"][0])


def _median(column: NDArray[np.float64], y: NDArray[np.float64], slices: int) -> float:
    """Return the median over slices of the distance between y there and y everywhere."""
    values = np.unique(column)
    if len(values) <= slices:
        codes = np.searchsorted(values, column)
    else:
        edges = np.quantile(column, np.linspace(0, 1, slices + 1))
        codes = np.searchsorted(edges, column, side="right") - 1
        codes[codes >= slices] = -1  # SALib leaves the greatest value out
    ordered = np.argsort(y, kind="stable")
    last = np.append(np.diff(y[ordered]) != 0, True)
    everywhere = np.arange(1, len(y) + 1) / len(y)
    member = codes[ordered][:, None] == np.arange(codes.max() + 1)
    counts = member.sum(axis=0)
    shares = np.cumsum(member, axis=0)[:, counts > 0] / counts[counts > 0]
    distances = np.abs(shares - everywhere[:, None])[last].max(axis=0)
    return float(np.median(distances))
