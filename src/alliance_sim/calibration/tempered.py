"""Tempered sequential Monte Carlo: from the prior to the posterior by steps, and its evidence.

Particles begin as draws of the prior. The likelihood is brought in by a power that rises from 0 to
1, each time as far as leaves half of the particles worth keeping; then they are resampled, and each
of them makes sweeps of the same moves that chains make. The mean weights of all steps multiply to
the evidence, the probability of the data before the parameters were known.

Sources: P. Del Moral, A. Doucet and A. Jasra, "Sequential Monte Carlo samplers", JRSS B 68 (2006);
A. Lee and N. Whiteley, "Variance estimation in the particle filter", Biometrika 105 (2018).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.calibration.blocks import Work, advance, evaluate, from_prior
from alliance_sim.calibration.keyed import Stage, generator
from alliance_sim.calibration.layout import Layout, LogLikelihood
from alliance_sim.calibration.moves import Move, usual_moves
from alliance_sim.calibration.pool import pooled
from alliance_sim.calibration.resampling import systematic
from alliance_sim.errors import SettingError, shown
from alliance_sim.noise import as_seed
from alliance_sim.several import several
from alliance_sim.whole_numbers import not_whole, whole_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALVINGS = 80  # of the interval in which the next power is sought
LEAST_PARTICLES = 8
CYCLES = 4  # stretches of powers that have a number of sweeps


@dataclass(frozen=True, kw_only=True)
class TemperedSettings:
    """How many particles, and how much they move.

    Attributes:
        particles: How many; a multiple of 64 fills the lanes.
        keep: Share of the particles that a step leaves, as effective sample size, above 0, below 1.
        cycles: Sweeps at powers below 0.05, below 0.2, below 0.6, and from there on.
    """

    particles: int = 512
    keep: float = 0.5
    cycles: tuple[int, int, int, int] = (2, 4, 6, 12)

    def __post_init__(self) -> None:
        problems = not_whole("particles", self.particles, least=LEAST_PARTICLES)
        if not isinstance(self.keep, Real) or not 0.0 < self.keep < 1.0:
            problems.append(f"keep is {shown(self.keep)}, must be above 0 and below 1")
        cycles = several(self.cycles)
        if len(cycles) != CYCLES or not all(whole_number(c) and c > 0 for c in cycles):
            problems.append(
                f"cycles is {shown(self.cycles)}, must be four whole numbers, at least 1"
            )
        if problems:
            raise SettingError("tempered", problems)

    def sweeps(self, power: float) -> int:
        """Return how many sweeps are made at a power."""
        below = sum(power >= limit for limit in (0.05, 0.2, 0.6))
        return self.cycles[below]


class Tempered:
    """Particles that are advanced one temperature at a time, and whose state can be kept between.

    Attributes:
        settings: How many particles, and how much they move.
        power: Power of the likelihood reached so far; 1 is the posterior.
        log_evidence: Natural logarithm of the evidence of what was brought in so far.
        unknowns: Array (dimension, particles).
        log_likelihood: Array (particles,).
        history: Array (step, 5): power, effective share of the particles before resampling,
            log evidence, share of steps between particles that were taken, calls.
    """

    def __init__(
        self,
        log_likelihood: LogLikelihood,
        layout: Layout,
        *,
        seed: int,
        settings: TemperedSettings | None = None,
        moves: tuple[Move, ...] | None = None,
    ) -> None:
        """Prepare particles; nothing is computed before the first `advance`.

        Args:
            log_likelihood: The target.
            layout: Which rows are what.
            seed: Whole number from 0 to 2**64 - 1.
            settings: How many particles, and how much they move; the defaults if None.
            moves: Of one sweep; `usual_moves(layout)` if None.
        """
        self._target, self._layout, self._seed = log_likelihood, layout, as_seed(seed)
        self.settings = settings or TemperedSettings()
        self._moves = usual_moves(layout) if moves is None else moves
        self.power = self.log_evidence = self._variance = 0.0
        self.unknowns = np.zeros((layout.dimension, 0))
        self.log_likelihood = np.zeros(0)
        self._ancestors = np.zeros(0, dtype=np.int64)
        self.history = np.zeros((0, 5))

    @property
    def finished(self) -> bool:
        """Whether the particles are draws of the posterior."""
        return self.power >= 1.0

    @property
    def error(self) -> float:
        """Standard error of the log evidence, from the weights of each step.

        Steps are taken to be independent, as they are when particles forget where they came from
        between two of them; runs with other seeds tell more.
        """
        return math.sqrt(self._variance)

    @property
    def families(self) -> int:
        """How many of the first particles still have descendants: few means too few moves."""
        return len(np.unique(self._ancestors))

    def advance(self, executor: Executor | None = None) -> None:
        """Bring in more of the likelihood, resample, and move; does nothing at the end.

        Raises:
            SettingError: If no particle is possible, or the likelihood gives what cannot be used.
            UnfinishedError: If a worker dies or fails; the state is as it was before the step.
        """
        if self.finished:
            return
        if not self.unknowns.shape[1]:
            self._begin(executor)
        step = len(self.history)
        power = next_power(self.log_likelihood, self.power, self.settings.keep)
        weights, mean = weighed(self.log_likelihood, power - self.power)
        effective = 1.0 / float(weights @ weights)
        rng = generator(self._seed, Stage.CHOOSE, step)
        chosen = systematic(weights, len(weights), rng.random())
        unknowns = np.ascontiguousarray(self.unknowns[:, chosen])
        places = unknowns[: self._layout.parameters].T
        done = advance(
            Work(
                self._target,
                self._layout,
                self._moves,
                pooled(places),
                self.settings.sweeps(power),
                power,
            ),
            unknowns,
            self.log_likelihood[chosen],
            seed=self._seed,
            stage=Stage.TEMPERED + step,
            executor=executor,
        )
        self._ancestors = self._ancestors[chosen]
        self._variance += 1.0 / effective - 1.0 / self.settings.particles
        self.power, self.log_evidence = power, self.log_evidence + mean
        self.unknowns, self.log_likelihood = done.unknowns, done.log_likelihood
        once = [place for place, move in enumerate(self._moves) if hasattr(move, "scale")]
        made, _, moved = done.tallies[once].sum(axis=0) if once else (0, 0, 0)
        share = effective / self.settings.particles
        row = [[power, share, self.log_evidence, moved / max(1, made), done.calls]]
        self.history = np.concatenate([self.history, row])

    def _begin(self, executor: Executor | None) -> None:
        particles = range(self.settings.particles)
        unknowns = from_prior(self._layout.dimension, seed=self._seed, chains=particles, tries=0)
        found = evaluate(self._target, unknowns, executor)
        if (found == -np.inf).all():
            problem = (
                f"is -inf at each of {len(particles):,} draws of the prior: nothing there is "
                "possible; check what it was conditioned on, or take more particles"
            )
            raise SettingError("log_likelihood", [problem])
        self.unknowns, self.log_likelihood = unknowns, found
        self._ancestors = np.arange(len(particles))

    def state(self) -> dict[str, NDArray[Any]]:
        """Return all that `restore` needs to go on to the same bytes."""
        return {name: np.asarray(getattr(self, at)) for name, at in _STATE.items()}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take up a `state()` of particles that were made with the same arguments."""
        for name, at in _STATE.items():
            value = np.array(state[name])
            setattr(self, at, float(value) if value.ndim == 0 else value)


_STATE = {
    "power": "power",
    "log_evidence": "log_evidence",
    "variance": "_variance",
    "unknowns": "unknowns",
    "log_likelihood": "log_likelihood",
    "ancestors": "_ancestors",
    "history": "history",
}


def next_power(log_likelihood: NDArray[np.float64], power: float, keep: float) -> float:
    """Return the power at which the effective share of the particles has fallen to `keep`; 1 most.

    Particles that are impossible fall away with the first step, however small; if they are so many
    that no more than `keep` are left, it goes as far as leaves 19 in 20 of those.
    """
    possible = float(np.mean(log_likelihood > -np.inf))
    least = min(keep, 0.95 * possible)

    def share(of: float) -> float:
        weights, _ = weighed(log_likelihood, of - power)
        return 1.0 / (float(weights @ weights) * len(weights))

    return furthest(share, power, least)


def furthest(share: Callable[[float], float], power: float, least: float) -> float:
    """Return how far from a power on a share stays at `least` or above, by halving; 1 at most."""
    if share(1.0) >= least:
        return 1.0
    low, high = power, 1.0
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if share(middle) < least:
            high = middle
        else:
            low = middle
    return high if low <= power else low


def weighed(log_likelihood: NDArray[np.float64], by: float) -> tuple[NDArray[np.float64], float]:
    """Return weights that add up to 1, and the log of the mean of likelihood to the power `by`."""
    possible = log_likelihood > -np.inf
    scaled = np.where(possible, by * np.where(possible, log_likelihood, 0.0), -np.inf)
    top = float(scaled.max())
    weights: NDArray[np.float64] = np.exp(scaled - top)
    total = float(weights.sum())
    return weights / total, top + math.log(total / len(weights))
