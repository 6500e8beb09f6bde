"""Which years of a record are forecast from which, and which of them somebody has looked at.

    known_until = 2012   # a fit for the fixed origin sees the years to the end of this one
    scored_until = 2024  # last year that is forecast
    rolling_from = 1996  # first year that is forecast from the years before it alone
    spent = [2013, 2024] # years whose scores were looked at before: they confirm nothing any more
    why_spent = "..."

The file `forecasts.toml` stands in a record's folder, or above its editions. Without it two thirds
of the years are known, the rest is forecast, the first third is what rolling forecasts begin with,
and nothing is spent.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from alliance_sim.errors import RecordError, SettingError
from alliance_sim.record.folder import edition_of
from alliance_sim.record.named import place_of
from alliance_sim.record.reporting import read_as
from alliance_sim.whole_numbers import not_whole

if TYPE_CHECKING:
    from alliance_sim.scenario import Scenario

NAME = "forecasts.toml"
Year = Annotated[int, Field(ge=1700, le=2200)]


class ForecastYears(BaseModel):
    """Which years are forecast from which.

    Attributes:
        known_until: Last year that a fit for the fixed origin sees.
        scored_until: Last year that is forecast, from the fixed origin and rolling.
        rolling_from: First year that is forecast from the years before it alone.
        spent: First and last year whose scores somebody has looked at; None if nobody has.
        why_spent: What was done with them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    known_until: Year
    scored_until: Year
    rolling_from: Year
    spent: tuple[Year, Year] | None = None
    why_spent: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.rolling_from <= self.known_until < self.scored_until:
            raise ValueError(
                f"rolling_from, known_until and scored_until are {self.rolling_from}, "
                f"{self.known_until} and {self.scored_until}; the first must not lie behind the "
                "second, nor the second at or behind the third"
            )
        if self.spent is not None and self.spent[0] > self.spent[1]:
            raise ValueError(f"spent is {list(self.spent)}; the years must rise")
        return self

    def is_spent(self, year: int) -> bool:
        """Return whether the scores of a year were looked at before."""
        return self.spent is not None and self.spent[0] <= year <= self.spent[1]


def forecast_years(scenario: Scenario, *, first: int) -> ForecastYears:
    """Return which years of a scenario's record are forecast from which.

    Args:
        scenario: The scenario.
        first: First year that counts; what stands for the file depends on it.

    Raises:
        NoRecord: If the scenario has no record.
        RecordError: If the file cannot be used, or does not fit the years of the scenario.
        SettingError: If the first year is not one of the scenario.
    """
    last = scenario.time.last_year
    if problems := not_whole("first", first, least=scenario.time.first_year, most=last):
        raise SettingError("forecasts", problems)
    path = _file_for(scenario)
    if path is None:
        first = int(first)
        years = last - first + 1
        known = first + max(2, 2 * years // 3) - 1
        return ForecastYears(
            known_until=min(known, last - 1),
            scored_until=last,
            rolling_from=min(first + max(1, years // 3), known, last - 1),
        )
    found = read_forecasts(path)
    problems = []
    if found.scored_until > last:
        problems.append(f"scored_until is {found.scored_until}, the scenario ends with {last}")
    if found.rolling_from <= scenario.time.first_year:
        told = f"must be later than {scenario.time.first_year}, with which the scenario begins"
        problems.append(f"rolling_from is {found.rolling_from}, {told}")
    if problems:
        raise RecordError(str(path), problems)
    return found


def read_forecasts(path: Path) -> ForecastYears:
    """Return what a file says.

    Raises:
        RecordError: Naming every problem.
    """
    return read_as(ForecastYears, path)


def editions_of(scenario: Scenario) -> tuple[str, ...]:
    """Return what to name as `record` for each edition of a scenario's record, oldest first.

    A record without editions is the one that the scenario names.

    Raises:
        NoRecord: If the scenario has no record.
        RecordError: If the record that it names is not there.
    """
    folder, name = place_of(scenario)
    base, mark, _ = name.partition("@")
    numbers = sorted(
        int(path.name.removeprefix("edition_"))
        for path in folder.parent.glob("edition_[1-9]*")
        if path.is_dir() and path.name.removeprefix("edition_").isdigit()
    )
    if not mark or not numbers:
        return (scenario.record,)
    if scenario.record and not scenario.record.startswith(f"{base}@") and scenario.record != base:
        above = folder.parent  # a folder of somebody's own with editions in it
        return tuple(str(edition_of(above, number)) for number in numbers)
    return tuple(f"{base}@{number}" for number in numbers)


def _file_for(scenario: Scenario) -> Path | None:
    folder = place_of(scenario)[0]
    above = [folder.parent] if folder.name.startswith("edition_") else []
    return next((one / NAME for one in (folder, *above) if (one / NAME).exists()), None)
