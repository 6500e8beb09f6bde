"""What a partner would choose alone: a log benefit/cost ratio made of three blocks (A.0).

A partner that maximises B ln(w) + A ln(1 - w), security gained against autonomy lost, chooses
w = B / (A + B). So every theory enters as a term added to ln(B / A), and +1 means "benefit over
cost times 2.7".
"""

from __future__ import annotations

from typing import NamedTuple

from alliance_sim.arithmetic import logistic
from alliance_sim.compiled import rule


class ThreatPull(NamedTuple):
    """Coefficients of the realist block, per unit, 0 or above unless said."""

    overlap: float  # [bT] common threat
    distraction: float  # [bD] home threat in a theatre that is not linked
    abandonment: float  # [fA] doubt in the guarantor
    entrapment: float  # [fE] times the domain's share: the other side's conflicts
    substitute: float  # [chi_s] a guarantor that replaces the relationship
    complement: float  # [chi_c] a guarantor that brokers it
    capability: float  # [a_cap] own capability above its mean, any sign


class Situation(NamedTuple):
    """What a partner faces this quarter, in [0, 1] unless said."""

    overlap: float  # agenda overlap (common threat)
    distraction: float  # perceived home threat times how little theatres are linked
    commitment: float  # how committed the guarantor is to this partner
    networking: float  # how far the guarantor prefers networked partners
    dependence: float  # how far this partner depends on the guarantor
    involvement: float  # the other side's involvement in conflicts
    capability: float  # own capability less its mean, from -1 to 1


class AssetPull(NamedTuple):
    """Coefficients of the institutional block for one domain, 0 or above."""

    assets: float  # [bI]
    political: float  # [S_PO, S_PE] spillover from political ties
    operations: float  # [S_OE] spillover from operations
    back: float  # [S_bk] spillback from operations lost since their peak
    network: float  # [bK] share of allies with an agreement


class Ties(NamedTuple):
    """What has been built between the partners, in [0, 1]."""

    assets: float
    political: float
    operations: float
    lost: float  # operations level now below its peak
    network: float  # share of allies with an agreement, lagging by about a year


@rule
def threat_term(pull: ThreatPull, sees: Situation, level: float) -> float:
    """Return what the realist block adds to the log ratio.

    Common threats pull together, a home threat elsewhere distracts, doubt in the guarantor makes
    partners look around, and depth entangles in the other's wars (A.1, A.2, A.10). The guarantor
    replaces the relationship while it works through single allies, and brokers it once it prefers
    networks.
    """
    guarantee = sees.commitment * (1.0 - sees.networking) * sees.overlap * sees.dependence
    brokerage = sees.commitment * sees.networking * sees.dependence
    return (
        pull.overlap * sees.overlap
        - pull.distraction * sees.distraction
        + pull.abandonment * sees.dependence * (1.0 - sees.commitment)
        - pull.entrapment * level * sees.involvement
        - pull.substitute * guarantee
        + pull.complement * brokerage
        + pull.capability * sees.capability
    )


@rule
def asset_term(pull: AssetPull, ties: Ties) -> float:
    """Return what the institutional block adds: what is built stays, spreads and connects."""
    return (
        pull.assets * ties.assets
        + pull.political * ties.political
        + pull.operations * ties.operations
        - pull.back * ties.lost
        + pull.network * ties.network
    )


@rule
def willingness(log_ratio: float) -> float:
    """Return the level a partner would choose alone, in [0, 1], from its log benefit/cost."""
    return logistic(log_ratio)


@rule
def next_slow(carry: float, jolt: float, slow: float, luck: float) -> float:
    """Return slow noise next quarter: what is left of it plus a fresh normal (exact in time)."""
    return carry * slow + jolt * luck
