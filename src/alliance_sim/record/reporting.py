"""How likely an act is to be in a record: what `reporting.toml` says, or what stands for it.

    first_year = 1973  # first year in which an act could have been found

    [[chance]]
    from = 1949-04-04  # holds from this day until the next table
    salience_1 = { beta = [7, 13] }  # believed to be so distributed
    salience_2 = 0.9
    salience_3 = 0.9

Without the file the chances are those of the method (section I.1): 0.9 for acts of salience 2 and 3
at any time; for those of salience 1 Beta(7, 13) before September 2001 and Beta(30, 13) from then;
and the first year is not stated; see `Reporting.first_year` for what is taken then.

A chance is a number or what is believed of it. Plain use takes means; a fit draws a value for each
distribution. The same distribution at two places is one unknown, drawn once.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from alliance_sim import files
from alliance_sim.errors import FileError, RecordError, SettingError, shown
from alliance_sim.scenario.problems import field_problems
from alliance_sim.whole_numbers import not_whole

NAME = "reporting.toml"
MOST_BYTES = 100_000
SALIENCES = 3
M = TypeVar("M", bound=BaseModel)


class Beta(BaseModel):
    """A chance that is not known exactly: a Beta distribution."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    beta: tuple[
        Annotated[float, Field(gt=0, le=1e6)],
        Annotated[float, Field(gt=0, le=1e6)],
    ]

    @property
    def mean(self) -> float:
        """Mean of the distribution, above 0 and below 1."""
        return self.beta[0] / (self.beta[0] + self.beta[1])


def _chance(given: Any, known: ValidatorFunctionWrapHandler) -> Any:
    """Tell what is neither a number nor a distribution in one sentence, not in one for each."""
    try:
        return known(given)
    except ValidationError:
        raise ValueError(
            f"is {shown(given)}, must be a chance from 0 to 1, or {{ beta = [a, b] }} with both "
            "numbers above 0 and at most 1,000,000"
        ) from None


Probability = Annotated[
    Annotated[float, Field(ge=0, le=1)] | Beta,
    WrapValidator(_chance),
]


class Chance(BaseModel):
    """Chances of being coded from a day on, by salience."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    since: dt.date = Field(alias="from")
    salience_1: Probability
    salience_2: Probability
    salience_3: Probability

    @property
    def cells(self) -> tuple[float | Beta, ...]:
        """The chances for salience 1, 2 and 3, as given."""
        return (self.salience_1, self.salience_2, self.salience_3)


def _rising(chances: tuple[Chance, ...]) -> tuple[Chance, ...]:
    if not chances:
        raise ValueError("is empty, must hold at least one [[chance]]")
    days = [chance.since for chance in chances]
    if sorted(set(days)) != days:
        raise ValueError(f"days are {', '.join(map(str, days))}; they must rise")
    return chances


BEFORE = Beta(beta=(7, 13))
AFTER = Beta(beta=(30, 13))
OF_THE_METHOD = (
    Chance(since=dt.date.min, salience_1=BEFORE, salience_2=0.9, salience_3=0.9),
    Chance(since=dt.date(2001, 9, 1), salience_1=AFTER, salience_2=0.9, salience_3=0.9),
)


class Reporting(BaseModel):
    """How acts come to be in a record.

    Attributes:
        first_year: First year in which an act could have been found. Where it is None, a fit looks
            from the year of the first act in the record on, and counts and scores begin with the
            scenario, so that a record should state it.
        chance: Chances by date and salience; before the first of the days they are those of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    first_year: Annotated[int, Field(ge=1700, le=2200)] | None = None
    chance: Annotated[tuple[Chance, ...], AfterValidator(_rising)] = OF_THE_METHOD

    def era(self, date: dt.date) -> int:
        """Return which of the chances holds on a day: its place among `chance`."""
        return max(0, sum(one.since <= date for one in self.chance) - 1)

    def given(self, salience: int, date: dt.date) -> float | Beta:
        """Return the chance that an act is in the record, as given: a number or a distribution.

        Args:
            salience: 1, 2 or 3.
            date: Day of the act.

        Raises:
            SettingError: If there is no such salience.
        """
        return self.chance[self.era(date)].cells[_place_of(salience)]

    @property
    def unknowns(self) -> tuple[Beta, ...]:
        """Each distribution once, in the order of the file; what a fit draws."""
        cells = (cell for one in self.chance for cell in one.cells)
        return tuple(dict.fromkeys(cell for cell in cells if isinstance(cell, Beta)))

    def of(self, salience: int, date: dt.date, drawn: Sequence[float] | None = None) -> float:
        """Return the chance that an act of a salience and a day is in the record, 0 to 1.

        Args:
            salience: 1, 2 or 3.
            date: Day of the act.
            drawn: A value for each of `unknowns`, in their order; None takes their means.

        Raises:
            SettingError: If there is no such salience, or `drawn` does not hold one value for each.
        """
        return self.table(drawn)[self.era(date)][_place_of(salience)]

    def table(self, drawn: Sequence[float] | None = None) -> tuple[tuple[float, ...], ...]:
        """Return the chances for salience 1, 2 and 3 in each era, as `of` takes them.

        Args:
            drawn: As for `of`.

        Raises:
            SettingError: As `of` does.
        """
        unknowns = self.unknowns
        values = [one.mean for one in unknowns] if drawn is None else list(drawn)
        if len(values) != len(unknowns):
            problem = f"drawn holds {len(values)} values, must hold {len(unknowns)}"
            raise SettingError("reporting", [f"{problem}, one for each distribution"])
        value = dict(zip(unknowns, values, strict=True))
        return tuple(
            tuple(value[cell] if isinstance(cell, Beta) else cell for cell in one.cells)
            for one in self.chance
        )


def _place_of(salience: int) -> int:
    """Return where the chance of a salience stands among those of its era.

    Raises:
        SettingError: If there is no such salience.
    """
    if problems := not_whole("salience", salience, least=1, most=SALIENCES):
        raise SettingError("reporting", problems)
    return salience - 1


def read_reporting(path: Path) -> Reporting:
    """Return what a file says.

    Raises:
        RecordError: Naming every problem.
    """
    return read_as(Reporting, path)


def read_as(model: type[M], path: Path) -> M:
    """Return what a TOML file of a record says, checked against a model of it.

    Raises:
        RecordError: Naming every problem.
    """
    try:
        tree: dict[str, Any] = tomllib.loads(files.read_text(path, MOST_BYTES))
    except FileError as error:
        raise RecordError(str(path), error.problems) from None
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise RecordError(str(path), [f"is not valid TOML: {error}"]) from None
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        told = field_problems(error, tree, model)
        problems = [problem.removeprefix("the file: ") for problem in told]
        raise RecordError(str(path), list(dict.fromkeys(problems))) from None
