"""`new` writes a what-if that can be run as it is, says what to type, and overwrites nothing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from alliance_sim import load_scenario
from alliance_sim.cli import app
from alliance_sim.provenance import scenario_digest
from alliance_sim.scenario import shipped
from alliance_sim.scenario.edit_kinds import KINDS
from alliance_sim.scenario.path import follow
from alliance_sim.shipped import usual_scenario

ASKED = (
    *("--without", "nine_eleven", "--without", "crimea_2014", "--move", "gulf_war=1991-01-01"),
    *("--move", "taepodong_1998=+8", "--set", "willingness.threat_state=1.2"),
    *("--set", "council.rule=leader", "--set", "theory.domestic=false"),
    *("--set", "threat.russia.capability.window=1", "--set", "item.tokyo_office.tabled=2012-03-04"),
)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_what_is_asked_for_stands_in_the_file_and_nothing_else_is_changed() -> None:
    result = call("new", "my.toml", *ASKED)
    assert (result.exit_code, result.stderr) == (0, "")
    base = load_scenario(usual_scenario())
    expected = (
        base.without("nine_eleven", "crimea_2014")
        .moved("gulf_war", to=follow(base, "juncture.gulf_war.date").replace(1991, 1, 1))
        .moved("taepodong_1998", by_quarters=8)
        .with_setting("council.rule", "leader")
        .with_setting("theory.domestic", False)
        .with_setting("threat.russia.capability.window", 1)
        .with_setting("item.tokyo_office.tabled", load_scenario("my.toml").items[0].tabled)
    )
    found = load_scenario("my.toml")
    assert follow(found, "willingness.threat_state").value == 1.2
    assert follow(found, "item.tokyo_office.tabled").isoformat() == "2012-03-04"
    old = follow(base, "willingness.threat_state")
    same = found.model_copy(
        update={"willingness": found.willingness.model_copy(update={"threat_state": old})}
    )
    assert scenario_digest(same) == scenario_digest(expected)


def test_the_next_line_to_type_is_told_and_can_be_typed() -> None:
    told = call("new", "my.toml", "--without", "isaf").stdout
    line = re.search(r"alliance-sim (compare my\.toml)", told)
    assert line is not None
    assert call(*line[1].split(), "--help").exit_code == 0
    text = Path("my.toml").read_text("utf-8")
    for command in ("validate", "show", "compare"):
        assert f"alliance-sim {command} my.toml" in text


def test_the_file_says_in_words_what_its_names_stand_for() -> None:
    threat = load_scenario(usual_scenario()).willingness.threat_state.value
    call("new", "my.toml", *ASKED)
    text = Path("my.toml").read_text("utf-8")
    for words in (
        '"nine_eleven",  # Attacks of 11 September 2001, 2001-09-11',
        '"gulf_war"  # Gulf crisis and war, 1990-08-02',
        f"{threat:g} so far, from 0 to 6 (log-odds)",
        "consensus so far",
    ):
        assert words in text


@pytest.mark.parametrize("name", ["japan_nato/baseline", "two_islands/baseline", "no_raid"])
def test_every_example_in_an_empty_file_can_be_used(name: str) -> None:
    result = call("new", "my.toml", "--extends", name)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "take the # away" in result.stdout
    text = Path("my.toml").read_text("utf-8")
    keys = "without|juncture|to|end|path|source|edits"
    used = re.sub(rf"^# ((?:{keys}) =|\[\[|    \"|\]$)", r"\1", text, flags=re.MULTILINE)
    assert used.count("\n# ") < text.count("\n# ")
    Path("used.toml").write_text(used, "utf-8")
    tree = tomllib.loads(used)
    assert {"without", "moved", "set", "edits"} <= tree.keys()
    shown = {text.partition(" ")[0] for text in tree["edits"]}
    assert shown >= {*KINDS} - {"without", "set", "keep", "shift"}
    assert {"keep", "shift"} <= shown or name == "no_raid"  # where a single one is left to edit
    checked = call("validate", "used.toml")
    assert (checked.exit_code, checked.stderr) == (0, "")


def test_a_file_with_an_edit_of_every_kind_reads_back_equal() -> None:
    texts = {
        "without": "nine_eleven", "shift": "taepodong_1998:+8", "strength": "gulf_war:0.5",
        "set": "levels.pace=0.5", "hold": "level_operations=0.1@2003..2010",
        "leader": "koizumi=hashimoto", "council": "leader", "member": "small_members:offset=0",
        "motive": "leverage=on", "keep": "anti_terrorism_law", "theory": "RI",
    }  # fmt: skip
    base = load_scenario(usual_scenario())
    member, law = (
        base.members[0].name,
        next(j.name for j in base.junctures if "nine_eleven" in j.follows),
    )
    texts |= {"member": f"{member}:offset={base.members[0].offset.low:g}", "keep": law}
    assert texts.keys() == KINDS.keys()
    options = [word for kind, text in texts.items() for word in (f"--{kind}", text)]
    result = call("new", "my.toml", *options)
    assert (result.exit_code, result.stderr) == (0, "")
    expected = base.edited(*(f"{kind} {text}" for kind, text in texts.items()))
    found = load_scenario("my.toml")
    pace = expected.levels.pace.model_copy(update={"source": found.levels.pace.source})
    levels = expected.levels.model_copy(update={"pace": pace})
    expected = expected.model_copy(update={"levels": levels})
    assert scenario_digest(found) == scenario_digest(expected)
    assert call("new", "again.toml", *options).exit_code == 0
    assert Path("again.toml").read_text("utf-8").replace("again", "my") == Path(
        "my.toml"
    ).read_text("utf-8")


def test_lists_that_are_named_are_those_of_the_scenario_that_is_extended() -> None:
    assert call("new", "islands.toml", "--extends", "two_islands/baseline").exit_code == 0
    text = Path("islands.toml").read_text("utf-8")
    for kind in ("junctures", "numbers", "settings"):
        line = f"alliance-sim list {kind} --scenario two_islands/baseline"
        assert line in text
        assert call(*line.split()[1:]).exit_code == 0
    assert '# path = "threat.raiders.offence"  # 0.8 so far, from 0 to 1' in text
    assert call("new", "usual.toml").exit_code == 0
    assert "--scenario" not in Path("usual.toml").read_text("utf-8")


def test_edits_of_every_kind_that_cannot_be_are_told_at_once() -> None:
    wrong = call(
        *("new", "my.toml", "--without", "isf", "--hold", "rung=99@2003", "--shift", "gulf_war"),
        *("--council", "majority", "--theory", "X"),
    )
    assert wrong.exit_code == 2
    assert wrong.stderr.count("\n  - ") == 5
    clash = call("new", "my.toml", "--without", "isaf", "--strength", "isaf:0.5")
    assert clash.exit_code == 2
    assert not Path("my.toml").exists()


def test_a_file_of_ones_own_is_extended_from_another_folder(elsewhere: Path) -> None:
    (elsewhere / "mine").mkdir()
    call("new", "mine/first.toml", "--without", "isaf")
    line = ("new", "second.toml", "--extends", "mine/first.toml", "--move", "gulf_war=-2")
    assert call(*line).exit_code == 0
    scenario = load_scenario("second.toml")
    assert [edit.path for edit in scenario.edits] == [
        *("juncture.isaf.present", "juncture.gulf_war.date")
    ]


def test_nothing_is_written_where_anything_is_wrong() -> None:
    assert call("new", "my.toml", "--without", "isaf").exit_code == 0
    before = Path("my.toml").read_bytes()
    assert call("new", "my.toml", "--without", "gulf_war").exit_code == 2
    assert Path("my.toml").read_bytes() == before
    wrong = call("new", "other.toml", "--without", "isf", "--move", "gulf", "--set", "a=1")
    assert wrong.exit_code == 2
    assert wrong.stderr.count("\n  - ") == 3
    assert not Path("other.toml").exists()


@pytest.mark.parametrize("name", shipped())
def test_titles_of_every_scenario_fit_into_a_comment(name: str) -> None:
    assert call("new", "my.toml", "--extends", name).exit_code == 0
    assert load_scenario(name).title in Path("my.toml").read_text("utf-8")


def test_a_title_of_several_lines_is_a_comment_of_one() -> None:
    title = 'Two\\nlines \\u001b[31m # and \\"quotes\\"'
    Path("odd.toml").write_text(f'title = "{title}"\nwithout = ["isaf"]\n', "utf-8")
    assert call("new", "my.toml", "--extends", "odd.toml", "--without", "gulf_war").exit_code == 0
    assert "\x1b" not in Path("my.toml").read_text("utf-8")
    load_scenario("my.toml")
