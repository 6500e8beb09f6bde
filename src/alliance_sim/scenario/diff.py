"""What differs between two scenarios, number by number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from alliance_sim.scenario.path import is_number, keys_of, step_into
from alliance_sim.scenario.scenario import Scenario

WORDS_ONLY = ("name", "title", "description", "question", "edits")
ABSENT = "-"


class Difference(NamedTuple):
    """One place in which two scenarios differ."""

    path: str
    first: Any
    second: Any


def diff(first: Scenario, second: Scenario) -> list[Difference]:
    """Return every place in which two scenarios differ, in the order of the schema.

    Titles and descriptions are left out. A table that only one of them has is named once, with
    "-" on the other side. Of a number, the value is compared, then its range and source.
    """
    left, right = first.model_dump(), second.model_dump()
    for key in WORDS_ONLY:
        left.pop(key)
        right.pop(key)
    return list(_differences(left, right, ""))


def _differences(left: Any, right: Any, path: str) -> Iterator[Difference]:
    if left == right:
        return
    if is_number(left) and is_number(right):
        yield Difference(path, _number(left), _number(right))
        return
    keys, others = keys_of(left), keys_of(right)
    if not keys or not others:
        yield Difference(path, _plain(left), _plain(right))
        return
    for key in [*keys, *(k for k in others if k not in keys)]:
        here = f"{path}.{key}" if path else key
        if key not in others:
            yield Difference(here, "there", ABSENT)
        elif key not in keys:
            yield Difference(here, ABSENT, "there")
        else:
            yield from _differences(step_into(left, key), step_into(right, key), here)


def _number(node: Any) -> str:
    return f"{node['value']:g} ({node['low']:g} to {node['high']:g}; {node['source']})"


def _plain(node: Any) -> str:
    return ABSENT if node is None or node == () else str(node)
