"""What junctures contributed to an outcome of a whole model, by every convention."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alliance_sim import SettingError, load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.counterfactual import Attribution, attribute, twin_worlds, whatif
from alliance_sim.counterfactual.contributions import (
    ALONE,
    IN_ORDER,
    OWEN,
    SHAPLEY,
    WITHOUT,
)
from alliance_sim.counterfactual.estimates import mean_of

pytestmark = pytest.mark.slow

ISLANDS = load_scenario("two_islands/baseline")
HISTORY = load_scenario("japan_nato/baseline")
NAMES = ("trade_act", "great_raid", "joint_patrol", "ports_act")
ADD_UP = (SHAPLEY, OWEN, IN_ORDER)  # conventions whose shares come to the whole contrast
OUTCOME = "level_operations>0.3@2010"


def asked(posterior: PosteriorDraws, *names: str, **more: Any) -> Attribution:
    given: dict[str, Any] = {"outcome": OUTCOME, "uniforms": 2, "threads": 1, "seed": 3, **more}
    return attribute(ISLANDS, names, posterior=posterior, **given)


@pytest.fixture(scope="module")
def found(islands_posterior: PosteriorDraws) -> Attribution:
    return asked(islands_posterior, *NAMES)


def test_what_is_shared_out_is_the_whole_contrast_in_every_draw(found: Attribution) -> None:
    assert np.abs(found.effect).max() > 0.0
    for convention in ADD_UP:
        total = np.sum([found.draws[convention][name] for name in NAMES], axis=0)
        assert total.shape == found.effect.shape == (64,)
        assert np.allclose(total, found.effect, atol=1e-12)


def test_the_contrast_is_that_of_twins_without_any_of_the_players(
    found: Attribution, islands_posterior: PosteriorDraws
) -> None:
    edited = ISLANDS.without(*NAMES)
    twins = twin_worlds(ISLANDS, edited, islands_posterior, uniforms=2, seed=3)
    levels = twins.factual.column("level_operations"), twins.edited.column("level_operations")
    step = ISLANDS.calendar().steps - 1
    end = [step - 4 * (ISLANDS.time.last_year - 2010)] * 2
    one, other = (
        twins.by_draw((level[:, at] > 0.3).astype(float))
        for level, at in zip(levels, end, strict=True)
    )
    assert np.allclose(found.effect, one - other)
    assert found.fact.value == pytest.approx(one.mean())
    assert found.nobody.value == pytest.approx(other.mean())


def test_a_number_is_told_by_means_that_add_up_to_the_contrast(
    islands_posterior: PosteriorDraws,
) -> None:
    found = asked(islands_posterior, *NAMES[:2], outcome="level_operations@2009")
    assert not found.binary
    whole = float(found.effect.mean())
    assert found.fact.value - found.nobody.value == pytest.approx(whole)
    tree = found.as_tree()
    assert tree["measure"] == "mean"
    assert tree["fact"]["mean"] - tree["without_all"]["mean"] == pytest.approx(
        sum(share["mean"] for share in tree["contributions"][SHAPLEY].values())
    )
    assert f"mean over draws {found.fact.value:.2f} in this history as it was" in found.answer


def test_a_juncture_that_is_left_out_has_the_interval_of_a_what_if(
    islands_posterior: PosteriorDraws,
) -> None:
    for uniforms in (2, 16):
        share = asked(islands_posterior, "great_raid", uniforms=uniforms).estimate(
            WITHOUT, "great_raid"
        )
        asked_alone = whatif(
            ISLANDS,
            "without great_raid",
            outcome=OUTCOME,
            posterior=islands_posterior,
            uniforms=uniforms,
            runs=2,
            seed=3,
        )
        effect = asked_alone.effect
        assert share.value == pytest.approx(-effect.value)
        assert (share.low, share.high) == pytest.approx((-effect.high, -effect.low))


def test_an_interval_of_a_number_is_over_histories() -> None:
    values = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, np.nan, 7.0])  # two re-runs of four draws
    found = mean_of(values, 4, binary=False)
    assert found.value == pytest.approx(np.mean([2.0, 3.0, 2.0, 5.0]))
    assert (found.low, found.high) == pytest.approx((0.3, 6.4))
    halves = mean_of(np.array([0.0, 0.5, 0.5, 0.0]), 2, binary=True)  # nothing but scatter
    assert halves == (0.25, 0.25, 0.25)


def test_every_world_is_run_once_whichever_convention_asks(found: Attribution) -> None:
    assert found.asked == 2 ** len(NAMES)


def test_a_group_has_together_what_it_has_as_a_player(
    islands_posterior: PosteriorDraws,
) -> None:
    groups = [["trade_act", "ports_act"], ["great_raid", "joint_patrol"]]
    found = asked(islands_posterior, *NAMES, groups=groups)
    total = np.sum([found.draws[OWEN][name] for group in groups for name in group], axis=0)
    assert np.allclose(total, found.effect)
    assert [group.name for group in found.groups] == [" + ".join(group) for group in groups]
    assert found.groups_frame["contribution"].sum() == pytest.approx(float(found.effect.mean()))
    alone = asked(islands_posterior, *NAMES, groups=[[name] for name in NAMES])
    for name in NAMES:
        assert np.allclose(alone.draws[OWEN][name], alone.draws[SHAPLEY][name])


def test_groups_by_stage_and_by_actor_divide_the_players(
    islands_posterior: PosteriorDraws,
) -> None:
    by_stage, by_actor = (
        asked(islands_posterior, *NAMES, groups=groups) for groups in ("period", "actor")
    )
    for found in (by_stage, by_actor):
        there = [player for group in found.groups for player in group.players]
        assert sorted(there) == sorted(NAMES)
    assert len(by_actor.groups) > len(by_stage.groups)  # one stage, and the doing of several


def test_where_nobody_is_named_those_that_move_it_most_are_taken(
    islands_posterior: PosteriorDraws, found: Attribution
) -> None:
    screened = asked(islands_posterior, most=2)
    assert len(screened.players) == 2
    assert not screened.chosen
    assert set(screened.idle) <= set(screened.aside)
    assert not set(screened.players) & set(screened.aside)
    everybody = asked(islands_posterior, most=15)
    moved = {
        name: max(float(np.abs(everybody.draws[how][name]).mean()) for how in (WITHOUT, ALONE))
        for name in everybody.players
    }
    assert set(screened.idle) == set(everybody.idle)
    assert min(moved.values()) > 0.0
    assert "screened" in screened.about
    assert "named" in found.about


def test_where_the_worlds_do_not_differ_nothing_is_divided(
    found: Attribution, islands_posterior: PosteriorDraws
) -> None:
    assert not found.nothing
    assert "The largest share" in found.contrast_words
    never = asked(islands_posterior, *NAMES[:2], outcome="level_operations>1@2010")
    assert never.nothing
    assert never.verdict == "There is nothing that conventions could rank."
    assert never.contrast_words.endswith(
        "they differ in no draw, so there is nothing to be divided."
    )
    assert "largest share" not in never.sentence


def test_one_juncture_that_is_no_player_is_told_in_the_singular(found: Attribution) -> None:
    alone = replace(found, aside=("a",), idle=())
    assert " 1 other juncture before the outcome happens in every world. Shares" in alone.about
    two = replace(found, aside=("a", "b"), idle=("a",))
    told = " 2 other junctures before the outcome happen in every world, 1 of which moves it in no "
    assert f"{told}draw. Shares" in two.about


def test_disagreement_of_conventions_is_said_first(found: Attribution) -> None:
    ranks = {name: found.ranks(name) for name in found.draws}
    means = {
        name: {player: float(by.mean()) for player, by in found.draws[name].items()}
        for name in found.draws
    }
    for name in found.disagree:
        assert any(
            (means[name][a] - means[name][b]) * (means[SHAPLEY][a] - means[SHAPLEY][b]) < 0.0
            for a in NAMES
            for b in NAMES
        )
    agree = set(found.draws) - set(found.disagree)
    assert SHAPLEY in agree
    assert found.sentence.startswith(found.verdict)
    words = "depends on the convention" if found.disagree else "rank the junctures alike"
    assert words in found.verdict
    assert f"“{found.titles[ranks[SHAPLEY][0]]}”" in found.answer
    assert [name for name in NAMES if name in f"{found.verdict} {found.answer}"] == []


def test_the_tree_and_the_table_say_the_same(found: Attribution) -> None:
    tree, table = found.as_tree(), found.frame
    assert next(iter(tree)) == "verdict"
    assert set(tree["contributions"]) == {SHAPLEY, OWEN, IN_ORDER, WITHOUT, ALONE}
    assert len(table) == 5 * len(NAMES)
    for row in table.itertuples():
        one = tree["contributions"][row.convention][row.juncture]
        assert (one["mean"], one["low"], one["high"]) == (
            *(row.contribution, row.contribution_low, row.contribution_high),
        )
        assert tree["ranks"][row.convention][int(str(row.rank)) - 1] == row.juncture


def test_threads_change_nothing(found: Attribution, islands_posterior: PosteriorDraws) -> None:
    again = asked(islands_posterior, *reversed(NAMES), threads=2)
    assert again.as_tree() == found.as_tree()


@pytest.mark.parametrize(
    ("names", "more", "words"),
    [
        (("great_rade",), {}, "did you mean 'great_raid'"),
        (("great_raid", "great_raid"), {}, "named more than once"),
        (("great_raid",), {"outcome": "level@2010"}, "unknown state 'level'"),
        (("ports_act",), {"outcome": "rung>=1@2001"}, "after all that outcome"),
        ((), {"outcome": "rung>=1@2001Q1"}, "no juncture of two_islands/baseline comes before"),
        ((), {"most": 16}, "must be a whole number from 1 to 15"),
        (("great_raid",), {"coupling": "thining"}, "did you mean 'thinning'"),
        (("great_raid",), {"groups": "stage"}, "unknown division 'stage'"),
        (("great_raid",), {"groups": [["trade_act"]]}, "'great_raid' is in no group"),
        ((), {"groups": [["trade_act"]]}, "groups are listed, and no juncture is named"),
    ],
)
def test_wrong_input_is_told(
    names: tuple[str, ...], more: dict[str, Any], words: str, islands_posterior: PosteriorDraws
) -> None:
    with pytest.raises(SettingError) as caught:
        asked(islands_posterior, *names, **more)
    assert words in " ".join(str(caught.value).split())


def test_more_players_than_can_be_counted_are_refused_before_anything_is_run() -> None:
    names = [one.name for one in HISTORY.junctures][:16]
    with pytest.raises(SettingError) as caught:
        attribute(HISTORY, names, outcome="rung>=11@2025")
    told = " ".join(str(caught.value).split())
    assert "16 junctures are named, and their 65,536 coalitions cannot be counted exactly" in told
    assert "name at most 15" in told
