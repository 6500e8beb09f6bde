"""Outcomes as texts in the page: read as in Python, and refused in the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliance_sim import SettingError, load_scenario
from alliance_sim.counterfactual.question import beyond_the_range
from alliance_sim.results.outcomes import parse_outcome
from alliance_sim.world.state import state_names
from tests.lab.headless import answer, needs_page
from tests.lab.shown import payload

pytestmark = [pytest.mark.slow, needs_page]

NAME = "japan_nato/baseline"
SCRIPT = """
import { readFileSync } from "node:fs";
const [engine, given] = process.argv.slice(2);
const { readOutcome, statesOf } = await import(engine);
const { payload, texts } = JSON.parse(readFileSync(given, "utf8"));
const states = statesOf(payload, payload.frame);
console.log(JSON.stringify(texts.map((text) => readOutcome(text, states))));
"""
RIGHT = [
    "rung>=8@2014",
    "level_equipment>0.5@2024Q2",
    "passed_tokyo_office>=1@2025",
    "passed_tokyo_office@2025",
    "sum(count_operations)@2001..2012>=20",
    "mean(level_political)@2001Q4..2012Q4>0.4",
    "max(rung>=8)@1990..2014",
    "min(level_operations<0.6)",
    "first(rung>=8)<=2013.5",
    " rung >= 8 @ 2014H1 ",
    "\x1crung\x85>=\u30008\x1f@ 2014",
]
WRONG = [
    *("", "rung>=8", "rnug>=8@2014", "rung=>8@2014", "rung>=8@1949", "rung>=8@2014Q5"),
    *(
        "rung>=8@2001..2014",
        "rung>=eight@2014",
        "median(rung)@2014>=3",
        "at(rung>=8)@2014",
        "first(rung)>=2014",
    ),
    *("sum(count_operations)@2012..2001>=20", "rung>=8@2014M05x", "rung>=99@2014"),
    *("first(rung>=8)<=1949", "first(rung>=8)@1990..2014>2030", "sum(blocked>=1)@2014>4.5"),
    *("sum(count_operations)@2001..2012>=-1", "mean( rung>=08.0 ) @ 1990..2014Q4 > 1e0"),
    *("r\u00fcng>=8@2014", "rung>=8@2014\n5", "rung>=8@2014\ufeff", "rung>=\ufeff8@2014", "\x1b"),
    *("level_political>=0@2014", "mean(level_political)@2001..2012>=20@2014"),
]


def test_outcomes_are_read_as_in_the_package(tmp_path: Path) -> None:
    base = load_scenario(NAME)
    given = {"payload": payload(NAME, draws=False), "texts": RIGHT}
    for text, found in zip(RIGHT, answer(SCRIPT, given, tmp_path), strict=True):
        wanted = parse_outcome(text, states=state_names(base), calendar=base.calendar())
        assert found["problems"] == [], text
        fold = found["fold"]
        told = [fold[key] for key in ("state", "threshold", "start", "stop", "passes", "mark")]
        assert told == [
            *(wanted.state, wanted.threshold, wanted.start, wanted.stop),
            *(wanted.passes, wanted.mark),
        ]
        assert fold["divideBy"] == (wanted.stop - wanted.start if wanted.fold == "mean" else 1)


def test_what_is_wrong_with_an_outcome_is_told_in_the_same_words(tmp_path: Path) -> None:
    base = load_scenario(NAME)
    given = {
        "payload": payload(NAME, draws=False),
        "texts": [*WRONG, "level_political@2014", "x" * 400],
    }
    *found, number, long = answer(SCRIPT, given, tmp_path)
    for text, mine in zip(WRONG, found, strict=True):
        try:
            outcome = parse_outcome(text, states=state_names(base), calendar=base.calendar())
            wanted = list(beyond_the_range(base, outcome))
        except SettingError as error:
            wanted = [f"{error.where}: {problem}" for problem in error.problems]
        assert wanted
        assert mine["problems"] == wanted, text
    told = "a number, and the page asks whether something happens; compare it, such as"
    start = "outcome 'level_political@2014': is"
    assert number["problems"] == [f"{start} {told} level_political@2014>=1"]
    assert long["problems"][0].endswith("must be a text of at most 300 characters")
