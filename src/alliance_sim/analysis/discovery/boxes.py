"""Boxes: conditions on some factors, and how well they pick out the runs in which it happens."""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from alliance_sim.analysis.axes import Axis, value_text
from alliance_sim.analysis.summaries import wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

MASS = 0.05
FEWEST = 10  # runs in a box


@dataclass(frozen=True)
class Cases:
    """The runs among which conditions are looked for.

    Attributes:
        axes: The factors that vary.
        x: Array (run, factor), numbers as from `Axis.numbers`.
        y: Array (run) of 0 and 1: whether it happened.
        point: Array (run): number of the design point.
        failed: Number of runs that failed and are left out.
    """

    axes: tuple[Axis, ...]
    x: NDArray[np.float64]
    y: NDArray[np.int64]
    point: NDArray[np.int64]
    failed: int

    @property
    def of_interest(self) -> int:
        """Number of runs in which it happened."""
        return int(self.y.sum())

    @property
    def share(self) -> float:
        """Share of runs in which it happened."""
        return self.of_interest / len(self.y)

    def least_mass(self) -> float:
        """Return the least share of all runs that a box may have.

        One in twenty, or half of the share in which it happens if that is rarer, but never fewer
        than some runs to judge by.
        """
        return max(FEWEST / len(self.y), min(MASS, self.share / 2))

    def part(self, rows: NDArray[np.bool_]) -> Cases:
        """Return some of the runs."""
        return Cases(self.axes, self.x[rows], self.y[rows], self.point[rows], self.failed)


@dataclass(frozen=True)
class Limit:
    """A condition on one factor.

    Attributes:
        axis: The factor.
        low: From here on (numbers of the axis); -infinity without a lower limit.
        high: Up to here; infinity without an upper limit.
        kept: Positions of the values that a choice may take; empty for the others.
        qp_low: Quasi-p value of the lower limit, or of the condition on a choice; NaN without.
        qp_high: Quasi-p value of the upper limit.
    """

    axis: Axis
    low: float = -math.inf
    high: float = math.inf
    kept: tuple[int, ...] = ()
    qp_low: float = math.nan
    qp_high: float = math.nan

    def holds(self, column: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return for each number of a column whether the condition holds."""
        if self.axis.kind == "choice":
            return np.isin(column, self.kept)
        return (column >= self.low) & (column <= self.high)

    def words(self, *, plain: bool = False) -> str:
        """Return the condition, such as "Pull of threats: 1.2 or more"; plain for a file."""
        axis = self.axis
        if axis.kind == "choice":
            told = " or ".join(value_text(axis.values[k]) for k in self.kept)
        elif math.isinf(self.high):
            told = f"{self.first(plain=plain)} or {'later' if axis.kind == 'date' else 'more'}"
        elif math.isinf(self.low):
            told = f"{self.last(plain=plain)} or {'earlier' if axis.kind == 'date' else 'less'}"
        else:
            told = f"{self.first(plain=plain)} to {self.last(plain=plain)}"
        return f"{axis.brief}: {told}"

    def first(self, *, plain: bool = True) -> str:
        """Return the lower limit in the factor's own terms; of a date the first day within."""
        return self.axis.end(self.low, first=True, plain=plain)

    def last(self, *, plain: bool = True) -> str:
        """Return the upper limit likewise; of a date the last day within."""
        return self.axis.end(self.high, first=False, plain=plain)


@dataclass(frozen=True)
class Box:
    """Conditions that must hold together.

    Attributes:
        limits: One condition per factor that is limited.
        before: Number of boxes found before, outside of which it lies.
        runs: Number of runs in it; runs in boxes found before are not counted again.
        of_interest: Number of those in which it happened.
        coverage: Share of all runs in which it happened that lie in the box.
        density: Share of the runs in the box in which it happened.
        density_low: Lower end of the 95 % interval of the density (Wilson). The box was chosen
            for its density, so even this is a little too high.
        density_high: Upper end.
        mass: Share of all runs that lie in the box.
        coverage_all: Coverage of the limits alone, the runs in boxes found before included.
        density_all: Density of the limits alone.
    """

    limits: tuple[Limit, ...]
    before: int
    runs: int
    of_interest: int
    coverage: float
    density: float
    density_low: float
    density_high: float
    mass: float
    coverage_all: float
    density_all: float

    def words(self, *, plain: bool = False) -> list[str]:
        """Return the conditions in words, those that cut off most first; plain for a file."""
        return [*(limit.words(plain=plain) for limit in self.limits), *self.outside()]

    def outside(self) -> list[str]:
        """Return in words which boxes it lies outside of, nothing for the first."""
        if not self.before:
            return []
        numbers = [str(number) for number in range(1, self.before + 1)]
        return [f"not in box {' or '.join(numbers)}"]

    def inside(self, cases: Cases) -> NDArray[np.bool_]:
        """Return for each run whether all limits hold, boxes found before left out of account."""
        return _hold(self.limits, cases)


def box_of(limits: Sequence[Limit], cases: Cases, *, before: Sequence[Box] = ()) -> Box:
    """Return a box with its numbers.

    Args:
        limits: Its conditions.
        cases: All runs.
        before: Boxes found before, outside of which it lies.
    """
    within = _hold(limits, cases)
    rows = within & outside_of(before, cases)
    runs, hits = int(rows.sum()), int(cases.y[rows].sum())
    low, high = wilson(hits, runs)
    return Box(
        limits=tuple(sorted(limits, key=lambda limit: -_cut_off(limit, cases))),
        before=len(before),
        runs=runs,
        of_interest=hits,
        coverage=hits / cases.of_interest,
        density=hits / runs if runs else math.nan,
        density_low=float(low),
        density_high=float(high),
        mass=runs / len(cases.y),
        coverage_all=int(cases.y[within].sum()) / cases.of_interest,
        density_all=float(cases.y[within].mean()) if within.any() else math.nan,
    )


def outside_of(boxes: Sequence[Box], cases: Cases) -> NDArray[np.bool_]:
    """Return for each run whether it lies in none of some boxes."""
    rows = np.ones(len(cases.y), dtype=bool)
    for box in boxes:
        rows &= ~box.inside(cases)
    return rows


def _hold(limits: Sequence[Limit], cases: Cases) -> NDArray[np.bool_]:
    """Return for each run whether all conditions hold."""
    rows = np.ones(len(cases.y), dtype=bool)
    names = [axis.name for axis in cases.axes]
    for limit in limits:
        rows &= limit.holds(cases.x[:, names.index(limit.axis.name)])
    return rows


def _cut_off(limit: Limit, cases: Cases) -> float:
    """Return the share of all runs that a condition alone leaves out."""
    names = [axis.name for axis in cases.axes]
    return float(1 - limit.holds(cases.x[:, names.index(limit.axis.name)]).mean())


def limit_frame(boxes: Sequence[Box]) -> pd.DataFrame:
    """Return the conditions of all boxes, one row each.

    Returns:
        Columns `box` (from 1), `factor`, `label`, `low`, `high` (in the factor's own units, of a
        date the first and the last day within as ISO texts; empty where there is no limit),
        `values` (of a choice), `qp_low`, `qp_high`, `words`.
    """
    rows = [
        {
            "box": number,
            "factor": limit.axis.name,
            "label": limit.axis.brief,
            **_ends(limit),
            "values": " | ".join(str(limit.axis.values[k]) for k in limit.kept),
            "qp_low": limit.qp_low,
            "qp_high": limit.qp_high,
            "words": limit.words(plain=True),
        }
        for number, box in enumerate(boxes, start=1)
        for limit in box.limits
    ]
    columns = ["box", "factor", "label", "low", "high", "values", "qp_low", "qp_high", "words"]
    return pd.DataFrame(rows, columns=columns)


def _ends(limit: Limit) -> Mapping[str, object]:
    """Return the limits in the factor's own units, None where there is none."""
    dated = limit.axis.kind == "date"
    ends = {"low": (limit.low, limit.first), "high": (limit.high, limit.last)}
    return {
        end: None if math.isinf(value) else in_words() if dated else value
        for end, (value, in_words) in ends.items()
    }


def box_frame(boxes: Sequence[Box]) -> pd.DataFrame:
    """Return the numbers of all boxes, one row each, with their conditions in words.

    `coverage_all` and `density_all` are of the limits alone, runs in earlier boxes included.
    """
    rows = [
        {
            "box": number,
            "runs": box.runs,
            "of_interest": box.of_interest,
            "coverage": box.coverage,
            "density": box.density,
            "density_low": box.density_low,
            "density_high": box.density_high,
            "mass": box.mass,
            "coverage_all": box.coverage_all,
            "density_all": box.density_all,
            "conditions": "; ".join(box.words(plain=True)),
        }
        for number, box in enumerate(boxes, start=1)
    ]
    columns = ["box", "runs", "of_interest", "coverage", "density", "density_low", "density_high"]
    columns += ["mass", "coverage_all", "density_all", "conditions"]
    return pd.DataFrame(rows, columns=columns)


@contextlib.contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Make EMA Workbench repeatable and quiet.

    It draws from NumPy's common generator, which is put back afterwards.
    """
    before = np.random.get_state()  # noqa: NPY002 - the one that EMA Workbench draws from
    np.random.seed(seed % 2**32)  # noqa: NPY002
    try:
        with warnings.catch_warnings():
            # EMA Workbench (2.5, 3.0) is written for pandas before 3.1.
            warnings.filterwarnings("ignore", "The inplace keyword", DeprecationWarning)
            yield
    finally:
        np.random.set_state(before)  # noqa: NPY002
