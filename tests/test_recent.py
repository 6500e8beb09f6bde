"""A memory of what was made last."""

from __future__ import annotations

import threading

import pytest

from alliance_sim.recent import Recent


def test_what_nobody_asked_for_the_longest_is_forgotten() -> None:
    made: list[int] = []
    memory: Recent[int, int] = Recent(2)

    def ask(key: int) -> int:
        def make() -> int:
            made.append(key)
            return key

        return memory.get(key, make)

    assert [ask(key) for key in (1, 2, 1, 3, 1, 2)] == [1, 2, 1, 3, 1, 2]
    assert made == [1, 2, 3, 2]
    assert len(memory) == 2
    assert memory.values() == [1, 2]


def test_what_could_not_be_made_is_not_kept() -> None:
    memory: Recent[str, int] = Recent(2)
    with pytest.raises(ZeroDivisionError):
        memory.get("a", lambda: 1 // 0)
    assert memory.get("a", lambda: 5) == 5


def test_threads_that_ask_for_the_same_get_the_same() -> None:
    memory: Recent[str, object] = Recent(2)
    found: list[object] = []
    together = threading.Barrier(8)

    def ask() -> None:
        together.wait()
        found.append(memory.get("a", object))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1
