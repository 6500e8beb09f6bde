"""How much of history an edit rewrites, in bits: the smaller, the nearer the other world lies.

A change that had a chance of one in two costs one bit. Noise that had to be moved, and values that
had to leave their posterior, cost what a standard normal pays for the distance; every further input
that is edited costs the choice among those that could have been.

Source: P. E. Tetlock and A. Belkin (eds), "Counterfactual thought experiments in world politics"
(1996), for the criterion of the minimal rewrite; the scale is that of information theory.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alliance_sim.errors import SettingError, shown

BITS_A_SQUARE = 1.0 / (2.0 * math.log(2.0))  # of a standard normal, 0.72
GREEN, AMBER = 7.0, 14.0  # bits: one in 128, one in 16,384


@dataclass(frozen=True)
class RewriteCost:
    """What a rewrite costs, in bits, all parts at least 0.

    Attributes:
        antecedent: For what is supposed to have happened instead, given the history before it.
        noise: For noise that had to be moved.
        parameters: For values outside of what the data leave open.
        choice: For every input that is edited beyond the first.
    """

    antecedent: float
    noise: float
    parameters: float
    choice: float

    @property
    def bits(self) -> float:
        """The sum; inf if what is supposed could not have happened."""
        return self.antecedent + self.noise + self.parameters + self.choice

    @property
    def light(self) -> str:
        """Return "green" up to 7 bits, "amber" up to 14, "red" beyond."""
        return "green" if self.bits <= GREEN else "amber" if self.bits <= AMBER else "red"


def rewrite_cost(
    probability: float = 1.0,
    moved_noise: ArrayLike = (),
    distance: float = 0.0,
    choices: Sequence[int] = (),
) -> RewriteCost:
    """Return the cost of a rewrite of history.

    Args:
        probability: Of the antecedent, given the history before it, from 0 to 1; 1 where the edit
            supposes nothing that could have come otherwise.
        moved_noise: By how many standard deviations noise had to be moved, one number each.
        distance: Squared Mahalanobis distance of edited parameters from their posterior.
        choices: For each edited input beyond the first, among how many it was chosen.

    Raises:
        SettingError: If a number is out of range.
    """
    problems = []
    if not 0.0 <= probability <= 1.0:
        problems.append(f"probability is {shown(probability)}, must be from 0 to 1")
    moved = np.asarray(moved_noise, dtype=np.float64)
    if not np.isfinite(moved).all():
        problems.append("moved_noise has NaN or infinite values, must be finite")
    if not 0.0 <= distance < math.inf:
        problems.append(f"distance is {shown(distance)}, must be a number, at least 0")
    problems += [
        f"choices has {shown(count)}, must be whole numbers, at least 1"
        for count in choices
        if type(count) is not int or count < 1
    ]
    if problems:
        raise SettingError("rewrite_cost", problems)
    return RewriteCost(
        antecedent=0.0 - math.log2(probability) if probability > 0.0 else math.inf,
        noise=BITS_A_SQUARE * float((moved**2).sum()),
        parameters=BITS_A_SQUARE * distance,
        choice=float(sum(math.log2(count) for count in choices)),
    )
