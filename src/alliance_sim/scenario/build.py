"""Turn a tree of plain values into a checked `Scenario`, or say all that is wrong with it."""

from __future__ import annotations

import types
import typing
from typing import Any

from pydantic import BaseModel, ValidationError

from alliance_sim.errors import ScenarioError, unknown_name
from alliance_sim.scenario.checks import cross_problems
from alliance_sim.scenario.path import Tree, spell
from alliance_sim.scenario.scenario import Scenario

A_NAME = "must be a name of lower-case letters, digits and underscores that begins with a letter"


def build(tree: Tree, where: str) -> Scenario:
    """Return the scenario that a tree describes.

    Args:
        tree: Tables, arrays and values as a TOML reader returns them.
        where: What is being read, for the message.

    Raises:
        ScenarioError: Naming every problem at once: keys, types, ranges and references.
    """
    problems = []
    scenario: Scenario | None = None
    try:
        scenario = Scenario.model_validate(frozen(tree))
    except ValidationError as error:
        problems += field_problems(error, tree, Scenario)
    problems += cross_problems(tree)
    if problems or scenario is None:
        raise ScenarioError(where, problems)
    return scenario


def frozen(node: Any) -> Any:
    """Return a tree with its lists turned into tuples, as the schema keeps them."""
    if isinstance(node, dict):
        return {key: frozen(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return tuple(frozen(value) for value in node)
    return node


def field_problems(error: ValidationError, tree: Tree, model: type[BaseModel]) -> list[str]:
    """Return one sentence for each problem that the schema found.

    Args:
        error: What pydantic raised.
        tree: The tree it was raised about.
        model: The class of the tree's root.
    """
    return [_sentence(dict(details), tree, model) for details in error.errors(include_url=False)]


def _sentence(details: dict[str, Any], tree: Tree, model: type[BaseModel]) -> str:
    location = details["loc"]
    if details["type"] == "extra_forbidden":
        owner = _model_at(model, location[:-1])
        known = list(owner.model_fields) if owner else []
        return f"{spell(tree, location[:-1])}: {unknown_name('key', str(location[-1]), known)}"
    return f"{spell(tree, location)}: {_complaint(details)}"


def _complaint(details: dict[str, Any]) -> str:
    """Return what is wrong at a place, without the place."""
    found, message = details["input"], details["msg"]
    kind = details["type"]
    if kind == "missing":
        return "is missing"
    if kind == "literal_error":
        return f"is {found!r}, must be {details['ctx']['expected']}"
    if kind == "value_error":
        return str(message).removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        return f"is {found!r}, {A_NAME}"
    if kind.startswith("date_"):
        return f"is {found!r}, must be a date such as 2001-09-11"
    return f"is {_brief(found)}: {message[:1].lower()}{message[1:]}"


def _brief(found: Any) -> str:
    text = repr(found)
    longest = 60
    return text if len(text) <= longest else f"{text[:longest]}..."


def _model_at(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Return the class of the table at a location, if it can be told."""
    current: type[BaseModel] | None = model
    for part in location:
        if current is None:
            return None
        if isinstance(part, int) or part not in current.model_fields:
            continue
        current = _model_in(current.model_fields[part].annotation)
    return current


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the first table class mentioned in a type, through tuples, dicts and unions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if isinstance(annotation, types.GenericAlias | types.UnionType) or typing.get_args(annotation):
        for inner in reversed(typing.get_args(annotation)):
            found = _model_in(inner)
            if found is not None:
                return found
    return None
