"""The world of a scenario is built once, however often something is asked about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alliance_sim import load_scenario
from alliance_sim.calibration.target import prior_of, target_of
from alliance_sim.counterfactual.question import ask
from alliance_sim.sweep.plan_file import load_plan
from alliance_sim.world import build

ISLANDS = load_scenario("two_islands/baseline")
PLAN = """
title = "Small"
scenarios = ["two_islands/baseline"]
seed = 1
[design]
kind = "sobol"
points = 8
[[factor]]
name = "pull"
number = "willingness.threat_state"
[outcomes]
office = "rung>=1@2005"
"""


def read_a_plan(folder: Path) -> None:
    path = folder / "plan.toml"
    path.write_text(PLAN, "utf-8")
    load_plan(path)


WAYS: dict[str, Callable[[Path], Any]] = {
    "a question": lambda _: ask(ISLANDS, ["without great_raid"], "level_operations@2007"),
    "a target": lambda _: target_of(prior_of(ISLANDS)),
    "a plan": read_a_plan,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_world_that_was_built_is_not_built_again(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, anew = build.fill_in, []

    def counted(recipe: Any, **given: Any) -> Any:
        anew.extend([] if given.get("like") is not None else [recipe])
        return whole(recipe, **given)

    monkeypatch.setattr(build, "fill_in", counted)
    build._worlds.clear()
    for _ in range(2):
        WAYS[way](tmp_path)
    assert len(anew) == 1
