"""Compiled functions: compiled once, tried, never served stale, and never in the way."""

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

from alliance_sim.compiled import cache, jit
from alliance_sim.compiled.cache import FOLDER
from alliance_sim.compiled.function import Compiled
from alliance_sim.compiled.jit import CODE, Jitted
from alliance_sim.engine.kernel.batch import FILLED_FROM, PACKAGE, SOURCES
from alliance_sim.errors import EngineError
from alliance_sim.lab.module import MADE_FROM

PROGRAM = """
import numpy as np

from alliance_sim.compiled.function import Compiled


def total(values):
    found = 0.0
    for value in values:
        found += value
    return found


work = Compiled(total, sources=lambda: "these", check=lambda _: True)
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
    monkeypatch.setattr(jit, "_told", set())
    chosen = tmp_path / "kept"
    monkeypatch.setenv(FOLDER, str(chosen))
    return chosen


def counts(work: Compiled) -> tuple[int, int]:
    """Return how often code was loaded, and how often compiled."""
    stats = work._dispatcher.stats
    return sum(stats.cache_hits.values()), sum(stats.cache_misses.values())


def used(sources: str = "these") -> Compiled:
    """Return a compiled function that has been called once and gave the right answer."""
    work = made(sources=sources)
    assert work(VALUES) == 6.0
    return work


def right(work: Callable[..., Any]) -> bool:
    """Whether a compiled sum is one."""
    return bool(work(VALUES) == 6.0)


def made(
    function: Callable[..., Any] = total,
    sources: str = "these",
    check: Callable[[Callable[..., Any]], bool] = right,
) -> Compiled:
    return Compiled(function, sources=lambda: sources, check=check)


def kept(folder: Path) -> list[Path]:
    return sorted(folder.rglob(f"*{CODE}"))


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
    files = kept(folder)
    assert len(files) == 1
    before = [path.stat().st_mtime_ns for path in files]
    assert ended(started(program)) == LOADED
    assert [path.stat().st_mtime_ns for path in files] == before


@pytest.mark.slow
def test_processes_started_at_once_compile_once_and_all_answer(program: Path) -> None:
    processes = [started(program) for _ in range(4)]
    found = sorted(ended(process) for process in processes)
    assert {answer for answer, _, _ in found} == {"6.0"}
    if sys.platform != "win32":
        assert found == sorted([COMPILED, LOADED, LOADED, LOADED])


@pytest.mark.slow
def test_a_process_killed_while_it_compiles_holds_nobody_up(program: Path, folder: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("there is no lock to hold")
    program.write_text(
        PROGRAM.replace(
            "work = ",
            "import time\nfrom alliance_sim.compiled.jit import Jitted\n"
            "Jitted._compiled = lambda *a, **k: "
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
    work, ready, found = made(), threading.Barrier(4), []

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


def test_where_a_file_lies_in_the_folders_place_code_is_compiled_and_not_kept(
    folder: Path, program: Path
) -> None:
    folder.write_text("a file, not a folder", encoding="utf-8")
    assert counts(used()) == counts(used()) == (0, 1)
    assert folder.read_text(encoding="utf-8") == "a file, not a folder"


def test_where_the_lock_cannot_be_made_code_is_kept_all_the_same(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "lock").mkdir()
    assert [counts(used()) for _ in range(2)] == [(0, 1), (1, 0)]


def test_where_the_disk_is_full_code_is_compiled_and_not_kept_and_that_is_said_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache, "put", full)
    with caplog.at_level("WARNING"):
        assert counts(used()) == counts(used()) == (0, 1)
    assert kept(folder) == []
    (told,) = (line for line in caplog.messages if not line.startswith("Compiling"))
    assert re.search(r"not kept.*'.*kept' cannot be written: the disk is full\. ALLIANCE_SIM", told)


def test_the_user_is_told_once_that_compiling_takes_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level("INFO"):
        used()
        used()
    assert caplog.text.count("Compiling the model, once (about a minute; it is kept in '") == 1
    assert "kept'; ALLIANCE_SIM_CACHE can name another folder) ..." in caplog.text


def test_code_of_other_sources_is_kept_beside_and_not_served(folder: Path) -> None:
    used()
    assert counts(used("others")) == (0, 1)
    assert len(kept(folder)) == 2
    assert counts(used()) == counts(used("others")) == (1, 0)


def test_code_under_the_name_of_another_is_not_believed(folder: Path) -> None:
    used()
    (one,) = kept(folder)
    used("others")
    (other,) = set(kept(folder)) - {one}
    other.write_bytes(one.read_bytes())
    assert counts(used("others")) == (0, 1)


def key_of(types: tuple[Any, ...]) -> str:
    return Jitted(total, lambda: "these", right)._key(types)


@pytest.mark.parametrize("setting", jit.SETTINGS)
def test_code_of_other_settings_of_the_compiler_is_not_served(
    setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    types = (jit.numba.typeof(VALUES),)
    before = key_of(types)
    monkeypatch.setattr(jit.numba.config, setting, "another")
    assert key_of(types) != before


def test_code_that_fails_its_trial_is_an_error_and_is_not_kept(folder: Path) -> None:
    work = made(check=lambda _: False)
    with pytest.raises(EngineError, match=r'other numbers than plain Python.*engine="mesa"'):
        work(VALUES)
    assert kept(folder) == []
    assert counts(used()) == (0, 1)


def test_what_cannot_be_compiled_is_told_in_one_line() -> None:
    with pytest.raises(EngineError, match="the model cannot be compiled") as told:
        made(lambda values: values.no_such_thing)(VALUES)
    assert "\n" not in str(told.value)


def test_a_compiler_that_is_switched_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit.numba.config, "DISABLE_JIT", 1)
    with pytest.raises(EngineError, match=r"switched off \(NUMBA_DISABLE_JIT\); unset"):
        made()(VALUES)


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("NUMBA_NUM_THREADS=0", "Numba, cannot be loaded here: Number of threads specified must"),
        ("NUMBA_CPU_FEATURES=sse2", "each feature must begin with \\+ or -"),
        ("NUMBA_DISABLE_JIT=1", "the compiler is switched off"),
    ],
)
def test_a_compiler_that_its_settings_keep_from_working_is_told(
    setting: str, told: str, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*setting.split("="))
    _, errors = started(program).communicate(timeout=300)
    assert re.search(f"EngineError: .*{told}", errors.splitlines()[-1])


def test_a_setting_that_the_compiler_ignores_is_told_in_one_line(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_OPT", "much")
    process = started(program)
    out, errors = process.communicate(timeout=300)
    assert out.split() == COMPILED
    (line,) = (line for line in errors.splitlines() if not line.startswith("Compiling"))
    assert "'NUMBA_OPT' is defined but its associated value 'much' could not be parsed" in line


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
def copy(tmp_path: Path) -> Path:
    """A copy of the package whose sources may be edited."""
    copied = tmp_path / "alliance_sim"
    shutil.copytree(PACKAGE, copied, ignore=shutil.ignore_patterns("__pycache__", "data"))
    return copied


def fresh(package: Path) -> str:
    return cache.digest_of(SOURCES, package)


@pytest.mark.parametrize(
    "name",
    [
        *("rules/council.py", "rules/levels.py", "arithmetic.py", "noise.py", "compiled/cache.py"),
        *("engine/kernel/sides.py", "compiled/decorator.py", "world/coefficients.py"),
    ],
)
def test_an_edit_of_any_source_of_the_engine_asks_for_new_code(name: str, copy: Path) -> None:
    before = fresh(copy)
    with (copy / name).open("a", encoding="utf-8") as file:
        file.write("# edited\n")
    assert fresh(copy) != before


def test_a_new_rule_room_and_a_renamed_one_ask_for_new_code(copy: Path) -> None:
    before = fresh(copy)
    (copy / "rules" / "more.py").write_text("", encoding="utf-8")
    added = fresh(copy)
    (copy / "rules" / "more.py").rename(copy / "rules" / "much.py")
    assert len({before, added, fresh(copy)}) == 3


def test_an_edit_elsewhere_keeps_the_code(copy: Path) -> None:
    before = fresh(copy)
    for name in ("cli/app.py", "plots/style.py", "engine/mesa_model/agents.py"):
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write("# edited\n")
    (copy / "rules" / "__pycache__").mkdir()
    (copy / "rules" / "__pycache__" / "council.pyc").write_bytes(b"compiled")
    assert fresh(copy) == before


MARKED = re.compile(r"^@(rule|stage|inlined|merged)$", re.MULTILINE)


def reached(root: Path) -> set[Path]:
    """Return a module and all that it imports, and so on through what is compiled."""
    found: set[Path] = set()
    left = [root]
    while left:
        path = left.pop()
        text = "" if path in found or path.is_dir() else path.read_text(encoding="utf-8")
        found.add(path)
        if not MARKED.search(text):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("alliance_sim."):
                room = PACKAGE / Path(*str(node.module).split(".")[1:])
                left.append(room if room.is_dir() else room.with_suffix(".py"))
    return found


def among(sources: tuple[str, ...], path: Path) -> bool:
    return any(path == PACKAGE / name or PACKAGE / name in path.parents for name in sources)


@pytest.mark.parametrize(
    ("root", "sources", "fewest"),
    [("engine/kernel/advance.py", SOURCES, 15), ("world/fill.py", FILLED_FROM, 4)],
)
def test_all_that_a_compiled_function_imports_is_among_its_sources(
    root: str, sources: tuple[str, ...], fewest: int
) -> None:
    found = reached(PACKAGE / root)
    assert len(found) >= fewest
    # Errors are raised in Python, before anything compiled is called.
    outside = {path for path in found if not among(sources, path)}
    assert outside <= {PACKAGE / "errors.py"}


def test_all_that_is_marked_for_the_compiler_is_among_some_sources() -> None:
    marked = [p for p in PACKAGE.rglob("*.py") if MARKED.search(p.read_text(encoding="utf-8"))]
    assert len(marked) > 15
    sources = SOURCES + FILLED_FROM + MADE_FROM
    assert [path for path in marked if not among(sources, path)] == []
