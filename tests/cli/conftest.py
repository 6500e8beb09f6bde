"""Sweeps that the commands after a sweep are tried on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim.engine.cases import Case, Summaries
from alliance_sim.sweep.plan_file import load_plan
from alliance_sim.sweep.run import run_sweep

HEAD = """
title = "After"
scenarios = ["japan_nato/baseline", "japan_nato/no_nine_eleven"]
seed = 7
replicates = {replicates}
[design]
{design}
[outcomes]
office_by_2014 = "rung>=8@2014"
"""
FACTORS = """
[[factor]]
name = "pull"
label = "Pull of threats"
number = "willingness.threat_state"
low = 0.0
high = 4.0
[[factor]]
name = "war"
present = "ukraine_2022"
[[factor]]
name = "abe_from"
label = "Second Abe government from"
date = "abe_second_government"
low = 2006-09-26
high = 2020-09-16
"""
GRID = """
[[factor]]
name = "pull"
number = "willingness.threat_state"
values = [0.5, 1.5, 2.5]
[[factor]]
name = "rule"
setting = "council.rule"
values = ["consensus", "weighted_majority"]
"""
PLANS = {
    "grid": (HEAD + GRID, 'kind = "grid"', 6),
    "replicates": (HEAD, 'kind = "replicates"', 12),
    "saltelli": (HEAD + FACTORS, 'kind = "saltelli"\npoints = 32', 4),
    "morris": (HEAD + FACTORS, 'kind = "morris"\ntrajectories = 12', 4),
    "sobol": (HEAD + FACTORS, 'kind = "sobol"\npoints = 64', 4),
}


def engine(cases: Sequence[Case], *, seed: int, outcomes: Sequence[Any]) -> Summaries:
    """Stand in for the engine: the office opens if threats pull by 2 or more and 9/11 happened."""
    luck = np.array([[0.3, -0.2, 0.1, -0.1, 0.0][case.run % 5] for case in cases])
    pull = np.array([case.scenario.willingness.threat_state.value for case in cases])
    attacked = np.array(
        [any(j.name == "nine_eleven" and j.present for j in c.scenario.junctures) for c in cases]
    )
    values = np.empty((len(cases), len(outcomes)))
    for k, outcome in enumerate(outcomes):
        values[:, k] = 0.1 * pull + 0.3 * attacked + 0.1 * luck
        if outcome.state.startswith("passed_") or (outcome.compare and outcome.fold == "at"):
            values[:, k] = (pull + luck >= 2) & attacked
    failed = np.array([case.run == 3 for case in cases]) & (pull > 3)
    values[failed] = np.nan
    return Summaries(values, tuple("made to fail" if fails else "ok" for fails in failed))


@pytest.fixture(scope="session")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the folder of a finished sweep by the kind of its design."""
    made: dict[str, Path] = {}

    def folder(kind: str) -> Path:
        if kind not in made:
            place = tmp_path_factory.mktemp(kind)
            text, design, replicates = PLANS[kind]
            plan = place / "plan.toml"
            plan.write_text(text.format(design=design, replicates=replicates), encoding="utf-8")
            run_sweep(load_plan(plan), place / "out", summarise=engine)
            made[kind] = place / "out"
        return made[kind]

    return folder
