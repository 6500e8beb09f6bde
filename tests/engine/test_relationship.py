"""What happens in runs keeps the promises of the ladder, the Council, the counts and the laws."""

import math
from typing import Any

import numpy as np
import pytest

from alliance_sim import load_scenario, simulate
from alliance_sim.results import Ensemble
from alliance_sim.rules.levels import target
from alliance_sim.scenario.fields import DOMAINS, SERIES
from alliance_sim.world import World, build_world
from alliance_sim.world.coefficients import coefficients

BASE = load_scenario("japan_nato/baseline")
RUNS = 12
TINY = 1e-12


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(BASE)


@pytest.fixture(scope="module")
def runs() -> Ensemble:
    return simulate(BASE, runs=RUNS, seed=3)


def refusals(runs: Ensemble) -> Any:
    return runs.block([state for state in runs.states if state.startswith("refused_")])


def refused_by(runs: Ensemble, who: str) -> Any:
    """Return whether somebody refused a rung or an item, per run and quarter."""
    items = [f"refused_{item.name}_{who}" for item in BASE.items]
    return runs.block([f"refused_{who}", *items]).max(axis=-1) > 0.0


def logistic(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


def test_rungs_are_climbed_one_by_one_and_lost_one_by_one(runs: Ensemble) -> None:
    assert runs.column("rung").max() > 5.0
    assert set(np.unique(np.diff(runs.column("rung"), axis=1))) <= {-1.0, 0.0, 1.0}


def test_no_rung_is_reached_before_it_opens(runs: Ensemble, world: World) -> None:
    dated = [(number, rung) for number, rung in enumerate(world.rungs, start=1) if rung.opens]
    assert dated
    for number, rung in dated:
        assert runs.column("rung")[:, : rung.opens].max() < number


def test_a_rung_that_is_granted_comes_at_once(runs: Ensemble, world: World) -> None:
    granted = [(number, rung) for number, rung in enumerate(world.rungs, start=1) if rung.granted]
    assert granted
    for number, rung in granted:
        before, after = runs.column("rung")[:, :-1], runs.column("rung")[:, 1:]
        ready = before == number - 1
        ready[:, : max(0, rung.opens - 1)] = False
        assert ready.any()
        assert (after[ready] == number).all()


def test_agreements_only_grow_and_never_beyond_the_members(runs: Ensemble, world: World) -> None:
    signed = runs.column("agreements")
    assert set(np.unique(np.diff(signed, axis=1))) <= {0.0, 1.0}
    states = np.array([quarter.states for quarter in world.inputs])
    assert (signed <= states + 1.0).all()


def test_an_item_passes_on_its_day_or_never(runs: Ensemble, world: World) -> None:
    passed = [state for state in runs.states if state.startswith("passed_")]
    assert len(passed) == len(world.items) > 0
    for state, item in zip(passed, world.items, strict=True):
        column, day = runs.column(state), item.tabled
        assert column[:, :day].max() == 0.0
        assert (column[:, day:] == column[:, day : day + 1]).all()


def test_a_step_is_blocked_if_and_only_if_somebody_refuses(runs: Ensemble) -> None:
    refused = refusals(runs).max(axis=-1)
    assert np.array_equal(runs.column("blocked") > 0.0, refused > 0.0)
    assert refused.max() == 1.0


@pytest.mark.parametrize("rule", ["leader", "weighted_majority"])
def test_under_other_council_rules_not_everybody_can_block(rule: str, world: World) -> None:
    runs = simulate(BASE.with_setting("council.rule", rule), runs=RUNS, seed=3)
    at_home = refused_by(runs, "japan")
    blocked = runs.column("blocked") > 0.0
    if rule == "leader":
        assert np.array_equal(blocked, refused_by(runs, BASE.council.leader) | at_home)
    else:
        weights = np.array([quarter.weight for quarter in world.inputs])
        members = np.stack([refused_by(runs, name) for name in world.members], axis=-1)
        share = (members * weights).sum(axis=-1) / weights.sum(axis=-1)
        needed = 1.0 - BASE.council.majority.value
        of_a_rung = members.any(axis=-1)
        assert (share[blocked & of_a_rung & ~at_home] > needed - TINY).all()


def test_the_leader_rule_lets_more_pass_than_consensus(runs: Ensemble) -> None:
    led = simulate(BASE.with_setting("council.rule", "leader"), runs=RUNS, seed=3)
    assert led.column("rung")[:, -1].mean() > runs.column("rung")[:, -1].mean()


def test_willingness_is_the_logistic_of_the_ratio(runs: Ensemble) -> None:
    willing = runs.column("willing_japan_political")
    np.testing.assert_allclose(willing, logistic(runs.column("ratio_japan")), rtol=1e-12)


def test_agenda_overlap_compares_what_both_felt_a_quarter_ago(runs: Ensemble, world: World) -> None:
    here = runs.block([f"perceived_japan_{threat}" for threat in world.threats])
    there = runs.block([f"perceived_nato_{threat}" for threat in world.threats])
    expected = 1.0 - np.prod(1.0 - np.sqrt(here * there), axis=-1)
    found = runs.column("agenda_overlap")
    np.testing.assert_allclose(found[:, 1:], expected[:, :-1], atol=1e-12)
    np.testing.assert_allclose(found[:, 0], expected[:, 0], atol=1e-12)


def test_the_win_set_is_what_dated_laws_leave_open(runs: Ensemble, world: World) -> None:
    assert world.drawn_laws == ()
    assert BASE.motives.leverage.value == 0.0
    for position, domain in enumerate(DOMAINS):
        opened = np.array([1.0 - quarter.shut[position] for quarter in world.inputs])
        np.testing.assert_allclose(
            runs.column(f"win_set_{domain}"), np.tile(opened, (RUNS, 1)), atol=1e-12
        )


def test_levels_stay_below_what_law_and_either_side_would_ever_allow(runs: Ensemble) -> None:
    for domain in DOMAINS:
        most = np.maximum(
            runs.column(f"willing_japan_{domain}"), runs.column(f"willing_nato_{domain}")
        )
        levels = BASE.levels
        both = (levels.softness.value, levels.ceiling.value)
        bound = np.vectorize(target)(runs.column(f"win_set_{domain}"), most, most, *both)
        allowed = np.maximum.accumulate(bound, axis=1)
        assert (runs.column(f"level_{domain}")[:, 1:] <= allowed[:, :-1] + TINY).all()


def test_without_its_motive_attention_stays_at_home(runs: Ensemble) -> None:
    assert BASE.motives.agenda.value == 0.0
    assert runs.column("attention_nato").max() == 0.0
    drawn = simulate(BASE.with_number("motives.agenda", 0.5), runs=1, seed=3)
    political, attention = drawn.column("level_political"), drawn.column("attention_nato")
    assert 0.0 < attention.max() <= political.max()


def test_leverage_opens_operations_and_nothing_else(runs: Ensemble) -> None:
    levered = simulate(BASE.with_number("motives.leverage", 1.0), runs=RUNS, seed=3)
    plain, opened = (e.column("win_set_operations") for e in (runs, levered))
    assert (opened >= plain - TINY).all()
    assert opened[:, -1].min() > plain[:, -1].max()
    for domain in ("political", "equipment"):
        state = f"win_set_{domain}"
        assert np.array_equal(runs.column(state), levered.column(state))


@pytest.mark.parametrize("series", SERIES)
def test_counts_are_as_many_as_levels_promise(series: str, runs: Ensemble) -> None:
    numbers = coefficients(BASE)
    counting = numbers.counting[SERIES.index(series)]
    if series == "institution":
        assets = np.minimum(1.0, runs.column("assets_general") + runs.column("assets_mission"))
        level = (assets * runs.column("level_political"))[:, :-1]
    else:
        level = runs.column(f"level_{series}")[:, 1:]
    mean = level * np.exp(counting.log_rate + counting.slope * level) * numbers.dt
    found = runs.column(f"count_{series}")[:, 1:].sum()
    spread = math.sqrt((mean + mean**2 / counting.size).sum())
    assert abs(found - mean.sum()) < 5.0 * spread


def test_suspensions_are_as_rare_as_their_hazard_says(runs: Ensemble, world: World) -> None:
    numbers = coefficients(BASE)
    involved = np.array([quarter.involvement[1] for quarter in world.inputs])
    level = runs.column("level_operations")[:, :-1]
    rate = level * np.exp(
        numbers.suspension + numbers.suspension_entrapment * level * involved[None, 1:]
    )
    chance = -np.expm1(-rate * numbers.dt)
    found = runs.column("suspensions")[:, 1:].sum()
    assert abs(found - chance.sum()) < 5.0 * math.sqrt((chance * (1.0 - chance)).sum())


def test_mission_assets_drop_when_a_mission_ends(world: World) -> None:
    quiet = BASE.with_number("assets.mission_loss", 0.0)
    kept, lost = (simulate(s, runs=2, seed=3).column("assets_mission") for s in (quiet, BASE))
    first = next(i for i, quarter in enumerate(world.inputs) if quarter.missions_ended > 0.0)
    assert np.array_equal(kept[:, :first], lost[:, :first])
    assert (lost[:, first] < kept[:, first]).all()


def test_a_mission_that_ends_beside_another_costs_only_its_share(world: World) -> None:
    step = world.calendar.index(
        next(j.end for j in BASE.junctures if j.name == "bosnia_force" and j.end)
    )
    going = {
        j.name
        for j in BASE.junctures
        if j.mission and j.end and world.calendar.index(j.date) < step < world.calendar.index(j.end)
    }
    assert going
    assert 0.0 < world.inputs[step].missions_ended < 1.0
