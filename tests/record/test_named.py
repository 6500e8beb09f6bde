"""The record that a scenario names: what is told when it is not there or not of its sides."""

from __future__ import annotations

import html
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alliance_sim import load_scenario
from alliance_sim.cli import app
from alliance_sim.errors import RecordError
from alliance_sim.record.folder import read_folder
from alliance_sim.record.named import mismatches, named_record
from alliance_sim.shipped import scenarios

SHIPPED = scenarios() / "two_islands" / "record"


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "record"))


def scenario_with(folder: Path, record: str) -> Path:
    file = folder / "mine.toml"
    head = 'extends = "two_islands/baseline"\ntitle = "Mine"\ndescription = "Mine"\n'
    file.write_text(f'{head}record = "{record}"\n', "utf-8")
    return file


def edited(record: Path, old: str, new: str, times: int = 1) -> None:
    path = record / "events.csv"
    path.write_text(path.read_text("utf-8").replace(old, new, times), "utf-8")


@pytest.mark.parametrize("command", ["validate", "show", "history"])
@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("./recrd", "is no folder; did you mean '{0}/record'?"),
        (
            "./record/events.csv",
            "is a file of a record, not the folder of a record; give its folder",
        ),
        ("./", "did you mean '{0}/record'?"),
        ("japan_nato@9", "holds no edition 9 (known: 1, 2)"),
        ("japan_nat", "did you mean 'japan_nato'?"),
    ],
)
def test_a_record_that_is_not_there_is_told_with_file_key_and_the_nearest(
    record: Path, command: str, named: str, told: str
) -> None:
    file = scenario_with(record.parent, named)
    out = ["--out", str(record.parent / "out"), "--runs", "1"] if command == "history" else []
    found = CliRunner().invoke(app, [command, str(file), *out])
    said = " ".join(str(found.exception).split()) + " ".join(found.output.split())
    assert found.exit_code != 0
    assert str(file) in said
    assert "record '" in said
    assert told.format(record.parent) in said


def test_a_misspelt_side_is_told_with_its_row_and_the_nearest(record: Path) -> None:
    edited(record, "north_island", "north_iland")
    with pytest.raises(RecordError) as caught:
        read_folder(record)
    assert len(caught.value.problems) == 1
    assert "initiator: is 'north_iland'; did you mean 'north_island'?" in str(caught.value)
    rows = (record / "events.csv").read_text("utf-8").splitlines()
    at = next(place for place, row in enumerate(rows, start=1) if "north_iland" in row)
    assert f"events.csv, row {at}, initiator" in str(caught.value)


def test_a_side_that_no_partner_has_is_refused_by_the_scenario_that_names_the_record(
    record: Path,
) -> None:
    rows = [r for r in (record / "events.csv").read_text("utf-8").splitlines() if r]
    kept = [rows[0], next(r for r in rows if ",north_island," in r)]
    text = "\n".join(kept).replace("north_island", "north_iland") + "\n"
    (record / "events.csv").write_text(text, "utf-8")
    read_folder(record)
    scenario = load_scenario(scenario_with(record.parent, "./record"))
    with pytest.raises(RecordError, match=r"events.csv, row 2, initiator: unknown side") as caught:
        named_record(scenario)
    assert "did you mean 'north_island'? (known: both, north_island, south_league)" in str(
        caught.value
    )


def test_a_misspelt_column_is_told_with_what_was_found(record: Path) -> None:
    edited(record, "salience", "salence")
    with pytest.raises(RecordError, match="column 'salience' is missing; found 'salence'"):
        read_folder(record)


def test_a_table_that_is_not_separated_by_commas_is_told_in_one_sentence(record: Path) -> None:
    edited(record, ",", ";", times=-1)
    with pytest.raises(RecordError) as caught:
        read_folder(record)
    assert caught.value.problems == (
        "events.csv: columns are separated by ';', must be separated by commas",
    )


def test_a_table_without_rows_is_named(record: Path) -> None:
    path = record / "events.csv"
    path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    found = CliRunner().invoke(app, ["record", "check", str(record)])
    assert "sound; 0 rows of events.csv" in " ".join(found.output.split())


@pytest.fixture
def strange(record: Path) -> Path:
    """Return a record with one strange thing of each kind."""
    edited(record, "member:hills", "member:hlls")
    with (record / "events.csv").open("a", encoding="utf-8") as file:
        file.write("1804,political,visit,1,both,{Old} visit,here,high\n")
    path = record / "institutions.csv"
    path.write_text(
        path.read_text("utf-8").replace(",envoys,", ",{envoy},")
        + "2010-12-31,9,palace,,here,high\n",
        "utf-8",
    )
    return record


ROWS = len((SHIPPED / "events.csv").read_text("utf-8").splitlines())
STRANGE = (
    "initiator: unknown member 'hlls'; did you mean 'hills'?",
    f"events.csv, row {ROWS + 1}, date: lies outside 2001 to 2010",
    "institutions.csv, row 3, name: rung 1 is '{envoy}', and 'envoys' in the scenario",
    "rung: is 9, and the ladder has rungs 0 to 3",
)


def test_what_the_scenario_does_not_know_is_warned_of_in_every_comparison(strange: Path) -> None:
    file, out = scenario_with(strange.parent, "./record"), strange.parent / "out"
    for words in (
        ["history", str(file), "--runs", "2", "--out", str(out)],
        ["validate", str(file)],
        ["record", "check", str(strange), "--scenario", str(file)],
    ):
        found = CliRunner().invoke(app, words)
        assert found.exit_code == 0, found.output
        said = " ".join(found.output.split())
        assert [sentence for sentence in STRANGE if sentence not in said] == []
    page = html.unescape((out / "report.html").read_text("utf-8"))
    assert [sentence for sentence in STRANGE if sentence not in page] == []


@pytest.mark.parametrize("name", ["two_islands/baseline", "japan_nato/baseline"])
def test_shipped_records_fit_their_scenarios(name: str) -> None:
    scenario = load_scenario(name)
    assert mismatches(named_record(scenario)[0], scenario) == ()


def test_a_check_against_a_scenario_refuses_other_sides() -> None:
    found = CliRunner().invoke(
        app, ["record", "check", str(SHIPPED), "--scenario", "japan_nato/baseline"]
    )
    assert found.exit_code == 2
    assert "unknown side 'north_island'" in " ".join(found.output.split())
