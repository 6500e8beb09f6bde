"""A name is found in other spellings, by its title, by its day and by some of its words."""

from __future__ import annotations

import pytest

from alliance_sim import load_scenario
from alliance_sim.errors import ScenarioError, unknown_name
from alliance_sim.nearest import matches, words
from alliance_sim.scenario.file import shipped_spellings
from alliance_sim.shipped import usual_scenario

ATTACKS = ("no_911", "no-nine-eleven", "without 9/11", "9/11", "nine-eleven", "No Nine Eleven")
OF_SCENARIOS = dict.fromkeys(ATTACKS, "japan_nato/no_nine_eleven") | {
    "no abe": "japan_nato/no_second_abe",
    "crimea": "japan_nato/no_crimea_no_invasion",
    "retrench": "japan_nato/us_retrenches_2017",
    "weighted majority": "japan_nato/council_majority",
    "japan_nato/no_911": "japan_nato/no_nine_eleven",
    "no great raid": "two_islands/no_raid",
}
OF_JUNCTURES = {
    "911": "nine_eleven",
    "9/11": "nine_eleven",
    "2001-09-11": "nine_eleven",
    "sept 11 2001": "nine_eleven",
    "Attacks of 11 September": "nine_eleven",
    "ISAF": "isaf",
    "Abe": "abe_second_government",
    "ukraine invasion": "ukraine_2022",
    "missile over japan": "taepodong_1998",
    "9 november 1989": "cold_war_ends",
}


@pytest.mark.parametrize("asked", OF_SCENARIOS)
def test_a_scenario_is_found_in_another_spelling(asked: str) -> None:
    also = shipped_spellings()
    assert matches(asked, also, also)[0].name == OF_SCENARIOS[asked]
    with pytest.raises(ScenarioError, match=f"did you mean '{OF_SCENARIOS[asked]}'"):
        load_scenario(asked)


@pytest.mark.parametrize("asked", OF_JUNCTURES)
def test_a_juncture_is_found_by_title_and_day(asked: str) -> None:
    with pytest.raises(ScenarioError, match=f"did you mean '{OF_JUNCTURES[asked]}'"):
        load_scenario(usual_scenario()).without(asked)


def test_the_title_is_told_where_a_name_does_not_explain_itself() -> None:
    also = {"nine_eleven": ("Attacks of 11 September 2001",), "isaf": ("Mission",)}
    assert "did you mean 'nine_eleven' (Attacks" in unknown_name("juncture", "9/11", also, also)
    assert "did you mean 'isaf'?" in unknown_name("juncture", "isaff", also, also)


def test_several_that_are_equally_near_are_all_offered() -> None:
    also = {"abe_returns": ("Abe comes back",), "no_abe": ("Without Abe",), "other": ("Other",)}
    told = unknown_name("scenario", "abe", also, also)
    assert "'abe_returns' (Abe comes back) or 'no_abe'?" in told
    assert "'other' (" not in told


@pytest.mark.parametrize("asked", ["", "zzz", "no", "of the", "without", "9" * 400, "\0", "\ud800"])
def test_what_is_like_nothing_finds_nothing(asked: str) -> None:
    also = shipped_spellings()
    assert matches(asked, also, also) == []


def test_words_have_one_spelling() -> None:
    assert words("No Nine-Eleven") == words("without 09/11") == ("no", "9", "11")
    assert words("Türkiye") == ("turkiye",)
