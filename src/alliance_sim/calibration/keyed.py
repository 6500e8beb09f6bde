"""Random numbers of samplers, keyed: the same whoever computes them, when, and beside what else.

A stream is a Philox generator whose key is the seed and the chain, and whose counter starts at the
stage, the sweep and the number of the move. So a move that was cut short is made again to the same
bits, and no chain knows in which block, thread or process it runs.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np


class Stage(IntEnum):
    """What a stream is for, where sweeps do not tell; tempered stages count on from `TEMPERED`."""

    START = 0  # first positions
    WARM_UP = 1
    DRAWS = 2
    CHOOSE = 3  # resampling, and whom to take where more are there than are wanted
    FORECAST = 4  # slow noise of quarters that are not known yet; sweeps are quarters there
    GROW = 5  # the same of particles that are led on by a year
    TEMPERED = 16


class Streams:
    """Generators, one for each lane, which are set to a new place instead of being made anew."""

    def __init__(self, seed: int, stage: int, lanes: int) -> None:
        self._bits = [np.random.Philox(0) for _ in range(lanes)]
        self._generators = [np.random.Generator(bits) for bits in self._bits]
        state: Any = np.random.Philox(0).state
        state["buffer_pos"], state["has_uint32"] = 4, 0
        self._key, self._counter = (state["state"][name] for name in ("key", "counter"))
        self._key[0] = np.uint64(seed)
        self._counter[0], self._counter[3] = 0, np.uint64(stage)
        self._state = state

    def at(self, lane: int, chain: int, sweep: int, move: int) -> np.random.Generator:
        """Return the generator of a lane, standing where a chain's move in a sweep begins."""
        self._key[1], self._counter[1], self._counter[2] = chain, move, sweep
        self._bits[lane].state = self._state
        return self._generators[lane]


def generator(seed: int, stage: int, chain: int = 0, sweep: int = 0) -> np.random.Generator:
    """Return a generator of its own for one place, which nobody else sets."""
    return Streams(seed, stage, 1).at(0, chain, sweep, 0)
