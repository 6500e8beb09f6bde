"""What comes after a sweep, through the command line: words, files, exit codes."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from alliance_sim.cli import app
from alliance_sim.plots.origin import read_origin
from alliance_sim.provenance import STATEMENT
from alliance_sim.sweep.plan_file import load_plan


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
    assert origin.plan == load_plan(sweep("sobol")).digest
    assert [origin.scenario, origin.others[0].scenario] == ["baseline", "no_nine_eleven"]


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


@pytest.mark.usefixtures("blank_pictures")
def test_a_contrast_is_taken_run_by_run(sweep: Callable[[str], Path], tmp_path: Path) -> None:
    words = ("--outcome", "office_by_2014", "--contrast", "no_nine_eleven - baseline")
    tree = told("sensitivity", sweep("saltelli"), *words, "--out", tmp_path)
    assert tree["contrast"] == "no_nine_eleven - baseline"
    assert tree["scenarios"] == ["no_nine_eleven", "baseline"]
    assert tree["runs"] + tree["failed_runs"] == 32 * 8 * 4
    assert tree["factors"][0]["total"] == pytest.approx(1, abs=0.3)


@pytest.mark.slow
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


@pytest.mark.usefixtures("blank_pictures")
def test_a_number_that_was_kept_can_be_compared(
    sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    words = ("--outcome", "rung_end >= 0.5", "--resample", "1", "--boxes", "1")
    tree = told("discover", sweep("sobol"), *words, "--out", tmp_path)
    assert tree["outcome"] == "rung_end_ge_0_5"
    assert tree["outcome_words"] == "formal step reached, of 11 (rung), end of 2025 ≥ 0.5"
    assert tree["again"][0]["factor"] == "pull"


@pytest.mark.usefixtures("blank_pictures")
def test_what_was_not_kept_is_simulated_again(sweep: Callable[[str], Path], tmp_path: Path) -> None:
    tree = told("summarise", sweep("grid"), "--outcome", "rung>=1@1995", "--out", tmp_path)
    assert tree["outcomes"][0]["words"] == "formal step 1 of 11 or higher (rung ≥ 1), end of 1995"
    assert tree["outcomes"][0]["runs"] == 36


@pytest.mark.usefixtures("blank_pictures")
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


@pytest.mark.usefixtures("blank_pictures")
def test_files_go_into_the_results_folder_unless_told_otherwise(
    sweep: Callable[[str], Path],
) -> None:
    told("summarise", sweep("replicates"), "--outcome", "rung_end")
    assert (sweep("replicates") / "summary" / "summary.csv").is_file()
    rows = sweep("replicates") / "rows"
    for command in ("summarise", "sensitivity", "discover"):
        told_why = fails(command, sweep("replicates"), "--outcome", "rung_end", "--out", rows)
        assert "rows: 1 problem - cannot be written: the sweep keeps its own there" in told_why
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
        *(
            (
                ("discover", "sobol", "--outcome", f"rung_end>={text}"),
                f"compares with '{text}', must be a finite number",
            )
            for text in ("lots", "nan", "-inf", "1e999", "1_0", "\u0661")
        ),
        (
            ("discover", "sobol", "--outcome", "rung_end>="),
            "'rung_end>=' cannot be read; write a state, or a comparison like rung>=8@2014",
        ),
        (
            ("discover", "sobol", "--outcome", "rung_end>=8@2014"),
            "as in rung_end>=8, or the state at another time, as in rung>=8@2014",
        ),
        (
            ("discover", "sobol", "--outcome", f"rung_end>={'9' * 6000}"),
            "...: 1 problem - must be a text of at most 300 characters",
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


def test_two_scenarios_of_a_sweep_are_held_against_each_other_run_by_run(
    sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = sweep("grid")
    tree = told("summarise", folder, "--contrast", "no_nine_eleven - baseline", "--out", tmp_path)
    (row,) = tree["contrasts"]
    assert (row["outcome"], row["contrast"]) == ("office_by_2014", "no_nine_eleven minus baseline")
    assert row["edited"] == 0.0
    assert row["difference"] == -row["factual"] == -row["below"]
    assert row["low"] <= row["difference"] <= row["high"] < 0.0
    assert (row["above"], row["runs"], row["failed"]) == (0.0, 36, 0)
    stem = "contrast_no_nine_eleven_minus_baseline"
    table = pd.read_csv(tmp_path / f"{stem}.csv")
    (levels,) = table[table["outcome"] == "level_political_end"]["mean"].round(9).unique()
    assert levels == -0.3, "as the stand-in for the engine adds 0.3 for the attacks"
    assert f"{stem}_office_by_2014_by_pull_and_rule.png" in tree["files"]
    text = call("summarise", folder, "--contrast", "baseline", "--out", tmp_path).stdout
    assert "no_nine_eleven minus baseline, run by run on the same noise" in " ".join(text.split())


def test_two_values_of_a_factor_are_held_against_each_other(
    sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    asked = ("--contrast", "pull=2.5 - 0.5", "--outcome", "level_political_end")
    tree = told("summarise", sweep("grid"), *asked, "--out", tmp_path)
    assert [row["contrast"] for row in tree["contrasts"]] == [
        "baseline: pull 2.5 minus 0.5",
        "no_nine_eleven: pull 2.5 minus 0.5",
    ]
    assert [round(row["difference"], 9) for row in tree["contrasts"]] == [0.2, 0.2]
    assert tree["by"] == ["rule"]


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize("command", ["sensitivity", "discover"])
def test_who_names_no_outcome_is_told_what_there_is(
    command: str, sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    words = fails(command, sweep("sobol"), "--out", tmp_path / "new")
    assert (
        "--outcome is missing. Of what happens or does not this sweep kept office_by_2014" in words
    )
    assert "numbers, which can be compared as in 'rung_end>=8', it kept" in words


@pytest.mark.parametrize(
    "words",
    [
        ("sensitivity", "--outcome", "rung_ende"),
        ("discover", "--outcome", "rung_end"),
        ("summarise", "--contrast", "nothing"),
    ],
)
def test_who_is_refused_keeps_no_empty_folder(
    words: tuple[str, ...], sweep: Callable[[str], Path], tmp_path: Path
) -> None:
    command, *options = words
    fails(command, sweep("sobol"), *options, "--out", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    (tmp_path / "old").mkdir()
    fails(command, sweep("sobol"), *options, "--out", tmp_path / "old")
    assert (tmp_path / "old").is_dir(), "it was there before"


def test_a_contrast_that_cannot_be_is_told(sweep: Callable[[str], Path], tmp_path: Path) -> None:
    words = fails("summarise", sweep("sobol"), "--contrast", "war=false - true")
    assert "no two points differ in 'war' alone" in words
    asked = ("--contrast", "no_nine_eleven - baseline", "--scenario", "baseline")
    assert "give either --contrast of scenarios or --scenario" in fails(
        "summarise", sweep("grid"), *asked
    )
