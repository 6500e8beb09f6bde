"""The numbers that a link of the page shows, worked out by the package."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim import provenance
from alliance_sim.calibration.stored import shipped_forecasts
from alliance_sim.counterfactual.all_twins import Pasts
from alliance_sim.counterfactual.estimates import estimate_of
from alliance_sim.counterfactual.posteriors import Posteriors, posteriors_of
from alliance_sim.counterfactual.question import Question, ask
from alliance_sim.counterfactual.rivals import Weights, weights_of
from alliance_sim.counterfactual.stored_checks import StoredCheck, StoredChecks, shipped_checks
from alliance_sim.counterfactual.worlds import twin_worlds
from alliance_sim.engine.simulate import simulate
from alliance_sim.errors import AllianceSimError, SettingError, explains_calls, shown
from alliance_sim.lab.answers import fresh_answer, page_answer
from alliance_sim.lab.link import (
    DIGEST,
    FRESH,
    WHERE,
    Beginning,
    LinkQuestion,
    parameters_of,
    read_link,
)
from alliance_sim.lab.payload import draws_problem, offered
from alliance_sim.recent import Recent
from alliance_sim.results.draws import USUAL
from alliance_sim.results.outcomes import is_binary, outcome_by_run, parse_outcome
from alliance_sim.scenario import Scenario, load_scenario, shipped_scenarios
from alliance_sim.scenario.theories import LATTICE, own_theory, theory_of, with_theory
from alliance_sim.shipped import usual_scenario
from alliance_sim.world.state import state_names

if TYPE_CHECKING:
    import os

    from alliance_sim.results.outcomes import Outcome


MOST_PAGES = 4  # whose draws and weights are kept for the next link


@explains_calls
def solution(
    link: str,
    scenario: Scenario | str | os.PathLike[str] | None = None,
    *,
    draws: bool = True,
) -> dict[str, Any]:
    """Return the numbers that the page shows for a link.

    What links of one page share is worked out for the first of them and kept for the next.

    Args:
        link: The page's address, or the part of it behind the #.
        scenario: The scenario of the page, a name or a file; if left out, the shipped one that the
            link says it is of, or the usual one where it says none.
        draws: Whether the page has the draws that ship for the scenario, False for one that was
            exported with `--no-draws`.

    Returns:
        What was asked (`edits`, `outcome`, `theory`, `noise`, `seed`) and what it comes to, by the
        keys of `alliance-sim whatif --json`: `fact`, `edited` and `effect`, each with its
        probability and, over draws, `low` and `high`; `necessity`, `sufficiency`, `both` and
        `bounds`; and, given the history, `couplings`, `theories`, `agreement`, `label`, `reasons`,
        `card`, `assumed` and `sentence`; `readings`, by name, is the effect under other readings of
        the record, for questions that the package was asked beforehand. Without edits only the
        first three.

    Raises:
        SettingError: Naming all that is wrong with the link or with what it asks.
        ScenarioError: If the scenario cannot be read.
    """
    if problem := draws_problem(draws):
        raise SettingError(WHERE, [problem])
    said = parameters_of(link)
    base = _scenario_of(said.get("of", [None])[0], scenario)
    held = _held(base, draws=draws)
    asked = read_link(said, held.beginning)
    mine = {key: getattr(asked, key) for key in ("theory", "noise", "seed")}
    if asked.edits:
        question = ask(base, asked.edits, asked.outcome)
        if not question.binary:
            raise SettingError(WHERE, [_no_yes_or_no(asked.outcome)])
        with held.one:
            found = _answer(question, asked, held)
    else:
        with held.one:
            found = _unedited(base, asked, held)
    return {**found, **mine}


class _Held:
    """What the page of a scenario has, whatever its links ask.

    Attributes:
        posteriors: The draws that come with it; None where it has none.
        by_name: The same by theory.
        beginning: What the page begins with.
        pasts: Histories that were asked of.
        one: Held by whoever asks: histories are not for several threads at once.
    """

    def __init__(self, base: Scenario, *, draws: bool) -> None:
        self.base, self.posteriors = base, _posteriors(base) if draws else None
        self.by_name: dict[str, Any] = {}
        if self.posteriors is not None:
            every = (self.posteriors.main, *self.posteriors.others)
            self.by_name = {one.theory: one for one in every}
        self.beginning = Beginning(
            provenance.scenario_digest(base),
            offered(base)[0],
            tuple(dict.fromkeys((own_theory(base).name, *LATTICE))),
            self.posteriors is not None,
            {name: len(one) for name, one in self.by_name.items()},
        )
        self.pasts, self.one = Pasts(), threading.Lock()

    @cached_property
    def weights(self) -> Weights:
        """What the theories of the draws weigh."""
        return weights_of(list(self.by_name.values()), shipped_forecasts(self.base)[0])

    @cached_property
    def checks(self) -> StoredChecks | None:
        """What was tried of some questions beforehand; None where nothing comes along."""
        if self.posteriors is None:
            return None
        return shipped_checks(self.base, self.posteriors)[0]

    def before(self, asked: LinkQuestion) -> StoredCheck | None:
        """Return what was tried of the very question beforehand, None if nothing was."""
        found = self.checks
        mine = (asked.theory, asked.runs, asked.seed)
        if found is None or mine != (found.theory, found.uniforms, found.seed):
            return None
        return found.of(asked.edits, asked.outcome)


_pages: Recent[tuple[str, bool], _Held] = Recent(MOST_PAGES)


def _held(base: Scenario, *, draws: bool) -> _Held:
    """Return what the page of a scenario has; that of the last few is kept.

    Kept by all that the scenario says: draws hang on its relationship and its priors too, which
    its digest leaves out.
    """
    return _pages.get((base.model_dump_json(), draws), lambda: _Held(base, draws=draws))


def _scenario_of(digest: str | None, given: Scenario | str | os.PathLike[str] | None) -> Scenario:
    """Return the scenario that a link is of."""
    if isinstance(given, Scenario):
        return given
    if given is not None:
        return load_scenario(given)
    if digest is None:
        return load_scenario(usual_scenario())
    for name in (usual_scenario(), *shipped_scenarios()):
        found = load_scenario(name)
        if provenance.scenario_digest(found)[:DIGEST] == digest:
            return found
    problem = (
        f"of is {shown(digest, 40)}, which is no scenario that comes with this version; give the "
        "scenario too: solution(link, 'mine.toml')"
    )
    raise SettingError(WHERE, [problem])


def _posteriors(base: Scenario) -> Posteriors | None:
    """Return the draws that come with the page of a scenario, None if none do."""
    try:
        return posteriors_of(USUAL, base)
    except AllianceSimError:
        return None


def _answer(question: Question, asked: LinkQuestion, held: _Held) -> dict[str, Any]:
    by_name = held.by_name
    main = by_name.get(asked.theory)
    if asked.noise == FRESH:
        theory = theory_of(asked.theory)
        under = replace(
            question,
            base=with_theory(question.base, theory),
            edited=with_theory(question.edited, theory),
        )
        return fresh_answer(under, runs=asked.runs, seed=asked.seed, posterior=main)
    if main is None:
        raise SettingError(WHERE, [_no_draws(asked.theory, tuple(by_name))])
    others = tuple(one for name, one in by_name.items() if name != asked.theory)
    return page_answer(
        question,
        Posteriors(main, others),
        weights=held.weights,
        missing=[name for name in held.beginning.theories if name not in by_name],
        uniforms=asked.runs,
        seed=asked.seed,
        pasts=held.pasts,
        before=held.before(asked),
    )


def _unedited(base: Scenario, asked: LinkQuestion, held: _Held) -> dict[str, Any]:
    """Return what is shown where nothing is edited: the fact, which nothing differs from."""
    names, calendar = state_names(base), base.calendar()
    outcome = parse_outcome(asked.outcome, states=names, calendar=calendar)
    if not is_binary(outcome):
        raise SettingError(WHERE, [_no_yes_or_no(asked.outcome)])
    main = held.by_name.get(asked.theory)
    under = with_theory(base, theory_of(asked.theory))
    if asked.noise == FRESH:
        runs = simulate(under, runs=asked.runs, seed=asked.seed, posterior=main)
        values = outcome_by_run(outcome, runs)
        whole = values[np.isfinite(values)]
        if not len(whole):
            raise SettingError(WHERE, ["every run failed, so there is nothing to tell"])
        fact: dict[str, float] = {"probability": float(whole.mean())}
        return _same(outcome, fact, runs=asked.runs)
    if main is None:
        raise SettingError(WHERE, [_no_draws(asked.theory, tuple(held.by_name))])
    past = held.pasts.of(main, under, uniforms=asked.runs, seed=asked.seed)
    worlds = twin_worlds(under, under, past, states=[outcome.state])
    values = outcome_by_run(outcome, worlds.factual)
    found = estimate_of(values, worlds.draws, binary=True)
    told = {"probability": found.value, "low": found.low, "high": found.high}
    return _same(outcome, told, histories=worlds.histories, draws=len(main))


def _same(outcome: Outcome, fact: dict[str, float], **more: int) -> dict[str, Any]:
    nothing = dict.fromkeys(fact, 0.0)
    return {
        "edits": [],
        "outcome": outcome.text,
        "fact": fact,
        "edited": fact,
        "effect": nothing,
        **more,
    }


def _no_draws(theory: str, known: tuple[str, ...]) -> str:
    has = f"it has those of {', '.join(known)}" if known else "it has none"
    return f"theory is {theory!r}, of which the page has no draws ({has}); ask for noise={FRESH}"


def _no_yes_or_no(outcome: str) -> str:
    return (
        f"outcome {shown(outcome, 40)} is a number, and the page shows what happens or does not; "
        f"compare it, as in rung>=2@2010"
    )
