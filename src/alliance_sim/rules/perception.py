"""How partners see threats: fast up, slow down, and where their views meet (A.1, A.12)."""

from __future__ import annotations

from typing import NamedTuple

from alliance_sim.arithmetic import power, sqrt
from alliance_sim.compiled import rule


class Perception(NamedTuple):
    """How fast a partner learns and forgets, per step."""

    learn: float  # share of the gap closed while pressure is above what is felt, 0 to 1
    forget: float  # share closed while it is below, 0 to 1


@rule
def next_perceived(eyes: Perception, perceived: float, exposure: float, menace: float) -> float:
    """Return how strongly a partner feels a threat next quarter, in [0, 1].

    A threat is felt through exposure (distance, interests); fear comes quickly and goes slowly.

    Args:
        eyes: Speeds of learning and forgetting.
        perceived: What is felt now, in [0, 1].
        exposure: How far the threat reaches this partner, 0 or above; felt pressure stops at 1.
        menace: The threat's own menace, in [0, 1].
    """
    pressure = min(1.0, exposure * menace)
    speed = eyes.learn if pressure > perceived else eyes.forget
    return perceived + speed * (pressure - perceived)


@rule
def attended_exposure(exposure: float, attention: float) -> float:
    """Return exposure to a distant threat once attention has been drawn to it.

    Attention 0 leaves it as it is; more brings it nearer to 1 and never beyond (A.12).
    """
    if attention <= 0.0 or exposure <= 0.0 or exposure >= 1.0:
        return exposure
    return power(exposure, 1.0 / (1.0 + attention))


@rule
def attention_with(attention: float, drawn: float) -> float:
    """Return the alliance's attention to distant theatres, in [0, 1].

    Args:
        attention: What political ties have drawn.
        drawn: What events of the day and the alliance's own agenda draw, in [0, 1].
    """
    return min(1.0, attention + drawn)


@rule
def next_attention(attention: float, speed: float, political: float) -> float:
    """Return the alliance's attention to distant theatres next quarter, drawn by political ties."""
    return attention + speed * (political - attention)


@rule
def felt_at_once(exposure: float, menace: float) -> float:
    """Return how a partner feels a threat in the first quarter, with no past to compare."""
    return min(1.0, exposure * menace)


@rule
def attended(felt_here: float, felt_there: float) -> float:
    """Return how far both sides together attend to a threat, in [0, 1]."""
    return 0.5 * (felt_here + felt_there)


@rule
def overlap(apart: float) -> float:
    """Return agenda overlap, in [0, 1], from what is apart after all threats."""
    return 1.0 - apart


@rule
def apart_after(apart: float, felt_here: float, felt_there: float) -> float:
    """Return the part of two agendas still apart after one more threat is compared.

    Start from 1 and go through all threats: one large threat felt by both suffices, and a threat
    felt by one side only brings the agendas no nearer.
    """
    return apart * (1.0 - sqrt(felt_here * felt_there))
