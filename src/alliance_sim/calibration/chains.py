"""Many chains on one target: a warm-up that learns how to move, then draws that learn no more.

Warm-up goes in rounds. After each of them the pool is made again from the later half of where the
chains have been. From then on it is frozen, so that what is drawn comes from proper Markov chains,
which are independent given the pool and can be computed anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.calibration.blocks import Work, advance, possible_starts
from alliance_sim.calibration.diagnostics import Diagnosis, diagnose
from alliance_sim.calibration.keyed import Stage
from alliance_sim.calibration.layout import Layout, LogLikelihood
from alliance_sim.calibration.moves import Move, usual_moves
from alliance_sim.calibration.pool import pooled
from alliance_sim.errors import SettingError
from alliance_sim.noise import as_seed
from alliance_sim.whole_numbers import not_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class ChainSettings:
    """How many chains, and how long.

    Attributes:
        chains: How many; 64 fill the lanes of one block.
        superchains: In how many groups of equal size they start, each group in one place; 0 lets
            every chain start in a place of its own. Nested R-hat compares groups.
        warm_up: Sweeps that are made before and dropped.
        draws: Sweeps that are kept, of each chain.
        round: Sweeps between two checkpoints.
        keep: Whole draws to keep at least, where there are as many, slow noise included; they are
            of rounds that lie evenly apart, and fewer than twice as many.
    """

    chains: int = 64
    superchains: int = 0
    warm_up: int = 100
    draws: int = 200
    round: int = 10
    keep: int = 512

    def __post_init__(self) -> None:
        least = {"chains": 1, "superchains": 0, "warm_up": 0, "draws": 1, "round": 1, "keep": 0}
        problems = [
            problem
            for name, low in least.items()
            for problem in not_whole(name, getattr(self, name), least=low)
        ]
        if not problems and self.superchains and self.chains % self.superchains:
            found = f"superchains is {self.superchains}"
            problems = [f"{found}, must divide the number of chains, {self.chains}"]
        if problems:
            raise SettingError("chains", problems)


class Chains:
    """Chains that are advanced round by round, and whose state can be kept between rounds.

    Attributes:
        settings: How many, and how long.
        sweeps: How many sweeps are done, warm-up included.
        calls: Calls of the log likelihood so far, each for up to 64 chains.
        unknowns: Array (dimension, chains), where they are.
        log_likelihood: Array (chains,).
    """

    def __init__(
        self,
        log_likelihood: LogLikelihood,
        layout: Layout,
        *,
        seed: int,
        settings: ChainSettings | None = None,
        moves: tuple[Move, ...] | None = None,
        start: NDArray[np.float64] | None = None,
    ) -> None:
        """Prepare chains; nothing is computed before the first `advance`.

        Args:
            log_likelihood: The target.
            layout: Which rows are what.
            seed: Whole number from 0 to 2**64 - 1.
            settings: How many, and how long; the defaults of `ChainSettings` if None.
            moves: Of one sweep; `usual_moves(layout)` if None.
            start: Array (dimension, n) of places to start from, such as particles; draws from the
                prior if None. Chains or superchains take places evenly spaced over its columns,
                as particles next to each other may come from one; fewer places in turn.
        """
        self._target, self._layout, self._seed = log_likelihood, layout, as_seed(seed)
        self.settings = settings or ChainSettings()
        self._moves = usual_moves(layout) if moves is None else moves
        self._start = start
        self.sweeps = self.calls = 0
        chains, k = self.settings.chains, layout.parameters
        self.unknowns = np.zeros((layout.dimension, 0))
        self.log_likelihood = np.zeros(0)
        self._archive = np.zeros((0, k))
        self._past = np.zeros((0, k, chains))  # after each sweep of the warm-up
        self._parameters = np.zeros((0, k, chains))
        self._traced = np.zeros((0, chains))
        self._kept = np.zeros((0, layout.dimension))
        self._kept_log_likelihood = np.zeros(0)
        self._tallies = np.zeros((len(self._moves), 3), dtype=np.int64)

    @property
    def finished(self) -> bool:
        """Whether all sweeps are done."""
        return self.sweeps >= self.settings.warm_up + self.settings.draws

    @property
    def warm(self) -> bool:
        """Whether the warm-up is over."""
        return self.sweeps >= self.settings.warm_up

    @property
    def parameters(self) -> NDArray[np.float64]:
        """Draws of the parameters, as standard normals: array (chain, draw, parameter)."""
        return np.ascontiguousarray(self._parameters.transpose(2, 0, 1))

    @property
    def traced(self) -> NDArray[np.float64]:
        """Their log likelihoods, array (chain, draw)."""
        return np.ascontiguousarray(self._traced.T)

    @property
    def kept(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Whole draws, array (draw, dimension), and their log likelihoods, array (draw,)."""
        return self._kept, self._kept_log_likelihood

    @property
    def tallies(self) -> list[tuple[Move, int, float, float]]:
        """Of each kind of move since the warm-up: how often, tries for one, share that moved."""
        found: dict[Move, NDArray[np.int64]] = {}
        for move, counts in zip(self._moves, self._tallies, strict=True):
            found[move] = found.get(move, np.zeros(3, dtype=np.int64)) + counts
        return [
            (move, int(made), float(tries / max(1, made)), float(moved / max(1, made)))
            for move, (made, tries, moved) in found.items()
        ]

    def advance(self, executor: Executor | None = None) -> None:
        """Make one round of sweeps; does nothing once all are done.

        Raises:
            SettingError: If the log likelihood gives what cannot be used, or nothing is possible.
            UnfinishedError: If a worker dies or fails; the state is as it was before the round.
        """
        if self.finished:
            return
        if not self.unknowns.shape[1]:
            self._begin(executor)
        given, warm = self.settings, self.warm
        phase_end = given.warm_up + (given.draws if warm else 0)
        into = (self.sweeps - (given.warm_up if warm else 0)) % given.round
        sweeps = min(given.round - into, phase_end - self.sweeps)
        stage = Stage.DRAWS if warm else Stage.WARM_UP
        work = Work(self._target, self._layout, self._moves, pooled(self._archive), sweeps)
        done = advance(
            work,
            self.unknowns,
            self.log_likelihood,
            seed=self._seed,
            stage=stage,
            first=self.sweeps,
            executor=executor,
        )
        self.unknowns, self.log_likelihood = done.unknowns, done.log_likelihood
        self.sweeps += sweeps
        self.calls += done.calls
        if warm:
            self._parameters = np.concatenate([self._parameters, done.parameters])
            self._traced = np.concatenate([self._traced, done.traced])
            self._tallies = self._tallies + done.tallies
            self._keep()
        else:
            self._past = np.concatenate([self._past, done.parameters])
            late = self._past[len(self._past) // 2 :]
            self._archive = late.transpose(0, 2, 1).reshape(-1, self._layout.parameters)
            if self.warm:
                self._past = self._past[:0]

    def _begin(self, executor: Executor | None) -> None:
        """Place the chains."""
        given = self.settings
        places = given.superchains or given.chains
        if self._start is None:
            unknowns, values = possible_starts(
                self._target,
                self._layout.dimension,
                seed=self._seed,
                chains=places,
                executor=executor,
            )
        else:
            unknowns, values = self._started(places, executor)
        each = given.chains // places
        self.unknowns = np.repeat(unknowns, each, axis=1)
        self.log_likelihood = np.repeat(values, each)
        self._archive = unknowns[: self._layout.parameters].T.copy()

    def _started(
        self, places: int, executor: Executor | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        from alliance_sim.calibration.blocks import evaluate

        given = np.asarray(self._start, dtype=np.float64)
        if given.ndim != 2 or given.shape[0] != self._layout.dimension or not given.shape[1]:
            problem = (
                f"start has shape {given.shape}, must be ({self._layout.dimension}, places): one "
                "column for a place"
            )
            raise SettingError("chains", [problem])
        count = given.shape[1]
        chosen = np.arange(places)
        unknowns = given[:, chosen * count // places if count >= places else chosen % count]
        values = evaluate(self._target, unknowns, executor)
        if (values == -np.inf).any():
            place = int(np.flatnonzero(values == -np.inf)[0])
            raise SettingError("chains", [f"start: place {place} is impossible (-inf)"])
        return unknowns, values

    def _keep(self) -> None:
        """Keep whole draws where a round ends; once there are many, of every other round only.

        Which rounds are kept hangs on how many are done, not on how many are asked for, so that
        chains that are made longer keep what longer ones would have kept from the start.
        """
        given = self.settings
        done, into = divmod(self.sweeps - given.warm_up, given.round)
        if into or not given.keep:
            return
        wanted = -(-given.keep // given.chains)  # rounds whose ends are kept, at least
        apart = 1
        while done // apart >= 2 * wanted:
            apart *= 2
        each = min(given.chains, given.keep)
        if done % apart:
            return
        if apart > 1 and len(self._kept) > each * (done // apart - 1):
            self._kept, self._kept_log_likelihood = (
                kept.reshape(-1, each, *kept.shape[1:])[1::2].reshape(-1, *kept.shape[1:])
                for kept in (self._kept, self._kept_log_likelihood)
            )
        self._kept = np.concatenate([self._kept, self.unknowns[:, :each].T])
        self._kept_log_likelihood = np.concatenate(
            [self._kept_log_likelihood, self.log_likelihood[:each]]
        )

    def diagnosis(self) -> Diagnosis:
        """Return R-hat, ESS and MCSE of each parameter and, last, of the log likelihood, so far."""
        values = np.concatenate([self.parameters, self.traced[:, :, None]], axis=2)
        return diagnose(values, superchains=self.settings.superchains)

    def state(self) -> dict[str, NDArray[Any]]:
        """Return all that `restore` needs to go on to the same bytes."""
        return {name: np.asarray(getattr(self, at)) for name, at in _STATE.items()}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take up a `state()` of chains that were made with the same arguments."""
        for name, at in _STATE.items():
            value = np.array(state[name])
            setattr(self, at, int(value) if value.ndim == 0 else value)


_STATE = {
    "sweeps": "sweeps",
    "calls": "calls",
    "unknowns": "unknowns",
    "log_likelihood": "log_likelihood",
    "archive": "_archive",
    "past": "_past",
    "parameters": "_parameters",
    "traced": "_traced",
    "kept": "_kept",
    "kept_log_likelihood": "_kept_log_likelihood",
    "tallies": "_tallies",
}
