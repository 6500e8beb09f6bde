"""Runs of the compiled engine in which states are held at a value over a window of time.

The engine knows nothing of it. A quarter is brought as ever; what is held is then put in the place
of what the rules gave, and what shows or sums it up in that quarter is worked out once more by the
same rules: how hard a threat presses, the next rung, acts, the highest level, rungs climbed. The
Mesa model does the same between its phases `sign` and `show`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim.compiled import stage
from alliance_sim.compiled.cache import digest_of
from alliance_sim.compiled.function import Compiled
from alliance_sim.engine.kernel.batch import (
    SOURCES,
    BlockResult,
    Columns,
    Ready,
    Setting,
    plain_runs,
    run_block,
)
from alliance_sim.engine.kernel.generated import derived
from alliance_sim.engine.kernel.ladder import rung_asked
from alliance_sim.engine.kernel.layout import Shape, reported_rows
from alliance_sim.engine.kernel.relationship import events_counted, events_expected
from alliance_sim.engine.kernel.resumable import Lanes
from alliance_sim.results import OK
from alliance_sim.results.outcomes import Outcome, evaluate
from alliance_sim.rules.threats import menace
from alliance_sim.scenario.holds import window_of
from alliance_sim.world.state import not_finite, state_names

if TYPE_CHECKING:
    from alliance_sim.scenario import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PACKAGE = Path(__file__).parents[1]


@stage
def held_block(  # noqa: PLR0913, PLR0917 - compiled: arrays by position, as all that it calls
    n: int,
    shape: Shape,
    at: Any,
    step: int,
    rows: Ints,
    values: Floats,
    c: Floats,
    now: Floats,
    u: Floats,
    s: Floats,
    x: Floats,
    a: Floats,
) -> None:
    """Put held states in the place of what a quarter gave, and work out what shows them.

    Args:
        n: How many columns are in use.
        shape: How many there are of each.
        at: Where rows begin.
        step: The quarter that was brought.
        rows: Rows of the states that are held in it.
        values: What each is held at.
        c: Constants.
        now: Inputs of the quarter.
        u: Uniforms of the quarter.
        s: The state before it.
        x: The state after it.
        a: What was worked out on the way.
    """
    for k in range(rows.shape[0]):
        row = rows[k]
        threat = row - at.hostility
        for i in range(n):
            x[row, i] = values[k]
        if 0 <= threat < shape.threats:
            for i in range(n):
                x[at.menace + threat, i] = menace(
                    now[at.given_capability + threat, i], c[at.fixed_offence + threat, i], values[k]
                )
    for i in range(n):
        rung_asked(i, shape, at, c, x, a)  # type: ignore[no-untyped-call]
    if step > 0:  # there are no acts in the first quarter
        events_expected(n, c, s, a, x)  # type: ignore[no-untyped-call]
        events_counted(n, at, u, a, x)  # type: ignore[no-untyped-call]
    derived(n, shape, at, c, s, x)


@lru_cache(maxsize=1)
def _sources() -> str:
    return digest_of((*SOURCES, "engine/held.py"), PACKAGE)


class Held:
    """What is held in a scenario, by quarter, as rows of the engine's state.

    Attributes:
        steps: The quarters in which anything is held, in order.
    """

    def __init__(self, scenario: Scenario, ready: Ready) -> None:
        """Look up what a scenario holds; `ready` is the same scenario, made ready."""
        rows = dict(zip(state_names(scenario), reported_rows(ready.frame.shape), strict=True))
        found: dict[int, list[tuple[int, float]]] = {}
        for hold in scenario.holds:
            for step in range(*window_of(hold, ready.frame.calendar)):
                found.setdefault(step, []).append((rows[hold.state], hold.value))
        self.steps = sorted(found)
        self._by_step = {
            step: (
                np.array([row for row, _ in held], dtype=np.int64),
                np.array([value for _, value in held]),
            )
            for step, held in found.items()
        }

    def at(self, step: int) -> tuple[Ints, Floats]:
        """Return the rows that are held in a quarter, and what each is held at."""
        return self._by_step[step]

    def next(self, step: int) -> int | None:
        """Return the first quarter from one on in which anything is held, None if none is."""
        return next((held for held in self.steps if held >= step), None)


class HeldLanes(Lanes):
    """Lanes in which what a scenario holds is held; see `resumable.Lanes`."""

    def __init__(self, ready: Ready, **given: Any) -> None:
        """Prepare lanes before the first quarter; arguments as for `Lanes`."""
        super().__init__(ready, **given)
        self._states_held = Held(ready.world.scenario, ready)
        self._put = held_block if given.get("block") else compiled_held

    def advance(self, last: int) -> None:
        """Bring the quarters up to, and without, `last`, and hold what is held in each."""
        while self.step + 1 < last:
            step = self._states_held.next(self.step + 1)
            if step is None or step >= last:
                super().advance(last)
                return
            super().advance(step)
            before = self._space.after.copy() if step > 0 else np.zeros_like(self._space.after)
            super().advance(step + 1)
            self._hold(step, before)

    def _hold(self, step: int, before: Floats) -> None:
        space, ready = self._space, self.ready
        rows, values = self._states_held.at(step)
        self._put(
            self.lanes,
            ready.frame.shape,
            self._setting.at,
            step,
            rows,
            values,
            self._given.constants,
            space.now,
            space.noise,
            before,
            space.after,
            space.aside,
        )
        if self.values.size:
            kept = self._kept.reported
            self.values[:, step] = space.after[kept, : self.lanes].T


def holds_as_in_plain_python(block: Any) -> bool:
    """Whether compiled code holds states as plain Python does, bit by bit."""
    ready, wanted = plain_runs()
    lanes = Lanes(ready, runs=range(len(wanted)), seed=0)
    lanes.advance(ready.frame.shape.steps - 1)
    before = lanes._space.after.copy()  # noqa: SLF001 - the numbers to try it on
    lanes.advance(ready.frame.shape.steps)
    found = []
    for put in (held_block, block):
        space = lanes._space  # noqa: SLF001
        after, aside = space.after.copy(), space.aside.copy()
        at, shape = lanes._setting.at, ready.frame.shape  # noqa: SLF001
        rows = np.array([0, 1, at.hostility], dtype=np.int64)
        values = np.array([0.25, 0.9, 0.75])
        constants = lanes._given.constants  # noqa: SLF001
        quarter = (shape.steps - 1, rows, values, constants, space.now, space.noise)
        put(lanes.lanes, shape, at, *quarter, before, after, aside)
        found.append((after.tobytes(), aside.tobytes()))
    return found[0] == found[1]


compiled_held = Compiled(
    held_block, sources=_sources, check=holds_as_in_plain_python, takes="a few seconds"
)


def lanes_of(ready: Ready, **given: Any) -> Lanes:
    """Return lanes of a scenario in which what it holds, if anything, is held."""
    return HeldLanes(ready, **given) if ready.world.scenario.holds else Lanes(ready, **given)


def run_columns(
    setting: Setting,
    columns: Columns,
    outcomes: Sequence[Outcome] = (),
    trajectories: Floats | None = None,
) -> BlockResult:
    """Simulate up to LANES runs of scenarios that hold the same, or nothing.

    Args:
        setting: From `setting_of`, for the frame of these scenarios and these outcomes.
        columns: What to simulate.
        outcomes: The outcomes of the setting.
        trajectories: Array (column, quarter, reported state) to fill in, or None.
    """
    if not columns.ready[0].world.scenario.holds:
        return run_block(setting, columns, trajectories)
    lanes = _lanes_of_columns(setting, columns)
    lanes.advance(setting.frame.shape.steps)
    values, status = lanes.values, [OK] * len(columns.runs)
    for column in np.flatnonzero(~np.isfinite(values).all(axis=(1, 2))).tolist():
        step, state = (int(place[0]) for place in np.nonzero(~np.isfinite(values[column])))
        status[column] = not_finite(setting.states[state], setting.frame.calendar.label(step))
        values[column] = np.nan
    if trajectories is not None:
        trajectories[:] = values
    plain = [_unpassed(outcome) for outcome in outcomes]
    return BlockResult(evaluate(plain, setting.states, values, setting.frame.calendar), status)


def _unpassed(outcome: Outcome) -> Outcome:
    """Return an outcome before the comparison of what was folded, which blocks leave to others."""
    return replace(outcome, passes="", mark=0.0)


def _lanes_of_columns(setting: Setting, columns: Columns) -> Lanes:
    """Return lanes before the first quarter: constants and inputs by column where they differ."""
    ready = columns.ready
    first = ready[0].world.table
    others = [one.world.table for one in ready if one.world.table is not first]
    differ = np.zeros(first.shape[1], dtype=np.bool_)
    for table in others:
        differ |= (table != first).any(axis=0)
    inputs = np.flatnonzero(differ)
    lanes = HeldLanes(
        ready[0],
        runs=columns.runs,
        seed=columns.seed,
        inputs=inputs.tolist(),
        keep=setting.reported.tolist(),
        constants=np.stack([one.constants for one in ready], axis=1),
    )
    if len(inputs):
        lanes.take(own=np.stack([one.world.table[:, inputs] for one in ready], axis=-1))
    if columns.given is not None:
        lanes.take(uniforms=columns.given)
    return lanes
