"""Juncture cards read as they stand: what acts when, what falls away, what has to be drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from alliance_sim.arithmetic import exp
from alliance_sim.calendar import Calendar
from alliance_sim.rules.domestic import shut_after
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.causes import missing_cause
from alliance_sim.scenario.part import DOMAINS
from alliance_sim.scenario.schema import Effect, Juncture
from alliance_sim.world.world import Drawn

LN2 = 0.6931471805599453


@dataclass(frozen=True)
class Active:
    """An effect that acts from one position on the axis of steps to another.

    Attributes:
        name: Of the juncture, with a mark if the effect belongs to its replacement.
        effect: What is moved.
        start: Position at which it begins, in steps.
        end: Position at which it ends; infinite if it lasts.
        mission: Whether its end is the end of a mission.
    """

    name: str
    effect: Effect
    start: float
    end: float
    mission: bool

    def weights(self, calendar: Calendar) -> NDArray[np.float64]:
        """Return how strongly it acts in each step, 0 to 1: its share of the step, decayed."""
        half_life = self.effect.half_life
        return _weights(calendar, self.start, self.end, half_life.value if half_life else None)


@lru_cache(maxsize=4096)
def _weights(
    calendar: Calendar, start: float, end: float, half_life: float | None
) -> NDArray[np.float64]:
    """Return weights, which scenarios that differ elsewhere share; not to be written to."""
    result = calendar.shares(start, end)
    if half_life is not None:
        for step in np.flatnonzero(result > 0.0).tolist():
            share = float(result[step])
            first = max(start, float(step))
            elapsed = (first + 0.5 * share - start) * calendar.dt
            result[step] = share * exp(-LN2 * elapsed / half_life)
    result.setflags(write=False)
    return result


@dataclass(frozen=True)
class Cards:
    """What the junctures of a scenario amount to."""

    active: tuple[Active, ...]
    drawn_laws: tuple[Drawn, ...]


def read_cards(scenario: Scenario, calendar: Calendar) -> Cards:
    """Return the effects that act and the laws that are drawn, ordered by name."""
    by_name = {j.name: j for j in scenario.juncture}
    active: list[Active] = []
    drawn: list[Juncture] = []
    for name in sorted(by_name):
        juncture = by_name[name]
        cause = missing_cause(juncture, by_name)
        if juncture.present and cause is None:
            active += _acting(juncture, calendar)
        elif juncture.present and cause and juncture.when_cause_removed == "drawn":
            drawn.append(juncture)
        else:
            active += _replacing(juncture, calendar, until=math.inf)
    names = [juncture.name for juncture in drawn]
    laws = tuple(_drawn(juncture, by_name, names, calendar) for juncture in drawn)
    return Cards(tuple(active), laws)


def in_order(effects: tuple[Effect, ...]) -> list[Effect]:
    """Return effects in an order that does not depend on the file's."""
    return sorted(
        effects,
        key=lambda e: (e.name, e.size.value, e.half_life.value if e.half_life else 0.0, e.drawn),
    )


def _acting(juncture: Juncture, calendar: Calendar) -> list[Active]:
    start = calendar.position(juncture.date)
    end = math.inf if juncture.end is None else calendar.position(juncture.end)
    acting = [
        Active(juncture.name, e, start, end, juncture.mission) for e in in_order(juncture.effect)
    ]
    if juncture.original_date is not None and juncture.original_date < juncture.date:
        acting += _replacing(juncture, calendar, until=start)
    return acting


def _replacing(juncture: Juncture, calendar: Calendar, until: float) -> list[Active]:
    start = calendar.position(juncture.original_date or juncture.date)
    end = min(until, start + _length(juncture, calendar))
    name = f"{juncture.name} replaced"
    return [
        Active(name, effect, start, end, mission=False) for effect in in_order(juncture.replacement)
    ]


def _length(juncture: Juncture, calendar: Calendar) -> float:
    """Return how many steps a juncture lasts, infinite if it has no end."""
    if juncture.end is None:
        return math.inf
    return calendar.position(juncture.end) - calendar.position(juncture.date)


def _drawn(
    juncture: Juncture, by_name: dict[str, Juncture], drawn: list[str], calendar: Calendar
) -> Drawn:
    """Return a law that is drawn, from the day on which its cause is missing."""
    cause = missing_cause(juncture, by_name)
    if juncture.log_hazard is None or cause is None:
        raise AssertionError(f"law {juncture.name!r} cannot be drawn; the checks let it through")
    shut = [1.0, 1.0, 1.0]
    for effect in in_order(juncture.effect):
        domain = DOMAINS.index(effect.of)
        shut[domain] = shut_after(shut[domain], effect.size.value)
    return Drawn(
        name=juncture.name,
        log_hazard=juncture.log_hazard.value,
        first_step=max(0, math.ceil(_missing_since(juncture, by_name, calendar))),
        lasts=_length(juncture, calendar),
        after=drawn.index(cause.name) if cause.name in drawn else -1,
        opens=(1.0 - shut[0], 1.0 - shut[1], 1.0 - shut[2]),
    )


def _missing_since(juncture: Juncture, by_name: dict[str, Juncture], calendar: Calendar) -> float:
    """Return the position from which on a law can be drawn.

    That is where its cause stood before it was removed. An event that was only moved has to
    happen first; a government that comes later has a successor in the meantime, who can legislate.
    """
    cause = missing_cause(juncture, by_name)
    if cause is None:
        return calendar.position(juncture.original_date or juncture.date)
    if missing_cause(cause, by_name) is not None:
        return _missing_since(cause, by_name, calendar)
    if cause.present and cause.kind == "event":
        return calendar.position(cause.date)
    return calendar.position(cause.original_date or cause.date)
