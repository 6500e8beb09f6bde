"""Probabilities of causation: what they must lie between, whatever ties the two worlds together.

An event happened after its cause. Was the cause necessary (PN), would it have sufficed where it was
absent (PS), does one go with the other either way (PNS)? Data of both kinds, observed and from
interventions, give no number, but bounds that no model of the noise can leave.

Source: J. Tian and J. Pearl, "Probabilities of causation: bounds and identification", Annals of
Mathematics and Artificial Intelligence 28 (2000).
"""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from numbers import Rational, Real
from typing import Any, TypeAlias

from alliance_sim.errors import SettingError, explains_calls, shown

# A probability: a float, or a Fraction where everything given was exact.
Number: TypeAlias = Any
Interval: TypeAlias = tuple[Number, Number]

ROUNDING = 1e-15  # a float below it is what rounding left of 0
CELLS = ((0, 0), (0, 1), (1, 0), (1, 1))


@explains_calls
def causation_bounds(
    joint: Any, y_do1: Number, y_do0: Number, tolerance: float = 1e-9
) -> dict[str, Interval]:
    """Return the bounds of the probabilities of necessity, of sufficiency, and of both.

    X is the cause and Y the outcome, each 0 or 1. Nothing is assumed of how Y comes about but that
    the observed probabilities and those under interventions belong to one population. Where the
    two bounds are one number, that is the answer; a model's own number has to lie between them.

    Args:
        joint: Observed probabilities, `joint[x][y]` of X = x together with Y = y: nested lists, an
            array of shape (2, 2), or mappings with the keys 0 and 1. They add up to 1.
        y_do1: Probability of Y = 1 were X set to 1 for everybody, in [0, 1].
        y_do0: The same were X set to 0.
        tolerance: How far numbers may contradict each other, as estimates do; contradictions up to
            it are taken back to what is nearest and possible.

    Returns:
        By name a pair (low, high) in [0, 1]. "PN" is the probability that Y had been 0 had X been
        0, among those with X = 1 and Y = 1; "PS" that Y had been 1 had X been 1, among those with
        X = 0 and Y = 0; "PNS" that Y is 1 if X is set to 1 and 0 if X is set to 0, among all. A
        pair is (0, 1) where nobody is of whom it could be said. Fractions if all that was given is
        exact (`fractions.Fraction`, whole numbers) and a Fraction is among it, else floats.

    Raises:
        SettingError: If something is no probability, the four do not add up to 1, or an
            intervention cannot be true beside what was observed: P(Y = 1 | do X = x) is at least
            P(x, Y = 1) and at most 1 - P(x, Y = 0).
    """
    given, problems = _numbers(joint, y_do1, y_do0, tolerance)
    if not problems:
        problems = _contradictions(given, tolerance)
    if problems:
        raise SettingError("causation_bounds", problems)
    zero, one = given["one"] - given["one"], given["one"]
    p00, p01, p10, p11 = _scaled([_inside(given[_name(*cell)], zero, one) for cell in CELLS])
    y1 = _inside(given["y_do1"], p11, one - p10)
    y0 = _inside(given["y_do0"], p01, one - p00)
    y = p01 + p11
    both = (
        max(zero, y1 - y0, y - y0, y1 - y),
        min(y1, one - y0, p11 + p00, y1 - y0 + p10 + p01),
    )
    return {
        "PN": _share(y - y0, one - y0 - p00, p11),
        "PS": _share(y1 - y, y1 - p11, p00),
        "PNS": _ordered(*both, zero, one),
    }


def _share(low: Number, high: Number, of: Number) -> Interval:
    """Return bounds as shares of those who are meant; all of [0, 1] where there are none."""
    zero = of - of
    if of == 0 or (isinstance(of, float) and of < ROUNDING):
        return zero, zero + 1
    return _ordered(low / of, high / of, zero, zero + 1)


def _ordered(low: Number, high: Number, least: Number, most: Number) -> Interval:
    """Return bounds within limits; where rounding turned them round, the place between."""
    low, high = _inside(low, least, most), _inside(high, least, most)
    if low > high:
        low = high = (low + high) / 2
    return low, high


def _inside(value: Number, least: Number, most: Number) -> Number:
    return min(max(value, least), most)


def _scaled(values: list[Number]) -> list[Number]:
    total = sum(values)
    return values if total == 1 else [value / total for value in values]


def _name(x: int, y: int) -> str:
    return f"joint[{x}][{y}]"


def _numbers(
    joint: Any, y_do1: object, y_do0: object, tolerance: object
) -> tuple[dict[str, Number], list[str]]:
    """Return all numbers by name, of one kind, with 1 of that kind; and what is wrong with them."""
    problems = []
    if not _is_number(tolerance) or not 0 <= tolerance < 1:  # type: ignore[operator]
        problems.append(f"tolerance is {shown(tolerance)}, must be a number from 0 to below 1")
        tolerance = 0.0
    values: dict[str, Any] = {}
    try:
        if not len(joint) == len(joint[0]) == len(joint[1]) == 2:
            raise IndexError
        values = {_name(x, y): joint[x][y] for x, y in CELLS}
    except (TypeError, IndexError, KeyError):
        problems.append(
            f"joint is {shown(joint)}, must be four probabilities, joint[x][y] of X = x and Y = y; "
            "write [[P(x=0, y=0), P(x=0, y=1)], [P(x=1, y=0), P(x=1, y=1)]]"
        )
    values |= {"y_do1": y_do1, "y_do0": y_do0}
    for name, value in values.items():
        if not _is_number(value) or not -tolerance <= value <= 1 + tolerance:  # type: ignore[operator]
            problems.append(f"{name} is {shown(value)}, must be a probability, from 0 to 1")
    if problems:
        return {}, problems
    exact = all(isinstance(value, Rational) for value in values.values())
    if exact and any(isinstance(value, Fraction) for value in values.values()):
        return {name: Fraction(value) for name, value in values.items()} | {"one": Fraction(1)}, []
    return {name: float(value) for name, value in values.items()} | {"one": 1.0}, []


def _is_number(value: Any) -> bool:
    return type(value) is not bool and isinstance(value, Real) and isfinite(value)


def _contradictions(given: dict[str, Number], tolerance: float) -> list[str]:
    """Return which of the numbers cannot be true beside each other."""
    p00, p01, p10, p11 = (given[_name(*cell)] for cell in CELLS)
    total = p00 + p01 + p10 + p11
    if abs(total - 1) > max(tolerance, 4 * ROUNDING):
        return [f"the four of joint add up to {float(total):.10g}, must add up to 1"]
    problems = []
    for x, came, not_came in ((1, p11, p10), (0, p01, p00)):
        name, value = f"y_do{x}", given[f"y_do{x}"]
        below = f"at least joint[{x}][1] = {float(came):.10g}"
        above = f"at most 1 - joint[{x}][0] = {float(1 - not_came):.10g}"
        slack = max(tolerance, 4 * ROUNDING)
        if value < came - slack or value > 1 - not_came + slack:
            problems.append(
                f"{name} is {float(value):.10g}, must be {below} and {above}: whoever had X = {x} "
                "by themselves has the same Y when X is set to it"
            )
    return problems
