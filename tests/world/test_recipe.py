"""A recipe as JSON: comes back to the last bit, and what cannot be used is refused in words."""

import json
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim import ScenarioError, load_scenario
from alliance_sim.scenario import shipped
from alliance_sim.world.build import fill_in
from alliance_sim.world.recipe import COLUMNS, VERSION, Recipe
from alliance_sim.world.settle import NONE
from alliance_sim.world.tables import recipe_of

BASE = load_scenario("japan_nato/baseline")
RECIPE = recipe_of(BASE)
TEXT = RECIPE.to_json()


@pytest.mark.parametrize("name", shipped())
def test_a_recipe_comes_back_from_json_to_the_last_bit(name: str) -> None:
    recipe = recipe_of(load_scenario(name))
    found = Recipe.from_json(recipe.to_json())
    assert list(recipe.tables) != []
    for table in COLUMNS:
        one, other = recipe.tables[table], found.tables[table]
        assert (one.columns, one.rows) == (other.columns, other.rows)
        assert one.values.tobytes() == other.values.tobytes()
    assert (found.scenario, found.partners) == (recipe.scenario, recipe.partners)
    assert found.to_json() == recipe.to_json()


def test_a_recipe_read_from_json_fills_in_the_same_world() -> None:
    found = fill_in(Recipe.from_json(TEXT))
    assert found.table.tobytes() == fill_in(RECIPE).table.tobytes()


def test_every_number_of_a_recipe_has_a_path() -> None:
    for path, value in (
        ("willingness.threat_state", BASE.willingness.threat_state.value),
        ("theory.domestic", 1.0),
        ("council.rule", 0.0),
        (
            "observation.counting.political.slope",
            BASE.observation.counting["political"].slope.value,
        ),
        ("period.cold_war.hostility.russia", BASE.periods[0].hostility["russia"].value),
        ("juncture.nine_eleven.present", 1.0),
        ("juncture.nine_eleven.end", NONE),
    ):
        table, row, column = RECIPE.place(path)
        assert RECIPE.tables[table].values[row, column] == value


def test_a_path_that_leads_nowhere_is_told_with_the_nearest() -> None:
    with pytest.raises(ScenarioError, match=r"did you mean 'juncture\.nine_eleven\.present'"):
        RECIPE.with_values({"juncture.nine_elven.present": 0.0})


def test_what_a_recipe_was_made_from_is_left_as_it_was() -> None:
    RECIPE.with_values({"juncture.nine_eleven.present": 0.0, "council.diversity": 0.9})
    assert RECIPE.to_json() == TEXT
    with pytest.raises(ValueError, match="read-only"):
        RECIPE.tables["juncture"].values[0, 0] = 0.0


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("juncture.nine_eleven.present", 0.5, "must be a whole number from 0 to 1"),
        ("period.cold_war.commitment", 1.5, "must be a number from 0 to 1"),
        ("juncture.nine_eleven.date", math.nan, "is nan, must be a number"),
        ("juncture.nine_eleven.date", NONE, "is inf, must be a number"),
        ("juncture.nine_eleven.effect.0.of", 7.0, "moves"),
        ("juncture.nine_eleven.effect.0.juncture", 400.0, "must be a whole number from 0 to"),
    ],
)
def test_a_number_that_its_column_does_not_take_is_refused(
    path: str, value: float, told: str
) -> None:
    with pytest.raises(ScenarioError, match=told):
        RECIPE.with_values({path: value})


def changed(**values: Any) -> str:
    return json.dumps(json.loads(TEXT) | values)


def without(table: str) -> str:
    tree = json.loads(TEXT)
    del tree["tables"][table]
    return json.dumps(tree)


def short_row(table: str) -> str:
    tree = json.loads(TEXT)
    values = tree["tables"][table]["values"]
    values[0] = values[0][:1]
    return json.dumps(tree)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[1, 2]", "is no recipe"),
        (changed(format="another"), "is no recipe"),
        (changed(version=VERSION + 1), "make it again from its scenario"),
        (changed(version=None), "make it again from its scenario"),
        (changed(scenario=3), "scenario: must be a name"),
        (changed(partners=["a"]), "partners: must be the names"),
        (changed(time=[1950, 9999, 4]), "1900 to 2100"),
        (changed(time=[1950, 2025, 5]), "1, 2, 4, 12"),
        (changed(time=[1950, 2024, 4]), "table 'yearly': columns must be"),
        (changed(tables=[]), "tables: must be a table of tables"),
        (without("effect"), "table 'effect': is missing"),
        (TEXT.replace('"effect": {', '"efect": {'), "did you mean 'effect'"),
        (TEXT.replace('"half_life"', '"halflife"'), "table 'effect': columns must be"),
        (TEXT.replace("1950, 2025", '1950, "2025"'), "first year, last year"),
        (short_row("threat"), "holds 1 numbers, must hold"),
        (short_row("yearly"), "holds 1 numbers, must hold"),
        ("x" * 8_000_001, "at most 8,000,000"),
    ],
)
def test_what_is_no_recipe_of_this_version_is_refused(text: str, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        Recipe.from_json(text, "my.json")
    assert told in str(caught.value)
    assert str(caught.value).startswith("my.json: ")


def damaged(luck: random.Random) -> str:
    """Return the recipe with one value somewhere replaced by another kind of value."""
    tree = json.loads(TEXT)
    node: Any = tree
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = luck.choice(keys)
        if not isinstance(node[key], dict | list) or not node[key] or luck.random() < 0.05:
            strange: list[Any] = [None, True, -1, 0, 1e308, 7.5, "x", [], {}, [[]], 10**400]
            node[key] = luck.choice(strange)
            return json.dumps(tree)
        node = node[key]


@pytest.mark.parametrize("seed", range(300))
def test_a_damaged_recipe_is_refused_or_can_be_filled_in(seed: int) -> None:
    try:
        recipe = Recipe.from_json(damaged(random.Random(seed)))
    except ScenarioError:
        return
    if seed % 10 == 0:
        assert np.isfinite(fill_in(recipe).table).all()


def test_the_reference_names_every_table_and_column() -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "contribute" / "recipe.md").read_text(
        "utf-8"
    )
    for table, columns in COLUMNS.items():
        for name in (table, *(column.name for column in columns)):
            assert f"`{name}`" in page, name
