"""One factor of a design, as analyses and figures see it: a name, words, and numbers behind it.

Sensitivity and scenario discovery need numbers; people need the factor's own units. An `Axis` goes
both ways: numbers stay numbers, dates become decimal years, any other setting its place in the
list of its values.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from alliance_sim.calendar import date_of, decimal_year
from alliance_sim.errors import SettingError, UnknownName, unknown_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

Kind = Literal["number", "date", "choice"]
FEW = 12  # so many values or fewer are shown one by one, more are put into bins
BINS = 10
FEWEST_DIGITS, MOST_DIGITS = 4, 17  # of a listed number; 17 tell any two apart
CROSSED = 5  # along each of two factors, so that cells hold enough runs to tell an error


@dataclass(frozen=True)
class Axis:
    """One factor of a design.

    Attributes:
        name: Column of the factor.
        label: What it is, in words and with its unit, for axes and tables.
        kind: "number"; "date" (ISO texts); or "choice" (anything without an order).
        values: The values that it may take, in the order to show them, where they are listed, as
            they always are for a choice; else empty.
        low: Lower end of the range that a number or a date (decimal year) was varied over; NaN
            if unknown.
        high: Upper end.
        unit: The unit, where the label ends in it.
    """

    name: str
    label: str
    kind: Kind = "number"
    values: tuple[object, ...] = ()
    low: float = math.nan
    high: float = math.nan
    unit: str = ""

    @property
    def short(self) -> str:
        """What it is, in words, without the unit."""
        return self.label.removesuffix(f" ({self.unit})")

    @property
    def brief(self) -> str:
        """What it is, in words, with the unit by its name alone: explained where it is an axis."""
        return f"{self.short} ({self.unit.partition(':')[0]})" if self.unit else self.short

    def numbers(self, column: pd.Series) -> NDArray[np.float64]:
        """Return a column of the factor as numbers.

        Args:
            column: Values as the design holds them.

        Returns:
            Array (row) of float64: numbers as they are, dates as decimal years, choices as their
            position in `values`.

        Raises:
            SettingError: If a value is none of this factor.
        """
        if self.kind == "number":
            return column.to_numpy(dtype=np.float64)
        codes, found = pd.factorize(column)
        if self.kind == "date":
            known = [year_of(str(value)) for value in found]
        else:
            wrong = [value for value in found if value not in self.values]
            if wrong:
                allowed = ", ".join(str(value) for value in self.values)
                problem = f"factor {self.name!r}: {wrong[0]!r} is not one of {allowed}"
                raise SettingError("sweep", [problem])
            known = [float(self.values.index(value)) for value in found]
        return np.array(known, dtype=np.float64)[codes]

    def text(self, number: float) -> str:
        """Return a number from `numbers`, or one between two of them, in the factor's own terms."""
        if self.kind == "number":
            return self._number_text(number)
        if self.kind == "date":
            return date_of(number).isoformat()
        return value_text(self.values[round(number)])

    def end(self, number: float, *, first: bool, plain: bool = True) -> str:
        """Return a limit in the factor's own terms, so that it cuts off the same values.

        A limit on dates lies anywhere between two days: the day that begins nearest to it may be
        one that it cuts off.

        Args:
            number: The limit.
            first: Whether values from there on are within, or those up to there.
            plain: Whether it is for a file, and not for a reader.
        """
        if self.kind != "date":
            return self.text(number) if plain else self.shown(number)
        day = date_of(number)
        if first and decimal_year(day) < number:
            day += dt.timedelta(days=1)
        elif not first and decimal_year(day) > number:
            day -= dt.timedelta(days=1)
        return day.isoformat()

    def shown(self, number: float) -> str:
        """Return the same for a reader and not for a program: with a minus sign, no hyphen."""
        text = self.text(number)
        return text.replace("-", "−") if self.kind == "number" else text

    def tick(self, number: float, *, plain: bool = False) -> str:
        """Return it in the shortest words that tell it on an axis: days become months.

        Args:
            number: The number.
            plain: Whether it is for a file, and not for a reader.
        """
        if self.kind != "date":
            return self.text(number) if plain else self.shown(number)
        if abs(number - round(number)) < 1e-6:
            return f"{round(number)}"
        return f"{date_of(number):%Y-%m}"

    @cached_property
    def _digits(self) -> int:
        """How many digits tell the listed numbers to a hundredth of the least step, at least 4."""
        listed = np.unique(np.array(self.values, dtype=np.float64))
        step = float(np.diff(listed).min(initial=math.inf))
        for digits in range(FEWEST_DIGITS, MOST_DIGITS):
            told = np.array([float(f"{number:.{digits}g}") for number in listed])
            if (np.abs(told - listed) <= step / 100).all():
                return digits
        return MOST_DIGITS

    def _number_text(self, number: float) -> str:
        """Return a number to a hundredth of its range, or of the step between listed numbers.

        Limits are known no better.
        """
        reach = self.high - self.low
        if self.values or not reach > 0:
            return f"{number:.{self._digits}g}"
        decimals = max(0, 2 - math.floor(math.log10(reach)))
        text = f"{number:.{decimals}f}"
        return text.rstrip("0").rstrip(".") if decimals else text


def value_text(value: object) -> str:
    """Return a value of a choice in words."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return str(value).replace("_", " ")


def year_of(date: str) -> float:
    """Return the decimal year of an ISO date.

    Raises:
        SettingError: If it is no ISO date.
    """
    try:
        return decimal_year(dt.date.fromisoformat(date))
    except ValueError as error:
        raise SettingError("sweep", [f"{date!r} is not a date such as 2001-09-11"]) from error


def axis_named(axes: Sequence[Axis], name: str) -> Axis:
    """Return the axis of that name.

    Raises:
        UnknownName: If there is none.
    """
    for axis in axes:
        if axis.name == name:
            return axis
    raise UnknownName(unknown_name("factor", name, [axis.name for axis in axes]))


@dataclass(frozen=True)
class Bins:
    """Where rows lie along one axis: its values one by one, or stretches of equal numbers of rows.

    Attributes:
        codes: Array (row): the bin of each row.
        centres: Array (bin): where to draw it, in the numbers of the axis.
        low: Array (bin): least number in it.
        high: Array (bin): greatest number in it.
        labels: What each holds, in words.
        single: Whether each bin is one value.
    """

    codes: NDArray[np.intp]
    centres: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    labels: tuple[str, ...]
    single: bool


def bins_of(axis: Axis, column: pd.Series, *, most: int = FEW, bins: int = BINS) -> Bins:
    """Return the bins of a column: one per value if there are few, else of equal content.

    Args:
        axis: The factor.
        column: Its values, row by row.
        most: Up to so many values each is a bin of its own.
        bins: Number of bins otherwise; fewer if values tie.
    """
    numbers = axis.numbers(column)
    values, codes = np.unique(numbers, return_inverse=True)
    single = len(values) <= most or bool(axis.values)
    if single:
        labels = tuple(axis.text(value) for value in values)
        return Bins(codes, values, values, values, labels, single=True)
    edges = np.unique(np.quantile(numbers, np.linspace(0, 1, bins + 1)[1:-1]))
    codes = np.searchsorted(edges, numbers, side="right")
    _, codes = np.unique(codes, return_inverse=True)  # leaves out bins that hold nothing
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(codes.max() + 1))
    low = np.minimum.reduceat(numbers[order], starts)
    high = np.maximum.reduceat(numbers[order], starts)
    ends = ((axis.tick(one, plain=True) for one in pair) for pair in zip(low, high, strict=True))
    labels = tuple(" to ".join(pair) for pair in ends)
    return Bins(codes, (low + high) / 2, low, high, labels, single=False)
