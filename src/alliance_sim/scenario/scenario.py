"""A whole scenario: one possible world, complete."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from alliance_sim.scenario.part import Part, Text
from alliance_sim.scenario.schema import (
    Item,
    Juncture,
    Kind,
    Leader,
    Member,
    Observation,
    Partners,
    Period,
    Prior,
    Rung,
    Threat,
    Time,
)
from alliance_sim.scenario.theory import (
    Assets,
    Council,
    Domestic,
    Ladder,
    Levels,
    Motives,
    Network,
    Perception,
    Switches,
    ThreatDynamics,
    Willingness,
)


class Scenario(Part):
    """One possible world, complete: two equal scenarios give equal results.

    Get one from `alliance_sim.load_scenario`; change it with the functions of
    `alliance_sim.scenario.edit`, also offered as methods there. Never changed in place.

    Attributes:
        name: Short name, such as "japan_nato/baseline".
        question: The what-if in one sentence; empty for a described history.
        edits: What was changed against the scenario it extends, in words.
    """

    name: Text
    title: Text
    description: Text
    question: str = ""
    edits: tuple[str, ...] = ()
    time: Time = Time()
    theory: Switches = Switches()
    partners: Partners
    willingness: Willingness
    levels: Levels
    assets: Assets
    perception: Perception
    threat_dynamics: ThreatDynamics
    domestic: Domestic
    council: Council
    ladder: Ladder
    network: Network
    motives: Motives
    observation: Observation
    period: tuple[Period, ...] = Field(min_length=1)
    threat: tuple[Threat, ...] = Field(min_length=1)
    member: tuple[Member, ...] = Field(min_length=1)
    leader: tuple[Leader, ...] = ()
    juncture: tuple[Juncture, ...] = ()
    rung: tuple[Rung, ...] = Field(min_length=1)
    item: tuple[Item, ...] = ()
    kind: tuple[Kind, ...] = Field(min_length=1)
    prior: tuple[Prior, ...] = ()

    def without(self, *junctures: str) -> Scenario:
        """Return the same world in which these junctures never happened.

        What stands in their place, and how their descendants respond, is on their cards.

        Raises:
            ScenarioError: If a name is not a juncture of this scenario, or was removed already.
        """
        from alliance_sim.scenario import edit

        return edit.without(self, *junctures)

    def moved(
        self, juncture: str, *, to: dt.date | None = None, by_quarters: int | None = None
    ) -> Scenario:
        """Return the same world with a juncture on another day.

        Args:
            juncture: Its name.
            to: The new day; an end moves by the same time.
            by_quarters: Or how many quarters later (below 0: earlier).

        Raises:
            ScenarioError: If the juncture is unknown, or not exactly one of the two is given.
        """
        from alliance_sim.scenario import edit

        return edit.moved(self, juncture, to=to, by_quarters=by_quarters)

    def with_number(self, path: str, value: float) -> Scenario:
        """Return the same world with one number changed inside its range.

        Args:
            path: Such as "willingness.threat_state" or "juncture.nine_eleven.effect.0.size".
            value: The new value, within the low and high that the number states.

        Raises:
            ScenarioError: If there is no number at the path or the value leaves its range.
        """
        from alliance_sim.scenario import edit

        return edit.with_number(self, path, value)

    def with_setting(self, path: str, value: object) -> Scenario:
        """Return the same world with a setting that is not a number changed.

        Args:
            path: Such as "council.rule" or "theory.domestic".
            value: The new value.

        Raises:
            ScenarioError: If there is no such setting or the value is not allowed.
        """
        from alliance_sim.scenario import edit

        return edit.with_setting(self, path, value)
