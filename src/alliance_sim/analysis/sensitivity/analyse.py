"""What an outcome hangs on: the analysers of SALib on the design of a sweep.

Sobol indices for Saltelli designs, elementary effects for Morris designs, PAWN for any points that
fill the space. Everything is deterministic: resampling starts from a given seed.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from alliance_sim.analysis.design_layout import check_spread, morris_layout, saltelli_layout
from alliance_sim.analysis.replicate_variance import PointMeans, point_means
from alliance_sim.analysis.sensitivity.morris import morris_columns
from alliance_sim.analysis.sensitivity.pawn import pawn_columns
from alliance_sim.analysis.sensitivity.sobol import sobol_columns
from alliance_sim.errors import SettingError, UnknownName, unknown_name
from alliance_sim.glossary import percent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.analysis.axes import Axis

Method = Literal["sobol", "morris", "pawn"]
METHODS: tuple[Method, ...] = ("sobol", "morris", "pawn")
LEAST = {"sobol": 16, "morris": 4, "pawn": 50}  # base points, trajectories, points
SLACK = 0.05  # how far a Sobol index may lie where none can without being talked about
WIDE = 0.2  # half an interval of a Sobol index, from which on it is hardly known
UNITS = {"sobol": "base points", "morris": "trajectories", "pawn": "points"}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sensitivity:
    """How much of an outcome each factor accounts for, in the model and over the ranges given.

    Attributes:
        method: "sobol", "morris" or "pawn".
        outcome: Name of the outcome.
        table: One row per factor: `factor`, `label`, then for Sobol `first`, `first_low`,
            `first_high`, `total`, `total_low`, `total_high` (shares of the variance of the means);
            for Morris `mu_star`, `mu_star_low`, `mu_star_high`, `mu`, `sigma` (change of the
            outcome over the whole range of the factor, or on the switch of listed values); for PAWN
            `pawn`, `pawn_low`, `pawn_high` (distance of distributions, 0 to 1). Intervals are
            95 %. Last `idle`: what a factor without any influence would come to, in total index or
            mu_star for luck alone (NaN if luck is unknown), in PAWN at most in 95 of 100 cases.
        pairs: Sobol with second order only: `first_factor`, `second_factor`, `index`, `low`,
            `high`; else None.
        means: What was analysed.
        blocks: Base points, trajectories or points that were used.
        lost: Trajectories or points left out because all their runs failed.
    """

    method: Method
    outcome: str
    table: pd.DataFrame
    pairs: pd.DataFrame | None
    means: PointMeans
    blocks: int
    lost: int = 0

    def words(self) -> list[str]:
        """Return what the numbers rest on, and what they leave out, in sentences."""
        return _words(self)


def analyse(
    frame: pd.DataFrame,
    *,
    axes: Sequence[Axis],
    outcome: str,
    method: str,
    levels: int | None = None,
    seed: int = 1,
) -> Sensitivity:
    """Return the sensitivity of an outcome to the factors of a design.

    Args:
        frame: One row per run of one scenario or contrast, with columns `point` (in the order of
            the design), `replicate`, `run`, one per factor and the outcome (NaN if a run failed).
        axes: The factors, in the order of the design.
        outcome: Column of the outcome.
        method: "sobol", "morris" or "pawn".
        levels: Levels of a Morris design.
        seed: Of the resampling behind the intervals.

    Raises:
        UnknownName: If there is no such method.
        SettingError: If the design is not one that the method needs, too small, has lost points
            that the method cannot do without, or the outcome is the same everywhere.
        MissingExtra: If SALib is not installed.
    """
    if method not in METHODS:
        raise UnknownName(unknown_name("method", method, METHODS))
    where = f"sensitivity of {outcome}"
    design = frame.drop_duplicates("point").sort_values("point")
    columns = [axis.numbers(design[axis.name]) for axis in axes]
    x = np.stack(columns, axis=1) if columns else np.empty((len(design), 0))
    check_spread(x, [axis.name for axis in axes], where=where)
    means = point_means(frame, outcome=outcome)
    _check_outcome(means, where)
    asked = _Asked(where, tuple(axes), outcome, levels, _salib_seed(seed))
    log.debug("working out %s indices of %s points, and their intervals", method, f"{len(x):,}")
    return {"sobol": _sobol, "morris": _morris, "pawn": _pawn}[method](x, means, asked)


class _Asked(NamedTuple):
    """What an analysis was asked for."""

    where: str
    axes: tuple[Axis, ...]
    outcome: str
    levels: int | None
    seed: int


def _check_outcome(means: PointMeans, where: str) -> None:
    kept = means.mean[~np.isnan(means.mean)]
    if not len(kept):
        raise SettingError(where, ["every run failed"])
    if np.ptp(kept) == 0:
        problem = f"it is {kept[0]:g} at every point, so there is nothing to explain"
        raise SettingError(where, [problem])


def _enough(found: int, method: Method, where: str) -> None:
    least = LEAST[method]
    if found < least:
        problem = f"there are {found} {UNITS[method]}, must be at least {least} for {method}"
        raise SettingError(where, [problem])


def _heads(axes: Sequence[Axis]) -> dict[str, list[str]]:
    return {"factor": [axis.name for axis in axes], "label": [axis.brief for axis in axes]}


def _salib_seed(seed: int) -> int:
    """Return a seed that SALib takes: it takes 0 for none, and none for chance."""
    return seed % 2**32 or 2**31


def _sobol(x: NDArray[np.float64], means: PointMeans, asked: _Asked) -> Sensitivity:
    layout = saltelli_layout(x, where=asked.where)
    _enough(layout.base, "sobol", asked.where)
    gone = int(np.isnan(means.mean).sum())
    if gone:
        problem = (
            f"{gone} of {len(means.mean)} points have no run that did not fail. Sobol indices are "
            "made of complete blocks of points and cannot do without one; nothing was filled in. "
            "Add replicates, or use --method pawn, which leaves such points out"
        )
        raise SettingError(asked.where, [problem])
    axes = asked.axes
    columns, pairs = sobol_columns(means, layout, factors=len(axes), seed=asked.seed)
    idle = 0.0 if means.shared else means.luck.left if means.luck else math.nan
    table = pd.DataFrame({**_heads(axes), **columns}).assign(idle=idle)
    both = None
    if pairs is not None:
        names = np.array([axis.name for axis in axes], dtype=object)
        first, second = np.triu_indices(len(axes), k=1)
        heads = {"first_factor": names[first], "second_factor": names[second]}
        both = pd.DataFrame({**heads, **pairs})
    return Sensitivity("sobol", asked.outcome, table, both, means, layout.base)


def _morris(x: NDArray[np.float64], means: PointMeans, asked: _Asked) -> Sensitivity:
    trajectories = morris_layout(x, where=asked.where)
    if asked.levels is None:
        raise SettingError(asked.where, ["the number of levels of the Morris design is not known"])
    size = len(asked.axes) + 1
    whole = ~np.isnan(means.mean.reshape(trajectories, size)).any(axis=1)
    rows = np.repeat(whole, size)
    kept = int(whole.sum())
    _enough(kept, "morris", asked.where)
    columns = morris_columns(
        x[rows],
        replace(means, values=means.values[rows]),
        levels=asked.levels,
        listed=np.array([bool(axis.values) for axis in asked.axes]),
        seed=asked.seed,
    )
    table = pd.DataFrame({**_heads(asked.axes), **columns})
    return Sensitivity("morris", asked.outcome, table, None, means, kept, trajectories - kept)


def _pawn(x: NDArray[np.float64], means: PointMeans, asked: _Asked) -> Sensitivity:
    there = ~np.isnan(means.mean)
    kept = int(there.sum())
    _enough(kept, "pawn", asked.where)
    columns = pawn_columns(x[there], replace(means, values=means.values[there]), seed=asked.seed)
    table = pd.DataFrame({**_heads(asked.axes), **columns})
    return Sensitivity("pawn", asked.outcome, table, None, means, kept, len(there) - kept)


def _words(found: Sensitivity) -> list[str]:
    means, method, unit = found.means, found.method, UNITS[found.method]
    told = [
        f"{found.blocks} {unit}, {means.runs} runs; intervals are 95 %, from resampling {unit}"
        + _shared_words(means)
    ]
    if means.failed:
        left = f"; {found.lost} {unit} had to be left out" if found.lost else ""
        told.append(
            f"{means.failed} runs failed, or their twins did. Points are means over their other "
            f"runs{left}. Nothing was filled in."
        )
    told += _outside_words(found)
    luck = means.luck
    if luck is None:
        told.append(
            "Each point has one run, so luck cannot be told from the factors: an index includes "
            "luck, and how much is unknown. Add replicates to find out."
        )
        return told
    told.append(
        f"Luck: {percent(luck.within)} of the variance of single runs lies within design points; "
        f"no index explains it. Indices are of the means over {luck.replicates:.3g} runs a point."
    )
    left = f"{percent(luck.left)} of the variance of these means is luck that has not averaged out"
    if means.shared:
        idle = "" if method == "pawn" else "; a factor without any influence comes to 0"
        told.append(
            f"{left} and counts here as the doing of the factors that it works together with{idle}."
        )
    elif method != "pawn":
        raised = "total indices" if method == "sobol" else "mu* and sigma"
        told.append(
            f"{left}. It raises {raised}: a factor without any influence would come to the value "
            "called idle."
        )
    return told


def _outside_words(found: Sensitivity) -> list[str]:
    """Return what to make of Sobol indices that cannot be right, or are hardly known."""
    if found.method != "sobol":
        return []
    first, total = found.table["first"], found.table["total"]
    wide = max(float((found.table[f"{n}_high"] - found.table[n]).max()) for n in ("first", "total"))
    low, high = min(first.min(), total.min()), max(first.max(), total.max())
    under = int((total < first - SLACK).sum())
    told = []
    if low < -SLACK or high > 1 + SLACK:
        told.append(f"estimates go from {low:.2f} to {high:.2f}, though an index lies from 0 to 1")
    if under:
        told.append(f"{under} totals are below the first order, which none can be")
    if wide > WIDE:
        told.append(f"an interval reaches {wide:.2f} from its estimate")
    if not told:
        return []
    text = "; ".join(told)
    why = f"That is error of a design of {found.blocks} base points; add base points."
    return [f"{text[:1].upper()}{text[1:]}. {why}"]


def _shared_words(means: PointMeans) -> str:
    """Return what the intervals say about runs that all points share."""
    replicates = means.values.shape[1]
    if not means.shared:
        return "."
    if replicates < 2:
        return "; they do not hold the error of having one run that all points share."
    return f" and leaving out some of the {replicates} runs that all points share."
