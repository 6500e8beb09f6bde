"""What fills in a world: as it always was, plain as compiled, anew only where a number changed."""

import datetime as dt
import hashlib
import random
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from alliance_sim import Scenario, ScenarioError, load_scenario
from alliance_sim.engine.kernel import batch
from alliance_sim.scenario import shipped
from alliance_sim.scenario.edit import as_tree, replaced
from alliance_sim.scenario.path import numbers
from alliance_sim.world import World, build_world
from alliance_sim.world.build import fill_in
from alliance_sim.world.coefficients import coefficients_of
from alliance_sim.world.declaration import along, declared
from alliance_sim.world.settle import NONE
from alliance_sim.world.state import Inputs
from alliance_sim.world.tables import DECISIONS, recipe_of

# What the first builder made of the inputs sized by hand, and the inputs that came after it.
FIRST_BUILT = "56ff601b99259fbc83c069ef75a347ccb98b3053c7255da89a8f277cfba2703f"
NEW = ("missions", "year", "attention")
SCENARIOS = {name: load_scenario(name) for name in shipped() if name.startswith("japan_nato/")}
PATHS = {
    name: sorted(
        (path, node["low"], node["high"])
        for path, node in numbers(as_tree(scenario))
        if not path.startswith(("prior", "kind"))  # no input, and no table of a recipe
    )
    for name, scenario in SCENARIOS.items()
}
SWITCHES = ("theory.threat", "theory.institutions", "theory.domestic")


def random_changes(luck: random.Random, name: str) -> dict[str, Any]:
    """Return values by path: numbers set, junctures removed and moved, switches, Council rule."""
    junctures = [juncture.name for juncture in SCENARIOS[name].junctures]
    changes: dict[str, Any] = {}
    for path, low, high in luck.sample(PATHS[name], luck.choice([0, 1, 2, 5, 30])):
        changes[path] = min(high, low + luck.random() * (high - low))
    for gone in luck.sample(junctures, luck.choice([0, 0, 1, 2, 4])):
        changes[f"juncture.{gone}.present"] = False
    for juncture in SCENARIOS[name].junctures:
        if luck.random() < 0.05 and f"juncture.{juncture.name}.present" not in changes:
            day = juncture.date + dt.timedelta(days=luck.randint(-3000, 3000))
            changes[f"juncture.{juncture.name}.date"] = day
    changes |= {switch: False for switch in SWITCHES if luck.random() < 0.1}
    if luck.random() < 0.3:
        changes["council.rule"] = luck.choice(sorted(DECISIONS))
    return changes


def random_edits(seed: int, count: int) -> list[tuple[str, dict[str, Any], Scenario]]:
    """Return edits that the checks let through: of which scenario, which, and what they give."""
    luck = random.Random(seed)
    found: list[tuple[str, dict[str, Any], Scenario]] = []
    while len(found) < count:
        name = luck.choice(sorted(SCENARIOS))
        changes = random_changes(luck, name)
        try:
            found.append((name, changes, replaced(SCENARIOS[name], changes)))
        except ScenarioError:
            continue
    return found


def test_the_inputs_sized_by_hand_are_what_the_first_builder_made_of_them() -> None:
    assert tuple(declared(Inputs))[-len(NEW) :] == NEW
    table = build_world(SCENARIOS["japan_nato/hand_sized"]).table[:, : -len(NEW)]
    assert hashlib.sha256(table.tobytes()).hexdigest() == FIRST_BUILT


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_plain_python_and_compiled_code_fill_in_the_same(seed: int) -> None:
    near: dict[str, World] = {}
    for name, changes, edited in random_edits(seed, 100):
        plain = build_world(edited)
        compiled = build_world(edited, fill=batch.compiled_fill)
        like = near.setdefault(name, compiled)
        taken_over = build_world(edited, like=like, fill=batch.compiled_fill)
        for world in (compiled, taken_over):
            assert world.table.tobytes() == plain.table.tobytes(), changes
            assert world.settled == plain.settled
            assert world.drawn_leaders == plain.drawn_leaders


# What each edit feeds, by name of the input and labels that it has.
FEEDS: dict[str, tuple[dict[str, Any], Callable[[str, Mapping[str, str]], bool]]] = {
    "a coefficient": ({"willingness.threat_state": 1.1}, lambda *_: False),
    "an offset": ({"member.germany.offset": 0.1}, lambda *_: False),
    "a period's commitment": (
        {"period.cold_war.commitment": 0.5},
        lambda name, _: name == "commitment",
    ),
    "how far a threat reaches the alliance": (
        {"period.cold_war.exposure_alliance.china": 0.2},
        lambda name, of: name == "exposure_member" and of["threat"] == "china",
    ),
    "how far it reaches one member": (
        {"member.united_states.exposure.russia": 1.3},
        lambda name, of: (
            name == "exposure_member" and (*of.values(),) == ("united_states", "russia")
        ),
    ),
    "a series": (
        {"threat.russia.capability.divide_by": 0.3},
        lambda name, of: name == "capability" and of["threat"] == "russia",
    ),
    "a leader": (
        {"leader.koizumi.push": 0.2},
        lambda name, of: name == "push" and of["side"] == "state",
    ),
    "an effect": (
        {"juncture.crimea_2014.effect.0.size": 0.05},
        lambda name, of: name == "hostility" and of["threat"] == "russia",
    ),
    "diversity": (
        {"council.diversity": 0.9},
        lambda name, _: name in ("weight", "reluctance", "states"),  # made together
    ),
    "a win-set": (
        {"domestic.win_set.political": 0.85},
        lambda name, of: name == "shut" and of["domain"] == "political",
    ),
}


@pytest.mark.parametrize("edit", FEEDS)
def test_only_what_a_changed_number_feeds_is_made_anew(edit: str) -> None:
    changes, feeds = FEEDS[edit]
    scenario = SCENARIOS["japan_nato/baseline"]
    like = build_world(scenario)
    edited = replaced(scenario, changes)
    found = fill_in(recipe_of(edited), like=like)
    places = [
        (name, labels)
        for name, entry in declared(Inputs).items()
        for labels in along(entry.per, like.axes)
    ]
    anew = {place for place, (name, labels) in enumerate(places) if feeds(name, labels)}
    assert set(found.made_anew.tolist()) == anew
    afresh = build_world(edited).table
    assert found.table.tobytes() == afresh.tobytes()
    differs = np.flatnonzero((afresh != like.table).any(axis=0)).tolist()
    assert set(differs) <= anew
    assert bool(differs) == bool(anew)


def as_values(scenario: Scenario, changes: Mapping[str, Any]) -> dict[str, float]:
    """Return the same edit as numbers of a recipe, as a page would make them."""
    at = scenario.calendar().position
    found: dict[str, float] = {}
    for path, value in changes.items():
        head, _, last = path.rpartition(".")
        if last == "date":
            juncture = next(j for j in scenario.junctures if head == f"juncture.{j.name}")
            stood = juncture.original_date or juncture.date
            found |= {path: at(value), f"{head}.original_date": at(stood)}
            end = juncture.end
            moved = NONE if end is None else at(end + (value - juncture.date))
            found[f"{head}.end"] = moved
        else:
            found[path] = DECISIONS[value] if path == "council.rule" else float(value)
    return found


@pytest.mark.parametrize("seed", range(2))
def test_an_edit_of_a_recipe_gives_the_world_of_the_edited_scenario(seed: int) -> None:
    recipes = {name: recipe_of(scenario) for name, scenario in SCENARIOS.items()}
    for name, changes, edited in random_edits(seed + 10, 100):
        recipe = recipes[name].with_values(as_values(SCENARIOS[name], changes))
        wanted = recipe_of(edited)
        for table in recipe.tables:
            assert recipe.tables[table].rows == wanted.tables[table].rows
            assert recipe.tables[table].values.tolist() == wanted.tables[table].values.tolist()
        world = build_world(edited, fill=batch.compiled_fill)
        found = fill_in(recipe, fill=batch.compiled_fill)
        assert found.table.tobytes() == world.table.tobytes(), changes
        assert (found.settled, found.leaders) == (world.settled, world.drawn_leaders)
        assert coefficients_of(recipe) == world.coefficients
