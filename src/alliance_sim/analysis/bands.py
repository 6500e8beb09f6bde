"""An outcome along one factor, over two of them, or over the periods: what fans and maps draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from alliance_sim.analysis.axes import CROSSED, Axis, Bins, bins_of
from alliance_sim.analysis.columns import QUANTILES
from alliance_sim.analysis.summaries import Z, grouped, moments, quantiles, student, wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from alliance_sim.calendar import Period

SHARES = [f"q{round(share * 100):02d}" for share in QUANTILES]


@dataclass(frozen=True)
class OutcomeView:
    """What an outcome is, and what its errors have to hold.

    Attributes:
        outcome: Column of the outcome; NaN where a run failed.
        binary: Whether it is 0 or 1.
        sampled: Whether the values of the other factors were sampled, so that other points would
            give another mean; in a grid all are there.
    """

    outcome: str
    binary: bool = False
    sampled: bool = False


def bands_along(frame: pd.DataFrame, told: OutcomeView, *, axis: Axis) -> pd.DataFrame:
    """Return how an outcome is spread along one factor, over all other factors and all luck.

    Args:
        frame: One row per run, with columns `scenario`, `point`, `replicate`, `run`, the
            factor and the outcome.
        told: The outcome.
        axis: The factor.

    Returns:
        Columns `scenario`, `bin`, `label`, `place`, `low`, `high` (of the factor, in the numbers
        of the axis), `runs`, `mean`, `mean_se`, `mean_low`, `mean_high` (95 %), `q05`, `q25`,
        `q50`, `q75`, `q95`; one row per scenario and value of the factor, or stretch of it where
        there are many values.
    """
    bins = bins_of(axis, frame[axis.name])
    rows = []
    for scenario in pd.unique(frame["scenario"]):
        here = (frame["scenario"] == scenario).to_numpy()
        part = _spread(frame[here], bins.codes[here], len(bins.labels), told)
        part.insert(0, "scenario", scenario)
        rows.append(_placed(part, bins))
    return pd.concat(rows, ignore_index=True)


def _placed(part: pd.DataFrame, bins: Bins) -> pd.DataFrame:
    """Return a frame (one row per bin) with where its bins lie."""
    part.insert(1, "bin", range(len(bins.labels)))
    part.insert(2, "label", bins.labels)
    part.insert(3, "place", bins.centres)
    part.insert(4, "low", bins.low)
    part.insert(5, "high", bins.high)
    return part


def _spread(
    frame: pd.DataFrame, codes: NDArray[np.intp], count: int, told: OutcomeView
) -> pd.DataFrame:
    """Return mean, its error and 95 % interval, and quantiles of an outcome in each group."""
    outcome = told.outcome
    groups = grouped(frame[outcome].to_numpy(dtype=np.float64), codes, count)
    mean, _ = moments(groups)
    error, freedom, alike = _error_of_mean(frame, codes, count, told)
    reach = student(freedom)
    low, high = mean - reach * error, mean + reach * error
    if told.binary:
        low, high = _share_interval(mean, error, groups.counts, alike, reach)
    found = {"runs": groups.counts, "mean": mean, "mean_se": error}
    found |= {"mean_low": low, "mean_high": high}
    for name, (value, _) in zip(SHARES, quantiles(groups, QUANTILES), strict=True):
        found[name] = value
    return pd.DataFrame(found)


def _error_of_mean(
    frame: pd.DataFrame, codes: NDArray[np.intp], count: int, told: OutcomeView
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    """Return the error of the mean of each group, its degrees of freedom, and its separate runs.

    Where points share their runs, luck does not average out over points, and means of whole runs
    tell it. Where each point has its own, luck is what differs within points, and, where points
    are sampled, what points have besides goes along with it.
    """
    outcome = told.outcome
    of_runs, runs = cluster_error(frame, codes, count, outcome=outcome, cluster="run")
    shared = len(frame[["point", "run"]].drop_duplicates()) > frame["run"].nunique()
    if not told.sampled:
        if shared or frame["replicate"].nunique() < 2:
            return of_runs, (runs - 1).astype(np.float64), runs
        error, freedom = _error_within_points(frame, codes, count, outcome)
        untold = freedom == 0
        error[untold], freedom[untold] = of_runs[untold], runs[untold] - 1.0
        return error, freedom, runs
    of_points, points = cluster_error(frame, codes, count, outcome=outcome, cluster="point")
    separate = np.maximum(runs, points)
    luck = np.where(shared & ~np.isnan(of_runs), of_runs, 0.0)
    error = np.hypot(luck, of_points)
    with np.errstate(invalid="ignore", divide="ignore"):  # Welch and Satterthwaite's
        parts = luck**4 / np.maximum(runs - 1, 1) + of_points**4 / (points - 1)
        freedom = np.where(error > 0, error**4 / parts, points - 1.0)
    return error, freedom, separate


def _error_within_points(
    frame: pd.DataFrame, codes: NDArray[np.intp], count: int, outcome: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the error that luck gives the mean of each group, and its degrees of freedom.

    Each point has its own runs. One with a single run adds to the mean, and nothing to the error.
    """
    member, names = pd.factorize(frame["point"])
    cells, place = np.unique(codes * len(names) + member, return_inverse=True)
    values = grouped(frame[outcome].to_numpy(dtype=np.float64), place, len(cells))
    _, deviation = moments(values)
    several = values.counts > 1

    def total(of_cells: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(cells // len(names), of_cells, count), dtype=np.float64)

    variances = np.where(several, values.counts * deviation**2, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total(variances) / total(np.where(several, values.counts, 0.0))
        error = np.sqrt(mean / total(values.counts.astype(np.float64)))
    return error, total(np.where(several, values.counts - 1.0, 0.0))


def _share_interval(
    share: NDArray[np.float64],
    error: NDArray[np.float64],
    runs: NDArray[np.intp],
    alike: NDArray[np.intp],
    reach: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Wilson's 95 % interval for as many independent runs as the error amounts to.

    Where a share is 0 or 1 its error cannot be told; then as many count as are alike in nothing.
    """
    told = error > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        independent = np.where(told, share * (1 - share) / error**2, alike)
    effective = np.clip(independent, np.minimum(1, runs), runs)
    return wilson(share * effective, effective, z=np.where(told, reach, Z))


def cluster_error(
    frame: pd.DataFrame, codes: NDArray[np.intp], count: int, *, outcome: str, cluster: str
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the standard error of the mean of each group of runs, and how many clusters it has.

    Runs of one replicate may share their noise at every design point, and runs of one point share
    its factors, so they are not independent; means of whole clusters are. The error is that of the
    mean of these means, and NaN where there is only one cluster.

    Args:
        frame: One row per run, with the columns named here.
        codes: Array (row): the group of each run, from 0.
        count: Number of groups.
        outcome: Column of the outcome.
        cluster: Column of the clusters: "replicate", "run" (number of a run, by which points with
            the same noise have the same) or "point".
    """
    member, names = pd.factorize(frame[cluster])
    cells, place = np.unique(codes * len(names) + member, return_inverse=True)
    values = frame[outcome].to_numpy(dtype=np.float64)
    means, _ = moments(grouped(values, place, len(cells)))
    per_group = grouped(means, cells // len(names), count)
    _, deviation = moments(per_group)
    with np.errstate(invalid="ignore", divide="ignore"):
        error: NDArray[np.float64] = deviation / np.sqrt(per_group.counts)
    return error, per_group.counts


def cell_table(frame: pd.DataFrame, told: OutcomeView, *, across: Axis, up: Axis) -> pd.DataFrame:
    """Return the mean of an outcome over two factors, averaged over all others.

    Args:
        frame: One row per run, with columns `scenario`, `point`, `replicate`, `run`, both
            factors and the outcome.
        told: The outcome.
        across: The factor of the columns.
        up: The factor of the rows.

    If both have many values, each is cut into fewer stretches than one alone would be.

    Returns:
        Columns `scenario`, `across`, `up` (numbers of the bins), `across_label`, `up_label`,
        `across_place`, `up_place`, `points`, `runs`, `mean`, `mean_se`, `mean_low`, `mean_high`
        (95 %); cells without runs are left out.
    """
    columns, rows = bins_of(across, frame[across.name]), bins_of(up, frame[up.name])
    if not columns.single and not rows.single:
        columns = bins_of(across, frame[across.name], bins=CROSSED)
        rows = bins_of(up, frame[up.name], bins=CROSSED)
    cells = columns.codes * len(rows.labels) + rows.codes
    count = len(columns.labels) * len(rows.labels)
    parts = []
    for scenario in pd.unique(frame["scenario"]):
        here = (frame["scenario"] == scenario).to_numpy()
        part = _spread(frame[here], cells[here], count, told)
        part = part.drop(columns=SHARES)
        column, row = np.divmod(np.arange(count), len(rows.labels))
        places = pd.DataFrame(
            {
                "scenario": scenario,
                "across": column,
                "up": row,
                "across_label": np.array(columns.labels, dtype=object)[column],
                "up_label": np.array(rows.labels, dtype=object)[row],
                "across_place": columns.centres[column],
                "up_place": rows.centres[row],
                "points": _distinct(frame["point"].to_numpy()[here], cells[here], count),
            }
        )
        parts.append(pd.concat([places, part], axis=1)[part["runs"] > 0])
    return pd.concat(parts, ignore_index=True)


def _distinct(points: NDArray[np.int64], cells: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return how many design points lie in each cell."""
    pairs = np.unique(np.stack([cells, points.astype(np.intp)], axis=1), axis=0)
    found: NDArray[np.intp] = np.bincount(pairs[:, 0], minlength=count)
    return found


def states_by_period(outcomes: Sequence[str], periods: Sequence[Period]) -> list[str]:
    """Return the states of which there is a mean for every period, in the order found."""
    kept = set(outcomes)
    ending = _mean_of("", periods[0]) if periods else "?"
    states = [name.removesuffix(ending) for name in outcomes if name.endswith(ending)]
    return [s for s in states if all(_mean_of(s, period) in kept for period in periods)]


def bands_over_periods(
    frame: pd.DataFrame, *, state: str, periods: Sequence[Period]
) -> pd.DataFrame:
    """Return how the mean of a state in each period is spread over runs.

    Args:
        frame: One row per run, with columns `scenario`, `point`, `replicate`, `run`
            and `<state>_mean_<period>`; of one design point, or of several taken together.
        state: The state, such as "level_political".
        periods: The periods, in order.

    Returns:
        Columns `scenario`, `state`, `period`, `place` (1, 2, ...), `runs`, `mean`, `mean_se`,
        `mean_low`, `mean_high` (95 %) and the quantiles `q05` to `q95`.
    """
    parts = []
    for place, period in enumerate(periods, start=1):
        codes, names = pd.factorize(frame["scenario"])
        part = _spread(frame, codes, len(names), OutcomeView(_mean_of(state, period)))
        part.insert(0, "scenario", names)
        part.insert(1, "state", state)
        part.insert(2, "period", period.id)
        part.insert(3, "place", place)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _mean_of(state: str, period: Period) -> str:
    """Return the name of the outcome that is the mean of a state in a period."""
    return f"{state}_mean_{period.id.lower()}"
