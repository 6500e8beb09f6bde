"""Which part of what happens is on record, and how likely the acts are that are.

What is more salient is found more surely: so a record thins counts by the kinds that happen. Arrays
are those of `history`.
"""

from __future__ import annotations

from alliance_sim.compiled import stage
from alliance_sim.engine.kernel.history import (
    ALLIANCE_ONLY,
    COUNTS,
    INITIATOR,
    INITIATOR_GAP,
    INSTITUTION,
    JOINT,
    KIND_FROM,
    KIND_NUMBERS,
    KIND_PULL,
    KIND_SALIENCE,
    KIND_SINGLE,
    KIND_WEIGHT,
    LEVEL,
    MARKS,
    SALIENT_ONLY,
    SERIES,
    SHARE,
    TOP,
    WEIGHT,
    score,
)
from alliance_sim.engine.kernel.layout import LANES, A, S
from alliance_sim.rules.events import (
    coded_share,
    kind_weight,
    log_count_chance,
    salience_chance,
    side_chance,
    state_starts,
)


@stage
def coded_shares(n, seen, shares):
    """Work out which part of each kind's events is coded, in the series, in each era."""
    assert seen.numbers.shape[1] == shares.shape[1] == LANES
    o, many = seen.numbers, seen.kinds.shape[0]
    for era in range(seen.at_all // 3):
        for kind in range(many):
            first, row = seen.at_kinds + KIND_NUMBERS * kind, era * many + kind
            for i in range(n):
                small = 0.0 if seen.series == SALIENT_ONLY else o[3 * era, i]
                coded = (small, o[3 * era + 1, i], o[3 * era + 2, i])
                found = coded_share(o[first + KIND_SALIENCE, i], o[seen.at_all + TOP, i], coded)
                single = o[first + KIND_SINGLE, i] if seen.series == ALLIANCE_ONLY else 0.0
                shares[row, i] = (1.0 - single) * found


@stage
def share_seen(n, step, series, seen, x, found):
    """Work out which part of a series' events is coded, with the kinds that happen now."""
    w, o = found.aside, seen.numbers
    assert w.shape[1] == o.shape[1] == x.shape[1] == found.shares.shape[1] == LANES
    first_share = seen.era[step] * seen.kinds.shape[0]
    for i in range(n):
        assets = x[S.general, i] + x[S.mission, i]
        level = assets * x[S.level, i]
        if series < INSTITUTION:
            level = x[S.level + series, i]
        w[LEVEL, i] = level
        w[SHARE, i] = 0.0
        w[WEIGHT, i] = 0.0
    for kind in range(seen.first_kind[series], seen.first_kind[series + 1]):
        first = seen.at_kinds + KIND_NUMBERS * kind
        row = first_share + kind
        if seen.kinds[kind, 1] > 0:
            for i in range(n):
                weight = kind_weight(
                    o[first + KIND_WEIGHT, i],
                    o[first + KIND_PULL, i],
                    o[first + KIND_FROM, i],
                    w[LEVEL, i],
                    x[S.general, i] + x[S.mission, i],
                )
                w[WEIGHT, i] = w[WEIGHT, i] + weight
                w[SHARE, i] = w[SHARE, i] + weight * found.shares[row, i]
        else:
            for i in range(n):
                weight = kind_weight(
                    o[first + KIND_WEIGHT, i], 0.0, o[first + KIND_FROM, i], w[LEVEL, i], 0.0
                )
                w[WEIGHT, i] = w[WEIGHT, i] + weight
                w[SHARE, i] = w[SHARE, i] + weight * found.shares[row, i]
    usual = first_share + seen.usual[series]
    for i in range(n):
        share = w[SHARE, i] / w[WEIGHT, i]
        w[SHARE, i] = share if w[WEIGHT, i] > 0.0 else found.shares[usual, i]


@stage
def counts_seen(n, step, history, seen, x, a, found):
    """Score the acts of a quarter that are coded: a thinned negative binomial is one again."""
    w = found.aside
    assert w.shape[1] == a.shape[1] == found.parts.shape[1] == LANES
    for series in range(SERIES):
        share_seen(n, step, series, seen, x, found)
        count = history.counts[step, series]
        if count == 0:
            for i in range(n):
                mean = a[A.mean + series, i] * w[SHARE, i]
                w[WEIGHT, i] = log_count_chance(mean, a[A.size + series, i], 0.0)
        else:
            for i in range(n):
                mean = a[A.mean + series, i] * w[SHARE, i]
                w[WEIGHT, i] = log_count_chance(mean, a[A.size + series, i], count)
        for i in range(n):
            found.parts[COUNTS, i] = found.parts[COUNTS, i] + w[WEIGHT, i]
        if found.terms.shape[0] > 0:
            for i in range(n):
                found.terms[step, series, i] = w[WEIGHT, i]
                found.expected[step, series, i] = a[A.mean + series, i] * w[SHARE, i]


@stage
def marks_seen(n, step, history, seen, x, found):
    """Score what is told of each act: its salience, given its kind, and who of both sides began it.

    Tracks that single allies run on their own are fixed by the kind, and tell nothing of the state.
    """
    w, o = found.aside, seen.numbers
    assert w.shape[1] == o.shape[1] == x.shape[1] == LANES
    many, era = seen.kinds.shape[0], seen.era[step]
    for event in range(history.first_mark[step], history.first_mark[step + 1]):
        kind, salience, who = (
            history.marks[event, 1],
            history.marks[event, 2],
            history.marks[event, 3],
        )
        if kind >= 0:
            first = seen.at_kinds + KIND_NUMBERS * kind
            for i in range(n):
                coded = o[3 * era + salience - 1, i]
                chance = salience_chance(
                    o[first + KIND_SALIENCE, i], o[seen.at_all + TOP, i], salience
                )
                single = o[first + KIND_SINGLE, i] if seen.series == ALLIANCE_ONLY else 0.0
                all_coded = found.shares[era * many + kind, i]
                told = (1.0 - single) * chance * coded
                w[WEIGHT, i] = told / all_coded if told > 0.0 else 0.0
            score(n, step, MARKS, WEIGHT, found)
        if who > 0:
            for i in range(n):
                gap = x[S.ratio, i] - x[S.mean_ratio, i]
                state = state_starts(
                    o[seen.at_all + INITIATOR, i], o[seen.at_all + INITIATOR_GAP, i], gap
                )
                w[WEIGHT, i] = side_chance(o[seen.at_all + JOINT, i], state, who)
            score(n, step, MARKS, WEIGHT, found)
