"""The compiled engine on disk: compiled once, never served stale, and never in the way."""

from __future__ import annotations

import ast
import errno
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim.engine.kernel import cache
from alliance_sim.engine.kernel.cache import ASSEMBLY, FOLDER, PACKAGE, SOURCES, Compiled

PROGRAM = """
import numpy as np

from alliance_sim.engine.kernel.cache import Compiled


def total(values):
    found = 0.0
    for value in values:
        found += value
    return found


work = Compiled(total)
answer = work(np.arange(4.0))
stats = work._dispatcher.stats
print(answer, sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
"""
COMPILED, LOADED = ["6.0", "0", "1"], ["6.0", "1", "0"]
VALUES = np.arange(4.0)


def total(values: Any) -> Any:
    """Return a sum; stands for an engine that takes long to compile."""
    found = 0.0
    for value in values:
        found += value
    return found


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where code is kept during a test."""
    chosen = tmp_path / "kept"
    monkeypatch.setenv(FOLDER, str(chosen))
    return chosen


def counts(work: Compiled) -> tuple[int, int]:
    """Return how often code was loaded, and how often compiled."""
    stats = work._dispatcher.stats
    return sum(stats.cache_hits.values()), sum(stats.cache_misses.values())


def used(function: Callable[..., Any] = total) -> Compiled:
    """Return a compiled function that has been called once and gave the right answer."""
    work = Compiled(function)
    assert work(VALUES) == 6.0
    return work


def kept(folder: Path, kind: str) -> list[Path]:
    return sorted(folder.rglob(f"*.{kind}"))


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return path


def started(program: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", str(program)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> list[str]:
    """Return what a process printed."""
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return out.split()


def test_what_one_process_compiled_the_next_one_loads(program: Path, folder: Path) -> None:
    assert ended(started(program)) == COMPILED
    files = kept(folder, "nb[ic]")
    assert len(files) == 2
    before = [path.stat().st_mtime_ns for path in files]
    assert ended(started(program)) == LOADED
    assert [path.stat().st_mtime_ns for path in files] == before


def test_processes_started_at_once_compile_once_and_all_answer(program: Path) -> None:
    processes = [started(program) for _ in range(4)]
    found = sorted(ended(process) for process in processes)
    assert {answer for answer, _, _ in found} == {"6.0"}
    if sys.platform != "win32":
        assert found == sorted([COMPILED, LOADED, LOADED, LOADED])


def test_a_process_killed_while_it_compiles_holds_nobody_up(program: Path, folder: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("there is no lock to hold")
    program.write_text(
        PROGRAM.replace(
            "work = ",
            "import time\nCompiled._with_types = lambda *a, **k: "
            "(print('held', flush=True), time.sleep(600))\nwork = ",
        ),
        encoding="utf-8",
    )
    holder = started(program)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.communicate()
    program.write_text(PROGRAM, encoding="utf-8")
    assert ended(started(program)) == COMPILED


def test_the_same_function_asked_for_again_is_loaded() -> None:
    assert counts(used()) == (0, 1)
    assert counts(used()) == (1, 0)


def test_threads_that_ask_at_once_compile_once() -> None:
    work, ready, found = Compiled(total), threading.Barrier(4), []

    def ask() -> None:
        ready.wait()
        found.append(work(VALUES))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [6.0] * 4
    assert counts(work) == (0, 1)


def test_machine_code_is_kept_as_text_for_those_who_look(folder: Path) -> None:
    used()
    (text,) = folder.rglob(ASSEMBLY)
    assert "total" in text.read_text(encoding="utf-8")


def test_the_folder_is_the_users_unless_another_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cache.folder().parent == folder
    monkeypatch.delenv(FOLDER)
    assert "alliance-sim" in cache.folder().parent.parts
    monkeypatch.setenv(FOLDER, "")
    assert "alliance-sim" in cache.folder().parent.parts


@pytest.mark.parametrize("inside", [False, True])
def test_where_a_file_lies_in_the_folders_place_code_is_compiled_and_not_kept(
    inside: bool, folder: Path, program: Path
) -> None:
    in_the_way = cache.folder() if inside else folder
    in_the_way.parent.mkdir(parents=True, exist_ok=True)
    in_the_way.write_text("a file, not a folder", encoding="utf-8")
    assert counts(used()) == counts(used()) == (0, 1)
    assert ended(started(program)) == COMPILED
    assert in_the_way.read_text(encoding="utf-8") == "a file, not a folder"


def test_where_the_lock_cannot_be_made_code_is_compiled_and_not_kept(folder: Path) -> None:
    (cache.folder() / "lock").mkdir(parents=True)
    assert counts(used()) == counts(used()) == (0, 1)
    assert kept(folder, "nb[ic]") == []


def test_where_the_disk_is_full_code_is_compiled_and_not_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from numba.core.caching import IndexDataCacheFile

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(IndexDataCacheFile, "save", full)
    with caplog.at_level("INFO", logger=cache.__name__):
        assert counts(used()) == counts(used()) == (0, 1)
    assert kept(folder, "nb[ic]") == []
    assert "No space left on device" in caplog.text


def test_the_user_is_told_once_that_compiling_takes_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level("INFO", logger=cache.__name__):
        used()
        used()
    assert caplog.text.count("Compiling the model for this machine") == 1


def test_other_sources_are_not_served_old_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used()
    monkeypatch.setattr(cache, "digest", lambda: "0" * 64)
    assert counts(used()) == (0, 1)
    assert len(kept(folder, "nbi")) == 2
    monkeypatch.undo()
    monkeypatch.setenv(FOLDER, str(folder))
    assert counts(used()) == (1, 0)


def test_a_folder_that_belongs_to_other_sources_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    used()
    shared = cache.folder()
    monkeypatch.setattr(cache, "folder", lambda: shared)
    monkeypatch.setattr(cache, "digest", lambda: "0" * 64)
    assert counts(used()) == (0, 1)


def halved(data: bytes) -> bytes:
    return data[: len(data) // 2]


def emptied(_: bytes) -> bytes:
    return b""


def scrambled(data: bytes) -> bytes:
    return bytes(255 - byte for byte in data)


def cut(data: bytes) -> bytes:
    return data[:-1]


@pytest.mark.parametrize("spoil", [halved, emptied, scrambled, cut])
@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_a_file_that_was_damaged_is_compiled_anew(
    kind: str, spoil: Callable[[bytes], bytes], folder: Path
) -> None:
    used()
    (path,) = kept(folder, kind)
    path.write_bytes(spoil(path.read_bytes()))
    used()
    assert counts(used()) == (1, 0)  # what was damaged is whole again


def test_a_file_that_went_missing_is_compiled_anew(folder: Path) -> None:
    for kind in ("nbi", "nbc"):
        used()
        (path,) = kept(folder, kind)
        path.unlink()
        assert counts(used()) == (0, 1)


@pytest.mark.parametrize(
    "other",
    [
        np.arange(8.0)[::2],
        np.arange(4),
        np.arange(4.0).astype(np.float32),
        np.ones((2, 2)),
        np.asfortranarray(np.ones((2, 2))),
        [0.0, 1.0],
    ],
    ids=["strided", "whole numbers", "short floats", "two axes", "by columns", "a list"],
)
def test_arguments_of_another_layout_are_refused_and_not_compiled_for(other: Any) -> None:
    work = used()
    with pytest.raises(TypeError, match="No matching definition"):
        work(other)
    assert len(work._dispatcher.signatures) == 1
    assert work(VALUES) == 6.0


def test_arrays_that_cannot_be_written_to_are_another_layout() -> None:
    work, fixed = used(), np.arange(4.0)
    fixed.setflags(write=False)
    with pytest.raises(TypeError, match="No matching definition"):
        work(fixed)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package whose sources may be edited."""
    copied = tmp_path / "alliance_sim"
    shutil.copytree(PACKAGE, copied, ignore=shutil.ignore_patterns("__pycache__", "data"))
    monkeypatch.setattr(cache, "PACKAGE", copied)
    return copied


def fresh() -> str:
    return str(cache.digest.__wrapped__())


@pytest.mark.parametrize(
    "name",
    [
        *("rules/council.py", "rules/levels.py", "arithmetic.py", "noise.py", "compiled.py"),
        *("engine/kernel/sides.py", "engine/kernel/cache.py", "world/coefficients.py"),
    ],
)
def test_an_edit_of_any_source_of_the_engine_asks_for_new_code(name: str, copy: Path) -> None:
    before = fresh()
    with (copy / name).open("a", encoding="utf-8") as file:
        file.write("# edited\n")
    assert fresh() != before


def test_a_new_rule_room_and_a_renamed_one_ask_for_new_code(copy: Path) -> None:
    before = fresh()
    (copy / "rules" / "more.py").write_text("", encoding="utf-8")
    added = fresh()
    (copy / "rules" / "more.py").rename(copy / "rules" / "much.py")
    assert len({before, added, fresh()}) == 3


def test_an_edit_elsewhere_keeps_the_code(copy: Path) -> None:
    before = fresh()
    for name in ("cli/app.py", "plots/style.py", "engine/mesa_model/agents.py"):
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write("# edited\n")
    (copy / "rules" / "__pycache__").mkdir()
    (copy / "rules" / "__pycache__" / "council.pyc").write_bytes(b"compiled")
    assert fresh() == before


def among_sources(path: Path) -> bool:
    return any(path == PACKAGE / name or PACKAGE / name in path.parents for name in SOURCES)


def test_all_that_is_compiled_and_all_that_it_imports_is_among_the_sources() -> None:
    rooms, imported = set(), set()
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if not re.search(r"^@(rule|stage|inlined)$", text, re.MULTILINE):
            continue
        rooms.add(path)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("alliance_sim."):
                imported.add(PACKAGE / Path(*str(node.module).split(".")[1:]).with_suffix(".py"))
    assert len(rooms) > 15
    assert [path for path in rooms if not among_sources(path)] == []
    # Errors are raised in Python, before anything compiled is called.
    assert [p for p in imported if not among_sources(p)] == [PACKAGE / "errors.py"]
