"""What a question comes to among histories and their twins, under every coupling and theory.

It is what `whatif` and the page of the lab both say; what each says besides stands with them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

import numpy as np

from alliance_sim import provenance
from alliance_sim.counterfactual.answer_parts import Ensembled, UnderTheory
from alliance_sim.counterfactual.causation import causation_bounds
from alliance_sim.counterfactual.coupling_free import futures
from alliance_sim.counterfactual.couplings import COUPLINGS, INDEPENDENT, QUANTILE
from alliance_sim.counterfactual.estimates import (
    WHERE,
    Estimate,
    both_worlds,
    estimate_of,
    likely,
    outcome_of,
)
from alliance_sim.counterfactual.histories import Histories, beside_each_other
from alliance_sim.counterfactual.worlds import EditedWorld, TwinWorlds
from alliance_sim.engine.simulate import Kernel, simulate
from alliance_sim.errors import SettingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.counterfactual.coupling_free import Futures
    from alliance_sim.counterfactual.posteriors import Posteriors
    from alliance_sim.counterfactual.question import Question
    from alliance_sim.results import Ensemble
    from alliance_sim.scenario import Scenario

    Floats = NDArray[np.float64]

MOST_BYTES = 2**28  # of noise that histories hold: what is kept for the next question


class UnderCoupling(NamedTuple):
    """What the question comes to under one coupling; `needed` is None where nothing says it."""

    fact: Estimate
    edited: Estimate
    effect: Estimate
    needed: float | None


class Answered(TypedDict):
    """What was run, by the names of `answer.WhatIf`."""

    twins: Mapping[str, TwinWorlds]
    fact: Estimate
    edited: Estimate
    effect: Estimate
    given_history: float | None
    ensemble: Ensembled | None
    anew: Futures | None
    couplings: Mapping[str, tuple[Estimate, float | None]]
    theories: tuple[UnderTheory, ...]


@dataclass(frozen=True, eq=False)
class AllTwins:
    """What was run for a question.

    Attributes:
        base: The factual scenario under the theory that is answered first.
        edited: The edited one.
        past: The histories of that theory.
        twins: Histories and their twins, by coupling.
        couplings: What they come to.
        theories: What the question comes to under each theory, the first one first.
        free: Runs of the factual scenario with parameters of the draws and fresh noise.
        ensemble: Necessity and sufficiency with fresh noise; None for a number.
        anew: What both worlds do by themselves; None for a number.
    """

    base: Scenario
    edited: Scenario
    past: Histories
    twins: Mapping[str, TwinWorlds]
    couplings: Mapping[str, UnderCoupling]
    theories: tuple[UnderTheory, ...]
    free: Ensemble
    ensemble: Ensembled | None
    anew: Futures | None

    def answered(self) -> Answered:
        """Return the part of an answer that was run: what it says under the quantile coupling."""
        fact, edited, effect, needed = self.couplings[QUANTILE]
        return Answered(
            twins=self.twins,
            fact=fact,
            edited=edited,
            effect=effect,
            given_history=needed,
            ensemble=self.ensemble,
            anew=self.anew,
            couplings={name: (one.effect, one.needed) for name, one in self.couplings.items()},
            theories=self.theories,
        )


class Pasts:
    """Histories of posteriors, the last of which are kept: many questions are asked of the same.

    They are those of the posterior's draws, the scenario's digest, the sets of uniforms and the
    seed; nothing else decides them. Not for several threads that ask for the same at once.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Say how many bytes of their noise may be kept."""
        self._most = most_bytes
        self._kept: OrderedDict[tuple[str, int, int, int], tuple[PosteriorDraws, Histories]]
        self._kept = OrderedDict()
        self._one = threading.Lock()

    def of(
        self,
        posterior: PosteriorDraws,
        scenario: Scenario,
        *,
        uniforms: int,
        seed: int,
        threads: int | None = None,
    ) -> Histories:
        """Return what `Histories.of_posterior` does."""
        key = (provenance.scenario_digest(scenario), id(posterior), uniforms, seed)
        with self._one:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][1]
        found = Histories.of_posterior(
            posterior, scenario, uniforms=uniforms, seed=seed, threads=threads
        )
        with self._one:
            self._kept[key] = posterior, found  # kept, so that no other has its id
            while len(self._kept) > 1 and self._bytes() > self._most:
                self._kept.popitem(last=False)
        return found

    def _bytes(self) -> int:
        return sum(
            part.uniforms.nbytes + part.normals.nbytes
            for _, histories in self._kept.values()
            for part in histories.parts
        )


def all_twins(  # noqa: PLR0913 - what is run of one question, by name
    question: Question,
    posteriors: Posteriors,
    *,
    uniforms: int,
    runs: int,
    seed: int,
    threads: int | None = None,
    states: Sequence[str] | None = None,
    pasts: Pasts | None = None,
    told: Callable[[], object] = lambda: None,
) -> AllTwins:
    """Return what a question comes to, under every coupling and theory and with fresh noise.

    Args:
        question: The question.
        posteriors: Draws, of the theory that is answered first and of its rivals.
        uniforms: Sets of uniforms for each draw.
        runs: Pairs of runs with fresh noise.
        seed: Seed of all that is drawn.
        threads: Threads to use, all processors if None; numbers do not depend on it.
        states: States that are kept under the quantile coupling, beside that of the outcome; what
            tables and figures tell of if None.
        pasts: Where histories come from; None makes them for this question alone.
        told: Called after each step: one for each coupling and each rival, one for free runs, and
            for a yes or no two more.

    Raises:
        SettingError: If the draws do not go with the question's scenarios.
    """
    main, outcome = posteriors.main, question.outcome
    of = Pasts().of if pasts is None else pasts.of
    base, edited = question.under(main.theory)
    past = of(main, base, uniforms=uniforms, seed=seed, threads=threads)
    world, twins = EditedWorld(past, edited), {}
    for name in COUPLINGS:
        usual = states if name == QUANTILE else ()
        twins[name] = world.twins(name, states=usual, outcomes=[outcome.text])
        told()

    def rival(other: PosteriorDraws) -> UnderTheory:
        fact, changed = question.under(other.theory)
        histories = of(other, fact, uniforms=uniforms, seed=seed, threads=1)
        worlds = EditedWorld(histories, changed).twins(states=[outcome.state])
        told()
        return _under_theory(question, other.theory, worlds)

    theories = [_under_theory(question, main.theory, twins[QUANTILE])]
    theories += beside_each_other(rival, posteriors.others, threads)
    fresh = partial(simulate, runs=runs, seed=seed, engine=Kernel(threads=threads), posterior=main)
    free = fresh(base)
    told()
    ensemble = anew = None
    if question.binary:
        ensemble = ensembled(question, free, fresh(edited), draws=len(main))
        told()
        anew = futures(base, edited, past, outcome.text, twins=twins[INDEPENDENT])
        told()
    couplings = {name: under_coupling(question, worlds) for name, worlds in twins.items()}
    return AllTwins(base, edited, past, twins, couplings, tuple(theories), free, ensemble, anew)


def under_coupling(question: Question, worlds: TwinWorlds) -> UnderCoupling:
    """Return what a question comes to among histories and their twins."""
    fact, edited = both_worlds(question, worlds)
    one, other, difference = (
        estimate_of(values, worlds.draws, binary=question.binary)
        for values in (fact, edited, edited - fact)
    )
    with_it = (fact == 1.0) & np.isfinite(edited)
    needed = None
    if question.binary and with_it.any():
        needed = float((edited[with_it] == 0.0).mean())
    return UnderCoupling(one, other, difference, needed)


def _under_theory(question: Question, theory: str, worlds: TwinWorlds) -> UnderTheory:
    fact, edited, effect, _ = under_coupling(question, worlds)
    one, other = both_worlds(question, worlds)
    spread = likely(other - one, worlds.draws, binary=question.binary)
    return UnderTheory(theory, fact, edited, effect, spread[np.isfinite(spread)], worlds.draws)


def ensembled(question: Question, factual: Ensemble, edited: Ensemble, *, draws: int) -> Ensembled:
    """Return necessity and sufficiency of pairs of runs with fresh noise, the same in each pair.

    Args:
        question: The question, whose outcome happens or does not.
        factual: Runs of the factual world.
        edited: Runs of the edited one with the same noise, pair by pair.
        draws: How many draws of parameters they take turns with.

    Raises:
        SettingError: If a run of every pair failed.
    """
    fact, other, numbers = whole_pairs(question, factual, edited)
    y1, y0, draw = fact == 1.0, other == 1.0, numbers % draws
    do1, do0 = float(y1.mean()), float(y0.mean())
    joint = [[(1 - do0) / 2, do0 / 2], [(1 - do1) / 2, do1 / 2]]  # each world half of the time
    return Ensembled(
        necessity=float((~y0[y1]).mean()) if y1.any() else None,
        sufficiency=float(y1[~y0].mean()) if not y0.all() else None,
        both=float((y1 & ~y0).mean()),
        bounds=causation_bounds(joint, do1, do0),
        pairs=len(y1),
        errors={
            "PN": share_error(~y0[y1], draw[y1]),
            "PS": share_error(y1[~y0], draw[~y0]),
            "PNS": share_error(y1 & ~y0, draw),
        },
    )


def share_error(happened: NDArray[np.bool_], draw: NDArray[np.int64]) -> float | None:
    """Return the standard error of a share of runs, None if it is one of nothing.

    Runs of one draw are alike, so it is that of a ratio of sums over draws. It is at least the
    standard deviation of the share after as many trials, under Jeffreys' prior, so that none of few
    is not told as exactly none.

    Args:
        happened: Whether it did, array (run,).
        draw: Which draw each run has, array (run,).
    """
    if not happened.size:
        return None
    a = float(happened.sum()) + 0.5
    b = happened.size + 1.0 - a
    least = float(np.sqrt(a * b / (a + b + 1.0)) / (a + b))
    by_draw = error_over_draws(happened, draw)
    return least if by_draw is None else max(least, by_draw)


def error_over_draws(values: NDArray[Any], draw: NDArray[np.int64]) -> float | None:
    """Return the standard error of a mean over runs, those of one draw being alike: of a ratio.

    Args:
        values: Numbers, or whether something happened, array (run,).
        draw: Which draw each run has, array (run,).

    Returns:
        The error; None of a single draw, of which it cannot be told.
    """
    off = np.bincount(draw, weights=values - values.mean())
    count = len(np.unique(draw))
    if count < 2:
        return None
    return float(np.sqrt((off @ off) * count / (count - 1))) / values.size


def whole_pairs(
    question: Question, factual: Ensemble, edited: Ensemble
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return the outcome in both worlds of the pairs in which no run failed, and their numbers.

    Returns:
        Three arrays (pair,).

    Raises:
        SettingError: If there is no such pair.
    """
    fact, other = (outcome_of(question, runs) for runs in (factual, edited))
    whole = np.isfinite(fact) & np.isfinite(other)
    if not whole.any():
        raise SettingError(WHERE, ["a run of every pair failed, so there is nothing to tell"])
    return fact[whole], other[whole], factual.numbers[whole]
