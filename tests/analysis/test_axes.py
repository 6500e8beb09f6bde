"""Factors as numbers and back, and the bins that figures use."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_sim import load_scenario
from alliance_sim.analysis.axes import Axis, axis_named, bins_of, year_of
from alliance_sim.errors import SettingError, UnknownName
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.parameters import fitted, parameters_of

PARAMETERS = parameters_of(as_tree(load_scenario("japan_nato/baseline")))
RULES = ("consensus", "weighted_majority", "leader")


@given(st.dates(dt.date(1950, 1, 1), dt.date(2025, 12, 31)))
def test_a_day_that_an_analysis_gives_is_the_same_day_for_a_run(day: dt.date) -> None:
    isaf = PARAMETERS["juncture__isaf__date"]
    year = year_of(day.isoformat())
    assert fitted(year, isaf) == day
    assert Axis("day", "From", "date").text(year) == day.isoformat()


@given(st.floats(1950.0, 2025.99), st.integers(-3, 3))
def test_a_limit_between_two_days_is_told_as_the_first_or_last_day_within(
    limit: float, days: int
) -> None:
    since = Axis("since", "Government from", "date")
    day = (dt.date.fromisoformat(since.text(limit)) + dt.timedelta(days=days)).isoformat()
    assert (day >= since.end(limit, first=True)) == (year_of(day) >= limit)
    assert (day <= since.end(limit, first=False)) == (year_of(day) <= limit)


def test_values_become_numbers_and_words() -> None:
    rule = Axis("rule", "Council rule", "choice", RULES)
    column = pd.Series(["leader", "consensus", "leader"])
    assert rule.numbers(column).tolist() == [2.0, 0.0, 2.0]
    assert rule.text(1.0) == "weighted majority"
    happens = Axis("war", "The war happens", "choice", (False, True))
    assert happens.numbers(pd.Series([True, False])).tolist() == [1.0, 0.0]
    assert [happens.text(k) for k in (0, 1)] == ["no", "yes"]
    day = Axis("day", "From", "date")
    assert day.text(day.numbers(pd.Series(["2012-12-26"]))[0]) == "2012-12-26"
    assert (day.tick(2013.0), day.tick(2013.5)) == ("2013", "2013-07")


def test_a_number_is_written_as_finely_as_its_range_is_wide() -> None:
    assert Axis("a", "a", low=0.0, high=4.0).text(1.23456) == "1.23"
    assert Axis("a", "a", low=0.0, high=400.0).text(123.456) == "123"
    assert Axis("a", "a", low=0.0, high=0.02).text(0.0123456) == "0.0123"
    assert Axis("a", "a").text(1.23456) == "1.235"


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        ((1000.1, 1000.2), ["1000.1", "1000.2"]),
        ((2001.25, 2001.5), ["2001.25", "2001.5"]),
        ((12345.0, 12346.0), ["12345", "12346"]),
        ((0.00012345, 0.00012346), ["0.00012345", "0.00012346"]),
        ((1.0, 4 / 3, 5 / 3), ["1", "1.333", "1.667"]),
        ((0.1, 0.1 + 2**-56), ["0.10000000000000001", "0.10000000000000002"]),
        ((1.5,), ["1.5"]),
    ],
)
def test_listed_numbers_are_told_apart(listed: tuple[float, ...], told: list[str]) -> None:
    axis = Axis("a", "a", values=listed, low=listed[0], high=listed[-1])
    assert [axis.text(number) for number in listed] == told
    assert list(bins_of(axis, pd.Series(listed)).labels) == told


def test_a_value_that_is_none_of_the_factor_is_told() -> None:
    with pytest.raises(SettingError, match="'majority' is not one of consensus, weighted_majority"):
        Axis("rule", "Council rule", "choice", RULES).numbers(pd.Series(["majority"]))
    with pytest.raises(SettingError, match="'soon' is not a date"):
        Axis("day", "From", "date").numbers(pd.Series(["soon"]))
    with pytest.raises(UnknownName, match="unknown factor 'rul'; did you mean 'rule'"):
        axis_named([Axis("rule", "x")], "rul")


def test_few_values_are_bins_of_their_own() -> None:
    bins = bins_of(Axis("a", "a"), pd.Series([2.0, 1.0, 2.0, 4.0]))
    assert bins.single
    assert bins.centres.tolist() == [1.0, 2.0, 4.0]
    assert bins.codes.tolist() == [1, 0, 1, 2]


@settings(max_examples=30)
@given(st.lists(st.integers(0, 60), min_size=30, max_size=200))
def test_many_values_fall_into_bins_that_hold_all_rows_and_do_not_overlap(
    values: list[int],
) -> None:
    column = pd.Series(np.array(values, dtype=float))
    bins = bins_of(Axis("a", "a"), column)
    assert set(bins.codes) == set(range(len(bins.labels)))
    assert (bins.low[1:] > bins.high[:-1]).all()
    assert ((column >= bins.low[bins.codes]) & (column <= bins.high[bins.codes])).all()
