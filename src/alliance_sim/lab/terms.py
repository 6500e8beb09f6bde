"""What moved a partner: the terms of its log benefit/cost ratio, one by one.

A term is what the rule of its block gives with all other coefficients at 0, so that the formulas
stand in `rules.willingness` alone. The terms of a ratio add up to it, up to rounding.

Written in the exact subset of the rules, with arrays besides: the same source is compiled for the
page and runs as plain Python.
"""

from __future__ import annotations

from typing import Any

from alliance_sim.compiled import inlined, stage
from alliance_sim.engine.kernel.advance import Kinds
from alliance_sim.engine.kernel.generated import (
    asset_pulls_of,
    floors_of,
    guarantor_pull_of,
    threat_pulls_of,
    trend_of,
)
from alliance_sim.engine.kernel.layout import A, P, S, Shape
from alliance_sim.engine.kernel.partners import (
    ALLIANCE,
    OPERATIONS,
    STATE,
    member_sees,
)
from alliance_sim.rules.willingness import (
    AssetPull,
    Guarantee,
    GuarantorPull,
    Situation,
    ThreatPull,
    Ties,
    asset_term,
    floor_in,
    guarantor_term,
    mean_with,
    threat_term,
)

Floats = Any  # array of float64

# In the order in which they are written; blocks R, I and D, and what no theory turns off.
TERMS = (
    *("floor", "offset"),
    *("common_threat", "distraction", "entrapment"),
    *("abandonment", "substitute", "complement", "capability"),
    *("assets", "political", "operations", "spillback", "network", "missions"),
    *("leader", "need", "slow"),
)
MANY = len(TERMS)
FLOOR, OFFSET, COMMON_THREAT, ABANDONMENT, ASSETS, LEADER_PUSH, NEED, SLOW_NOISE = (
    *(0, 1, 2, 5, 9, 15, 16, 17),
)
FIRST_MEMBER = 2  # who: the state, the alliance as the mean of its members, then each member


@inlined
def _threat_terms(pull, sees, level, row, i, out):
    """Write what threats and the other side's wars add."""
    out[row, i] = threat_term(ThreatPull(pull.overlap, 0.0, 0.0), sees, level)
    out[row + 1, i] = threat_term(ThreatPull(0.0, pull.distraction, 0.0), sees, level)
    out[row + 2, i] = threat_term(ThreatPull(0.0, 0.0, pull.entrapment), sees, level)


@inlined
def _guarantor_terms(pull, has, overlap, row, i, out):
    """Write what a guarantor and own power add; only the state has one."""
    out[row, i] = guarantor_term(GuarantorPull(pull.abandonment, 0.0, 0.0, 0.0), has, overlap)
    out[row + 1, i] = guarantor_term(GuarantorPull(0.0, pull.substitute, 0.0, 0.0), has, overlap)
    out[row + 2, i] = guarantor_term(GuarantorPull(0.0, 0.0, pull.complement, 0.0), has, overlap)
    out[row + 3, i] = guarantor_term(GuarantorPull(0.0, 0.0, 0.0, pull.capability), has, overlap)


@inlined
def _asset_terms(pull, ties, row, i, out):
    """Write what has been built adds, the same for everybody."""
    out[row, i] = asset_term(AssetPull(pull.assets, 0.0, 0.0, 0.0, 0.0, 0.0), ties)
    out[row + 1, i] = asset_term(AssetPull(0.0, pull.political, 0.0, 0.0, 0.0, 0.0), ties)
    out[row + 2, i] = asset_term(AssetPull(0.0, 0.0, pull.operations, 0.0, 0.0, 0.0), ties)
    out[row + 3, i] = asset_term(AssetPull(0.0, 0.0, 0.0, pull.back, 0.0, 0.0), ties)
    out[row + 4, i] = asset_term(AssetPull(0.0, 0.0, 0.0, 0.0, pull.network, 0.0), ties)
    out[row + 5, i] = asset_term(AssetPull(0.0, 0.0, 0.0, 0.0, 0.0, pull.missions), ties)


@inlined
def _common_terms(n, at, side, domain, first, c, now, s, a, out):
    """Write what does not differ between partners of one side."""
    for i in range(n):
        floors = floors_of(c, side, domain, i)
        out[first + FLOOR, i] = floor_in(trend_of(c, i), floors, now[at.given_year, i])
        ties = Ties(
            a[A.assets, i],
            s[S.level, i],
            s[S.level + OPERATIONS, i],
            a[A.lost, i],
            s[S.network, i],
            now[at.given_missions, i],
        )
        _asset_terms(asset_pulls_of(c, domain, i), ties, first + ASSETS, i, out)
        out[first + LEADER_PUSH, i] = c[P.domestic, i] * a[A.push + side, i]
        out[first + NEED, i] = now[at.given_need + 3 * side + domain, i]
        out[first + SLOW_NOISE, i] = s[S.slow + 3 * side + domain, i]


@stage
def _state(n, at, domain, c, now, s, x, a, out):
    """Write the state's terms in a domain; `x` holds its new view of agendas."""
    first = domain * MANY
    _common_terms(n, at, STATE, domain, first, c, now, s, a, out)
    for i in range(n):
        out[first + OFFSET, i] = 0.0
        sees = Situation(x[S.overlap, i], 0.0, now[at.given_involvement + 1, i])
        has = Guarantee(
            now[at.given_commitment, i],
            now[at.given_networking, i],
            c[P.dependence, i],
            now[at.given_capability_state, i],
        )
        level = s[S.level + domain, i]
        pull = threat_pulls_of(c, STATE, domain, i)
        _threat_terms(pull, sees, level, first + COMMON_THREAT, i, out)
        guarantor = guarantor_pull_of(c, i)
        _guarantor_terms(guarantor, has, x[S.overlap, i], first + ABANDONMENT, i, out)


@stage
def _member(n, at, member, domain, c, now, s, a, out):
    """Write a member's terms in a domain; `a` holds what it sees."""
    first = (3 * (FIRST_MEMBER + member) + domain) * MANY
    _common_terms(n, at, ALLIANCE, domain, first, c, now, s, a, out)
    for i in range(n):
        out[first + OFFSET, i] = c[at.fixed_offset + member, i]
        sees = Situation(
            a[A.sees_overlap, i], a[A.sees_distraction, i], now[at.given_involvement, i]
        )
        pull = threat_pulls_of(c, ALLIANCE, domain, i)
        level = s[S.level + domain, i]
        _threat_terms(pull, sees, level, first + COMMON_THREAT, i, out)
        for term in range(4):
            out[first + ABANDONMENT + term, i] = 0.0


@stage
def _alliance(n, shape, at, now, a, out):
    """Write the means of members' terms, weighed as in this quarter."""
    for row in range(3 * MANY):
        for i in range(n):
            out[3 * MANY + row, i] = 0.0
        for member in range(shape.members):
            for i in range(n):
                theirs = out[3 * MANY * (FIRST_MEMBER + member) + row, i]
                weight = now[at.given_weight + member, i]
                out[3 * MANY + row, i] = mean_with(out[3 * MANY + row, i], weight, theirs)
        for i in range(n):
            out[3 * MANY + row, i] = out[3 * MANY + row, i] / a[A.everybody, i]


def weigh_terms(
    n: int,
    shape: Shape,
    at: Any,
    kinds: Kinds,
    c: Floats,
    now: Floats,
    s: Floats,
    x: Floats,
    a: Floats,
    out: Floats,
) -> None:
    """Write what moved everybody in a quarter that was just brought, but for the first of a run.

    Args:
        n: How many columns are in use.
        shape: How many there are of each.
        at: Where rows begin.
        kinds: What holds for all columns.
        c: Constants.
        now: Inputs of the quarter.
        s: The state before it.
        x: The state after it.
        a: What was worked out on the way; what members see is overwritten.
        out: Array (number, column): by who (the state, the alliance, then members), domain and
            term, in the order of `TERMS`.
    """
    for domain in range(3):
        _state(n, at, domain, c, now, s, x, a, out)
    for member in range(shape.members):
        member_sees(n, shape, at, kinds.distracting, member, now, s, a)
        for domain in range(3):
            _member(n, at, member, domain, c, now, s, a, out)
    _alliance(n, shape, at, now, a, out)
