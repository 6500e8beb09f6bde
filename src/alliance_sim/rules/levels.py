"""How cooperation and institutional assets follow what both sides want (A.0, A.3, A.4)."""

from __future__ import annotations

from typing import NamedTuple

from alliance_sim.arithmetic import exp, log
from alliance_sim.compiled import rule


class Pace(NamedTuple):
    """How fast levels move."""

    speed: float  # [k] per year
    ratchet: float  # [r] share by which full assets slow a fall, 0 to 1
    disruption: float  # [a_chg] per unit of change in capability
    leader: float  # extra log speed per unit of a leader's push
    dt: float  # length of a step, years


class Growth(NamedTuple):
    """How institutional assets grow, per step unless said."""

    gain: float  # share of what is missing gained at full activity, 0 to 1
    general: float  # part of it that outlives missions, 0 to 1
    loss: float  # share lost, 0 to 1
    per_rung: float  # share of what is missing gained per rung climbed, 0 to 1
    mission_loss: float  # share of the mission's own assets lost at its end, 0 to 1


@rule
def soft_minimum(a: float, b: float, softness: float) -> float:
    """Return a power mean of two levels, near the smaller: cooperation needs both sides.

    Args:
        a: One side's willingness, in [0, 1].
        b: The other's, in [0, 1].
        softness: The power, above 0; 4 is the method's choice, large values approach the minimum.

    Returns:
        ((a**-p + b**-p) / 2)**(-1/p), between the smaller and the larger.
    """
    small = max(1e-12, min(a, b))
    large = max(1e-12, max(a, b))
    ratio = exp(softness * log(small / large))
    return min(large, small * exp((0.6931471805599453 - log(1.0 + ratio)) / softness))


@rule
def target(win_set: float, ours: float, theirs: float, softness: float, ceiling: float) -> float:
    """Return the level in a domain that both sides want and the law allows, in [0, 1].

    What can be ratified bounds what governments agree on and does not scale it (Putnam): a wish
    that lies well below the win-set is not made smaller by it. How far law bounds and how far it
    scales is a coefficient, so that both readings can be compared.

    Args:
        win_set: Part of the domain that law and opinion allow, in [0, 1].
        ours: One side's willingness, in [0, 1].
        theirs: The other's, in [0, 1].
        softness: The power of the soft minimum, above 0.
        ceiling: From 0, the win-set multiplies what both want, to 1, it is a third smallest.

    Returns:
        A level in [0, 1]. With ceiling 1 it may lie above the win-set or the wishes by as much as a
        soft minimum does: a factor of 2 ** (1 / softness) where the other is far larger.
    """
    wanted = soft_minimum(ours, theirs, softness)
    bounded = soft_minimum(win_set, wanted, softness)
    return (1.0 - ceiling) * (win_set * wanted) + ceiling * bounded


@rule
def mean_of_three(political: float, operations: float, equipment: float) -> float:
    """Return the mean over the domains: of levels, how active both sides are together."""
    return (political + operations + equipment) / 3.0


@rule
def all_assets(general: float, mission: float) -> float:
    """Return all institutional assets, in [0, 1]."""
    return min(1.0, general + mission)


@rule
def lost(peak: float, operations: float) -> float:
    """Return how far operations lie below their peak, in [0, 1]."""
    return max(0.0, peak - operations)


@rule
def hurry(pace: Pace, push: float) -> float:
    """Return how fast levels move this quarter, per year: leaders hurry things, on a log scale."""
    return pace.speed * exp(pace.leader * push)


@rule
def breaking(pace: Pace, assets: float, change: float) -> float:
    """Return how much faster a level falls than it rises, 0 or above.

    What has been built slows a fall (the ratchet), and a jolt in capability makes commitments
    break faster.

    Args:
        pace: Speeds.
        assets: Institutional assets, in [0, 1].
        change: Absolute change in the state's capability this year, in [0, 1].
    """
    return (1.0 - pace.ratchet * assets) * exp(pace.disruption * change)


@rule
def next_level(pace: Pace, level: float, target: float, hurry: float, breaking: float) -> float:
    """Return a cooperation level next quarter, between where it was and its target.

    Args:
        pace: Speeds.
        level: Level now, in [0, 1].
        target: What both sides want and the law allows, in [0, 1].
        hurry: From `hurry`, per year.
        breaking: From `breaking`, for a fall.
    """
    rate = hurry * breaking if target < level else hurry
    return level + (1.0 - exp(-rate * pace.dt)) * (target - level)


@rule
def next_general(
    growth: Growth, general: float, mission: float, activity: float, climbed: float
) -> float:
    """Return general institutional assets next quarter, in [0, 1].

    Args:
        growth: Speeds.
        general: General assets now.
        mission: Mission assets now; both together stay at or below 1.
        activity: Mean level of cooperation, in [0, 1].
        climbed: Rungs climbed in the last quarter.
    """
    missing = max(0.0, 1.0 - general - mission)
    return general * (1.0 - growth.loss) + gained_general(growth, activity, climbed) * missing


@rule
def gained_general(growth: Growth, activity: float, climbed: float) -> float:
    """Return the share of what is missing that general assets gain in a step, in [0, 1]."""
    return min(1.0, growth.general * growth.gain * activity + growth.per_rung * climbed)


@rule
def next_mission(
    growth: Growth,
    general: float,
    mission: float,
    activity: float,
    climbed: float,
    ended: float,
) -> float:
    """Return the mission's own assets next quarter, in [0, 1].

    General assets gain first; what they leave is all that the mission's can gain.

    Args:
        growth: Speeds.
        general: General assets now.
        mission: Mission assets now.
        activity: Mean level of cooperation, in [0, 1].
        climbed: Rungs climbed in the last quarter.
        ended: Share of missions that end, in [0, 1].
    """
    missing = max(0.0, 1.0 - general - mission)
    kept = mission * (1.0 - growth.loss) * (1.0 - growth.mission_loss * ended)
    gained = (1.0 - growth.general) * growth.gain * activity
    return kept + min(gained, 1.0 - gained_general(growth, activity, climbed)) * missing


@rule
def higher(before: float, now: float) -> float:
    """Return the highest so far: what was reached once is remembered."""
    return max(before, now)
