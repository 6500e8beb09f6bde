"""A number with all that is needed to argue about it: value, range, unit and source."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo, model_validator

FIELDS = ("value", "low", "high", "unit", "source")
ASSUMED = "assumed"


class Number(BaseModel):
    """One number of a scenario.

    In a file it is a table `{ value, low, high, unit, source }`, or, shorter, the same five in
    that order as an array: `[0.5, 0.2, 1.5, "1/year", "assumed"]`.

    Attributes:
        value: The number used.
        low: Smallest value that a reasonable reader would defend.
        high: Largest such value.
        unit: Unit, "1" where there is none.
        source: Where it comes from; a judgement of ours begins with "assumed".
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

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
    def assumed(self) -> bool:
        """Whether the number is a judgement rather than read from a source."""
        return self.source.strip().lower().startswith(ASSUMED)


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
