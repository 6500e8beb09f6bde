"""Threats are felt quickly, forgotten slowly, and compared between partners."""

import math

from hypothesis import given
from hypothesis import strategies as st

from alliance_sim.rules.perception import (
    Perception,
    apart_after,
    attended,
    attended_exposure,
    attention_with,
    felt_at_once,
    next_attention,
    next_perceived,
    overlap,
)

TINY = 1e-12

share = st.floats(0.0, 1.0) | st.integers(0, 64).map(lambda k: k / 64.0)
exposure = st.floats(0.0, 20.0)
eyes = st.builds(Perception, learn=share, forget=share)


def compared(here: list[float], there: list[float]) -> float:
    """Return the agenda overlap, threat after threat as the agents do it."""
    apart = 1.0
    for a, b in zip(here, there, strict=True):
        apart = apart_after(apart, a, b)
    return overlap(apart)


views = st.lists(st.tuples(share, share), min_size=1, max_size=6)


@given(sight=eyes, felt=share, reach=exposure, menace=share)
def test_what_is_felt_stays_a_share_between_itself_and_the_pressure(
    sight: Perception, felt: float, reach: float, menace: float
) -> None:
    pressure = min(1.0, reach * menace)
    after = next_perceived(sight, felt, reach, menace)
    assert min(felt, pressure) - TINY <= after <= max(felt, pressure) + TINY
    assert 0.0 <= after <= 1.0


@given(felt=share, reach=exposure, menace=share, speed=share, other=share)
def test_fear_comes_at_one_speed_and_goes_at_another(
    felt: float, reach: float, menace: float, speed: float, other: float
) -> None:
    rising = min(1.0, reach * menace) > felt
    sight = Perception(speed, other) if rising else Perception(other, speed)
    expected = felt + speed * (min(1.0, reach * menace) - felt)
    assert math.isclose(next_perceived(sight, felt, reach, menace), expected, abs_tol=TINY)


@given(sight=eyes, felt=share, reach=exposure, menace=share, more=share)
def test_more_menace_never_calms(
    sight: Perception, felt: float, reach: float, menace: float, more: float
) -> None:
    low, high = min(menace, more), max(menace, more)
    calm = next_perceived(sight, felt, reach, low)
    assert calm <= next_perceived(sight, felt, reach, high) + TINY


@given(here_and_there=views)
def test_agenda_overlap_is_symmetric_and_a_share(
    here_and_there: list[tuple[float, float]],
) -> None:
    here, there = [a for a, _ in here_and_there], [b for _, b in here_and_there]
    assert compared(here, there) == compared(there, here)
    assert 0.0 <= compared(here, there) <= 1.0


@given(here_and_there=views)
def test_a_threat_felt_by_one_side_only_brings_agendas_no_nearer(
    here_and_there: list[tuple[float, float]],
) -> None:
    here, there = [a for a, _ in here_and_there], [b for _, b in here_and_there]
    assert compared([*here, 1.0], [*there, 0.0]) == compared(here, there)


@given(here_and_there=views)
def test_one_great_common_threat_suffices(here_and_there: list[tuple[float, float]]) -> None:
    here, there = [a for a, _ in here_and_there], [b for _, b in here_and_there]
    assert math.isclose(compared([*here, 1.0], [*there, 1.0]), 1.0)


@given(here_and_there=views, more=share)
def test_another_common_threat_never_lowers_the_overlap(
    here_and_there: list[tuple[float, float]], more: float
) -> None:
    here, there = [a for a, _ in here_and_there], [b for _, b in here_and_there]
    assert compared([*here, more], [*there, more]) >= compared(here, there)


@given(attention=share, drawn=share)
def test_what_the_agenda_draws_adds_to_attention_and_never_beyond_one(
    attention: float, drawn: float
) -> None:
    found = attention_with(attention, drawn)
    assert attention <= found <= 1.0
    assert attention_with(attention, 0.0) == attention
    assert found == attention_with(drawn, attention)


@given(reach=share, attention=share)
def test_attention_brings_a_distant_threat_nearer_and_never_beyond_one(
    reach: float, attention: float
) -> None:
    assert reach * (1.0 - TINY) <= attended_exposure(reach, attention) <= 1.0


@given(reach=exposure)
def test_without_attention_exposure_is_what_it_was(reach: float) -> None:
    assert attended_exposure(reach, 0.0) == reach


@given(reach=st.one_of(st.just(0.0), st.floats(1.0, 20.0)), attention=share)
def test_attention_leaves_alone_what_is_out_of_reach_or_at_the_door(
    reach: float, attention: float
) -> None:
    assert attended_exposure(reach, attention) == reach


@given(attention=share, speed=share, political=share)
def test_attention_moves_towards_political_ties(
    attention: float, speed: float, political: float
) -> None:
    after = next_attention(attention, speed, political)
    assert min(attention, political) - TINY <= after <= max(attention, political) + TINY


@given(reach=exposure, menace=share, more=share)
def test_a_threat_is_felt_at_once_as_far_as_it_reaches(
    reach: float, menace: float, more: float
) -> None:
    found = felt_at_once(reach, menace)
    assert math.isclose(found, min(1.0, reach * menace), abs_tol=1e-15)
    assert 0.0 <= found <= 1.0
    low, high = min(menace, more), max(menace, more)
    assert felt_at_once(reach, low) <= felt_at_once(reach, high)
    assert felt_at_once(0.0, menace) == 0.0


@given(sight=eyes, reach=exposure, menace=share)
def test_what_is_felt_at_once_is_felt_on_while_nothing_changes(
    sight: Perception, reach: float, menace: float
) -> None:
    felt = felt_at_once(reach, menace)
    assert next_perceived(sight, felt, reach, menace) == felt


@given(here=share, there=share)
def test_attention_to_a_threat_is_the_mean_of_both_sides(here: float, there: float) -> None:
    found = attended(here, there)
    assert found == attended(there, here)
    assert min(here, there) <= found <= max(here, there)
    assert math.isclose(found, (here + there) / 2.0, abs_tol=1e-15)


@given(apart=share, more=share)
def test_overlap_is_what_is_not_apart(apart: float, more: float) -> None:
    assert overlap(1.0) == 0.0
    assert overlap(0.0) == 1.0
    assert 0.0 <= overlap(apart) <= 1.0
    assert overlap(max(apart, more)) <= overlap(min(apart, more))
    assert math.isclose(overlap(apart) + apart, 1.0, abs_tol=1e-15)
