"""Formal steps and agreements: hazards that are exact in time, and pulls that pull."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_sim.arithmetic import happens
from alliance_sim.rules.domestic import LawPull, passes
from alliance_sim.rules.events import suspends
from alliance_sim.rules.ladder import AgreementPull, LadderPull, falls, signs, tried

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
Hazard = Callable[[float, float], float]
HAZARDS: dict[str, Hazard] = {
    "happens": lambda dt, u: happens(-0.7, dt, u),
    "often": lambda dt, u: happens(2.0, dt, u),
    "tried": lambda dt, u: tried(LADDER, 0.0, 0.4, 0.3, 0.2, (dt, u)),
    "falls": lambda dt, u: falls(math.log(0.002), dt, u),
    "signs": lambda dt, u: signs(AGREEMENT, 3.0, 32.0, 0.5, dt, u),
    "passes": lambda dt, u: passes(LAW, -2.5, 0.5, 0.4, 0.3, (dt, u)),
    "suspends": lambda dt, u: suspends(-2.2, 0.5, 0.2, 0.4, dt, u),
}


def probability(event: Hazard, dt: float) -> float:
    """Return the probability of an event: the uniform up to which it happens, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if event(dt, middle) == 1.0 else (low, middle)
    return low


@pytest.mark.parametrize("event", HAZARDS.values(), ids=HAZARDS)
@pytest.mark.parametrize("dt", [1.0, 0.25])
def test_two_half_steps_are_as_probable_as_a_whole_one(event: Hazard, dt: float) -> None:
    once = probability(event, dt)
    half = probability(event, dt / 2.0)
    assert 0.0 < half < once < 1.0
    assert math.isclose(1.0 - (1.0 - half) ** 2, once, rel_tol=1e-12)


def hazard(log_rate: float) -> float:
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
        assert math.isclose(probability(HAZARDS[name], 0.25), hazard(log_rate), rel_tol=1e-9), name


@settings(max_examples=40)
@given(log_rate=st.floats(-12.0, 4.0), dt=steps)
def test_a_rate_per_year_is_a_rate_per_year(log_rate: float, dt: float) -> None:
    expected = -math.expm1(-math.exp(log_rate) * dt)
    found = probability(lambda step, u: happens(log_rate, step, u), dt)
    assert math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-15)


@given(log_rate=st.floats(-1000.0, 1000.0), more=st.floats(0.0, 1000.0), dt=steps, luck=uniform)
def test_a_higher_rate_never_turns_an_event_into_none(
    log_rate: float, more: float, dt: float, luck: float
) -> None:
    assert happens(log_rate, dt, luck) <= happens(log_rate + more, dt, luck)
    assert happens(-1000.0, dt, luck) == 0.0
    assert happens(1000.0, dt, luck) == 1.0


@given(
    pull=ladder_pulls, base=real, level=share, assets=share, margin=margins, dt=steps, luck=uniform
)
def test_a_step_is_tried_or_is_not(
    pull: LadderPull,
    base: float,
    level: float,
    assets: float,
    margin: float,
    dt: float,
    luck: float,
) -> None:
    found = tried(pull, base, level, assets, margin, (dt, luck))
    assert found in (0.0, 1.0)
    assert tried(pull, base, 1.0, assets, margin, (dt, luck)) >= found
    assert tried(pull, base, level, 1.0, margin, (dt, luck)) >= found
    assert tried(pull, base + 1.0, level, assets, margin, (dt, luck)) >= found


@given(pull=ladder_pulls, base=real, margin=margins, more=st.floats(0.1, 20.0), luck=uniform)
def test_officials_ask_sooner_where_the_answer_looks_better(
    pull: LadderPull, base: float, margin: float, more: float, luck: float
) -> None:
    found = tried(pull, base, 0.5, 0.5, margin, (0.25, luck))
    assert tried(pull, base, 0.5, 0.5, margin + more, (0.25, luck)) >= found


def test_a_step_that_would_surely_be_refused_is_hardly_ever_tried() -> None:
    hopeless = probability(lambda dt, u: tried(LADDER, 0.0, 0.5, 0.5, -12.0, (dt, u)), 0.25)
    hopeful = probability(lambda dt, u: tried(LADDER, 0.0, 0.5, 0.5, 12.0, (dt, u)), 0.25)
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
    found = signs(pull, float(count), float(states), operations, 0.25, luck)
    assert found in (0.0, 1.0)
    if count >= states:
        assert found == 0.0


@given(pull=agreement_pulls, count=st.integers(0, 30), operations=share, luck=uniform)
def test_agreements_beget_agreements(
    pull: AgreementPull, count: int, operations: float, luck: float
) -> None:
    found = signs(pull, float(count), 32.0, operations, 0.25, luck)
    assert signs(pull, count + 1.0, 32.0, operations, 0.25, luck) >= found
    assert signs(pull, float(count), 32.0, 1.0, 0.25, luck) >= found
