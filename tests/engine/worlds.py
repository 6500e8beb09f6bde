"""Random scenarios, every number that a Mesa model holds in the kernel's order, and C at hand."""

from __future__ import annotations

import contextlib
import sys
import warnings
from functools import cache
from importlib import util
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from alliance_sim import Scenario, ScenarioError, load_scenario
from alliance_sim.engine.kernel.layout import shape_of, state_rows
from alliance_sim.errors import ScenarioWarning
from alliance_sim.scenario.edit import as_tree, replaced
from alliance_sim.scenario.path import follow, numbers
from alliance_sim.world.state import STATES

SHIPPED = load_scenario("japan_nato/baseline")
PATHS = sorted(path for path, _ in numbers(as_tree(SHIPPED)) if not path.startswith("prior"))
RULES = ("consensus", "weighted_majority", "leader")
FOUNDERS = ("canada", "france", "united_kingdom", "united_states")
SWITCHES = ("threat", "institutions", "domestic")
JUNCTURES = tuple(juncture.name for juncture in SHIPPED.junctures)


@cache
def c_engine() -> Any:
    """Return `engines/c`, which is no part of the package."""
    folder = Path(__file__).parents[2] / "engines" / "c"
    spec = util.spec_from_file_location(
        "c_engine", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where ctypes' structures look for their own module
    spec.loader.exec_module(module)
    return module


@st.composite
def scenarios(draw: Any) -> Scenario:
    """Return a world nobody described: other years, numbers, rules, junctures gone or moved."""
    first = draw(st.integers(1950, 2012))
    last = min(2025, first + draw(st.integers(1, 20)))
    world = SHIPPED.with_setting("time.last_year", last).with_setting("time.first_year", first)
    rule = draw(st.sampled_from(RULES))
    if rule == "leader":
        world = world.with_setting("council.leader", draw(st.sampled_from(FOUNDERS)))
    world = world.with_setting("council.rule", rule)
    changes: dict[str, object] = {
        f"theory.{switch}": draw(st.booleans()) for switch in SWITCHES if draw(st.booleans())
    }
    tree = as_tree(world)
    for path in draw(st.lists(st.sampled_from(PATHS), max_size=40, unique=True)):
        number = follow(tree, path)
        changes[path] = draw(st.floats(number["low"], number["high"]))
    for name in ("agenda", "leverage"):
        if draw(st.booleans()):
            changes[f"motives.{name}"] = draw(st.floats(0.0, 1.0))
    gone = draw(st.lists(st.sampled_from(JUNCTURES), max_size=8, unique=True))
    changes |= {f"juncture.{name}.present": False for name in gone}
    world = replaced(world, changes)
    kept = [name for name in JUNCTURES if name not in gone]
    for name in draw(st.lists(st.sampled_from(kept), max_size=2, unique=True)):
        quarters = draw(st.integers(-8, 8))
        with contextlib.suppress(ScenarioError), warnings.catch_warnings():
            # Out of the order of its causes it may not go; out of the run it may, with a warning.
            warnings.simplefilter("ignore", ScenarioWarning)
            world = world.moved(name, by_quarters=quarters)
    return world


def all_numbers(model: Any) -> list[float]:
    """Return every number that a Mesa model holds this quarter, in the order of kernel rows."""
    rows = state_rows(shape_of(model.world))
    found: dict[int, float] = {}
    for state in STATES:
        found |= zip(rows[state.name], model.held.of(state.name), strict=True)
    return [found[row] for row in range(len(found))]
