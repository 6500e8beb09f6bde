"""A scenario file that holds only edits of another: its schema, its edits, what they do not do.

extends = "two_islands/baseline"  # the usual scenario if left out
without = ["great_raid"]

[[moved]]
juncture = "patrol"
to = 2010-01-01
end = "stays"  # or "moves" along, as it does if nothing is said, or a day

[[set]]
path = "levels.pace"
to = 0.5
source = "a what-if"

Any edit can also stand in one list of texts, in the grammar of `scenario.edit_texts`; it is made
after the others:

edits = ["without great_raid", "shift patrol:2010-01-01", "council leader"]
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from alliance_sim import shipped as packaged
from alliance_sim.errors import shown
from alliance_sim.scenario.edit import MOVES, STAYS, Edit, Move, Remove, value_at
from alliance_sim.scenario.edit import Set as SetValue
from alliance_sim.scenario.edit_texts import places_of
from alliance_sim.scenario.fields import Day, Name, Part, Text, day_problem
from alliance_sim.scenario.holds import OF_AN_EDIT, PATH
from alliance_sim.scenario.path import Tree, fields_of
from alliance_sim.scenario.problems import WHEN_RUN
from alliance_sim.scenario.scenario import Scenario
from alliance_sim.scenario.schema import Item, Juncture, Leader, Member, Period, Threat

VALUES = (bool, int, float, str, dt.date)
ADDITIONS = ("juncture", "leader", "item", "member", "threat", "period")


def _end(value: Any) -> Any:
    if type(value) is dt.date or value in (None, MOVES, STAYS):
        return value
    raise ValueError(f"is {shown(value)}, must be 'moves', 'stays' or a date such as 2014-12-31")


class Moved(Part):
    """An edit that puts a juncture on another day."""

    juncture: Name
    to: Day | None = None
    by_quarters: int | None = None
    end: Annotated[Any, AfterValidator(_end)] = None
    meant: bool = False


def _plain_value(value: Any) -> Any:
    if not isinstance(value, VALUES):
        raise ValueError(f"is {value!s}, must be a number, a truth value, a text or a date")
    return value


class Set(Part):
    """An edit that changes a number (which then needs a source) or a setting."""

    path: Text
    to: Annotated[Any, AfterValidator(_plain_value)]
    source: Text


# Where it is said in a file of edits what a whole scenario holds, and what others call an edit.
ELSEWHERE = {
    **{
        key: "it belongs to the scenario that this file extends; to change something of it, write "
        f'[[set]], and below it a path that begins with "{key}.", to and source'
        for key in fields_of(Scenario)
    },
    **dict.fromkeys((PATH, "holds", "held"), OF_AN_EDIT),
    **WHEN_RUN,
    **dict.fromkeys(
        ("remove", "removed", "delete", "drop", "absent", "exclude"),
        'what did not happen is without = ["name", "name"]',
    ),
    **dict.fromkeys(
        ("move", "shift", "date", "dates"),
        'another day is [[moved]], and below it juncture = "name" and to = 2003-09-11',
    ),
    **dict.fromkeys(
        ("change", "changes", "changed", "edit", "number", "numbers", "path", "value"),
        "another number or setting is [[set]], and below it path, to and source; see: alliance-sim "
        "list numbers",
    ),
    **dict.fromkeys(
        ("years", "first_year", "last_year", "start", "end", "steps", "quarters"),
        'other years are [[set]], and below it path = "time.first_year" or "time.last_year", to '
        "and source",
    ),
}


class EditFile(Part):
    """A scenario file that extends another and holds only its edits.

    One line is enough, `without = ["nine_eleven"]`: what it extends is the usual scenario if it
    does not say, and title and description are made out of the edits.
    """

    elsewhere: ClassVar[Mapping[str, str]] = ELSEWHERE
    extends: Text = Field(default_factory=packaged.usual_scenario)
    title: Text | None = None
    description: Text | None = None
    question: str = ""
    without: tuple[Name, ...] = ()
    moved: tuple[Moved, ...] = ()
    set: tuple[Set, ...] = ()
    edits: tuple[Text, ...] = ()
    junctures: tuple[Juncture, ...] = Field(default=(), alias="juncture")
    leaders: tuple[Leader, ...] = Field(default=(), alias="leader")
    items: tuple[Item, ...] = Field(default=(), alias="item")
    members: tuple[Member, ...] = Field(default=(), alias="member")
    threats: tuple[Threat, ...] = Field(default=(), alias="threat")
    periods: tuple[Period, ...] = Field(default=(), alias="period")
    relationship: str | None = None
    record: str | None = None
    series: str | None = None


def edits_in(tree: Tree, unsound: Sequence[tuple[str, str]]) -> list[Edit]:
    """Return the edits of a file that are whole enough to be tried; the schema tells of others.

    Args:
        tree: The file.
        unsound: Kinds and names of tables that cannot be added, so that no edit of them is tried.
    """
    away = {name for key, name in unsound if key == "juncture"}
    heads = tuple(f"{key}.{name}." for key, name in unsound)
    edits: list[Edit] = [Remove(name) for name in listed(tree, "without", str) if name not in away]
    for move in listed(tree, "moved", dict):
        name, to, by_quarters = move.get("juncture"), move.get("to"), move.get("by_quarters")
        end = move.get("end")
        whole = type(by_quarters) is int or (type(to) is dt.date and not day_problem(to))
        whole = whole and (type(end) is dt.date or end in (None, MOVES, STAYS))
        if isinstance(name, str) and name not in away and whole and not _unclear(move):
            edits.append(Move(name, to, by_quarters, end, move.get("meant") is True))
    edits += [
        SetValue(change["path"], change["to"], _source(change))
        for change in listed(tree, "set", dict)
        if isinstance(change.get("path"), str)
        and change["path"]
        and not change["path"].startswith(heads)
        and isinstance(change.get("to"), VALUES)
    ]
    return edits


def _source(change: Tree) -> str | None:
    """Return the source of a value, None if none is given or a text; the schema tells of that."""
    source = change.get("source")
    return source if isinstance(source, str) else None


def doubts_of_edits(base: Scenario, edits: Sequence[Edit], where: str) -> Iterator[str]:
    """Yield a sentence for each edit that changes nothing, and for each end that moved along.

    Args:
        base: The scenario with all tables that the file adds.
        edits: Its edits, all of which can be done.
        where: What the base is called.
    """
    before = base
    for edit in edits:
        after = edit.applied(before)
        if _same_value(before, after, edit):
            yield f"{edit.words}: changes nothing, it stands so in {where}"
        elif isinstance(edit, Move) and edit.end is None and not edit.meant:
            old, new = (value_at(s, f"juncture.{edit.juncture}.end") for s in (before, after))
            if old != new:
                yield (
                    f"{edit.words}: its end moves along, from {old} to {new}; where that is meant "
                    f'write end = "{MOVES}" below it, else end = "{STAYS}" or a date'
                )
        before = after


def _same_value(before: Scenario, after: Scenario, edit: Edit) -> bool:
    """Whether an edit leaves a number or a day as it was, and at most tells another source."""
    pairs = [(value_at(before, path), value_at(after, path)) for path in places_of(edit)]
    return all(getattr(old, "value", old) == getattr(new, "value", new) for old, new in pairs)


def _unclear(move: Tree) -> bool:
    """Whether a table says in no way, or in two, where a juncture goes."""
    return (move.get("to") is None) == (move.get("by_quarters") is None)


def listed(tree: Tree, key: str, kind: type) -> list[Any]:
    """Return the entries of a list that are of a kind; none where there is no list."""
    found = tree.get(key, ())
    return [x for x in found if isinstance(x, kind)] if isinstance(found, list | tuple) else []


def names_added(tree: Tree) -> list[tuple[str, str]]:
    """Return kind and name of each table that a file adds to the scenario it extends."""
    return [
        (key, table["name"])
        for key in ADDITIONS
        for table in listed(tree, key, dict)
        if isinstance(table.get("name"), str)
    ]


def clashes(scenario: Scenario, added: Sequence[tuple[str, str]], tree: Tree) -> Iterator[str]:
    """Yield what the tables of a file and the scenario that it extends have against each other."""
    fields = fields_of(Scenario)
    taken = {key: {one.name for one in getattr(scenario, fields[key])} for key in ADDITIONS}
    for key, name in added:
        if name in taken[key]:
            move = ", or its day with [[moved]]" if key == "juncture" else ""
            yield (
                f"{key} {name!r}: is in the extended scenario already; give the new one another "
                f"name, or change numbers of the old one with [[set]], path {key}.{name}...{move}"
            )
    for position, move in enumerate(listed(tree, "moved", dict)):
        if _unclear(move):
            yield f"moved[{position}]: give either 'to' or 'by_quarters'"
