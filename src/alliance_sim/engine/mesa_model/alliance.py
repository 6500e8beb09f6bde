"""The alliance: its members, and how they come to an agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from alliance_sim.arithmetic import inverse_normal
from alliance_sim.engine.mesa_model.agents import (
    ALLIANCE,
    POLITICAL,
    STATE,
    Actor,
    Partner,
    first_slows,
    floors_now,
)
from alliance_sim.rules.council import (
    LARGEST_RATIO,
    LEADER,
    WEIGHTED_MAJORITY,
    accepts,
    agreed,
    backing_with,
    decisive_with,
    least_of,
    least_willing,
)
from alliance_sim.rules.perception import (
    apart_after,
    attended_exposure,
    attention_with,
    next_attention,
    overlap,
)
from alliance_sim.rules.willingness import (
    Situation,
    distraction_with,
    log_ratio,
    mean_with,
    next_slow,
    threat_term,
    unlinked,
)

if TYPE_CHECKING:
    from alliance_sim.engine.mesa_model.model import AllianceModel


class Member(Partner):
    """A member of the alliance, or a group of members that decide alike."""

    role = "member"

    def __init__(self, model: AllianceModel, name: str, position: int) -> None:
        """Begin as a member, or as a state that will join later."""
        self.position = position
        self.offset = model.world.offsets[position]
        super().__init__(model, name)

    def exposures(self) -> tuple[float, ...]:
        """Return how far each threat reaches this member; distant ones grow with attention."""
        given = self.model.inputs.exposure_member[self.position]
        drawn = self.model.inputs.attention
        attention = attention_with(self.model.alliance.attention, drawn)
        if attention <= 0.0:
            return given
        return tuple(
            [
                attended_exposure(exposure, attention) if asian else exposure
                for exposure, asian in zip(given, self.model.world.asian, strict=True)
            ]
        )

    def situation(self) -> Situation:
        """Return what this member faces: its own overlap with the state, its own worries."""
        model, now, apart, distraction = self.model, self.model.inputs, 1.0, 0.0
        for felt, at_home, distracts in zip(
            self.perceived, model.state.perceived, model.world.distracting, strict=True
        ):
            apart = apart_after(apart, felt, at_home)
            if distracts:
                distraction = distraction_with(distraction, felt)
        return Situation(
            overlap=overlap(apart),
            distraction=unlinked(distraction, now.link),
            involvement=now.involvement[STATE],
        )

    def log_ratio(self, domain: int) -> float:
        """Return this member's log benefit/cost of cooperating in a domain."""
        floor, pull, level, assets, push, need, slow = self.model.alliance.common[domain]
        threat = threat_term(pull, self._sees, level)
        return log_ratio(floor, self.offset, threat, assets, push, need, slow)

    def settle(self) -> None:
        """Compare agendas with the state, then weigh cooperation for the first quarter."""
        self._sees = self.situation()
        super().settle()

    @property
    def formal_ratio(self) -> float:
        """Log benefit/cost of a formal step: for a group, that of its least willing state."""
        return least_willing(self.ratio[POLITICAL], self.model.inputs.reluctance[self.position])

    def accepts(self, demand: float, luck: float) -> float:
        """Return 1 if this member accepts a formal step that asks for `demand`, else 0."""
        return accepts(
            self.formal_ratio,
            demand,
            self.model.numbers.member_spread,
            inverse_normal(luck),
        )

    def weigh(self) -> None:
        """Compare agendas with the state, then weigh cooperation."""
        self._sees = self.situation()
        super().weigh()


class Alliance(Actor):
    """The alliance: what its members want on average, and how they agree on formal steps."""

    role = "alliance"

    def __init__(self, model: AllianceModel, name: str) -> None:
        """Begin without attention to distant theatres, and with slow noise as at any time."""
        super().__init__(model, name)
        self.slow = self._next_slow = first_slows(model, ALLIANCE)
        self.attention = self._next_attention = 0.0
        self._felt: list[float] = []
        self.begin()

    def begin(self) -> None:
        """Look up what is the same for all members this quarter.

        That is how much they weigh in all; and by domain the floor, the pull of threats, the level,
        what assets add, the leaders' push, what events ask for, and slow noise.
        """
        model, numbers = self.model, self.model.numbers
        self.common = tuple(
            zip(
                floors_now(model, ALLIANCE),
                numbers.threat_pulls[ALLIANCE],
                model.partnership.level,
                model.partnership.asset_terms,
                [numbers.domestic * model.push[ALLIANCE]] * len(self.slow),
                model.inputs.need[ALLIANCE],
                self.slow,
                strict=True,
            )
        )
        self._weights = 0.0
        for weight in model.inputs.weight:
            self._weights = mean_with(self._weights, weight, 1.0)

    def mean(self, values: list[float]) -> float:
        """Return the mean of one value per member, weighted by this quarter's weights."""
        total = 0.0
        for value, weight in zip(values, self.model.inputs.weight, strict=True):
            total = mean_with(total, weight, value)
        return total / self._weights

    def perceived(self, threat: int) -> float:
        """Return how strongly the alliance feels a threat, in [0, 1]."""
        return self._felt[threat]

    def willing(self, domain: int) -> float:
        """Return the level that the alliance would choose alone, in [0, 1]."""
        return self.mean([member.willing[domain] for member in self.model.members])

    def political_ratio(self) -> float:
        """Return the mean of members' log benefit/cost of political cooperation."""
        return self.mean([member.ratio[POLITICAL] for member in self.model.members])

    def look(self) -> None:
        """Sum up what members feel, once all have committed."""
        count = len(self.model.world.threats)
        self._felt = [self.mean([m.perceived[k] for m in self.model.members]) for k in range(count)]

    def decisive(self) -> float:
        """Return the log benefit/cost of the member on whom a formal step turns."""
        model, numbers = self.model, self.model.numbers
        if numbers.decision == LEADER:
            return model.members[numbers.leading].formal_ratio
        seats = [
            (member.formal_ratio, weight)
            for member, weight in zip(model.members, model.inputs.weight, strict=True)
            if weight > 0.0
        ]
        if numbers.decision != WEIGHTED_MAJORITY:
            least = LARGEST_RATIO
            for ratio, weight in seats:
                least = least_of(least, ratio, weight)
            return least
        everybody = 0.0
        for _, weight in seats:
            everybody = everybody + weight
        decisive = -LARGEST_RATIO
        for asked, _ in seats:
            backing = 0.0
            for ratio, weight in seats:
                backing = backing_with(backing, weight, ratio, asked)
            decisive = decisive_with(decisive, asked, backing, everybody, numbers.majority)
        return decisive

    def council(self, demand: float, channels: Sequence[int]) -> tuple[float, list[float]]:
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
            if member.position == model.numbers.leading:
                leader = answer
        decision, majority = model.numbers.decision, model.numbers.majority
        return agreed(decision, yes, everybody, leader, majority), answers

    def drift(self) -> None:
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
