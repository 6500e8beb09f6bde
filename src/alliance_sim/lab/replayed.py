"""Histories given the record as columns of numbers, from which the page replays them.

A history has parameters, slow noise and uniforms of its own, and so has its twin in an edited
world. Written into a frame's arrays by their names, the module brings both as `twin_worlds` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim.counterfactual.histories import Histories, Part, by_key, deciding_in
from alliance_sim.engine.carried import Filled, Named
from alliance_sim.engine.kernel.layout import LANES, rows_of
from alliance_sim.engine.vectors import Vectors
from alliance_sim.lab.frame import Frame
from alliance_sim.scenario import Scenario
from alliance_sim.world.declaration import along, declared
from alliance_sim.world.state import CONSTANTS, Inputs, axes_of


def columns_of(
    frame: Frame, past: Histories, part: Part, world: Scenario
) -> dict[str, NDArray[Any]]:
    """Return what differs by lane where some histories are replayed in a world, by array.

    `prepare` comes before: what is the same in all lanes is as the recipe of the world has it.

    Args:
        frame: The factual scenario, laid out.
        past: Its histories.
        part: Up to 64 of them.
        world: The factual scenario, or one edited from it within its frame.

    Returns:
        By name of the frame's array: `ready.constants` (number, lane), NaN in what the recipe alone
        decides; `differing.inputs` (input,), `differing.values` (step, input, lane) and
        `differing.normals` (step, channel, lane); `asked.given` (lane, channel, step) and
        `asked.runs` (lane,).
    """
    paths, values = past.numbers_of(world)
    vectors = Vectors(world, paths)
    named = Named(vectors.ready)
    filled = Filled(vectors, named, np.ascontiguousarray(values[:, part.draws]))
    fixed, inputs = (
        _placed(frame, "fixed", CONSTANTS),
        _placed(frame, "given", declared(Inputs)),
    )
    constants = np.full((rows_of(frame.shape).all_constants, LANES), np.nan)
    for name, row in named.constants.items():
        own = int(name[1]) if name[0] == "coefficient" else fixed[name]
        constants[own] = filled.constants[row]
    by_column = {column: name for name, column in named.inputs.items()}
    differing = [inputs[by_column[column]] for column in vectors.columns]
    runs = np.zeros(LANES, dtype=np.int64)
    runs[: len(part.numbers)] = part.numbers
    return {
        "ready.constants": constants,
        "differing.inputs": np.array(differing, dtype=np.int64),
        "differing.values": filled.own,
        "differing.normals": part.normals,
        "asked.given": _uniforms(frame, past, part, vectors),
        "asked.runs": runs,
    }


def _uniforms(frame: Frame, past: Histories, part: Part, vectors: Vectors) -> NDArray[np.float64]:
    """Return what decides acts, array (lane, channel, step), in the order of the frame."""
    world, steps = vectors.ready.world, frame.shape.steps
    deciding = deciding_in(past, world, part).swapaxes(0, 1)
    known = dict(zip(world.channel_names, deciding, strict=True))
    return np.stack(
        [
            known[name] if name in known else by_key(past.seed, name, part.numbers, steps)
            for name in frame.channels
        ],
        axis=1,
    )


def _placed(frame: Frame, what: str, declarations: Mapping[str, Any]) -> dict[tuple[str, ...], int]:
    """Return where numbers stand in a frame, by their names as in `engine.carried`."""
    axes = axes_of(frame.scenario, law=frame.laws, leader=frame.leaders)
    at = rows_of(frame.shape)
    return {
        (name, *labels.values()): getattr(at, f"{what}_{name}") + k
        for name, entry in declarations.items()
        for k, labels in enumerate(along(entry.per, axes))
    }
