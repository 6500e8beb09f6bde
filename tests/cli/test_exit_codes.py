"""What the process ends with, whatever stops it: a code of four, one message, no traceback."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from alliance_sim.cli import exit_codes
from alliance_sim.errors import ResultError, ScenarioError, SettingError, UnfinishedError

posix = pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
SHOW = f"{sys.executable} -m alliance_sim.cli show japan_nato/baseline"


def raising(error: BaseException, reason: BaseException | None = None) -> Callable[[], None]:
    def work() -> None:
        raise error from reason

    return work


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (typer.Exit(), 0),
        (typer.Exit(1), 1),
        (KeyboardInterrupt(), 130),
        (typer.BadParameter("no number"), 2),
        (SettingError("run", ["runs is 0"]), 2),
        (ScenarioError("mine.toml", ["is empty"]), 2),
        (UnfinishedError("the disk is full"), 1),
        (MemoryError(), 1),
        (RecursionError(), 2),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"), 2),
        (OSError(errno.ENOSPC, "No space left on device"), 1),
        (PermissionError(errno.EACCES, "Permission denied", "out"), 1),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "mine.toml"), 2),
        (OSError(errno.ENAMETOOLONG, "File name too long", "x" * 300), 2),
        (ZeroDivisionError("division by zero"), 1),
    ],
)
def test_each_kind_of_error_has_its_code_and_one_message(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_codes.report_errors(raising(error)) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    assert bool(told.err) == (not isinstance(error, typer.Exit))


def test_an_error_of_ours_that_the_system_caused_ends_with_1() -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    wrong = FileNotFoundError(errno.ENOENT, "No such file or directory")
    assert exit_codes.report_errors(raising(ResultError("out: cannot be written"), full)) == 1
    assert exit_codes.report_errors(raising(ResultError("out: cannot be read"), wrong)) == 2


def test_a_fault_of_the_program_is_called_one_and_shown_whole_when_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALLIANCE_SIM_TRACEBACK", raising=False)
    assert exit_codes.report_errors(raising(KeyError("x\x1b[31m"))) == 1
    told = capsys.readouterr().err
    assert told.startswith("Error: KeyError: 'x\\x1b[31m'. This is a fault of the program")
    assert len(told.splitlines()) == 1
    monkeypatch.setenv("ALLIANCE_SIM_TRACEBACK", "1")
    exit_codes.report_errors(raising(KeyError("x")))
    assert "Traceback (most recent call last)" in capsys.readouterr().err


@posix
def test_output_that_is_lost_is_told_and_ends_with_1() -> None:
    closed = shell(f"{SHOW} >&-")
    assert (closed.returncode, closed.stdout) == (1, "")
    assert closed.stderr.startswith("Error: standard output: ")
    assert len(closed.stderr.splitlines()) == 1
    if Path("/dev/full").exists():
        full = shell(f"{SHOW} > /dev/full")
        assert full.returncode == 1
        assert full.stderr.startswith("Error: standard output: the disk is full")
        assert len(full.stderr.splitlines()) == 1


@posix
def test_a_reader_that_leaves_ends_it_quietly_with_0() -> None:
    left = shell(f"{SHOW} | head -1")
    assert (left.returncode, left.stderr) == (0, "")
    assert len(left.stdout.splitlines()) == 1


@posix
def test_no_closed_descriptor_hides_the_exit_code() -> None:
    assert shell(f"{SHOW} 2>&-").returncode == 0
    assert shell(f"{SHOW} <&-").returncode == 0
    assert shell(f"{SHOW}_which_is_not_there 2>&-").returncode == 2
    assert shell(f"{SHOW}_which_is_not_there <&- >&- 2>&-").returncode == 2


@posix
def test_characters_that_an_encoding_does_not_have_are_escaped() -> None:
    found = shell(SHOW, PYTHONIOENCODING="ascii")
    assert found.returncode == 0
    assert found.stdout.isascii()
    as_json = shell(f"{SHOW} --json | {sys.executable} -m json.tool", PYTHONIOENCODING="ascii")
    assert as_json.returncode == 0
