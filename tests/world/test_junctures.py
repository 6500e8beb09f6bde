"""Juncture cards: what acts when, what replaces it, what falls away and what is drawn."""

import datetime as dt
import math
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_sim import load_scenario
from alliance_sim.calendar import Calendar
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.causes import missing_causes
from alliance_sim.world import build_world, calendar_of
from alliance_sim.world.build import drawn_laws, settled_of
from alliance_sim.world.fill import weight_in
from alliance_sim.world.settle import NONE
from alliance_sim.world.tables import recipe_of
from alliance_sim.world.world import Drawn

BASE = load_scenario("japan_nato/baseline")
CALENDAR = Calendar()
DAYS = st.dates(dt.date(1951, 1, 1), dt.date(2024, 12, 31))
DRAWN = sorted(j.name for j in BASE.junctures if j.when_cause_removed == "drawn")
FALLING = sorted(j.name for j in BASE.junctures if j.when_cause_removed == "falls")
CAUSES = {j.name: sorted(j.follows) for j in BASE.junctures}


class Active(NamedTuple):
    """An effect that acts: of which juncture, from where to where, and its numbers."""

    name: str
    start: float
    end: float
    half_life: float
    drawn: bool


def active(scenario: Scenario) -> list[Active]:
    """Return the effects that act, with a mark on what stands in the place of a juncture."""
    recipe = recipe_of(scenario)
    spans, names = settled_of(recipe).acting, recipe.names("juncture")
    found = []
    for e, row in enumerate(recipe.tables["effect"].values.tolist()):
        acts, start, end = spans[3 * e : 3 * e + 3]
        name = names[int(row[0])] + (" replaced" if row[1] else "")
        if acts:
            found.append(Active(name, start, end, row[6], row[7] > 0.0))
    return found


def acting(scenario: Scenario, name: str) -> list[Active]:
    return [found for found in active(scenario) if found.name == name]


def drawn_of(scenario: Scenario) -> dict[str, Drawn]:
    recipe = recipe_of(scenario)
    return {law.name: law for law in drawn_laws(recipe, settled_of(recipe))}


def test_as_described_everything_acts_and_nothing_is_drawn_or_replaced() -> None:
    assert drawn_of(BASE) == {}
    assert {found.name for found in active(BASE)} == {j.name for j in BASE.junctures if j.effects}


@pytest.mark.parametrize("law", DRAWN)
def test_a_law_is_drawn_once_its_cause_is_removed(law: str) -> None:
    cause = CAUSES[law][0]
    edited = drawn_of(BASE.without(cause))
    assert acting(BASE.without(cause), law) == []
    drawn = edited[law]
    (day,) = (j.date for j in BASE.junctures if j.name == cause)
    assert drawn.first_step == math.ceil(CALENDAR.position(day))
    assert any(drawn.opens)


@pytest.mark.parametrize("law", DRAWN)
def test_a_law_is_drawn_once_its_cause_is_moved_behind_it(law: str) -> None:
    cause = CAUSES[law][0]
    (day,) = (j.date for j in BASE.junctures if j.name == law)
    (cause_day,) = (j.date for j in BASE.junctures if j.name == cause)
    behind = BASE.moved(cause, to=day + dt.timedelta(days=1))
    before = BASE.moved(cause, to=day - dt.timedelta(days=1))
    assert law not in drawn_of(before)
    assert drawn_of(behind)[law].first_step >= CALENDAR.index(cause_day)


@pytest.mark.parametrize("name", FALLING)
def test_what_falls_with_its_cause_acts_no_longer(name: str) -> None:
    for cause in CAUSES[name]:
        assert acting(BASE, name) != []
        assert acting(BASE.without(cause), name) == []


@pytest.mark.parametrize("law", DRAWN)
def test_a_drawn_law_that_is_itself_removed_is_not_drawn(law: str) -> None:
    assert law not in drawn_of(BASE.without(law, CAUSES[law][0]))


def test_falling_goes_down_the_line() -> None:
    lines = [(first, second) for second in FALLING for first in CAUSES[second] if first in FALLING]
    for first, second in lines:
        for root in CAUSES[first]:
            assert acting(BASE.without(root), second) == []


def test_a_removed_leader_is_replaced_for_as_long_as_the_term_was() -> None:
    edited = BASE.without("abe_second_government")
    assert acting(edited, "abe_second_government") == []
    (replaced,) = acting(edited, "abe_second_government replaced")
    (original,) = acting(BASE, "abe_second_government")
    assert (replaced.start, replaced.end) == (original.start, original.end)
    assert replaced.drawn


def test_a_leader_who_comes_later_is_replaced_until_then() -> None:
    edited = BASE.moved("abe_second_government", to=dt.date(2016, 12, 26))
    (replaced,) = acting(edited, "abe_second_government replaced")
    (later,) = acting(edited, "abe_second_government")
    (original,) = acting(BASE, "abe_second_government")
    assert replaced.start == original.start
    assert replaced.end == later.start


def test_a_leader_who_comes_earlier_is_not_replaced() -> None:
    edited = BASE.moved("abe_second_government", to=dt.date(2010, 1, 1))
    assert acting(edited, "abe_second_government replaced") == []


@given(start=DAYS, days=st.integers(1, 9000))
def test_a_spell_counts_each_quarter_by_its_share(start: dt.date, days: int) -> None:
    end = min(start + dt.timedelta(days=days), dt.date(2025, 12, 31))
    first, last = CALENDAR.position(start), CALENDAR.position(end)
    shares = [CALENDAR.share(step, first, last) for step in range(CALENDAR.steps)]
    assert all(0.0 <= share <= 1.0 for share in shares)
    assert math.isclose(math.fsum(shares), last - first, abs_tol=1e-9)
    assert all(share == 0.0 for share in shares[: CALENDAR.index(start)])


@given(day=DAYS)
def test_a_day_lies_in_the_quarter_that_its_position_names(day: dt.date) -> None:
    step = CALENDAR.index(day)
    assert CALENDAR.start_of(step) <= day
    assert step + 1 == CALENDAR.steps or day < CALENDAR.start_of(step + 1)
    assert CALENDAR.label(step) == f"{day.year}Q{(day.month - 1) // 3 + 1}"


@settings(max_examples=10)
@given(day=st.dates(dt.date(2016, 1, 1), dt.date(2019, 12, 31)))
def test_a_date_inside_a_quarter_counts_by_the_part_that_it_covers(day: dt.date) -> None:
    short = BASE.with_setting("time.first_year", 2015).with_setting("time.last_year", 2020)
    without = build_world(short.without("us_pressure_2017"))
    moved = build_world(short.moved("us_pressure_2017", to=day))
    calendar = calendar_of(short)
    step = calendar.index(day)
    (size,) = (
        e.size.value
        for j in short.junctures
        for e in j.effects
        if j.name == "us_pressure_2017" and e.moves == "commitment"
    )
    covered = step + 1 - calendar.position(day)
    change = [
        b.commitment - a.commitment for a, b in zip(without.inputs, moved.inputs, strict=True)
    ]
    assert all(c == 0.0 for c in change[:step])
    assert math.isclose(change[step], size * covered, abs_tol=1e-12)
    assert math.isclose(change[step + 1], size, abs_tol=1e-12)


def weight(found: Active, step: int) -> float:
    return weight_in(float(step), (found.start, found.end), found.half_life, CALENDAR.dt)


def test_an_effect_with_a_half_life_is_half_gone_after_it() -> None:
    fading = [found for found in active(BASE) if found.half_life != NONE]
    assert fading
    for found in fading:
        steps = round(found.half_life * CALENDAR.steps_per_year)
        first = math.ceil(found.start)
        if first + steps < min(CALENDAR.steps, found.end):
            years = steps / CALENDAR.steps_per_year
            left = weight(found, first + steps) / weight(found, first)
            assert math.isclose(left, 0.5 ** (years / found.half_life), rel_tol=1e-9)


def test_an_effect_never_weighs_more_than_its_share_of_the_quarter() -> None:
    for found in active(BASE):
        for step in range(CALENDAR.steps):
            share = CALENDAR.share(step, found.start, found.end)
            assert 0.0 <= weight(found, step) <= share
            if found.half_life == NONE:
                assert weight(found, step) == share


@pytest.mark.filterwarnings("ignore::alliance_sim.errors.ScenarioWarning")
@given(st.lists(st.sampled_from(sorted(CAUSES)), max_size=6, unique=True), st.data())
@settings(max_examples=60)
def test_what_is_missing_is_told_and_filled_in_alike(gone: list[str], data: st.DataObject) -> None:
    scenario = BASE.without(*gone)
    for name in data.draw(st.lists(st.sampled_from(sorted(CAUSES)), max_size=2, unique=True)):
        if name not in gone:
            scenario = scenario.moved(name, to=data.draw(DAYS))
    missing = missing_causes(scenario.junctures)
    recipe = recipe_of(scenario)
    names = recipe.names("juncture")
    for name, found in zip(names, settled_of(recipe).missing, strict=True):
        cause = missing.get(name)
        assert (names[int(found)] if found >= 0.0 else None) == (cause and cause.name)


def test_a_leader_of_a_juncture_takes_the_place_of_one_in_the_list() -> None:
    late = BASE.with_setting("time.first_year", 2000)
    step = calendar_of(late).index(dt.date(2014, 5, 1))
    (abe,) = (e.size.value for j in late.junctures for e in j.effects if j.kind == "leader")
    assert math.isclose(build_world(late).inputs[step].push[0], abe)
    early = late.moved("abe_second_government", to=dt.date(2005, 1, 1))
    step = calendar_of(late).index(dt.date(2005, 5, 1))
    assert math.isclose(build_world(early).inputs[step].push[0], abe)


def test_a_mission_ends_once_and_only_if_it_took_place() -> None:
    late = BASE.with_setting("time.first_year", 2000)
    step = calendar_of(late).index(dt.date(2014, 12, 31))
    assert build_world(late).inputs[step].missions_ended > 0.0
    others = [j.name for j in BASE.junctures if j.mission]
    bare = build_world(late.without(*others))
    assert all(quarter.missions_ended == 0.0 for quarter in bare.inputs)
