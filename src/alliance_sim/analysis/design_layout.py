"""Which design a table of points is: the analysers of SALib trust the order of its rows blindly.

A Saltelli or Morris design is recognised by what changes from row to row, so that no analysis
is ever made of rows in another order, of a part of a design, or of another kind of design.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliance_sim.errors import SettingError

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Saltelli(NamedTuple):
    """Shape of a Saltelli design."""

    base: int  # number of base points
    second_order: bool  # whether the rows for interactions are there


def saltelli_layout(x: NDArray[np.float64], *, where: str) -> Saltelli:
    """Return the shape of a Saltelli design.

    Each block of rows is a base point A, then A with one column after the other taken from a
    second point B, with second order also B with one column after the other taken from A, then B.

    Args:
        x: Array (point, factor), in the order of the design.
        where: What the error is about.

    Raises:
        SettingError: If the rows are no such design.
    """
    rows, factors = x.shape
    for second_order in (True, False):
        step = 2 * factors + 2 if second_order else factors + 2
        if rows and rows % step == 0 and _is_saltelli(x.reshape(-1, step, factors)):
            return Saltelli(rows // step, second_order)
    problem = (
        f"the {rows} points are not a Saltelli design of {factors} factors, which Sobol indices "
        'need; run the sweep with kind = "saltelli", or use --method pawn, which takes any '
        "points that fill the space"
    )
    raise SettingError(where, [problem])


def _is_saltelli(blocks: NDArray[np.float64]) -> bool:
    """Whether every block (block, row, factor) mixes its first and last row as it should."""
    a, b = blocks[:, 0], blocks[:, -1]
    factors = blocks.shape[2]
    for row in range(1, blocks.shape[1] - 1):
        base, other = (a, b) if row <= factors else (b, a)
        expected = base.copy()
        column = (row - 1) % factors
        expected[:, column] = other[:, column]
        if not np.array_equal(blocks[:, row], expected):
            return False
    return True


def morris_layout(x: NDArray[np.float64], *, where: str) -> int:
    """Return the number of trajectories of a Morris design.

    A trajectory has one row more than there are factors, and from row to row one factor changes,
    each once (a factor of few values may stay where it is).

    Args:
        x: Array (point, factor), in the order of the design.
        where: What the error is about.

    Raises:
        SettingError: If the rows are no such design.
    """
    rows, factors = int(x.shape[0]), int(x.shape[1])
    if rows and rows % (factors + 1) == 0:
        changed = np.diff(x.reshape(-1, factors + 1, factors), axis=1) != 0
        if (changed.sum(axis=2) <= 1).all() and (changed.sum(axis=1) <= 1).all():
            return rows // (factors + 1)
    problem = (
        f"the {rows} points are not a Morris design of {factors} factors, which elementary "
        'effects need; run the sweep with kind = "morris", or use --method pawn, which takes '
        "any points that fill the space"
    )
    raise SettingError(where, [problem])


def check_spread(x: NDArray[np.float64], names: list[str], *, where: str) -> None:
    """Raise an error unless every factor takes at least two values.

    Args:
        x: Array (point, factor).
        names: Names of the factors.
        where: What the error is about.

    Raises:
        SettingError: If there is no factor, or some are the same at every point.
    """
    if not names:
        problem = (
            "the sweep varies no factor; a design of replicates has nothing to be sensitive to"
        )
        raise SettingError(where, [problem])
    still = [name for name, column in zip(names, x.T, strict=True) if np.ptp(column) == 0]
    if still:
        problems = [f"factor {name!r} has the same value at every point" for name in still]
        raise SettingError(where, problems)
