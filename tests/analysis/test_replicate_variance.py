"""How much is luck, and what two scenarios differ by on the same runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_sim.analysis.replicate_variance import (
    contrast_names,
    paired,
    point_means,
    shared_run_errors,
)
from alliance_sim.errors import SettingError, UnknownName

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


def test_the_error_of_shared_runs_is_what_other_runs_would_give() -> None:
    rng = np.random.default_rng(8)
    estimates, told = [], []
    for _ in range(60):
        frame = sweep(shared=True)
        frame["y"] += np.tile(rng.normal(size=REPLICATES), POINTS)
        means = point_means(frame, outcome="y")
        estimates.append(means.mean.mean())
        told.append(shared_run_errors(means, lambda mean: np.array([mean.mean()]))[0])
    assert np.mean(told) == pytest.approx(np.std(estimates), rel=0.3)


def test_runs_of_their_own_and_a_single_shared_run_add_no_error() -> None:
    def index(mean: np.ndarray) -> np.ndarray:
        return np.array([mean.mean()])

    alone = sweep(shared=True)
    alone = alone[alone["replicate"] == 0]
    for frame in (sweep(shared=False), alone):
        assert shared_run_errors(point_means(frame, outcome="y"), index) == [0.0]


def two_scenarios() -> pd.DataFrame:
    base = sweep(shared=True)
    other = base.assign(scenario="b", y=base["y"] + 0.25)
    return pd.concat([base, other.sample(frac=1, random_state=1)], ignore_index=True)


def test_a_contrast_pairs_runs_however_rows_are_ordered() -> None:
    found = paired(two_scenarios(), outcome="y", first="a", second="b")
    assert found["y"].to_numpy() == pytest.approx(0.25)
    assert len(found) == POINTS * REPLICATES


def test_a_contrast_is_lost_where_either_run_failed() -> None:
    frame = two_scenarios()
    frame.loc[0, "y"] = np.nan
    assert paired(frame, outcome="y", first="a", second="b")["y"].isna().sum() == 1


def test_a_contrast_of_what_is_not_there_is_told() -> None:
    frame = two_scenarios()
    with pytest.raises(UnknownName, match="unknown scenario 'c'"):
        paired(frame, outcome="y", first="a", second="c")
    with pytest.raises(SettingError, match="'a' minus itself is 0"):
        paired(frame, outcome="y", first="a", second="a")
    with pytest.raises(SettingError, match="do not have the same runs"):
        paired(frame.iloc[:-1], outcome="y", first="a", second="b")


@pytest.mark.parametrize("text", ["b - a", "b-a", " b − a ", "b – a"])
def test_a_contrast_is_two_names_and_a_minus_sign(text: str) -> None:
    assert contrast_names(text, ["a", "b"]) == ("b", "a")


def test_names_with_minus_signs_of_their_own_are_understood() -> None:
    assert contrast_names("no-war - base-line", ["base-line", "no-war"]) == ("no-war", "base-line")
    assert contrast_names("no-war-base-line", ["base-line", "no-war"]) == ("no-war", "base-line")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("b - baseline", "unknown scenario 'baseline'"),
        ("a", "must be two scenarios as in 'B - A'"),
        ("", "must be two scenarios as in 'B - A'"),
        ("a - b - a", "must be two scenarios as in 'B - A'"),
    ],
)
def test_a_contrast_that_cannot_be_read_is_told(text: str, told: str) -> None:
    with pytest.raises(SettingError, match=told):
        contrast_names(text, ["a", "b"])
