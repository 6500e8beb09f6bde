"""Histories given the record, and their twins, as the page's module replays them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from alliance_sim import Scenario, load_scenario
from alliance_sim.calibration.shipped import shipped_posterior
from alliance_sim.counterfactual.histories import Histories, Part, by_key, deciding_in
from alliance_sim.counterfactual.worlds import twin_worlds
from alliance_sim.engine.carried import Filled, Named
from alliance_sim.engine.kernel.layout import rows_of
from alliance_sim.engine.vectors import Vectors
from alliance_sim.lab import module
from alliance_sim.lab.host import Host
from alliance_sim.world.declaration import along, declared
from alliance_sim.world.state import CONSTANTS, Inputs, axes_of, state_names
from tests.lab.conftest import frame, needs_module, prepared, text

NAME = "japan_nato/baseline"
SEED = 6
STEPS = 304


@pytest.fixture(scope="module")
def past() -> Histories:
    """The histories of the posterior that ships."""
    base = load_scenario(NAME)
    posterior = shipped_posterior(base)
    assert posterior is not None
    return Histories.of_posterior(posterior, base, seed=SEED, threads=1)


def placed(what: str, declarations: Any) -> dict[tuple[str, ...], int]:
    """Return where numbers stand in the frame, by their names as in `engine.carried`."""
    laid_out = frame(NAME)
    axes = axes_of(laid_out.scenario, law=laid_out.laws, leader=laid_out.leaders)
    at = rows_of(laid_out.shape)
    return {
        (name, *labels.values()): getattr(at, f"{what}_{name}") + k
        for name, entry in declarations.items()
        for k, labels in enumerate(along(entry.per, axes))
    }


def replay(running: Host, past: Histories, part: Part, world: Scenario) -> Any:
    """Return all states of some histories in a world, by the module."""
    paths, values = past.numbers_of(world)
    vectors = Vectors(world, paths)
    named = Named(vectors.ready)
    filled = Filled(vectors, named, np.ascontiguousarray(values[:, part.draws]))
    prepared(running, NAME, world)
    fixed, inputs = placed("fixed", CONSTANTS), placed("given", declared(Inputs))
    constants = running["ready.constants"]
    for name, row in named.constants.items():
        constants[int(name[1]) if name[0] == "coefficient" else fixed[name]] = filled.constants[row]
    by_column = {column: name for name, column in named.inputs.items()}
    own = [inputs[by_column[column]] for column in vectors.columns]
    native = vectors.ready.world
    known = dict(
        zip(
            native.channel_names,
            deciding_in(past, native, part).transpose(1, 0, 2),
            strict=True,
        )
    )
    uniforms = [
        known[name] if name in known else by_key(past.seed, name, part.numbers, STEPS)
        for name in frame(NAME).channels
    ]
    running.replace("asked.given", np.stack(uniforms, axis=1))
    running.replace("differing.inputs", np.array(own, dtype=np.int64))
    running.replace("differing.values", filled.own)
    running.replace("differing.normals", part.normals)
    running["asked.runs"][: len(part.numbers)] = part.numbers
    return running.advance(0, STEPS, len(part.numbers))


@needs_module
@pytest.mark.slow
@pytest.mark.parametrize("gone", ["nine_eleven", "abe_second_government"])
def test_twins_of_the_posterior_are_the_same_to_the_last_bit(past: Histories, gone: str) -> None:
    base = load_scenario(NAME)
    world = base.without(gone)
    twins = twin_worlds(base, world, past, states=state_names(base))
    part = past.parts[0]
    for scenario, wanted in ((base, twins.factual), (world, twins.edited)):
        running = Host(module.usable("simd"), json.loads(text(NAME)))
        found = replay(running, past, part, scenario)
        assert found.tobytes() == np.ascontiguousarray(wanted.values[part.numbers]).tobytes()
    changed = twins.edited.values[part.numbers] != twins.factual.values[part.numbers]
    assert changed.any()
