"""Random scenarios, and every number that a Mesa model holds in the order of the kernel's rows."""

from __future__ import annotations

import contextlib
from typing import Any

from hypothesis import strategies as st

from alliance_sim import Scenario, ScenarioError, load_scenario
from alliance_sim.scenario.edit import as_tree, replaced
from alliance_sim.scenario.path import follow, numbers

SHIPPED = load_scenario("japan_nato/baseline")
PATHS = sorted(path for path, _ in numbers(as_tree(SHIPPED)) if not path.startswith("prior"))
RULES = ("consensus", "weighted_majority", "leader")
FOUNDERS = ("canada", "france", "united_kingdom", "united_states")
SWITCHES = ("threat", "institutions", "domestic")
JUNCTURES = tuple(juncture.name for juncture in SHIPPED.juncture)


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
        with contextlib.suppress(ScenarioError):  # moved out of the order of its causes
            world = world.moved(name, by_quarters=quarters)
    return world


def all_numbers(model: Any) -> list[float]:
    """Return every number that a Mesa model holds this quarter, in the order of kernel rows."""
    state, alliance, ties, members = model.state, model.alliance, model.partnership, model.members
    threats = range(len(model.threats))
    return [
        *ties.level,
        ties.peak,
        ties.general,
        ties.mission,
        ties.rung,
        ties.climbed,
        ties.agreements,
        ties.network,
        alliance.attention,
        state.overlap,
        *state.win_set,
        *state.slow,
        *alliance.slow,
        *state.ratio,
        *state.willing,
        *ties.counts,
        ties.suspended,
        ties.blocked,
        alliance.ratio(0),
        *(alliance.willing(domain) for domain in range(3)),
        *(threat.mood for threat in model.threats),
        *(threat.hostility for threat in model.threats),
        *(threat.menace for threat in model.threats),
        *state.perceived,
        *(alliance.perceived(k) for k in threats),
        *(member.perceived[k] for member in members for k in threats),
        *(ratio for member in members for ratio in member.ratio),
        *(willing for member in members for willing in member.willing),
        *state.laws,
        *ties.passed_items,
        *ties.refused,
        *(answer for answers in ties.item_refused for answer in answers),
    ]
