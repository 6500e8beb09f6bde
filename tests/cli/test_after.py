"""What comes after a sweep, through the command line: words, files, exit codes."""

from __future__ import annotations

import io
import json
import os
import shlex
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from alliance_sim.cli import app, common
from alliance_sim.engine.batch import Case, Summaries
from alliance_sim.experiment.plan import load_plan
from alliance_sim.experiment.runner import run_sweep
from alliance_sim.experiment.store import Sweep, open_sweep
from alliance_sim.plots.origin import read_origin
from alliance_sim.plots.style import STATEMENT
from alliance_sim.report.source import column_of, told_of_sweep

HEAD = """
title = "After"
scenarios = ["japan_nato/baseline", "japan_nato/no_nine_eleven"]
seed = 7
replicates = {replicates}
[design]
{design}
[outcomes]
office_by_2014 = "rung>=8@2014"
"""
FACTORS = """
[[factor]]
name = "pull"
label = "Pull of threats"
number = "willingness.threat_state"
low = 0.0
high = 4.0
[[factor]]
name = "war"
present = "ukraine_2022"
[[factor]]
name = "abe_from"
label = "Second Abe government from"
date = "abe_second_government"
low = 2006-09-26
high = 2020-09-16
"""
GRID = """
[[factor]]
name = "pull"
number = "willingness.threat_state"
values = [0.5, 1.5, 2.5]
[[factor]]
name = "rule"
setting = "council.rule"
values = ["consensus", "weighted_majority"]
"""
PLANS = {
    "grid": (HEAD + GRID, 'kind = "grid"', 6),
    "replicates": (HEAD, 'kind = "replicates"', 12),
    "saltelli": (HEAD + FACTORS, 'kind = "saltelli"\npoints = 32', 4),
    "morris": (HEAD + FACTORS, 'kind = "morris"\ntrajectories = 12', 4),
    "sobol": (HEAD + FACTORS, 'kind = "sobol"\npoints = 64', 4),
}


def engine(cases: Sequence[Case], *, seed: int, outcomes: Sequence[Any]) -> Summaries:
    """Stand in for the engine: the office opens if threats pull by 2 or more and 9/11 happened."""
    luck = np.array([[0.3, -0.2, 0.1, -0.1, 0.0][case.run % 5] for case in cases])
    pull = np.array([case.scenario.willingness.threat_state.value for case in cases])
    attacked = np.array(
        [any(j.name == "nine_eleven" and j.present for j in c.scenario.juncture) for c in cases]
    )
    values = np.empty((len(cases), len(outcomes)))
    for k, outcome in enumerate(outcomes):
        values[:, k] = 0.1 * pull + 0.3 * attacked + 0.1 * luck
        if outcome.state.startswith("passed_") or (outcome.compare and outcome.fold == "at"):
            values[:, k] = (pull + luck >= 2) & attacked
    failed = np.array([case.run == 3 for case in cases]) & (pull > 3)
    values[failed] = np.nan
    return Summaries(values, tuple("made to fail" if fails else "ok" for fails in failed))


@pytest.fixture(scope="session")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the folder of a finished sweep by the kind of its design."""
    made: dict[str, Path] = {}

    def folder(kind: str) -> Path:
        if kind not in made:
            place = tmp_path_factory.mktemp(kind)
            text, design, replicates = PLANS[kind]
            plan = place / "plan.toml"
            plan.write_text(text.format(design=design, replicates=replicates), encoding="utf-8")
            run_sweep(load_plan(plan), place / "out", summarise=engine)
            made[kind] = place / "out"
        return made[kind]

    return folder


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def told(*words: str | Path) -> Any:
    """Return the JSON object that a command prints, having seen that its files are there."""
    result = call(*words, "--json")
    assert result.exit_code == 0, result.stderr
    tree = json.loads(result.stdout)
    assert STATEMENT in tree["words"]
    assert any("numbers" in text and "assumed" in text for text in tree["words"])
    assert all(Path(path).is_file() for path in tree["files"].values())
    return tree


def fails(*words: str | Path) -> str:
    result = call(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    return " ".join(result.stderr.split())


def test_a_grid_is_summarised_point_by_point_with_a_heat_map(
    sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    tree = told("summarise", sweep("grid"), "--out", tmp_path)
    table = pd.read_csv(tmp_path / "summary.csv")
    kept = len(load_plan(sweep("grid")).outcomes)
    assert len(table) == 6 * 2 * kept
    row = table[(table["outcome"] == "office_by_2014") & (table["pull"] == 2.5)].iloc[0]
    assert (row["probability"], row["runs"], row["failed"]) == (1.0, 6, 0)
    assert row["probability_low"] == pytest.approx(0.6097, abs=1e-4)
    assert tree["by"] == ["pull", "rule"]
    assert "summary_office_by_2014_by_pull_and_rule.png" in tree["files"]
    (base, other) = tree["outcomes"]
    assert (base["least"], base["greatest"]) == (0.0, 1.0)
    assert (other["scenario"], other["greatest"]) == ("no_nine_eleven", 0.0)


def test_a_sweep_without_factors_is_drawn_over_the_periods(
    sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    tree = told("summarise", sweep("replicates"), "--out", tmp_path)
    assert "summary_levels_by_period.png" in tree["files"]
    assert tree["outcomes"][0]["points"] == 1


def test_a_sampled_sweep_is_drawn_along_a_factor_of_choice(
    sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    words = ("--outcome", "rung_end", "--by", "abe_from", "--scenario", "baseline")
    tree = told("summarise", sweep("sobol"), *words, "--out", tmp_path)
    assert set(pd.read_csv(tmp_path / "summary.csv")["outcome"]) == {"rung_end"}
    assert "summary_rung_end_by_abe_from.png" in tree["files"]
    assert tree["sweep"]["failed_runs"] > 0
    assert any("runs failed and are left out" in text for text in tree["words"])


def test_a_figure_holds_the_command_that_makes_it_again(
    sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    out = tmp_path / "with spaces"
    words = ("--outcome", "rung_end>=0.5", "--by", "war", "--by", "pull")
    tree = told("summarise", sweep("sobol"), *words, "--out", out)
    (figure,) = (Path(p) for name, p in tree["files"].items() if name.endswith(".png"))
    before = figure.read_bytes()
    origin = read_origin(figure)
    figure.unlink()
    name, *again = shlex.split(origin.command)
    assert name == "alliance-sim"
    assert call(*again).exit_code == 0
    assert figure.read_bytes() == before
    assert origin.digest == load_plan(sweep("sobol")).digest
    assert [label for label, _ in origin.others] == ["baseline", "no_nine_eleven"]


@pytest.mark.parametrize(
    ("kind", "asked", "method", "key"),
    [
        ("saltelli", (), "sobol", "total"),
        ("morris", (), "morris", "mu_star"),
        ("sobol", (), "pawn", "pawn"),
        ("saltelli", ("--method", "pawn"), "pawn", "pawn"),
    ],
)
def test_sensitivity_uses_what_fits_the_design(
    sweep: Callable[[str], Path],
    tmp_path: Path,
    *,
    kind: str,
    asked: tuple[str, ...],
    method: str,
    key: str,
) -> None:
    tree = told("sensitivity", sweep(kind), "--outcome", "rung_end", *asked, "--out", tmp_path)
    assert tree["method"] == method
    size = {row["factor"]: row[key] for row in tree["factors"]}
    assert max(size, key=lambda name: size[name]) == "pull"
    assert f"rung_end_baseline_{method}.png" in tree["files"]
    assert tree["failed_runs"] > 0
    assert any("failed" in text and "Nothing was filled in" in text for text in tree["words"])
    assert any("no index explains it" in text for text in tree["words"])


def test_a_contrast_is_taken_run_by_run(sweep: Callable[[str], Path], tmp_path: Path) -> None:
    words = ("--outcome", "office_by_2014", "--contrast", "no_nine_eleven - baseline")
    tree = told("sensitivity", sweep("saltelli"), *words, "--out", tmp_path)
    assert tree["contrast"] == "no_nine_eleven - baseline"
    assert tree["scenarios"] == ["no_nine_eleven", "baseline"]
    assert tree["runs"] + tree["failed_runs"] == 32 * 8 * 4
    assert tree["factors"][0]["total"] == pytest.approx(1, abs=0.3)


def test_prim_and_cart_find_the_condition(sweep: Callable[[str], Path], tmp_path: Path) -> None:
    for method in ("prim", "cart"):
        words = ("--outcome", "rung>=8@2014", "--method", method)
        tree = told("discover", sweep("sobol"), *words, "--out", tmp_path)
        assert tree["outcome"] == "office_by_2014"
        (limit, *_) = tree["limits"]
        assert (limit["factor"], limit["high"]) == ("pull", None)
        assert limit["low"] == pytest.approx(2, abs=0.3)
        assert tree["boxes"][0]["density"] > 0.8
        assert f"office_by_2014_baseline_{method}_box1.png" in tree["files"]


def test_a_number_that_was_kept_can_be_compared(
    sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    words = ("--outcome", "rung_end >= 0.5", "--resample", "1", "--boxes", "1")
    tree = told("discover", sweep("sobol"), *words, "--out", tmp_path)
    assert tree["outcome"] == "rung_end_ge_0_5"
    assert tree["outcome_words"] == "formal steps climbed, end of 2025 ≥ 0.5"
    assert tree["again"][0]["factor"] == "pull"


def test_what_was_not_kept_is_simulated_again(sweep: Callable[[str], Path], tmp_path: Path) -> None:
    tree = told("summarise", sweep("grid"), "--outcome", "rung>=1@1995", "--out", tmp_path)
    assert tree["outcomes"][0]["words"] == "formal steps climbed ≥ 1, end of 1995"
    assert tree["outcomes"][0]["runs"] == 36


def test_results_are_also_told_on_a_terminal(sweep: Callable[[str], Path], tmp_path: Path) -> None:
    commands = [
        ("summarise", sweep("sobol"), "--outcome", "office_by_2014"),
        ("summarise", sweep("replicates"), "--outcome", "rung_end"),
        ("sensitivity", sweep("saltelli"), "--outcome", "rung_end"),
        ("sensitivity", sweep("morris"), "--outcome", "rung_end"),
        ("discover", sweep("sobol"), "--outcome", "office_by_2014", "--resample", "1"),
        ("discover", sweep("sobol"), "--outcome", "office_by_2014", "--method", "cart"),
    ]
    for command in commands:
        result = call(*command, "--out", tmp_path)
        assert result.exit_code == 0
        assert result.stderr == ""
        assert STATEMENT in " ".join(result.stdout.split())
        assert "95 %" in result.stdout


def test_numbers_are_told_whole_on_a_narrow_terminal(
    sweep: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    result = call("summarise", sweep("grid"), "--outcome", "office_by_2014", "--out", tmp_path)
    lines = result.stdout.splitlines()
    assert max(len(line) for line in lines if not line.startswith("Written to")) <= 60
    assert "formal steps climbed ≥ 8, end of 2014 (office_by_2014)" in lines
    assert any(line.strip() == "no_nine_eleven" for line in lines)
    told = " ".join(result.stdout.split())
    assert "least: 0.000 (0.000 to 0.390), median: 0.000, greatest: 1.000 (0.610 to 1.000)" in told


@pytest.mark.parametrize(("columns", "width"), [("wide", 120), ("", 120), ("0", 120), ("70", 70)])
def test_output_that_is_no_terminal_is_as_wide_as_columns_says(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert common.output().width == width


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


def test_scenarios_side_by_side_have_the_names_they_have_everywhere(
    sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    told("summarise", sweep("replicates"), "--outcome", "rung_end", "--out", tmp_path)
    table = pd.read_csv(tmp_path / "summary_rung_end_by_scenario.csv")
    assert table["label"].tolist() == ["baseline", "no_nine_eleven"]


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
    monkeypatch.setattr(common, "messages", lambda: console)
    with common.progress("working") as show:
        assert show is not None
    assert "working" in file.getvalue()
    assert "runs" not in file.getvalue()
    with common.progress("working") as show:
        assert show is not None
        show(3, 4000)
    assert "3/4,000 runs" in file.getvalue()


def test_a_figure_names_every_scenario_in_it_on_a_line_of_its_own(
    sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    tree = told("summarise", sweep("grid"), "--outcome", "rung_end", "--out", tmp_path)
    (figure,) = (path for name, path in tree["files"].items() if name.endswith(".png"))
    lines = call("plot", figure).stdout.splitlines()
    others = read_origin(figure).others
    assert [f"also holds: {name}, digest {digest}" for name, digest in others] == lines[-2:]


def test_a_command_line_holds_lists_once_for_each_entry_and_nothing_for_none() -> None:
    line = common.command_line("plot", Path("a b"), out="x[/b]", state=["rung", "level"], by=None)
    assert line == "alliance-sim plot 'a b' --out 'x[/b]' --state rung --state level"


def test_files_go_into_the_results_folder_unless_told_otherwise(
    sweep: Callable[[str], Path],
) -> None:
    told("summarise", sweep("replicates"), "--outcome", "rung_end")
    assert (sweep("replicates") / "summary" / "summary.csv").is_file()
    told("summarise", sweep("replicates"), "--outcome", "rung_end")  # it is still a sweep


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("summarise", "grid", "--outcome", "rung_nd"), "unknown outcome 'rung_nd'; did you mean"),
        (("summarise", "grid", "--by", "pul"), "unknown factor 'pul'; did you mean 'pull'"),
        (
            ("summarise", "grid", "--by", "pull", "--by", "rule", "--by", "pull"),
            "must be one factor or two different ones",
        ),
        (("summarise", "grid", "--scenario", "x"), "unknown scenario 'x'"),
        (
            ("sensitivity", "sobol", "--outcome", "rung_end", "--method", "sobol"),
            "not a Saltelli design of 3 factors",
        ),
        (
            ("sensitivity", "replicates", "--outcome", "rung_end"),
            "the sweep varies no factor",
        ),
        (
            ("sensitivity", "grid", "--outcome", "rung_end", "--contrast", "x - baseline"),
            "unknown scenario 'x'",
        ),
        (
            (
                *("sensitivity", "grid", "--outcome", "rung_end", "--scenario", "baseline"),
                *("--contrast", "no_nine_eleven - baseline"),
            ),
            "give either a contrast or a scenario, not both",
        ),
        (("discover", "sobol", "--outcome", "rung_end"), "Ask for a comparison, such as"),
        (
            ("discover", "sobol", "--outcome", "office_by_2014", "--scenario", "no_nine_eleven"),
            "never happens in these",
        ),
        (
            ("discover", "sobol", "--outcome", "rung_end>=lots"),
            "compares with 'lots', must be a number",
        ),
        (("discover", "sobol", "--outcome", "rung_end>=0.5", "--method", "c4.5"), "unknown method"),
        (
            (
                *("discover", "sobol", "--outcome", "office_by_2014", "--method", "cart"),
                *("--step", "3", "--boxes", "2", "--resample", "1"),
            ),
            "3 problems - --boxes goes with --method prim and not with cart - --step goes with",
        ),
    ],
)
def test_what_cannot_be_done_is_told_with_the_reason(
    sweep: Callable[[str], Path], tmp_path: Path, words: tuple[str, ...], expected: str
) -> None:
    command, kind, *options = words
    assert expected in fails(command, sweep(kind), *options, "--out", tmp_path)


def test_a_folder_without_a_sweep_is_told(tmp_path: Path) -> None:
    for command in ("summarise", "sensitivity", "discover"):
        options = () if command == "summarise" else ("--outcome", "rung_end")
        assert str(tmp_path) in fails(command, tmp_path, *options).replace(" ", "")
