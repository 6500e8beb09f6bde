"""The folder is whole, traceable, and the same whenever the numbers are."""

from __future__ import annotations

import csv
import hashlib
import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from alliance_sim import load_scenario, provenance
from alliance_sim.calibration import shipped_posterior
from alliance_sim.errors import SettingError
from alliance_sim.plots.origin import read_origin
from alliance_sim.report import write_history
from alliance_sim.report.result_folder import ResultFolder, answer_folder, result_folder
from alliance_sim.results import Ensemble

if TYPE_CHECKING:
    from alliance_sim.comparison.history import HistoryComparison

FILES = {
    *("history.png", "counts.png", "claims.csv", "counts.csv", "rungs.csv", "chronology.csv"),
    *("trajectories.parquet", "report.html", "manifest.json"),
}
NUMBERS = ("claims.csv", "counts.csv", "rungs.csv", "chronology.csv", "trajectories.parquet")
COMMAND = "alliance-sim history --seed 3"


def manifest(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return found


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_the_folder_holds_what_was_promised_and_nothing_else(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == FILES
    assert all(path.stat().st_size for path in folder.iterdir())


@pytest.mark.usefixtures("blank_pictures")
def test_the_names_returned_are_the_files_written(
    comparison: HistoryComparison, tmp_path: Path
) -> None:
    files = write_history(comparison, out=tmp_path, command=COMMAND)
    assert set(files) == FILES
    assert all(Path(path).parent == tmp_path and Path(path).is_file() for path in files.values())


def test_the_manifest_knows_every_other_file(folder: Path) -> None:
    assert manifest(folder)["files"] == {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in sorted(FILES - {"manifest.json"})
    }


def shipped_label() -> str:
    drawn = shipped_posterior(load_scenario("japan_nato/baseline"))
    assert drawn is not None
    return drawn.label


def test_the_manifest_says_how_to_make_it_again(
    folder: Path, comparison: HistoryComparison
) -> None:
    said = manifest(folder)
    expected = {
        "scenario": "japan_nato/baseline",
        "digest": comparison.ensemble.digest,
        "edits": [],
        "seed": 3,
        "runs": 4,
        "first_run": 0,
        "failed_runs": 0,
        "chronology_run": 0,
        "engine": f"kernel, parameters of {shipped_label()}",
        "environment": provenance.environment(),
    }
    assert {key: said[key] for key in expected} == expected
    assert str(said["command"]).startswith("alliance-sim history")


def test_the_figures_carry_the_same_origin(folder: Path, comparison: HistoryComparison) -> None:
    for name in ("history.png", "counts.png"):
        origin = read_origin(folder / name)
        assert origin.digest == comparison.ensemble.digest
        assert (origin.seed, origin.runs, origin.first_run) == (3, 4, 0)
        assert origin.command == manifest(folder)["command"]


@pytest.mark.usefixtures("blank_pictures")
def test_writing_again_changes_no_byte_of_the_numbers(
    folder: Path, comparison: HistoryComparison, tmp_path: Path
) -> None:
    write_history(comparison, out=tmp_path, command="another command")
    assert [n for n in NUMBERS if (tmp_path / n).read_bytes() != (folder / n).read_bytes()] == []


def test_the_tables_name_no_version_and_end_lines_alike(folder: Path) -> None:
    versions = {provenance.version(), np.__version__, pd.__version__}
    for name in NUMBERS[:-1]:
        content = (folder / name).read_bytes()
        assert b"\r" not in content
        assert content.endswith(b"\n")
        assert not any(version.encode() in content for version in versions)


def test_the_trajectories_read_back_are_the_ensemble(
    folder: Path, comparison: HistoryComparison
) -> None:
    assert Ensemble.load(folder / "trajectories.parquet") == comparison.ensemble


def test_the_chronology_is_one_run_in_order_of_dates(
    folder: Path, comparison: HistoryComparison
) -> None:
    found = rows(folder / "chronology.csv")
    columns = ["date", "domain", "kind", "salience", "initiator", "months", "title"]
    assert list(found[0]) == columns
    assert len(found) == (comparison.events["run"] == 0).sum()
    dates = [row["date"] for row in found]
    assert dates == sorted(dates)
    assert all(len(date) == len("2001-09-11") for date in dates)


@pytest.mark.usefixtures("blank_pictures")
def test_the_chronology_is_of_a_run_that_did_not_fail(
    comparison: HistoryComparison, tmp_path: Path
) -> None:
    from dataclasses import replace

    values = comparison.ensemble.values.copy()
    values[0] = np.nan
    broken = replace(comparison.ensemble, values=values, status=("broke", "ok", "ok", "ok"))
    events = comparison.events[comparison.events["run"] > 0]
    write_history(
        replace(comparison, ensemble=broken, events=events), out=tmp_path, command=COMMAND
    )
    assert manifest(tmp_path)["failed_runs"] == 1
    assert manifest(tmp_path)["chronology_run"] == 1
    assert len(rows(tmp_path / "chronology.csv")) == (events["run"] == 1).sum()
    assert "1 of them failed" in (tmp_path / "report.html").read_text("utf-8")


def test_the_claims_say_what_the_same_test_makes_of_the_record(folder: Path) -> None:
    found = {row["id"]: row for row in rows(folder / "claims.csv")}
    assert len(found) == 29
    assert found["C03"]["record_holds"] == "True"
    assert found["C11"]["record_holds"] == "False"
    assert found["C26"]["record_holds"] == ""
    assert found["C26"]["share"] == ""


@pytest.mark.slow
@pytest.mark.usefixtures("blank_pictures")
def test_other_files_in_the_folder_are_left_alone(
    comparison: HistoryComparison, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "claims.csv").write_text("mine")
    with pytest.raises(SettingError, match=r"claims\.csv is there and not known as such a result"):
        write_history(comparison, out=tmp_path, command=COMMAND)
    assert (tmp_path / "claims.csv").read_text() == "mine"
    (tmp_path / "claims.csv").unlink()
    write_history(comparison, out=tmp_path, command=COMMAND)
    write_history(comparison, out=tmp_path, command=COMMAND)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "claims.csv").read_text() != "mine"


def test_results_are_not_written_into_the_folder_of_a_record(tmp_path: Path) -> None:
    for name in ("events.csv", "institutions.csv"):
        (tmp_path / name).write_text("mine")
    islands = load_scenario("two_islands/baseline")
    with pytest.raises(SettingError, match="is the folder of a record; choose another folder"):
        result_folder(tmp_path, kind="run", scenarios=[islands])
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_is_only_asked_for_is_not_left_behind(tmp_path: Path) -> None:
    islands = load_scenario("two_islands/baseline")
    (tmp_path / "mine").mkdir()
    for name in ("new/deep/out", "mine"):
        result_folder(tmp_path / name, kind="run", scenarios=[islands])
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("before", "now", "says"),
    [
        ({"outcome": "rung@2003"}, {"outcome": "rung@2004"}, "question, about rung@2003; choose"),
        (
            {"outcome": "rung@2003", "junctures": ["great_raid"]},
            {"outcome": "rung@2003", "junctures": ["joint_patrol"]},
            "with junctures great_raid in place of joint_patrol; choose another folder with --out",
        ),
        ({"theory": "RI"}, {"theory": None}, "with theory RI in place of the usual; choose"),
        ([], {"theory": None}, "about something else; choose another folder"),
        ({"outcome": "rung@2003"}, {"outcome": "rung@2003", "theory": "RI"}, ""),
    ],
)
def test_only_the_answer_to_the_same_question_may_be_replaced(
    before: object, now: dict[str, object], says: str, tmp_path: Path
) -> None:
    islands = load_scenario("two_islands/baseline")
    origin = provenance.new_origin(islands, engine="none", seed=1, runs=1, command=COMMAND)
    ResultFolder(tmp_path, kind="compare", origin=origin).close(asked=before)
    asked = partial(answer_folder, tmp_path, kind="compare", scenarios=[islands], asked=now)
    if not says:
        assert asked() == tmp_path
        return
    with pytest.raises(SettingError) as caught:
        asked()
    assert says in str(caught.value)


def test_a_file_in_place_of_the_folder_is_an_error(
    comparison: HistoryComparison, tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("here first")
    with pytest.raises(SettingError, match="taken is a file, must be a folder"):
        write_history(comparison, out=taken, command=COMMAND)
    assert taken.read_text() == "here first"


@pytest.mark.usefixtures("blank_pictures")
def test_a_folder_where_a_file_should_go_is_an_error(
    comparison: HistoryComparison, tmp_path: Path
) -> None:
    (tmp_path / "claims.csv").mkdir()
    with pytest.raises(SettingError, match=r"claims\.csv(.|\n)*a folder of that name"):
        write_history(comparison, out=tmp_path, command=COMMAND)
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_results_that_share_a_folder_leave_what_they_do_not_know(tmp_path: Path) -> None:
    origin = provenance.new_origin(
        load_scenario("two_islands/baseline"), engine="none", seed=1, runs=1, command=COMMAND
    )
    (tmp_path / "summary_bands.csv").write_text("mine")
    result = ResultFolder(tmp_path, kind="summarise", origin=origin, stem="summary")
    with pytest.raises(SettingError, match=r"summary_bands\.csv is there and not known as such"):
        result.text("bands", "csv", "ours")
    assert (tmp_path / "summary_bands.csv").read_text() == "mine"
    result.text("cells", "csv", "ours")
    result.close()
    again = ResultFolder(tmp_path, kind="summarise", origin=origin, stem="summary")
    again.text("cells", "csv", "ours again")
    again.close()
    assert (tmp_path / "summary_cells.csv").read_text() == "ours again"
    with pytest.raises(SettingError, match="holds what `summarise` gave"):
        ResultFolder(tmp_path, kind="sensitivity", origin=origin, stem="summary")


def result_of(seed: int, folder: Path) -> ResultFolder:
    origin = provenance.new_origin(
        load_scenario("two_islands/baseline"), engine="none", seed=seed, runs=1, command=COMMAND
    )
    return ResultFolder(folder, kind="run", origin=origin)


def test_of_two_commands_on_one_folder_the_results_of_one_stay_and_are_whole(
    tmp_path: Path,
) -> None:
    first, second = (result_of(seed, tmp_path) for seed in (1, 2))
    second.text("one", "csv", "of the second")
    first.text("one", "csv", "of the first")
    first.text("more", "csv", "of the first")
    first.close()
    second.close()
    assert (tmp_path / "one.csv").read_text() == "of the second"
    assert manifest(tmp_path)["seed"] == 2
    listed: Any = manifest(tmp_path)["files"]
    assert sorted(listed) == ["one.csv"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "one.csv"]


def test_whoever_stops_a_command_keeps_the_results_that_stood_there(tmp_path: Path) -> None:
    result = result_of(1, tmp_path)
    for name in ("one", "two"):
        result.text(name, "csv", f"{name} of the first")
    result.close()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    again = result_of(2, tmp_path)
    again.text("one", "csv", "of the second")
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert after == before
    del again  # as at the end of the program
    assert {path.name for path in tmp_path.iterdir()} == set(before)


def test_what_was_changed_since_and_what_lies_elsewhere_is_not_removed(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    result = result_of(1, folder)
    for name in ("one", "two", "three"):
        result.text(name, "csv", name)
    result.close()
    (folder / "two.csv").write_text("mine")
    (tmp_path / "other.csv").write_text("one")
    told: Any = manifest(folder)
    told["files"]["../other.csv"] = told["files"]["one.csv"]
    (folder / "manifest.json").write_text(json.dumps(told))
    again = result_of(2, folder)
    again.text("three", "csv", "three")
    again.close()
    assert sorted(path.name for path in folder.glob("*.csv")) == ["three.csv", "two.csv"]
    assert (tmp_path / "other.csv").read_text() == "one"
