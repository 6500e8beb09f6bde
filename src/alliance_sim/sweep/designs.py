"""Designs: which points of the space of factors a sweep visits, in which order.

Every design is a function of its settings, its seed and the number of factors alone. The points of
`sobol`, `saltelli` and `morris` (without optimal trajectories) stay what they are, in the same
order, when more are asked for.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.errors import ResultError, SettingError
from alliance_sim.sweep.factors import Factor, Value

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

MOST_POINTS = 10_000_000
MOST_CELLS = 500_000_000  # values of all factors at all points: 4 GB
MOST_TO_CHOOSE = 1_000  # trajectories to choose among: every two of them are compared
REPLICATES, GRID, TABLE = "replicates", "grid", "table"
LATIN_HYPERCUBE, SOBOL, MORRIS, SALTELLI = "latin_hypercube", "sobol", "morris", "saltelli"
# Settings of each kind: those that are needed, then those that may be left out.
SETTINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    REPLICATES: ((), ()),
    GRID: ((), ()),
    LATIN_HYPERCUBE: (("points",), ("seed",)),
    SOBOL: (("points",), ("seed",)),
    SALTELLI: (("points",), ("second_order", "seed")),
    MORRIS: (("trajectories",), ("levels", "optimal", "seed")),
    TABLE: (("file",), ()),
}
SAMPLED = (LATIN_HYPERCUBE, SOBOL, MORRIS, SALTELLI)
KEEPS_POINTS = (SOBOL, MORRIS, SALTELLI)


@dataclass(frozen=True, kw_only=True)
class Design:
    """Which points a sweep visits.

    Attributes:
        kind: "replicates", "grid", "latin_hypercube", "sobol", "morris", "saltelli" or "table".
        seed: Seed of the points; no part of the noise of the runs.
        points: Points of a Latin hypercube or a Sobol sequence; base points of a Saltelli design.
        second_order: Whether a Saltelli design serves pairs of factors as well.
        trajectories: Trajectories of a Morris design.
        levels: Levels of a Morris design, an even number.
        optimal: How many of the trajectories are kept, spread out widest; 0 keeps all.
        rows: Points of a table, each with one value per factor, in the order of the factors.
    """

    kind: str
    seed: int = 0
    points: int = 0
    second_order: bool = True
    trajectories: int = 0
    levels: int = 4
    optimal: int = 0
    rows: tuple[tuple[Value, ...], ...] = ()

    def count(self, factors: Sequence[Factor]) -> int:
        """Return how many points the design has."""
        dimensions = len(factors)
        if self.kind == REPLICATES:
            return 1
        if self.kind == GRID:
            return math.prod(len(factor.values) for factor in factors)
        if self.kind == TABLE:
            return len(self.rows)
        if self.kind == MORRIS:
            return (self.optimal or self.trajectories) * (dimensions + 1)
        if self.kind == SALTELLI:
            return self.points * ((2 if self.second_order else 1) * dimensions + 2)
        return self.points

    def size(self) -> int:
        """Return how big a sampled design is, as its settings count: points or trajectories."""
        return self.trajectories if self.kind == MORRIS else self.points

    def resized(self, size: int) -> Design:
        """Return the design with so many points or trajectories."""
        if self.kind == MORRIS:
            return replace(self, trajectories=size)
        return replace(self, points=size)

    def places(self, factors: Sequence[Factor]) -> NDArray[np.float64]:
        """Return the points of a sampled design, before they become values.

        Returns:
            Array (point, factor) of numbers from 0 to 1.

        Raises:
            ValueError: If the design is not a sampled one.
            SettingError: If the library that draws the points is not installed.
        """
        dimensions = len(factors)
        if self.kind == LATIN_HYPERCUBE:
            return _latin_hypercube(self.points, dimensions, self.seed)
        if self.kind == SOBOL:
            return _sobol(self.points, dimensions, self.seed)
        if self.kind == SALTELLI:
            return _saltelli(self, salib_problem(factors))
        if self.kind == MORRIS:
            return _morris(self, salib_problem(factors))
        raise ValueError(f"the points of a design of kind {self.kind!r} are not sampled")

    def table(self, factors: Sequence[Factor]) -> pd.DataFrame:
        """Return the points: one row per point, one column per factor, in their order."""
        import pandas as pd

        if self.kind == REPLICATES:
            return pd.DataFrame(index=pd.RangeIndex(1))
        if self.kind == GRID:
            pairs = zip(factors, _grid([len(f.values) for f in factors]), strict=True)
            columns = [factor.at(positions) for factor, positions in pairs]
        elif self.kind == TABLE:
            given = zip(factors, zip(*self.rows, strict=True), strict=True)
            columns = [factor.as_column(values) for factor, values in given]
        else:
            places = self.places(factors)
            columns = [factor.column(places[:, k]) for k, factor in enumerate(factors)]
        return pd.concat(columns, axis=1)

    def as_tree(self) -> dict[str, Any]:
        """Return the design as plain values, fit for JSON."""
        return asdict(self) | {"rows": [list(row) for row in self.rows]}

    @classmethod
    def from_tree(cls, tree: Mapping[str, Any]) -> Design:
        """Return the design that `as_tree` described.

        Raises:
            ResultError: If it is no such description.
        """
        try:
            return cls(**{**tree, "rows": tuple(tuple(row) for row in tree["rows"])})
        except (KeyError, TypeError) as error:
            raise ResultError(f"plan: the design cannot be read back: {error}") from error


def salib_problem(factors: Sequence[Factor]) -> dict[str, Any]:
    """Return the factors as SALib describes them, on places from 0 to 1."""
    return {
        "num_vars": len(factors),
        "names": [factor.name for factor in factors],
        "bounds": [[0.0, 1.0] for _ in factors],
    }


def size_problem(design: Design, dimensions: int) -> str | None:
    """Return what is wrong with the size of a sampled design, None if nothing is."""
    if design.kind in (SOBOL, SALTELLI) and design.points & (design.points - 1):
        below = 1 << (design.points.bit_length() - 1)
        return (
            f"points is {design.points}, must be a power of two, such as {below} or {2 * below}; "
            "otherwise the points do not fill the space evenly"
        )
    if design.kind == MORRIS and design.optimal and not 2 <= design.optimal < design.trajectories:
        most = design.trajectories - 1
        return f"optimal is {design.optimal}, must be from 2 to {most}, fewer than the trajectories"
    if design.kind == MORRIS and design.optimal and design.trajectories > MOST_TO_CHOOSE:
        pairs = design.trajectories * (design.trajectories - 1) // 2
        return (
            f"trajectories is {design.trajectories:,}, must be at most {MOST_TO_CHOOSE:,} with "
            f"optimal, which compares every two of them, {pairs:,} pairs"
        )
    if design.kind == MORRIS and design.optimal and dimensions < 2:
        return "optimal needs at least two factors"
    return None


def _grid(lengths: Sequence[int]) -> Iterator[NDArray[np.intp]]:
    """Yield, factor by factor, which of its values each point has; the last changes fastest."""
    for k, length in enumerate(lengths):
        once = np.repeat(np.arange(length), math.prod(lengths[k + 1 :]))
        yield np.tile(once, math.prod(lengths[:k]))


def _latin_hypercube(points: int, dimensions: int, seed: int) -> NDArray[np.float64]:
    from scipy.stats import qmc

    sampler = qmc.LatinHypercube(d=dimensions, seed=np.random.default_rng(seed))
    found: NDArray[np.float64] = sampler.random(points)
    return found


def _sobol(points: int, dimensions: int, seed: int) -> NDArray[np.float64]:
    from scipy.stats import qmc

    sampler = qmc.Sobol(d=dimensions, scramble=True, seed=np.random.default_rng(seed))
    found: NDArray[np.float64] = sampler.random(points)
    return found


def missing_library(kind: str) -> str | None:
    """Return what a kind of design lacks on this machine, None if it lacks nothing."""
    if kind in (MORRIS, SALTELLI) and importlib.util.find_spec("SALib") is None:
        return f"kind {kind!r} needs SALib; install it with: pip install 'alliance-sim[analysis]'"
    return None


def _salib(name: str) -> Any:
    """Return one of SALib's samplers.

    Raises:
        SettingError: If SALib is not installed.
    """
    problem = missing_library(SALTELLI)
    if problem is not None:
        raise SettingError("design", [problem])
    return importlib.import_module(f"SALib.sample.{name}")


def _saltelli(design: Design, problem: dict[str, Any]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = _salib("sobol").sample(
        problem,
        design.points,
        calc_second_order=design.second_order,
        seed=design.seed,
    )
    return found


def _morris(design: Design, problem: dict[str, Any]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = _salib("morris").sample(
        problem,
        design.trajectories,
        num_levels=design.levels,
        optimal_trajectories=design.optimal or None,
        seed=design.seed,
    )
    return np.clip(found, 0.0, 1.0)
