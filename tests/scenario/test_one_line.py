"""A what-if can be one line: what it extends, its title and its description go without saying."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from alliance_sim import load_scenario
from alliance_sim.errors import ScenarioError
from alliance_sim.provenance import scenario_digest
from alliance_sim.scenario.edits_in_words import words_of
from alliance_sim.shipped import usual_scenario

ISLANDS = load_scenario("two_islands/baseline")
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


@pytest.mark.parametrize(
    ("lines", "told", "count"),
    [
        ('witout = ["nine_eleven"]', "unknown key 'witout'; did you mean 'without'?", 2),
        ('Witout = ["isaf"]\ntitle = "Mine"', "'Witout'; did you mean 'without'?", 2),
        ('mvoed = [{ juncture = "isaf", by_quarters = 2 }]', "did you mean 'moved'?", 2),
        ('extend = "two_islands/baseline"', "did you mean 'extends'?", 1),
    ],
)
def test_a_key_that_is_nearly_one_of_an_edit_is_told_alone(
    write: Callable[..., Path], lines: str, told: str, count: int
) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(lines))
    problems = caught.value.problems
    assert len(problems) == count
    assert told in problems[-1]
    if count > 1:
        assert problems[0] == (
            f"extends: is missing, and without it these are edits of {usual_scenario()}"
        )


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ("hills:offset=0", "Hills as willing as League of the South on average"),
        ("hills:offset=0.5", "Hills more willing than League of the South (+0.5)"),
        ("hills:offset=-0.25", "Hills less willing than League of the South (−0.25)"),
        ("hills:guarantor=true", "Hills a guarantor by treaty"),
        ("hills:accession.0.date=1991-01-01", "accession 1 of Hills on 1991-01-01"),
        (
            "hills:exposure.raiders=2",
            "exposure of Hills to “Raiders” 2 times that of League of the South",
        ),
        ("hills:accession.0.weight=0.2", "weight of accession 1 of Hills set to 0.2"),
        ("hills:accession.0.states=2", "accession 1 of Hills counted as 2 states"),
    ],
)
def test_an_edit_of_a_member_is_told_as_a_reader_says_it(edit: str, words: str) -> None:
    edited = ISLANDS.edited(f"member {edit}")
    assert words_of(edited.edits[-1], edited) == words


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ("democratic_party", "“Second Abe government” replaced by democratic party"),
        ("koizumi", "“Second Abe government” replaced by koizumi"),
        ("none", "“Second Abe government” replaced by nobody"),
    ],
)
def test_who_stands_in_the_place_of_an_office_is_told_without_underscores(
    edit: str, words: str
) -> None:
    edited = load_scenario("japan_nato/baseline").edited(f"leader abe_second_government={edit}")
    assert words_of(edited.edits[-1], edited) == words
