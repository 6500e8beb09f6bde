"""What the twins that answer a what-if assume, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliance_sim.calibration.target import prior_of
from alliance_sim.counterfactual.couplings import QUANTILE
from alliance_sim.scenario.describe import assumed_numbers

if TYPE_CHECKING:
    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.counterfactual.question import Question
    from alliance_sim.counterfactual.worlds import TwinWorlds


def doubts_of(posterior: PosteriorDraws) -> tuple[str, ...]:
    """Return why draws may not stand for the posterior, in a sentence if there is anything."""
    return (f"under {posterior.theory}, {posterior.doubt}",) if posterior.doubt else ()


def doubted(posterior: PosteriorDraws) -> tuple[str, ...]:
    """Return in a sentence that draws are taken for the posterior, if there is a doubt of it."""
    doubts = doubts_of(posterior)
    return tuple(f"The draws stand for the posterior, though {one}." for one in doubts)


def assumptions_of(question: Question, worlds: TwinWorlds, *, until: int) -> list[str]:
    """Return what twins that answer a question assume, in sentences.

    Args:
        question: The question.
        worlds: The twins.
        until: Last year that the posterior has seen.
    """
    base, calendar = question.base, worlds.factual.calendar
    fitted = [path for one in prior_of(worlds.base).parameters for path in one.places]
    left = assumed_numbers(base, but=fitted)
    judged = f"{left} numbers of {base.name} that are judged, not fitted"
    found = [
        f"The rules of the model, and {judged}.",
        f"How the luck of both worlds is tied: all the same (coupling {QUANTILE}); no data tell.",
    ]
    if until < calendar.last_year:
        found.append(f"After {until} there is no record to come to, so luck is new from there.")
    if question.kept:
        found.append(
            f"Held as dated, though what they follow is edited: {', '.join(question.kept)}."
        )
    elif not question.held:
        found.append("All that follows from what is edited responds (total effect).")
    if question.held:
        found.append(
            f"{'; '.join(question.held)}: put in its place each quarter, by nobody in the model; "
            "all else responds."
        )
    fresh = worlds.only["edited"]
    if fresh:
        found.append(
            f"Drawn anew, as the factual world has no counterpart: {len(fresh)} "
            f"({', '.join(fresh[:6])}{', …' if len(fresh) > 6 else ''})."
        )
    return found
