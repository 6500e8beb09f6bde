"""Stands in for the engine where a test is about files: quick, and as deterministic.

As a program it runs a sweep, and can be killed; arguments: plan, folder, workers, rows of a block,
seconds for each run, rows of a file, rows of a group.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from alliance_sim.engine.cases import Case, Summaries
from alliance_sim.sweep.run import run_sweep
from alliance_sim.sweep.store import metadata

FAILS = 100  # one run in so many fails


def summarise(
    cases: Sequence[Case], *, seed: int, outcomes: Sequence[Any], seconds: float = 0.0
) -> Summaries:
    """Return numbers that depend on what they may depend on: scenario, run, seed and outcome."""
    time.sleep(seconds * len(cases))
    runs = np.array([case.run for case in cases], dtype=np.uint64)
    pulls = np.array([case.scenario.willingness.threat_state.value for case in cases])
    names = np.array([hash_of(outcome.text) for outcome in outcomes], dtype=np.uint64)
    mixed = (runs[:, None] + np.uint64(seed)) * names[None, :]
    values = (mixed % np.uint64(1_000_003)).astype(np.float64) / 7.0 + pulls[:, None]
    failed = runs % np.uint64(FAILS) == 7
    values[failed] = np.nan
    status = tuple("made to fail" if fails else "ok" for fails in failed.tolist())
    return Summaries(values, status)


def hash_of(text: str) -> int:
    """Return a number below 2**32 for a text, the same in every process."""
    return int.from_bytes(text.encode()[:64], "little") % (2**32 - 5)


def raises(cases: Sequence[Case], *, seed: int, outcomes: Sequence[Any]) -> Summaries:
    """Raise an error as soon as one run is number 3."""
    if any(case.run == 3 for case in cases):
        raise ZeroDivisionError("run 3\ncannot be divided")
    return summarise(cases, seed=seed, outcomes=outcomes)


def dies(cases: Sequence[Case], *, seed: int, outcomes: Sequence[Any]) -> Summaries:
    """End the process as soon as one run is number 3, as the system does for want of memory."""
    import os

    if any(case.run == 3 for case in cases):
        os._exit(9)
    return summarise(cases, seed=seed, outcomes=outcomes)


def fails_more(cases: Sequence[Case], *, seed: int, outcomes: Sequence[Any]) -> Summaries:
    """As `summarise`, but for runs 3 and 4, which fail for a reason that may pass."""
    found = summarise(cases, seed=seed, outcomes=outcomes)
    hit = [case.run in {3, 4} for case in cases]
    values = np.where(np.array(hit)[:, None], np.nan, found.values)
    told = zip(hit, found.status, strict=True)
    return Summaries(values, tuple("out of luck" if bad else text for bad, text in told))


def all_fail(cases: Sequence[Case], *, seed: int, outcomes: Sequence[Any]) -> Summaries:
    """Return what runs come to that all become infinite."""
    values = np.full((len(cases), len(outcomes)), np.nan)
    return Summaries(values, ("became infinite",) * len(cases))


def broken(cases: Sequence[Case], *, seed: int, outcomes: Sequence[Any]) -> Summaries:
    """Fail as an installation does in which nothing works."""
    raise TypeError("no compiler here")


def stops(
    cases: Sequence[Case], *, seed: int, outcomes: Sequence[Any], error: type[Exception]
) -> Summaries:
    """Raise an error that is not of the run, once a few runs have worked."""
    if any(case.run == 3 for case in cases):
        raise error("not of the run")
    return summarise(cases, seed=seed, outcomes=outcomes)


def starves(cases: Sequence[Case], *, seed: int, outcomes: Sequence[Any]) -> Summaries:
    """Run out of memory."""
    raise MemoryError


if __name__ == "__main__":
    plan, out, workers, block, seconds, file_rows, group_rows = sys.argv[1:]
    metadata.FILE_ROWS, metadata.GROUP_ROWS = int(file_rows), int(group_rows)
    slow = partial(summarise, seconds=float(seconds))
    found = run_sweep(plan, out, workers=int(workers), block=int(block), summarise=slow)
    sys.exit(0 if found.complete else 1)
