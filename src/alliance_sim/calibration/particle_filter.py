"""A bootstrap particle filter: the likelihood of a series, by simulating forward alone.

It needs nothing of the samplers, so it judges them: what it estimates without bias is the very
likelihood of the parameters that they reach by drawing the noise.

Source: N. J. Gordon, D. J. Salmond and A. F. M. Smith, "Novel approach to nonlinear/non-Gaussian
Bayesian state estimation", IEE Proceedings F 140 (1993).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.calibration.given_arrays import given_numbers
from alliance_sim.calibration.keyed import Stage, generator
from alliance_sim.calibration.resampling import systematic
from alliance_sim.errors import SettingError, explains_calls
from alliance_sim.noise import as_seed
from alliance_sim.whole_numbers import not_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray


@explains_calls
def bootstrap_filter(
    move: Callable[[NDArray[np.float64], int, np.random.Generator], NDArray[np.float64]],
    log_weight: Callable[[NDArray[np.float64], int], NDArray[np.float64]],
    start: NDArray[np.float64],
    *,
    steps: int,
    seed: int,
) -> NDArray[np.float64]:
    """Return the log likelihood that each step adds; their sum's exponential is without bias.

    Particles move as the model does, are weighted by what was seen, and are resampled, each step.

    Args:
        move: From states (particle, ...), a step and a generator to states one step on.
        log_weight: From states and a step to the log probability of what was seen, (particle,).
        start: States before the first step, (particle, ...).
        steps: How many steps, at least 0.
        seed: Whole number from 0 to 2**64 - 1.

    Returns:
        Array (step,); -inf from the step on at which no particle is possible.

    Raises:
        SettingError: If there is no particle, or no such number of steps; if log weights are not
            one for a particle, or one of them is NaN or +inf; it says at which step.
    """
    number = as_seed(seed)
    problems = not_whole("steps", steps, least=0)
    if not np.ndim(start) or not len(start):
        problems.append(f"start has shape {np.shape(start)}, must hold at least one particle")
    if problems:
        raise SettingError("bootstrap_filter", problems)
    states, found = start, np.full(steps, -math.inf)
    for step in range(steps):
        rng = generator(number, Stage.DRAWS, step)
        states = move(states, step, rng)
        logs = _checked(log_weight(states, step), len(start), step)
        top = float(logs.max())
        if top == -math.inf:
            break
        weights = np.exp(logs - top)
        total = float(weights.sum())
        found[step] = top + math.log(total / len(weights))
        states = states[systematic(weights, len(weights), rng.random())]
    return found


def _checked(given: object, particles: int, step: int) -> NDArray[np.float64]:
    """Return log weights, if there is one for each particle.

    Raises:
        SettingError: If not, or one of them is NaN or +inf.
    """
    found, problems = given_numbers("log_weight", given, axes=("particle",), finite=False)
    if not problems and len(found) != particles:
        problems = [f"log_weight holds {len(found)}, must hold one for each of {particles}"]
    if wrong := int((np.isnan(found) | (found == math.inf)).sum()):
        problems.append(f"log_weight holds {wrong} that are NaN or +inf")
    if problems:
        raise SettingError("bootstrap_filter", [f"step {step}: {one}" for one in problems])
    return found
