"""The acts of a record by quarter, for histories that come to it."""

from __future__ import annotations

from collections import Counter

import pytest

from alliance_sim import Scenario, load_scenario
from alliance_sim.calibration.observed import observed_of
from alliance_sim.calibration.on_record import on_record_of
from alliance_sim.record.record import Record
from alliance_sim.scenario.fields import SERIES

ISLANDS, HISTORY = load_scenario("two_islands/baseline"), load_scenario("japan_nato/baseline")


@pytest.mark.parametrize("scenario", [ISLANDS, HISTORY], ids=lambda one: one.name)
@pytest.mark.parametrize("series", ["all", "alliance", "salience2"])
def test_it_holds_what_the_likelihood_counts(scenario: Scenario, series: str) -> None:
    record = Record.of(scenario)
    observed = observed_of(record, scenario, series=series)
    found = on_record_of(record, scenario, series=series)
    counts = {
        (step, SERIES[place]): int(observed.counts[step, place])
        for step, place in zip(*observed.counts.nonzero(), strict=True)
    }
    assert {place: len(acts) for place, acts in found.counted.items()} == counts
    signed = sorted(step for step, what, _ in found.formal if what == "agreement")
    assert signed == list(observed.agreements or ())
    steps = {which for _, what, which in found.formal if what == "rung"}
    assert steps == {int(number) for number in record.rungs["rung"] if number > 0}


def test_acts_stand_with_their_days_and_titles() -> None:
    record = Record.of(HISTORY)
    found = on_record_of(record, HISTORY)
    told = Counter(act.told for acts in found.counted.values() for act in acts)
    titles = record.events["title"]
    assert sum(told.values()) > 150
    plain = {title.removesuffix(" (day not known)") for title in told}
    assert {title.removesuffix(" (month not known)") for title in plain} <= set(titles)
    assert {title for title in told if title.endswith("work programme (month not known)")}
    assert "MSDF ships sail under the new anti-terrorism law" in told
    for (step, _), acts in found.counted.items():
        quarters = [HISTORY.calendar().index(act.date) for act in acts]
        assert quarters == [step] * len(acts)
        assert [act.date for act in acts] == sorted(act.date for act in acts)


def test_suspensions_refusals_and_steps_are_told_apart_from_what_is_counted() -> None:
    record = Record.of(HISTORY)
    found = on_record_of(record, HISTORY)
    calendar = HISTORY.calendar()
    kinds = Counter(what for _, what, _ in found.formal)
    signed = len(record.agreements)
    assert kinds == {"rung": 11, "agreement": signed, "suspension": 2, "refused": 1}
    (refused,) = [act for (_, what, _), act in found.formal.items() if what == "refused"]
    assert refused.title.startswith("Tokyo liaison office left undecided")
    declared = found.formal[calendar.index(refused.date.replace(2013, 4, 15)), "rung", 7]
    assert (f"{declared.date}", declared.title) == ("2013-04-15", "Joint Political Declaration")


def test_of_two_matters_refused_in_one_quarter_each_has_its_act() -> None:
    (item,) = HISTORY.items
    twice = HISTORY.model_copy(update={"items": [item, item.model_copy(update={"name": "other"})]})
    formal = on_record_of(Record.of(HISTORY), twice).formal
    refused = {which: act for (_, what, which), act in formal.items() if what == "refused"}
    assert set(refused) == {item.name, "other"}
    assert len({act.title for act in refused.values()}) == 1
