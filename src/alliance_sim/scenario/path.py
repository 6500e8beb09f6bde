"""Paths into a scenario: `juncture.nine_eleven.effect.0.size` and how to follow one.

A path goes through tables by key, through lists of named tables by name, and through other lists
by position. A path leads through a scenario and through plain tables in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property, lru_cache
from typing import Any, SupportsIndex, TypeVar, get_args, overload

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from alliance_sim.errors import LONGEST, UnknownName, nearest_name, shown, unknown_name
from alliance_sim.files import MOST_DEPTH
from alliance_sim.scenario.fields import FIELDS, Number

Entry = TypeVar("Entry", bound=BaseModel)
Tree = dict[str, Any]
INPUTS = ("capability", "state_capability")  # keys whose value is a series or a number
MOST_OFFERED = 3  # paths that end in what was asked for
TAGS = ("series", "number")


class PathProblem(Exception):  # noqa: N818 - always caught and turned into a sentence
    """Where following a path ended, as a sentence."""


def keys_of(node: Any) -> list[str]:
    """Return what a path may go on with from a node."""
    return [key for key, _ in entries(node)]


def entries(node: Any) -> list[tuple[str, Any]]:
    """Return what lies under a node, by the keys of paths; nothing under a number or a value."""
    if isinstance(node, Number):
        return []
    if isinstance(node, BaseModel):
        return [(key, getattr(node, field)) for key, field in fields_of(type(node)).items()]
    if isinstance(node, Mapping):
        return [(str(key), value) for key, value in node.items()]
    if isinstance(node, list | tuple):
        return [(name_of(entry, position), entry) for position, entry in enumerate(node)]
    return []


def name_of(entry: Any, position: int) -> str:
    """Return how an entry of a list is called: by name, kinds of events by domain and name."""
    known = vars(entry) if isinstance(entry, BaseModel) else entry
    if not isinstance(known, Mapping) or not isinstance(known.get("name"), str):
        return str(position)
    domain = known.get("domain")
    return f"{domain}_{known['name']}" if isinstance(domain, str) else str(known["name"])


class Entries(tuple[Entry, ...]):  # noqa: SLOT001 - its table of places is kept in it
    """A list of tables whose entries are found by name as well as by place."""

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each entry stands, by its name and by its place in writing; the first of a name."""
        found: dict[str, int] = {}
        for position, entry in enumerate(self):
            found.setdefault(name_of(entry, position), position)
            found.setdefault(str(position), position)
        return found

    @overload
    def __getitem__(self, key: SupportsIndex | str) -> Entry: ...

    @overload
    def __getitem__(self, key: slice) -> tuple[Entry, ...]: ...

    def __getitem__(self, key: SupportsIndex | str | slice) -> Entry | tuple[Entry, ...]:
        """Return the entry of a name, or at a place; or several by their places.

        Raises:
            UnknownName: If there is no entry of this name.
            IndexError: If there is none at this place.
        """
        if not isinstance(key, str):
            return super().__getitem__(key)
        names = [_called(entry, position) for position, entry in enumerate(self)]
        if key not in names:
            kind = type(self[0]).__name__.lower() if self else "entry"
            given = [str(getattr(entry, "title", "")) for entry in self]
            titles = {name: (title,) for name, title in zip(names, given, strict=True) if title}
            raise UnknownName(unknown_name(kind, key, names, titles))
        return super().__getitem__(names.index(key))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return how such a list is checked: as a tuple, which then is one."""
        (entry,) = get_args(source)
        checked = core_schema.tuple_variable_schema(handler.generate_schema(entry))
        return core_schema.no_info_after_validator_function(cls, checked)


def _called(entry: BaseModel, position: int) -> str:
    """Return how an entry is called: a prior by the path of its number, all else by name."""
    return str(getattr(entry, "path", None) or name_of(entry, position))


def instead_of(tree: BaseModel, key: object) -> str:
    """Return what to write instead of asking a scenario for a key in brackets, in a sentence."""
    spelled = {name: f".{name}" for name in type(tree).model_fields}
    for field in type(tree).model_fields:
        entries_of = getattr(tree, field)
        if isinstance(entries_of, Entries):
            for position, entry in enumerate(entries_of):
                name = _called(entry, position)
                spelled.setdefault(name, f".{field}[{name!r}]")
    asked = key if isinstance(key, str) else ""
    with suppress(PathProblem):
        spelled[asked] = _in_python(way(tree, asked))
    near = nearest_name(asked, spelled)
    known = spelled.get(asked) or (spelled[near] if near else None)
    told = f"asked for [{shown(key)}]; a scenario's parts are attributes, such as .junctures"
    return told if known is None else f"asked for [{shown(key)}]; write {known}"


def _in_python(steps: list[tuple[Any, Any]]) -> str:
    """Return how Python follows a way."""
    told = ""
    for node, key in steps:
        if isinstance(node, BaseModel):
            told += f".{key}"
        elif isinstance(node, Entries):
            told += f"[{_called(node[key], key)!r}]"
        else:
            told += f"[{key!r}]"
    return told


@lru_cache(maxsize=256)
def fields_of(model: type[BaseModel]) -> dict[str, str]:
    """Return the fields of a table by the keys that stand for them in files."""
    return {field.alias or name: name for name, field in model.model_fields.items()}


def _key(node: Any, part: str) -> Any:
    """Return the field, key or position that a part of a path means at a node, or None."""
    if isinstance(node, Number):
        return None
    if isinstance(node, BaseModel):
        return fields_of(type(node)).get(part)
    if isinstance(node, Mapping):
        return part if part in node else None
    if isinstance(node, Entries):
        return node.places.get(part)
    if isinstance(node, list | tuple):
        for position, entry in enumerate(node):
            if part in (name_of(entry, position), str(position)):
                return position
    return None


def with_names(scenario: BaseModel, path: str) -> str:
    """Return a path with names instead of positions wherever there are names.

    Raises:
        PathProblem: With the part that was not found and what would have been.
    """
    return ".".join(
        name_of(node[key], key) if isinstance(node, tuple) else part
        for (node, key), part in zip(way(scenario, path), path.split("."), strict=True)
    )


def get(node: Any, key: Any) -> Any:
    """Return what lies under a field, key or position of a node, as `way` names it."""
    return getattr(node, key) if isinstance(node, BaseModel) else node[key]


def way(tree: Any, path: str) -> list[tuple[Any, Any]]:
    """Return the nodes on the way to a path's end, each with the key that leads on.

    Args:
        tree: A scenario, or plain tables.
        path: Such as "levels.pace".

    Raises:
        PathProblem: With the part that was not found and what would have been.
    """
    if path.count(".") > MOST_DEPTH:
        raise PathProblem(
            f"path {shown(path)} has {path.count('.') + 1:,} parts, at most {MOST_DEPTH} lead on"
        )
    node = tree
    steps: list[tuple[Any, Any]] = []
    parts = path.split(".")
    for gone, part in enumerate(parts):
        if gone and is_number(node):
            whole = ".".join(parts[:gone])
            raise PathProblem(f"path {path!r}: {whole} is a number; set it as a whole")
        key = _key(node, part)
        if key is None:
            at = f" under {'.'.join(parts[:gone])!r}" if gone else ""
            problem = unknown_name("key", part, keys_of(node))
            ends = [] if gone else [one for one in paths(tree) if one.endswith(f".{path}")]
            if ends:
                problem = (
                    f"a path begins with its table: {' or '.join(map(repr, ends[:MOST_OFFERED]))}"
                )
            raise PathProblem(f"path {shown(path, LONGEST)}: {problem}{at}")
        steps.append((node, key))
        node = get(node, key)
    return steps


def follow(tree: Any, path: str) -> Any:
    """Return what lies at a path.

    Raises:
        PathProblem: With the part that was not found and what would have been.
    """
    return get(*way(tree, path)[-1])


def is_number(node: Any) -> bool:
    """Whether a node is a number with its five fields, in any of its forms."""
    if isinstance(node, Number):
        return True
    if isinstance(node, Mapping):
        return set(FIELDS) <= set(node)
    return (
        isinstance(node, list | tuple)
        and len(node) == len(FIELDS)
        and all(isinstance(x, int | float) and not isinstance(x, bool) for x in node[:3])
        and all(isinstance(x, str) for x in node[3:])
    )


def paths(tree: Any, prefix: str = "") -> Iterator[str]:
    """Yield the path of every number and every setting in a tree."""
    below = entries(tree)
    if is_number(tree) or not below:
        yield prefix
        return
    for key, value in below:
        yield from paths(value, f"{prefix}.{key}" if prefix else key)


def numbers(tree: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and the node of every number in a tree."""
    if is_number(tree):
        yield prefix, tree
        return
    for key, value in entries(tree):
        yield from numbers(value, f"{prefix}.{key}" if prefix else key)


def without_tags(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Return a location of the validator's without its marks for forms of an input."""
    pairs = zip(("", *location), location, strict=False)
    return tuple(part for before, part in pairs if before not in INPUTS or part not in TAGS)


def spell(tree: Any, location: tuple[int | str, ...]) -> str:
    """Return a location inside a tree in words: "juncture 'nine_eleven'.date"."""
    node, text = tree, ""
    for part in location:
        if isinstance(part, int) and isinstance(node, list | tuple) and part < len(node):
            node = node[part]
            name = name_of(node, part)
            text += f"[{part}]" if name == str(part) else f" {name!r}"
        elif isinstance(node, Mapping) and part in node:
            node = node[part]
            text += f".{part}" if text else str(part)
        elif isinstance(part, str) and isinstance(node, Mapping) and part.isidentifier():
            text += f".{part}" if text else part
    return text or "the file"
