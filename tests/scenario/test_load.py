"""Shipped scenarios load, and a scenario is what its file says in whatever order."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alliance_sim import load_scenario, provenance
from alliance_sim.errors import ScenarioError
from alliance_sim.scenario import Scenario, shipped
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.fields import FIELDS
from alliance_sim.scenario.path import follow, is_number, numbers
from alliance_sim.shipped import scenarios as shipped_folder

Tree = dict[str, Any]
Write = Callable[..., Path]
BASELINE = "japan_nato/baseline"
COUNTERFACTUALS = [
    name for name in shipped() if not name.endswith(("/baseline", "/hand_sized"))
]  # hand_sized is whole: the inputs with which the program began
HEAD = 'extends = "japan_nato/baseline"\ntitle = "Mine"\ndescription = "Mine."\n'


def content(scenario: Scenario) -> str:
    return provenance.scenario_digest(scenario)


def rearranged(node: Any) -> Any:
    """Return a tree with its keys and its lists of named tables in the opposite order.

    Periods stay: they stand in the order in which they follow each other.
    """
    if isinstance(node, dict):
        turned = {key: rearranged(node[key]) for key in reversed(node)}
        return turned | {key: node[key] for key in ("period",) if key in node}
    if isinstance(node, list):
        entries = [rearranged(entry) for entry in node]
        named = entries and all(isinstance(e, dict) and "name" in e for e in entries)
        return entries[::-1] if named else entries
    return node


def in_tables(node: Any) -> Any:
    """Return a tree with every number written as a table of its five fields."""
    if isinstance(node, dict):
        return {key: in_tables(value) for key, value in node.items()}
    if isinstance(node, list):
        if is_number(node):
            return dict(zip(FIELDS, node, strict=True))
        return [in_tables(entry) for entry in node]
    return node


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_loads_under_its_name(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.title
    assert scenario.description


def test_at_least_eight_counterfactuals_come_with_the_baseline() -> None:
    assert BASELINE in shipped()
    assert len(COUNTERFACTUALS) >= 8


@pytest.mark.parametrize("name", COUNTERFACTUALS)
def test_a_counterfactual_holds_only_its_edits_and_asks_a_question(name: str) -> None:
    tree = tomllib.loads((shipped_folder() / f"{name}.toml").read_text("utf-8"))
    edits = {"without", "moved", "set", "juncture", "leader", "item"}
    described = f"{name.partition('/')[0]}/baseline"
    assert tree["extends"] == described
    assert set(tree) <= {"extends", "title", "description", "question"} | edits
    scenario = load_scenario(name)
    assert scenario.edits
    assert scenario.question.endswith("?")
    assert content(scenario) != content(load_scenario(described))


def test_the_described_history_has_no_edits_and_no_question() -> None:
    baseline = load_scenario(BASELINE)
    assert baseline.edits == ()
    assert baseline.question == ""


def test_a_shipped_file_is_the_same_by_name_and_by_path() -> None:
    path = shipped_folder() / f"{BASELINE}.toml"
    assert load_scenario(path) == load_scenario(str(path)) == load_scenario(BASELINE)


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("japan_nato", "japan_nato/baseline"),
        ("two_islands", "two_islands/baseline"),
        ("no_raid", "two_islands/no_raid"),
    ],
)
def test_a_part_of_a_name_that_only_one_has_stands_for_the_whole(short: str, whole: str) -> None:
    assert load_scenario(short) == load_scenario(whole)


def test_a_folder_that_is_there_is_not_the_relationship_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "two_islands").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError, match="is a folder"):
        load_scenario("two_islands")


def test_a_file_of_ones_own_is_called_by_its_name(tree: Tree, write: Write) -> None:
    assert load_scenario(write(tree, "my_world.toml")).name == "my_world"


def test_loading_twice_gives_equal_scenarios() -> None:
    assert load_scenario(BASELINE) == load_scenario(BASELINE)


def test_numbers_mean_the_same_as_tables_and_as_arrays(tree: Tree, write: Write) -> None:
    arrays, tables = write(tree, "same.toml"), write(in_tables(tree), "same_too.toml")
    assert content(load_scenario(arrays)) == content(load_scenario(tables))
    assert content(load_scenario(arrays)) == content(load_scenario(BASELINE))


def test_the_order_of_tables_and_keys_does_not_change_the_digest(tree: Tree, write: Write) -> None:
    other_way_round = rearranged(tree)
    assert list(other_way_round) != list(tree)
    assert content(load_scenario(write(other_way_round))) == content(load_scenario(BASELINE))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("levels.pace", {"value": 0.91}),
        ("levels.pace", {"high": 1.71}),
        ("levels.pace", {"source": "assumed; elsewhere"}),
        ("juncture.isaf.effect.0.size", {"value": 0.01}),
        ("juncture.isaf", {"title": "Another title"}),
        ("council", {"rule": "leader"}),
    ],
)
def test_whatever_is_changed_changes_the_digest(path: str, value: Tree) -> None:
    tree = as_tree(load_scenario(BASELINE))
    before = provenance.digest(tree)
    follow(tree, path).update(value)
    assert provenance.digest(tree) != before


def test_every_number_has_its_five_fields_and_can_be_found_by_its_path() -> None:
    tree = as_tree(load_scenario(BASELINE))
    found = list(numbers(tree))
    assert len(found) > 300
    for path, number in found:
        assert set(number) == set(FIELDS)
        assert follow(tree, path) == number


def test_a_scenario_cannot_be_changed_in_place() -> None:
    baseline = load_scenario(BASELINE)
    with pytest.raises(ScenarioError, match="title: a scenario is not changed in place"):
        baseline.title = "Mine"  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        baseline.levels.pace.value = 1.0  # type: ignore[misc]
    with pytest.raises((TypeError, AttributeError, ValueError)):
        baseline.periods[0].hostility["russia"] = baseline.levels.pace


def test_edits_in_a_file_are_those_of_the_methods(write: Write) -> None:
    path = write(
        f"""{HEAD}
        without = ["nine_eleven"]
        [[moved]]
        juncture = "cold_war_ends"
        by_quarters = 4
        [[set]]
        path = "council.rule"
        to = "leader"
        source = "a what-if"
        """
    )
    by_hand = (
        load_scenario(BASELINE)
        .without("nine_eleven")
        .moved("cold_war_ends", by_quarters=4)
        .with_setting("council.rule", "leader")
    )
    words = {"title": "Mine", "description": "Mine.", "name": "mine", "question": ""}
    assert load_scenario(path) == by_hand.model_copy(update=words)


def test_a_number_set_in_a_file_takes_on_the_source_given(write: Write) -> None:
    pace = load_scenario(BASELINE).levels.pace
    path = write(
        f"""{HEAD}
        [[set]]
        path = "levels.pace"
        to = {pace.low!r}
        source = "a what-if"
        """
    )
    changed = load_scenario(path).levels.pace
    assert changed == pace.model_copy(update={"value": pace.low, "source": "a what-if"})


def test_files_can_extend_files_that_extend(write: Write) -> None:
    write(f'{HEAD}without = ["nine_eleven"]', "first.toml")
    second = write(
        'extends = "first.toml"\ntitle = "Second"\ndescription = "Both"\nwithout = ["crimea_2014"]',
        "second.toml",
    )
    scenario = load_scenario(second)
    assert scenario.title == "Second"
    words = [change.words for change in scenario.edits]
    assert words == ["without nine_eleven", "without crimea_2014"]
    assert {j.name for j in scenario.junctures if not j.present} == {"nine_eleven", "crimea_2014"}


def test_a_file_can_add_a_juncture_a_leader_and_an_item(write: Write) -> None:
    path = write(
        f"""{HEAD}
        [[juncture]]
        name = "mine"
        title = "Mine"
        kind = "event"
        date = 2000-01-01
        source = "mine"
        when_removed = "nothing"
        [[leader]]
        name = "somebody"
        title = "Somebody"
        partner = "state"
        start = 1960-01-01
        end = 1961-01-01
        push = [0.1, -1.0, 1.0, "log-odds", "assumed"]
        source = "mine"
        [[item]]
        name = "another_office"
        title = "Another office"
        tabled = 2020-01-01
        demand = [1.0, 0.0, 2.0, "log-odds", "assumed"]
        source = "mine"
        """
    )
    mine, baseline = load_scenario(path), load_scenario(BASELINE)
    assert {j.name for j in mine.junctures} == {j.name for j in baseline.junctures} | {"mine"}
    assert {x.name for x in mine.leaders} == {x.name for x in baseline.leaders} | {"somebody"}
    assert {i.name for i in mine.items} == {i.name for i in baseline.items} | {"another_office"}
    assert any(change.path == "juncture.mine" for change in mine.edits)


def test_a_file_from_an_editor_that_marks_its_encoding_is_read(tree: Tree, write: Write) -> None:
    path = write(tree)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert content(load_scenario(path)) == content(load_scenario(BASELINE))


def test_a_list_is_plural_in_python_and_singular_in_files(tree: Tree, write: Write) -> None:
    scenario = load_scenario(BASELINE)
    assert as_tree(scenario)["threat"][0]["name"] == scenario.threats[0].name
    assert "threats" not in scenario.model_dump()
    tree["threats"] = tree.pop("threat")
    with pytest.raises(ScenarioError, match="unknown key 'threats'; did you mean 'threat'"):
        load_scenario(write(tree))


def test_what_is_neither_a_name_nor_a_path_is_refused() -> None:
    wrong: Any = 5
    with pytest.raises(ScenarioError, match="is 5, must be the name of a scenario"):
        load_scenario(wrong)
