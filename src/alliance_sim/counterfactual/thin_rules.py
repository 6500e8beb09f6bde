"""The act of one world in another by thinning, in the exact subset of the rules.

The page's module is compiled from this source, so that both thin to the same counts.
"""

from __future__ import annotations

from alliance_sim.compiled import rule
from alliance_sim.rules.events import event_count, no_event


@rule
def thinned_count(count: float, before: float, after: float, size: float, luck: float) -> float:
    """Return a count of the edited world, given that of the factual one, by thinning.

    A count is a Poisson number whose rate a gamma variate multiplies, the same in both worlds. Of
    the acts of a higher rate each stays with the ratio of the rates, a binomial; to those of a
    lower rate others are added, and given the count they are a negative binomial of their own.
    Either way the edited world has the distribution that it has by itself.

    Args:
        count: Acts in the factual world.
        before: Expected acts in the factual world, 0 or above.
        after: Expected acts in the edited one.
        size: The size of the negative binomial, above 0, the same in both.
        luck: A uniform.
    """
    if after == before or (count == 0.0 and after < before):
        return count
    if after > before:
        own_size = size + count
        own_mean = own_size * (after - before) / (size + before)
        return count + event_count(own_mean, own_size, no_event(own_mean, own_size), luck)
    return binomial(count, after / before, luck)


@rule
def binomial(trials: float, chance: float, luck: float) -> float:
    """Return a binomial number, the quantile of a uniform.

    Args:
        trials: A whole number, 0 or above.
        chance: Of each, in [0, 1].
        luck: A uniform.
    """
    if chance <= 0.0 or chance >= 1.0:
        return trials if chance >= 1.0 else 0.0
    probability = 1.0
    tried = 0.0
    while tried < trials:
        probability = probability * (1.0 - chance)
        tried = tried + 1.0
    below = probability
    found = 0.0
    while found < trials and luck > below:
        probability = probability * ((trials - found) / (found + 1.0) * chance / (1.0 - chance))
        below = below + probability
        found = found + 1.0
    return found
