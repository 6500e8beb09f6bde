"""Worlds made ready once and kept, for scenarios that are asked for again and again."""

from __future__ import annotations

from alliance_sim import provenance
from alliance_sim.scenario import Scenario
from alliance_sim.world.build import build_world
from alliance_sim.world.coefficients import Coefficients, coefficients
from alliance_sim.world.world import World

KEPT_WORLDS = 8

_worlds: dict[str, tuple[World, Coefficients]] = {}


def prepared(scenario: Scenario) -> tuple[World, Coefficients]:
    """Return the world and the coefficients of a scenario; the last few are kept.

    They are kept by content, so that a scenario sent to another process again and again is built
    there once.
    """
    key = provenance.digest(scenario.model_dump())
    if key not in _worlds:
        while len(_worlds) >= KEPT_WORLDS:
            del _worlds[next(iter(_worlds))]
        _worlds[key] = (build_world(scenario), coefficients(scenario))
    return _worlds[key]
