"""The second edition is the first with its decisions carried out, and nothing else."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alliance_sim.cli import app
from alliance_sim.errors import RecordError
from alliance_sim.record import japan_nato
from alliance_sim.record.decisions import DECISIONS, ORDER, carried_out, read_decisions, unaccounted
from alliance_sim.record.folder import read_folder

HOME = Path(japan_nato.__file__).parent
FIRST, SECOND = (HOME / f"edition_{number}" for number in (1, 2))
DECIDED = read_decisions(SECOND)
BEFORE, AFTER = (read_folder(folder).tables for folder in (FIRST, SECOND))


def lines_of(name: str) -> dict[int, dict[str, str]]:
    """The rows of a table of the second look by their line, the header being line 1."""
    with (HOME / "second_look" / name).open(encoding="utf-8", newline="") as file:
        return dict(enumerate(csv.DictReader(file), start=2))


@pytest.fixture
def editions(tmp_path: Path) -> Path:
    for folder in (FIRST, SECOND):
        shutil.copytree(folder, tmp_path / folder.name)
    return tmp_path


def test_every_difference_between_the_editions_is_a_decision() -> None:
    assert unaccounted(DECIDED, BEFORE, AFTER) == []
    assert carried_out(DECIDED, BEFORE) == {name: AFTER[name] for name in ORDER}
    assert BEFORE != AFTER


@pytest.mark.parametrize(("table", "count"), [("corrections", 98), ("context_checks", 77)])
def test_every_proposal_is_decided_on(table: str, count: int) -> None:
    proposals = lines_of(f"{table}.csv")
    assert len(proposals) == count
    decided = {row["proposal"] for row in DECIDED}
    assert [line for line in proposals if f"{table} {line}" not in decided] == []


def test_every_act_of_the_second_list_without_a_match_is_decided_on() -> None:
    matched = {int(row["second_line"]) for row in lines_of("matches.csv").values()}
    alone = [line for line in lines_of("second_coder.csv") if line not in matched]
    decided = {row["proposal"] for row in DECIDED}
    assert len(alone) == 36
    assert [line for line in alone if f"second_coder {line}" not in decided] == []


def test_no_act_rests_on_memory() -> None:
    new = [
        row for row in DECIDED if row["table"] == "events" and row["column"] == "row" and row["new"]
    ]
    assert len(new) == 37
    sources = [row["source"] for row in AFTER["events"]]
    assert [source for source in sources if "memory" in source.lower()] == []


def test_a_decision_has_a_reason_and_is_one_of_three() -> None:
    assert {row["decision"] for row in DECIDED} == set(DECISIONS)
    assert all(len(row["reason"]) > 10 for row in DECIDED)


def test_an_unexplained_change_is_told_with_its_row(editions: Path) -> None:
    path = editions / "edition_2" / "events.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace("1978,political,visit,3", "1978,political,visit,2"), "utf-8")
    found = CliRunner().invoke(app, ["record", "check", str(editions)])
    said = " ".join(found.output.split())
    assert found.exit_code == 2
    assert "events.csv, row 5: not what the decisions lead to" in said


def test_the_shipped_editions_pass_the_check() -> None:
    found = CliRunner().invoke(app, ["record", "check", str(HOME)])
    assert found.exit_code == 0, found.output
    assert "222 rows of events.csv" in " ".join(found.output.split())


def test_a_row_too_many_is_told(editions: Path) -> None:
    path = editions / "edition_2" / "events.csv"
    path.write_text(
        path.read_text("utf-8") + "2025-12-01,political,visit,1,nato,A,B,high\n", "utf-8"
    )
    found = CliRunner().invoke(app, ["record", "check", str(editions)])
    assert "has 223 rows, and the decisions lead to 222" in " ".join(found.output.split())


def test_a_decision_about_something_else_than_the_edition_holds_is_told(editions: Path) -> None:
    path = editions / "edition_2" / "decisions.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace(",events,4,salience,2,3,", ",events,4,salience,1,3,"), "utf-8")
    with pytest.raises(RecordError, match=r"line 4 of events.csv holds '2', and old is '1'"):
        carried_out(read_decisions(editions / "edition_2"), BEFORE)


def test_all_problems_of_decisions_are_told_at_once(tmp_path: Path) -> None:
    head = "proposal,decision,table,line,column,old,new,reason,source\n"
    bad = "corrections 2,aplied,event,x,date,,,,\ncorrections 3,applied,events,,date,a,b,why,\n"
    (tmp_path / "decisions.csv").write_text(head + bad, "utf-8")
    with pytest.raises(RecordError) as caught:
        read_decisions(tmp_path)
    said = "\n".join(caught.value.problems)
    for sentence in (
        "row 2, decision: unknown decision 'aplied'; did you mean 'applied'?",
        "row 2, table: unknown table 'event'; did you mean 'events'?",
        "row 2, line: is 'x', must be a line of the table, or empty",
        "row 2, reason: is empty",
        "row 3, line: is empty, must name the line that the column is changed in",
    ):
        assert sentence in said
    (tmp_path / "decisions.csv").write_text("proposal,line\n", "utf-8")
    with pytest.raises(RecordError, match="column 'reason' is missing"):
        read_decisions(tmp_path)
