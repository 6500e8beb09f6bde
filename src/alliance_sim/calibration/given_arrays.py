"""Arrays of numbers that somebody gives, and what is wrong with one, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.errors import shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

NUMBERS = "biuf"  # kinds of arrays that hold any


def given_numbers(
    name: str, value: object, *, axes: tuple[str, ...], finite: bool = True
) -> tuple[NDArray[np.float64], list[str]]:
    """Return what was given as an array of numbers, and in a sentence why it cannot be used.

    Args:
        name: What it was given as.
        value: What was given.
        axes: What each of its axes is called.
        finite: Whether all of them have to be finite.

    Returns:
        The array, and no sentence; an empty array with as many axes, and one.
    """
    shape = f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"
    none = np.zeros((0,) * len(axes))
    try:
        found = np.asarray(value)
    except ValueError:  # lists of unequal lengths
        return none, [f"{name} is {shown(value)}, must be numbers {shape}"]
    if found.ndim != len(axes) or not found.size:
        return none, [f"{name} has shape {found.shape}, must be {shape} with at least one"]
    if found.dtype.kind not in NUMBERS:
        return none, [f"{name} is {shown(value)}, must be numbers {shape}"]
    plain = found.astype(np.float64, copy=False)
    wrong = int((~np.isfinite(plain)).sum()) if finite else 0
    if wrong:
        return none, [f"{name} holds {wrong} that are NaN or infinite, must be finite"]
    return plain, []
