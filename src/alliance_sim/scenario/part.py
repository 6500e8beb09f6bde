"""What all tables of a scenario share: names, texts, frozen tables."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Never

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from alliance_sim.scenario.number import Share, Strength

Domain = Literal["political", "operations", "equipment"]
DOMAINS: tuple[Domain, ...] = ("political", "operations", "equipment")
Series = Literal["political", "operations", "equipment", "institution"]
SERIES: tuple[Series, ...] = ("political", "operations", "equipment", "institution")
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Heads = Annotated[int, Field(ge=1, le=20)]


FIRST_YEAR, LAST_YEAR = 1, 9998  # a day needs a day, a month and a year after it


def day_problem(day: dt.date) -> str | None:
    """Return why a day cannot stand in a scenario, None if it can."""
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    return f"is {day}, must lie in the years {FIRST_YEAR} to {LAST_YEAR}"


def _in_calendar(day: dt.date) -> dt.date:
    problem = day_problem(day)
    if problem is not None:
        raise ValueError(problem)
    return day


Day = Annotated[dt.date, AfterValidator(_in_calendar)]


class Table(dict[str, Any]):
    """A table with keys of the user's choosing that cannot be changed in place."""

    def _refuse(self, *_args: object, **_kwargs: object) -> Never:
        raise TypeError("a scenario cannot be changed in place; edits return a new one")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[Table], tuple[dict[str, Any]]]:
        """Let tables be copied and sent to other processes."""
        return (Table, (dict(self),))


class Part(BaseModel):
    """Base of every table: frozen, no unknown keys, no silent conversions.

    What a list of tables is called in Python is plural; in files, paths and dumps it is the word
    that stands in `[[double brackets]]`, its alias.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, serialize_by_alias=True)


Shares = Annotated[dict[Name, Share], AfterValidator(Table)]
Strengths = Annotated[dict[Name, Strength], AfterValidator(Table)]
