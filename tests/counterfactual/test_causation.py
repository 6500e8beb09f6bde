"""Bounds of the probabilities of causation: known answers, linear programs, and wrong input."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from alliance_sim.counterfactual import causation_bounds
from alliance_sim.errors import SettingError

# How somebody's Y comes of X: never, as X, the opposite of X, always; X comes with any of them.
TYPES = [(0, 0), (0, 1), (1, 0), (1, 1)]  # Y if X is set to 0, and to 1


def test_a_noisy_or_has_these_bounds_exactly() -> None:
    y1, y0 = Fraction(107, 125), Fraction(7, 25)
    joint = [[(1 - y0) / 2, y0 / 2], [(1 - y1) / 2, y1 / 2]]
    assert causation_bounds(joint, y1, y0) == {
        "PN": (Fraction(72, 107), Fraction(90, 107)),
        "PS": (Fraction(4, 5), 1),
        "PNS": (Fraction(72, 125), Fraction(18, 25)),
    }


def test_an_exclusive_or_has_these_bounds_though_pns_is_far_above_the_risk_difference() -> None:
    found = causation_bounds(np.array([[0.35, 0.15], [0.15, 0.35]]), 0.7, 0.3)
    assert found["PNS"] == pytest.approx((2 / 5, 7 / 10))
    assert found["PN"] == pytest.approx((4 / 7, 1.0))
    assert found["PS"] == pytest.approx((4 / 7, 1.0))
    assert all(type(bound) is float for pair in found.values() for bound in pair)


def everybody(rng: np.random.Generator, least: float) -> np.ndarray:
    """Return a population: shares by (x, type), some of which are 0."""
    shares = rng.dirichlet(np.full(8, 0.5))
    shares[shares < least] = 0.0
    return np.reshape(shares / shares.sum(), (2, 4))


def observed(shares: np.ndarray) -> tuple[np.ndarray, float, float]:
    joint = np.zeros((2, 2))
    for x in (0, 1):
        for share, outcomes in zip(shares[x], TYPES, strict=True):
            joint[x, outcomes[x]] += share
    y0, y1 = (sum(shares[:, t].sum() * TYPES[t][x] for t in range(4)) for x in (0, 1))
    return joint, y1, y0


def by_linear_programming(
    joint: np.ndarray, y1: float, y0: float
) -> dict[str, tuple[float, float]]:
    """Return the least and the most over all populations that agree with what is known."""
    rows, right = [], []
    for x in (0, 1):
        for y in (0, 1):
            rows.append([float(i == x and TYPES[t][x] == y) for i in (0, 1) for t in range(4)])
            right.append(joint[x, y])
    for x, known in ((0, y0), (1, y1)):
        rows.append([float(TYPES[t][x]) for _ in (0, 1) for t in range(4)])
        right.append(known)
    helped = TYPES.index((0, 1))
    aims = {
        "PN": ([1], joint[1, 1]),
        "PS": ([0], joint[0, 0]),
        "PNS": ([0, 1], 1.0),
    }
    found = {}
    for name, (of, among) in aims.items():
        if among < 1e-12:
            found[name] = (0.0, 1.0)
            continue
        aim = np.array([float(i in of and t == helped) for i in (0, 1) for t in range(4)])
        ends = [
            linprog(sign * aim, A_eq=rows, b_eq=right, bounds=(0, 1), method="highs").fun * sign
            for sign in (1, -1)
        ]
        found[name] = (ends[0] / among, ends[1] / among)
    return found


@pytest.mark.parametrize("least", [0.0, 0.05, 0.2])
def test_bounds_are_those_of_linear_programs_over_all_populations(least: float) -> None:
    rng = np.random.default_rng(11)
    for _ in range(60):
        shares = everybody(rng, least)
        joint, y1, y0 = observed(shares)
        found = causation_bounds(joint, y1, y0)
        for name, (low, high) in by_linear_programming(joint, y1, y0).items():
            assert found[name] == pytest.approx((low, high), abs=1e-6), (name, shares)


def test_the_truth_of_any_population_lies_between_the_bounds() -> None:
    rng = np.random.default_rng(12)
    helped = TYPES.index((0, 1))
    for _ in range(300):
        shares = everybody(rng, 0.02)
        joint, y1, y0 = observed(shares)
        found = causation_bounds(joint, y1, y0)
        among = {"PN": joint[1, 1], "PS": joint[0, 0], "PNS": 1.0}
        of = {
            "PN": shares[1, helped],
            "PS": shares[0, helped],
            "PNS": shares[:, helped].sum(),
        }
        for name, (low, high) in found.items():
            assert 0.0 <= low <= high <= 1.0
            if among[name] > 0.0:
                assert low - 1e-12 <= of[name] / among[name] <= high + 1e-12


def test_with_an_outside_cause_the_bounds_do_not_depend_on_how_often_it_was_there() -> None:
    y1, y0 = Fraction(3, 5), Fraction(1, 4)
    found = []
    for x in (Fraction(1, 2), Fraction(1, 10), Fraction(9, 10)):
        joint = [[(1 - x) * (1 - y0), (1 - x) * y0], [x * (1 - y1), x * y1]]
        found.append(causation_bounds(joint, y1, y0))
    assert found[0] == found[1] == found[2]


def test_nothing_is_known_of_those_who_are_not_there() -> None:
    found = causation_bounds([[0.0, 0.4], [0.6, 0.0]], 0.4, 0.4)
    assert found["PN"] == found["PS"] == (0.0, 1.0)
    assert causation_bounds({0: {0: 1, 1: 0}, 1: {0: 0, 1: 0}}, 0, 0)["PN"] == (0.0, 1.0)


def test_estimates_may_contradict_each_other_within_the_tolerance() -> None:
    joint = [[0.4, 0.1], [0.1, 0.4]]
    with pytest.raises(SettingError, match=r"y_do1 is 0.395, must be at least joint\[1\]\[1\]"):
        causation_bounds(joint, 0.395, 0.3)
    found = causation_bounds(joint, 0.395, 0.3, tolerance=0.01)
    assert found == causation_bounds(joint, 0.4, 0.3)


@pytest.mark.parametrize(
    ("joint", "y1", "y0", "words"),
    [
        ([[0.4, 0.1], [0.1, 0.3]], 0.5, 0.5, "add up to 0.9, must add up to 1"),
        (
            [[1.2, -0.2], [0.0, 0.0]],
            0.5,
            0.5,
            r"joint\[0\]\[0\] is 1.2.*\n.*joint\[0\]\[1\] is -0.2",
        ),
        ([[0.4, 0.1], [0.1, 0.4]], 1.5, -0.5, "y_do1 is 1.5.*\n.*y_do0 is -0.5"),
        ([[0.4, 0.1], [0.1, 0.4]], float("nan"), 0.3, "y_do1 is nan, must be a probability"),
        ([[0.4, 0.1], [0.1, 0.4]], "half", 0.3, "y_do1 is 'half'"),
        ([[0.4, 0.1], [0.1, 0.4]], True, 0.3, "y_do1 is True"),
        ([[0.4, 0.1], [0.1, 0.4]], 0.95, 0.3, r"at most 1 - joint\[1\]\[0\] = 0.9"),
        ([[0.4, 0.1], [0.1, 0.4]], 0.5, 0.05, r"y_do0 is 0.05, must be at least joint\[0\]\[1\]"),
        ([0.4, 0.1, 0.1, 0.4], 0.5, 0.3, "must be four probabilities"),
        ([[0.4, 0.1, 0.0], [0.1, 0.4, 0.0]], 0.5, 0.3, "must be four probabilities"),
        (None, 2.0, 0.3, "joint is None.*\n.*y_do1 is 2.0"),
    ],
)
def test_what_cannot_be_is_told(joint: Any, y1: Any, y0: Any, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        causation_bounds(joint, y1, y0)


def test_a_tolerance_has_to_be_a_small_number() -> None:
    with pytest.raises(SettingError, match="tolerance is -1"):
        causation_bounds([[0.4, 0.1], [0.1, 0.4]], 0.5, 0.3, tolerance=-1)
