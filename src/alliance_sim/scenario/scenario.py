"""A whole scenario: one possible world, complete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Never

from pydantic import Field, SerializerFunctionWrapHandler, ValidationError, model_serializer

from alliance_sim.calendar import Calendar
from alliance_sim.display import Facts, Shown, counted
from alliance_sim.errors import ScenarioError, did_you_mean, explains_calls, shown, warn_of
from alliance_sim.scenario import edit, yearly
from alliance_sim.scenario.causes import doubts, needless
from alliance_sim.scenario.checks import cross_problems
from alliance_sim.scenario.edits_in_words import texts_of
from alliance_sim.scenario.fields import Part, Text
from alliance_sim.scenario.holds import Hold, without_empty
from alliance_sim.scenario.path import Entries, Tree, instead_of, numbers
from alliance_sim.scenario.problems import WHEN_RUN, field_problems, frozen
from alliance_sim.scenario.schema import (
    Change,
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
    Spread,
    Threat,
    Time,
    periods_of,
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
from alliance_sim.shipped import found_by

HOW_TO_GET_ONE = "load_scenario(name or path) reads a scenario, and its methods return others"


class Scenario(Shown, Part):
    """One possible world, complete: two equal scenarios give equal results.

    Get one from `alliance_sim.load_scenario`; change it with its methods, which return another.
    Never changed in place.

    Attributes:
        name: Short name, such as "two_islands/baseline".
        question: The what-if in one sentence; empty for a described history.
        edits: What was changed against the scenario it extends, one after the other.
        holds: States that are held at a value over a window of time, put there by edits.
        relationship: Name under which titles, words, claims and the record are found; empty, or
            one that nobody has registered, for a world without them.
        record: The record to compare with, where it is not the one of that name: another name,
            with an edition such as "name@1", or a folder.
        series: Yearly series as lines `indicator,year,value`; see `alliance_sim.scenario.yearly`.
    """

    elsewhere: ClassVar[Mapping[str, str]] = WHEN_RUN | dict.fromkeys(
        ("years", "first_year", "last_year", "start", "end", "steps", "quarters"),
        "which years are run is said below [time], as first_year and last_year",
    )
    name: Text
    title: Text
    description: Text
    question: str = ""
    edits: tuple[Change, ...] = ()
    relationship: str = Field(default="", pattern=r"^([a-z][a-z0-9_]*)?$", max_length=60)
    record: str = Field(default="", max_length=4000)
    series: str = Field(default="", max_length=yearly.MOST_BYTES)
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
    periods: Entries[Period] = Field(alias="period", min_length=1)
    threats: Entries[Threat] = Field(alias="threat", min_length=1)
    members: Entries[Member] = Field(alias="member", min_length=1)
    leaders: Entries[Leader] = Field(default=Entries(), alias="leader")
    junctures: Entries[Juncture] = Field(default=Entries(), alias="juncture")
    rungs: Entries[Rung] = Field(alias="rung", min_length=1)
    items: Entries[Item] = Field(default=Entries(), alias="item")
    kinds: Entries[Kind] = Field(alias="kind", min_length=1)
    priors: Entries[Prior] = Field(default=Entries(), alias="prior")
    spreads: Entries[Spread] = Field(default=Entries(), alias="spread")
    holds: Entries[Hold] = Field(default=Entries(), alias="hold")

    @model_serializer(mode="wrap")
    def _dumped(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Return the parts as plain tables; holds are left out where there are none.

        So a scenario without them has the digest that it had before there were any.
        """
        return without_empty(dump(self))

    def calendar(self) -> Calendar:
        """Return the steps that a run goes through, with the periods that acts are counted in."""
        return Calendar(
            self.time.first_year,
            self.time.last_year,
            self.time.steps_per_year,
            periods_of(self.periods, self.time.last_year),
        )

    def _facts(self) -> Facts:
        years = f"{self.time.first_year} to {self.time.last_year}"
        there = [juncture for juncture in self.junctures if juncture.present]
        found = [number for _, number in numbers(self)]
        assumed = sum(number.assumed for number in found)
        brief = [years, counted(len(there), "juncture"), counted(len(found), "number")]
        more = [
            ("title", self.title),
            ("question", self.question),
            ("edits", "; ".join(change.words for change in self.edits)),
            ("years", f"{years}, {self.time.steps_per_year} steps a year"),
            ("sides", f"{self.partners.state_title} and {self.partners.alliance_title}"),
            ("threats", ", ".join(sorted(threat.name for threat in self.threats))),
            ("members", ", ".join(sorted(member.name for member in self.members))),
            ("junctures", f"{len(there)} that happen, of {len(self.junctures)} described"),
            ("numbers", f"{len(found)}, of which {assumed} are assumed"),
        ]
        return Facts(self.name, brief, more)

    def __repr_args__(self) -> list[tuple[str | None, object]]:
        """Return what rich and other printers show of a scenario."""
        return [("name", self.name), ("title", self.title)]

    def __getitem__(self, key: object) -> Never:
        """Refuse to guess which table a key is looked for in.

        Raises:
            ScenarioError: Always, with where it is, or what is like it.
        """
        raise ScenarioError(self.name, [instead_of(self, key)])

    if not TYPE_CHECKING:  # or nobody would be told of it before it runs

        def __init__(self, *given: object, **parts: object) -> None:
            """Make a scenario of its parts, all by name.

            Raises:
                ScenarioError: Naming every part that is missing or cannot be used.
            """
            if given:
                found = ", ".join(map(shown, given))
                raise ScenarioError("Scenario", [f"is given {found}; {HOW_TO_GET_ONE}"])
            try:
                super().__init__(**parts)
            except ValidationError as error:
                problems = field_problems(error, parts, Scenario)
                raise ScenarioError("Scenario", [*problems, HOW_TO_GET_ONE]) from None

        # What is read from files is checked as ever: it is no call that a user has made.
        __init__.__pydantic_base_init__ = True

        def __getattr__(self, name: str) -> object:
            """Refuse a name that a scenario has not, with the nearest that it has.

            Raises:
                AttributeError: Always.
            """
            if name.startswith("_"):
                return super().__getattr__(name)
            known = {*type(self).model_fields, *set(dir(type(self))).difference(dir(Part))}
            raise AttributeError(f"a scenario has no .{name}{did_you_mean(name, known)}")

        def __setattr__(self, name: str, value: object) -> None:
            """Refuse to change a scenario in place.

            Raises:
                ScenarioError: Always, with what returns another one.
            """
            problem = (
                f"{name}: a scenario is not changed in place; .without(...), .moved(...), "
                ".with_number(path, value) and .with_setting(path, value) return another"
            )
            raise ScenarioError(self.name, [problem])

    @explains_calls
    def without(self, *junctures: str) -> Scenario:
        """Return the same world in which these junctures never happened.

        What stands in their place, and how their descendants respond, is on their cards.

        Raises:
            ScenarioError: If a name is not a juncture of this scenario, or was removed already.
        """
        given: tuple[object, ...] = junctures
        for one in given:
            if isinstance(one, list | tuple) and one:
                each = ", ".join(shown(name) for name in one)
                problem = f"is {shown(one)}; names are given one by one: without({each})"
                raise ScenarioError(self.name, [f"juncture {problem}"])
        return edit.edited(self, [edit.Remove(name) for name in junctures])

    @explains_calls
    def moved(
        self,
        juncture: str,
        *,
        to: dt.date | None = None,
        by_quarters: int | None = None,
        end: dt.date | Literal["moves", "stays"] = "moves",
    ) -> Scenario:
        """Return the same world with a juncture on another day.

        Args:
            juncture: Its name.
            to: The new day.
            by_quarters: Or how many quarters later (below 0: earlier).
            end: What becomes of its end, if it has one: it "moves" by the same time, "stays" where
                it is, or is on a day of its own.

        Warns:
            ScenarioWarning: If the new day lies outside the run, or before a juncture that this one
                follows.

        Raises:
            ScenarioError: If the juncture is unknown, not exactly one of the two days is given, or
                it would end before it begins.
        """
        if (to is None) == (by_quarters is None):
            raise ScenarioError(self.name, ["moved: give either to= or by_quarters="])
        kept = None if end == edit.MOVES else end
        after = edit.edited(self, [edit.Move(juncture, to, by_quarters, kept)])
        before = set(doubts(self))
        for sentence in doubts(after):
            if sentence not in before:
                warn_of(sentence)
        return after

    @explains_calls
    def with_number(self, path: str, value: float) -> Scenario:
        """Return the same world with one number changed inside its range.

        Args:
            path: Such as "willingness.threat_state" or "juncture.nine_eleven.effect.0.size".
            value: The new value, within the low and high that the number states.

        Raises:
            ScenarioError: If there is no number at the path or the value leaves its range.
        """
        return edit.edited(self, [edit.Set(path, value, number=True)])

    @explains_calls
    def with_setting(self, path: str, value: object) -> Scenario:
        """Return the same world with a setting that is not a number changed.

        Args:
            path: Such as "council.rule" or "theory.domestic".
            value: The new value.

        Raises:
            ScenarioError: If there is no such setting or the value is not allowed.
        """
        return edit.edited(self, [edit.Set(path, value)])

    @explains_calls
    def edited(self, *texts: str) -> Scenario:
        """Return the same world after some edits, each a text as files and the command line have.

        Args:
            *texts: Such as "without great_raid", "shift joint_patrol:+16",
                "strength great_raid:0.5", "set levels.pace=1.5",
                "hold level_operations=0.1@2003..2010", "leader admiral=none", "council leader",
                "member hills:offset=0", "motive leverage=on", "keep ports_act" or "theory RI".

        Warns:
            ScenarioWarning: Of an edit that changes nothing, and of dates that an edit has put
                outside the run or before what they follow.

        Raises:
            ScenarioError: Naming every text that cannot be read or done, and those that contradict
                each other.
        """
        from alliance_sim.scenario import edit_texts

        asked = edit_texts.read_edits(self, texts)
        after = edit.edited(self, [one for text in asked for one in text.edits])
        before = {*doubts(self), *needless(self)}
        for sentence in (*edit_texts.idle(self, asked), *doubts(after), *needless(after)):
            if sentence not in before:
                warn_of(sentence)
        return after

    @explains_calls
    def whatif(self, *edits: str, outcome: str, **options: Any) -> Any:
        """Return what would have been different in this history, with something edited.

        The scenario is the factual one, for which there have to be draws of a posterior.

        Args:
            *edits: Texts, as `edited` takes them.
            outcome: What is looked at, such as "rung>=8@2014".
            **options: Edits by kind, each a text or several, such as `without="great_raid"`; and
                settings: `posterior` (draws, "shipped", or a file or folder of draws), `uniforms`,
                `runs`, `seed`, `threads` and `progress`, as for `counterfactual.whatif`.

        Returns:
            A `counterfactual.WhatIf`, which shows itself and has `.plot()`, `.sentence`, `.card`
            and data frames.

        Raises:
            SettingError: Naming all that is wrong with the question, or that there are no draws.
            ResultError: If the draws cannot be read, or no longer hold.
        """
        return found_by("whatif")(self, edits, outcome=outcome, **options)

    @explains_calls
    def rewrite(self, *, outcome: str, **options: Any) -> Any:
        """Return the smallest rewrite of this history that turns an outcome, and what comes near.

        The scenario is the factual one, for which there have to be draws of a posterior.

        Args:
            outcome: Something that happens or does not, such as "rung>=8@2014".
            **options: Settings, as for `counterfactual.rewrite`: `wanted`, `threshold`, `most`,
                `budget`, `several`, `together`, `shifts`, `strengths`, `also`, `posterior`,
                `uniforms`, `seed`, `threads` and `progress`.

        Returns:
            A `counterfactual.Rewrite`, which shows itself and has `.plot()`, `.found`, `.frame` and
            `.sentence`.

        Raises:
            SettingError: Naming all that is wrong with the question, or that there are no draws.
            ResultError: If the draws cannot be read, or no longer hold.
        """
        return found_by("rewrite")(self, outcome=outcome, **options)

    def lab(self, **options: Any) -> Any:
        """Return the lab of this scenario: the page in which a class runs it; a notebook shows it.

        Args:
            **options: Settings, as for `lab.Page.of`: `lesson`, `language`, `draws` and `height`.

        Returns:
            A `lab.Page`, which shows itself in a notebook and has `.save(path)`.

        Raises:
            SettingError: If there is no such lesson or language, or the scenario holds a state.
            EngineError: If the page did not come with the package.
        """
        return found_by("lab")(self, **options)

    @property
    def edit_texts(self) -> tuple[str, ...]:
        """The edits that made it, as texts that `edited` takes; a table that was added has none.

        Of what was edited again only what stands in the end; strengths of one juncture are one.
        """
        return texts_of(self.edits)


def build(tree: Tree, where: str) -> Scenario:
    """Return the scenario that a tree describes.

    Args:
        tree: Tables, arrays and values as a TOML reader returns them.
        where: What is being read, for the message.

    Raises:
        ScenarioError: Naming every problem at once: keys, types, ranges and references.
    """
    problems = []
    scenario: Scenario | None = None
    try:
        scenario = Scenario.model_validate(frozen(tree))
    except ValidationError as error:
        problems += field_problems(error, tree, Scenario)
    problems += cross_problems(tree)
    if problems or scenario is None:
        raise ScenarioError(where, problems)
    return scenario
