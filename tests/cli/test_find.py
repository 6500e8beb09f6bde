"""`list` says what there is to choose from: as a table, line by line in a pipe, and as JSON."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from alliance_sim import load_scenario
from alliance_sim.cli import app, find
from alliance_sim.cli.adaptive_table import AdaptiveTable
from alliance_sim.scenario.file import shipped
from alliance_sim.scenario.path import follow
from alliance_sim.shipped import usual_scenario
from alliance_sim.world.catalogue import ALSO_CALLED, KINDS, catalogue
from alliance_sim.world.state import state_names

BASE = load_scenario(usual_scenario())


def call(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def rows(*words: str) -> list[dict[str, Any]]:
    result = call("list", *words, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found: list[dict[str, Any]] = json.loads(result.stdout)["rows"]
    return found


def test_without_a_word_it_tells_what_can_be_listed_and_how_much_of_each() -> None:
    lines = call("list").stdout.split("\n")[: len(KINDS)]
    assert [line.split()[:3] for line in lines] == [["alliance-sim", "list", k] for k in KINDS]
    assert [int(line.split()[3]) for line in lines] == [len(rows(kind)) for kind in KINDS]


def test_scenarios_are_all_that_are_shipped_with_title_and_question() -> None:
    found = rows("scenarios")
    assert tuple(row["name"] for row in found) == shipped()
    assert all(row["title"] for row in found)
    assert {row["name"] for row in found if not row["question"]} == {
        name for name in shipped() if name.endswith(("/baseline", "/hand_sized"))
    }


def test_junctures_come_by_day_with_their_ends_and_causes() -> None:
    found = rows("junctures")
    assert [row["date"] for row in found] == sorted(row["date"] for row in found)
    (isaf,) = [row for row in found if row["name"] == "isaf"]
    assert (isaf["date"], isaf["end"], isaf["follows"]) == (
        *("2003-08-11", "2014-12-31"),
        "nine_eleven",
    )
    removed = catalogue("junctures", BASE.without("isaf")).rows
    assert "isaf (removed)" in [row[0] for row in removed]


def test_states_numbers_and_settings_lead_to_what_is_there() -> None:
    assert tuple(row["name"] for row in rows("states")) == state_names(BASE)
    for row in rows("numbers"):
        number = follow(BASE, row["path"])
        assert [row[k] for k in ("value", "low", "high", "unit")] == [
            *(number.value, number.low, number.high),
            number.unit,
        ]
    rule = next(row for row in rows("settings") if row["path"] == "council.rule")
    assert rule["allowed"] == "consensus or weighted_majority or leader"


def test_an_outcome_lies_in_its_range() -> None:
    told = {row["name"]: (row["range"], row["unit"]) for row in rows("outcomes")}
    assert told["level_political_end"] == ("0 to 1", "1")
    assert told["rung_8_first"] == ("1950 to 2026", "year")
    assert told["count_political_sum_p1"] == ("0 and up", "acts")
    assert told["suspensions_sum"] == ("0 and up", "times")


def test_members_add_up_to_the_alliance() -> None:
    assert sum(row["states"] for row in rows("members")) == 32


def test_in_a_pipe_each_row_is_one_line_with_tabs() -> None:
    for kind in KINDS:
        lines = call("list", kind).stdout.splitlines()
        assert len(lines) == 1 + len(rows(kind))
        assert {line.count("\t") for line in lines} == {lines[0].count("\t")}


@pytest.mark.parametrize(
    ("kind", "like", "name"),
    [
        ("junctures", "9/11", "nine_eleven"),
        ("junctures", "afghanistan", "isaf"),
        ("scenarios", "no_911", "japan_nato/no_nine_eleven"),
        ("numbers", "threat_state", "willingness.threat_state"),
        ("members", "turkey", "turkiye"),
    ],
)
def test_words_choose_rows_also_in_another_spelling(kind: str, like: str, name: str) -> None:
    found = [next(iter(row.values())) for row in rows(kind, like)]
    assert name in found
    assert len(found) < len(rows(kind)) / 4


@pytest.mark.parametrize("other", ALSO_CALLED)
def test_a_list_called_otherwise_is_told_its_name(other: str) -> None:
    result = call("list", other)
    assert result.exit_code == 2
    assert f"did you mean {ALSO_CALLED[other]!r}?" in result.stderr


def test_what_is_not_there_is_told_with_the_line_for_all() -> None:
    result = call("list", "junctures", "zzz")
    assert result.exit_code == 2
    assert "nothing among 31 junctures is like 'zzz'" in result.stderr
    assert "alliance-sim list junctures" in result.stderr


def test_lines_that_are_told_name_another_scenario_as_it_was_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of, own = ("--scenario", "two_islands/baseline"), " --scenario two_islands/baseline"
    assert f"list junctures{own}" in call("list", "junctures", "zzz", *of).stderr
    lines = call("list", *of).stdout.splitlines()
    kinds = [line.removeprefix("alliance-sim ").split()[:-1] for line in lines]
    assert kinds == [["list", k, *(of if k != "scenarios" else ())] for k in KINDS]
    monkeypatch.setattr(find, "sys", SimpleNamespace(stdout=SimpleNamespace(isatty=lambda: True)))
    told = call("list", "numbers", *of).stdout
    assert f"For all: alliance-sim list numbers --all{own}\n" in told
    assert f"one beginning: alliance-sim list numbers partners{own}\n" in told
    assert "alliance-sim list numbers --all\n" in call("list", "numbers").stdout


def test_another_scenario_lists_its_own_parts() -> None:
    names = {row["name"] for row in rows("junctures", "--scenario", "two_islands/baseline")}
    assert "great_raid" in names
    assert "nine_eleven" not in names


def test_names_to_be_typed_stay_in_one_piece_beside_words_that_do_not() -> None:
    name = "a_name_of_thirty_letters_to_ty"
    table = AdaptiveTable("T", ("name", "what"), ((name, "some words " * 9),), 2, whole=1)
    assert table.fits(60)
    assert not table.fits(40)
