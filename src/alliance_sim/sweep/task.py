"""A block of rows, computed by whoever has time: this process, another, another machine.

A task goes out by pickle, and what was computed comes back the same way. Workers write nothing:
they need no disk in common with the runner, and one process alone answers for the folder.
"""

from __future__ import annotations

import itertools
import pickle
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim import provenance
from alliance_sim.engine.cases import Case, Summaries, summarise_cases
from alliance_sim.errors import AllianceSimError, EngineError, UnfinishedError
from alliance_sim.results import OK
from alliance_sim.sweep.store.manifest import KERNEL
from alliance_sim.sweep.store.metadata import RowLabels, Span, labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.results.outcomes import Outcome
    from alliance_sim.sweep.plan import Plan

Summarise = Callable[..., Summaries]
KEPT_PLANS = 4  # plans that a worker keeps unpacked
# What says more about the machine than about the run; it stops the sweep and is no row.
NOT_OF_THE_RUN = (EngineError, MemoryError, OSError, ImportError)


@dataclass(frozen=True)
class Task:
    """Rows to compute.

    Attributes:
        plan: The plan, pickled.
        span: Which rows.
        design: Values of each factor, one for each point that the rows belong to.
        outcomes: What to compute of each run.
        summarise: What computes it; a function that other processes can import.
        only: Places in the span of the rows to compute; None for all.
    """

    plan: bytes
    span: Span
    design: Mapping[str, Sequence[Any]]
    outcomes: tuple[Outcome, ...]
    summarise: Summarise = summarise_cases
    only: tuple[int, ...] | None = None

    def rows(self, scenarios: int) -> RowLabels:
        """Return what each row is, for a plan of so many scenarios."""
        return labels(self.span, scenarios).some(self.only)


@dataclass(frozen=True)
class Block:
    """Computed rows.

    Attributes:
        rows: Which rows.
        runs: Number of each row's run.
        values: Array (row, outcome); NaN where a run failed.
        status: Per row "ok", or what went wrong.
        version: Version of this package in the worker.
        seconds: How long it took to compute them.
    """

    rows: RowLabels
    runs: NDArray[np.int64]
    values: NDArray[np.float64]
    status: tuple[str, ...]
    version: str
    seconds: float


def engine_label(summarise: Summarise) -> str:
    """Return what results say of what computed them: "kernel", or a function of somebody's own."""
    if summarise is summarise_cases:
        return KERNEL
    function = getattr(summarise, "func", summarise)  # of a partial function
    return f"function {getattr(function, '__qualname__', type(function).__qualname__)}"


def compute(task: Task) -> Block:
    """Return the rows of a task; a run that fails is a row with a status.

    Raises:
        UnfinishedError: If each of them ends in an error that no model raises, and so does the
            plan's first scenario as it stands: then the fault is with what is installed here.
    """
    began = time.perf_counter()
    plan = _unpacked(task.plan)
    what = task.rows(len(plan.scenarios))
    count = len(what.row)
    pairs = zip(what.point.tolist(), what.replicate.tolist(), strict=True)
    runs = np.array([plan.run_of(*pair) for pair in pairs], dtype=np.int64)
    status = [""] * count
    cases: list[Case] = []
    places: list[int] = []
    foreign: list[Exception] = []
    first = task.span.points(len(plan.scenarios)).start
    for start, stop in _worlds(what):
        point = int(what.point[start]) - first
        chosen = {name: values[point] for name, values in task.design.items()}
        try:
            scenario = plan.scenario_at(plan.labels[int(what.scenario[start])], chosen)
        except NOT_OF_THE_RUN:
            raise
        except Exception as error:  # noqa: BLE001 - as for runs: one bad world loses no others
            status[start:stop] = [_one_line(_told(error, stop - start, foreign))] * (stop - start)
            continue
        cases += [Case(scenario, run) for run in runs[start:stop].tolist()]
        places += range(start, stop)
    values = np.full((count, len(task.outcomes)), np.nan)
    if cases:
        found = _summaries(task, cases, plan.seed, foreign)
        values[places] = found.values
        for place, text in zip(places, found.status, strict=True):
            status[place] = _one_line(text)
    if len(foreign) == count:
        _try_as_it_stands(task, plan)
    seconds = time.perf_counter() - began
    return Block(what, runs, values, tuple(status), provenance.version(), seconds)


@lru_cache(maxsize=KEPT_PLANS)
def _unpacked(plan: bytes) -> Plan:
    """Return a plan; the same object for the same bytes, so that its scenarios stay prepared."""
    found: Plan = pickle.loads(plan)  # noqa: S301 - it comes from the runner that uses us
    return found


def _worlds(what: RowLabels) -> list[tuple[int, int]]:
    """Return the ranges of neighbouring rows that share their scenario and its numbers."""
    new = (np.diff(what.point) != 0) | (np.diff(what.scenario) != 0)
    starts = [0, *(np.flatnonzero(new) + 1).tolist(), len(what.row)]
    return list(itertools.pairwise(starts))


def _summaries(task: Task, cases: Sequence[Case], seed: int, foreign: list[Exception]) -> Summaries:
    """Return the outcomes of all cases; halved until it is clear which of them raises an error."""
    try:
        return task.summarise(cases, seed=seed, outcomes=task.outcomes)
    except NOT_OF_THE_RUN:
        raise
    except Exception as error:  # noqa: BLE001 - one failed run must not lose the others
        if len(cases) == 1:
            nothing = np.full((1, len(task.outcomes)), np.nan)
            return Summaries(nothing, (_told(error, 1, foreign),))
    middle = len(cases) // 2
    parts = (cases[:middle], cases[middle:])
    halves = [_summaries(task, half, seed, foreign) for half in parts]
    values = np.concatenate([half.values for half in halves])
    return Summaries(values, tuple(text for half in halves for text in half.status))


def _told(error: Exception, rows: int, foreign: list[Exception]) -> str:
    """Return an error in words; one that is not ours joins the foreign, once for each row."""
    if isinstance(error, AllianceSimError):
        return str(error)
    foreign += [error] * rows
    return f"{type(error).__name__}: {error}"


def _try_as_it_stands(task: Task, plan: Plan) -> None:
    """Simulate one run of the plan's first scenario, at no point.

    Raises:
        UnfinishedError: If even that ends in an error, which is nobody's result then.
    """
    try:
        task.summarise([Case(plan.scenarios[0], 0)], seed=plan.seed, outcomes=task.outcomes)
    except NOT_OF_THE_RUN:
        raise
    except Exception as error:
        raise UnfinishedError(
            f"nothing can be simulated here, at whatever values: {_one_line(_told(error, 0, []))}. "
            "No row was written for it. Mend what is installed (python -m pip check), then give "
            "the same command again to go on"
        ) from error


def _one_line(text: str) -> str:
    return text if text == OK else " ".join(text.split())
