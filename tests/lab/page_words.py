"""Words of the package beside what the page is given, for the tests of the page.

    python -m tests.lab.page_words --write

writes `page/tests/unit/data/words.json`: outcomes and edits with what the package calls them, and
that part of the page's payload by which they are called. Vitest reads it.
"""

from __future__ import annotations

import sys
from typing import Any

from alliance_sim import load_scenario
from alliance_sim.lab.payload import payload_of
from alliance_sim.results.outcome_words import outcome_title
from alliance_sim.results.outcomes import parse_outcome
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit_texts import read_edits
from alliance_sim.scenario.edits_in_words import words_of
from alliance_sim.shipped import usual_scenario
from alliance_sim.world.state import meanings_of, state_names
from tests.lab.kept_json import as_json, compare_or_write
from tests.lab.page_answers import PAGE

PLACE = PAGE / "tests" / "unit" / "data" / "words.json"
KEPT = ("scenario", "theories", "states", "outcomes", "junctures", "leaders", "members", "threats",
        "motives", "rungs", "councils", "relationship", "periods")  # fmt: skip
OUTCOMES = (
    "rung>=8@2014",
    "rung>=8@2014q4",
    "rung>=8@2014q2",
    "rung>=8@2014H1",
    "rung>7.5@2014H2",
    "rung>=08.0@2014",
    "level_political>0.3333333@2020",
    "level_political>=0.00001@2020",
    "level_political>1e-3@2020",
    "passed_tokyo_office>=1.0@2025",
    "passed_tokyo_office>0.5@2025",
    "passed_tokyo_office@2025Q4",
    "level_political@2025Q3",
    "max(rung>=2)@1950..1989",
    "max(rung>=2)@1950Q1..1989Q4",
    "max(rung>=2)@1990..2001Q3",
    "mean(level_political)@2013..2025>0.1234567",
    "sum(count_operations)@2001Q4..2012>=12345.25",
    "sum(count_operations)@2001..2012>=1234567",
    "sum(count_operations)@2001..2012>=-0",
    "max(rung>=2)@1950..2025",
    "max(rung>=2)",
    "min(level_operations<0.6)@2001Q1..2014Q4",
    "max(level_political)@2014",
    "max(level_political)@2014Q1..2014Q4>0.5",
    "max(level_political)@2014Q4>0.5",
    "max(level_political)@2014Q2..2014Q2>0.5",
    "mean(level_political)@2001Q4..2012Q4>.4",
    "mean(level_political) @ 2001 .. 2012Q2 > .4",
    "first(rung>=8)<=2013.5",
    "first(rung>=8)@1950..2025<=2013",
    "first(rung>=8)@1990..2014<=2013",
)
EDITS = (
    "without nine_eleven",
    "keep anti_terrorism_law",
    "shift isaf:+16",
    "shift isaf:-4:stays",
    "shift isaf = 2005-03-01 : 2009-01-01",
    "strength nine_eleven:0.3333333",
    "strength nine_eleven=1e-7",
    "leader koizumi=none",
    "leader abe_second_government=drawn",
    "council weighted_majority",
    "motive leverage=on",
    "motive leverage=off",
    "motive leverage=0.1234567",
    "member united_kingdom:offset=0.1",
    "member united_kingdom:offset=-0.1234567",
    "member united_kingdom:offset=0",
    "member united_kingdom:exposure.china=1",
    "member united_kingdom:exposure.china=0.3333333",
    "member united_kingdom:accession.0.weight=0.5",
    "member united_kingdom : accession.0.weight = 1",
    "member northern_group:accession.2.weight=0.25",
    "set member.united_kingdom.offset=0.1",
    "set member.united_kingdom.exposure.china=2",
    "set member.northern_group.accession.1.weight=1",
    "set levels.pace=1.5",
    "set levels.pace=2",
    "set motives.leverage=0.00001",
    "set council.rule=leader",
    "set juncture.nine_eleven.present=false",
    "set juncture.isaf.when_cause_removed=stays",
    "set juncture.nine_eleven.effect.0.size=0.25",
    "set council.leader=united_kingdom",
    "hold rung=3@2012",
    "hold level_operations=0.1@2003..2010",
    "hold hostility_terrorism=0.00001@2004-02-01..2005",
)


def title_of(text: str, base: Scenario) -> str:
    """Return an outcome in words."""
    calendar = base.calendar()
    outcome = parse_outcome(text, states=state_names(base), calendar=calendar)
    return outcome_title(outcome, calendar, meanings_of(base))


def told(text: str, base: Scenario) -> str:
    """Return an edit in words to be read."""
    (asked,) = read_edits(base, [text])
    after = base
    for edit in asked.edits:
        after = edit.applied(after)
    (words,) = dict.fromkeys(words_of(edit.change, after) for edit in asked.edits)
    return words


def made() -> dict[str, Any]:
    """Return everything that the page's test reads."""
    base = load_scenario(usual_scenario())
    payload = payload_of(base, draws=False)
    kept = {name: payload[name] for name in KEPT}
    kept["numbers"] = [one for one in payload["numbers"] if one["path"].startswith("motives.")]
    kept["time"] = payload["frame"]["time"]
    for one in kept["relationship"]["words"].values():
        one.pop("told", None)  # what the record says
    return {
        "payload": kept,
        "outcomes": {text: title_of(text, base) for text in OUTCOMES},
        "edits": {text: told(text, base) for text in EDITS},
    }


def text() -> str:
    """Return the file as it should be."""
    return as_json(made())


if __name__ == "__main__":
    sys.exit(compare_or_write(text, PLACE, name="tests.lab.page_words", about=__doc__))
