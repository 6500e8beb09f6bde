"""Coefficients read for one run, by name.

Every array here is two-dimensional: a row for each number (`layout`), a column for each run. The
inner loop of every function named in `loop` runs over columns, so that the processor handles
several runs at once; a test looks at the machine code to see that it does. The number of columns
in use is given at run time: with a constant one, the compiler unrolls the loop instead.
"""

from __future__ import annotations

from alliance_sim.compiled.function import inlined
from alliance_sim.engine.kernel.layout import POSITIONS as P
from alliance_sim.rules.domestic import LawPull
from alliance_sim.rules.events import Counting
from alliance_sim.rules.ladder import AgreementPull, LadderPull
from alliance_sim.rules.levels import Growth, Pace
from alliance_sim.rules.perception import Perception
from alliance_sim.rules.threats import ThreatHabits
from alliance_sim.rules.willingness import AssetPull, GuarantorPull, ThreatPull


@inlined
def habits_of(c, i):
    h = P.habits
    return ThreatHabits(
        c[h.pace, i], c[h.provocation, i], c[h.calming, i], c[h.carry, i], c[h.jolt, i]
    )


@inlined
def eyes_of(c, i):
    return Perception(c[P.eyes.learn, i], c[P.eyes.forget, i])


@inlined
def threat_pull_of(c, first, i):
    return ThreatPull(c[first, i], c[first + 1, i], c[first + 2, i])


@inlined
def guarantor_pull_of(c, i):
    p = P.guarantor_pull
    return GuarantorPull(
        c[p.abandonment, i], c[p.substitute, i], c[p.complement, i], c[p.capability, i]
    )


@inlined
def asset_pull_of(c, first, i):
    return AssetPull(
        c[first, i], c[first + 1, i], c[first + 2, i], c[first + 3, i], c[first + 4, i]
    )


@inlined
def pace_of(c, i):
    p = P.pace
    return Pace(c[p.speed, i], c[p.ratchet, i], c[p.disruption, i], c[p.leader, i], c[p.dt, i])


@inlined
def growth_of(c, i):
    g = P.growth
    return Growth(
        c[g.gain, i], c[g.general, i], c[g.loss, i], c[g.per_rung, i], c[g.mission_loss, i]
    )


@inlined
def law_pull_of(c, i):
    return LawPull(c[P.law.threat, i], c[P.law.leader, i], c[P.law.level, i])


@inlined
def ladder_pull_of(c, i):
    p = P.ladder
    return LadderPull(c[p.level, i], c[p.assets, i], c[p.spread, i], c[p.caution, i])


@inlined
def agreement_pull_of(c, i):
    p = P.agreement
    return AgreementPull(c[p.base, i], c[p.degree, i], c[p.share, i], c[p.operations, i])


@inlined
def counting_of(c, first, i):
    return Counting(c[first, i], c[first + 1, i], c[first + 2, i])
