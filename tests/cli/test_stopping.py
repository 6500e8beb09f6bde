"""Whoever asks twice to stop is heard, whatever is being computed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# Takes minutes in machine code, which Python cannot interrupt.
PROGRAM = """
import hashlib
import threading
import time

from alliance_sim.cli.terminal import stoppable

with stoppable(lambda: "It can go on."):
    threading.Timer(0.5, print, ["ready"], {"flush": True}).start()
    hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)
"""
FIRST_LINE = "ready\n"


@contextmanager
def started(program: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == FIRST_LINE
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM to send")
@pytest.mark.parametrize(
    "signals",
    [
        (signal.SIGTERM, signal.SIGTERM),
        (signal.SIGINT, signal.SIGINT),
        (signal.SIGINT, signal.SIGTERM),
    ],
)
def test_the_second_signal_ends_machine_code_at_once(signals: tuple[int, int]) -> None:
    with started(PROGRAM) as process:
        process.send_signal(signals[0])
        time.sleep(0.5)
        assert process.poll() is None  # the first one waits for good order
        process.send_signal(signals[1])
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "Stopped at once.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM to send")
def test_one_signal_stops_in_good_order() -> None:
    program = PROGRAM.replace('hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)', "time.sleep(60)")
    with started(program) as process:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert errors.startswith("Stopped. It can go on.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to ignore")
def test_who_is_told_to_ignore_ctrl_c_ignores_it() -> None:
    before = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    rest = "\nprint('done')\n"
    program = before + PROGRAM.replace("10**9", "4 * 10**6") + rest
    with started(program) as process:
        for _ in range(3):
            process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "done\n")


# Stops the program where it imports what it needs, as Ctrl-C in its first half second does.
STOPPED_EARLY = """
import sys

class Stop:
    def find_spec(self, name, *_):
        if name == "typer":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Stop())
from {module} import {function}
{function}()
"""


def test_who_stops_while_the_program_is_imported_is_told_so() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    module, _, function = project["project"]["scripts"]["alliance-sim"].partition(":")
    program = STOPPED_EARLY.format(module=module, function=function)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Stopped.\n")
