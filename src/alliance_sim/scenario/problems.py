"""What the schema found wrong with plain tables, in sentences, and what of them is sound."""

from __future__ import annotations

import datetime as dt
import types
import typing
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from alliance_sim.errors import shown, unknown_name
from alliance_sim.scenario.fields import Number, Part
from alliance_sim.scenario.path import INPUTS, TAGS, Tree, fields_of, spell, without_tags
from alliance_sim.scenario.schema import SeriesInput

PartKind = TypeVar("PartKind", bound=Part)

# What must stand where the validator found something else, by the validator's word for it.
WANTED = {
    "string_pattern_mismatch": (
        "a name of lower-case letters, digits and underscores that begins with a letter"
    ),
    "string_type": "text in quotes",
    "string_unicode": "text without halves of characters",
    "bool_type": "true or false",
    "float_type": "a number",
    "int": "a whole number",
    "model": "a table",
    "dict": "a table",
    "date": "a date such as 2001-09-11",
    "finite_number": "a finite number",
}
# The same for limits, by the validator's word for each.
LIMITS = {
    "ge": "at least",
    "gt": "above",
    "le": "at most",
    "lt": "below",
    "multiple_of": "a multiple of",
}
INPUT_KEYS = tuple((key,) for key in INPUTS)
OR_A_SERIES = "; or, for a series, a table with series, divide_by, window and floor"
# What is said where a scenario is run, and not in its file, by the key that people write.
WHEN_RUN = {
    "seed": "a seed is given when it is run: --seed {value}",
    "runs": "how many runs is said when it is run: --runs {value}",
    "replicates": "how many runs is said when it is run: --runs {value}",
    "workers": "how many processors is said when it is run: --workers {value}",
    "out": "the folder for results is given when it is run: --out {value}",
    "outcome": "outcomes are asked for in a sweep, --outcome {value}, or in the plan of one",
    "outcomes": "outcomes belong to the plan of a sweep; see: alliance-sim list outcomes",
    "factor": "factors belong to the plan of a sweep",
    "factors": "factors belong to the plan of a sweep, as [[factor]]",
    "name": "a scenario is called by the name of its file; its heading is title = {value}",
    **dict.fromkeys(
        ("comment", "comments", "note", "notes", "author", "summary", "version"),
        "words of your own go into description, or behind a #",
    ),
}


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
    return [
        _sentence(dict(details), tree, model)
        for details in error.errors(include_url=False)
        if not _only_follows(dict(details))
    ]


def _only_follows(details: dict[str, Any]) -> bool:
    """Whether a list is called too short because entries of it, told themselves, do not count."""
    if details["type"] != "too_short" or not isinstance(details["input"], list | tuple):
        return False
    return len(details["input"]) >= int(details["ctx"]["min_length"])


def sound_part(model: type[PartKind], table: Tree) -> tuple[PartKind, frozenset[str]]:
    """Return the sound keys of a table, and which of its other keys are unsound or unknown.

    Keys that are unsound are left out of the part, as if they were not there; those that a table
    needs are None then. The tables below it stay as they are.
    """
    try:
        return model.model_validate(frozen(table)), frozenset()
    except ValidationError as error:
        told = [details["loc"] for details in error.errors(include_url=False)]
    broken = frozenset(str(where[0]) for where in told if where and where[0] in table)
    values: dict[str, Any] = {
        name: None for name, field in model.model_fields.items() if field.is_required()
    }
    values |= {
        name: frozen(table[key])
        for key, name in fields_of(model).items()
        if key in table and key not in broken
    }
    part: Any = model.model_construct(**values)
    return part, broken


def _sentence(details: dict[str, Any], tree: Tree, model: type[BaseModel]) -> str:
    location = without_tags(details["loc"])
    if details["type"] == "extra_forbidden":
        owner = _model_at(model, details["loc"][:-1])
        known = fields_of(owner) if owner else ()
        key, above = str(location[-1]), spell(tree, location[:-1])
        if len(location) > 1 and key in fields_of(model):
            header = ".".join(part for part in location[:-1] if isinstance(part, str))
            return (
                f"{above}: key {key!r} belongs to the file but stands below [[{header}]], and TOML "
                "counts it to that; move the line up, above the first line that begins with ["
            )
        elsewhere = owner.elsewhere.get(key) if owner and issubclass(owner, Part) else None
        if elsewhere is not None:
            return (
                f"{above}: unknown key {key!r}; {elsewhere.format(value=_shown(details['input']))}"
            )
        return f"{above}: {unknown_name('key', key, known)}"
    return f"{spell(tree, location)}: {complaint(details)}"


def complaint(details: dict[str, Any]) -> str:
    """Return what the validator found wrong at a place, without the place."""
    kind, message = details["type"], details["msg"]
    found = _shown(details["input"])
    if kind == "missing":
        source = details["loc"][-1:] == ("source",)
        return f"is missing{'; say where it comes from, such as source = ' if source else ''}" + (
            '"a what-if"' if source else ""
        )
    if kind == "value_error":
        bare = not isinstance(details["input"], dict | tuple)
        of_input = details["loc"][-1:] == ("number",) and details["loc"][-2:-1] in INPUT_KEYS
        other = OR_A_SERIES if bare and of_input else ""
        return f"{str(message).removeprefix('Value error, ')}{other}"
    if kind == "string_too_short":
        return "is empty: ''"
    wanted = WANTED.get(kind) or WANTED.get(kind.partition("_")[0])
    if kind == "too_short":
        wanted = "a list of at least one entry"
    elif kind == "tuple_type":
        table = ".".join(part for part in details["loc"] if isinstance(part, str))
        wanted = f"a list; tables in a list are written [[{table}]]"
        if isinstance(details["input"], str):
            wanted = f"a list: {table} = [{found}]"
    elif kind == "literal_error":
        wanted = details["ctx"]["expected"]
    for word in LIMITS.keys() & details.get("ctx", {}).keys():
        wanted = f"{LIMITS[word]} {details['ctx'][word]}"
    if wanted:
        return f"is {found}, must be {wanted}"
    return f"is {found}: {message[:1].lower()}{message[1:]}"


def _shown(found: Any) -> str:
    """Return a value as a file would show it, shortened if it is long."""
    return str(found) if isinstance(found, dt.date) else shown(_listed(found))


def _listed(found: Any) -> Any:
    if isinstance(found, tuple):
        return [_listed(entry) for entry in found]
    if isinstance(found, dict):
        return {key: _listed(value) for key, value in found.items()}
    return str(found) if isinstance(found, dt.date) else found


def _model_at(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Return the class of the table at a location, if it can be told."""
    current: type[BaseModel] | None = model
    before: int | str = ""
    for part in location:
        if before in INPUTS and part in TAGS:
            current = SeriesInput if part == "series" else Number
        elif current is not None and part in fields_of(current):
            current = _model_in(current.model_fields[fields_of(current)[part]].annotation)
        before = part
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
