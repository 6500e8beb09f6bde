"""No command is silent for long, and none talks that is quick."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alliance_sim.cli import activity as room
from alliance_sim.cli import app, terminal
from alliance_sim.cli.activity import QUIET, Activity, Rate

PLAN = """
title = "Long"
scenarios = ["two_islands/baseline"]
seed = 7
replicates = 2000
[design]
kind = "replicates"
"""


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(room, "time", found)
    return found


def test_a_rate_counts_from_the_first_that_was_done(clock: Clock) -> None:
    rate = Rate()
    rate.at(500)  # kept from an earlier start
    clock.now += 30.0  # loading, compiling
    rate.at(500)
    assert (rate.gained, rate.each_second()) == (0, None)
    rate.at(600)
    assert (rate.gained, rate.each_second()) == (100, None)
    clock.now += 0.5
    rate.at(700)
    assert rate.each_second() is None, "half a second says nothing"
    clock.now += 1.5
    rate.at(1000)
    assert (rate.gained, rate.each_second()) == (500, 200.0)


def test_a_count_that_falls_goes_on_from_where_it_fell_to(clock: Clock) -> None:
    rate = Rate()
    for done in (500, 640, 600, 640, 620, 640):
        rate.at(done)
        clock.now += 1.0
    assert rate.gained == 140 + 40 + 20
    assert rate.each_second() == 60 / 4


def test_a_line_tells_what_is_done_how_far_it_is_and_since_when(clock: Clock) -> None:
    found = Activity()
    found.begin("simulating")
    clock.now += 3.0
    assert found.line() == "simulating, 3 s"
    found.count(0, 12_000)
    found.count(2_000, 12_000)
    clock.now += 2.0
    found.count(6_000, 12_000)
    assert found.line() == "simulating: 6,000 of 12,000 runs, 2,000 a second, 5 s"
    found.begin("drawing the levels")
    assert found.line() == "drawing the levels, 5 s"


def test_what_has_to_be_done_first_is_told_until_the_count_goes_on(clock: Clock) -> None:
    found = Activity()
    found.begin("asking twins", "steps")
    found.count(0, 17)
    found.meanwhile("Compiling the model, once")
    found.count(0, 17)  # nothing was done yet
    assert found.line() == "Compiling the model, once, 0 s"
    with found.drawn_by((shown := list[str]()).append):
        clock.now += 3.0
        found.count(4, 17)
        assert found.line() == "asking twins: 4 of 17 steps, 3 s"
        found.meanwhile("Compiling the model: 5 seconds so far")
        found.begin("drawing")
        assert found.line() == "drawing, 3 s"
    assert shown == ["asking twins", "Compiling the model: 5 seconds so far", "drawing"]


def silent(
    monkeypatch: pytest.MonkeyPatch, seconds: float, *, quiet: str = "", spoken: bool = False
) -> list[str]:
    """Return what is told while nothing is said for so long; patience is a fifth of a second."""
    monkeypatch.setattr(room, "PATIENCE", 0.2)
    monkeypatch.setenv(QUIET, quiet)
    told: list[str] = []
    found = Activity()
    with found.told(told.append):
        found.begin("looking")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(0.02)
            if spoken:
                found.spoke()
    return told


def test_silence_is_broken_and_speech_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert silent(monkeypatch, 1.0)[0] == "looking, 0 s"
    assert silent(monkeypatch, 0.0) == []
    assert silent(monkeypatch, 0.6, spoken=True) == []
    assert silent(monkeypatch, 0.6, quiet="1") == []


def test_what_the_library_is_at_is_kept_and_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.show_log()
    log = logging.getLogger("alliance_sim.somewhere")
    log.debug("peeling \x1b[31mbox 2")
    assert room.activity.words == "peeling \\x1b[31mbox 2"
    log.info("Compiling the model, once ...")
    assert room.activity.line().startswith("Compiling the model, once, ")
    log.info("Compiling the model: 5 seconds so far")
    assert room.activity.line().startswith("Compiling the model: 5 seconds so far, ")
    assert room.activity.words == "peeling \\x1b[31mbox 2"
    captured = capsys.readouterr()
    assert captured.err == "Compiling the model, once ...\n"
    assert captured.out == ""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="times of a process of its own")
def test_a_sweep_behind_a_pipe_says_how_far_it_is(tmp_path: Path) -> None:
    (tmp_path / "long.toml").write_text(PLAN, "utf-8")
    program = (
        "from alliance_sim.cli import activity, main\n"
        "activity.PATIENCE = 0.02\n"
        "import sys; sys.argv = ['alliance-sim', *sys.argv[1:]]\n"
        "main()\n"
    )
    command = ("sweep", "long.toml", "--out", "out", "--workers", "1", "--csv", "rows.csv")
    found = subprocess.run(
        [sys.executable, "-c", program, *command],
        cwd=tmp_path,
        env={**os.environ, QUIET: "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(r"^getting ready, \d+ s$", found.stderr, re.MULTILINE)
    assert re.search(r"^simulating: [\d,]+ of 2,000 runs", found.stderr, re.MULTILINE)
    assert "2,000 runs simulated" in found.stdout
    rows = (tmp_path / "rows.csv").read_text("utf-8").splitlines()
    assert len(rows) == 2001
    assert rows[0].startswith("row,point,scenario,replicate,run,status,")
    assert rows[1].startswith("0,0,baseline,0,0,ok,")


@pytest.mark.parametrize("text", ["1_0", "٣", "3.0", "ten", ""])
def test_whole_numbers_are_written_in_plain_digits(text: str) -> None:
    runs = CliRunner().invoke(app, ["run", "two_islands/baseline", "--runs", text])
    block = CliRunner().invoke(app, ["sweep", "plan.toml", "--block", text])
    assert (runs.exit_code, block.exit_code) == (2, 2)
    assert "must be a whole number of at least 1" in " ".join(runs.stderr.split())
    assert "is not a whole number, such as 50" in " ".join(block.stderr.split())
