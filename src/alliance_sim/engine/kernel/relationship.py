"""The relationship, a block of runs at a time: levels, assets, agreements and events.

Arrays are those of `sides`.
"""

from __future__ import annotations

from alliance_sim.compiled import stage
from alliance_sim.engine.kernel.generated import (
    agreement_of,
    counting_of,
    growth_of,
    pace_of,
)
from alliance_sim.engine.kernel.layout import LANES, A, P, S
from alliance_sim.rules.events import (
    entrapment,
    event_count,
    expected_events,
    institution,
    no_event,
    risen,
    suspend_chance,
    suspends,
)
from alliance_sim.rules.ladder import (
    next_network,
    sign_chance,
    signs,
)
from alliance_sim.rules.levels import (
    all_assets,
    breaking,
    hurry,
    next_general,
    next_level,
    next_mission,
    target,
)

OPERATIONS = 1
POLITICAL = 0


@stage
def levels_begin(n, c, a, x):
    """Begin at the level that both sides want, with nothing built."""
    assert c.shape[1] == x.shape[1] == a.shape[1] == LANES
    for domain in range(3):
        for i in range(n):
            x[S.level + domain, i] = target(
                x[S.win_set + domain, i],
                x[S.willing + domain, i],
                a[A.wanted + domain, i],
                c[P.softness, i],
                c[P.ceiling, i],
            )


@stage
def levels_follow(n, at, c, now, s, a, x):
    """Let levels follow what both sides want."""
    assert c.shape[1] == now.shape[1] == s.shape[1] == x.shape[1] == a.shape[1] == LANES
    for i in range(n):
        pace = pace_of(c, i)
        a[A.hurry, i] = hurry(pace, a[A.push, i] + a[A.push + 1, i])
        a[A.breaking, i] = breaking(pace, a[A.assets, i], now[at.given_capability_change, i])
    for domain in range(3):
        for i in range(n):
            wanted = target(
                s[S.win_set + domain, i],
                s[S.willing + domain, i],
                a[A.wanted + domain, i],
                c[P.softness, i],
                c[P.ceiling, i],
            )
            x[S.level + domain, i] = next_level(
                pace_of(c, i),
                s[S.level + domain, i],
                wanted,
                a[A.hurry, i],
                a[A.breaking, i],
            )


@stage
def assets_grow(n, at, c, now, s, a, x):
    """Let institutional assets grow and decay."""
    assert c.shape[1] == now.shape[1] == s.shape[1] == x.shape[1] == a.shape[1] == LANES
    for i in range(n):
        growth = growth_of(c, i)
        general, mission = s[S.general, i], s[S.mission, i]
        activity, steps_up = a[A.activity, i], s[S.climbed, i]
        x[S.general, i] = next_general(growth, general, mission, activity, steps_up)
        x[S.mission, i] = next_mission(
            growth, general, mission, activity, steps_up, now[at.given_missions_ended, i]
        )


@stage
def sign(n, at, c, now, u, s, x):
    """Let single allies sign defence agreements."""
    assert c.shape[1] == now.shape[1] == u.shape[1] == s.shape[1] == x.shape[1] == LANES
    for i in range(n):
        states = max(1.0, now[at.given_states, i])
        count = s[S.agreements, i]
        operations = s[S.level + OPERATIONS, i]
        chance = sign_chance(agreement_of(c, i), count, states, operations, c[P.dt, i])
        x[S.agreements, i] = count + signs(chance, u[at.noise_agreement, i])
        x[S.network, i] = next_network(s[S.network, i], c[P.network_lag, i], count, states)


@stage
def events_expected(n, c, s, a, x):
    """Work out how many events of each series are expected, and how likely none is."""
    assert c.shape[1] == s.shape[1] == x.shape[1] == a.shape[1] == LANES
    for series in range(4):
        for i in range(n):
            if series < 3:
                shown = x[S.level + series, i]
                up = risen(s[S.level + series, i], shown)
            else:
                built = all_assets(x[S.general, i], x[S.mission, i])
                shown = institution(a[A.assets, i], s[S.level + POLITICAL, i])
                up = risen(shown, institution(built, x[S.level + POLITICAL, i]))
            counting = counting_of(c, series, i)
            mean = expected_events(counting, shown, up, c[P.dt, i])
            a[A.mean + series, i] = mean
            a[A.size + series, i] = counting.size
            a[A.nothing + series, i] = no_event(mean, counting.size)


@stage
def events_counted(n, at, u, a, x):
    """Draw how many events happen; most often none, so that few runs enter the count."""
    assert u.shape[1] == x.shape[1] == a.shape[1] == LANES
    for series in range(4):
        for i in range(n):
            x[S.count + series, i] = event_count(
                a[A.mean + series, i],
                a[A.size + series, i],
                a[A.nothing + series, i],
                u[at.noise_counts + series, i],
            )


@stage
def suspended(n, at, c, now, u, s, x):
    """Draw whether running cooperation is suspended."""
    assert c.shape[1] == now.shape[1] == u.shape[1] == s.shape[1] == x.shape[1] == LANES
    for i in range(n):
        operations = s[S.level + OPERATIONS, i]
        chance = suspend_chance(
            c[P.suspension, i],
            c[P.suspension_entrapment, i],
            entrapment(operations, now[at.given_involvement + 1, i]),
            operations,
            c[P.dt, i],
        )
        x[S.suspended, i] = suspends(chance, u[at.noise_suspension, i])
