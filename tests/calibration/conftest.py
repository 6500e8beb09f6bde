"""What tests of calibration share."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliance_sim.calibration import PosteriorDraws


@pytest.fixture
def islands_file(islands_posterior: PosteriorDraws, tmp_path: Path) -> Path:
    path = tmp_path / "RID.npz"
    islands_posterior.save(path)
    return path
