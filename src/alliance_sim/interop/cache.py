"""What a process remembers about the scenarios that it was asked to run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from alliance_sim import provenance
from alliance_sim.calendar import Calendar
from alliance_sim.errors import ScenarioError, SettingError, shown
from alliance_sim.recent import Recent
from alliance_sim.results.outcomes import Outcome, parse_outcome, standard_outcomes
from alliance_sim.scenario import Scenario, load_scenario, shipped
from alliance_sim.scenario.edit import EditCache, as_tree, replaced
from alliance_sim.scenario.parameters import Parameter, Refused, find, fitted, parameters_of
from alliance_sim.scenario.path import Tree, with_names
from alliance_sim.world import calendar_of
from alliance_sim.world.state import state_names

ScenarioLike = Scenario | str | os.PathLike[str]
OutcomesLike = str | Iterable[str] | Mapping[str, str] | None
Named = tuple[tuple[str | None, str], ...]

SEED = "seed"  # the name that `run` reports the seed under
KEPT = 8  # scenarios of their callers' making
KEPT_OUTCOMES = 64


@dataclass(frozen=True, eq=False)
class CachedScenario:
    """A scenario as it was given, with what a process remembers about it."""

    scenario: Scenario
    tree: Tree
    known: dict[str, Parameter]
    parts: EditCache = field(default_factory=dict)
    asked: Recent[tuple[object, ...], tuple[Outcome, ...]] = field(
        default_factory=lambda: Recent(KEPT_OUTCOMES)
    )

    def varied(self, values: Mapping[str, object], problems: list[str]) -> Scenario:
        """Return the scenario with other values, or add what is wrong with them."""
        changes: dict[str, object] = {}
        for name, value in values.items():
            try:
                parameter = find(name, self.tree, self.known)
                path = with_names(self.scenario, parameter.path)
                if path in changes:
                    problems.append(f"{parameter.name} is given twice, under different names")
                changes[path] = fitted(value, parameter)
            except Refused as refused:
                problems.append(str(refused))
        if not changes:
            return self.scenario
        try:
            return replaced(self.scenario, changes, kept=self.parts)
        except ScenarioError as error:
            problems += error.problems
            return self.scenario

    def outcomes(
        self, scenario: Scenario, asked: OutcomesLike, problems: list[str]
    ) -> tuple[Outcome, ...]:
        """Return the outcomes asked for, or add what is wrong with them."""
        wanted = _named(asked, problems)
        calendar = calendar_of(scenario)
        try:
            return self.asked.get((calendar, wanted), lambda: self._outcomes(calendar, wanted))
        except SettingError as error:
            problems += error.problems
            return ()

    def _outcomes(self, calendar: Calendar, wanted: Named) -> tuple[Outcome, ...]:
        states = state_names(self.scenario)
        standard = standard_outcomes(states, calendar, len(self.scenario.rungs))
        if not wanted:
            return standard
        by_name = {outcome.name: outcome for outcome in standard}
        found: list[Outcome] = []
        problems: list[str] = []
        for name, text in wanted:
            if text in by_name:
                found.append(replace(by_name[text], name=name or text))
                continue
            try:
                found.append(parse_outcome(text, name=name, states=states, calendar=calendar))
            except SettingError as error:
                problems += [f"{error.where}: {problem}" for problem in error.problems]
        names = [outcome.name for outcome in found]
        twice = sorted({name for name in names if names.count(name) > 1 or name == SEED})
        problems += [f"outcome name {name!r} is taken already" for name in twice]
        if problems:
            raise SettingError("outcomes", problems)
        return tuple(found)


_bases: Recent[tuple[str, str], CachedScenario] = Recent(KEPT)


def base_of(scenario: Any) -> CachedScenario:
    """Return what is remembered about a scenario, by name, by identity or by content."""
    if isinstance(scenario, str) and scenario in _shipped_names():
        return _shipped(scenario)
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    for base in _bases.values():
        if base.scenario is scenario:
            return base
    key = scenario.name, provenance.scenario_digest(scenario)
    return _bases.get(key, lambda: _cached(scenario))


def _cached(scenario: Scenario) -> CachedScenario:
    tree = as_tree(scenario)
    return CachedScenario(scenario, tree, parameters_of(tree))


@lru_cache(maxsize=1)
def _shipped_names() -> frozenset[str]:
    return frozenset(shipped())


@lru_cache(maxsize=KEPT)
def _shipped(name: str) -> CachedScenario:
    return _cached(load_scenario(name))


def _named(asked: OutcomesLike, problems: list[str]) -> Named:
    """Return names, where there are any, and texts of the outcomes asked for; () for standard."""
    if asked is None:
        return ()
    if isinstance(asked, str):
        return ((None, asked),)
    if not isinstance(asked, Iterable):
        problems.append(f"outcomes is {shown(asked)}, must be a text, several texts or a mapping")
        return ()
    pairs = asked.items() if isinstance(asked, Mapping) else ((None, text) for text in asked)
    wanted = tuple(pairs)
    if not wanted:
        problems.append("outcomes is empty; leave it out for all standard ones")
    strange = [text for pair in wanted for text in pair if not isinstance(text, str | None)]
    problems += [f"outcomes holds {shown(text)}, must hold texts only" for text in strange]
    return () if strange else wanted
