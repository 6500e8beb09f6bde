"""The relationship, a block of runs at a time: levels, assets, agreements and events.

Arrays are those of `sides`.
"""

from __future__ import annotations

from alliance_sim.compiled.function import stage
from alliance_sim.engine.kernel.accessors import (
    agreement_pull_of,
    counting_of,
    growth_of,
    pace_of,
)
from alliance_sim.engine.kernel.layout import (
    ACTIVITY,
    AGREEMENTS,
    ASSETS,
    BREAKING,
    CLIMBED,
    COUNT,
    GENERAL,
    HURRY,
    LANES,
    LEVEL,
    MEAN,
    MISSION,
    NETWORK,
    NOTHING,
    PEAK,
    PUSH,
    SIZE,
    SUSPENDED,
    WANTED,
    WILLING,
    WIN_SET,
)
from alliance_sim.engine.kernel.layout import POSITIONS as P
from alliance_sim.rules.events import (
    entrapment,
    event_count,
    event_rate,
    institution,
    no_event,
    suspends,
)
from alliance_sim.rules.ladder import (
    next_network,
    signs,
)
from alliance_sim.rules.levels import (
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
            x[LEVEL + domain, i] = target(
                x[WIN_SET + domain, i],
                x[WILLING + domain, i],
                a[WANTED + domain, i],
                c[P.softness, i],
            )
    for i in range(n):
        x[PEAK, i] = x[LEVEL + OPERATIONS, i]


@stage
def levels_follow(n, at, c, now, s, a, x):
    """Let levels follow what both sides want."""
    assert c.shape[1] == now.shape[1] == s.shape[1] == x.shape[1] == a.shape[1] == LANES
    for i in range(n):
        pace = pace_of(c, i)
        a[HURRY, i] = hurry(pace, a[PUSH, i] + a[PUSH + 1, i])
        a[BREAKING, i] = breaking(pace, a[ASSETS, i], now[at.capability_change, i])
    for domain in range(3):
        for i in range(n):
            wanted = target(
                s[WIN_SET + domain, i],
                s[WILLING + domain, i],
                a[WANTED + domain, i],
                c[P.softness, i],
            )
            x[LEVEL + domain, i] = next_level(
                pace_of(c, i),
                s[LEVEL + domain, i],
                wanted,
                a[HURRY, i],
                a[BREAKING, i],
            )


@stage
def assets_grow(n, at, c, now, s, a, x):
    """Let institutional assets grow and decay, and remember the peak of operations."""
    assert c.shape[1] == now.shape[1] == s.shape[1] == x.shape[1] == a.shape[1] == LANES
    for i in range(n):
        growth = growth_of(c, i)
        general, mission = s[GENERAL, i], s[MISSION, i]
        activity, steps_up = a[ACTIVITY, i], s[CLIMBED, i]
        x[GENERAL, i] = next_general(growth, general, mission, activity, steps_up)
        x[MISSION, i] = next_mission(
            growth, general, mission, activity, steps_up, now[at.missions_ended, i]
        )
    for i in range(n):
        x[PEAK, i] = max(s[PEAK, i], x[LEVEL + OPERATIONS, i])


@stage
def agreements_follow(n, at, c, now, u, s, x):
    """Let single allies sign defence agreements."""
    assert c.shape[1] == now.shape[1] == u.shape[1] == s.shape[1] == x.shape[1] == LANES
    for i in range(n):
        states = max(1.0, now[at.states, i])
        count = s[AGREEMENTS, i]
        signed = signs(
            agreement_pull_of(c, i),
            count,
            states,
            s[LEVEL + OPERATIONS, i],
            c[P.dt, i],
            u[at.noise_agreement, i],
        )
        x[AGREEMENTS, i] = count + signed
        x[NETWORK, i] = next_network(s[NETWORK, i], c[P.network_lag, i], count, states)


@stage
def events_expected(n, c, s, a, x):
    """Work out how many events of each series are expected, and how likely none is."""
    assert c.shape[1] == s.shape[1] == x.shape[1] == a.shape[1] == LANES
    for series in range(4):
        first = P.counting[0].log_rate + 3 * series
        for i in range(n):
            if series < 3:
                shown = x[LEVEL + series, i]
            else:
                shown = institution(a[ASSETS, i], s[LEVEL + POLITICAL, i])
            counting = counting_of(c, first, i)
            mean = event_rate(counting, shown) * c[P.dt, i]
            a[MEAN + series, i] = mean
            a[SIZE + series, i] = counting.size
            a[NOTHING + series, i] = no_event(mean, counting.size)


@stage
def events_counted(n, at, u, a, x):
    """Draw how many events happen; most often none, so that few runs enter the count."""
    assert u.shape[1] == x.shape[1] == a.shape[1] == LANES
    for series in range(4):
        for i in range(n):
            x[COUNT + series, i] = event_count(
                a[MEAN + series, i],
                a[SIZE + series, i],
                a[NOTHING + series, i],
                u[at.noise_count + series, i],
            )


@stage
def suspended(n, at, c, now, u, s, x):
    """Draw whether running cooperation is suspended."""
    assert c.shape[1] == now.shape[1] == u.shape[1] == s.shape[1] == x.shape[1] == LANES
    for i in range(n):
        operations = s[LEVEL + OPERATIONS, i]
        x[SUSPENDED, i] = suspends(
            c[P.suspension, i],
            c[P.suspension_entrapment, i],
            entrapment(operations, now[at.involvement + 1, i]),
            operations,
            c[P.dt, i],
            u[at.noise_suspension, i],
        )
