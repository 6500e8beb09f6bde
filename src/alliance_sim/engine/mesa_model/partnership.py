"""The relationship itself: it decides nothing and follows what both sides want."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliance_sim.arithmetic import hazard
from alliance_sim.engine.mesa_model.agents import (
    ALLIANCE,
    OPERATIONS,
    POLITICAL,
    STATE,
    Actor,
)
from alliance_sim.rules.domestic import ratifies
from alliance_sim.rules.events import (
    Counting,
    entrapment,
    event_count,
    expected_events,
    institution,
    no_event,
    risen,
    suspend_chance,
    suspends,
)
from alliance_sim.rules.ladder import (
    falls,
    next_network,
    rung_after,
    sign_chance,
    signs,
    tried,
    tries,
    try_chance,
)
from alliance_sim.rules.levels import (
    all_assets,
    breaking,
    hurry,
    lost,
    mean_of_three,
    next_general,
    next_level,
    next_mission,
    target,
)
from alliance_sim.rules.willingness import Ties, asset_term

if TYPE_CHECKING:
    from alliance_sim.engine.mesa_model.model import AllianceModel


class Partnership(Actor):
    """Cooperation levels, institutional assets, the formal rung, and the quarter's events."""

    role = "partnership"

    def __init__(self, model: AllianceModel, name: str) -> None:
        """Begin with nothing built; `settle` finds the level that both sides want at once."""
        super().__init__(model, name)
        self.level = self._next_level = [0.0, 0.0, 0.0]
        self.peak = 0.0  # highest operations level so far
        self.general = self._next_general = 0.0
        self.mission = self._next_mission = 0.0
        self.rung = self._next_rung = 0.0
        self.climbed = 0.0
        self.agreements = self._next_agreements = 0.0
        self.network = self._next_network = 0.0  # share of allies with an agreement, lagged
        self.counts = self._next_counts = [0.0, 0.0, 0.0, 0.0]
        self.suspended = self._next_suspended = 0.0
        self.blocked = self._next_blocked = 0.0
        self.passed_items = self._next_items = [0.0] * len(model.world.items)
        nobody = [0.0] * (len(model.world.members) + 1)
        self.refused = self._next_refused = nobody
        self.item_refused = self._next_item_refused = [nobody for _ in model.world.items]
        self.begin()

    def begin(self) -> None:
        """Sum up what has been built, as all who weigh cooperation in the quarter see it."""
        ties = self.ties
        self.asset_terms = [asset_term(pull, ties) for pull in self.model.numbers.asset_pulls]

    @property
    def assets(self) -> float:
        """All institutional assets, in [0, 1]."""
        return all_assets(self.general, self.mission)

    @property
    def activity(self) -> float:
        """Mean cooperation level, in [0, 1]."""
        return mean_of_three(*self.level)

    @property
    def ties(self) -> Ties:
        """What has been built, as both sides see it."""
        political, operations, _ = self.level
        below = lost(self.peak, operations)
        missions = self.model.inputs.missions
        return Ties(self.assets, political, operations, below, self.network, missions)

    def targets(self) -> list[float]:
        """Return the level in each domain that both sides want and the law allows."""
        state, alliance = self.model.state, self.model.alliance
        softness, ceiling = self.model.numbers.softness, self.model.numbers.ceiling
        return [
            target(state.win_set[d], state.willing[d], alliance.willing(d), softness, ceiling)
            for d in range(3)
        ]

    def settle(self) -> None:
        """Begin at the target, with no history behind it."""
        self.level = self._next_level = self.targets()

    def follow(self) -> None:
        """Let levels follow what both sides want, and assets grow."""
        model, numbers = self.model, self.model.numbers
        push, change = model.push[STATE] + model.push[ALLIANCE], model.inputs.capability_change
        fast, fall = hurry(numbers.pace, push), breaking(numbers.pace, self.assets, change)
        self._next_level = [
            next_level(numbers.pace, level, target, fast, fall)
            for level, target in zip(self.level, self.targets(), strict=True)
        ]
        built = (numbers.growth, self.general, self.mission, self.activity)
        self._next_general = next_general(*built, self.climbed)
        self._next_mission = next_mission(*built, self.climbed, model.inputs.missions_ended)

    def negotiate(self) -> None:
        """Try the next rung and the items on the agenda; note who refused."""
        model = self.model
        self._next_rung, self._next_blocked = self.rung, 0.0
        nobody = [0.0] * len(self.refused)
        self._next_refused = nobody
        self._next_item_refused = [nobody for _ in self.item_refused]
        channels = model.world.channels
        if self._tries_rung():
            rung = model.world.rungs[int(self.rung)]
            if rung.granted or self._agreed(rung.demand, rung.domestic_demand, "rung"):
                self._next_rung = self.rung + 1.0
        else:
            luck = model.uniform(channels.fall)
            fallen = falls(hazard(model.numbers.downgrade, model.numbers.dt), luck)
            self._next_rung = rung_after(self.rung, fallen)
        self._next_items = list(self.passed_items)
        for position, item in enumerate(model.world.items):
            if item.tabled == model.quarter:
                self._next_items[position] = float(self._agreed(item.demand, 0.0, position))

    def _tries_rung(self) -> bool:
        model = self.model
        if self.rung >= len(model.world.rungs):
            return False
        rung = model.world.rungs[int(self.rung)]
        margin = model.alliance.decisive() - rung.demand
        numbers = model.numbers
        chance = try_chance(
            numbers.ladder, rung.log_hazard, self.activity, self.assets, margin, numbers.dt
        )
        would = tried(chance, model.uniform(model.world.channels.tried))
        opens, granted = float(rung.opens), float(rung.granted)
        return tries(float(model.quarter), opens, granted, would) > 0.0

    def _agreed(self, demand: float, domestic_demand: float, what: str | int) -> bool:
        """Return whether both sides consent; a refusal counts as a blocked step."""
        model = self.model
        channels = model.world.channels
        *of_members, at_home = channels.council if isinstance(what, str) else channels.item[what]
        agreed, answers = model.alliance.council(demand, of_members)
        opening, luck = model.state.ratifies_with(model.uniform(at_home))
        ratified = ratifies(opening, domestic_demand, model.numbers.ratification_spread, luck)
        if agreed > 0.0 and ratified > 0.0:
            return True
        refusals = [1.0 - answer for answer in (*answers, ratified)]
        if isinstance(what, str):
            self._next_refused = refusals
        else:
            self._next_item_refused[what] = refusals
        self._next_blocked = self._next_blocked + 1.0
        return False

    def sign(self) -> None:
        """Let single allies sign agreements."""
        model, numbers = self.model, self.model.numbers
        states = max(1.0, model.inputs.states)
        chance = sign_chance(
            numbers.agreement, self.agreements, states, self.level[OPERATIONS], numbers.dt
        )
        signed = signs(chance, model.uniform(model.world.channels.agreement))
        self._next_agreements = self.agreements + signed
        self._next_network = next_network(
            self.network, numbers.network_lag, self.agreements, states
        )

    def show(self) -> None:
        """Draw how many events show the levels, and whether anything is suspended."""
        model, numbers = self.model, self.model.numbers
        standing = institution(self.assets, self.level[POLITICAL])
        assets = all_assets(self._next_general, self._next_mission)
        before = [*self.level, standing]
        after = [*self._next_level, institution(assets, self._next_level[POLITICAL])]
        self._next_counts = [
            self._count(counting, level, risen(*ends), channel)
            for counting, level, ends, channel in zip(
                numbers.counting,
                (*self._next_level, standing),
                zip(before, after, strict=True),
                model.world.channels.counts,
                strict=True,
            )
        ]
        chance = suspend_chance(
            numbers.suspension,
            numbers.suspension_entrapment,
            entrapment(self.level[OPERATIONS], model.inputs.involvement[ALLIANCE]),
            self.level[OPERATIONS],
            numbers.dt,
        )
        luck = model.uniform(model.world.channels.suspension)
        self._next_suspended = suspends(chance, luck)

    def _count(self, counting: Counting, level: float, up: float, channel: int) -> float:
        """Return how many events of a series show a level, and its rise, this quarter."""
        mean = expected_events(counting, level, up, self.model.numbers.dt)
        nothing = no_event(mean, counting.size)
        return event_count(mean, counting.size, nothing, self.model.uniform(channel))

    def commit(self) -> None:
        """Take on everything decided."""
        self.level = self._next_level
        self.general, self.mission = self._next_general, self._next_mission
        self.rung, self.passed_items = self._next_rung, self._next_items
        self.agreements, self.network = self._next_agreements, self._next_network
        self.counts, self.suspended = self._next_counts, self._next_suspended
        self.blocked, self.refused = self._next_blocked, self._next_refused
        self.item_refused = self._next_item_refused
