"""Runs that are held against each other have the same draws of the parameters, or none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alliance_sim import (
    Scenario,
    SettingError,
    compare,
    compare_history,
    load_scenario,
    simulate,
)
from alliance_sim.calibration import PosteriorDraws, shipped_posterior
from alliance_sim.calibration.prior import Prior
from alliance_sim.comparison.acts import differing_acts
from alliance_sim.comparison.drawn import drawn_from
from alliance_sim.engine.vectors import DrawnNumbers
from alliance_sim.results.draws import USUAL
from alliance_sim.shipped import FOUND_BY

HISTORY = load_scenario("japan_nato/baseline")
ISLANDS = load_scenario("two_islands/baseline")
NO_RAID = load_scenario("two_islands/no_raid")


@dataclass(frozen=True)
class OfThePrior:
    """Five draws of the prior: only the mechanism is looked at."""

    label: str = "5 draws of the prior"
    unlike: frozenset[str] = field(default=frozenset())

    def misfit(self, scenario: Scenario) -> str:
        return f"they are not of {scenario.name}" if scenario.name in self.unlike else ""

    def numbers_of(self, scenario: Scenario) -> DrawnNumbers:
        prior = Prior(scenario)
        return DrawnNumbers(prior.paths, prior.numbers(prior.sample(5, 3).T.copy()))

    def coded(self) -> dict[str, np.ndarray]:
        return {}


def usual_of_the_islands(scenario: Scenario) -> tuple[OfThePrior, str]:
    return OfThePrior(), ""


def nothing_that_holds(scenario: Scenario) -> tuple[None, str]:
    return None, "The shipped posterior is not used: the rules changed."


def test_both_worlds_of_a_pair_have_the_same_draw() -> None:
    found = compare(NO_RAID, against=ISLANDS, runs=12, seed=5, posterior=OfThePrior())
    assert found.factual_runs.posterior == "5 draws of the prior"
    assert found.parameters == "Parameters: 5 draws of the prior; chance is drawn anew."
    (label,) = found.edited
    day = found.touched[label]
    assert day is not None
    first = found.factual_runs.calendar.index(day)
    mine, its = found.factual_runs.values, found.edited_runs[label].values
    assert np.array_equal(mine[:, :first], its[:, :first])
    assert not np.array_equal(mine, its)
    states = compare(NO_RAID, against=ISLANDS, runs=12, seed=5, posterior=None)
    assert not np.array_equal(states.factual_runs.values, mine)
    assert states.parameters == ""


@dataclass(frozen=True)
class OfWhoStarts:
    """Two draws: acts are mostly started by the alliance, or by the state."""

    label: str = "2 draws of who starts"

    def misfit(self, scenario: Scenario) -> str:  # noqa: ARG002 - as draws have it
        return ""

    def numbers_of(self, scenario: Scenario) -> DrawnNumbers:
        seen = scenario.observation
        ends = [(one.low, one.high) for one in (seen.initiator, seen.initiator_gap)]
        values = np.array([ends[0], (ends[1][0],) * 2, (seen.joint.low,) * 2])
        paths = ("observation.initiator", "observation.initiator_gap", "observation.joint")
        return DrawnNumbers(paths, values)

    def coded(self) -> dict[str, np.ndarray]:
        return {}


def test_who_starts_an_act_is_told_by_the_draw_that_the_run_has() -> None:
    draws = OfWhoStarts()
    found = compare(NO_RAID, against=ISLANDS, runs=4, seed=5, posterior=draws)
    (label,) = found.edited
    assert found.draw is not None
    assert found.draw.tolist() == [0, 1, 0, 1]
    paths, values = draws.numbers_of(ISLANDS)

    def told(run: int, draw: int | None) -> pd.DataFrame:
        worlds = [ISLANDS, NO_RAID]
        for place, path in enumerate(paths if draw is not None else ()):
            worlds = [world.with_number(path, float(values[place, draw])) for world in worlds]
        pair = zip((found.factual_runs, found.edited_runs[label]), worlds, strict=True)
        return differing_acts(*pair, row=run)

    other = 0
    for run in range(4):
        acts = found.acts_of(run).drop(columns="scenario")
        pd.testing.assert_frame_equal(acts, told(run, run % 2))
        other += not acts.equals(told(run, None))
    assert other > 0


def test_history_with_draws_says_so_and_claims_no_hand() -> None:
    found = compare_history(ISLANDS, runs=6, seed=2, posterior=OfThePrior())
    assert found.parameters.startswith("Parameters: 5 draws of the prior")
    assert "draws of a posterior" in found.verdict()
    assert "by hand" not in found.verdict()
    plain = compare_history(ISLANDS, runs=6, seed=2, posterior=None)
    assert "draws of a posterior" not in plain.verdict()
    assert plain.parameters == ""


def test_an_edited_history_and_its_factual_one_have_the_same_draws() -> None:
    found = compare_history(NO_RAID, against=ISLANDS, runs=6, seed=2, posterior=OfThePrior())
    assert found.factual is not None
    assert found.factual.ensemble.posterior == found.ensemble.posterior
    assert found.factual.parameters == found.parameters


def test_shipped_draws_are_used_where_they_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alliance_sim.comparison.drawn.shipped_draws", lambda _: {"RID": __file__})
    monkeypatch.setitem(FOUND_BY, USUAL, f"{__name__}:usual_of_the_islands")
    monkeypatch.setattr(
        "alliance_sim.results.draws.import_module", lambda _: __import__("sys").modules[__name__]
    )
    found = compare_history(ISLANDS, runs=3, seed=2)
    assert found.ensemble.posterior == "5 draws of the prior"


def test_shipped_draws_that_do_not_hold_are_left_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("alliance_sim.comparison.drawn.shipped_draws", lambda _: {"RID": __file__})
    monkeypatch.setitem(FOUND_BY, USUAL, f"{__name__}:nothing_that_holds")
    monkeypatch.setattr(
        "alliance_sim.results.draws.import_module", lambda _: __import__("sys").modules[__name__]
    )
    found = compare(NO_RAID, against=ISLANDS, runs=3, seed=2)
    assert found.parameters == "The shipped posterior is not used: the rules changed."
    assert found.factual_runs.posterior == ""


def test_if_one_of_a_pair_does_not_fit_neither_has_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    unlike = OfThePrior(unlike=frozenset({NO_RAID.name}))
    monkeypatch.setattr("alliance_sim.comparison.drawn.shipped_draws", lambda _: {"RID": __file__})
    monkeypatch.setattr("alliance_sim.comparison.drawn.finder", lambda: lambda _: (unlike, ""))
    draws, told = drawn_from(USUAL, [ISLANDS, NO_RAID], where="compare")
    assert draws is None
    assert told == f"The shipped posterior is not used: they are not of {NO_RAID.name}."


def test_draws_that_were_asked_for_and_do_not_fit_are_an_error() -> None:
    unlike = OfThePrior(unlike=frozenset({NO_RAID.name, ISLANDS.name}))
    with pytest.raises(SettingError, match="not of two_islands/baseline") as error:
        compare(NO_RAID, against=ISLANDS, runs=3, seed=2, posterior=unlike)
    assert len(error.value.problems) == 2


@pytest.mark.parametrize("given", ["nowhere.npz", "shiped", 5])
def test_what_is_no_posterior_is_told(given: Any) -> None:
    told = (
        f"posterior is {given!r}, must be draws, 'shipped', a file or folder of draws that exists"
    )
    for ask in (
        partial(compare, NO_RAID, against=ISLANDS),
        partial(compare_history, ISLANDS),
        partial(simulate, ISLANDS),
    ):
        with pytest.raises(SettingError, match=told) as error:
            ask(runs=3, seed=2, posterior=given)
        assert ("did you mean 'shipped'?" in str(error.value)) == (given == "shiped")


def test_draws_may_be_named_by_where_they_are_kept(
    islands_posterior: PosteriorDraws, tmp_path: Path
) -> None:
    file = tmp_path / "RID.npz"
    islands_posterior.save(file)
    asked = partial(compare, NO_RAID, against=ISLANDS, runs=3, seed=2)
    wanted = asked(posterior=islands_posterior)
    for given in (file, str(file), tmp_path):
        found = asked(posterior=given)
        assert found.parameters == wanted.parameters
        pd.testing.assert_frame_equal(found.table, wanted.table)
    for scenario in (ISLANDS, NO_RAID, ISLANDS.without("great_raid")):
        runs = partial(simulate, scenario, runs=2, seed=2)
        expected = runs(posterior=islands_posterior).values
        assert np.array_equal(runs(posterior=file).values, expected)
        assert np.array_equal(runs(posterior=tmp_path).values, expected)
    held = replace(islands_posterior.held, scenario="mine")
    PosteriorDraws(held, islands_posterior.prior).save(file)
    told = "holds draws of mine, and .* is edited; read them with the scenario that was fitted"
    with pytest.raises(SettingError, match=told):
        simulate(NO_RAID, runs=1, seed=2, posterior=file)


def test_none_as_a_text_is_none_and_shipped_draws_are_had_by_all() -> None:
    for ask in (partial(compare, NO_RAID, against=ISLANDS), partial(compare_history, ISLANDS)):
        assert ask(runs=2, seed=2, posterior="none").parameters == ""
    stated = simulate(ISLANDS, runs=2, seed=2)
    assert np.array_equal(simulate(ISLANDS, runs=2, seed=2, posterior="none").values, stated.values)
    shipped = simulate(HISTORY, runs=1, seed=2, posterior="shipped")
    drawn = simulate(HISTORY, runs=1, seed=2, posterior=shipped_posterior(HISTORY))
    assert np.array_equal(shipped.values, drawn.values)
    with pytest.raises(SettingError, match="posterior is 'shipped': none come with the package"):
        simulate(ISLANDS, runs=1, seed=2, posterior="shipped")
