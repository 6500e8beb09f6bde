"""Histories given the record, and their twins, as the page's module replays them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from alliance_sim import Scenario, load_scenario
from alliance_sim.calibration.shipped import shipped_posterior
from alliance_sim.counterfactual.histories import Histories, Part
from alliance_sim.counterfactual.worlds import twin_worlds
from alliance_sim.lab import module
from alliance_sim.lab.replayed import columns_of
from alliance_sim.world.state import state_names
from tests.lab.worlds import Host, frame, needs_module, prepared, text

NAME = "japan_nato/baseline"
SEED = 6


@pytest.fixture(scope="module")
def past() -> Histories:
    """The histories of the posterior that ships."""
    base = load_scenario(NAME)
    posterior = shipped_posterior(base)
    assert posterior is not None
    return Histories.of_posterior(posterior, base, seed=SEED, threads=1)


def replay(running: Host, past: Histories, part: Part, world: Scenario) -> Any:
    """Return all states of some histories in a world, by the module."""
    prepared(running, NAME, world)
    columns = columns_of(frame(NAME), past, part, world)
    own = columns.pop("ready.constants")
    stated = running["ready.constants"].copy()
    for name, values in columns.items():
        running.replace(name, values)
    running["ready.constants"][...] = np.where(np.isnan(own), stated, own)
    return running.advance(0, frame(NAME).shape.steps, len(part.numbers))


@needs_module
@pytest.mark.slow
@pytest.mark.parametrize(
    ("gone", "kind"), [("nine_eleven", "simd"), ("abe_second_government", "scalar")]
)
def test_twins_of_the_posterior_are_the_same_to_the_last_bit(
    past: Histories, gone: str, kind: str
) -> None:
    base = load_scenario(NAME)
    world = base.without(gone)
    twins = twin_worlds(base, world, past, states=state_names(base))
    part = past.parts[0]
    for scenario, wanted in ((base, twins.factual), (world, twins.edited)):
        running = Host(module.usable(kind), json.loads(text(NAME)))
        found = replay(running, past, part, scenario)
        assert found.tobytes() == np.ascontiguousarray(wanted.values[part.numbers]).tobytes()
    changed = twins.edited.values[part.numbers] != twins.factual.values[part.numbers]
    assert changed.any()
