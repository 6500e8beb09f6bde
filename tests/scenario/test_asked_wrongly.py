"""What is asked of a scenario in Python in the wrong way is answered with what to write."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from alliance_sim import Scenario, ScenarioError, SettingError, UnknownName, load_scenario
from alliance_sim.scenario.path import Entries
from alliance_sim.scenario.scenario import build
from tests.scenario.conftest import whole_tree

MADE: Any = Scenario
BASE: Any = load_scenario("japan_nato/baseline")


def test_tables_with_names_are_found_by_name_and_by_place() -> None:
    found = BASE.junctures["nine_eleven"]
    assert found.title == "Attacks of 11 September 2001"
    assert BASE.junctures[BASE.junctures.index(found)] is found
    assert BASE.junctures[:2] == (BASE.junctures[0], BASE.junctures[1])
    assert BASE.kinds["equipment_agreement"].domain == "equipment"
    assert BASE.priors["willingness.threat_state"].path == "willingness.threat_state"


@pytest.mark.parametrize(
    "scenario",
    [
        BASE.without("nine_eleven"),
        BASE.moved("nine_eleven", by_quarters=4),
        BASE.with_number("juncture.nine_eleven.effect.0.size", 0.0),
        BASE.edited("leader abe_second_government=none"),
        load_scenario("japan_nato/no_nine_eleven"),
        pickle.loads(pickle.dumps(BASE)),
        copy.deepcopy(BASE),
    ],
    ids=["without", "moved", "number", "leader", "file", "sent", "copied"],
)
def test_they_still_are_after_edits_and_in_copies(scenario: Scenario) -> None:
    assert isinstance(scenario.junctures, Entries)
    assert scenario.junctures["nine_eleven"].name == "nine_eleven"
    assert len(scenario.junctures) == len(BASE.junctures)


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"unknown juncture 'no_911'; did you mean 'nine_eleven'"):
        BASE.junctures["no_911"]
    with pytest.raises(UnknownName, match=r"unknown threat 'rusia'; did you mean 'russia'\?"):
        BASE.threats["rusia"]
    with pytest.raises(UnknownName, match=r"unknown entry 'x' \(known: none\)"):
        Entries()["x"]


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("junctures", "write .junctures"),
        ("juncture", "write .junctures"),
        ("nine_eleven", "write .junctures['nine_eleven']"),
        ("nine_elevn", "write .junctures['nine_eleven']"),
        ("willingness.threat_state", "write .willingness.threat_state"),
        (
            "juncture.nine_eleven.effect.0.size",
            "write .junctures['nine_eleven'].effects[0].size",
        ),
        ("qqq", "a scenario's parts are attributes, such as .junctures"),
        (3, "a scenario's parts are attributes, such as .junctures"),
    ],
)
def test_brackets_are_answered_with_what_to_write(key: object, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        BASE[key]
    assert str(caught.value).endswith(told)
    assert f"asked for [{key!r}]" in str(caught.value)


@pytest.mark.parametrize("key", ["nine_eleven", "willingness.threat_state"])
def test_what_is_to_be_written_is_there(key: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        BASE[key]
    assert eval(f"BASE{str(caught.value).partition('write ')[2]}") is not None


def test_an_unknown_attribute_is_told_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match=r"a scenario has no .juncture; did you mean 'junct"):
        BASE.juncture  # noqa: B018
    with pytest.raises(AttributeError, match=r"has no .with_numbr; did you mean 'with_number'\?"):
        BASE.with_numbr  # noqa: B018
    assert not hasattr(BASE, "_repr_png_")
    assert not hasattr(BASE, "__array__")


def test_a_scenario_made_by_hand_says_what_is_missing_and_how_one_is_got() -> None:
    with pytest.raises(ScenarioError) as caught:
        MADE()
    assert "partners: is missing" in caught.value.problems
    assert "load_scenario(name or path) reads a scenario" in caught.value.problems[-1]
    with pytest.raises(ScenarioError, match=r"is given 'mine.toml'; load_scenario\(name or path\)"):
        MADE("mine.toml")
    with pytest.raises(ScenarioError, match="unknown key 'titel'; did you mean 'title'"):
        MADE(**(whole_tree("japan_nato/baseline") | {"titel": "x"}))


def test_what_is_wrong_in_a_file_is_told_under_its_name_as_before() -> None:
    with pytest.raises(ScenarioError) as caught:
        build({}, "mine.toml")
    assert str(caught.value).startswith("mine.toml: ")
    assert not any("load_scenario" in problem for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (
            lambda: BASE.moved("nine_eleven", dt.date(2004, 1, 1)),
            "datetime.date(2004, 1, 1) is given by its place, and only juncture can be; write",
        ),
        (BASE.moved, "juncture is missing"),
        (lambda: BASE.moved("nine_eleven", by_quarter=4), "did you mean 'by_quarters'?"),
        (lambda: BASE.moved("nine_eleven", juncture="x", to=None), "juncture is given twice"),
        (lambda: BASE.with_number("levels.pace"), "value is missing"),
        (lambda: BASE.with_number("a", 1, 2), "2 is one too many; it takes path and value"),
        (lambda: BASE.without(junctures="x"), "unknown argument 'junctures'"),
    ],
)
def test_a_wrong_call_is_told_in_words(call: Callable[[], object], told: str) -> None:
    with pytest.raises(SettingError) as caught:
        call()
    assert told in str(caught.value)
