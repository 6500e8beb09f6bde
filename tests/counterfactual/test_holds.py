"""Twins of a history in which a state is held: they part with its window, as engine runs do."""

from __future__ import annotations

import numpy as np
import pytest

from alliance_sim import (
    Kernel,
    ScenarioError,
    SettingError,
    compare,
    load_scenario,
    model,
    noise_of_seed,
    simulate,
)
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.counterfactual import whatif
from alliance_sim.counterfactual.histories import Histories
from alliance_sim.counterfactual.question import ask
from alliance_sim.counterfactual.worlds import twin_worlds
from alliance_sim.world.state import state_names

ISLANDS = load_scenario("two_islands/baseline")
STATES = state_names(ISLANDS)
HELD = ISLANDS.edited("hold level_operations=0.1@2004Q2..2006", "hold rung=1@2005")
TRUTH = {"seed": 2026, "first_run": 3}


@pytest.fixture(scope="module")
def islands(islands_posterior: PosteriorDraws) -> Histories:
    return Histories.of_posterior(islands_posterior, ISLANDS, seed=4, threads=1)


@pytest.mark.parametrize("coupling", ["quantile", "thinning", "redraw_after", "independent"])
def test_nothing_differs_before_the_window(islands: Histories, coupling: str) -> None:
    twins = twin_worlds(ISLANDS, HELD, islands, coupling=coupling, states=STATES)
    assert twins.touched == 13
    assert not np.any(twins.edited.values[:, :13] != twins.factual.values[:, :13])
    assert (twins.edited.column("level_operations")[:, 13:24] == 0.1).all()
    assert (twins.edited.column("rung")[:, 16:20] == 1.0).all()
    assert twins.effect("level_political")[:, 24:].any()


def test_a_twin_that_is_held_is_the_same_from_wherever_it_is_run(islands: Histories) -> None:
    late = twin_worlds(ISLANDS, HELD, islands, states=STATES)
    for start in (0, 5):
        early = twin_worlds(ISLANDS, HELD, islands, states=STATES, start=start)
        assert np.array_equal(early.edited.values, late.edited.values)


def test_with_noise_known_a_held_twin_differs_as_two_engine_runs_do() -> None:
    noise = noise_of_seed(ISLANDS, runs=1, **TRUTH)
    twins = twin_worlds(ISLANDS, HELD, Histories.of_noise(ISLANDS, noise), states=STATES)
    mine, its = (
        simulate(scenario, runs=1, seed=0, engine=Kernel(threads=1, noise=noise))
        for scenario in (ISLANDS, HELD)
    )
    assert twins.factual.values.tobytes() == mine.values.tobytes()
    assert twins.edited.values.tobytes() == its.values.tobytes()
    assert np.abs(twins.effect("level_political")).max() > 0.01


def test_a_state_held_where_the_history_has_it_has_no_effect_at_all(islands: Histories) -> None:
    factual = twin_worlds(ISLANDS, ISLANDS, islands, states=["rung"]).factual.column("rung")
    assert (factual == factual[0]).all()  # it is on record
    calendar = ISLANDS.calendar()
    holds = [f"hold rung={float(r):g}@{calendar.label(q)}" for q, r in enumerate(factual[0])][12:]
    twins = twin_worlds(ISLANDS, ISLANDS.edited(*holds), islands, states=STATES)
    assert twins.touched == 12
    assert np.array_equal(twins.edited.values, twins.factual.values)


def test_the_answer_carries_what_is_held(islands_posterior: PosteriorDraws) -> None:
    asked = {
        "outcome": "mean(level_equipment)@2003..2010",
        "posterior": islands_posterior,
        "runs": 64,
    }
    found = whatif(ISLANDS, hold="level_operations=0.1@2003..2007", uniforms=1, **asked)  # type: ignore[arg-type]
    tree = found.as_tree()
    assert tree["edits"] == tree["held"] == ["hold level_operations=0.1@2003..2007"]
    assert found.question.touched.year == 2003
    checks = {check.check: check for check in found.card}
    assert checks["minimal rewrite"].verdict == checks["cotenability"].verdict == "not available"
    assert "level_operations=0.1" in checks["clarity"].words
    assert any("put in its place" in sentence for sentence in found.assumed)
    assert "level operations held at 0.1 from 2003 to 2007" in found.answer
    assert found.effect.value < 0.0


def test_a_comparison_of_held_worlds_tells_when_they_part() -> None:
    found = compare(ISLANDS, HELD, runs=20, seed=1)
    (label,) = found.edited
    assert str(found.touched[label]) == "2004-04-01"
    assert "held at 0.1" in label


def test_questions_about_holds_that_make_no_sense_are_refused() -> None:
    wrong = {
        "hold rung=9@2003": "above the ladder",
        "hold rung=1@2003..2012": "must be from 2001 to 2010",
        "hold count_political=1@2004": "nothing in the model follows",
    }
    with pytest.raises(SettingError) as caught:
        ask(ISLANDS, list(wrong), "rung>=2@2010")
    assert len(caught.value.problems) >= len(wrong)
    for words in wrong.values():
        assert words in str(caught.value)
    with pytest.raises(SettingError, match="touch nothing before 2009Q1"):
        ask(ISLANDS, ["hold rung=1@2009"], "level_political>0.5@2008")
    with pytest.raises(SettingError, match=r"is what 'hold rung=2@2009[.][.]2010' says"):
        ask(ISLANDS, ["hold rung=2@2009..2010"], "rung>=2@2010")


def test_what_happened_was_held_by_nobody(islands_posterior: PosteriorDraws) -> None:
    with pytest.raises(SettingError, match="held by nobody"):
        Histories.of_posterior(islands_posterior, HELD)
    with pytest.raises(SettingError, match="held by nobody"):
        Histories.of_noise(HELD, {})
    with pytest.raises(ScenarioError, match="a record is of a world in which nothing is held"):
        model(HELD)
