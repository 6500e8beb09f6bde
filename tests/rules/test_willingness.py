"""Every theory is a term added to one log benefit/cost ratio."""

import math

from hypothesis import given
from hypothesis import strategies as st

from alliance_sim.rules.willingness import (
    AssetPull,
    Situation,
    ThreatPull,
    Ties,
    asset_term,
    next_slow,
    threat_term,
    willingness,
)

share = st.floats(0.0, 1.0) | st.integers(0, 64).map(lambda k: k / 64.0)
strength = st.floats(0.0, 20.0)
real = st.floats(-20.0, 20.0)
lopsided = st.floats(-1.0, 1.0)

threat_pulls = st.builds(ThreatPull, *([strength] * 6), real)
situations = st.builds(Situation, *([share] * 6), lopsided)
asset_pulls = st.builds(AssetPull, *([strength] * 5))
ties = st.builds(Ties, *([share] * 5))

NO_THREATS = ThreatPull(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
NO_ASSETS = AssetPull(0.0, 0.0, 0.0, 0.0, 0.0)


@given(pull=threat_pulls, sees=situations, level=share)
def test_the_realist_block_is_finite_and_never_beyond_its_coefficients(
    pull: ThreatPull, sees: Situation, level: float
) -> None:
    assert abs(threat_term(pull, sees, level)) <= sum(abs(part) for part in pull) + 1e-9


@given(pull=asset_pulls, built=ties)
def test_the_institutional_block_is_finite_and_never_beyond_its_coefficients(
    pull: AssetPull, built: Ties
) -> None:
    assert abs(asset_term(pull, built)) <= sum(pull) + 1e-9


@given(sees=situations, level=share, built=ties)
def test_a_block_that_is_off_adds_nothing(sees: Situation, level: float, built: Ties) -> None:
    assert threat_term(NO_THREATS, sees, level) == 0.0
    assert asset_term(NO_ASSETS, built) == 0.0


@given(built=ties)
def test_each_institutional_coefficient_weighs_what_it_names(built: Ties) -> None:
    for field, expected in {
        "assets": built.assets,
        "political": built.political,
        "operations": built.operations,
        "back": -built.lost,
        "network": built.network,
    }.items():
        found = asset_term(NO_ASSETS._replace(**{field: 1.0}), built)
        assert math.isclose(found, expected, abs_tol=1e-15), field


@given(sees=situations, level=share)
def test_each_realist_coefficient_weighs_what_it_names(sees: Situation, level: float) -> None:
    alone = sees.commitment * (1.0 - sees.networking)
    for field, expected in {
        "overlap": sees.overlap,
        "distraction": -sees.distraction,
        "abandonment": sees.dependence * (1.0 - sees.commitment),
        "entrapment": -level * sees.involvement,
        "substitute": -alone * sees.overlap * sees.dependence,
        "complement": sees.commitment * sees.networking * sees.dependence,
        "capability": sees.capability,
    }.items():
        found = threat_term(NO_THREATS._replace(**{field: 1.0}), sees, level)
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


@given(overlap=share, commitment=share, dependence=share)
def test_a_guarantor_replaces_while_it_works_alone_and_brokers_once_it_networks(
    overlap: float, commitment: float, dependence: float
) -> None:
    sees = Situation(overlap, 0.0, commitment, 0.0, dependence, 0.0, 0.0)
    hub = NO_THREATS._replace(substitute=1.0, complement=1.0)
    assert threat_term(hub, sees, 0.5) <= 0.0
    assert threat_term(hub, sees._replace(networking=1.0), 0.5) >= 0.0


@given(commitment=share, more=share, dependence=share)
def test_doubt_in_the_guarantor_makes_the_dependent_look_around(
    commitment: float, more: float, dependence: float
) -> None:
    fear = NO_THREATS._replace(abandonment=1.0)
    sure = Situation(0.0, 0.0, max(commitment, more), 0.0, dependence, 0.0, 0.0)
    doubtful = sure._replace(commitment=min(commitment, more))
    assert threat_term(fear, doubtful, 0.5) >= threat_term(fear, sure, 0.5)


@given(built=ties, more=share)
def test_more_assets_never_lower_the_ratio(built: Ties, more: float) -> None:
    pull = AssetPull(2.0, 0.8, 0.9, 0.3, 0.6)
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
