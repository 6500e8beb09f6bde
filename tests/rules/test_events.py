"""Levels show themselves in counts that have the distribution they claim."""

import math

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.stats import nbinom

from alliance_sim.arithmetic import exp, logistic
from alliance_sim.rules.events import (
    ALLIANCE,
    BOTH,
    MOST,
    SINGLE_ALLY,
    STATE,
    Counting,
    ally_weight,
    chosen,
    coded_share,
    entrapment,
    event_count,
    event_rate,
    expected_events,
    initiator,
    institution,
    kind_weight,
    log_count_chance,
    months_suspended,
    no_event,
    risen,
    salience,
    salience_chance,
    side_chance,
    state_starts,
    suspend_chance,
    suspends,
)

share = st.floats(0.0, 1.0) | st.integers(0, 64).map(lambda k: k / 64.0)
strength = st.floats(0.0, 20.0)
real = st.floats(-20.0, 20.0)
uniform = st.floats(2.0**-33, 1.0 - 2.0**-33)
means = st.floats(0.0, 30.0)
sizes = st.floats(0.05, 1e4)
NEAR = 1e-9  # how close to a jump of the distribution function rounding may decide


def counted(mean: float, size: float, luck: float) -> float:
    """Return a count, from both rules as the agents call them."""
    return event_count(mean, size, no_event(mean, size), luck)


def reference(mean: float, size: float, luck: float) -> int:
    """Return scipy's quantile, at most MOST."""
    return int(min(MOST, nbinom.ppf(luck, size, size / (mean + size))))


def near_a_jump(mean: float, size: float, luck: float) -> bool:
    below = nbinom.cdf(np.arange(MOST + 1), size, size / (mean + size))
    return bool((np.abs(below - luck) < NEAR).any())


@given(mean=st.floats(1e-6, 30.0), size=sizes, luck=uniform)
def test_a_count_is_the_negative_binomial_quantile(mean: float, size: float, luck: float) -> None:
    assume(not near_a_jump(mean, size, luck))
    assert counted(mean, size, luck) == float(reference(mean, size, luck))


@given(size=sizes, luck=uniform)
def test_nothing_happens_where_nothing_is_expected(size: float, luck: float) -> None:
    assert counted(0.0, size, luck) == 0.0


@given(mean=st.floats(0.0, 1e12), size=st.floats(1e-6, 1e6), luck=uniform)
@example(mean=1e12, size=1e6, luck=0.5)
@example(mean=1e12, size=1e-6, luck=0.5)
@example(mean=1e-300, size=1e6, luck=1.0 - 2.0**-33)
def test_a_count_is_a_whole_number_up_to_the_most(mean: float, size: float, luck: float) -> None:
    found = counted(mean, size, luck)
    assert 0.0 <= found <= MOST
    assert found == int(found)


@given(mean=means, factor=st.floats(1.0001, 10.0), size=sizes, luck=uniform)
def test_a_larger_mean_never_gives_a_smaller_count(
    mean: float, factor: float, size: float, luck: float
) -> None:
    assert counted(mean, size, luck) <= counted(mean * factor, size, luck)


@given(mean=means, size=sizes, luck=uniform, more=uniform)
def test_more_luck_never_gives_a_smaller_count(
    mean: float, size: float, luck: float, more: float
) -> None:
    low, high = min(luck, more), max(luck, more)
    assert counted(mean, size, low) <= counted(mean, size, high)


@pytest.mark.parametrize("mean", [0.05, 0.8, 2.5])
@pytest.mark.parametrize("size", [1.0, 4.0, 50.0])
def test_counts_have_the_mean_and_the_variance_that_they_claim(mean: float, size: float) -> None:
    points = 40_000
    counts = np.array([counted(mean, size, (k + 0.5) / points) for k in range(points)])
    assert math.isclose(counts.mean(), mean, rel_tol=0.002)
    if mean + 12.0 * math.sqrt(mean + mean * mean / size) < MOST:
        assert math.isclose(counts.var(), mean + mean * mean / size, rel_tol=0.02)


@given(mean=means, size=sizes, more=means)
def test_the_probability_of_nothing_is_that_of_the_negative_binomial(
    mean: float, size: float, more: float
) -> None:
    found = no_event(mean, size)
    assert 0.0 <= found <= 1.0
    assert no_event(0.0, size) == 1.0
    assert no_event(max(mean, more), size) <= no_event(min(mean, more), size) * (1.0 + NEAR)
    expected = nbinom.pmf(0, size, size / (mean + size))
    assert math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-300)


@given(mean=st.floats(1e-6, 30.0), size=sizes)
def test_something_happens_just_above_the_probability_of_nothing(mean: float, size: float) -> None:
    nothing = no_event(mean, size)
    assume(1e-9 < nothing < 1.0 - 1e-9)
    assert event_count(mean, size, nothing, nothing) == 0.0
    assert event_count(mean, size, nothing, math.nextafter(nothing, 1.0)) >= 1.0


@given(assets=share, political=share, more=share)
def test_institutions_show_as_far_as_politics_uses_them(
    assets: float, political: float, more: float
) -> None:
    found = institution(assets, political)
    assert 0.0 <= found <= min(assets, political)
    assert found == institution(political, assets)
    assert institution(assets, 0.0) == 0.0
    assert institution(assets, 1.0) == assets
    assert found <= institution(max(assets, more), political)


@given(operations=share, involvement=share, more=share)
def test_only_running_operations_entangle_and_only_in_conflicts(
    operations: float, involvement: float, more: float
) -> None:
    found = entrapment(operations, involvement)
    assert 0.0 <= found <= min(operations, involvement)
    assert entrapment(0.0, involvement) == entrapment(operations, 0.0) == 0.0
    assert entrapment(1.0, involvement) == involvement
    assert found <= entrapment(max(operations, more), involvement)
    assert found <= entrapment(operations, max(involvement, more))


@given(log_rate=real, slope=strength, size=sizes, level=share)
def test_expected_events_are_finite_and_none_at_level_0(
    log_rate: float, slope: float, size: float, level: float
) -> None:
    counting = Counting(log_rate, slope, size, 0.0)
    assert event_rate(counting, 0.0) == 0.0
    found = event_rate(counting, level)
    assert math.isfinite(found)
    assert math.isclose(found, level * math.exp(log_rate + slope * level), rel_tol=1e-12)


@given(log_rate=real, slope=strength, level=share, more=share)
def test_a_higher_level_never_shows_itself_in_fewer_events(
    log_rate: float, slope: float, level: float, more: float
) -> None:
    counting = Counting(log_rate, slope, 4.0, 0.0)
    low = event_rate(counting, min(level, more))
    assert low <= event_rate(counting, max(level, more)) * (1.0 + 1e-12)


@given(log_rate=real, rise=strength, before=share, now=share)
def test_only_a_rise_shows_in_acts_of_its_own(
    log_rate: float, rise: float, before: float, now: float
) -> None:
    counting = Counting(log_rate, 0.0, 4.0, rise)
    standing = event_rate(counting, now) * 0.25
    found = expected_events(counting, now, risen(before, now), 0.25)
    assert found >= standing
    assert math.isclose(found - standing, rise * max(0.0, now - before), abs_tol=1e-6 * found)
    assert expected_events(counting._replace(rise=0.0), now, 1.0, 0.25) == standing


@given(before=share, between=share, now=share)
def test_a_rise_shows_alike_in_one_step_or_in_two(
    before: float, between: float, now: float
) -> None:
    one, two, three = sorted((before, between, now))
    assert math.isclose(risen(one, three), risen(one, two) + risen(two, three), abs_tol=1e-12)


@given(base=real, pull=strength, entangled=share, luck=uniform)
def test_nothing_can_be_suspended_where_nothing_runs(
    base: float, pull: float, entangled: float, luck: float
) -> None:
    assert suspends(suspend_chance(base, pull, entangled, 0.0, 0.25), luck) == 0.0


@given(base=real, pull=strength, entangled=share, active=share)
def test_depth_and_entrapment_never_prevent_a_suspension(
    base: float, pull: float, entangled: float, active: float
) -> None:
    found = suspend_chance(base, pull, entangled, active, 0.25)
    assert 0.0 <= found <= 1.0
    assert suspend_chance(base, pull, 1.0, active, 0.25) >= found
    assert suspend_chance(base, pull, entangled, 1.0, 0.25) >= found


@given(base=real, pull=strength, gap=st.floats(-40.0, 40.0), wider=st.floats(0.0, 40.0))
def test_the_keener_side_is_never_less_likely_to_start(
    base: float, pull: float, gap: float, wider: float
) -> None:
    found = state_starts(base, pull, gap)
    assert 0.0 <= found <= state_starts(base, pull, gap + wider) + 1e-15 <= 1.0 + 1e-14


@given(weight=strength, pull=real, start=share, level=share, assets=share)
def test_a_kind_of_event_needs_its_level_and_gains_by_assets(
    weight: float, pull: float, start: float, level: float, assets: float
) -> None:
    found = kind_weight(weight, pull, start, level, assets)
    assert found == (weight * exp(pull * assets) if level >= start else 0.0)
    if pull >= 0.0:
        assert found >= kind_weight(weight, pull, start, level, 0.0)


@given(weights=st.lists(st.floats(0.001, 10.0), min_size=1, max_size=8), luck=uniform)
def test_an_entry_is_picked_as_often_as_it_weighs(weights: list[float], luck: float) -> None:
    total = math.fsum(weights)
    ends = np.cumsum(weights)
    assume(abs(ends - luck * total).min() > NEAR)
    picks = [chosen(luck, total, below) for below in ends.tolist()]
    assert picks.index(1.0) == int(np.searchsorted(ends, luck * total, side="right"))


@given(base=real, top=share, luck=uniform, less=uniform)
def test_salience_falls_with_the_uniform(base: float, top: float, luck: float, less: float) -> None:
    found = salience(base, top, luck)
    assert found in {1.0, 2.0, 3.0}
    assert (found > 1.0) == (luck < logistic(base))
    assert salience(base, top, min(less, luck)) >= found


@given(single=share, joint=share, state=share, luck=uniform)
def test_who_starts_an_event_follows_the_shares(
    single: float, joint: float, state: float, luck: float
) -> None:
    both = single + (1.0 - single) * joint
    its = both + (1.0 - both) * state
    assume(min(abs(luck - single), abs(luck - both), abs(luck - its)) > NEAR)
    if luck < single:
        wanted = SINGLE_ALLY
    elif luck < both:
        wanted = BOTH
    else:
        wanted = STATE if luck < its else ALLIANCE
    assert initiator(single, joint, state, luck) == wanted


def test_the_guarantor_has_no_track_of_its_own() -> None:
    assert ally_weight(0.3, 1.0) == 0.0
    assert ally_weight(0.3, 0.0) == 0.3


@given(mean=st.floats(0.1, 100.0), luck=uniform)
def test_suspensions_last_as_long_as_an_exponential_says(mean: float, luck: float) -> None:
    assert math.isclose(months_suspended(mean, luck), -mean * math.log(luck), rel_tol=1e-12)


@given(mean=st.floats(1e-6, 30.0), size=st.floats(0.1, 60.0), count=st.integers(0, 60).map(float))
def test_the_chance_of_a_count_is_that_of_the_negative_binomial(
    mean: float, size: float, count: float
) -> None:
    wanted = nbinom.logpmf(count, size, size / (size + mean))
    assert math.isclose(log_count_chance(mean, size, count), wanted, rel_tol=1e-9, abs_tol=1e-9)


@given(size=st.floats(0.1, 60.0))
def test_nothing_is_sure_to_be_counted_where_nothing_is_expected(size: float) -> None:
    assert log_count_chance(0.0, size, 0.0) == 0.0
    assert log_count_chance(0.0, size, 1.0) < -600.0


@given(base=real, top=share, luck=uniform)
def test_salience_is_as_likely_as_the_luck_that_brings_it(
    base: float, top: float, luck: float
) -> None:
    chances = [salience_chance(base, top, salience) for salience in (1.0, 2.0, 3.0)]
    assert min(chances) >= 0.0
    assert math.isclose(sum(chances), 1.0, rel_tol=1e-12)
    edges = [(chances[2], 3.0), (chances[2] + chances[1], 2.0), (1.0, 1.0)]
    assume(all(abs(luck - edge) > 1e-9 for edge, _ in edges))
    assert salience(base, top, luck) == next(found for edge, found in edges if luck < edge)


@given(base=real, top=share, coded=st.tuples(share, share, share))
def test_a_record_holds_no_smaller_a_share_of_a_kind_than_of_its_rarest_salience(
    base: float, top: float, coded: tuple[float, float, float]
) -> None:
    found = coded_share(base, top, coded)
    assert min(coded) - 1e-12 <= found <= max(coded) + 1e-12


@given(single=st.floats(0.0, 0.9), joint=share, state=share, luck=uniform)
def test_who_starts_an_event_is_as_likely_as_the_luck_that_brings_it(
    single: float, joint: float, state: float, luck: float
) -> None:
    rest = 1.0 - single
    edges, below = [(single, SINGLE_ALLY)], single
    for who in (BOTH, STATE, ALLIANCE):
        below += rest * side_chance(joint, state, who)
        edges.append((below, who))
    assert math.isclose(below, 1.0, rel_tol=1e-12)
    assume(all(abs(luck - edge) > 1e-9 for edge, _ in edges))
    assert initiator(single, joint, state, luck) == next(w for edge, w in edges if luck < edge)
