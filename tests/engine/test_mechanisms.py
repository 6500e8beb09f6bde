"""One change only: what a cause moves, by how much, in which quarter, and what it leaves alone."""

import math
from typing import Any

import numpy as np
import pytest

from alliance_sim import load_scenario, noise, simulate
from alliance_sim.results import Ensemble
from alliance_sim.rules.events import event_count, event_rate, institution, no_event
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.fields import DOMAINS, SERIES
from alliance_sim.scenario.path import follow
from alliance_sim.scenario.scenario import build
from alliance_sim.world import World, build_world
from alliance_sim.world.coefficients import coefficients

BASE = load_scenario("japan_nato/hand_sized")  # it holds needs, which the baseline does not
QUIET = (
    BASE.with_setting("time.first_year", 1994)
    .with_setting("time.last_year", 2024)
    .with_number("willingness.slow_noise", 0.0)
)
RATIOS = {"state": "ratio_japan", "alliance": "ratio_nato"}
SEED = 4


def one(scenario: Scenario) -> Ensemble:
    return simulate(scenario, runs=1, seed=SEED)


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(QUIET)


@pytest.fixture(scope="module")
def quiet() -> Ensemble:
    return one(QUIET)


def with_effect(juncture: str, moves: str, **changed: Any) -> Scenario:
    """Return the quiet world with the first effect of a juncture that moves something changed."""
    tree = as_tree(QUIET)
    effects = [dict(effect) for effect in follow(tree, f"juncture.{juncture}.effect")]
    position = next(i for i, effect in enumerate(effects) if effect["moves"] == moves)
    value = changed.pop("value", None)
    if value is not None:
        changed["size"] = effects[position]["size"] | {"value": value}
    effects[position] |= changed
    follow(tree, f"juncture.{juncture}")["effect"] = tuple(effects)
    return build(tree, "changed")


def first_change(one_world: Ensemble, other: Ensemble) -> int:
    """Return the first quarter in which two runs differ."""
    return int(np.argmax((one_world.values != other.values).any(axis=(0, 2))))


def change(before: Ensemble, after: Ensemble, state: str) -> float:
    """Return by how much a state differs in the first quarter in which anything does."""
    step = first_change(before, after)
    return float(after.column(state)[0, step] - before.column(state)[0, step])


@pytest.mark.parametrize(("leader", "side"), [("koizumi", 0), ("robertson", 1)])
def test_a_leaders_push_moves_the_ratio_of_that_side_by_itself(
    leader: str, side: int, quiet: Ensemble, world: World
) -> None:
    edited = QUIET.with_number(f"leader.{leader}.push", 1.0)
    after = one(edited)
    step = first_change(quiet, after)
    pushed = build_world(edited).inputs[step].push[side] - world.inputs[step].push[side]
    ours, theirs = list(RATIOS.values())[:: 1 if side == 0 else -1]
    assert pushed != 0.0
    assert change(quiet, after, ours) == pytest.approx(pushed, abs=1e-12)
    assert change(quiet, after, theirs) == 0.0


@pytest.mark.parametrize("side", ["state", "alliance"])
def test_a_need_moves_the_ratio_of_that_side_by_itself(side: str, quiet: Ensemble) -> None:
    free = with_effect("nine_eleven", "need", of=side, domain="political", value=0.0)
    full = with_effect("nine_eleven", "need", of=side, domain="political", value=0.5)
    before, after = one(free), one(full)
    step = first_change(before, after)
    needs = [build_world(s).inputs[step].need[list(RATIOS).index(side)][0] for s in (free, full)]
    (other,) = set(RATIOS) - {side}
    assert needs[1] > needs[0]
    assert change(before, after, RATIOS[side]) == pytest.approx(needs[1] - needs[0], abs=1e-12)
    assert change(before, after, RATIOS[other]) == 0.0


@pytest.mark.parametrize(("involved", "wary"), [("alliance", "state"), ("state", "alliance")])
def test_conflicts_of_one_side_entangle_the_other(involved: str, wary: str) -> None:
    calm = with_effect("kosovo_war", "involvement", of=involved, value=0.0)
    war = with_effect("kosovo_war", "involvement", of=involved, value=0.6)
    before, after = one(calm), one(war)
    step = first_change(before, after)
    side = list(RATIOS).index(involved)
    fought = [build_world(scenario).inputs[step].involvement[side] for scenario in (calm, war)]
    conflict = fought[1] - fought[0]
    pull = coefficients(QUIET).threat_pulls[list(RATIOS).index(wary)][0].entrapment
    depth = before.column("level_political")[0, step - 1]
    expected = -pull * depth * conflict
    assert expected < 0.0
    assert change(before, after, RATIOS[wary]) == pytest.approx(expected, rel=1e-9)
    assert change(before, after, RATIOS[involved]) == 0.0


def test_theatres_seen_as_one_distract_the_alliance_less() -> None:
    apart = with_effect("ukraine_2022", "link", value=0.0)
    linked = with_effect("ukraine_2022", "link", value=0.6)
    before, after = one(apart), one(linked)
    assert change(before, after, "ratio_nato") > 0.0
    assert change(before, after, "ratio_japan") == 0.0


def test_operations_lost_since_their_peak_spill_back_to_both_sides() -> None:
    none = QUIET.with_number("willingness.spill_back", 0.0)
    much = QUIET.with_number("willingness.spill_back", 2.0)
    before, after = one(none), one(much)
    operations = before.column("level_operations")[0]
    lost = np.maximum.accumulate(operations) - operations
    step = first_change(before, after)
    assert step == int(np.argmax(lost > 0.0)) + 1
    for ratio in RATIOS.values():
        assert change(before, after, ratio) == pytest.approx(-2.0 * lost[step - 1], rel=1e-6)


def test_a_rung_climbed_adds_to_assets_a_quarter_later() -> None:
    none = QUIET.with_number("assets.rung_gain", 0.0)
    some = QUIET.with_number("assets.rung_gain", 0.1)
    before, after = one(none), one(some)
    climbed = int(np.argmax(np.diff(before.column("rung")[0]) > 0.0)) + 1
    assert first_change(before, after) == climbed + 1
    assets = before.column("assets_general")[0] + before.column("assets_mission")[0]
    gained = change(before, after, "assets_general")
    assert gained == pytest.approx(0.1 * (1.0 - assets[climbed]), rel=1e-9)


def test_a_step_that_parliament_would_never_ratify_is_never_taken() -> None:
    strict = QUIET.with_number("domestic.ratification_spread", 0.02)
    strict = strict.with_number("rung.contact.domestic_demand", 1.0)
    runs = simulate(strict, runs=8, seed=SEED)
    open_wide = runs.block([f"win_set_{domain}" for domain in DOMAINS]).mean(axis=-1)
    assert open_wide[:, :40].max() < 0.8
    assert runs.column("rung")[:, :40].max() == 0.0
    assert runs.column("refused_japan")[:, :40].max() == 1.0


def counted(shown: list[float], position: int, world: World) -> list[float]:
    """Return the counts of a series that levels quarter by quarter bring by their uniforms."""
    numbers = coefficients(QUIET)
    counting, channel = numbers.counting[position], world.channels.counts[position]
    result = []
    for step, level in enumerate(shown):
        mean = event_rate(counting, level) * numbers.dt
        luck = noise.uniform(SEED, 0, channel, step)
        result.append(event_count(mean, counting.size, no_event(mean, counting.size), luck))
    return result


def test_counts_show_the_level_of_their_own_quarter_by_one_uniform_each(
    quiet: Ensemble, world: World
) -> None:
    for position, domain in enumerate(DOMAINS):
        levels, counts = (quiet.column(f"{what}_{domain}")[0] for what in ("level", "count"))
        assert counts[1:].tolist() == counted(levels.tolist(), position, world)[1:]


def test_a_rise_of_the_level_shows_in_acts_of_its_own() -> None:
    shown = "observation.counting.equipment.rise"
    runs = [simulate(QUIET.with_number(shown, x), runs=32, seed=SEED) for x in (0.0, 40.0)]
    levels = runs[1].column("level_equipment")
    ups = np.maximum(0.0, np.diff(levels, axis=1)).sum(axis=1)
    more = np.subtract(*(found.column("count_equipment").sum(axis=1) for found in runs[::-1]))
    np.testing.assert_array_equal(levels, runs[0].column("level_equipment"))
    assert (more >= 0.0).all()
    assert more.mean() == pytest.approx(40.0 * ups.mean(), rel=0.25)


def test_counts_of_institutions_show_the_assets_that_politics_used_a_quarter_ago(
    quiet: Ensemble, world: World
) -> None:
    assert SERIES[3] == "institution"
    assets = quiet.column("assets_general")[0] + quiet.column("assets_mission")[0]
    political = quiet.column("level_political")[0]
    shown = [institution(min(1.0, a), p) for a, p in zip(assets, political, strict=True)]
    counts = quiet.column("count_institution")[0]
    assert counts.max() > 0.0
    assert counts[1:].tolist() == counted([0.0, *shown[:-1]], 3, world)[1:]


def test_the_share_of_allies_with_agreements_draws_equipment_closer() -> None:
    none = QUIET.with_number("willingness.network", 0.0)
    much = QUIET.with_number("willingness.network", 2.0)
    before, after = one(none), one(much)
    signed = int(np.argmax(before.column("agreements")[0] > 0.0))
    assert signed > 0
    # Counted a quarter later, lagged by another, and seen by both sides in the one after.
    assert signed < first_change(before, after) <= signed + 3
    step = first_change(before, after)
    odds = {}
    for domain in ("political", "equipment"):
        pair = (world.column(f"willing_japan_{domain}")[0, step] for world in (before, after))
        odds[domain] = np.diff([math.log(willing / (1.0 - willing)) for willing in pair])[0]
    assert odds["political"] > 0.0
    assert odds["equipment"] == pytest.approx(2.0 * odds["political"], rel=1e-6)
