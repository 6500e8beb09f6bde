"""A juncture some quarters earlier or later: on which day it comes, or why that cannot be asked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from alliance_sim.display import counted
from alliance_sim.errors import ScenarioError
from alliance_sim.scenario.edit_texts import read_edits

if TYPE_CHECKING:
    from alliance_sim.scenario import Scenario
    from alliance_sim.scenario.schema import Juncture

LONGEST_SHIFT = 400  # quarters
QUARTERS = 4  # of a year, as `shift` counts them


class Shift(NamedTuple):
    """A juncture so many quarters later.

    Attributes:
        by: Quarters; below 0 earlier.
        text: The edit, as `Scenario.edited` takes it.
        date: The day on which it then comes; None if that is no day that a scenario may have.
        problem: Why it cannot be asked, in words; "" if it can.
    """

    by: int
    text: str
    date: dt.date | None
    problem: str


def shift_of(base: Scenario, juncture: Juncture, by: int, *, until: dt.date) -> Shift:
    """Return a juncture so many quarters later: not before what it follows, nor past an end.

    Args:
        base: The factual scenario.
        juncture: A juncture that happened in it.
        by: Quarters; below 0 earlier.
        until: Last day that an outcome looks at.
    """
    text = f"shift {juncture.name}:{by:+d}"
    try:
        (one,) = read_edits(base, [text])
        after = base
        for edit in one.edits:
            after = edit.applied(after)
    except ScenarioError as error:
        return Shift(by, text, None, f"cannot be made: {'; '.join(error.problems)}")
    day = next(j.date for j in after.junctures if j.name == juncture.name)
    begins = dt.date(base.time.first_year, 1, 1)
    causes = [j for j in base.junctures if j.name in juncture.follows and j.present]
    behind = [f"“{cause.title}” ({cause.date})" for cause in causes if day < cause.date]
    problem = ""
    if day < begins:
        problem = f"comes before the run begins ({begins})"
    elif behind:
        problem = f"comes before what it follows: {', '.join(behind)}"
    elif day > until:
        problem = f"comes after all that the outcome looks at ({until})"
    return Shift(by, text, day, problem)


def far(by: int) -> str:
    """Return in words how much later so many quarters are, such as "4 years earlier"."""
    years, odd = divmod(abs(by), QUARTERS)
    much = counted(abs(by), "quarter") if odd else counted(years, "year")
    return f"{much} {'earlier' if by < 0 else 'later'}"
