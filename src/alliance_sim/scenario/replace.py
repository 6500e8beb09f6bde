"""Many values at once, quickly: what a sweep does at every point.

`replaced` does what the edits of `alliance_sim.scenario.edit` do, with the same sentences for what
cannot be done, but shares every part that it does not touch with the scenario it was given: parts
that are the same object are the same to whoever compares them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, Never

from pydantic import ConfigDict, TypeAdapter, ValidationError

from alliance_sim.errors import ScenarioError
from alliance_sim.scenario.build import complaint
from alliance_sim.scenario.checks import cross_problems, size_problem
from alliance_sim.scenario.edit import as_tree, inside, move_juncture, renamed, source_after
from alliance_sim.scenario.number import Number
from alliance_sim.scenario.part import Part, Table
from alliance_sim.scenario.path import PathProblem, follow
from alliance_sim.scenario.scenario import Scenario
from alliance_sim.scenario.schema import Juncture

MOST_KEPT = 1024
UNCHECKED = ("theory.", "council.rule")  # settings that no check between tables looks at
DAYS = ("date", "end", "original_date")
STRICT = ConfigDict(strict=True)

EditCache = dict[tuple[object, ...], Any]


def replaced(
    scenario: Scenario, changes: Mapping[str, object], *, kept: EditCache | None = None
) -> Scenario:
    """Return the same world with some of its values replaced.

    Junctures are put back first, then moved, then removed, so that one can be moved and removed at
    once. What is not touched stays the identical object.

    Args:
        scenario: The scenario.
        changes: New values by path. Under the path of a number stands a value inside its range, as
            for `Scenario.with_number`; under "juncture.<name>.date" its new day, as for
            `Scenario.moved`; under any other path a setting, as for `Scenario.with_setting`, so
            that "juncture.<name>.present": False is `Scenario.without`.
        kept: Memory of this scenario's parts with their values replaced, so that the same values
            give the identical part again; give the same dictionary for each call.

    Raises:
        ScenarioError: Naming every path and value that cannot be used.
    """
    groups: dict[str, list[tuple[str, object]]] = {}
    for path, value in changes.items():
        groups.setdefault(path.partition(".")[0], []).append((path, value))
    update: dict[str, Any] = {}
    problems: list[str] = []
    to_check = False
    for key, group in groups.items():
        try:
            update[key], unchecked = _field(scenario, group, kept)
            to_check = to_check or unchecked
        except _Problems as found:
            problems += found.args
    if problems:
        raise ScenarioError(scenario.name, problems)
    words = tuple(f"{path} set to {value}" for path, value in changes.items())
    told = {"edits": (*scenario.edits, *words), "name": renamed(scenario, words)}
    after = scenario.model_copy(update=update | told)
    problems = cross_problems(as_tree(after)) if to_check else []
    if problems:
        raise ScenarioError(scenario.name, problems)
    return after


def value_at(scenario: Scenario, path: str) -> Any:
    """Return what lies at a path: a `Number`, the value of a setting, or a table.

    Raises:
        PathProblem: With the part that was not found and what would have been.
    """
    node, key = _way(scenario, path)[-1]
    return _get(node, key)


def with_names(scenario: Scenario, path: str) -> str:
    """Return a path with names instead of positions wherever there are names.

    Raises:
        PathProblem: With the part that was not found and what would have been.
    """
    return ".".join(
        _name_of(node[key], key) if isinstance(node, tuple) else str(key)
        for node, key in _way(scenario, path)
    )


class _Problems(Exception):  # noqa: N818 - caught above and turned into an error
    """Sentences about what cannot be done."""


class _Change(NamedTuple):
    """One value to be replaced."""

    path: str
    parts: list[str]
    value: object


def _field(
    scenario: Scenario, group: Sequence[tuple[str, object]], kept: EditCache | None
) -> tuple[Any, bool]:
    """Return a field of a scenario with some values in it replaced.

    Returns:
        The field, and whether checks between tables look at any of the values.
    """
    problems = [f"{path}: {_not_plain(value)}" for path, value in group if _not_plain(value)]
    if problems:
        raise _Problems(*problems)
    memory = tuple((path, type(value), value) for path, value in group)
    if kept is not None and memory in kept:
        found: tuple[Any, bool] = kept[memory]
        return found
    work = _Replacing(scenario)
    after = work.put(scenario, [_Change(path, path.split("."), value) for path, value in group], 0)
    if work.problems:
        raise _Problems(*work.problems)
    found = getattr(after, group[0][0].partition(".")[0]), work.to_check
    if kept is not None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[memory] = found
    return found


class _Replacing:
    """One replacing of values: goes down into the parts touched and makes each of them new once.

    Attributes:
        problems: A sentence for each value that cannot be replaced.
        to_check: Whether checks between tables look at any of the values.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.problems: list[str] = []
        self.to_check = False

    def put(self, node: Any, changes: Sequence[_Change], depth: int) -> Any:
        """Return a part with values replaced, the part itself where nothing changes."""
        update: dict[Any, Any] = {}
        day: _Change | None = None
        below: dict[Any, list[_Change]] = {}
        for change in changes:
            try:
                key = _key(node, change.parts[depth])
                if key is None:
                    _nowhere(self.scenario, change.path)
                if len(change.parts) > depth + 1:
                    below.setdefault(key, []).append(change)
                elif isinstance(node, Juncture) and key == "date":
                    day = change
                else:
                    update[key] = self._leaf(node, key, change)
            except PathProblem as problem:
                self.problems.append(str(problem))
        for key, deeper in below.items():
            update[key] = self.put(_get(node, key), deeper, depth + 1)
        if day is not None:
            try:
                update = _moved(node, day.value, update.get("present", node.present)) | update
            except PathProblem as problem:
                self.problems.append(str(problem))
        return _with(node, update)

    def _leaf(self, owner: Any, key: Any, change: _Change) -> Any:
        """Return the new number or the new value of a setting."""
        old = _get(owner, key)
        if isinstance(old, Number):
            new = _number(change.path, old, change.value, owner)
            self.to_check = self.to_check or _is_checked(change.path, old, new)
            return new
        if isinstance(old, Part | dict | tuple) or not isinstance(owner, Part):
            raise PathProblem(f"path {change.path!r} is a table; set one of its entries")
        alone = change.path.startswith(UNCHECKED) or (
            isinstance(owner, Juncture) and key == "present"
        )
        self.to_check = self.to_check or not alone
        return _setting(change.path, owner, key, change.value)


def _way(scenario: Scenario, path: str) -> list[tuple[Any, Any]]:
    """Return the nodes on the way to a path's end, each with the key that leads on."""
    node: Any = scenario
    steps = []
    for part in path.split("."):
        key = _key(node, part)
        if key is None:
            _nowhere(scenario, path)
        steps.append((node, key))
        node = _get(node, key)
    return steps


def _nowhere(scenario: Scenario, path: str) -> Never:
    """Raise the sentence about a path that leads nowhere."""
    follow(as_tree(scenario), path)
    raise PathProblem(f"path {path!r} leads nowhere")


def _key(node: Any, part: str) -> Any:
    """Return the field, key or position that a part of a path means at a node, or None."""
    if isinstance(node, Number):
        return None
    if isinstance(node, Part):
        return part if part in type(node).model_fields else None
    if isinstance(node, dict):
        return part if part in node else None
    if isinstance(node, tuple):
        for position, entry in enumerate(node):
            if part in (_name_of(entry, position), str(position)):
                return position
    return None


def _name_of(entry: Any, position: int) -> str:
    """Return how an entry of a list is called, as in paths through plain tables."""
    fields = entry.__dict__ if isinstance(entry, Part) else {}
    name = fields.get("name")
    if not isinstance(name, str):
        return str(position)
    domain = fields.get("domain")
    return f"{domain}_{name}" if isinstance(domain, str) else name


def _get(node: Any, key: Any) -> Any:
    return getattr(node, key) if isinstance(node, Part) else node[key]


def _with(node: Any, update: Mapping[Any, Any]) -> Any:
    """Return a part with some of its entries replaced, the part itself if they were there."""
    changed = {key: value for key, value in update.items() if _get(node, key) is not value}
    if not changed:
        return node
    if isinstance(node, Part):
        return node.model_copy(update=changed)
    if isinstance(node, dict):
        return Table({**node, **changed})
    return tuple(changed.get(position, entry) for position, entry in enumerate(node))


def _number(path: str, old: Number, value: object, owner: Any) -> Number:
    new = inside(path, value, old.low, old.high)
    if new == old.value:
        return old
    moves = getattr(owner, "moves", None)
    if isinstance(moves, str) and path.endswith(".size"):
        problem = size_problem(moves, new)
        if problem is not None:
            raise PathProblem(f"{path}: {problem}")
    return old.model_copy(update={"value": new, "source": source_after(old.value, old.source)})


def _is_checked(path: str, old: Number, new: Number) -> bool:
    """Whether checks between tables look at a number that has become another."""
    if path.endswith(".weight"):
        return new.value == 0.0
    return path.endswith(".from_level") and old.value == 0.0 != new.value


def _moved(juncture: Juncture, value: object, present: object) -> dict[str, Any]:
    """Return the days of a juncture on another day."""
    card = {key: getattr(juncture, key) for key in ("name", *DAYS)}
    # One that is there and goes is moved first, so only one that stays away cannot be moved.
    card["present"] = juncture.present or present
    move_juncture(juncture.name, to=value).apply({"juncture": [card]})  # type: ignore[arg-type]
    return {key: card[key] for key in DAYS}


@lru_cache(maxsize=1024)
def _adapter(model: type[Part], key: str) -> TypeAdapter[Any]:
    """Return what validates one field of a table."""
    field = model.model_fields[key]
    annotated: Any = Annotated[field.annotation, field]
    return TypeAdapter(annotated, config=STRICT)


def _setting(path: str, owner: Part, key: str, value: object) -> Any:
    try:
        new = _adapter(type(owner), key).validate_python(value)
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        raise PathProblem(f"{path}: {complaint(dict(details))}") from None
    old = getattr(owner, key)
    return old if type(old) is type(new) and old == new else new


def _not_plain(value: object) -> str:
    """Return what is wrong with the kind of a value, "" if nothing is."""
    if isinstance(value, bool | int | float | str | dt.date):
        return ""
    return f"is {value!r}, must be a number, a truth value, a text or a date"
