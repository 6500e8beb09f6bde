"""No input of the described history could only have come from somebody who knew its outcome.

Known is what a source tells that does not look at the relationship, fitted what has a prior, and
assumed what has a range (METHOD I.3). The checks run on whatever scenario they are given, so that
each is also shown an input that it has to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from alliance_sim import Record, load_scenario
from alliance_sim.scenario import Scenario, shipped
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.fields import FITTED, KINDS, Number
from alliance_sim.scenario.path import numbers
from alliance_sim.scenario.priors import places
from alliance_sim.scenario.scenario import build
from alliance_sim.shipped import scenarios

BASE = load_scenario("japan_nato/baseline")
TEXT = (scenarios() / "japan_nato" / "baseline.toml").read_text("utf-8")
# Coded from the relationship: the tables of its record that hold acts, steps, agreements.
OUTCOME = re.compile(
    r"events\.csv|institutions\.csv|agreements\.csv|\brecord: \d|relationship's own"
)
TOLD = "kind."  # shares by which acts are told apart: they feed nothing back
TREND = "willingness.trend"  # fitted for the theories +T alone, 0 and assumed elsewhere
MECHANISMS = {
    *("hostility", "commitment", "networking", "link", "attention", "win_set", "leadership"),
    "involvement",
}


def offences(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each input that is not clean."""
    believed = {path for prior in scenario.priors for path in places(scenario, prior.path)}
    for path, number in numbers(scenario):
        if OUTCOME.search(number.source):
            yield f"{path}: its source is coded from the relationship ({number.source})"
        if path.startswith(TOLD) or path == TREND:
            continue
        if (path in believed) != (number.kind == FITTED):
            yield f"{path}: is {number.kind}, and {'has' if path in believed else 'has no'} prior"
    for juncture in scenario.junctures:
        for effect in (*juncture.effects, *juncture.replacements):
            if effect.moves not in MECHANISMS:
                yield f"juncture {juncture.name}: moves {effect.moves}, which no theory names"
            if effect.moves != "involvement" and effect.size.assumed and effect.size.value != 0.0:
                yield f"juncture {juncture.name}: the size of {effect.name} is set by hand"
    yield from steps(scenario)


def steps(scenario: Scenario) -> Iterator[str]:
    """Yield each number that differs between periods and is not fitted as a difference."""
    free = {prior.path for prior in scenario.priors if prior.difference}
    rows = [dict(numbers(period)) for period in scenario.periods]
    for key in rows[0]:
        if len({row[key].value for row in rows}) > 1:
            for period in scenario.periods:
                path = f"period.{period.name}.{key}"
                if path not in free:
                    yield f"{path}: steps on a stage date and is not fitted as a difference"


def changed(path: str, **fields: Any) -> Scenario:
    """Return the described history with a number told otherwise."""
    tree = as_tree(BASE)
    node: Any = tree
    *head, last = path.split(".")
    for part in head:
        found = node.get(part) if isinstance(node, dict) else None
        named = [e for e in node if e.get("name") == part] if found is None else []
        node = found if found is not None else named[0] if named else node[int(part)]
    node[last] = {**node[last], **fields}
    return build(tree, "changed")


def test_the_described_history_has_clean_inputs() -> None:
    assert list(offences(BASE)) == []


def test_the_word_for_what_was_sized_by_hand_does_not_occur() -> None:
    assert not re.search(r"\bneeds?\b", TEXT)


def test_no_juncture_is_an_act_of_the_record() -> None:
    acts = Record.of(BASE).events
    days = {str(when): title for when, title in zip(acts["when"], acts["title"], strict=True)}
    for juncture in BASE.junctures:
        assert juncture.title not in set(days.values())
        shared = days.get(juncture.date.isoformat(), "")
        assert juncture.title.casefold() not in shared.casefold()


@pytest.mark.parametrize(
    ("path", "fields", "told"),
    [
        ("willingness.dependence", {"source": "record: events.csv"}, "coded from the relationship"),
        ("willingness.threat_state", {"source": "assumed"}, "is assumed, and has prior"),
        ("levels.ceiling", {"source": "fitted; by hand"}, "is fitted, and has no prior"),
        ("period.deepening.link", {"value": 0.7}, "steps on a stage date"),
        (
            "juncture.crimea_2014.effect.0.size",
            {"value": 0.2, "source": "assumed"},
            "is set by hand",
        ),
    ],
)
def test_an_input_that_is_not_clean_is_refused(path: str, fields: Any, told: str) -> None:
    assert any(told in sentence for sentence in offences(changed(path, **fields)))


def test_inputs_sized_by_hand_are_refused_for_their_needs_and_steps() -> None:
    found = "\n".join(offences(load_scenario("japan_nato/hand_sized")))
    assert found.count("moves need, which no theory names") == 25
    assert found.count("steps on a stage date") >= 4 * 10


@pytest.mark.parametrize("name", shipped())
def test_every_number_is_known_fitted_or_assumed(name: str) -> None:
    for _, number in numbers(load_scenario(name)):
        assert isinstance(number, Number)
        assert number.kind in KINDS
        assert number.assumed == (number.kind == "assumed")


def test_every_law_follows_something_and_has_a_hazard() -> None:
    laws = [juncture for juncture in BASE.junctures if juncture.kind == "law"]
    assert len(laws) >= 9
    for law in laws:
        assert law.follows, law.name
        assert law.when_cause_removed == "drawn"
        assert law.log_hazard is not None
