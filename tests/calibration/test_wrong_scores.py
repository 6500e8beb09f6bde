"""What is asked of scores, checks and transfers is refused in words before anything is run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alliance_sim import SettingError, load_scenario
from alliance_sim.calibration import (
    PosteriorDraws,
    free_runs,
    predictive_checks,
    score_record,
    transfer,
    usual_baselines,
)
from alliance_sim.errors import UnknownName
from alliance_sim.record.forecasts import editions_of
from alliance_sim.record.record import Record

ISLANDS = load_scenario("two_islands/baseline")
CONSTANT = usual_baselines()[0]


class Elsewhere:
    """A model whose forecasts are of another edition."""

    name, title, edition = "elsewhere", "elsewhere", "another@9"

    def held_out(self, *_: object) -> None:
        return None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"since": 2003.5}, "--from is 2003.5, must be a year from 2001 to 2008"),
        ({"since": "2003"}, "--from is '2003', must be a year from 2001 to 2008"),
        ({"since": True}, "--from is True, must be a year"),
        ({"models": []}, "no model is given, must be at least one"),
        ({"models": ["constant"]}, "model 'constant' has no name, predict, in_sample"),
        ({"models": Elsewhere()}, r"no model says anything of what is scored \(two_islands\)"),
        ({"series": ()}, "no series is given, must be at least one"),
        ({"editions": ()}, "no edition is given, must be at least one"),
        ({"editions": [1]}, "edition is 1, must be a name"),
    ],
)
def test_what_cannot_be_scored_is_refused(given: Any, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        score_record(ISLANDS, **{"series": ["all"], "models": [CONSTANT]} | given)


def test_one_series_one_edition_and_one_model_stand_for_lists_of_one() -> None:
    (only,) = editions_of(ISLANDS)
    alone = score_record(
        ISLANDS,
        series="all",
        editions=only,
        models=CONSTANT,
        since=np.int64(2002),  # type: ignore[arg-type]
    )
    listed = score_record(ISLANDS, series=["all"], editions=[only], models=[CONSTANT], since=2002)
    assert alone.frame().equals(listed.frame())


@pytest.mark.parametrize("runs", ["5", 100.5, True, None])
def test_what_is_no_number_of_runs_is_refused(runs: Any) -> None:
    with pytest.raises(SettingError, match="must be 100 to 100,000, a whole number"):
        predictive_checks(ISLANDS, runs=runs)


@pytest.mark.parametrize("series", [["all"], None, 3])
def test_what_is_no_name_of_a_series_is_told_with_the_known_ones(series: Any) -> None:
    words = r"unknown series .*, must be a name \(known: all, alliance, salience2\)"
    record = Record.of(ISLANDS)
    for call in (record.series, record.counts, record.yearly, record.rates):
        with pytest.raises(UnknownName, match=words):
            call(series)
    with pytest.raises(UnknownName, match=words):
        predictive_checks(ISLANDS, runs=100, series=series)


def test_settings_of_free_runs_are_names_of_settings() -> None:
    assert free_runs(ISLANDS, runs=2, settings="rolling_told").settings == ("rolling_told",)
    with pytest.raises(SettingError, match="unknown setting 'in_sampel'; did you mean 'in_sample'"):
        free_runs(ISLANDS, runs=2, settings="in_sampel")
    with pytest.raises(SettingError, match="free_runs: 1 problem\n  - posterior is 'shiped', must"):
        free_runs(ISLANDS, runs=2, posterior="shiped")


def test_free_runs_take_a_posterior_by_the_words_that_runs_take(
    islands_posterior: PosteriorDraws,
) -> None:
    plain, none = free_runs(ISLANDS, runs=2), free_runs(ISLANDS, runs=2, posterior="none")
    assert all(np.array_equal(plain.counts[name], none.counts[name]) for name in plain.counts)
    drawn = free_runs(ISLANDS, runs=2, posterior=islands_posterior)
    assert drawn.counts["all"].shape == plain.counts["all"].shape


@pytest.mark.parametrize("posterior", ["shipped", None, "results/fit"])
def test_a_transfer_asks_for_draws_and_says_how_to_come_by_them(posterior: Any) -> None:
    with pytest.raises(SettingError, match=r"must be draws of another .*PosteriorDraws\.load\("):
        transfer(ISLANDS, posterior)
