"""Answers of the package beside what the page is given, for the tests of the page.

    python -m tests.lab.page_answers --write

writes `page/tests/unit/data/answers.json`: questions put to some of the shipped draws, outcomes
of every history in both worlds, and what `page_answer` says of them. Vitest reads it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from alliance_sim import Scenario, load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.counterfactual import all_twins
from alliance_sim.counterfactual.all_twins import Pasts
from alliance_sim.counterfactual.answering import answered
from alliance_sim.counterfactual.couplings import COUPLINGS, INDEPENDENT, QUANTILE
from alliance_sim.counterfactual.estimates import outcome_of
from alliance_sim.counterfactual.posteriors import Posteriors, posteriors_of
from alliance_sim.counterfactual.question import Question, ask
from alliance_sim.counterfactual.rivals import weights_of
from alliance_sim.counterfactual.stored_checks import StoredCheck, StoredChecks
from alliance_sim.counterfactual.worlds import EditedWorld, TwinWorlds, twin_worlds
from alliance_sim.engine.simulate import simulate
from alliance_sim.lab import answers
from alliance_sim.lab.answers import fresh_answer, page_answer
from alliance_sim.lab.beforehand import plain_checks
from alliance_sim.lab.payload import payload_of
from alliance_sim.provenance import scenario_digest
from alliance_sim.results import Ensemble
from alliance_sim.scenario.theories import LATTICE, theory_of, with_theory
from alliance_sim.shipped import usual_scenario
from tests.lab.few_draws import few
from tests.lab.kept_json import as_json, compare_or_write

PAGE = Path(__file__).parents[2] / "src" / "alliance_sim" / "lab" / "page"
PLACE = PAGE / "tests" / "unit" / "data" / "answers.json"
THEORIES = {"RID": 100, "ID": 20, "RI": 20}  # so many draws of each
UNIFORMS, RUNS, SEED = 2, 400, 3
BEFORE = 2  # of the first questions `whatif` is asked beforehand
KEPT = ("scenario", "record", "theories", "weighing", "states", "outcomes", "junctures", "leaders",
        "motives", "rungs", "councils", "relationship", "periods", "members",
        "threats")  # fmt: skip
QUESTIONS = (
    (("without nine_eleven",), "rung>=8@2014"),
    (("council weighted_majority",), "passed_tokyo_office>=1@2025"),
    (("shift abe_second_government:+16", "council leader"), "level_equipment>0.5@2024"),
    (("strength ukraine_2022:0.5", "motive leverage=on"), "rung>=10@2024Q2"),
    (("without isaf", "without crimea_2014"), "max(level_operations>0.5)@2003..2014"),
    (("set levels.pace=1.5", "leader koizumi=none", "shift isaf:2005-03-01:stays",
      "member canada:offset=1", "without nine_eleven"), "sum(count_operations)@2001..2012>=20"),
    (("hold rung=3@2012", "hold level_operations=0.1@2003..2010"), "level_equipment>0.5@2016"),
    (("without nine_eleven", "keep anti_terrorism_law", "hold hostility_terrorism=0.25@2004-02-01"),
     "sum(count_political)@2004..2012>=20"),
    (("without nine_eleven", "shift isaf:+4", "council leader"), "max(rung>=8)@1990..2001Q3"),
    (("set member.united_kingdom.offset=0.5", "member northern_group:accession.1.weight=0.05"),
     "mean(level_political)@2001Q4..2012>0.3333333"),
)  # fmt: skip


def bits(values: np.ndarray) -> str:
    """Return yes or no by history as a text of ones and zeros."""
    return "".join("1" if value == 1.0 else "0" for value in values.tolist())


@cache
def draws() -> Posteriors:
    """Return the draws that the page is taken to have."""
    base = load_scenario(usual_scenario())
    return few(posteriors_of("shipped", base), THEORIES)


@contextmanager
def made_once() -> Iterator[None]:
    """Let runs with fresh noise be made once, whoever asks for them.

    An answer with histories, one without and what the page is given all tell of the same.
    """
    kept: dict[tuple[Any, ...], Ensemble] = {}
    plain = simulate

    def runs_of(scenario: Scenario, *, runs: int, seed: int, posterior: Any, **more: Any) -> Any:
        key = scenario_digest(scenario), runs, seed, id(posterior)
        if key not in kept:
            kept[key] = plain(scenario, runs=runs, seed=seed, posterior=posterior, **more)
        return kept[key]

    with ExitStack() as stack:
        for place in (all_twins, answers, sys.modules[__name__]):
            stack.enter_context(patch.object(place, "simulate", runs_of))
        yield


def outcomes(question: Question, worlds: TwinWorlds) -> list[str]:
    """Return the outcome of every history and of its twin."""
    return [bits(outcome_of(question, one)) for one in (worlds.factual, worlds.edited)]


def under(question: Question, posterior: PosteriorDraws) -> tuple[Scenario, Scenario]:
    """Return both worlds under the theory of some draws."""
    theory = theory_of(posterior.theory)
    return with_theory(question.base, theory), with_theory(question.edited, theory)


def given(question: Question, pasts: Pasts) -> dict[str, Any]:
    """Return what the page's engine would hand over."""
    posteriors = draws()
    main = posteriors.main
    base, edited = under(question, main)
    past = pasts.of(main, base, uniforms=UNIFORMS, seed=SEED)
    told: dict[str, Any] = {"draws": past.draws, "couplings": {}, "theories": {}}
    states = [question.outcome.state]
    world = EditedWorld(past, edited)
    for name in COUPLINGS:
        worlds = world.twins(name, states=states)
        told["couplings"][name] = outcomes(question, worlds)
        if name == QUANTILE:
            told["touched"] = worlds.touched
        if name == INDEPENDENT:
            first = worlds.touched
            again = twin_worlds(base, base, past, coupling=name, states=states, anew_from=first)
            told["anew"] = bits(outcome_of(question, again.edited))
    for other in posteriors.others:
        own, its = under(question, other)
        histories = pasts.of(other, own, uniforms=UNIFORMS, seed=SEED)
        worlds = twin_worlds(own, its, histories, states=states)
        told["theories"][other.theory] = outcomes(question, worlds)
    told["fresh"] = [
        bits(outcome_of(question, simulate(one, runs=RUNS, seed=SEED, posterior=main)))
        for one in (base, edited)
    ]
    return told


def asked_beforehand(base: Scenario, pasts: Pasts) -> StoredChecks:
    """Return what `whatif` tries of the first questions with the draws that the page has."""
    checks = tuple(
        StoredCheck.of(
            answered(
                ask(base, edits, text),
                draws(),
                uniforms=UNIFORMS,
                runs=RUNS,
                seed=SEED,
                pasts=pasts,
            ),
            edits,
        )
        for edits, text in QUESTIONS[:BEFORE]
    )
    return StoredChecks(
        scenario="", draws={}, theory=draws().main.theory, uniforms=UNIFORMS, seed=SEED,
        command="", checks=checks,
    )  # fmt: skip


def made() -> dict[str, Any]:
    """Return everything that the page's tests read."""
    base = load_scenario(usual_scenario())
    posteriors = draws()
    weights = weights_of([posteriors.main, *posteriors.others])
    missing = [name for name in LATTICE if name not in THEORIES]
    payload = payload_of(base, draws=False)
    kept = {name: payload[name] for name in KEPT}
    kept["record"] = {"edition": payload["record"]["edition"], "held": payload["record"]["held"]}
    counts = {one.theory: len(one) for one in (posteriors.main, *posteriors.others)}
    kept["numbers"] = [one for one in payload["numbers"] if one["path"].startswith("motives.")]
    kept["time"] = payload["frame"]["time"]
    kept["editable"] = {"junctures": {name: {} for name in payload["editable"]["junctures"]}}
    for one in kept["theories"]:
        one["draws"] = counts.get(one["name"], 0)
    cases, pasts = [], Pasts()
    before = asked_beforehand(base, pasts)
    kept["asked_before"] = plain_checks(before)
    for edits, outcome in QUESTIONS:
        question = ask(base, edits, outcome)
        answer = page_answer(
            question,
            posteriors,
            weights=weights,
            missing=missing,
            uniforms=UNIFORMS,
            runs=RUNS,
            seed=SEED,
            pasts=pasts,
            before=(tried := before.of(edits, outcome)),
        )
        fresh = fresh_answer(question, runs=RUNS, seed=SEED, posterior=posteriors.main)
        cases.append(
            {
                "edits": list(question.edits),
                "outcome": question.outcome.text,
                "given": given(question, pasts),
                "answer": answer,
                "whatif": None if tried is None else tried.label,
                "fresh": fresh,
            }
        )
    return {"payload": kept, "uniforms": UNIFORMS, "runs": RUNS, "seed": SEED, "cases": cases}


def text() -> str:
    """Return the file as it should be."""
    with made_once():
        return as_json(made())


if __name__ == "__main__":
    sys.exit(compare_or_write(text, PLACE, name="tests.lab.page_answers", about=__doc__))
