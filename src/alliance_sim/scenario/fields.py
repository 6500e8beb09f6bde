"""What tables of a scenario are made of: numbers that can be argued about, names, days, tables."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Never, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

FIELDS = ("value", "low", "high", "unit", "source")
ASSUMED, FITTED, KNOWN = "assumed", "fitted", "known"
KINDS = (KNOWN, FITTED, ASSUMED)  # of numbers: read from a source, found from the outcome, judged

# A number in a cell of a table: digits of ours, at most one point, an exponent if wanted.
WRITTEN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def written_number(text: str) -> float | None:
    """Return the number in a cell of a table, None if it is written in no plain way.

    The one grammar of all tables that are read: a sign if wanted, the digits 0 to 9 with at most
    one point, and an exponent if wanted, as in `-0.5` or `2e3`. Python would also read
    underscores, digits of other scripts, `inf` and `nan`; no other program does.
    """
    return float(text) if WRITTEN.fullmatch(text) else None


def written_day(text: str) -> dt.date | None:
    """Return the day in a cell of a table or an argument, written as 2001-09-11, else None."""
    try:
        return dt.date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def no_such_day(text: str) -> str:
    """Return in words that the calendar has no such day, such as 2003-02-30; "" for other texts."""
    return f"there is no day {text}" if DAY.fullmatch(text) and written_day(text) is None else ""


class Frozen(BaseModel):
    """Something that cannot be changed in place, so that copies of it share what lies in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    def __copy__(self) -> Self:
        """Return a copy, as `model_copy` takes it; a sweep makes some at every point."""
        made = type(self).__new__(type(self))
        put = object.__setattr__  # what is frozen refuses its own
        put(made, "__dict__", self.__dict__.copy())
        put(made, "__pydantic_fields_set__", self.__pydantic_fields_set__.copy())
        put(made, "__pydantic_extra__", None)
        put(made, "__pydantic_private__", None)
        return made


class Number(Frozen):
    """One number of a scenario.

    In a file it is a table `{ value, low, high, unit, source }`, or, shorter, the same five in
    that order as an array: `[0.5, 0.2, 1.5, "1/year", "assumed"]`.

    Attributes:
        value: The number used.
        low: Smallest value that a reasonable reader would defend.
        high: Largest such value.
        unit: Unit, "1" where there is none.
        source: Where it comes from; a judgement of ours begins with "assumed", an unknown that is
            found from the outcome with "fitted"; all else is known.
    """

    value: float
    low: float
    high: float
    unit: str
    source: str

    @model_validator(mode="before")
    @classmethod
    def _from_array(cls, data: Any) -> Any:
        if isinstance(data, list | tuple):
            if len(data) != len(FIELDS):
                raise ValueError(
                    f"has {len(data)} entries, must have the five [value, low, high, unit, source]"
                )
            return dict(zip(FIELDS, data, strict=True))
        if isinstance(data, int | float | str) and not isinstance(data, bool):
            raise ValueError(
                f"is the bare value {data!r}; low, high, unit and source are missing: "
                "write { value, low, high, unit, source } or the same five as an array"
            )
        return data

    @model_validator(mode="after")
    def _in_order(self) -> Number:
        problems = []
        if not all(math.isfinite(x) for x in (self.value, self.low, self.high)):
            given = ", ".join(f"{name} {getattr(self, name):g}" for name in FIELDS[:3])
            problems.append(f"{given}: all three must be finite")
        elif not self.low <= self.value <= self.high:
            span = f"{self.low:g} to {self.high:g}"
            problems.append(f"value {self.value:g} is outside its range {span}")
        if not self.unit.strip():
            problems.append('unit is empty; write "1" for a number without unit')
        if not self.source.strip():
            problems.append('source is empty; write where it comes from, or "assumed"')
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def kind(self) -> str:
        """Whether the number is "assumed", "fitted" or "known", by the first word of its source."""
        source = self.source.strip().lower()
        return next((kind for kind in (ASSUMED, FITTED) if source.startswith(kind)), KNOWN)

    @property
    def assumed(self) -> bool:
        """Whether the number is a judgement rather than read from a source."""
        return self.kind == ASSUMED


@dataclass(frozen=True)
class Between:
    """Limits that no value of a number may leave, whatever its source says."""

    low: float = -math.inf
    high: float = math.inf

    def __call__(self, number: Number, _info: ValidationInfo) -> Number:
        """Return the number, or raise ValueError naming what leaves the limits."""
        outside = [
            f"{name} {getattr(number, name):g}"
            for name in ("low", "value", "high")
            if not self.low <= getattr(number, name) <= self.high
        ]
        if outside:
            allowed = f"{self.low:g} to {self.high:g}"
            raise ValueError(f"{', '.join(outside)}: must be from {allowed}")
        return number


Share = Annotated[Number, AfterValidator(Between(0.0, 1.0))]
"""A number from 0 to 1."""

Real = Annotated[Number, AfterValidator(Between(-20.0, 20.0))]
"""A number on a logarithmic scale, from -20 to 20."""

Strength = Annotated[Number, AfterValidator(Between(0.0, 20.0))]
"""A number that is 0 or above, at most 20."""

Years = Annotated[Number, AfterValidator(Between(0.05, 200.0))]
"""A span of time from 0.05 to 200 years."""

Amount = Annotated[Number, AfterValidator(Between(1e-6, 1e6))]
"""A positive number from a millionth to a million."""


Domain = Literal["political", "operations", "equipment"]
DOMAINS: tuple[Domain, ...] = ("political", "operations", "equipment")
LEVEL = "level_"  # how the reported level of cooperation in a domain is called, before the domain
LEVELS = tuple(f"{LEVEL}{domain}" for domain in DOMAINS)
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


class Part(Frozen):
    """Base of every table: frozen, no unknown keys, no silent conversions.

    What a list of tables is called in Python is plural; in files, paths and dumps it is the word
    that stands in `[[double brackets]]`, its alias.

    Attributes:
        elsewhere: What people write into the table and is said elsewhere: where, by the key.
            `{value}` stands for what they wrote.
    """

    elsewhere: ClassVar[Mapping[str, str]] = {}
    model_config = ConfigDict(serialize_by_alias=True)


Shares = Annotated[dict[Name, Share], AfterValidator(Table)]
Strengths = Annotated[dict[Name, Strength], AfterValidator(Table)]
