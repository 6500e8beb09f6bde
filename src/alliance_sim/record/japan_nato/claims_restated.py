"""The claims that the second edition of the record words anew, and the one that it adds.

Where `formal` in `article_claims.csv` leaves a choice, the check says which was taken. The first
edition keeps its own readings, in the modules beside this one.
"""

from __future__ import annotations

import numpy as np

from alliance_sim.glossary import percent_close
from alliance_sim.record.checks import Verdict, check, without_levels
from alliance_sim.record.japan_nato.claims_events import by_european, by_member
from alliance_sim.record.one_history import (
    Mask,
    NotMeasured,
    OneHistory,
    Values,
    slope,
    stretches,
)

DECADE = (2002, 2010)
YEARS_P4 = (2013, 2025)
RAPID = 0.10  # growth of the equipment level a year
SHARED = 1 / 3  # of the acts on the Alliance track that NATO starts, alone or with Japan
FRAMEWORK = 10  # rung of the tailored partnership programme
PRACTICAL = ("operations", "equipment")


@check(
    "C07",
    "Political ties lie higher in P2 than in P1 and lower than in P3 (record: acts a year, "
    "corrected for reporting).",
    edition=2,
)
def political_ties_rise_from_stage_to_stage_once_corrected(history: OneHistory) -> Verdict:
    # A run has levels, and their means are compared. The record has acts, and acts of the 1990s
    # were coded less often than later ones, so each counts as one over its chance.
    stages = ("P1", "P2", "P3")
    if history.levels is None:
        means = [history.acts_a_year(name, "political") for name in stages]
        what = "political acts a year, corrected for reporting: "
    else:
        level = history.level("political")
        means = [float(level[history.quarters(name)].mean()) for name in stages]
        what = "mean political level: "
    listing = ", ".join(f"{name} {mean:.3f}" for name, mean in zip(stages, means, strict=True))
    return Verdict(means[0] < means[1] < means[2], what + listing)


@check(
    "C12",
    "The political level rises from September 2001 to 2010, never 20 percent below its peak for "
    "2 years.",
    edition=2,
)
def political_ties_develop_steadily_to_2010(history: OneHistory) -> Verdict:
    # The peak is the highest level up to the quarter; two years means eight quarters on end. On
    # the record the yearly count of political acts stands for the level; it can only refute.
    if history.levels is None:
        counts = _yearly(history, history.domains == "political", *DECADE)
        rise = _trend(counts)
        reading = f"slope of the yearly political count {rise:+.2f} in 2002-10"
        return without_levels(reading, holds=rise > 0)
    quarters = history.quarters("P3")
    level = history.level("political")
    decade = level[quarters.start : history.end_of(DECADE[1]) + 1]
    rise, later = (slope(part, history.calendar) for part in (decade, level[quarters]))
    low = decade < 0.8 * np.maximum.accumulate(decade)
    years = max((end - start for start, end in stretches(low)), default=0) * history.calendar.dt
    reading = (
        f"political slope {rise:+.4f} a year to 2010, {later:+.4f} over all of P3; longest fall "
        f"to 2010 {years:.2f} years"
    )
    return Verdict(rise > 0 and years < 2, reading)


@check("C17", "The mean agenda overlap of the two sides is higher in P4 than in P3.", edition=2)
def the_two_sides_come_to_agree(history: OneHistory) -> Verdict:
    if history.agenda_overlap is None:
        raise NotMeasured("the record holds no agendas")
    before, after = (
        float(history.agenda_overlap[history.quarters(name)].mean()) for name in ("P3", "P4")
    )
    return Verdict(after > before, f"mean agenda overlap {before:.3f} in P3, {after:.3f} in P4")


@check("C22", "The equipment level grows by at least 10 percent a year over 2013-2025.", edition=2)
def equipment_develops_rapidly(history: OneHistory) -> Verdict:
    # Growth is the least-squares slope of the logarithm of yearly means; 0 has no logarithm.
    level = history.yearly(history.level("equipment"), first=YEARS_P4[0], last=YEARS_P4[1])
    if level.min() <= 0:
        raise NotMeasured("equipment is at 0 in a year of 2013-2025")
    growth = float(np.expm1(_trend(np.log(level))))
    return Verdict(growth >= RAPID, f"equipment level {growth:+.1%} a year over 2013-25")


@check(
    "C25",
    "European allies' own acts come later than the Alliance's: their median, and their first "
    "operation and equipment act.",
    edition=2,
)
def europeans_follow_the_alliance(history: OneHistory) -> Verdict:
    # The Alliance track is what no single ally starts. Where one of the tracks has no act of a
    # domain, its first counts as infinitely late; two that never come are in no order.
    europe, alliance = by_european(history), ~by_member(history)
    if not europe.any() or not alliance.any():
        raise NotMeasured("one of the two tracks has no act")
    halves = [_median(history, track) for track in (alliance, europe)]
    firsts = {
        domain: [
            _first(history, track & (history.domains == domain)) for track in (alliance, europe)
        ]
        for domain in PRACTICAL
    }
    listing = "; ".join(
        f"first in {domain} {_day(own)}, Europe {_day(theirs)}"
        for domain, (own, theirs) in firsts.items()
    )
    reading = f"median act {halves[0]}, of European allies {halves[1]}; {listing}"
    later = all(own < theirs for own, theirs in firsts.values())
    return Verdict(bool(halves[0] < halves[1]) and later, reading)


@check(
    "C29",
    "The rung is at least 10 at the end of 2025, and NATO starts or shares a third of P4's acts "
    "without single allies.",
    edition=2,
)
def japan_matters_in_natos_framework(history: OneHistory) -> Verdict:
    # The instruments of NATO's framework are rungs of the ladder, the last of them rung 10. How
    # much Japan weighs beside other partners no history of the two can say.
    inside = history.during("P4") & ~by_member(history)
    if not inside.any():
        raise NotMeasured("no act without a single ally in P4")
    started = np.isin(history.initiators[inside], [history.alliance, "both"])
    share, rung = float(started.mean()), int(history.rung[history.end_of(YEARS_P4[1])])
    told = f"NATO starts or shares {percent_close(share)} of those acts"
    reading = f"rung {rung} at the end of 2025; {told}"
    return Verdict(rung >= FRAMEWORK and share >= SHARED, reading)


def _yearly(history: OneHistory, chosen: Mask, first: int, last: int) -> Values:
    """Return how many of the chosen events fall in each year, both years included."""
    history.end_of(first), history.end_of(last)  # refuses years that the calendar lacks
    years = history.dates[chosen].astype("datetime64[Y]").astype(int) + 1970
    kept = years[(years >= first) & (years <= last)]
    return np.bincount(kept - first, minlength=last - first + 1).astype(float)


def _trend(values: Values) -> float:
    """Return the least-squares slope of a yearly series, a year."""
    years = np.arange(len(values), dtype=float)
    centred = years - years.mean()
    return float(centred @ (values - values[0]) / (centred @ centred))


def _median(history: OneHistory, chosen: Mask) -> np.datetime64:
    """Return the day by which half of the chosen events have happened; an actual day of one."""
    days = np.sort(history.dates[chosen])
    return np.datetime64(days[(len(days) - 1) // 2], "D")


def _first(history: OneHistory, chosen: Mask) -> float:
    """Return the day of the first chosen event, in days since 1970; infinite without one."""
    days = history.dates[chosen].astype("datetime64[D]").astype(int)
    return float(days.min()) if len(days) else float("inf")


def _day(at: float) -> str:
    return "never" if at == float("inf") else str(np.datetime64(int(at), "D"))
