"""Elementary effects: how far an outcome moves when one factor does.

The effects, and the errors from resampling trajectories, are SALib's.

Source: Campolongo, Cariboni and Saltelli (2007), Environmental Modelling & Software 22, 1509-1518.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.analysis import loaded
from alliance_sim.analysis.replicate_variance import PointMeans, shared_run_margins

if TYPE_CHECKING:
    from numpy.typing import NDArray

RESAMPLES = 1000


def morris_columns(
    x: NDArray[np.float64],
    means: PointMeans,
    *,
    levels: int,
    listed: NDArray[np.bool_],
    seed: int,
) -> dict[str, NDArray[np.float64]]:
    """Return elementary effects with their 95 % intervals.

    Args:
        x: Array (point, factor) of whole trajectories.
        means: The outcome at these points, none of which is lost.
        levels: Levels of the design.
        listed: Array (factor): whether a factor has a list of values, between which it is
            switched, rather than a range, of which it moves a part.
        seed: Of the resampling.

    Returns:
        Arrays (factor) `mu_star`, `mu_star_low`, `mu_star_high`, `mu`, `sigma`: changes of the
        outcome over the whole range of a factor, or on a switch; and `idle`, the mu_star of a
        factor without influence, by luck alone (NaN if luck is unknown).
    """
    factors = x.shape[1]
    problem = {
        "num_vars": factors,
        "names": [f"x{k}" for k in range(factors)],
        "bounds": [[0.0, 1.0]] * factors,  # not used
    }

    def found(mean: NDArray[np.float64], resamples: int) -> Any:
        return loaded("SALib.analyze.morris").analyze(
            dict(problem),
            x,
            mean,
            num_resamples=resamples,
            conf_level=0.95,
            num_levels=levels,
            seed=seed,
        )

    whole = found(means.mean, RESAMPLES)
    margins = shared_run_margins(means, lambda mean: _floats(found(mean, 2)["mu_star"]))
    # SALib divides by the step of a range; listed values are switched, not moved by a part.
    step = levels / (2 * (levels - 1))
    scale = np.where(listed, step, 1.0)
    star = scale * _floats(whole["mu_star"])
    half = scale * np.hypot(_floats(whole["mu_star_conf"]), margins)
    return {
        "mu_star": star,
        "mu_star_low": np.maximum(0.0, star - half),
        "mu_star_high": star + half,
        "mu": scale * _floats(whole["mu"]),
        "sigma": scale * _floats(whole["sigma"]),
        "idle": scale * _idle(means) / step,
    }


def _floats(values: Any) -> NDArray[np.float64]:
    return np.asarray(values, dtype=np.float64)


def _idle(means: PointMeans) -> float:
    """Return the mean absolute difference of two points that differ by luck alone.

    It is 0 where they share their runs; else that of two normal variates.
    """
    if means.shared:
        return 0.0
    return 2 / math.sqrt(math.pi) * means.luck.error if means.luck else math.nan
