"""From a recipe to numbers by quarter, which every engine and the page can run.

An input is averaged over the quarter: a date inside it counts for the part that it covers. Written
in the exact subset of the rules, with arrays besides: flat, one row of a table after the other,
read and written entry by entry. So the same source gives the same bits in plain Python (with lists,
which it reads faster than arrays) and compiled.
"""

from __future__ import annotations

from typing import NamedTuple

from alliance_sim.arithmetic import exp
from alliance_sim.compiled import rule
from alliance_sim.rules.domestic import shut_after
from alliance_sim.world.settle import (
    ACCESSION,
    ACTING,
    ACTS,
    ACTS_FROM,
    ACTS_UNTIL,
    COMMITMENT,
    CONSTANT,
    DATE,
    DIVIDE_BY,
    DOMAIN,
    EFFECT,
    END,
    FLOOR,
    FROM,
    HALF_LIFE,
    HOSTILITY,
    JUNCTURE,
    LEADER,
    MISSION,
    MOVES,
    MOVES_ATTENTION,
    MOVES_HOSTILITY,
    MOVES_INVOLVEMENT,
    MOVES_LEADERS,
    MOVES_LEVEL,
    MOVES_NEED,
    MOVES_WIN_SET,
    NONE,
    OF,
    OF_MEMBER,
    PRESENT,
    PUSH,
    SERIES,
    SIDE,
    SINCE,
    SIZE,
    START,
    STATES,
    UNTIL,
    WEIGHT,
    WHOLE,
    Counts,
    Flat,
    Numbers,
    Settled,
    whole_below,
)

LN2 = 0.6931471805599453


class Places(NamedTuple):
    """At which number of a row of the table each input begins, and how many numbers a row has."""

    hostility: int
    capability: int
    exposure_state: int
    exposure_member: int
    weight: int
    reluctance: int
    states: int
    commitment: int
    capability_state: int
    capability_change: int
    push: int
    involvement: int
    need: int
    shut: int
    missions_ended: int
    missions: int
    year: int
    attention: int
    width: int


class Into(NamedTuple):
    """Where the numbers go.

    Attributes:
        wanted: Per number of a row, 1 if it is to be worked out, 0 to leave it as it is.
        drawn_at: Per effect: at which number of a row its leader's share stands, -1 if nowhere.
        work: Room for one number per period and step, and three per step.
        table: One row per step, flat; zeros wherever it is wanted.
    """

    wanted: Flat
    drawn_at: Flat
    work: Flat
    table: Flat


@rule
def share_of(step: float, start: float, end: float) -> float:
    """Return the part of a step, 0 to 1, that lies between two positions."""
    return max(0.0, min(end, step + 1.0) - max(start, step))


@rule
def weight_in(step: float, span: tuple[float, float], half_life: float, dt: float) -> float:
    """Return how strongly an effect acts in a step: the step's share of its span, decayed."""
    share = share_of(step, span[0], span[1])
    if share <= 0.0 or half_life == NONE:
        return share
    elapsed = (max(span[0], step) + 0.5 * share - span[0]) * dt
    return share * exp(-LN2 * elapsed / half_life)


@rule
def fill(counts: Counts, numbers: Numbers, settled: Settled, at: Places, into: Into) -> None:
    """Work out every number that is wanted, for all steps, into the table."""
    steps = counts.years * counts.steps_per_year
    for p in range(counts.periods):
        start = numbers.period[p * (HOSTILITY + 3 * counts.threats) + START]
        if p == 0:
            start = min(start, 0.0)
        end = 1.0 * steps
        if p + 1 < counts.periods:
            end = numbers.period[(p + 1) * (HOSTILITY + 3 * counts.threats) + START]
        for step in range(steps):
            into.work[p * steps + step] = share_of(step, start, end)
    for t in range(counts.threats):
        _fill_threat(counts, numbers, settled, at, into, t)
    _fill_members(counts, numbers, at, into)
    for k in range(3):
        column = at.commitment + k
        if into.wanted[column] > 0.0:
            _add_moved(counts, numbers, settled, (MOVES_LEVEL + k, -1, -1), into, column, at.width)
            _add_period_and_clamp(counts, numbers, into, COMMITMENT + k, column, at.width)
    _fill_capability(counts, numbers, at, into)
    for side in range(2):
        _fill_push(counts, numbers, settled, at, into, side)
        _fill_side(counts, numbers, settled, at, into, side)
    for domain in range(3):
        _fill_shut(counts, numbers, settled, at, into, domain)
    _fill_missions(counts, numbers, settled, at, into)
    _fill_attention(counts, numbers, settled, at, into)
    if into.wanted[at.year] > 0.0:
        for step in range(steps):
            year = counts.first_year + (step + 0.5) / counts.steps_per_year
            into.table[step * at.width + at.year] = year


@rule
def _fill_attention(
    counts: Counts, numbers: Numbers, settled: Settled, at: Places, into: Into
) -> None:
    """Fill in what attention to distant regions the alliance's own agenda draws."""
    if into.wanted[at.attention] == 0.0:
        return
    moved = (MOVES_ATTENTION, -1, -1)
    _add_moved(counts, numbers, settled, moved, into, at.attention, at.width)
    for step in range(counts.years * counts.steps_per_year):
        place = step * at.width + at.attention
        into.table[place] = clamped(into.table[place])


@rule
def _fill_side(
    counts: Counts, numbers: Numbers, settled: Settled, at: Places, into: Into, side: int
) -> None:
    """Fill in how far a side is involved in conflicts, and what events ask of it."""
    column = at.involvement + side
    if into.wanted[column] > 0.0:
        _add_moved(counts, numbers, settled, (MOVES_INVOLVEMENT, side, -1), into, column, at.width)
        for step in range(counts.years * counts.steps_per_year):
            place = step * at.width + column
            into.table[place] = clamped(into.table[place])
    for domain in range(3):
        column = at.need + 3 * side + domain
        if into.wanted[column] > 0.0:
            moved = (MOVES_NEED, side, domain)
            _add_moved(counts, numbers, settled, moved, into, column, at.width)


@rule
def clamped(x: float) -> float:
    """Return a number brought into 0 to 1."""
    return max(0.0, min(1.0, x))


@rule
def _add_moved(
    counts: Counts,
    numbers: Numbers,
    settled: Settled,
    what: tuple[int, int, int],
    into: Into,
    column: int,
    width: int,
) -> None:
    """Add to a column what acting effects move: `what` is the kind, of whom, in which domain."""
    for e in range(counts.effects):
        row = e * EFFECT
        if (
            settled.acting[e * ACTING + ACTS] > 0.0
            and numbers.effect[row + MOVES] == what[0]
            and numbers.effect[row + OF] == what[1]
            and numbers.effect[row + DOMAIN] == what[2]
        ):
            size = numbers.effect[row + SIZE]
            first = _first_step(settled, e)
            for i in range(_last_step(counts, settled, e) - first):
                place = (first + i) * width + column
                weight = _weight(counts, numbers, settled, e, first + i)
                into.table[place] = into.table[place] + weight * size


@rule
def _first_step(settled: Settled, e: int) -> int:
    """Return the first step in which an effect can act."""
    return int(max(0.0, settled.acting[e * ACTING + ACTS_FROM]))


@rule
def _last_step(counts: Counts, settled: Settled, e: int) -> int:
    """Return the step after the last one in which an effect can act."""
    steps = 1.0 * counts.years * counts.steps_per_year
    until = min(settled.acting[e * ACTING + ACTS_UNTIL], steps)
    return int(max(0.0, -whole_below(-until)))


@rule
def _weight(counts: Counts, numbers: Numbers, settled: Settled, e: int, step: int) -> float:
    """Return how strongly an effect acts in a step."""
    span = (settled.acting[e * ACTING + ACTS_FROM], settled.acting[e * ACTING + ACTS_UNTIL])
    half_life = numbers.effect[e * EFFECT + HALF_LIFE]
    return weight_in(step, span, half_life, 1.0 / counts.steps_per_year)


@rule
def _period_mean(counts: Counts, numbers: Numbers, into: Into, key: int, step: int) -> float:
    """Return a setting of the periods averaged over a step, which may straddle two of them."""
    steps = counts.years * counts.steps_per_year
    total = 0.0
    for p in range(counts.periods):
        value = numbers.period[p * (HOSTILITY + 3 * counts.threats) + key]
        total = total + into.work[p * steps + step] * value
    return total


@rule
def _add_period_and_clamp(
    counts: Counts, numbers: Numbers, into: Into, key: int, column: int, width: int
) -> None:
    """Turn what junctures move into a level: the period's own besides, kept between 0 and 1."""
    for step in range(counts.years * counts.steps_per_year):
        place = step * width + column
        base = _period_mean(counts, numbers, into, key, step)
        into.table[place] = clamped(base + into.table[place])


@rule
def _fill_threat(
    counts: Counts, numbers: Numbers, settled: Settled, at: Places, into: Into, t: int
) -> None:
    """Fill in a threat's hostility and capability, and how exposed to it everybody is."""
    steps, width = counts.years * counts.steps_per_year, at.width
    column = at.hostility + t
    if into.wanted[column] > 0.0:
        _add_moved(counts, numbers, settled, (MOVES_HOSTILITY, t, -1), into, column, width)
        _add_period_and_clamp(counts, numbers, into, HOSTILITY + t, column, width)
    column = at.capability + t
    if into.wanted[column] > 0.0:
        for year in range(counts.years):
            capability = _in_year(counts, numbers, 1 + t, year)
            for part in range(counts.steps_per_year):
                step = year * counts.steps_per_year + part
                into.table[step * width + column] = capability
    column = at.exposure_state + t
    if into.wanted[column] > 0.0:
        key = HOSTILITY + counts.threats + t
        for step in range(steps):
            mean = _period_mean(counts, numbers, into, key, step)
            into.table[step * width + column] = mean
    _fill_exposures(counts, numbers, at, into, t)


@rule
def _fill_exposures(counts: Counts, numbers: Numbers, at: Places, into: Into, t: int) -> None:
    """Fill in how exposed each member is to a threat: so many times as the alliance."""
    steps = counts.years * counts.steps_per_year
    mean = counts.periods * steps
    known = 0
    for m in range(counts.members):
        column = at.exposure_member + m * counts.threats + t
        if into.wanted[column] > 0.0:
            if known == 0:
                known = 1
                for step in range(steps):
                    into.work[mean + step] = _period_mean(
                        counts, numbers, into, HOSTILITY + 2 * counts.threats + t, step
                    )
            factor = numbers.exposure[m * counts.threats + t]
            for step in range(steps):
                exposed = min(1.0, into.work[mean + step] * factor)
                into.table[step * at.width + column] = exposed


@rule
def _in_year(counts: Counts, numbers: Numbers, which: int, year: int) -> float:
    """Return a yearly input, 0 to 1: a number for all years, or a series by its formula."""
    row = which * SERIES
    if numbers.series[row + CONSTANT] != NONE:
        return numbers.series[row + CONSTANT]
    raw = numbers.yearly[which * counts.years + year] / numbers.series[row + DIVIDE_BY]
    return max(numbers.series[row + FLOOR], min(1.0, raw))


@rule
def _fill_capability(counts: Counts, numbers: Numbers, at: Places, into: Into) -> None:
    """Fill in the state's own capability less its mean over all years, and its change."""
    if into.wanted[at.capability_state] == 0.0:
        return
    total = 0.0
    for year in range(counts.years):
        total = total + _in_year(counts, numbers, 0, year)
    mean = total / counts.years
    before = _in_year(counts, numbers, 0, 0) - mean
    for year in range(counts.years):
        own = _in_year(counts, numbers, 0, year) - mean
        change = own - before if own >= before else before - own
        for part in range(counts.steps_per_year):
            row = (year * counts.steps_per_year + part) * at.width
            into.table[row + at.capability_state] = own
            into.table[row + at.capability_change] = change
        before = own


@rule
def _fill_members(counts: Counts, numbers: Numbers, at: Places, into: Into) -> None:
    """Fill in who belongs to the alliance with what weight, and how reluctant its least is."""
    if into.wanted[at.weight] == 0.0:
        return
    steps = counts.years * counts.steps_per_year
    for a in range(counts.accessions):
        row = a * ACCESSION
        m, since = int(numbers.accession[row + OF_MEMBER]), numbers.accession[row + SINCE]
        states, weight = numbers.accession[row + STATES], numbers.accession[row + WEIGHT]
        first = min(steps, int(max(0.0, since)))
        for i in range(steps - first):
            share = share_of(first + i, since, NONE)
            place = (first + i) * at.width + m
            heads = into.table[place + at.reluctance] + share * states
            into.table[place + at.reluctance] = heads
            into.table[place + at.weight] = into.table[place + at.weight] + share * weight
    for step in range(steps):
        total = 0.0
        for m in range(counts.members):
            place = step * at.width + at.reluctance + m
            states = into.table[place]
            total = total + states
            heads = int(max(1.0, min(20.0, (states + WHOLE) - WHOLE)))
            into.table[place] = numbers.diversity * numbers.largest_normal[heads - 1]
        into.table[step * at.width + at.states] = total


@rule
def _fill_push(
    counts: Counts, numbers: Numbers, settled: Settled, at: Places, into: Into, side: int
) -> None:
    """Fill in the push of a side's leaders, and the shares of those whose push is drawn.

    A leader of a juncture takes the place of one in the list.
    """
    if into.wanted[at.push + side] == 0.0:
        return
    steps, column = counts.years * counts.steps_per_year, at.push + side
    taken = counts.periods * steps
    listed = taken + steps
    for step in range(steps):
        into.work[taken + step] = 0.0
        into.work[listed + step] = 0.0
    for e in range(counts.effects):
        row, drawn = e * EFFECT, int(into.drawn_at[e])
        leads = numbers.effect[row + MOVES] == MOVES_LEADERS and numbers.effect[row + OF] == side
        if leads and settled.acting[e * ACTING + ACTS] > 0.0:
            first = _first_step(settled, e)
            for i in range(_last_step(counts, settled, e) - first):
                weight = _weight(counts, numbers, settled, e, first + i)
                place = (first + i) * at.width
                into.work[taken + first + i] = into.work[taken + first + i] + weight
                moved = into.table[place + column] + weight * numbers.effect[row + SIZE]
                into.table[place + column] = moved
                if drawn >= 0:
                    into.table[place + drawn] = weight
    for k in range(counts.leaders):
        row = k * LEADER
        start, end = numbers.leader[row + FROM], numbers.leader[row + UNTIL]
        if numbers.leader[row + SIDE] == side:
            first = min(steps, int(max(0.0, start)))
            for i in range(min(steps, int(max(0.0, end)) + 1) - first):
                push = numbers.leader[row + PUSH] * share_of(first + i, start, end)
                into.work[listed + first + i] = into.work[listed + first + i] + push
    for step in range(steps):
        place = step * at.width + column
        left = into.work[listed + step] * (1.0 - min(1.0, into.work[taken + step]))
        into.table[place] = left + into.table[place]


@rule
def _fill_shut(
    counts: Counts, numbers: Numbers, settled: Settled, at: Places, into: Into, domain: int
) -> None:
    """Fill in which part of a domain stays shut after every dated legal act."""
    if into.wanted[at.shut + domain] == 0.0:
        return
    column = at.shut + domain
    for step in range(counts.years * counts.steps_per_year):
        into.table[step * at.width + column] = 1.0 - numbers.win_set[domain]
    for e in range(counts.effects):
        row = e * EFFECT
        opens = numbers.effect[row + MOVES] == MOVES_WIN_SET and numbers.effect[row + OF] == domain
        if opens and settled.acting[e * ACTING + ACTS] > 0.0:
            first = _first_step(settled, e)
            for i in range(_last_step(counts, settled, e) - first):
                place = (first + i) * at.width + column
                weight = _weight(counts, numbers, settled, e, first + i)
                opening = clamped(numbers.effect[row + SIZE] * weight)
                into.table[place] = shut_after(into.table[place], opening)


@rule
def _fill_missions(
    counts: Counts, numbers: Numbers, settled: Settled, at: Places, into: Into
) -> None:
    """Fill in how many missions run in a step, and which part of them ends in it.

    A mission counts whether or not it moves anything else.
    """
    if into.wanted[at.missions] == 0.0:
        return
    steps = counts.years * counts.steps_per_year
    running = counts.periods * steps
    for step in range(steps):
        into.work[running + step] = 0.0
    for j in range(counts.junctures):
        card = j * JUNCTURE
        there = numbers.juncture[card + PRESENT] > 0.0 and settled.missing[j] < 0.0
        if there and numbers.juncture[card + MISSION] > 0.0:
            start, end = numbers.juncture[card + DATE], numbers.juncture[card + END]
            first = int(max(0.0, start))
            last = whole_below(min(end, 1.0 * steps))
            for i in range(min(steps, int(max(-1.0, last)) + 1) - first):
                into.work[running + first + i] = into.work[running + first + i] + 1.0
                place = (first + i) * at.width
                share = share_of(first + i, start, end)
                into.table[place + at.missions] = into.table[place + at.missions] + share
                if first + i == last:
                    into.table[place + at.missions_ended] = (
                        into.table[place + at.missions_ended] + 1.0
                    )
    for step in range(steps):
        place = step * at.width + at.missions_ended
        into.table[place] = into.table[place] / max(1.0, into.work[running + step])
