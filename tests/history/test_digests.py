"""What every shipped scenario gives, held to digests taken before a rebuilding.

A change that is meant to move numbers takes them again, `python tests/history/test_digests.py`,
and its commit says why.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance_sim import Record, Scenario, load_scenario, simulate
from alliance_sim.comparison.claims import check_claims, summarise_claims
from alliance_sim.comparison.counts import count_table, rung_table
from alliance_sim.engine.chronology import chronology
from alliance_sim.sweep.plan_file import load_plan
from alliance_sim.sweep.run import run_sweep

TAKEN = Path(__file__).with_name("digests.json")
RUNS, SEED = 8, 2025
PARTS = ("trajectories", "chronology", "claims", "counts", "rungs")
PLAN = """
title = "Every shipped scenario"
question = "Are the rows of a sweep the same?"
scenarios = [{scenarios}]
seed = 2025
replicates = 4
[design]
kind = "sobol"
points = 16
[[factor]]
name = "threat_pull"
number = "willingness.threat_state"
[[factor]]
name = "gulf_war_from"
date = "gulf_war"
low = 1989-01-01
high = 1992-06-01
[[factor]]
name = "council_rule"
setting = "council.rule"
values = ["consensus", "weighted_majority", "leader"]
[outcomes]
office_by_2014 = "rung>=8@2014"
operations = "mean(level_operations)@2013..2025"
"""


def of_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def of_frame(frame: pd.DataFrame) -> str:
    """Digest names and values as CSV, in which floats are written to the last bit."""
    return of_text(frame.to_csv(index=False))


def of_scenario(name: str) -> dict[str, str]:
    return of_runs(load_scenario(name))


def of_runs(scenario: Scenario) -> dict[str, str]:
    runs = simulate(scenario, runs=RUNS, seed=SEED)
    events = chronology(runs, scenario)
    record = Record.of(scenario)
    claims = summarise_claims(check_claims(runs, events, scenario), record, scenario.relationship)
    values = hashlib.sha256(" ".join(runs.states).encode())
    values.update(np.ascontiguousarray(runs.values).tobytes())
    found = (
        values.hexdigest(),
        of_frame(events),
        of_frame(claims[["id", "record", "share", "applicable"]]),
        of_frame(count_table(events, record, RUNS)),
        of_frame(rung_table(runs, record)),
    )
    return dict(zip(PARTS, found, strict=True))


def of_the_first_edition() -> dict[str, str]:
    """Digest what the inputs sized by hand come to beside the first edition of the record."""
    first = load_scenario("japan_nato/hand_sized").model_copy(update={"record": "japan_nato@1"})
    return of_runs(first)


def of_sweep(names: list[str], folder: Path) -> str:
    """Digest the rows of a sweep of the named scenarios, in the order of their numbers."""
    path = folder / "plan.toml"
    path.write_text(PLAN.format(scenarios=", ".join(f'"{name}"' for name in names)), "utf-8")
    sweep = run_sweep(load_plan(path), folder / "sweep")
    assert sweep.failed == 0
    return of_frame(sweep.frame())


SHIPPED = sorted(json.loads(TAKEN.read_text("utf-8"))["scenarios"]) if TAKEN.exists() else []


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_gives_what_it_gave(name: str) -> None:
    assert of_scenario(name) == json.loads(TAKEN.read_text("utf-8"))["scenarios"][name]


def test_inputs_sized_by_hand_beside_the_first_edition_come_to_what_they_did() -> None:
    assert of_the_first_edition() == json.loads(TAKEN.read_text("utf-8"))["first_edition"]


def test_a_sweep_of_all_gives_what_it_gave(tmp_path: Path) -> None:
    assert of_sweep(SHIPPED, tmp_path) == json.loads(TAKEN.read_text("utf-8"))["sweep"]


if __name__ == "__main__":
    root = Path(__file__).parents[2] / "scenarios" / "japan_nato"
    every = sorted(f"japan_nato/{path.stem}" for path in root.glob("*.toml"))
    with tempfile.TemporaryDirectory() as work:
        taken = {
            "scenarios": {name: of_scenario(name) for name in every},
            "first_edition": of_the_first_edition(),
            "sweep": of_sweep(every, Path(work)),
        }
    TAKEN.write_text(json.dumps(taken, indent=1) + "\n", "utf-8")
    sys.stdout.write(f"{len(every)} scenarios\n")
