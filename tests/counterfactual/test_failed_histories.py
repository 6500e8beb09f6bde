"""A history that failed is no evidence for an edit, nor against it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alliance_sim import load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.counterfactual import attribute, rewrite, whatif
from alliance_sim.counterfactual.card import plausibility_card
from alliance_sim.results.outcomes import evaluate, outcome_by_run

pytestmark = pytest.mark.slow

ISLANDS, STEP = load_scenario("two_islands/baseline"), "rung>=2@2008"
FEW: dict[str, Any] = {"uniforms": 1, "seed": 3}


def test_histories_that_failed_say_nothing_of_what_differs_before_the_edit(
    islands_posterior: PosteriorDraws,
) -> None:
    answer = whatif(
        ISLANDS, without="great_raid", outcome=STEP, posterior=islands_posterior, **FEW, runs=20
    )
    failed = {}
    for name in ("factual", "edited"):
        runs = getattr(answer.worlds, name)
        values = runs.values.copy()
        values[0] = np.nan
        failed[name] = replace(runs, values=values)
    card = plausibility_card(
        answer.question, islands_posterior, replace(answer.worlds, **failed), answer.agreed
    )
    (check,) = (one for one in card.checks if one.check == "minimal rewrite")
    assert check == next(one for one in answer.card if one.check == "minimal rewrite")


def test_histories_that_failed_are_neither_as_wanted_nor_not(
    islands_posterior: PosteriorDraws, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = evaluate

    def some_failed(*given: Any) -> Any:
        found = plain(*given).copy()
        found[::2] = np.nan
        found[1::2] = 1.0
        return found

    for module in ("counterfactual.rewriting", "results.outcomes"):
        monkeypatch.setattr(f"alliance_sim.{module}.evaluate", some_failed)
    few: dict[str, Any] = FEW | {"shifts": (), "strengths": (0.5,), "most": 1}
    found = rewrite(ISLANDS, outcome=STEP, wanted=False, posterior=islands_posterior, **few)
    assert found.fact.value == 0.0
    assert {one.value for one in found.searched.tried} == {0.0}


def test_histories_that_failed_in_one_world_are_left_out_of_all_that_is_shared_out(
    islands_posterior: PosteriorDraws, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("great_raid", "joint_patrol")
    asked: dict[str, Any] = {"outcome": "level_operations>0.3@2010", "uniforms": 2, "seed": 3}
    whole = attribute(ISLANDS, names, posterior=islands_posterior, **asked)
    plain, worlds = outcome_by_run, []

    def some_failed(*given: Any) -> Any:
        found = plain(*given).copy()
        worlds.append(len(found))
        if len(worlds) == 2:  # of four
            found[[0, 5, 64 + 5]] = np.nan
        return found

    game = "alliance_sim.counterfactual.juncture_game.outcome_by_run"
    monkeypatch.setattr(game, some_failed)
    found = attribute(ISLANDS, names, posterior=islands_posterior, **asked)
    assert len(worlds) == 4
    assert (found.failed, found.histories) == (3, whole.histories - 3)
    assert "Left out, as they failed in some world: 3 histories." in found.about
    kept = np.delete(np.arange(64), 5)  # of draw 5 nothing is left
    assert found.effect.shape == (63,)
    same = kept[kept > 0]
    assert np.array_equal(found.effect[1:], whole.effect[same])
    for by in found.draws.values():
        assert all(np.isfinite(one).all() and one.shape == (63,) for one in by.values())
