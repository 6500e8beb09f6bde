"""What was run once for a question, or for the question before, is what another run would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from alliance_sim import load_scenario
from alliance_sim.counterfactual.all_twins import Pasts, all_twins, share_error
from alliance_sim.counterfactual.couplings import COUPLINGS
from alliance_sim.counterfactual.histories import Histories
from alliance_sim.counterfactual.posteriors import Posteriors
from alliance_sim.counterfactual.question import ask
from alliance_sim.counterfactual.worlds import EditedWorld, twin_worlds

if TYPE_CHECKING:
    from alliance_sim.calibration import PosteriorDraws

ISLANDS = load_scenario("two_islands/baseline")
NO_RAID = load_scenario("two_islands/no_raid")
STATES = ("rung", "level_operations", "count_operations")


def test_an_edited_world_says_the_same_however_often_and_in_whatever_order_it_is_asked(
    islands_posterior: PosteriorDraws,
) -> None:
    past = Histories.of_posterior(islands_posterior, ISLANDS, seed=4, threads=1)
    world = EditedWorld(past, NO_RAID)
    asked = [STATES, STATES[:1], STATES[1:], STATES[::-1]]
    for states in asked:
        for coupling in reversed(COUPLINGS):
            mine = world.twins(coupling, states=states)
            alone = twin_worlds(ISLANDS, NO_RAID, past, coupling=coupling, states=states)
            assert mine.edited.values.tobytes() == alone.edited.values.tobytes()
            assert mine.edited.engine == alone.edited.engine
            assert (mine.touched, mine.only) == (alone.touched, alone.only)


def test_histories_are_made_once_and_for_other_seeds_anew(
    islands_posterior: PosteriorDraws,
) -> None:
    pasts = Pasts()
    one = pasts.of(islands_posterior, ISLANDS, uniforms=1, seed=4, threads=1)
    assert pasts.of(islands_posterior, ISLANDS, uniforms=1, seed=4, threads=2) is one
    again = load_scenario("two_islands/baseline")
    assert pasts.of(islands_posterior, again, uniforms=1, seed=4) is one
    assert pasts.of(islands_posterior, ISLANDS, uniforms=1, seed=5) is not one
    assert len(pasts.of(islands_posterior, ISLANDS, uniforms=2, seed=4)) == 2 * len(one)


def test_histories_that_take_too_much_room_are_forgotten_but_for_the_last(
    islands_posterior: PosteriorDraws,
) -> None:
    pasts = Pasts(most_bytes=1)
    one = pasts.of(islands_posterior, ISLANDS, uniforms=1, seed=4)
    assert pasts.of(islands_posterior, ISLANDS, uniforms=1, seed=4) is one
    pasts.of(islands_posterior, ISLANDS, uniforms=1, seed=5)
    assert pasts.of(islands_posterior, ISLANDS, uniforms=1, seed=4) is not one


@pytest.mark.parametrize("outcome", ["rung>=2@2010", "sum(count_operations)@2005..2009>=4"])
def test_an_answer_does_not_hang_on_what_was_asked_before(
    islands_posterior: PosteriorDraws, outcome: str
) -> None:
    kept = Pasts()
    for edits in (["without great_raid"], ["shift joint_patrol:+8"], ["without great_raid"]):
        question = ask(ISLANDS, edits, outcome)
        told = []
        for pasts in (kept, None):
            ran = all_twins(
                question,
                Posteriors(islands_posterior),
                uniforms=1,
                runs=70,
                seed=4,
                states=(),
                pasts=pasts,
            )
            told.append((ran.couplings, ran.ensemble, ran.anew))
        assert told[0] == told[1]


def test_an_edit_of_what_a_theory_sets_holds_in_the_edited_world(
    islands_posterior: PosteriorDraws,
) -> None:
    question = ask(ISLANDS, ["set theory.threat=false"], "level_operations@2010")
    for theory in ("RID", "RI", "D"):
        fact, edited = question.under(theory)
        assert fact.theory.threat is ("R" in theory)
        assert edited.theory.threat is False
        assert edited.theory.institutions is fact.theory.institutions
    ran = all_twins(question, Posteriors(islands_posterior), uniforms=1, runs=2, seed=4)
    assert ran.twins["quantile"].touched is not None
    assert ran.couplings["quantile"].effect.value != 0.0


def test_runs_of_one_draw_say_less_than_as_many_of_their_own() -> None:
    happened = np.repeat([True, False, False, True], 25)
    each, alike = np.arange(100), np.repeat(np.arange(4), 25)
    assert share_error(happened, each) == pytest.approx(0.05, rel=0.02)
    assert share_error(happened, alike) == pytest.approx(np.sqrt(0.25 / 3))
    assert share_error(happened, 0 * each) == pytest.approx(0.05, rel=0.02)
    assert share_error(np.zeros(100, dtype=bool), alike) == pytest.approx(0.007, rel=0.02)
    assert share_error(happened[:0], each[:0]) is None
