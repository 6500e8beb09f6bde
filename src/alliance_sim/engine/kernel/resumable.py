"""Runs side by side that are brought forward in pieces: states can be kept, taken up and resampled.

What `batch` does for whole runs; lanes may differ in every constant, in chosen inputs and in slow
noise, without a scenario of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_sim.compiled.function import Compiled
from alliance_sim.engine.kernel.advance import Inputs
from alliance_sim.engine.kernel.batch import (
    Ready,
    plain_runs,
    setting_of,
    sources_digest,
    workspace,
)
from alliance_sim.engine.kernel.history import ASIDE_ROWS, PARTS, Evaluated, History, Seen
from alliance_sim.engine.kernel.layout import LANES, reported_rows
from alliance_sim.engine.kernel.noise import SLOW, NoiseRequest
from alliance_sim.engine.kernel.outputs import Outputs
from alliance_sim.engine.kernel.pieces import Differing, advance_block
from alliance_sim.noise import WORD
from alliance_sim.world.state import state_names

Floats = NDArray[np.float64]
Block = Callable[..., None]


class State(NamedTuple):
    """What lanes are at the end of a quarter, and all that their future needs.

    Attributes:
        step: The quarter, -1 before the first.
        numbers: Array (number, lane): states, then what is worked out on the way, then the pushes
            of drawn leaders.
    """

    step: int
    numbers: Floats

    def of(self, lanes: NDArray[np.int64]) -> State:
        """Return the state in which lane k continues from lane `lanes[k]`."""
        return State(self.step, np.ascontiguousarray(self.numbers[:, lanes]))


def whole(values: Any, shape: tuple[int, ...]) -> Floats:
    """Return an array whose last axis holds all LANES, for compiled code; copied only if needed.

    Args:
        values: Array of this shape but for its last axis, which may be shorter: what is missing is
            filled with the first lane.
        shape: The shape.

    Raises:
        ValueError: If it does not fit.
    """
    found = np.asarray(values, dtype=np.float64)
    lanes = found.shape[-1] if found.ndim else 0
    if found.shape[:-1] != shape[:-1] or not 1 <= lanes <= LANES:
        told = ", ".join(map(str, shape[:-1]))
        raise ValueError(f"an array has the shape {found.shape}, must have ({told}, 1 to {LANES})")
    if lanes == LANES and found.flags.c_contiguous and found.flags.writeable:
        return found
    room = np.empty(shape)
    room[..., :lanes] = found
    room[..., lanes:] = found[..., :1]
    return room


NOTHING = np.zeros((0, 0, 0))
NONE = np.zeros(0, dtype=np.int64)


def free_history() -> History:
    """Return a history in which nothing is held."""
    rows = np.zeros((0, 4), dtype=np.int64)
    return History(NONE, NONE, NONE, NONE, NONE, NONE, rows, rows, NONE)


def unseen() -> Seen:
    """Return what stands for a record where there is none."""
    pairs = np.zeros((0, 2), dtype=np.int64)
    return Seen(NONE, 0, 0, NONE, pairs, NONE, NONE, pairs, np.zeros((0, LANES)), 0, 0, 0)


def room_to_find(channels: int, members: int, shares: int) -> Evaluated:
    """Return room for what is worked out of a record, with no terms and no noise kept."""
    return Evaluated(
        parts=np.zeros((PARTS, LANES)),
        impossible=np.full((2, LANES), -1, dtype=np.int64),
        terms=NOTHING,
        expected=NOTHING,
        uniforms=NOTHING,
        law_uniforms=NOTHING,
        forced=np.zeros((channels, LANES)),
        shares=np.zeros((shares, LANES)),
        aside=np.zeros((ASIDE_ROWS, LANES)),
        answers=np.zeros(members + 1),
    )


class Lanes:
    """Up to LANES runs of one scenario, brought forward in pieces.

    Attributes:
        step: The last quarter brought, -1 before the first.
        ready: The scenario.
        values: Array (lane, quarter, row) of what is kept, filled in as quarters are brought.
    """

    def __init__(
        self,
        ready: Ready,
        *,
        runs: Sequence[int] | NDArray[np.int64],
        seed: int,
        constants: Floats | None = None,
        inputs: Sequence[int] = (),
        keep: Sequence[int] = (),
        block: Block | None = None,
    ) -> None:
        """Prepare lanes before the first quarter.

        Args:
            ready: The scenario, from `make_ready`.
            runs: Number of the run of each lane, 1 to LANES of them; noise goes by it.
            seed: The seed of all.
            constants: Array (number, lane) in the order of `Ready.constants`, if lanes differ.
            inputs: Positions in a row of the world's table that will differ by lane.
            keep: Rows of the engine's state to keep, of `layout.state_rows`.
            block: What brings quarters; `compiled_advance` if left out.
        """
        self.ready, self.step, self.lanes = ready, -1, len(runs)
        self._block = block or compiled_advance
        frame, shape = ready.frame, ready.frame.shape
        self._setting = setting_of(frame, state_names(ready.world.scenario), ())
        self._space = workspace(shape, self._setting.at)
        numbers = np.zeros(LANES, dtype=np.int64)
        numbers[: self.lanes] = runs
        key = np.array([seed & WORD, seed >> 32], dtype=np.int64)
        self._asked = NoiseRequest(
            key, self._setting.channels, numbers, NOTHING, np.zeros(1, dtype=np.int64)
        )
        self._given = Inputs(
            np.repeat(ready.constants[:, None], LANES, axis=1),
            ready.world.table[None].copy(),
            np.zeros(LANES, dtype=np.int64),
        )
        self._differing = Differing(
            np.array(inputs, dtype=np.int64), self._room(len(inputs)), NOTHING
        )
        self.values = np.zeros((self.lanes, shape.steps, len(keep)) if keep else (0, 0, 0))
        self._kept = Outputs(
            np.array(keep, dtype=np.int64),
            self.values,
            self._setting.folds,
            self._setting.thresholds,
            self._setting.years,
            np.zeros((0, LANES)),
            np.full((2, LANES), -1, dtype=np.int64),
        )
        self.held = (free_history(), unseen(), room_to_find(0, 0, 0))
        if constants is not None:
            self.take(constants=constants)

    def _room(self, inputs: int) -> Floats:
        return np.zeros((self.ready.frame.shape.steps, inputs, LANES))

    def ask(self, runs: Sequence[int] | NDArray[np.int64], seed: int) -> None:
        """Say whose noise is asked for, and with that how many lanes are in use."""
        self.lanes = len(runs)
        self._asked.runs[: self.lanes] = runs
        self._asked.key[:] = seed & WORD, seed >> 32

    def take(
        self,
        *,
        constants: Floats | None = None,
        own: Floats | None = None,
        normals: Floats | None = None,
        uniforms: Floats | None = None,
    ) -> None:
        """Take numbers for the quarters to come; arrays with LANES lanes are used, not copied.

        Args:
            constants: Array (number, lane).
            own: Array (step, input, lane) of the inputs that differ by lane.
            normals: Array (step, channel, lane) of standard normals, in place of those by key:
                threats' moods, then slow noise by side and domain. Those of the first quarter are
                where both begin.
            uniforms: Array (lane, channel, step), in place of those by key, in the order of
                `World.all_channels`; normals stand before them.

        Raises:
            ValueError: If a shape does not fit.
        """
        shape = self.ready.frame.shape
        if constants is not None:
            held = whole(constants, (len(self.ready.constants), LANES))
            self._given = self._given._replace(constants=held)
        if own is not None:
            wanted = (shape.steps, len(self._differing.inputs), LANES)
            self._differing = self._differing._replace(values=whole(own, wanted))
        if normals is not None:
            wanted = (shape.steps, shape.threats + SLOW, LANES)
            self._differing = self._differing._replace(normals=whole(normals, wanted))
        if uniforms is not None:
            channels = len(self.ready.world.all_channels)
            if uniforms.shape != (self.lanes, channels, shape.steps):
                told = f"{(self.lanes, channels, shape.steps)}: lane, channel, step"
                raise ValueError(f"uniforms have the shape {uniforms.shape}, must have {told}")
            given = np.require(uniforms, np.float64, ["C", "W"])
            self._asked = self._asked._replace(given=given)

    def advance(self, last: int) -> None:
        """Bring the quarters up to, and without, `last`; nothing happens if they have been."""
        if last <= self.step + 1:
            return
        self._block(
            self.lanes,
            self.ready.frame.shape,
            self._setting.at,
            self._setting.kinds,
            self._asked,
            self._given,
            self._differing,
            self._space,
            self._kept,
            *self.held,
            self.step + 1,
            last,
        )
        self.step = last - 1

    def _parts(self) -> tuple[Floats, ...]:
        return self._space.after, self._space.aside, self._space.drawn

    def state(self) -> State:
        """Return what the lanes are now, a copy."""
        return State(self.step, np.concatenate(self._parts()))

    def take_up(self, state: State) -> None:
        """Go on from a state, of these lanes or of others of the same scenario."""
        first = 0
        for part in self._parts():
            part[:] = whole(state.numbers[first : first + len(part)], part.shape)
            first += len(part)
        self.step = state.step

    def restart(self) -> None:
        """Go back to before the first quarter."""
        self.step = -1


def pieces_as_in_plain_python(block: Block) -> bool:
    """Whether the described history comes out in pieces as the Mesa model tells it, bit by bit."""
    ready, wanted = plain_runs()
    rows = reported_rows(ready.frame.shape)
    lanes = Lanes(ready, runs=range(len(wanted)), seed=0, keep=rows, block=block)
    for last in (1, 2, wanted.shape[1] // 2, wanted.shape[1]):
        lanes.advance(last)
    return lanes.values.tobytes() == wanted.tobytes()


compiled_advance = Compiled(
    advance_block,
    sources=sources_digest,
    check=pieces_as_in_plain_python,
    home=f"{__name__}:compiled_advance",
)
