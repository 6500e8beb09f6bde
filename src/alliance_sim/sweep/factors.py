"""Factors: what a sweep varies, and how a place between 0 and 1 becomes a value.

A sampler gives each factor a place u from 0 to 1 at every point. Places become values in one way
for all designs, and a higher place never gives an earlier value:

- any number between two ends:  low + u * (high - low)
- any day between two ends:     the days are counted off evenly, the first at 0, the last at 1
- one of k values:              value number floor(u * k), the last at 1; numbers and days stand
                                in rising order, absent before present, false before true, and
                                other settings in the order in which the plan lists them

In a table of points a day is a text such as "2001-09-11", as in a scenario file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.errors import ResultError
from alliance_sim.glossary import with_unit
from alliance_sim.results.state_metadata import Meaning

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

NUMBER, PRESENT, DATE, SETTING = "number", "present", "date", "setting"
KINDS = (NUMBER, PRESENT, DATE, SETTING)
MOST_TRIED = 12  # listed values that are all tried in whole worlds before a sweep begins
A_HAIR = 1e-9  # places of Morris designs are a rounding error beside the one meant

Value = float | bool | str


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One thing that a sweep varies.

    Values are as a table of points holds them: numbers, truth values and texts; days as texts.

    Attributes:
        name: A valid identifier, used as a column name.
        kind: "number", "present" (whether a juncture happens), "date" (its day) or "setting".
        path: Where it acts in the scenario, such as "juncture.nine_eleven.present".
        values: The values it can take, where they are listed; else empty.
        low: Smallest value of a number or a date, None for the other kinds.
        high: Largest value of a number or a date, None for the other kinds.
        unit: Unit of a number, else "".
        label: What it is, in words.
        dated: Whether its values are days.
    """

    name: str
    kind: str
    path: str
    values: tuple[Value, ...] = ()
    low: float | str | None = None
    high: float | str | None = None
    unit: str = ""
    label: str = ""
    dated: bool = False

    def words(self) -> str:
        """Return the label of an axis, with the unit where there is one."""
        return with_unit(self.label or self.path, self.unit)

    def meaning(self) -> Meaning:
        """Return what it is, its unit, and the range of a number."""
        if self.kind != NUMBER or self.dated:
            return Meaning(self.label or self.path, "")
        ends = [end for end in (self.low, self.high, *self.values) if isinstance(end, int | float)]
        limits = (float(min(ends)), float(max(ends))) if ends else ()
        return Meaning(self.label or self.path, self.unit, *limits)

    def column(self, places: NDArray[np.float64]) -> pd.Series[Any]:
        """Return the values at places.

        Args:
            places: Array of numbers from 0 to 1.

        Returns:
            A column of that length: float64, bool, int64 or text (as objects).
        """
        if self.values:
            count = len(self.values)
            position = np.minimum((places * count + A_HAIR).astype(np.int64), count - 1)
            return self.at(position)
        if self.kind == NUMBER:
            low, high = _ends(self)
            numbers = np.clip(places * (high - low) + low, low, high)
            return self.as_column((numbers + 0.0).tolist())
        first, last = (dt.date.fromisoformat(str(end)).toordinal() for end in (self.low, self.high))
        days = first + np.minimum(
            (places * (last - first + 1) + A_HAIR).astype(np.int64), last - first
        )
        return self.as_column([dt.date.fromordinal(day).isoformat() for day in days.tolist()])

    def at(self, positions: NDArray[np.intp]) -> pd.Series[Any]:
        """Return the listed values at positions, as a column of the factor's kind."""
        return self.as_column(self.values).take(positions).reset_index(drop=True)

    def as_column(self, values: Sequence[Value]) -> pd.Series[Any]:
        """Return values as a column of the factor's kind."""
        import pandas as pd

        kinds = {type(value) for value in self.values}
        if self.kind == NUMBER:
            return pd.Series(values, dtype=np.float64, name=self.name)
        if kinds == {bool}:
            return pd.Series(values, dtype=np.bool_, name=self.name)
        if kinds == {int}:
            return pd.Series(values, dtype=np.int64, name=self.name)
        return pd.Series(values, dtype=object, name=self.name)

    def in_scenario(self, value: Any) -> Any:
        """Return a value of a table as the scenario takes it: plain, and days as days."""
        plain = value.item() if isinstance(value, np.generic) else value
        if self.dated and isinstance(plain, str):
            try:
                return dt.date.fromisoformat(plain)
            except ValueError:
                return plain  # the scenario says what it has to be
        if self.kind == NUMBER and isinstance(plain, int) and not isinstance(plain, bool):
            return float(plain)
        return plain + 0.0 if isinstance(plain, float) else plain

    def allows(self, value: Value) -> bool:
        """Whether a value as a table holds it is one of this factor's."""
        if self.values:
            return any(type(v) is type(value) and v == value for v in self.values)
        if self.low is None or self.high is None:
            return False
        if isinstance(self.low, str) or isinstance(self.high, str):
            return isinstance(value, str) and str(self.low) <= value <= str(self.high)
        return isinstance(value, float) and self.low <= value <= self.high

    def range_in_words(self) -> str:
        """Return which values it can take, in words."""
        if self.values:
            shown = [str(v).lower() if isinstance(v, bool) else f"{v}" for v in self.values]
            most = 12
            return ", ".join(shown[:most]) + (", ..." if len(shown) > most else "")
        if isinstance(self.low, float) and isinstance(self.high, float):
            return f"{self.low:g} to {self.high:g}"
        return f"{self.low} to {self.high}"

    def corners(self) -> tuple[Value, ...]:
        """Return the values that have to work for all others to work: the ends, or all of a few."""
        if 0 < len(self.values) <= MOST_TRIED:
            return self.values
        if self.values:
            return self.values[0], self.values[-1]
        return tuple(end for end in (self.low, self.high) if end is not None)

    def as_tree(self) -> dict[str, Any]:
        """Return the factor as plain values, fit for JSON."""
        return asdict(self) | {"values": list(self.values)}

    @classmethod
    def from_tree(cls, tree: Mapping[str, Any]) -> Factor:
        """Return the factor that `as_tree` described.

        Raises:
            ResultError: If it is no such description.
        """
        try:
            return cls(**{**tree, "values": tuple(tree["values"])})
        except (KeyError, TypeError) as error:
            raise ResultError(f"plan: a factor cannot be read back: {error}") from error


def _ends(factor: Factor) -> tuple[float, float]:
    """Return the ends of a number's range."""
    if not isinstance(factor.low, float) or not isinstance(factor.high, float):
        raise AssertionError(f"factor {factor.name!r} has no range")
    return factor.low, factor.high
