"""Whole numbers that somebody gives, of Python or NumPy; what is wrong with one, in a sentence."""

from __future__ import annotations

from numbers import Integral
from typing import TypeGuard

from alliance_sim.errors import shown


def whole_number(value: object) -> TypeGuard[int]:
    """Return whether a value is a whole number, as Python and NumPy have them."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def not_whole(name: str, value: object, *, least: int, most: int | None = None) -> list[str]:
    """Return in a sentence why a value is no whole number of a range; nothing where it is one.

    Args:
        name: What it was given as.
        value: What was given.
        least: Smallest number that is allowed.
        most: Largest one; None where there is none.
    """
    if whole_number(value) and value >= least and (most is None or value <= most):
        return []
    allowed = f", at least {least}" if most is None else f" from {least} to {most}"
    return [f"{name} is {shown(value)}, must be a whole number{allowed}"]
