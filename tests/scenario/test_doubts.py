"""What is allowed and was probably not meant is warned of, once and in few lines."""

from __future__ import annotations

import datetime as dt
import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alliance_sim import compare, load_scenario, simulate
from alliance_sim.cli import app
from alliance_sim.counterfactual.question import ask, warn_of_doubts
from alliance_sim.errors import ScenarioError, ScenarioWarning
from alliance_sim.scenario.describe import explain
from alliance_sim.scenario.file import shipped
from alliance_sim.scenario.path import follow
from alliance_sim.shipped import usual_scenario

Write = Callable[..., Path]
MOVED = '[[moved]]\njuncture = "{}"\nto = {}\n'
LEADER = """
[[leader]]
name = "kono"
title = "Taro Kono"
partner = "state"
start = {}
end = {}
push = [1.4, -1.5, 1.5, "log-odds", "mine"]
source = "mine"
"""
DOUBTS = {
    "after the run": (
        MOVED.format("crimea_2014", "2030-01-01"),
        ["2030-01-01 lies after the run, which goes from 1950 to 2025"],
    ),
    "before the run": (
        MOVED.format("gulf_war", "1940-01-01"),
        ["1940-01-01 lies before the run", "in effect from the first day on"],
    ),
    "before its cause": (
        MOVED.format("isaf", "1995-01-01") + 'end = "moves"\n',
        ["'isaf': comes on 1995-01-01, before 'nine_eleven' of 2001-09-11", "all the same"],
    ),
    "a law before its opener": (
        MOVED.format("pko_law", "1988-01-01"),
        ["law 'pko_law': comes on 1988-01-01, before 'gulf_war' of 1990-08-02"],
    ),
    "to its own day": (
        MOVED.format("isaf", "2003-08-11"),
        ["isaf moved to 2003-08-11: changes nothing, it stands so in japan_nato/baseline"],
    ),
    "set to its own value": (
        '[[set]]\npath = "willingness.dependence"\nto = 0.9\nsource = "mine"\n',
        ["willingness.dependence set to 0.9: changes nothing"],
    ),
    "a setting to itself": (
        '[[set]]\npath = "council.rule"\nto = "consensus"\nsource = "mine"\n',
        ["council.rule set to consensus: changes nothing"],
    ),
    "no edit": ('extends = "japan_nato/baseline"\n', ["has no edits", "changes nothing"]),
    "an end that moved along": (
        MOVED.format("isaf", "2005-01-01"),
        ["its end moves along, from 2014-12-31 to 2016-05-23", 'write end = "moves"', '"stays"'],
    ),
    "a leader in a juncture's years": (
        LEADER.format("2013-02-01", "2019-01-01"),
        ["leader 'kono': all of 2013-02-01 to 2019-01-01 lies within juncture 'abe_second"],
    ),
    "two leaders at once": (
        LEADER.format("2022-02-01", "2024-01-01"),
        ["'kono': both are in office from 2022-02-01 to 2024-01-01, so their pushes add up"],
    ),
    "what falls away anyhow": (
        'without = ["nine_eleven", "isaf_expands"]\n',
        ["without isaf_expands: adds nothing", "falls away anyhow: 'isaf', which", "leave it out"],
    ),
    "a run of few years": (
        '[[set]]\npath = "time.first_year"\nto = 2005\nsource = "mine"\n',
        ["dated things lie outside the run, which goes from 2005 to 2025", "more"],
    ),
}


@pytest.mark.parametrize("kind", DOUBTS)
def test_what_was_probably_not_meant_is_told_once_with_what_to_do(kind: str, write: Write) -> None:
    text, says = DOUBTS[kind]
    path = write(text)
    with pytest.warns(ScenarioWarning) as caught:
        load_scenario(path)
    (told,) = [str(warning.message) for warning in caught]
    assert told.startswith(f"{path}: ")
    assert [word for word in says if word not in told] == [], told


@pytest.mark.parametrize("kind", DOUBTS)
def test_it_is_no_error_unless_asked_for_strictly(kind: str, write: Write) -> None:
    path = str(write(DOUBTS[kind][0]))
    result = CliRunner().invoke(app, ["validate", path])
    assert (result.exit_code, result.stdout) == (0, f"{path}: sound\n")
    assert "warning: " in result.stderr
    strict = CliRunner().invoke(app, ["validate", "--strict", "--json", path])
    assert strict.exit_code == 1
    assert len(json.loads(strict.stdout)["files"][0]["warnings"]) >= 1


def test_no_shipped_scenario_is_doubted() -> None:
    result = CliRunner().invoke(app, ["validate", "--strict", *shipped()])
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("kind", ["after the run", "before its cause", "an end that moved along"])
def test_who_says_that_it_is_meant_is_not_warned(kind: str, write: Write) -> None:
    text = DOUBTS[kind][0] + "meant = true\n"
    scenario = load_scenario(write(text))  # where a warning is an error
    assert scenario.edits[0].meant


@pytest.mark.parametrize(
    "edit", ["without joint_patrol", "shift joint_patrol:+4", "strength joint_patrol:0.5"]
)
def test_an_edit_that_is_said_to_add_nothing_changes_no_bit(edit: str) -> None:
    base = load_scenario("two_islands/baseline")
    with pytest.warns(ScenarioWarning, match=f"{re.escape(edit)}.*: adds nothing to the other"):
        both = base.edited("without great_raid", edit)
    alone = base.edited("without great_raid")
    values = [simulate(world, runs=20, seed=1).values.tobytes() for world in (alone, both)]
    assert values[0] == values[1]


@pytest.mark.parametrize(
    "edits",
    [
        ("without great_raid", "without ports_act"),  # which would be drawn, not gone
        ("without great_raid", "keep joint_patrol"),
        ("shift great_raid:+2", "shift joint_patrol:-1"),
    ],
)
def test_an_edit_that_adds_something_to_another_is_not_doubted(edits: tuple[str, str]) -> None:
    base = load_scenario("two_islands/baseline")
    both = base.edited(*edits)  # where a warning is an error
    alone = base.edited(edits[0])
    values = [simulate(world, runs=50, seed=1).values.tobytes() for world in (alone, both)]
    assert values[0] != values[1]


def test_what_a_shipped_scenario_names_beyond_need_is_not_told_of_a_file_that_extends_it(
    write: Write,
) -> None:
    text = 'extends = "japan_nato/nato_stays_home"\nwithout = ["crimea_2014"]\n'
    assert "isaf_expands" in " ".join(edit.words for edit in load_scenario(write(text)).edits)


def test_a_cause_that_moved_behind_what_follows_it_is_an_edit_like_any_other(write: Write) -> None:
    load_scenario(write(MOVED.format("nine_eleven", "2004-01-01")))


@pytest.mark.parametrize(
    ("end", "becomes"),
    [
        ('"stays"', dt.date(2014, 12, 31)),
        ('"moves"', dt.date(2016, 5, 23)),
        ("2010-06-01", dt.date(2010, 6, 1)),
    ],
)
def test_an_end_stays_moves_along_or_has_a_day_of_its_own(
    end: str, becomes: dt.date, write: Write
) -> None:
    scenario = load_scenario(write(MOVED.format("isaf", "2005-01-01") + f"end = {end}\n"))
    assert follow(scenario, "juncture.isaf.end") == becomes
    assert follow(scenario, "juncture.isaf.date") == dt.date(2005, 1, 1)


def test_in_python_an_end_moves_along_unless_told_otherwise() -> None:
    base = load_scenario(usual_scenario())
    day = dt.date(2005, 1, 1)
    assert follow(base.moved("isaf", to=day), "juncture.isaf.end") == dt.date(2016, 5, 23)
    stays = base.moved("isaf", to=day, end="stays")
    assert follow(stays, "juncture.isaf.end") == dt.date(2014, 12, 31)
    assert stays.edits[0].words == "isaf moved to 2005-01-01, its end stays"
    with pytest.raises(ScenarioError, match="end 2014-12-31 must be after date 2015-01-01"):
        base.moved("isaf", to=dt.date(2015, 1, 1), end="stays")
    with pytest.raises(ScenarioError, match="end is 'stay', must be 'moves', 'stays' or a date"):
        base.moved("isaf", to=day, end="stay")  # type: ignore[arg-type]
    with pytest.raises(ScenarioError, match="'gulf_war' moved: has no end"):
        base.moved("gulf_war", to=dt.date(1991, 1, 1), end="stays")


def test_a_day_can_be_set_as_well(write: Write) -> None:
    text = '[[set]]\npath = "juncture.isaf.end"\nto = 2016-01-01\nsource = "mine"\n'
    assert follow(load_scenario(write(text)), "juncture.isaf.end") == dt.date(2016, 1, 1)


def test_moving_in_python_warns_only_of_what_is_new() -> None:
    base = load_scenario(usual_scenario())
    with pytest.warns(ScenarioWarning, match="before 'nine_eleven'"):
        early = base.moved("isaf", to=dt.date(1995, 1, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        early.moved("gulf_war", to=dt.date(1991, 1, 1))


@pytest.mark.parametrize("call", ["load_scenario", "simulate", "compare"])
def test_a_warning_points_at_the_line_that_asked(call: str, write: Write) -> None:
    path = write(DOUBTS["to its own day"][0])
    asked: dict[str, Callable[[], object]] = {
        "load_scenario": lambda: load_scenario(path),
        "simulate": lambda: simulate(path, runs=1, seed=1),
        "compare": lambda: compare(path, runs=1, seed=1),
    }
    with pytest.warns(ScenarioWarning) as caught:
        asked[call]()
    assert {warning.filename for warning in caught} == {__file__}


def test_laws_that_wait_for_what_never_comes_are_told_and_from_when_they_may_come() -> None:
    base = load_scenario(usual_scenario())
    waits = (
        "so it is in effect removed, but that 'anti_terrorism_law' and 'replenishment_law' wait "
        "for it and never come; `without nine_eleven` leaves that to chance"
    )
    with pytest.warns(ScenarioWarning, match=waits):
        base.moved("nine_eleven", to=dt.date(2101, 9, 11))
    with pytest.warns(ScenarioWarning, match="so it is in effect removed$"):
        base.moved("taepodong_1998", to=dt.date(2101, 9, 11))
    later = base.moved("nine_eleven", to=dt.date(2005, 9, 11))
    for scenario, since in ((later, " from 2005-09-11 on"), (base.without("nine_eleven"), "")):
        told = {one["name"]: one["standing"] for one in explain(scenario)["junctures"]}
        assert told["anti_terrorism_law"].startswith(f"left to chance{since}, as nine_eleven ")


def test_a_question_of_what_never_comes_is_warned_of() -> None:
    question = ask(load_scenario(usual_scenario()), ["shift nine_eleven:+412"], "rung>=8@2014")
    with pytest.warns(ScenarioWarning, match="2104-09-11 lies after the run"):
        warn_of_doubts(question)
