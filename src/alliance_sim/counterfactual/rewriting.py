"""The smallest rewrite of history that turns an outcome, found on twin worlds.

Half of the draws search, a quarter confirm and a quarter tell: what is said of a rewrite comes from
draws that had no part in choosing it. Every candidate is tried alone; of those that move something
the most telling are put together, in the order of what they cost. A world is looked at in a few
histories first, and in all of them unless it is clear already that the outcome stays away.
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import scipy

from alliance_sim import noise
from alliance_sim.calibration.posterior_draws import PosteriorDraws
from alliance_sim.counterfactual.answer_parts import UnderTheory
from alliance_sim.counterfactual.assumed import doubts_of
from alliance_sim.counterfactual.best_first import SearchResult, search
from alliance_sim.counterfactual.couplings import COUPLINGS, QUANTILE
from alliance_sim.counterfactual.edit_cost import cost_of
from alliance_sim.counterfactual.estimates import LEAST, Estimate, estimate_of, likely
from alliance_sim.counterfactual.histories import Histories
from alliance_sim.counterfactual.labels import Checks, agreement, label, sign_of
from alliance_sim.counterfactual.posteriors import some_draws, with_theory_of
from alliance_sim.counterfactual.rewrite_candidates import SHIFTS, STRENGTHS, Candidate
from alliance_sim.counterfactual.rewrite_cost import RewriteCost
from alliance_sim.counterfactual.rewrite_question import (
    BUDGET,
    MOST_EDITS,
    SEVERAL,
    TOGETHER,
    TOLD,
    Limits,
    RewriteQuestion,
    ask_rewrite,
    check_budget,
)
from alliance_sim.counterfactual.rewrite_result import Rewrite
from alliance_sim.counterfactual.rivals import weights_of
from alliance_sim.counterfactual.small_rewrite import SearchExtent, SmallRewrite
from alliance_sim.counterfactual.worlds import TwinWorlds, twin_worlds
from alliance_sim.errors import ScenarioError, ScenarioWarning, explains_calls
from alliance_sim.noise import as_seed
from alliance_sim.results.draws import USUAL
from alliance_sim.results.outcomes import Outcome, evaluate, outcome_by_run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.engine.simulate import Progress
    from alliance_sim.scenario import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FEW = 64  # histories that every world is looked at in first
CLEAR = 0.001  # chance of so low a share, were the threshold reached, at which a world is left


@explains_calls
def rewrite(  # noqa: PLR0913 - what is asked of one search, by name
    base: Scenario,
    *,
    outcome: str,
    wanted: bool | None = None,
    threshold: float = 0.5,
    most: int = MOST_EDITS,
    budget: int = BUDGET,
    several: int = SEVERAL,
    together: int = TOGETHER,
    shifts: Sequence[int] = SHIFTS,
    strengths: Sequence[float] = STRENGTHS,
    also: Sequence[str] = (),
    posterior: PosteriorDraws | str | os.PathLike[str] = USUAL,
    uniforms: int = TOLD,
    seed: int | str = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Rewrite:
    """Return the smallest rewrite of history that turns an outcome, and what comes near.

    Args:
        base: The factual scenario.
        outcome: Something that happens or does not, such as "rung>=8@2014"; of a later time it is a
            target.
        wanted: True to bring it about, False to avert it; the other of what it did if left out.
        threshold: Probability with which it has to turn.
        most: Edits in a rewrite, at most.
        budget: Worlds to try, at most.
        several: How many rewrites to look for, the cheapest first.
        together: How many of the candidates are put together, those that do most alone.
        shifts: By how many quarters junctures are moved, later and earlier.
        strengths: How many times as strong they are made.
        also: Further edits to put rewrites together from, as texts: "council weighted_majority".
        posterior: Draws of parameters and noise, as for `whatif`.
        uniforms: Sets of uniforms for each draw that confirms or tells.
        seed: Seed of what the record leaves open.
        threads: Threads to use, all processors if None; numbers do not depend on it.
        progress: Called with (worlds tried, worlds at most).

    Raises:
        SettingError: Naming all that is wrong with the question, or that there are no draws, or
            that the budget is too small to try each candidate alone.
        ResultError: If the draws cannot be read, or no longer hold.
    """
    number = as_seed(seed)
    limits = Limits(threshold, most, budget, several, together, uniforms)
    limits.check()
    question = ask_rewrite(
        base,
        outcome,
        wanted=wanted,
        posterior=posterior,
        shifts=shifts,
        strengths=strengths,
        also=also,
    )
    return rewritten(question, limits, seed=number, threads=threads, progress=progress)


def rewritten(
    question: RewriteQuestion,
    limits: Limits,
    *,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Rewrite:
    """Return the answer to a question that was read before; see `rewrite`.

    Raises:
        SettingError: If the budget is too small to try each candidate alone.
    """
    need = check_budget(question, limits)
    games = _Worlds(question, limits, seed=seed, threads=threads)
    told = _Counted(progress, limits.budget)
    alone = games.search(question.candidates.edits, limits, most=1, budget=need, told=told)
    kept = games.kept(alone, limits.together) if not games.reached else ()
    whole = alone
    if kept and limits.most > 1:
        spent = need - 1 - len(kept)
        whole = games.search(
            kept, limits, most=limits.most, budget=limits.budget - spent, told=told
        )
    return games.answer(alone, whole, kept)


class _Counted:
    """Counts worlds, each once, for whoever shows them."""

    def __init__(self, progress: Progress | None, budget: int) -> None:
        self._progress, self._budget = progress, budget

    def __call__(self, worlds: int) -> None:
        if self._progress is not None:
            self._progress(min(worlds, self._budget), self._budget)


class _Worlds:
    """Worlds under sets of edits, and how often the outcome is as wanted in them."""

    def __init__(
        self, question: RewriteQuestion, limits: Limits, *, seed: int, threads: int | None
    ) -> None:
        self.question, self.limits, self.seed = question, limits, seed
        self._threads = threads
        main = question.posteriors.main
        self.base = with_theory_of(question.base, main)
        numbers = np.arange(len(main))
        searching, self._confirming, self._telling = numbers[::2], numbers[1::4], numbers[3::4]
        few = searching[np.linspace(0, len(searching) - 1, min(FEW, len(searching))).astype(int)]
        self._few = self._past(main, few)
        self._many = self._past(main, searching) if len(few) < len(searching) else self._few
        self._by_text = {one.text: one for one in question.candidates.edits}
        self._order = {text: k for k, text in enumerate(self._by_text)}
        self._known: dict[frozenset[str], float] = {}
        self._shift: dict[frozenset[str], float] = {}
        self.whole: set[frozenset[str]] = set()  # sets that were looked at in all histories
        fact = float(np.nanmean(self._fact(self._many)))
        self.wanted = fact < 0.5 if question.wanted is None else question.wanted
        self.reached = (fact if self.wanted else 1.0 - fact) >= limits.threshold

    def _past(
        self, posterior: PosteriorDraws, draws: Ints, uniforms: int = 1, seed: int | None = None
    ) -> Histories:
        return Histories.of_posterior(
            some_draws(posterior, draws),
            with_theory_of(self.question.base, posterior),
            uniforms=uniforms,
            seed=self.seed if seed is None else seed,
            threads=self._threads,
        )

    def _fact(self, past: Histories) -> Floats:
        outcome = self.question.outcome
        runs = past.run([outcome.state])
        found: Floats = evaluate([outcome], [outcome.state], runs, self.base.calendar())[:, 0]
        return found

    def _as_wanted(self, values: Floats) -> Floats:
        """Return 1.0 where an outcome is as wanted, 0.0 where not, NaN where a history failed."""
        return np.where(np.isnan(values), np.nan, values == float(self.wanted))

    def search(
        self,
        candidates: Sequence[Candidate],
        limits: Limits,
        *,
        most: int,
        budget: int,
        told: _Counted,
    ) -> SearchResult:
        """Return the cheapest sets of some candidates; of single ones all."""

        def value(chosen: frozenset[str]) -> float:
            found = self.value(chosen)
            told(len(self._known))
            return found

        subjects: dict[str, list[str]] = {}
        for one in candidates:
            subjects.setdefault(one.subject, []).append(one.text)
        return search(
            [one.text for one in candidates],
            value,
            cost=self.bits,
            threshold=limits.threshold,
            most=most,
            budget=budget,
            apart=subjects.values(),
            several=len(candidates) + 1 if most == 1 else limits.several,
        )

    def texts(self, chosen: Iterable[str]) -> tuple[str, ...]:
        """Return edits in the order of their days."""
        return tuple(sorted(chosen, key=self._order.__getitem__))

    def cost(self, chosen: Iterable[str]) -> RewriteCost:
        """Return what a set costs; nothing for no edit."""
        parts = [self._by_text[text].parts for text in self.texts(chosen)]
        found = cost_of(parts, self.base, self.question.posteriors.main)
        none = RewriteCost(0.0, 0.0, 0.0, 0.0)
        return none if not parts else found or replace(none, parameters=math.inf)

    def bits(self, chosen: Iterable[str]) -> float:
        """Return what a set costs in bits; infinite where no distance is defined."""
        return self.cost(chosen).bits

    def value(self, chosen: frozenset[str]) -> float:
        """Return how often the outcome is as wanted: in few histories if that is clear, or in all.

        What cannot be edited together does not bring it about.
        """
        if chosen not in self._known:
            self._known[chosen] = self._value(chosen)
        return self._known[chosen]

    def _value(self, chosen: frozenset[str]) -> float:
        edited = self.edited(chosen)
        if edited is None:
            return 0.0
        share = self._share(chosen, edited, self._few)
        if self._few is self._many:
            self.whole.add(chosen)
            return share
        came = round(share * len(self._few))
        if chosen and scipy.stats.binom.cdf(came, len(self._few), self.limits.threshold) < CLEAR:
            return share
        self.whole.add(chosen)
        return self._share(chosen, edited, self._many)

    def edited(self, chosen: Iterable[str]) -> Scenario | None:
        """Return the edited scenario, None if the edits do not go together."""
        texts = self.texts(chosen)
        if not texts:
            return self.base
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ScenarioWarning)
                return self.base.edited(*texts)
        except ScenarioError:
            return None

    def _share(self, chosen: frozenset[str], edited: Scenario, past: Histories) -> float:
        worlds = self._twins(edited, past)
        values = outcome_by_run(self.question.outcome, worlds.edited)
        effect = worlds.effect(self.question.outcome.state)[:, : self.question.outcome.stop]
        self._shift[chosen] = float(np.nanmean(effect)) * _upwards(self.question.outcome)
        return _share_of(self._as_wanted(values))

    def _twins(self, edited: Scenario, past: Histories, coupling: str = QUANTILE) -> TwinWorlds:
        states = [self.question.outcome.state]
        base = past.scenario
        return twin_worlds(base, edited, past, coupling=coupling, states=states)

    def kept(self, alone: SearchResult, together: int) -> tuple[Candidate, ...]:
        """Return the candidates that are put together: those that do most alone.

        Of each subject a dearer edit stays only if it does more; what does nothing is left out.
        """
        fact = alone.tried[0].value
        towards = 1.0 if self.wanted else -1.0
        scores = {
            text: (one.value - fact, towards * self._shift.get(one.changes, 0.0))
            for one in alone.tried[1:]
            for text in one.changes
        }
        best: dict[str, list[Candidate]] = {}
        for one in sorted(self.question.candidates.edits, key=lambda one: one.bits):
            if one.text not in scores or scores[one.text] == (0.0, 0.0):
                continue
            same = best.setdefault(one.subject, [])
            if all(scores[one.text] > scores[other.text] for other in same):
                same.append(one)
        ranked = sorted(
            (one for same in best.values() for one in same),
            key=lambda one: scores[one.text],
            reverse=True,
        )[:together]
        return tuple(sorted(ranked, key=lambda one: self._order[one.text]))

    @cached_property
    def _confirmers(self) -> Histories:
        return self._others(self._confirming, "confirming")

    @cached_property
    def _tellers(self) -> Histories:
        return self._others(self._telling, "telling")

    def _others(self, draws: Ints, what: str) -> Histories:
        fresh = noise.channel(f"rewrite/{what}/{self.seed}:v1")  # far from that of the search
        main = self.question.posteriors.main
        return self._past(main, draws, self.limits.uniforms, fresh)

    def told(self, chosen: Iterable[str]) -> Estimate:
        """Return how often the outcome is as wanted, on draws that the search did not use."""
        return _estimate(self._values(chosen), self._tellers.draws)

    def _values(
        self, chosen: Iterable[str], coupling: str = QUANTILE, past: Histories | None = None
    ) -> Floats:
        texts = self.texts(chosen)
        edited = self.edited(texts)
        histories = self._tellers if past is None else past
        if edited is None or not texts:
            values = self._fact(histories)
        else:
            worlds = self._twins(edited, histories, coupling)
            values = outcome_by_run(self.question.outcome, worlds.edited)
        return self._as_wanted(values)

    def found(self, chosen: frozenset[str]) -> SmallRewrite:
        """Return a set of edits with all that is told of it."""
        texts = self.texts(chosen)
        told = self.told(chosen)
        parts = [
            (self.texts(part), self.told(frozenset(part)).value)
            for size in range(1, len(texts))
            for part in combinations(texts, size)
        ]
        return SmallRewrite(
            edits=texts,
            words=tuple(self._by_text[text].words for text in texts),
            cost=self.cost(chosen),
            searched=self.value(chosen),
            confirmed=_share_of(self._values(texts, past=self._confirmers)),
            told=told,
            parts=tuple(parts),
            threshold=self.limits.threshold,
        )

    def answer(
        self, alone: SearchResult, whole: SearchResult, kept: Sequence[Candidate]
    ) -> Rewrite:
        """Return the whole answer."""
        question, main = self.question, self.question.posteriors.main
        tried = {one.changes: one for one in (*alone.tried, *whole.tried)}
        nearest = max(tried.values(), key=lambda one: (one.value, -one.cost))
        proposed = [self.found(one.changes) for one in whole.found if one.changes]
        if nearest.value >= self.limits.threshold and not any(one.holds for one in proposed):
            there = {frozenset(one.edits) for one in proposed}
            if nearest.changes and nearest.changes not in there:  # beyond those looked for
                proposed.append(self.found(nearest.changes))
        found = tuple(one for one in proposed if one.holds)
        near = found[0] if found else self.found(nearest.changes)
        under = self._theories(near.edits)
        effects = {one.theory: one.likely for one in under}
        weights = weights_of([main, *question.posteriors.others]).of
        agreed = agreement(effects, weights, least=LEAST)
        couplings = self._couplings(near.edits)
        checks = Checks(
            couplings={name: one.value for name, one in couplings.items()},
            bits=near.cost.bits,
            sign=sign_of(under[0].effect.value, LEAST),
            least=LEAST,
            doubts=doubts_of(main),
        )
        return Rewrite(
            base=question.base,
            asked_of=question.asked_of,
            outcome=question.outcome,
            wanted=self.wanted,
            until=question.until,
            posterior=main,
            fact=self.told(()),
            found=found,
            unconfirmed=tuple(one for one in proposed if not one.holds),
            nearest=near,
            reached=self.reached,
            searched=SearchExtent(
                candidates=question.candidates,
                kept=tuple(one.text for one in kept),
                tried=tuple(sorted(tried.values(), key=lambda one: (one.cost, len(one.changes)))),
                few=frozenset(set(tried) - self.whole),
                complete=whole.complete,
                until=whole.until,
                next=whole.next,
                histories=(
                    *(len(self._few), len(self._many)),
                    *(len(self._confirmers), len(self._tellers)),
                ),
                limits=self.limits,
            ),
            couplings=couplings,
            theories=under,
            agreed=agreed,
            label=label(agreed, checks),
            seed=self.seed,
        )

    def _couplings(self, edits: Sequence[str]) -> Mapping[str, Estimate]:
        """Return the effect of edits on how often the outcome is as wanted, by coupling."""
        fact, draws = self._values(()), self._tellers.draws
        return {
            name: _estimate((self._values(edits, name) if edits else fact) - fact, draws)
            for name in COUPLINGS
        }

    def _theories(self, edits: Sequence[str]) -> tuple[UnderTheory, ...]:
        main, draws = self.question.posteriors.main, self._tellers.draws
        found = [_under_theory(main.theory, self._values(()), self._values(edits), draws)]
        for other in self.question.posteriors.others:
            past = self._past(other, np.arange(len(other)), self.limits.uniforms)
            both = self._fact(past)
            changed = both
            if edits:
                under = with_theory_of(self.question.base, other).edited(*edits)
                changed = outcome_by_run(self.question.outcome, self._twins(under, past).edited)
            one, two = self._as_wanted(both), self._as_wanted(changed)
            found.append(_under_theory(other.theory, one, two, past.draws))
        return tuple(found)


def _share_of(as_wanted: Floats) -> float:
    """Return the mean over histories that did not fail; 0 if all did: that brings nothing about."""
    whole = as_wanted[~np.isnan(as_wanted)]
    return float(whole.mean()) if len(whole) else 0.0


def _upwards(outcome: Outcome) -> float:
    """Return 1 if more of the state brings an outcome about, else -1."""
    up = outcome.compare.startswith(">") or not outcome.compare
    if outcome.passes:
        later = outcome.fold == "first"  # more of the state, and it holds sooner
        up = (up == outcome.passes.startswith(">")) != later
    return 1.0 if up else -1.0


def _estimate(values: Floats, draws: int) -> Estimate:
    return estimate_of(values, draws, binary=True)


def _under_theory(theory: str, fact: Floats, edited: Floats, draws: int) -> UnderTheory:
    one, two, three = (_estimate(values, draws) for values in (fact, edited, edited - fact))
    spread = likely(edited - fact, draws, binary=True).ravel()
    return UnderTheory(theory, one, two, three, spread[np.isfinite(spread)], draws)
