"""What a world is made of: inputs by quarter, rungs, drawn laws and noise channels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calendar import Calendar
from alliance_sim.scenario import Scenario

SIDES = ("state", "alliance")


class Inputs(NamedTuple):
    """What one quarter brings from outside; all in [0, 1] unless said.

    Threats, members and drawn laws are in the order of the world's lists.
    """

    hostility: tuple[float, ...]  # per threat
    capability: tuple[float, ...]  # per threat
    exposure_state: tuple[float, ...]  # per threat
    exposure_member: tuple[tuple[float, ...], ...]  # per member and threat
    weight: tuple[float, ...]  # per member, 0 before it joins
    reluctance: tuple[float, ...]  # per member: log-odds its least willing state lies below it
    states: float  # states in the alliance, a count
    commitment: float
    networking: float
    link: float
    capability_state: float  # own capability less its mean over all years, -1 to 1
    capability_change: float  # absolute change of it over a year
    push: tuple[float, float]  # leaders of state and alliance, log scale
    drawn_push: tuple[float, ...]  # per drawn leader: share of the quarter in office
    involvement: tuple[float, float]  # of state and alliance in conflicts
    need: tuple[tuple[float, float, float], ...]  # per side and domain, log-odds
    shut: tuple[float, float, float]  # per domain: what dated laws leave shut
    missions_ended: float  # share of the missions running that end in the quarter


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


class Channels(NamedTuple):
    """The noise channels of a world, by what they decide."""

    mood: tuple[int, ...]
    slow: tuple[tuple[int, ...], ...]
    law: tuple[int, ...]
    leader: tuple[int, ...]
    counts: tuple[int, ...]
    council: tuple[int, ...]
    item: tuple[tuple[int, ...], ...]
    item_ratified: tuple[int, ...]
    tried: int
    ratified: int
    fall: int
    agreement: int
    suspension: int


@dataclass(frozen=True, eq=False)
class World:
    """One scenario, ready to be simulated.

    Attributes:
        scenario: What it was made from.
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

    @cached_property
    def inputs(self) -> tuple[Inputs, ...]:
        """What each step brings, one entry per step."""
        sizes = (len(self.threats), len(self.members), len(self.drawn_leaders))
        return tuple(_as_inputs(row, *sizes) for row in self.table.tolist())

    @cached_property
    def all_channels(self) -> tuple[int, ...]:
        """Every channel once, in a fixed order."""
        found: list[int] = []

        def gather(node: object) -> None:
            if isinstance(node, tuple):
                for entry in node:
                    gather(entry)
            elif isinstance(node, int):
                found.append(node)

        gather(tuple(self.channels))
        return tuple(found)


def _as_inputs(row: list[float], threats: int, members: int, leaders: int) -> Inputs:
    """Return one step's numbers with their names."""
    numbers = iter(row)

    def take(count: int) -> tuple[float, ...]:
        return tuple(islice(numbers, count))

    return Inputs(
        hostility=take(threats),
        capability=take(threats),
        exposure_state=take(threats),
        exposure_member=tuple(take(threats) for _ in range(members)),
        weight=take(members),
        reluctance=take(members),
        states=next(numbers),
        commitment=next(numbers),
        networking=next(numbers),
        link=next(numbers),
        capability_state=next(numbers),
        capability_change=next(numbers),
        push=(next(numbers), next(numbers)),
        drawn_push=take(leaders),
        involvement=(next(numbers), next(numbers)),
        need=tuple((next(numbers), next(numbers), next(numbers)) for _ in SIDES),
        shut=(next(numbers), next(numbers), next(numbers)),
        missions_ended=next(numbers),
    )
