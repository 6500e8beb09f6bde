"""Threats and how both sides see them, a block of runs at a time. Arrays are those of `sides`."""

from __future__ import annotations

from alliance_sim.compiled import stage
from alliance_sim.engine.kernel.generated import (
    eyes_of,
    habits_of,
)
from alliance_sim.engine.kernel.layout import LANES, A, S
from alliance_sim.rules.perception import (
    apart_after,
    attended,
    attended_exposure,
    attention_with,
    felt_at_once,
    next_perceived,
    overlap,
)
from alliance_sim.rules.threats import first_mood, menace, next_hostility, next_mood


@stage
def threats_begin(n, shape, at, c, now, luck, x):
    """Put threats where the scenario has them in the first quarter, in a mood of their own."""
    assert c.shape[1] == now.shape[1] == luck.shape[1] == x.shape[1] == LANES
    for k in range(shape.threats):
        for i in range(n):
            hostility = now[at.given_hostility + k, i]
            x[at.mood + k, i] = first_mood(habits_of(c, i), luck[k, i])
            x[at.hostility + k, i] = hostility
            x[at.menace + k, i] = menace(
                now[at.given_capability + k, i], c[at.fixed_offence + k, i], hostility
            )


@stage
def threats_move(n, shape, at, c, now, luck, s, a, x):
    """Let threats drift, be provoked and calm down."""
    assert c.shape[1] == now.shape[1] == luck.shape[1] == s.shape[1] == x.shape[1] == a.shape[1]
    assert a.shape[1] == LANES
    for k in range(shape.threats):
        for i in range(n):
            habits = habits_of(c, i)
            attention = attended(s[at.felt_state + k, i], s[at.felt_alliance + k, i])
            hostility = next_hostility(
                habits,
                s[at.hostility + k, i],
                now[at.given_hostility + k, i],
                s[at.mood + k, i],
                a[A.activity, i],
                attention,
            )
            x[at.mood + k, i] = next_mood(habits, s[at.mood + k, i], luck[k, i])
            x[at.hostility + k, i] = hostility
            x[at.menace + k, i] = menace(
                now[at.given_capability + k, i], c[at.fixed_offence + k, i], hostility
            )


@stage
def feel_at_once(n, shape, at, asian, now, x):
    """Let everybody feel threats as they press in the first quarter."""
    assert now.shape[1] == x.shape[1] == LANES
    for k in range(shape.threats):
        for i in range(n):
            x[at.felt_state + k, i] = felt_at_once(
                now[at.given_exposure_state + k, i], x[at.menace + k, i]
            )
    for row in range(shape.members * shape.threats):
        k = row % shape.threats
        for i in range(n):
            exposure = now[at.given_exposure_member + row, i]
            if asian[k]:
                drawn = attention_with(0.0, now[at.given_attention, i])
                exposure = attended_exposure(exposure, drawn)
            x[at.felt_member + row, i] = felt_at_once(exposure, x[at.menace + k, i])


@stage
def felt_so_far(n, shape, at, x, s):
    """Copy what is felt in the first quarter to where members look for it."""
    assert s.shape[1] == x.shape[1] == LANES
    for row in range(shape.threats):
        for i in range(n):
            s[at.felt_state + row, i] = x[at.felt_state + row, i]
    for row in range(shape.members * shape.threats):
        for i in range(n):
            s[at.felt_member + row, i] = x[at.felt_member + row, i]


@stage
def feel(n, shape, at, asian, c, now, s, x):
    """Let everybody look at threats; attention brings distant ones nearer to members."""
    assert c.shape[1] == now.shape[1] == s.shape[1] == x.shape[1] == LANES
    for k in range(shape.threats):
        for i in range(n):
            x[at.felt_state + k, i] = next_perceived(
                eyes_of(c, i),
                s[at.felt_state + k, i],
                now[at.given_exposure_state + k, i],
                s[at.menace + k, i],
            )
    attention = 0.0
    for i in range(n):
        attention = max(attention, attention_with(s[S.attention, i], now[at.given_attention, i]))
    for row in range(shape.members * shape.threats):
        k = row % shape.threats
        if asian[k] and attention > 0.0:
            for i in range(n):
                exposure = attended_exposure(
                    now[at.given_exposure_member + row, i],
                    attention_with(s[S.attention, i], now[at.given_attention, i]),
                )
                x[at.felt_member + row, i] = next_perceived(
                    eyes_of(c, i), s[at.felt_member + row, i], exposure, s[at.menace + k, i]
                )
        else:
            for i in range(n):
                x[at.felt_member + row, i] = next_perceived(
                    eyes_of(c, i),
                    s[at.felt_member + row, i],
                    now[at.given_exposure_member + row, i],
                    s[at.menace + k, i],
                )


@stage
def agenda_overlap(n, shape, at, s, x):
    """Work out how far both sides fear the same threats."""
    assert s.shape[1] == x.shape[1] == LANES
    for i in range(n):
        x[S.overlap, i] = 1.0
    for k in range(shape.threats):
        for i in range(n):
            x[S.overlap, i] = apart_after(
                x[S.overlap, i], s[at.felt_state + k, i], s[at.felt_alliance + k, i]
            )
    for i in range(n):
        x[S.overlap, i] = overlap(x[S.overlap, i])
