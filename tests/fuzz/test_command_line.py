"""Any command line, in any surroundings, ends with 0, 1, 2 or 130 and never in a traceback."""

from __future__ import annotations

import faulthandler
import os
import random
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from alliance_sim.cli import app
from alliance_sim.errors import OBEYED

SHELLS = 40  # inputs in this process for each that has a process of its own
CODES = (0, 1, 2, 130)
SLOW = 120.0  # seconds after which an input hangs

PLAN = """
title = "Small"
scenarios = ["japan_nato/baseline"]
seed = 3
replicates = 1
[design]
kind = "sobol"
points = 16
[outcomes]
office_by_2014 = "rung>=8@2014"
[[factor]]
name = "pull"
number = "willingness.threat_state"
low = 0.0
high = 4.0
"""
MINE = """
extends = "japan_nato/baseline"
title = "\\u001b[31m\\u202e [/b]"
description = "x"
without = ["taepodong_1998"]
"""
FILES = {
    "plan.toml": PLAN,
    "odd.toml": PLAN.replace('"Small"', '"\\u001b[31m [b]Small[/b] $5 $x^"'),
    "mine.toml": MINE,
    "empty.toml": "",
    "deep.toml": "a = " + "[" * 5000,
    "dots.toml": "a." * 20_000 + "b = 1\n",
    "binary.png": "\x00\x01\x02",
    "binary.parquet": "PAR1" + "\x00" * 90,
}
JUNK = (
    *("", " ", "-", "--", "-1", "0", "1e3", "nan", "inf", "1_000", "\u00b2", "9" * 5000, "True"),
    *("\0", "nul\0byte", "\x1b[31mred\x07", "two\nlines", "half\udcff", "\u202eyes", "x" * 300),
    *("a." * 20_000, "[b]bold[/b]", "[/b]", "$x^", "%s%n", "{0}", "~", "..", "s3:bucket", "日本"),
    *("/dev/full", "/dev/zero", "/dev/null/x", "/proc/self/mem", "/nowhere/at/all", "taken", "."),
    *("99999999999", "--help", "--nope", "--out", "=", "--=", "-o", "\ufeff", "plan.toml/x"),
)
SCENARIOS = (*["japan_nato/baseline", "mine.toml"] * 4, "empty.toml", "deep.toml", "pipe.toml")
PLANS = (*["plan.toml", "odd.toml", "done"] * 3, "mine.toml", "empty.toml", "dots.toml")
OUTCOMES = (
    *("office_by_2014", "rung_end", "office_by_2014", "rung_end", "rung_end"),
    *("office_by_2014", "rung_end", "rung_end>=nan", "rung_end>=1e400", "rung_end>=5", "rung"),
    *("rung>=8@2014", "rung>=8@20144", "mean(rung)@2030..", "rung_end<" + "9" * 400, "office_by"),
)
FEW = ("1", "2", "0", "-1", "99999999999", "1000000000")
OUTS = (*["out"] * 6, "done", "taken", "taken/deeper", "a:b", "two\nlines", "half\udcff", "x" * 300)
SEEDS = (*["1", "7"] * 3, *FEW)
OPTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "history": {"--require": FEW, "--seed": FEW, "--out": ("taken", "x" * 300, "half\udcff")},
    "validate": {},
    "run": {
        "--runs": (*["1"] * 6, *FEW),
        "--seed": SEEDS,
        "--out": OUTS,
        "--workers": ("1", "1", "0", "-1"),
    },
    "compare": {
        "--runs": ("1", "1", "1", "0", "-1"),
        "--against": ("japan_nato/baseline", "mine.toml", "empty.toml"),
        "--year": ("2012", "2025", "1940", "x"),
        "--outcome": ("rung>=8@2014", "rung", "mean(rung)@2030.."),
        "--show-run": ("0", "1", "-1"),
        "--out": OUTS,
    },
    "score": {
        "--series": ("alliance", "x"),
        "--edition": FEW,
        "--out": ("taken", "x" * 300, "half\udcff"),
    },
    "show": {},
    "diff": {},
    "record": {},
    "plot": {"--out": ("a.png", "a.txt", "taken/a.png", "\x1b.png"), "--state": ("rung", "rnug")},
    "sweep": {
        "--out": OUTS,
        "--replicates": ("0", "1", "x"),
        "--points": ("16", "32", "-1"),
        "--block": FEW,
    },
    "summarise": {
        "--outcome": OUTCOMES,
        "--by": ("pull", "x"),
        "--scenario": ("baseline", "x"),
        "--out": OUTS,
    },
    "sensitivity": {
        "--outcome": OUTCOMES,
        "--method": ("pawn", "sobol", "morris", "x"),
        "--out": OUTS,
    },
    "discover": {"--outcome": OUTCOMES, "--method": ("prim", "cart", "x"), "--boxes": ("1", *FEW)},
}
SWEEPS = ("done", "done", "done", "out", "taken")
ARGUMENTS = {
    **dict.fromkeys(("history", "score", "validate", "run", "show"), (SCENARIOS,)),
    "diff": (SCENARIOS, SCENARIOS),
    "compare": (SCENARIOS, SCENARIOS),
    "record": (("check",), ("taken", "done", ".", "no", "pipe.toml")),
    "plot": (("binary.png", "binary.parquet", "no.parquet", "taken"),),
    "sweep": (PLANS,),
    **dict.fromkeys(("summarise", "sensitivity", "discover"), (SWEEPS,)),
}
VARIABLES: dict[str, tuple[str | None, ...]] = {
    "COLUMNS": (None, "0", "-3", "wide", "\u00b2", "9" * 30, "7", "20", "60", "200"),
    "LINES": (None, "x", "9" * 30),
    "TERM": (None, "dumb", "xterm-256color", "\x1b"),
    "NO_COLOR": (None, "1"),
    "HOME": (None, "/nowhere"),
    "TMPDIR": ("/nowhere", ""),
    "LC_ALL": ("C", "xx_XX.nonsense"),
    "MPLBACKEND": ("nonsense", ""),
}
REDIRECTIONS = (
    *("", ">/dev/full", ">&-", "2>&-", "2>/dev/full", "<&-", ">&- 2>&-", ">&- 2>&- <&-"),
    *("| head -c 1", "2>&1 | head -1", ">/dev/full 2>&1", "| true"),
)


def words_of(rng: random.Random) -> list[str]:
    """Return a command line that is mostly in order."""
    command = rng.choice(tuple(OPTIONS))
    words = [command, *(rng.choice(pool) for pool in ARGUMENTS[command])]
    for option, pool in OPTIONS[command].items():
        if rng.random() < 0.5:
            words += [option, rng.choice(pool)]
    words += ["--json"] * (rng.random() < 0.2)
    if command == "sweep":
        words += rng.choice((["--threads", "1"], ["--workers", "1"], ["--status"]))
    if command in ("run", "history"):  # short work, and none that ends outside of the folder
        words += ["--runs", "0"] if command == "history" else ["--workers", "1"]
    if command == "score":  # no year of any scenario, so that nothing is fitted
        words += ["--from", "1"]
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        place = rng.randrange(len(words) + 1)
        junk = rng.choice(JUNK)
        if rng.random() < 0.7 and place < len(words):
            words[place] = junk
        else:
            words.insert(place, junk)
    if command == "run" and "--runs" not in words:
        words += ["--runs", "1"]
    return words


def problems_of(result: Result) -> list[str]:
    """Return what is wrong with how a command line ended."""
    told = result.stdout + result.stderr
    raised = result.exception is not None and not isinstance(result.exception, SystemExit)
    found = {
        f"ends with {result.exit_code}": result.exit_code not in CODES,
        f"raises {result.exception!r}": raised,
        "shows a traceback": "Traceback (most" in told,
        "has a fault": "fault of the program" in told,
        "prints what a terminal obeys": OBEYED.search(told.replace("\n", "")) is not None,
        f"tells {len(result.stderr):,} letters": len(result.stderr) > 30_000,
        "fails and tells nothing": result.exit_code != 0 and not told.strip(),
    }
    return [problem for problem, holds in found.items() if holds]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with scenarios, plans, a finished sweep, and files that are nothing."""
    place = tmp_path_factory.mktemp("fuzz") / "here"
    place.mkdir()
    for name, text in FILES.items():
        (place / name).write_text(text, encoding="utf-8")
    (place / "taken").write_text("a file", encoding="utf-8")
    os.mkfifo(place / "pipe.toml")
    words = ("sweep", place / "plan.toml", "--out", place / "done", "--threads", "1")
    made = CliRunner().invoke(app, list(map(str, words)))
    assert made.exit_code == 0, made.output
    return place


@pytest.mark.filterwarnings("ignore::alliance_sim.errors.ScenarioWarning")
@pytest.mark.skipif(os.name == "nt", reason="needs POSIX")
def test_any_command_line_ends_with_a_known_code_and_a_message(
    folder: Path, inputs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    codes: Counter[int] = Counter()
    for number in range(inputs):
        rng = random.Random(number)
        words = words_of(rng)
        names = rng.sample(tuple(VARIABLES), 2)
        environment = {name: rng.choice(VARIABLES[name]) for name in names}
        faulthandler.dump_traceback_later(SLOW, exit=True, file=sys.__stderr__ or sys.stderr)
        result = CliRunner().invoke(app, words, env=environment)
        faulthandler.cancel_dump_traceback_later()
        problems = problems_of(result)
        assert not problems, f"{number}: {words} {environment} {problems}\n{result.output}"
        codes[result.exit_code] += 1
    assert codes[0] > inputs // 50
    assert codes[2] > inputs // 4


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX")
def test_any_process_ends_with_a_known_code_whatever_becomes_of_its_output(
    folder: Path, inputs: int
) -> None:
    for number in range(max(len(REDIRECTIONS), inputs // SHELLS)):
        rng = random.Random(-number - 1)
        redirection = REDIRECTIONS[number % len(REDIRECTIONS)]
        words = [word for word in words_of(rng) if "\0" not in word and len(word) < 9000]
        program = [sys.executable, "-m", "alliance_sim.cli", *words]
        environment = {**os.environ, "PYTHONIOENCODING": rng.choice(("utf-8", "ascii", "latin-1"))}
        environment |= {"PYTHONOPTIMIZE": rng.choice(("", "2"))}
        for name in rng.sample(tuple(VARIABLES), 3):
            value = rng.choice(VARIABLES[name])
            environment.pop(name, None)
            environment |= {} if value is None else {name: value}
        found = subprocess.run(
            ["bash", "-c", f"{shlex.join(program)} {redirection}; exit ${{PIPESTATUS[0]}}"],
            capture_output=True,
            cwd=folder,
            env=environment,
            timeout=SLOW,
            check=False,
        )
        told = found.stdout + found.stderr
        where = f"{words} {redirection} {environment}\n{told.decode('utf-8', 'replace')}"
        assert found.returncode in CODES, where
        assert b"Traceback (most" not in told, where
        assert b"fault of the program" not in told, where
        assert b"Exception ignored" not in told, where
