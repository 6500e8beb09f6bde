"""How likely an act is to be in a record: what `reporting.toml` says, or what stands for it.

    first_year = 1973  # first year in which an act could have been found

    [[chance]]
    from = 1949-04-04  # holds from this day until the next table
    salience_1 = { beta = [7, 13] }  # believed to be so distributed
    salience_2 = 0.9
    salience_3 = 0.9

Without the file the chances are those of the method (section I.1): 0.9 for acts of salience 2 and 3
at any time; for those of salience 1 Beta(7, 13) before September 2001 and Beta(30, 13) from then;
and the first year is that of the first act.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Annotated, Any

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
from alliance_sim.errors import FileError, RecordError, shown
from alliance_sim.scenario.problems import field_problems

NAME = "reporting.toml"
MOST_BYTES = 100_000


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

    def of(self, salience: int) -> float:
        """Return the mean chance for a salience from 1 to 3."""
        given = (self.salience_1, self.salience_2, self.salience_3)[salience - 1]
        return given.mean if isinstance(given, Beta) else given


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
        first_year: First year in which an act could have been found; None for that of the first
            act in the record.
        chance: Chances by date and salience; before the first of the days they are those of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    first_year: Annotated[int, Field(ge=1700, le=2200)] | None = None
    chance: Annotated[tuple[Chance, ...], AfterValidator(_rising)] = OF_THE_METHOD

    def of(self, salience: int, date: dt.date) -> float:
        """Return the mean chance that an act of a salience and a day is in the record, 0 to 1."""
        held = self.chance[0]
        for one in self.chance:
            if one.since <= date:
                held = one
        return held.of(salience)


def read_reporting(path: Path) -> Reporting:
    """Return what a file says.

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
        return Reporting.model_validate(tree)
    except ValidationError as error:
        told = field_problems(error, tree, Reporting)
        problems = [problem.removeprefix("the file: ") for problem in told]
        raise RecordError(str(path), list(dict.fromkeys(problems))) from None
