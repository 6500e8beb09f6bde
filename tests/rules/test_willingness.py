"""Every theory is a term added to one log benefit/cost ratio."""

import math

from hypothesis import given
from hypothesis import strategies as st

from alliance_sim.rules.willingness import (
    AssetPull,
    Guarantee,
    GuarantorPull,
    Situation,
    ThreatPull,
    Ties,
    Trend,
    asset_term,
    distraction_with,
    floor_in,
    guarantor_term,
    log_ratio,
    mean_with,
    next_slow,
    threat_term,
    unlinked,
    willingness,
)

share = st.floats(0.0, 1.0) | st.integers(0, 64).map(lambda k: k / 64.0)
strength = st.floats(0.0, 20.0)
real = st.floats(-20.0, 20.0)
lopsided = st.floats(-1.0, 1.0)

threat_pulls = st.builds(ThreatPull, *([strength] * 3))
guarantor_pulls = st.builds(GuarantorPull, *([strength] * 3), real)
situations = st.builds(Situation, *([share] * 3))
guarantees = st.builds(Guarantee, *([share] * 3), lopsided)
asset_pulls = st.builds(AssetPull, *([strength] * 6))
ties = st.builds(Ties, *([share] * 5), st.floats(0.0, 6.0))
blocks = st.tuples(*([real] * 7))
seats = st.lists(st.tuples(st.floats(0.001, 1.0), real), min_size=1, max_size=12)

NO_THREATS = ThreatPull(0.0, 0.0, 0.0)
NO_GUARANTOR = GuarantorPull(0.0, 0.0, 0.0, 0.0)
NO_ASSETS = AssetPull(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@given(pull=threat_pulls, sees=situations, level=share)
def test_the_realist_block_is_finite_and_never_beyond_its_coefficients(
    pull: ThreatPull, sees: Situation, level: float
) -> None:
    assert abs(threat_term(pull, sees, level)) <= sum(pull) + 1e-9


@given(pull=guarantor_pulls, has=guarantees, overlap=share)
def test_what_a_guarantor_adds_is_finite_and_never_beyond_its_coefficients(
    pull: GuarantorPull, has: Guarantee, overlap: float
) -> None:
    assert abs(guarantor_term(pull, has, overlap)) <= sum(abs(part) for part in pull) + 1e-9


@given(pull=asset_pulls, built=ties)
def test_the_institutional_block_is_finite_and_never_beyond_its_coefficients(
    pull: AssetPull, built: Ties
) -> None:
    most = sum(pull[:-1]) + pull.missions * built.missions
    assert abs(asset_term(pull, built)) <= most + 1e-9


@given(sees=situations, has=guarantees, level=share, built=ties)
def test_a_block_that_is_off_adds_nothing(
    sees: Situation, has: Guarantee, level: float, built: Ties
) -> None:
    assert threat_term(NO_THREATS, sees, level) == 0.0
    assert guarantor_term(NO_GUARANTOR, has, sees.overlap) == 0.0
    assert asset_term(NO_ASSETS, built) == 0.0


@given(built=ties)
def test_each_institutional_coefficient_weighs_what_it_names(built: Ties) -> None:
    for field, expected in {
        "assets": built.assets,
        "political": built.political,
        "operations": built.operations,
        "back": -built.lost,
        "network": built.network,
        "missions": built.missions,
    }.items():
        found = asset_term(NO_ASSETS._replace(**{field: 1.0}), built)
        assert math.isclose(found, expected, abs_tol=1e-15), field


@given(sees=situations, level=share)
def test_each_realist_coefficient_weighs_what_it_names(sees: Situation, level: float) -> None:
    for field, expected in {
        "overlap": sees.overlap,
        "distraction": -sees.distraction,
        "entrapment": -level * sees.involvement,
    }.items():
        found = threat_term(NO_THREATS._replace(**{field: 1.0}), sees, level)
        assert math.isclose(found, expected, abs_tol=1e-15), field


@given(has=guarantees, overlap=share)
def test_each_coefficient_of_a_guarantor_weighs_what_it_names(
    has: Guarantee, overlap: float
) -> None:
    alone = has.commitment * (1.0 - has.networking)
    for field, expected in {
        "abandonment": has.dependence * (1.0 - has.commitment),
        "substitute": -alone * overlap * has.dependence,
        "complement": has.commitment * has.networking * has.dependence,
        "capability": has.capability,
    }.items():
        found = guarantor_term(NO_GUARANTOR._replace(**{field: 1.0}), has, overlap)
        assert math.isclose(found, expected, abs_tol=1e-15), field


@given(pull=threat_pulls, sees=situations, level=share, more=share)
def test_depth_entangles_in_the_other_sides_wars(
    pull: ThreatPull, sees: Situation, level: float, more: float
) -> None:
    shallow = threat_term(pull, sees, min(level, more))
    assert threat_term(pull, sees, max(level, more)) <= shallow + 1e-9


@given(pull=threat_pulls, sees=situations, level=share, more=share)
def test_a_home_threat_elsewhere_distracts(
    pull: ThreatPull, sees: Situation, level: float, more: float
) -> None:
    low, high = min(sees.distraction, more), max(sees.distraction, more)
    undistracted = threat_term(pull, sees._replace(distraction=low), level)
    assert threat_term(pull, sees._replace(distraction=high), level) <= undistracted + 1e-9


@given(pull=threat_pulls, sees=situations, level=share, more=share)
def test_a_common_threat_pulls_together(
    pull: ThreatPull, sees: Situation, level: float, more: float
) -> None:
    low, high = min(sees.overlap, more), max(sees.overlap, more)
    apart = threat_term(pull, sees._replace(overlap=low), level)
    assert apart <= threat_term(pull, sees._replace(overlap=high), level) + 1e-9


@given(overlap=share, commitment=share, dependence=share)
def test_a_guarantor_replaces_while_it_works_alone_and_brokers_once_it_networks(
    overlap: float, commitment: float, dependence: float
) -> None:
    alone = Guarantee(commitment, 0.0, dependence, 0.0)
    hub = NO_GUARANTOR._replace(substitute=1.0, complement=1.0)
    assert guarantor_term(hub, alone, overlap) <= 0.0
    assert guarantor_term(hub, alone._replace(networking=1.0), overlap) >= 0.0


@given(overlap=share, commitment=share, more=share, dependence=share)
def test_doubt_in_the_guarantor_makes_the_dependent_look_around(
    overlap: float, commitment: float, more: float, dependence: float
) -> None:
    fear = NO_GUARANTOR._replace(abandonment=1.0)
    sure = Guarantee(max(commitment, more), 0.0, dependence, 0.0)
    doubtful = sure._replace(commitment=min(commitment, more))
    assert guarantor_term(fear, doubtful, overlap) >= guarantor_term(fear, sure, overlap)


@given(pull=guarantor_pulls, has=guarantees, overlap=share)
def test_a_guarantor_is_nothing_to_a_partner_that_does_not_depend_on_it(
    pull: GuarantorPull, has: Guarantee, overlap: float
) -> None:
    found = guarantor_term(pull, has._replace(dependence=0.0), overlap)
    assert math.isclose(found, pull.capability * has.capability, abs_tol=1e-12)


@given(felt=st.lists(share, max_size=6), link=share)
def test_the_strongest_threat_at_home_distracts_as_far_as_theatres_are_apart(
    felt: list[float], link: float
) -> None:
    distraction = 0.0
    for one in felt:
        distraction = distraction_with(distraction, one)
    assert distraction == max(felt, default=0.0)
    assert 0.0 <= unlinked(distraction, link) <= distraction
    assert unlinked(distraction, 0.0) == distraction
    assert unlinked(distraction, 1.0) == 0.0
    assert math.isclose(unlinked(distraction, link), distraction * (1.0 - link), abs_tol=1e-15)


@given(distraction=share, link=share, more=share)
def test_theatres_that_are_linked_more_distract_less(
    distraction: float, link: float, more: float
) -> None:
    assert unlinked(distraction, max(link, more)) <= unlinked(distraction, min(link, more))


@given(parts=blocks, position=st.integers(0, 6), more=st.floats(0.0, 20.0))
def test_every_block_adds_to_the_ratio_one_for_one(
    parts: tuple[float, ...], position: int, more: float
) -> None:
    before = log_ratio(*parts)
    assert math.isclose(before, math.fsum(parts), abs_tol=1e-12)
    raised = [*parts]
    raised[position] = raised[position] + more
    assert math.isclose(log_ratio(*raised) - before, more, abs_tol=1e-12)


@given(seated=seats)
def test_the_mean_over_members_lies_between_them_and_weighs_each_by_its_weight(
    seated: list[tuple[float, float]],
) -> None:
    total = weights = 0.0
    for weight, value in seated:
        total, weights = mean_with(total, weight, value), weights + weight
    values = [value for _, value in seated]
    assert min(values) - 1e-9 <= total / weights <= max(values) + 1e-9
    expected = math.fsum(w * v for w, v in seated) / math.fsum(w for w, _ in seated)
    assert math.isclose(total / weights, expected, abs_tol=1e-9)


@given(total=real, value=real)
def test_who_has_no_weight_does_not_move_the_mean(total: float, value: float) -> None:
    assert mean_with(total, 0.0, value) == total


@given(floor=st.floats(-20.0, 20.0), slope=st.floats(-2.0, 2.0), years=st.floats(0.0, 100.0))
def test_a_line_adds_nothing_in_its_year_and_as_much_before_as_after(
    floor: float, slope: float, years: float
) -> None:
    line = Trend(slope, 1988.0)
    assert floor_in(line, floor, 1988.0) == floor
    assert floor_in(Trend(0.0, 1988.0), floor, 1988.0 + years) == floor
    before, after = (floor_in(line, floor, 1988.0 + shift) for shift in (-years, years))
    assert math.isclose(before + after, 2.0 * floor, abs_tol=1e-9)
    assert math.isclose(after - floor, slope * years, abs_tol=1e-9)


@given(built=ties, more=share)
def test_more_assets_never_lower_the_ratio(built: Ties, more: float) -> None:
    pull = AssetPull(2.0, 0.8, 0.9, 0.3, 0.6, 0.5)
    low, high = min(built.assets, more), max(built.assets, more)
    few = asset_term(pull, built._replace(assets=low))
    assert few <= asset_term(pull, built._replace(assets=high)) + 1e-12


@given(ratio=st.floats(-1e6, 1e6))
def test_willingness_is_a_share(ratio: float) -> None:
    assert 0.0 <= willingness(ratio) <= 1.0


@given(benefit=st.floats(1e-6, 1e6), cost=st.floats(1e-6, 1e6))
def test_willingness_is_the_best_choice_of_a_partner_with_that_benefit_and_cost(
    benefit: float, cost: float
) -> None:
    chosen = willingness(math.log(benefit / cost))
    assert math.isclose(chosen, benefit / (benefit + cost), rel_tol=1e-12)


@given(memory=share, sd=st.floats(0.0, 20.0), slow=st.floats(-50.0, 50.0), luck=real)
def test_slow_noise_is_exact_under_a_change_of_step(
    memory: float, sd: float, slow: float, luck: float
) -> None:
    half = math.sqrt(memory)

    def jolt(carry: float) -> float:
        return sd * math.sqrt(1.0 - carry * carry)

    # Two half steps with the same luck: means agree, and variances add up to that of one step.
    mean = next_slow(half, jolt(half), next_slow(half, jolt(half), slow, 0.0), 0.0)
    assert math.isclose(mean, next_slow(memory, jolt(memory), slow, 0.0), abs_tol=1e-9)
    variance = (half * jolt(half)) ** 2 + jolt(half) ** 2
    assert math.isclose(variance, jolt(memory) ** 2, rel_tol=1e-9, abs_tol=1e-9)
    assert math.isclose(next_slow(memory, 0.0, slow, luck), memory * slow)
