"""Put a world together from a scenario."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

from alliance_sim.calendar import Calendar
from alliance_sim.scenario import Scenario
from alliance_sim.world.inputs import Gathering
from alliance_sim.world.junctures import Cards, read_cards
from alliance_sim.world.state import SIDES, Channels, axes_of, channels_of
from alliance_sim.world.world import DrawnLeader, ItemNumbers, RungNumbers, World


def calendar_of(scenario: Scenario) -> Calendar:
    """Return the steps that a scenario goes through."""
    return scenario.calendar()


def build_world(scenario: Scenario, *, like: World | None = None) -> World:
    """Return the numbers that a scenario stands for.

    Args:
        scenario: The scenario.
        like: The world of a scenario from which this one was made by edits that share what they
            leave alone. What only untouched parts decide is taken over instead of worked out.

    Raises:
        ScenarioError: If a threat asks for a series that the record does not hold.
    """
    if like is not None and shares_inputs(scenario, like.scenario):
        return _with_coefficients(scenario, like)
    calendar = calendar_of(scenario)
    cards = read_cards(scenario, calendar)
    gathering = Gathering(scenario, calendar, cards.active)
    table = np.stack(gathering.columns(), axis=1)
    table.setflags(write=False)
    leaders = _drawn_leaders(cards)
    axes = axes_of(
        scenario,
        law=tuple(law.name for law in cards.drawn_laws),
        leader=tuple(leader.name for leader in leaders),
    )
    world = World(
        scenario=scenario,
        calendar=calendar,
        threats=tuple(t.name for t in gathering.threats),
        offence=tuple(t.offence.value for t in gathering.threats),
        distracting=tuple(t.distracts for t in gathering.threats),
        asian=tuple(t.region == "asia" for t in gathering.threats),
        members=tuple(m.name for m in gathering.members),
        offsets=tuple(m.offset.value for m in gathering.members),
        table=table,
        rungs=_rungs(scenario, calendar),
        drawn_laws=cards.drawn_laws,
        drawn_leaders=leaders,
        items=_items(scenario, calendar),
        channels=channels_of(Channels, scenario.partners.name, axes),
    )
    if len(set(world.all_channels)) < len(world.all_channels):
        raise AssertionError(f"{scenario.name}: two decisions share a noise channel")
    return world


# What the inputs are made of: parts of a scenario, and numbers inside parts.
INPUT_PARTS = ("time", "partners", "period", "threat", "member", "leader", "juncture")


def shares_inputs(scenario: Scenario, other: Scenario) -> bool:
    """Whether two scenarios share every part that inputs, laws and channels are made of."""
    pairs = [(getattr(scenario, part), getattr(other, part)) for part in INPUT_PARTS]
    pairs.append((scenario.council.diversity, other.council.diversity))
    pairs.append((scenario.domestic.win_set, other.domestic.win_set))
    names = ([item.name for item in s.item] for s in (scenario, other))
    return all(one is another for one, another in pairs) and next(names) == next(names)


def _with_coefficients(scenario: Scenario, like: World) -> World:
    """Return the world of a scenario that shares its inputs with another."""
    return replace(
        like,
        scenario=scenario,
        rungs=_rungs(scenario, like.calendar),
        items=_items(scenario, like.calendar),
    )


def _items(scenario: Scenario, calendar: Calendar) -> tuple[ItemNumbers, ...]:
    return tuple(
        ItemNumbers(_within(calendar, item.tabled), item.demand.value)
        for item in sorted(scenario.item, key=lambda item: item.name)
    )


def _within(calendar: Calendar, date: dt.date) -> int:
    step = calendar.index(date)
    return step if 0 <= step < calendar.steps else -1


def _drawn_leaders(cards: Cards) -> tuple[DrawnLeader, ...]:
    return tuple(
        DrawnLeader(active.name, SIDES.index(active.effect.of or ""))
        for active in cards.active
        if active.effect.drawn
    )


def _rungs(scenario: Scenario, calendar: Calendar) -> tuple[RungNumbers, ...]:
    return tuple(
        RungNumbers(
            log_hazard=rung.log_hazard.value,
            demand=rung.demand.value,
            domestic_demand=rung.domestic_demand.value,
            opens=0 if rung.opens is None else max(0, calendar.index(rung.opens)),
            granted=rung.granted,
        )
        for rung in sorted(scenario.rung, key=lambda r: r.number)
    )
