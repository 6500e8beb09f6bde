"""The log likelihood of a record once more, slowly: rules in plain Python, from a run's states."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from alliance_sim.engine.kernel.conditioned import Conditioned
from alliance_sim.engine.kernel.layout import state_rows
from alliance_sim.rules import council, domestic, events, ladder, levels
from alliance_sim.scenario.fields import SERIES

SIDES = {"both": events.BOTH, "state": events.STATE, "alliance": events.ALLIANCE}


class Slow:
    """One lane of a scenario whose numbers are those of the file."""

    def __init__(self, held: Conditioned, states: Any) -> None:
        self.world, self.observed = held.ready.world, held.observed
        self.numbers, self.rows = self.world.coefficients, state_rows(held.ready.frame.shape)
        self.states = states  # (quarter, row)
        self.kinds = {(k.domain, k.name): k for k in self.world.scenario.kinds}
        self.parts = dict.fromkeys(("counts", "ladder", "agreements", "laws", "marks"), 0.0)

    def state(self, step: int, name: str, k: int = 0) -> float:
        return float(self.states[step, self.rows[name][k]])

    def coded(self, step: int) -> tuple[float, float, float]:
        small, *rest = self.observed.coded[self.observed.era[step]]
        return (0.0 if self.observed.series == "salience2" else small, *rest)

    def share_of(self, kind: Any, step: int) -> float:
        top = self.world.scenario.observation.top_salience.value
        share = events.coded_share(kind.salience.value, top, self.coded(step))
        alone = kind.single_ally.value if self.observed.series == "alliance" else 0.0
        return (1.0 - alone) * share

    def share(self, step: int, series: str, level: float, assets: float) -> float:
        """Return which part of a series' events is coded, over the kinds that happen now."""
        total = coded = 0.0
        for kind in (k for k in self.world.scenario.kinds if k.domain == series):
            weight = events.kind_weight(
                *(kind.weight.value, kind.assets_pull.value, kind.from_level.value), level, assets
            )
            total, coded = total + weight, coded + weight * self.share_of(kind, step)
        return coded / total

    def counts(self, step: int) -> None:
        general, mission = self.state(step, "general"), self.state(step, "mission")
        before = levels.all_assets(self.state(step - 1, "general"), self.state(step - 1, "mission"))
        for place, series in enumerate(SERIES):
            if series == "institution":
                now = events.institution(before, self.state(step - 1, "level"))
                new = levels.all_assets(general, mission)
                up = events.risen(now, events.institution(new, self.state(step, "level")))
                level = (general + mission) * self.state(step, "level")
            else:
                level = now = self.state(step, "level", place)
                up = events.risen(self.state(step - 1, "level", place), now)
            counting = self.numbers.counting[place]
            mean = events.expected_events(counting, now, up, self.numbers.dt)
            mean *= self.share(step, series, level, general + mission)
            count = float(self.observed.counts[step, place])
            self.parts["counts"] += events.log_count_chance(mean, counting.size, count)

    def consent(self, step: int, demand: float, at_home: float) -> float:
        now, found = self.world.inputs[step], 1.0
        for member, weight in enumerate(now.weight):
            ratio = self.state(step - 1, "ratio_member", 3 * member) - now.reluctance[member]
            if weight > 0.0:
                found *= council.accept_chance(ratio, demand, self.numbers.member_spread)
        opening = levels.mean_of_three(*(self.state(step - 1, "win_set", k) for k in range(3)))
        return found * domestic.ratify_chance(opening, at_home, self.numbers.ratification_spread)

    def rung(self, step: int) -> None:
        before, after = self.observed.rung[step - 1], self.observed.rung[step]
        now, numbers = self.world.inputs[step], self.numbers
        tried, passed = 0.0, 1.0
        lost = -math.expm1(-math.exp(numbers.downgrade) * numbers.dt) if before else 0.0
        if before < len(self.world.rungs) and step >= self.world.rungs[before].opens:
            rung = self.world.rungs[before]
            decisive = min(
                self.state(step - 1, "ratio_member", 3 * m) - now.reluctance[m]
                for m, weight in enumerate(now.weight)
                if weight > 0.0
            )
            activity = levels.mean_of_three(*(self.state(step - 1, "level", k) for k in range(3)))
            assets = levels.all_assets(
                self.state(step - 1, "general"), self.state(step - 1, "mission")
            )
            margin = decisive - rung.demand
            tried = ladder.try_chance(
                numbers.ladder, rung.log_hazard, activity, assets, margin, numbers.dt
            )
            passed = self.consent(step, rung.demand, rung.domestic_demand)
            tried, passed = (1.0, 1.0) if rung.granted else (tried, passed)
        seen = self.observed.coded[self.observed.era[step]][1]
        hidden = tried * (1.0 - passed) * (1.0 - seen)
        chance = (1.0 - tried) * (1.0 - lost) + hidden
        if after > before:
            chance = tried * passed
        elif after < before:
            chance = (1.0 - tried) * lost
        elif step in self.observed.blocked:
            chance = tried * (1.0 - passed) * seen
        self.parts["ladder"] += math.log(chance)

    def items(self, step: int) -> None:
        for name, item in zip(self.world.axes["item"], self.world.items, strict=True):
            if item.tabled == step and name in self.observed.items:
                chance = self.consent(step, item.demand, 0.0)
                self.parts["ladder"] += math.log(
                    chance if self.observed.items[name] else 1.0 - chance
                )

    def agreement(self, step: int) -> None:
        signed = list(self.observed.agreements or ())
        chance = ladder.sign_chance(
            self.numbers.agreement,
            float(sum(when < step for when in signed)),
            max(1.0, self.world.inputs[step].states),
            self.state(step - 1, "level", 1),
            self.numbers.dt,
        )
        self.parts["agreements"] += math.log(chance if step in signed else 1.0 - chance)

    def law(self, step: int, name: str, first: int, passed: int) -> None:
        if first <= step <= passed:
            threats = range(len(self.world.threats))
            juncture = next(j for j in self.world.scenario.junctures if j.name == name)
            assert juncture.log_hazard is not None
            chance = domestic.pass_chance(
                self.numbers.law,
                juncture.log_hazard.value,
                max(self.state(step - 1, "felt_state", k) for k in threats),
                self.world.inputs[step].push[0],
                self.state(step - 1, "level", 1),
                self.numbers.dt,
            )
            self.parts["laws"] += math.log(chance if step == passed else 1.0 - chance)

    def mark(self, mark: Any) -> None:
        seen, kind = self.world.scenario.observation, self.kinds.get((mark.series, mark.kind))
        if kind is not None:
            chance = events.salience_chance(
                kind.salience.value, seen.top_salience.value, float(mark.salience)
            )
            alone = kind.single_ally.value if self.observed.series == "alliance" else 0.0
            told = (1.0 - alone) * chance * self.coded(mark.step)[mark.salience - 1]
            self.parts["marks"] += math.log(told / self.share_of(kind, mark.step))
        if mark.who != "member":
            gap = self.state(mark.step, "ratio") - self.state(mark.step, "mean_ratio")
            state = events.state_starts(seen.initiator.value, seen.initiator_gap.value, gap)
            side = events.side_chance(seen.joint.value, state, SIDES[mark.who])
            self.parts["marks"] += math.log(side)


def slow_log_likelihood(
    held: Conditioned, states: Any, dated: list[tuple[str, int, int]]
) -> dict[str, float]:
    """Return the parts of one lane, from every row of its states (quarter, row)."""
    lane = Slow(held, states)
    for step in range(1, len(states)):
        for law in dated:
            lane.law(step, *law)
        if step >= held.observed.first:
            lane.counts(step)
            lane.rung(step)
            lane.items(step)
            lane.agreement(step)
    for mark in held.observed.marks:
        if mark.step >= held.observed.first:
            lane.mark(mark)
    return {name: float(np.float64(value)) for name, value in lane.parts.items()}
