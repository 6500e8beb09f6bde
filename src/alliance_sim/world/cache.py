"""Worlds made ready once and kept, for scenarios that are asked for again and again."""

from __future__ import annotations

import threading
from collections import OrderedDict

from alliance_sim import provenance
from alliance_sim.scenario import Scenario
from alliance_sim.world.build import build_world
from alliance_sim.world.coefficients import Coefficients, coefficients
from alliance_sim.world.world import World

KEPT_WORLDS = 8

_worlds: OrderedDict[str, tuple[World, Coefficients]] = OrderedDict()
_alone = threading.Lock()


def prepared(scenario: Scenario) -> tuple[World, Coefficients]:
    """Return the world and the coefficients of a scenario; those asked for last are kept.

    They are kept by content, so that a scenario sent to another process again and again is built
    there once. Threads may ask at the same time; those that ask for the same get the same.
    """
    key = provenance.digest(scenario.model_dump())
    with _alone:
        if key not in _worlds:
            while len(_worlds) >= KEPT_WORLDS:
                _worlds.popitem(last=False)
            _worlds[key] = (build_world(scenario), coefficients(scenario))
        _worlds.move_to_end(key)
        return _worlds[key]
