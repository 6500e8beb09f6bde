"""How levels show themselves in dated events: counts and their marks (B.1)."""

from __future__ import annotations

from typing import NamedTuple

from alliance_sim.arithmetic import exp, happens, hazard, log, logistic
from alliance_sim.compiled import rule

SINGLE_ALLY, BOTH, STATE, ALLIANCE = 0.0, 1.0, 2.0, 3.0  # who starts an event
MOST = 60  # the tail beyond is below 1e-12 at ten events a year and size 3, steps of a quarter


class Counting(NamedTuple):
    """How a level turns into events of one series."""

    log_rate: float  # [al] log events per year and unit of level
    slope: float  # [ga] added log rate at full level
    size: float  # [phi] of the negative binomial, above 0
    rise: float  # events per unit by which the level rises, 0 or above


@rule
def event_rate(counting: Counting, level: float) -> float:
    """Return expected events per year at a level in [0, 1], 0 at level 0."""
    return level * exp(counting.log_rate + counting.slope * level)


@rule
def risen(before: float, now: float) -> float:
    """Return by how much what is shown has risen in a step, in [0, 1]; a fall shows nothing."""
    return max(0.0, now - before)


@rule
def expected_events(counting: Counting, level: float, risen: float, dt: float) -> float:
    """Return how many events of a series are expected in a step, 0 or above.

    A standing level shows itself again and again; but some acts, such as a first agreement on
    equipment, open a field once and are not repeated by what stands there. Those come with the
    rise, however many steps it takes.

    Args:
        counting: How the level turns into events.
        level: Level that is shown, in [0, 1].
        risen: From `risen`, over the step.
        dt: Length of the step, years.
    """
    return event_rate(counting, level) * dt + counting.rise * risen


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
def log_count_chance(mean: float, size: float, count: float) -> float:
    """Return the log probability of a count that `event_count` draws, its limit MOST aside.

    Args:
        mean: Expected count, 0 or above.
        size: The size of the negative binomial, above 0.
        count: A whole number, 0 to 60.
    """
    ways = 1.0
    so_far = 0.0
    while so_far < count:
        ways = ways * ((size + so_far) / (so_far + 1.0))
        so_far = so_far + 1.0
    found = -size * log((mean + size) / size)
    return found + (count * log(mean / (mean + size)) + log(ways)) if count > 0.0 else found


@rule
def institution(assets: float, political: float) -> float:
    """Return how visible institutions are, in [0, 1]: assets, as far as politics uses them."""
    return assets * political


@rule
def entrapment(operations: float, involvement: float) -> float:
    """Return how far running operations entangle in the other side's conflicts, in [0, 1]."""
    return operations * involvement


@rule
def suspend_chance(base: float, pull: float, entrapment: float, active: float, dt: float) -> float:
    """Return the probability that running cooperation is suspended this quarter.

    Args:
        base: Log rate per year at full operations and no entrapment.
        pull: Added log rate per unit of entrapment.
        entrapment: Depth of operations times the other side's conflicts, in [0, 1].
        active: Operations level, in [0, 1]; nothing can be suspended at 0.
        dt: Length of the step, years.
    """
    return hazard(base + pull * entrapment + log(active), dt)


@rule
def suspends(chance: float, luck: float) -> float:
    """Return 1 if running cooperation is suspended this quarter, else 0.

    Args:
        chance: From `suspend_chance`.
        luck: A uniform.
    """
    return happens(chance, luck)


@rule
def state_starts(base: float, pull: float, gap: float) -> float:
    """Return the probability that an event of one side is the state's, from the ratios' gap."""
    return logistic(base + pull * gap)


@rule
def kind_weight(
    weight: float, pull: float, from_level: float, level: float, assets: float
) -> float:
    """Return how common a kind of event is now, 0 below the level from which on it happens.

    Args:
        weight: How common it is with nothing built, 0 or above.
        pull: Log weight per unit of assets; what is built brings events of its own.
        from_level: Level of its domain from which on it happens, in [0, 1].
        level: Level of its domain, in [0, 1].
        assets: Institutional assets, in [0, 1].
    """
    return weight * exp(pull * assets) if level >= from_level else 0.0


@rule
def chosen(luck: float, total: float, below: float) -> float:
    """Return 1 if a uniform picks this entry of a list, else 0: the first for which it holds.

    Args:
        luck: A uniform.
        total: Weights of all entries together.
        below: Weights of the entries up to and with this one.
    """
    return 1.0 if luck * total < below else 0.0


@rule
def salience(base: float, top: float, luck: float) -> float:
    """Return how salient an event is: 1, 2 or 3.

    Args:
        base: Log-odds of more than 1, by kind.
        top: Share of those that reach 3, in [0, 1].
        luck: A uniform; the lower, the more salient.
    """
    above = logistic(base)
    return 1.0 if luck >= above else (3.0 if luck < above * top else 2.0)


@rule
def salience_chance(base: float, top: float, salience: float) -> float:
    """Return the probability that an event is so salient (1, 2 or 3): that of `salience`."""
    above = logistic(base)
    if salience < 2.0:
        return 1.0 - above
    return above * top if salience > 2.0 else above * (1.0 - top)


@rule
def coded_share(base: float, top: float, coded: tuple[float, float, float]) -> float:
    """Return the probability that an event of a kind is in a record, whatever its salience.

    What is more salient is found more surely, so a record thins events by their salience.

    Args:
        base: Log-odds of salience above 1, by kind.
        top: Share of those that reach 3, in [0, 1].
        coded: Probability of being in the record at salience 1, 2 and 3.
    """
    return (
        salience_chance(base, top, 1.0) * coded[0]
        + salience_chance(base, top, 2.0) * coded[1]
        + salience_chance(base, top, 3.0) * coded[2]
    )


@rule
def initiator(single: float, joint: float, state: float, luck: float) -> float:
    """Return who starts an event: SINGLE_ALLY, BOTH, STATE or ALLIANCE.

    Single allies run tracks of their own, whatever both sides do; of the rest, some is joint.

    Args:
        single: Probability of a single ally's own track, by kind, in [0, 1].
        joint: Probability of both sides together, of the rest, in [0, 1].
        state: From `state_starts`, of what is left.
        luck: A uniform.
    """
    if luck < single:
        return SINGLE_ALLY
    rest = (luck - single) / (1.0 - single)
    if rest < joint:
        return BOTH
    return STATE if (rest - joint) / (1.0 - joint) < state else ALLIANCE


@rule
def side_chance(joint: float, state: float, who: float) -> float:
    """Return the probability that BOTH, STATE or ALLIANCE starts an event that no ally runs alone.

    Args:
        joint: Probability of both sides together, in [0, 1].
        state: From `state_starts`, of what is left.
        who: BOTH, STATE or ALLIANCE.
    """
    if who == BOTH:
        return joint
    return (1.0 - joint) * (state if who == STATE else 1.0 - state)


@rule
def ally_weight(weight: float, guarantor: float) -> float:
    """Return how likely an ally is to act alone: by weight, but never the guarantor (1, else 0)."""
    return 0.0 if guarantor > 0.0 else weight


@rule
def months_suspended(mean: float, luck: float) -> float:
    """Return how long a suspension lasts, in months: exponential, the quantile of a uniform."""
    return -mean * log(luck)
