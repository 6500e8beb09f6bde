"""Locks last as long as the process that took them, and no longer."""

from __future__ import annotations

import errno
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from alliance_sim.sweep.store import locks
from alliance_sim.sweep.store.locks import STATE, Locks

OTHER = """
import sys
from pathlib import Path
from alliance_sim.sweep.store.locks import Locks
mine = Locks(Path(sys.argv[1]))
print(mine.take(0, 100), mine.take(100, 200), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / ".lock"


@pytest.fixture
def other(lock: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process, which holds rows 0 to 199."""
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().split() == ["True", "True"]
        yield process
        process.kill()


def test_a_lock_excludes_what_overlaps_until_the_process_is_killed(
    lock: Path, other: subprocess.Popen[str]
) -> None:
    mine = Locks(lock)
    assert not mine.take(0, 1)
    assert not mine.take(150, 300)
    assert mine.take(200, 300)
    assert mine.sure
    other.kill()
    other.wait()
    assert mine.take(0, 200)
    mine.close()
    assert lock.read_bytes() == b""


def test_who_ignores_others_takes_what_they_hold_but_not_twice(
    lock: Path, other: subprocess.Popen[str]
) -> None:
    mine = Locks(lock)
    mine.ignore_others = True
    assert mine.take(0, 100)
    assert not mine.take(50, 60)
    assert not mine.sure
    mine.close()


def test_locks_of_one_process_exclude_each_other_and_outlive_a_neighbour(lock: Path) -> None:
    one, two, three = Locks(lock), Locks(lock), Locks(lock)
    assert one.take(0, 10)
    assert not two.take(5, 15)
    assert two.take(10, 15)
    one.close()
    assert three.take(0, 10)
    with two.held(3, 4) as ours:
        assert not ours
    program = OTHER.replace("sys.stdin.read()", "")
    seen = subprocess.run(
        [sys.executable, "-c", program, str(lock)], capture_output=True, text=True, check=True
    )
    assert seen.stdout.split() == ["False", "True"], "closing one has not released the others"
    two.close()
    three.close()


def test_the_state_is_held_by_one_at_a_time(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = Locks(lock), Locks(lock)
    waits: list[float] = []

    def let_go(seconds: float) -> None:
        waits.append(seconds)
        one.release(STATE, STATE + 1)

    monkeypatch.setattr("time.sleep", let_go)
    assert one.take(STATE, STATE + 1)
    with two.state():
        assert len(waits) == 1
    one.close()
    two.close()


def test_where_there_are_no_locks_every_one_is_granted_and_none_is_sure(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.name != "posix":
        pytest.skip("locks of POSIX")

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr("fcntl.lockf", refuse)
    mine = Locks(lock)
    assert mine.take(0, 10)
    assert not mine.sure
    mine.close()


def loaded_on(platform: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module as it is on another system."""
    monkeypatch.setattr(sys, "platform", platform)
    spec = importlib.util.find_spec(locks.__name__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_windows_locks_the_same_bytes(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[tuple[int, int]] = []

    def locking(handle: int, mode: int, count: int) -> None:
        place = os.lseek(handle, 0, os.SEEK_CUR)
        if mode == 2:
            held.remove((place, count))
        elif any(place < a + n and a < place + count for a, n in held):
            raise OSError(errno.EACCES, "locked")
        else:
            held.append((place, count))

    fake = ModuleType("msvcrt")
    vars(fake).update(locking=locking, LK_NBLCK=1, LK_UNLCK=2)
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    windows = loaded_on("win32", monkeypatch)
    mine = windows.Locks(lock)
    assert mine.take(4096, 8192)
    assert held == [(4096, 4096)]
    held.append((10, 5))
    assert not mine.take(12, 20)
    assert mine.sure
    mine.close()
    assert held == [(10, 5)]


def test_a_browser_has_no_locks(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = loaded_on("emscripten", monkeypatch).Locks(lock)
    assert mine.take(0, 10)
    assert not mine.sure
    mine.close()
