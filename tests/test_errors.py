"""Errors say what was found, what is allowed and what is nearest, also across processes."""

import inspect
import pickle
from pathlib import Path
from typing import Any

import pytest

import alliance_sim
from alliance_sim import calibration, counterfactual
from alliance_sim.errors import (
    AllianceSimError,
    ProblemsError,
    ResultError,
    ScenarioError,
    SettingError,
    UnknownName,
    explains_calls,
    nearest_name,
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


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("nope", "abandonment"),
        ("foo", "sobol"),
        ("cold", "consensus"),
    ],
)
def test_a_name_from_afar_is_not_offered(name: str, known: str) -> None:
    assert unknown_name("key", name, [known]) == f"unknown key {name!r} (known: {known})"
    assert nearest_name(name, [known]) is None


def test_the_last_part_of_a_name_stands_for_the_whole() -> None:
    known = ["europe/peace_in_the_north", "asia/peace_in_the_south"]
    assert nearest_name("peace_in_the_south", known) == "asia/peace_in_the_south"
    assert nearest_name("baseline", ["the_first_relationship/baseline"]) is not None
    assert nearest_name("", known) is None


def test_twenty_known_names_are_all_told() -> None:
    known = [f"name_{k:02}" for k in range(20)]
    assert unknown_name("key", "zzz", known) == f"unknown key 'zzz' (known: {', '.join(known)})"


def test_of_many_known_names_only_the_nearest_are_told() -> None:
    known = [*(f"count_{k:03}" for k in range(90)), "level_a", "level_b", "rung_end"]
    told = unknown_name("outcome", "levl_b", known)
    assert told.startswith(
        "unknown outcome 'levl_b'; did you mean 'level_b'? "
        "(known, nearest first: level_b, level_a, "
    )
    assert told.endswith(" and 83 more)")
    assert told.count(",") == 10
    assert len(told) < 250


def test_a_name_unlike_any_of_many_still_comes_with_ten_of_them() -> None:
    known = [f"count_{k}" for k in range(30)]
    told = unknown_name("outcome", "zzz", known)
    assert told.startswith("unknown outcome 'zzz' (known, nearest first: count_0, count_1, ")
    assert told.endswith(" and 20 more)")


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        _ = alliance_sim.simulat
    assert set(alliance_sim.__all__) <= set(dir(alliance_sim))


@explains_calls
def served(dish: str, *more: str, hot: bool = True, **notes: str) -> str:
    """A function with every kind of argument."""
    return f"{dish} {more} {hot} {notes}"


@explains_calls
def spoilt(dish: str, *, hot: bool = True) -> str:
    """A function in which something else goes wrong."""
    return dish + str(len(hot))  # type: ignore[arg-type]


def test_a_right_call_is_passed_on_as_it_is() -> None:
    assert served("soup", "bread", hot=False, salt="little") == (
        "soup ('bread',) False {'salt': 'little'}"
    )
    assert str(inspect.signature(served)) == (
        "(dish: str, *more: str, hot: bool = True, **notes: str) -> str"
    )


def test_all_that_is_wrong_with_a_call_is_told_at_once() -> None:
    called: Any = spoilt
    with pytest.raises(SettingError) as caught:
        called(1, 2, 3, hott=True, dish="x")
    where = "given by its place, and only dish can be; write what it is, as in hot=... (known: hot)"
    assert caught.value.problems == (
        f"2 is {where}",
        f"3 is {where}",
        "unknown argument 'hott'; did you mean 'hot'? (known: dish, hot)",
        "dish is given twice",
    )
    with pytest.raises(SettingError, match="served: 1 problem\n  - dish is missing"):
        served(hot=True)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (calibration.shipped_posterior, "scenario"),
        (lambda name: calibration.free_runs(name, runs=2), "scenario"),
        (calibration.score_record, "scenario"),
        (lambda name: calibration.predictive_checks(name, runs=100), "scenario"),
        (lambda name: counterfactual.whatif(name, outcome="rung>=8@2014"), "base"),
        (lambda name: alliance_sim.noise_of_seed(name, seed=1, runs=2), "scenario"),
    ],
)
@pytest.mark.parametrize("name", ["japan_nato/baseline", Path("mine.toml")], ids=["name", "file"])
def test_a_name_where_a_scenario_is_taken_is_told_with_what_to_write(
    call: Any, argument: str, name: str | Path
) -> None:
    with pytest.raises(SettingError, match=rf"{argument} is .*must be a scenario.*load_scenario"):
        call(name)


@pytest.mark.parametrize("given", [True, 5, "bar"])
def test_what_cannot_be_called_later_is_told_before_the_work(given: Any) -> None:
    told = rf"progress is {given!r}, must be a function that is called as the work goes on, or None"
    islands = alliance_sim.load_scenario("two_islands/baseline")
    for call in (
        lambda: alliance_sim.simulate(islands, runs=1, progress=given),
        lambda: alliance_sim.compare(islands, "without great_raid", runs=1, progress=given),
        lambda: counterfactual.whatif(islands, outcome="rung>=2@2009", progress=given),
    ):
        with pytest.raises(SettingError, match=told):
            call()
    with pytest.raises(SettingError, match="callback is "):
        calibration.run_to_end(None, callback=given)


def test_what_goes_wrong_inside_of_a_right_call_stays_what_it_is() -> None:
    with pytest.raises(TypeError, match="has no len"):
        spoilt("soup")
