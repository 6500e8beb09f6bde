"""Levels follow what both sides want, and assets follow levels."""

import math

from hypothesis import assume, example, given
from hypothesis import strategies as st

from alliance_sim.rules.levels import (
    Growth,
    Pace,
    next_general,
    next_level,
    next_mission,
    soft_minimum,
)

TINY = 1e-12

share = st.floats(0.0, 1.0) | st.integers(0, 64).map(lambda k: k / 64.0)
above_floor = st.floats(1e-9, 1.0)
strength = st.floats(0.0, 20.0)
push = st.floats(-20.0, 20.0)
amount = st.floats(1e-6, 1e6)
softness = st.floats(0.5, 64.0)
steps = st.sampled_from([1.0, 0.5, 0.25, 1.0 / 12.0])
paces = st.builds(Pace, speed=amount, ratchet=share, disruption=strength, leader=strength, dt=steps)
gentle = st.builds(
    Pace,
    speed=st.floats(0.01, 3.0),
    ratchet=share,
    disruption=st.floats(0.0, 2.0),
    leader=st.floats(0.0, 1.0),
    dt=steps,
)
growths = st.builds(
    Growth, gain=share, general=share, loss=share, per_rung=share, mission_loss=share
)


@given(pace=paces, level=share, target=share, assets=share, change=share, pushed=push)
def test_a_level_stays_between_where_it_was_and_its_target(
    pace: Pace, level: float, target: float, assets: float, change: float, pushed: float
) -> None:
    after = next_level(pace, level, target, assets, change, pushed)
    assert min(level, target) - TINY <= after <= max(level, target) + TINY


@given(pace=paces, level=share, assets=share, change=share, pushed=push)
def test_a_level_at_its_target_stays_there(
    pace: Pace, level: float, assets: float, change: float, pushed: float
) -> None:
    assert math.isclose(next_level(pace, level, level, assets, change, pushed), level)


@given(pace=gentle, level=share, target=share, pushed=st.floats(-1.0, 1.0))
def test_the_ratchet_slows_falls_and_only_falls(
    pace: Pace, level: float, target: float, pushed: float
) -> None:
    bare = next_level(pace, level, target, 0.0, 0.0, pushed)
    held = next_level(pace, level, target, 1.0, 0.0, pushed)
    if target >= level:
        assert held == bare
    else:
        assert held >= bare
        full = pace._replace(ratchet=1.0)
        assert math.isclose(next_level(full, level, target, 1.0, 0.0, pushed), level)


@given(pace=gentle, level=share, target=share, assets=share, change=share)
def test_a_jolt_in_capability_hurries_falls_and_only_falls(
    pace: Pace, level: float, target: float, assets: float, change: float
) -> None:
    calm = next_level(pace, level, target, assets, 0.0, 0.0)
    jolted = next_level(pace, level, target, assets, change, 0.0)
    assert jolted <= calm + TINY if target < level else jolted == calm


@given(pace=gentle, level=share, target=share, low=st.floats(-1.0, 1.0), more=st.floats(0.0, 1.0))
def test_a_leaders_push_brings_the_target_nearer(
    pace: Pace, level: float, target: float, low: float, more: float
) -> None:
    far = abs(next_level(pace, level, target, 0.5, 0.1, low) - target)
    near = abs(next_level(pace, level, target, 0.5, 0.1, low + more) - target)
    assert near <= far + TINY


@given(pace=gentle, level=share, target=share, assets=share, change=share)
def test_two_half_steps_towards_a_fixed_target_make_one_whole_step(
    pace: Pace, level: float, target: float, assets: float, change: float
) -> None:
    half = pace._replace(dt=pace.dt / 2.0)
    middle = next_level(half, level, target, assets, change, 0.2)
    twice = next_level(half, middle, target, assets, change, 0.2)
    once = next_level(pace, level, target, assets, change, 0.2)
    assert math.isclose(twice, once, abs_tol=1e-12)


@given(a=share, b=share, power=softness)
def test_the_soft_minimum_lies_between_both_and_is_symmetric(
    a: float, b: float, power: float
) -> None:
    found = soft_minimum(a, b, power)
    assert found == soft_minimum(b, a, power)
    # A millionth of a millionth stands for nothing at all.
    assert min(a, b) * (1.0 - 1e-13) <= found <= max(a, b, TINY)


@given(a=above_floor, b=above_floor, power=softness)
def test_the_soft_minimum_is_the_power_mean(a: float, b: float, power: float) -> None:
    # Each divided by the smaller, so that the reference does not overflow.
    small = min(a, b)
    mean = ((a / small) ** -power + (b / small) ** -power) / 2.0
    assert math.isclose(soft_minimum(a, b, power), small * mean ** (-1.0 / power), rel_tol=1e-11)


@given(a=above_floor, b=above_floor)
def test_a_hard_soft_minimum_is_the_minimum(a: float, b: float) -> None:
    assert math.isclose(soft_minimum(a, b, 1e6), min(a, b), rel_tol=1e-6)


@given(a=share, b=share, more=share, power=softness)
def test_more_willingness_never_lowers_the_soft_minimum(
    a: float, b: float, more: float, power: float
) -> None:
    assume(a <= more)
    assert soft_minimum(a, b, power) <= soft_minimum(more, b, power) * (1.0 + 1e-12)


@given(a=share, b=share, power=amount)
def test_the_soft_minimum_is_a_share_for_any_softness(a: float, b: float, power: float) -> None:
    found = soft_minimum(a, b, power)
    assert min(a, b) - 1e-9 <= found <= max(a, b, TINY)


@given(growth=growths, general=share, mission=share, activity=share, climbed=st.floats(0.0, 1.0))
def test_assets_of_either_kind_stay_shares(
    growth: Growth, general: float, mission: float, activity: float, climbed: float
) -> None:
    assume(general + mission <= 1.0)
    assert 0.0 <= next_general(growth, general, mission, activity, climbed) <= 1.0 + TINY
    assert 0.0 <= next_mission(growth, general, mission, activity, climbed, 0.0) <= 1.0 + TINY


@example(
    growth=Growth(gain=0.5, general=0.5, loss=0.0, per_rung=1.0, mission_loss=0.0),
    general=0.0,
    mission=0.0,
    activity=1.0,
    climbed=1.0,
    ended=0.0,
)
@given(growth=growths, general=share, mission=share, activity=share, climbed=share, ended=share)
def test_both_kinds_of_assets_together_stay_at_or_below_one(
    growth: Growth, general: float, mission: float, activity: float, climbed: float, ended: float
) -> None:
    assume(general + mission <= 1.0)
    after = next_general(growth, general, mission, activity, climbed)
    after = after + next_mission(growth, general, mission, activity, climbed, ended)
    assert after <= 1.0 + TINY


@given(growth=growths, general=share, mission=share, activity=share)
def test_the_end_of_a_mission_costs_mission_assets_only(
    growth: Growth, general: float, mission: float, activity: float
) -> None:
    assume(general + mission <= 1.0)
    going = next_mission(growth, general, mission, activity, 0.0, 0.0)
    ended = next_mission(growth, general, mission, activity, 0.0, 1.0)
    lost = mission * (1.0 - growth.loss) * growth.mission_loss
    assert math.isclose(going - ended, lost, abs_tol=TINY)


@given(growth=growths, general=share, activity=share)
def test_climbing_a_rung_never_lowers_general_assets(
    growth: Growth, general: float, activity: float
) -> None:
    still = next_general(growth, general, 0.0, activity, 0.0)
    assert next_general(growth, general, 0.0, activity, 1.0) >= still


@given(growth=growths, general=share, mission=share)
def test_without_activity_assets_only_fade(growth: Growth, general: float, mission: float) -> None:
    assume(general + mission <= 1.0)
    assert next_general(growth, general, mission, 0.0, 0.0) <= general
    assert next_mission(growth, general, mission, 0.0, 0.0, 0.0) <= mission
