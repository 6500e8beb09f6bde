"""What the commands after a sweep tell on a terminal, and how they are stopped."""

from __future__ import annotations

import io
import os
import shlex
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure
from rich.console import Console
from typer.testing import CliRunner, Result

from alliance_sim.cli import app, terminal
from alliance_sim.cli.options import command_line
from alliance_sim.plots.origin import read_origin
from alliance_sim.plots.style import Heading
from alliance_sim.plots.sweep import fan_figure
from alliance_sim.report.sweep_view import column_of, told_of_sweep
from alliance_sim.sweep.sweep import Sweep, open_sweep


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


@pytest.mark.usefixtures("blank_pictures")
def test_numbers_are_told_whole_on_a_narrow_terminal(
    sweep: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    result = call("summarise", sweep("grid"), "--outcome", "office_by_2014", "--out", tmp_path)
    lines = result.stdout.splitlines()
    assert max(len(line) for line in lines if not line.startswith("Written to")) <= 60
    told = "formal step 8 of 11 or higher (rung ≥ 8), end of 2014 (office_by_2014)"
    assert told in " ".join(result.stdout.split())
    assert any(line.strip() == "scenario: no_nine_eleven" for line in lines)
    told = " ".join(result.stdout.split())
    assert "least: 0.000 (0.000 to 0.390), median: 0.000, greatest: 1.000 (0.610 to 1.000)" in told


@pytest.mark.parametrize(("columns", "width"), [("wide", 120), ("", 120), ("0", 120), ("70", 70)])
def test_output_that_is_no_terminal_is_as_wide_as_columns_says(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert terminal.output().width == width


@pytest.mark.usefixtures("blank_pictures")
def test_the_summary_says_how_many_runs_a_point_has_and_that_extremes_hold_luck(
    sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    words = ("--outcome", "office_by_2014", "--out", tmp_path)
    told = " ".join(call("summarise", sweep("grid"), *words).stdout.split())
    assert "6 × 6" in told
    assert "extremes of 6 points and hold luck; ± 0 means that all runs of that point agree" in told
    assert "extremes" not in call("summarise", sweep("replicates"), *words).stdout


def test_an_outcome_is_known_by_its_name_and_its_rung(sweep: Callable[[str], Path]) -> None:
    found = open_sweep(sweep("grid"))
    rungs = {
        text: column_of(found, text).rung
        for text in ("office_by_2014", "rung_end>=8", "rung_end>7", "rung_end<8", "rung_end")
    }
    told = "8: Individual Partnership and Cooperation Programme"
    asked_for = ("office_by_2014", "rung_end>=8", "rung_end>7")
    assert rungs == dict.fromkeys(asked_for, told) | {"rung_end<8": "", "rung_end": ""}
    about = told_of_sweep(found.plan, ["baseline"], column_of(found, "office_by_2014"))
    assert about.startswith(f"Outcome office_by_2014 (rung {told}). Sweep “After”")


@pytest.mark.usefixtures("blank_pictures")
def test_scenarios_side_by_side_have_the_names_they_have_everywhere(
    sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    call("summarise", sweep("replicates"), "--outcome", "rung_end", "--out", tmp_path)
    table = pd.read_csv(tmp_path / "summary_rung_end_by_scenario.csv")
    assert table["label"].tolist() == ["baseline", "no_nine_eleven"]


def test_a_fan_says_what_it_draws_and_into_how_many_stretches_a_factor_is_cut(
    sweep: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[str, str]] = []

    def caught(bands: pd.DataFrame, heading: Heading, **words: Any) -> Figure:
        drawn.append((heading.about.partition(" Outcome ")[0], words["kind"]))
        return fan_figure(bands, heading, **words)

    monkeypatch.setattr("alliance_sim.report.sweep.fan_figure", caught)
    words = ("--outcome", "office_by_2014", "--outcome", "rung_end", "--out", tmp_path)
    for factor in ("pull", "war"):
        call("summarise", sweep("sobol"), *words, "--by", factor)
    over = "runs, over all values of the 2 other factors; errors hold those of points and runs."
    cut = " 10 stretches of the factor, with equally many runs each."
    assert drawn == [
        (f"Share of {over}{cut}", "share"),
        (f"Spread over {over}{cut}", "number"),
        (f"Share of {over}", "share"),
        (f"Spread over {over}", "number"),
    ]


@pytest.mark.parametrize("how", ["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize(
    ("command", "module", "name"),
    [
        ("summarise", "sweep", "summarise_sweep"),
        ("sensitivity", "sensitivity", "sweep_sensitivity"),
        ("discover", "discovery", "sweep_discovery"),
    ],
)
def test_a_command_that_is_stopped_says_what_is_kept_and_how_to_go_on(
    sweep: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    command: str,
    module: str,
    name: str,
    how: str,
) -> None:
    def stopped(*_: object, **__: object) -> None:
        if how == "Ctrl-C":
            raise KeyboardInterrupt
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)

    monkeypatch.setattr(f"alliance_sim.report.{module}.{name}", stopped)
    out = tmp_path / "[b]a b"
    before = signal.getsignal(signal.SIGTERM)
    result = call(command, sweep("sobol"), "--outcome", "rung>=2@1999", "--out", out)
    assert signal.getsignal(signal.SIGTERM) is before
    assert result.exit_code == 130
    words, _, again = " ".join(result.stderr.split()).partition(" To go on: ")
    assert words == "Stopped. Runs that were simulated again are kept."
    again_words = shlex.split(again)
    assert again_words[:3] == ["alliance-sim", command, str(sweep("sobol"))]
    assert again_words[-2:] == ["--out", str(out)]


@pytest.mark.usefixtures("blank_pictures")
def test_workers_simulate_what_was_not_kept(
    sweep: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def outcome(self: Sweep, text: str, **options: Any) -> tuple[str, pd.DataFrame]:
        asked.append(options["workers"])
        return text, self.frame([text])

    monkeypatch.setattr(Sweep, "outcome", outcome)
    words = ("--outcome", "office_by_2014", "--workers", "3", "--out", tmp_path)
    for command in ("summarise", "sensitivity", "discover"):
        assert call(command, sweep("sobol"), *words).exit_code == 0
    assert asked == [3, 3, 3]


def test_progress_counts_no_runs_before_any_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=120, color_system=None)
    monkeypatch.setattr(terminal, "messages", lambda: console)
    with terminal.progress("working") as show:
        assert show is not None
    assert "working" in file.getvalue()
    assert "runs" not in file.getvalue()
    with terminal.progress("working") as show:
        assert show is not None
        show(3, 4000)
    assert "3/4000 runs" in file.getvalue()


@pytest.mark.usefixtures("blank_pictures")
def test_a_figure_names_every_scenario_in_it_on_a_line_of_its_own(
    sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    call("summarise", sweep("grid"), "--outcome", "rung_end", "--out", tmp_path)
    (figure,) = tmp_path.glob("*.png")
    lines = call("plot", figure).stdout.splitlines()
    origin = read_origin(figure)
    (other,) = origin.others
    assert f"scenario: {origin.scenario}" in lines
    assert f"also holds: {other.scenario}, digest {other.digest}" == lines[-1]


def test_a_command_line_holds_lists_once_for_each_entry_and_nothing_for_none() -> None:
    line = command_line("plot", Path("a b"), out="x[/b]", state=["rung", "level"], by=None)
    assert line == "alliance-sim plot 'a b' --out 'x[/b]' --state rung --state level"
