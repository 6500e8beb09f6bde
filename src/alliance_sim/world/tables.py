"""A scenario's tables as numbers: what a recipe is made of, in the order of names.

Tables are taken in the order of their names, so that reordering a scenario file changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np

from alliance_sim.calendar import Calendar
from alliance_sim.errors import ScenarioError, unknown_name
from alliance_sim.rules.council import CONSENSUS, LEADER, WEIGHTED_MAJORITY
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.fields import DOMAINS, Number, Part
from alliance_sim.scenario.file import word_for
from alliance_sim.scenario.schema import Effect, SeriesInput
from alliance_sim.scenario.yearly import parsed
from alliance_sim.world.declaration import flattened
from alliance_sim.world.recipe import (
    BY_THREAT,
    COEFFICIENTS,
    LARGEST_OF,
    MOVES,
    RESPONSES,
    Recipe,
    Table,
    columns_of,
    kind_of,
    rows_wanted,
)
from alliance_sim.world.settle import NONE
from alliance_sim.world.state import SIDES

DECISIONS = {"consensus": CONSENSUS, "weighted_majority": WEIGHTED_MAJORITY, "leader": LEADER}
Rows = tuple[list[str], list[Sequence[float]]]


def calendar_of(scenario: Scenario) -> Calendar:
    """Return the steps that a scenario goes through."""
    return scenario.calendar()


def recipe_of(scenario: Scenario, like: tuple[Scenario, Recipe] | None = None) -> Recipe:
    """Return the recipe of a scenario.

    Args:
        scenario: The scenario.
        like: Another scenario and its recipe; tables made of the same parts are taken over.

    Raises:
        ScenarioError: If a threat asks for a series that does not exist.
    """
    changed = set(PARTS)
    if like is not None:
        now, before = vars(scenario), vars(like[0])
        changed = {name for name in PARTS if now[name] is not before[name]}
    same_years = like is not None and changed.isdisjoint(("time", "periods"))
    calendar = like[1].calendar if like is not None and same_years else calendar_of(scenario)
    tables = Tables(scenario, calendar)
    for reader in READERS:
        if like is not None and changed.isdisjoint(reader.parts):
            for name in reader.tables:
                tables[name] = like[1].tables[name]
        else:
            tables.read(reader)
    for name in COEFFICIENTS:
        kept = like is not None and changed.isdisjoint((name, "member"))
        tables.named[name] = like[1].named[name] if like and kept else _named(scenario, name)
    partners = scenario.partners
    return Recipe(
        scenario=scenario.name,
        partners=(partners.name, partners.state, partners.alliance),
        calendar=tables.calendar,
        tables=tables,
        named=tables.named,
    )


class Tables(dict[str, Table]):
    """Tables of a scenario; those of its coefficients are made when first asked for.

    Attributes:
        named: The numbers of those, as named tuples.
    """

    def __init__(self, scenario: Scenario, calendar: Calendar) -> None:
        """Begin without any."""
        super().__init__()
        self.scenario, self.calendar = scenario, calendar
        self.named: dict[str, Any] = {}

    @cached_property
    def threats(self) -> tuple[str, ...]:
        """Names of the threats, sorted."""
        return tuple(sorted(threat.name for threat in self.scenario.threats))

    def __missing__(self, name: str) -> Table:
        """Make a table of coefficients."""
        values = np.array(flattened(self.named[name]), dtype=np.float64).reshape(-1, 1)
        values.setflags(write=False)
        self[name] = Table(("value",), rows_wanted(name), values)
        return self[name]

    def read(self, reader: Reader) -> None:
        """Make the tables that a reader makes."""
        found = reader.read(self.scenario, self.calendar)
        for name, (rows, values) in zip(reader.tables, found, strict=True):
            columns = tuple(c.name for c in columns_of(name, self.threats, self.calendar))
            array = np.array(values, dtype=np.float64).reshape(len(rows), len(columns))
            array.setflags(write=False)
            self[name] = Table(columns, tuple(rows), array)


class Reader(NamedTuple):
    """How some tables of a recipe are made."""

    tables: tuple[str, ...]
    parts: tuple[str, ...]  # of a scenario, of which they are made
    read: Callable[[Scenario, Calendar], Iterator[Rows]]


def _or_none(number: Number | None) -> float:
    return NONE if number is None else number.value


def _threats(scenario: Scenario, _calendar: Calendar) -> Iterator[Rows]:
    threats = sorted(scenario.threats, key=lambda t: t.name)
    yield (
        [f"threat.{t.name}" for t in threats],
        [(t.offence.value, t.distracts, t.region == "asia") for t in threats],
    )


def _periods(scenario: Scenario, calendar: Calendar) -> Iterator[Rows]:
    threats = sorted(t.name for t in scenario.threats)
    periods = sorted(scenario.periods, key=lambda p: p.start)
    yield (
        [f"period.{p.name}" for p in periods],
        [
            (
                calendar.position(p.start),
                *(p.commitment.value, p.networking.value, p.link.value),
                *(getattr(p, key)[name].value for key in BY_THREAT for name in threats),
            )
            for p in periods
        ],
    )


def _series(scenario: Scenario, calendar: Calendar) -> Iterator[Rows]:
    given = [("partners.state_capability", scenario.partners.state_capability)]
    threats = sorted(scenario.threats, key=lambda t: t.name)
    given += [(f"threat.{t.name}.capability", t.capability) for t in threats]
    years = calendar.last_year - calendar.first_year + 1
    formulas: list[Sequence[float]] = []
    yearly: list[Sequence[float]] = []
    for where, one in given:
        if isinstance(one, SeriesInput):
            formulas.append((NONE, one.divide_by.value, one.floor.value))
            key = f"threat {where.split('.')[1]!r}.capability" if yearly else where
            yearly.append(raw_by_year(one, calendar, scenario.series, (scenario.name, key)))
        else:
            formulas.append((one.value, 1.0, 0.0))
            yearly.append((0.0,) * years)
    rows = [where for where, _ in given]
    yield rows, formulas
    yield rows, yearly


def raw_by_year(
    given: SeriesInput, calendar: Calendar, series: str, where: tuple[str, str]
) -> tuple[float, ...]:
    """Return the means of a series by calendar year, before they are divided and kept from 0 to 1.

    0 stands for the years outside the series whose input is its floor.

    Args:
        given: The series and its formula.
        calendar: The years wanted.
        series: The yearly series of the scenario, as it keeps them.
        where: Name of the scenario, and the place in it, for the message.

    Raises:
        ScenarioError: If the scenario holds no such series.
    """
    names = sorted(parsed(series))
    if given.series not in names:
        problem = unknown_name("series", given.series, names)
        raise ScenarioError(word_for(where[0]), [f"{where[1]}: {problem}"])
    years = (calendar.first_year, calendar.last_year)
    return _means(series, given.series, given.window, given.outside, years)


@lru_cache(maxsize=256)
def _means(
    series: str, name: str, window: int, outside: str, years: tuple[int, int]
) -> tuple[float, ...]:
    """Return the means of a series; edits of a scenario share them."""
    known = parsed(series)[name]
    first, last = min(known), max(known)
    means = {year: _mean(known, year, window) for year in range(first, last + 1)}
    result, latest = [], means[first]
    for year in range(min(first, years[0]), years[1] + 1):  # what came before the run counts, too
        if first <= year <= last:
            latest = means[year] if means[year] is not None else latest
        if year >= years[0]:
            floor = not first <= year <= last and outside == "floor"
            result.append(0.0 if floor or latest is None else latest)
    return tuple(result)


def _mean(known: Mapping[int, float], year: int, window: int) -> float | None:
    """Return the mean of the entries around a year, added up from the earliest on."""
    found = [known[y] for y in range(year - window, year + window + 1) if y in known]
    if not found:
        return None
    total = 0.0
    for value in found:
        total = total + value
    return total / len(found)


def _members(scenario: Scenario, calendar: Calendar) -> Iterator[Rows]:
    members = sorted(scenario.members, key=lambda m: m.name)
    threats = sorted(t.name for t in scenario.threats)
    yield [f"member.{m.name}" for m in members], [(m.offset.value,) for m in members]
    yield (
        [f"member.{m.name}.exposure" for m in members],
        [tuple(m.exposure[t].value if t in m.exposure else 1.0 for t in threats) for m in members],
    )
    joined = [(k, m.name, i, a) for k, m in enumerate(members) for i, a in enumerate(m.accessions)]
    yield (
        [f"member.{name}.accession.{i}" for _, name, i, _ in joined],
        [(k, calendar.position(a.date), a.states, a.weight.value) for k, _, _, a in joined],
    )


def _leaders(scenario: Scenario, calendar: Calendar) -> Iterator[Rows]:
    spells = sorted(scenario.leaders, key=lambda spell: spell.name)
    at = calendar.position
    yield (
        [f"leader.{spell.name}" for spell in spells],
        [(SIDES.index(s.partner), at(s.start), at(s.end), s.push.value) for s in spells],
    )


def _junctures(scenario: Scenario, calendar: Calendar) -> Iterator[Rows]:
    junctures = sorted(scenario.junctures, key=lambda j: j.name)
    places = {j.name: k for k, j in enumerate(junctures)}
    threats = {t: k for k, t in enumerate(sorted(t.name for t in scenario.threats))}
    at = calendar.position
    yield (
        [f"juncture.{j.name}" for j in junctures],
        [
            (
                j.present,
                at(j.date),
                NONE if j.end is None else at(j.end),
                NONE if j.original_date is None else at(j.original_date),
                j.mission,
                RESPONSES.index(j.when_cause_removed),
                j.kind == "event",
                _or_none(j.log_hazard),
            )
            for j in junctures
        ],
    )
    causes = [(j.name, cause) for j in junctures for cause in sorted(set(j.follows))]
    yield (
        [f"juncture.{name}.follows.{cause}" for name, cause in causes],
        [(places[name], places[cause]) for name, cause in causes],
    )
    names: list[str] = []
    rows: list[Sequence[float]] = []
    for k, j in enumerate(junctures):
        for key, effects, stands_in in (
            ("effect", j.effects, 0.0),
            ("replacement", j.replacements, 1.0),
        ):
            for i, effect in _in_order(effects):
                names.append(f"juncture.{j.name}.{key}.{i}")
                rows.append((k, stands_in, *_effect(effect, threats)))
    yield names, rows


def _in_order(effects: tuple[Effect, ...]) -> list[tuple[int, Effect]]:
    """Return effects with their places, in an order that does not depend on the file's."""

    def order(placed: tuple[int, Effect]) -> tuple[str, float, float, bool]:
        effect = placed[1]
        half_life = effect.half_life.value if effect.half_life else 0.0
        return effect.name, effect.size.value, half_life, effect.drawn

    return sorted(enumerate(effects), key=order)


def _effect(effect: Effect, threats: dict[str, int]) -> tuple[float, ...]:
    of: Any = effect.of
    if effect.moves == "hostility":
        whom = threats[of]
    elif effect.moves == "win_set":
        whom = DOMAINS.index(of)
    else:
        whom = -1 if of is None else SIDES.index(of)
    domain = -1 if effect.domain is None else DOMAINS.index(effect.domain)
    return (
        *(MOVES.index(effect.moves), whom, domain, effect.size.value),
        *(_or_none(effect.half_life), effect.drawn),
    )


def _rungs(scenario: Scenario, calendar: Calendar) -> Iterator[Rows]:
    rungs = sorted(scenario.rungs, key=lambda r: r.number)
    yield (
        [f"rung.{r.name}" for r in rungs],
        [
            (
                *(r.log_hazard.value, r.demand.value, r.domestic_demand.value),
                *(NONE if r.opens is None else calendar.position(r.opens), r.granted),
            )
            for r in rungs
        ],
    )


def _items(scenario: Scenario, calendar: Calendar) -> Iterator[Rows]:
    items = sorted(scenario.items, key=lambda item: item.name)
    yield (
        [f"item.{item.name}" for item in items],
        [(calendar.position(item.tabled), item.demand.value) for item in items],
    )


def _named(scenario: Scenario, table: str) -> Any:
    """Return the numbers of a table that stay the same throughout a run, by name."""
    if table != "council":
        return _values(getattr(scenario, table), table)
    members = sorted(member.name for member in scenario.members)
    rule, leader = DECISIONS[scenario.council.rule], members.index(scenario.council.leader)
    numbers = _values(scenario.council, table)
    return numbers._replace(rule=float(rule), leader=float(leader))


def _values(node: Any, name: str) -> Any:
    """Return the value of a number or setting, or those at and below a table."""
    if type(node) is Number:
        return node.value
    below = _below(node)
    if below is None:
        return float(node) if isinstance(node, bool | int) else node
    found = [
        part.value if type(part) is Number else _values(part, f"{name}_{key}")
        for key, part in below.items()
    ]
    return kind_of(name, tuple(below))._make(found)


def _below(node: Any) -> dict[str, Any] | None:
    """Return what lies in a table by name, in an order that no file decides; None for a value."""
    if isinstance(node, Part):
        return vars(node)
    return dict(sorted(node.items())) if isinstance(node, dict) else None


def _largest_normal(_scenario: Scenario, _calendar: Calendar) -> Iterator[Rows]:
    yield [str(k + 1) for k in range(len(LARGEST_OF))], [(value,) for value in LARGEST_OF]


READERS = (
    Reader(("threat",), ("threats",), _threats),
    Reader(("period",), ("time", "periods", "threats"), _periods),
    Reader(("series", "yearly"), ("time", "partners", "threats", "series"), _series),
    Reader(("member", "exposure", "accession"), ("time", "members", "threats"), _members),
    Reader(("leader",), ("time", "leaders"), _leaders),
    Reader(("juncture", "follows", "effect"), ("time", "junctures", "threats"), _junctures),
    Reader(("rung",), ("time", "rungs"), _rungs),
    Reader(("item",), ("time", "items"), _items),
    Reader(("largest_normal",), (), _largest_normal),
)
# All parts of a scenario that a recipe is made of.
PARTS = tuple(dict.fromkeys([*(p for reader in READERS for p in reader.parts), *COEFFICIENTS]))
