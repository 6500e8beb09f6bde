"""Standard normals given data, for any log likelihood of one vector of them, smooth or not.

Three ways, tried in turn. Where the log likelihood is a quadratic, the posterior is a normal that
is known; where data are either possible or not, and not too rare, draws of the prior that are
possible are the answer: both give independent draws. Else particles go from the prior to the
posterior by steps, the likelihood brought in by a power that rises from 0 to 1; each step they move
along ellipses of the prior, and of the normal that fits where they are, until they have forgotten
where they began. From where they end, chains go on with moves that no longer learn.

Where no draw of the prior is possible, a measure of how far off a run is leads to some that are.

Sources: I. Murray, R. P. Adams and D. J. C. MacKay, "Elliptical slice sampling", AISTATS 2010;
R. Nishihara, I. Murray and R. P. Adams, "Parallel MCMC with generalized elliptical slice
sampling", JMLR 15 (2014); P. Del Moral, A. Doucet and A. Jasra, "Sequential Monte Carlo samplers",
JRSS B 68 (2006).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calibration.keyed import Stage, generator
from alliance_sim.calibration.resampling import systematic
from alliance_sim.calibration.tempered import next_power, weighed
from alliance_sim.counterfactual.fitted import Fit, fitted
from alliance_sim.errors import SettingError

Floats: TypeAlias = NDArray[np.float64]
OfNoise: TypeAlias = Callable[[Floats], float]

LOG = logging.getLogger(__name__)

BATCH = 1_024  # draws of the prior that are made at once
PILOT = 2 * BATCH  # draws of the prior that are looked at in any case
ENOUGH = 64  # possible ones among them: from fewer no particles begin, if more can be found
MOST_TRIES = 128 * BATCH  # draws of the prior in search of possible ones
SOON = 8 * BATCH  # draws of the prior after which a search begins, if none was possible
SLACK = 0.02  # by how much a step of the search may lead further off, on average
SEARCHERS = 32  # places from which a search goes downhill
TRIES_A_DRAW = 64  # draws of the prior for one that is wanted, at most, where that is all there is
MOST_ROWS = 400  # of a quadratic: it takes half the square of their number to learn
LINES = 3  # along which a function has to be a quadratic before that is tried
EXACT = 1e-9  # of the largest value: a departure from a quadratic that is rounding
SHARP = 1e10  # the largest value with which rounding leaves a quadratic's small parts right
LEAST_PARTICLES, MOST_PARTICLES, PARTICLES_A_ROW = 512, 4_096, 20
KEEP = 0.5  # share of the particles that one step of the power leaves, as effective size
FORGOTTEN, LEARNT = 0.6, 0.3  # correlation with where a step began; with where a chain was
MOST_SWEEPS = 12  # of one step of the power
MOST_WARM, MOST_THIN = 40, 16
ROUNDS = 4  # in which chains learn where they are, at most
ROW_MOVES = 8  # of one sweep where nothing is fitted yet
MOST_CHAINS = 64
LEAST_KEPT = 16  # draws of one chain: fewer say nothing of how they hang together
SHARES = (0.0, 0.125, 0.25, 0.5, 1.0)  # of all rows that one move changes; at least one row
MOST_NARROWED = 300  # tries on one ellipse; by then it is narrower than the spacing of numbers


@dataclass(frozen=True)
class Conditioned:
    """Draws of the posterior.

    Attributes:
        noise: Array (draw, dimension); draws of one chain stand together.
        kept: How many draws each chain has; 0 where all draws are independent. The last chain may
            have fewer.
    """

    noise: Floats
    kept: int


def given_data(
    log_likelihood: OfNoise, dimension: int, draws: int, seed: int, misfit: OfNoise | None = None
) -> Conditioned:
    """Return draws of standard normals given data.

    Args:
        log_likelihood: Function of an array (dimension,), a finite number or -inf; it is given a
            copy of its own.
        dimension: How many normals, at least 1.
        draws: How many draws are wanted; there may be more.
        seed: Whole number from 0 to 2**64 - 1.
        misfit: How far what comes of noise is from the data, at least 0; followed downhill where
            all of the prior that was tried is impossible. None if nothing can be said.

    Raises:
        SettingError: If nothing possible is found.
    """
    target = _Target(log_likelihood)
    rng = generator(seed, Stage.START)
    found = _possible(target, dimension, rng, MOST_TRIES if misfit is None else SOON)
    if not len(found.values) and misfit is not None:
        found = _searched(target, _Target(misfit), dimension, rng)
        if not len(found.values):
            found = _possible(target, dimension, rng, MOST_TRIES)
    if not len(found.values):
        raise SettingError("log_likelihood", [_NOTHING.format(tries=found.tries)])
    if found.alike and found.drawn:
        while len(found.values) < draws and found.tries < max(MOST_TRIES, TRIES_A_DRAW * draws):
            found = found.more(target, rng)
        if found.alike and len(found.values) >= draws:
            return Conditioned(found.unknowns[:draws], 0)
    elif found.tries == len(found.values):
        normal = _normal(target, found)
        if normal is not None:
            mean, spread = normal
            independent = generator(seed, Stage.DRAWS).standard_normal((draws, dimension))
            return Conditioned(mean + independent @ spread.T, 0)
    walkers = _tempered(target, found, generator(seed, Stage.TEMPERED))
    return _chains(walkers, draws, generator(seed, Stage.DRAWS))


class _Target:
    """The log likelihood of many vectors, one after the other."""

    def __init__(self, log_likelihood: OfNoise) -> None:
        self._one = log_likelihood

    def __call__(self, unknowns: Floats) -> Floats:
        """Return the values (n,) of an array (n, dimension)."""
        return np.array([self._one(row.copy()) for row in unknowns], dtype=np.float64)


@dataclass(frozen=True)
class _Possible:
    """Draws of the prior that are possible, array (n, dimension), and what they come to."""

    unknowns: Floats
    values: Floats
    tries: int
    drawn: bool = True  # from the prior, and not searched for

    @property
    def alike(self) -> bool:
        """Whether all that are possible are equally so, as far as there are enough to tell."""
        return len(self.values) >= ENOUGH and bool((self.values == self.values[0]).all())

    def more(self, target: _Target, rng: np.random.Generator) -> _Possible:
        """Return these and those of another batch."""
        unknowns = rng.standard_normal((BATCH, self.unknowns.shape[1]))
        values = target(unknowns)
        possible = values > -np.inf
        return _Possible(
            np.concatenate([self.unknowns, unknowns[possible]]),
            np.concatenate([self.values, values[possible]]),
            self.tries + BATCH,
        )


def _possible(target: _Target, dimension: int, rng: np.random.Generator, soon: int) -> _Possible:
    """Return enough draws of the prior that are possible, or as many as could be found.

    Where there is none among the first, `soon` says how many, nothing else is looked at.
    """
    found = _Possible(np.zeros((0, dimension)), np.zeros(0), 0)
    while found.tries < PILOT or (len(found.values) < ENOUGH and found.tries < MOST_TRIES):
        if not len(found.values) and found.tries >= soon:
            break
        found = found.more(target, rng)
    return found


def _searched(
    target: _Target, misfit: _Target, dimension: int, rng: np.random.Generator
) -> _Possible:
    """Return places that are possible, found from draws of the prior by going downhill.

    Some rows are drawn again, and stay so if the misfit is no larger. What is found is where
    particles begin, no draw of the posterior yet.
    """
    unknowns = rng.standard_normal((SEARCHERS, dimension))
    off, values = misfit(unknowns), target(unknowns)
    tries = 0
    while tries < MOST_TRIES:
        left = np.flatnonzero(values == -np.inf)
        if not left.size:
            break
        size = min(dimension, int(rng.geometric(0.6)))
        again = rng.permuted(np.tile(np.arange(dimension), (left.size, 1)), axis=1)[:, :size]
        new = unknowns[left]
        np.put_along_axis(new, again, rng.standard_normal(again.shape), axis=1)
        off_new = misfit(new)
        nearer = off_new <= off[left] + SLACK * rng.standard_exponential(left.size)
        better, worth = left[nearer], (off_new < off[left])[nearer] | (off_new[nearer] == 0.0)
        unknowns[better], off[better] = new[nearer], off_new[nearer]
        values[better[worth]] = target(unknowns[better[worth]])
        tries += left.size
    possible = values > -np.inf
    LOG.info("noise given data: %d places found in %d tries", int(possible.sum()), tries)
    return _Possible(unknowns[possible], values[possible], tries, drawn=False)


def _normal(target: _Target, found: _Possible) -> tuple[Floats, Floats] | None:
    """Return mean and a root of the covariance of a posterior that is a normal; None if it is not.

    A quadratic is learnt from its values at 0, at unit vectors and at sums of two of them, and has
    to be right at draws of the prior.
    """
    dimension = found.unknowns.shape[1]
    if dimension > MOST_ROWS or not _may_be_quadratic(target, found):
        return None
    units = np.eye(dimension)
    first, second = np.triu_indices(dimension, 1)
    here = float(target(np.zeros((1, dimension)))[0])
    up, down = target(units), target(-units)
    pairs = target(units[first] + units[second]) if len(first) else np.zeros(0)
    known = np.concatenate([[here], up, down, pairs])
    if not np.abs(known).max() < SHARP:  # -inf as well
        return None
    slope, curve = 0.5 * (up - down), np.diag(up + down - 2.0 * here)
    curve[first, second] = curve[second, first] = pairs - up[first] - up[second] + here
    places, values = found.unknowns[:PILOT], found.values[:PILOT]
    said = here + places @ slope + 0.5 * np.einsum("ij,jk,ik->i", places, curve, places)
    if np.abs(said - values).max() > EXACT * max(float(np.abs(values).max()), 1.0) * dimension:
        return None
    variances, directions = np.linalg.eigh(np.eye(dimension) - curve)
    if variances[0] <= 0.0:  # no posterior: the likelihood grows without bound
        return None
    spread = directions / np.sqrt(variances)
    return spread @ (spread.T @ slope), spread


def _may_be_quadratic(target: _Target, found: _Possible) -> bool:
    """Return whether third differences vanish along a few lines."""
    for line in range(LINES):
        place, step = found.unknowns[2 * line], found.unknowns[2 * line + 1]
        values = target(place + np.arange(4.0)[:, None] * step)
        if not np.isfinite(values).all():
            return False
        third = values @ np.array([-1.0, 3.0, -3.0, 1.0])
        if abs(third) > EXACT * max(float(np.abs(values).max()), 1.0):
            return False
    return True


class _Walkers:
    """Places that all make the same moves at the same time, each by itself.

    Attributes:
        unknowns: Array (n, dimension).
        values: Array (n,), their log likelihoods, all finite.
        power: To which the likelihood is raised.
        fit: A normal along whose axes they move as well; None if there is none yet.
    """

    def __init__(
        self, target: _Target, unknowns: Floats, values: Floats, rng: np.random.Generator
    ) -> None:
        self._target, self._rng = target, rng
        self.unknowns, self.values = unknowns, values
        self.power = 0.0
        self.fit: Fit | None = None

    def sweep(self) -> None:
        """Make one move of each kind: anew, along ellipses of the fit, and of the prior."""
        dimension = self.unknowns.shape[1]
        if self.fit is None:
            for _ in range(ROW_MOVES):
                self._along_rows(self._some(dimension))
            return
        self._anew(self.fit)
        self._along_axes(self.fit, np.arange(dimension))
        if dimension > 1:
            self._along_axes(self.fit, self._some(dimension))
        self._along_rows(self._some(dimension))

    def _anew(self, fit: Fit) -> None:
        """Draw all rows by their histograms, and go there or not, by Metropolis and Hastings."""
        new = fit.drawn(len(self.values), self._rng)
        values = self._target(new)
        possible = values > -np.inf
        gained = np.full(len(values), -np.inf)
        here = self.power * self.values - fit.log_density(self.unknowns)
        there = self.power * values[possible] - fit.log_density(new[possible])
        gained[possible] = there - here[possible]
        goes = gained > np.log1p(-self._rng.random(len(values)))
        self.unknowns, self.values = self.unknowns.copy(), self.values.copy()
        self.unknowns[goes], self.values[goes] = new[goes], values[goes]

    def _some(self, of: int) -> NDArray[np.int64]:
        """Return some of so many: one, or a share of them, as chance has it."""
        size = max(1, round(of * float(self._rng.choice(SHARES))))
        return np.sort(self._rng.permutation(of)[:size])

    def _along_rows(self, rows: NDArray[np.int64]) -> None:
        now = self.unknowns[:, rows].copy()
        other = self._rng.standard_normal(now.shape)

        def places(of: NDArray[np.int64], cosine: Floats, sine: Floats) -> tuple[Floats, Floats]:
            new = self.unknowns[of]
            new[:, rows] = now[of] * cosine + other[of] * sine
            return new, np.zeros(len(of))

        self._slice(places, np.zeros(len(now)))

    def _along_axes(self, fit: Fit, axes: NDArray[np.int64]) -> None:
        old = self.unknowns
        standard = (old - fit.mean) @ fit.inverse.T
        now, other = standard[:, axes], self._rng.standard_normal((len(old), len(axes)))
        directions = fit.axes[:, axes]

        def places(of: NDArray[np.int64], cosine: Floats, sine: Floats) -> tuple[Floats, Floats]:
            along = now[of] * cosine + other[of] * sine
            new = old[of] + (along - now[of]) @ directions.T
            # log prior less log of the fitted normal, as far as they change
            gained = (along**2).sum(axis=1) - (now[of] ** 2).sum(axis=1)
            return new, 0.5 * gained - 0.5 * ((new**2).sum(axis=1) - (old[of] ** 2).sum(axis=1))

        self._slice(places, np.zeros(len(old)))

    def _slice(
        self,
        places: Callable[[NDArray[np.int64], Floats, Floats], tuple[Floats, Floats]],
        correction: Floats,
    ) -> None:
        """Move all to a place on their ellipses that lies above a level, narrowing around them."""
        count = len(self.values)
        level = self.power * self.values + correction + np.log1p(-self._rng.random(count))
        angle = self._rng.uniform(0.0, 2.0 * math.pi, count)
        low, high = angle - 2.0 * math.pi, angle.copy()
        unknowns, values = self.unknowns.copy(), self.values.copy()
        left = np.arange(count)
        for _ in range(MOST_NARROWED):
            if not left.size:
                break
            new, corrected = places(
                left, np.cos(angle[left])[:, None], np.sin(angle[left])[:, None]
            )
            reached = self._target(new)
            tempered = np.where(
                reached > -np.inf, self.power * np.maximum(reached, -1e300), -np.inf
            )
            good = tempered + corrected > level[left]
            unknowns[left[good]], values[left[good]] = new[good], reached[good]
            left = left[~good]
            below = angle[left] < 0.0
            low[left[below]] = angle[left[below]]
            high[left[~below]] = angle[left[~below]]
            angle[left] = self._rng.uniform(low[left], high[left])
        self.unknowns, self.values = unknowns, values

    def chosen(self, which: NDArray[np.int64]) -> None:
        """Go on with some of them, some perhaps several times."""
        self.unknowns, self.values = self.unknowns[which], self.values[which]


def _tempered(target: _Target, found: _Possible, rng: np.random.Generator) -> _Walkers:
    """Return particles of the posterior."""
    dimension = found.unknowns.shape[1]
    count = min(MOST_PARTICLES, max(LEAST_PARTICLES, PARTICLES_A_ROW * dimension))
    walkers = _Walkers(target, found.unknowns, found.values, rng)
    if len(found.values) < count:  # few are possible: spread over what is, before data weigh in
        walkers.chosen(np.arange(count) % len(found.values))
        if len(found.values) > 2 * dimension:
            walkers.fit = fitted(found.unknowns)
        _forget(walkers, FORGOTTEN, MOST_WARM)
    while walkers.power < 1.0:
        power = next_power(walkers.values, walkers.power, KEEP)
        weights, _ = weighed(walkers.values, power - walkers.power)
        walkers.fit, walkers.power = fitted(walkers.unknowns, weights), power
        walkers.chosen(systematic(weights, count, rng.random()))
        sweeps = _forget(walkers, FORGOTTEN, MOST_SWEEPS)
        LOG.info("noise given data: power %.3g, %d particles, %d sweeps", power, count, sweeps)
    return walkers


def _forget(walkers: _Walkers, correlation: float, most: int) -> int:
    """Make sweeps until no row is correlated with where it began; return how many.

    Places have to be forgotten, and how far out they are.
    """
    before = _moments(walkers)
    for sweeps in range(1, most + 1):
        walkers.sweep()
        if _worst_correlation(before, _moments(walkers)) < correlation:
            return sweeps
    return most


def _moments(walkers: _Walkers) -> Floats:
    apart = walkers.unknowns - walkers.unknowns.mean(axis=0)
    return np.column_stack([apart, apart**2, walkers.values])


def _worst_correlation(before: Floats, now: Floats) -> float:
    one, other = before - before.mean(axis=0), now - now.mean(axis=0)
    size = np.sqrt((one**2).sum(axis=0) * (other**2).sum(axis=0))
    varies = size > 0.0
    if not varies.any():
        return 0.0
    return float(((one * other).sum(axis=0)[varies] / size[varies]).max())


def _chains(walkers: _Walkers, draws: int, rng: np.random.Generator) -> Conditioned:
    """Return draws of chains that begin at particles, by moves that are frozen."""
    sweeps = MOST_WARM
    for _ in range(ROUNDS):
        walkers.fit = fitted(walkers.unknowns)
        sweeps, before = _forget(walkers, LEARNT, MOST_WARM), sweeps
        if sweeps <= MOST_THIN // 4 or 4 * sweeps > 3 * before:
            break
    thin = min(MOST_THIN, 2 * sweeps)
    chains = min(MOST_CHAINS, max(4, -(-draws // LEAST_KEPT)))
    spread = rng.permutation(len(walkers.values))[:chains]
    walkers.chosen(spread)
    kept = max(LEAST_KEPT, -(-draws // chains))
    noise = np.empty((kept, chains, walkers.unknowns.shape[1]))
    for draw in range(kept):
        for _ in range(thin):
            walkers.sweep()
        noise[draw] = walkers.unknowns
    LOG.info("noise given data: %d chains of %d draws, %d sweeps each", chains, kept, thin)
    return Conditioned(noise.transpose(1, 0, 2).reshape(kept * chains, -1), kept)


_NOTHING = (
    "is -inf at each of {tries:,} draws of the noise: nothing there is possible; check the data, "
    "let the likelihood fall off in place of being -inf, or give data as a mapping from names that "
    "runs return, so that it can be seen which noise comes near"
)
