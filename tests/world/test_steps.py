"""Inputs worked out for all steps at once are those of each step worked out by itself."""

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_sim import load_scenario
from alliance_sim.arithmetic import exp
from alliance_sim.calendar import Calendar
from alliance_sim.scenario import Scenario, shipped
from alliance_sim.scenario.causes import missing_causes
from alliance_sim.scenario.edit import as_tree, replaced
from alliance_sim.scenario.path import numbers
from alliance_sim.scenario.scenario import build
from alliance_sim.scenario.schema import Effect
from alliance_sim.world import World, build_world, calendar_of
from alliance_sim.world.recipe import LARGEST_OF
from alliance_sim.world.tables import raw_by_year

BASE = load_scenario("japan_nato/baseline")
DOMAINS = ("political", "operations", "equipment")
LN2 = 0.6931471805599453
NUMBERS = {
    path: (node["low"], node["high"])
    for path, node in numbers(as_tree(BASE))
    if path.partition(".")[0] in ("period", "threat", "member", "leader", "juncture", "domestic")
}


def added(values: Iterable[float]) -> float:
    total = 0.0
    for value in values:
        total = total + value
    return total


def share(value: float) -> float:
    return max(0.0, min(1.0, value))


class Active(NamedTuple):
    """An effect that acts from one position on the axis of steps to another."""

    name: str
    effect: Effect
    start: float
    end: float


def read_cards(scenario: Scenario, calendar: Calendar) -> list[Active]:
    """Return the effects that act, by juncture and in a fixed order."""
    by_name = {j.name: j for j in scenario.junctures}
    found = []
    for name in sorted(by_name):
        j = by_name[name]
        start, until = calendar.position(j.date), math.inf
        end = math.inf if j.end is None else calendar.position(j.end)
        stood = start if j.original_date is None else calendar.position(j.original_date)
        there = j.present and j.name not in missing_causes(scenario.junctures)
        if there:
            found += [Active(name, e, start, end) for e in in_order(j.effects)]
            until = start
        drawn = j.present and not there and j.when_cause_removed == "drawn"
        if not drawn and (not there or stood < start):
            until = min(until, stood + (end - start) if end < math.inf else end)
            replaced = in_order(j.replacements)
            found += [Active(f"{name} replaced", e, stood, until) for e in replaced]
    return found


def in_order(effects: tuple[Effect, ...]) -> list[Effect]:
    lives = {id(e): e.half_life.value if e.half_life else 0.0 for e in effects}
    return sorted(effects, key=lambda e: (e.name, e.size.value, lives[id(e)], e.drawn))


class Plain:
    """The inputs of one step after the other, from the tables of a scenario and nothing else."""

    def __init__(self, scenario: Scenario) -> None:
        """Read the cards and sort the tables."""
        self.scenario = scenario
        self.calendar = calendar_of(scenario)
        self.active = read_cards(scenario, self.calendar)
        self.threats = sorted(scenario.threats, key=lambda t: t.name)
        self.members = sorted(scenario.members, key=lambda m: m.name)
        self.periods = sorted(scenario.periods, key=lambda p: p.start)
        lacking, at = missing_causes(scenario.junctures), self.calendar.position
        self.spans = [
            (at(j.date), at(j.end))
            for j in sorted(scenario.junctures, key=lambda j: j.name)
            if j.mission and j.end and j.present and j.name not in lacking
        ]

    def weight(self, active: Active, step: int) -> float:
        """Return how strongly an effect acts in a step."""
        part = self.calendar.share(step, active.start, active.end)
        if part <= 0.0 or active.effect.half_life is None:
            return part
        elapsed = (max(active.start, float(step)) + 0.5 * part - active.start) * self.calendar.dt
        return part * exp(-LN2 * elapsed / active.effect.half_life.value)

    def moved(self, step: int, *what: str | None) -> float:
        """Return the sum of what junctures move."""
        effects = ((a, a.effect) for a in self.active)
        return added(
            self.weight(a, step) * e.size.value
            for a, e in effects
            if (e.moves, e.of, e.domain) == what
        )

    def mean(self, step: int, *path: str) -> float:
        """Return a setting of the period, averaged over a step that may straddle two."""
        starts = [self.calendar.position(p.start) for p in self.periods]
        starts[0] = min(0.0, starts[0])
        ends = [*starts[1:], float(self.calendar.steps)]
        total = 0.0
        for period, start, end in zip(self.periods, starts, ends, strict=True):
            value: Any = getattr(period, path[0])
            for key in path[1:]:
                value = value[key]
            part = self.calendar.share(step, start, end)
            if part > 0.0:
                total = total + part * float(value.value)
        return total

    def yearly(self, given: Any) -> list[float]:
        """Return a number or a series by year."""
        years = self.calendar.last_year - self.calendar.first_year + 1
        if hasattr(given, "series"):
            raw = raw_by_year(given, self.calendar, self.scenario.series, ("test", "place"))
            low = given.floor.value
            return [max(low, min(1.0, mean / given.divide_by.value)) for mean in raw]
        return [float(given.value)] * years

    def own(self, year: int) -> float:
        """Return the state's capability less its mean."""
        values = self.yearly(self.scenario.partners.state_capability)
        return values[year] - added(values) / len(values)

    def joined(self, step: int) -> Iterator[tuple[float, float]]:
        """Yield how many states of each member belong to the alliance, and their weight."""
        for member in self.members:
            days = [self.calendar.position(a.date) for a in member.accessions]
            parts = [self.calendar.share(step, day, float("inf")) for day in days]
            both = list(zip(parts, member.accessions, strict=True))
            yield added(p * a.states for p, a in both), added(p * a.weight.value for p, a in both)

    def push(self, step: int, side: str) -> float:
        """Return the leaders' push of a side."""
        by_junctures = ("leadership", side)
        acting = [a for a in self.active if (a.effect.moves, a.effect.of) == by_junctures]
        listed = added(
            spell.push.value
            * self.calendar.share(
                step, self.calendar.position(spell.start), self.calendar.position(spell.end)
            )
            for spell in sorted(self.scenario.leaders, key=lambda spell: spell.name)
            if spell.partner == side
        )
        taken = min(1.0, added(self.weight(a, step) for a in acting))
        return listed * (1.0 - taken) + self.moved(step, "leadership", side, None)

    def shut(self, step: int, domain: str) -> float:
        """Return the part of a domain that law and opinion keep shut."""
        left = 1.0 - getattr(self.scenario.domestic.win_set, domain).value
        for a in self.active:
            if (a.effect.moves, a.effect.of) == ("win_set", domain):
                left = left * (1.0 - share(a.effect.size.value * self.weight(a, step)))
        return float(left)

    def missions_ended(self, step: int) -> float:
        """Return the share of running missions that end."""
        running = [end for start, end in self.spans if start < step + 1 and end >= step]
        return sum(step <= end < step + 1 for end in running) / max(1, len(running))

    def missions(self, step: int) -> float:
        """Return how many missions run, each by the share of the step that it covers."""
        return added(self.calendar.share(step, *span) for span in self.spans)

    def row(self, step: int) -> list[float]:
        """Return the inputs of one step in the order of the table."""
        names = [t.name for t in self.threats]
        year = step // self.calendar.steps_per_year
        joined = list(self.joined(step))
        heads = [min(20, max(1, round(states))) for states, _ in joined]
        drawn = [self.weight(a, step) for a in self.active if a.effect.drawn]
        sides = ("state", "alliance")
        return [
            *(
                share(self.mean(step, "hostility", n) + self.moved(step, "hostility", n, None))
                for n in names
            ),
            *(self.yearly(t.capability)[year] for t in self.threats),
            *(self.mean(step, "exposure_state", n) for n in names),
            *(
                min(1.0, self.mean(step, "exposure_alliance", n) * _factor(member, n))
                for member in self.members
                for n in names
            ),
            *(weight for _, weight in joined),
            *(self.scenario.council.diversity.value * LARGEST_OF[h - 1] for h in heads),
            added(states for states, _ in joined),
            *(
                share(self.mean(step, key) + self.moved(step, key, None, None))
                for key in ("commitment", "networking", "link")
            ),
            self.own(year),
            abs(self.own(year) - self.own(max(0, year - 1))),
            *(self.push(step, side) for side in sides),
            *drawn,
            *(share(self.moved(step, "involvement", side, None)) for side in sides),
            *(self.moved(step, "need", side, domain) for side in sides for domain in DOMAINS),
            *(self.shut(step, domain) for domain in DOMAINS),
            self.missions_ended(step),
            self.missions(step),
            self.calendar.first_year + (step + 0.5) / self.calendar.steps_per_year,
            share(self.moved(step, "attention", None, None)),
        ]


def _factor(member: Any, threat: str) -> float:
    return float(member.exposure[threat].value) if threat in member.exposure else 1.0


def some_steps(world: World, count: int) -> list[int]:
    """Return steps spread over a world, and those in which a juncture or a period begins."""
    position = world.calendar.index
    days = [j.date for j in world.scenario.junctures] + [p.start for p in world.scenario.periods]
    ends = [j.end for j in world.scenario.junctures if j.end is not None]
    spread = np.linspace(0, world.calendar.steps - 1, count).astype(int).tolist()
    inside = range(world.calendar.steps)
    return sorted({*spread, *(position(day) for day in [*days, *ends])} & set(inside))


def same_as_plain(scenario: Scenario, count: int) -> None:
    world, plain = build_world(scenario), Plain(scenario)
    for step in some_steps(world, count):
        assert world.table[step].tolist() == plain.row(step), world.calendar.label(step)


@pytest.mark.parametrize("name", [BASE.name, *(n for n in shipped() if n != BASE.name)])
def test_every_input_of_a_shipped_world_is_that_of_its_step_by_itself(name: str) -> None:
    same_as_plain(load_scenario(name), 20)


@pytest.mark.parametrize("steps", [1, 2, 12])
def test_with_other_steps_inputs_are_those_of_each_step_by_itself(steps: int) -> None:
    years = BASE.with_setting("time.first_year", 1990)
    same_as_plain(years.with_setting("time.steps_per_year", steps), 12)


@given(
    chosen=st.dictionaries(st.sampled_from(sorted(NUMBERS)), st.floats(0.0, 1.0), max_size=40),
    first=st.integers(1950, 2010),
    gone=st.sets(st.sampled_from(sorted(j.name for j in BASE.junctures)), max_size=6),
)
@settings(max_examples=15)
def test_with_any_numbers_inputs_are_those_of_each_step_by_itself(
    chosen: dict[str, float], first: int, gone: set[str]
) -> None:
    changes: dict[str, object] = {f"juncture.{name}.present": False for name in gone}
    for path, part in chosen.items():
        low, high = NUMBERS[path]
        changes[path] = min(high, low + part * (high - low))
    same_as_plain(replaced(BASE.with_setting("time.first_year", first), changes), 8)


def with_junctures(*tables: dict[str, Any]) -> Scenario:
    """Return the baseline with more junctures."""
    tree = as_tree(BASE)
    words = {"title": "Mine", "source": "a test", "when_removed": "Nothing", "kind": "event"}
    tree["juncture"] = [*tree["juncture"], *(words | table for table in tables)]
    return build(tree, "a test")


def test_leaders_and_missions_that_overlap_are_those_of_each_step() -> None:
    size = [0.4, 0.0, 1.0, "1", "assumed"]
    leads = {"moves": "leadership", "of": "state", "size": [0.4, 0.0, 1.0, "log-odds", "assumed"]}
    shaken = {"moves": "commitment", "size": size, "half_life": [2.0, 1.0, 3.0, "years", "assumed"]}
    # Two at once in the place of a leader in the list, Koizumi.
    second = {"name": "second", "date": dt.date(2002, 5, 20), "end": dt.date(2005, 8, 9)}
    third = {"name": "third", "date": dt.date(2003, 2, 3), "end": dt.date(2004, 5, 6)}
    begun = {"name": "begun", "date": dt.date(2004, 11, 15), "end": dt.date(2012, 2, 3)}
    short = {"name": "short", "date": dt.date(2009, 7, 5), "end": dt.date(2009, 8, 9)}
    scenario = with_junctures(
        second | {"effect": [leads]},
        third | {"effect": [leads]},
        begun | {"mission": True, "effect": [shaken]},
        short | {"mission": True, "effect": [shaken | {"moves": "networking"}]},
    )
    same_as_plain(scenario, 40)
    world = build_world(scenario)
    ended = [world.inputs[world.calendar.index(day)].missions_ended for day in ENDS]
    assert all(0.0 < part < 1.0 for part in ended)


ENDS = (dt.date(2004, 12, 2), dt.date(2009, 8, 9), dt.date(2012, 2, 3))


def test_the_table_and_the_named_inputs_hold_the_same_and_cannot_be_written_to() -> None:
    world = build_world(load_scenario("japan_nato/no_second_abe"))
    assert world.drawn_leaders
    for row, inputs in zip(world.table.tolist(), world.inputs, strict=True):
        assert list(flat(inputs)) == row
    with pytest.raises(ValueError, match="read-only"):
        world.table[0, 0] = 1.0


def flat(value: Any) -> Iterator[float]:
    for part in value if isinstance(value, tuple) else ():
        yield from flat(part)
    if not isinstance(value, tuple):
        yield value


MADE_FROM = ("recipe", "settled")


def differing(one: World, other: World) -> set[str]:
    """Return the fields in which two worlds differ; not the recipe, which is no result."""
    found = set()
    for key in (field.name for field in fields(World) if field.name not in MADE_FROM):
        a, b = getattr(one, key), getattr(other, key)
        same = a.shape == b.shape and a.tobytes() == b.tobytes() if key == "table" else a == b
        if not same:
            found.add(key)
    return found


# Each with the fields in which the edited world must differ from the one that it was made from.
EDITS: dict[str, tuple[dict[str, object], set[str]]] = {
    "coefficients": (
        {"willingness.threat_state": 1.1, "levels.pace": 0.3, "theory.threat": False},
        set(),
    ),
    "council rule": ({"council.rule": "weighted_majority", "council.majority": 0.6}, set()),
    "juncture gone": ({"juncture.crimea_2014.present": False}, {"table"}),
    "law drawn": (
        {"juncture.nine_eleven.present": False},
        {"table", "drawn_laws", "channels"},
    ),
    "leader drawn": (
        {"juncture.abe_second_government.present": False},
        {"table", "drawn_laws", "drawn_leaders", "channels"},
    ),
    "juncture moved": (
        {"juncture.abe_second_government.date": dt.date(2014, 12, 26)},
        {"table", "drawn_laws", "drawn_leaders", "channels"},
    ),
    "effect of a juncture": ({"juncture.kosovo_war.effect.0.size": 0.05}, {"table"}),
    "rung's demand": ({"rung.contact.demand": -2.5}, {"rungs"}),
    "rung's hazard and demand at home": (
        {"rung.itpp.log_hazard": -0.4, "rung.itpp.domestic_demand": 0.3},
        {"rungs"},
    ),
    "item's demand": ({"item.tokyo_office.demand": 0.4}, {"items"}),
    "item's day": ({"item.tokyo_office.tabled": dt.date(2022, 1, 10)}, {"items"}),
    "item's name": ({"item.tokyo_office.name": "embassy"}, {"channels"}),
    "member's offset": ({"member.germany.offset": 0.1}, {"offsets"}),
    "period": ({"period.cold_war.commitment": 0.5}, {"table"}),
    "threat": ({"threat.china.offence": 0.4}, {"offence"}),
    "leader": ({"leader.koizumi.push": 0.2}, {"table"}),
    "diversity": ({"council.diversity": 0.9}, {"table"}),
    "win-set": ({"domestic.win_set.political": 0.85}, {"table"}),
    "partners": ({"partners.name": "somewhere_else"}, {"channels"}),
    "first year": ({"time.first_year": 1960}, {"calendar", "table", "rungs", "items"}),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_world_made_from_another_is_the_world_made_from_nothing(edit: str) -> None:
    changes, moved = EDITS[edit]
    like = build_world(BASE)
    scenario = replaced(BASE, changes)
    found, afresh = build_world(scenario, like=like), build_world(scenario)
    assert differing(found, afresh) == set()
    assert found.inputs == afresh.inputs
    assert found.all_channels == afresh.all_channels
    assert differing(found, like) == moved | {"scenario"}
    assert (found.table is like.table) == ("table" not in moved)


# Once an item has another name, nothing else can be said of it by its old one.
IN_A_CHAIN = sorted(set(EDITS) - {"item's name"})


@given(edits=st.lists(st.sampled_from(IN_A_CHAIN), min_size=2, max_size=5))
@settings(max_examples=15)
def test_a_chain_of_edits_leads_to_the_world_made_from_nothing(edits: list[str]) -> None:
    scenario, world = BASE, build_world(BASE)
    for edit in edits:
        scenario = replaced(scenario, EDITS[edit][0])
        world = build_world(scenario, like=world)
    assert differing(world, build_world(scenario)) == set()


def test_a_world_made_from_a_stranger_is_the_world_made_from_nothing() -> None:
    stranger = build_world(load_scenario("japan_nato/no_second_abe"))
    assert differing(build_world(BASE, like=stranger), build_world(BASE)) == set()


def test_what_a_world_was_made_from_is_left_as_it_was() -> None:
    like, before = build_world(BASE), build_world(BASE)
    build_world(replaced(BASE, {"rung.contact.demand": -2.5, "levels.pace": 0.3}), like=like)
    assert differing(like, before) == set()
