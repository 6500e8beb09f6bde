"""External threats: what they do, and how hard they press."""

from __future__ import annotations

from typing import NamedTuple

from alliance_sim.arithmetic import power
from alliance_sim.compiled import rule


class ThreatHabits(NamedTuple):
    """How threats move by themselves."""

    pace: float  # share of the gap to the target closed in a step, 0 to 1
    provocation: float  # hostility added when the partners cooperate fully, 0 or above
    calming: float  # share of hostility that goes when nobody attends, 0 to 1
    carry: float  # share of own noise left after a step, 0 to 1
    jolt: float  # standard deviation of the noise added in a step, 0 or above
    spread: float  # standard deviation of own noise in the long run, 0 or above


@rule
def next_hostility(
    habits: ThreatHabits,
    hostility: float,
    given: float,
    mood: float,
    cooperation: float,
    attention: float,
) -> float:
    """Return a threat's hostility next quarter, in [0, 1].

    A threat mostly follows its own course; closer cooperation against it provokes, and a threat
    that nobody attends to calms, because posture is partly a conversation.

    Args:
        habits: How threats move.
        hostility: Hostility now, in [0, 1].
        given: Where the scenario puts it this quarter, in [0, 1].
        mood: Its own slow noise, added to `given`.
        cooperation: Mean level of cooperation between the partners, in [0, 1].
        attention: Mean perceived threat, in [0, 1].
    """
    base = max(0.0, min(1.0, given + mood))
    target = base * (1.0 - habits.calming * (1.0 - attention)) + habits.provocation * cooperation
    return hostility + habits.pace * (max(0.0, min(1.0, target)) - hostility)


@rule
def next_mood(habits: ThreatHabits, mood: float, luck: float) -> float:
    """Return a threat's own slow noise next quarter, from a standard normal `luck`."""
    return habits.carry * mood + habits.jolt * luck


@rule
def first_mood(habits: ThreatHabits, luck: float) -> float:
    """Return a threat's own slow noise in the first quarter, from a standard normal `luck`.

    Nothing began with the first quarter, so it comes from the law that it keeps to in the long run.
    """
    return habits.spread * luck


@rule
def menace(capability: float, offence: float, hostility: float) -> float:
    """Return how menacing a threat is before distance counts, in [0, 1].

    The geometric mean, because power without intent, or intent without power, is no threat (A.1).
    Source: Walt, balance of threat (power, offence, intent).
    """
    return power(capability * offence * hostility, 1.0 / 3.0)
