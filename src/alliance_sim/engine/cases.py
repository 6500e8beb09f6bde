"""Many runs at once, in compiled blocks spread over threads: of one scenario, or of many.

Of one scenario, every state is kept; of many, each run is boiled down to a few numbers, and that
is what a sweep is made of.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliance_sim.errors import AllianceSimError, EngineError, unknown_name
from alliance_sim.parallel import executors
from alliance_sim.results import OK
from alliance_sim.results.outcomes import Outcome, passed
from alliance_sim.scenario import Scenario
from alliance_sim.world import shares_inputs
from alliance_sim.world.state import state_names

if TYPE_CHECKING:
    from alliance_sim.engine.kernel.batch import BlockResult, Floats, Frame, Ready, Setting

RECENT = 16  # worlds kept in mind, whose inputs the next scenario may share
Done = Callable[[int], None]


def trajectories_of(
    scenario: Scenario, numbers: range, seed: int, threads: int, done: Done, given: Floats | None
) -> tuple[Floats, list[str], tuple[str, ...]]:
    """Return every state of many runs: values (run, quarter, state), statuses and names."""
    from alliance_sim.engine.held import run_columns
    from alliance_sim.engine.kernel.batch import Columns, make_ready, setting_of
    from alliance_sim.engine.kernel.layout import LANES

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
        status[rows] = run_columns(setting, columns, trajectories=values[rows]).status
        return len(part)

    parts = range(0, len(numbers), LANES)
    with executors.chosen(threads=min(threads, len(parts))) as pool:
        for count in executors.spread(pool, block, parts):
            done(count)
    return values, status, states


class Case(NamedTuple):
    """One run of one scenario."""

    scenario: Scenario
    run: int


@dataclass(frozen=True)
class Summaries:
    """What cases came to.

    Attributes:
        values: Array with a case on its first axis; a failed case is NaN throughout.
        status: Per case "ok", or what went wrong.
    """

    values: Floats
    status: tuple[str, ...]


def summarise_cases(
    cases: Sequence[Case], *, seed: int, outcomes: Sequence[Outcome], threads: int = 1
) -> Summaries:
    """Return the outcomes of every case, computed by the compiled engine.

    A case depends on its scenario, the seed and its run only, not on its company; order in, order
    out. Cases of scenarios that are shaped alike share blocks. It is fastest when cases of the same
    scenario object follow each other; scenarios made from one another by `scenario.edit`, which
    share what they leave alone, come next.

    Args:
        cases: Scenarios and runs.
        seed: Whole number from 0 to 2**64 - 1.
        outcomes: From `results.outcomes.parse_outcome` or `standard_outcomes`.
        threads: Threads to spread blocks over. Numbers do not depend on it.
    """
    from alliance_sim.engine.held import run_columns
    from alliance_sim.engine.kernel.batch import Columns

    values = np.full((len(cases), len(outcomes)), np.nan)
    status = [OK] * len(cases)
    parts = _parts(cases, outcomes, status)  # as they are asked for, so that few worlds are held

    def block(part: tuple[Setting, list[Ready], list[int]]) -> tuple[list[int], BlockResult]:
        setting, ready, rows = part
        runs = np.array([cases[row].run for row in rows], dtype=np.int64)
        return rows, run_columns(setting, Columns(ready, runs, seed), outcomes)

    with executors.chosen(threads=min(threads, len(cases))) as pool:
        for rows, found in executors.spread(pool, block, parts):
            values[rows] = found.outcomes
            for row, text in zip(rows, found.status, strict=True):
                status[row] = text
    return Summaries(passed(outcomes, values), tuple(status))


def trajectories_of_cases(
    cases: Sequence[Case], *, seed: int, states: Sequence[str], threads: int = 1
) -> Summaries:
    """Return the trajectories of every case, computed by the compiled engine.

    Args:
        cases: Scenarios, all over the same quarters, and runs; at least one.
        seed: Whole number from 0 to 2**64 - 1.
        states: Names of reported states, from `world.state.state_names`.
        threads: Threads to spread blocks over. Numbers do not depend on it.

    Returns:
        `values` is an array (case, quarter, state).
    """
    from alliance_sim.engine.held import run_columns
    from alliance_sim.engine.kernel.batch import Columns

    steps = cases[0].scenario.calendar().steps
    values = np.full((len(cases), steps, len(states)), np.nan)
    status = [OK] * len(cases)
    parts = _parts(cases, (), status)

    def block(part: tuple[Setting, list[Ready], list[int]]) -> tuple[list[int], Floats, list[str]]:
        setting, ready, rows = part
        runs = np.array([cases[row].run for row in rows], dtype=np.int64)
        room = np.empty((len(rows), steps, len(setting.states)))
        found = run_columns(setting, Columns(ready, runs, seed), trajectories=room)
        wanted = [setting.states.index(state) for state in states]
        return rows, room[:, :, wanted], found.status

    with executors.chosen(threads=min(threads, len(cases))) as pool:
        for rows, found, texts in executors.spread(pool, block, parts):
            values[rows] = found
            for row, text in zip(rows, texts, strict=True):
                status[row] = text
    return Summaries(values, tuple(status))


def _parts(
    cases: Sequence[Case], outcomes: Sequence[Outcome], status: list[str]
) -> Iterator[tuple[Setting, list[Ready], list[int]]]:
    """Yield blocks of cases of one frame that hold the same.

    A scenario that cannot be used marks its cases.
    """
    from alliance_sim.engine.kernel.batch import make_ready, setting_of
    from alliance_sim.engine.kernel.layout import LANES

    open_blocks: dict[tuple[Frame, object], tuple[Setting, list[Ready], list[int]]] = {}
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
        alike = ready.frame, scenario.holds
        block = open_blocks.get(alike)
        if block is None:
            problem = _lacking(scenario, outcomes)
            if problem:
                status[row] = problem
                continue
            setting = setting_of(ready.frame, state_names(scenario), outcomes)
            block = open_blocks[alike] = (setting, [], [])
        block[1].append(ready)
        block[2].append(row)
        if len(block[2]) == LANES:
            yield block
            open_blocks[alike] = (block[0], [], [])
    yield from (block for block in open_blocks.values() if block[2])


def _lacking(scenario: Scenario, outcomes: Sequence[Outcome]) -> str:
    """Return which outcomes are of states that a scenario does not have, "" if none is."""
    states = state_names(scenario)
    told = (
        f"outcome {outcome.name!r}: {unknown_name('state', outcome.state, states)}"
        for outcome in outcomes
        if outcome.state not in states
    )
    return "; ".join(told)
