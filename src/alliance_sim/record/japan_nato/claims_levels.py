"""The claims that ask for levels of cooperation, which the record does not hold.

Where `formal` in `article_claims.csv` leaves a choice, the check says which was taken.
"Level in a period" is the mean over its quarters, "throughout" means every quarter, and "the 2025
level" is that of the last quarter of 2025. Four claims also ask for events: on the record these can
be refuted by their events, though not upheld.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from alliance_sim.glossary import percent_close
from alliance_sim.record.checks import Verdict, check, without_levels
from alliance_sim.record.one_history import (
    DOMAINS,
    NotMeasured,
    OneHistory,
    Values,
    correlation,
    first_true,
    slope,
    stretches,
)

FLOOR_MARGIN = 0.05
FEW_SHARED_AIMS = 0.35
STEP_HEIGHT = 0.02
START_LEVEL = 0.15
LAGS = range(-4, 5)


@check("C04", "The operations level of P1 never exceeds its first-year mean by more than 0.05.")
def no_joint_activity_in_the_cold_war(history: OneHistory) -> Verdict:
    return _stays_at_floor(history, "operations")


@check("C05", "The equipment level of P1 never exceeds its first-year mean by more than 0.05.")
def no_equipment_ties_in_the_cold_war(history: OneHistory) -> Verdict:
    return _stays_at_floor(history, "equipment")


@check(
    "C06",
    "The political level exceeds its P1 maximum by the end of 1992; both sides start P2 events.",
)
def both_sides_seek_contact_in_the_nineties(history: OneHistory) -> Verdict:
    # An event started by both counts for each side.
    starters = history.initiators[history.during("P2")]
    common = int((starters == "both").sum())
    sides = (history.state, history.alliance)
    japan, nato = (int((starters == side).sum()) + common for side in sides)
    started = f"P2 events started by japan {japan}, by nato {nato}, of which {common} by both"
    if history.levels is None:
        return without_levels(started, holds=japan > 0 and nato > 0)
    political = history.level("political")
    ceiling = float(political[history.quarters("P1")].max())
    start = history.quarters("P2").start
    reached = float(political[start : start + 3 * history.calendar.steps_per_year].max())
    reading = f"political level up to {ceiling:.3f} in P1, {reached:.3f} in 1990-92; {started}"
    return Verdict(reached > ceiling and japan > 0 and nato > 0, reading)


@check("C07", "The mean political level of P2 is above that of P1 and below that of P3.")
def political_ties_rise_from_stage_to_stage(history: OneHistory) -> Verdict:
    means = [_mean(history, "political", name) for name in ("P1", "P2", "P3")]
    reading = "mean political level " + ", ".join(
        f"P{number} {mean:.3f}" for number, mean in enumerate(means, start=1)
    )
    return Verdict(means[0] < means[1] < means[2], reading)


@check(
    "C08",
    "Fewer months of P2 than of P3 hold an event; agenda overlap is below 0.35 and below P3's.",
)
def ties_of_the_nineties_are_scattered(history: OneHistory) -> Verdict:
    # Calendar months that a period only touches count whole; overlap is a mean over quarters.
    busy = [_month_occupancy(history, name) for name in ("P2", "P3")]
    scattered = busy[0] < busy[1]
    before, after = map(percent_close, busy)
    months = f"{before} of months with an event in P2, {after} in P3"
    if history.agenda_overlap is None:
        return without_levels(months, holds=scattered)
    early, late = (
        float(history.agenda_overlap[history.quarters(name)].mean()) for name in ("P2", "P3")
    )
    reading = f"{months}; mean agenda overlap {early:.2f} in P2, {late:.2f} in P3"
    return Verdict(scattered and early < FEW_SHARED_AIMS and early < late, reading)


@check(
    "C09",
    "Mean operations level of P2 is below 25 percent of P3's last; no P2 drill or posting.",
)
def nineties_do_not_go_past_parallel_aid(history: OneHistory) -> Verdict:
    kinds = history.kinds[history.during("P2")]
    deeper = int(((kinds == "exercise") | (kinds == "secondment")).sum())
    found = f"{deeper} exercises or secondments in P2"
    if history.levels is None:
        return without_levels(found, holds=deeper == 0)
    mean = _mean(history, "operations", "P2")
    reference = float(history.level("operations")[history.quarters("P3").stop - 1])
    reading = f"operations level {mean:.3f} in P2, {reference:.3f} at the end of P3; {found}"
    return Verdict(mean < 0.25 * reference and deeper == 0, reading)


@check(
    "C12",
    "The political level rises over P3 and never stays 20 percent below its peak for 2 years.",
)
def political_ties_develop_steadily(history: OneHistory) -> Verdict:
    # The peak is the highest level of P3 up to the quarter; two years means eight quarters on end.
    level = history.level("political")[history.quarters("P3")]
    rise = slope(level, history.calendar)
    low = level < 0.8 * np.maximum.accumulate(level)
    longest = max((end - start for start, end in stretches(low)), default=0)
    years = longest * history.calendar.dt
    reading = f"political slope {rise:+.4f} a year in P3; longest fall {years:.2f} years"
    return Verdict(rise > 0 and years < 2, reading)


@check("C13", "The operations level rises over P3 and in at least three separate steps.")
def operations_deepen_step_by_step(history: OneHistory) -> Verdict:
    # A step is a stretch of quarters in which the level rises faster than on average over
    # 1990-2025, and by at least 0.02 altogether. Two stretches are separate if at least two slower
    # quarters, or one of falling, lie between them.
    level = history.level("operations")
    quarters = history.quarters("P3")
    before_1990, last = history.before("P2"), history.end_of(2025)
    usual = float(level[last] - level[before_1990]) / (last - before_1990)
    rises = np.diff(level)[history.before("P3") : quarters.stop - 1]
    steps = _steps(rises, usual)
    rise = slope(level[quarters], history.calendar)
    heights = ", ".join(f"{height:.3f}" for height in steps) or "none"
    reading = f"operations slope {rise:+.4f} a year in P3; {len(steps)} steps ({heights})"
    return Verdict(rise > 0 and len(steps) >= 3, reading)


@check(
    "C15",
    "The political level is at or above the operations level in 70 percent of P3's quarters.",
)
def politics_leads_operations(history: OneHistory) -> Verdict:
    quarters = history.quarters("P3")
    ahead = history.level("political")[quarters] >= history.level("operations")[quarters]
    share = float(ahead.mean())
    told = f"political at or above operations in {percent_close(share)} of P3"
    return Verdict(share >= 0.7, told)


@check("C16", "The mean equipment level of P3 is below 15 percent of the 2025 level.")
def equipment_is_marginal_before_2013(history: OneHistory) -> Verdict:
    mean, last = _mean(history, "equipment", "P3"), _last(history, "equipment")
    return Verdict(mean < 0.15 * last, f"equipment level {mean:.3f} in P3, {last:.3f} in 2025")


@check(
    "C18",
    "Dialogues and summits gain in share of political events, P4 over P3; so does the slope.",
)
def dialogue_becomes_institutional(history: OneHistory) -> Verdict:
    # The slope is that of the political level, per year. Events on a fixed cycle are those of the
    # kinds dialogue and summit, because a run cannot say which of its events recur.
    recurring = (history.kinds == "dialogue") | (history.kinds == "summit")
    shares = []
    for name in ("P3", "P4"):
        inside = history.during(name) & (history.domains == "political")
        if not inside.any():
            raise NotMeasured(f"no political event in {name}")
        shares.append(float(recurring[inside].mean()))
    early, late = map(percent_close, shares)
    found = f"dialogues and summits {early} of political events in P3, {late} in P4"
    if history.levels is None:
        return without_levels(found, holds=shares[1] > shares[0])
    level = history.level("political")
    before, after = (
        slope(level[history.quarters(name)], history.calendar) for name in ("P3", "P4")
    )
    reading = f"{found}; political slope {before:+.4f} a year in P3, {after:+.4f} in P4"
    return Verdict(shares[1] > shares[0] and after > before, reading)


@check("C21", "The equipment level first reaches 10 percent of its 2025 level in a quarter of P4.")
def equipment_emerges_after_2012(history: OneHistory) -> Verdict:
    last = _last(history, "equipment")
    if last <= 0:
        raise NotMeasured("equipment is at 0 in 2025")
    crossing = first_true(history.level("equipment") >= 0.1 * last)
    if crossing is None:
        raise NotMeasured("equipment never reaches a tenth of its 2025 level")
    reading = f"a tenth of the 2025 equipment level reached in {history.calendar.label(crossing)}"
    return Verdict(crossing >= history.quarters("P4").start, reading)


@check("C22", "Of the three domains equipment has the largest ratio of mean level, 2025 to 2012.")
def equipment_grows_fastest(history: OneHistory) -> Verdict:
    growth = {}
    for domain in DOMAINS:
        level = history.level(domain)
        before = float(history.yearly(level, first=2012, last=2012)[0])
        if before <= 0:
            raise NotMeasured(f"{domain} is at 0 in 2012")
        growth[domain] = float(history.yearly(level, first=2025, last=2025)[0]) / before
    others = max(growth["political"], growth["operations"])
    listing = ", ".join(f"{domain} x{ratio:.2f}" for domain, ratio in growth.items())
    return Verdict(growth["equipment"] > others, f"growth 2012 to 2025: {listing}")


@check("C23", "The level 0.15 is first reached by politics, then operations, then equipment.")
def domains_start_in_order(history: OneHistory) -> Verdict:
    # A domain that never reaches it is infinitely late; politics must reach it, and two domains
    # that never do are in no order.
    crossings = {domain: first_true(history.level(domain) >= START_LEVEL) for domain in DOMAINS}
    late = history.calendar.steps
    times = [late if at is None else at for at in crossings.values()]
    listing = ", ".join(
        f"{domain} {'never' if at is None else history.calendar.label(at)}"
        for domain, at in crossings.items()
    )
    return Verdict(times[0] < times[1] < times[2], f"level {START_LEVEL} reached: {listing}")


@check(
    "C24",
    "At the end of 2023 every level is above half its 2025 level; they grow together in P4.",
)
def cooperation_is_comprehensive(history: OneHistory) -> Verdict:
    # Together means a positive mean of the three correlations between yearly changes, 2013-2025.
    at_2023 = history.end_of(2023)
    parts = {
        domain: float(history.level(domain)[at_2023]) / max(_last(history, domain), 1e-12)
        for domain in DOMAINS
    }
    changes = [
        np.diff(history.yearly(history.level(domain), first=2012, last=2025)) for domain in DOMAINS
    ]
    mean = float(np.mean([correlation(a, b) for a, b in combinations(changes, 2)]))
    listing = ", ".join(f"{domain} {percent_close(part)}" for domain, part in parts.items())
    reading = f"2023 as a share of 2025: {listing}; mean correlation of changes {mean:+.2f}"
    return Verdict(min(parts.values()) > 0.5 and mean > 0, reading)


@check(
    "C27",
    "NATO's share of attention to Asia rises over P4 and does not lead the political level.",
)
def asia_enters_nato_agenda_after_japan(history: OneHistory) -> Verdict:
    # Not leading means: of the lags from -4 to 4 years between the yearly changes of the political
    # level and of the share, 1990-2025, the one of the highest correlation is 0 or above (the share
    # follows). All these years are used because thirteen of them cannot carry nine lags.
    if history.asia_share is None:
        raise NotMeasured("the record holds no perceived threats")
    share = history.asia_share
    rise = slope(share[history.quarters("P4")], history.calendar)
    changes = [
        np.diff(history.yearly(values, first=1990, last=2025))
        for values in (history.level("political"), share)
    ]
    lag = _best_lag(changes[0], changes[1])
    if lag is None:
        still = f"share slope {rise:+.4f} a year in P4; one of the two never changes"
        return Verdict(holds=False, reading=still)
    reading = f"share slope {rise:+.4f} a year in P4; share follows politics by {lag} years"
    return Verdict(rise > 0 and lag >= 0, reading)


def _mean(history: OneHistory, domain: str, period_id: str) -> float:
    """Return the mean level of a domain over the quarters of a period."""
    return float(history.level(domain)[history.quarters(period_id)].mean())


def _last(history: OneHistory, domain: str) -> float:
    """Return the level of a domain in the last quarter of 2025."""
    return float(history.level(domain)[history.end_of(2025)])


def _stays_at_floor(history: OneHistory, domain: str) -> Verdict:
    """Return whether a level stays near its start in the Cold War."""
    level = history.level(domain)[history.quarters("P1")]
    floor = float(level[: history.calendar.steps_per_year].mean())
    highest = float(level.max())
    reading = f"{domain} level {floor:.3f} in the first year, at most {highest:.3f} in P1"
    return Verdict(highest <= floor + FLOOR_MARGIN, reading)


def _month_occupancy(history: OneHistory, period_id: str) -> float:
    """Return the share of calendar months of a period in which something happened."""
    first, last = (day.year * 12 + day.month for day in history.days(period_id))
    busy = np.unique(history.dates[history.during(period_id)].astype("datetime64[M]"))
    return len(busy) / (last - first + 1)


def _steps(rises: Values, usual: float) -> list[float]:
    """Return the height of each separate step among quarterly rises."""
    merged: list[tuple[int, int]] = []
    for start, end in stretches(rises > usual):
        between = rises[merged[-1][1] : start] if merged else rises[:0]
        if merged and len(between) < 2 and (between >= 0.0).all():
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    heights = [float(rises[start:end].sum()) for start, end in merged]
    return [height for height in heights if height >= STEP_HEIGHT]


def _best_lag(leading: Values, following: Values) -> int | None:
    """Return by how many years one series follows another; the shortest lag of equals."""
    size = len(leading)
    best: tuple[float, int] | None = None
    for lag in sorted(LAGS, key=abs):
        ahead = leading[max(0, -lag) : size - max(0, lag)]
        behind = following[max(0, lag) : size - max(0, -lag)]
        strength = correlation(ahead, behind)
        if not np.isnan(strength) and (best is None or strength > best[0]):
            best = (strength, lag)
    return None if best is None else best[1]
