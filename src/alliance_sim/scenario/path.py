"""Paths into a scenario: `juncture.nine_eleven.effect.0.size` and how to follow one.

A path goes through tables by key, through lists of named tables by name, and through other lists
by position. Rungs are also found by their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alliance_sim.errors import unknown_name
from alliance_sim.scenario.number import FIELDS

Tree = dict[str, Any]
INPUTS = ("capability", "state_capability")  # keys whose value is a series or a number
TAGS = ("series", "number")


class PathProblem(Exception):  # noqa: N818 - always caught and turned into a sentence
    """Where following a path ended, as a sentence."""


def keys_of(node: Any) -> list[str]:
    """Return what a path may go on with from a node."""
    if isinstance(node, Mapping):
        return [str(key) for key in node]
    if isinstance(node, list | tuple):
        return [_name_of(entry, position) for position, entry in enumerate(node)]
    return []


def _name_of(entry: Any, position: int) -> str:
    """Return how an entry of a list is called: by name, kinds of events by domain and name."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
        return str(position)
    domain = entry.get("domain")
    return f"{domain}_{entry['name']}" if isinstance(domain, str) else str(entry["name"])


def step_into(node: Any, key: str) -> Any:
    """Return what lies under a key, name or position of a node.

    Raises:
        PathProblem: If nothing does.
    """
    if isinstance(node, Mapping) and key in node:
        return node[key]
    if isinstance(node, list | tuple):
        for position, entry in enumerate(node):
            if key in (_name_of(entry, position), str(position)):
                return entry
    raise PathProblem(unknown_name("key", key, keys_of(node)))


def follow(tree: Tree, path: str) -> Any:
    """Return what lies at a path.

    Raises:
        PathProblem: With the part that was not found and what would have been.
    """
    node: Any = tree
    gone: list[str] = []
    for key in path.split("."):
        try:
            node = step_into(node, key)
        except PathProblem as problem:
            at = f" under {'.'.join(gone)!r}" if gone else ""
            raise PathProblem(f"path {path!r}: {problem}{at}") from None
        if is_number(node) and len(gone) + 1 < len(path.split(".")):
            whole = ".".join([*gone, key])
            raise PathProblem(f"path {path!r}: {whole} is a number; set it as a whole")
        gone.append(key)
    return node


def is_number(node: Any) -> bool:
    """Whether a node is a number with its five fields, in either form."""
    if isinstance(node, Mapping):
        return set(FIELDS) <= set(node)
    return (
        isinstance(node, list | tuple)
        and len(node) == len(FIELDS)
        and all(isinstance(x, int | float) and not isinstance(x, bool) for x in node[:3])
        and all(isinstance(x, str) for x in node[3:])
    )


def numbers(tree: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and the node of every number in a tree."""
    if is_number(tree):
        yield prefix, tree
        return
    if isinstance(tree, Mapping):
        entries = [(str(key), value) for key, value in tree.items()]
    elif isinstance(tree, list | tuple):
        entries = [(_name_of(entry, position), entry) for position, entry in enumerate(tree)]
    else:
        return
    for key, value in entries:
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
            name = _name_of(node, part)
            text += f"[{part}]" if name == str(part) else f" {name!r}"
        elif isinstance(node, Mapping) and part in node:
            node = node[part]
            text += f".{part}" if text else str(part)
        elif isinstance(part, str) and isinstance(node, Mapping) and part.isidentifier():
            text += f".{part}" if text else part
    return text or "the file"
