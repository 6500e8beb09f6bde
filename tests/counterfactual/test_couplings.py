"""Couplings keep what each world does by itself, and differ in what ties the two together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_sim import SettingError, load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.counterfactual import coupling_free
from alliance_sim.counterfactual.coupling_free import futures, paired_gain
from alliance_sim.counterfactual.couplings import (
    COUPLINGS,
    frechet_bounds,
)
from alliance_sim.counterfactual.histories import Histories
from alliance_sim.counterfactual.thin_rules import binomial, thinned_count
from alliance_sim.counterfactual.worlds import TwinWorlds, twin_worlds
from alliance_sim.rules.events import MOST, event_count, log_count_chance, no_event
from alliance_sim.scenario.fields import SERIES
from alliance_sim.world.state import state_names

ISLANDS, NO_RAID = load_scenario("two_islands/baseline"), load_scenario("two_islands/no_raid")
NEARLY_POISSON = 1e7
EVENLY = [(k + 0.5) / 4000 for k in range(4000)]
share = st.floats(0.0, 1.0)


@pytest.fixture(scope="module")
def islands(islands_posterior: PosteriorDraws) -> Histories:
    return Histories.of_posterior(islands_posterior, ISLANDS, seed=4, threads=1)


def shares(counts: list[float]) -> dict[float, float]:
    return {count: times / len(counts) for count, times in Counter(counts).items()}


@pytest.mark.slow
def test_counts_are_thinned_from_what_stood_before_the_edit(islands: Histories) -> None:
    # What is held here shows in no act of its first quarter, so all acts of that quarter stay.
    counts = [f"count_{name}" for name in SERIES]
    factual = twin_worlds(ISLANDS, ISLANDS, islands, states=counts).factual
    busy = np.flatnonzero(np.max(factual.column("count_institution"), axis=0))
    first = int(busy[busy >= 12][0])
    edited = ISLANDS.edited(f"hold agreements=2@{factual.calendar.label(first)}")
    twins = twin_worlds(ISLANDS, edited, islands, coupling="thinning", states=counts)
    assert twins.touched == first
    assert np.array_equal(twins.edited.values[:, first], factual.values[:, first])


def test_two_acts_thinned_to_half_the_rate_are_a_binomial() -> None:
    found = shares([thinned_count(2.0, 2.0, 1.0, NEARLY_POISSON, u) for u in EVENLY])
    assert found == pytest.approx({0.0: 0.25, 1.0: 0.5, 2.0: 0.25}, abs=1e-3)


def test_two_acts_at_twice_the_rate_are_joined_by_a_poisson_number() -> None:
    found = [thinned_count(2.0, 2.0, 4.0, NEARLY_POISSON, u) for u in EVENLY]
    assert min(found) == 2.0
    assert np.mean(found) == pytest.approx(4.0, abs=0.01)
    assert shares(found)[2.0] == pytest.approx(np.exp(-2.0), abs=1e-3)


def test_the_quantile_of_two_acts_is_that_of_the_known_answer() -> None:
    def count(mean: float, u: float) -> float:
        return event_count(mean, NEARLY_POISSON, no_event(mean, NEARLY_POISSON), u)

    low, high = (np.exp(log_count_chance(2.0, NEARLY_POISSON, k)) for k in (0.0, 1.0))
    inside = low + high + np.array(EVENLY) * np.exp(log_count_chance(2.0, NEARLY_POISSON, 2.0))
    assert shares([count(1.0, u) for u in inside]) == {1.0: 1.0}
    more = shares([count(4.0, u) for u in inside])
    assert more == pytest.approx({3.0: 0.101468, 4.0: 0.721788, 5.0: 0.176744}, abs=1e-3)


@pytest.mark.parametrize("after", [0.3, 0.9, 1.7, 2.6])
def test_thinning_leaves_the_edited_world_its_own_distribution(after: float) -> None:
    before, size, most = 1.4, 2.0, 40
    found = np.zeros(MOST + most)
    lucks = EVENLY[::8]
    for count in range(most):
        weight = np.exp(log_count_chance(before, size, float(count))) / len(lucks)
        for u in lucks:
            found[int(thinned_count(float(count), before, after, size, u))] += weight
    wanted = [np.exp(log_count_chance(after, size, float(k))) for k in range(12)]
    assert found[:12] == pytest.approx(wanted, abs=2e-3)


@given(trials=st.integers(0, 12), chance=share, luck=st.floats(1e-6, 1.0 - 1e-6))
def test_a_binomial_is_a_quantile(trials: int, chance: float, luck: float) -> None:
    found = binomial(trials, chance, luck)
    assert 0.0 <= found <= trials
    p = Fraction(chance)
    terms = [_ways(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(trials + 1)]
    below = float(sum(terms[: int(found)]))
    assert below - 1e-9 <= luck <= float(below + terms[int(found)]) + 1e-9


def _ways(trials: int, chosen: int) -> Fraction:
    ways = Fraction(1)
    for k in range(chosen):
        ways = ways * (trials - k) / (k + 1)
    return ways


@given(fact=share, edited=share, tie=share)
def test_frechet_bounds_hold_whatever_ties_the_worlds(
    fact: float, edited: float, tie: float
) -> None:
    found = frechet_bounds(fact, edited)
    both = max(0.0, fact + edited - 1.0) * (1.0 - tie) + min(fact, edited) * tie
    for name, value in (("lost", fact - both), ("won", edited - both)):
        low, high = found[name]
        assert low - 1e-12 <= value <= high + 1e-12
    low, high = found["necessity"]
    assert 0.0 <= low <= high <= 1.0
    if fact > 0.0:
        assert low * fact - 1e-12 <= fact - both <= high * fact + 1e-12


def test_what_is_no_probability_is_told() -> None:
    with pytest.raises(SettingError, match=r"fact is 1\.2, must be a probability") as error:
        frechet_bounds(1.2, -0.1)
    assert len(error.value.problems) == 2


@pytest.mark.parametrize("coupling", COUPLINGS)
def test_every_coupling_leaves_the_past_and_the_factual_world_alone(
    coupling: str, islands: Histories
) -> None:
    states = state_names(ISLANDS)
    plain = twin_worlds(ISLANDS, NO_RAID, islands, states=states)
    twins = twin_worlds(ISLANDS, NO_RAID, islands, states=states, coupling=coupling)
    assert np.array_equal(twins.factual.values, plain.factual.values)
    assert twins.coupling == coupling
    before = slice(None, twins.touched)
    assert np.array_equal(twins.edited.values[:, before], twins.factual.values[:, before])
    same = np.array_equal(twins.edited.values, plain.edited.values)
    assert same == (coupling == "quantile")
    again = ISLANDS.with_number("levels.ratchet", ISLANDS.levels.ratchet.value)
    nothing = twin_worlds(ISLANDS, again, islands, coupling=coupling)
    assert np.array_equal(nothing.edited.values, nothing.factual.values)


def test_couplings_differ_in_what_they_let_go(islands: Histories) -> None:
    found = {
        coupling: twin_worlds(
            ISLANDS, NO_RAID, islands, coupling=coupling, states=state_names(ISLANDS)
        )
        for coupling in COUPLINGS
    }
    step = found["quantile"].touched
    quantile, thinning, anew, free = (found[coupling].edited for coupling in COUPLINGS)
    counts = [name for name in quantile.states if name.startswith("count_")]
    others = [name for name in quantile.states if name not in counts]
    assert np.array_equal(quantile.block(others), thinning.block(others))
    assert not np.array_equal(quantile.block(counts), thinning.block(counts))
    # In the first quarter wishes hang on slow noise and on what was there before, on no act.
    wish = next(name for name in quantile.states if name.startswith("ratio_"))
    assert np.array_equal(quantile.column(wish)[:, step], anew.column(wish)[:, step])
    later = slice(step + 1, step + 4) if step is not None else slice(0)
    assert not np.array_equal(quantile.column(wish)[:, later], free.column(wish)[:, later])
    assert not np.array_equal(quantile.block(counts), anew.block(counts))


def test_futures_bound_what_couplings_say(islands_posterior: PosteriorDraws) -> None:
    past = Histories.of_posterior(islands_posterior, ISLANDS, uniforms=6, seed=2)
    outcome = "agreements>=1@2010"
    found = futures(ISLANDS, NO_RAID, past, outcome)
    assert 0.0 < found.edited < 1.0
    assert 0.0 < found.fact < 1.0
    assert found.bounds == frechet_bounds(found.fact, found.edited)
    low, high = found.bounds["necessity"]
    # Both worlds free from there on the same noise: what ties them is one of many ways.
    base = ISLANDS.with_number("levels.ratchet", ISLANDS.levels.ratchet.value)
    worlds = [
        twin_worlds(ISLANDS, edited, past, coupling="independent", anew_from=found.touched)
        for edited in (base, NO_RAID)
    ]
    fact, edited = (twins.edited.column("agreements")[:, -1] >= 1.0 for twins in worlds)
    tied = float((fact & ~edited).sum() / fact.sum())
    assert low - 1e-9 <= tied <= high + 1e-9


def test_futures_leave_out_draws_whose_re_runs_all_failed(
    islands: Histories, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome, failing = "agreements>=1@2010", 1

    def fails(*given: Any, **named: Any) -> TwinWorlds:
        worlds = twin_worlds(*given, **named)
        values = worlds.edited.values.copy()
        values[:failing] = np.nan
        return replace(worlds, edited=replace(worlds.edited, values=values))

    whole = futures(ISLANDS, NO_RAID, islands, outcome)
    monkeypatch.setattr(coupling_free, "twin_worlds", fails)
    found = futures(ISLANDS, NO_RAID, islands, outcome)
    assert np.isfinite([found.fact, found.edited, *found.error]).all()
    draws = len(islands)
    gone = whole.edited * draws - found.edited * (draws - 1)  # what the draw left out would add
    assert min(abs(gone), abs(gone - 1.0)) < 1e-9
    failing = draws
    with pytest.raises(SettingError, match="every history failed"):
        futures(ISLANDS, NO_RAID, islands, outcome)


def test_an_outcome_that_is_no_yes_or_no_has_no_bounds(islands: Histories) -> None:
    with pytest.raises(SettingError, match="must happen or not, such as rung"):
        futures(ISLANDS, NO_RAID, islands, "level_political@2010")


def test_pairs_on_one_noise_gain_what_their_correlation_says() -> None:
    luck = np.random.default_rng(1).standard_normal((2, 20_000))
    mine, its = luck[0], 0.8 * luck[0] + 0.6 * luck[1]
    assert paired_gain(mine, its) == pytest.approx(1.0 / (1.0 - 0.8), rel=0.05)
    assert paired_gain(mine, luck[1]) == pytest.approx(1.0, rel=0.05)
    assert paired_gain(mine, mine + 2.0) > 1e20
