"""How much is luck."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_sim.analysis.replicate_variance import point_means, shared_run_margins
from alliance_sim.analysis.summaries import student

POINTS, REPLICATES = 400, 8


def sweep(*, shared: bool, own: float = 1.0, common: float = 0.0) -> pd.DataFrame:
    """Return runs whose points differ by a variance of 1, with luck of its own and shared luck."""
    rng = np.random.default_rng(5)
    effect = rng.normal(size=POINTS)
    luck = own * rng.normal(size=(POINTS, REPLICATES)) + common * rng.normal(size=REPLICATES)
    point, replicate = np.divmod(np.arange(POINTS * REPLICATES), REPLICATES)
    return pd.DataFrame(
        {
            "scenario": "a",
            "point": point,
            "replicate": replicate,
            "run": replicate if shared else point * REPLICATES + replicate,
            "y": (effect[:, None] + luck).ravel(),
        }
    )


def test_the_share_of_luck_is_found_again() -> None:
    luck = point_means(sweep(shared=False, own=2.0), outcome="y").luck
    assert luck is not None
    assert luck.within == pytest.approx(4 / 5, abs=0.03)
    assert luck.left == pytest.approx(0.5 / 1.5, abs=0.04)
    assert luck.error == pytest.approx(np.sqrt(4 / REPLICATES), abs=0.03)


def test_shared_luck_lies_within_points_and_does_not_disturb_differences() -> None:
    luck = point_means(sweep(shared=True, own=0.0, common=2.0), outcome="y").luck
    assert luck is not None
    assert luck.within > 0.5
    assert luck.left < 1e-12


def test_one_run_a_point_cannot_tell_luck() -> None:
    frame = sweep(shared=False)
    assert point_means(frame[frame["replicate"] == 0], outcome="y").luck is None


def test_whether_points_share_their_runs_is_seen_from_the_runs() -> None:
    assert point_means(sweep(shared=True), outcome="y").shared
    assert not point_means(sweep(shared=False), outcome="y").shared


def test_failed_runs_are_counted_and_means_go_over_the_others() -> None:
    frame = sweep(shared=True)
    frame.loc[[0, 1, 9], "y"] = np.nan
    means = point_means(frame, outcome="y")
    assert (means.failed, means.runs) == (3, POINTS * REPLICATES - 3)
    assert means.mean[0] == pytest.approx(frame["y"][2:8].mean())


def test_the_margin_of_shared_runs_is_what_other_runs_would_give() -> None:
    rng = np.random.default_rng(8)
    estimates, told = [], []
    for _ in range(60):
        frame = sweep(shared=True)
        frame["y"] += np.tile(rng.normal(size=REPLICATES), POINTS)
        means = point_means(frame, outcome="y")
        estimates.append(means.mean.mean())
        told.append(shared_run_margins(means, lambda mean: np.array([mean.mean()]))[0])
    errors = np.mean(told) / student(REPLICATES - 1)
    assert errors == pytest.approx(np.std(estimates), rel=0.3)


def test_runs_of_their_own_and_a_single_shared_run_add_no_error() -> None:
    def index(mean: np.ndarray) -> np.ndarray:
        return np.array([mean.mean()])

    alone = sweep(shared=True)
    alone = alone[alone["replicate"] == 0]
    for frame in (sweep(shared=False), alone):
        assert shared_run_margins(point_means(frame, outcome="y"), index) == [0.0]
