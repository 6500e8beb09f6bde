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
    """Coefficients of the realist block for either side, per unit, 0 or above."""

    overlap: float  # [bT] common threat
    distraction: float  # [bD] home threat in a theatre that is not linked
    entrapment: float  # [fE] times the domain's share: the other side's conflicts


class GuarantorPull(NamedTuple):
    """Coefficients of what a guarantor means to the state, per unit, 0 or above unless said."""

    abandonment: float  # [fA] doubt in the guarantor
    substitute: float  # [chi_s] a guarantor that replaces the relationship
    complement: float  # [chi_c] a guarantor that brokers it
    capability: float  # [a_cap] own capability above its mean, any sign


class Trend(NamedTuple):
    """What is common to both sides and grows by itself: the statistical rival of all theories."""

    slope: float  # log-odds per year
    around: float  # year in which it adds nothing


class Situation(NamedTuple):
    """What a partner faces this quarter, in [0, 1] unless said."""

    overlap: float  # agenda overlap (common threat)
    distraction: float  # perceived home threat times how little theatres are linked
    involvement: float  # the other side's involvement in conflicts


class Guarantee(NamedTuple):
    """What a partner has of a guarantor this quarter, in [0, 1] unless said."""

    commitment: float  # how committed the guarantor is to this partner
    networking: float  # how far the guarantor prefers networked partners
    dependence: float  # how far this partner depends on the guarantor
    capability: float  # own capability less its mean, from -1 to 1


class AssetPull(NamedTuple):
    """Coefficients of the institutional block for one domain, 0 or above."""

    assets: float  # [bI]
    political: float  # [S_PO, S_PE] spillover from political ties
    operations: float  # [S_OE] spillover from operations
    back: float  # [S_bk] spillback from operations lost since their peak
    network: float  # [bK] share of allies with an agreement
    missions: float  # [bM] a mission that the alliance leads


class Ties(NamedTuple):
    """What there is to join: what has been built between the partners, in [0, 1], and missions."""

    assets: float
    political: float
    operations: float
    lost: float  # operations level now below its peak
    network: float  # share of allies with an agreement, lagging by about a year
    missions: float  # that the alliance leads, 0 or above


@rule
def threat_term(pull: ThreatPull, sees: Situation, level: float) -> float:
    """Return what the realist block adds to the log ratio.

    Common threats pull together, a home threat elsewhere distracts, and depth entangles in the
    other's wars (A.1, A.10).
    """
    return (
        pull.overlap * sees.overlap
        - pull.distraction * sees.distraction
        - pull.entrapment * level * sees.involvement
    )


@rule
def guarantor_term(pull: GuarantorPull, has: Guarantee, overlap: float) -> float:
    """Return what a guarantor and own power add to the state's log ratio (A.2).

    Doubt in the guarantor makes the state look around. The guarantor replaces the relationship
    while it works through single allies, and brokers it once it prefers networks.

    Args:
        pull: Coefficients.
        has: What the state has of its guarantor.
        overlap: Agenda overlap, in [0, 1].
    """
    replaced = has.commitment * (1.0 - has.networking) * overlap * has.dependence
    brokered = has.commitment * has.networking * has.dependence
    return (
        pull.abandonment * has.dependence * (1.0 - has.commitment)
        - pull.substitute * replaced
        + pull.complement * brokered
        + pull.capability * has.capability
    )


@rule
def asset_term(pull: AssetPull, ties: Ties) -> float:
    """Return what the institutional block adds: what is built stays, spreads and connects.

    A running mission is work to be shared, with staffs, rules and places that a partner can join.
    """
    return (
        pull.assets * ties.assets
        + pull.political * ties.political
        + pull.operations * ties.operations
        - pull.back * ties.lost
        + pull.network * ties.network
        + pull.missions * ties.missions
    )


@rule
def floor_in(trend: Trend, floor: float, year: float) -> float:
    """Return a floor in a year: with nothing else there, and what has grown by itself.

    No theory says that cooperation grows by itself. A theory shows that it explains something only
    if it gains over a line that does.

    Args:
        trend: The line.
        floor: Log benefit/cost with nothing else there, in the year around which it turns.
        year: As a decimal number, in the middle of the quarter.
    """
    return floor + trend.slope * (year - trend.around)


@rule
def distraction_with(distraction: float, felt: float) -> float:
    """Return the strongest home threat after one more threat that distracts is considered."""
    return max(distraction, felt)


@rule
def unlinked(distraction: float, link: float) -> float:
    """Return what is left of a home worry where theatres are seen as linked, in [0, 1]."""
    return distraction * (1.0 - link)


@rule
def log_ratio(
    floor: float,
    offset: float,
    threat: float,
    assets: float,
    leader: float,
    need: float,
    slow: float,
) -> float:
    """Return a partner's log benefit/cost of cooperating in a domain: the blocks added up (A.0).

    Args:
        floor: With nothing else there.
        offset: What sets a member apart from the mean; 0 for the state.
        threat: From `threat_term`.
        assets: From `asset_term`.
        leader: The leaders' push, 0 with the domestic block off.
        need: What events of the day ask for.
        slow: Slow noise of this side.
    """
    return floor + offset + threat + assets + leader + need + slow


@rule
def mean_with(total: float, weight: float, value: float) -> float:
    """Return a weighted sum after one more member; divide the last by the sum of weights."""
    return total + weight * value


@rule
def willingness(log_ratio: float) -> float:
    """Return the level a partner would choose alone, in [0, 1], from its log benefit/cost."""
    return logistic(log_ratio)


@rule
def first_slow(spread: float, luck: float) -> float:
    """Return slow noise in the first quarter, from a standard normal `luck`.

    Nothing began with the first quarter, so it comes from the law that it keeps to in the long
    run, whose standard deviation is `spread`.
    """
    return spread * luck


@rule
def next_slow(carry: float, jolt: float, slow: float, luck: float) -> float:
    """Return slow noise next quarter: what is left of it plus a fresh normal (exact in time)."""
    return carry * slow + jolt * luck
