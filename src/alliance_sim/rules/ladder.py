"""Formal steps: when one is tried, and defence agreements with single allies (A.11, B.2)."""

from __future__ import annotations

from typing import NamedTuple

from alliance_sim.arithmetic import happens, hazard, log, logistic
from alliance_sim.compiled import rule


class LadderPull(NamedTuple):
    """What brings a formal step on, log hazard per unit."""

    level: float  # [b_c] mean level of cooperation
    assets: float  # [b_I] institutional assets
    spread: float  # uncertainty of members' answers, log-odds
    caution: float  # margin at which officials think it even that asking pays, log-odds


class AgreementPull(NamedTuple):
    """What brings an agreement with one more ally on, log hazard per unit."""

    base: float  # [a]
    degree: float  # [b1] per log of 1 + agreements in force
    share: float  # [b2] share of allies with one
    operations: float  # [b3] operations level


@rule
def try_chance(
    pull: LadderPull,
    log_hazard: float,
    level: float,
    assets: float,
    margin: float,
    dt: float,
) -> float:
    """Return the probability that the next formal step is put to the Council this quarter.

    Officials sound members out before they ask: a step is tried only so far as the member on whom
    the decision turns would accept it. It can then still fail on a member's answer, or at home.

    Args:
        pull: What brings formal steps on.
        log_hazard: Log hazard per year of this rung.
        level: Mean level of cooperation, in [0, 1].
        assets: Institutional assets, in [0, 1].
        margin: The decisive member's log benefit/cost less what the step demands.
        dt: Length of the step, years.
    """
    # The sounding multiplies the hazard, so its logarithm is added; logistic keeps it above 0.
    sounding = log(logistic((margin - pull.caution) / pull.spread))
    return hazard(log_hazard + pull.level * level + pull.assets * assets + sounding, dt)


@rule
def tried(chance: float, luck: float) -> float:
    """Return 1 if the next formal step is put to the Council this quarter, else 0.

    Args:
        chance: From `try_chance`.
        luck: A uniform.
    """
    return happens(chance, luck)


@rule
def tries(step: float, opens: float, granted: float, would: float) -> float:
    """Return 1 if the next rung is taken up this quarter, else 0.

    Args:
        step: This quarter.
        opens: First quarter in which it can be asked for.
        granted: 1 if it is given without a decision.
        would: From `tried`.
    """
    return 1.0 if step >= opens and (granted > 0.0 or would > 0.0) else 0.0


@rule
def rung_after(rung: float, fallen: float) -> float:
    """Return the rung after a quarter without a step up: one lower if lost, never below 0."""
    return max(0.0, rung - fallen)


@rule
def climbed(rung: float, next_rung: float) -> float:
    """Return rungs climbed in a quarter, 0 after a fall."""
    return max(0.0, next_rung - rung)


@rule
def falls(risk: float, luck: float) -> float:
    """Return 1 if a rung is lost this quarter, else 0, from the probability and a uniform."""
    return 1.0 if luck < risk else 0.0


@rule
def next_network(network: float, lag: float, count: float, states: float) -> float:
    """Return the share of allies with an agreement as both sides see it, lagging by about a year.

    Args:
        network: What they saw so far, in [0, 1].
        lag: Share of the gap closed in a step, 0 to 1.
        count: Agreements in force.
        states: States in the alliance, above 0.
    """
    return network + lag * (min(1.0, count / states) - network)


@rule
def sign_chance(
    pull: AgreementPull, count: float, states: float, operations: float, dt: float
) -> float:
    """Return the probability that one more ally signs a defence agreement this quarter.

    Agreements beget agreements: experience lowers the cost, and partners of partners follow.

    Args:
        pull: What brings agreements on.
        count: Agreements in force.
        states: States in the alliance, above 0; no more can sign.
        operations: Operations level, in [0, 1].
        dt: Length of the step, years.
    """
    if count >= states:
        return 0.0
    drive = pull.degree * log(1.0 + count) + pull.share * count / states
    return hazard(pull.base + drive + pull.operations * operations, dt)


@rule
def signs(chance: float, luck: float) -> float:
    """Return 1 if one more ally signs this quarter, else 0, from `sign_chance` and a uniform."""
    return happens(chance, luck)
