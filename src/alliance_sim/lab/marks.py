"""What the events of one run are: day, kind, salience and who starts each, for the page.

The same rules, channels and order as in `engine.chronology`, which writes them down as text; in the
exact subset of the rules, so that they can be compiled. All is numbers here; words are the page's.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from alliance_sim.compiled import stage
from alliance_sim.engine.kernel.layout import Shape
from alliance_sim.engine.kernel.noise import as_uniform
from alliance_sim.lab.entries import PLACES, Tables
from alliance_sim.noise import WORD, philox
from alliance_sim.rules.events import (
    BOTH,
    MOST,
    SINGLE_ALLY,
    STATE,
    ally_weight,
    chosen,
    initiator,
    kind_weight,
    months_suspended,
    salience,
    state_starts,
)

Floats = Any  # array of float64
Ints = Any  # array of int64

# What an event is, and the columns of a row that tells of it.
COUNTED, CLIMBED, LOST, PASSED, REFUSED, ITEM_REFUSED, AGREED, SUSPENDED = range(8)
QUARTER, WHAT, WHICH, DAY, KIND, SALIENCE, WHO, MONTHS, COLUMNS = range(9)
NOBODY = -1.0
ROOM = 64  # places in a quarter's block of a channel, as in `engine.chronology`
# Numbers of a kind, as they follow each other.
WEIGHT, PULL, FROM_LEVEL, OF_SALIENCE, SINGLE, KIND_NUMBERS = range(6)
SERIES, INSTITUTION, DOMAINS = 4, 3, 3
_seen = PLACES.observation
JOINT, TOP, MEAN_MONTHS = int(_seen.joint), int(_seen.top_salience), int(_seen.suspension_months)
BASE, GAP = int(_seen.initiator), int(_seen.initiator_gap)


class States(NamedTuple):
    """At which number of a quarter's states each begins."""

    level: int
    general: int
    mission: int
    ratio_state: int
    ratio_alliance: int
    counted: int
    rung: int
    agreements: int
    suspensions: int
    refused: int
    item_refused: int
    passed: int


class Channels(NamedTuple):
    """At which place among the channels of marks each begins."""

    day: int
    kind: int
    salience: int
    initiator: int
    rung_day: int
    fall_day: int
    blocked_day: int
    item_day: int
    item_blocked_day: int
    agreement: int
    suspension_day: int
    suspension_months: int


class Run(NamedTuple):
    """One run, and what is told of it.

    Attributes:
        key: The seed in two halves of 32 bits.
        number: Number of the run, an array of one.
        halves: Array (2, channel) of the halves of the channels' numbers.
        values: Array (quarter, state): all reported states.
        kinds: Array (kind, number): kinds of events by series, then by name.
        first_kind: Array (series + 1,): the first kind of each series.
        guarantors: Per member, 1 if it is a guarantor.
        events: Array (event, column) to be filled in.
        told: How many there are, an array of one; more than `events` holds are only counted.
    """

    key: Ints
    number: Ints
    halves: Ints
    values: Floats
    kinds: Floats
    first_kind: Ints
    guarantors: Floats
    events: Floats
    told: Ints


@stage
def _luck(run: Run, channel: int, step: int) -> float:
    """Return the uniform of a channel and a step, as `noise.uniform` gives it."""
    low, high = run.halves[0, channel] & WORD, run.halves[1, channel] & WORD
    counter = (low, high, run.number[0] & WORD, (step >> 2) & WORD)
    words = philox(counter, run.key[0] & WORD, run.key[1] & WORD)
    part = step & 3
    first = words[0] if part == 0 else words[1]
    second = words[2] if part == 2 else words[3]
    return float(as_uniform(first if part < 2 else second))  # type: ignore[no-untyped-call]


@stage
def _weight(run: Run, k: int, level: float, assets: float) -> float:
    """Return how common a kind of event is now."""
    kinds = run.kinds
    return kind_weight(kinds[k, WEIGHT], kinds[k, PULL], kinds[k, FROM_LEVEL], level, assets)


@stage
def _kind(run: Run, series: int, level: float, assets: float, luck: float) -> int:
    """Return which kind an event is of; the usual one if none weighs anything."""
    first, last = run.first_kind[series], run.first_kind[series + 1]
    total = 0.0
    usual = last - 1
    for back in range(last - first):
        k = last - 1 - back
        if run.kinds[k, FROM_LEVEL] == 0.0:
            usual = k
    for k in range(first, last):
        total = total + _weight(run, k, level, assets)
    below = 0.0
    found = usual
    open_still = 1
    for k in range(first, last):
        below = below + _weight(run, k, level, assets)
        if open_still > 0 and chosen(luck, total, below) > 0.0:
            found = k
            open_still = 0
    return int(found)


@stage
def _ally(run: Run, shape: Shape, inputs: Floats, at: tuple[int, int], luck: float) -> float:
    """Return an ally other than the guarantor, the weightier the likelier; the last if none is.

    `at` says in which quarter, and where weights stand in a row of inputs.
    """
    total = 0.0
    for k in range(shape.members):
        total = total + ally_weight(inputs[0, at[0], at[1] + k], run.guarantors[k])
    below = 0.0
    found = shape.members - 1
    open_still = 1
    for k in range(shape.members):
        below = below + ally_weight(inputs[0, at[0], at[1] + k], run.guarantors[k])
        if open_still > 0 and chosen(luck, total, below) > 0.0:
            found = k
            open_still = 0
    return 1.0 * found


@stage
def _note(run: Run, quarter: int, what: tuple[int, int], day: float, mark: Any) -> None:
    """Write an event down: what it is and which, the day's share of the quarter, and its marks."""
    row = run.told[0]
    run.told[0] = row + 1
    if row < run.events.shape[0]:
        run.events[row, QUARTER] = 1.0 * quarter
        run.events[row, WHAT] = 1.0 * what[0]
        run.events[row, WHICH] = 1.0 * what[1]
        run.events[row, DAY] = day
        run.events[row, KIND] = mark[0]
        run.events[row, SALIENCE] = mark[1]
        run.events[row, WHO] = mark[2]
        run.events[row, MONTHS] = mark[3]


@stage
def _counted(
    run: Run,
    shape: Shape,
    at: States,
    channels: Channels,
    tables: Tables,
    inputs: Floats,
    place_of: tuple[int, int],
) -> None:
    """Write down the events that the counts of a quarter stand for; `place_of` as for `_ally`."""
    t = place_of[0]
    now, values = run.values, tables.values
    assets = now[t, at.general] + now[t, at.mission]
    gap = now[t, at.ratio_state] - now[t, at.ratio_alliance]
    for series in range(SERIES):
        level = assets * now[t, at.level] if series == INSTITUTION else now[t, at.level + series]
        for order in range(min(int(now[t, at.counted + series]), MOST)):
            place = t * ROOM + order
            k = _kind(run, series, level, assets, _luck(run, channels.kind + series, place))
            shown = salience(
                run.kinds[k, OF_SALIENCE],
                values[TOP],
                _luck(run, channels.salience + series, place),
            )
            luck = _luck(run, channels.initiator + series, place)
            single = run.kinds[k, SINGLE]
            starts = state_starts(values[BASE], values[GAP], gap)
            who = initiator(single, values[JOINT], starts, luck)
            if who == SINGLE_ALLY:
                whom = _ally(run, shape, inputs, place_of, luck / single)
            elif who == BOTH:
                whom = shape.members + 2.0
            else:
                whom = shape.members + (0.0 if who == STATE else 1.0)
            day = _luck(run, channels.day + series, place)
            _note(run, t, (COUNTED, series), day, (1.0 * k, shown, whom, 0.0))


@stage
def _first_refusal(run: Run, shape: Shape, first: int, t: int) -> float:
    """Return who refused a step, the first of them; nobody if nobody did."""
    found = NOBODY
    for back in range(shape.members + 1):
        who = shape.members - back
        if run.values[t, first + who] > 0.0:
            found = 1.0 * who
    return found


@stage
def _formal(run: Run, shape: Shape, at: States, channels: Channels, t: int) -> None:
    """Write down rungs climbed and lost, items passed, and steps that were refused."""
    both = shape.members + 2.0
    rung = int(run.values[t, at.rung])
    change = run.values[t, at.rung] - run.values[max(t - 1, 0), at.rung]
    if change > 0.0:
        _note(run, t, (CLIMBED, rung), _luck(run, channels.rung_day, t), (-1.0, 0.0, both, 0.0))
    if change < 0.0:
        day = _luck(run, channels.fall_day, t)
        _note(run, t, (LOST, rung + 1), day, (-1.0, 3.0, both, 0.0))
    who = _first_refusal(run, shape, at.refused, t)
    if who >= 0.0:
        day = _luck(run, channels.blocked_day, t)
        asked = int(run.values[max(t - 1, 0), at.rung]) + 1  # `rung` may be held elsewhere
        _note(run, t, (REFUSED, asked), day, (-1.0, 2.0, who, 0.0))
    for item in range(shape.items):
        passed = run.values[t, at.passed + item] - run.values[max(t - 1, 0), at.passed + item]
        if passed > 0.0:
            day = _luck(run, channels.item_day + item, t)
            _note(run, t, (PASSED, item), day, (-1.0, 3.0, both, 0.0))
        who = _first_refusal(run, shape, at.item_refused + item * (shape.members + 1), t)
        if who >= 0.0:
            day = _luck(run, channels.item_blocked_day + item, t)
            _note(run, t, (ITEM_REFUSED, item), day, (-1.0, 2.0, who, 0.0))


def mark_events(
    shape: Shape,
    rows: Any,
    tables: Tables,
    inputs: Floats,
    at: States,
    channels: Channels,
    run: Run,
) -> None:
    """Write down the events of one run, quarter by quarter.

    Args:
        shape: How many there are of each.
        rows: Where inputs stand in a row, as `layout.rows_of` gives them.
        tables: The recipe; of it, how events are observed.
        inputs: Array (world, step, number), of which the first world is the run's.
        at: Where states stand.
        channels: Where channels stand.
        run: The run; `WHO` counts members, then the state, the alliance, and both together.
    """
    run.told[0] = 0
    for t in range(shape.steps):
        place_of = (t, rows.given_weight)
        _counted(run, shape, at, channels, tables, inputs, place_of)
        _formal(run, shape, at, channels, t)
        before = run.values[max(t - 1, 0), at.agreements]
        if run.values[t, at.agreements] > before:
            day = _luck(run, channels.agreement, t)
            ally = _ally(run, shape, inputs, place_of, day)
            _note(run, t, (AGREED, 0), day, (-1.0, 1.0, ally, 0.0))
        if run.values[t, at.suspensions] > 0.0:
            day = _luck(run, channels.suspension_day, t)
            luck = _luck(run, channels.suspension_months, t)
            months = months_suspended(tables.values[MEAN_MONTHS], luck)
            _note(run, t, (SUSPENDED, 0), day, (-1.0, 2.0, 1.0 * shape.members, months))
