"""Errors say what was found, what is allowed and what is nearest, also across processes."""

import pickle

import pytest

import alliance_sim
from alliance_sim.errors import (
    AllianceSimError,
    ProblemsError,
    ResultError,
    ScenarioError,
    SettingError,
    UnknownName,
    unknown_name,
)

KNOWN = ("russia", "china", "terrorism")


def test_problems_are_counted_and_listed_under_their_place() -> None:
    two = ScenarioError("mine.toml", ["first", "second"])
    assert str(two) == "mine.toml: 2 problems\n  - first\n  - second"
    assert str(SettingError("simulate", ["only"])) == "simulate: 1 problem\n  - only"


@pytest.mark.parametrize("kind", [ProblemsError, ScenarioError, SettingError])
def test_an_error_crosses_from_a_worker_process_whole(kind: type[ProblemsError]) -> None:
    there = pickle.loads(pickle.dumps(kind("mine.toml", ["first", "second"])))
    assert type(there) is kind
    assert (there.where, there.problems) == ("mine.toml", ("first", "second"))
    assert str(there) == str(kind("mine.toml", ["first", "second"]))


@pytest.mark.parametrize("kind", [ScenarioError, SettingError, UnknownName, ResultError])
def test_every_error_is_one_of_ours(kind: type[Exception]) -> None:
    assert issubclass(kind, AllianceSimError)
    assert issubclass(kind, alliance_sim.AllianceSimError)


def test_an_unknown_name_comes_with_the_nearest_and_all_others() -> None:
    sentence = unknown_name("threat", "rusia", KNOWN)
    assert sentence == (
        "unknown threat 'rusia'; did you mean 'russia'? (known: china, russia, terrorism)"
    )


def test_a_name_near_to_none_comes_with_all_known_ones() -> None:
    assert unknown_name("threat", "zzz", KNOWN) == (
        "unknown threat 'zzz' (known: china, russia, terrorism)"
    )
    assert unknown_name("threat", "zzz", []) == "unknown threat 'zzz' (known: none)"


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        _ = alliance_sim.simulat
    assert set(alliance_sim.__all__) <= set(dir(alliance_sim))
