"""The state's two-level game: laws open domains, parliaments ratify (A.6)."""

from __future__ import annotations

from typing import NamedTuple

from alliance_sim.arithmetic import happens, hazard, normal_share
from alliance_sim.compiled import rule


class LawPull(NamedTuple):
    """What brings a law on, log hazard per unit."""

    threat: float  # [g_T]
    leader: float  # [g_l]
    level: float  # [g_c]


@rule
def lacks(stays: bool, there: bool, lacking: bool, behind: bool) -> bool:  # noqa: FBT001
    """Return whether an act lacks a cause that it cannot do without.

    A cause is missing if it was removed, if it falls or has to be drawn for want of a cause of its
    own, or if it was moved behind the day of what follows it.

    Args:
        stays: Whether the act stays as dated whatever happens, so that it lacks nothing.
        there: Whether the cause is there, not removed.
        lacking: Whether the cause lacks a cause itself.
        behind: Whether the cause was moved, and comes after the act.
    """
    return not stays and (not there or lacking or behind)


@rule
def shut_after(shut: float, opening: float) -> float:
    """Return the part of a domain still shut after one more legal act; start from 1."""
    return shut * (1.0 - opening)


@rule
def win_set(shut: float, leverage: float, operations: float) -> float:
    """Return the part of a domain that domestic law and opinion allow, in [0, 1].

    `leverage` is the motive by which alliance work widens what is thought allowed (A.12).
    """
    return min(1.0, 1.0 - shut + leverage * operations * shut)


@rule
def open_part(allowed: float, domestic: float) -> float:
    """Return what binds the state: the win-set with the domestic block on (1), all with it off."""
    return 1.0 - domestic * (1.0 - allowed)


@rule
def may_pass(age: float, step: float, first_step: float, before: float) -> float:
    """Return 1 if a law can pass this quarter, else 0.

    Args:
        age: Its age, above 0 once it has passed.
        step: This quarter.
        first_step: First quarter in which it can pass.
        before: Age of the law that has to come first, above 0 if there is none to wait for.
    """
    return 1.0 if age <= 0.0 and step >= first_step and before > 0.0 else 0.0


@rule
def pass_chance(
    pull: LawPull,
    log_hazard: float,
    threat: float,
    push: float,
    operations: float,
    dt: float,
) -> float:
    """Return the probability that a law passes this quarter, if it can.

    Args:
        pull: What brings laws on.
        log_hazard: Log hazard per year with nothing pulling.
        threat: The state's strongest perceived threat, in [0, 1].
        push: The leader's push, log scale.
        operations: Operations level, in [0, 1].
        dt: Length of the step, years.
    """
    drive = pull.threat * threat + pull.leader * push + pull.level * operations
    return hazard(log_hazard + drive, dt)


@rule
def passes(chance: float, luck: float) -> float:
    """Return 1 if a law that is drawn passes this quarter, else 0.

    Args:
        chance: From `pass_chance`.
        luck: A uniform.
    """
    return happens(chance, luck)


@rule
def next_age(age: float, passed: float) -> float:
    """Return for how many quarters a law has been there: 0 until it passes, then one more each."""
    return age + 1.0 if age > 0.0 else passed


@rule
def in_force(age: float, lasts: float) -> float:
    """Return 1 if a law that passed `age` quarters ago and lasts so long is in force, else 0."""
    return 1.0 if 0.0 < age <= lasts else 0.0


@rule
def ratifies(opening: float, demand: float, spread: float, luck: float) -> float:
    """Return 1 if the state ratifies a formal step, else 0, from a standard normal `luck`."""
    return 1.0 if opening + spread * luck >= demand else 0.0


@rule
def ratify_chance(opening: float, demand: float, spread: float) -> float:
    """Return the probability that the state ratifies a formal step: that of `ratifies`."""
    return normal_share((opening - demand) / spread)
