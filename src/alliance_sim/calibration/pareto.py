"""Weights of importance sampling, their largest smoothed, and whether they can be trusted.

Source: A. Vehtari, D. Simpson, A. Gelman, Y. Yao and J. Gabry, "Pareto smoothed importance
sampling", JMLR 25 (2024); J. Zhang and M. A. Stephens, "A new and efficient estimation method for
the generalized Pareto distribution", Technometrics 51 (2009).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.calibration.given_arrays import given_numbers
from alliance_sim.errors import SettingError, explains_calls

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRUSTED = 0.7  # largest k with which weighted means of this many draws can be trusted
LEAST_TAIL = 5  # draws that a tail is fitted to


@explains_calls
def smoothed_weights(log_ratios: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return log weights that add up to 1, and the shape k of the tail of the raw ones.

    The largest ratios (a fifth of all, at most 3 sqrt(n)) are replaced by the quantiles of the
    generalised Pareto distribution fitted to them. Above k = 0.7 means are not to be trusted: the
    draws do not come from near enough.

    Args:
        log_ratios: Array (draw,) of target minus proposal, but for a constant; -inf for weight 0.

    Returns:
        Array (draw,) of log weights, and k; k is inf where no tail can be fitted, as so few draws
        differ or are possible at all, and -inf where all are equal.

    Raises:
        SettingError: If they are no numbers, there is no draw, one is NaN or inf, or all are -inf.
    """
    given = _checked(log_ratios)
    x = given - given.max()
    count = len(x)
    tail = math.ceil(min(0.2 * count, 3.0 * math.sqrt(count)))
    order = np.argsort(x, kind="stable")
    k = math.inf
    if np.ptp(x) == 0.0:
        k = -math.inf
    elif tail >= LEAST_TAIL:
        cut = max(float(x[order[-tail - 1]]), math.log(np.finfo(np.float64).tiny))
        largest = order[x[order] > cut]
        possible = int(np.isfinite(x).sum())
        if len(largest) >= LEAST_TAIL and possible > tail:
            over = np.exp(x[largest]) - math.exp(cut)
            # What rounding has swallowed is no difference.
            k, sigma = fitted_tail(over) if over[-1] > 0.0 else (-math.inf, 0.0)
            if math.isfinite(k):
                shares = (np.arange(len(largest)) + 0.5) / len(largest)
                x = x.copy()
                x[largest] = np.minimum(0.0, np.log(_quantiles(shares, k, sigma) + math.exp(cut)))
    top = float(x.max())
    return x - top - math.log(float(np.exp(x - top).sum())), k


def _checked(log_ratios: object) -> NDArray[np.float64]:
    """Return the ratios as an array, if weights can be made of them.

    Raises:
        SettingError: Saying why not.
    """
    found, problems = given_numbers("log_ratios", log_ratios, axes=("draw",), finite=False)
    if wrong := int((np.isnan(found) | (found == np.inf)).sum()):
        told = f"{wrong} that are NaN or inf, must be finite, or -inf for weight 0"
        problems = [f"log_ratios hold {told}"]
    elif not problems and not np.isfinite(found).any():
        problems = ["log_ratios are all -inf: no draw is possible"]
    if problems:
        raise SettingError("smoothed_weights", problems)
    return found


def fitted_tail(over: NDArray[np.float64]) -> tuple[float, float]:
    """Return shape k and scale of the generalised Pareto distribution of excesses, array (n,).

    The excesses are sorted, the smallest first. The shape is drawn towards 0.5 as if 10 more had
    been seen with it.
    """
    count = len(over)
    guesses = 30 + int(math.sqrt(count))
    # Excesses that rounding has swallowed are taken for the least number that is one.
    quarter = max(float(over[int(count / 4 + 0.5) - 1]), np.finfo(np.float64).tiny)
    b = 1.0 - np.sqrt(guesses / (np.arange(1, guesses + 1) - 0.5))
    b = b / (3.0 * quarter) + 1.0 / float(over[-1])
    shapes = np.log1p(-b[:, None] * over).mean(axis=1)
    profile = count * (np.log(-b / shapes) - shapes - 1.0)
    weights = 1.0 / np.exp(profile - profile[:, None]).sum(axis=1)
    kept = weights >= 10.0 * np.finfo(np.float64).eps
    weights, b = weights[kept] / weights[kept].sum(), b[kept]
    best = float((b * weights).sum())
    shape = float(np.log1p(-best * over).mean())
    scale = -shape / best
    return (shape * count + 5.0) / (count + 10.0), scale


def _quantiles(shares: NDArray[np.float64], k: float, sigma: float) -> NDArray[np.float64]:
    if abs(k) < 1e-14:
        return -sigma * np.log1p(-shares)
    return np.asarray(sigma * np.expm1(-k * np.log1p(-shares)) / k)
