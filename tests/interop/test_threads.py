"""Threads may run and simulate at once: each gets what it would have got alone."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import alliance_sim
from alliance_sim import load_scenario, simulate
from alliance_sim.interop import cache
from alliance_sim.scenario import edit

BASE = load_scenario("japan_nato/baseline")
SHORT = BASE.with_setting("time.first_year", 2006).with_setting("time.last_year", 2012)
THREADS, TURNS = 4, 20


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Threads that take turns often, and memories that forget at once."""
    monkeypatch.setattr(cache, "KEPT", 2)
    monkeypatch.setattr(cache, "KEPT_OUTCOMES", 1)
    monkeypatch.setattr(edit, "MOST_KEPT", 2)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def one_run(number: int) -> dict[str, float]:
    """Return what `run` gives for one of a few sets of numbers, scenarios and outcomes."""
    world = SHORT if number % 3 else SHORT.with_number("willingness.threat_state", 1.0)
    pull = 0.5 + 0.25 * (number % 5)
    wanted = [f"level_political@{2007 + number % 4}", "rung_end"]
    return alliance_sim.run(
        {"willingness__threat_state": pull}, scenario=world, rng=7, run=number, outcomes=wanted
    )


def few_runs(number: int) -> bytes:
    engine = ("kernel", "mesa")[number % 4 == 0]
    world = SHORT.with_number("willingness.threat_state", 0.5 + 0.25 * (number % 5))
    return simulate(world, runs=2, seed=number, engine=engine).values.tobytes()


@pytest.mark.parametrize("work", [one_run, few_runs])
def test_threads_at_once_get_what_each_would_get_alone(work: Callable[[int], Any]) -> None:
    alone = [work(number) for number in range(TURNS)]
    ready, found, errors = threading.Barrier(THREADS), [], []

    def turns(first: int) -> None:
        ready.wait(60)
        try:
            for turn in range(TURNS):
                number = (first + turn) % TURNS
                found.append(work(number) == alone[number])
        except Exception as error:  # noqa: BLE001 - shown by the test
            errors.append(error)

    threads = [threading.Thread(target=turns, args=(3 * first,)) for first in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert found == [True] * THREADS * TURNS
