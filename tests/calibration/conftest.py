"""A posterior of two islands, made by a short tempered SMC once for all tests that need one."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliance_sim import load_scenario
from alliance_sim.calibration import PosteriorDraws, Tempered, TemperedSettings, run_to_end
from alliance_sim.calibration.target import prior_of, target_of


@pytest.fixture(scope="session")
def islands_posterior() -> PosteriorDraws:
    target = target_of(prior_of(load_scenario("two_islands/baseline")))
    settings = TemperedSettings(particles=64, cycles=(1, 2, 3, 4))
    job = run_to_end(Tempered(target, target.layout, seed=1, settings=settings))
    command = "alliance-sim calibrate two_islands/baseline --particles 64"
    return PosteriorDraws.made(target, job.unknowns.T.copy(), seed=1, command=command)


@pytest.fixture
def islands_file(islands_posterior: PosteriorDraws, tmp_path: Path) -> Path:
    path = tmp_path / "RID.npz"
    islands_posterior.save(path)
    return path
