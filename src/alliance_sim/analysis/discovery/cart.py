"""CART: a tree of yes-and-no questions whose leaves are boxes that fill the whole space.

The tree is grown by EMA Workbench (with scikit-learn). Choices reach it as one column of 0 and 1
for each value, because of what the workbench itself makes of them in version 2.5: it loses the
values that an earlier leaf left out.

Source: Breiman, Friedman, Olshen and Stone (1984), Classification and Regression Trees.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alliance_sim.analysis import loaded
from alliance_sim.analysis.discovery.boxes import Box, Cases, Limit, box_of, repeatable

if TYPE_CHECKING:
    from numpy.typing import NDArray


def leaves(cases: Cases, *, seed: int) -> list[Box]:
    """Return the leaves of the tree, densest first; together they hold every run.

    Args:
        cases: The runs.
        seed: Decides between splits that are equally good.
    """
    columns = _columns(cases)
    module = loaded("ema_workbench.analysis.cart")
    with repeatable(seed):
        tree = module.CART(pd.DataFrame(columns), cases.y, mass_min=cases.least_mass())
        tree.build_tree()
        found = tree.boxes if tree.clf.tree_.node_count > 1 else []
    boxes = [box_of(_limits(box, columns, cases), cases) for box in found]
    return sorted(boxes, key=lambda box: (-box.density, -box.runs))


def _columns(cases: Cases) -> dict[str, NDArray[np.float64]]:
    """Return what the tree may ask about, by name."""
    columns = {}
    for axis, column in zip(cases.axes, cases.x.T, strict=True):
        if axis.kind != "choice":
            columns[_key(axis.name)] = column
            continue
        # One of two values says all; asking for either would only double the questions.
        asked = range(1, 2) if len(axis.values) == 2 else range(len(axis.values))
        columns |= {_key(axis.name, k): (column == k).astype(np.float64) for k in asked}
    return columns


def _key(name: str, position: int | None = None) -> str:
    """Return what a question is called there, where a name such as "scenario" means something."""
    return f"of {name}" if position is None else f"{name} is value {position}"


def _limits(box: Any, columns: dict[str, NDArray[np.float64]], cases: Cases) -> list[Limit]:
    """Return the conditions of a leaf."""
    limits = []
    for axis in cases.axes:
        if axis.kind == "choice":
            kept = set(range(len(axis.values)))
            for k in range(len(axis.values)):
                key = _key(axis.name, k)
                if key not in columns:
                    continue
                low, high = box[key]
                if low > 0:
                    kept &= {k}
                if high < 1:
                    kept -= {k}
            if len(kept) < len(axis.values):
                limits.append(Limit(axis, kept=tuple(sorted(kept))))
            continue
        low, high = box[_key(axis.name)]
        first, last = columns[_key(axis.name)].min(), columns[_key(axis.name)].max()
        if low > first or high < last:
            limits.append(
                Limit(
                    axis,
                    low=float(low) if low > first else -math.inf,
                    high=float(high) if high < last else math.inf,
                )
            )
    return limits
