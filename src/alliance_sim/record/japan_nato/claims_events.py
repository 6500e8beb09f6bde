"""The claims that dated events and rungs answer, for a simulated run as for the record.

Where `formal` in `article_claims.csv` leaves a choice, the check says which was taken. Dates of
events decide on their period; a quarter belongs to the period that holds its middle. "Weighted"
means by salience, suspensions negative. Years of P1 count from the first year of the calendar,
because no run begins in 1949.
"""

from __future__ import annotations

import numpy as np

from alliance_sim.glossary import percent_close
from alliance_sim.record.checks import Verdict, check
from alliance_sim.record.one_history import Mask, NotMeasured, OneHistory, Values

NON_EUROPEAN = ("member:usa", "member:us", "member:united_states", "member:canada")
MONTHS_36 = 1096  # days; three years with a leap day
MONTHS_48 = 1461
DAYS_A_MONTH = 365.25 / 12
BREAK_YEARS = (1990, 2012)
NEAR_2001 = (2001, 2002, 2003)
YEARS_P3 = (2002, 2012)
YEARS_P4 = (2013, 2025)


@check(
    "C01",
    "Weighted events per year of the fastest period are at least 3 times the slowest period's.",
)
def stages_grow_at_unlike_speeds(history: OneHistory) -> Verdict:
    # A stock that shrinks or stands still in one period and grows in another is uneven too.
    names = [period.id for period in history.calendar.periods]
    rates = [history.rate(name) for name in names]
    lowest, highest = min(rates), max(rates)
    listing = ", ".join(f"{name} {rate:.2f}" for name, rate in zip(names, rates, strict=True))
    uneven = highest > 0 and (lowest <= 0 or highest >= 3 * lowest)
    return Verdict(uneven, f"weighted events per year: {listing}")


@check(
    "C02",
    "Weighted events per year in P1 are at most 0.5 and at most 20 percent of the rate in P2.",
)
def cold_war_contacts_are_occasional(history: OneHistory) -> Verdict:
    cold_war, after = history.rate("P1"), history.rate("P2")
    rare = cold_war <= 0.5 and cold_war <= 0.2 * after
    return Verdict(rare, f"{cold_war:.2f} weighted events per year in P1, {after:.2f} in P2")


@check("C03", "The rung is at most 1 in every quarter of P1.")
def nothing_formal_in_the_cold_war(history: OneHistory) -> Verdict:
    highest = int(history.rung[history.quarters("P1")].max())
    return Verdict(highest <= 1, f"highest rung in P1: {highest}")


@check("C10", "The rung is 2 in at least 90 percent of the quarters of P2 and never above 2.")
def nineties_stay_at_dialogue(history: OneHistory) -> Verdict:
    # All of P2 would be too strict: the record itself stands at rung 1 until June 1990.
    rungs = history.rung[history.quarters("P2")]
    share, highest = float(np.mean(rungs == 2)), int(rungs.max())
    reading = f"rung 2 in {percent_close(share)} of the quarters of P2, highest {highest}"
    return Verdict(share >= 0.9 and highest <= 2, reading)


@check(
    "C11",
    "The best single break in the mean of the yearly weighted total of 1990-2012 is 2001-2003.",
)
def total_breaks_after_september_2001(history: OneHistory) -> Verdict:
    # A break is the first year of the new mean; whole years stand for the 24 months from
    # September 2001. A total that never changes has no break.
    first, last = BREAK_YEARS
    total = history.weighted_years(first, last)
    found = best_break(total)
    if found is None:
        return Verdict(holds=False, reading="the weighted total of 1990-2012 never changes")
    before, after = total[:found].mean(), total[found:].mean()
    year = first + found
    reading = f"break in {year}: {before:.1f} weighted events a year before, {after:.1f} from then"
    return Verdict(year in NEAR_2001, reading)


@check("C14", "The rung is 2 when P3 begins and at least 5 when it ends.")
def relationship_takes_shape_after_2001(history: OneHistory) -> Verdict:
    quarters = history.quarters("P3")
    before, after = int(history.rung[history.before("P3")]), int(history.rung[quarters.stop - 1])
    return Verdict(before == 2 and after >= 5, f"rung {before} before P3, {after} at its end")


@check(
    "C17",
    "Yearly weighted events vary less around their mean in P4 than in P3; no long suspension.",
)
def growth_is_steadier_after_2012(history: OneHistory) -> Verdict:
    # Measured as the coefficient of variation over 2013-2025 and 2002-2012; long means over 12
    # months, and a suspension of unknown length does not count as long. Without a positive mean
    # there is no such coefficient and the claim does not apply.
    before = _variation(history.weighted_years(*YEARS_P3), "P3")
    after = _variation(history.weighted_years(*YEARS_P4), "P4")
    months = history.months[history.during("P4") & (history.kinds == "suspension")]
    long = int((months > 12).sum())
    reading = (
        f"coefficient of variation {before:.2f} in 2002-12, {after:.2f} in 2013-25; "
        f"{long} of {len(months)} suspensions in P4 longer than 12 months"
    )
    return Verdict(after < before and long == 0, reading)


@check(
    "C19",
    "Rungs gained per decade are more in P4 than in P3, and the rung is at least 11 in 2025.",
)
def formal_ties_advance_fastest_in_the_fourth_period(history: OneHistory) -> Verdict:
    gains = []
    for name in ("P3", "P4"):
        quarters = history.quarters(name)
        climbed = history.rung[quarters.stop - 1] - history.rung[history.before(name)]
        gains.append(10 * float(climbed) / ((quarters.stop - quarters.start) * history.calendar.dt))
    last = int(history.rung[history.end_of(2025)])
    reading = f"{gains[0]:.1f} rungs a decade in P3, {gains[1]:.1f} in P4; rung {last} in 2025"
    return Verdict(gains[1] > gains[0] and last >= 11, reading)


@check(
    "C20",
    "Exercises or secondments with NATO bodies begin within 36 months and pause 48 at most.",
)
def drills_and_postings_go_on_from_2013(history: OneHistory) -> Verdict:
    # Both kinds are read as one series, without acts that a single ally started, from 26 December
    # 2012 to the end of 2025. A pause of at most four years is our reading of "continue": the
    # record itself pauses for 38 months, as one row of 2015 stands for a drill observed each year
    # to 2018.
    practical = (history.kinds == "exercise") | (history.kinds == "secondment")
    found = np.sort(history.dates[history.during("P4") & practical & ~by_member(history)])
    stage = history.calendar.period("P4")
    marks = np.concatenate(([np.datetime64(stage.start)], found, [np.datetime64(stage.end)]))
    pauses = np.diff(marks).astype(int)
    begins, longest = int(pauses[0]), int(pauses.max())
    reading = (
        f"{len(found)} exercises and secondments with NATO bodies in P4, first after "
        f"{begins / DAYS_A_MONTH:.0f} months, longest pause {longest / DAYS_A_MONTH:.0f} months"
    )
    return Verdict(len(found) > 0 and begins <= MONTHS_36 and longest <= MONTHS_48, reading)


@check("C25", "Japan or a European member starts a larger share of the events of P4 than of P2.")
def japan_and_europeans_start_more(history: OneHistory) -> Verdict:
    # A European member is any member but the United States and Canada.
    ours = (history.initiators == history.state) | by_european(history)
    shares = []
    for name in ("P2", "P4"):
        inside = history.during(name)
        if not inside.any():
            raise NotMeasured(f"no event in {name}")
        shares.append(float(ours[inside].mean()))
    early, late = (f"{100.0 * share:.1f} %" for share in shares)
    return Verdict(shares[1] > shares[0], f"{early} in P2, {late} in P4")


@check("C26", "Not applicable to one history: only a run without the NATO channel can speak to it.")
def japan_draws_on_nato(history: OneHistory) -> Verdict:
    span = f"{history.calendar.first_year}-{history.calendar.last_year}"
    raise NotMeasured(f"one course of {span} holds no contrast")


@check("C28", "The rung is in no quarter below that of the quarter before.")
def rungs_never_fall(history: OneHistory) -> Verdict:
    falls = int((np.diff(history.rung) < 0).sum())
    return Verdict(falls == 0, f"{falls} falls of the rung, {int(history.rung[-1])} at the end")


def best_break(values: Values) -> int | None:
    """Return where a series splits into the two means that leave the least squared error.

    The earliest of equals; None for a series that never changes.
    """
    if np.ptp(values) == 0:
        return None
    before = np.arange(1, len(values))  # the error that is left is all there was less this:
    sums = np.cumsum(values)
    explained = sums[:-1] ** 2 / before + (sums[-1] - sums[:-1]) ** 2 / before[::-1]
    return 1 + int(np.argmax(explained >= explained.max() * (1 - 1e-12)))  # equal but for rounding


def _variation(values: Values, where: str) -> float:
    """Return the sample standard deviation over the mean."""
    mean = float(values.mean())
    if mean <= 0:
        raise NotMeasured(f"no positive mean of yearly events in {where}")
    return float(values.std(ddof=1)) / mean


def by_member(history: OneHistory) -> Mask:
    """Return which events a single ally started on a track of its own."""
    return np.array([name.startswith("member:") for name in history.initiators], dtype=bool)


def by_european(history: OneHistory) -> Mask:
    """Return which events a single European ally started."""
    return np.array(
        [
            name.startswith("member:") and name.lower().replace(" ", "_") not in NON_EUROPEAN
            for name in history.initiators
        ],
        dtype=bool,
    )
