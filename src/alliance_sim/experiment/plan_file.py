"""Read a plan from a TOML file, or say all that is wrong with it.

title, question         in words; a title is needed
scenarios               names of shipped scenarios, or files beside the plan
seed                    of the noise
replicates              runs of each scenario at each point, 1 if left out
noise                   "common" (every point sees the same runs) or "independent"

[design]                kind, and what belongs to it:
  replicates            nothing: one point, the scenarios as they are
  grid                  nothing: every combination of the factors' values
  latin_hypercube       points
  sobol                 points, a power of two; more can be added later
  saltelli              points (base points, a power of two), second_order = true or false
  morris                trajectories, levels (4), optimal (how many to keep, spread widest)
  table                 file = "points.csv" or "points.parquet", one column per factor
  seed                  of the points of a sampled design; the plan's seed if left out

[[factor]]              name, a label in words, and one of:
  number = "path"       low and high (the number's own range if left out), steps, or values
  present = "juncture"  whether it happens
  date = "juncture"     low and high, steps, or values
  setting = "path"      values (true and false if left out, where it is a switch)

[outcomes]              name = "text", beside the standard outcomes; see `outcomes`
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError

from alliance_sim import noise
from alliance_sim.errors import ScenarioError, SettingError
from alliance_sim.experiment import designs
from alliance_sim.experiment.designs import SETTINGS, Design
from alliance_sim.experiment.factor_file import FactorFile, read_factor
from alliance_sim.experiment.factors import Factor
from alliance_sim.experiment.plan import Plan, stride_for, too_many_runs
from alliance_sim.experiment.point_file import read_rows
from alliance_sim.outcomes import Outcome, parse_outcome, standard_outcomes
from alliance_sim.scenario import Scenario, load_scenario
from alliance_sim.scenario.build import build, field_problems, frozen
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.load import read_toml
from alliance_sim.scenario.part import Name, Part, Text
from alliance_sim.scenario.path import Tree
from alliance_sim.scenario.replace import replaced
from alliance_sim.world import build_world, calendar_of
from alliance_sim.world.states import state_names

COLUMNS = ("row", "point", "scenario", "replicate", "run", "status")
MOST_REPLICATES = 1_000_000

Size = Annotated[int, Field(ge=1, le=designs.MOST_POINTS)]
PartKind = TypeVar("PartKind", bound=Part)


class DesignFile(Part):
    """The `[design]` of a plan file."""

    kind: Literal["replicates", "grid", "latin_hypercube", "sobol", "morris", "saltelli", "table"]
    points: Size | None = None
    second_order: bool | None = None
    trajectories: Size | None = None
    levels: Annotated[int, Field(ge=2, le=1000, multiple_of=2)] | None = None
    optimal: Size | None = None
    seed: Annotated[int, Field(ge=0, le=noise.MAX_SEED)] | None = None
    file: Text | None = None


class PlanFile(Part):
    """A plan file."""

    title: Text
    question: str = ""
    scenarios: tuple[Text, ...] = Field(min_length=1)
    seed: int = Field(ge=0, le=noise.MAX_SEED)
    replicates: int = Field(default=1, ge=1, le=MOST_REPLICATES)
    noise: Literal["common", "independent"] = "common"
    design: DesignFile
    factor: tuple[FactorFile, ...] = ()
    outcomes: dict[Name, Text] = Field(default_factory=dict)


def read_plan(path: Path) -> Plan:
    """Return the plan in a TOML file.

    Raises:
        ScenarioError: Naming every problem at once: keys, types, scenarios, factors, outcomes.
    """
    tree = read_toml(path, "plan")
    problems: list[str] = []
    try:
        PlanFile.model_validate(frozen(tree))
    except ValidationError as error:
        problems += field_problems(error, tree, PlanFile)
    labels, scenarios = _scenarios(tree, path.parent, problems)
    states = _states(scenarios, labels, problems)
    factors = _factors(tree, scenarios, problems)
    design = _design(tree, factors, path.parent, problems)
    outcomes = _outcomes(tree, scenarios, states, problems)
    problems += _names(tree, outcomes)
    if problems or design is None:
        raise ScenarioError(str(path), list(dict.fromkeys(problems)))
    given = PlanFile.model_validate(frozen(tree))
    points = design.count(factors)
    plan = Plan(
        title=given.title,
        question=given.question,
        seed=given.seed,
        replicates=given.replicates,
        noise=given.noise,
        stride=stride_for(given.noise, points, given.replicates),
        labels=labels,
        scenarios=scenarios,
        states=states,
        factors=factors,
        design=design,
        outcomes=outcomes,
    )
    too_many = too_many_runs(plan)
    problems = [too_many] if too_many else _corner_problems(plan)
    if problems:
        raise ScenarioError(str(path), problems)
    return plan


def _scenarios(
    tree: Tree, folder: Path, problems: list[str]
) -> tuple[tuple[str, ...], tuple[Scenario, ...]]:
    """Return the plan's scenarios with a label for each."""
    names = [name for name in _listed(tree, "scenarios") if isinstance(name, str) and name]
    found: list[Scenario] = []
    for name in names:
        try:
            found.append(load_scenario(name, relative_to=folder))
        except ScenarioError as error:
            problems += [f"scenarios: {name!r}: {problem}" for problem in error.problems]
    for name in dict.fromkeys(n for n in names if names.count(n) > 1):
        problems.append(f"scenarios: {name!r} stands {names.count(name)} times")
    for labels in ([s.name.rpartition("/")[2] for s in found], [s.name for s in found], names):
        if len(set(labels)) == len(found):
            return tuple(labels), tuple(found)
    return tuple(names), tuple(found)


def _states(
    scenarios: Sequence[Scenario], labels: Sequence[str], problems: list[str]
) -> tuple[str, ...]:
    """Return the states that runs of all scenarios report; they have to be the same."""
    shared: list[tuple[str, list[Any]]] = [
        ("years and steps", [calendar_of(scenario) for scenario in scenarios]),
        ("states", [state_names(scenario) for scenario in scenarios]),
        ("number of rungs", [len(scenario.rung) for scenario in scenarios]),
    ]
    for what, found in shared:
        for label, other in zip(labels, found, strict=True):
            if other != found[0]:
                problems.append(
                    f"scenarios: {label!r} has other {what} than {labels[0]!r}; "
                    "scenarios of one plan share them"
                )
    return state_names(scenarios[0]) if scenarios else ()


def _factors(tree: Tree, scenarios: Sequence[Scenario], problems: list[str]) -> tuple[Factor, ...]:
    """Return the factors that are sound, and add what is wrong with the others."""
    if not scenarios:
        return ()
    found = []
    for table in _tables(tree, "factor"):
        entry = _sound(FactorFile, table)
        if entry is not None:
            factor, told = read_factor(entry, scenarios)
            problems += told
            found += [factor] if factor is not None else []
    by_path: dict[str, str] = {}
    for factor in found:
        other = by_path.setdefault(factor.path, factor.name)
        if other != factor.name:
            problems.append(f"factor {factor.name!r}: varies {factor.path} as {other!r} does")
    return tuple(found)


def _design(
    tree: Tree, factors: tuple[Factor, ...], folder: Path, problems: list[str]
) -> Design | None:
    """Return the design, or add what is wrong with it."""
    table = tree.get("design")
    given = _sound(DesignFile, table) if isinstance(table, dict) else None
    if given is None:
        return None  # the schema says so already
    before = len(problems)
    problems += _settings_of(given)
    count = len(_tables(tree, "factor"))
    if given.kind == designs.REPLICATES and count:
        problems.append("design: kind 'replicates' varies nothing; leave the factors out")
    if given.kind != designs.REPLICATES and not count:
        problems.append(f"design: kind {given.kind!r} needs at least one [[factor]]")
    if given.kind == designs.GRID:
        problems += [
            f"factor {factor.name!r}: a grid needs values = [...] or steps = ..."
            for factor in factors
            if not factor.values
        ]
    if len(problems) > before:
        return None
    seed = tree.get("seed") if given.seed is None else given.seed
    design = Design(
        kind=given.kind,
        seed=seed if isinstance(seed, int) and given.kind in designs.SAMPLED else 0,
        points=given.points or 0,
        second_order=given.second_order is not False,
        trajectories=given.trajectories or 0,
        levels=given.levels or 4,
        optimal=given.optimal or 0,
        rows=(),
    )
    problem = designs.size_problem(design, count)
    lacks = designs.missing_library(given.kind)
    problems += [f"design.{problem}"] if problem else []
    problems += [f"design: {lacks}"] if lacks else []
    if given.file is not None and len(factors) == count:
        rows, told = read_rows(folder / given.file, factors)
        problems += [f"design.file {given.file!r}: {told_of}" for told_of in told]
        design = Design(kind=given.kind, rows=rows)
    return design if len(problems) == before else None


def _settings_of(given: DesignFile) -> Iterator[str]:
    """Yield settings that the kind of design lacks, and those that it does not take."""
    needed, optional = SETTINGS[given.kind]
    takes = ", ".join((*needed, *optional)) or "no settings"
    for key in type(given).model_fields:
        there = key != "kind" and getattr(given, key) is not None
        if key in needed and not there:
            yield f"design.{key}: is missing; kind {given.kind!r} needs it"
        if there and key not in (*needed, *optional):
            yield f"design.{key}: does not belong to kind {given.kind!r}, which takes {takes}"


def _outcomes(
    tree: Tree, scenarios: Sequence[Scenario], states: tuple[str, ...], problems: list[str]
) -> tuple[Outcome, ...]:
    """Return the standard outcomes, then the plan's own that are sound."""
    if not scenarios:
        return ()
    calendar = calendar_of(scenarios[0])
    standard = standard_outcomes(states, calendar, len(scenarios[0].rung))
    own = []
    given = tree.get("outcomes", {})
    for name, text in given.items() if isinstance(given, dict) else ():
        if not isinstance(text, str) or not text or keyword.iskeyword(name):
            continue  # said elsewhere
        try:
            own.append(parse_outcome(text, name=name, states=states, calendar=calendar))
        except SettingError as error:
            problems += [f"outcomes.{name}: {text!r}: {problem}" for problem in error.problems]
    taken = {outcome.name: outcome.text for outcome in standard}
    problems += [
        f"outcomes.{name}: is the name of a standard outcome, {taken[name]}; take another"
        for name in (outcome.name for outcome in own)
        if name in taken
    ]
    return (*standard, *own)


def _names(tree: Tree, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield names of factors and outcomes that cannot be names of columns."""
    given = tree.get("outcomes", {})
    own = list(given) if isinstance(given, dict) else []
    columns = {outcome.name for outcome in outcomes} | set(own)
    names = [t["name"] for t in _tables(tree, "factor") if isinstance(t.get("name"), str)]
    for name in dict.fromkeys(n for n in names if names.count(n) > 1):
        yield f"factor {name!r}: stands {names.count(name)} times; names must differ"
    for where, name in [
        *((f"factor {n!r}", n) for n in dict.fromkeys(names)),
        *((f"outcomes.{n}", n) for n in own),
    ]:
        if keyword.iskeyword(name):
            yield f"{where}: is a word of Python; take another name"
        if name in COLUMNS:
            yield f"{where}: is the name of a column that every sweep has; take another"
    for name in dict.fromkeys(names):
        if name in columns:
            yield f"factor {name!r}: is the name of an outcome as well; take another"


def _corner_problems(plan: Plan) -> list[str]:
    """Return what goes wrong at the ends of the factors' ranges, in whole worlds.

    All factors are put on their first corners at once, then on their second and so on. Only if
    that fails is each tried by itself: what fails only together is left to the runs, as a row that
    says so.
    """
    most = max((len(factor.corners()) for factor in plan.factors), default=0)
    rounds = [
        {f.name: f.corners()[min(k, len(f.corners()) - 1)] for f in plan.factors}
        for k in range(most)
    ]
    told: list[str] = []
    for scenario in plan.scenarios:
        if all(not _failures(scenario, plan.factors, values) for values in rounds):
            continue
        told += [
            f"factor {factor.name!r} at {value}: {problem}"
            for factor in plan.factors
            for value in factor.corners()
            for problem in _failures(scenario, [factor], {factor.name: value})
        ]
    return list(dict.fromkeys(told))


def _failures(
    scenario: Scenario, factors: Sequence[Factor], values: dict[str, Any]
) -> tuple[str, ...]:
    """Return why a scenario with some values in it is no world, checked in full."""
    changes = {factor.path: factor.in_scenario(values[factor.name]) for factor in factors}
    try:
        build_world(build(as_tree(replaced(scenario, changes)), scenario.name))
    except ScenarioError as error:
        return error.problems
    return ()


def _sound(model: type[PartKind], table: Tree) -> PartKind | None:
    """Return a table checked by itself, None if something is wrong with it."""
    try:
        return model.model_validate(frozen(table))
    except ValidationError:
        return None


def _tables(tree: Tree, key: str) -> list[Tree]:
    return [table for table in _listed(tree, key) if isinstance(table, dict)]


def _listed(tree: Tree, key: str) -> list[Any]:
    given = tree.get(key)
    return given if isinstance(given, list) else []
