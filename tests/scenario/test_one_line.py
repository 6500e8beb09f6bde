"""A what-if can be one line: what it extends, its title and its description go without saying."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from alliance_sim import load_scenario
from alliance_sim.provenance import scenario_digest
from alliance_sim.shipped import usual_scenario

LINES = {
    'without = ["nine_eleven"]': "Without “Attacks of 11 September 2001”",
    'moved = [{ juncture = "isaf", to = 2005-01-01, end = "stays" }]': (
        "“NATO leads ISAF in Afghanistan” moved to 2005-01-01, its end stays"
    ),
    'set = [{ path = "council.rule", to = "leader", source = "mine" }]': (
        "Council rule set to leader"
    ),
    'without = ["isaf", "gulf_war", "kosovo_war", "ocean_shield", "crimea_2014"]': (
        "Without “NATO leads ISAF in Afghanistan”, without “Gulf crisis and war”, without “Air "
        "campaign over Kosovo” and 2 more edits"
    ),
}


@pytest.mark.parametrize("line", LINES)
def test_one_line_is_a_scenario_with_a_title_out_of_its_edits(
    line: str, write: Callable[..., Path]
) -> None:
    alone = load_scenario(write(line))
    assert alone.title == LINES[line]
    whole = f'extends = "{usual_scenario()}"\ntitle = "T"\ndescription = "D"\n{line}'
    assert scenario_digest(alone) == scenario_digest(load_scenario(write(whole, "whole.toml")))


def test_its_description_tells_the_edits_and_what_they_are_edits_of(
    write: Callable[..., Path],
) -> None:
    base = load_scenario(usual_scenario())
    scenario = load_scenario(write('without = ["isaf"]'))
    assert scenario.description == f"{base.title}, with these edits: without isaf."


def test_a_title_of_its_own_stands(write: Callable[..., Path]) -> None:
    scenario = load_scenario(write('title = "Mine"\nwithout = ["isaf"]'))
    assert scenario.title == "Mine"
