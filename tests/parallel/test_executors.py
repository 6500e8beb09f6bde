"""One room starts workers, whatever kind they are, and hands work out in one way."""

from __future__ import annotations

import re
from concurrent.futures import BrokenExecutor
from pathlib import Path

import pytest

import alliance_sim
from alliance_sim.errors import UnfinishedError
from alliance_sim.parallel import executors

PACKAGE = Path(alliance_sim.__file__).parent
KINDS = [{}, {"threads": 3}, {"workers": 2}]


@pytest.mark.parametrize("kind", KINDS, ids=["here", "threads", "processes"])
def test_every_kind_of_executor_does_all_the_work(kind: dict[str, int]) -> None:
    with executors.chosen(**kind) as pool:
        assert sorted(executors.spread(pool, abs, range(-20, 0))) == list(range(1, 21))
        assert list(executors.spread(pool, abs, [])) == []


@pytest.mark.parametrize("kind", KINDS, ids=["here", "threads", "processes"])
def test_an_error_of_the_work_is_raised_as_it_is(kind: dict[str, int]) -> None:
    with executors.chosen(**kind) as pool, pytest.raises(ValueError, match="invalid literal"):
        list(executors.spread(pool, int, ["1", "x", "3"]))


def test_few_parts_are_handed_out_at_a_time() -> None:
    asked: list[int] = []

    class Parts(list[int]):
        def __iter__(self):  # type: ignore[no-untyped-def]
            for part in range(100):
                asked.append(part)
                yield part

    with executors.chosen(threads=2) as pool:
        results = executors.spread(pool, abs, Parts())
        next(results)
        assert len(asked) <= 2 * executors.AHEAD
        results.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", [0, -1, 1.0, "2", True, None, 10**9])
def test_a_number_of_workers_that_is_none_is_told_with_the_most(value: object) -> None:
    most = executors.most_workers()
    assert most >= max(64, executors.processors())
    problem = f"workers is {value!r}, must be a whole number from 1 to {most}"
    assert executors.workers_problem("workers", value) == problem
    assert executors.workers_problem("workers", most) is None


def test_a_dead_worker_is_told_with_what_to_do() -> None:
    told = executors.failure(BrokenExecutor("gone"), "Try again")
    assert isinstance(told, UnfinishedError)
    assert re.search(r"a worker process died.*memory\. Try again\. \(In a script", str(told))


def test_nobody_else_starts_workers() -> None:
    starts = re.compile(r"(Thread|Process)PoolExecutor|multiprocessing|\bProcess\(|os\.fork")
    found = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        if starts.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"parallel"}
