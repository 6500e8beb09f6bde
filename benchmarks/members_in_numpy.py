"""One part of a quarter in NumPy, over many runs at once, and the same part in the compiled engine.

The part is the largest of a quarter: both sides look at threats, and every member weighs
cooperation in each domain (its overlap with the state, its log benefit/cost, its willingness).
NumPy's own exponential and powers take the place of the model's, so the last bits differ. No line
grows by itself in the baseline, and this part leaves that out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from unittest import mock

import numba
import numpy as np
from numpy.typing import NDArray

from alliance_sim import Scenario
from alliance_sim.compiled import enable
from alliance_sim.engine.kernel import batch
from alliance_sim.engine.kernel.batch import Columns, make_ready, run_block, setting_of
from alliance_sim.engine.kernel.layout import LANES, A, P, S
from alliance_sim.engine.kernel.partners import members_weigh
from alliance_sim.engine.kernel.threats import feel
from alliance_sim.world.state import state_names

Floats = NDArray[np.float64]


class Part:
    """The arrays of one block after its last quarter, and the part in both ways."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        """Simulate one block and keep what it worked on."""
        ready = make_ready(scenario)
        setting = setting_of(ready.frame, state_names(scenario), ())
        columns = Columns([ready] * LANES, np.arange(LANES, dtype=np.int64), seed)
        compiled = batch.compiled_block
        with mock.patch.object(batch, "compiled_block", mock.Mock(side_effect=compiled)) as called:
            run_block(setting, columns)
        self.shape, self.at, self.kinds, _, given, space, _ = called.call_args.args[1:]
        self.constants, self.now, self.state = given.constants, space.now, space.before
        self.aside, self.after = space.aside, space.after
        if self.constants[P.trend.slope].any():
            raise ValueError("something grows by itself, which this part leaves out")

    def compiled(self) -> Callable[[int], None]:
        """Return what makes the part of one block so many times, compiled."""
        enable()
        look: Any = feel
        weigh: Any = members_weigh

        @numba.njit(error_model="numpy")
        def repeated(times: int, block: Any, arrays: Any) -> None:
            shape, at, kinds = block
            c, now, s, a, x = arrays
            for _ in range(times):
                look(LANES, shape, at, kinds.asian, c, now, s, x)
                weigh(LANES, shape, at, kinds.distracting, c, now, s, a, x)

        block = (self.shape, self.at, self.kinds)
        arrays = (self.constants, self.now, self.state, self.aside, self.after)

        def made(times: int) -> None:
            repeated(times, block, arrays)

        made(1)
        return made

    def in_numpy(self, runs: int) -> Callable[[], dict[int, Floats]]:
        """Return what makes the part of many runs at once: rows of the next state by first row."""
        tiled = (np.tile(rows, (1, runs // LANES)) for rows in self._read())
        c, now, s, a = tiled
        at, threats, members = self.at, self.shape.threats, self.shape.members
        distracting, asian = (
            np.flatnonzero(kind) for kind in (self.kinds.distracting, self.kinds.asian)
        )

        def some(rows: Floats, first: int, count: int) -> Floats:
            return rows[first : first + count]

        def perceived(felt: Floats, exposure: Floats, menace: Floats) -> Floats:
            pressure: Floats = np.minimum(1.0, exposure * menace)
            speed: Floats = np.where(pressure > felt, c[P.eyes.learn], c[P.eyes.forget])
            return felt + speed * (pressure - felt)

        def made() -> dict[int, Floats]:
            exposed = some(now, at.given_exposure_state, threats)
            menace = some(s, at.menace, threats)
            state = some(s, at.felt_state, threats)
            each = (members, threats, runs)
            felt = some(s, at.felt_member, members * threats).reshape(each)
            exposure = some(now, at.given_exposure_member, members * threats).reshape(each)
            drawn = np.minimum(1.0, s[S.attention] + now[at.given_attention])
            exposure = exposure.copy()
            exposure[:, asian] **= 1.0 / (1.0 + drawn)
            overlap = 1.0 - np.prod(1.0 - np.sqrt(felt * state), axis=1)
            worry = felt[:, distracting].max(axis=1) * (1.0 - now[at.given_link])
            pulls = some(c, P.threat_pulls[1][0].overlap, 9).reshape(3, 3, runs)
            level, involved = some(s, S.level, 3), now[at.given_involvement]
            threat = (
                pulls[:, 0] * overlap[:, None]
                - pulls[:, 1] * worry[:, None]
                - pulls[:, 2] * level * involved
            )
            alone = some(c, at.fixed_offset, members)[:, None] + some(c, P.floors[1][0], 3)
            leader = c[P.domestic] * a[A.push + 1]
            built, slow = some(a, A.asset_term, 3), some(s, S.slow + 3, 3)
            ratio = alone + threat + built + leader + some(now, at.given_need + 3, 3) + slow
            willing = 1.0 / (1.0 + np.exp(-np.clip(ratio, -40.0, 40.0)))
            return {
                at.felt_state: perceived(state, exposed, menace),
                at.felt_member: perceived(felt, exposure, menace).reshape(-1, runs),
                at.ratio_member: ratio.reshape(-1, runs),
                at.willing_member: willing.reshape(-1, runs),
            }

        return made

    def _read(self) -> tuple[Floats, Floats, Floats, Floats]:
        return self.constants, self.now, self.state, self.aside

    def farthest(self) -> float:
        """Return the largest relative difference between the two ways."""
        self.compiled()(1)
        apart = 0.0
        for first, rows in self.in_numpy(LANES)().items():
            ours = self.after[first : first + len(rows)]
            scale = np.maximum(np.abs(ours), 1e-12)
            apart = max(apart, float((np.abs(rows - ours) / scale).max()))
        return apart


def nanoseconds(work: Callable[[], object], runs: int, seconds: float) -> float:
    """Return the CPU nanoseconds per run of what does one quarter of so many runs, repeated."""
    start = time.process_time()
    done = 0
    while time.process_time() - start < seconds:
        work()
        done += runs
    return 1e9 * (time.process_time() - start) / done
