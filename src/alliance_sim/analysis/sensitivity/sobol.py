"""Sobol indices: which share of the variance of an outcome each factor accounts for.

The indices, and the errors from resampling base points, are SALib's.

Source: Saltelli and others (2010), Computer Physics Communications 181, 259-270.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.analysis import loaded
from alliance_sim.analysis.replicate_variance import shared_run_margins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.analysis.design_layout import Saltelli
    from alliance_sim.analysis.replicate_variance import PointMeans

RESAMPLES = 1000
CELLS = 4_000_000  # resampled values held at once
Columns = dict[str, "NDArray[np.float64]"]


def sobol_columns(
    means: PointMeans, layout: Saltelli, *, factors: int, seed: int
) -> tuple[Columns, Columns | None]:
    """Return Sobol indices with their 95 % intervals.

    Args:
        means: The outcome at every point of a Saltelli design, none of which is lost.
        layout: Shape of the design.
        factors: Number of factors.
        seed: Of the resampling; not 0.

    Returns:
        Arrays (factor) `first` and `total` with `_low` and `_high`; and arrays (pair) `index`,
        `low`, `high` of the pairs of factors in the order (0, 1), (0, 2), ..., or None if the
        design does not serve them.
    """
    problem = {
        "num_vars": factors,
        "names": [f"x{k}" for k in range(factors)],
        "bounds": [[0.0, 1.0]] * factors,  # not used
    }
    above = np.triu_indices(factors, k=1)

    def found(mean: NDArray[np.float64], resamples: int) -> Any:
        return loaded("SALib.analyze.sobol").analyze(
            problem,
            mean,
            calc_second_order=layout.second_order,
            num_resamples=resamples,
            conf_level=0.95,
            seed=seed,
        )

    def flat(indices: Any, ending: str = "") -> NDArray[np.float64]:
        parts = [indices[f"S1{ending}"], indices[f"ST{ending}"]]
        if layout.second_order:
            parts.append(indices[f"S2{ending}"][above])
        return np.concatenate(parts)

    whole = found(means.mean, int(np.clip(CELLS // layout.base, 100, RESAMPLES)))
    value, half = flat(whole), flat(whole, "_conf")
    half = np.hypot(half, shared_run_margins(means, lambda mean: flat(found(mean, 2))))
    ends = [value, value - half, value + half]
    first, total, pairs = (
        [part[start:stop] for part in ends]
        for start, stop in ((0, factors), (factors, 2 * factors), (2 * factors, None))
    )
    columns = {
        f"{name}{ending}": part
        for name, parts in (("first", first), ("total", total))
        for ending, part in zip(("", "_low", "_high"), parts, strict=True)
    }
    if not layout.second_order or factors < 2:
        return columns, None
    return columns, dict(zip(("index", "low", "high"), pairs, strict=True))
