"""Formal steps and agreements: hazards that are exact in time, and pulls that pull."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_sim.arithmetic import happens, hazard
from alliance_sim.rules.domestic import LawPull, pass_chance, passes
from alliance_sim.rules.events import suspend_chance, suspends
from alliance_sim.rules.ladder import (
    AgreementPull,
    LadderPull,
    climbed,
    falls,
    next_network,
    rung_after,
    sign_chance,
    signs,
    tried,
    tries,
    try_chance,
)

share = st.floats(0.0, 1.0) | st.integers(0, 64).map(lambda k: k / 64.0)
strength = st.floats(0.0, 20.0)
real = st.floats(-20.0, 20.0)
uniform = st.floats(2.0**-33, 1.0 - 2.0**-33)
steps = st.sampled_from([1.0, 0.5, 0.25, 1.0 / 12.0])
margins = st.floats(-60.0, 60.0)
ladder_pulls = st.builds(
    LadderPull, level=strength, assets=strength, spread=st.floats(1e-3, 1e3), caution=real
)
agreement_pulls = st.builds(AgreementPull, real, strength, strength, strength)

LADDER = LadderPull(level=1.0, assets=0.5, spread=0.3, caution=0.5)
AGREEMENT = AgreementPull(base=-4.6, degree=0.5, share=0.5, operations=4.0)
LAW = LawPull(threat=0.7, leader=0.7, level=0.5)
Event = Callable[[float, float], float]
HAZARDS: dict[str, Event] = {
    "happens": lambda dt, u: happens(hazard(-0.7, dt), u),
    "often": lambda dt, u: happens(hazard(2.0, dt), u),
    "tried": lambda dt, u: tried(try_chance(LADDER, 0.0, 0.4, 0.3, 0.2, dt), u),
    "falls": lambda dt, u: falls(hazard(math.log(0.002), dt), u),
    "signs": lambda dt, u: signs(sign_chance(AGREEMENT, 3.0, 32.0, 0.5, dt), u),
    "passes": lambda dt, u: passes(pass_chance(LAW, -2.5, 0.5, 0.4, 0.3, dt), u),
    "suspends": lambda dt, u: suspends(suspend_chance(-2.2, 0.5, 0.2, 0.4, dt), u),
}


def probability(event: Event, dt: float) -> float:
    """Return the probability of an event: the uniform up to which it happens, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if event(dt, middle) == 1.0 else (low, middle)
    return low


@pytest.mark.parametrize("event", HAZARDS.values(), ids=HAZARDS)
@pytest.mark.parametrize("dt", [1.0, 0.25])
def test_two_half_steps_are_as_probable_as_a_whole_one(event: Event, dt: float) -> None:
    once = probability(event, dt)
    half = probability(event, dt / 2.0)
    assert 0.0 < half < once < 1.0
    assert math.isclose(1.0 - (1.0 - half) ** 2, once, rel_tol=1e-12)


def expected_in_a_quarter(log_rate: float) -> float:
    """Return the probability in a quarter of what has this log rate per year."""
    return -math.expm1(-math.exp(log_rate) * 0.25)


def test_pulls_add_up_to_the_rate_that_they_claim() -> None:
    sounding = 1.0 / (1.0 + math.exp(-(0.2 - 0.5) / 0.3))  # margin less caution, over spread
    for name, log_rate in {
        "tried": 0.0 + 1.0 * 0.4 + 0.5 * 0.3 + math.log(sounding),
        "falls": math.log(0.002),
        "signs": -4.6 + 0.5 * math.log(4.0) + 0.5 * 3.0 / 32.0 + 4.0 * 0.5,
        "passes": -2.5 + 0.7 * 0.5 + 0.7 * 0.4 + 0.5 * 0.3,
        "suspends": -2.2 + 0.5 * 0.2 + math.log(0.4),
    }.items():
        assert math.isclose(
            probability(HAZARDS[name], 0.25), expected_in_a_quarter(log_rate), rel_tol=1e-9
        ), name


@settings(max_examples=40)
@given(log_rate=st.floats(-12.0, 4.0), dt=steps)
def test_a_rate_per_year_is_a_rate_per_year(log_rate: float, dt: float) -> None:
    expected = -math.expm1(-math.exp(log_rate) * dt)
    found = probability(lambda step, u: happens(hazard(log_rate, step), u), dt)
    assert math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-15)


@given(log_rate=st.floats(-1000.0, 1000.0), more=st.floats(0.0, 1000.0), dt=steps, luck=uniform)
def test_a_higher_rate_never_turns_an_event_into_none(
    log_rate: float, more: float, dt: float, luck: float
) -> None:
    assert happens(hazard(log_rate, dt), luck) <= happens(hazard(log_rate + more, dt), luck)
    assert happens(hazard(-1000.0, dt), luck) == 0.0
    assert happens(hazard(1000.0, dt), luck) == 1.0


@given(pull=ladder_pulls, base=real, level=share, assets=share, margin=margins, dt=steps)
def test_whatever_brings_a_step_on_never_keeps_it_back(
    pull: LadderPull,
    base: float,
    level: float,
    assets: float,
    margin: float,
    dt: float,
) -> None:
    found = try_chance(pull, base, level, assets, margin, dt)
    assert 0.0 <= found <= 1.0
    assert try_chance(pull, base, 1.0, assets, margin, dt) >= found
    assert try_chance(pull, base, level, 1.0, margin, dt) >= found
    assert try_chance(pull, base + 1.0, level, assets, margin, dt) >= found


@given(chance=share, luck=uniform)
def test_a_step_is_tried_or_is_not(chance: float, luck: float) -> None:
    assert tried(chance, luck) == float(luck < chance)


@given(pull=ladder_pulls, base=real, margin=margins, more=st.floats(0.1, 20.0))
def test_officials_ask_sooner_where_the_answer_looks_better(
    pull: LadderPull, base: float, margin: float, more: float
) -> None:
    found = try_chance(pull, base, 0.5, 0.5, margin, 0.25)
    assert try_chance(pull, base, 0.5, 0.5, margin + more, 0.25) >= found


def test_a_step_that_would_surely_be_refused_is_hardly_ever_tried() -> None:
    hopeless = try_chance(LADDER, 0.0, 0.5, 0.5, -12.0, 0.25)
    hopeful = try_chance(LADDER, 0.0, 0.5, 0.5, 12.0, 0.25)
    assert hopeless < 1e-12
    assert hopeful > 0.2


@given(
    pull=agreement_pulls,
    count=st.integers(0, 40),
    states=st.integers(1, 40),
    operations=share,
    luck=uniform,
)
def test_no_more_states_sign_than_there_are(
    pull: AgreementPull, count: int, states: int, operations: float, luck: float
) -> None:
    chance = sign_chance(pull, float(count), float(states), operations, 0.25)
    assert 0.0 <= chance <= 1.0
    assert signs(chance, luck) == float(luck < chance)
    if count >= states:
        assert chance == 0.0


@given(pull=agreement_pulls, count=st.integers(0, 30), operations=share)
def test_agreements_beget_agreements(pull: AgreementPull, count: int, operations: float) -> None:
    found = sign_chance(pull, float(count), 32.0, operations, 0.25)
    assert sign_chance(pull, count + 1.0, 32.0, operations, 0.25) >= found
    assert sign_chance(pull, float(count), 32.0, 1.0, 0.25) >= found


flag = st.sampled_from([0.0, 1.0])
quarters = st.integers(0, 303).map(float)
rungs = st.integers(0, 9).map(float)


@given(step=quarters, opens=quarters, granted=flag, would=flag)
def test_a_rung_is_taken_up_once_it_is_open_and_given_or_asked_for(
    step: float, opens: float, granted: float, would: float
) -> None:
    expected = step >= opens and (granted == 1.0 or would == 1.0)
    assert tries(step, opens, granted, would) == float(expected)


@given(opens=quarters, granted=flag, would=flag)
def test_a_rung_opens_on_its_quarter_and_not_before(
    opens: float, granted: float, would: float
) -> None:
    assert tries(opens - 1.0, opens, granted, would) == 0.0
    assert tries(opens, opens, granted, would) == max(granted, would)


@given(rung=rungs, fallen=flag)
def test_at_most_one_rung_is_lost_and_none_below_the_ground(rung: float, fallen: float) -> None:
    assert rung_after(rung, 0.0) == rung
    assert rung_after(rung, fallen) == (rung - fallen if rung > 0.0 else 0.0)
    assert rung_after(0.0, fallen) == 0.0


@given(rung=rungs, after=rungs)
def test_what_is_climbed_is_the_way_up_and_nothing_on_the_way_down(
    rung: float, after: float
) -> None:
    assert climbed(rung, after) == (after - rung if after > rung else 0.0)
    assert climbed(rung, rung + 1.0) == 1.0
    assert climbed(rung, rung_after(rung, 1.0)) == 0.0


@given(risk=share, more=share, luck=uniform)
def test_a_rung_is_lost_with_its_probability(risk: float, more: float, luck: float) -> None:
    assert falls(risk, luck) == float(luck < risk)
    assert falls(0.0, luck) == 0.0
    assert falls(1.0, luck) == 1.0
    assert falls(min(risk, more), luck) <= falls(max(risk, more), luck)


@given(log_rate=st.floats(-12.0, 4.0), dt=steps, luck=uniform)
def test_a_rung_is_lost_as_often_as_anything_of_that_rate_happens(
    log_rate: float, dt: float, luck: float
) -> None:
    assert falls(hazard(log_rate, dt), luck) == happens(hazard(log_rate, dt), luck)


@given(network=share, lag=share, count=st.integers(0, 80), states=st.integers(1, 40))
def test_the_network_moves_towards_the_share_of_allies_with_an_agreement(
    network: float, lag: float, count: int, states: int
) -> None:
    today = min(1.0, count / states)
    found = next_network(network, lag, float(count), float(states))
    assert min(network, today) - 1e-15 <= found <= max(network, today) + 1e-15
    assert math.isclose(found, (1.0 - lag) * network + lag * today, abs_tol=1e-15)
    assert next_network(network, 0.0, float(count), float(states)) == network
    assert math.isclose(next_network(network, 1.0, float(count), float(states)), today)


@given(network=share, lag=share, count=st.integers(0, 40), states=st.integers(1, 40))
def test_one_more_agreement_never_thins_the_network(
    network: float, lag: float, count: int, states: int
) -> None:
    few = next_network(network, lag, float(count), float(states))
    assert next_network(network, lag, count + 1.0, float(states)) >= few
