"""What is asked, in whatever way it is put, and of which draws."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alliance_sim import ScenarioWarning, SettingError, load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.calibration.shipped import shipped_posterior
from alliance_sim.counterfactual import attribute, rewrite, whatif
from alliance_sim.counterfactual.posteriors import posteriors_of
from alliance_sim.counterfactual.question import ask, warn_of_doubts
from alliance_sim.counterfactual.rewrite_question import ask_rewrite

ISLANDS, HISTORY = load_scenario("two_islands/baseline"), load_scenario("japan_nato/baseline")
RAID, STEP = "without great_raid", "rung>=2@2008"
SIZE = "juncture.great_raid.effect.0.size"
FEW: dict[str, Any] = {"uniforms": 1, "seed": 3}


def test_what_is_held_is_known_however_the_edits_came() -> None:
    texts = [RAID, "keep ports_act"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ScenarioWarning)
        start = ISLANDS.edited(*texts)
    for question in (ask(ISLANDS, texts, STEP), ask(ISLANDS, [], STEP, start=start)):
        assert question.kept == ("ports_act",)


def test_one_text_is_one_text(islands_posterior: PosteriorDraws) -> None:
    few = FEW | {"posterior": islands_posterior}
    assert whatif(ISLANDS, RAID, outcome=STEP, runs=2, **few).question.edits == (RAID,)
    assert attribute(ISLANDS, "great_raid", outcome=STEP, **few).players == ("great_raid",)
    with pytest.raises(SettingError) as told:
        rewrite(ISLANDS, outcome=STEP, also="without great_rade", **few)
    (problem,) = told.value.problems
    assert problem.startswith("unknown juncture 'great_rade'")


def test_a_number_that_was_set_is_not_multiplied_in_each_draw(
    islands_posterior: PosteriorDraws,
) -> None:
    def drawn(*texts: str) -> dict[str, np.ndarray]:
        after = ISLANDS
        for text in texts:
            after = after.edited(text)
        found = islands_posterior.numbers_of(after)
        return dict(zip(found.paths, found.values, strict=True))

    weaker = drawn("strength great_raid:0.5")
    assert np.ptp(weaker[SIZE]) > 0.0
    assert SIZE not in drawn(f"set {SIZE}=0.3")
    assert SIZE not in drawn(f"set {SIZE}=0.3", "strength great_raid:0.5")
    assert SIZE not in drawn("strength great_raid:0.5", f"set {SIZE}=0.4")
    twice = drawn("strength great_raid:0.5", "strength great_raid:0.5")
    assert np.allclose(twice[SIZE], weaker[SIZE] / 2)


def test_who_stands_in_a_leaders_place_has_the_push_that_each_draw_gives_him() -> None:
    draws = shipped_posterior(HISTORY, "RID")
    assert draws is not None

    def drawn(*texts: str) -> dict[str, Any]:
        after = HISTORY
        for text in texts:
            after = after.edited(text)
        found = draws.numbers_of(after)
        return dict(zip(found.paths, found.values, strict=True))

    own, kishida = drawn(), "leader.kishida.push"
    office = "juncture.abe_second_government"
    koizumi = own["leader.koizumi.push"]
    assert np.array_equal(drawn("leader kishida=koizumi")[kishida], koizumi)
    stands = drawn("leader abe_second_government=koizumi")[f"{office}.replacement.0.size"]
    assert np.array_equal(stands, koizumi)
    abe = drawn("leader kishida=abe_second_government")[kishida]
    assert np.array_equal(abe, own[f"{office}.effect.0.size"])
    assert kishida not in drawn("leader kishida=none")
    assert kishida not in drawn("leader kishida=koizumi", f"set {kishida}=0.1")
    assert kishida not in drawn("set leader.koizumi.push=0.1", "leader kishida=koizumi")
    chained = drawn("leader koizumi=kaifu", "leader kishida=koizumi")
    assert np.array_equal(chained[kishida], own["leader.kaifu.push"])


def test_an_edited_scenario_as_the_factual_one_is_told_as_that() -> None:
    edited = load_scenario("japan_nato/no_nine_eleven")
    told = (
        "the posterior is of japan_nato/baseline, and japan_nato/no_nine_eleven is that with edits "
        "(without nine_eleven); give japan_nato/baseline as the factual scenario, and them as edits"
    )
    with pytest.raises(SettingError) as attributed:
        attribute(edited, outcome="rung>=8@2014")
    with pytest.raises(SettingError) as rewritten:
        ask_rewrite(edited, "rung>=8@2014")
    assert attributed.value.problems == rewritten.value.problems == (told,)


def test_one_theory_is_read_where_its_rivals_are_not_asked() -> None:
    found = posteriors_of("shipped", HISTORY, rivals=False)
    assert (found.main.theory, found.others) == ("RID", ())
    assert found.readings.weights is None


def test_what_was_not_checked_says_what_would_check_it() -> None:
    asked: dict[str, Any] = {"outcome": "rung>=8@2014", "uniforms": 1, "runs": 2}
    draws = shipped_posterior(HISTORY)
    assert draws is not None
    given = whatif(HISTORY, "without nine_eleven", posterior=_few(draws), **asked)
    told = " ".join(given.label.reasons)
    assert "to check: leave posterior out" in told
    assert "alliance-sim calibrate" not in told
    under = whatif(HISTORY, "without nine_eleven", theory="RI", **asked)
    told = " ".join(under.label.reasons)
    assert "only one theory was asked; to check: leave the theory out" in told
    assert "alliance-sim posterior vary" not in told


def test_of_one_draw_nothing_is_told_of_what_the_data_told() -> None:
    draws = shipped_posterior(HISTORY)
    assert draws is not None
    asked: dict[str, Any] = {"outcome": "rung>=8@2014", "uniforms": 2, "runs": 2}
    one = whatif(HISTORY, "strength nine_eleven:0.5", posterior=_few(draws, 1), **asked)
    assert one.robustness.learnt.edited is None


def _few(draws: PosteriorDraws, count: int = 4) -> PosteriorDraws:
    held = draws.held
    chosen: dict[str, Any] = {"parameters": held.parameters[:count], "ranks": held.ranks[:count]}
    return PosteriorDraws(
        replace(held, **chosen, checked=(), log_likelihood=np.zeros(0)), draws.prior
    )


@pytest.mark.parametrize("given", [None, "none", 5])
def test_without_draws_it_is_said_why_a_question_needs_them(given: Any) -> None:
    with pytest.raises(SettingError, match=f"is {given}, (and without draws|must be draws)"):
        HISTORY.whatif("without isaf", outcome="rung>=8@2014", posterior=given)


def test_an_edit_of_what_falls_away_anyhow_is_warned_of_and_answered(
    islands_posterior: PosteriorDraws,
) -> None:
    few: dict[str, Any] = FEW | {"posterior": islands_posterior, "outcome": STEP, "runs": 2}
    both = [RAID, "without joint_patrol"]
    with pytest.warns(ScenarioWarning, match="without joint_patrol: adds nothing to the other"):
        answer = whatif(ISLANDS, both, **few)
    assert answer.edited == whatif(ISLANDS, RAID, **few).edited
    with pytest.warns(ScenarioWarning, match="without joint_patrol: adds nothing"):
        start = ISLANDS.edited(*both)
    warn_of_doubts(ask(ISLANDS, [], STEP, start=start), start)  # where a warning is an error
