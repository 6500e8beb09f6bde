"""The one editor: every edit returns a new scenario and changes nothing that it was given.

What an edit does not touch is shared with the scenario it was given: parts that are the same
object are the same to whoever compares them, and a sweep edits a scenario at every point.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from pydantic import ConfigDict, TypeAdapter, ValidationError

from alliance_sim.errors import ScenarioError, shown
from alliance_sim.scenario.checks import cross_problems, size_problem
from alliance_sim.scenario.edits_in_words import renamed
from alliance_sim.scenario.fields import FIRST_YEAR, LAST_YEAR, Number, Part, Table, day_problem
from alliance_sim.scenario.holds import hold_problems
from alliance_sim.scenario.path import PathProblem, Tree, get, way, with_names
from alliance_sim.scenario.problems import complaint
from alliance_sim.scenario.schema import Change, Juncture, unknown_juncture

if TYPE_CHECKING:
    from alliance_sim.scenario.scenario import Scenario

MONTHS = 3  # in a quarter
MOST_KEPT = 1024
UNCHECKED = ("theory.", "council.rule")  # settings that no check between tables looks at
STRICT = ConfigDict(strict=True)
MOVES, STAYS = "moves", "stays"  # what becomes of the end of a juncture that is moved

EditCache = dict[tuple[object, ...], Any]
Steps = list[tuple[Any, Any]]


class Edit(Protocol):
    """One change of a scenario: what it does in words, and doing it."""

    @property
    def words(self) -> str:
        """What the edit does."""

    @property
    def change(self) -> Change:
        """What the edit does, as it stands in `Scenario.edits`, once it could be done."""

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the scenario after the edit; checks between its tables are still to be made.

        Raises:
            PathProblem: With a sentence, if it cannot be done.
        """


@dataclass(frozen=True)
class Remove:
    """The edit that removes a juncture; its card stays, as not present."""

    juncture: str

    @property
    def words(self) -> str:
        """What the edit does."""
        return f"without {self.juncture}"

    @property
    def change(self) -> Change:
        """What the edit does, as a scenario keeps it."""
        return Change(words=self.words, path=f"juncture.{self.juncture}.present", value=False)

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the scenario without the juncture."""
        found = juncture_named(scenario, self.juncture)
        if not found.present:
            raise PathProblem(f"juncture {self.juncture!r} was removed already")
        gone = found.model_copy(update={"present": False})
        return put(scenario, f"juncture.{self.juncture}", gone)


@dataclass(frozen=True)
class Move:
    """The edit that puts a juncture on another day.

    Attributes:
        juncture: Its name.
        to: Its new day.
        by_quarters: Or how many quarters later.
        end: What becomes of an end: "moves" by the same time, "stays", or a day of its own; it
            moves if nothing is said.
        meant: Whether all that is unusual about it is meant, so that nobody has to be warned.
    """

    juncture: str
    to: dt.date | None = None
    by_quarters: int | None = None
    end: dt.date | str | None = None
    meant: bool = False

    @property
    def words(self) -> str:
        """What the edit does."""
        how = f"to {self.to}" if self.by_quarters is None else f"by {self.by_quarters} quarters"
        end = "" if self.end in (None, MOVES) else f", its end {self._end_in_words}"
        return f"{self.juncture} moved {how}{end}"

    @property
    def _end_in_words(self) -> str:
        return STAYS if self.end == STAYS else f"on {self.end}"

    @property
    def change(self) -> Change:
        """What the edit does, as a scenario keeps it."""
        day = None if self.to is None else self.to.isoformat()
        path = f"juncture.{self.juncture}.date"
        return Change(
            words=self.words,
            path=path,
            value=day,
            by_quarters=self.by_quarters,
            end=None if self.end is None else str(self.end),
            meant=True if self.meant else None,
        )

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the scenario with the juncture on its new day."""
        found = juncture_named(scenario, self.juncture)
        if not found.present:
            raise PathProblem(f"juncture {self.juncture!r} was removed and cannot be moved")
        day = self._day(found.date)
        outside = day_problem(day)
        if outside is not None:
            raise PathProblem(f"juncture {self.juncture!r} moved: {outside}")
        update = {"date": day, "original_date": found.original_date or found.date}
        if found.end is not None:
            update["end"] = self._new_end(found.end, day - found.date)
        elif self.end is not None:
            raise PathProblem(
                f"juncture {self.juncture!r} moved: has no end, so leave out what becomes of it"
            )
        return put(scenario, f"juncture.{self.juncture}", found.model_copy(update=update))

    def _new_end(self, old: dt.date, by: dt.timedelta) -> dt.date:
        """Return the new end."""
        if self.end == STAYS:
            return old
        if isinstance(self.end, dt.date) and not isinstance(self.end, dt.datetime):
            return self.end
        if self.end not in (None, MOVES):
            found = shown(self.end)
            raise PathProblem(f"moved: end is {found}, must be 'moves', 'stays' or a date")
        if by > dt.date(LAST_YEAR, 12, 31) - old:
            raise PathProblem(
                f"{self.juncture}: its end {old}, moved as far, is not a date of the years "
                f"{FIRST_YEAR} to {LAST_YEAR}"
            )
        return old + by

    def _day(self, old: dt.date) -> dt.date:
        """Return the new day."""
        if self.by_quarters is None:
            if not isinstance(self.to, dt.date) or isinstance(self.to, dt.datetime):
                raise PathProblem(f"moved: is {self.to!s}, must be a date such as 2001-09-11")
            return self.to
        if isinstance(self.by_quarters, bool) or not isinstance(self.by_quarters, int):
            found = shown(self.by_quarters)
            raise PathProblem(f"moved: by_quarters is {found}, must be a whole number")
        return _later(old, self.by_quarters * MONTHS)


@dataclass(frozen=True)
class Set:
    """The edit that changes a number inside its range, or a setting.

    Attributes:
        path: Where it stands.
        value: What will stand there.
        source: Of a number; says that it was edited if left out.
        number: Whether it has to be a number.
        told, asked: What it does in words, and the text that asked for it, if the path says less.
        times: How many times the old number it is, where that was asked for.
        like: Path of another number that it is given the value of, where that was asked for.
    """

    path: str
    value: object
    source: str | None = None
    number: bool = False
    told: str = ""
    asked: str | None = None
    times: float | None = None
    like: str | None = None

    @property
    def words(self) -> str:
        """What the edit does."""
        value = self.value if isinstance(self.value, str | dt.date) else shown(self.value)
        return self.told or f"{self.path} set to {value}"

    @property
    def change(self) -> Change:
        """What the edit does, as a scenario keeps it."""
        value = self.value.isoformat() if isinstance(self.value, dt.date) else self.value
        kept = value if isinstance(value, bool | int | float | str) else shown(value)
        more: dict[str, Any] = {"asked": self.asked, "times": self.times, "like": self.like}
        return Change(words=self.words, path=self.path, value=kept, **more)

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the scenario with the new value in its place."""
        steps = _way(scenario, self.path)
        after: Scenario = _rebuilt(steps[:1], _set(scenario, self, steps)[0])
        return after


def edited(scenario: Scenario, edits: Sequence[Edit]) -> Scenario:
    """Return a scenario after some edits, one after the other, checked as a whole.

    Raises:
        ScenarioError: Naming every edit that cannot be done, or what is wrong after them.
    """
    after, problems = apply_edits(scenario, edits)
    problems = problems or [*cross_problems(as_tree(after)), *hold_problems(after)]
    if problems:
        raise ScenarioError(scenario.name, problems)
    return renamed(scenario, after, [_by_name(edit.change, after) for edit in edits])


def apply_edits(scenario: Scenario, edits: Sequence[Edit]) -> tuple[Scenario, list[str]]:
    """Return a scenario after all edits that can be done, and a sentence for each that cannot.

    Checks between tables are left to whoever has the whole of it.
    """
    problems = []
    for edit in edits:
        try:
            scenario = edit.applied(scenario)
        except PathProblem as problem:
            problems.append(str(problem))
    return scenario, problems


def replaced(
    scenario: Scenario, changes: Mapping[str, object], *, kept: EditCache | None = None
) -> Scenario:
    """Return the same world with some of its values replaced: what a sweep does at every point.

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
    groups: dict[str, list[Set]] = {}
    for path, value in changes.items():
        groups.setdefault(path.partition(".")[0], []).append(Set(path, value))
    update: dict[str, Any] = {}
    problems: list[str] = []
    to_check = False
    for group in groups.values():
        fields, unchecked, told = _replaced_part(scenario, group, kept)
        update |= fields
        problems += told
        to_check = to_check or unchecked
    if problems:
        raise ScenarioError(scenario.name, problems)
    after = scenario.model_copy(update=update)
    problems = [*cross_problems(as_tree(after)), *hold_problems(after)] if to_check else []
    if problems:
        raise ScenarioError(scenario.name, problems)
    done = [_by_name(change.change, after) for group in groups.values() for change in group]
    return renamed(scenario, after, done)


def as_tree(scenario: Scenario) -> Tree:
    """Return a scenario as plain tables and values, by the names that stand in files."""
    return scenario.model_dump(mode="python")


def value_at(scenario: Scenario, path: str) -> Any:
    """Return what lies at a path: a `Number`, the value of a setting, or a table.

    Raises:
        PathProblem: With the part that was not found and what would have been.
    """
    return get(*way(scenario, path)[-1])


def _by_name(change: Change, scenario: Scenario) -> Change:
    """Return an edit with names in its path where it was given places, as `member.0.offset`."""
    if not any(part.isdigit() for part in change.path.split(".")):
        return change
    return change.model_copy(update={"path": with_names(scenario, change.path)})


def _replaced_part(
    scenario: Scenario, group: Sequence[Set], kept: EditCache | None
) -> tuple[dict[str, Any], bool, list[str]]:
    """Return one field of a scenario with some values in it replaced.

    Returns:
        The field by its name; whether checks between tables look at any of the values; and a
        sentence for each value that cannot be replaced.
    """
    problems = [f"{c.path}: {_not_plain(c.value)}" for c in group if _not_plain(c.value)]
    if problems:
        return {}, False, problems
    memory = tuple((c.path, type(c.value), c.value) for c in group)
    known = None if kept is None else kept.get(memory)  # which another thread may forget
    if known is not None:
        return *known, []
    after, to_check, found = scenario, False, {}
    for change in sorted(group, key=_turn) if len(group) > 1 else group:
        try:
            steps = _way(after, change.path, kept if after is scenario else None)
            value, unchecked = _set(after, change, steps)
        except PathProblem as problem:
            problems.append(str(problem))
            continue
        to_check = to_check or unchecked
        found = {steps[0][1]: value}
        if len(group) > 1:
            after = _rebuilt(steps[:1], value)
    if problems:
        return {}, False, problems
    if kept is not None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[memory] = found, to_check
    return found, to_check, []


def _turn(change: Set) -> int:
    """Return when a change has its turn: what is there, then its day, then what goes."""
    if change.path.startswith("juncture."):
        last = change.path.rpartition(".")[2]
        if last == "present":
            return 0 if change.value else 3
        return 1 if last == "date" else 2
    return 2


def _way(scenario: Scenario, path: object, kept: EditCache | None = None) -> Steps:
    """Return the way to what is to be set; remembered, where there is a memory of the scenario.

    Raises:
        PathProblem: If nothing can be set there.
    """
    known = None if kept is None else kept.get(("way", path))
    if known is not None:
        found: Steps = known
        return found
    if not isinstance(path, str):
        raise PathProblem(f"path is {shown(path)}, must be a text such as 'levels.pace'")
    if path.startswith("edits."):
        raise PathProblem(f"path {path!r} tells what was edited and cannot be set")
    steps = way(scenario, path)
    if kept is not None:
        kept["way", path] = steps
    return steps


def _set(scenario: Scenario, change: Set, steps: Steps) -> tuple[Any, bool]:
    """Return a field of a scenario with one value changed, and whether checks look at the value.

    The field is the one in which the way begins; the checks are those between tables.
    """
    owner, key = steps[-1]
    old = get(owner, key)
    if isinstance(old, Number):
        number = _number(change, old, owner)
        return _rebuilt(steps[1:], number), _is_checked(change.path, old, number)
    if isinstance(old, Part | dict | tuple) or not isinstance(owner, Part):
        raise PathProblem(f"path {change.path!r} is a table; set one of its entries")
    if change.number:
        raise PathProblem(f"path {change.path!r} is a setting, not a number; use with_setting")
    if isinstance(owner, Juncture) and key == "date":
        # Its end moves by the same time, and no other check looks at its days.
        moved = Move(owner.name, change.value)  # type: ignore[arg-type]
        return moved.applied(scenario).junctures, False
    alone = change.path.startswith(UNCHECKED) or (isinstance(owner, Juncture) and key == "present")
    return _rebuilt(steps[1:], _setting(change.path, owner, key, change.value)), not alone


def put(scenario: Scenario, path: str, value: Any) -> Scenario:
    """Return a scenario with something else at a path, which is not checked."""
    after: Scenario = _rebuilt(way(scenario, path), value)
    return after


def _rebuilt(steps: Sequence[tuple[Any, Any]], value: Any) -> Any:
    """Return the first node of a way with another value at its end; the rest is shared."""
    for node, key in reversed(steps):
        if get(node, key) is value:
            value = node
        elif isinstance(node, Part):
            value = node.model_copy(update={key: value})
        elif isinstance(node, dict):
            value = Table({**node, key: value})
        else:
            value = type(node)((*node[:key], value, *node[key + 1 :]))
    return value


def _number(change: Set, old: Number, owner: Any) -> Number:
    """Return the number with another value inside its range.

    Raises:
        PathProblem: If it is none, outside the range, or more than what it moves can bear.
    """
    path, value = change.path, change.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PathProblem(f"{path}: is {shown(value)}, must be a number")
    if not old.low <= value <= old.high:
        span = f"{old.low:g} to {old.high:g}"
        found = f"{value:g}" if isinstance(value, float) else shown(value)
        raise PathProblem(f"{path}: {found} is outside the number's range {span}")
    new = float(value)
    if new == old.value and change.source is None:
        return old
    moves = getattr(owner, "moves", None)
    problem = size_problem(moves, new) if isinstance(moves, str) else None
    if problem is not None and path.endswith(".size"):
        raise PathProblem(f"{path}: {problem}")
    source = change.source or f"assumed; edited from {old.value:g} ({old.source})"
    return old.model_copy(update={"value": new, "source": source})


def _is_checked(path: str, old: Number, new: Number) -> bool:
    """Whether checks between tables look at a number that has become another."""
    if path.endswith(".weight"):
        return new.value == 0.0
    return path.endswith(".from_level") and old.value == 0.0 != new.value


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
    return f"is {shown(value)}, must be a number, a truth value, a text or a date"


def juncture_named(scenario: Scenario, name: object) -> Juncture:
    """Return a juncture by its name.

    Raises:
        PathProblem: If there is none, with the nearest.
    """
    by_name = {juncture.name: juncture for juncture in scenario.junctures}
    if not isinstance(name, str):
        raise PathProblem(f"juncture is {shown(name)}, must be a name such as 'nine_eleven'")
    if name not in by_name:
        raise PathProblem(unknown_juncture(name, scenario.junctures))
    return by_name[name]


def _later(date: dt.date, months: int) -> dt.date:
    """Return the date some months later, on the last day of a month that is too short."""
    month = date.year * 12 + date.month - 1 + months
    year = month // 12
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PathProblem(
            f"moved: {date} by {shown(months)} months is not a date of the years "
            f"{FIRST_YEAR} to {LAST_YEAR}"
        )
    longest = calendar.monthrange(year, month % 12 + 1)[1]
    return dt.date(year, month % 12 + 1, min(date.day, longest))
