"""A `[[factor]]` of a plan file, turned into a `Factor` or into all that is wrong with it.

What is wrong with one key hides nothing else: values are checked although the path is misspelt, and
the path although the name is no name.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field

from alliance_sim.errors import ScenarioError, shown
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import replaced, value_at
from alliance_sim.scenario.fields import Name, Number, Part, Text
from alliance_sim.scenario.parameters import why_fixed
from alliance_sim.scenario.path import PathProblem, Tree, with_names
from alliance_sim.scenario.problems import sound_part
from alliance_sim.scenario.schema import Juncture, unknown_juncture
from alliance_sim.sweep.factors import DATE, KINDS, NUMBER, PRESENT, SETTING, Factor, Value
from alliance_sim.world import calendar_of

MOST_STEPS = 1000


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime) or not isinstance(value, bool | int | float | str | dt.date):
        shown = list(value) if isinstance(value, tuple) else value
        raise ValueError(f"is {shown!s}, must be a number, a truth value, a text or a date")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"is {value}, must be a finite number")
    return value


Plain = Annotated[Any, AfterValidator(_plain)]


class FactorFile(Part):
    """One thing to vary, as a plan file has it."""

    name: Name
    label: Text | None = None
    number: Text | None = None
    present: Name | None = None
    date: Name | None = None
    setting: Text | None = None
    low: Plain = None
    high: Plain = None
    steps: Annotated[int, Field(ge=2, le=MOST_STEPS)] | None = None
    values: tuple[Plain, ...] | None = None


class Target(NamedTuple):
    """What a factor acts on in all scenarios: where, and within which limits."""

    path: str
    kind: type
    low: Any
    high: Any
    unit: str
    title: str


class Reading(NamedTuple):
    """What a `[[factor]]` comes to."""

    factor: Factor | None  # None if anything is wrong with it
    path: str  # what it acts on, "" if that cannot be told
    problems: list[str]


def read_factor(table: Tree, where: str, scenarios: Sequence[Scenario]) -> Reading:
    """Return the factor that a table of a plan file describes, and all that is wrong with it.

    Args:
        table: The table; what its schema finds wrong is told elsewhere.
        where: What the table is called in sentences.
        scenarios: The plan's scenarios; the factor has to fit every one. Without any, only what
            holds for all is checked.
    """
    entry, broken = sound_part(FactorFile, table)
    problems: list[str] = []
    given = [kind for kind in KINDS if kind in table]
    if len(given) != 1:
        found = " and ".join(given) if given else "none"
        problems.append(f"give one of {', '.join(KINDS)}; found {found}")
    targets = {
        kind: _target(kind, getattr(entry, kind), scenarios, problems)
        for kind in given
        if kind not in broken
    }
    factor = target = None
    if len(given) == 1:
        (kind,) = given
        target = targets.get(kind)
        problems += _misfits(entry, kind, table)
        limits = _unlimited(kind, scenarios) if target is None else target
        factor = _factor(entry, kind, limits, broken, problems)
    if factor is not None and target is not None:
        problems += _tried(factor, scenarios)
    unsound = problems or broken or target is None or entry.name is None
    return Reading(
        factor=None if unsound else factor,
        path="" if target is None else target.path,
        problems=[f"{where}: {problem}" for problem in problems],
    )


def _unlimited(kind: str, scenarios: Sequence[Scenario]) -> Target:
    """Return what stands in for a target that was not found: only the kind of value counts."""
    if kind == NUMBER:
        return Target("", float, -math.inf, math.inf, "", "")
    if kind == DATE:
        days = _days(scenarios[0]) if scenarios else (dt.date.min, dt.date.max)
        return Target("", dt.date, *days, "", "")
    return Target("", bool if kind == PRESENT else object, None, None, "", "")


def _target(
    kind: str, named: str, scenarios: Sequence[Scenario], problems: list[str]
) -> Target | None:
    """Return what a factor acts on, or add why it acts on nothing."""
    found: list[Target] = []
    told: list[str] = []
    for scenario in scenarios:
        try:
            if kind == NUMBER:
                found.append(_number(scenario, named))
            elif kind == SETTING:
                found.append(_setting(scenario, named))
            else:
                found.append(_juncture(scenario, named, kind))
        except PathProblem as problem:
            told.append(str(problem))
    problems += dict.fromkeys(told)
    if told or not found:
        return None
    first = found[0]
    if kind == NUMBER:
        low, high = max(target.low for target in found), min(target.high for target in found)
        if low >= high:
            problems.append(f"{first.path}: can only be {low:g} in all scenarios of the plan")
            return None
        return first._replace(low=low, high=high)
    return first


def _number(scenario: Scenario, path: str) -> Target:
    value = value_at(scenario, path)
    if not isinstance(value, Number):
        what = "a table" if isinstance(value, Part | dict | tuple) else "a setting"
        hint = "" if what == "a table" else f'; write setting = "{path}"'
        raise PathProblem(f"path {path!r} is {what}, not a number{hint}")
    whole = with_names(scenario, path)
    return Target(whole, float, value.low, value.high, value.unit, whole)


def _setting(scenario: Scenario, path: str) -> Target:
    value = value_at(scenario, path)
    whole = with_names(scenario, path)
    head, last = whole.partition(".")[0], whole.rpartition(".")[2]
    if isinstance(value, Number):
        raise PathProblem(f'path {path!r} is a number; write number = "{path}"')
    if isinstance(value, Part | dict | tuple):
        raise PathProblem(f"path {path!r} is a table; vary one of its entries")
    reason = why_fixed(whole)
    if reason is not None:
        raise PathProblem(f"path {path!r} cannot be varied: {reason}")
    if head == "juncture" and whole.count(".") == 2 and last in (DATE, PRESENT):
        name = whole.split(".")[1]
        raise PathProblem(f'path {path!r}: write {last} = "{name}" to vary it')
    return Target(whole, type(value), None, None, "", whole)


def _juncture(scenario: Scenario, name: str, kind: str) -> Target:
    known = [juncture.name for juncture in scenario.junctures]
    if name not in known:
        raise PathProblem(unknown_juncture(name, scenario.junctures))
    juncture: Juncture = scenario.junctures[known.index(name)]
    if not juncture.present:
        raise PathProblem(f"juncture {name!r} does not happen in scenario {scenario.name!r}")
    path = f"juncture.{name}.{kind}"
    if kind == PRESENT:
        return Target(path, bool, None, None, "", f"{juncture.title}: happens")
    return Target(path, dt.date, *_days(scenario), "", f"{juncture.title}: day")


def _days(scenario: Scenario) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a scenario's runs."""
    calendar = calendar_of(scenario)
    return dt.date(calendar.first_year, 1, 1), dt.date(calendar.last_year, 12, 31)


def _misfits(entry: FactorFile, kind: str, table: Tree) -> Iterator[str]:
    """Yield what does not go together in a factor, whatever it acts on."""
    ends = [key for key in ("low", "high", "steps") if key in table]
    if kind in (PRESENT, SETTING):
        yield from (f"{key}: does not belong to a factor with {kind}; use values" for key in ends)
    elif "values" in table:
        yield from (f"{key}: give either values or low and high" for key in ends)
    elif kind == DATE:
        yield from (f"{key} is missing" for key in ("low", "high") if key not in table)
    if entry.values is not None and len(entry.values) > MOST_STEPS:
        yield f"values has {len(entry.values):,} entries, must have at most {MOST_STEPS:,}"
        return
    if entry.values is not None and len(entry.values) < 2:
        yield f"values has {len(entry.values)} entries, must have at least two to vary anything"
    if entry.values is not None:
        seen: list[Any] = []
        for value in entry.values:
            if any(type(v) is type(value) and v == value for v in seen):
                yield f"values: {_shown(value)} stands twice"
            seen.append(value)


def _factor(
    entry: FactorFile, kind: str, target: Target, broken: frozenset[str], problems: list[str]
) -> Factor | None:
    """Return a factor with its values checked one by one, or add what is wrong with them."""
    low, high, values = entry.low, entry.high, entry.values
    if "values" in broken or len(values or ()) > MOST_STEPS or values == ():
        return None  # said elsewhere
    before = len(problems)
    if kind == PRESENT or (kind == SETTING and target.kind is bool and values is None):
        values = (False, True) if values is None else values
    if kind in (NUMBER, DATE) and values is None:
        low, high = _ends(entry, target, broken, problems)
        if len(problems) > before or not broken.isdisjoint(("low", "high")):
            return None
        if entry.steps is not None:
            values = _evenly(low, high, entry.steps, problems)
    if kind == SETTING and values is None and target.kind is not object:
        problems.append("values is missing; list the values to try")
    for value in values or ():
        problem = _misfit(value, kind, target)
        if problem is not None:
            problems.append(f"values: {problem}")
    if len(problems) > before:
        return None
    if values is not None and kind != SETTING:
        values = tuple(sorted(values))
        low, high = (values[0], values[-1]) if kind in (NUMBER, DATE) else (None, None)
    if kind == SETTING and target.kind is bool and set(values or ()) == {True, False}:
        values = (False, True)
    dated = kind == DATE or any(isinstance(value, dt.date) for value in values or ())
    return Factor(
        name=entry.name,
        kind=kind,
        path=target.path,
        values=tuple(_as_held(value, kind) for value in values or ()),
        low=None if low is None else _as_held(low, kind),
        high=None if high is None else _as_held(high, kind),
        unit=target.unit,
        label=entry.label or target.title,
        dated=dated,
    )


def _ends(
    entry: FactorFile, target: Target, broken: frozenset[str], problems: list[str]
) -> tuple[Any, Any]:
    """Return the ends of a range, the number's own where the plan has none."""
    kind = DATE if target.kind is dt.date else NUMBER
    low = target.low if entry.low is None else entry.low
    high = target.high if entry.high is None else entry.high
    before = len(problems)
    for key, value in (("low", low), ("high", high)):
        problem = _misfit(value, kind, target)
        if problem is not None:
            problems.append(f"{key}: {problem}")
    sound = len(problems) == before and broken.isdisjoint(("low", "high"))
    if sound and low >= high:
        problems.append(f"low is {_shown(low)}, must be below high, which is {_shown(high)}")
    return low, high


def _misfit(value: Any, kind: str, target: Target) -> str | None:
    """Return why a value is none of a target's, None if it is."""
    if kind == NUMBER:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"is {_shown(value)}, must be a number"
        if not target.low <= value <= target.high:
            return f"{value:g} is outside the number's range {target.low:g} to {target.high:g}"
    elif kind == DATE:
        if not isinstance(value, dt.date):
            return f"is {_shown(value)}, must be a date such as 2001-09-11"
        if not target.low <= value <= target.high:
            return f"{value} is outside the years of the run, {target.low} to {target.high}"
    elif kind == PRESENT and not isinstance(value, bool):
        return f"is {_shown(value)}, must be true or false"
    return None


def _evenly(low: Any, high: Any, steps: int, problems: list[str]) -> tuple[Any, ...] | None:
    """Return evenly spaced values, both ends included."""
    if isinstance(low, dt.date):
        days = (high - low).days
        if steps > days + 1:
            problems.append(f"steps is {steps}, but there are only {days + 1} days")
            return None
        return tuple(low + dt.timedelta(days=k * days // (steps - 1)) for k in range(steps))
    width = high - low
    inner = (low + width * k / (steps - 1) for k in range(1, steps - 1))
    return (float(low), *(min(max(x, low), high) for x in inner), float(high))


def _tried(factor: Factor, scenarios: Sequence[Scenario]) -> list[str]:
    """Return what goes wrong when each corner of a factor is put into each scenario."""
    told: list[str] = []
    for scenario in scenarios:
        for value in factor.corners():
            try:
                replaced(scenario, {factor.path: factor.in_scenario(value)})
            except ScenarioError as error:
                told += error.problems
    return list(dict.fromkeys(told))


def _as_held(value: Any, kind: str) -> Value:
    """Return a value as a table of points holds it."""
    if isinstance(value, dt.date):
        return value.isoformat()
    held: Value = float(value) + 0.0 if kind == NUMBER else value
    return held


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, dt.date) else shown(value)
