"""`alliance-sim compare`, as typed: what it prints, what it writes, what it never overwrites."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from alliance_sim import compare
from alliance_sim.cli import app

pytestmark = pytest.mark.usefixtures("blank_pictures")
NO_RAID = "two_islands/no_raid"


def call(*words: object, code: int = 0) -> Result:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result


def compared(out: Path, *words: object) -> dict[str, Any]:
    result = call("compare", *words, "--runs", 4, "--seed", 3, "--out", out, "--json")
    tree: dict[str, Any] = json.loads(result.stdout)
    return tree


def test_one_name_is_enough_and_the_terminal_says_what_differs(tmp_path: Path) -> None:
    result = call("compare", NO_RAID, "--runs", 4, "--out", tmp_path)
    assert "Against: Two islands (two_islands/baseline)" in result.stdout
    assert "2004-05-10  without “The great raid”" in result.stdout
    assert "Up to the end of 2004Q1 both worlds are the same to the last bit." in result.stdout
    assert "Dated acts of run 0 that differ" in result.stdout
    assert "It is not evidence about what would have happened" in " ".join(result.stdout.split())


def test_json_holds_what_python_gives(tmp_path: Path) -> None:
    tree = compared(tmp_path, NO_RAID)
    found = compare(NO_RAID, runs=4, seed=3)
    assert tree["factual"]["scenario"] == "two_islands/baseline"
    assert [row["difference"] for row in tree["table"]] == list(found.table["difference"])
    assert tree["edited"][0]["sentence"] == found.sentences["No great raid"]
    assert tree["edited"][0]["same_until"] == "2004-04-01"
    assert len(tree["acts"]) == len(found.acts)


def test_the_files_hold_the_differences(tmp_path: Path) -> None:
    compared(tmp_path, NO_RAID)
    found = compare(NO_RAID, runs=4, seed=3)
    table = pd.read_csv(tmp_path / "differences.csv")
    assert list(table.columns) == list(found.table.columns)
    assert table["difference"].tolist() == pytest.approx(found.table["difference"].tolist())
    paired = pd.read_parquet(tmp_path / "differences.parquet")
    assert paired["level_operations"].equals(found.differences("No great raid")["level_operations"])


def test_the_run_whose_acts_are_told_can_be_chosen(tmp_path: Path) -> None:
    tree = compared(tmp_path, NO_RAID, "--show-run", 2)
    assert tree["shown_run"] == 2
    assert len(tree["acts"]) == len(compare(NO_RAID, runs=4, seed=3).acts_of(2))
    assert json.loads((tmp_path / "manifest.json").read_text())["shown_run"] == 2


def test_a_folder_of_other_scenarios_or_commands_is_refused_before_anything_runs(
    tmp_path: Path,
) -> None:
    compared(tmp_path, NO_RAID)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    other = call("compare", "japan_nato/no_second_abe", "--out", tmp_path, code=2)
    assert "holds what `compare` gave for two_islands/baseline, two_islands/no_raid" in other.stderr
    command = call("run", NO_RAID, "--out", tmp_path, code=2)
    assert "choose another folder with --out" in command.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_same_again_may_be_replaced(tmp_path: Path) -> None:
    compared(tmp_path, NO_RAID)
    assert compared(tmp_path, NO_RAID, "--year", 2008)["table"][0]["year"] == 2008


def test_what_another_outcome_was_asked_for_is_not_replaced(tmp_path: Path) -> None:
    compared(tmp_path, NO_RAID, "--outcome", "rung>=2@2008")
    result = call("compare", NO_RAID, "--runs", 4, "--out", tmp_path, code=2)
    assert "with outcomes rung>=2@2008 in place of the usual; choose another" in result.stderr


def test_a_refused_comparison_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call("compare", NO_RAID, NO_RAID, code=2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("japan_nato/baseline",), "extends no other scenario"),
        ((NO_RAID, "japan_nato/no_second_abe"), "say which is the factual one: --against"),
        ((NO_RAID, "--against", "japan_nato/baseline"), "must be of Japan and NATO"),
        ((NO_RAID, "--show-run", "9"), "--show-run: 1 problem\n  - is 9, must be from 0 to 3"),
        ((NO_RAID, "--outcome", "rungs@2005"), "did you mean 'rung'?"),
        ((NO_RAID, "--year", "1950"), "year is 1950, must be from 2001 to 2010"),
    ],
)
def test_wrong_input_is_told_in_words(words: tuple[str, ...], told: str, tmp_path: Path) -> None:
    result = call("compare", *words, "--runs", 4, "--out", tmp_path, code=2)
    assert told in result.stderr
    assert "Traceback" not in result.output


def test_run_points_to_compare_where_several_are_given() -> None:
    result = call("run", NO_RAID, "two_islands/baseline", code=2)
    line = "alliance-sim compare two_islands/no_raid two_islands/baseline"
    assert line in result.stderr


def test_history_of_a_what_if_says_which_claims_change(tmp_path: Path) -> None:
    what_if = "japan_nato/no_nine_eleven"
    result = call("history", what_if, "--runs", 6, "--out", tmp_path)
    words = " ".join(result.stdout.split())
    assert "Beside “Japan and NATO, the described history”," in words
    assert "of the 29 claims change" in words
    changes = pd.read_csv(tmp_path / "claim_changes.csv")
    assert len(changes) == 29
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "<h1>Which claims of the described history change?</h1>" in page
    assert "Does the model tell" not in page
    (moved, *_) = changes[changes["change"] != "as before"].to_dict("records")
    assert f'<tr><th scope="row">{moved["id"]}</th><td>{moved["claim"]}</td>' in page


def test_history_of_other_years_than_those_it_extends_is_told_by_itself(tmp_path: Path) -> None:
    late = tmp_path / "late.toml"
    years = '[[set]]\npath = "time.first_year"\nto = 2005\nsource = "mine"\n'
    late.write_text(f'extends = "two_islands/baseline"\ntitle = "Late"\n{years}', "utf-8")
    result = call("history", late, "--runs", 3, "--out", tmp_path / "out")
    assert (
        "late: runs from 2005 to 2010, must run from 2001 to 2010 as two_islands" in result.stderr
    )
    assert "it is told by itself" in result.stderr
    assert not (tmp_path / "out" / "claim_changes.csv").exists()
    assert (tmp_path / "out" / "report.html").stat().st_size > 0


@pytest.mark.slow
def test_results_of_different_scenarios_go_to_different_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in ("run", "history"):
        for scenario in ("two_islands/baseline", NO_RAID):
            call(command, scenario, "--runs", 2)
    call("compare", NO_RAID, "--runs", 2)
    assert {path.name for path in Path("results").iterdir()} == {
        "two_islands_baseline",
        "two_islands_no_raid",
        "history_two_islands_baseline",
        "history_two_islands_no_raid",
        "compare_two_islands_no_raid",
    }


def test_a_changed_text_of_the_same_scenario_is_told_and_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    text = 'extends = "two_islands/baseline"\ntitle = "Mine"\ndescription = "Mine."\n'
    Path("mine.toml").write_text(f'{text}without = ["great_raid"]\n')
    call("compare", "mine.toml", "--runs", 2)
    Path("mine.toml").write_text(f'{text}without = ["trade_act"]\n')
    result = call("compare", "mine.toml", "--runs", 2)
    assert "results of an earlier mine are replaced" in caplog.text + result.stderr


def test_plot_takes_the_folder_and_draws_beside_it_and_over_no_other_file(tmp_path: Path) -> None:
    call("run", NO_RAID, "--runs", 2, "--out", tmp_path / "run")
    for _ in range(2):  # the same figure may be drawn again
        call("plot", tmp_path / "run", "--state", "rung")
    assert (tmp_path / "run" / "rung.png").exists()
    mine = tmp_path / "mine.png"
    mine.write_bytes(b"mine")
    refused = call("plot", tmp_path / "run", "--out", mine, code=2)
    assert "is there and is no figure of this program" in refused.stderr
    assert mine.read_bytes() == b"mine"
    call("run", "two_islands/baseline", "--runs", 2, "--out", tmp_path / "other")
    other = call("plot", tmp_path / "other", "--out", tmp_path / "run" / "rung.png", code=2)
    assert "is a figure of two_islands/no_raid" in other.stderr


def test_a_folder_without_an_ensemble_is_told_what_it_lacks(tmp_path: Path) -> None:
    result = call("plot", tmp_path, code=2)
    assert "holds no trajectories.parquet" in result.stderr


@pytest.mark.parametrize("columns", ["80", "120"])
def test_differences_stay_a_table_on_a_usual_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = call("compare", "council_majority", "--runs", 4, "--out", tmp_path).stdout.split("\n")
    paths = "Written to "  # which stay in one line
    assert all(len(line) <= int(columns) for line in lines if paths not in line)
    assert any(line.strip("│ ").startswith("politics") and "→" in line for line in lines)
    assert "Both worlds differ from the first quarter on." in "\n".join(lines)
    assert "Up to the end of" not in "\n".join(lines)
