"""What a world is made of: inputs by quarter, rungs, drawn laws and noise channels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calendar import Calendar
from alliance_sim.scenario import Scenario
from alliance_sim.world.coefficients import Coefficients, coefficients_of
from alliance_sim.world.declaration import Axes, declared, flattened, size
from alliance_sim.world.recipe import Recipe
from alliance_sim.world.settle import Settled
from alliance_sim.world.state import SIDES, Channels, Inputs, axes_of, channel_names

__all__ = [
    "SIDES",
    "Channels",
    "Drawn",
    "DrawnLeader",
    "Inputs",
    "ItemNumbers",
    "RungNumbers",
    "World",
]


class Drawn(NamedTuple):
    """A law that is drawn, because a juncture that it follows is missing."""

    name: str
    log_hazard: float
    first_step: int  # first step in which it can pass
    lasts: float  # steps for which it stays in force, infinite if it has no end
    after: int  # position of the drawn law that has to pass first, -1 if there is none
    opens: tuple[float, float, float]  # per domain, the part of what is shut that it opens


class RungNumbers(NamedTuple):
    """What a rung asks, and from which step on it can be asked for."""

    log_hazard: float
    demand: float
    domestic_demand: float
    opens: int
    granted: bool


class DrawnLeader(NamedTuple):
    """A leader whose push is drawn once per run."""

    name: str
    side: int  # 0 the state, 1 the alliance


class ItemNumbers(NamedTuple):
    """A formal item beside the ladder."""

    tabled: int  # step, -1 if outside the run
    demand: float  # log-odds


@dataclass(frozen=True, eq=False)
class World:
    """One scenario, ready to be simulated.

    Attributes:
        scenario: What it was made from.
        recipe: The same as tables of numbers.
        settled: Which effects of junctures act when, and which laws are drawn.
        calendar: The steps.
        threats: Names of threats, sorted.
        offence: How far each threat's forces reach out, 0 to 1.
        distracting: Whether each threat draws the alliance away from other theatres.
        asian: Whether each threat lies in Asia.
        members: Names of members, sorted.
        offsets: Each member's willingness against the mean, log-odds.
        table: What each step brings, array (step, number) in the order of `Inputs`; not to be
            written to.
        rungs: One entry per rung, the first for rung 1.
        drawn_laws: Laws that are drawn because what they follow is missing.
        drawn_leaders: Leaders whose push is drawn once per run.
        items: When each formal item is tabled, and what it demands.
        channels: Noise channels.
    """

    scenario: Scenario
    recipe: Recipe
    settled: Settled
    calendar: Calendar
    threats: tuple[str, ...]
    offence: tuple[float, ...]
    distracting: tuple[bool, ...]
    asian: tuple[bool, ...]
    members: tuple[str, ...]
    offsets: tuple[float, ...]
    table: NDArray[np.float64]
    rungs: tuple[RungNumbers, ...]
    drawn_laws: tuple[Drawn, ...]
    drawn_leaders: tuple[DrawnLeader, ...]
    items: tuple[ItemNumbers, ...]
    channels: Channels

    @property  # a sweep holds many worlds, and asks each of them once
    def coefficients(self) -> Coefficients:
        """What does not change during a run, as the rules take it."""
        return coefficients_of(self.recipe)

    @cached_property
    def axes(self) -> Axes:
        """The labels along each axis by which numbers are counted; see `state`."""
        laws = tuple(law.name for law in self.drawn_laws)
        leaders = tuple(leader.name for leader in self.drawn_leaders)
        return axes_of(self.scenario, law=laws, leader=leaders)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many labels there are along each axis."""
        return {axis: len(labels) for axis, labels in self.axes.items()}

    @cached_property
    def inputs(self) -> tuple[Inputs, ...]:
        """What each step brings, one entry per step."""
        readers, begin = [], 0
        for entry in declared(Inputs).values():
            readers.append(_reader(entry.per, self.counts, begin))
            begin += size(entry.per, self.counts)
        return tuple(Inputs(*[read(row) for read in readers]) for row in self.table.tolist())

    @cached_property
    def all_channels(self) -> tuple[int, ...]:
        """Every channel once, in the order of `Channels`."""
        return tuple(flattened(self.channels))

    @cached_property
    def channel_names(self) -> tuple[str, ...]:
        """The full name of every channel, with its version, in the order of `all_channels`."""
        return tuple(channel_names(Channels, self.scenario.partners.name, self.axes))


def _reader(
    per: tuple[str, ...], counts: Mapping[str, int], begin: int
) -> Callable[[list[float]], Any]:
    """Return what takes an input out of a row, nested along its axes; made once for all rows."""
    if not per:
        return itemgetter(begin)
    count = counts[per[0]]
    if len(per) == 1:
        part = slice(begin, begin + count)
        return lambda row: tuple(row[part])
    width = size(per[1:], counts)
    inside = [_reader(per[1:], counts, begin + k * width) for k in range(count)]
    return lambda row: tuple([read(row) for read in inside])
