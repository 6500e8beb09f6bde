"""Are the waits between dated acts as long as the model's rates say?

Counts of quarters tell nothing of days. Here time is stretched by the rate at which a model expects
acts: if the rates are right, waits between acts are exponential with mean 1 in that time, however
the rates rise and fall (Brown, Barbieri, Ventura, Kass and Frank 2002).

Counts of a quarter are negative binomial, which is a Poisson process whose rate is multiplied by a
gamma number that all acts of a quarter share. Stretched by the mean rate alone such acts would fail
by construction. Its rate given what the quarter has held so far is known exactly: it is

    mean * (size + acts so far) / (size + mean * part of the quarter that has passed),

and by that rate time is stretched. So busy quarters are no fault; what is tested is whether the
mean goes up and down as acts do, and whether acts fall on days of the quarter as luck has it.

Days are known to a day, a month or a year, so that several acts can have the same. Where one falls
within what is known of it is drawn from the law that the rates give: evenly within a quarter, and
over several quarters by their rates and what else they hold. Waits then have exactly the law of
those between exact times; this is what the correction for bins does (Haslinger, Pipa and Brown
2010), for bins that may hold several acts.

The last wait is cut off by the end of the years. It is completed by an exponential draw: as many
waits as begin are a number that hangs on nothing later, so that each keeps its law.

Sources: Brown, Barbieri, Ventura, Kass & Frank (2002), Neural Computation 14, 325-346; Haslinger,
Pipa & Brown (2010), Neural Computation 22, 2477-2506; the rate of a negative binomial process given
its past: Grandell (1997), Mixed Poisson Processes, chapter 4.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alliance_sim.calibration.given_arrays import given_numbers
from alliance_sim.errors import SettingError, explains_calls
from alliance_sim.noise import as_seed

Values = NDArray[np.float64]
LEAST_RATE = 1e-12  # acts a quarter; what is held impossible and yet happens waits very long before
WHERE = "rescaled_waits"


class Rates(NamedTuple):
    """What draws expect of one field.

    Attributes:
        mean: Expected acts, array (draw, quarter), 0 or more.
        spread: 1 / size of the negative binomial, array (draw, 1); 0 for Poisson.
    """

    mean: Values
    spread: Values


@explains_calls
def rescaled_waits(
    mean: ArrayLike,
    begins: ArrayLike,
    ends: ArrayLike,
    *,
    size: ArrayLike = np.inf,
    seed: int = 1,
) -> Values:
    """Return waits between acts of one field, in the time in which they should be exponential.

    Args:
        mean: Acts expected, array (draw, quarter), 0 or more.
        begins: From when on each act may have been, array (act,), in quarters from the first on
            (2.5 is the middle of the third quarter).
        ends: Before when it was, likewise, later than `begins`. What reaches over several quarters
            must be whole quarters, and the same or apart from each other.
        size: Of the negative binomial, array (draw,) or one number, above 0; infinite for Poisson.
        seed: Of what is not known of the days.

    Returns:
        The waits before each act in the order of days, and the one that the end of the quarters
        cuts off, completed, as an array (draw, act + 1), 0 or above. Under the right rates all of
        them are independent, each exponential with mean 1.

    Raises:
        SettingError: If a shape or a number does not fit.
    """
    means, problems = given_numbers("mean", mean, axes=("draw", "quarter"))
    sizes, more = given_numbers("size", np.atleast_1d(size), axes=("draw",), finite=False)
    problems += more
    starts = stops = np.zeros(0)
    if np.size(begins) or np.size(ends):  # there may be no act
        starts, more = given_numbers("begins", begins, axes=("act",))
        stops, most = given_numbers("ends", ends, axes=("act",))
        problems += [*more, *most]
    if not problems:
        problems = _problems(means, starts, stops, sizes)
    if problems:
        raise SettingError(WHERE, problems)
    spread = np.broadcast_to(1.0 / sizes, len(means))[:, None]
    return waits_of(Rates(means, spread), starts, stops, np.random.default_rng(as_seed(seed)))


def _problems(mean: Values, begins: Values, ends: Values, size: Values) -> list[str]:
    """Return what is wrong with numbers of the right kind."""
    found = []
    if not np.all(mean >= 0.0):
        found.append("mean holds numbers below 0, must be 0 or more")
    if len(size) not in {1, len(mean)}:
        found.append(f"size has {len(size)} numbers, must be one, or one for each draw")
    if not np.all(size > 0.0):
        found.append("size holds numbers that are not above 0")
    if begins.shape != ends.shape:
        found.append(f"begins and ends have {len(begins)} and {len(ends)} acts, must be as many")
    elif not np.all((begins >= 0.0) & (begins < ends) & (ends <= mean.shape[1])):
        found.append(f"begins must lie before ends, and both from 0 to {mean.shape[1]} quarters")
    else:
        pairs = sorted(set(zip(begins.tolist(), ends.tolist(), strict=True)))
        long = [(a, b) for a, b in pairs if b > np.floor(a) + 1.0]
        if any(a % 1.0 or b % 1.0 for a, b in long):
            found.append("what reaches over several quarters must begin and end with one")
        if any(one[1] > other[0] for one, other in pairwise(long)):
            found.append("what reaches over several quarters must not overlap in part")
    return found


def waits_of(rates: Rates, begins: Values, ends: Values, luck: np.random.Generator) -> Values:
    """Return what `rescaled_waits` does, of numbers that are known to fit."""
    return _waits(rates, _placed(rates, begins, ends, luck), luck)


def _placed(rates: Rates, begins: Values, ends: Values, luck: np.random.Generator) -> Values:
    """Return when acts were, in quarters, array (draw, act) in order of time."""
    draws, quarters = rates.mean.shape
    short = ends <= np.floor(begins) + 1.0
    found = np.empty((draws, len(begins)))
    drawn = luck.random(found.shape)
    found[:, short] = begins[short] + drawn[:, short] * (ends - begins)[short]
    held = np.bincount(np.floor(begins[short]).astype(int), minlength=quarters)
    for start, stop in sorted(set(zip(begins[~short], ends[~short], strict=True))):
        here = np.flatnonzero(~short & (begins == start) & (ends == stop))
        part = slice(int(start), int(stop))
        some = Rates(rates.mean[:, part], rates.spread)
        found[:, here] = start + _spread_out(some, held[part], len(here), luck) + drawn[:, here]
    # What lies in a quarter stays in it: a sum may round up to the next one.
    return np.sort(np.minimum(found, np.nextafter(np.ceil(ends), 0.0)), axis=1)


def _spread_out(
    rates: Rates, held: NDArray[np.int64], acts: int, luck: np.random.Generator
) -> Values:
    """Return the quarter of each of several acts of which only all quarters together are known.

    Numbers of acts by quarter are drawn from what they are given their sum and what else the
    quarters hold: quarter by quarter, by how likely it is that those after it hold the rest.

    Returns:
        Array (draw, act), from 0.
    """
    mean = np.maximum(rates.mean, LEAST_RATE)[:, :, None]
    spread, so_far = rates.spread[:, :, None], np.arange(acts)
    more = mean / (1.0 + spread * mean) * (1.0 + spread * (held[:, None] + so_far)) / (so_far + 1.0)
    more = more / more.max(axis=(1, 2), keepdims=True)  # a factor common to all of one sum
    draws, quarters = rates.mean.shape
    chance = np.concatenate([np.ones((draws, quarters, 1)), np.cumprod(more, axis=2)], axis=2)
    after = np.zeros((quarters + 1, draws, acts + 1))  # quarters from q on hold r acts
    after[quarters, :, 0] = 1.0
    for q in reversed(range(quarters)):
        for k in range(acts + 1):
            after[q, :, k:] += chance[:, q, k, None] * after[q + 1, :, : acts + 1 - k]
    left, found = np.full(draws, acts), np.zeros((draws, acts))
    every, u = np.arange(draws), luck.random((quarters, draws))
    for q in range(quarters):
        weights = [
            chance[:, q, k] * np.where(k <= left, after[q + 1, every, np.maximum(left - k, 0)], 0.0)
            for k in range(acts + 1)
        ]
        below = np.cumsum(weights, axis=0)
        taken = np.minimum((below <= u[q] * below[-1]).sum(axis=0), left)
        found += np.arange(acts) >= (acts - left + taken)[:, None]
        left = left - taken
    return found


def _waits(rates: Rates, times: Values, luck: np.random.Generator) -> Values:
    """Return waits between times (draw, act) that are in order, and the last one completed."""
    draws, acts = times.shape
    rest = luck.exponential(size=draws)
    empty = _stretched(rates.mean, rates.spread, 1.0)  # time that passes in a quarter without acts
    so_far = np.concatenate([np.zeros((draws, 1)), np.cumsum(empty, axis=1)], axis=1)
    if acts == 0:
        return (so_far[:, -1] + rest)[:, None]
    where = np.floor(times).astype(int)
    mine = np.take_along_axis(rates.mean, where, axis=1)
    place = np.arange(acts)
    new = np.ones((draws, acts), dtype=bool)  # is the first of its quarter
    new[:, 1:] = where[:, 1:] != where[:, :-1]
    earlier = place - np.maximum.accumulate(np.where(new, place, 0), axis=1)
    passed = _stretched(mine, rates.spread, times - where)
    whole = np.take_along_axis(empty, where, axis=1)
    busier = 1.0 + rates.spread * earlier  # with each act the rest of its quarter promises more
    behind = (busier + rates.spread) * (whole - passed)
    start = np.take_along_axis(so_far, where, axis=1)
    found = np.empty((draws, acts + 1))
    found[:, 0] = start[:, 0] + passed[:, 0]
    between = start[:, 1:] - np.take_along_axis(so_far, where[:, :-1] + 1, axis=1)
    found[:, 1:-1] = np.where(
        new[:, 1:],
        behind[:, :-1] + between + passed[:, 1:],
        busier[:, 1:] * (passed[:, 1:] - passed[:, :-1]),
    )
    over = so_far[:, -1] - so_far[np.arange(draws), where[:, -1] + 1]
    found[:, -1] = behind[:, -1] + over + rest
    return np.maximum(found, 0.0)


def _stretched(mean: Values, spread: Values, part: Values | float) -> Values:
    """Return how much time passes in a part of a quarter that holds no act so far."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Values = np.where(spread > 0.0, np.log1p(mean * spread * part) / spread, mean * part)
    return found


def distances(waits: Values) -> Values:
    """Return how far waits are from exponential: Kolmogorov and Smirnov's distance, by draw.

    Args:
        waits: Array (draw, wait), 0 or above, at least one wait.

    Returns:
        Array (draw,), in (0, 1].
    """
    count = waits.shape[1]
    shares = np.sort(-np.expm1(-waits), axis=1)
    above = np.arange(1, count + 1) / count - shares
    below = shares - np.arange(count) / count
    found: Values = np.maximum(above, below).max(axis=1)
    return found
