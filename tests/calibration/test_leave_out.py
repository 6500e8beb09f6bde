"""Each year from all others: what is left out, weights and fits anew, and going on."""

from __future__ import annotations

import pickle
from typing import Any, NamedTuple

import numpy as np
import pytest

from alliance_sim import load_scenario
from alliance_sim.calibration import (
    Chains,
    PosteriorDraws,
    Tempered,
    TemperedSettings,
    leave_out,
    run_to_end,
)
from alliance_sim.calibration.acts import act_counts
from alliance_sim.calibration.forecasts import Means
from alliance_sim.calibration.layout import LANES
from alliance_sim.calibration.leave_out import LeaveOut, WithoutYear
from alliance_sim.calibration.pareto import TRUSTED
from alliance_sim.calibration.predictive import Predictive
from alliance_sim.calibration.target import Target, prior_of
from alliance_sim.record.record import Record

ISLANDS = load_scenario("two_islands/baseline")
RECORD = Record.of(ISLANDS)
PRIOR = prior_of(ISLANDS)
TARGET = Target(PRIOR, RECORD)
ACTS = act_counts(RECORD, ISLANDS, "all")
YEAR = WithoutYear(TARGET, 24, 28)  # 2007
ANEW = {"TRUSTED": -np.inf, "WARM_UP": 5, "DRAWS": 10}  # a year is fitted anew, and soon


def lanes(seed: int = 4) -> Any:
    return np.random.default_rng(seed).standard_normal((TARGET.dimension, LANES)) * 0.6


def test_the_parts_of_a_year_go_and_all_else_stays() -> None:
    z = lanes()
    whole, year = YEAR.both(z)
    np.testing.assert_allclose(whole, TARGET(z), atol=1e-9)
    np.testing.assert_allclose(YEAR(z), whole - year, atol=1e-9)
    k, layout = len(PRIOR), TARGET.layout
    normals = z[k:].reshape(layout.steps, layout.channels, LANES)
    constants, own, observation = TARGET.room.given(PRIOR.natural(z[:k]))
    terms, _ = TARGET.room.conditioned.counts_terms(
        constants, own, normals, observation=observation
    )
    counts_only = Target(PRIOR, RECORD, parts=("counts",))
    _, of_counts = WithoutYear(counts_only, 24, 28).both(z)
    np.testing.assert_allclose(of_counts, terms[24:28].sum(axis=(0, 1)), atol=1e-9)
    assert (year < of_counts).all(), "ladder, agreements and marks go too"


def draws_of(posterior: PosteriorDraws) -> Any:
    z = PRIOR.inverse_transform(posterior.held.parameters).T
    return np.concatenate(
        [z, posterior.held.normals(slice(0, len(posterior))).reshape(-1, len(z.T))]
    )


def a_job(posterior: PosteriorDraws, year: int) -> LeaveOut:
    draws = draws_of(posterior)
    job = LeaveOut(TARGET, ACTS, draws, np.zeros(draws.shape[1]), seed=2)
    job.year = year
    return job


class Anew(NamedTuple):
    """A year fitted anew, as it is when done and as it was kept on the way."""

    job: LeaveOut
    rounds: int
    on_the_way: bytes


@pytest.fixture(scope="module")
def anew(islands_posterior: PosteriorDraws) -> Anew:
    job, rounds, kept = a_job(islands_posterior, 2007), 0, b""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ANEW.items():
            patch.setattr(leave_out, name, value)
        while job.year == 2007:
            job.advance()
            rounds += 1
            kept = pickle.dumps(job.state()) if rounds == 3 else kept  # five draws of ten
    return Anew(job, rounds, kept)


@pytest.mark.slow
def test_weights_and_a_fit_anew_say_nearly_the_same(
    islands_posterior: PosteriorDraws, anew: Anew, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = ACTS.year_starts(2007)
    counts = ACTS.counts[start : start + 4]
    weighed = a_job(islands_posterior, 2007)
    monkeypatch.setattr(leave_out, "TRUSTED", np.inf)
    weighed.advance()
    assert weighed.chances.shape[0] == weighed.k.shape[0] == 1
    np.testing.assert_allclose(weighed.chances.sum(axis=-1), 1.0)
    for name, value in ANEW.items():
        monkeypatch.setattr(leave_out, name, value)
    assert anew.rounds == 4, "once to weigh, then 15 sweeps by fives"
    again = a_job(islands_posterior, 2007)
    again.restore(pickle.loads(anew.on_the_way))
    while again.year == 2007:
        again.advance()
    assert again.chances.tobytes() == anew.job.chances.tobytes()
    scores = [
        float(Predictive(start, job.chances[0]).logs(counts).sum()) for job in (weighed, anew.job)
    ]
    assert scores[0] == pytest.approx(scores[1], abs=1.0)


def test_chains_of_a_year_that_is_fitted_anew_do_not_see_it(
    islands_posterior: PosteriorDraws, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    class Watched(Chains):
        """Chains that tell what they sample."""

        def __init__(self, log_likelihood: Any, *given: Any, **named: Any) -> None:
            asked.append(log_likelihood)
            super().__init__(log_likelihood, *given, **named)

    monkeypatch.setattr(leave_out, "Chains", Watched)
    for name, value in ANEW.items():
        monkeypatch.setattr(leave_out, name, value)
    job = a_job(islands_posterior, 2007)
    while not asked:
        job.advance()
    few = np.ascontiguousarray(draws_of(islands_posterior)[:, :8])
    whole, of_the_year = YEAR.both(few)
    assert (of_the_year != 0.0).all()
    np.testing.assert_allclose(asked[0](few), whole - of_the_year)


@pytest.mark.slow
def test_a_year_left_out_is_not_seen(islands_posterior: PosteriorDraws) -> None:
    job = a_job(islands_posterior, 2008)
    job.advance()
    if job.year == 2008:
        pytest.skip("the weights are not trusted")
    start = ACTS.year_starts(2008)
    counts = ACTS.counts[start : start + 4]
    blind = float(Predictive(start, job.chances[0]).logs(counts).sum())
    whole = WithoutYear(TARGET, start, start + 4)
    draws = draws_of(islands_posterior)
    parts = [whole.means(np.ascontiguousarray(draws), 0, draws.shape[1], 2)]
    mean, size, formal = (one.reshape(-1, *one.shape[2:]) for one in parts[0])
    seen = Means(start, mean, size, formal, leave_out.FUTURES)
    even = np.full(draws.shape[1], 1.0 / draws.shape[1])
    assert float(seen.predictive(even).logs(counts).sum()) > blind


@pytest.mark.slow
def test_draws_of_uneven_weights_are_made_anew_once_and_gone_on_with(
    islands_posterior: PosteriorDraws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leave_out, "WHOLE_WARM_UP", 5)
    monkeypatch.setattr(leave_out, "WHOLE_DRAWS", 10)
    monkeypatch.setattr(leave_out, "WHOLE_KEPT", LANES)
    draws = draws_of(islands_posterior)
    even = np.zeros(draws.shape[1])
    uneven = np.where(np.arange(len(even)) < 8, 0.0, -np.inf)
    assert LeaveOut(TARGET, ACTS, draws, even, seed=2).words().startswith("at ")
    job = LeaveOut(TARGET, ACTS, draws, uneven, seed=2)
    assert job.words() == "making draws of the whole record"
    for _ in range(2):
        job.advance()
    on_the_way = pickle.dumps(job.state())
    for _ in range(2):  # 15 sweeps by fives, then the first year is weighed
        job.advance()
    again = LeaveOut(TARGET, ACTS, draws, uneven, seed=2)
    again.restore(pickle.loads(on_the_way))
    while len(again.k) < 1:
        again.advance()
    np.testing.assert_array_equal(again.k, job.k)
    assert job.k[0] <= TRUSTED, "draws of the posterior can be weighed"
    made, posterior = job.state()["draws"], TARGET(np.ascontiguousarray(draws))
    assert made.shape == (TARGET.dimension, LANES)
    apart = TARGET(np.ascontiguousarray(made)).mean() - posterior.mean()
    assert abs(apart) < posterior.std()


@pytest.mark.slow
def test_a_year_fitted_anew_agrees_with_particles_from_the_prior(anew: Anew) -> None:
    settings = TemperedSettings(particles=128, cycles=(1, 1, 2, 4))
    prior = run_to_end(Tempered(YEAR, TARGET.layout, seed=3, settings=settings)).unknowns
    parts = [
        YEAR.means(np.ascontiguousarray(prior[:, place : place + LANES]), place, 128, 2)
        for place in (0, LANES)
    ]
    mean, size, formal = (np.concatenate([one[k] for one in parts], axis=1) for k in range(3))
    mean, size, formal = (one.reshape(-1, *one.shape[2:]) for one in (mean, size, formal))
    even = np.full(128, 1 / 128)
    expected = Means(24, mean, size, formal, leave_out.FUTURES).predictive(even)
    found = Predictive(24, anew.job.chances[0])
    counts = ACTS.counts[24:28]
    apart = float(found.logs(counts).sum() - expected.logs(counts).sum())
    assert abs(apart) < 0.5
    np.testing.assert_allclose(found.means(), expected.means(), rtol=0.35, atol=0.05)
