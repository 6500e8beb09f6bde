"""Many runs of one scenario, or of many, in blocks spread over threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from alliance_sim.engine.kernel.batch import (
    BlockResult,
    Columns,
    Floats,
    Frame,
    Ready,
    Setting,
    make_ready,
    run_block,
    setting_of,
)
from alliance_sim.engine.kernel.layout import LANES
from alliance_sim.errors import AllianceSimError, EngineError
from alliance_sim.parallel import executors
from alliance_sim.results import OK
from alliance_sim.results.outcomes import Outcome
from alliance_sim.scenario import Scenario
from alliance_sim.world import shares_inputs
from alliance_sim.world.state import state_names

RECENT = 16  # worlds kept in mind, whose inputs the next scenario may share
Done = Callable[[int], None]


def trajectories_of(
    scenario: Scenario, numbers: range, seed: int, threads: int, done: Done, given: Floats | None
) -> tuple[Floats, list[str], tuple[str, ...]]:
    """Return every state of many runs: values (run, quarter, state), statuses and names."""
    ready = make_ready(scenario)
    states = state_names(scenario)
    setting = setting_of(ready.frame, states, ())
    values = np.empty((len(numbers), ready.frame.calendar.steps, len(states)))
    status = [OK] * len(numbers)

    def block(first: int) -> int:
        part = numbers[first : first + LANES]
        rows = slice(first, first + len(part))
        columns = Columns(
            [ready] * len(part),
            np.arange(part.start, part.stop, dtype=np.int64),
            seed,
            None if given is None else np.ascontiguousarray(given[rows]),
        )
        status[rows] = run_block(setting, columns, values[rows]).status
        return len(part)

    parts = range(0, len(numbers), LANES)
    with executors.chosen(threads=min(threads, len(parts))) as pool:
        for count in executors.spread(pool, block, parts):
            done(count)
    return values, status, states


def summaries_of(
    cases: Sequence[tuple[Scenario, int]], seed: int, outcomes: Sequence[Outcome], threads: int
) -> tuple[Floats, list[str]]:
    """Return outcomes (case, outcome) and a status for each case.

    Cases of scenarios that are shaped alike share blocks; order in, order out.
    """
    values = np.full((len(cases), len(outcomes)), np.nan)
    status = [OK] * len(cases)
    parts = list(_parts(cases, outcomes, status))

    def block(part: tuple[Setting, list[Ready], list[int]]) -> tuple[list[int], BlockResult]:
        setting, ready, rows = part
        runs = np.array([cases[row][1] for row in rows], dtype=np.int64)
        return rows, run_block(setting, Columns(ready, runs, seed))

    with executors.chosen(threads=min(threads, len(parts))) as pool:
        for rows, found in executors.spread(pool, block, parts):
            values[rows] = found.outcomes
            for row, text in zip(rows, found.status, strict=True):
                status[row] = text
    return values, status


def trajectories_of_cases(
    cases: Sequence[tuple[Scenario, int]], seed: int, states: Sequence[str], threads: int
) -> tuple[Floats, list[str]]:
    """Return states (case, quarter, state) of cases that share a calendar, and their statuses."""
    steps = cases[0][0].calendar().steps
    values = np.full((len(cases), steps, len(states)), np.nan)
    status = [OK] * len(cases)
    parts = list(_parts(cases, (), status))

    def block(part: tuple[Setting, list[Ready], list[int]]) -> tuple[list[int], Floats, list[str]]:
        setting, ready, rows = part
        runs = np.array([cases[row][1] for row in rows], dtype=np.int64)
        room = np.empty((len(rows), steps, len(setting.states)))
        found = run_block(setting, Columns(ready, runs, seed), room)
        wanted = [setting.states.index(state) for state in states]
        return rows, room[:, :, wanted], found.status

    with executors.chosen(threads=max(1, min(threads, len(parts)))) as pool:
        for rows, found, texts in executors.spread(pool, block, parts):
            values[rows] = found
            for row, text in zip(rows, texts, strict=True):
                status[row] = text
    return values, status


def _parts(
    cases: Sequence[tuple[Scenario, int]], outcomes: Sequence[Outcome], status: list[str]
) -> Iterator[tuple[Setting, list[Ready], list[int]]]:
    """Yield blocks of cases of one frame; a scenario that cannot be used marks its cases."""
    open_blocks: dict[Frame, tuple[Setting, list[Ready], list[int]]] = {}
    recent: deque[Ready] = deque(maxlen=RECENT)
    latest: Scenario | None = None
    ready: Ready | None = None
    problem = ""
    for row, (scenario, _) in enumerate(cases):
        if scenario is not latest:
            latest, problem = scenario, ""
            like = next((r for r in recent if shares_inputs(scenario, r.world.scenario)), None)
            near = like or (recent[0] if recent else None)  # whatever the two share is taken over
            try:
                ready = make_ready(scenario, like=near)
            except EngineError:
                raise  # it says nothing of the scenario
            except AllianceSimError as error:
                problem = " ".join(str(error).split())
            else:
                recent.extend([ready] if like is None else [])
        if problem or ready is None:
            status[row] = problem
            continue
        block = open_blocks.get(ready.frame)
        if block is None:
            setting = setting_of(ready.frame, state_names(scenario), outcomes)
            block = open_blocks[ready.frame] = (setting, [], [])
        block[1].append(ready)
        block[2].append(row)
        if len(block[2]) == LANES:
            yield block
            open_blocks[ready.frame] = (block[0], [], [])
    yield from (block for block in open_blocks.values() if block[2])
