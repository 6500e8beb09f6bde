"""Worker processes do what they are asked, and nobody waits for one that is gone."""

from __future__ import annotations

import errno
import importlib
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import pytest

from alliance_sim.errors import SettingError
from alliance_sim.parallel.processes import Processes
from tests.sweep.conftest import PROGRAMS

SOON = 60  # seconds; what hangs, hangs for ever


@pytest.fixture(scope="module")
def tasks() -> Any:
    if str(PROGRAMS) not in sys.path:
        sys.path.append(str(PROGRAMS))
    return importlib.import_module("tasks")


def ends(number: int) -> bool:
    """Whether a process is gone within seconds."""
    return happens(lambda: not Path(f"/proc/{number}").exists())


def happens(what: Callable[[], bool]) -> bool:
    until = time.monotonic() + SOON
    while not what():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def error_of(future: Future[Any]) -> BaseException:
    error = future.exception(SOON)
    assert error is not None
    return error


def test_more_work_than_workers_is_all_done(tasks: Any) -> None:
    with Processes(2) as pool:
        futures = [pool.submit(tasks.half, number) for number in range(20)]
        assert [future.result(SOON) for future in futures] == [n / 2 for n in range(20)]


def test_workers_are_other_processes_and_gone_afterwards(tasks: Any) -> None:
    with Processes(2) as pool:
        number = pool.submit(tasks.own_number).result(SOON)
        assert number != os.getpid()
    if sys.platform == "linux":
        assert ends(number)


def test_an_error_is_told_with_its_place_and_the_worker_goes_on(tasks: Any) -> None:
    with Processes(1) as pool:
        error = error_of(pool.submit(tasks.divided, 0))
        assert isinstance(error, ZeroDivisionError)
        assert "in divided" in "".join(error.__notes__)
        assert pool.submit(tasks.divided, 4).result(SOON) == 0.25


def test_what_cannot_be_sent_is_an_error_and_the_worker_goes_on(tasks: Any) -> None:
    with Processes(1) as pool:
        for future in (pool.submit(lambda: None), pool.submit(tasks.a_lambda)):
            assert re.search("pickle|local object", str(error_of(future)))
        assert str(error_of(pool.submit(tasks.unreadable_error))) == (
            "WrittenOnlyError: cannot return"
        )
        assert pool.submit(tasks.divided, 4).result(SOON) == 0.25


def test_a_worker_that_dies_in_the_middle_of_its_answer_is_noticed(tasks: Any) -> None:
    with Processes(2) as pool:
        assert isinstance(error_of(pool.submit(tasks.dies_in_mid_answer)), BrokenExecutor)


@pytest.mark.skipif(sys.platform == "win32", reason="kills with SIGKILL")
def test_a_worker_killed_while_idle_keeps_nobody_from_leaving(tasks: Any) -> None:
    with Processes(2) as pool:
        os.kill(pool.submit(tasks.own_number).result(SOON), signal.SIGKILL)


@pytest.mark.skipif(sys.platform == "win32", reason="kills with SIGKILL")
def test_work_for_a_dead_worker_is_broken_and_work_for_others_is_done(tasks: Any) -> None:
    with Processes(2) as pool:
        wait([pool.submit(time.sleep, 0.5) for _ in range(2)], SOON)  # both are there
        dead = pool.submit(tasks.own_number).result(SOON)
        os.kill(dead, signal.SIGKILL)
        futures = []  # one after the other, as who is dead is soon told to be idle again
        for _ in range(4):
            futures.append(pool.submit(tasks.own_number))
            wait(futures, SOON)
        errors = [future.exception(0) for future in futures]
        assert {type(error) for error in errors} == {BrokenExecutor, type(None)}
        numbers = {f.result(0) for f, error in zip(futures, errors, strict=True) if error is None}
        assert dead not in numbers


def test_no_more_workers_are_started_than_there_is_work_for(tasks: Any) -> None:
    with Processes(8) as pool:
        assert pool._processes == []
        numbers = {pool.submit(tasks.own_number).result(SOON) for _ in range(5)}
        assert len(numbers) == len(pool._processes) == 1


def test_what_workers_log_is_logged_here_and_once(
    tasks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "alliance_sim"), Processes(2) as pool:
        futures = [pool.submit(tasks.logs, "the disk is full") for _ in range(6)]
        assert [future.result(SOON) for future in futures] == [None] * 6
    assert caplog.record_tuples == [("alliance_sim.somewhere", 30, "the disk is full")]


def test_a_worker_that_cannot_be_started_is_told_and_nobody_waits(
    tasks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Processes(3) as pool:
        assert pool.submit(tasks.half, 1).result(SOON) == 0.5

        def full(_: object) -> None:
            raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

        monkeypatch.setattr(SpawnProcess, "start", full)
        futures = [pool.submit(time.sleep, 0.2) for _ in range(4)]
        errors = [future.exception(SOON) for future in futures]
        (told, *_) = [error for error in errors if error is not None]
        assert re.search("worker 2 of 3 cannot be started: Resource temp.*fewer", str(told))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_more_workers_than_open_files_allow_are_refused_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import resource

    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 64))
    with pytest.raises(SettingError, match=r"workers is 40, and of the files .* enough for \d+;"):
        Processes(40)


def test_leaving_does_not_wait_for_work(tasks: Any, tmp_path: Path) -> None:
    places = [tmp_path / name for name in ("one", "two")]
    with Processes(2) as pool:
        futures = [pool.submit(tasks.says_so_and_sleeps, str(place)) for place in places]
        waiting = [pool.submit(tasks.half, 1) for _ in range(3)]
        assert happens(lambda: all(place.exists() for place in places))
        began = time.monotonic()
    assert time.monotonic() - began < SOON
    assert all(isinstance(error_of(future), BrokenExecutor) for future in futures)
    assert all(future.cancelled() for future in waiting)
