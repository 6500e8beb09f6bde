"""Which scenario is the factual one among some, and whether the others can be held against it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence

from alliance_sim.comparison.edits import label_of
from alliance_sim.errors import SettingError
from alliance_sim.provenance import scenario_digest
from alliance_sim.scenario import Scenario, extended_scenario, load_scenario
from alliance_sim.scenario.file import word_for

WHERE = "compare"
ScenarioLike = Scenario | str | os.PathLike[str]


def pairs_of(
    scenarios: Sequence[ScenarioLike], against: ScenarioLike | None = None
) -> tuple[Scenario, list[Scenario]]:
    """Return the factual scenario and those that are held against it; see `compare`.

    Raises:
        ScenarioError: If a scenario cannot be used.
        SettingError: If it cannot be told which is the factual one, or they cannot be compared.
    """
    if not scenarios:
        raise SettingError(WHERE, ["no scenario is given; name at least one"])
    loaded = [as_scenario(given) for given in scenarios]
    if against is not None:
        factual, others = as_scenario(against), loaded
    else:
        place = next((k for k, one in enumerate(loaded) if not one.edits), None)
        if place is not None and len(loaded) > 1:
            factual, others = loaded[place], loaded[:place] + loaded[place + 1 :]
        else:
            factual, others = _extended(scenarios, loaded), loaded
    problems = [problem for other in others for problem in unlike(factual, other)]
    if problems:
        raise SettingError(WHERE, problems)
    return factual, others


def as_scenario(given: ScenarioLike) -> Scenario:
    """Return a scenario as it is, or the one that a name or a file stands for."""
    return given if isinstance(given, Scenario) else load_scenario(given)


def _extended(given: Sequence[ScenarioLike], loaded: Sequence[Scenario]) -> Scenario:
    """Return the whole scenario that all of some scenarios extend.

    Raises:
        SettingError: If one extends none that is known, or they extend several.
    """
    found: dict[str, Scenario] = {}
    problems = []
    for one, scenario in zip(given, loaded, strict=True):
        base = None if isinstance(one, Scenario) else extended_scenario(one)
        if base is None:
            called = "" if isinstance(one, Scenario) else os.fspath(one)
            problems.append(_alone(scenario, called))
        else:
            found[scenario_digest(base)] = base
    names = sorted(base.name for base in found.values())
    if len(found) > 1:
        first = word_for(names[0])
        problems.append(
            f"the scenarios extend {', '.join(names)}; say which is the factual one: "
            f"--against {shlex.quote(first)}, or against={first!r}"
        )
    if problems:
        raise SettingError(WHERE, problems)
    return next(iter(found.values()))


def _alone(scenario: Scenario, called: str) -> str:
    """Return what to do about a scenario that there is nothing to hold against.

    Args:
        scenario: The scenario.
        called: How it was asked for, "" if it was given itself.
    """
    if scenario.edits:
        return (
            f"{scenario.name}: was edited in Python, so there is nothing to hold it against; give "
            "the factual scenario too: compare(edited, against=factual)"
        )
    return (
        f"{scenario.name}: extends no other scenario, so there is nothing to hold it against; give "
        f"a what-if too, such as one that is shipped (alliance-sim list scenarios): alliance-sim "
        f"compare {shlex.quote(word_for(scenario, called))} WHAT_IF"
    )


def unlike(factual: Scenario, other: Scenario) -> list[str]:
    """Return what keeps a scenario from being held against another, in sentences."""
    mine, its = factual.partners, other.partners
    if (mine.name, mine.state, mine.alliance) != (its.name, its.state, its.alliance):
        sides = [f"{one.state_title} and {one.alliance_title}" for one in (its, mine)]
        must = f"must be of {sides[1]} as {factual.name} is"
        why = "only scenarios of one relationship can share their luck"
        return [f"{other.name}: is of {sides[0]}, {must}; {why}"]
    problems = []
    years = [f"{t.first_year} to {t.last_year}" for t in (other.time, factual.time)]
    if years[0] != years[1]:
        problems.append(
            f"{other.name}: runs from {years[0]}, must run from {years[1]} as {factual.name} does"
        )
    steps = [t.steps_per_year for t in (other.time, factual.time)]
    if steps[0] != steps[1]:
        problems.append(
            f"{other.name}: has {steps[0]} steps a year, must have {steps[1]} as {factual.name} has"
        )
    return problems


def labels_of(factual: Scenario, others: Sequence[Scenario]) -> list[str]:
    """Return how to call edited scenarios: by title, those whose titles are alike by name.

    Raises:
        SettingError: If names do not tell them apart either.
    """
    titles = [label_of(factual, other) for other in others]
    labels = [
        title if titles.count(title) == 1 else other.name
        for title, other in zip(titles, others, strict=True)
    ]
    if len(set(labels)) == len(labels):
        return labels
    names = [other.name for other in others]
    twice = sorted({name for name in names if names.count(name) > 1})
    problems = [f"two scenarios are called {name!r}; each can be given once" for name in twice]
    raise SettingError(WHERE, problems)
