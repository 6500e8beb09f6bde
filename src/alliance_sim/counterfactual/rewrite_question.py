"""What is asked of a rewrite of history: an outcome to turn, and how far to look; checked first."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alliance_sim.counterfactual.posteriors import Posteriors, posteriors_of
from alliance_sim.counterfactual.question import beyond_the_range
from alliance_sim.counterfactual.rewrite_candidates import (
    SHIFTS,
    STRENGTHS,
    Candidates,
    candidates_of,
)
from alliance_sim.errors import SettingError, shown
from alliance_sim.results.draws import USUAL
from alliance_sim.results.outcomes import Outcome, is_binary, parse_outcome
from alliance_sim.scenario.file import word_for
from alliance_sim.world.state import state_names

if TYPE_CHECKING:
    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.scenario import Scenario

WHERE = "rewrite"
BUDGET, MOST_EDITS, SEVERAL = 1000, 3, 5
TOGETHER = 24  # candidates that are put together
TOLD = 8  # sets of uniforms of each draw that tells
LEAST_DRAWS = 8
MOST_BUDGET, MOST_AT_ONCE = 100_000, 5


@dataclass(frozen=True)
class Limits:
    """How far a search goes.

    Attributes:
        threshold: Probability that has to be reached, above 0 and below 1.
        most: Edits in a rewrite, at most.
        budget: Worlds to try, at most.
        several: How many rewrites to look for, before they are confirmed.
        together: How many candidates are put together.
        uniforms: Sets of uniforms of each draw that tells.
    """

    threshold: float = 0.5
    most: int = MOST_EDITS
    budget: int = BUDGET
    several: int = SEVERAL
    together: int = TOGETHER
    uniforms: int = TOLD

    def check(self) -> None:
        """Raise an error unless all are in range.

        Raises:
            SettingError: Naming each that is not.
        """
        problems = []
        given: object = self.threshold
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0.0 < given < 1.0:
            told = f"threshold is {shown(given)}, must be a probability between 0 and 1"
            problems.append(f"{told}, such as 0.5")
        ranges = {
            "most": MOST_AT_ONCE, "budget": MOST_BUDGET, "several": 20, "together": 200,
            "uniforms": 100,
        }  # fmt: skip
        problems += [
            f"{name} is {shown(value)}, must be a whole number from 1 to {high:,}"
            for name, high in ranges.items()
            if type(value := getattr(self, name)) is not int or not 1 <= value <= high
        ]
        if problems:
            raise SettingError(WHERE, problems)


@dataclass(frozen=True)
class RewriteQuestion:
    """What is to be brought about, or averted, and from what.

    Attributes:
        base: The factual scenario.
        outcome: What is looked at, which happens or does not.
        wanted: Whether it is to come about; None for the other of what it did.
        until: Last day that it looks at.
        candidates: The edits that a rewrite may be put together from.
        posteriors: The draws.
        asked_of: What a command names the scenario and the draws by, in its words; FILE for draws
            that were given themselves.
    """

    base: Scenario
    outcome: Outcome
    wanted: bool | None
    until: dt.date
    candidates: Candidates
    posteriors: Posteriors
    asked_of: tuple[str, ...]


def ask_rewrite(  # noqa: PLR0913 - what is asked, by name
    base: Scenario,
    outcome: str,
    *,
    wanted: bool | None = None,
    posterior: PosteriorDraws | str | os.PathLike[str] = USUAL,
    shifts: Sequence[int] = SHIFTS,
    strengths: Sequence[float] = STRENGTHS,
    also: Sequence[str] = (),
    called: str = "",
) -> RewriteQuestion:
    """Return what is asked, with all candidates, or all that is wrong with it; see `rewrite`.

    `called` is what a command finds the scenario by, such as a file.

    Raises:
        SettingError: Naming everything that is wrong.
        ResultError: If the draws cannot be read, or no longer hold.
    """
    if wanted not in (None, True, False):
        problem = f"wanted is {shown(wanted)}, must be True, False, or None for the other of both"
        raise SettingError(WHERE, [problem])
    calendar = base.calendar()
    found = parse_outcome(outcome, states=state_names(base), calendar=calendar)
    if settled := list(beyond_the_range(base, found)):
        raise SettingError(f"outcome {found.text!r}", settled)
    if not is_binary(found):
        example = f"{found.state}>0.5@{calendar.last_year}"
        problem = f"is a number, and a rewrite turns what happens or not, such as {example}"
        raise SettingError(f"outcome {found.text!r}", [problem])
    draws = posteriors_of(posterior, base, called=called)
    if len(draws.main) < LEAST_DRAWS:
        problem = f"holds {len(draws.main)} draws, to search, to confirm and to tell need 8 or more"
        raise SettingError("posterior", [problem])
    until = calendar.start_of(found.stop) - dt.timedelta(days=1)
    candidates = candidates_of(
        base, draws.main, until=until, shifts=shifts, strengths=strengths, also=also
    )
    if not candidates.edits:
        problem = (
            f"nothing to search: no juncture of {base.name} with a cost comes before the end of "
            f"outcome {found.text!r}, {until}; ask for a later time, such as "
            f"@{calendar.last_year}, or name edits with --also (also=[...] in Python)"
        )
        raise SettingError(WHERE, [problem])
    asked_of = [word_for(base, called)]
    if isinstance(posterior, str | os.PathLike) and posterior != USUAL:
        asked_of += ["--posterior", os.fspath(posterior)]
    elif draws.given:
        asked_of += ["--posterior", "FILE"]
    return RewriteQuestion(base, found, wanted, until, candidates, draws, tuple(asked_of))


def check_budget(question: RewriteQuestion, limits: Limits) -> int:
    """Return how many worlds it takes to try each candidate alone, and the fact.

    Raises:
        SettingError: If that is more than the budget.
    """
    need = len(question.candidates.edits) + 1
    if need > limits.budget:
        problem = (
            f"{need - 1} candidates and the fact are {need} worlds to try alone, more than the "
            f"budget of {limits.budget}; give --budget {need} or more, or fewer shifts and "
            "strengths"
        )
        raise SettingError(WHERE, [problem])
    return need
