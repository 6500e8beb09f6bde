"""Formal steps: whether the next rung is tried, and what the Council and parliament say.

Formal steps are rare, so this is the one part that goes through runs one by one. Arrays are those
of `sides`; `asked` says whose noise to ask for where a decision is not drawn for whole blocks.
"""

from __future__ import annotations

from alliance_sim.arithmetic import hazard
from alliance_sim.compiled import stage
from alliance_sim.engine.kernel.generated import (
    ladder_of,
)
from alliance_sim.engine.kernel.layout import LANES, NEVER, A, P, S
from alliance_sim.engine.kernel.noise import lucks_of
from alliance_sim.rules.council import (
    CONSENSUS,
    LARGEST_RATIO,
    LEADER,
    WEIGHTED_MAJORITY,
    accepts,
    agreed,
    backing_with,
    decisive_with,
    least_of,
    least_willing,
)
from alliance_sim.rules.domestic import ratifies
from alliance_sim.rules.ladder import (
    falls,
    rung_after,
    tried,
    tries,
    try_chance,
)
from alliance_sim.rules.levels import (
    mean_of_three,
)


@stage
def formal_ratios(n, shape, at, now, s, a):
    """Work out by which log ratio each member answers formal steps."""
    assert now.shape[1] == s.shape[1] == a.shape[1] == LANES
    for member in range(shape.members):
        for i in range(n):
            a[A.formal + member, i] = least_willing(
                s[at.ratio_member + 3 * member, i], now[at.given_reluctance + member, i]
            )


@stage
def risk_of_losing(n, c, a):
    """Work out how likely it is to lose a rung, which stays the same during a run."""
    assert c.shape[1] == a.shape[1] == LANES
    for i in range(n):
        a[A.risk, i] = hazard(c[P.downgrade, i], c[P.dt, i])


@stage
def decisive(n, shape, at, c, now, a):
    """Find the log ratio of the member on whom a formal step turns."""
    assert c.shape[1] == now.shape[1] == a.shape[1] == LANES
    for i in range(n):
        a[A.decisive, i] = LARGEST_RATIO
    for member in range(shape.members):
        for i in range(n):
            weight = now[at.given_weight + member, i]
            a[A.decisive, i] = least_of(a[A.decisive, i], a[A.formal + member, i], weight)
    other_rule = False
    for i in range(n):
        if c[P.decision, i] != CONSENSUS:
            other_rule = True
    if other_rule:
        decisive_otherwise(n, shape, at, c, now, a)


@stage
def decisive_otherwise(n, shape, at, c, now, a):
    """Find that member in the runs in which a majority decides, or a leader."""
    assert c.shape[1] == now.shape[1] == a.shape[1] == LANES
    for i in range(n):
        majority = c[P.decision, i] == WEIGHTED_MAJORITY
        a[A.decisive, i] = -LARGEST_RATIO if majority else a[A.decisive, i]
    for candidate in range(shape.members):
        for i in range(n):
            a[A.backing, i] = 0.0
        for member in range(shape.members):
            for i in range(n):
                weight, asked = now[at.given_weight + member, i], a[A.formal + candidate, i]
                a[A.backing, i] = backing_with(
                    a[A.backing, i], weight, a[A.formal + member, i], asked
                )
        for i in range(n):
            so_far, asked = a[A.decisive, i], a[A.formal + candidate, i]
            share = c[P.majority, i]
            with_it = decisive_with(so_far, asked, a[A.backing, i], a[A.everybody, i], share)
            counts = (
                c[P.decision, i] == WEIGHTED_MAJORITY and now[at.given_weight + candidate, i] > 0.0
            )
            a[A.decisive, i] = with_it if counts else so_far
    for member in range(shape.members):
        for i in range(n):
            alone = c[P.decision, i] == LEADER and c[P.leading, i] == member
            a[A.decisive, i] = a[A.formal + member, i] if alone else a[A.decisive, i]


@stage
def steps_tried(n, at, step, c, u, s, a, x):
    """Draw whether the next rung is tried, and the rung where it is not."""
    assert c.shape[1] == u.shape[1] == s.shape[1] == x.shape[1] == a.shape[1] == LANES
    for i in range(n):
        chance = try_chance(
            ladder_of(c, i),
            a[A.asks_log_hazard, i],
            a[A.activity, i],
            a[A.assets, i],
            a[A.decisive, i] - a[A.asks_demand, i],
            c[P.dt, i],
        )
        would = tried(chance, u[at.noise_tried, i])
        now_tried = tries(step, a[A.asks_opens, i], a[A.asks_granted, i], would)
        fallen = falls(a[A.risk, i], u[at.noise_fall, i])
        a[A.tries, i] = now_tried
        x[S.rung, i] = s[S.rung, i] if now_tried > 0.0 else rung_after(s[S.rung, i], fallen)
        x[S.blocked, i] = 0.0


@stage
def nobody_tries(n, at, u, s, a, x):
    """Let rungs be lost in a quarter in which no next rung is open in any run."""
    assert u.shape[1] == s.shape[1] == x.shape[1] == a.shape[1] == LANES
    for i in range(n):
        fallen = falls(a[A.risk, i], u[at.noise_fall, i])
        a[A.tries, i] = 0.0
        x[S.rung, i] = rung_after(s[S.rung, i], fallen)
        x[S.blocked, i] = 0.0


@stage
def rung_asked(i, shape, at, c, x, a):
    """Look up what the next rung of one run asks; beyond the last it never opens."""
    rung = int(x[S.rung, i])
    if rung >= shape.rungs:
        a[A.asks_opens, i] = NEVER
        a[A.asks_granted, i] = 0.0
        return
    a[A.asks_log_hazard, i] = c[at.fixed_rung_log_hazard + rung, i]
    a[A.asks_demand, i] = c[at.fixed_rung_demand + rung, i]
    a[A.asks_domestic_demand, i] = c[at.fixed_rung_domestic_demand + rung, i]
    a[A.asks_opens, i] = c[at.fixed_rung_opens + rung, i]
    a[A.asks_granted, i] = c[at.fixed_rung_granted + rung, i]


@stage
def council(i, shape, at, demand, c, now, a, lucks, answers):
    """Return whether the Council of one run agrees; leave each member's answer in `answers`."""
    yes = 0.0
    everybody = 0.0
    leader = 0.0
    for member in range(shape.members):
        weight = now[at.given_weight + member, i]
        answer = 1.0
        if weight > 0.0:
            ratio = a[A.formal + member, i]
            answer = accepts(ratio, demand, c[P.member_spread, i], lucks[member])
        answers[member] = answer
        everybody = everybody + weight
        yes = yes + weight * answer
        if c[P.leading, i] == member:
            leader = answer
    return agreed(c[P.decision, i], yes, everybody, leader, c[P.majority, i])


@stage
def both_consent(i, shape, at, asked, channel, demands, c, now, s, a, lucks, answers):
    """Return whether both sides of one run consent to a formal step."""
    lucks_of(asked, i, channel, shape.members + 1, lucks)
    agreement = council(i, shape, at, demands[0], c, now, a, lucks, answers)
    opening = mean_of_three(s[S.win_set, i], s[S.win_set + 1, i], s[S.win_set + 2, i])
    ratified = ratifies(opening, demands[1], c[P.ratification_spread, i], lucks[shape.members])
    answers[shape.members] = ratified
    return agreement > 0.0 and ratified > 0.0


@stage
def refuse(i, shape, step, row, answers, a, x):
    """Note who of one run refused a formal step that failed."""
    a[A.refusals + step % 2, i] = 1.0
    for who in range(shape.members + 1):
        x[row + who, i] = 1.0 - answers[who]
    x[S.blocked, i] = x[S.blocked, i] + 1.0


@stage
def nobody_refuses(n, shape, at, step, a, x):
    """Forget the refusals of the quarter before last, which are rare, in the same state."""
    assert a.shape[1] == x.shape[1] == LANES
    some = 0.0
    for i in range(n):
        some = max(some, a[A.refusals + step % 2, i])
        a[A.refusals + step % 2, i] = 0.0
    if some == 0.0:
        return
    for row in range(shape.members + 1):
        for i in range(n):
            x[at.refused + row, i] = 0.0
    for row in range(shape.items * (shape.members + 1)):
        for i in range(n):
            x[at.item_refused + row, i] = 0.0


@stage
def formal_steps(n, shape, at, step, asked, c, now, s, a, lucks, answers, x):
    """Put rungs and items to the Council, in the runs in which they are due."""
    nobody_refuses(n, shape, at, step, a, x)
    for i in range(n):
        if a[A.tries, i] > 0.0:
            demands = (a[A.asks_demand, i], a[A.asks_domestic_demand, i])
            if a[A.asks_granted, i] > 0.0 or both_consent(
                i, shape, at, asked, at.noise_council, demands, c, now, s, a, lucks, answers
            ):
                x[S.rung, i] = s[S.rung, i] + 1.0
            else:
                refuse(i, shape, step, at.refused, answers, a, x)
    for item in range(shape.items):
        channel = at.noise_item + item * (shape.members + 1)
        for i in range(n):
            x[at.passed + item, i] = s[at.passed + item, i]
            if c[at.fixed_item_tabled + item, i] == step:
                demands = (c[at.fixed_item_demand + item, i], 0.0)
                if both_consent(
                    i, shape, at, asked, channel, demands, c, now, s, a, lucks, answers
                ):
                    x[at.passed + item, i] = 1.0
                else:
                    x[at.passed + item, i] = 0.0
                    row = at.item_refused + item * (shape.members + 1)
                    refuse(i, shape, step, row, answers, a, x)
    for i in range(n):
        if x[S.rung, i] != s[S.rung, i]:
            rung_asked(i, shape, at, c, x, a)
