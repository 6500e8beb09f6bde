"""Levels of a sweep held against each other, run by run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_sim.analysis.axes import Axis
from alliance_sim.analysis.contrasts import (
    contrast_names,
    contrasts_asked,
    differences,
    paired,
    share_of_runs,
)
from alliance_sim.errors import SettingError, UnknownName

LABELS = ("base", "no-raid", "late")
RAID = Axis("raid", "the raid", "choice", (True, False))
PULL = Axis("pull", "pull of threats", "number", (0.5, 1.0))
RULE = Axis("rule", "rule of the council", "choice", ("consensus", "leader"))
SPEED = Axis("speed", "speed", "number", (), 0.0, 1.0)
AXES = (RAID, PULL, RULE, SPEED)


def rows(scenarios: tuple[str, ...] = LABELS) -> pd.DataFrame:
    """Runs of a grid of raid and pull; what each came to tells where it stands."""
    found = []
    for scenario in scenarios:
        points = [(raid, pull) for raid in (True, False) for pull in (0.5, 1.0)]
        for point, (raid, pull) in enumerate(points):
            for run in range(3):
                effect = 10.0 * raid + pull + 100.0 * scenarios.index(scenario) + run**2
                found.append((scenario, point, raid, pull, run, run, effect, float(run > 1)))
    columns = ["scenario", "point", "raid", "pull", "replicate", "run", "y", "z"]
    return pd.DataFrame(found, columns=columns)


def test_two_scenarios_are_named_with_a_minus_sign_between_them() -> None:
    (found,) = contrasts_asked("no-raid - base", LABELS)
    assert (found.along, found.edited, found.factual) == ("scenario", "no-raid", "base")
    assert found.label == "no-raid minus base"
    assert contrasts_asked("no-raid−base", LABELS) == (found,)


def test_one_scenario_is_held_against_all_others() -> None:
    found = contrasts_asked(" base ", LABELS)
    assert [contrast.label for contrast in found] == ["no-raid minus base", "late minus base"]


@pytest.mark.parametrize("text", ["raid=false - true", "raid = false - raid=true"])
def test_two_values_of_a_factor_are_named_as_in_a_plan(text: str) -> None:
    (found,) = contrasts_asked(text, LABELS, AXES)
    assert (found.along, found.edited, found.factual) == ("raid", False, True)
    assert found.label == "raid false minus true"
    (number,) = contrasts_asked("pull=1 - 0.5", LABELS, AXES)
    assert (number.edited, number.factual) == (1.0, 0.5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no_raid - base", "unknown scenario 'no_raid'; did you mean 'no-raid'"),
        ("nothing", "must be two scenarios as in 'B - A', one to be held against all others"),
        ("base - base", "'base' minus itself is 0; name two scenarios"),
        ("riad=false - true", "unknown factor 'riad'; did you mean 'raid'"),
        ("raid=no - yes", r"must be two values of raid.*'raid=false - true' \(values: true, false"),
        ("raid=true", "must be two values of raid"),
        ("rule=leader - leader", "must be two values of rule"),
        ("speed=0.1 - 0.2", "factor 'speed' has no list of values"),
    ],
)
def test_a_contrast_that_cannot_be_is_told_with_what_could_be_meant(text: str, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        contrasts_asked(text, LABELS, AXES)
    with pytest.raises(SettingError, match="'base' is the only scenario"):
        contrasts_asked("base", ("base",))


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("no-rad - base", ["'no-rad'"]),
        ("no-rad-base", ["'no-rad'"]),
        ("no-raid - bace", ["'bace'"]),
        ("bace", ["'bace'"]),
        ("peace - war", ["'peace'", "'war'"]),
    ],
)
def test_of_a_misspelt_contrast_only_the_misspelling_is_told(text: str, unknown: list[str]) -> None:
    with pytest.raises(SettingError) as told:
        contrasts_asked(text, LABELS)
    assert len(told.value.problems) == len(unknown)
    for problem, name in zip(told.value.problems, unknown, strict=True):
        assert problem.startswith(f"unknown scenario {name}")


def test_scenarios_are_subtracted_point_by_point_and_run_by_run() -> None:
    frame = rows().sample(frac=1.0, random_state=1)
    (contrast,) = contrasts_asked("late - base", LABELS)
    found = differences(frame, contrast, outcomes=["y"], factors=["raid", "pull"])
    assert len(found) == 12
    assert found["y"].tolist() == [200.0] * 12
    assert (found["edited"] - found["factual"]).tolist() == [200.0] * 12
    assert set(found["scenario"]) == {"late minus base"}
    assert sorted(found["point"].unique()) == [0, 1, 2, 3]


def test_values_of_a_factor_are_subtracted_where_all_others_agree() -> None:
    (contrast,) = contrasts_asked("raid=false - true", LABELS, AXES)
    found = differences(rows(), contrast, outcomes=["y", "z"], factors=["raid", "pull"])
    assert len(found) == 18
    assert found["y"].tolist() == [-10.0] * 18
    assert found["z"].tolist() == [0.0] * 18
    assert not found["raid"].any()
    assert set(found["scenario"]) == {f"{label}: raid false minus true" for label in LABELS}
    alone = differences(rows(("base",)), contrast, outcomes=["y"], factors=["raid", "pull"])
    assert set(alone["scenario"]) == {"raid false minus true"}


def test_a_point_that_a_table_has_twice_gives_a_run_no_second_twin() -> None:
    frame = rows(("base",))
    again = frame[frame["raid"]].assign(point=frame["point"] + 100)
    (contrast,) = contrasts_asked("raid=false - true", LABELS, AXES)
    once, twice = (
        differences(table, contrast, outcomes=["y"], factors=["raid", "pull"])
        for table in (frame, pd.concat([frame, again]))
    )
    pd.testing.assert_frame_equal(once, twice)


def test_a_pair_of_which_one_failed_is_no_number() -> None:
    frame = rows()
    frame.loc[0, "y"] = np.nan
    (contrast,) = contrasts_asked("late - base", LABELS)
    found = differences(frame, contrast, outcomes=["y"], factors=["raid", "pull"])
    failed = found["y"].isna()
    assert failed.sum() == 1
    assert found.loc[failed, ["factual", "edited"]].isna().all(axis=None)


def test_points_without_a_twin_are_told() -> None:
    frame = rows()
    frame["pull"] = frame["point"] / 7.0  # as sampled: no two points share it
    (contrast,) = contrasts_asked("raid=false - true", LABELS, AXES)
    with pytest.raises(SettingError, match=r"no two points differ in 'raid' alone.*kind 'grid'"):
        differences(frame, contrast, outcomes=["y"], factors=["raid", "pull"])


def test_shares_of_runs_leave_out_what_failed() -> None:
    values = pd.Series([1.0, 2.0, 0.0, -1.0, np.nan])
    assert share_of_runs(values, above=True) == 0.5
    assert share_of_runs(values, above=False) == 0.25
    assert np.isnan(share_of_runs(pd.Series([np.nan]), above=True))


def two_scenarios() -> pd.DataFrame:
    """Return the runs of two scenarios, in no order."""
    return rows(("a", "b")).sample(frac=1, random_state=1, ignore_index=True)


def test_a_contrast_pairs_runs_however_rows_are_ordered() -> None:
    found = paired(two_scenarios(), outcome="y", first="a", second="b")
    assert found["y"].to_numpy() == pytest.approx(100.0)
    assert len(found) == len(rows(("b",)))


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


@pytest.mark.parametrize("name", ["factual", "edited"])
def test_a_factor_that_is_called_like_a_column_beside_a_difference_is_refused(name: str) -> None:
    frame = rows().rename(columns={"pull": name})
    (contrast,) = contrasts_asked("late - base", LABELS)
    with pytest.raises(SettingError, match=f"factor '{name}' is called like a column"):
        differences(frame, contrast, outcomes=["y"], factors=["raid", name])
