"""What a sampler works on: unknowns that are standard normals, and one function of them.

Unknowns stand as columns of an array `(dimension, chains)`: first the parameters, then the slow
noise, step by step with its channels side by side, so that a window of quarters is a run of rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from alliance_sim.errors import SettingError, shown
from alliance_sim.whole_numbers import not_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

LANES = 64  # chains or particles that one call of a log likelihood is given at most

# From an array (dimension, chains) to an array (chains,) of finite numbers or -inf. What a column
# comes to must depend on that column alone. To be given to worker processes it must pickle.
LogLikelihood: TypeAlias = "Callable[[NDArray[np.float64]], NDArray[np.float64]]"


@dataclass(frozen=True)
class Layout:
    """Which rows of the unknowns are what.

    Attributes:
        parameters: How many rows, the first ones, are parameters.
        steps: Steps of slow noise that follow; 0 where there is none.
        channels: Rows that each step has.
    """

    parameters: int
    steps: int = 0
    channels: int = 0

    def __post_init__(self) -> None:
        problems = [
            problem
            for name, value in vars(self).items()
            for problem in not_whole(name, value, least=0)
        ]
        if not problems and self.dimension == 0:
            problems = ["there is nothing to infer: no parameters, and no steps with channels"]
        if problems:
            raise SettingError("layout", problems)

    @property
    def dimension(self) -> int:
        """How many unknowns there are."""
        return self.parameters + self.steps * self.channels

    def window(self, first: int, stop: int) -> tuple[int, int]:
        """Return the first row of step `first`, and the row after the last of step `stop` - 1."""
        at = self.parameters
        return at + first * self.channels, at + stop * self.channels


def log_ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much larger log likelihoods are than others: the logs of the likelihoods' ratios.

    What is impossible under either has no ratio, and stays impossible: -inf, never NaN.

    Args:
        above: Array (draw,), finite or -inf.
        below: Likewise, of the same draws.
    """
    there = (above > -np.inf) & (below > -np.inf)
    return np.where(there, np.where(there, above, 0.0) - np.where(there, below, 0.0), -np.inf)


def checked(values: object, unknowns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what a log likelihood gave, once it is sure that it can be used.

    Args:
        values: What came back for `unknowns`.
        unknowns: Array (dimension, chains).

    Raises:
        SettingError: If it is not one number for each chain, or one of them is NaN or +inf.
    """
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise SettingError(
            "log_likelihood", [f"returned {shown(values)}, must return numbers or -inf"]
        ) from None
    chains = unknowns.shape[1]
    if found.shape != (chains,):
        problem = f"returned an array of shape {found.shape}, must be ({chains},): one for a chain"
        raise SettingError("log_likelihood", [problem])
    wrong = np.flatnonzero(np.isnan(found) | (found == np.inf))
    if wrong.size:
        lane = int(wrong[0])
        problem = (
            f"returned {'NaN' if np.isnan(found[lane]) else '+inf'}, must return finite numbers, "
            "or -inf where something is impossible; this came of the unknowns "
            f"{_in_short(unknowns[:, lane])}"
        )
        raise SettingError("log_likelihood", [problem])
    return found


def _in_short(values: NDArray[np.float64], most: int = 6) -> str:
    more = f", ... ({len(values):,} in all)" if len(values) > most else ""
    return f"[{', '.join(f'{value:.6g}' for value in values[:most])}{more}]"
