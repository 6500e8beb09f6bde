"""Edits in another order are the same world, or are refused in that order too."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alliance_sim import Scenario, ScenarioError, ScenarioWarning, load_scenario
from alliance_sim.provenance import scenario_digest
from alliance_sim.scenario.edit_kinds import KINDS
from alliance_sim.scenario.edit_texts import idle, read_edits
from alliance_sim.scenario.holds import holdable

ISLANDS = load_scenario("two_islands/baseline")
HISTORY = load_scenario("japan_nato/baseline")
REFUSED = "refused"


def came_to(base: Scenario, texts: list[str]) -> str:
    """Return the digest of what texts make of a scenario, or that they were refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ScenarioWarning)
        try:
            return scenario_digest(base.edited(*texts))
        except ScenarioError:
            return REFUSED


def texts_of(base: Scenario) -> dict[str, st.SearchStrategy[str]]:
    """Return by kind what draws an edit of a scenario, sound or not."""
    there = [juncture for juncture in base.junctures if juncture.present]
    names = st.sampled_from([juncture.name for juncture in there])
    leaders = [leader.name for leader in base.leaders]
    offices = [juncture.name for juncture in there if juncture.kind == "leader"]
    first, last = base.time.first_year, base.time.last_year
    years = st.integers(first, last)
    share = st.sampled_from([0, 0.25, 1])
    sized = [
        f"juncture.{name}.effect.0.size"
        for place, juncture in enumerate(base.junctures)
        if juncture.effects
        for name in (juncture.name, place)
    ]
    numbers = [*sized, "levels.pace", "council.leader", "motives.leverage", "theory.domestic"]
    numbers += [f"leader.{name}.push" for name in leaders]
    numbers += [f"member.{member.name}.offset" for member in base.members]
    numbers += [f"juncture.{juncture.name}.end" for juncture in there if juncture.end]
    numbers += [f"period.{base.periods[0].name}.hostility.{base.threats[0].name}", "time.last_year"]
    values = [0, 0.25, 1, "false", "true", f"{last}-01-01", last, base.members[0].name]
    return {
        "without": st.builds("without {}".format, names),
        "shift": st.builds(
            "shift {}:{}".format,
            names,
            st.sampled_from(["+4", "-3", f"{last - 2}-03-01", "+2:stays", f"+1:{last}-02-03"]),
        ),
        "strength": st.builds("strength {}:{}".format, names, st.sampled_from([0, 0.5, 1.2])),
        "set": st.builds("set {}={}".format, st.sampled_from(numbers), st.sampled_from(values)),
        "hold": st.builds(
            "hold {}={}@{}..{}".format, st.sampled_from(sorted(holdable(base))), share, years, years
        ),
        "leader": st.builds(
            "leader {}={}".format,
            st.sampled_from([*leaders, *offices]),
            st.sampled_from([*leaders, *offices, "none", "drawn"]),
        ),
        "council": st.builds("council {}".format, st.sampled_from(["leader", "consensus"])),
        "member": st.builds(
            "member {}:offset={}".format, st.sampled_from([m.name for m in base.members]), share
        ),
        "motive": st.builds(
            "motive {}={}".format,
            st.sampled_from(["leverage", "agenda"]),
            st.sampled_from(["on", "off", 0.3]),
        ),
        "keep": st.builds("keep {}".format, names),
        "theory": st.builds("theory {}".format, st.sampled_from(["R", "RI", "N", "ID"])),
    }


def pairs_of(base: Scenario) -> st.SearchStrategy[tuple[str, str]]:
    every = texts_of(base)
    assert every.keys() == KINDS.keys()
    one = st.sampled_from(sorted(every)).flatmap(every.__getitem__)
    return st.tuples(one, one)


@given(pair=pairs_of(ISLANDS))
@settings(max_examples=250)
@example(pair=("hold rung=1@2003", "hold rung=2@2003..2004"))
@example(pair=("hold rung=1@2003", "hold rung=2@2004"))
@example(pair=("hold rung=1@2010", "set time.last_year=2009"))
@example(pair=("shift joint_patrol:+4", "set juncture.joint_patrol.end=2010-01-01"))
@example(pair=("strength great_raid:0.5", "set juncture.0.effect.0.size=0.1"))
def test_two_edits_in_either_order_are_one_world_or_refused(pair: tuple[str, str]) -> None:
    assert came_to(ISLANDS, list(pair)) == came_to(ISLANDS, list(pair[::-1]))


@given(pair=pairs_of(HISTORY))
@settings(max_examples=40)
@example(pair=("leader koizumi=hashimoto", "set leader.hashimoto.push=0.1"))
@example(pair=("leader koizumi=hashimoto", "leader hashimoto=none"))
@example(pair=("leader abe_second_government=koizumi", "leader koizumi=none"))
@example(pair=("theory RI", "set willingness.trend=1"))
def test_so_are_those_of_the_described_history(pair: tuple[str, str]) -> None:
    assert came_to(HISTORY, list(pair)) == came_to(HISTORY, list(pair[::-1]))


def test_edits_that_have_nothing_to_do_with_each_other_are_done_in_any_order() -> None:
    texts = [
        *("without great_raid", "shift joint_patrol:+4", "set levels.pace=1.5"),
        *(
            "hold level_operations=0.1@2003..2005",
            "hold level_operations=0.3@2006",
            "council leader",
        ),
        *("leader admiral=none", "member hills:offset=0", "motive leverage=on", "keep ports_act"),
    ]
    wanted = came_to(ISLANDS, texts)
    assert wanted != REFUSED
    for turn in range(1, len(texts)):
        assert came_to(ISLANDS, texts[turn:] + texts[:turn]) == wanted
    assert came_to(ISLANDS, texts[::-1]) == wanted


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (("hold rung=1@2003..2005", "hold rung=2@2005Q4"), "from 2005Q4 to 2005Q4"),
        (("hold rung=1@2003", "hold rung=1@2003"), "say it once"),
        (
            ("shift joint_patrol:+4", "set juncture.joint_patrol.end=2010-01-01"),
            "come to something else in the other order",
        ),
        (
            ("strength great_raid:0.5", "set juncture.0.effect.0.size=0.1"),
            "come to something else in the other order",
        ),
    ],
)
def test_edits_that_contradict_each_other_are_told_with_both(
    texts: tuple[str, ...], told: str
) -> None:
    for order in (texts, texts[::-1]):
        with pytest.raises(ScenarioError, match=told) as caught:
            ISLANDS.edited(*order)
        assert texts[0] in str(caught.value)
        assert len(caught.value.problems) == 1


def test_a_hold_leaves_nothing_to_a_period_that_lies_in_its_window() -> None:
    (period, *_), threat = ISLANDS.periods, ISLANDS.threats[0].name
    setting = f"set period.{period.name}.hostility.{threat}=0.5"
    whole = f"hold hostility_{threat}=0.2@{ISLANDS.time.first_year}..{ISLANDS.time.last_year}"
    late = f"hold hostility_{threat}=0.2@{ISLANDS.time.last_year}"
    with pytest.raises(ScenarioError, match="nothing is left of the first"):
        ISLANDS.edited(setting, whole)
    assert len(ISLANDS.edited(setting, late).edits) == 2


def test_texts_of_a_file_do_not_contradict_its_tables(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'extends = "two_islands/baseline"\nwithout = ["great_raid"]\n'
        'edits = ["strength joint_patrol:0.5", "set levels.pace=2"]\n'
        '[[set]]\npath = "levels.pace"\nto = 1.5\nsource = "a what-if"\n'
    )
    with pytest.raises(ScenarioError, match=r"pace=1\.5' and 'set levels\.pace=2'"):
        load_scenario(file)
    file.write_text('extends = "two_islands/baseline"\nhold = ["rung=1@2003"]\n')
    with pytest.raises(ScenarioError, match="a state is held by a text of the list edits"):
        load_scenario(file)


def test_every_kind_of_edit_that_changes_nothing_is_told() -> None:
    still = [
        *("shift great_raid:+0", "strength great_raid:1", "council consensus", "theory RID"),
        *("motive leverage=off", "keep ports_act"),
        f"set levels.pace={ISLANDS.levels.pace.value!r}",
        f"member hills:offset={ISLANDS.members['hills'].offset.value!r}",
    ]
    for text in still:
        assert len(list(idle(ISLANDS, read_edits(ISLANDS, [text])))) == 1, text
