"""Shipped scenarios laid out for the page's modules, edits of them, and modules to run them."""

from __future__ import annotations

import contextlib
import json
import random
import warnings
from functools import cache
from typing import Any

import pytest

from alliance_sim import Scenario, ScenarioError, load_scenario
from alliance_sim.compiled.objects import DamagedError
from alliance_sim.errors import ScenarioWarning
from alliance_sim.lab import module
from alliance_sim.lab.frame import Frame, frame_of
from alliance_sim.scenario.edit import replaced
from alliance_sim.scenario.path import numbers
from alliance_sim.world.tables import recipe_of

pytest.importorskip("wasmtime", reason="runs WebAssembly; there is no wheel for this system")

from engines.host import Host

__all__ = ["WORLDS", "Host", "edited", "frame", "host", "needs_module", "prepared", "text"]
WORLDS = ("two_islands/baseline", "japan_nato/baseline")


def usable() -> bool:
    """Whether both modules are whole and were made from the rules as they are."""
    try:
        return all(module.is_of_these_rules(module.read(name)) for name in module.NAMES)
    except DamagedError:
        return False


needs_module = pytest.mark.skipif(
    not usable(), reason="the rules have changed since; engines/make_module.py --check says so"
)


@cache
def frame(name: str) -> Frame:
    """A shipped scenario laid out."""
    return frame_of(load_scenario(name))


@cache
def text(name: str) -> str:
    """The same as JSON."""
    return frame(name).to_json()


@cache
def host(name: str, kind: str) -> Host:
    """A module with a shipped scenario in it."""
    return Host(module.usable(kind), json.loads(text(name)))


def edited(name: str, seed: int) -> Scenario:
    """Return a shipped scenario with random edits: removed, moved, set, switched."""
    luck, world = random.Random(seed), load_scenario(name)
    names = [juncture.name for juncture in world.junctures]
    changes: dict[str, Any] = {
        f"juncture.{gone}.present": False for gone in luck.sample(names, luck.choice([0, 1, 2, 4]))
    }
    tree = world.model_dump(by_alias=True)
    paths = sorted(
        (path, node["low"], node["high"])
        for path, node in numbers(tree)
        if path.startswith(("willingness", "levels", "assets", "period", "member", "rung", "item"))
    )
    for path, low, high in luck.sample(paths, luck.choice([0, 1, 5])):
        changes[path] = low + luck.random() * (high - low)
    changes |= {
        f"theory.{switch}": False for switch in ("threat", "domestic") if luck.random() < 0.2
    }
    if luck.random() < 0.3:
        changes["council.rule"] = luck.choice(["weighted_majority", "leader"])
    world = replaced(world, changes)
    kept = [name for name in names if f"juncture.{name}.present" not in changes]
    for moved in luck.sample(kept, min(len(kept), luck.choice([0, 1, 2]))):
        with contextlib.suppress(ScenarioError), warnings.catch_warnings():
            # Out of the order of its causes it may not go; out of the run it may, with a warning.
            warnings.simplefilter("ignore", ScenarioWarning)
            world = world.moved(moved, by_quarters=luck.randint(-8, 8))
    return world


def prepared(running: Host, name: str, world: Scenario) -> Host:
    """Write the numbers of an edited scenario into a frame and make it ready."""
    for array, values in frame(name).numbers_of(recipe_of(world)).items():
        running[array][...] = values
    running.call("prepare")
    return running
