"""The sentence of a comparison: what it names, and how sure it says that it is."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_sim import load_scenario
from alliance_sim.comparison.sentences import Findings, sentence_of
from alliance_sim.record.words import Words

WORDS = Words.of(load_scenario("two_islands/baseline"))
STEPS = pd.DataFrame(columns=["title", "factual", "edited"])


def told(*rows: tuple[str, int, float, float, float], steps: pd.DataFrame = STEPS) -> str:
    """Return the sentence of state, year, difference, and shares of pairs above and below."""
    columns = ["state", "year", "difference", "above", "below"]
    yearly = pd.DataFrame(rows, columns=columns).assign(low=-0.1, high=0.1, runs=30)
    yearly["unit"] = ["formal step" if state == "rung" else "1" for state in yearly["state"]]
    found = Findings(yearly=yearly, steps=steps, last=2010, same=False)
    return sentence_of("No raid", found, against="Two islands", words=WORDS, rungs=3)


@pytest.mark.parametrize(("above", "below"), [(0.53, 0.46), (0.4, 0.55)])
def test_where_the_largest_difference_is_chance_the_largest_that_is_sure_is_named(
    above: float, below: float
) -> None:
    sentence = told(
        ("level_operations", 2009, 0.064, above, below),
        ("level_operations", 2010, -0.056, 0.05, 0.93),
        ("level_political", 2010, -0.02, 0.0, 1.0),
        ("rung", 2010, 0.0, 0.0, 0.0),
    )
    assert "which way it goes is chance" in sentence
    assert (
        "the largest that is sure of its way: the level of cooperation in operations at the end of "
        "2010 (−0.06), lower in 93 % of the pairs"
    ) in sentence


def test_where_it_goes_one_way_or_nowhere_it_is_chance_whether_anything_changes() -> None:
    sentence = told(
        ("level_operations", 2009, 0.064, 0.51, 0.0),
        ("level_operations", 2010, 0.0, 0.0, 0.0),
        ("rung", 2010, 0.0, 0.0, 0.0),
    )
    assert "lower in 0 %, so whether anything changes is chance" in sentence


@pytest.mark.parametrize("above", [0.65, 0.95])
def test_where_the_largest_has_a_way_no_other_is_named(above: float) -> None:
    sentence = told(
        ("level_operations", 2009, 0.064, above, 1 - above),
        ("level_operations", 2010, -0.056, 0.05, 0.93),
        ("rung", 2010, 0.0, 0.0, 0.0),
    )
    assert "sure of its way" not in sentence


@pytest.mark.parametrize("tenths", range(10))
def test_a_step_that_comes_a_tenth_more_or_less_often_is_told_and_less_is_not(tenths: int) -> None:
    still = [("level_operations", 2010, 0.4, 0.5, 0.5), ("rung", 2010, 0.0, 0.0, 0.0)]
    shares = [tenths / 10, (tenths + 1) / 10]
    for factual, edited in (shares, shares[::-1]):
        table = pd.DataFrame({"title": ["Step"], "factual": [factual], "edited": [edited]})
        assert "“Step” comes in" in told(*still, steps=table)
        nearer = table.assign(edited=edited + 0.005 * (factual - edited))
        assert "“Step” comes in" not in told(*still, steps=nearer)


def test_a_step_that_is_sure_is_named_as_one() -> None:
    sentence = told(
        ("level_operations", 2009, 0.4, 0.5, 0.5),
        ("level_operations", 2010, 0.0, 0.5, 0.5),
        ("rung", 2010, -1.0, 0.0, 0.92),
    )
    assert "the formal step reached at the end of 2010 (−1), lower in 92 % of the pairs" in sentence


def test_where_nothing_is_sure_nothing_is_named() -> None:
    sentence = told(("level_operations", 2010, 0.4, 0.5, 0.5), ("rung", 2010, 0.0, 0.0, 0.0))
    assert "sure of its way" not in sentence
