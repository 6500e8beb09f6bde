"""A digest is of content, not of order; and the environment names what results depend on."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from alliance_sim import load_scenario, simulate
from alliance_sim.provenance import digest, environment, scenario_digest, version
from alliance_sim.sweep.plan import origin_of
from alliance_sim.sweep.plan_file import load_plan

TREE: dict[str, Any] = {
    "title": "Titel mit Ümlaut",
    "levels": {"pace": 0.9, "ratchet": 0.5},
    "juncture": [
        {"name": "isaf", "date": dt.date(2003, 8, 11)},
        {"name": "nine_eleven", "date": dt.date(2001, 9, 11)},
    ],
    "parameters": [1.0, 2.0],
}


def test_a_digest_is_a_sha_256_in_hexadecimal() -> None:
    assert re.fullmatch("[0-9a-f]{64}", digest(TREE))


def test_the_order_of_keys_and_of_named_tables_does_not_matter() -> None:
    turned = {key: TREE[key] for key in reversed(TREE)}
    turned["juncture"] = TREE["juncture"][::-1]
    turned["levels"] = dict(reversed(TREE["levels"].items()))
    assert digest(turned) == digest(TREE)


def test_lists_and_tuples_are_the_same_content() -> None:
    assert digest(TREE | {"parameters": (1.0, 2.0)}) == digest(TREE)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another title"},
        {"levels": {"pace": 0.9000000000000001, "ratchet": 0.5}},
        {"parameters": [2.0, 1.0]},
        {"juncture": TREE["juncture"][:1]},
        {"more": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_is_changed_changes_the_digest(change: dict[str, Any]) -> None:
    assert digest(TREE | change) != digest(TREE)


def test_the_environment_names_what_results_depend_on() -> None:
    found = environment()
    assert {"python", "alliance-sim", "mesa", "numpy", "pandas"} <= set(found)
    assert found["alliance-sim"] == version()
    assert all(found.values())


PLAN = """
title = "One"
question = "?"
scenarios = ["japan_nato/baseline"]
seed = 1
replicates = 1
[design]
kind = "replicates"
"""


def test_a_scenario_has_one_digest_wherever_it_is_named(tmp_path: Path) -> None:
    scenario = load_scenario("japan_nato/baseline")
    (tmp_path / "plan.toml").write_text(PLAN, "utf-8")
    plan = load_plan(tmp_path / "plan.toml")
    origin = origin_of(plan, plan.labels, engine="kernel", runs=1, failed=0, command="x")
    simulated = simulate(scenario, runs=1, seed=1).digest
    assert {simulated, origin.digest} == {scenario_digest(scenario)}


def test_words_leave_the_digest_of_a_scenario_and_numbers_do_not() -> None:
    scenario = load_scenario("japan_nato/baseline")
    told = scenario.model_copy(update={"name": "b", "title": "B", "edits": ("x",)})
    assert scenario_digest(told) == scenario_digest(scenario)
    moved = scenario.without("nine_eleven")
    assert scenario_digest(moved) != scenario_digest(scenario)


def test_a_copy_with_another_number_has_a_digest_of_its_own() -> None:
    scenario = load_scenario("two_islands/baseline")
    first = scenario_digest(scenario)
    assert scenario_digest(scenario) is first  # worked out once
    moved = scenario.edited("shift great_raid:+6")
    assert scenario_digest(moved) != first
    assert scenario_digest(moved.model_copy(deep=True)) == scenario_digest(moved)
