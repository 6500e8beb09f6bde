"""What a record says of a block of runs: acts are held as they happened, and are scored.

Every lane holds the rungs, agreements and laws of the record at their quarters, whatever its own
numbers would have drawn, and is told how likely they, the counts and the marks are where they
stand. All probabilities are those by which the engine draws: rules of `alliance_sim.rules`. Arrays
are those of `history`.
"""

from __future__ import annotations

from alliance_sim.compiled import inlined, stage
from alliance_sim.engine.kernel.coded import counts_seen, marks_seen
from alliance_sim.engine.kernel.generated import agreement_of, ladder_of, law_of
from alliance_sim.engine.kernel.history import (
    AGREEMENTS,
    COUNTS,
    LADDER,
    LAW,
    LAWS,
    LOST,
    MARKS,
    OPERATIONS,
    PASS,
    SERIES,
    SIGN,
    SUSPEND,
    SUSPENSIONS,
    TRY,
    WEIGHT,
    YES,
    must_be,
    score,
)
from alliance_sim.engine.kernel.layout import LANES, NEVER, A, P, S
from alliance_sim.engine.kernel.partners import strongest_threat
from alliance_sim.rules.council import CONSENSUS, LEADER, accept_chance
from alliance_sim.rules.domestic import may_pass, pass_chance, ratify_chance
from alliance_sim.rules.events import entrapment, suspend_chance
from alliance_sim.rules.ladder import sign_chance, try_chance
from alliance_sim.rules.levels import mean_of_three


@stage
def hold(n, shape, at, step, history, forced, a):
    """Force the acts of a quarter: uniforms of 0 bring a decision about, those of 1 keep it off."""
    assert forced.shape[1] == a.shape[1] == LANES
    before, after = history.rung[step - 1], history.rung[step]
    fall = 0.0 if after < before else 1.0
    sign = 0.0 if history.agreements[step] > history.agreements[step - 1] else 1.0
    suspend = 0.0 if history.suspended[step] == YES else 1.0
    for i in range(n):
        forced[at.noise_tried, i] = 1.0
        forced[at.noise_fall, i] = fall
        forced[at.noise_agreement, i] = sign
        forced[at.noise_suspension, i] = suspend
    for series in range(SERIES):
        for i in range(n):
            forced[at.noise_counts + series, i] = 0.0
    for law in range(shape.laws):
        pass_now = 0.0 if history.laws[law] == step else 1.0
        for i in range(n):
            forced[at.noise_law + law, i] = pass_now
    if after > before:
        for i in range(n):
            a[A.asks_granted, i] = 1.0


@stage
def hold_items(n, shape, at, step, c, history, x):
    """Note which items passed; nothing else depends on it."""
    for item in range(shape.items):
        known = history.items[item]
        for i in range(n):
            if known >= 0 and c[at.fixed_item_tabled + item, i] == step:
                x[at.passed + item, i] = known


@stage
def consent_chance(n, shape, at, demand, c, now, s, a, w):
    """Multiply `w[PASS]` by the probability that both sides consent to a formal step.

    `demand` holds the first row of what it asks of members, and that of what it asks at home; -1
    there for an item, which asks nothing.
    """
    assert c.shape[1] == now.shape[1] == s.shape[1] == a.shape[1] == w.shape[1] == LANES
    if c[P.decision, 0] == CONSENSUS:
        for member in range(shape.members):
            for i in range(n):
                chance = accept_chance(
                    a[A.formal + member, i], c[demand[0], i], c[P.member_spread, i]
                )
                there = now[at.given_weight + member, i] > 0.0
                w[PASS, i] = w[PASS, i] * (chance if there else 1.0)
    elif c[P.decision, 0] == LEADER:
        for i in range(n):
            leading = int(c[P.leading, i])
            chance = accept_chance(a[A.formal + leading, i], c[demand[0], i], c[P.member_spread, i])
            there = now[at.given_weight + leading, i] > 0.0
            w[PASS, i] = w[PASS, i] * (chance if there else 1.0)
    else:
        for i in range(n):
            w[PASS, i] = w[PASS, i] * majority_chance(i, shape, at, c[demand[0], i], c, now, a)
    for i in range(n):
        asked = c[demand[1], i] if demand[1] >= 0 else 0.0
        opening = mean_of_three(s[S.win_set, i], s[S.win_set + 1, i], s[S.win_set + 2, i])
        w[PASS, i] = w[PASS, i] * ratify_chance(opening, asked, c[P.ratification_spread, i])


@stage
def majority_chance(i, shape, at, demand, c, now, a):
    """Return the probability that members of enough weight accept: all their answers, one by one.

    With m members there are 2**m; who asks for it sees to it that they are few.
    """
    everybody = 0.0
    for member in range(shape.members):
        everybody = everybody + now[at.given_weight + member, i]
    total = 0.0
    for answers in range(1 << shape.members):
        chance = 1.0
        yes = 0.0
        for member in range(shape.members):
            weight = now[at.given_weight + member, i]
            accepts = accept_chance(a[A.formal + member, i], demand, c[P.member_spread, i])
            if weight <= 0.0:
                accepts = 1.0
            if (answers >> member) & 1:
                chance = chance * accepts
                yes = yes + weight
            else:
                chance = chance * (1.0 - accepts)
        total = total + (chance if yes >= c[P.majority, i] * everybody else 0.0)
    return total


@stage
def ladder_chances(n, shape, at, step, rung, c, now, s, a, w):
    """Work out how likely the next rung is tried, passes if it is, and the last one is lost."""
    assert c.shape[1] == now.shape[1] == s.shape[1] == a.shape[1] == w.shape[1] == LANES
    for i in range(n):
        w[TRY, i] = 0.0
        w[PASS, i] = 1.0
        w[LOST, i] = a[A.risk, i] if rung > 0 else 0.0
    opens = NEVER
    if rung < shape.rungs:
        for i in range(n):
            opens = min(opens, c[at.fixed_rung_opens + rung, i])
    if step < opens:
        return
    for i in range(n):
        chance = try_chance(
            ladder_of(c, i),
            c[at.fixed_rung_log_hazard + rung, i],
            a[A.activity, i],
            a[A.assets, i],
            a[A.decisive, i] - c[at.fixed_rung_demand + rung, i],
            c[P.dt, i],
        )
        w[TRY, i] = chance if step >= c[at.fixed_rung_opens + rung, i] else 0.0
    demand = (at.fixed_rung_demand + rung, at.fixed_rung_domestic_demand + rung)
    consent_chance(n, shape, at, demand, c, now, s, a, w)
    for i in range(n):
        given = c[at.fixed_rung_granted + rung, i] > 0.0
        w[PASS, i] = 1.0 if given else w[PASS, i]
        w[TRY, i] = 1.0 if given and step >= c[at.fixed_rung_opens + rung, i] else w[TRY, i]


@stage
def ladder_seen(n, shape, at, step, c, now, history, seen, s, a, found):
    """Score the rung of a quarter: climbed, refused, lost, or nothing that is on record."""
    w = found.aside
    before, after = history.rung[step - 1], history.rung[step]
    ladder_chances(n, shape, at, step, before, c, now, s, a, w)
    if step < seen.first:
        return
    coded = 3 * seen.era[step] + 1  # a refusal is an act of salience 2
    if after > before:
        for i in range(n):
            w[WEIGHT, i] = w[TRY, i] * w[PASS, i]
    elif after < before:
        for i in range(n):
            w[WEIGHT, i] = (1.0 - w[TRY, i]) * w[LOST, i]
    elif history.blocked[step] == YES:
        for i in range(n):
            w[WEIGHT, i] = w[TRY, i] * (1.0 - w[PASS, i]) * seen.numbers[coded, i]
    else:
        for i in range(n):
            unseen = w[TRY, i] * (1.0 - w[PASS, i]) * (1.0 - seen.numbers[coded, i])
            w[WEIGHT, i] = (1.0 - w[TRY, i]) * (1.0 - w[LOST, i]) + unseen
    score(n, step, LADDER, WEIGHT, found)


@stage
def items_seen(n, shape, at, step, c, now, history, seen, s, a, found):
    """Score items that are tabled this quarter and whose fate is known."""
    w = found.aside
    for item in range(shape.items):
        known = history.items[item]
        if known < 0 or c[at.fixed_item_tabled + item, 0] != step or step < seen.first:
            continue
        for i in range(n):
            w[PASS, i] = 1.0
        consent_chance(n, shape, at, (at.fixed_item_demand + item, -1), c, now, s, a, w)
        for i in range(n):
            w[WEIGHT, i] = w[PASS, i] if known == YES else 1.0 - w[PASS, i]
        score(n, step, LADDER, WEIGHT, found)


@stage
def agreements_seen(n, at, step, c, now, history, seen, s, found):
    """Score whether a single ally signs."""
    w = found.aside
    assert c.shape[1] == now.shape[1] == s.shape[1] == w.shape[1] == LANES
    signed = history.agreements[step] > history.agreements[step - 1]
    for i in range(n):
        states = max(1.0, now[at.given_states, i])
        operations = s[S.level + OPERATIONS, i]
        chance = sign_chance(agreement_of(c, i), s[S.agreements, i], states, operations, c[P.dt, i])
        w[SIGN, i] = chance
        w[WEIGHT, i] = chance if signed else 1.0 - chance
    if step >= seen.first:
        score(n, step, AGREEMENTS, WEIGHT, found)


@stage
def suspensions_seen(n, at, step, c, now, history, seen, s, found):
    """Score whether operations are suspended, where that is known."""
    w = found.aside
    assert c.shape[1] == now.shape[1] == s.shape[1] == w.shape[1] == LANES
    for i in range(n):
        operations = s[S.level + OPERATIONS, i]
        chance = suspend_chance(
            c[P.suspension, i],
            c[P.suspension_entrapment, i],
            entrapment(operations, now[at.given_involvement + 1, i]),
            operations,
            c[P.dt, i],
        )
        w[SUSPEND, i] = chance
        w[WEIGHT, i] = chance if history.suspended[step] == YES else 1.0 - chance
    if step >= seen.first and history.suspended[step] >= 0:
        score(n, step, SUSPENSIONS, WEIGHT, found)


@inlined
def law_chance(n, log_hazards, row, c, s, a, w):
    """Work out how likely a law passes this quarter, if it can; its log hazard is a row."""
    for i in range(n):
        w[LAW, i] = pass_chance(
            law_of(c, i),
            log_hazards[row, i],
            a[A.strongest, i],
            a[A.push, i],
            s[S.level + OPERATIONS, i],
            c[P.dt, i],
        )


@inlined
def drawn_law_chance(n, at, law, after, step, c, s, a, w):
    """Work out how likely a law that is drawn passes this quarter, 0 if it cannot."""
    law_chance(n, c, at.fixed_law_log_hazard + law, c, s, a, w)
    for i in range(n):
        before = s[at.law_age + after, i] if after >= 0 else 1.0
        first = c[at.fixed_law_first_step + law, i]
        w[LAW, i] = w[LAW, i] * may_pass(s[at.law_age + law, i], step, first, before)


@stage
def laws_seen(n, shape, at, after, step, c, history, seen, s, a, found):
    """Score laws, those that are drawn and those whose dates are inputs."""
    w = found.aside
    assert c.shape[1] == s.shape[1] == a.shape[1] == w.shape[1] == LANES
    strongest_threat(n, shape, at, s, a)
    for law in range(shape.laws):
        drawn_law_chance(n, at, law, after[law], step, c, s, a, w)
        for i in range(n):
            w[WEIGHT, i] = w[LAW, i] if history.laws[law] == step else 1.0 - w[LAW, i]
        score(n, step, LAWS, WEIGHT, found)
    for law in range(seen.dated.shape[0]):
        if seen.dated[law, 0] <= step <= seen.dated[law, 1]:
            law_chance(n, seen.numbers, seen.at_dated + law, c, s, a, w)
            for i in range(n):
                w[WEIGHT, i] = w[LAW, i] if seen.dated[law, 1] == step else 1.0 - w[LAW, i]
            score(n, step, LAWS, WEIGHT, found)


@stage
def observe(n, shape, at, after, step, c, now, history, seen, s, x, a, found):
    """Score a quarter, in the parts that are wanted, and see whether acts could be held at all."""
    hold_items(n, shape, at, step, c, history, x)
    must_be(n, step, LADDER, x, S.rung, history.rung[step], found)
    must_be(n, step, AGREEMENTS, x, S.agreements, history.agreements[step], found)
    if seen.wanted[COUNTS] > 0 and step >= seen.first:
        counts_seen(n, step, history, seen, x, a, found)
    if seen.wanted[LADDER] > 0:
        ladder_seen(n, shape, at, step, c, now, history, seen, s, a, found)
        items_seen(n, shape, at, step, c, now, history, seen, s, a, found)
    if seen.wanted[AGREEMENTS] > 0:
        agreements_seen(n, at, step, c, now, history, seen, s, found)
    if seen.wanted[SUSPENSIONS] > 0:
        suspensions_seen(n, at, step, c, now, history, seen, s, found)
    if seen.wanted[LAWS] > 0:
        laws_seen(n, shape, at, after, step, c, history, seen, s, a, found)
    if seen.wanted[MARKS] > 0 and step >= seen.first:
        marks_seen(n, step, history, seen, x, found)
