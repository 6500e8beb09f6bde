"""What was run once for a question, or for the question before, is what another run would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from alliance_sim import load_scenario
from alliance_sim.counterfactual.all_twins import Pasts, all_twins
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
