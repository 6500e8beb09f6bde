"""Scores from the command line: a table, files, JSON, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alliance_sim.calibration.scoring import SETTINGS
from alliance_sim.cli import app
from alliance_sim.plots.origin import read_origin
from alliance_sim.shipped import scenarios

SCENARIO = "two_islands/baseline"
MODELS = (
    *("constant", "log_linear", "log_quadratic", "four_period"),
    *("change_point", "random_walk", "hawkes", "regression"),
)


def called(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["score", *map(str, words), "--workers", "1"])
    return result.exit_code, result.stdout, " ".join(result.stderr.split())


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    folder = tmp_path_factory.mktemp("scored") / "out"
    code, said, _ = called(SCENARIO, "--json", "--out", folder)
    assert code == 0
    return folder, json.loads(said)


@pytest.mark.slow
def test_json_leads_by_series_setting_and_model_to_scores(
    scored: tuple[Path, dict[str, object]],
) -> None:
    tree = scored[1]
    assert tree["edition"] == "two_islands"
    series = tree["series"]
    assert isinstance(series, dict)
    assert list(series) == ["all", "alliance", "salience2"]
    for settings in series.values():
        assert list(settings) == list(SETTINGS)
        for models in settings.values():
            assert list(models) == list(MODELS)
            for row in models.values():
                assert row["log_score"] < 0.0 < row["crps"]
                assert 0.0 <= row["brier"] <= 1.0
                assert 0.5 <= row["coverage"] <= 1.0
                assert row["spent"] is False
    assert "no fit of the model" in str(tree["missing"])
    assert f"`alliance-sim calibrate {SCENARIO} --out FOLDER` fits it" in str(tree["missing"])
    assert tree["editions"] == [
        {key: tree[key] for key in ("edition", "first_year", "known_until", "scored_until",
                                    "rolling_from", "spent", "series")}
    ]  # fmt: skip


@pytest.mark.slow
def test_files_are_written_with_their_origin(scored: tuple[Path, dict[str, object]]) -> None:
    folder, tree = scored
    names = {path.name for path in folder.iterdir()}
    figures = {f"forecast_{series}.png" for series in ("all", "alliance", "salience2")} | {
        "pit.png"
    }
    tables = {"scores.csv", "score_differences.csv", "forecasts.csv"}
    assert names == figures | tables | {"manifest.json"} == set(tree["files"])  # type: ignore[call-overload]
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert (manifest["kind"], manifest["record"], manifest["runs"]) == ("score", "two_islands", 0)
    assert read_origin(folder / "pit.png").command.startswith(f"alliance-sim score {SCENARIO}")


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.slow
def test_the_same_command_gives_the_same_tables_which_a_terminal_of_80_columns_holds(
    scored: tuple[Path, dict[str, object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, said, _ = called(SCENARIO, "--series", "alliance", "--out", tmp_path)
    assert code == 0
    rows = (tmp_path / "scores.csv").read_text("utf-8").splitlines()
    before = (scored[0] / "scores.csv").read_text("utf-8").splitlines()
    assert rows == [before[0], *(row for row in before if ",alliance," in row)]
    assert max(map(len, said.splitlines()[:-2])) <= 80
    for title in ("constant", "rate by stage", "self-exciting", "regression"):
        assert f" {title} " in said.replace("\n", " ")
    assert "* holds years that were looked at before" in said


def test_a_folder_of_something_else_is_refused_before_anything_is_fitted(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    code, _, told = called(SCENARIO, "--out", tmp_path)
    assert code == 2
    assert "manifest.json in it is of something else; choose another folder with --out" in told
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("--from", 1996), "the first year that counts is 1996, must be before 1996"),
        (("--series", "alll"), "unknown series 'alll'; did you mean 'all'?"),
    ],
)
def test_what_cannot_be_scored_is_refused_before_anything_is_simulated(
    wrong: tuple[str, object], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alliance_sim.calibration.counted_runs.shipped_runs", None)
    code, _, said = called("japan_nato/baseline", *wrong, "--out", tmp_path)
    assert code == 2
    assert told in said
    assert list(tmp_path.iterdir()) == []


def test_folders_of_fits_are_opened_before_anything_is_fitted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alliance_sim.calibration.scoring.score_record", None)
    wrong, out = tmp_path / "wrong", tmp_path / "out"
    code, _, said = called("japan_nato/baseline", "--fit", wrong, "--out", out)
    assert code == 2
    assert "is no folder of a fit; alliance-sim calibrate writes one" in said
    assert not out.exists()


@pytest.mark.usefixtures("blank_pictures", "few_baselines")
def test_a_file_of_ones_own_is_named_in_what_to_type_as_it_was_typed(tmp_path: Path) -> None:
    folder = tmp_path / "my files"
    shutil.copytree(scenarios() / "two_islands", folder)
    mine = folder / "baseline.toml"
    code, said, _ = called(mine, "--series", "all", "--json", "--out", tmp_path / "out")
    assert code == 0
    told = json.loads(said)["missing"]
    assert f"`alliance-sim score '{mine}' --refit` fits it to parts of the record" in told
    assert f"`alliance-sim calibrate '{mine}' --out FOLDER` fits it" in told
