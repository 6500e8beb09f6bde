"""A second coding is read whole, or told with everything that is wrong with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from alliance_sim.errors import NoRecord, RecordError
from alliance_sim.record import japan_nato
from alliance_sim.record.second_look import second_look_of

HOME = Path(japan_nato.__file__).parent


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in ("edition_1", "edition_2", "second_look"):
        shutil.copytree(HOME / name, tmp_path / name)
    return tmp_path


def test_the_lists_are_matched_act_by_act() -> None:
    look = second_look_of(HOME / "edition_2")
    assert (len(look.first), len(look.second), len(look.pairs)) == (193, 168, 132)
    pair = look.pairs[0]
    assert look.first[pair.first]["date"] == look.second[pair.second]["date"] == "1973-04-23"
    assert len({p.first for p in look.pairs}) == len({p.second for p in look.pairs}) == 132


def test_every_edition_has_the_same_second_look() -> None:
    assert second_look_of(HOME / "edition_1") == second_look_of(HOME / "edition_2")


def test_a_record_without_editions_has_its_second_look_in_it(home: Path) -> None:
    for file in (home / "edition_1").iterdir():
        shutil.copy(file, home / file.name)
    assert len(second_look_of(home).pairs) == 132


def test_without_one_it_is_said_where_it_would_be(home: Path) -> None:
    shutil.rmtree(home / "second_look")
    with pytest.raises(NoRecord, match="has no second coding"):
        second_look_of(home / "edition_2")


def test_all_problems_of_both_files_are_told_at_once(home: Path) -> None:
    second, matches = (home / "second_look" / n for n in ("second_coder.csv", "matches.csv"))
    text = second.read_text("utf-8").replace("1973-04-23,political,", "1973-04-32,politcal,")
    second.write_text(text, "utf-8")
    text = matches.read_text("utf-8").replace("3,2,match,", "999,x,mach,", 1)
    matches.write_text(text, "utf-8")
    with pytest.raises(RecordError) as caught:
        second_look_of(home / "edition_2")
    said = "\n".join(caught.value.problems)
    for sentence in (
        "second_coder.csv, row 3, date: is '1973-04-32', must be a date",
        "second_coder.csv, row 3, domain: unknown domain 'politcal'; did you mean 'political'",
        "matches.csv, row 2, second_line: is '999', must be a line from 2 to 173",
        "matches.csv, row 2, record_line: is 'x', must be a line from 2 to 194",
        "matches.csv, row 2, type: unknown type 'mach'; did you mean 'match'",
    ):
        assert sentence in said


def test_an_act_is_matched_once(home: Path) -> None:
    path = home / "second_look" / "matches.csv"
    path.write_text(path.read_text("utf-8").replace("4,3,match", "3,2,match", 1), "utf-8")
    with pytest.raises(RecordError) as caught:
        second_look_of(home / "edition_1")
    assert caught.value.problems == (
        "matches.csv: second_line 3 stands 2 times",
        "matches.csv: record_line 2 stands 2 times",
    )
