"""What no coupling can change: futures of both worlds by themselves, and what these bound.

Twins answer what would have been in our history, and for that something has to tie the acts of both
worlds. What each world does by itself, given the past that they share, needs no such tie: its noise
is drawn anew from the first quarter that the edit touches. Two probabilities come out, and with
them bounds that hold however the worlds are tied (Fréchet 1951).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.counterfactual.couplings import INDEPENDENT, frechet_bounds
from alliance_sim.counterfactual.worlds import TwinWorlds, twin_worlds
from alliance_sim.errors import SettingError, explains_calls, shown
from alliance_sim.results.outcomes import is_binary, outcome_by_run, parse_outcome
from alliance_sim.world.state import state_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.counterfactual.histories import Histories
    from alliance_sim.scenario import Scenario

    Floats = NDArray[np.float64]

WHERE = "futures"


@dataclass(frozen=True)
class Futures:
    """How often an outcome comes about in both worlds, given the past that they share.

    Attributes:
        fact: Probability in the factual world, if all were drawn anew from where the edit begins.
        edited: The same in the edited world.
        error: Monte Carlo standard error of both, by draws that did not fail.
        bounds: Of "lost", "won" and "necessity", see `frechet_bounds`; they hold for every
            coupling.
        touched: First step that the edit touches; None if it touches none, and both are the same.
    """

    fact: float
    edited: float
    error: tuple[float, float]
    bounds: dict[str, tuple[float, float]]
    touched: int | None


@explains_calls
def futures(
    base: Scenario,
    edited: Scenario,
    past: Histories,
    outcome: str,
    *,
    twins: TwinWorlds | None = None,
) -> Futures:
    """Return how often an outcome comes about in both worlds, and what that bounds.

    Args:
        base: The factual scenario.
        edited: The edited one.
        past: The histories.
        outcome: Something that happens or does not, such as "rung>=8@2014".
        twins: Both worlds under the independent coupling with the state of the outcome, where they
            were run before; None runs them.

    Raises:
        SettingError: If the outcome cannot be read, or is not yes or no; or if every history
            failed.
    """
    found = parse_outcome(outcome, states=state_names(base), calendar=base.calendar())
    if not is_binary(found):
        problem = f"outcome is {shown(outcome)}, must happen or not, such as rung>=8@2014"
        raise SettingError(WHERE, [problem])
    one = twins or twin_worlds(base, edited, past, coupling=INDEPENDENT, states=[found.state])
    again = twin_worlds(
        base, base, past, coupling=INDEPENDENT, states=[found.state], anew_from=one.touched
    )
    means, errors = [], []
    for both in (again, one):
        by_draw = both.by_draw(outcome_by_run(found, both.edited))
        by_draw = by_draw[np.isfinite(by_draw)]
        if not len(by_draw):
            raise SettingError(WHERE, ["every history failed, so there is nothing to tell"])
        means.append(float(np.mean(by_draw)))
        errors.append(float(np.std(by_draw) / np.sqrt(len(by_draw))))
    return Futures(
        fact=means[0],
        edited=means[1],
        error=(errors[0], errors[1]),
        bounds=frechet_bounds(*means),
        touched=one.touched,
    )


@explains_calls
def paired_gain(mine: Floats, its: Floats) -> float:
    """Return how many times smaller pairs on one noise make the variance of a difference.

    Args:
        mine: An outcome in one world, array (history,).
        its: The same in the other, in the same order.

    Returns:
        Variance of the difference of unpaired histories over that of pairs; infinite if all pairs
        differ by the same.
    """
    apart = float(np.var(mine) + np.var(its))
    together = float(np.var(its - mine))
    return apart / together if together > 0.0 else np.inf
