"""The glossary: one word for one thing, one rounding for one number."""

from __future__ import annotations

import math

import pytest

from alliance_sim.errors import UnknownName
from alliance_sim.glossary import (
    decimal,
    domain_words,
    is_whole,
    once,
    percent,
    plain,
    terms,
    unit_words,
    with_unit,
)
from alliance_sim.scenario import load_scenario
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.fields import SERIES
from alliance_sim.scenario.path import numbers
from alliance_sim.world.state import meanings_of, reported

BASELINE = load_scenario("japan_nato/baseline")


def test_every_term_stands_once_and_is_explained() -> None:
    names = [entry.term for entry in terms()]
    assert len(set(names)) == len(names)
    assert all(entry.plain and entry.meaning.endswith(".") for entry in terms())


def test_the_technical_term_stands_behind_its_word_once() -> None:
    assert plain("rung") == "formal step"
    assert once("juncture") == "turning point (juncture)"
    assert once("claim") == "claim"
    with pytest.raises(UnknownName, match="did you mean 'juncture'"):
        plain("junctur")


def test_every_domain_has_a_word() -> None:
    assert [domain_words(series) for series in SERIES] == [
        *("politics", "operations", "equipment", "institutions")
    ]
    assert domain_words("fishing") == "fishing"


def test_every_log_unit_of_a_scenario_is_explained() -> None:
    units = {number["unit"] for _, number in numbers(as_tree(BASELINE))}
    assert [unit for unit in units if unit.startswith("log") and unit_words(unit) == unit] == []


def test_what_plus_one_of_log_odds_does_is_true() -> None:
    assert "+1 lifts 0.50 to 0.73" in unit_words("log-odds")
    assert f"{1 / (1 + math.exp(-1)):.2f}" == "0.73"


def test_a_unit_joins_the_bracket_of_a_technical_term() -> None:
    assert with_unit("level", "years") == "level (years)"
    assert with_unit("shared fears (agenda overlap)", "0 to 1") == (
        "shared fears (agenda overlap, 0 to 1)"
    )
    assert with_unit("level", "1") == "level"


@pytest.mark.parametrize(
    ("share", "decimals", "told"),
    [
        (0.799, 0, "79 %"),
        (0.975, 0, "97 %"),
        (0.895, 0, "89 %"),
        (0.07, 0, "7 %"),
        (1.0, 0, "100 %"),
        (0.0, 0, "0 %"),
        (0.002, 0, "under 1 %"),
        (0.1396, 1, "13.9 %"),
        (0.0004, 1, "under 0.1 %"),
        (None, 0, "–"),
        (math.nan, 1, "–"),
    ],
)
def test_a_share_is_rounded_down_everywhere(share: float, decimals: int, told: str) -> None:
    assert percent(share, decimals) == told


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [(11.0, "formal step", "11"), (9.5, "formal step", "9.5"), (0.31149, "1", "0.311"),
     (-0.5, "1", "−0.500"), (math.nan, "1", "–"), (3.0, "acts a quarter", "3")],
)  # fmt: skip
def test_a_number_is_written_as_its_unit_asks(value: float, unit: str, told: str) -> None:
    assert decimal(value, unit) == told


def test_every_reported_state_is_told_in_words_without_its_name() -> None:
    for name, told in meanings_of(BASELINE).items():
        assert "_" not in told.long_name
        assert "{" not in told.long_name
        assert told.long_name != name


def test_a_unit_says_which_states_are_shares_and_which_are_counted() -> None:
    for name, state, _ in reported(BASELINE):
        told = meanings_of(BASELINE)[name]
        if told.unit == "1":
            assert (state.low, state.high) == (0.0, 1.0)
        else:
            assert is_whole(told.unit) or told.unit == "log-odds"
