"""The command line as a person meets it: words, files, exit codes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from alliance_sim import Ensemble, simulate
from alliance_sim.cli import app
from alliance_sim.plots.origin import read_origin
from alliance_sim.report.run import beside_of
from alliance_sim.scenario import shipped

HISTORY_KEYS = {
    *("scenario", "digest", "seed", "runs", "version", "claims", "counts", "rungs"),
    *("assumed_numbers", "files", "record", "missing", "mismatches", "factual", "claim_changes"),
}
HISTORY_FILES = {
    *("history.png", "counts.png", "claims.csv", "counts.csv", "rungs.csv", "chronology.csv"),
    *("trajectories.parquet", "report.html", "manifest.json"),
}


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    out = tmp_path_factory.mktemp("history")
    words = ("history", "--runs", "4", "--seed", "7", "--workers", "1", "--json", "--out", out)
    return call(*words), out


def test_history_prints_one_json_object_and_writes_every_file(told: tuple[Result, Path]) -> None:
    result, out = told
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert set(found) == HISTORY_KEYS
    assert (found["seed"], found["runs"], found["scenario"]) == (7, 4, "japan_nato/baseline")
    assert len(found["claims"]) == 29
    assert len(found["counts"]) == 4 * 4 * 3
    assert [rung["rung"] for rung in found["rungs"]] == list(range(1, 12))
    assert found["assumed_numbers"] > 100
    assert {path.name for path in out.iterdir()} == HISTORY_FILES
    assert all(Path(path).exists() for path in found["files"].values())


@pytest.mark.usefixtures("blank_pictures")
def test_history_on_a_terminal_ends_in_one_sentence_of_what_it_means(tmp_path: Path) -> None:
    result = call("history", "--runs", "2", "--workers", "1", "--out", tmp_path)
    assert result.exit_code == 0
    assert "C29" in result.stdout
    assert "not that they are true" in " ".join(result.stdout.split())
    assert result.stdout.index("C01") < result.stdout.index("Acts by stage")
    assert result.stderr == ""


@pytest.mark.usefixtures("blank_pictures")
def test_a_required_number_of_claims_that_is_not_reached_is_a_failed_check(tmp_path: Path) -> None:
    result = call("history", "--runs", "2", "--workers", "1", "--out", tmp_path, "--require", "21")
    assert result.exit_code == 1
    assert "21 required" in result.stderr


def test_the_figure_says_how_to_make_it_again(told: tuple[Result, Path]) -> None:
    result, out = told
    origin = read_origin(out / "history.png")
    assert origin.command.startswith("alliance-sim history japan_nato/baseline --runs 4 --seed 7")
    printed = call("plot", out / "history.png", "--json")
    assert json.loads(printed.stdout)["digest"] == json.loads(result.stdout)["digest"]


def test_run_writes_a_folder_that_plot_can_read(tmp_path: Path) -> None:
    out = tmp_path / "run"
    words = ("run", "japan_nato/no_second_abe", "--runs", "2", "--workers", "1", "--out", out)
    result = call(*words, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert [row["period"] for row in found["summary"]] == ["P1", "P2", "P3", "P4"]
    origin = json.loads(call("plot", out / "levels.png", "--json").stdout)
    assert [other["scenario"] for other in origin["others"]] == ["japan_nato/baseline"]
    figure = tmp_path / "figure.png"
    drawn = call("plot", out / "trajectories.parquet", "--state", "rung", "--out", figure)
    assert drawn.exit_code == 0
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert [one.scenario for one in read_origin(figure).others] == ["japan_nato/baseline"]


@pytest.mark.usefixtures("blank_pictures")
def test_run_says_whose_numbers_it_takes_and_how_to_take_those_of_history(tmp_path: Path) -> None:
    def told(*words: str | Path) -> str:
        done = call("run", *words, "--runs", "2", "--workers", "1")
        assert done.exit_code == 0
        return " ".join(done.stdout.split())

    base = "japan_nato/baseline"
    plain = told(base, "--out", tmp_path / "plain")
    assert "Parameters: as the scenario states them" in plain
    assert "--posterior shipped takes the draws that `history` and `compare` take" in plain
    drawn = told(base, "--posterior", "shipped", "--out", tmp_path / "drawn")
    (label,) = re.findall(r"Parameters: (2 of 300 posterior draws [^;]*); chance", drawn)
    assert label in " ".join(call("history", base, "--runs", "2").stdout.split())
    assert "as the scenario states them" not in drawn


@pytest.mark.usefixtures("blank_pictures")
def test_beside_a_saved_what_if_lie_the_days_of_its_edits_and_the_runs_without_them(
    tmp_path: Path,
) -> None:
    out, alone = tmp_path / "run", tmp_path / "alone.parquet"
    words = ("run", "japan_nato/no_nine_eleven", "--runs", "2", "--seed", "3", "--out", out)
    assert call(*words).exit_code == 0
    saved = out / "trajectories.parquet"
    ensemble = Ensemble.load(saved)
    factual, edits = beside_of(ensemble, saved)
    assert factual == simulate("japan_nato/baseline", runs=2, seed=3)
    ((year, told),) = edits.items()
    assert (int(year), told) == (2001, "without “Attacks of 11 September 2001”")
    shutil.copy(saved, alone)
    assert beside_of(ensemble, alone) == (None, {})
    other = simulate("japan_nato/no_nine_eleven", runs=2, seed=4)
    assert beside_of(other, saved) == (None, {})  # is no result of that folder
    for foreign in ('{"name": "my web app"}', '["a.js"]', "{ // mine"):
        (alone.parent / "manifest.json").write_text(foreign)
        assert beside_of(ensemble, alone) == (None, {})
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    (out / "manifest.json").write_text(json.dumps(manifest | {"edited_days": [{"date": "soon"}]}))
    broken = call("plot", out, "--state", "rung")
    assert broken.exit_code == 2
    assert "manifest.json: is no manifest of such a result" in " ".join(broken.stderr.split())


def test_an_unknown_state_is_told_with_the_nearest_one(told: tuple[Result, Path]) -> None:
    result = call("plot", told[1] / "trajectories.parquet", "--state", "level_politcal")
    assert result.exit_code == 2
    assert "did you mean 'level_political'" in " ".join(result.stderr.split())


def test_show_tells_what_an_edit_brings_down_with_it() -> None:
    words = " ".join(call("show", "japan_nato/no_nine_eleven").stdout.split())
    assert "Would the relationship have formed without the attacks of 2001?" in words
    end = words[words.index("Edits (") :]  # last, where a terminal shows it
    assert "without nine_eleven: Attacks of 11 September 2001, 2001-09-11; in its place: " in end
    why = "as “Attacks of 11 September 2001” is gone"
    isaf = "NATO leads ISAF in Afghanistan, 2003-08-11 to 2014-12-31"
    assert f"falls away: {isaf}, {why}" in end
    assert "left to chance: Anti-Terrorism Special Measures Law, 2001-10-29 to 2007-11-01" in end
    assert "as “NATO leads ISAF in Afghanistan” is gone" in end
    everything = " ".join(call("show", "japan_nato/no_nine_eleven", "--all").stdout.split())
    assert "with it goes: hostility of terrorism" in everything
    shown = json.loads(call("show", "japan_nato/no_nine_eleven", "--json").stdout)
    standing = {juncture["name"]: juncture["standing"] for juncture in shown["junctures"]}
    assert standing["nine_eleven"] == "removed"
    assert standing["anti_terrorism_law"].startswith("left to chance")
    assert standing["taepodong_1998"] == "as dated"


def test_show_says_what_becomes_of_the_end_of_what_is_moved(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    for end, told in {
        '"moves"': "its end moves along, from 2014-12-31 to 2016-05-23",
        '"stays"': "its end stays 2014-12-31",
        "2010-01-01": "it ends 2010-01-01",
    }.items():
        move = f'[[moved]]\njuncture = "isaf"\nto = 2005-01-01\nend = {end}\n'
        path.write_text(move, encoding="utf-8")
        words = " ".join(call("show", path).stdout.split())
        assert f"from 2003-08-11 to 2005-01-01; {told}" in words


@pytest.mark.parametrize("name", shipped())
def test_show_fits_a_screen_unless_everything_is_asked_for(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert len(call("show", name).stdout.splitlines()) <= 30
    assert len(call("show", name, "--all").stdout.splitlines()) > 30


def test_diff_names_what_differs_and_nothing_else() -> None:
    result = call("diff", "japan_nato/baseline", "japan_nato/council_majority", "--json")
    rows = json.loads(result.stdout)["differences"]
    assert [row["path"] for row in rows] == ["council.rule"]
    same = call("diff", "japan_nato/baseline", "japan_nato/baseline")
    assert same.stdout.strip() == "No difference."


@pytest.mark.slow
def test_texts_and_paths_of_users_are_no_markup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    odd = "odd[b].toml"
    Path(odd).write_text(
        """
extends = "japan_nato/baseline"
title = "A [/b] title"
question = "What [/i] if?"
description = "No [/u] end."
[[set]]
path = "juncture.nine_eleven.title"
to = "Attacks [/b]"
source = "a what-if"
[[set]]
path = "juncture.nine_eleven.when_removed"
to = "Nothing [/b] comes."
source = "a what-if"
[[set]]
path = "council.rule"
to = "weighted_majority"
source = "a what-if"
""",
        encoding="utf-8",
    )
    shown = call("show", odd)
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert "A [/b] title" in shown.stdout
    assert "Nothing [/b] comes." in " ".join(shown.stdout.replace("│", " ").split())
    listed = call("diff", "japan_nato/baseline", odd)
    assert (listed.exit_code, listed.stderr) == (0, "")
    assert f"japan_nato/baseline and {odd}" in listed.stdout
    assert "Attacks [/b]" in listed.stdout
    done = call("run", odd, "--runs", "1", "--workers", "1", "--out", "x[/b]")
    assert done.exit_code == 0
    assert "Written to x[/b]/" in done.stdout
    drawn = call("plot", "x[/b]/trajectories.parquet", "--state", "rung", "--out", "y[b].png")
    assert drawn.stdout == "Written to y[b].png\n"
    command = "alliance-sim plot 'x[/b]/trajectories.parquet' --out 'y[b].png' --state rung"
    assert read_origin("y[b].png").command == command
    compared = call("history", odd, "--runs", "1", "--workers", "1", "--out", "z[/b]")
    assert "Written to z[/b]/" in compared.stdout


def test_validate_tells_of_each_file_and_ends_with_2_if_one_is_broken(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text('extends = "japan_nato/baseline"\ntitel = "x"\nwithout = ["9/11"]\n')
    result = call("validate", "japan_nato/baseline", broken)
    assert result.exit_code == 2
    assert "japan_nato/baseline: sound" in result.stdout
    assert "unknown key 'titel'; did you mean 'title'?" in result.stderr
    assert "Traceback" not in result.stderr
    assert call("validate", "japan_nato/baseline").exit_code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("history", "--runs", "0"), "'--runs': is '0', must be a whole number of at least 1"),
        (("history", "--seed", "today"), "--seed: 1 problem - is 'today', must be a whole number"),
        (("history", "--seed", "-1"), "--seed: 1 problem - is '-1', must be a whole number"),
        (
            ("history", "--workers", "0", "--runs", "2"),
            "workers is 0, must be a whole number from 1 to",
        ),
        (("history", "japan_nato/basline"), "did you mean 'japan_nato/baseline'"),
        (("run", "nowhere.toml"), "does not exist"),
        (("show", "nowhere.toml"), "does not exist"),
        (("diff", "japan_nato/baseline", "nowhere.toml"), "does not exist"),
        (("plot", "nowhere.parquet"), "does not exist"),
        (("plot", "nowhere.png"), "cannot be read as a figure"),
        (("plot", "a.png", "--state", "rung"), "--state does not go with a figure, which"),
        (("plot", "a.png", "--state", "x", "--out", "b.png"), "--out, --state do not go with"),
    ],
)
def test_wrong_input_is_told_in_words_and_ends_with_2(
    words: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(*words)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_a_folder_that_cannot_be_written_is_told_before_any_run(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    result = call("history", "--runs", "100000", "--out", tmp_path / "taken" / "deeper")
    assert result.exit_code == 2
    assert "is a file, must be a folder" in " ".join(result.stderr.split())


def test_an_unknown_command_or_option_ends_with_2() -> None:
    for words in (("histroy",), ("history", "--rnus", "3")):
        finished = subprocess.run(
            [sys.executable, "-m", "alliance_sim.cli", *words],
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 2
        assert "Traceback" not in finished.stderr
