"""What each quarter brings: periods, junctures, leaders, members and series put together."""

from __future__ import annotations

from collections.abc import Iterable

from alliance_sim.calendar import Calendar
from alliance_sim.rules.domestic import shut_after
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.part import DOMAINS
from alliance_sim.scenario.schema import Input as Given
from alliance_sim.scenario.schema import Member, Period, SeriesInput
from alliance_sim.world.cards import Active
from alliance_sim.world.parts import SIDES, Inputs
from alliance_sim.world.series import by_year

# Expected largest of K standard normals, K = 1 to 20.
# Source: H. L. Harter, "Expected values of normal order statistics", Biometrika 48 (1961) 151-165.
LARGEST_OF = (
    *(0.0, 0.56419, 0.84628, 1.02938, 1.16296, 1.26721, 1.35218, 1.42360, 1.48501, 1.53875),
    *(1.58644, 1.62923, 1.66799, 1.70338, 1.73591, 1.76599, 1.79394, 1.82003, 1.84448, 1.86748),
)


class Gathering:
    """A scenario's tables in a fixed order, ready to be asked quarter by quarter."""

    def __init__(self, scenario: Scenario, calendar: Calendar, active: tuple[Active, ...]) -> None:
        """Sort the tables and turn the series into yearly values."""
        self.scenario = scenario
        self.calendar = calendar
        self.active = active
        self.periods = sorted(scenario.period, key=lambda p: p.start)
        self.threats = sorted(scenario.threat, key=lambda t: t.name)
        self.members = sorted(scenario.member, key=lambda m: m.name)
        self.leaders = sorted(scenario.leader, key=lambda spell: spell.name)
        self.capability = [
            self._yearly(t.capability, f"threat {t.name!r}.capability") for t in self.threats
        ]
        own = self._yearly(scenario.partners.state_capability, "partners.state_capability")
        mean = _sum(own) / len(own)
        self.own_capability = [value - mean for value in own]

    def quarter(self, step: int) -> Inputs:
        """Return the inputs of one step."""
        year = step // self.calendar.steps_per_year
        push = (self._push("state", step), self._push("alliance", step))
        own = self.own_capability
        return Inputs(
            hostility=tuple(self._hostility(t.name, step) for t in self.threats),
            capability=tuple(values[year] for values in self.capability),
            exposure_state=tuple(
                self._period_mean(step, lambda p, n=t.name: p.exposure_state[n].value)
                for t in self.threats
            ),
            exposure_member=tuple(self._exposure(member, step) for member in self.members),
            weight=tuple(self._joined(member, step)[1] for member in self.members),
            reluctance=tuple(self._reluctance(member, step) for member in self.members),
            states=_sum(self._joined(member, step)[0] for member in self.members),
            commitment=self._level("commitment", step),
            networking=self._level("networking", step),
            link=self._level("link", step),
            capability_state=own[year],
            capability_change=abs(own[year] - own[max(0, year - 1)]),
            push=push,
            drawn_push=tuple(
                active.weight(self.calendar, step) for active in self.active if active.effect.drawn
            ),
            involvement=(
                _clamp(self._moved("involvement", step, of="state")),
                _clamp(self._moved("involvement", step, of="alliance")),
            ),
            need=tuple(self._needs(side, step) for side in SIDES),
            shut=self._shut(step),
            missions_ended=self._missions_ended(step),
        )

    def _yearly(self, given: Given, where: str) -> list[float]:
        if isinstance(given, SeriesInput):
            return by_year(given, self.calendar, (self.scenario.name, where))
        years = self.calendar.last_year - self.calendar.first_year + 1
        return [float(given.value)] * years

    def _period_mean(self, step: int, read: object) -> float:
        """Return a period setting averaged over a step that may straddle two periods."""
        total = 0.0
        for period, start, end in self._period_spans():
            share = self.calendar.share(step, start, end)
            if share > 0.0:
                total = total + share * read(period)  # type: ignore[operator]
        return total

    def _period_spans(self) -> list[tuple[Period, float, float]]:
        starts = [self.calendar.position(p.start) for p in self.periods]
        starts[0] = min(starts[0], 0.0)
        ends = [*starts[1:], float(self.calendar.steps)]
        return list(zip(self.periods, starts, ends, strict=True))

    def _moved(
        self, moves: str, step: int, *, of: str | None = None, domain: str | None = None
    ) -> float:
        """Return the sum of what junctures move in a step."""
        return _sum(
            a.weight(self.calendar, step) * a.effect.size.value
            for a in self.active
            if (a.effect.moves, a.effect.of, a.effect.domain) == (moves, of, domain)
        )

    def _hostility(self, threat: str, step: int) -> float:
        base = self._period_mean(step, lambda p: p.hostility[threat].value)
        return _clamp(base + self._moved("hostility", step, of=threat))

    def _level(self, key: str, step: int) -> float:
        base = self._period_mean(step, lambda p: getattr(p, key).value)
        return _clamp(base + self._moved(key, step))

    def _joined(self, member: Member, step: int) -> tuple[float, float]:
        """Return how many states of a member belong to the alliance in a step, and their weight."""
        states = weight = 0.0
        for accession in member.accession:
            share = self.calendar.share(step, self.calendar.position(accession.date), float("inf"))
            states = states + share * accession.states
            weight = weight + share * accession.weight.value
        return states, weight

    def _reluctance(self, member: Member, step: int) -> float:
        states = max(1, round(self._joined(member, step)[0]))
        return self.scenario.council.diversity.value * LARGEST_OF[min(states, len(LARGEST_OF)) - 1]

    def _exposure(self, member: Member, step: int) -> tuple[float, ...]:
        result = []
        for threat in self.threats:
            base = self._period_mean(step, lambda p, n=threat.name: p.exposure_alliance[n].value)
            factor = member.exposure[threat.name].value if threat.name in member.exposure else 1.0
            result.append(min(1.0, base * factor))
        return tuple(result)

    def _push(self, side: str, step: int) -> float:
        """Return the leaders' push; a leader of a juncture takes the place of one in the list."""
        acting = [a for a in self.active if (a.effect.moves, a.effect.of) == ("leadership", side)]
        taken = min(1.0, _sum(a.weight(self.calendar, step) for a in acting))
        listed = _sum(
            spell.push.value
            * self.calendar.share(
                step, self.calendar.position(spell.start), self.calendar.position(spell.end)
            )
            for spell in self.leaders
            if spell.partner == side
        )
        return listed * (1.0 - taken) + self._moved("leadership", step, of=side)

    def _needs(self, side: str, step: int) -> tuple[float, float, float]:
        p, o, e = (self._moved("need", step, of=side, domain=domain) for domain in DOMAINS)
        return p, o, e

    def _shut(self, step: int) -> tuple[float, float, float]:
        result = []
        for domain in DOMAINS:
            shut = 1.0 - getattr(self.scenario.domestic.win_set, domain).value
            for a in self.active:
                if (a.effect.moves, a.effect.of) == ("win_set", domain):
                    opening = _clamp(a.effect.size.value * a.weight(self.calendar, step))
                    shut = shut_after(shut, opening)
            result.append(shut)
        return result[0], result[1], result[2]

    def _missions_ended(self, step: int) -> float:
        """Return which part of the missions that run in a step end in it."""
        spans = {a.name: (a.start, a.end) for a in self.active if a.mission}
        running = [end for start, end in spans.values() if start < step + 1 and end >= step]
        ended = [end for end in running if int(end) == step]
        return len(ended) / len(running) if running else 0.0


def _sum(values: Iterable[float]) -> float:
    """Return a sum added up one by one: `sum` rounds differently from one Python to the next."""
    total = 0.0
    for value in values:
        total = total + value
    return total


def _clamp(value: float) -> float:
    return max(0.0, min(1.0, value))
