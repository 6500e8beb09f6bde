"""Tables of which some keys are sound, so that a mistake in one key hides none in another."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import ValidationError

from alliance_sim.scenario.part import Part
from alliance_sim.scenario.path import Tree
from alliance_sim.scenario.problems import frozen

PartKind = TypeVar("PartKind", bound=Part)


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
        key: None for key, field in model.model_fields.items() if field.is_required()
    }
    values |= {
        k: frozen(v) for k, v in table.items() if k in model.model_fields and k not in broken
    }
    part: Any = model.model_construct(**values)
    return part, broken
