"""Junctures share the outcome among them, draw by draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alliance_sim import SettingError, load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.counterfactual import (
    Histories,
    JunctureGame,
    leave_one_out,
    shapley,
    time_ordered,
    twin_worlds,
)

ISLANDS = load_scenario("two_islands/baseline")
NAMES = ("trade_act", "great_raid", "joint_patrol", "ports_act")
OUTCOME = "level_operations@2010"


@pytest.fixture(scope="module")
def past(islands_posterior: PosteriorDraws) -> Histories:
    return Histories.of_posterior(islands_posterior, ISLANDS, uniforms=2, seed=3)


@pytest.fixture(scope="module")
def game(past: Histories) -> JunctureGame:
    return JunctureGame(ISLANDS, NAMES, past, OUTCOME)


def test_shares_add_up_in_every_draw_to_what_all_junctures_make_of_the_outcome(
    game: JunctureGame, past: Histories
) -> None:
    factual = twin_worlds(ISLANDS, ISLANDS, past).factual.column("level_operations")[:, -1]
    everybody, nobody = game(frozenset(NAMES)), game(frozenset())
    assert np.allclose(everybody, factual.reshape(2, 64).mean(axis=0))
    for attribution in (shapley, time_ordered):
        shares = attribution(game.players, game)
        total = np.sum([shares[name] for name in NAMES], axis=0)
        assert np.allclose(total, everybody - nobody)
        assert total.shape == (64,)


def test_leaving_one_out_is_the_twin_without_it(game: JunctureGame, past: Histories) -> None:
    shares = leave_one_out(game.players, game)
    twins = twin_worlds(ISLANDS, load_scenario("two_islands/no_raid"), past)
    effect = twins.by_draw(twins.effect("level_operations")[:, -1])
    assert np.allclose(shares["great_raid"], -effect)


def test_what_needs_a_cause_that_is_not_there_contributes_nothing(game: JunctureGame) -> None:
    assert np.array_equal(game(frozenset({"joint_patrol"})), game(frozenset()))


def test_players_stand_in_the_order_of_their_dates(game: JunctureGame) -> None:
    dates = {juncture.name: juncture.date for juncture in ISLANDS.junctures}
    assert [dates[name] for name in game.players] == sorted(dates[name] for name in NAMES)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"junctures": ("great_rade",)},
            "unknown juncture 'great_rade'; did you mean 'great_raid'",
        ),
        ({"junctures": ("great_raid", "great_raid")}, "'great_raid' is named more than once"),
        ({"junctures": ()}, "no juncture is named; name one, such as one of: great_raid"),
        ({"outcome": "level@2010"}, "unknown state 'level'"),
        ({"coupling": "thining"}, "unknown coupling 'thining'; did you mean 'thinning'"),
    ],
)
def test_wrong_input_is_told(past: Histories, changes: dict[str, Any], words: str) -> None:
    asked: dict[str, Any] = {"junctures": NAMES, "outcome": OUTCOME, **changes}
    names, outcome = asked.pop("junctures"), asked.pop("outcome")
    with pytest.raises(SettingError, match=words):
        JunctureGame(ISLANDS, names, past, outcome, **asked)


def test_a_juncture_that_did_not_happen_is_told(past: Histories) -> None:
    with pytest.raises(SettingError, match="does not happen in"):
        JunctureGame(ISLANDS.without("trade_act"), ["trade_act"], past, OUTCOME)
