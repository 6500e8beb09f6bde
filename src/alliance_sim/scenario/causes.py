"""Which junctures come to nothing: for want of a cause, or because they lie outside the run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from graphlib import TopologicalSorter

from alliance_sim.scenario.schema import EARLIEST, LATEST, Juncture, Time


def missing_causes(by_name: Mapping[str, Juncture]) -> dict[str, Juncture]:
    """Return, for each juncture that lacks one, a cause that it cannot do without.

    A cause is missing if it was removed, if it falls or has to be drawn for want of a cause of its
    own, or if it was moved behind the day of what follows it. A juncture that stays as dated
    whatever happens lacks nothing.
    """
    found: dict[str, Juncture] = {}
    causes_first = TopologicalSorter({name: j.follows for name, j in by_name.items()})
    for juncture in (by_name[name] for name in causes_first.static_order()):
        for cause in (by_name[name] for name in sorted(juncture.follows)):
            behind = cause.original_date is not None and cause.date > juncture.date
            gone = not cause.present or cause.name in found or behind
            if gone and juncture.when_cause_removed != "stays":
                found.setdefault(juncture.name, cause)
    return found


def outside_the_run(junctures: Sequence[Juncture], time: Time) -> Iterator[str]:
    """Yield a sentence for each juncture that is there and that no run comes to.

    One that was neither moved nor lies outside all years that can be simulated is left out: whoever
    simulates fewer years means it.
    """
    first, last = dt.date(time.first_year, 1, 1), dt.date(time.last_year, 12, 31)
    for juncture in junctures:
        after, over = juncture.date > last, juncture.end is not None and juncture.end <= first
        meant = juncture.original_date is None and EARLIEST <= juncture.date.year <= LATEST
        if juncture.present and not meant and (after or over):
            where = f"{juncture.date} lies after" if after else f"{juncture.end} lies before"
            yield (
                f"juncture {juncture.name!r}: {where} the run, which goes from {time.first_year} "
                f"to {time.last_year}, so it is in effect removed"
            )
