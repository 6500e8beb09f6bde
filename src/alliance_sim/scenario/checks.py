"""Checks of a scenario that need more than one table: names, references, dates, completeness.

They run on the plain tree, and carefully, so that a file with a wrong value in one table still has
its references checked: all problems of a file are told at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

from alliance_sim.errors import MOST_TOLD, unknown_name
from alliance_sim.scenario.adding import BY_PERIOD
from alliance_sim.scenario.fields import DOMAINS, FIELDS, SERIES
from alliance_sim.scenario.path import Tree, is_number
from alliance_sim.scenario.priors import prior_problems

NAMED = ("period", "threat", "member", "leader", "juncture", "rung", "item")
NEEDS_THREAT = ("hostility",)
NEEDS_SIDE = ("leadership", "involvement", "need")
SIDES = ("state", "alliance")
ON_A_SHARE = (
    *("hostility", "commitment", "networking", "link", "win_set", "involvement", "attention"),
)
ON_LOG_ODDS = ("leadership", "need")
LOG_ODDS = "log-odds"
FIRST = 3  # months of the first quarter


def cross_problems(tree: Tree) -> list[str]:
    """Return every problem that lies between the tables of a scenario, in a stable order."""
    return [
        *_repeated_names(tree),
        *_periods(tree),
        *_by_threat(tree),
        *_junctures(tree),
        *_cycles(tree),
        *_spells(tree),
        *_partners(tree),
        *_first_members(tree),
        *_items(tree),
        *_kinds(tree),
        *_ladder(tree),
        *_observation(tree),
        *_council(tree),
        *prior_problems(tree),
    ]


def tables(tree: Tree, key: str) -> list[dict[str, Any]]:
    """Return the tables of a list, leaving out what is not a table."""
    found = tree.get(key, ())
    return [t for t in found if isinstance(t, dict)] if isinstance(found, list | tuple) else []


def names(tree: Tree, key: str) -> list[str]:
    """Return the names in a list of tables."""
    return [t["name"] for t in tables(tree, key) if isinstance(t.get("name"), str)]


def _date(table: dict[str, Any], key: str) -> dt.date | None:
    value = table.get(key)
    return value if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else None


def _table(tree: Tree, key: str) -> dict[str, Any]:
    value = tree.get(key, {})
    return value if isinstance(value, dict) else {}


def _repeated_names(tree: Tree) -> Iterator[str]:
    for key in NAMED:
        seen = names(tree, key)
        for name in sorted({n for n in seen if seen.count(n) > 1}):
            yield f"{key} {name!r}: stands {seen.count(name)} times; names must differ"


def _periods(tree: Tree) -> Iterator[str]:
    dated = [(t.get("name"), _date(t, "start")) for t in tables(tree, "period")]
    starts = [(name, start) for name, start in dated if start is not None]
    for (name, start), (following, after) in pairwise(starts):
        if after <= start:
            yield f"period {following!r}: start {after} must be after {start} of period {name!r}"
    yield from _acts(tree)
    time = _table(tree, "time")
    first, last = time.get("first_year", 1950), time.get("last_year", 2025)
    if not (isinstance(first, int) and isinstance(last, int)):
        return
    if last < first:
        yield f"time: last_year {last} is before first_year {first}"
    if starts and min(start for _, start in starts).year > first:
        yield f"period: the first begins in {starts[0][1]}, but the run begins in {first}"


def _acts(tree: Tree) -> Iterator[str]:
    """The days on which acts are cut into periods rise as well, and ids differ."""
    given = tables(tree, "period")
    ids = [table.get("id") or f"P{number}" for number, table in enumerate(given, start=1)]
    for one in sorted({str(i) for i in ids if ids.count(i) > 1}):
        yield f"period: id {one!r} stands {ids.count(one)} times; give each period an id of its own"
    named = [(t.get("name"), _date(t, "acts_from") or _date(t, "start")) for t in given]
    for (name, day), (following, after) in pairwise(named):
        if day and after and after <= day:
            yield f"period {following!r}: acts_from {after} must be after {day} of period {name!r}"
    for (name, day), table in zip(named, given, strict=True):
        until = _date(table, "acts_until")
        if day and until and until < day:
            yield f"period {name!r}: acts_until {until} must not be before {day}"


def _in_no_period(tree: Tree) -> list[tuple[str, str]]:
    """Return what is given for other threats in each of several periods, and for one in none."""
    periods = tables(tree, "period")
    found = []
    for key in BY_PERIOD:
        given = [period[key] for period in periods if isinstance(period.get(key), dict)]
        if len(given) == len(periods):
            without = [n for n in names(tree, "threat") if all(n not in table for table in given)]
            found += [(key, name) for name in without]
    return found


def _by_threat(tree: Tree) -> Iterator[str]:
    known = names(tree, "threat")
    nowhere = _in_no_period(tree)
    for key, name in nowhere:
        yield (
            f"threat {name!r}.{key}: is missing; give it one number for all periods in its "
            f"[[threat]], or one for each in [threat.{key}] below it"
        )
    for period in tables(tree, "period"):
        for key in BY_PERIOD:
            given = period.get(key)
            if not isinstance(given, dict):
                continue
            where = f"period {period.get('name')!r}.{key}"
            for name in given:
                if name not in known:
                    yield f"{where}: {unknown_name('threat', name, known)}"
            for name in known:
                if name not in given and (key, name) not in nowhere:
                    yield f"{where}: threat {name!r} is missing"
    for member in tables(tree, "member"):
        given = member.get("exposure", {})
        for name in given if isinstance(given, dict) else ():
            if name not in known:
                where = f"member {member.get('name')!r}.exposure"
                yield f"{where}: {unknown_name('threat', name, known)}"


def _junctures(tree: Tree) -> Iterator[str]:
    known = names(tree, "juncture")
    for juncture in tables(tree, "juncture"):
        where = f"juncture {juncture.get('name')!r}"
        start, end = _date(juncture, "date"), _date(juncture, "end")
        if start and end and end <= start:
            yield f"{where}: end {end} must be after date {start}"
        if juncture.get("mission") and end is None:
            yield f"{where}: a mission needs an end"
        follows = juncture.get("follows", ())
        for name in follows if isinstance(follows, list | tuple) else ():
            if name not in known:
                yield f"{where}.follows: {unknown_name('juncture', str(name), known)}"
        for key in ("effect", "replacement"):
            for position, effect in enumerate(tables(juncture, key)):
                for problem in (*_effect(effect, tree), *_size(effect), *_units(effect)):
                    yield f"{where}.{key}[{position}]: {problem}"
        if juncture.get("when_cause_removed") == "drawn":
            yield from (f"{where}: {problem}" for problem in _drawn(juncture))


def _effect(effect: dict[str, Any], tree: Tree) -> Iterator[str]:
    moves, of = effect.get("moves"), effect.get("of")
    if not isinstance(of, str | None) or not isinstance(moves, str):
        return  # the schema says so already
    if moves in NEEDS_THREAT:
        if of not in names(tree, "threat"):
            yield _not_among("threat", of, names(tree, "threat"))
    elif moves == "win_set":
        if of not in DOMAINS:
            yield _not_among("domain", of, DOMAINS)
    elif moves in NEEDS_SIDE:
        if of not in SIDES:
            yield _not_among("side", of, SIDES)
        if moves == "need" and effect.get("domain") not in DOMAINS:
            yield _not_among("domain", effect.get("domain"), DOMAINS, key="domain")
    elif of is not None:
        yield f"moves {moves!r} takes no 'of', found {of!r}"
    if moves != "need" and effect.get("domain") is not None:
        yield f"moves {moves!r} takes no 'domain', found {effect['domain']!r}"
    if effect.get("drawn") and moves != "leadership":
        yield "only an effect that moves leadership can be drawn"


def _size(effect: dict[str, Any]) -> Iterator[str]:
    """What is moved on a scale from 0 to 1 cannot move further than that."""
    size = _value(effect.get("size"))
    problem = None if size is None else size_problem(str(effect.get("moves")), size)
    if problem is not None:
        yield problem


def _units(effect: dict[str, Any]) -> Iterator[str]:
    """What moves log-odds is told in log-odds, a share without unit, and a half-life in years."""
    moves = effect.get("moves")
    if not isinstance(moves, str):
        return
    wanted = {"size": LOG_ODDS if moves in ON_LOG_ODDS else "1", "half_life": "years"}
    for key, unit in wanted.items():
        number: Any = effect.get(key)
        if is_number(number):
            found = number["unit"] if isinstance(number, dict) else number[FIELDS.index("unit")]
            if isinstance(found, str) and found != unit:
                yield f"{key}: unit is {found!r}, must be {unit!r} where it moves {moves!r}"


def size_problem(moves: str, size: float) -> str | None:
    """Return what is wrong with the size of an effect that moves something, None if nothing is."""
    lowest = 0.0 if moves == "win_set" else -1.0
    if moves not in ON_A_SHARE or lowest <= size <= 1.0:
        return None
    return f"size {size:g} must be from {lowest:g} to 1, as {moves!r} is a share"


def _not_among(kind: str, found: Any, known: Iterable[str], *, key: str = "of") -> str:
    """Return the sentence for a reference that is missing or leads nowhere."""
    if found is None:
        return f"{key} is missing; it names a {kind} (known: {', '.join(sorted(known))})"
    return unknown_name(kind, str(found), known)


def _drawn(juncture: dict[str, Any]) -> Iterator[str]:
    if juncture.get("log_hazard") is None:
        yield "when_cause_removed is 'drawn', so log_hazard is needed"
    if juncture.get("kind") != "law":
        yield f"only a law can be drawn, found kind {juncture.get('kind')!r}"
    if any(effect.get("half_life") is not None for effect in tables(juncture, "effect")):
        yield "a law that can be drawn opens a domain for good or to its end, without half_life"
    if any(effect.get("moves") != "win_set" for effect in tables(juncture, "effect")):
        yield "a law that can be drawn may only move the win_set"
    if not juncture.get("follows"):
        yield "when_cause_removed is 'drawn', but it follows nothing"


def _cycles(tree: Tree) -> Iterator[str]:
    causes = {
        t["name"]: [c for c in t.get("follows", ()) if isinstance(c, str)]
        for t in tables(tree, "juncture")
        if isinstance(t.get("name"), str) and isinstance(t.get("follows", ()), list | tuple)
    }
    circles: set[str] = set()
    for _ in range(MOST_TOLD):
        rest = {n: set(of) - circles for n, of in causes.items() if n not in circles}
        try:
            TopologicalSorter(rest).prepare()
            break
        except CycleError as error:
            circles.update(error.args[1])
    for name in sorted(circles):
        yield f"juncture {name!r}: follows itself, directly or through others"


def _spells(tree: Tree) -> Iterator[str]:
    for leader in tables(tree, "leader"):
        start, end = _date(leader, "start"), _date(leader, "end")
        if start and end and end <= start:
            yield f"leader {leader.get('name')!r}: end {end} must be after start {start}"
    for member in tables(tree, "member"):
        dates = [_date(a, "date") for a in tables(member, "accession")]
        pairs = pairwise(dates)
        for before, after in pairs:
            if before and after and after <= before:
                where = f"member {member.get('name')!r}.accession"
                yield f"{where}: {after} comes after {before} in the list; dates must rise"


def _partners(tree: Tree) -> Iterator[str]:
    partners = _table(tree, "partners")
    state, alliance = partners.get("state"), partners.get("alliance")
    if state is not None and state == alliance:
        yield f"partners: state and alliance are both called {state!r}; names must differ"
    for key in ("state", "alliance"):
        if partners.get(key) in names(tree, "member"):
            yield f"partners.{key}: {partners[key]!r} is also a member; names must differ"


def _by_start(date: dt.date, first_year: int) -> bool:
    """Whether a day lies before a run or on its first; no date may have such a year."""
    return (date.year, date.month, date.day) <= (first_year, 1, 1)


def _first_members(tree: Tree) -> Iterator[str]:
    """An alliance needs somebody in it from the first quarter on."""
    first = _table(tree, "time").get("first_year", 1950)
    joined = [
        (_date(accession, "date"), _value(accession.get("weight")))
        for member in tables(tree, "member")
        for accession in tables(member, "accession")
    ]
    if not joined or not isinstance(first, int):
        return
    known = [(date, weight) for date, weight in joined if date and weight is not None]
    if len(known) < len(joined):
        return
    there = [weight for date, weight in known if _by_start(date, first)]
    if not there:
        yield f"member: nobody belongs to the alliance at the beginning of {first}"
    elif not any(weight > 0 for weight in there):
        yield f"member: the weights of those who belong at the beginning of {first} are all 0"


def _items(tree: Tree) -> Iterator[str]:
    """Nothing is decided in the first quarter, so nothing can be tabled in it."""
    first = _table(tree, "time").get("first_year", 1950)
    for item in tables(tree, "item"):
        tabled = _date(item, "tabled")
        if isinstance(first, int) and tabled and tabled.year == first and tabled.month <= FIRST:
            yield (
                f"item {item.get('name')!r}.tabled: {tabled} lies in the first quarter of the run, "
                "in which nothing is decided yet"
            )


def _kinds(tree: Tree) -> Iterator[str]:
    seen = _kinds_of_events(tree)
    for domain, name in sorted({k for k in seen if seen.count(k) > 1}):
        yield f"kind {name!r}: stands {seen.count((domain, name))} times in domain {domain!r}"


def _kinds_of_events(tree: Tree) -> list[tuple[str, str]]:
    return [(str(k.get("domain")), str(k.get("name"))) for k in tables(tree, "kind")]


def _ladder(tree: Tree) -> Iterator[str]:
    numbers = [t.get("number") for t in tables(tree, "rung")]
    if numbers and sorted(n for n in numbers if isinstance(n, int)) != list(
        range(1, len(numbers) + 1)
    ):
        yield f"rung: numbers are {numbers}, must be 1 to {len(numbers)} once each"
    for rung in tables(tree, "rung"):
        domain, kind = rung.get("event_domain"), rung.get("event_kind")
        known = [name for among, name in _kinds_of_events(tree) if among == domain]
        if known and isinstance(kind, str) and kind not in known:
            told = unknown_name(f"kind of event in domain {domain!r}", kind, known)
            yield f"rung {rung.get('name')!r}.event_kind: {told}"


def _observation(tree: Tree) -> Iterator[str]:
    counting = _table(_table(tree, "observation"), "counting")
    for series in SERIES:
        if counting and series not in counting:
            yield f"observation.counting: {series!r} is missing"
        always = [
            kind
            for kind in tables(tree, "kind")
            if kind.get("domain") == series and _value(kind.get("from_level")) == 0.0
        ]
        if tables(tree, "kind") and not always:
            yield f"kind: domain {series!r} needs a kind with from_level 0"


def _value(number: Any) -> float | None:
    if not is_number(number):
        return None
    value = number["value"] if isinstance(number, dict) else number[0]
    return float(value) if isinstance(value, int | float) else None


def _council(tree: Tree) -> Iterator[str]:
    leader = _table(tree, "council").get("leader")
    if not isinstance(leader, str):
        return
    if leader not in names(tree, "member"):
        yield f"council.leader: {unknown_name('member', leader, names(tree, 'member'))}"
        return
    first = _table(tree, "time").get("first_year", 1950)
    joined = [
        _date(accession, "date")
        for member in tables(tree, "member")
        if member.get("name") == leader
        for accession in tables(member, "accession")
    ]
    late = isinstance(first, int) and all(d and not _by_start(d, first) for d in joined)
    if joined and late:
        yield f"council.leader: {leader!r} does not belong to the alliance yet in {first}"
