"""What is known exactly comes out of every way of sampling, within its Monte Carlo error."""

from __future__ import annotations

import numpy as np
import pytest

from alliance_sim.calibration import (
    Chains,
    ChainSettings,
    Layout,
    Tempered,
    TemperedSettings,
    diagnose,
    elliptical_slice,
    run_to_end,
)
from alliance_sim.calibration.diagnostics import mcse_mean
from alliance_sim.calibration.moves import (
    Evolve,
    Move,
    Rescale,
    SliceAxes,
    SliceRows,
    SliceWindow,
)
from tests.calibration.known import (
    CHAIN,
    LOG_EVIDENCE,
    MEAN,
    VARIANCE,
    Floats,
    correlated_normal,
    linear_gaussian,
    one_linear_gaussian,
)

ERRORS = 4  # Monte Carlo standard errors that an answer may be off


def within(draws: Floats, mean: Floats, variance: Floats) -> None:
    """Check means and variances of an array (chain, draw, quantity)."""
    for k, (centre, spread) in enumerate(zip(mean, variance, strict=True)):
        x = draws[:, :, k]
        assert abs(x.mean() - centre) < ERRORS * mcse_mean(x)
        squares = (x - centre) ** 2
        assert abs(squares.mean() - spread) < ERRORS * mcse_mean(squares)


@pytest.mark.slow
def test_one_chain_of_ellipses_finds_the_noise_that_must_have_been() -> None:
    draws = elliptical_slice(one_linear_gaussian, 3, 8_000, 11)
    assert draws.shape == (8_000, 3)
    within(draws[None], MEAN, VARIANCE)


@pytest.mark.slow
def test_particles_find_the_noise_that_must_have_been_and_the_evidence() -> None:
    settings = TemperedSettings(particles=1_024)
    found = run_to_end(Tempered(linear_gaussian, CHAIN, seed=3, settings=settings))
    within(found.unknowns.T[None], MEAN, VARIANCE)
    assert 0 < found.error < 0.1
    assert abs(found.log_evidence - LOG_EVIDENCE) < ERRORS * found.error


@pytest.mark.slow
def test_the_error_of_the_evidence_is_what_seeds_differ_by() -> None:
    settings = TemperedSettings(particles=64)
    runs = [
        run_to_end(Tempered(linear_gaussian, CHAIN, seed=seed, settings=settings))
        for seed in range(20)
    ]
    spread = np.std([run.log_evidence for run in runs], ddof=1)
    told = np.mean([run.error for run in runs])
    assert 0.6 < spread / told < 1.7  # 20 seeds tell a spread to 15 %


@pytest.mark.slow
def test_the_evidence_of_a_correlated_normal_is_found() -> None:
    target = correlated_normal()
    settings = TemperedSettings(particles=512, cycles=(2, 3, 4, 6))
    found = run_to_end(Tempered(target, Layout(5), seed=4, settings=settings))
    assert abs(found.log_evidence - target.log_evidence) < ERRORS * found.error
    mean, covariance = target.posterior
    within(found.unknowns.T[None], mean, np.diag(covariance))


WAYS: dict[str, tuple[Move, ...]] = {
    "ellipses of the prior": (*(SliceRows(k, k + 1) for k in range(5)), SliceRows(0, 5)),
    "ellipses of the pool": (SliceAxes(0, 5), SliceAxes(0, 2), SliceAxes(2, 5)),
    "steps between chains": (Evolve(), Evolve(1.0), Evolve(0.5, 2)),
}


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_every_kind_of_move_by_itself_leaves_the_posterior_as_it_is(way: str) -> None:
    target = correlated_normal()
    mean, covariance = target.posterior
    # ellipses of the prior know nothing of the ridge; the rest is made of what other chains know
    chains, draws = (8, 1_500) if way == "ellipses of the prior" else (32, 300)
    settings = ChainSettings(chains=chains, warm_up=100, draws=draws, round=50, keep=0)
    found = run_to_end(Chains(target, Layout(5), seed=6, settings=settings, moves=WAYS[way]))
    within(found.parameters, mean, np.diag(covariance))
    assert (found.diagnosis().rhat < 1.05).all()


def sized_noise(unknowns: Floats) -> Floats:
    """One parameter is the log of the size of the noise of two channels; their sums are seen."""
    size = np.exp(0.5 * unknowns[0])
    noise = unknowns[1:].reshape(12, 2, -1)
    walk = np.cumsum(noise[:, 0] + 0.3 * noise[:, 1], axis=0) * size
    seen = np.linspace(0.0, 3.0, 12)[:, None]
    return np.asarray(-0.5 * ((walk - seen) ** 2).sum(axis=0) / 0.25)


@pytest.mark.slow
def test_another_size_of_noise_is_reached_without_changing_the_posterior() -> None:
    layout = Layout(1, steps=12, channels=2)
    base: tuple[Move, ...] = (SliceRows(0, 1), SliceWindow(1), SliceWindow(4), SliceWindow(2))
    settings = ChainSettings(chains=32, warm_up=50, draws=200, round=50, keep=0)
    rescaled = (*base, Rescale(0, 0.5, (0, 1), cosines=3), Rescale(0, 0.2, (1,), cosines=12))
    one = run_to_end(Chains(sized_noise, layout, seed=8, settings=settings, moves=base))
    other = run_to_end(Chains(sized_noise, layout, seed=9, settings=settings, moves=rescaled))
    a, b = one.diagnosis(), other.diagnosis()
    assert (np.abs(a.mean - b.mean) < ERRORS * np.hypot(a.mcse, b.mcse)).all()
    assert b.ess_bulk[0] > 1.5 * a.ess_bulk[0]  # which is what the move is for


@pytest.mark.slow
def test_two_samplers_with_different_moves_agree() -> None:
    layout = Layout(1, steps=12, channels=2)
    settings = ChainSettings(chains=32, warm_up=30, draws=60, round=30, keep=0)
    chains = run_to_end(Chains(sized_noise, layout, seed=1, settings=settings))
    moves: tuple[Move, ...] = (SliceRows(0, 1), SliceWindow(1), SliceWindow(2), SliceWindow(4))
    particles = run_to_end(
        Tempered(
            sized_noise,
            layout,
            seed=2,
            settings=TemperedSettings(particles=192, cycles=(4, 8, 12, 20)),
            moves=moves,
        )
    )
    a = chains.diagnosis()
    b = diagnose(np.concatenate([particles.unknowns[:1], particles.log_likelihood[None]]).T[None])
    assert (np.abs(a.mean - b.mean) < ERRORS * np.hypot(a.mcse, b.mcse)).all()
