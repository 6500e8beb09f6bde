"""Pairs of runs with noise of their own: one that failed is left out of all that is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from alliance_sim import Scenario, SettingError, load_scenario, simulate
from alliance_sim.counterfactual.question import ask
from alliance_sim.lab import answers, solving
from alliance_sim.lab.answers import fresh_answer
from alliance_sim.lab.solving import solution
from alliance_sim.results.outcomes import parse_outcome

if TYPE_CHECKING:
    from alliance_sim import Ensemble

ISLANDS = load_scenario("two_islands/baseline")
STEP = "rung>=1@2008"
RUNS = 40


def failing(places: dict[str, list[int]]) -> Any:
    """Return what simulates with some runs failed: of the factual world and of any other."""

    def run(scenario: Scenario, **named: Any) -> Ensemble:
        found = simulate(scenario, **named)
        values = found.values.copy()
        values[places["fact" if scenario.name == ISLANDS.name else "edited"]] = np.nan
        return replace(found, values=values)

    return run


def _rungs(runs: Ensemble) -> Any:
    """Return the rung held at the end of 2008, array (run,)."""
    return runs.column("rung")[
        :, parse_outcome(STEP, states=runs.states, calendar=runs.calendar).stop - 1
    ]


def test_a_pair_with_a_failed_run_is_left_out_of_both_worlds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    question = ask(ISLANDS, ["without great_raid"], STEP)
    fact, edited = (
        _rungs(simulate(world, runs=RUNS, seed=5))[2:] >= 1 for world in (ISLANDS, question.edited)
    )
    monkeypatch.setattr(answers, "simulate", failing({"fact": [0], "edited": [1]}))
    found = fresh_answer(question, runs=RUNS, seed=5)
    assert found["fact"]["probability"] == pytest.approx(fact.mean())
    assert found["edited"]["probability"] == pytest.approx(edited.mean())
    assert found["effect"]["probability"] == pytest.approx(edited.mean() - fact.mean())
    assert found["both"] == pytest.approx((fact & ~edited).mean())
    everywhere = list(range(RUNS))
    monkeypatch.setattr(answers, "simulate", failing({"fact": everywhere, "edited": []}))
    with pytest.raises(SettingError, match="a run of every pair failed"):
        fresh_answer(question, runs=RUNS, seed=5)


def test_a_failed_run_is_left_out_where_nothing_is_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    link = f"#v=1&noise=fresh&runs={RUNS}&seed=5&outcome=rung%3E%3D1%402008"
    whole = _rungs(simulate(ISLANDS, runs=RUNS, seed=5))
    monkeypatch.setattr(solving, "simulate", failing({"fact": [0]}))
    found = solution(link, ISLANDS)
    assert found["fact"]["probability"] == pytest.approx((whole[1:] >= 1).mean())
    monkeypatch.setattr(solving, "simulate", failing({"fact": list(range(RUNS))}))
    with pytest.raises(SettingError, match="every run failed"):
        solution(link, ISLANDS)
