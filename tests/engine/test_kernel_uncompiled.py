"""The kernel's own source, run by Python line by line, against its machine code: bit for bit.

Here coverage sees what the compiler hides. Integers of NumPy overflow where those of plain Python
and of the compiler do not, so the two products of the generator are taken of plain ones.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from alliance_sim import Scenario, load_scenario, noise
from alliance_sim.engine.kernel import batch
from alliance_sim.engine.kernel.advance import simulate_block
from alliance_sim.engine.kernel.layout import rows_of
from alliance_sim.results.outcomes import standard_outcomes
from alliance_sim.world.state import state_names

RUNS = np.array([0, 1, 5], dtype=np.int64)
SEED = 11
ISLANDS = load_scenario("two_islands/baseline")
BASELINE = load_scenario("japan_nato/baseline")
WORLDS = {
    "islands": ISLANDS,
    "no raid": ISLANDS.without("great_raid"),
    "described": BASELINE,
    "majority": load_scenario("japan_nato/council_majority"),
    "leader": BASELINE.with_setting("council.rule", "leader"),
}


def computed(scenario: Scenario, block: batch.Block | None) -> tuple[bytes, bytes, list[str]]:
    """Return every row of the kernel's state in every quarter, the outcomes, and how runs went."""
    ready = batch.make_ready(scenario)
    calendar = ready.frame.calendar
    names = state_names(scenario)
    outcomes = standard_outcomes(names, calendar, len(scenario.rungs))
    rows = rows_of(ready.frame.shape).all_states
    every = dataclasses.replace(
        batch.setting_of(ready.frame, names, outcomes), reported=np.arange(rows)
    )
    values = np.zeros((len(RUNS), calendar.steps, rows))
    columns = batch.Columns([ready] * len(RUNS), RUNS, SEED)
    found = batch.run_block(every, columns, values, block)
    return values.tobytes(), found.outcomes.tobytes(), found.status


@pytest.mark.parametrize("world", WORLDS)
def test_the_kernel_gives_the_same_bits_without_a_compiler(
    world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = computed(WORLDS[world], None)
    monkeypatch.setattr(noise, "high32", lambda a, b: (int(a) * int(b)) >> 32)
    monkeypatch.setattr(noise, "low32", lambda a, b: (int(a) * int(b)) & 0xFFFFFFFF)
    assert computed(WORLDS[world], simulate_block) == compiled
    assert compiled[2] == ["ok"] * len(RUNS)
