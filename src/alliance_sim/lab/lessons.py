"""Lessons that come with a relationship: data beside its record, one file a lesson and language.

A lesson is `lessons/NAME.LANGUAGE.toml`, in the folder of the relationship's words or in that of a
record which the scenario names. What stands in it is for the page to show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alliance_sim import files
from alliance_sim.errors import FileError, RecordError, shown, unknown_name
from alliance_sim.record.translation import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alliance_sim.scenario import Scenario

FOLDER = "lessons"
MOST_BYTES = 500_000  # of a lesson


def of(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """Return the lessons of a scenario's relationship, by name and by language.

    Raises:
        RecordError: If a lesson cannot be read.
    """
    found: dict[str, dict[str, Any]] = {}
    folder = folder_of(scenario)
    for file in [] if folder is None else sorted((folder / FOLDER).glob("*.*.toml")):
        name, language = file.name.removesuffix(".toml").rsplit(".", 1)
        try:
            found.setdefault(name, {})[language] = files.read_toml(file, MOST_BYTES)
        except FileError as error:
            raise RecordError(str(file), error.problems) from None
    return found


def problem_of(lesson: str | None, known: Iterable[str]) -> str | None:
    """Return why there is no such lesson, with the nearest; None if there is, or none is wanted."""
    names = sorted(known)
    if lesson is None or lesson in names:
        return None
    if not names:
        return f"there is no lesson {shown(lesson)}: the scenario's relationship has none"
    return unknown_name("lesson", lesson, names)
