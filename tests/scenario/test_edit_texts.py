"""Edits as texts: what each comes to, that it can be made again, and every way to get one wrong."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from alliance_sim import Scenario, ScenarioError, ScenarioWarning, load_scenario
from alliance_sim.provenance import scenario_digest
from alliance_sim.scenario.describe import diff
from alliance_sim.scenario.edit_kinds import KINDS, example_of
from alliance_sim.scenario.edit_texts import as_texts, idle, read_edits
from alliance_sim.scenario.edits_in_words import kept_of
from alliance_sim.scenario.path import follow

ISLANDS = load_scenario("two_islands/baseline")
HISTORY = load_scenario("japan_nato/baseline")
NO_RAID = load_scenario("two_islands/no_raid")
ALL = (
    ("without great_raid", "keep ports_act"),
    ("shift joint_patrol:+16",),
    ("shift joint_patrol:2005-03-01:stays",),
    ("shift great_raid:-3",),
    ("strength great_raid:0.5", "set levels.pace=1.5", "council leader"),
    ("set theory.domestic=false",),
    ("set time.last_year=2009",),
    ("hold level_operations=0.1@2003..2010", "hold rung=1@2002Q2", "hold rung=2@2004-05-17"),
    ("leader admiral=none",),
    ("member hills:offset=0", "member hills:exposure.raiders=1"),
    ("motive leverage=on", "motive agenda=0.3"),
    ("theory R",),
)


def at(scenario: Scenario, path: str) -> object:
    found = follow(scenario, path)
    return getattr(found, "value", found)


@pytest.mark.parametrize("texts", ALL)
def test_every_edit_keeps_the_text_that_makes_it_again(texts: tuple[str, ...]) -> None:
    after = ISLANDS.edited(*texts)
    assert scenario_digest(after) != scenario_digest(ISLANDS)
    assert len(after.edit_texts) == len(texts)
    assert scenario_digest(ISLANDS.edited(*after.edit_texts)) == scenario_digest(after)


def test_every_kind_of_edit_is_tried() -> None:
    assert {text.partition(" ")[0] for texts in ALL for text in texts} == set(KINDS)


@pytest.mark.parametrize("base", [ISLANDS, HISTORY, NO_RAID], ids=["islands", "history", "no raid"])
@pytest.mark.parametrize("word", KINDS)
def test_the_example_of_every_kind_can_be_done(word: str, base: Scenario) -> None:
    text = f"{word} {example_of(base, word)}"
    after = base
    for edit in read_edits(base, [text])[0].edits:
        after = edit.applied(after)
    assert scenario_digest(after) != scenario_digest(base)
    with pytest.raises(ScenarioError) as caught:
        base.edited(word)
    assert text in str(caught.value)


def test_the_example_in_an_error_is_of_the_very_scenario() -> None:
    assert example_of(ISLANDS, "shift") == KINDS["shift"].example
    with pytest.raises(ScenarioError, match=r"such as: shift cold_war_ends:\+16"):
        HISTORY.edited("shift nine_eleven")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("without great_raid", ISLANDS.without("great_raid")),
        ("shift great_raid:+16", ISLANDS.moved("great_raid", by_quarters=16)),
        ("shift joint_patrol:+4", ISLANDS.moved("joint_patrol", by_quarters=4)),
        ("shift joint_patrol:+4:stays", ISLANDS.moved("joint_patrol", by_quarters=4, end="stays")),
        ("council leader", ISLANDS.with_setting("council.rule", "leader")),
    ],
)
def test_a_text_comes_to_the_same_as_the_method(text: str, same: Scenario) -> None:
    assert scenario_digest(ISLANDS.edited(text)) == scenario_digest(same)


def test_a_number_that_was_asked_for_says_so() -> None:
    assert follow(ISLANDS.edited("set levels.pace=1.5"), "levels.pace").source == "asked"


def test_strength_multiplies_all_that_a_juncture_moves_and_nothing_else() -> None:
    after = ISLANDS.edited("strength joint_patrol:0.5")
    sizes = [effect.size.value for effect in after.junctures[1].effects]
    assert sizes == [0.15, 0.3]
    assert [change.times for change in after.edits] == [0.5, 0.5]
    assert after.edits[0].path == "juncture.joint_patrol.effect.0.size"
    assert after.edit_texts == ("strength joint_patrol:0.5",)


def test_the_push_of_another_leader_comes_in_the_place_of_one() -> None:
    after = HISTORY.edited("leader koizumi=hashimoto")
    assert at(after, "leader.koizumi.push") == at(HISTORY, "leader.hashimoto.push")
    after = HISTORY.edited("leader abe_second_government=koizumi")
    card = next(j for j in after.junctures if j.name == "abe_second_government")
    (stands,) = card.replacements
    assert not card.present
    assert (stands.size.value, stands.drawn) == (at(HISTORY, "leader.koizumi.push"), False)
    drawn = HISTORY.edited("leader abe_second_government=drawn")
    assert scenario_digest(drawn) == scenario_digest(HISTORY.without("abe_second_government"))


def test_a_descendant_that_is_kept_stays_as_dated() -> None:
    after = ISLANDS.edited("without great_raid", "keep ports_act")
    assert at(after, "juncture.ports_act.when_cause_removed") == "stays"
    assert kept_of(after.edits) == ("ports_act",)
    assert kept_of(after.with_setting("juncture.ports_act.when_cause_removed", "falls").edits) == ()


def test_texts_of_what_was_edited_again_make_the_same_world() -> None:
    pace = ISLANDS.with_number("levels.pace", 0.9).with_number("levels.pace", 1.1)
    assert pace.edit_texts == ("set levels.pace=1.1",)
    weak = ISLANDS.edited("strength great_raid:0.5").edited("strength great_raid:0.5")
    assert weak.edit_texts == ("strength great_raid:0.25",)
    third = ISLANDS.edited("strength great_raid:0.3333333333333333")
    assert third.edit_texts == ("strength great_raid:0.3333333333333333",)  # to the last digit
    gone = ISLANDS.edited("shift great_raid:+4", "council leader").edited("without great_raid")
    assert gone.edit_texts == ("council leader", "without great_raid")
    for after in (pace, weak, third, gone):
        again = ISLANDS.edited(*after.edit_texts)
        for path in ("levels.pace", "juncture.great_raid.effect.0.size"):
            assert at(again, path) == at(after, path)
        assert again.council == after.council
        assert [j.present for j in again.junctures] == [j.present for j in after.junctures]


def test_a_place_that_is_given_by_number_is_told_by_name() -> None:
    member = ISLANDS.members[0].name
    by_place = ISLANDS.edited("set member.0.offset=0.5")
    assert by_place.edits[0].path == f"member.{member}.offset"
    assert ISLANDS.with_number("member.0.offset", 0.5).edits[0].path == f"member.{member}.offset"


def test_motives_are_off_at_nothing_and_on_in_the_middle_of_their_range() -> None:
    assert at(ISLANDS.edited("motive leverage=on"), "motives.leverage") == 0.5
    on = ISLANDS.edited("motive leverage=on")
    assert at(on.edited("motive leverage=off"), "motives.leverage") == 0.0


def test_a_file_of_edits_may_list_them_as_texts(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'extends = "two_islands/baseline"\nwithout = ["trade_act"]\n'
        'edits = ["shift great_raid:+4", "strength great_raid:0.5", "council leader"]\n'
    )
    found = load_scenario(file)
    same = ISLANDS.edited("without trade_act", *found.edit_texts[1:])
    assert scenario_digest(found) == scenario_digest(same)
    assert found.edit_texts[0] == "without trade_act"


def test_what_is_wrong_with_texts_in_a_file_is_told_with_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('extends = "two_islands/baseline"\nedits = ["withot great_raid", 3]\nwho = 1\n')
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    told = str(caught.value)
    assert "did you mean 'without'" in told
    assert "who" in told
    assert len(caught.value.problems) == 3


WRONG = {
    "without great_rade": "did you mean 'great_raid'",
    "shift great_raid:soon": "such as: shift great_raid:+16",
    "shift great_raid:+123456": "cannot be read",
    "shift great_raid:2005-02-30": "there is no day 2005-02-30",
    "shift great_raid:+4:stays": "has no end",
    "shift joint_patrol:+4:often": "cannot be read",
    "strength great_raid:9": "at most 1.33 times",
    "strength great_raid:-1": "a number of at least 0",
    "set levels.pase=1": "did you mean 'pace'",
    "set levels.pace=99": "outside the number's range",
    "set levels.pace": "write PATH=VALUE",
    "leader admiral=nobody": "unknown leader 'nobody'",
    "leader admiral=admiral": "replaced by the same",
    "leader admiral=drawn": "no successor is drawn",
    "council majority": "must be 'consensus', 'weighted_majority' or 'leader'",
    "member hils:offset=0": "did you mean 'hills'",
    "member hills:offset=far": "must be a number",
    "motive leverage=perhaps": "MOTIVE=on",
    "motive levrage=on": "did you mean 'leverage'",
    "keep great_raid": "follows nothing",
    "theory RX": "unknown theory 'RX'",
    "hide great_raid": "an edit begins with",
    "without": "names nothing",
    "": "an edit begins with",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_text_that_cannot_be_done_says_why_and_what_would_do(text: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        ISLANDS.edited(text)
    assert WRONG[text] in str(caught.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        ISLANDS.edited(*WRONG)
    assert len(caught.value.problems) == len(WRONG)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("set time.first_year={}", "must be a whole number"),
        ("set levels.pace={}", "is outside the number's range"),
        ("strength great_raid:{}", "write JUNCTURE:TIMES, a number of at least 0"),
        ("shift great_raid:+{}", "cannot be read"),
        ("hold rung={}@2003..2010", "the ladder|must be a whole number from 0 to 3"),
        ("hold agreements={}@2003", "must be a whole number from 0"),
        ("hold level_operations={}@2003", "must be from 0 to 1"),
        ("member hills:accession.0.states={}", "must be a whole number"),
        ("member hills:offset={}", "is outside the number's range"),
        ("motive leverage={}", "is outside the number's range"),
    ],
)
def test_a_number_beyond_all_numbers_is_told_as_any_other_out_of_range(
    text: str, told: str
) -> None:
    for number in ("1e999", "-1e999"):
        with pytest.raises(ScenarioError, match=told):
            ISLANDS.edited(text.format(number))


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (("without great_raid", "without great_raid"), "is said twice"),
        (("council leader", "council leader"), "is said twice"),
        (("council leader", "council weighted_majority"), "contradict each other"),
        (("shift great_raid:+1", "without great_raid"), "contradict each other"),
        (("strength great_raid:0.5", "without great_raid"), "contradict each other"),
        (("theory RI", "set theory.domestic=true"), "contradict each other"),
        (("keep ports_act", "without ports_act"), "contradict each other"),
    ],
)
def test_texts_that_cannot_both_be_meant_are_refused(texts: tuple[str, ...], told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        ISLANDS.edited(*texts)


@pytest.mark.parametrize(
    "texts",
    [("council consensus",), ("shift great_raid:+0",), ("theory RID",), ("keep ports_act",)],
)
def test_an_edit_that_changes_nothing_is_told(texts: tuple[str, ...]) -> None:
    assert len(list(idle(ISLANDS, read_edits(ISLANDS, texts)))) == 1
    with pytest.warns(ScenarioWarning, match=texts[0].partition(":")[0]):
        ISLANDS.edited(*texts)


@pytest.mark.parametrize("path", ["member.hills", "juncture.great_raid", "threat.raiders"])
def test_an_edit_that_renames_is_told_as_one(path: str) -> None:
    text = f"set {path}.name=other"
    told = f"{text}: gives another name to what is known by its name; nothing else changes"
    assert list(idle(ISLANDS, read_edits(ISLANDS, [text, "council leader"]))) == [told]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("member hills:offset=", "member 'hills:offset=': cannot be read"),
        ("set levels.pace=2001-09-11", "levels.pace: is '2001-09-11', must be a number"),
    ],
)
def test_what_is_wrong_is_told_as_it_was_typed(text: str, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        ISLANDS.edited(text)
    assert told in caught.value.problems[0]


def test_options_of_a_command_are_the_same_texts() -> None:
    assert as_texts(council="leader", without=["a", "b"], set_="x=1") == [
        *("without a", "without b", "set x=1", "council leader"),
    ]
    with pytest.raises(ScenarioError, match="did you mean 'without'"):
        as_texts(withot="a")


def test_an_edit_that_moves_an_end_alone_is_not_idle() -> None:
    (patrol,) = (one for one in ISLANDS.junctures if one.name == "joint_patrol")
    assert patrol.end is not None
    later = patrol.end + dt.timedelta(days=300)
    longer, same = (
        read_edits(ISLANDS, [f"shift joint_patrol:+0:{end}"]) for end in (later, patrol.end)
    )
    assert list(idle(ISLANDS, longer)) == []
    assert len(list(idle(ISLANDS, same))) == 1


def test_a_hold_that_one_of_two_scenarios_has_is_told_whole() -> None:
    held, other = (ISLANDS.edited(f"hold rung={value}@2003") for value in (1, 2))
    for first, second, told in (
        (ISLANDS, held, ("hold.rung", "-", "rung=1@2003")),
        (held, ISLANDS, ("hold.rung", "rung=1@2003", "-")),
        (held, other, ("hold.rung", "rung=1@2003", "rung=2@2003")),
    ):
        assert diff(first, second) == [told]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("without great_raid", "shift great_raid:+3"),
        ("without great_raid", "strength great_raid:0.5"),
    ],
)
def test_what_cannot_be_done_beside_another_edit_is_told_with_both_texts(
    first: str, second: str
) -> None:
    for texts in ((first, second), (second, first)):
        with pytest.raises(ScenarioError) as caught:
            ISLANDS.edited(*texts)
        told = [f"{a!r} and {b!r} contradict each other; leave one out" for a, b in [texts]]
        assert list(caught.value.problems) == told
