"""One small comparison, simulated once, and one folder written from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from alliance_sim import load_scenario
from alliance_sim.comparison.history import compare_history
from alliance_sim.report import write_history

if TYPE_CHECKING:
    from alliance_sim.comparison.history import HistoryComparison

RUNS, SEED = 4, 3
COMMAND = "alliance-sim history --runs 4 --seed 3 --out 'a <b> & \"c\"'"


@pytest.fixture(scope="session")
def comparison() -> HistoryComparison:
    return compare_history(load_scenario("japan_nato/baseline"), runs=RUNS, seed=SEED)


@pytest.fixture(scope="session")
def folder(comparison: HistoryComparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("history") / "made" / "here"
    write_history(comparison, out=path, command=COMMAND)
    return path
