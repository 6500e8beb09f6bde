"""What a search for the smallest rewrite holds: sets of edits, and how far it looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from alliance_sim.counterfactual.best_first import Tried
    from alliance_sim.counterfactual.estimates import Estimate
    from alliance_sim.counterfactual.rewrite_candidates import Candidates
    from alliance_sim.counterfactual.rewrite_cost import RewriteCost
    from alliance_sim.counterfactual.rewrite_question import Limits


class SmallRewrite(NamedTuple):
    """A set of edits, and how often the outcome is as wanted under it.

    Attributes:
        edits: As texts that `Scenario.edited` takes, by their days.
        words: The same, to be read.
        cost: What it rewrites of history.
        searched: How often, in the histories of the search, which chose it.
        confirmed: How often, in those that confirm it.
        told: How often, in histories of draws that did neither, with its interval over draws.
        parts: For each proper part of it, its edits, and how often in those same histories.
        threshold: How often it has to be.
    """

    edits: tuple[str, ...]
    words: tuple[str, ...]
    cost: RewriteCost
    searched: float
    confirmed: float
    told: Estimate
    parts: tuple[tuple[tuple[str, ...], float], ...]
    threshold: float

    @property
    def holds(self) -> bool:
        """Whether it reaches the threshold in histories that the search did not use, too."""
        return self.confirmed >= self.threshold

    @property
    def minimal(self) -> bool:
        """Whether no part of it does so."""
        return all(value < self.threshold for _, value in self.parts)


class SearchExtent(NamedTuple):
    """What was searched, and how far.

    Attributes:
        candidates: All edits that were tried alone.
        kept: Those that were put together.
        tried: All sets that were tried, by cost, with how often the outcome is as wanted.
        few: Those of which few histories were enough to see that it stays away.
        complete: Whether all sets of those kept were tried, as far as they were needed.
        until: Cost in bits below which all sets of those kept were tried.
        next: Which sets would have come next, at most 100.
        histories: How many were run for a first look, in the search, to confirm, and to tell.
        limits: How far the search was to go.
    """

    candidates: Candidates
    kept: tuple[str, ...]
    tried: tuple[Tried, ...]
    few: frozenset[frozenset[str]]
    complete: bool
    until: float
    next: tuple[frozenset[str], ...]
    histories: tuple[int, int, int, int]
    limits: Limits
