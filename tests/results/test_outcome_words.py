"""Outcomes in words."""

from __future__ import annotations

import pytest

from alliance_sim.report.result_folder import file_name
from alliance_sim.results.outcome_words import outcome_label, outcome_title
from alliance_sim.results.outcomes import is_binary, parse_outcome
from alliance_sim.scenario import load_scenario
from alliance_sim.world.state import meanings_of

SCENARIO = load_scenario("japan_nato/baseline")
CALENDAR, MEANINGS = SCENARIO.calendar(), meanings_of(SCENARIO)
STATES = (
    "level_political",
    "rung",
    "count_political",
    "blocked",
    "suspensions",
    "passed_tokyo_office",
)


@pytest.mark.parametrize(
    ("text", "title", "label"),
    [
        ("rung>=8@2014", "formal step 8 of 11 or higher (rung ≥ 8), end of 2014", "share of runs"),
        (
            "rung@2014Q2",
            "formal step reached, of 11 (rung), 2014Q2",
            "formal step reached, of 11 (rung)",
        ),
        (
            "mean(level_political)@2012..2020",
            "mean level of cooperation in politics, 2012 to 2020",
            "level of cooperation in politics (0 to 1)",
        ),
        (
            "mean(level_political)@1990..2001Q3",
            "mean level of cooperation in politics, Initial contact (1990–2001)",
            "level of cooperation in politics (0 to 1)",
        ),
        (
            "mean(rung>=8)",
            "share of quarters with formal step 8 of 11 or higher (rung ≥ 8), whole run",
            "share of quarters",
        ),
        (
            "first(rung>=8)",
            "first year with formal step 8 of 11 or higher (rung ≥ 8)",
            "year (2026: never)",
        ),
        (
            "sum(blocked)@2013..2025",
            "number of formal steps tried and refused, Deepening (2012–2025)",
            "formal steps tried and refused (times)",
        ),
        (
            "max(rung>=8)@1990..2000",
            "ever formal step 8 of 11 or higher (rung ≥ 8), 1990 to 2000",
            "share of runs",
        ),
        (
            "sum(count_political)@2001Q4..2012>=20",
            "number of acts in politics ≥ 20, Formation (2001–2012)",
            "share of runs",
        ),
        (
            "mean(rung>=8)@2010..2019>0.5",
            "share of quarters with formal step 8 of 11 or higher (rung ≥ 8) > 0.5, 2010 to 2019",
            "share of runs",
        ),
        (
            "passed_tokyo_office>=1@2025",
            "NATO liaison office in Tokyo: has passed, end of 2025",
            "share of runs",
        ),
        (
            "passed_tokyo_office@2025",
            "NATO liaison office in Tokyo: has passed, end of 2025",
            "share of runs",
        ),
    ],
)
def test_an_outcome_is_told_in_words(text: str, title: str, label: str) -> None:
    outcome = parse_outcome(text, states=STATES, calendar=CALENDAR)
    assert outcome_title(outcome, CALENDAR, MEANINGS) == title
    assert outcome_label(outcome, CALENDAR, MEANINGS) == label


@pytest.mark.parametrize(
    ("text", "binary"),
    [
        ("rung>=8@2014", True),
        ("max(rung>=8)", True),
        ("passed_tokyo_office@2014", True),
        ("mean(rung>=8)", False),
        ("sum(suspensions)", False),
        ("first(rung>=8)", False),
        ("rung@2014", False),
    ],
)
def test_what_happens_or_does_not_is_told_from_numbers(text: str, binary: bool) -> None:
    assert is_binary(parse_outcome(text, states=STATES, calendar=CALENDAR)) is binary


def test_file_names_are_plain() -> None:
    assert file_name("b - a: ≥ 0.5/x") == "b_a_0_5_x"
