"""What a results folder survives, and what it says of what it does not."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from alliance_sim import files
from alliance_sim.errors import ResultError, UnfinishedError
from alliance_sim.sweep.sweep import open_sweep
from tests.sweep.conftest import PROGRAMS, Run, content

pytestmark = pytest.mark.usefixtures("small_files")


def parts(out: Path) -> list[Path]:
    return sorted((out / "work").glob("part-*.parquet"))


def test_a_stopped_sweep_goes_on_and_ends_as_if_never_stopped(
    run: Run, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    for stop in (96, 320, 608):
        run(tmp_path, stop=stop)
        assert open_sweep(tmp_path, unfinished=True).done == stop
        with pytest.raises(ResultError, match=f"not finished, {stop} of 640 rows.*alliance-sim sw"):
            open_sweep(tmp_path)
    run(tmp_path)
    assert content(tmp_path) == undisturbed


def test_a_finished_folder_is_left_alone(
    run: Run, quick: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    monkeypatch.setattr(files, "placing", None)
    assert run(tmp_path, summarise=quick.starves).complete
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == times


def tear(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGES = pytest.mark.parametrize(
    ("damage", "words"),
    [(tear, "is torn"), (flip, "is damaged (wrong checksum)"), (Path.unlink, "is missing")],
)


@DAMAGES
def test_a_bad_part_is_set_aside_and_computed_again(
    damage: Callable[[Path], None],
    words: str,
    run: Run,
    tmp_path: Path,
    undisturbed: dict[str, bytes],
    caplog: pytest.LogCaptureFixture,
) -> None:
    run(tmp_path, stop=160)
    bad = parts(tmp_path)[2]
    damage(bad)
    with pytest.raises(ResultError, match=f"work/{bad.name} {words.split(' (', maxsplit=1)[0]}"):
        open_sweep(tmp_path, unfinished=True)
    run(tmp_path, stop=161)
    assert f"{bad.name}: {words}" in caplog.text
    assert "its 32 rows are computed again" in caplog.text
    assert (bad.with_name(f"{bad.name}.bad").exists()) == (damage is not Path.unlink)
    run(tmp_path)
    assert content(tmp_path) == undisturbed


def test_a_part_that_goes_bad_on_the_way_is_noticed_when_it_is_used(
    run: Run, tmp_path: Path, undisturbed: dict[str, bytes], caplog: pytest.LogCaptureFixture
) -> None:
    damaged: list[Path] = []

    def damage(done: int, total: int) -> None:
        if done == 224 and not damaged:
            damaged.append(parts(tmp_path)[0])
            flip(damaged[0])

    run(tmp_path, progress=damage)
    assert f"{damaged[0].name}: is damaged" in caplog.text
    assert content(tmp_path) == undisturbed


@DAMAGES
def test_a_finished_file_that_went_bad_is_told_and_mended(
    damage: Callable[[Path], None],
    words: str,
    run: Run,
    tmp_path: Path,
    undisturbed: dict[str, bytes],
) -> None:
    run(tmp_path)
    damage(tmp_path / "rows" / "runs-00001.parquet")
    with pytest.raises(ResultError) as caught:
        open_sweep(tmp_path)
    assert f"rows/runs-00001.parquet {words}" in str(caught.value)
    assert f"alliance-sim sweep {tmp_path}" in str(caught.value)
    run(tmp_path)
    mended = content(tmp_path)
    mended.pop("runs-00001.parquet.bad", None)
    assert mended == undisturbed


def test_torn_and_foreign_lines_of_the_journal_are_passed_over(
    run: Run, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    run(tmp_path, stop=160)
    journal = tmp_path / "work" / "parts.jsonl"
    lines = [line for line in journal.read_bytes().splitlines() if line]
    assert len(lines) == 5
    lines[1] = lines[1][:-20]
    lines[2] = b'{"kind": "part", "name": "part-000000000064-000000000096.parquet", "rows": "32"}'
    journal.write_bytes(b"\xff\n[]\n" + b"\n".join(lines)[:-7])
    assert open_sweep(tmp_path, unfinished=True).done == 64
    run(tmp_path)
    assert content(tmp_path) == undisturbed


def test_a_part_that_no_line_tells_of_is_computed_again(
    run: Run, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    run(tmp_path, stop=160)
    (tmp_path / "work" / "parts.jsonl").write_bytes(b"")
    flip(parts(tmp_path)[0])
    run(tmp_path)
    assert content(tmp_path) == undisturbed


def test_a_part_left_behind_by_the_making_of_a_file_is_removed(
    run: Run, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    run(tmp_path, stop=224)
    old = {path: path.read_bytes() for path in parts(tmp_path)}
    run(tmp_path, stop=288)
    for path, data in old.items():
        path.write_bytes(data)
    run(tmp_path, stop=320)
    assert not any(path.exists() for path in old)
    run(tmp_path)
    assert content(tmp_path) == undisturbed


def test_what_a_killed_runner_was_writing_is_removed(
    run: Run, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    run(tmp_path, stop=96)
    names = ("part-000000000096-000000000128.parquet", "runs-00000.parquet", "manifest.json")
    leftovers = [tmp_path / "work" / f"{name}.0a1b2c3d.tmp" for name in names]
    for leftover in leftovers:
        leftover.write_bytes(b"half")
    run(tmp_path, stop=128)
    assert not any(leftover.exists() for leftover in leftovers)
    run(tmp_path)
    assert content(tmp_path) == undisturbed


class Stop(BaseException):
    """Stands for a kill: nothing of ours handles it."""


@contextmanager
def failing(at: int, error: BaseException) -> Iterator[list[str]]:
    """Let the operation on the disk with this number fail; yield what was done before."""
    done: list[str] = []

    def counted(name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
        def operate(*args: Any, **kwargs: Any) -> Any:
            done.append(name)
            if len(done) - 1 == at:
                raise error
            return operation(*args, **kwargs)

        return operate

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in ((os, "fsync"), (os, "write"), (Path, "replace"), (Path, "unlink")):
            patch.setattr(owner, name, counted(name, getattr(owner, name)))
        yield done


@pytest.mark.slow
def test_whatever_fails_on_the_disk_at_whatever_moment_nothing_good_is_lost(
    run: Run, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    with failing(-1, Stop()) as operations:
        run(tmp_path / "count", block=300)
    assert len(operations) > 40
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    told: list[str] = []
    for at in range(0, len(operations), 3):
        error = (Stop(), full)[at % 2]
        out = tmp_path / str(at)
        try:
            with failing(at, error):
                run(out, block=300)
        except (Stop, UnfinishedError) as stopped:
            told.append(str(stopped))
        run(out, block=100)
        assert content(out) == undisturbed, operations[at]
    assert len(told) > 12
    assert sum("the disk is full" in text for text in told) > 4


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sets a limit on the size of files")
def test_a_disk_that_is_full_loses_nothing(
    run: Run, plan_file: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    program = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),"
        " -1)); sys.argv = sys.argv[2:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    run(tmp_path, stop=32)
    words = [PROGRAMS / "quick.py", plan_file, tmp_path, 1, 32, 0, 256, 64]
    most = min(len(undisturbed[f"rows/runs-{k:05d}.parquet"]) for k in (0, 1)) - 1
    ended = subprocess.run(
        [sys.executable, "-c", program, str(most), *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "a file would become larger than this process may write" in ended.stderr
    assert "rows are safe. Mend that, and give the same command again" in ended.stderr
    assert "256 of 640" in ended.stderr, "the parts of the file that could not be written"
    run(tmp_path)
    assert content(tmp_path) == undisturbed


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="mounts a small disk"
)
def test_a_disk_that_is_really_full_loses_nothing(
    run: Run, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    out = tmp_path / "small"
    out.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(out)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("may not mount")
    try:
        with pytest.raises(UnfinishedError, match=r"the disk is full; [0-9]+ of 640 rows are safe"):
            run(out)
        assert open_sweep(out, unfinished=True).done > 0
        subprocess.run(["mount", "-o", "remount,size=20m", str(out)], check=True)
        run(out)
        assert content(out) == undisturbed
    finally:
        subprocess.run(["umount", str(out)], check=True)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Let this process do without the rights of root, if it has them."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let this process only read a folder, also if it runs as root."""
    top = Path(tempfile.gettempdir())
    for parent in folder.parents:
        if top in parent.parents and parent.stat().st_uid == os.getuid():
            parent.chmod(0o755)
    folder.chmod(0o555)
    try:
        with as_nobody():
            yield
    finally:
        folder.chmod(0o755)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_folder_that_can_only_be_read_is_told_and_its_rows_can_be_read(
    run: Run, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    out = tmp_path / "out"
    run(out, stop=96)
    (out / "work").chmod(0o555)
    with read_only(out):
        with pytest.raises(UnfinishedError, match="no permission"):
            run(out)
        assert open_sweep(out, unfinished=True).done == 96
    (out / "work").chmod(0o755)
    run(out)
    assert content(out) == undisturbed
    with read_only(out):
        assert run(out).complete
        assert len(open_sweep(out).frame([])) == 640
    out.chmod(0)
    with as_nobody(), pytest.raises(ResultError, match="out: cannot be read: no permission"):
        run(out)
    out.chmod(0o755)
    with read_only(tmp_path), pytest.raises(UnfinishedError, match="no row was written"):
        run(tmp_path / "new")
