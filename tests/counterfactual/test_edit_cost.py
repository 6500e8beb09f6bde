"""What an edit rewrites, in bits: by the years for events, by the posterior for fitted numbers."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pytest

from alliance_sim import load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.counterfactual.edit_cost import edit_cost
from alliance_sim.counterfactual.rewrite_cost import BITS_A_SQUARE, RewriteCost

ISLANDS = load_scenario("two_islands/baseline")
END = dt.date(2008, 12, 31)
YEARS = 10.0  # of the run, 2001 to 2010
SIZE = "juncture.great_raid.effect.0.size"


def cost(posterior: PosteriorDraws, *texts: str, until: dt.date = END) -> RewriteCost:
    found = edit_cost(ISLANDS, ISLANDS.edited(*texts), posterior, until=until)
    assert found is not None
    return found


def test_to_stay_away_costs_what_the_rate_of_once_in_the_run_says(
    islands_posterior: PosteriorDraws,
) -> None:
    waited = (END - dt.date(2004, 5, 10)).days / 365.25
    found = cost(islands_posterior, "without great_raid")
    assert found.bits == pytest.approx(waited / YEARS / math.log(2.0))
    assert found.bits == found.antecedent
    sooner = cost(islands_posterior, "without great_raid", until=dt.date(2005, 12, 31))
    assert sooner.bits < found.bits


def test_another_day_costs_as_much_as_the_years_are_many_either_way(
    islands_posterior: PosteriorDraws,
) -> None:
    later = cost(islands_posterior, "shift great_raid:2006-05-10").bits
    earlier = cost(islands_posterior, "shift great_raid:2002-05-10").bits
    assert later == pytest.approx(730 / 365.25 / YEARS / math.log(2.0))
    assert later == pytest.approx(earlier, rel=0.01)
    assert later < cost(islands_posterior, "shift great_raid:2007-05-10").bits


def test_a_strength_costs_how_far_each_draw_moves_in_the_posterior(
    islands_posterior: PosteriorDraws,
) -> None:
    draws = islands_posterior.held.parameters[:, islands_posterior.names.index(SIZE)]
    squares = (draws / draws.std(ddof=1)) ** 2
    for times in (0.5, 0.75):
        expected = BITS_A_SQUARE * float(np.mean((1.0 - times) ** 2 * squares))
        found = cost(islands_posterior, f"strength great_raid:{times}")
        assert found.bits == found.parameters == pytest.approx(expected)


def test_a_strength_in_two_steps_costs_what_it_costs_in_one(
    islands_posterior: PosteriorDraws,
) -> None:
    twice = ISLANDS.edited("strength great_raid:0.5").edited("strength great_raid:0.5")
    found = edit_cost(ISLANDS, twice, islands_posterior, until=END)
    assert found is not None
    assert found.parameters == cost(islands_posterior, "strength great_raid:0.25").parameters


def test_what_the_model_gives_no_chance_costs_one_bit_and_a_further_edit_the_choice(
    islands_posterior: PosteriorDraws,
) -> None:
    assert cost(islands_posterior, "council leader").bits == pytest.approx(1.0)
    both = cost(islands_posterior, "without great_raid", "council leader")
    alone = cost(islands_posterior, "without great_raid")
    assert both.choice == pytest.approx(math.log2(len(ISLANDS.junctures)))
    assert both.bits == pytest.approx(alone.bits + 1.0 + both.choice)


def test_a_set_costs_no_less_than_its_parts(islands_posterior: PosteriorDraws) -> None:
    texts = ["set levels.pace=1.5", "strength great_raid:0.5", "without ports_act"]
    for kept in range(1, len(texts)):
        part = cost(islands_posterior, *texts[:kept]).bits
        assert part <= cost(islands_posterior, *texts[: kept + 1]).bits


def test_a_scenario_edited_from_elsewhere_costs_all_of_its_edits(
    islands_posterior: PosteriorDraws,
) -> None:
    base, edited = ISLANDS.edited("set levels.pace=1.1"), ISLANDS.edited("without great_raid")
    found = edit_cost(base, edited, islands_posterior, until=END)
    assert found == cost(islands_posterior, "without great_raid")


def test_nothing_edited_has_no_cost_and_too_few_draws_say_none(
    islands_posterior: PosteriorDraws,
) -> None:
    assert edit_cost(ISLANDS, ISLANDS, islands_posterior, until=END) is None
    held = islands_posterior.held
    few = replace(held, parameters=held.parameters[:2], ranks=held.ranks[:2])
    edited = ISLANDS.edited("strength great_raid:0.5")
    assert edit_cost(ISLANDS, edited, PosteriorDraws(few, islands_posterior.prior), until=END) is (
        None
    )
