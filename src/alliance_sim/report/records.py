"""Rows of a table as plain values, which pages and JSON can show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def rows_of(frame: pd.DataFrame, columns: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Return the rows of a table as texts, whole numbers, finite floats, truth values and None.

    Args:
        frame: The table.
        columns: Which of its columns, in which order; all if left out.
    """
    names = list(frame.columns if columns is None else columns)
    return [
        dict(zip(names, (_plain(value) for value in row), strict=True))
        for row in frame[names].astype(object).itertuples(index=False)
    ]


def _plain(value: Any) -> str | bool | int | float | None:
    """Return one value as Python and JSON know it; what is missing or not finite is None."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return None
