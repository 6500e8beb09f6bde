"""Elliptical slice sampling of a function of one's own: one chain, nothing to tune."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.calibration.keyed import Stage, generator
from alliance_sim.calibration.layout import Layout, checked
from alliance_sim.calibration.moves import SliceRows
from alliance_sim.calibration.pool import pooled
from alliance_sim.calibration.sampler import Sampler, beginning
from alliance_sim.errors import SettingError, explains_calls, shown
from alliance_sim.noise import as_seed
from alliance_sim.whole_numbers import not_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_STARTS = 10_000  # draws from the prior until one is possible
LEAST_WARM_UP = 100  # sweeps; a quarter of the draws if that is more
GROUPS = 4  # of neighbouring unknowns that move by themselves in each sweep


@explains_calls
def elliptical_slice(
    log_likelihood: Callable[[NDArray[np.float64]], float], dimension: int, draws: int, seed: int
) -> NDArray[np.float64]:
    """Return draws of the posterior of unknowns that are independent standard normals a priori.

    Every sweep moves all unknowns together, and then four groups of neighbours one by one, along
    ellipses that the prior leaves as they are: nothing has to be tuned, and the function need not
    be smooth. Draws follow each other in one chain, so they are worth fewer than they are
    (`diagnose` tells how many). The chain starts at the first draw of the prior that is
    possible; a warm-up of a quarter of the draws, at least 100 sweeps, is made before and dropped.

    Args:
        log_likelihood: Function of an array `(dimension,)` of standard normals, which it must not
            keep or change; returns a finite number, or -inf where the data are impossible. It has
            to return the same for the same unknowns.
        dimension: How many unknowns, at least 1.
        draws: How many draws, at least 1.
        seed: Whole number from 0 to 2**64 - 1; the same seed gives the same bits.

    Returns:
        Array `(draws, dimension)` of float64.

    Raises:
        SettingError: If an argument is out of range; if `log_likelihood` returns NaN, +inf or what
            is no number, is -inf at each of 10,000 draws of the prior, or gives one place
            different values.

    Source: I. Murray, R. P. Adams and D. J. C. MacKay, "Elliptical slice sampling", AISTATS 2010.
    """
    _check(log_likelihood, dimension, draws)
    number = as_seed(seed)
    width, wanted = int(dimension), int(draws)
    groups = min(GROUPS, width)
    ends = [round(group * width / groups) for group in range(groups + 1)]
    moves = [SliceRows(0, width)]
    if groups > 1:
        moves += [SliceRows(a, b) for a, b in pairwise(ends)]
    here, value = _start(log_likelihood, width, number)
    pool, drawn = pooled(np.zeros((1, 0))), np.zeros((0, width, 1))
    for stage, sweeps in (
        (Stage.WARM_UP, max(LEAST_WARM_UP, wanted // 4)),
        (Stage.DRAWS, wanted),
    ):
        state = beginning(here, value, chains=np.zeros(1, dtype=np.int64), seed=number, stage=stage)
        sampler = Sampler(Layout(width), moves, state, pool=pool, sweeps=sweeps)
        while not sampler.finished:
            asked = sampler.ask()
            sampler.tell(np.array([_value(log_likelihood, asked[:, 0].copy())]))
        here, value = sampler.unknowns, sampler.log_likelihood
        drawn = sampler.parameters
    return np.ascontiguousarray(drawn[:, :, 0])


def _check(log_likelihood: object, dimension: object, draws: object) -> None:
    problems = []
    if not callable(log_likelihood):
        problems.append(
            f"log_likelihood is {shown(log_likelihood)}, must be a function of an array of "
            "standard normals"
        )
    for name, value in (("dimension", dimension), ("draws", draws)):
        problems += not_whole(name, value, least=1)
    if problems:
        raise SettingError("elliptical_slice", problems)


def _value(
    log_likelihood: Callable[[NDArray[np.float64]], float], unknowns: NDArray[np.float64]
) -> float:
    """Return what a function gives for unknowns, once it is a number.

    Raises:
        SettingError: If it is something else.
    """
    found: object = log_likelihood(unknowns)
    if isinstance(found, np.ndarray) and found.ndim == 0:
        found = found[()]
    if isinstance(found, Real) and not isinstance(found, bool):
        return float(found)
    shape = f" of shape {found.shape}" if isinstance(found, np.ndarray) else ""
    problem = (
        f"returned {shown(found)}{shape}, must return one number for an array of shape "
        f"({len(unknowns)},), or -inf where the data are impossible"
    )
    raise SettingError("log_likelihood", [problem])


def _start(
    log_likelihood: Callable[[NDArray[np.float64]], float], dimension: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the first draw of the prior that is possible, and what it comes to."""
    rng = generator(seed, Stage.START)
    for _ in range(MOST_STARTS):
        unknowns = rng.standard_normal((dimension, 1))
        value = checked([_value(log_likelihood, unknowns[:, 0].copy())], unknowns)
        if value[0] > -np.inf:
            return unknowns, value
    problem = (
        f"is -inf at each of {MOST_STARTS:,} draws of the prior: nothing there is possible; check "
        "what it was conditioned on, or write it so that more of the prior is possible"
    )
    raise SettingError("log_likelihood", [problem])
