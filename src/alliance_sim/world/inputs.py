"""What each quarter brings: periods, junctures, leaders, members and series put together.

Everything is worked out for all steps at once, one array over steps at a time, in an order of
operations that does not depend on how many steps or effects there are: so the numbers are the
same to the last bit as if each quarter were worked out by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calendar import Calendar
from alliance_sim.rules.domestic import shut_after
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.part import DOMAINS
from alliance_sim.scenario.schema import Input as Declared
from alliance_sim.scenario.schema import Member, Period, SeriesInput
from alliance_sim.world.junctures import Active
from alliance_sim.world.series import by_year
from alliance_sim.world.world import SIDES

Steps = NDArray[np.float64]  # one value per step

# Expected largest of K standard normals, K = 1 to 20.
# Source: H. L. Harter, "Expected values of normal order statistics", Biometrika 48 (1961) 151-165.
LARGEST_OF = np.array(
    (
        *(0.0, 0.56419, 0.84628, 1.02938, 1.16296, 1.26721, 1.35218, 1.42360, 1.48501, 1.53875),
        *(1.58644, 1.62923, 1.66799, 1.70338, 1.73591, 1.76599, 1.79394, 1.82003, 1.84448, 1.86748),
    )
)


class Gathering:
    """A scenario's tables in a fixed order, ready to be asked for what moves over time."""

    def __init__(self, scenario: Scenario, calendar: Calendar, active: tuple[Active, ...]) -> None:
        """Sort the tables and work out which step each period and effect covers."""
        self.scenario = scenario
        self.calendar = calendar
        self.active = active
        self.starts = np.arange(calendar.steps, dtype=np.float64)
        self.periods = sorted(scenario.period, key=lambda p: p.start)
        self.threats = sorted(scenario.threat, key=lambda t: t.name)
        self.members = sorted(scenario.member, key=lambda m: m.name)
        self.leaders = sorted(scenario.leader, key=lambda spell: spell.name)
        self.weights = [a.weights(calendar) for a in active]
        self.period_shares = [calendar.shares(*span) for span in self._period_spans()]
        self.joined = [self._joined(member) for member in self.members]
        own = self._yearly(scenario.partners.state_capability, "partners.state_capability")
        self.own_capability = own - (_total(own) / len(own))

    def columns(self) -> list[Steps]:
        """Return the inputs, an array over steps for each number in the order of `Inputs`."""
        t, m = self.threats, self.members
        own = self.own_capability
        before = np.concatenate([own[:1], own[:-1]])
        exposures = {threat.name: self._by_threat("exposure_alliance", threat.name) for threat in t}
        return [
            *(self._hostility(threat.name) for threat in t),
            *(self._each_year(self._capability(threat)) for threat in t),
            *(self._by_threat("exposure_state", threat.name) for threat in t),
            *(_exposure(member, x.name, exposures[x.name]) for member in m for x in t),
            *(weight for _, weight in self.joined),
            *(self._reluctance(states) for states, _ in self.joined),
            _total([states for states, _ in self.joined]) + np.zeros_like(self.starts),
            *(self._level(key) for key in ("commitment", "networking", "link")),
            self._each_year(own),
            self._each_year(np.abs(own - before)),
            *(self._push(side) for side in SIDES),
            *self._drawn(),
            *(_clamp(self._moved("involvement", of=side)) for side in SIDES),
            *(self._moved("need", of=side, domain=d) for side in SIDES for d in DOMAINS),
            *(self._shut(domain) for domain in DOMAINS),
            self._missions_ended(),
        ]

    def _each_year(self, yearly: Steps) -> Steps:
        return np.repeat(yearly, self.calendar.steps_per_year)

    def _capability(self, threat: Any) -> Steps:
        return self._yearly(threat.capability, f"threat {threat.name!r}.capability")

    def _yearly(self, given: Declared, where: str) -> Steps:
        if isinstance(given, SeriesInput):
            return np.array(
                by_year(given, self.calendar, self.scenario.series, (self.scenario.name, where))
            )
        years = self.calendar.last_year - self.calendar.first_year + 1
        return np.full(years, float(given.value))

    def _period_spans(self) -> list[tuple[float, float]]:
        starts = [self.calendar.position(p.start) for p in self.periods]
        starts[0] = min(starts[0], 0.0)
        ends = [*starts[1:], float(self.calendar.steps)]
        return list(zip(starts, ends, strict=True))

    def _period_mean(self, read: Callable[[Period], float]) -> Steps:
        """Return a period setting averaged over each step, which may straddle two periods."""
        total = np.zeros_like(self.starts)
        for period, share in zip(self.periods, self.period_shares, strict=True):
            total = total + share * read(period)
        return total

    def _moved(self, moves: str, *, of: str | None = None, domain: str | None = None) -> Steps:
        """Return the sum of what junctures move."""
        total = np.zeros_like(self.starts)
        for a, weight in zip(self.active, self.weights, strict=True):
            if (a.effect.moves, a.effect.of, a.effect.domain) == (moves, of, domain):
                total = total + weight * a.effect.size.value
        return total

    def _by_threat(self, key: str, threat: str) -> Steps:
        return self._period_mean(lambda period: float(getattr(period, key)[threat].value))

    def _hostility(self, threat: str) -> Steps:
        base = self._period_mean(lambda p: p.hostility[threat].value)
        return _clamp(base + self._moved("hostility", of=threat))

    def _level(self, key: str) -> Steps:
        base = self._period_mean(lambda p: float(getattr(p, key).value))
        return _clamp(base + self._moved(key))

    def _joined(self, member: Member) -> tuple[Steps, Steps]:
        """Return how many states of a member belong to the alliance, and their weight."""
        states, weight = np.zeros_like(self.starts), np.zeros_like(self.starts)
        for accession in member.accession:
            share = self.calendar.shares(self.calendar.position(accession.date), math.inf)
            states = states + share * accession.states
            weight = weight + share * accession.weight.value
        return states, weight

    def _reluctance(self, states: Steps) -> Steps:
        heads = np.clip(np.rint(states), 1.0, float(len(LARGEST_OF))).astype(np.int64)
        return self.scenario.council.diversity.value * LARGEST_OF[heads - 1]

    def _push(self, side: str) -> Steps:
        """Return the leaders' push; a leader of a juncture takes the place of one in the list."""
        taken, listed = np.zeros_like(self.starts), np.zeros_like(self.starts)
        for a, weight in zip(self.active, self.weights, strict=True):
            if (a.effect.moves, a.effect.of) == ("leadership", side):
                taken = taken + weight
        for spell in self.leaders:
            if spell.partner == side:
                start, end = (self.calendar.position(day) for day in (spell.start, spell.end))
                listed = listed + spell.push.value * self.calendar.shares(start, end)
        return listed * (1.0 - np.minimum(1.0, taken)) + self._moved("leadership", of=side)

    def _drawn(self) -> list[Steps]:
        both = zip(self.active, self.weights, strict=True)
        return [weight for a, weight in both if a.effect.drawn]

    def _shut(self, domain: str) -> Steps:
        open_by_habit = getattr(self.scenario.domestic.win_set, domain).value
        shut = np.full_like(self.starts, 1.0 - open_by_habit)
        for a, weight in zip(self.active, self.weights, strict=True):
            if (a.effect.moves, a.effect.of) == ("win_set", domain):
                opening: Any = _clamp(a.effect.size.value * weight)
                shut = shut_after(shut, opening)  # type: ignore[assignment,arg-type]
        return shut

    def _missions_ended(self) -> Steps:
        """Return which part of the missions that run in a step end in it."""
        spans = {a.name: (a.start, a.end) for a in self.active if a.mission}
        running, ended = np.zeros_like(self.starts), np.zeros_like(self.starts)
        for start, end in spans.values():
            runs = (start < self.starts + 1.0) & (end >= self.starts)
            running = running + runs
            if math.isfinite(end):
                ended = ended + (runs & (self.starts == int(end)))
        return ended / np.maximum(1.0, running)


def _exposure(member: Member, threat: str, base: Steps) -> Steps:
    factor = member.exposure[threat].value if threat in member.exposure else 1.0
    return np.minimum(1.0, base * factor)


def _total(values: Any) -> Any:
    """Return a sum added up one by one: `sum` rounds differently from one Python to the next."""
    total = 0.0
    for value in values:
        total = total + value
    return total


def _clamp(values: Steps) -> Steps:
    return np.maximum(0.0, np.minimum(1.0, values))
