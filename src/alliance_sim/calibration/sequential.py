"""Particles that are led through data that grow, year by year, with the evidence of each addition.

The evidence of an addition is what the data before it made of it: a forecast's log score. Particles
carry weights; where these become too unequal the addition is brought in by powers, as in tempered
Monte Carlo, and each time the particles are resampled and move.

Sources: N. Chopin, "A sequential particle filter method for static models", Biometrika 89 (2002);
P. Del Moral, A. Doucet and A. Jasra, "Sequential Monte Carlo samplers", JRSS B 68 (2006).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.calibration.blocks import Work, advance, evaluate, from_prior
from alliance_sim.calibration.keyed import Stage, generator
from alliance_sim.calibration.layout import Layout, LogLikelihood, log_ratio
from alliance_sim.calibration.moves import Move, usual_moves
from alliance_sim.calibration.pool import pooled
from alliance_sim.calibration.resampling import systematic
from alliance_sim.calibration.tempered import TemperedSettings, furthest
from alliance_sim.errors import SettingError
from alliance_sim.noise import as_seed
from alliance_sim.whole_numbers import not_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

LATER = 4  # sweeps at each step once the first data are in


@dataclass(frozen=True)
class Between:
    """A log likelihood on the way from one to the next.

    Attributes:
        before: The one that is left; None stands for no data at all.
        after: The one that is reached.
        power: How far, from 0 to 1.
    """

    before: LogLikelihood | None
    after: LogLikelihood
    power: float

    def __call__(self, unknowns: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weighted mean of the two for each chain."""
        after = np.array(self.after(unknowns))
        if self.before is None:
            return _times(self.power, after)
        if self.power >= 1.0:
            return after
        return _times(self.power, after) + _times(1.0 - self.power, self.before(unknowns))


class Sequential:
    """Particles that are advanced one step at a time through a row of log likelihoods.

    Attributes:
        data: How many of the log likelihoods are brought in.
        power: How far the next one is.
        evidence: Array (log likelihood,): the log evidence of each of those that are in, given
            those before it.
        unknowns: Array (dimension, particles).
        weights: Array (particles,), which add up to 1.
        history: Array (step, 4): which log likelihood, power, effective share, calls.
    """

    def __init__(
        self,
        log_likelihoods: Sequence[LogLikelihood],
        layout: Layout,
        *,
        seed: int,
        settings: TemperedSettings | None = None,
        moves: tuple[Move, ...] | None = None,
        later: int = LATER,
    ) -> None:
        """Prepare particles; nothing is computed before the first `advance`.

        Args:
            log_likelihoods: Of the data so far, each with all that the one before it has.
            layout: Which rows are what.
            seed: Whole number from 0 to 2**64 - 1.
            settings: How many particles, and how much they move on the way to the first.
            moves: Of one sweep; `usual_moves(layout)` if None.
            later: Sweeps at each step after that.
        """
        problems = not_whole("later", later, least=1)
        if not log_likelihoods:
            problems.append("there is no log likelihood to go through")
        if problems:
            raise SettingError("sequential", problems)
        self._targets, self._layout, self._seed = tuple(log_likelihoods), layout, as_seed(seed)
        self.settings = settings or TemperedSettings()
        self._moves = usual_moves(layout) if moves is None else moves
        self._later = later
        self.data, self.power, self._gained, self._steps = 0, 0.0, 0.0, 0
        self.evidence = np.zeros(0)
        self.unknowns = np.zeros((layout.dimension, 0))
        self.weights = np.zeros(0)
        self._before = np.zeros(0)
        self._after = np.zeros(0)
        self.history = np.zeros((0, 4))

    @property
    def finished(self) -> bool:
        """Whether all data are in."""
        return self.data == len(self._targets)

    @property
    def log_likelihood(self) -> NDArray[np.float64]:
        """Log likelihoods of what is in, array (particles,)."""
        return self._before

    def advance(self, executor: Executor | None = None) -> None:
        """Bring in as much of the next data as the particles bear; does nothing at the end.

        Raises:
            SettingError: If no particle is possible, or the likelihood gives what cannot be used.
            UnfinishedError: If a worker dies or fails; the state is as it was before the step.
        """
        if self.finished:
            return
        if not self.unknowns.shape[1]:
            particles = range(self.settings.particles)
            dimension = self._layout.dimension
            self.unknowns = from_prior(dimension, seed=self._seed, chains=particles, tries=0)
            self.weights = np.full(len(particles), 1.0 / len(particles))
            self._before = np.zeros(len(particles))
        if not self._after.size:
            self._after = evaluate(self._targets[self.data], self.unknowns, executor)
        gain = log_ratio(self._after, self._before)
        power = self._next(gain)
        weights, mean = _reweighed(self.weights, gain, power - self.power)
        share = 1.0 / (float(weights @ weights) * len(weights))
        whole = power >= 1.0 and share >= self.settings.keep
        moved = (self.unknowns, weights, self._before, self._after, 0)
        if not whole:
            moved = self._moved(weights, power, executor)
        self.unknowns, self.weights, self._before, self._after, calls = moved
        row = [[self.data, power, share, calls]]
        self.history = np.concatenate([self.history, row])
        self.power, self._gained, self._steps = power, self._gained + mean, self._steps + 1
        if power >= 1.0:
            self.evidence = np.append(self.evidence, self._gained)
            self._before, self._after = self._after, np.zeros(0)
            self.data, self.power, self._gained = self.data + 1, 0.0, 0.0

    def _next(self, gain: NDArray[np.float64]) -> float:
        """Return how far to go: all the way, or as far as leaves weights as equal as is asked."""
        if not (self.weights[gain > -np.inf] > 0.0).any():
            problem = (
                f"is -inf at each of {len(gain):,} particles once data {self.data + 1} are brought "
                "in: they are impossible after what came before, or more particles are needed"
            )
            raise SettingError("log_likelihood", [problem])

        def share(power: float) -> float:
            weights, _ = _reweighed(self.weights, gain, power - self.power)
            return 1.0 / (float(weights @ weights) * len(weights))

        tiny = self.power + 1e-12
        least = min(self.settings.keep, 0.95 * share(tiny))
        return furthest(share, self.power, least)

    def _moved(
        self, weights: NDArray[np.float64], power: float, executor: Executor | None
    ) -> tuple[Any, ...]:
        """Return particles resampled and moved, their weights, and both log likelihoods."""
        before = self._targets[self.data - 1] if self.data else None
        after = self._targets[self.data]
        rng = generator(self._seed, Stage.CHOOSE, self._steps)
        chosen = systematic(weights, len(weights), rng.random())
        unknowns = np.ascontiguousarray(self.unknowns[:, chosen])
        blend = Between(before, after, power)
        now = _times(power, self._after[chosen])
        if before is not None and power < 1.0:
            now = now + _times(1.0 - power, self._before[chosen])
        sweeps = self._later if self.data else self.settings.sweeps(power)
        pool = pooled(unknowns[: self._layout.parameters].T)
        done = advance(
            Work(blend, self._layout, self._moves, pool, sweeps),
            unknowns,
            now,
            seed=self._seed,
            stage=Stage.TEMPERED + self._steps,
            executor=executor,
        )
        equal = np.full(len(weights), 1.0 / len(weights))
        if power >= 1.0:
            return done.unknowns, equal, self._before[chosen], done.log_likelihood, done.calls
        first = np.zeros(len(weights))
        if before is None:
            second = done.log_likelihood / power
        else:
            first = evaluate(before, done.unknowns, executor)
            second = evaluate(after, done.unknowns, executor)
        return done.unknowns, equal, first, second, done.calls

    def state(self) -> dict[str, NDArray[Any]]:
        """Return all that `restore` needs to go on to the same bytes."""
        return {name: np.asarray(getattr(self, at)) for name, at in _STATE.items()}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take up a `state()` of particles that were made with the same arguments."""
        for name, at in _STATE.items():
            value = np.array(state[name])
            setattr(self, at, value.item() if value.ndim == 0 else value)


_STATE = {
    "data": "data",
    "power": "power",
    "gained": "_gained",
    "steps": "_steps",
    "evidence": "evidence",
    "unknowns": "unknowns",
    "weights": "weights",
    "before": "_before",
    "after": "_after",
    "history": "history",
}


def _times(power: float, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values times a power above 0, in which what is impossible stays so."""
    possible = values > -np.inf
    return np.where(possible, power * np.where(possible, values, 0.0), -np.inf)


def _reweighed(
    weights: NDArray[np.float64], gain: NDArray[np.float64], by: float
) -> tuple[NDArray[np.float64], float]:
    """Return new weights that add up to 1, and the log of the mean of exp(`by` times gain)."""
    there = (weights > 0.0) & (gain > -np.inf)
    scaled = np.where(there, by * np.where(there, gain, 0.0), -np.inf)
    top = float(scaled.max())
    new: NDArray[np.float64] = weights * np.exp(scaled - top)
    total = float(new.sum())
    return new / total, top + math.log(total)
