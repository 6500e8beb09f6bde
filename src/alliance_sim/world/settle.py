"""Juncture cards read as they stand: what acts when, what falls away, what has to be drawn.

Also where the numbers of a recipe stand, for whoever reads its tables. Written in the exact subset
of the rules, with arrays besides, as `alliance_sim.world.fill` is.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from alliance_sim.compiled import rule
from alliance_sim.rules.domestic import lacks, shut_after

NONE = inf  # stands where a table has no number: no end, no half-life, never moved
WHOLE = 6755399441055744.0  # added and taken away again, rounds to a whole number, halves to even

Flat = list[float]  # one row after the other; compiled, an array of float64 in its place

# Places of numbers in the rows of tables; `alliance_sim.world.recipe` names them.
START, COMMITMENT, HOSTILITY = 0, 1, 4  # of a period; then exposures, all by threat
CONSTANT, DIVIDE_BY, FLOOR, SERIES = 0, 1, 2, 3
OF_MEMBER, SINCE, STATES, WEIGHT, ACCESSION = 0, 1, 2, 3, 4
SIDE, FROM, UNTIL, PUSH, LEADER = 0, 1, 2, 3, 4
PRESENT, DATE, END, ORIGINAL, MISSION, RESPONSE, EVENT, LOG_HAZARD, JUNCTURE = range(9)
FOLLOWER, CAUSE, FOLLOWS = 0, 1, 2
OF_JUNCTURE, STANDS_IN, MOVES, OF, DOMAIN, SIZE, HALF_LIFE, DRAWN, EFFECT = range(9)
RUNG_OPENS, RUNG = 3, 5
TABLED, ITEM = 0, 2

# What an effect moves, and how a juncture responds when its cause is removed.
MOVES_HOSTILITY, MOVES_LEVEL, MOVES_WIN_SET, MOVES_LEADERS, MOVES_INVOLVEMENT, MOVES_NEED = (
    *(0, 1, 4, 5, 6, 7),  # commitment, networking and link are 1, 2 and 3
)
MOVES_ATTENTION = 8
STAYS, FALLS, IS_DRAWN = 0, 1, 2

# Places in what is settled.
ACTS, ACTS_FROM, ACTS_UNTIL, ACTING = 0, 1, 2, 3
LAW_DRAWN, FIRST_STEP, LASTS, AFTER, OPENS, LAW = 0, 1, 2, 3, 4, 7


class Counts(NamedTuple):
    """How many there are of each."""

    years: int
    steps_per_year: int
    first_year: int
    periods: int
    threats: int
    members: int
    accessions: int
    leaders: int
    junctures: int
    follows: int
    effects: int
    rungs: int
    items: int


class Numbers(NamedTuple):
    """The tables of a recipe, each flat, one row after the other."""

    period: Flat
    series: Flat  # of the state, then of each threat
    yearly: Flat  # the same, by year
    exposure: Flat  # per member, times the alliance's own to each threat
    accession: Flat
    leader: Flat
    juncture: Flat
    follows: Flat
    effect: Flat
    rung: Flat
    item: Flat
    largest_normal: Flat
    win_set: Flat
    diversity: float


class Settled(NamedTuple):
    """What the cards of junctures amount to."""

    missing: Flat  # per juncture: a cause that is not there in time, or -1
    acting: Flat  # per effect: whether it acts, from and until which position
    law: Flat  # per juncture: whether it is drawn, first step, lasts, after, opens
    rung_opens: Flat  # per rung, a step
    tabled: Flat  # per item: a step, -1 outside the run


@rule
def settle(counts: Counts, numbers: Numbers, settled: Settled) -> None:
    """Work out what acts when and what has to be drawn, into `settled`; see also `settle_days`."""
    _find_missing(counts, numbers, settled)
    cards = numbers.juncture
    for j in range(counts.junctures):
        law, card = j * LAW, j * JUNCTURE
        cause = settled.missing[j]
        drawn = cards[card + PRESENT] > 0.0 and cause >= 0.0 and cards[card + RESPONSE] == IS_DRAWN
        settled.law[law + LAW_DRAWN] = 1.0 if drawn else 0.0
        settled.law[law + FIRST_STEP] = 0.0
        if drawn:
            settled.law[law + FIRST_STEP] = _first_missing(counts, numbers, settled, j)
        settled.law[law + LASTS] = _length(numbers, j)
        settled.law[law + AFTER] = cause
        for domain in range(3):
            settled.law[law + OPENS + domain] = 1.0
    for e in range(counts.effects):
        _settle_effect(numbers, settled, e)
    for j in range(counts.junctures):
        after = int(settled.law[j * LAW + AFTER])
        if after >= 0 and settled.law[after * LAW + LAW_DRAWN] == 0.0:
            settled.law[j * LAW + AFTER] = -1.0
        for domain in range(3):
            place = j * LAW + OPENS + domain
            settled.law[place] = 1.0 - settled.law[place]


@rule
def settle_days(counts: Counts, numbers: Numbers, settled: Settled) -> None:
    """Work out the steps in which rungs open and items are tabled, into `settled`."""
    steps = counts.years * counts.steps_per_year
    for k in range(counts.rungs):
        opens = numbers.rung[k * RUNG + RUNG_OPENS]
        settled.rung_opens[k] = 0.0 if opens == NONE else max(0.0, whole_below(opens))
    for k in range(counts.items):
        step = whole_below(numbers.item[k * ITEM + TABLED])
        settled.tabled[k] = step if 0.0 <= step < steps else -1.0


@rule
def _find_missing(counts: Counts, numbers: Numbers, settled: Settled) -> None:
    """Find for each juncture the first cause that it lacks, as `scenario.causes` does by name."""
    cards = numbers.juncture
    for j in range(counts.junctures):
        settled.missing[j] = -1.0
    changed = 1
    while changed > 0:
        changed = 0
        for i in range(counts.follows):
            row = (counts.follows - 1 - i) * FOLLOWS  # backwards, so that the first one remains
            j, cause = int(numbers.follows[row + FOLLOWER]), int(numbers.follows[row + CAUSE])
            card, of_cause = j * JUNCTURE, cause * JUNCTURE
            behind = (
                cards[of_cause + ORIGINAL] != NONE and cards[of_cause + DATE] > cards[card + DATE]
            )
            gone = lacks(
                cards[card + RESPONSE] == STAYS,
                cards[of_cause + PRESENT] > 0.0,
                settled.missing[cause] >= 0.0,
                behind,
            )
            if gone and settled.missing[j] != cause:
                if settled.missing[j] < 0.0:
                    changed = 1
                settled.missing[j] = numbers.follows[row + CAUSE]


@rule
def _stood(numbers: Numbers, j: int) -> float:
    """Return where a juncture stood before it was moved."""
    original = numbers.juncture[j * JUNCTURE + ORIGINAL]
    return numbers.juncture[j * JUNCTURE + DATE] if original == NONE else original


@rule
def _length(numbers: Numbers, j: int) -> float:
    """Return how many steps a juncture lasts, `NONE` if it has no end."""
    end = numbers.juncture[j * JUNCTURE + END]
    return end if end == NONE else end - numbers.juncture[j * JUNCTURE + DATE]


@rule
def _first_missing(counts: Counts, numbers: Numbers, settled: Settled, law: int) -> float:
    """Return the first step in which a law can be drawn.

    That is where its cause stood before it was removed. An event that was only moved has to
    happen first; a government that comes later has a successor in the meantime, who can legislate.
    """
    cause = law
    for _ in range(counts.junctures):
        if settled.missing[cause] >= 0.0:
            cause = int(settled.missing[cause])
    card = cause * JUNCTURE
    happens = numbers.juncture[card + PRESENT] > 0.0 and numbers.juncture[card + EVENT] > 0.0
    since = numbers.juncture[card + DATE] if happens else _stood(numbers, cause)
    return max(0.0, -whole_below(-since))


@rule
def _settle_effect(numbers: Numbers, settled: Settled, e: int) -> None:
    """Work out whether an effect acts, from when and until when; open what a drawn law opens."""
    row = e * EFFECT
    j = int(numbers.effect[row + OF_JUNCTURE])
    card = j * JUNCTURE
    present, cause = numbers.juncture[card + PRESENT], settled.missing[j]
    date, original = numbers.juncture[card + DATE], numbers.juncture[card + ORIGINAL]
    start, end, acts = date, numbers.juncture[card + END], 0.0
    if numbers.effect[row + STANDS_IN] == 0.0:
        acts = 1.0 if present > 0.0 and cause < 0.0 else 0.0
        if settled.law[j * LAW + LAW_DRAWN] > 0.0:
            place = j * LAW + OPENS + int(numbers.effect[row + OF])
            settled.law[place] = shut_after(settled.law[place], numbers.effect[row + SIZE])
    else:
        start = _stood(numbers, j)
        end = start + _length(numbers, j)
        if present > 0.0 and cause < 0.0:
            acts = 1.0 if original != NONE and original < date else 0.0
            end = min(date, end)
        elif settled.law[j * LAW + LAW_DRAWN] == 0.0:
            acts = 1.0
    settled.acting[e * ACTING + ACTS] = acts
    settled.acting[e * ACTING + ACTS_FROM] = start
    settled.acting[e * ACTING + ACTS_UNTIL] = end


@rule
def whole_below(x: float) -> float:
    """Return the largest whole number that is not above x, for x between -1e15 and 1e15."""
    nearest = (x + WHOLE) - WHOLE
    return nearest - 1.0 if nearest > x else nearest
