"""`alliance-sim sweep` as a person meets it: words, exit codes, Ctrl-C."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from alliance_sim import open_sweep, simulate
from alliance_sim.cli import activity, app, terminal
from alliance_sim.errors import SettingError

PLAN = """
title = "A small sweep"
question = "Does the command work?"
scenarios = ["japan_nato/baseline", "japan_nato/no_nine_eleven"]
seed = 3
replicates = 2
[design]
kind = "sobol"
points = 2
[[factor]]
name = "threat_pull"
number = "willingness.threat_state"
[outcomes]
office_by_2014 = "rung>=8@2014"
"""


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["sweep", *map(str, words)], catch_exceptions=False)


def words_of(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Compile the model, which is said, before anybody looks at what is said."""
    simulate("japan_nato/baseline", runs=1, seed=1)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "small.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def done(plan: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    out = tmp_path_factory.mktemp("sweep")
    return call(plan, "--out", out, "--workers", "1"), out


def test_a_sweep_ends_in_one_line(done: tuple[Result, Path]) -> None:
    result, out = done
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    (line,) = result.stdout.splitlines()
    assert line.startswith("8 runs simulated"), "too few for a speed that means something"
    assert line.endswith(f"8 of 8 rows in {out}/")


def test_threads_give_the_same_bytes(plan: Path, done: tuple[Result, Path], tmp_path: Path) -> None:
    result = call(plan, "--out", tmp_path, "--threads", "2")
    assert result.exit_code == 0, result.output
    assert "8 of 8 rows" in result.stdout
    for name in ("manifest.json", "rows/runs-00000.parquet"):
        assert (tmp_path / name).read_bytes() == (done[1] / name).read_bytes()


def test_a_finished_sweep_says_so_and_does_nothing(plan: Path, done: tuple[Result, Path]) -> None:
    for words in ((plan, "--out", done[1]), (done[1],)):
        result = call(*words)
        assert result.exit_code == 0
        assert result.stdout.startswith("Finished already, nothing to do. 8 of 8 rows")


def test_the_status_tells_what_is_there(done: tuple[Result, Path]) -> None:
    text = words_of(call(done[1], "--status").stdout)
    assert "A small sweep: 8 of 8 rows, finished" in text
    assert "2 points, scenarios baseline, no_nine_eleven, 2 replicates, seed 3" in text
    assert "Made by alliance-sim " in text
    found = json.loads(call(done[1], "--status", "--json").stdout)
    assert (found["rows"], found["done"], found["failed"]) == (8, 8, 0)
    assert found["complete"] is True
    assert len(found["digest"]) == 64


def test_the_status_of_what_is_not_there_is_told(plan: Path, tmp_path: Path) -> None:
    result = call(plan, "--out", tmp_path / "nowhere", "--status")
    assert result.exit_code == 2
    assert "does not exist; a sweep is made by: alliance-sim sweep" in words_of(result.stderr)


def test_the_table_of_all_rows_takes_the_place_of_nothing_but_such_a_table(
    plan: Path, done: tuple[Result, Path], tmp_path: Path
) -> None:
    table = tmp_path / "rows.csv"
    for _ in range(2):
        assert call(done[1], "--csv", table).exit_code == 0
        assert len(table.read_text(encoding="utf-8").splitlines()) == 9
    mine = {"plan.toml": PLAN, "points.csv": "threat_pull\n1\n", "row.csv": "row,point\n"}
    for name, text in mine.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        out = tmp_path / "new"
        result = call(tmp_path / "plan.toml", "--out", out, "--csv", tmp_path / name)
        assert result.exit_code == 2
        assert f"{name}: 1 problem - is there already and is no table of a sweep" in words_of(
            result.stderr
        )
        assert (tmp_path / name).read_text(encoding="utf-8") == text
        assert not out.exists()
    result = call(plan, "--out", tmp_path / "new", "--csv", tmp_path)
    assert "a folder of that name stands in the way" in words_of(result.stderr)
    assert (result.exit_code, (tmp_path / "new").exists()) == (2, False)


@pytest.mark.parametrize(
    "name",
    ["sweep.json", "manifest.json", ".lock", "rows", "rows/a.csv", "work/a.csv", "extra/a/b.csv"],
)
def test_what_a_sweep_is_made_of_is_not_written_over(
    done: tuple[Result, Path], tmp_path: Path, name: str
) -> None:
    link = tmp_path / "link"
    link.symlink_to(done[1])
    for folder, place in ((done[1], done[1]), (done[1], link), (link, done[1])):
        result = call(folder, "--csv", place / name)
        assert result.exit_code == 2
        assert "cannot be written: the sweep keeps its own there" in words_of(result.stderr)
    with pytest.raises(SettingError, match="the sweep keeps its own there"):
        open_sweep(done[1]).to_csv(done[1] / name)
    assert words_of(call(done[1], "--status").stdout).startswith("A small sweep: 8 of 8 rows, fin")
    assert not (done[1] / "work").exists()


def test_the_status_goes_with_nothing_that_simulates_or_writes(
    done: tuple[Result, Path], tmp_path: Path
) -> None:
    wanted = ("--csv", tmp_path / "x.csv", "--replicates", "99", "--retry-failed")
    result = call(done[1], "--status", *wanted)
    told = words_of(result.stderr)
    assert "--replicates, --csv, --retry-failed do not go with --status" in told
    assert (result.exit_code, result.stdout) == (2, "")
    for option in ("--points", "--workers", "--threads", "--block", "--scheduler"):
        told = words_of(call(done[1], "--status", option, "2").stderr)
        assert f"{option} does not go with --status, which simulates and writes nothing" in told


def test_json_is_all_that_is_printed(plan: Path, tmp_path: Path) -> None:
    result = call(plan, "--out", tmp_path, "--json", "--workers", "1")
    found = json.loads(result.stdout)
    assert (found["simulated"], found["done"], found["complete"]) == (8, 8, True)
    assert found["reasons"] == []
    assert result.stderr == ""


def test_a_folder_is_run_again_and_extended(done: tuple[Result, Path], tmp_path: Path) -> None:
    again = call(done[1], "--out", tmp_path, "--json", "--workers", "1")
    assert json.loads(again.stdout)["simulated"] == 8
    first, second = ((p / "rows" / "runs-00000.parquet").read_bytes() for p in (done[1], tmp_path))
    assert first == second
    more = (tmp_path, "--replicates", "3", "--points", "4", "--workers", "1", "--json")
    assert json.loads(call(*more).stdout)["simulated"] == 16
    found = json.loads(call(*more).stdout)
    assert (found["simulated"], found["rows"], found["done"]) == (0, 24, 24)
    assert (tmp_path / "rows" / "runs-00000.parquet").read_bytes() == first
    fewer = call(tmp_path, "--replicates", "1")
    assert fewer.exit_code == 2
    assert "must be more than the 3 now" in words_of(fewer.stderr)


def test_what_is_wrong_is_told(plan: Path, done: tuple[Result, Path], tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(PLAN.replace("seed = 3", "seed = 4"), encoding="utf-8")
    cases = [
        ((tmp_path / "nope.toml",), "does not exist"),
        ((other, "--out", done[1]), "holds another sweep"),
        ((plan, "--out", plan), "is a file, must be a folder"),
        ((plan, "--workers", "0", "--out", tmp_path / "a"), "workers is 0"),
        ((plan, "--block", "0", "--out", tmp_path / "a"), "block is 0"),
        ((plan, "--threads", "0", "--out", tmp_path / "a"), "threads is 0"),
        (
            (plan, "--workers", "2", "--threads", "2", "--scheduler", "tcp://a:1"),
            "give one of --workers, --threads, --scheduler, not 3",
        ),
    ]
    for words, message in cases:
        result = call(*words)
        assert message in words_of(result.stderr), words
        assert result.exit_code == (1 if "file stands" in message else 2)
        assert result.stdout == ""


def test_failed_runs_are_counted_with_their_reasons(
    plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alliance_sim.errors import ScenarioError
    from alliance_sim.sweep.plan import Plan

    build = Plan.scenario_at

    def refuse(self: Plan, label: str, values: dict[str, object]) -> object:
        if label != "baseline":
            raise ScenarioError(label, ["cannot be"])
        return build(self, label, values)

    monkeypatch.setattr(Plan, "scenario_at", refuse)
    result = call(plan, "--out", tmp_path, "--workers", "1")
    assert result.exit_code == 0
    assert "8 of 8 rows, 4 of them failed" in result.stdout
    assert "  - 4 failed: no_nine_eleven: 1 problem - cannot be" in result.stdout.splitlines()
    assert "4 of them failed, finished" in call(tmp_path, "--status").stdout
    monkeypatch.setattr(Plan, "scenario_at", lambda plan, _, values: refuse(plan, "none", values))
    assert call(plan, "--out", tmp_path / "b", "--workers", "1").exit_code == 1


def test_what_is_mended_is_said(done: tuple[Result, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    call(done[1], "--out", out, "--workers", "1")
    file = out / "rows" / "runs-00000.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    status = call(out, "--status")
    assert "damaged; to mend it: alliance-sim sweep" in status.stdout
    assert "  - rows/runs-00000.parquet is torn" in status.stdout
    mended = call(out, "--workers", "1")
    assert words_of(mended.stderr).count("set aside as runs-00000.parquet.bad") == 1
    assert "8 runs simulated" in mended.stdout
    assert file.read_bytes() == whole


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("number", "to_all"), [(signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGTERM, True)]
)
def test_stopped_at_any_time_it_says_how_to_go_on(
    number: int, to_all: bool, tmp_path: Path
) -> None:
    plan = tmp_path / "long.toml"
    plan.write_text(PLAN.replace("replicates = 2", "replicates = 100_000"), encoding="utf-8")
    out = tmp_path / "out"
    words = ["sweep", plan, "--out", out, "--workers", "2", "--block", "10"]
    with subprocess.Popen(
        [sys.executable, "-m", "alliance_sim.cli", *map(str, words)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        until = time.monotonic() + 120
        journal = out / "work" / "parts.jsonl"
        while not (journal.exists() and journal.stat().st_size) and time.monotonic() < until:
            time.sleep(0.02)
        (os.killpg if to_all else os.kill)(process.pid, number)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert stdout == ""
    told = words_of(stderr)
    assert told.startswith("Stopped. ")
    assert f"rows are safe. To go on: alliance-sim sweep {plan} --out {out}" in told
    assert "--workers 2 --block 10" in told
    assert "Traceback" not in stderr
    status = json.loads(call(out, "--status", "--json").stdout)
    assert 0 < status["done"] < status["rows"]
    assert not list(out.glob("work/*.tmp"))


def test_the_bar_shows_speed_from_where_the_sweep_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=120)
    monkeypatch.setattr(terminal, "messages", lambda: console)
    monkeypatch.setattr(activity, "LEAST", 0.1)
    with terminal.progress("simulating") as show:
        show(1_000_000, 2_000_000)
        time.sleep(0.05)
        show(1_000_010, 2_000_000)
        time.sleep(0.15)
        show(1_000_020, 2_000_000)
        time.sleep(0.15)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "1000020/2000000" in text
    speeds = [int(word) for word in text.replace(",", "").split() if word.isdigit()]
    assert "runs/s" in text
    assert all(speed < 10_000 for speed in speeds)
