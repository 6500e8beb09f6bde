"""Records from the command line: checked, and made."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from typer.testing import CliRunner

from alliance_sim.cli import app
from alliance_sim.record import named
from alliance_sim.shipped import scenarios

RECORD = scenarios() / "two_islands" / "record"


def ran(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["record", *words])
    return result.exit_code, result.output


def test_a_sound_record_is_told_with_its_rows() -> None:
    code, said = ran("check", str(RECORD), "--json")
    found = json.loads(said)
    assert (code, found["ok"], found["problems"]) == (0, True, [])
    rows = (RECORD / "events.csv").read_text("utf-8").splitlines()
    assert found["rows"]["events"] == len(rows) - 1


def test_a_folder_that_is_no_record_is_wrong_input(tmp_path: Path) -> None:
    code, said = ran("check", str(tmp_path), "--json")
    assert code == 2
    assert json.loads(said)["problems"] == [
        "events.csv: does not exist",
        "institutions.csv: does not exist",
    ]
    assert ran("check", str(tmp_path / "nowhere"))[0] == 2


def test_a_record_that_ships_is_checked_by_its_name() -> None:
    first, newest = (json.loads(ran("check", f"japan_nato{e}", "--json")[1]) for e in ("@1", ""))
    assert first["ok"]
    assert newest["ok"]
    assert first["rows"]["events"] < newest["rows"]["events"]
    whole = ran("check", "japan_nato@2", "--scenario", "japan_nato/baseline", "--json")[1]
    assert (
        json.loads(whole)["mismatches"] == []
    )  # it names allies that a scenario counts as a group
    code, said = ran("check", "japan_nato@9")
    assert code == 2
    assert "edition" in said


def test_an_act_that_stands_twice_is_doubted_and_no_mistake(tmp_path: Path) -> None:
    record = Path(shutil.copytree(RECORD, tmp_path / "record"))
    path = record / "events.csv"
    rows = path.read_text("utf-8").splitlines()
    other = rows[5].replace(",high", ",low")
    assert other != rows[5]
    path.write_text("\n".join([*rows[:4], rows[3], *rows[4:6], other, *rows[6:]]) + "\n", "utf-8")
    code, said = ran("check", str(record))
    words = " ".join(said.split())
    assert code == 0
    assert "sound; 83 rows" in words
    assert "warning: events.csv, rows 4, 5: the same row, so that one act counts 2 times" in words
    assert "warning: events.csv, rows 7, 8: the same date" in words
    assert words.count("warning:") == 2
    assert len(json.loads(ran("check", str(record), "--json")[1])["doubts"]) == 2
    assert json.loads(ran("check", str(RECORD), "--json")[1])["doubts"] == []
    mine = tmp_path / "mine.toml"
    mine.write_text('extends = "two_islands/baseline"\nrecord = "./record"\n', "utf-8")
    told = CliRunner().invoke(app, ["validate", str(mine), "--json"]).output
    assert "events.csv, rows 4, 5: the same row" in told


def test_a_rung_that_is_passed_over_is_doubted(tmp_path: Path) -> None:
    record = Path(shutil.copytree(RECORD, tmp_path / "record"))
    path = record / "institutions.csv"
    rows = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*rows[:2], *rows[3:]]) + "\n", "utf-8")
    words = " ".join(ran("check", str(record))[1].split())
    assert "institutions.csv, row 3: rung 2 follows rung 0, and rung 1 is passed over" in words


def test_the_shipped_records_are_not_doubted() -> None:
    for edition in (1, 2):
        folder = Path(named.__file__).parent / "japan_nato" / f"edition_{edition}"
        assert json.loads(ran("check", str(folder), "--json")[1])["doubts"] == []


def test_a_record_is_made_where_the_scenario_says_or_the_option(tmp_path: Path) -> None:
    code, said = ran("make", "two_islands/baseline", "--seed", "5", "--out", str(tmp_path))
    assert code == 0
    assert "events.csv, institutions.csv, agreements.csv, truth.toml" in " ".join(said.split())
    assert ran("check", str(tmp_path))[0] == 0
    assert ran("make", "japan_nato/baseline")[0] == 2


def test_two_codings_are_shown_and_written(tmp_path: Path) -> None:
    code, said = ran("agreement", "--out", str(tmp_path))
    assert code == 0
    words = " ".join(said.split())
    for told in ("0.967", "140.9", "Beta(30, 13)", "C29", "Of 89 acts", "Record japan_nato@2"):
        assert told in words
    assert (tmp_path / "codings.png").exists()
    code, said = ran("agreement", "japan_nato@1", "--json")
    found = json.loads(said)
    assert (code, found["record"], len(found["claims"])) == (0, "japan_nato@1", 28)


def test_a_relationship_without_a_second_coding_or_unknown_is_wrong_input() -> None:
    for words, told in (
        (["japan_nat"], "did you mean 'japan_nato'?"),
        (["japan_nato@7"], "holds no edition 7 (known: 1, 2)"),
        (["--scenario", "two_islands/baseline"], "has no second coding"),
        (["japan_nato", "--scenario", "two_islands/baseline"], "takes a relationship or"),
    ):
        result = CliRunner().invoke(app, ["record", "agreement", *words])
        assert result.exit_code != 0
        assert told in " ".join(f"{result.output} {result.exception}".split())
