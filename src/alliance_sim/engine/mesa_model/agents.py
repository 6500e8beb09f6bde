"""The actors: threats, the state, the alliance and its members.

An agent holds numbers and calls rules. A quarter has two phases: in `decide` everybody reads what
all others were last quarter and keeps the answer to itself; in `commit` all become what they
decided. So the order of agents cannot matter. To try another decision, subclass an agent, override
the method that takes it (`log_ratio`, `accepts`, ...) and pass the class in a `Cast`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import mesa

from alliance_sim.arithmetic import inverse_normal
from alliance_sim.rules.council import (
    LEADER,
    WEIGHTED_MAJORITY,
    accepts,
    agreed,
    backing_with,
    decisive_with,
)
from alliance_sim.rules.domestic import in_force, next_age, passes, shut_after, win_set
from alliance_sim.rules.perception import (
    apart_after,
    attended_exposure,
    next_attention,
    next_perceived,
)
from alliance_sim.rules.threats import menace, next_hostility, next_mood
from alliance_sim.rules.willingness import (
    Situation,
    asset_term,
    next_slow,
    threat_term,
    willingness,
)

if TYPE_CHECKING:
    from alliance_sim.engine.mesa_model.model import AllianceModel

STATE, ALLIANCE = 0, 1
POLITICAL, OPERATIONS = 0, 1


class Actor(mesa.Agent):  # type: ignore[misc]
    """An agent with a name and a role, which decides and then commits."""

    role: ClassVar[str] = "actor"
    model: AllianceModel

    def __init__(self, model: AllianceModel, name: str) -> None:
        """Join a model under a name."""
        super().__init__(model)
        self.name = name

    def decide(self) -> None:
        """Work out next quarter's state from everybody's present state."""

    def commit(self) -> None:
        """Become what was decided."""


class Threat(Actor):
    """An external threat: capability and intent, following its own course and reacting."""

    role = "threat"

    def __init__(self, model: AllianceModel, name: str, position: int) -> None:
        """Begin at the hostility that the scenario gives for the first quarter."""
        super().__init__(model, name)
        self.position = position
        self.offence = model.threat_parts[name].offence.value
        self.mood = self._next_mood = 0.0
        self.hostility = self._next_hostility = model.inputs.hostility[position]
        self.menace = self._menace()

    def _menace(self) -> float:
        return menace(self.model.inputs.capability[self.position], self.offence, self.hostility)

    def decide(self) -> None:
        """Drift, provoked by cooperation and calmed by being ignored."""
        model, k = self.model, self.position
        luck = model.normal(model.world.channels.mood[k])
        self._next_mood = next_mood(model.numbers.habits, self.mood, luck)
        attention = 0.5 * (model.japan.perceived[k] + model.nato.perceived(k))
        self._next_hostility = next_hostility(
            model.numbers.habits,
            self.hostility,
            model.inputs.hostility[k],
            self.mood,
            model.partnership.activity,
            attention,
        )

    def commit(self) -> None:
        """Take on the new hostility and be as menacing as this quarter's capability allows."""
        self.mood, self.hostility = self._next_mood, self._next_hostility
        self.menace = self._menace()


class Partner(Actor):
    """What the state and each member share: eyes, a log benefit/cost ratio, a willingness."""

    def __init__(self, model: AllianceModel, name: str) -> None:
        """Begin with threats felt as they press in the first quarter."""
        super().__init__(model, name)
        exposures = self.exposures()
        self.perceived = [
            min(1.0, exposure * threat.menace)
            for exposure, threat in zip(exposures, model.threats, strict=True)
        ]
        self.ratio = [0.0, 0.0, 0.0]
        self.willing = [0.0, 0.0, 0.0]
        self._next_perceived = self.perceived
        self._next_ratio = self.ratio

    def exposures(self) -> tuple[float, ...]:
        """Return how far each threat reaches this partner this quarter."""
        raise TypeError(f"{type(self).__name__} must say how far threats reach it")

    def log_ratio(self, domain: int) -> float:
        """Return the log benefit/cost of cooperating in a domain: the decision of this partner."""
        raise TypeError(f"{type(self).__name__} must weigh cooperation in domain {domain}")

    def settle(self) -> None:
        """Weigh cooperation for the first quarter, with nothing built and no noise yet."""
        self.ratio = self._next_ratio = [self.log_ratio(domain) for domain in range(3)]
        self.willing = [willingness(ratio) for ratio in self.ratio]

    def decide(self) -> None:
        """Look at threats and weigh cooperation in each domain."""
        eyes = self.model.numbers.eyes
        self._next_perceived = [
            next_perceived(eyes, felt, exposure, threat.menace)
            for felt, exposure, threat in zip(
                self.perceived, self.exposures(), self.model.threats, strict=True
            )
        ]
        self._next_ratio = [self.log_ratio(domain) for domain in range(3)]

    def commit(self) -> None:
        """Take on the new view and the new willingness."""
        self.perceived, self.ratio = self._next_perceived, self._next_ratio
        self.willing = [willingness(ratio) for ratio in self.ratio]


class Japan(Partner):
    """The state partner: it weighs the United States, and law at home bounds it."""

    role = "state"

    def __init__(self, model: AllianceModel, name: str) -> None:
        """Begin with no drawn law passed and no slow noise."""
        super().__init__(model, name)
        self.slow = self._next_slow = [0.0, 0.0, 0.0]
        self.laws = self._next_laws = [0.0] * len(model.world.drawn_laws)
        self.win_set = self._next_win_set = self.open_domains()
        self.overlap = self._next_overlap = 0.0

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
            apart = apart_after(apart, felt, self.model.nato.perceived(k))
        return 1.0 - apart

    def log_ratio(self, domain: int) -> float:
        """Return the state's log benefit/cost of cooperating in a domain."""
        model, now, numbers = self.model, self.model.inputs, self.model.numbers
        sees = Situation(
            overlap=self._next_overlap,
            distraction=0.0,
            commitment=now.commitment,
            networking=now.networking,
            dependence=numbers.dependence,
            involvement=now.involvement[ALLIANCE],
            capability=now.capability_state,
        )
        ties = model.partnership.ties
        pull = numbers.threat_pulls[STATE][domain]
        return (
            numbers.floors[STATE][domain]
            + threat_term(pull, sees, model.partnership.level[domain])
            + asset_term(numbers.asset_pulls[domain], ties)
            + numbers.domestic * model.push[STATE]
            + now.need[STATE][domain]
            + self.slow[domain]
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
            result.append(1.0 - numbers.domestic * (1.0 - opening))
        return result

    def legislates(self, law: int) -> float:
        """Return next quarter's age of a law that is drawn, in quarters; 0 until it passes."""
        model = self.model
        drawn = model.world.drawn_laws[law]
        if self.laws[law] > 0.0 or model.quarter < drawn.first_step:
            return next_age(self.laws[law], 0.0)
        passed = passes(
            model.numbers.law,
            drawn.log_hazard,
            max(self.perceived),
            model.push[STATE],
            model.partnership.level[OPERATIONS],
            (model.numbers.dt, model.uniform(model.world.channels.law[law])),
        )
        return next_age(self.laws[law], passed)

    def ratifies_with(self, luck: float) -> tuple[float, float]:
        """Return mean win-set and a normal draw, what ratification is judged by."""
        opening = (self.win_set[0] + self.win_set[1] + self.win_set[2]) / 3.0
        return opening, inverse_normal(luck)

    def decide(self) -> None:
        """Compare agendas, weigh cooperation, legislate."""
        model, numbers = self.model, self.model.numbers
        self._next_overlap = self.agenda_overlap()
        super().decide()
        self._next_slow = [
            next_slow(numbers.slow_carry, numbers.slow_jolt, slow, model.normal(channel))
            for slow, channel in zip(self.slow, model.world.channels.slow[STATE], strict=True)
        ]
        self._next_laws = [self.legislates(law) for law in range(len(self.laws))]
        self._next_win_set = self.open_domains()

    def commit(self) -> None:
        """Take on everything decided."""
        super().commit()
        self.slow, self.laws = self._next_slow, self._next_laws
        self.win_set, self.overlap = self._next_win_set, self._next_overlap


class Member(Partner):
    """A member of the alliance, or a group of members that decide alike."""

    role = "member"

    def __init__(self, model: AllianceModel, name: str, position: int) -> None:
        """Begin as a member, or as a state that will join later."""
        self.position = position
        self.offset = model.member_parts[name].offset.value
        super().__init__(model, name)

    def exposures(self) -> tuple[float, ...]:
        """Return how far each threat reaches this member; distant ones grow with attention."""
        given = self.model.inputs.exposure_member[self.position]
        attention = self.model.nato.attention
        if attention <= 0.0:
            return given
        return tuple(
            attended_exposure(exposure, attention) if asian else exposure
            for exposure, asian in zip(given, self.model.world.asian, strict=True)
        )

    def situation(self) -> Situation:
        """Return what this member faces: its own overlap with the state, its own worries."""
        now, apart, distraction = self.model.inputs, 1.0, 0.0
        for k, felt in enumerate(self.perceived):
            apart = apart_after(apart, felt, self.model.japan.perceived[k])
            if self.model.distracting[k]:
                distraction = max(distraction, felt)
        return Situation(
            overlap=1.0 - apart,
            distraction=distraction * (1.0 - now.link),
            commitment=0.0,
            networking=0.0,
            dependence=0.0,
            involvement=now.involvement[STATE],
            capability=0.0,
        )

    def log_ratio(self, domain: int) -> float:
        """Return this member's log benefit/cost of cooperating in a domain."""
        model, numbers = self.model, self.model.numbers
        pull = numbers.threat_pulls[ALLIANCE][domain]
        return (
            numbers.floors[ALLIANCE][domain]
            + self.offset
            + threat_term(pull, self._sees, model.partnership.level[domain])
            + asset_term(numbers.asset_pulls[domain], model.partnership.ties)
            + numbers.domestic * model.push[ALLIANCE]
            + model.inputs.need[ALLIANCE][domain]
            + model.nato.slow[domain]
        )

    def settle(self) -> None:
        """Compare agendas with the state, then weigh cooperation for the first quarter."""
        self._sees = self.situation()
        super().settle()

    @property
    def formal_ratio(self) -> float:
        """Log benefit/cost of a formal step: for a group, that of its least willing state."""
        return self.ratio[POLITICAL] - self.model.inputs.reluctance[self.position]

    def accepts(self, demand: float, luck: float) -> float:
        """Return 1 if this member accepts a formal step that asks for `demand`, else 0."""
        return accepts(
            self.formal_ratio,
            demand,
            self.model.numbers.member_spread,
            inverse_normal(luck),
        )

    def decide(self) -> None:
        """Compare agendas with the state, then look and weigh."""
        self._sees = self.situation()
        super().decide()


class Nato(Actor):
    """The alliance: what its members want on average, and how they agree on formal steps."""

    role = "alliance"

    def __init__(self, model: AllianceModel, name: str) -> None:
        """Begin without attention to distant theatres and without slow noise."""
        super().__init__(model, name)
        self.slow = self._next_slow = [0.0, 0.0, 0.0]
        self.attention = self._next_attention = 0.0
        self._felt: list[float] = []

    def mean(self, values: list[float]) -> float:
        """Return the mean of one value per member, weighted by this quarter's weights."""
        total = weights = 0.0
        for value, weight in zip(values, self.model.inputs.weight, strict=True):
            total = total + weight * value
            weights = weights + weight
        return total / weights

    def perceived(self, threat: int) -> float:
        """Return how strongly the alliance feels a threat, in [0, 1]."""
        return self._felt[threat]

    def willing(self, domain: int) -> float:
        """Return the level that the alliance would choose alone, in [0, 1]."""
        return self.mean([member.willing[domain] for member in self.model.members])

    def ratio(self, domain: int) -> float:
        """Return the mean of members' log benefit/cost."""
        return self.mean([member.ratio[domain] for member in self.model.members])

    def look(self) -> None:
        """Sum up what members feel, once all have committed."""
        count = len(self.model.world.threats)
        self._felt = [self.mean([m.perceived[k] for m in self.model.members]) for k in range(count)]

    def decisive(self) -> float:
        """Return the log benefit/cost of the member on whom a formal step turns."""
        model, numbers = self.model, self.model.numbers
        if numbers.decision == LEADER:
            return next(m.formal_ratio for m in model.members if m.name == model.council_leader)
        share = numbers.majority if numbers.decision == WEIGHTED_MAJORITY else 1.0
        seats = [
            (member.formal_ratio, weight)
            for member, weight in zip(model.members, model.inputs.weight, strict=True)
            if weight > 0.0
        ]
        everybody = 0.0
        for _, weight in seats:
            everybody = everybody + weight
        decisive = -40.0
        for asked, _ in seats:
            backing = 0.0
            for ratio, weight in seats:
                backing = backing_with(backing, weight, ratio, asked)
            decisive = decisive_with(decisive, asked, backing, everybody, share)
        return decisive

    def council(self, demand: float, channels: tuple[int, ...]) -> tuple[float, list[float]]:
        """Return 1 if the Council agrees to a demand (else 0), and each member's answer.

        A state that has not joined yet has no say, and counts as not objecting.
        """
        model = self.model
        yes = everybody = leader = 0.0
        answers = []
        for member, weight, channel in zip(
            model.members, model.inputs.weight, channels, strict=True
        ):
            answer = member.accepts(demand, model.uniform(channel)) if weight > 0.0 else 1.0
            answers.append(answer)
            everybody = everybody + weight
            yes = yes + weight * answer
            if member.name == model.council_leader:
                leader = answer
        decision, majority = model.numbers.decision, model.numbers.majority
        return agreed(decision, yes, everybody, leader, majority), answers

    def decide(self) -> None:
        """Let attention follow political ties, and slow noise drift."""
        model, numbers = self.model, self.model.numbers
        political = model.partnership.level[POLITICAL]
        self._next_attention = next_attention(self.attention, numbers.attention_speed, political)
        self._next_slow = [
            next_slow(numbers.slow_carry, numbers.slow_jolt, slow, model.normal(channel))
            for slow, channel in zip(self.slow, model.world.channels.slow[ALLIANCE], strict=True)
        ]

    def commit(self) -> None:
        """Take on everything decided."""
        self.attention, self.slow = self._next_attention, self._next_slow
