"""What an answer says that it assumes."""

from __future__ import annotations

from alliance_sim import load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.calibration.target import prior_of
from alliance_sim.counterfactual.assumed import assumptions_of
from alliance_sim.counterfactual.question import ask
from alliance_sim.counterfactual.worlds import twin_worlds
from alliance_sim.scenario.describe import assumed_numbers
from alliance_sim.scenario.path import numbers


def test_numbers_that_draws_hold_are_not_told_as_judged(islands_posterior: PosteriorDraws) -> None:
    base = load_scenario("two_islands/baseline")
    question = ask(base, ["without great_raid"], "rung>=2@2008")
    worlds = twin_worlds(
        base, question.edited, islands_posterior, uniforms=1, seed=1, states=["rung"]
    )
    judged = {path for path, number in numbers(base) if number.assumed}
    held = {path for one in islands_posterior.prior.parameters for path in one.places}
    assert held & judged
    first = assumptions_of(question, worlds, until=2010)[0]
    assert f" {len(judged - held)} numbers of two_islands/baseline that are judged" in first


def test_what_was_fitted_is_marked_in_the_shipped_history_and_not_subtracted_again() -> None:
    base = load_scenario("japan_nato/baseline")
    held = [path for one in prior_of(base).parameters for path in one.places]
    assert held
    assert assumed_numbers(base, but=held) == assumed_numbers(base)
