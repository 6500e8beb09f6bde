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
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationError

from alliance_sim import kinds, noise
from alliance_sim.analysis.columns import ADDED
from alliance_sim.errors import (
    FileError,
    ScenarioError,
    SettingError,
    explains_calls,
    nearest_name,
    shown,
)
from alliance_sim.files import read_toml
from alliance_sim.nearest import matches
from alliance_sim.results.outcomes import Outcome, parse_outcome, standard_outcomes
from alliance_sim.scenario import Scenario, load_scenario
from alliance_sim.scenario.checks import cross_problems
from alliance_sim.scenario.edit import as_tree, replaced
from alliance_sim.scenario.fields import Name, Part, Text
from alliance_sim.scenario.file import MOST_BYTES, shipped
from alliance_sim.scenario.path import Tree, spell
from alliance_sim.scenario.problems import field_problems, frozen, sound_part
from alliance_sim.sweep import designs
from alliance_sim.sweep.designs import SETTINGS, Design
from alliance_sim.sweep.factor_file import FactorFile, read_factor
from alliance_sim.sweep.factors import Factor
from alliance_sim.sweep.plan import Plan, plan_of, stride_for, too_many_runs
from alliance_sim.sweep.points import Rows, read_rows
from alliance_sim.sweep.store.metadata import read_metadata
from alliance_sim.world import World, build_world, calendar_of
from alliance_sim.world.build import prepared
from alliance_sim.world.state import state_names

COLUMNS = ("row", "point", "scenario", "replicate", "run", "status")
MOST_REPLICATES = 1_000_000
MOST_SCENARIOS = 100
MOST_FACTORS = 1_000
MOST_NEAR = 3  # plans that are named where there is none

Size = Annotated[int, Field(ge=1, le=designs.MOST_POINTS)]


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

    elsewhere: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("run", "runs"), "how many runs each point has is replicates = {value}"),
        **dict.fromkeys(
            ("years", "first_year", "last_year"), "the years that are run stand in the scenarios"
        ),
        **dict.fromkeys(
            ("extends", "without", "moved", "set"),
            "an edit belongs to a scenario; write a file of it, and name that among the scenarios",
        ),
        "points": "how many points there are belongs below [design]: points = {value}",
        "method": 'how points are laid out is said below [design], as kind = "sobol"',
        "workers": "how many processors is said when it is run: --workers {value}",
        "out": "the folder for results is given when it is run: --out {value}",
    }
    title: Text
    question: str = ""
    scenarios: tuple[Text, ...] = Field(min_length=1)
    seed: int = Field(ge=0, le=noise.MAX_SEED)
    replicates: int = Field(default=1, ge=1, le=MOST_REPLICATES)
    noise: Literal["common", "independent"] = "common"
    design: DesignFile
    factor: tuple[FactorFile, ...] = ()
    outcomes: dict[Name, Text] = Field(default_factory=dict)


@explains_calls
def load_plan(path: str | os.PathLike[str]) -> Plan:
    """Return the plan in a TOML file, or the plan of a results folder.

    Raises:
        ScenarioError: If the file cannot be used; it lists all problems at once.
        ResultError: If the folder holds no sweep that can be read.
    """
    if not isinstance(path, str | os.PathLike):
        raise ScenarioError(
            "load_plan", [f"is {shown(path)}, must be the path of a file or folder"]
        )
    where = Path(path)
    return plan_of(read_metadata(where), where) if os.path.isdir(where) else read_plan(where)  # noqa: PTH112


def read_plan(path: Path) -> Plan:
    """Return the plan in a TOML file.

    Raises:
        ScenarioError: Naming every problem at once: keys, types, scenarios, factors, outcomes; or
            saying what it is, where it is no plan but something else that we know.
    """
    try:
        return _read_plan(path)
    except ScenarioError as error:
        other = kinds.instead(path, kinds.PLAN)
        if other is None and not _exists(path):
            other = _no_plan(path, error.problems[0])
        if other is None:
            raise
        raise ScenarioError(str(path), [other]) from None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return True  # in some way: why it cannot be read is said already


def _no_plan(path: Path, problem: str) -> str:
    """Return what a path names in place of a plan, or how plans are found and which are near.

    Args:
        path: Where nothing lies.
        problem: What is said of it already.
    """
    asked = path.as_posix()
    named = [name for name in shipped() if asked in {name, name.rpartition("/")[2]}]
    if len(named) == 1:
        scenario = kinds.KINDS[kinds.SCENARIO]
        return f"is {scenario.what}, not a sweep plan; {scenario.then.format(path=named[0])}"
    if "experiments" in path.parts and not path.parent.is_dir():
        return (
            "does not exist; experiments/ comes with the sources of the program and not with "
            "the installed package: get them, or write a plan of your own"
        )
    if problem.endswith("?"):  # it names what was meant
        return problem
    folders = dict.fromkeys((path.parent, Path()))
    plans = {str(p): p for folder in folders for p in kinds.files_of(folder, kinds.PLAN)}
    stems = {name: (plan.stem,) for name, plan in plans.items()}
    near = [match.name for match in matches(path.stem, plans, stems, least=0.0)][:MOST_NEAR]
    such = f"; nearest: {', '.join(near)}" if near else "; none lies in this folder or one in it"
    return f"{problem}; a plan is a TOML file that is given by its path{such}"


def _read_plan(path: Path) -> Plan:
    try:
        tree = read_toml(path, MOST_BYTES)
    except FileError as error:
        raise ScenarioError(str(path), error.problems) from None
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
    given, broken = sound_part(PlanFile, tree)
    plan = None
    if design is not None and scenarios and len(factors) == len(_tables(tree, "factor")):
        plan = Plan(
            title=given.title,
            question=given.question,
            seed=given.seed,
            replicates=given.replicates,
            noise=given.noise,
            stride=stride_for(given.noise, design.count(factors), given.replicates),
            labels=labels,
            scenarios=scenarios,
            states=states,
            factors=factors,
            design=design,
            outcomes=outcomes,
        )
    too_many = too_many_runs(plan) if plan and broken.isdisjoint(("noise", "replicates")) else None
    problems += [too_many] if too_many else _corner_problems(scenarios, factors)
    if problems or plan is None:
        raise ScenarioError(str(path), list(dict.fromkeys(problems)))
    return plan


def _scenarios(
    tree: Tree, folder: Path, problems: list[str]
) -> tuple[tuple[str, ...], tuple[Scenario, ...]]:
    """Return the plan's scenarios with a label for each."""
    names = [name for name in _listed(tree, "scenarios") if isinstance(name, str) and name]
    if len(names) > MOST_SCENARIOS:
        problems.append(f"scenarios: has {len(names):,}, must have at most {MOST_SCENARIOS}")
        names = names[:1]
    found: list[Scenario] = []
    told: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        try:
            found.append(load_scenario(name, relative_to=folder))
        except ScenarioError as error:
            told[name] = [f"scenarios: {name!r}: {problem}" for problem in error.problems]
    if not found:
        found = _stand_in(told)
        if not found and (_tables(tree, "factor") or tree.get("outcomes")):
            problems.append(
                "scenarios: none can be read, so what the plan says of them is not checked yet"
            )
    problems += (problem for of_one in told.values() for problem in of_one)
    for name in dict.fromkeys(n for n in names if names.count(n) > 1):
        problems.append(f"scenarios: {name!r} stands {names.count(name)} times")
    for labels in ([s.name.rpartition("/")[2] for s in found], [s.name for s in found], names):
        if len(set(labels)) == len(found):
            return tuple(labels), tuple(found)
    return tuple(names), tuple(found)


def _stand_in(told: dict[str, list[str]]) -> list[Scenario]:
    """Return the scenario that was probably meant where none is known, and say so."""
    for name, problems in told.items():
        near = None if name.endswith(".toml") else nearest_name(name, shipped())
        if near is not None:
            problems[-1] += f"; the rest of the plan is checked in {near!r}"
            return [load_scenario(near)]
    return []


def _states(
    scenarios: Sequence[Scenario], labels: Sequence[str], problems: list[str]
) -> tuple[str, ...]:
    """Return the states that runs of all scenarios report; they have to be the same."""
    shared: list[tuple[str, list[Any]]] = [
        ("years and steps", [calendar_of(scenario) for scenario in scenarios]),
        ("states", [state_names(scenario) for scenario in scenarios]),
        ("number of rungs", [len(scenario.rungs) for scenario in scenarios]),
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
    found = []
    by_path: dict[str, str] = {}
    tables = list(_factor_tables(tree))
    if len(tables) > MOST_FACTORS:
        problems.append(f"factor: stands {len(tables):,} times, at most {MOST_FACTORS:,} times")
        return ()
    for where, table in tables:
        read = read_factor(table, where, scenarios)
        problems += read.problems
        found += [read.factor] if read.factor is not None else []
        other = by_path.setdefault(read.path, where) if read.path else where
        if other != where:
            other = other.removeprefix("factor ")
            problems.append(f"{where}: varies {read.path} as {other} does")
    return tuple(found)


def _design(
    tree: Tree, factors: tuple[Factor, ...], folder: Path, problems: list[str]
) -> Design | None:
    """Return the design, or add what is wrong with it."""
    table = tree.get("design")
    if not isinstance(table, dict):
        return None  # the schema says so already, as with any unsound key below
    given, broken = sound_part(DesignFile, table)
    if given.kind is None:
        return None
    before = len(problems)
    problems += _settings_of(given.kind, table)
    problems += _unfit(given.kind, tree)
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
    sized = {*SETTINGS[given.kind][0], "optimal"}
    if broken.isdisjoint(sized) and sized - {"optimal"} <= table.keys():
        problem = designs.size_problem(design, len(_tables(tree, "factor")))
        problems += [f"design.{problem}"] if problem else []
    lacks = designs.missing_library(given.kind)
    problems += [f"design: {lacks}"] if lacks else []
    if given.kind == designs.TABLE and given.file is not None:
        rows, told = _rows(folder / given.file, tree, factors)
        problems += [f"design.file {given.file!r}: {told_of}" for told_of in told]
        design = Design(kind=given.kind, rows=rows)
    return None if len(problems) > before or broken else design


def _unfit(kind: str, tree: Tree) -> Iterator[str]:
    """Yield what a kind of design and the factors of the plan have against each other."""
    tables = list(_factor_tables(tree))
    if kind == designs.REPLICATES and tables:
        yield "design: kind 'replicates' varies nothing; leave the factors out"
    if kind != designs.REPLICATES and not tables:
        yield f"design: kind {kind!r} needs at least one [[factor]]"
    for where, table in tables if kind == designs.GRID else ():
        ranges = "number" in table or "date" in table
        if ranges and "values" not in table and "steps" not in table:
            yield f"{where}: a grid needs values = [...] or steps = ..."


def _rows(path: Path, tree: Tree, factors: Sequence[Factor]) -> tuple[Rows, list[str]]:
    """Return the points of a table, and what is wrong with the columns of sound factors."""
    names = [table.get("name") for table in _tables(tree, "factor")]
    if not all(isinstance(name, str) for name in names):
        return (), []  # nobody knows what its columns are called
    sound = {factor.name for factor in factors}
    return read_rows(path, factors, unsound=[str(name) for name in names if name not in sound])


def _settings_of(kind: str, table: Tree) -> Iterator[str]:
    """Yield settings that the kind of design lacks, and those that it does not take."""
    needed, optional = SETTINGS[kind]
    takes = ", ".join((*needed, *optional)) or "no settings"
    for key in DesignFile.model_fields:
        if key in needed and key not in table:
            yield f"design.{key}: is missing; kind {kind!r} needs it"
        if key in table and key not in ("kind", *needed, *optional):
            yield f"design.{key}: does not belong to kind {kind!r}, which takes {takes}"


def _outcomes(
    tree: Tree, scenarios: Sequence[Scenario], states: tuple[str, ...], problems: list[str]
) -> tuple[Outcome, ...]:
    """Return the standard outcomes, then the plan's own that are sound."""
    if not scenarios:
        return ()
    calendar = calendar_of(scenarios[0])
    standard = standard_outcomes(states, calendar, len(scenarios[0].rungs))
    own = []
    given = tree.get("outcomes", {})
    for name, text in given.items() if isinstance(given, dict) else ():
        if not isinstance(text, str) or not text:
            continue  # said elsewhere, as is whatever is wrong with a name
        try:
            outcome = parse_outcome(text, states=states, calendar=calendar)
            own.append(replace(outcome, name=name))
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
        elif name in ADDED:
            yield f"{where}: is the name of a column that its tables have; take another"
    for name in dict.fromkeys(names):
        if name in columns:
            yield f"factor {name!r}: is the name of an outcome as well; take another"


def _corner_problems(scenarios: Sequence[Scenario], factors: Sequence[Factor]) -> list[str]:
    """Return what goes wrong at the ends of the factors' ranges, in whole worlds.

    All factors are put on their first corners at once, then on their second and so on. Only if
    that fails is each tried by itself: what fails only together is left to the runs, as a row that
    says so.
    """
    most = max((len(factor.corners()) for factor in factors), default=0)
    rounds = [
        {f.name: f.corners()[min(k, len(f.corners()) - 1)] for f in factors} for k in range(most)
    ]
    told: list[str] = []
    for scenario in scenarios:
        try:
            world, _ = prepared(scenario)
        except ScenarioError as error:
            told += error.problems
            continue
        if all(not _failures(world, factors, values) for values in rounds):
            continue
        told += [
            f"factor {factor.name!r} at {value}: {problem}"
            for factor in factors
            for value in factor.corners()
            for problem in _failures(world, [factor], {factor.name: value})
        ]
    return list(dict.fromkeys(told))


def _failures(world: World, factors: Sequence[Factor], values: dict[str, Any]) -> Sequence[str]:
    """Return why a world's scenario with some values in it is no world, checked in full."""
    changes = {factor.path: factor.in_scenario(values[factor.name]) for factor in factors}
    try:
        scenario = replaced(world.scenario, changes)
        problems = cross_problems(as_tree(scenario))
        if not problems:
            build_world(scenario, like=world)
    except ScenarioError as error:
        return error.problems
    return problems


def _factor_tables(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Yield the table of each factor with what it is called in sentences."""
    for position, table in enumerate(_listed(tree, "factor")):
        if isinstance(table, dict):
            yield spell(tree, ("factor", position)), table


def _tables(tree: Tree, key: str) -> list[Tree]:
    return [table for table in _listed(tree, key) if isinstance(table, dict)]


def _listed(tree: Tree, key: str) -> list[Any]:
    given = tree.get(key)
    return given if isinstance(given, list) else []
