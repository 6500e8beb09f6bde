"""Whether chains have come to the same place, and how many independent draws theirs are worth.

All functions take draws of one quantity as an array (chain, draw). Where one of them is NaN or
infinite, effective numbers of draws and standard errors are NaN.

Sources: A. Vehtari, A. Gelman, D. Simpson, B. Carpenter and P.-C. Bürkner, "Rank-normalization,
folding, and localization: an improved R-hat", Bayesian Analysis 16 (2021); C. J. Margossian et al.,
"Nested R-hat: assessing the convergence of Markov chain Monte Carlo when running many short
chains", Bayesian Analysis (2024); C. J. Geyer, "Practical Markov chain Monte Carlo", Statistical
Science 7 (1992).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.calibration.given_arrays import NUMBERS
from alliance_sim.errors import SettingError, explains_calls, shown
from alliance_sim.whole_numbers import whole_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_DRAWS = 4  # of a chain: below it nothing can be told
GOOD_RHAT, GOOD_ESS = 1.01, 400.0
TOLD = ("rhat", "nested_rhat", "ess_bulk", "ess_tail")
TAILS = (0.05, 0.95)


@dataclass(frozen=True)
class Diagnosis:
    """What is known of several quantities, each attribute an array (quantity,).

    Attributes:
        mean: Mean over all draws.
        sd: Standard deviation over all draws.
        rhat: Rank-normalised split R-hat; 1 once chains agree, NaN while there are too few draws.
        nested_rhat: Nested R-hat of the superchains; NaN where there are none.
        ess_bulk: Draws that the middle of the distribution is worth.
        ess_tail: Draws that its 5 % and 95 % quantiles are worth, the fewer of the two.
        mcse: Monte Carlo standard error of the mean.
    """

    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    rhat: NDArray[np.float64]
    nested_rhat: NDArray[np.float64]
    ess_bulk: NDArray[np.float64]
    ess_tail: NDArray[np.float64]
    mcse: NDArray[np.float64]


@explains_calls
def diagnose(draws: NDArray[np.float64], *, superchains: int = 0) -> Diagnosis:
    """Return what is known of each quantity in an array (chain, draw, quantity).

    Args:
        draws: The draws.
        superchains: In how many groups of equal size, one after the other, chains started; 0 if
            each started by itself.

    Raises:
        SettingError: If the draws have other axes, or the groups cannot be of equal size.
    """
    draws = np.asarray(draws)
    if draws.ndim != 3 or draws.dtype.kind not in NUMBERS:
        found = f"{draws.dtype} of shape {draws.shape}"
        problem = f"draws are {found}, must be numbers (chain, draw, quantity)"
        raise SettingError("diagnose", [problem])
    if superchains != 0:
        _check_groups(len(draws), superchains, least=1)
    with np.errstate(invalid="ignore"):  # of infinite draws, whose spread is no number
        rows = [_row(draws[:, :, quantity], superchains) for quantity in range(draws.shape[2])]
    columns = np.array(rows, dtype=np.float64).reshape(-1, 7).T
    return Diagnosis(*columns)


def _row(x: NDArray[np.float64], superchains: int) -> tuple[float, ...]:
    """Return what is known of one quantity, in the order of `Diagnosis`."""
    whole = (float(x.mean()), float(x.std())) if x.size else (math.nan, math.nan)
    told = (math.nan,) * 5
    if x.shape[1] >= LEAST_DRAWS:
        nested = nested_rhat(x, superchains=superchains) if superchains > 1 else math.nan
        told = (rhat(x), nested, ess_bulk(x), ess_tail(x), mcse_mean(x))
    return whole + told


def doubt_of(told: Mapping[str, float | str | None]) -> str:
    """Return in words that chains have not come to the same place, "" if they have.

    Args:
        told: Of all parameters the largest `rhat` and `nested_rhat` (the smaller of the two counts,
            but for an infinite one, which is of chains that never moved) and the smallest
            `ess_bulk` and `ess_tail`; None or NaN where it cannot be told, "inf" for infinite.
    """
    known = {name: float(value) for name in TOLD if (value := told.get(name)) is not None}
    apart = [v for name in TOLD[:2] if not math.isnan(v := known.get(name, math.nan))]
    worth = [v for name in TOLD[2:] if not math.isnan(v := known.get(name, math.nan))]
    if not apart or not worth:
        return "chains were too short to tell whether they have come to the same place"
    far = math.inf if math.inf in apart else min(apart)
    if far < GOOD_RHAT and min(worth) > GOOD_ESS:
        return ""
    return (
        f"chains have not come to the same place (R-hat {far:.3f}, effective draws "
        f"{min(worth):,.0f}; below {GOOD_RHAT:g} and above {GOOD_ESS:.0f} are asked for)"
    )


def rhat(draws: NDArray[np.float64]) -> float:
    """Return the rank-normalised split R-hat: the larger of the plain and the folded one.

    It compares how far halves of chains lie apart with how far each of them reaches, in place
    (plain) and in width (folded around the median). Below 1.01 they are taken to agree.
    """
    halves = split(draws)
    folded = np.abs(halves - np.median(halves))
    return max(_potential(rank_normal(halves)), _potential(rank_normal(folded)))


def nested_rhat(draws: NDArray[np.float64], *, superchains: int) -> float:
    """Return the nested R-hat of chains in groups that started in one place each.

    Many short chains cannot each be long enough for R-hat; but groups of them can be compared. It
    is sqrt(1 + B / W), with B the variance of the means of the groups and W the mean over groups
    of the variance between and within their chains.

    Args:
        draws: Array (chain, draw); chains of a group stand together.
        superchains: Number of groups, at least 2, which divides the number of chains.

    Raises:
        SettingError: If it does not, or there are fewer.
    """
    _check_groups(len(draws), superchains, least=2)
    chains, count = draws.shape
    grouped = draws.reshape(superchains, chains // superchains, count)
    means = grouped.mean(axis=2)
    size = means.shape[1]
    between_chains = means.var(axis=1, ddof=1) if size > 1 else np.zeros(superchains)
    within_chains = grouped.var(axis=2, ddof=1).mean(axis=1) if count > 1 else np.zeros(superchains)
    inside = float((between_chains + within_chains).mean())
    across = float(means.mean(axis=1).var(ddof=1))
    if inside <= 0.0:
        return 1.0 if across <= 0.0 else math.inf
    return math.sqrt(1.0 + across / inside)


def _check_groups(chains: int, superchains: int, *, least: int) -> None:
    """Refuse groups that are too few, or not of equal size.

    Raises:
        SettingError: Saying how many there are, and of how many chains.
    """
    if not whole_number(superchains) or superchains < least or chains % superchains:
        problem = (
            f"superchains is {shown(superchains)}, must be a whole number, at least {least}, that "
            f"divides the number of chains, {chains}"
        )
        raise SettingError("diagnose", [problem])


def ess_bulk(draws: NDArray[np.float64]) -> float:
    """Return how many independent draws the ranks are worth: those of the middle."""
    if not np.isfinite(draws).all():
        return math.nan
    return _ess(rank_normal(split(draws)))


def ess_tail(draws: NDArray[np.float64]) -> float:
    """Return how many independent draws the 5 % and 95 % quantiles are worth, the fewer."""
    if not np.isfinite(draws).all():  # else the comparison counts them as above both ends
        return math.nan
    ends = np.quantile(draws, TAILS)
    return min(_ess(split((draws <= end).astype(np.float64))) for end in ends)


def ess_mean(draws: NDArray[np.float64]) -> float:
    """Return how many independent draws the mean is worth."""
    if not np.isfinite(draws).all():
        return math.nan
    return _ess(split(draws))


def mcse_mean(draws: NDArray[np.float64]) -> float:
    """Return the Monte Carlo standard error of the mean."""
    worth = ess_mean(draws)
    return math.nan if math.isnan(worth) else float(draws.std(ddof=1) / math.sqrt(worth))


def split(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return halves of chains as chains; the draw in the middle of an odd number is left out."""
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, draws.shape[1] - half :]])


def rank_normal(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the normal scores of the ranks over all chains; equal values share their mean rank."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    ranks = rankdata(draws, method="average").reshape(draws.shape)
    scores: NDArray[np.float64] = ndtri((ranks - 0.375) / (draws.size + 0.25))
    return scores


def _potential(chains: NDArray[np.float64]) -> float:
    """Return R-hat of chains as they are."""
    count = chains.shape[1]
    between = count * float(chains.mean(axis=1).var(ddof=1)) if len(chains) > 1 else 0.0
    within = float(chains.var(axis=1, ddof=1).mean())
    if within <= 0.0:
        return 1.0 if between <= 0.0 else math.inf
    return math.sqrt((between / within + count - 1) / count)


def _ess(chains: NDArray[np.float64]) -> float:
    """Return the effective number of draws, by Geyer's initial monotone sequence."""
    number, count = chains.shape
    if np.ptp(chains) < 1e-300:  # one value only: each draw tells all
        return float(chains.size)
    covariance = autocovariance(chains)
    within = float(covariance[:, 0].mean()) * count / (count - 1.0)
    variance = within * (count - 1.0) / count
    if number > 1:
        variance += float(chains.mean(axis=1).var(ddof=1))
    correlation = 1.0 - (within - covariance.mean(axis=0)) / variance
    correlation[0] = 1.0
    time = _autocorrelation_time(correlation)
    total = chains.size
    return total / max(time, 1.0 / math.log10(total))


def _autocorrelation_time(correlation: NDArray[np.float64]) -> float:
    """Return the sum over all lags, both signs, cut off where it is only noise.

    Sums of neighbouring pairs of a reversible chain are positive and fall; from where those of the
    estimate are not positive they are dropped, and before that none is larger than the one before.
    """
    even, odd = float(correlation[0]), float(correlation[1])
    sums, least, lag = 0.0, math.inf, 1
    while lag < len(correlation) - 3 and even + odd > 0.0:
        least = min(least, even + odd)
        sums += least
        even, odd = float(correlation[lag + 1]), float(correlation[lag + 2])
        lag += 2
    last = even if even > 0.0 or even + odd >= 0.0 else 0.0
    return -1.0 + 2.0 * sums + last


def autocovariance(chains: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the autocovariance of each chain at each lag, array (chain, lag)."""
    from scipy.fft import irfft, next_fast_len, rfft

    count = chains.shape[1]
    centred = chains - chains.mean(axis=1, keepdims=True)
    size = next_fast_len(2 * count)
    spectrum = rfft(centred, size, axis=1)
    found: NDArray[np.float64] = irfft(np.abs(spectrum) ** 2, size, axis=1)[:, :count] / count
    return found
