"""The actors: threats, the state, the alliance and its members.

An agent holds numbers and calls rules. Its methods `perceive`, `weigh`, `drift` and so on are the
phases of a quarter (`world.state.DECISIONS`), in which it reads what all others were last quarter
and keeps the answer to itself; in `commit` all become what they decided. So the order of agents
cannot matter. To try another decision, subclass an agent, override
the method that takes it (`log_ratio`, `accepts`, ...) and pass the class in a `Cast`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import mesa

from alliance_sim.arithmetic import inverse_normal
from alliance_sim.rules.domestic import (
    in_force,
    may_pass,
    next_age,
    open_part,
    pass_chance,
    passes,
    shut_after,
    win_set,
)
from alliance_sim.rules.levels import mean_of_three
from alliance_sim.rules.perception import (
    apart_after,
    attended,
    felt_at_once,
    next_perceived,
    overlap,
)
from alliance_sim.rules.threats import first_mood, menace, next_hostility, next_mood
from alliance_sim.rules.willingness import (
    Guarantee,
    Situation,
    first_slow,
    floor_in,
    guarantor_term,
    log_ratio,
    next_slow,
    threat_term,
    willingness,
)

if TYPE_CHECKING:
    from alliance_sim.engine.mesa_model.model import AllianceModel

STATE, ALLIANCE = 0, 1
POLITICAL, OPERATIONS = 0, 1


def first_slows(model: AllianceModel, side: int) -> list[float]:
    """Return a side's slow noise in the first quarter, by domain."""
    channels = model.world.channels.slow[side]
    return [first_slow(model.numbers.slow_spread, model.normal(channel)) for channel in channels]


def floors_now(model: AllianceModel, side: int) -> list[float]:
    """Return a side's floors this quarter, by domain."""
    numbers, year = model.numbers, model.inputs.year
    return [floor_in(numbers.trend, floor, year) for floor in numbers.floors[side]]


class Actor(mesa.Agent):  # type: ignore[misc]
    """An agent with a name and a role, which decides and then commits."""

    role: ClassVar[str] = "actor"
    model: AllianceModel

    def __init__(self, model: AllianceModel, name: str) -> None:
        """Join a model under a name."""
        super().__init__(model)
        self.name = name

    def begin(self) -> None:
        """Look up what the quarter brings that this agent gives out many times."""

    def commit(self) -> None:
        """Become what was decided."""


class Threat(Actor):
    """An external threat: capability and intent, following its own course and reacting."""

    role = "threat"

    def __init__(self, model: AllianceModel, name: str, position: int) -> None:
        """Begin at the hostility that the scenario gives, in a mood of its own."""
        super().__init__(model, name)
        self.position = position
        self.offence = model.world.offence[position]
        luck = model.normal(model.world.channels.mood[position])
        self.mood = self._next_mood = first_mood(model.numbers.habits, luck)
        self.hostility = self._next_hostility = model.inputs.hostility[position]
        self.menace = self._next_menace = self._menace(self.hostility)

    def _menace(self, hostility: float) -> float:
        return menace(self.model.inputs.capability[self.position], self.offence, hostility)

    def perceive(self) -> None:
        """Drift, provoked by cooperation and calmed by being ignored."""
        model, k = self.model, self.position
        luck = model.normal(model.world.channels.mood[k])
        self._next_mood = next_mood(model.numbers.habits, self.mood, luck)
        attention = attended(model.state.perceived[k], model.alliance.perceived(k))
        self._next_hostility = next_hostility(
            model.numbers.habits,
            self.hostility,
            model.inputs.hostility[k],
            self.mood,
            model.partnership.activity,
            attention,
        )
        self._next_menace = self._menace(self._next_hostility)

    def commit(self) -> None:
        """Take on the new hostility, and be as menacing as this quarter's capability allows."""
        self.mood, self.hostility = self._next_mood, self._next_hostility
        self.menace = self._next_menace


class Partner(Actor):
    """What the state and each member share: eyes, a log benefit/cost ratio, a willingness."""

    def __init__(self, model: AllianceModel, name: str) -> None:
        """Begin with threats felt as they press in the first quarter."""
        super().__init__(model, name)
        exposures = self.exposures()
        self.perceived = [
            felt_at_once(exposure, threat.menace)
            for exposure, threat in zip(exposures, model.threats, strict=True)
        ]
        self.ratio = [0.0, 0.0, 0.0]
        self.willing = self._next_willing = [0.0, 0.0, 0.0]
        self._next_perceived = self.perceived
        self._next_ratio = self.ratio

    def exposures(self) -> tuple[float, ...]:
        """Return how far each threat reaches this partner this quarter."""
        raise TypeError(f"{type(self).__name__} must say how far threats reach it")

    def log_ratio(self, domain: int) -> float:
        """Return the log benefit/cost of cooperating in a domain: the decision of this partner."""
        raise TypeError(f"{type(self).__name__} must weigh cooperation in domain {domain}")

    def settle(self) -> None:
        """Weigh cooperation for the first quarter, with nothing built yet."""
        self.ratio = self._next_ratio = [self.log_ratio(domain) for domain in range(3)]
        self.willing = [willingness(ratio) for ratio in self.ratio]

    def perceive(self) -> None:
        """Look at threats."""
        eyes = self.model.numbers.eyes
        self._next_perceived = [
            next_perceived(eyes, felt, exposure, threat.menace)
            for felt, exposure, threat in zip(
                self.perceived, self.exposures(), self.model.threats, strict=True
            )
        ]

    def weigh(self) -> None:
        """Weigh cooperation in each domain."""
        self._next_ratio = [self.log_ratio(domain) for domain in range(3)]
        self._next_willing = [willingness(ratio) for ratio in self._next_ratio]

    def commit(self) -> None:
        """Take on the new view and the new willingness."""
        self.perceived, self.ratio = self._next_perceived, self._next_ratio
        self.willing = self._next_willing


class State(Partner):
    """The state partner: it weighs the United States, and law at home bounds it."""

    role = "state"

    def __init__(self, model: AllianceModel, name: str) -> None:
        """Begin with no drawn law passed, and with slow noise as at any time."""
        super().__init__(model, name)
        self.slow = self._next_slow = first_slows(model, STATE)
        self.laws = self._next_laws = [0.0] * len(model.world.drawn_laws)
        self.win_set = self._next_win_set = self.open_domains()
        self.overlap = self._next_overlap = 0.0
        self.begin()

    def begin(self) -> None:
        """Look up the floors of the quarter."""
        self.floors = floors_now(self.model, STATE)

    def settle(self) -> None:
        """Compare agendas, then weigh cooperation for the first quarter."""
        self.overlap = self._next_overlap = self.agenda_overlap()
        super().settle()

    def exposures(self) -> tuple[float, ...]:
        """Return how far each threat reaches the state."""
        return self.model.inputs.exposure_state

    def agenda_overlap(self) -> float:
        """Return how far both sides fear the same threats, in [0, 1]."""
        apart = 1.0
        for k, felt in enumerate(self.perceived):
            apart = apart_after(apart, felt, self.model.alliance.perceived(k))
        return overlap(apart)

    def log_ratio(self, domain: int) -> float:
        """Return the state's log benefit/cost of cooperating in a domain."""
        model, now, numbers = self.model, self.model.inputs, self.model.numbers
        sees = Situation(self._next_overlap, 0.0, now.involvement[ALLIANCE])
        has = Guarantee(now.commitment, now.networking, numbers.dependence, now.capability_state)
        threat = threat_term(
            numbers.threat_pulls[STATE][domain], sees, model.partnership.level[domain]
        )
        return log_ratio(
            self.floors[domain],
            0.0,
            threat + guarantor_term(numbers.guarantor_pull, has, self._next_overlap),
            model.partnership.asset_terms[domain],
            numbers.domestic * model.push[STATE],
            now.need[STATE][domain],
            self.slow[domain],
        )

    def open_domains(self) -> list[float]:
        """Return the part of each domain that law and opinion allow, in [0, 1]."""
        numbers, result = self.model.numbers, []
        for domain in range(3):
            shut = self.model.inputs.shut[domain]
            for law, age in zip(self.model.world.drawn_laws, self.laws, strict=True):
                shut = shut_after(shut, law.opens[domain] * in_force(age, law.lasts))
            leverage = numbers.leverage if domain == OPERATIONS else 0.0
            opening = win_set(shut, leverage, self.model.partnership.level[OPERATIONS])
            result.append(open_part(opening, numbers.domestic))
        return result

    def legislates(self, law: int) -> float:
        """Return next quarter's age of a law that is drawn, in quarters; 0 until it passes."""
        model = self.model
        drawn = model.world.drawn_laws[law]
        age, before = self.laws[law], 1.0 if drawn.after < 0 else self.laws[drawn.after]
        if may_pass(age, float(model.quarter), float(drawn.first_step), before) <= 0.0:
            return next_age(age, 0.0)
        chance = pass_chance(
            model.numbers.law,
            drawn.log_hazard,
            max(self.perceived),
            model.push[STATE],
            model.partnership.level[OPERATIONS],
            model.numbers.dt,
        )
        return next_age(age, passes(chance, model.uniform(model.world.channels.law[law])))

    def ratifies_with(self, luck: float) -> tuple[float, float]:
        """Return mean win-set and a normal draw, what ratification is judged by."""
        return mean_of_three(*self.win_set), inverse_normal(luck)

    def perceive(self) -> None:
        """Look at threats and compare agendas."""
        super().perceive()
        self._next_overlap = self.agenda_overlap()

    def drift(self) -> None:
        """Let slow noise drift."""
        model, numbers = self.model, self.model.numbers
        self._next_slow = [
            next_slow(numbers.slow_carry, numbers.slow_jolt, slow, model.normal(channel))
            for slow, channel in zip(self.slow, model.world.channels.slow[STATE], strict=True)
        ]

    def legislate(self) -> None:
        """Pass laws that are drawn, and sum up what all of them leave open."""
        self._next_laws = [self.legislates(law) for law in range(len(self.laws))]
        self._next_win_set = self.open_domains()

    def commit(self) -> None:
        """Take on everything decided."""
        super().commit()
        self.slow, self.laws = self._next_slow, self._next_laws
        self.win_set, self.overlap = self._next_win_set, self._next_overlap
