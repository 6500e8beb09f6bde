"""What a sweep comes to: every outcome once, every scenario told of, every file its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from alliance_sim.report.sweep import summarise_sweep
from alliance_sim.sweep.run import run_sweep

if TYPE_CHECKING:
    from pathlib import Path

    from alliance_sim.sweep.sweep import Sweep

PLAN = """\
title = "Small"
question = "?"
scenarios = ["two_islands/baseline", "two_islands/no_raid"]
seed = 2026
replicates = 2
noise = "common"
[design]
kind = "grid"
[[factor]]
name = "pull"
label = "Pull"
number = "willingness.threat_state"
low = 1.2
high = 3.6
steps = 2
"""


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    folder: Path = tmp_path_factory.mktemp("small")
    (folder / "plan.toml").write_text(PLAN)
    return run_sweep(folder / "plan.toml", folder / "swept")


def test_an_outcome_asked_for_in_several_spellings_counts_once(sweep: Sweep) -> None:
    once = summarise_sweep(sweep, ["rung_end"])
    found = summarise_sweep(sweep, ["rung_end", "rung_end", "rung@2010"])
    assert [column.name for column in found.columns] == ["rung_end"]
    assert found.table.equals(once.table)
    assert found.ranges().equals(once.ranges())
    assert found.ranges()["runs"].tolist() == [4, 4]
