"""How levels show themselves in dated events: counts and their marks (B.1)."""

from __future__ import annotations

from typing import NamedTuple

from alliance_sim.arithmetic import exp, happens, log, logistic
from alliance_sim.compiled import rule

MOST = 60  # the tail beyond is below 1e-12 at ten events a year and size 3, steps of a quarter


class Counting(NamedTuple):
    """How a level turns into events of one series."""

    log_rate: float  # [al] log events per year and unit of level
    slope: float  # [ga] added log rate at full level
    size: float  # [phi] of the negative binomial, above 0


@rule
def event_rate(counting: Counting, level: float) -> float:
    """Return expected events per year at a level in [0, 1], 0 at level 0."""
    return level * exp(counting.log_rate + counting.slope * level)


@rule
def no_event(mean: float, size: float) -> float:
    """Return the probability that nothing happens where `mean` events are expected."""
    return exp(-size * log((mean + size) / size))


@rule
def event_count(mean: float, size: float, nothing: float, luck: float) -> float:
    """Return a negative binomial count, the quantile of a uniform, at most MOST.

    One uniform decides, and a larger mean never gives a smaller count, so twins stay coupled.

    Args:
        mean: Expected count, 0 or above.
        size: The size; the variance is mean + mean**2 / size.
        nothing: From `no_event`.
        luck: A uniform.
    """
    share = mean / (mean + size)
    probability = nothing
    below = probability
    count = 0
    while count < MOST and luck > below:
        probability = probability * share * (count + size) / (count + 1.0)
        below = below + probability
        count = count + 1
    return count * 1.0


@rule
def institution(assets: float, political: float) -> float:
    """Return how visible institutions are, in [0, 1]: assets, as far as politics uses them."""
    return assets * political


@rule
def entrapment(operations: float, involvement: float) -> float:
    """Return how far running operations entangle in the other side's conflicts, in [0, 1]."""
    return operations * involvement


@rule
def suspends(
    base: float, pull: float, entrapment: float, active: float, dt: float, luck: float
) -> float:
    """Return 1 if running cooperation is suspended this quarter, else 0.

    Args:
        base: Log rate per year at full operations and no entrapment.
        pull: Added log rate per unit of entrapment.
        entrapment: Depth of operations times the other side's conflicts, in [0, 1].
        active: Operations level, in [0, 1]; nothing can be suspended at 0.
        dt: Length of the step, years.
        luck: A uniform.
    """
    return happens(base + pull * entrapment + log(active), dt, luck)


@rule
def state_starts(base: float, pull: float, gap: float) -> float:
    """Return the probability that an event of one side is the state's, from the ratios' gap."""
    return logistic(base + pull * gap)
