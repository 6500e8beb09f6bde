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
