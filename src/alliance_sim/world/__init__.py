"""A scenario turned into numbers, settled before a run begins and the same for all runs.

Tables are taken in the order of their names, so that reordering a scenario file changes nothing.
An input is averaged over the quarter: a date inside it counts for the part that it covers.
"""

from alliance_sim.world.build import build_world, shares_inputs
from alliance_sim.world.divergence import first_touched
from alliance_sim.world.tables import calendar_of
from alliance_sim.world.world import SIDES, Drawn, Inputs, RungNumbers, World

__all__ = [
    "SIDES",
    "Drawn",
    "Inputs",
    "RungNumbers",
    "World",
    "build_world",
    "calendar_of",
    "first_touched",
    "shares_inputs",
]
