"""Ways to run the same model with the same seed, for `bench_engines.py` to compare."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim import Kernel, Mesa, Scenario, load_scenario, simulate
from alliance_sim.engine.cases import Case, summarise_cases
from alliance_sim.results.outcomes import Outcome, standard_outcomes
from alliance_sim.world import calendar_of
from alliance_sim.world.state import state_names
from benchmarks.mesa_batch import NAME, SEED, alone, batch
from engines.c import Library, blocks_in_c, compiler

CHUNK = 8192  # runs that a Dask worker takes at a time
Run = Callable[[int], object]  # simulates so many runs
Opened = Callable[[], AbstractContextManager[Run]]


@dataclass(frozen=True)
class Way:
    """One way to run the model.

    Attributes:
        key: A short name.
        words: What the table says.
        workers: Threads or processes that work.
        runs: Runs in a round, and in a round of a quick comparison.
        opened: Gets ready, hands over what runs, and tidies up.
        single: Key of the same way with one worker, if there is one.
        children: Whether the workers are processes of their own.
        warm: Whether to run once before each round: whoever is the first to take much memory pays
            for what the next one finds.
    """

    key: str
    words: str
    workers: int
    runs: tuple[int, int]
    opened: Opened
    single: str = ""
    children: bool = False
    warm: bool = False


@lru_cache(maxsize=1)
def baseline() -> tuple[Scenario, tuple[Outcome, ...]]:
    """Return the scenario that is compared, and its standard outcomes."""
    scenario = load_scenario(NAME)
    calendar = calendar_of(scenario)
    return scenario, standard_outcomes(state_names(scenario), calendar, len(scenario.rungs))


def outcomes_of(first: int, runs: int, threads: int) -> NDArray[np.float64]:
    """Return the standard outcomes of consecutive runs, by the compiled engine."""
    scenario, outcomes = baseline()
    cases = [Case(scenario, run) for run in range(first, first + runs)]
    return summarise_cases(cases, seed=SEED, outcomes=outcomes, threads=threads).values


@contextlib.contextmanager
def _plain(run: Run) -> Iterator[Run]:
    yield run


def _kernel(threads: int) -> Iterator[Run]:
    yield lambda runs: outcomes_of(0, runs, threads)


def _states(engine: Kernel | Mesa) -> Run:
    scenario, _ = baseline()
    return lambda runs: simulate(scenario, runs=runs, seed=SEED, engine=engine)


@contextlib.contextmanager
def _dask() -> Iterator[Run]:
    """Run in two Dask workers of one thread each; both have loaded the compiled engine."""
    import distributed

    started: Callable[..., Any] = distributed.LocalCluster
    settings = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with started(processes=True, **settings) as cluster, cluster.get_client() as client:

        def run(runs: int) -> NDArray[np.float64]:
            sizes = [min(CHUNK, runs - first) for first in range(0, runs, CHUNK)]
            chunks = [
                client.submit(outcomes_of, CHUNK * k, size, 1, pure=False)
                for k, size in enumerate(sizes)
            ]
            return np.concatenate(client.gather(chunks))

        client.wait_for_workers(2)
        client.run(outcomes_of, 0, 1, 1)
        yield run


@lru_cache(maxsize=1)
def library() -> tuple[Library, float]:
    """Return the model compiled by the C compiler, and how many seconds that took."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        built = Library.build(Path(folder))  # once loaded, it needs its file no more
    return built, time.perf_counter() - start


@contextlib.contextmanager
def _in_c(threads: int) -> Iterator[Run]:
    with blocks_in_c(library()[0]):
        yield partial(_outcomes_with, threads)


def _outcomes_with(threads: int, runs: int) -> NDArray[np.float64]:
    return outcomes_of(0, runs, threads)


def _ways() -> Iterator[Way]:
    one_batch, two_batches = (partial(batch, processes=count) for count in (1, 2))
    yield Way("batch_run", "`mesa.batch_run`", 1, (16, 4), partial(_plain, one_batch))
    yield Way(
        "batch_run_2",
        "`mesa.batch_run`, 2 processes, their start included",
        2,
        (160, 8),
        partial(_plain, two_batches),
        single="batch_run",
        children=True,
    )
    yield Way("model", "the Mesa model alone", 1, (16, 4), partial(_plain, alone))
    yield Way(
        "mesa", "`simulate(engine=Mesa())`", 1, (16, 4), partial(_plain, _states(Mesa(workers=1)))
    )
    for threads, words in ((1, "1 thread"), (2, "2 threads")):
        yield Way(
            f"kernel_{threads}",
            f"compiled engine, outcomes, {words}",
            threads,
            (8192 * threads, 1024 * threads),
            partial(_plain, partial(_outcomes_with, threads)),
            single="kernel_1" if threads == 2 else "",
        )
    for threads, words in ((1, "1 thread"), (2, "2 threads")):
        yield Way(
            f"states_{threads}",
            f"compiled engine, every state of every quarter, {words}",
            threads,
            (2048, 512),
            partial(_plain, _states(Kernel(threads=threads))),
            single="states_1" if threads == 2 else "",
            warm=True,
        )
    yield Way(
        "dask",
        f"compiled engine, outcomes, 2 Dask workers, chunks of {CHUNK:,} runs",
        2,
        (4 * CHUNK, 2 * CHUNK),
        _dask,
        single="kernel_1",
        children=True,
    )
    if compiler() is not None:
        for threads, words in ((1, "1 thread"), (2, "2 threads")):
            yield Way(
                f"c_{threads}",
                f"C, outcomes, {words}",
                threads,
                (8192 * threads, 1024 * threads),
                partial(_in_c, threads),
                single="c_1" if threads == 2 else "",
            )


def ways() -> dict[str, Way]:
    """Return all ways that this machine knows, by key."""
    return {way.key: way for way in _ways()}
