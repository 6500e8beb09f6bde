"""How the alliance agrees: each member answers, and a rule of decision sums up (A.9)."""

from __future__ import annotations

from alliance_sim.arithmetic import normal_share
from alliance_sim.compiled import rule

CONSENSUS = 0
WEIGHTED_MAJORITY = 1
LEADER = 2
LARGEST_RATIO = 1e6  # log-odds beyond any that a member can have


@rule
def least_willing(ratio: float, reluctance: float) -> float:
    """Return the log ratio of a group's least willing state, by which it answers formal steps."""
    return ratio - reluctance


@rule
def accepts(ratio: float, demand: float, spread: float, luck: float) -> float:
    """Return 1 if a member accepts a formal step, else 0.

    Args:
        ratio: Log benefit/cost of political cooperation of its least willing state.
        demand: What the step asks, on the same scale.
        spread: Uncertainty of the answer, above 0.
        luck: A standard normal.
    """
    return 1.0 if ratio + spread * luck >= demand else 0.0


@rule
def accept_chance(ratio: float, demand: float, spread: float) -> float:
    """Return the probability that a member accepts a formal step: that of `accepts`."""
    return normal_share((ratio - demand) / spread)


@rule
def least_of(decisive: float, ratio: float, weight: float) -> float:
    """Return the smallest ratio after one more member is considered; who is not in has no say."""
    return min(decisive, ratio) if weight > 0.0 else decisive


@rule
def backing_with(backing: float, weight: float, ratio: float, asked: float) -> float:
    """Return the weight behind a demand after one more member with this ratio is counted."""
    return backing + weight if ratio >= asked else backing


@rule
def decisive_with(
    decisive: float, ratio: float, backing: float, all_weight: float, share: float
) -> float:
    """Return the decisive member's ratio after one more member is considered.

    The decisive member is the least willing one whose assent a decision needs: the largest ratio
    that members of enough weight reach. (Under consensus it is the smallest of all, `least_of`.)

    Args:
        decisive: The largest found so far.
        ratio: This member's ratio.
        backing: Weight of members whose ratio is at least that.
        all_weight: Weight of all members.
        share: Share of weights that a decision needs.
    """
    return max(decisive, ratio) if backing >= share * all_weight else decisive


@rule
def agreed(
    decision: int, yes_weight: float, all_weight: float, leader: float, needed: float
) -> float:
    """Return 1 if the Council agrees, else 0.

    Args:
        decision: CONSENSUS, WEIGHTED_MAJORITY or LEADER.
        yes_weight: Weight of the members that accept.
        all_weight: Weight of all members, above 0.
        leader: 1 if the leading member accepts.
        needed: Share of weights that a weighted majority needs.
    """
    if decision == LEADER:
        return leader
    share = needed if decision == WEIGHTED_MAJORITY else 1.0
    return 1.0 if yes_weight >= share * all_weight else 0.0
