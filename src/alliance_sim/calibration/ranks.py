"""Simulation-based calibration: does a sampler give each truth its rank, no lower and no higher?

A truth is drawn from the prior, data are made from it, and the posterior of these data is sampled.
Among draws of a right posterior the truth is nowhere in particular: its rank is uniform. A wrong
likelihood, prior or sampler shows as ranks that are not.

Sources: S. Talts et al., "Validating Bayesian inference algorithms with simulation-based
calibration", arXiv:1804.06788; T. Säilynoja, P.-C. Bürkner and A. Vehtari, "Graphical test for
discrete uniformity and its applications in goodness-of-fit evaluation and multiple sample
comparison", Statistics and Computing 32 (2022); M. Modrák et al., "Simulation-based calibration
checking for Bayesian computation: the choice of test quantities shapes sensitivity", Bayesian
Analysis (2023).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.calibration.given_arrays import given_numbers
from alliance_sim.calibration.keyed import Stage, generator
from alliance_sim.errors import SettingError, explains_calls, shown
from alliance_sim.noise import as_seed
from alliance_sim.parallel.executors import Inline, explained, in_flight
from alliance_sim.several import several
from alliance_sim.whole_numbers import not_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_POINTS = 50  # at which the ranks' distribution is looked at
HALVINGS = 40

# From the number of a replicate to the truths, array (quantity,), and draws of their posterior,
# array (draw, quantity). To be given to worker processes it must pickle.
Replicate = Callable[[int], "tuple[NDArray[np.float64], NDArray[np.float64]]"]


@dataclass(frozen=True)
class RankCheck:
    """What the ranks of one quantity say.

    Attributes:
        name: The quantity.
        points: Array (point,): shares of all possible ranks at which they are looked at.
        difference: Array (point,): share of the ranks at or below, minus what is expected.
        lower: Array (point,): lower end of the simultaneous band of that difference.
        upper: Array (point,): its upper end.
        p_value: Probability of ranks that stray as far somewhere, if all is right.
    """

    name: str
    points: NDArray[np.float64]
    difference: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    p_value: float

    @property
    def inside(self) -> bool:
        """Whether the ranks stay inside the band everywhere."""
        low, high = self.difference >= self.lower - 1e-12, self.difference <= self.upper + 1e-12
        return bool((low & high).all())


class RankStudy:
    """Replicates of simulation-based calibration, computed one batch after the other.

    Attributes:
        names: The quantities.
        ranks: Array (replicate, quantity): how many of the draws lie below the truth; -1 where a
            replicate is not done yet.
        told: Array (replicate, 3, quantity): each truth, and the mean and standard deviation of its
            draws; NaN where a replicate is not done yet.
    """

    def __init__(
        self,
        names: Sequence[str],
        replicate: Replicate,
        *,
        replicates: int,
        draws: int,
        seed: int,
    ) -> None:
        """Prepare a study; nothing is computed before the first `advance`.

        Args:
            names: The quantities, in the order in which a replicate gives them.
            replicate: From its number to truths and draws.
            replicates: How many.
            draws: Nearly independent draws that each replicate gives.
            seed: For ranks among equals, which are drawn by lot.

        Raises:
            SettingError: If there is no quantity, no replicate or no draw, or a setting is out of
                range.
        """
        self.names, self._replicate, self.draws = several(names), replicate, draws
        problems = not_whole("replicates", replicates, least=1)
        problems += not_whole("draws", draws, least=1)
        if not self.names:
            problems.append("names is empty, must name at least one quantity")
        if not callable(replicate):
            problems.append(f"replicate is {shown(replicate)}, must be a function of its number")
        if problems:
            raise SettingError("ranks", problems)
        self._seed = as_seed(seed)
        self.ranks = np.full((replicates, len(self.names)), -1, dtype=np.int64)
        self.told = np.full((replicates, 3, len(self.names)), np.nan)

    @property
    def done(self) -> int:
        """How many replicates are done."""
        return int((self.ranks[:, 0] >= 0).sum())

    @property
    def finished(self) -> bool:
        """Whether all are."""
        return self.done == len(self.ranks)

    def advance(self, executor: Executor | None = None) -> None:
        """Do as many replicates as the executor works on at a time.

        Raises:
            SettingError: If a replicate gives other numbers of truths or draws than it should.
            UnfinishedError: If a worker dies or fails.
        """
        who = executor or Inline()
        missing = np.flatnonzero(self.ranks[:, 0] < 0)[: in_flight(who)].tolist()
        again = "Give the same command again: it goes on with the replicates that are left"
        with explained(again):
            futures = [who.submit(self._replicate, number) for number in missing]
            found = [future.result() for future in futures]
        ranks, told = self.ranks.copy(), self.told.copy()
        for number, (truths, draws) in zip(missing, found, strict=True):
            wanted = ((len(self.names),), (self.draws, len(self.names)))
            if (np.shape(truths), np.shape(draws)) != wanted:
                problem = (
                    f"replicate {number} gave truths and draws of shapes {np.shape(truths)} and "
                    f"{np.shape(draws)}, must be {wanted[0]} and {wanted[1]}"
                )
                raise SettingError("ranks", [problem])
            rng = generator(self._seed, Stage.CHOOSE, number)
            ranks[number] = ranks_of(np.asarray(truths), np.asarray(draws), rng)
            told[number] = truths, np.mean(draws, axis=0), np.std(draws, axis=0, ddof=1)
        self.ranks, self.told = ranks, told

    def checks(self) -> list[RankCheck]:
        """Return what the ranks of each quantity say, of the replicates that are done.

        Raises:
            SettingError: If none is.
        """
        done = self.ranks[self.ranks[:, 0] >= 0]
        return [check_ranks(name, done[:, k], most=self.draws) for k, name in enumerate(self.names)]

    def state(self) -> dict[str, NDArray[Any]]:
        """Return all that `restore` needs."""
        return {"ranks": self.ranks.copy(), "told": self.told.copy()}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take up a `state()` of the same study, which may have had fewer or more replicates."""
        count = min(len(self.ranks), len(state["ranks"]))
        self.ranks[:count] = state["ranks"][:count]
        self.told[:count] = state["told"][:count]


def ranks_of(
    truths: NDArray[np.float64], draws: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return how many draws lie below each truth, equals by lot.

    Args:
        truths: Array (quantity,).
        draws: Array (draw, quantity).
        rng: Decides where a truth stands among draws that equal it.
    """
    below = (draws < truths).sum(axis=0)
    equal = (draws == truths).sum(axis=0)
    lot = np.floor(rng.random(len(truths)) * (equal + 1)).astype(np.int64)
    found: NDArray[np.int64] = below + lot
    return found


@explains_calls
def check_ranks(
    name: str, ranks: NDArray[np.int64], *, most: int, probability: float = 0.95
) -> RankCheck:
    """Return whether ranks are uniform, by the differences of their distribution function.

    The band is simultaneous: uniform ranks stay inside it at all points together with the
    probability given, by the exact distribution.

    Args:
        name: The quantity.
        ranks: Array (replicate,) of whole numbers from 0 to `most`.
        most: The number of draws, at least 1.
        probability: Of staying inside, above 0 and below 1.

    Raises:
        SettingError: If there is no rank, from which nothing can be told, one of them can be none
            of so many draws, or a setting is out of range.
    """
    ranks = _checked(ranks, most, probability)
    count = len(ranks)
    ends = np.unique(np.linspace(0, most, min(MOST_POINTS, most) + 1).round().astype(np.int64)[:-1])
    points: NDArray[np.float64] = (ends.astype(np.float64) + 1.0) / (most + 1.0)
    seen = (ranks[:, None] <= ends).sum(axis=0)
    level = _level(count, tuple(points), probability)
    low, high = _bounds(count, points, level)
    strayed = _straying(count, points, seen)
    return RankCheck(
        name,
        points,
        seen / count - points,
        low / count - points,
        high / count - points,
        max(0.0, 1.0 - _probability_inside(count, tuple(points), strayed * (1.0 + 1e-9))),
    )


def _checked(ranks: object, most: int, probability: object) -> NDArray[np.int64]:
    """Return the ranks, if they are such of so many draws.

    Raises:
        SettingError: Naming all that is wrong.
    """
    found, problems = given_numbers("ranks", ranks, axes=("replicate",), finite=False)
    wrong = not_whole("most", most, least=1)
    problems += wrong
    if not isinstance(probability, Real) or not 0.0 < float(probability) < 1.0:
        problems.append(f"probability is {shown(probability)}, must be above 0 and below 1")
    if not wrong:
        none = ~((found >= 0) & (found <= most) & (found == np.floor(found)))
        if none.any():
            first, count = float(found[none][0]), int(none.sum())
            told = f"{first:g}" if count == 1 else f"{count} such as {first:g}"
            problems.append(f"ranks hold {told}, must be whole numbers from 0 to {most}")
    if problems:
        raise SettingError("check_ranks", problems)
    return found.astype(np.int64)


@lru_cache(maxsize=8)
def _level(count: int, points: tuple[float, ...], probability: float) -> float:
    """Return the level of the bands at single points with which all are held together."""
    low, high = 0.0, 1.0 - probability + 1e-9
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        if _probability_inside(count, points, middle) >= probability:
            low = middle
        else:
            high = middle
    return low


def _bounds(
    count: int, points: NDArray[np.float64], level: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the fewest and the most ranks at or below each point: tails below `level` / 2 fall."""
    from scipy.stats import binom

    numbers = np.arange(count + 1)
    upwards = binom.cdf(numbers, count, points[:, None])
    downwards = binom.sf(numbers - 1, count, points[:, None])
    inside = 2.0 * np.minimum(upwards, downwards) >= level
    return inside.argmax(axis=1), count - inside[:, ::-1].argmax(axis=1)


def _straying(count: int, points: NDArray[np.float64], seen: NDArray[np.int64]) -> float:
    """Return twice the smallest tail probability that any point has by itself."""
    from scipy.stats import binom

    tails = np.minimum(binom.cdf(seen, count, points), binom.sf(seen - 1, count, points))
    return float(min(1.0, 2.0 * tails.min()))


def _probability_inside(count: int, points: tuple[float, ...], level: float) -> float:
    """Return the probability that uniform ranks stay within `_bounds` at all points.

    The number at or below a point is a Markov chain from point to point, each rank that is left
    falling below the next point with the same probability.
    """
    low, high = _bounds(count, np.array(points), level)
    chances = np.zeros(count + 1)
    chances[0] = 1.0
    for place, step in enumerate(_steps(count, points)):
        chances = chances @ step
        chances[: low[place]] = 0.0
        chances[high[place] + 1 :] = 0.0
    return float(chances.sum())


@lru_cache(maxsize=2)
def _steps(count: int, points: tuple[float, ...]) -> list[NDArray[np.float64]]:
    """Return the chances of that chain, for each point an array (before, at)."""
    from scipy.stats import binom

    numbers = np.arange(count + 1)
    found, before = [], 0.0
    for point in points:
        share = (point - before) / (1.0 - before)
        rise = numbers - numbers[:, None]
        found.append(binom.pmf(rise, count - numbers[:, None], share))
        before = point
    return found
