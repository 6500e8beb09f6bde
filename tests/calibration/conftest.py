"""What tests of calibration share."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliance_sim import load_scenario
from alliance_sim.calibration import (
    ChainSettings,
    FitSettings,
    PosteriorDraws,
    TemperedSettings,
    calibrate,
)

QUICK = FitSettings(
    theories=("N",),
    until=2006,
    tempered=TemperedSettings(particles=64, cycles=(1, 1, 1, 1)),
    chains=ChainSettings(chains=64, superchains=16, warm_up=4, draws=8, round=4, keep=32),
)


@pytest.fixture
def islands_file(islands_posterior: PosteriorDraws, tmp_path: Path) -> Path:
    path = tmp_path / "RID.npz"
    islands_posterior.save(path)
    return path


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a short fit of two islands, made once, which nobody may write to."""
    folder = tmp_path_factory.mktemp("fit") / "islands"
    calibrate(load_scenario("two_islands/baseline"), folder, QUICK)
    return folder
