"""Chains side by side in the lanes of one array: ask where to compute, tell what came out.

Each chain goes on by itself: when its move is done it begins the next, and waits for nobody. What
becomes of a chain depends on its number, the seed and the pool, and on no other chain beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.calibration.keyed import Streams
from alliance_sim.calibration.layout import Layout, checked
from alliance_sim.calibration.moves import Here, Move, Trial
from alliance_sim.calibration.pool import Pool
from alliance_sim.errors import SettingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PLACE = ("sweep", "move")  # where each chain stands, as `state()` has it
MOST_TRIES = 300  # on one ellipse: by then it is narrower than the spacing of numbers


class Sampler:
    """Chains that make so many sweeps each, one call of the log likelihood at a time.

    `ask` returns unknowns, `tell` takes their log likelihoods, until `finished`. All of the state
    is in `state()`, plain arrays; a sampler made from them goes on to the same bits.

    Attributes:
        unknowns: Array (dimension, lanes), where the chains are.
        log_likelihood: Array (lanes,), not tempered.
        parameters: Array (sweep, parameter, lanes), after each sweep that is done.
        traced: Array (sweep, lanes), the log likelihood after each.
        tallies: Array (move, 3): how often each move was made, its tries, and how often it moved.
    """

    def __init__(
        self,
        layout: Layout,
        moves: Sequence[Move],
        start: Mapping[str, Any],
        *,
        pool: Pool,
        sweeps: int,
        inverse_temperature: float = 1.0,
    ) -> None:
        """Take chains up at a place.

        Args:
            layout: Which rows are what.
            moves: Of one sweep, in order.
            start: A `state()`, or `beginning(...)`.
            pool: What moves are made of; frozen.
            sweeps: How many each chain makes.
            inverse_temperature: Power to which the likelihood is raised, above 0.
        """
        self.layout, self.moves, self.pool = layout, tuple(moves), pool
        self.beta, self._sweeps = inverse_temperature, sweeps
        self.unknowns = np.array(start["unknowns"], dtype=np.float64, order="C")
        self.log_likelihood = np.array(start["log_likelihood"], dtype=np.float64)
        self._chains = np.array(start["chains"], dtype=np.int64)
        self._seed, self._stage, self._first = (int(start[n]) for n in ("seed", "stage", "first"))
        lanes = len(self._chains)
        # lists, because single numbers of arrays are slow to read and to write
        self._sweep, self._move = ([int(at) for at in start.get(n, [0] * lanes)] for n in _PLACE)
        shape = (sweeps, layout.parameters, lanes)
        self.parameters = np.array(start.get("parameters", np.zeros(shape)), dtype=np.float64)
        self.traced = np.array(start.get("traced", np.zeros((sweeps, lanes))), dtype=np.float64)
        counts = np.zeros((len(self.moves), 3), dtype=np.int64)
        self.tallies = np.array(start.get("tallies", counts), dtype=np.int64)
        self._streams = Streams(self._seed, self._stage, lanes)
        self._asked = self.unknowns.copy()
        self._tries = [0] * lanes
        self._trials: list[Trial | None] = [self._begun(lane) for lane in range(lanes)]

    @property
    def finished(self) -> bool:
        """Whether every chain has made its sweeps."""
        return all(trial is None for trial in self._trials)

    def ask(self) -> NDArray[np.float64]:
        """Return an array (dimension, lanes) whose log likelihoods are wanted next.

        It is the sampler's own: not to be changed, and overwritten by the next `ask`. A chain that
        is done stands where it ended.
        """
        for lane, trial in enumerate(self._trials):
            if trial is not None:
                self._asked[trial.first : trial.stop, lane] = trial.values()
        return self._asked

    def tell(self, values: object) -> None:
        """Take the log likelihoods of what was asked, an array (lanes,) of finite numbers or -inf.

        Raises:
            SettingError: If it is of another shape, or one is NaN or +inf; or if a chain finds no
                place as good as its own although it came back to it, so that the log likelihood
                gives one place two values.
        """
        found = checked(values, self._asked).tolist()
        for lane, (trial, value) in enumerate(zip(self._trials, found, strict=True)):
            if trial is None:
                continue
            self._tries[lane] += 1
            if trial.accepts(self.beta * value):
                rows = slice(trial.first, trial.stop)
                self.unknowns[rows, lane] = self._asked[rows, lane]
                self.log_likelihood[lane] = value
                self._done(lane, moved=1)
            elif trial.once:
                self._asked[trial.first : trial.stop, lane] = self.unknowns[
                    trial.first : trial.stop, lane
                ]
                self._done(lane, moved=0)
            elif self._tries[lane] >= MOST_TRIES:
                raise SettingError("log_likelihood", [_TWO_VALUES])

    def _done(self, lane: int, moved: int) -> None:
        """Close a move, and begin the next."""
        move = self._move[lane]
        self.tallies[move, 0] += 1
        self.tallies[move, 1] += self._tries[lane]
        self.tallies[move, 2] += moved
        self._tries[lane] = 0
        self._move[lane] += 1
        if self._move[lane] == len(self.moves):
            sweep = self._sweep[lane]
            self.parameters[sweep, :, lane] = self.unknowns[: self.layout.parameters, lane]
            self.traced[sweep, lane] = self.log_likelihood[lane]
            self._sweep[lane] += 1
            self._move[lane] = 0
        self._trials[lane] = self._begun(lane)

    def _begun(self, lane: int) -> Trial | None:
        """Return the trial of a chain's next move, None if it has made its sweeps."""
        sweep, move = self._sweep[lane], self._move[lane]
        if sweep >= self._sweeps:
            return None
        rng = self._streams.at(lane, int(self._chains[lane]), self._first + sweep, move)
        tempered = self.beta * float(self.log_likelihood[lane])
        here = Here(self.unknowns[:, lane], tempered, self.layout, self.pool)
        return self.moves[move].start(here, rng)

    def state(self) -> dict[str, NDArray[Any]]:
        """Return all that a sampler with the same layout, moves and pool needs to go on.

        A move under way is not in it: it is made again, with the same random numbers.
        """
        return {
            "seed": np.array(self._seed, dtype=np.uint64),
            "stage": np.array(self._stage, dtype=np.int64),
            "first": np.array(self._first, dtype=np.int64),
            "chains": self._chains.copy(),
            "unknowns": self.unknowns.copy(),
            "log_likelihood": self.log_likelihood.copy(),
            "sweep": np.array(self._sweep, dtype=np.int64),
            "move": np.array(self._move, dtype=np.int64),
            "parameters": self.parameters.copy(),
            "traced": self.traced.copy(),
            "tallies": self.tallies.copy(),
        }


_TWO_VALUES = (
    f"a chain tried {MOST_TRIES} places ever nearer to its own, and none was as good: it gives one "
    "place different values at different times; make it a function of the unknowns alone"
)


def beginning(
    unknowns: NDArray[np.float64],
    log_likelihood: NDArray[np.float64],
    *,
    chains: NDArray[np.int64],
    seed: int,
    stage: int,
    first: int = 0,
) -> dict[str, Any]:
    """Return the state of chains that have made no sweep yet.

    Args:
        unknowns: Array (dimension, lanes).
        log_likelihood: Array (lanes,) of finite numbers, what they come to.
        chains: Array (lanes,), the number of each, which chooses its random numbers.
        seed: Whole number from 0 to 2**64 - 1.
        stage: What the sweeps are for; other stages have other random numbers.
        first: Number of the first sweep, where earlier ones are done.
    """
    return {
        "seed": seed,
        "stage": stage,
        "first": first,
        "chains": chains,
        "unknowns": unknowns,
        "log_likelihood": log_likelihood,
    }
