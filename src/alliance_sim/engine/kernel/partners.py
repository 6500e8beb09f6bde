"""The state and the members, a block of runs at a time: leaders, willingness, law.

Arrays: `c` constants, `now` this quarter's inputs, `u` this quarter's uniforms, `s` the state as
it was, `x` the state as it will be, `a` what is worked out on the way. `at` says where rows begin.
"""

from __future__ import annotations

from alliance_sim.compiled import inlined, stage
from alliance_sim.engine.kernel.generated import (
    asset_pulls_of,
    floors_of,
    guarantor_pull_of,
    law_of,
    threat_pulls_of,
    trend_of,
)
from alliance_sim.engine.kernel.layout import LANES, A, P, S
from alliance_sim.engine.kernel.noise import SLOW
from alliance_sim.rules.domestic import (
    in_force,
    may_pass,
    next_age,
    open_part,
    pass_chance,
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
    first_slow,
    floor_in,
    guarantor_term,
    log_ratio,
    mean_with,
    next_slow,
    threat_term,
    unlinked,
    willingness,
)

STATE, ALLIANCE = 0, 1
OPERATIONS = 1


@stage
def leaders_push(n, shape, at, c, now, sides, drawn, a):
    """Work out the leaders' push, with those who are drawn once per run."""
    assert c.shape[1] == now.shape[1] == a.shape[1] == drawn.shape[1] == LANES
    for side in range(2):
        for i in range(n):
            a[A.push + side, i] = now[at.given_push + side, i]
    for leader in range(shape.leaders):
        row = A.push + sides[leader]
        for i in range(n):
            pushed = c[P.leader_spread, i] * drawn[leader, i]
            a[row, i] = a[row, i] + now[at.given_drawn_push + leader, i] * pushed


@stage
def what_is_built(n, c, s, a):
    """Sum up what both sides see of the relationship."""
    assert c.shape[1] == s.shape[1] == a.shape[1] == LANES
    for i in range(n):
        a[A.assets, i] = all_assets(s[S.general, i], s[S.mission, i])
        a[A.activity, i] = mean_of_three(s[S.level, i], s[S.level + 1, i], s[S.level + 2, i])
        a[A.lost, i] = lost(s[S.peak, i], s[S.level + OPERATIONS, i])


@stage
def asset_terms(n, at, c, now, s, a):
    """Work out the institutional block, which is the same for everybody."""
    assert c.shape[1] == now.shape[1] == s.shape[1] == a.shape[1] == LANES
    for domain in range(3):
        for i in range(n):
            political, operations = s[S.level, i], s[S.level + OPERATIONS, i]
            ties = Ties(
                a[A.assets, i],
                political,
                operations,
                a[A.lost, i],
                s[S.network, i],
                now[at.given_missions, i],
            )
            a[A.asset_term + domain, i] = asset_term(asset_pulls_of(c, domain, i), ties)


@stage
def weigh_all(n, shape, at, now, a):
    """Add up the weights of all members this quarter."""
    assert now.shape[1] == a.shape[1] == LANES
    for i in range(n):
        a[A.everybody, i] = 0.0
    for member in range(shape.members):
        for i in range(n):
            a[A.everybody, i] = mean_with(a[A.everybody, i], now[at.given_weight + member, i], 1.0)


@inlined
def mean_of_members(n, shape, at, now, a, values, stride, out, row):
    """Write the mean of one value per member, weighted by this quarter's weights."""
    first, step = stride
    for i in range(n):
        out[row, i] = 0.0
    for member in range(shape.members):
        for i in range(n):
            out[row, i] = mean_with(
                out[row, i], now[at.given_weight + member, i], values[first + step * member, i]
            )
    for i in range(n):
        out[row, i] = out[row, i] / a[A.everybody, i]


@stage
def means_of_members(n, shape, at, now, a, x):
    """Sum up what members feel and want, once all have become what they decided."""
    assert now.shape[1] == x.shape[1] == a.shape[1] == LANES
    for k in range(shape.threats):
        mean_of_members(
            n, shape, at, now, a, x, (at.felt_member + k, shape.threats), x, at.felt_alliance + k
        )
    mean_of_members(n, shape, at, now, a, x, (at.ratio_member, 3), x, S.mean_ratio)
    for domain in range(3):
        mean_of_members(
            n, shape, at, now, a, x, (at.willing_member + domain, 3), x, S.mean_willing + domain
        )


@stage
def wanted_by_alliance(n, shape, at, now, s, a):
    """Work out what the alliance wants, with this quarter's weights."""
    assert now.shape[1] == s.shape[1] == a.shape[1] == LANES
    for domain in range(3):
        mean_of_members(
            n, shape, at, now, a, s, (at.willing_member + domain, 3), a, A.wanted + domain
        )


@stage
def state_weighs(n, at, c, now, s, a, x):
    """Let the state weigh cooperation in each domain; `x` holds its new view of agendas."""
    assert c.shape[1] == now.shape[1] == s.shape[1] == x.shape[1] == a.shape[1] == LANES
    for domain in range(3):
        for i in range(n):
            sees = Situation(x[S.overlap, i], 0.0, now[at.given_involvement + 1, i])
            has = Guarantee(
                now[at.given_commitment, i],
                now[at.given_networking, i],
                c[P.dependence, i],
                now[at.given_capability_state, i],
            )
            threat = threat_term(threat_pulls_of(c, STATE, domain, i), sees, s[S.level + domain, i])
            ratio = log_ratio(
                floor_in(trend_of(c, i), floors_of(c, STATE, domain, i), now[at.given_year, i]),
                0.0,
                threat + guarantor_term(guarantor_pull_of(c, i), has, x[S.overlap, i]),
                a[A.asset_term + domain, i],
                c[P.domestic, i] * a[A.push, i],
                now[at.given_need + domain, i],
                s[S.slow + domain, i],
            )
            x[S.ratio + domain, i] = ratio
            x[S.willing + domain, i] = willingness(ratio)


@inlined
def member_sees(n, shape, at, distracting, member, now, s, a):
    """Work out what a member faces: its own overlap with the state, its own worries."""
    first = at.felt_member + member * shape.threats
    for i in range(n):
        a[A.sees_overlap, i] = 1.0
        a[A.sees_distraction, i] = 0.0
    for k in range(shape.threats):
        for i in range(n):
            a[A.sees_overlap, i] = apart_after(
                a[A.sees_overlap, i], s[first + k, i], s[at.felt_state + k, i]
            )
        if distracting[k]:
            for i in range(n):
                a[A.sees_distraction, i] = distraction_with(
                    a[A.sees_distraction, i], s[first + k, i]
                )
    for i in range(n):
        a[A.sees_overlap, i] = overlap(a[A.sees_overlap, i])
        a[A.sees_distraction, i] = unlinked(a[A.sees_distraction, i], now[at.given_link, i])


@inlined
def member_weighs(n, at, member, domain, c, now, s, a, x):
    """Let one member weigh cooperation in one domain."""
    row = 3 * member + domain
    for i in range(n):
        sees = Situation(
            a[A.sees_overlap, i], a[A.sees_distraction, i], now[at.given_involvement, i]
        )
        ratio = log_ratio(
            floor_in(trend_of(c, i), floors_of(c, ALLIANCE, domain, i), now[at.given_year, i]),
            c[at.fixed_offset + member, i],
            threat_term(threat_pulls_of(c, ALLIANCE, domain, i), sees, s[S.level + domain, i]),
            a[A.asset_term + domain, i],
            c[P.domestic, i] * a[A.push + 1, i],
            now[at.given_need + 3 + domain, i],
            s[S.slow + 3 + domain, i],
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
def slow_begins(n, shape, c, luck, s, x):
    """Begin slow noise of both sides, and copy it to where both look for it."""
    assert c.shape[1] == luck.shape[1] == s.shape[1] == x.shape[1] == LANES
    for row in range(SLOW):
        for i in range(n):
            x[S.slow + row, i] = first_slow(c[P.slow_spread, i], luck[shape.threats + row, i])
            s[S.slow + row, i] = x[S.slow + row, i]


@stage
def drift(n, shape, c, luck, s, x):
    """Let slow noise of both sides drift, and the alliance's attention follow political ties."""
    assert c.shape[1] == luck.shape[1] == s.shape[1] == x.shape[1] == LANES
    for row in range(SLOW):
        for i in range(n):
            x[S.slow + row, i] = next_slow(
                c[P.slow_carry, i],
                c[P.slow_jolt, i],
                s[S.slow + row, i],
                luck[shape.threats + row, i],
            )
    for i in range(n):
        x[S.attention, i] = next_attention(
            s[S.attention, i], c[P.attention_speed, i], s[S.level, i]
        )


@stage
def open_domains(n, shape, at, c, now, s, x):
    """Work out the part of each domain that law and opinion allow."""
    assert c.shape[1] == now.shape[1] == s.shape[1] == x.shape[1] == LANES
    for domain in range(3):
        row = S.win_set + domain
        for i in range(n):
            x[row, i] = now[at.given_shut + domain, i]
        for law in range(shape.laws):
            opens = at.fixed_law_opens + 3 * law + domain
            for i in range(n):
                there = in_force(s[at.law_age + law, i], c[at.fixed_law_lasts + law, i])
                x[row, i] = shut_after(x[row, i], c[opens, i] * there)
        for i in range(n):
            leverage = c[P.leverage, i] if domain == OPERATIONS else 0.0
            allowed = win_set(x[row, i], leverage, s[S.level + OPERATIONS, i])
            x[row, i] = open_part(allowed, c[P.domestic, i])


@stage
def strongest_threat(n, shape, at, s, a):
    """Find the threat that the state feels most."""
    assert s.shape[1] == a.shape[1] == LANES
    for i in range(n):
        a[A.strongest, i] = s[at.felt_state, i]
    for k in range(1, shape.threats):
        for i in range(n):
            a[A.strongest, i] = max(a[A.strongest, i], s[at.felt_state + k, i])


@stage
def laws_pass(n, shape, at, after, step, c, u, s, a, x):
    """Let laws that are drawn pass or grow older."""
    assert c.shape[1] == u.shape[1] == s.shape[1] == x.shape[1] == a.shape[1] == LANES
    if shape.laws == 0:
        return
    strongest_threat(n, shape, at, s, a)
    for law in range(shape.laws):
        for i in range(n):
            a[A.before, i] = 1.0
        if after[law] >= 0:
            for i in range(n):
                a[A.before, i] = s[at.law_age + after[law], i]
        for i in range(n):
            age = s[at.law_age + law, i]
            chance = pass_chance(
                law_of(c, i),
                c[at.fixed_law_log_hazard + law, i],
                a[A.strongest, i],
                a[A.push, i],
                s[S.level + OPERATIONS, i],
                c[P.dt, i],
            )
            passed = passes(chance, u[at.noise_law + law, i])
            first_step = c[at.fixed_law_first_step + law, i]
            passed = passed * may_pass(age, step, first_step, a[A.before, i])
            x[at.law_age + law, i] = next_age(age, passed)
