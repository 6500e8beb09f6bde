"""Laws open domains, and parliaments ratify."""

import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_sim.rules.domestic import (
    LawPull,
    in_force,
    lacks,
    may_pass,
    next_age,
    open_part,
    pass_chance,
    passes,
    ratifies,
    ratify_chance,
    shut_after,
    win_set,
)

share = st.floats(0.0, 1.0) | st.integers(0, 64).map(lambda k: k / 64.0)
strength = st.floats(0.0, 20.0)
real = st.floats(-20.0, 20.0)
uniform = st.floats(2.0**-33, 1.0 - 2.0**-33)
steps = st.sampled_from([1.0, 0.5, 0.25, 1.0 / 12.0])
pulls = st.builds(LawPull, strength, strength, strength)
ages = st.integers(0, 303).map(float)
QUARTER = 0.25


@given(openings=st.lists(share, max_size=12))
def test_laws_only_open_and_never_beyond_everything(openings: list[float]) -> None:
    shut = 1.0
    for opening in openings:
        after = shut_after(shut, opening)
        assert 0.0 <= after <= shut
        shut = after


@given(openings=st.lists(share, max_size=6))
def test_the_order_of_laws_makes_no_difference(openings: list[float]) -> None:
    forwards = backwards = 1.0
    for first, last in zip(openings, reversed(openings), strict=True):
        forwards, backwards = shut_after(forwards, first), shut_after(backwards, last)
    assert math.isclose(forwards, backwards, abs_tol=1e-12)


@given(shut=share, leverage=strength, operations=share)
def test_the_win_set_is_a_share_that_leverage_never_narrows(
    shut: float, leverage: float, operations: float
) -> None:
    plain = win_set(shut, 0.0, operations)
    assert math.isclose(plain, 1.0 - shut, abs_tol=1e-15)
    assert 0.0 <= plain <= win_set(shut, leverage, operations) <= 1.0


@given(allowed=share, more=share, on=share)
def test_the_win_set_binds_with_the_domestic_block_on_and_not_with_it_off(
    allowed: float, more: float, on: float
) -> None:
    assert open_part(allowed, 0.0) == 1.0
    assert math.isclose(open_part(allowed, 1.0), allowed, abs_tol=1e-15)
    assert open_part(1.0, on) == 1.0
    found = open_part(allowed, on)
    assert allowed - 1e-15 <= found <= 1.0
    assert found <= open_part(max(allowed, more), on)


@given(age=ages, step=ages, first=ages, before=ages)
def test_a_law_can_pass_once_from_its_first_quarter_and_after_the_law_before_it(
    age: float, step: float, first: float, before: float
) -> None:
    expected = age == 0.0 and step >= first and before > 0.0
    assert may_pass(age, step, first, before) == float(expected)
    assert may_pass(0.0, first, first, 1.0) == 1.0
    assert may_pass(0.0, first - 1.0, first, 1.0) == 0.0
    assert may_pass(0.0, step, 0.0, 0.0) == 0.0
    assert may_pass(age + 1.0, step, 0.0, 1.0) == 0.0


@given(quarters=st.integers(1, 40), lasts=st.integers(1, 40))
def test_a_law_that_passed_grows_older_and_ends_when_its_time_is_over(
    quarters: int, lasts: int
) -> None:
    assert next_age(0.0, 0.0) == 0.0
    age = next_age(0.0, 1.0)
    for quarter in range(1, quarters + 1):
        assert age == float(quarter)
        assert in_force(age, float(lasts)) == float(quarter <= lasts)
        assert in_force(age, math.inf) == 1.0
        age = next_age(age, 0.0)
    assert in_force(0.0, float(lasts)) == 0.0


@given(pull=pulls, base=real, threat=share, push=real, level=share, dt=steps, luck=uniform)
def test_a_law_passes_or_does_not(
    pull: LawPull, base: float, threat: float, push: float, level: float, dt: float, luck: float
) -> None:
    chance = pass_chance(pull, base, threat, push, level, dt)
    assert 0.0 <= chance <= 1.0
    assert passes(chance, luck) == float(luck < chance)


@given(pull=pulls, base=real, threat=share, push=st.floats(-1.5, 1.5), level=share)
def test_whatever_pulls_a_law_on_never_stops_it(
    pull: LawPull, base: float, threat: float, push: float, level: float
) -> None:
    chance = pass_chance(pull, base, threat, push, level, QUARTER)
    assert pass_chance(pull, base, 1.0, push, level, QUARTER) >= chance
    assert pass_chance(pull, base, threat, push + 1.0, level, QUARTER) >= chance
    assert pass_chance(pull, base, threat, push, 1.0, QUARTER) >= chance
    assert pass_chance(pull, base + 1.0, threat, push, level, QUARTER) >= chance


@given(opening=share, demand=share, spread=st.floats(1e-6, 1e6), luck=st.floats(-6.5, 6.5))
def test_a_wider_win_set_and_a_smaller_demand_never_cost_a_ratification(
    opening: float, demand: float, spread: float, luck: float
) -> None:
    ratified = ratifies(opening, demand, spread, luck)
    assert ratified in (0.0, 1.0)
    assert ratifies(1.0, demand, spread, luck) >= ratified
    assert ratifies(opening, 0.0, spread, luck) >= ratified
    assert ratifies(opening, demand, spread, luck + 1.0) >= ratified


@given(opening=share, spread=st.floats(1e-6, 1e6))
def test_a_demand_that_just_fits_is_ratified_by_average_luck(opening: float, spread: float) -> None:
    assert ratifies(opening, opening, spread, 0.0) == 1.0


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("lacking", [True, False])
@pytest.mark.parametrize("behind", [True, False])
def test_an_act_lacks_a_cause_that_is_gone_hangs_in_the_air_or_comes_later(
    there: bool, lacking: bool, behind: bool
) -> None:
    sound = there and not lacking and not behind
    assert lacks(False, there, lacking, behind) is not sound
    assert not lacks(True, there, lacking, behind)


@given(opening=share, demand=share, spread=st.floats(0.01, 10.0), luck=st.floats(-6.0, 6.0))
def test_ratification_is_as_likely_as_the_luck_that_brings_it(
    opening: float, demand: float, spread: float, luck: float
) -> None:
    edge = (demand - opening) / spread
    chance = ratify_chance(opening, demand, spread)
    assert math.isclose(chance, NormalDist().cdf(-edge), rel_tol=5e-6, abs_tol=1e-15)
    if abs(luck - edge) > 1e-9:
        assert ratifies(opening, demand, spread, luck) == float(luck > edge)
