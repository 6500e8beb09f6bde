"""The state and the members, a block of runs at a time: leaders, willingness, law.

Arrays: `c` constants, `now` this quarter's inputs, `u` this quarter's uniforms, `s` the state as
it was, `x` the state as it will be, `a` what is worked out on the way. `at` says where rows begin.
"""

from __future__ import annotations

from alliance_sim.arithmetic import inverse_normal
from alliance_sim.compiled.function import inlined, stage
from alliance_sim.engine.kernel.accessors import (
    asset_pull_of,
    guarantor_pull_of,
    law_pull_of,
    threat_pull_of,
)
from alliance_sim.engine.kernel.layout import (
    ACTIVITY,
    ASSET_TERM,
    ASSETS,
    ATTENTION,
    BEFORE,
    EVERYBODY,
    GENERAL,
    LANES,
    LEVEL,
    LOST,
    MEAN_RATIO,
    MEAN_WILLING,
    MISSION,
    NETWORK,
    OVERLAP,
    PEAK,
    PER_LAW,
    PUSH,
    RATIO,
    SEES_DISTRACTION,
    SEES_OVERLAP,
    SLOW,
    STRONGEST,
    WANTED,
    WILLING,
    WIN_SET,
)
from alliance_sim.engine.kernel.layout import POSITIONS as P
from alliance_sim.rules.domestic import (
    in_force,
    may_pass,
    next_age,
    open_part,
    passes,
    shut_after,
    win_set,
)
from alliance_sim.rules.levels import all_assets, lost, mean_of_three
from alliance_sim.rules.perception import (
    apart_after,
    next_attention,
    overlap,
)
from alliance_sim.rules.willingness import (
    Guarantee,
    Situation,
    Ties,
    asset_term,
    distraction_with,
    guarantor_term,
    log_ratio,
    mean_with,
    next_slow,
    threat_term,
    unlinked,
    willingness,
)

OPERATIONS = 1


@stage
def leaders_push(n, shape, at, c, now, sides, drawn, a):
    """Work out the leaders' push, with those who are drawn once per run."""
    assert c.shape[1] == now.shape[1] == a.shape[1] == drawn.shape[1] == LANES
    for side in range(2):
        for i in range(n):
            a[PUSH + side, i] = now[at.push + side, i]
    for leader in range(shape.leaders):
        row = PUSH + sides[leader]
        for i in range(n):
            pushed = c[P.leader_spread, i] * drawn[leader, i]
            a[row, i] = a[row, i] + now[at.drawn_push + leader, i] * pushed


@stage
def what_is_built(n, c, s, a):
    """Sum up what both sides see of the relationship."""
    assert c.shape[1] == s.shape[1] == a.shape[1] == LANES
    for i in range(n):
        a[ASSETS, i] = all_assets(s[GENERAL, i], s[MISSION, i])
        a[ACTIVITY, i] = mean_of_three(s[LEVEL, i], s[LEVEL + 1, i], s[LEVEL + 2, i])
        a[LOST, i] = lost(s[PEAK, i], s[LEVEL + OPERATIONS, i])


@stage
def asset_terms(n, c, s, a):
    """Work out the institutional block, which is the same for everybody."""
    assert c.shape[1] == s.shape[1] == a.shape[1] == LANES
    for domain in range(3):
        pull = P.asset_pulls[0].assets + 5 * domain
        for i in range(n):
            political, operations = s[LEVEL, i], s[LEVEL + OPERATIONS, i]
            ties = Ties(a[ASSETS, i], political, operations, a[LOST, i], s[NETWORK, i])
            a[ASSET_TERM + domain, i] = asset_term(asset_pull_of(c, pull, i), ties)


@stage
def weigh_all(n, shape, at, now, a):
    """Add up the weights of all members this quarter."""
    assert now.shape[1] == a.shape[1] == LANES
    for i in range(n):
        a[EVERYBODY, i] = 0.0
    for member in range(shape.members):
        for i in range(n):
            a[EVERYBODY, i] = mean_with(a[EVERYBODY, i], now[at.weight + member, i], 1.0)


@inlined
def mean_of_members(n, shape, at, now, a, values, stride, out, row):
    """Write the mean of one value per member, weighted by this quarter's weights."""
    first, step = stride
    for i in range(n):
        out[row, i] = 0.0
    for member in range(shape.members):
        for i in range(n):
            out[row, i] = mean_with(
                out[row, i], now[at.weight + member, i], values[first + step * member, i]
            )
    for i in range(n):
        out[row, i] = out[row, i] / a[EVERYBODY, i]


@stage
def means_of_members(n, shape, at, now, a, x):
    """Sum up what members feel and want, once all have become what they decided."""
    assert now.shape[1] == x.shape[1] == a.shape[1] == LANES
    for k in range(shape.threats):
        mean_of_members(
            n, shape, at, now, a, x, (at.felt_member + k, shape.threats), x, at.felt_alliance + k
        )
    mean_of_members(n, shape, at, now, a, x, (at.ratio_member, 3), x, MEAN_RATIO)
    for domain in range(3):
        mean_of_members(
            n, shape, at, now, a, x, (at.willing_member + domain, 3), x, MEAN_WILLING + domain
        )


@stage
def wanted_by_alliance(n, shape, at, now, s, a):
    """Work out what the alliance wants, with this quarter's weights."""
    assert now.shape[1] == s.shape[1] == a.shape[1] == LANES
    for domain in range(3):
        mean_of_members(
            n, shape, at, now, a, s, (at.willing_member + domain, 3), a, WANTED + domain
        )


@stage
def state_weighs(n, at, c, now, s, a, x):
    """Let the state weigh cooperation in each domain; `x` holds its new view of agendas."""
    assert c.shape[1] == now.shape[1] == s.shape[1] == x.shape[1] == a.shape[1] == LANES
    for domain in range(3):
        pull = P.threat_pulls[0][0].overlap + 3 * domain
        for i in range(n):
            sees = Situation(x[OVERLAP, i], 0.0, now[at.involvement + 1, i])
            has = Guarantee(
                now[at.commitment, i],
                now[at.networking, i],
                c[P.dependence, i],
                now[at.capability_state, i],
            )
            threat = threat_term(threat_pull_of(c, pull, i), sees, s[LEVEL + domain, i])
            ratio = log_ratio(
                c[P.floors[0][0] + domain, i],
                0.0,
                threat + guarantor_term(guarantor_pull_of(c, i), has, x[OVERLAP, i]),
                a[ASSET_TERM + domain, i],
                c[P.domestic, i] * a[PUSH, i],
                now[at.need + domain, i],
                s[SLOW + domain, i],
            )
            x[RATIO + domain, i] = ratio
            x[WILLING + domain, i] = willingness(ratio)


@inlined
def member_sees(n, shape, at, distracting, member, now, s, a):
    """Work out what a member faces: its own overlap with the state, its own worries."""
    first = at.felt_member + member * shape.threats
    for i in range(n):
        a[SEES_OVERLAP, i] = 1.0
        a[SEES_DISTRACTION, i] = 0.0
    for k in range(shape.threats):
        for i in range(n):
            a[SEES_OVERLAP, i] = apart_after(
                a[SEES_OVERLAP, i], s[first + k, i], s[at.felt_state + k, i]
            )
        if distracting[k]:
            for i in range(n):
                a[SEES_DISTRACTION, i] = distraction_with(a[SEES_DISTRACTION, i], s[first + k, i])
    for i in range(n):
        a[SEES_OVERLAP, i] = overlap(a[SEES_OVERLAP, i])
        a[SEES_DISTRACTION, i] = unlinked(a[SEES_DISTRACTION, i], now[at.link, i])


@inlined
def member_weighs(n, at, member, domain, c, now, s, a, x):
    """Let one member weigh cooperation in one domain."""
    pull = P.threat_pulls[1][0].overlap + 3 * domain
    row = 3 * member + domain
    for i in range(n):
        sees = Situation(a[SEES_OVERLAP, i], a[SEES_DISTRACTION, i], now[at.involvement, i])
        ratio = log_ratio(
            c[P.floors[1][0] + domain, i],
            c[at.offset + member, i],
            threat_term(threat_pull_of(c, pull, i), sees, s[LEVEL + domain, i]),
            a[ASSET_TERM + domain, i],
            c[P.domestic, i] * a[PUSH + 1, i],
            now[at.need + 3 + domain, i],
            s[SLOW + 3 + domain, i],
        )
        x[at.ratio_member + row, i] = ratio
        x[at.willing_member + row, i] = willingness(ratio)


@stage
def members_weigh(n, shape, at, distracting, c, now, s, a, x):
    """Let every member weigh cooperation in each domain."""
    assert c.shape[1] == now.shape[1] == s.shape[1] == x.shape[1] == a.shape[1] == LANES
    for member in range(shape.members):
        member_sees(n, shape, at, distracting, member, now, s, a)
        for domain in range(3):
            member_weighs(n, at, member, domain, c, now, s, a, x)


@stage
def drift(n, at, c, u, s, x):
    """Let slow noise of both sides drift, and the alliance's attention follow political ties."""
    assert c.shape[1] == u.shape[1] == s.shape[1] == x.shape[1] == LANES
    for row in range(6):
        for i in range(n):
            luck = inverse_normal(u[at.noise_slow + row, i])
            x[SLOW + row, i] = next_slow(
                c[P.slow_carry, i], c[P.slow_jolt, i], s[SLOW + row, i], luck
            )
    for i in range(n):
        x[ATTENTION, i] = next_attention(s[ATTENTION, i], c[P.attention_speed, i], s[LEVEL, i])


@stage
def open_domains(n, shape, at, c, now, s, x):
    """Work out the part of each domain that law and opinion allow."""
    assert c.shape[1] == now.shape[1] == s.shape[1] == x.shape[1] == LANES
    for domain in range(3):
        row = WIN_SET + domain
        for i in range(n):
            x[row, i] = now[at.shut + domain, i]
        for law in range(shape.laws):
            first = at.law + law * PER_LAW
            for i in range(n):
                there = in_force(s[at.law_age + law, i], c[first + 2, i])
                x[row, i] = shut_after(x[row, i], c[first + 3 + domain, i] * there)
        for i in range(n):
            leverage = c[P.leverage, i] if domain == OPERATIONS else 0.0
            allowed = win_set(x[row, i], leverage, s[LEVEL + OPERATIONS, i])
            x[row, i] = open_part(allowed, c[P.domestic, i])


@stage
def legislate(n, shape, at, after, step, c, u, s, a, x):
    """Let laws that are drawn pass or grow older."""
    assert c.shape[1] == u.shape[1] == s.shape[1] == x.shape[1] == a.shape[1] == LANES
    if shape.laws == 0:
        return
    for i in range(n):
        a[STRONGEST, i] = s[at.felt_state, i]
    for k in range(1, shape.threats):
        for i in range(n):
            a[STRONGEST, i] = max(a[STRONGEST, i], s[at.felt_state + k, i])
    for law in range(shape.laws):
        first = at.law + law * PER_LAW
        for i in range(n):
            a[BEFORE, i] = 1.0
        if after[law] >= 0:
            for i in range(n):
                a[BEFORE, i] = s[at.law_age + after[law], i]
        for i in range(n):
            age = s[at.law_age + law, i]
            passed = passes(
                law_pull_of(c, i),
                c[first, i],
                a[STRONGEST, i],
                a[PUSH, i],
                s[LEVEL + OPERATIONS, i],
                (c[P.dt, i], u[at.noise_law + law, i]),
            )
            passed = passed * may_pass(age, step, c[first + 1, i], a[BEFORE, i])
            x[at.law_age + law, i] = next_age(age, passed)
