"""A scenario file with any structure is refused by name, or is what its TOML says."""

from __future__ import annotations

import datetime as dt
import random
import tomllib
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from alliance_sim import load_scenario
from alliance_sim.scenario import Scenario, shipped
from alliance_sim.scenario.edit import as_tree
from tests.fuzz.attempts import read_of
from tests.fuzz.mutation import Tree, in_toml, mutated
from tests.scenario.conftest import whole_tree

ROOT = Path(__file__).parents[2] / "scenarios"
WHOLE = 0.15  # part of the inputs made from the whole file; they take a tenth of a second each
PRIORS = 0.15  # part of the inputs that are the whole file with other priors and spreads
FIVE = ("value", "low", "high", "unit", "source")


def parsed(name: str) -> Tree:
    return tomllib.loads((ROOT / f"{name}.toml").read_text("utf-8"))


BASE = whole_tree("japan_nato/baseline")
FILES = {name: parsed(name) for name in shipped() if (ROOT / f"{name}.toml").exists()}
FILES["japan_nato/baseline"] = BASE
EDITS = [name for name, tree in FILES.items() if tree.get("extends") == "japan_nato/baseline"]
WORDS = sorted({*BASE, *(t["name"] for key in ("juncture", "member", "leader") for t in BASE[key])})
BELIEFS = {key: BASE[key] for key in ("prior", "spread")}
BELIEVED = sorted(
    {*WORDS, *(t["path"] for t in BASE["prior"]), *(t["name"] for t in BASE["spread"])}
)


def numbers_of(tree: Tree) -> dict[str, tuple[float, float, float, str]]:
    """Return every number of a file of TOML by its path: an independent reading of it."""
    found: dict[str, tuple[float, float, float, str]] = {}

    def look(node: Any, path: str) -> None:
        if isinstance(node, dict) and set(node) == set(FIVE):
            node = [node[key] for key in FIVE]
        if isinstance(node, list | tuple):
            shape = "".join("n" if type(x) in (int, float) else "s" for x in node)
            if shape == "nnnss" and not any(isinstance(x, dict | list) for x in node):
                value, low, high = (float(x) for x in node[:3])
                found[path] = (value, low, high, str(node[3]))
                return
            for position, entry in enumerate(node):
                name = entry.get("name") if isinstance(entry, dict) else None
                domain = entry.get("domain") if isinstance(entry, dict) else None
                key = f"{domain}_{name}" if name and domain else name or position
                look(entry, f"{path}.{key}")
        elif isinstance(node, dict):
            for key, entry in node.items():
                look(entry, f"{path}.{key}" if path else key)

    look(tree, "")
    return found


def read_by_hand(tree: Tree) -> tuple[dict[str, Any], dict[str, tuple[Any, Any, Any]]]:
    """Return the numbers, and presence, date and end of each juncture, that a file stands for."""
    edits = "extends" in tree or "partners" not in tree
    whole = BASE if edits else tree
    numbers = numbers_of(whole) | (numbers_of(tree) if edits else {})
    cards = [*whole.get("juncture", []), *(tree.get("juncture", []) if whole is BASE else [])]
    dated = {c["name"]: [c.get("present", True), c["date"], c.get("end")] for c in cards}
    for name in tree.get("without", []):
        dated[name][0] = False
    for move in tree.get("moved", []):
        card, old = dated[move["juncture"]], dated[move["juncture"]][1]
        if "to" in move:
            card[1] = move["to"]
        else:
            months = old.year * 12 + old.month - 1 + 3 * move["by_quarters"]
            year, month = divmod(months, 12)
            day = old.day
            while True:
                try:
                    card[1] = old.replace(year, month + 1, day)
                    break
                except ValueError:
                    day -= 1
        end = move.get("end", "moves")
        if end != "stays":
            card[2] = end if isinstance(end, dt.date) else card[2] and card[2] + (card[1] - old)
    for change in tree.get("set", []):
        if change["path"] in numbers:
            numbers[change["path"]] = (float(change["to"]), *numbers[change["path"]][1:])
    return numbers, {name: tuple(card) for name, card in dated.items()}


def agrees(scenario: Scenario, tree: Tree) -> None:
    """Check that a scenario is what an independent reading of its file gives."""
    numbers, cards = read_by_hand(tree)
    loaded = numbers_of(as_tree(scenario))
    # Effects lie in lists without names; positions of the same path agree on both sides.
    assert loaded == {path: number for path, number in numbers.items() if path in loaded}
    assert set(numbers) <= set(loaded)
    assert {j.name: (j.present, j.date, j.end) for j in scenario.junctures} == cards
    if "title" in tree:
        assert scenario.title == tree["title"]


def test_the_independent_reading_agrees_on_all_shipped_scenarios() -> None:
    for name in ["japan_nato/baseline", *EDITS]:
        agrees(load_scenario(name), FILES[name])


def changed(rng: random.Random) -> Tree:
    """Return what a file says with one to four of its places changed."""
    part = rng.random()
    if part < PRIORS:
        return BASE | mutated(rng, BELIEFS, BELIEVED)
    source = BASE if part < PRIORS + WHOLE else FILES[rng.choice(EDITS)]
    return mutated(rng, source, WORDS)


@pytest.mark.filterwarnings("ignore::alliance_sim.errors.ScenarioWarning")
def test_a_scenario_file_of_any_structure_is_refused_by_name_or_read_as_it_stands(
    inputs: int, quickly: Callable[[], AbstractContextManager[None]], tmp_path: Path
) -> None:
    seen: Counter[str] = Counter()
    path = tmp_path / "mine.toml"
    read = read_of(
        inputs,
        lambda rng: in_toml(changed(rng)),
        load_scenario,
        path,
        quickly=quickly,
        seen=seen,
    )
    for (_, _, text), scenario in read:
        tree = tomllib.loads(text)
        if tree.get("extends", "japan_nato/baseline") == "japan_nato/baseline":
            agrees(scenario, tree)
    assert seen["refused"] > inputs / 4, seen
    assert seen["read"] > inputs / 50, seen
