"""Histories that the model makes are possible under what made them, and near where it is likely."""

from __future__ import annotations

import numpy as np
import pytest

import alliance_sim
from alliance_sim.calibration import first_made, made_history
from alliance_sim.calibration.made import APART, _reporting
from alliance_sim.calibration.prior import Prior
from alliance_sim.errors import RecordError
from alliance_sim.record.reporting import Beta, Chance, Reporting
from alliance_sim.scenario import load_scenario


@pytest.fixture(scope="module")
def prior() -> Prior:
    return alliance_sim.model("two_islands/baseline").prior


def test_what_made_a_history_makes_it_possible(prior: Prior) -> None:
    for run in range(6):
        made = made_history(prior, seed=5, run=run)
        assert np.isfinite(made.target(made.unknowns[:, None])).all()
        assert made.target.observed.counts.sum() > 0


@pytest.mark.slow
def test_what_made_histories_makes_them_likelier_than_other_draws_of_the_prior(
    prior: Prior,
) -> None:
    """The joint log likelihood of the truth is above that of most strangers, on average."""
    shares = []
    for run in range(8):
        made = made_history(prior, seed=6, run=run)
        rng = np.random.default_rng(run)
        others = rng.standard_normal((made.target.dimension, 64))
        others[:, 0] = made.unknowns
        found = made.target(others)
        shares.append((found[1:] < found[0]).mean())
    assert np.mean(shares) > 0.75


def test_seed_and_run_decide_a_made_history_to_the_bit(prior: Prior) -> None:
    one, same = (made_history(prior, seed=5, run=1) for _ in range(2))
    other = made_history(prior, seed=5, run=2)
    assert (one.unknowns == same.unknowns).all()
    assert (one.target.observed.counts == same.target.observed.counts).all()
    assert not (one.unknowns == other.unknowns).any()


def test_a_run_that_loses_a_formal_step_is_no_record_and_another_takes_its_place(
    prior: Prior,
) -> None:
    losing = 88  # found by going through the runs
    with pytest.raises(RecordError, match=rf"run {losing} loses formal step 1 in 20\d\dQ\d"):
        made_history(prior, seed=2026, run=losing)
    one = first_made(prior, seed=2026, number=losing)
    same = made_history(prior, seed=2026, run=losing + APART)
    assert (one.unknowns == same.unknowns).all()
    kept = made_history(prior, seed=2026, run=87)
    assert (first_made(prior, seed=2026, number=87).unknowns == kept.unknowns).all()


def test_chances_of_being_coded_that_are_not_known_are_drawn_with_the_rest() -> None:
    scenario = load_scenario("two_islands/baseline")
    beta = Beta(beta=(7, 13))
    since = scenario.calendar().start_of(0)
    chance = Chance.model_validate(
        {"from": since, "salience_1": beta, "salience_2": 0.9, "salience_3": 0.9}
    )
    prior = Prior(scenario, reporting=Reporting(first_year=2001, chance=(chance,)))
    theta = prior.sample(1, 3)[0]
    row = prior.coded["reporting.0.salience_1"]
    text = _reporting(prior, theta)
    assert f"salience_1 = {float(theta[row])!r}" in text
    assert "first_year = 2001" in text
