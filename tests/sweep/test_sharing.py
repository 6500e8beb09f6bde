"""Several runners on one folder share the work, and do each other no harm."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from alliance_sim import files
from alliance_sim.parallel import executors
from alliance_sim.sweep import loop
from alliance_sim.sweep.plan import Plan
from alliance_sim.sweep.run import run_sweep
from alliance_sim.sweep.store import locks
from tests.sweep.conftest import content

pytestmark = pytest.mark.usefixtures("small_files")


def test_two_runners_on_one_folder_share_the_rows(
    plan: Plan, quick: Any, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    computed: list[tuple[int, int]] = []
    both_at_work = threading.Barrier(2)

    class Watched(executors.Inline):
        began = False

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            if not self.began:
                self.began = True
                both_at_work.wait(60)
            computed.append((args[0].span.first, args[0].span.stop))
            return super().submit(fn, *args, **kwargs)

    def one(block: int) -> None:
        out = tmp_path / "out"
        run_sweep(plan, out, executor=Watched(), block=block, summarise=quick.summarise)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, (16, 48)))
    assert content(tmp_path / "out") == undisturbed
    edges = [edge for block in sorted(computed) for edge in block]
    assert (edges[0], edges[-1]) == (0, plan.rows)
    assert edges[1:-1:2] == edges[2:-1:2], "no row is computed twice"


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file system grants every lock of rows and files; only the state of a folder has one."""
    take, release = locks.Locks.take, locks.Locks.release
    monkeypatch.setattr(locks.Locks, "take", lambda self, a, b: a < locks.STATE or take(self, a, b))
    monkeypatch.setattr(
        locks.Locks, "release", lambda self, a, b: a < locks.STATE or release(self, a, b)
    )
    monkeypatch.setattr(
        locks.Locks, "sure", property(lambda _: False, lambda *_: None), raising=False
    )


@pytest.mark.usefixtures("without_locks")
def test_two_runners_without_locks_do_double_work_and_no_harm(
    plan: Plan, quick: Any, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    out = tmp_path / "out"
    with ThreadPoolExecutor(2) as pool:
        runs = [
            pool.submit(run_sweep, plan, out, block=block, summarise=quick.summarise)
            for block in (16, 48)
        ]
    assert all(run.result().complete for run in runs)
    assert content(out) == undisturbed


@pytest.mark.parametrize("looked_at", [1, 2, 3, 4])
@pytest.mark.usefixtures("without_locks")
def test_a_part_that_another_runner_removes_while_it_is_looked_at_is_no_damage(
    plan: Plan,
    quick: Any,
    tmp_path: Path,
    undisturbed: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    looked_at: int,
) -> None:
    """A part is opened twice, to check it and to read it, before its file is put together."""
    out, regular, opened = tmp_path / "out", files.regular, 0

    def opens(path: Any, most: int, *, links: bool = True) -> Any:
        nonlocal opened
        if Path(path).name.startswith("part-"):
            opened += 1
            if opened == looked_at:
                run_sweep(plan, out, block=16, summarise=quick.summarise)
                assert not Path(path).exists()
        return regular(path, most, links=links)

    monkeypatch.setattr(files, "regular", opens)
    assert run_sweep(plan, out, block=48, summarise=quick.summarise).complete
    assert opened >= looked_at
    assert content(out) == undisturbed
    assert "is missing" not in caplog.text


@pytest.mark.usefixtures("without_locks")
def test_a_file_is_written_in_vain_while_another_runner_is_tidying_up(
    plan: Plan,
    quick: Any,
    tmp_path: Path,
    undisturbed: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The folder of parts may still be there when what was being written in it no longer is."""
    out, placing, placed = tmp_path / "out", files.placing, 0

    def emptied(path: Path, **_: Any) -> None:
        for file in path.iterdir():
            file.unlink()

    @contextmanager
    def places(path: Path, *rest: Any, **given: Any) -> Iterator[Any]:
        nonlocal placed
        placed += path.name.startswith("runs-")
        with placing(path, *rest, **given) as file:
            yield file
            if placed == 1 and path.name.startswith("runs-"):
                run_sweep(plan, out, block=16, summarise=quick.summarise)

    monkeypatch.setattr(shutil, "rmtree", emptied)
    monkeypatch.setattr(files, "placing", places)
    assert run_sweep(plan, out, block=48, summarise=quick.summarise).complete
    assert content(out) == undisturbed


def test_a_runner_that_never_lets_go_is_waited_for_only_so_long(
    plan: Plan,
    quick: Any,
    tmp_path: Path,
    undisturbed: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(loop, "PATIENCE", 0.2)
    monkeypatch.setattr(loop, "TICK", 0.05)
    out = tmp_path / "out"
    out.mkdir()
    program = (
        "import fcntl, sys; file = open(sys.argv[1], 'w'); fcntl.lockf(file, fcntl.LOCK_EX, 640, 0)"
        "; print('locked', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(out / ".lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as stuck:
        assert stuck.stdout is not None
        stuck.stdout.readline()
        run_sweep(plan, out, summarise=quick.summarise)
        stuck.kill()
    assert "another runner has locked rows and finished none" in caplog.text
    assert content(out) == undisturbed
