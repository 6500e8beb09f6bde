"""An outcome along one factor, over two, over the periods."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from alliance_sim import load_scenario
from alliance_sim.analysis.axes import Axis
from alliance_sim.analysis.bands import (
    OutcomeView,
    bands_along,
    bands_over_periods,
    cell_table,
    cluster_error,
    states_by_period,
)

A, B = Axis("a", "first"), Axis("b", "second", "choice", ("u", "v"))
REPLICATES = 50
Y = OutcomeView("y")

PERIODS = load_scenario("japan_nato/baseline").calendar().periods


def grid(noise: float = 0.0) -> pd.DataFrame:
    """Return runs of a grid of 3 by 2 points in which replicates share their luck."""
    luck = np.random.default_rng(1).normal(size=REPLICATES)
    rows = [
        ("s", point, replicate, a, b, a + 10 * (b == "v") + noise * luck[replicate])
        for point, (a, b) in enumerate((a, b) for a in (0.0, 1.0, 2.0) for b in ("u", "v"))
        for replicate in range(REPLICATES)
    ]
    frame = pd.DataFrame(rows, columns=["scenario", "point", "replicate", "a", "b", "y"])
    return frame.assign(run=frame["replicate"])


def test_a_fan_goes_along_one_factor_over_all_others() -> None:
    bands = bands_along(grid(), Y, axis=A)
    assert bands["place"].tolist() == [0.0, 1.0, 2.0]
    assert bands["mean"].tolist() == [5.0, 6.0, 7.0]
    assert bands["q05"].tolist() == [0.0, 1.0, 2.0]
    assert bands["q95"].tolist() == [10.0, 11.0, 12.0]
    assert bands["runs"].tolist() == [100, 100, 100]


def test_a_map_has_one_cell_for_each_pair_of_values() -> None:
    cells = cell_table(grid(), Y, across=A, up=B)
    assert list(zip(cells["across_label"], cells["up_label"], cells["mean"], strict=True)) == [
        (f"{a:g}", b, a + 10 * (b == "v")) for a in (0.0, 1.0, 2.0) for b in ("u", "v")
    ]
    assert (cells["points"] == 1).all()


def test_two_factors_of_many_values_are_cut_into_fewer_stretches_than_one_alone() -> None:
    values = np.random.default_rng(1).random((300, 2))
    frame = pd.DataFrame(values, columns=["a", "b"]).assign(
        scenario="s", point=range(300), replicate=0, run=0, y=1.0
    )
    cells = cell_table(frame, Y, across=A, up=Axis("b", "second"))
    assert (cells["across"].nunique(), cells["up"].nunique()) == (5, 5)
    assert cells["runs"].sum() == 300
    assert len(bands_along(frame, Y, axis=A)) == 10


def test_a_cell_without_runs_is_left_out() -> None:
    frame = grid()
    frame = frame[(frame["a"] != 2.0) | (frame["b"] == "u")]
    assert len(cell_table(frame, Y, across=A, up=B)) == 5


def test_luck_that_points_share_does_not_average_out_over_points() -> None:
    frame = grid(noise=1.0)
    luck = np.random.default_rng(1).normal(size=REPLICATES)
    expected = luck.std(ddof=1) / np.sqrt(REPLICATES)
    whole = np.zeros(len(frame), dtype=np.intp)
    error, replicates = cluster_error(frame, whole, 1, outcome="y", cluster="replicate")
    assert replicates.tolist() == [REPLICATES]
    assert error[0] == pytest.approx(expected)
    bands = bands_along(frame, Y, axis=A)
    assert bands["mean_se"].to_numpy() == pytest.approx(expected)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("replicates", [2, 20])
def test_intervals_hold_the_mean_as_often_as_they_say_however_few_replicates_there_are(
    replicates: int, shared: bool
) -> None:
    luck, points, sweeps = np.random.default_rng(5), 6, 200
    place, run = np.divmod(np.arange(points * replicates), replicates)
    one = pd.DataFrame({"point": place, "replicate": run, "run": run, "a": 0.0})
    if not shared:
        one["run"] = np.arange(len(one))
    size = (sweeps, replicates if shared else len(one))
    noise = luck.normal(size=size)[:, one["run"]]
    frame = pd.concat(
        [one.assign(scenario=f"{k}", y=10.0 * place + noise[k]) for k in range(sweeps)]
    )
    bands = bands_along(frame, Y, axis=A)
    held = bands["mean_low"].lt(25.0) & bands["mean_high"].gt(25.0)
    assert binomtest(int(held.sum()), sweeps, 0.95).pvalue > 1e-3


def test_a_share_that_is_0_or_1_still_has_an_interval() -> None:
    frame = grid().assign(z=lambda f: (f["a"] >= 1).astype(float))
    bands = bands_along(frame, OutcomeView("z", binary=True), axis=A)
    assert bands["mean"].tolist() == [0.0, 1.0, 1.0]
    assert bands["mean_low"][0] == 0
    assert 0.05 < bands["mean_high"][0] < 0.1  # as of 50 runs, though there are 100
    assert 0.9 < bands["mean_low"][1] < 0.95


def test_where_other_factors_are_sampled_the_error_holds_that_of_the_points() -> None:
    rng = np.random.default_rng(2)
    errors, means = [], []
    for _ in range(40):
        x, other = rng.random(60), rng.random(60)
        frame = pd.DataFrame(
            {
                "scenario": "s",
                "point": range(60),
                "replicate": 0,
                "run": 0,
                "a": x.round(),
                "y": other,
            }
        )
        band = bands_along(frame, OutcomeView("y", sampled=True), axis=A).iloc[0]
        errors.append(band["mean_se"])
        means.append(band["mean"])
    assert np.mean(errors) == pytest.approx(np.std(means), rel=0.3)


def test_one_replicate_tells_nothing_of_its_own_error() -> None:
    frame = grid()
    bands = bands_along(frame[frame["replicate"] == 0], Y, axis=A)
    assert bands["mean_se"].isna().all()


def test_runs_of_their_own_tell_their_error_even_with_one_replicate() -> None:
    frame = grid(noise=1.0)
    frame = frame[frame["replicate"] == 0].assign(run=range(6), z=1.0)
    bands = bands_along(frame, Y, axis=A)
    assert bands["mean_se"].to_numpy() == pytest.approx(10 / 2)  # of two runs that differ by 10
    share = bands_along(frame, OutcomeView("z", binary=True), axis=A)
    assert share["mean_low"].to_numpy() == pytest.approx(0.3424, abs=1e-3)  # 2 of 2


def test_states_with_a_mean_for_every_period_are_found() -> None:
    names = [f"level_political_mean_p{p}" for p in (1, 2, 3, 4)] + ["rung_mean_p1", "rung_end"]
    assert states_by_period(names, PERIODS) == ["level_political"]


def test_periods_stand_in_their_order_for_each_scenario() -> None:
    frame = pd.DataFrame(
        {
            "scenario": ["s", "s", "t", "t"],
            "point": 0,
            "replicate": [0, 1, 0, 1],
            "run": [0, 1, 0, 1],
            **{f"x_mean_p{p}": [p, p, 10.0 * p, 10.0 * p] for p in (1, 2, 3, 4)},
        }
    )
    bands = bands_over_periods(frame, state="x", periods=PERIODS)
    assert bands[bands["scenario"] == "t"]["mean"].tolist() == [10.0, 20.0, 30.0, 40.0]
    assert bands[bands["scenario"] == "s"]["place"].tolist() == [1, 2, 3, 4]
