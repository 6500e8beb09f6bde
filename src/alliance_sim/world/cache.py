"""Worlds made ready once and kept, for scenarios that are asked for again and again."""

from __future__ import annotations

from alliance_sim import provenance
from alliance_sim.recent import Recent
from alliance_sim.scenario import Scenario
from alliance_sim.world.build import build_world
from alliance_sim.world.coefficients import Coefficients
from alliance_sim.world.world import World

KEPT_WORLDS = 8

_worlds: Recent[str, tuple[World, Coefficients]] = Recent(KEPT_WORLDS)


def prepared(scenario: Scenario) -> tuple[World, Coefficients]:
    """Return the world and the coefficients of a scenario; those asked for last are kept.

    They are kept by content, so that a scenario sent to another process again and again is built
    there once. Threads may ask at the same time; those that ask for the same get the same.
    """
    key = provenance.digest(scenario.model_dump())

    def built() -> tuple[World, Coefficients]:
        world = build_world(scenario)
        return world, world.coefficients

    return _worlds.get(key, built)
