"""How far a posterior moves when prior or likelihood count a little less, or a little more.

The density of one of them is raised to the power 0.8 or 1.25, and the draws are weighted anew, so
that nothing is sampled again. What moves with the prior was not told by the data alone.

Source: N. Kallioinen, T. Paananen, P.-C. Bürkner and A. Vehtari, "Detecting and diagnosing prior
and likelihood sensitivity with power-scaling", Statistics and Computing 34 (2024).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.calibration.given_arrays import given_numbers
from alliance_sim.calibration.pareto import TRUSTED, smoothed_weights
from alliance_sim.errors import SettingError, explains_calls, shown
from alliance_sim.several import several

if TYPE_CHECKING:
    from numpy.typing import NDArray

POWERS = (0.8, 1.25)
MOVED = 0.05  # sensitivity from which the source calls a quantity sensitive


@dataclass(frozen=True)
class PowerScaling:
    """How one quantity answers to prior and likelihood.

    Attributes:
        name: The quantity.
        prior: Distance that its posterior moves for each doubling of the prior's power; 0 to
            about 1, and 0.05 is told.
        likelihood: The same of the likelihood.
        pareto_k: The worse shape of the weights; above 0.7 the numbers are not to be trusted.
    """

    name: str
    prior: float
    likelihood: float
    pareto_k: float

    @property
    def verdict(self) -> str:
        """What that means, in a few words: nothing, where the weights are not to be trusted."""
        if not self.pareto_k <= TRUSTED:
            return "not to be trusted"
        if self.prior < MOVED:
            return "told by the data" if self.likelihood >= MOVED else "moved by neither"
        return "prior and data disagree" if self.likelihood >= MOVED else "told by the prior"


@explains_calls
def power_scaling(
    names: Sequence[str],
    draws: NDArray[np.float64],
    log_prior: NDArray[np.float64],
    log_likelihood: NDArray[np.float64],
    *,
    powers: tuple[float, float] = POWERS,
) -> list[PowerScaling]:
    """Return for each quantity how far it moves with two powers, told for a doubling.

    Where many parameters are scaled at once weights become unequal (`pareto_k` above 0.7), and
    verdicts are "not to be trusted"; powers nearer to 1, such as 0.99 and 1.01, tell the same as a
    slope.

    Args:
        names: The quantities; the name alone if there is one.
        draws: Array (draw, quantity).
        log_prior: Array (draw,), of the parameters; of standard normals minus half their squares.
        log_likelihood: Array (draw,).
        powers: Above 0, one below 1 and one above.

    Raises:
        SettingError: If names and arrays do not go together, hold what is no finite number, or the
            powers are not so; it lists all of it.
    """
    called = several(names)
    draws, log_prior, log_likelihood = _checked(called, draws, log_prior, log_likelihood, powers)
    weights, worst = {}, -math.inf
    for part, density in (("prior", log_prior), ("likelihood", log_likelihood)):
        for power in powers:
            log_weights, k = smoothed_weights((power - 1.0) * density)
            weights[part, power] = np.exp(log_weights)
            worst = max(worst, k)
    found = []
    for quantity, name in enumerate(called):
        x = draws[:, quantity]
        told = {
            part: float(
                np.mean(
                    [distance(x, weights[part, power]) / abs(math.log2(power)) for power in powers]
                )
            )
            for part in ("prior", "likelihood")
        }
        found.append(PowerScaling(name, told["prior"], told["likelihood"], worst))
    return found


def _checked(
    names: tuple[str, ...], draws: object, log_prior: object, log_likelihood: object, powers: object
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the arrays, if they go together.

    Raises:
        SettingError: Naming all that does not.
    """
    x, problems = given_numbers("draws", draws, axes=("draw", "quantity"))
    if x.size and x.shape[1] != len(names):
        problems.append(f"names are {len(names)}, must be one for each of {x.shape[1]} quantities")
    densities = []
    for name, value in (("log_prior", log_prior), ("log_likelihood", log_likelihood)):
        density, wrong = given_numbers(name, value, axes=("draw",))
        if x.size and not wrong and len(density) != len(x):
            wrong = [f"{name} holds {len(density)}, must hold one for each of {len(x)} draws"]
        problems += wrong
        densities.append(density)
    two, wrong = given_numbers("powers", powers, axes=("power",))
    if wrong or len(two) != 2 or not 0.0 < two.min() < 1.0 < two.max():
        told = "must be two numbers above 0, one below 1 and one above 1"
        problems.append(f"powers is {shown(powers)}, {told}")
    if problems:
        raise SettingError("power_scaling", problems)
    return x, densities[0], densities[1]


def distance(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Return how far weighting moves a distribution: the cumulative Jensen-Shannon distance.

    It is 0 for equal distributions and at most 1, whatever the unit, and the larger of what is
    found from below and from above.

    Args:
        values: Array (draw,).
        weights: Array (draw,), which add up to 1.
    """
    order = np.argsort(values, kind="stable")
    gaps = np.diff(values[order])
    if not (gaps > 0.0).any():
        return 0.0
    plain = np.arange(1, len(values)) / len(values)
    moved = np.cumsum(weights[order])[:-1]
    return max(
        _from_below(gaps, plain, moved),
        _from_below(gaps, 1.0 - plain, np.maximum(0.0, 1.0 - moved)),
    )


def _from_below(
    gaps: NDArray[np.float64], one: NDArray[np.float64], other: NDArray[np.float64]
) -> float:
    """Return the distance of two distribution functions, each constant over the gaps."""
    both = one + other

    def divergence(of: NDArray[np.float64]) -> float:
        there = of > 0.0
        ratio = np.where(there, 2.0 * of / np.where(there, both, 1.0), 1.0)
        return float((gaps * of * np.log2(ratio)).sum())

    # The terms with the differences of the two functions cancel in the sum of both directions.
    total = max(0.0, divergence(one) + divergence(other))
    return math.sqrt(total / float((gaps * both).sum()))
