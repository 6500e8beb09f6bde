"""Outcomes that nothing can change are told, whatever the quarters are folded into."""

from __future__ import annotations

import pytest

from alliance_sim import load_scenario
from alliance_sim.counterfactual.question import beyond_the_range
from alliance_sim.results.outcomes import parse_outcome
from alliance_sim.world.state import state_names

ISLANDS = load_scenario("two_islands/baseline")


def settled(text: str) -> list[str]:
    outcome = parse_outcome(text, states=state_names(ISLANDS), calendar=ISLANDS.calendar())
    return list(beyond_the_range(ISLANDS, outcome))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("level_operations>-1@2008", "always so, whatever is edited: level_operations lies from 0"),
        (
            "sum(count_operations)@2005..2009>=-3",
            "always so, whatever is edited: sum(count_operations)@2005..2009 lies from 0 to ",
        ),
        ("agreements>-1@2008", "always so, whatever is edited: agreements is 0 or more"),
        ("sum(agreements)<0", "never so, whatever is edited: sum(agreements) is 0 or more"),
        ("mean(rung>=2)@2005..2009>1", "mean(rung>=2)@2005..2009 lies from 0 to 1"),
        ("sum(rung>=2)@2009>4", "never so, whatever is edited: sum(rung>=2)@2009 lies from 0 to 4"),
        ("first(rung>=2)<=2011", "always so, whatever is edited: first(rung>=2) lies from 2001"),
    ],
)
def test_what_is_always_or_never_so_is_told(text: str, told: str) -> None:
    (problem,) = settled(text)
    assert told in problem


@pytest.mark.parametrize(
    "text",
    [
        *("sum(count_operations)@2005..2009>=3", "agreements>0@2008", "mean(rung>=2)>0.5"),
        *("sum(rung>=2)@2009>=4", "first(rung>=2)<=2010.75", "level_operations@2008"),
    ],
)
def test_what_may_be_otherwise_is_not(text: str) -> None:
    assert settled(text) == []
