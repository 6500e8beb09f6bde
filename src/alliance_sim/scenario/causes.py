"""Which junctures lack a cause, and what a scenario says that was probably not meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from alliance_sim.rules.domestic import lacks
from alliance_sim.scenario.schema import EARLIEST, LATEST, Juncture

SAY_SO = "where that is meant write meant = true below it in [[moved]]"
MOST_TOLD = 3  # dates outside the run that are told one by one
RESPONSE = "when_cause_removed"
HANDOVER = 31  # days that two leaders of one side may be in office

if TYPE_CHECKING:
    from alliance_sim.scenario.scenario import Scenario


def missing_causes(junctures: Iterable[Juncture]) -> dict[str, Juncture]:
    """Return, for each juncture that lacks one by `rules.domestic.lacks`, the first such cause."""
    found: dict[str, Juncture] = {}
    by_name = {juncture.name: juncture for juncture in junctures}
    causes_first = TopologicalSorter({name: j.follows for name, j in by_name.items()})
    for juncture in (by_name[name] for name in causes_first.static_order()):
        for cause in (by_name[name] for name in sorted(juncture.follows)):
            behind = cause.original_date is not None and cause.date > juncture.date
            stays = juncture.when_cause_removed == "stays"
            if lacks(stays, cause.present, cause.name in found, behind):
                found.setdefault(juncture.name, cause)
    return found


def doubts(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each thing that a scenario says and that was probably not meant.

    Junctures whose move says that it is meant are left out.
    """
    meant = {edit.path.removesuffix(".date") for edit in scenario.edits if edit.meant}
    outside = [told for path, told in outside_the_run(scenario) if path not in meant]
    if len(outside) > MOST_TOLD:
        first, last = scenario.time.first_year, scenario.time.last_year
        named = ", ".join(sentence.partition(":")[0] for sentence in outside[:MOST_TOLD])
        yield (
            f"{len(outside)} dated things lie outside the run, which goes from {first} to {last}, "
            f"and are in effect removed: {named} and {len(outside) - MOST_TOLD} more"
        )
    else:
        yield from outside
    yield from (told for path, told in _before_their_causes(scenario) if path not in meant)
    yield from _leaders_at_once(scenario)


def needless(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each edit of a juncture that falls away without it, by the others.

    A law that would be drawn is another thing than a law that never comes, and so is a juncture in
    whose place something stands: their edits are left out.
    """
    by_name = {juncture.name: juncture for juncture in scenario.junctures}
    told = set[str]()
    for edit in scenario.edits:
        name, _, part = edit.path.removeprefix("juncture.").partition(".")
        found = by_name.get(name) if edit.path.startswith("juncture.") else None
        if found is None or part == RESPONSE or edit.text in {"", *told}:
            continue
        cause = _falls_anyhow(scenario, found)
        if cause is not None:
            told.add(edit.text)
            yield (
                f"{edit.text}: adds nothing to the other edits, as {name!r} falls away anyhow: "
                f"{cause.name!r}, which it follows, is not there in time; leave it out"
            )


def _falls_anyhow(scenario: Scenario, found: Juncture) -> Juncture | None:
    """Return the cause for want of which a juncture would fall away were it not edited itself."""
    if found.when_cause_removed != "falls" or found.replacements:
        return None
    as_dated = found.model_copy(update={"date": found.original_date or found.date})
    junctures = (as_dated if j.name == found.name else j for j in scenario.junctures)
    return missing_causes(junctures).get(found.name)


def _before_their_causes(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield path and a sentence for each juncture that comes before one that it follows.

    One whose cause was moved behind it, so that it falls away or is drawn, is left out: that is
    what such an edit means.
    """
    by_name = {juncture.name: juncture for juncture in scenario.junctures}
    missing = missing_causes(scenario.junctures)
    for juncture in scenario.junctures:
        for cause in (by_name[name] for name in juncture.follows):
            early = juncture.present and cause.present and juncture.date < cause.date
            if early and juncture.name not in missing:
                what = "law" if juncture.kind == "law" else "juncture"
                day = f"comes on {juncture.date}, before {cause.name!r} of {cause.date}"
                told = (
                    f"{what} {juncture.name!r}: {day}, which it follows; in the model it comes all "
                    f"the same: choose a later day, move both, or {SAY_SO}"
                )
                yield f"juncture.{juncture.name}", told


def _leaders_at_once(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each listed leader whom another keeps from being one, or stands beside.

    A juncture that leads takes the place of who is listed; pushes of two who are listed add up.
    """
    for leader in scenario.leaders:
        for juncture in scenario.junctures:
            leads = any(
                effect.moves == "leadership" and effect.of == leader.partner
                for effect in juncture.effects
                if effect.half_life is None
            )
            until = dt.date.max if juncture.end is None else juncture.end
            if leads and juncture.present and juncture.date <= leader.start <= leader.end <= until:
                yield (
                    f"leader {leader.name!r}: all of {leader.start} to {leader.end} lies within "
                    f"juncture {juncture.name!r}, whose leader takes the place of listed ones: the "
                    "push moves nothing; change those days, or take that juncture out"
                )
    for place, one in enumerate(scenario.leaders):
        for other in scenario.leaders[place + 1 :]:
            start, end = max(one.start, other.start), min(one.end, other.end)
            if one.partner == other.partner and (end - start).days > HANDOVER:
                yield (
                    f"leaders {one.name!r} and {other.name!r}: both are in office from {start} to "
                    f"{end}, so their pushes add up; let one end before the other begins"
                )


def outside_the_run(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield path and a sentence for each dated thing of a scenario's own that no run comes to.

    What it has of the scenario that it extends is left out, unless an edit moved it, or changed the
    years of the run, or no run at all could come to it.
    """
    first, last = scenario.time.first_year, scenario.time.last_year
    begins, ends = dt.date(first, 1, 1), dt.date(last, 12, 31)
    whole = not scenario.edits or any(e.path.startswith("time.") for e in scenario.edits)
    brought = {edit.path for edit in scenario.edits}
    for path, what, start, end in _dated(scenario):
        after, over = start > ends, end is not None and end <= begins
        own = whole or bool(brought & {path, f"{path}.date"})
        if (after or over) and (own or not EARLIEST <= start.year <= LATEST):
            where = f"{start} lies after" if after else f"{end} lies before"
            lies = f"{where} the run, which goes from {first} to {last}"
            waits = _waiting(scenario, path) if after else ""
            yield path, f"{what}: {lies}, so it is in effect removed{waits}"
        elif start < begins and f"{path}.date" in brought:
            lies = f"{start} lies before the run, which goes from {first} to {last}"
            yield path, f"{what}: {lies}, so it is in effect from the first day on"


def _waiting(scenario: Scenario, path: str) -> str:
    """Return which laws wait for a juncture that never comes, and so never come either."""
    kind, _, name = path.partition(".")
    laws = [
        repr(one.name)
        for one in scenario.junctures
        if one.present and name in one.follows and one.when_cause_removed == "drawn"
    ]
    if kind != "juncture" or not laws:
        return ""
    wait = "waits" if len(laws) == 1 else "wait"
    return (
        f", but that {' and '.join(laws)} {wait} for it and never {wait.replace('wait', 'come')}; "
        f"`without {name}` leaves that to chance"
    )


def _dated(scenario: Scenario) -> Iterator[tuple[str, str, dt.date, dt.date | None]]:
    """Yield path, words, first day and last day, if there is one, of what has a date."""
    for juncture in scenario.junctures:
        if juncture.present:
            name = juncture.name
            yield f"juncture.{name}", f"juncture {name!r}", juncture.date, juncture.end
    for leader in scenario.leaders:
        yield f"leader.{leader.name}", f"leader {leader.name!r}", leader.start, leader.end
    for item in scenario.items:
        yield f"item.{item.name}", f"item {item.name!r}.tabled", item.tabled, item.tabled
    for member in scenario.members:
        for accession in member.accessions:
            yield f"member.{member.name}", f"member {member.name!r}.accession", accession.date, None
    for period in scenario.periods:
        yield f"period.{period.name}", f"period {period.name!r}", period.start, None
