"""Chains and particles in blocks of 64 lanes, computed by whoever there is.

Which chain is in which block is settled by its number, so one thread, many processes and a cluster
give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.calibration.keyed import Stage, generator
from alliance_sim.calibration.layout import LANES, Layout, LogLikelihood, checked
from alliance_sim.calibration.moves import Move
from alliance_sim.calibration.pool import Pool
from alliance_sim.calibration.sampler import Sampler, beginning
from alliance_sim.errors import SettingError
from alliance_sim.parallel.executors import Inline, explained

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_STARTS = 1_000  # draws from the prior until one is possible


@dataclass(frozen=True)
class Work:
    """What one block does in one round: handed to a worker, so all of it pickles.

    Attributes:
        log_likelihood: The target.
        layout: Which rows are what.
        moves: Of one sweep.
        pool: What they are made of.
        sweeps: How many sweeps.
        inverse_temperature: Power to which the likelihood is raised.
    """

    log_likelihood: LogLikelihood
    layout: Layout
    moves: tuple[Move, ...]
    pool: Pool
    sweeps: int
    inverse_temperature: float = 1.0


@dataclass(frozen=True)
class Advanced:
    """Where chains are after a round, and how they came there.

    Attributes:
        unknowns: Array (dimension, chains).
        log_likelihood: Array (chains,).
        parameters: Array (sweep, parameter, chains), after each sweep.
        traced: Array (sweep, chains), the log likelihood after each.
        tallies: Array (move, 3): how often made, tries, how often it moved.
        calls: Calls of the log likelihood.
    """

    unknowns: NDArray[np.float64]
    log_likelihood: NDArray[np.float64]
    parameters: NDArray[np.float64]
    traced: NDArray[np.float64]
    tallies: NDArray[np.int64]
    calls: int


def advance(
    work: Work,
    unknowns: NDArray[np.float64],
    log_likelihood: NDArray[np.float64],
    *,
    seed: int,
    stage: int,
    first: int = 0,
    executor: Executor | None = None,
) -> Advanced:
    """Return all chains after a round of sweeps.

    Args:
        work: What to do.
        unknowns: Array (dimension, chains), where they are.
        log_likelihood: Array (chains,), what that comes to.
        seed: Whole number from 0 to 2**64 - 1.
        stage: What the sweeps are for.
        first: Number of the first sweep.
        executor: Who computes; this process if it is None.

    Raises:
        SettingError: If the log likelihood gives what cannot be used.
        UnfinishedError: If a worker dies or fails.
    """
    place = {"seed": seed, "stage": stage, "first": first}
    who = executor or Inline()
    futures = []
    with explained(_AGAIN):
        for lanes in blocks(unknowns.shape[1]):
            start = beginning(
                np.ascontiguousarray(unknowns[:, lanes]),
                log_likelihood[lanes],
                chains=np.arange(lanes.start, lanes.stop, dtype=np.int64),
                **place,
            )
            futures.append(who.submit(_swept, work, start))
        parts = [future.result() for future in futures]
    joined = {
        name: np.concatenate([part[name] for part in parts], axis=-1)
        for name in ("unknowns", "log_likelihood", "parameters", "traced")
    }
    tallies = np.sum([part["tallies"] for part in parts], axis=0)
    return Advanced(**joined, tallies=tallies, calls=sum(part["calls"] for part in parts))


def _swept(work: Work, start: dict[str, Any]) -> dict[str, Any]:
    """Return the state of one block after its sweeps; run by a worker."""
    sampler = Sampler(
        work.layout,
        work.moves,
        start,
        pool=work.pool,
        sweeps=work.sweeps,
        inverse_temperature=work.inverse_temperature,
    )
    calls = 0
    while not sampler.finished:
        sampler.tell(work.log_likelihood(sampler.ask()))
        calls += 1
    return sampler.state() | {"calls": calls}


def evaluate(
    log_likelihood: LogLikelihood,
    unknowns: NDArray[np.float64],
    executor: Executor | None = None,
) -> NDArray[np.float64]:
    """Return the log likelihoods of an array (dimension, chains), block by block.

    Raises:
        SettingError: If one of them cannot be used.
        UnfinishedError: If a worker dies or fails.
    """
    who = executor or Inline()
    with explained(_AGAIN):
        futures = [
            who.submit(_evaluated, log_likelihood, np.ascontiguousarray(unknowns[:, lanes]))
            for lanes in blocks(unknowns.shape[1])
        ]
        return np.concatenate([future.result() for future in futures])


def _evaluated(log_likelihood: LogLikelihood, unknowns: NDArray[np.float64]) -> NDArray[np.float64]:
    return checked(log_likelihood(unknowns), unknowns).copy()


def blocks(chains: int) -> Iterator[slice]:
    """Yield which chains are in each block."""
    for first in range(0, chains, LANES):
        yield slice(first, min(first + LANES, chains))


def from_prior(dimension: int, *, seed: int, chains: Sequence[int], tries: int) -> Any:
    """Return draws of the prior, array (dimension, chains): draw number `tries` of each chain."""
    return np.stack(
        [generator(seed, Stage.START, chain, tries).standard_normal(dimension) for chain in chains],
        axis=1,
    )


def possible_starts(
    log_likelihood: LogLikelihood,
    dimension: int,
    *,
    seed: int,
    chains: int,
    executor: Executor | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each chain its first draw of the prior that is possible, and what it comes to.

    Returns:
        Array (dimension, chains), and array (chains,) of finite log likelihoods.

    Raises:
        SettingError: If a chain finds none in 1,000 draws, or if a value cannot be used.
    """
    unknowns = from_prior(dimension, seed=seed, chains=range(chains), tries=0)
    found = evaluate(log_likelihood, unknowns, executor)
    for tries in range(1, MOST_STARTS):
        missing = np.flatnonzero(found == -np.inf)
        if not missing.size:
            return unknowns, found
        again = from_prior(dimension, seed=seed, chains=missing.tolist(), tries=tries)
        wide = unknowns.copy()  # all lanes, so that a column is never computed in another width
        wide[:, missing] = again
        values = evaluate(log_likelihood, wide, executor)
        unknowns, found = wide, values
    impossible = int((found == -np.inf).sum())
    if impossible:
        problem = (
            f"is -inf at each of {MOST_STARTS:,} draws of the prior, for {impossible} of {chains} "
            "chains: nothing there is possible; check what it was conditioned on, or write it so "
            "that more of the prior is possible"
        )
        raise SettingError("log_likelihood", [problem])
    return unknowns, found


_AGAIN = "Give the same again: it goes on from the last checkpoint, if one is kept"
