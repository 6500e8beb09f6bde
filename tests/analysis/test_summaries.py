"""Means, quantiles and probabilities at each point, with their Monte Carlo errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_sim.analysis.columns import ADDED
from alliance_sim.analysis.summaries import point_table, wilson
from alliance_sim.errors import SettingError, UnknownName

numbers = st.floats(-1e6, 1e6)


def runs(values: list[float], **more: object) -> pd.DataFrame:
    """Return runs of one point of one scenario."""
    return pd.DataFrame({"scenario": "a", "point": 0, "y": values, **more})


def only(frame: pd.DataFrame, **settings: object) -> pd.Series:
    """Return the only row of the table of an outcome called y."""
    table = point_table(frame, outcomes=["y"], **settings)  # type: ignore[arg-type]
    assert len(table) == 1
    return table.iloc[0]


@settings(max_examples=30)
@given(st.lists(numbers, min_size=2, max_size=40))
def test_mean_and_quantiles_are_those_of_numpy(values: list[float]) -> None:
    row = only(runs(values))
    assert row["mean"] == pytest.approx(np.mean(values), abs=1e-6)
    assert row["mean_se"] == pytest.approx(
        np.std(values, ddof=1) / np.sqrt(len(values)), abs=1e-6, rel=1e-6
    )
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        expected = np.quantile(values, share)
        assert row[f"q{round(100 * share):02d}"] == pytest.approx(expected, abs=1e-6)


def test_the_error_of_a_median_is_what_other_runs_would_give() -> None:
    rng = np.random.default_rng(3)
    sweeps = rng.normal(size=(2000, 101))
    point = np.repeat(np.arange(2000), 101)
    frame = pd.DataFrame({"scenario": "a", "point": point, "y": sweeps.ravel()})
    told = point_table(frame, outcomes=["y"])["q50_se"]
    assert told.mean() == pytest.approx(np.median(sweeps, axis=1).std(), rel=0.1)


def test_failed_runs_are_counted_and_left_out() -> None:
    row = only(runs([1.0, np.nan, 3.0, np.nan]))
    assert (row["runs"], row["failed"], row["mean"]) == (2, 2, 2.0)


def test_a_point_whose_runs_all_failed_has_no_numbers() -> None:
    row = only(runs([np.nan, np.nan]), binary=["y"])
    assert (row["runs"], row["failed"]) == (0, 2)
    assert np.isnan([row["mean"], row["mean_se"], row["q50"], row["probability_low"]]).all()


def test_one_run_has_a_mean_and_no_error() -> None:
    row = only(runs([4.0]))
    assert (row["mean"], row["q05"], row["q95"]) == (4.0, 4.0, 4.0)
    assert np.isnan([row["mean_se"], row["q50_se"]]).all()


def test_something_that_happens_has_a_probability_with_an_interval() -> None:
    row = only(runs([1.0, 0.0, 1.0, 1.0]), binary=["y"])
    assert row["probability"] == row["mean"] == 0.75
    assert 0 < row["probability_low"] < 0.75 < row["probability_high"] < 1
    assert np.isnan(only(runs([1.0, 0.0, 1.0, 1.0]))["probability"])


def test_what_never_happened_is_not_impossible() -> None:
    row = only(runs([0.0] * 20), binary=["y"])
    assert row["mean_se"] == row["probability_low"] == 0
    assert row["probability_high"] == pytest.approx(0.1611, abs=1e-4)


def test_the_interval_of_a_probability_is_the_published_one() -> None:
    low, high = wilson(81, 263)  # Newcombe (1998), Statistics in Medicine 17, table I
    assert float(low) == pytest.approx(0.2553, abs=1e-4)
    assert float(high) == pytest.approx(0.3662, abs=1e-4)


def test_rows_go_by_point_then_scenario_then_outcome_and_carry_the_factors() -> None:
    frame = pd.DataFrame(
        {
            "scenario": ["b", "b", "a", "a"] * 2,
            "point": [0] * 4 + [1] * 4,
            "pull": [0.5] * 4 + [2.5] * 4,
            "y": np.arange(8.0),
            "z": 1.0,
        }
    )
    table = point_table(frame, outcomes=["y", "z"], factors=["pull"])
    assert table["point"].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert table["scenario"].tolist() == ["b", "b", "a", "a"] * 2
    assert table["outcome"].tolist() == ["y", "z"] * 4
    assert table["pull"].tolist() == [0.5] * 4 + [2.5] * 4
    assert table["mean"].tolist() == [0.5, 1.0, 2.5, 1.0, 4.5, 1.0, 6.5, 1.0]


def test_points_of_different_numbers_of_runs_stand_in_one_table() -> None:
    frame = pd.DataFrame(
        {"scenario": "a", "point": [0, 0, 0, 1, 1], "y": [1.0, 2.0, 3.0, 5.0, np.nan]}
    )
    table = point_table(frame, outcomes=["y"])
    assert table["q50"].tolist() == [2.0, 5.0]
    assert table["runs"].tolist() == [3, 1]


def test_an_unknown_outcome_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="unknown column 'yy'; did you mean 'y'"):
        point_table(runs([1.0]), outcomes=["yy"])


def test_no_runs_and_numbers_that_are_not_0_or_1_are_told() -> None:
    with pytest.raises(SettingError, match="no runs to summarise"):
        point_table(runs([]), outcomes=["y"])
    with pytest.raises(SettingError, match=r"'y' holds 0\.5, must be 0 or 1"):
        point_table(runs([0.5]), outcomes=["y"], binary=["y"])


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_the_interval_of_a_probability_is_that_of_scipy(runs: int, share: float) -> None:
    from scipy.stats import binomtest

    happened = round(share * runs)
    low, high = wilson(happened, runs)
    expected = binomtest(happened, runs).proportion_ci(method="wilson")
    assert abs(low - expected.low) < 1e-12
    assert abs(high - expected.high) < 1e-12


def test_a_factor_that_is_called_like_a_column_is_not_written_over() -> None:
    frame = runs([0.5, 1.0]).assign(mean=7.0)
    with pytest.raises(SettingError, match="factor 'mean' is called like a column of the table"):
        point_table(frame, outcomes=["y"], factors=["mean"])
    table = point_table(runs([0.5, 1.0]), outcomes=["y"])
    assert set(table.columns) - {"scenario", "point"} <= set(ADDED)
