"""Draws of a posterior led to that of another reading of the record, where weights do not reach.

Particles start from the draws, and the other likelihood takes the place of the first by powers,
each time as far as leaves half of them worth keeping; then they are resampled and move
(`sequential`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.calibration.fit import moves_of
from alliance_sim.calibration.posterior_draws import PosteriorDraws
from alliance_sim.calibration.resampling import systematic
from alliance_sim.calibration.reweighting import as_it_is
from alliance_sim.calibration.sequential import Sequential
from alliance_sim.calibration.tempered import TemperedSettings
from alliance_sim.calibration.variants import OF, READING, SERIES, digest_of
from alliance_sim.errors import SettingError, shown
from alliance_sim.whole_numbers import whole_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.calibration.layout import Layout, LogLikelihood
    from alliance_sim.calibration.moves import Move
    from alliance_sim.calibration.reweighting import Reading

    Floats = NDArray[np.float64]

PARTICLES, SWEEPS = 64, 4
WHERE = "posterior vary"
EachStep = Callable[[Sequential], object]


def led(  # noqa: PLR0913 - what particles are, where they go, and how
    unknowns: Floats,
    before: LogLikelihood,
    after: LogLikelihood,
    layout: Layout,
    *,
    seed: int,
    moves: tuple[Move, ...] | None = None,
    sweeps: int = SWEEPS,
    executor: Executor | None = None,
    callback: EachStep | None = None,
) -> Floats:
    """Return draws under one log likelihood, led from draws under another.

    Args:
        unknowns: Draws under the first, array (dimension, particle) of standard normals.
        before: The first.
        after: The other.
        layout: Which rows are what.
        seed: Whole number from 0 to 2**64 - 1.
        moves: Of one sweep; the usual ones if None.
        sweeps: At each power.
        executor: Who computes; this process if None. Numbers do not depend on it.
        callback: Called after each power.

    Returns:
        Array (dimension, particle).

    Raises:
        SettingError: If no particle is possible under the other.
    """
    count = unknowns.shape[1]
    particles = Sequential(
        [before, after],
        layout,
        seed=seed,
        settings=TemperedSettings(particles=count),
        moves=moves,
        later=sweeps,
    )
    now = np.concatenate([before(unknowns[:, i : i + 64]) for i in range(0, count, 64)])
    start: Mapping[str, Any] = {
        **particles.state(),
        "data": 1,
        "evidence": np.zeros(1),
        "unknowns": unknowns,
        "weights": np.full(count, 1.0 / count),
        "before": now,
    }
    particles.restore({name: np.asarray(value) for name, value in start.items()})
    while not particles.finished:
        particles.advance(executor)
        if callback is not None:
            callback(particles)
    chosen = systematic(particles.weights, count, 0.5)
    found: Floats = np.ascontiguousarray(particles.unknowns[:, chosen])
    return found


def unknowns_of(posterior: PosteriorDraws, count: int) -> Floats:
    """Return evenly chosen draws as standard normals, array (dimension, draw).

    Raises:
        SettingError: If there are not as many, or one lies outside the prior.
    """
    if not whole_number(count) or not 1 <= count <= len(posterior):
        problem = f"{shown(count)} draws are to be led, and there are {len(posterior)}"
        raise SettingError(WHERE, [problem])
    held = posterior.held
    chosen = np.linspace(0, len(posterior) - 1, count).round().astype(int).tolist()
    z = np.asarray(posterior.prior.inverse_transform(held.parameters[chosen])).T
    if not np.isfinite(z).all():
        raise SettingError(WHERE, ["a draw lies outside the prior, and cannot be led on"])
    noise = held.normals(chosen).reshape(-1, count)
    return np.ascontiguousarray(np.concatenate([z, noise]))


def draws_under(
    reading: Reading,
    posterior: PosteriorDraws,
    *,
    command: str,
    particles: int = PARTICLES,
    sweeps: int = SWEEPS,
    executor: Executor | None = None,
    callback: EachStep | None = None,
) -> PosteriorDraws:
    """Return draws of the posterior of another reading of the record.

    Draws of another series hold that series; all others hold the acts of the record as it is when
    they are replayed, and differ in parameters and noise.

    Args:
        reading: The reading.
        posterior: Draws to begin with.
        command: The command line that makes them again.
        particles: How many are led, and kept.
        sweeps: At each power.
        executor: Who computes.
        callback: Called after each power.

    Raises:
        SettingError: If there are fewer draws, or the reading is impossible in all of them.
    """
    usual, held = as_it_is(posterior), posterior.held
    found = led(
        unknowns_of(posterior, particles),
        usual,
        reading,
        usual.target.layout,
        seed=held.seed,
        moves=moves_of(usual.target),
        sweeps=sweeps,
        executor=executor,
        callback=callback,
    )
    return PosteriorDraws.made(
        reading.target if reading.name.startswith(SERIES) else usual.target,
        found.T.copy(),
        seed=held.seed,
        command=command,
        settings={
            READING: reading.name,
            OF: digest_of(posterior),
            "particles": particles,
            "sweeps": sweeps,
        },
    )
