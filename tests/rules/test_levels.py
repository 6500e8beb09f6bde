"""Levels follow what both sides want, and assets follow levels."""

import math

from hypothesis import assume, example, given
from hypothesis import strategies as st

from alliance_sim.rules.levels import (
    Growth,
    Pace,
    all_assets,
    breaking,
    gained_general,
    higher,
    hurry,
    lost,
    mean_of_three,
    next_general,
    next_level,
    next_mission,
    soft_minimum,
    target,
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


def moved(
    pace: Pace, level: float, aim: float, assets: float, change: float, pushed: float
) -> float:
    """Return a level a quarter later, from the four rules as the agents call them."""
    return next_level(pace, level, aim, hurry(pace, pushed), breaking(pace, assets, change))


@given(pace=paces, level=share, aim=share, assets=share, change=share, pushed=push)
def test_a_level_stays_between_where_it_was_and_its_target(
    pace: Pace, level: float, aim: float, assets: float, change: float, pushed: float
) -> None:
    after = moved(pace, level, aim, assets, change, pushed)
    assert min(level, aim) - TINY <= after <= max(level, aim) + TINY


@given(pace=paces, level=share, assets=share, change=share, pushed=push)
def test_a_level_at_its_target_stays_there(
    pace: Pace, level: float, assets: float, change: float, pushed: float
) -> None:
    assert math.isclose(moved(pace, level, level, assets, change, pushed), level)


@given(pace=gentle, level=share, aim=share, speed=st.floats(0.0, 5.0), fall=st.floats(0.0, 5.0))
def test_a_level_closes_the_share_of_its_gap_that_its_speed_and_way_ask_for(
    pace: Pace, level: float, aim: float, speed: float, fall: float
) -> None:
    rate = speed * fall if aim < level else speed
    expected = aim + math.exp(-rate * pace.dt) * (level - aim)
    assert math.isclose(next_level(pace, level, aim, speed, fall), expected, abs_tol=1e-14)


@given(pace=gentle, level=share, aim=share, pushed=st.floats(-1.0, 1.0))
def test_the_ratchet_slows_falls_and_only_falls(
    pace: Pace, level: float, aim: float, pushed: float
) -> None:
    bare = moved(pace, level, aim, 0.0, 0.0, pushed)
    held = moved(pace, level, aim, 1.0, 0.0, pushed)
    if aim >= level:
        assert held == bare
    else:
        assert held >= bare
        full = pace._replace(ratchet=1.0)
        assert math.isclose(moved(full, level, aim, 1.0, 0.0, pushed), level)


@given(pace=gentle, level=share, aim=share, assets=share, change=share)
def test_a_jolt_in_capability_hurries_falls_and_only_falls(
    pace: Pace, level: float, aim: float, assets: float, change: float
) -> None:
    calm = moved(pace, level, aim, assets, 0.0, 0.0)
    jolted = moved(pace, level, aim, assets, change, 0.0)
    assert jolted <= calm + TINY if aim < level else jolted == calm


@given(pace=gentle, level=share, aim=share, low=st.floats(-1.0, 1.0), more=st.floats(0.0, 1.0))
def test_a_leaders_push_brings_the_target_nearer(
    pace: Pace, level: float, aim: float, low: float, more: float
) -> None:
    far = abs(moved(pace, level, aim, 0.5, 0.1, low) - aim)
    near = abs(moved(pace, level, aim, 0.5, 0.1, low + more) - aim)
    assert near <= far + TINY


@given(pace=gentle, level=share, aim=share, assets=share, change=share)
def test_two_half_steps_towards_a_fixed_target_make_one_whole_step(
    pace: Pace, level: float, aim: float, assets: float, change: float
) -> None:
    half = pace._replace(dt=pace.dt / 2.0)
    middle = moved(half, level, aim, assets, change, 0.2)
    twice = moved(half, middle, aim, assets, change, 0.2)
    once = moved(pace, level, aim, assets, change, 0.2)
    assert math.isclose(twice, once, abs_tol=1e-12)


@given(pace=gentle, pushed=st.floats(-3.0, 3.0), more=st.floats(0.0, 3.0))
def test_hurry_is_the_speed_times_e_to_the_push_and_never_below_nothing(
    pace: Pace, pushed: float, more: float
) -> None:
    found = hurry(pace, pushed)
    assert found > 0.0
    assert math.isclose(found, pace.speed * math.exp(pace.leader * pushed), rel_tol=1e-14)
    assert math.isclose(hurry(pace, 0.0), pace.speed, rel_tol=1e-15)
    assert found <= hurry(pace, pushed + more) * (1.0 + 1e-15)


@given(pace=gentle, assets=share, more=share, change=share, worse=share)
def test_breaking_is_slowed_by_assets_and_hastened_by_jolts(
    pace: Pace, assets: float, more: float, change: float, worse: float
) -> None:
    found = breaking(pace, assets, change)
    expected = (1.0 - pace.ratchet * assets) * math.exp(pace.disruption * change)
    assert found >= 0.0
    assert math.isclose(found, expected, rel_tol=1e-14)
    assert breaking(pace, 0.0, 0.0) == 1.0
    assert breaking(pace, max(assets, more), change) <= breaking(pace, min(assets, more), change)
    calm, jolted = (breaking(pace, assets, how(change, worse)) for how in (min, max))
    assert calm <= jolted * (1.0 + 1e-15)


@given(allowed=share, ours=share, theirs=share, power=softness)
def test_the_target_is_what_both_want_as_far_as_the_law_allows(
    allowed: float, ours: float, theirs: float, power: float
) -> None:
    found = target(allowed, ours, theirs, power, 0.0)
    assert found == target(allowed, theirs, ours, power, 0.0)
    assert 0.0 <= found <= allowed * max(ours, theirs, TINY)
    assert found >= allowed * min(ours, theirs) * (1.0 - 1e-13)
    assert target(1.0, ours, theirs, power, 0.0) == soft_minimum(ours, theirs, power)
    assert target(0.0, ours, theirs, power, 0.0) == 0.0


@given(allowed=share, ours=share, theirs=share, power=softness)
def test_a_ceiling_bounds_and_leaves_alone_what_lies_far_below(
    allowed: float, ours: float, theirs: float, power: float
) -> None:
    found = target(allowed, ours, theirs, power, 1.0)
    wanted = soft_minimum(ours, theirs, power)
    most = 2.0 ** (1.0 / power)
    assert 0.0 <= found <= most * max(allowed, TINY) * (1.0 + 1e-12)
    assert found <= most * max(wanted, TINY) * (1.0 + 1e-12)
    assert found >= min(allowed, wanted) * (1.0 - 1e-12)


@given(allowed=share, ours=share, theirs=share, how=share)
def test_between_scale_and_ceiling_lies_their_mean(
    allowed: float, ours: float, theirs: float, how: float
) -> None:
    scaled, bounded = (target(allowed, ours, theirs, 4.0, end) for end in (0.0, 1.0))
    found = target(allowed, ours, theirs, 4.0, how)
    assert math.isclose(found, (1.0 - how) * scaled + how * bounded, abs_tol=1e-15)


@given(low=share, high=share, ours=share, theirs=share, how=share)
def test_a_wider_win_set_never_lowers_the_target(
    low: float, high: float, ours: float, theirs: float, how: float
) -> None:
    narrow, wide = min(low, high), max(low, high)
    below, above = (target(width, ours, theirs, 4.0, how) for width in (narrow, wide))
    assert below <= above * (1.0 + 1e-12) + 1e-15


@given(a=share, b=share, c=share)
def test_activity_is_the_mean_over_domains(a: float, b: float, c: float) -> None:
    found = mean_of_three(a, b, c)
    assert min(a, b, c) - 1e-15 <= found <= max(a, b, c) + 1e-15
    assert math.isclose(found, math.fsum((a, b, c)) / 3.0, abs_tol=1e-15)
    assert 0.0 <= found <= 1.0


@given(general=share, mission=share)
def test_all_assets_are_both_kinds_and_never_more_than_full(general: float, mission: float) -> None:
    found = all_assets(general, mission)
    assert found == all_assets(mission, general)
    assert max(general, mission) <= found <= 1.0
    if general + mission <= 1.0:
        assert found == general + mission


@given(peak=share, operations=share)
def test_what_is_lost_is_how_far_operations_lie_below_their_peak(
    peak: float, operations: float
) -> None:
    found = lost(peak, operations)
    assert 0.0 <= found <= peak
    assert found == (peak - operations if operations < peak else 0.0)


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
    forgotten = mission * (1.0 - growth.loss) * growth.mission_loss
    assert math.isclose(going - ended, forgotten, abs_tol=TINY)


@given(growth=growths, general=share, activity=share)
def test_climbing_a_rung_never_lowers_general_assets(
    growth: Growth, general: float, activity: float
) -> None:
    still = next_general(growth, general, 0.0, activity, 0.0)
    assert next_general(growth, general, 0.0, activity, 1.0) >= still


@given(growth=growths, activity=share, climbed=share, more=share)
def test_general_assets_gain_a_share_of_what_is_missing_from_work_and_from_rungs(
    growth: Growth, activity: float, climbed: float, more: float
) -> None:
    found = gained_general(growth, activity, climbed)
    worked = growth.general * growth.gain * activity
    assert math.isclose(found, min(1.0, worked + growth.per_rung * climbed), abs_tol=1e-15)
    assert 0.0 <= found <= gained_general(growth, max(activity, more), climbed) <= 1.0
    assert found <= gained_general(growth, activity, max(climbed, more))


@given(growth=growths, general=share, mission=share)
def test_without_activity_assets_only_fade(growth: Growth, general: float, mission: float) -> None:
    assume(general + mission <= 1.0)
    assert next_general(growth, general, mission, 0.0, 0.0) <= general
    assert next_mission(growth, general, mission, 0.0, 0.0, 0.0) <= mission


@given(before=share, now=share)
def test_the_highest_so_far_never_falls(before: float, now: float) -> None:
    assert higher(before, now) == max(before, now)
