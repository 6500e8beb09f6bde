"""Edits: each returns a new scenario and changes nothing that it was given."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any, Protocol

from alliance_sim.errors import ScenarioError, unknown_name
from alliance_sim.scenario.build import build
from alliance_sim.scenario.number import FIELDS
from alliance_sim.scenario.path import PathProblem, Tree, follow, is_number, step_into
from alliance_sim.scenario.scenario import Scenario

MONTHS = 3  # in a quarter


def as_tree(scenario: Scenario) -> Tree:
    """Return a scenario as plain tables and values, ready for an edit."""
    return scenario.model_dump(mode="python")


def without(scenario: Scenario, *junctures: str) -> Scenario:
    """Return the scenario without some junctures; see `Scenario.without`."""
    return _edited(scenario, [remove_juncture(name) for name in junctures])


def moved(
    scenario: Scenario, juncture: str, *, to: dt.date | None = None, by_quarters: int | None = None
) -> Scenario:
    """Return the scenario with a juncture on another day; see `Scenario.moved`."""
    if (to is None) == (by_quarters is None):
        raise ScenarioError(scenario.name, ["moved: give either to= or by_quarters="])
    return _edited(scenario, [move_juncture(juncture, to=to, by_quarters=by_quarters)])


def with_number(scenario: Scenario, path: str, value: float) -> Scenario:
    """Return the scenario with one number changed; see `Scenario.with_number`."""
    return _edited(scenario, [set_number(path, value)])


def with_setting(scenario: Scenario, path: str, value: object) -> Scenario:
    """Return the scenario with one setting changed; see `Scenario.with_setting`."""
    return _edited(scenario, [set_value(path, value)])


class Edit(Protocol):
    """One change of a tree: what it does in words, and doing it."""

    words: str

    def apply(self, tree: Tree) -> None:
        """Change the tree in place.

        Raises:
            PathProblem: With a sentence, if it cannot be done.
        """


class _Remove:
    def __init__(self, juncture: str) -> None:
        self.words = f"without {juncture}"
        self.juncture = juncture

    def apply(self, tree: Tree) -> None:
        found = _juncture(tree, self.juncture)
        if not found.get("present", True):
            raise PathProblem(f"juncture {self.juncture!r} was removed already")
        found["present"] = False


class _Move:
    def __init__(self, juncture: str, to: dt.date | None, by_quarters: int | None) -> None:
        words = f"to {to}" if by_quarters is None else f"by {by_quarters} quarters"
        self.words = f"{juncture} moved {words}"
        self.juncture, self.to, self.by_quarters = juncture, to, by_quarters

    def apply(self, tree: Tree) -> None:
        found = _juncture(tree, self.juncture)
        if not found.get("present", True):
            raise PathProblem(f"juncture {self.juncture!r} was removed and cannot be moved")
        old = found["date"]
        new = self._day(old)
        found["original_date"] = found.get("original_date") or old
        found["date"] = new
        if found.get("end") is not None:
            try:
                found["end"] = found["end"] + (new - old)
            except OverflowError:
                raise PathProblem(
                    f"{self.juncture}: its end {found['end']}, moved as far, is not a date"
                ) from None

    def _day(self, old: dt.date) -> dt.date:
        """Return the new day."""
        if self.by_quarters is None:
            if not isinstance(self.to, dt.date) or isinstance(self.to, dt.datetime):
                raise PathProblem(f"moved: is {self.to!s}, must be a date such as 2001-09-11")
            return self.to
        if isinstance(self.by_quarters, bool) or not isinstance(self.by_quarters, int):
            raise PathProblem(f"moved: by_quarters is {self.by_quarters!r}, must be a whole number")
        return _later(old, self.by_quarters * MONTHS)


class _Set:
    def __init__(
        self, path: str, value: object, source: str | None, *, number: bool = False
    ) -> None:
        self.words = f"{path} set to {value}"
        self.path, self.value, self.source = path, value, source
        self.number = number

    def apply(self, tree: Tree) -> None:
        old = follow(tree, self.path)
        if is_number(old):
            self._change(old)
            return
        head, _, last = self.path.rpartition(".")
        parent = follow(tree, head) if head else tree
        if not isinstance(parent, dict) or isinstance(old, dict | list | tuple):
            raise PathProblem(f"path {self.path!r} is a table; set one of its entries")
        if self.number:
            raise PathProblem(f"path {self.path!r} is a setting, not a number; use with_setting")
        parent[last] = self.value

    def _change(self, number: Any) -> None:
        value = inside(self.path, self.value, number["low"], number["high"])
        if value != number["value"] or self.source is not None:
            before = source_after(number["value"], number["source"])
            number["source"] = self.source or before
        number["value"] = value


def inside(path: str, value: object, low: float, high: float) -> float:
    """Return a new value of a number.

    Raises:
        PathProblem: If it is not a number, or outside the number's range.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PathProblem(f"{path}: is {value!r}, must be a number")
    if not low <= value <= high:
        raise PathProblem(f"{path}: {value:g} is outside the number's range {low:g} to {high:g}")
    return float(value)


def source_after(value: float, source: str) -> str:
    """Return the source of a number that was edited without one, from its value before."""
    return f"assumed; edited from {value:g} ({source})"


def remove_juncture(juncture: str) -> Edit:
    """Return the edit that removes a juncture."""
    return _Remove(juncture)


def move_juncture(
    juncture: str, *, to: dt.date | None = None, by_quarters: int | None = None
) -> Edit:
    """Return the edit that puts a juncture on another day."""
    return _Move(juncture, to, by_quarters)


def set_value(path: str, value: object, *, source: str | None = None) -> Edit:
    """Return the edit that changes a number inside its range, or a setting."""
    return _Set(path, value, source)


def set_number(path: str, value: float) -> Edit:
    """Return the edit that changes a number inside its range."""
    return _Set(path, value, None, number=True)


def apply_edits(tree: Tree, edits: list[Edit]) -> list[str]:
    """Change a tree by all edits that can be done; return a sentence for each that cannot."""
    problems = []
    for number in _arrays(tree):
        number[0][number[1]] = dict(zip(FIELDS, number[2], strict=True))
    for edit in edits:
        try:
            edit.apply(tree)
        except PathProblem as problem:
            problems.append(str(problem))
    return problems


def _edited(scenario: Scenario, edits: list[Edit]) -> Scenario:
    tree = as_tree(scenario)
    problems = apply_edits(tree, edits)
    if problems:
        raise ScenarioError(scenario.name, problems)
    words = tuple(edit.words for edit in edits)
    tree["edits"] = (*scenario.edits, *words)
    tree["name"] = renamed(scenario, words)
    return build(tree, scenario.name)


def renamed(scenario: Scenario, words: tuple[str, ...]) -> str:
    """Return a name that tells the edits, or how many there are where they are many."""
    longest = 200
    name = f"{scenario.name}, {', '.join(words)}"
    if len(name) <= longest and not scenario.name.endswith(" edits"):
        return name
    return f"{scenario.name.partition(',')[0]}, {len(scenario.edits) + len(words)} edits"


def _juncture(tree: Tree, name: str) -> dict[str, Any]:
    listed = tree.get("juncture", ())
    try:
        found = step_into(listed, name)
    except PathProblem:
        known = [t["name"] for t in listed]
        raise PathProblem(unknown_name("juncture", name, known)) from None
    if not isinstance(found, dict):
        raise PathProblem(f"juncture {name!r} is not a table")
    return found


def _later(date: dt.date, months: int) -> dt.date:
    """Return the date some months later, on the last day of a month that is too short."""
    month = date.year * 12 + date.month - 1 + months
    year = month // 12
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise PathProblem(f"moved: {date} by {months} months is not a date")
    longest = calendar.monthrange(year, month % 12 + 1)[1]
    return dt.date(year, month % 12 + 1, min(date.day, longest))


def _arrays(node: Any) -> list[tuple[Any, Any, Any]]:
    """Return (owner, key, array) of every number written as an array, to be made a table."""
    found = []
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in entries:
        if isinstance(value, list | tuple) and is_number(value):
            found.append((node, key, value))
        elif isinstance(value, dict | list | tuple):
            found += _arrays(value)
    return found
