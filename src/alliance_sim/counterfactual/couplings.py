"""Couplings: what the noise of one world says about the acts of another.

Data do not tell. Infinitely many mechanisms give the same probabilities in each world and another
pair of worlds, so every answer names its coupling, and is worth having under several.

    quantile      the same uniforms: an act happens in both worlds or, where it has become less or
                  more likely, in one of them; counts are the same quantile
    thinning      the same, but for counts: each act of the factual world stays with the ratio of
                  both rates, and where the rate has risen others are added
    redraw_after  slow noise is the same; what decides acts is drawn anew from the first quarter
                  that the edit touches
    independent   slow noise too is drawn anew from there: nothing ties the worlds but their past

For yes or no decisions thinning and the quantile come to the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alliance_sim import noise
from alliance_sim.errors import SettingError, explains_calls, shown, unknown_name
from alliance_sim.rules.events import event_count, no_event

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

QUANTILE, THINNING, REDRAW_AFTER, INDEPENDENT = COUPLINGS = (
    *("quantile", "thinning", "redraw_after", "independent"),
)
ANEW = (REDRAW_AFTER, INDEPENDENT)  # those under which acts are drawn anew


def checked_coupling(coupling: object) -> str:
    """Return the name of a coupling.

    Raises:
        SettingError: If there is none such.
    """
    if coupling not in COUPLINGS:
        problem = unknown_name("coupling", str(coupling), COUPLINGS)
        raise SettingError("coupling", [problem])
    return str(coupling)


def fresh_seed(seed: int, coupling: str) -> int:
    """Return the seed of what a coupling draws anew, as far from the other as seeds are."""
    return noise.channel(f"counterfactual/{coupling}/{seed}:v1")


def thinned_count(count: float, means: tuple[float, float], size: float, luck: float) -> float:
    """Return a count of the edited world, given that of the factual one, by thinning.

    A count is a Poisson number whose rate a gamma variate multiplies, the same in both worlds. Of
    the acts of a higher rate each stays with the ratio of the rates, a binomial; to those of a
    lower rate others are added, and given the count they are a negative binomial of their own.
    Either way the edited world has the distribution that it has by itself.

    Args:
        count: Acts in the factual world.
        means: Expected acts in the factual world, then in the edited one.
        size: The size of the negative binomial, the same in both.
        luck: A uniform.
    """
    before, after = means
    if after == before or (count == 0.0 and after < before):
        return count
    if after > before:
        own_size = size + count
        own_mean = own_size * (after - before) / (size + before)
        return count + event_count(own_mean, own_size, no_event(own_mean, own_size), luck)
    stays = after / before
    return binomial(int(count), stays, luck)


def binomial(trials: int, chance: float, luck: float) -> float:
    """Return a binomial number, the quantile of a uniform."""
    if chance <= 0.0 or chance >= 1.0:
        return float(trials) if chance >= 1.0 else 0.0
    probability = (1.0 - chance) ** trials
    below, found = probability, 0
    while found < trials and luck > below:
        probability *= (trials - found) / (found + 1.0) * chance / (1.0 - chance)
        below += probability
        found += 1
    return float(found)


@explains_calls
def frechet_bounds(fact: float, edited: float) -> dict[str, tuple[float, float]]:
    """Return how far couplings can move an answer, if each world's own probability is kept.

    Nothing is used but both probabilities (Fréchet 1951), so the bounds hold for every coupling,
    those included that nobody has thought of.

    Args:
        fact: Probability of the outcome in the factual world.
        edited: The same in the edited one.

    Returns:
        "lost": the outcome in the factual world only; "won": in the edited one only; "necessity":
        the first given that it is there in the factual world, (0, 1) where it never is. Each is the
        lowest and the highest probability.

    Raises:
        SettingError: If a probability lies outside [0, 1].
    """
    told = {"fact": fact, "edited": edited}
    problems = [
        f"{name} is {shown(value)}, must be a probability, from 0 to 1"
        for name, value in told.items()
        if not 0.0 <= value <= 1.0
    ]
    if problems:
        raise SettingError("frechet_bounds", problems)
    lost = max(0.0, fact - edited), min(fact, 1.0 - edited)
    won = max(0.0, edited - fact), min(edited, 1.0 - fact)
    given = (lost[0] / fact, min(1.0, lost[1] / fact)) if fact > 0.0 else (0.0, 1.0)
    return {"lost": lost, "won": won, "necessity": given}
