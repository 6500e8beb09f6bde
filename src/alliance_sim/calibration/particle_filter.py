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

from alliance_sim.calibration.keyed import Stage, generator
from alliance_sim.calibration.resampling import systematic
from alliance_sim.errors import explains_calls
from alliance_sim.noise import as_seed

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
        steps: How many steps.
        seed: Whole number from 0 to 2**64 - 1.

    Returns:
        Array (step,); -inf from the step on at which no particle is possible.
    """
    number = as_seed(seed)
    states, found = start, np.full(steps, -math.inf)
    for step in range(steps):
        rng = generator(number, Stage.DRAWS, step)
        states = move(states, step, rng)
        logs = log_weight(states, step)
        top = float(logs.max())
        if top == -math.inf:
            break
        weights = np.exp(logs - top)
        total = float(weights.sum())
        found[step] = top + math.log(total / len(weights))
        states = states[systematic(weights, len(weights), rng.random())]
    return found
