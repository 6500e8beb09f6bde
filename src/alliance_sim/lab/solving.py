"""The numbers that a link of the page shows, worked out by the package."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alliance_sim import provenance
from alliance_sim.calibration.stored import shipped_forecasts
from alliance_sim.counterfactual.estimates import estimate_of
from alliance_sim.counterfactual.histories import Histories
from alliance_sim.counterfactual.posteriors import Posteriors, posteriors_of
from alliance_sim.counterfactual.question import Question, ask
from alliance_sim.counterfactual.rivals import Weights, weights_of
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
from alliance_sim.lab.payload import offered
from alliance_sim.results.draws import USUAL
from alliance_sim.results.outcomes import evaluate, is_binary, parse_outcome
from alliance_sim.scenario import Scenario, load_scenario, shipped_scenarios
from alliance_sim.scenario.theories import LATTICE, own_theory, theory_of, with_theory
from alliance_sim.shipped import usual_scenario
from alliance_sim.world.state import state_names

if TYPE_CHECKING:
    import os

    from alliance_sim.results.outcomes import Outcome


@explains_calls
def solution(
    link: str,
    scenario: Scenario | str | os.PathLike[str] | None = None,
    *,
    draws: bool = True,
) -> dict[str, Any]:
    """Return the numbers that the page shows for a link.

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
        `card`, `assumed` and `sentence`. Without edits only the first three.

    Raises:
        SettingError: Naming all that is wrong with the link or with what it asks.
        ScenarioError: If the scenario cannot be read.
    """
    said = parameters_of(link)
    base = _scenario_of(said.get("of", [None])[0], scenario)
    posteriors = _posteriors(base) if draws else None
    theories = tuple(dict.fromkeys((own_theory(base).name, *LATTICE)))
    beginning = Beginning(
        provenance.scenario_digest(base), offered(base)[0], theories, posteriors is not None
    )
    asked = read_link(said, beginning)
    mine = {key: getattr(asked, key) for key in ("theory", "noise", "seed")}
    if asked.edits:
        question = ask(base, asked.edits, asked.outcome)
        if not question.binary:
            raise SettingError(WHERE, [_no_yes_or_no(asked.outcome)])
        found = _answer(question, asked, posteriors, theories)
    else:
        found = _unedited(base, asked, posteriors)
    return {**found, **mine}


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


def _answer(
    question: Question,
    asked: LinkQuestion,
    posteriors: Posteriors | None,
    theories: tuple[str, ...],
) -> dict[str, Any]:
    by_name = {} if posteriors is None else _by_theory(posteriors)
    main = by_name.get(asked.theory)
    if asked.noise == FRESH or posteriors is None:
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
        weights=_weights(question.base, posteriors),
        missing=[name for name in theories if name not in by_name],
        uniforms=asked.runs,
        seed=asked.seed,
    )


def _by_theory(posteriors: Posteriors) -> dict[str, Any]:
    return {one.theory: one for one in (posteriors.main, *posteriors.others)}


def _weights(base: Scenario, posteriors: Posteriors) -> Weights:
    return weights_of([posteriors.main, *posteriors.others], shipped_forecasts(base)[0])


def _unedited(base: Scenario, asked: LinkQuestion, posteriors: Posteriors | None) -> dict[str, Any]:
    """Return what is shown where nothing is edited: the fact, which nothing differs from."""
    names, calendar = state_names(base), base.calendar()
    outcome = parse_outcome(asked.outcome, states=names, calendar=calendar)
    if not is_binary(outcome):
        raise SettingError(WHERE, [_no_yes_or_no(asked.outcome)])
    main = None if posteriors is None else _by_theory(posteriors).get(asked.theory)
    under = with_theory(base, theory_of(asked.theory))
    if asked.noise == FRESH:
        runs = simulate(under, runs=asked.runs, seed=asked.seed, posterior=main)
        values = evaluate([outcome], runs.states, runs.values, runs.calendar)[:, 0]
        fact: dict[str, float] = {"probability": float(values.mean())}
        return _same(outcome, fact, runs=asked.runs)
    if main is None or posteriors is None:
        known = () if posteriors is None else tuple(_by_theory(posteriors))
        raise SettingError(WHERE, [_no_draws(asked.theory, known)])
    past = Histories.of_posterior(main, under, uniforms=asked.runs, seed=asked.seed)
    worlds = twin_worlds(under, under, past, states=[outcome.state])
    values = evaluate([outcome], worlds.factual.states, worlds.factual.values, calendar)[:, 0]
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
