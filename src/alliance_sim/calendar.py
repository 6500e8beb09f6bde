"""Quarters, dates, decimal years and the periods that a scenario names.

A step is a quarter unless a scenario sets another number of steps a year; the word *quarter* is
used for a step throughout. Nothing here knows about results or agents.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - "date" is what arguments are called
from datetime import timedelta
from functools import cached_property
from math import ceil, floor

from alliance_sim.errors import UnknownName, unknown_name

MONTHS_A_YEAR = 12
QUARTERS_A_YEAR = 4
UNITS = {4: "Q", 2: "H", 12: "M"}  # parts of a year by their number; quarters are tried first
MOMENT = re.compile(r"(?P<year>[0-9]{4})(?:(?P<unit>[A-Za-z])(?P<part>[0-9]{1,2}))?")


@dataclass(frozen=True)
class Period:
    """A named stretch of history, both days included; a scenario declares them.

    Attributes:
        id: How tables, claims and outcomes call it, such as "P3".
        name: Its title.
        start: First day.
        end: Last day.
    """

    id: str
    name: str
    start: Date
    end: Date


@dataclass(frozen=True)
class Calendar:
    """The steps that a run goes through, first to last.

    Attributes:
        first_year: First calendar year, simulated from its first day.
        last_year: Last calendar year, simulated to its last day.
        steps_per_year: Steps in a year, 4 for quarters; 1, 2, 4 or 12.
        periods: The scenario's periods in order; they may reach beyond the first and last year.
    """

    first_year: int = 1950
    last_year: int = 2025
    steps_per_year: int = 4
    periods: tuple[Period, ...] = ()

    @property
    def steps(self) -> int:
        """Number of steps, 304 by default."""
        return (self.last_year - self.first_year + 1) * self.steps_per_year

    @property
    def dt(self) -> float:
        """Length of a step in years."""
        return 1.0 / self.steps_per_year

    def label(self, step: int) -> str:
        """Return the name of a step: "1950Q1", or "1950.0833" where steps are not quarters."""
        year = self.first_year + step // self.steps_per_year
        part = step % self.steps_per_year
        if self.steps_per_year == QUARTERS_A_YEAR:
            return f"{year}Q{part + 1}"
        return f"{year + part / self.steps_per_year:.4f}"

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Names of all steps, in order."""
        return tuple(self.label(step) for step in range(self.steps))

    @cached_property
    def years(self) -> tuple[float, ...]:
        """Decimal year at which each step begins."""
        return tuple(self.first_year + step / self.steps_per_year for step in range(self.steps))

    def start_of(self, step: int) -> Date:
        """Return the first day of a step."""
        year = self.first_year + step // self.steps_per_year
        part = step % self.steps_per_year
        return Date(year, 1 + part * (MONTHS_A_YEAR // self.steps_per_year), 1)

    def position(self, date: Date) -> float:
        """Return where a date lies on the axis of steps, with its fraction.

        Equal quarters share a year, so 1 April is exactly one quarter after 1 January; see
        `decimal_year`.
        """
        since = date.year - self.first_year
        return (since + _months_into(date) / MONTHS_A_YEAR) * self.steps_per_year

    def index(self, date: Date) -> int:
        """Return the step that holds a date; below 0 or from `steps` on if it lies outside."""
        return int(self.position(date) // 1)

    def share(self, step: int, start: float, end: float) -> float:
        """Return the part of a step, 0 to 1, that lies between two positions.

        `world.fill` averages inputs over a step in the same way, because a date that falls off the
        grid otherwise costs more accuracy than all other rounding together.
        """
        return max(0.0, min(end, step + 1.0) - max(start, float(step)))

    def steps_of(self, period: Period) -> slice:
        """Return the steps whose middle lies in a period, as a slice of the time axis."""
        after = period.end + timedelta(days=1)
        first, last = (ceil(self.position(day) - 0.5) for day in (period.start, after))
        first, last = max(0, first), min(self.steps, last)
        return slice(first, max(first, last))

    @cached_property
    def periods_reached(self) -> tuple[Period, ...]:
        """The periods of which there is at least one step, in order.

        Of the others nothing can be said: a run that begins late or ends early is never in them.
        """
        steps = [(period, self.steps_of(period)) for period in self.periods]
        return tuple(period for period, at in steps if at.stop > at.start)

    def periods_told(self) -> list[list[str]]:
        """Return the periods as values that JSON can hold; `periods_read` takes them back."""
        return [[p.id, p.name, p.start.isoformat(), p.end.isoformat()] for p in self.periods]

    def period(self, identifier: str) -> Period:
        """Return the period with an id such as "P3".

        Raises:
            UnknownName: If there is no such period.
        """
        for period in self.periods:
            if period.id == identifier:
                return period
        raise UnknownName(unknown_name("period", identifier, [p.id for p in self.periods]))


def decimal_year(date: Date) -> float:
    """Return where a date lies on the axis of years: 2001-04-01 is 2001.25.

    The one meaning of a decimal year, the same on the axis of quarters, in figures and in what is
    asked of a run: months are equal twelfths of a year and days equal parts of their month.
    `date_of` is its inverse.
    """
    return date.year + _months_into(date) / MONTHS_A_YEAR


def date_of(year: float) -> Date:
    """Return the day that begins nearest to a decimal year.

    Args:
        year: From 1 to below 10000; what lies nearer to the year 10000 gives the last day before.

    Raises:
        ValueError: If it is outside, or no number.
    """
    if not Date.min.year <= year < Date.max.year + 1:
        raise ValueError(f"{year} is outside the years 1 to 9999")
    months = (year - floor(year)) * MONTHS_A_YEAR
    first = Date(floor(year), floor(months) + 1, 1)
    days = round((months - floor(months)) * monthrange(first.year, first.month)[1])
    return first + timedelta(days=min(days, (Date.max - first).days))


def _months_into(date: Date) -> float:
    """Return how many months of its year have passed when a day begins, 0 to below 12."""
    return (date.month - 1) + (date.day - 1) / monthrange(date.year, date.month)[1]


def moment(text: str, calendar: Calendar, problems: list[str]) -> tuple[int, int] | None:
    """Return the first step of a year or a part of it and one past the last.

    Args:
        text: Such as "2014"; besides "2014H1", "2014Q2" or "2014M05" where a step is as short.
        calendar: The steps of a run.
        problems: Where a sentence goes that says what is wrong, if it cannot be read.
    """
    found = MOMENT.fullmatch(text)
    letters = {
        letter: parts for parts, letter in UNITS.items() if not calendar.steps_per_year % parts
    }
    examples = " or ".join(["2014", *(f"2014{letter}1" for letter in letters)])
    if found is None:
        problems.append(f"time is {text!r}, must be written like {examples}")
        return None
    year, unit = int(found["year"]), (found["unit"] or "").upper()
    if not calendar.first_year <= year <= calendar.last_year:
        problems.append(
            f"time is {text}, must be from {calendar.first_year} to {calendar.last_year}"
        )
        return None
    parts = letters.get(unit, 1)
    part = int(found["part"] or 1)
    if (unit and unit not in letters) or not 1 <= part <= parts:
        problems.append(f"time is {text!r}, must be written like {examples}")
        return None
    length = calendar.steps_per_year // parts
    start = (year - calendar.first_year) * calendar.steps_per_year + (part - 1) * length
    return start, start + length


def periods_read(told: list[list[str]]) -> tuple[Period, ...]:
    """Return the periods that `Calendar.periods_told` told.

    Raises:
        ValueError: If it is not what that returns.
    """
    return tuple(
        Period(identifier, name, Date.fromisoformat(start), Date.fromisoformat(end))
        for identifier, name, start, end in told
    )
