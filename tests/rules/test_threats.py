"""Threats follow their own course, and react."""

import math

from hypothesis import given
from hypothesis import strategies as st

from alliance_sim.rules.threats import ThreatHabits, menace, next_hostility, next_mood

share = st.floats(0.0, 1.0) | st.integers(0, 64).map(lambda k: k / 64.0)
mood = st.floats(-50.0, 50.0)
habits = st.builds(
    ThreatHabits,
    pace=share,
    provocation=st.floats(0.0, 20.0),
    calming=share,
    carry=share,
    jolt=st.floats(0.0, 20.0),
    spread=st.floats(0.0, 20.0),
)


@given(habit=habits, hostility=share, given_=share, own=mood, close=share, attention=share)
def test_hostility_stays_a_share(
    habit: ThreatHabits, hostility: float, given_: float, own: float, close: float, attention: float
) -> None:
    assert 0.0 <= next_hostility(habit, hostility, given_, own, close, attention) <= 1.0


@given(habit=habits, hostility=share, given_=share, own=mood, low=share, high=share)
def test_closer_cooperation_never_calms_a_threat(
    habit: ThreatHabits, hostility: float, given_: float, own: float, low: float, high: float
) -> None:
    few, much = min(low, high), max(low, high)
    apart = next_hostility(habit, hostility, given_, own, few, 1.0)
    assert apart <= next_hostility(habit, hostility, given_, own, much, 1.0) + 1e-12


@given(habit=habits, hostility=share, given_=share, low=share, high=share)
def test_a_threat_that_fewer_attend_to_is_never_more_hostile(
    habit: ThreatHabits, hostility: float, given_: float, low: float, high: float
) -> None:
    ignored = next_hostility(habit, hostility, given_, 0.0, 0.3, min(low, high))
    watched = next_hostility(habit, hostility, given_, 0.0, 0.3, max(low, high))
    assert ignored <= watched + 1e-12


@given(hostility=share, given_=share, attention=share, close=share)
def test_a_threat_without_habits_of_its_own_becomes_what_the_scenario_says(
    hostility: float, given_: float, attention: float, close: float
) -> None:
    indifferent = ThreatHabits(1.0, 0.0, 0.0, 0.0, jolt=0.0, spread=0.0)
    after = next_hostility(indifferent, hostility, given_, 0.0, close, attention)
    assert math.isclose(after, given_, abs_tol=1e-15)


@given(carry=share, own=mood)
def test_noise_fades_when_nothing_adds_to_it(carry: float, own: float) -> None:
    quiet = ThreatHabits(1.0, 0.0, 0.0, carry, jolt=0.0, spread=0.0)
    assert abs(next_mood(quiet, own, 3.0)) <= abs(own)


@given(a=share, b=share, c=share)
def test_menace_is_the_geometric_mean_and_its_order_does_not_matter(
    a: float, b: float, c: float
) -> None:
    found = menace(a, b, c)
    assert 0.0 <= found <= 1.0
    # Products below the smallest logarithm count as nothing much.
    assert math.isclose(found, (a * b * c) ** (1.0 / 3.0), rel_tol=1e-12, abs_tol=1e-90)
    assert math.isclose(found, menace(c, a, b), rel_tol=1e-12, abs_tol=1e-90)


@given(a=share, b=share)
def test_there_is_no_menace_without_power_reach_or_intent(a: float, b: float) -> None:
    for factors in ((0.0, a, b), (a, 0.0, b), (a, b, 0.0)):
        assert menace(*factors) == 0.0


@given(a=share, b=share, c=share, more=share)
def test_more_hostility_is_never_less_menacing(a: float, b: float, c: float, more: float) -> None:
    low, high = min(c, more), max(c, more)
    assert menace(a, b, low) <= menace(a, b, high) * (1.0 + 1e-12)
