"""Each year from all the others: draws of the whole record, weighted as if a year were not in it.

A draw weighs the less, the better it explains the year that is left out. Where so few draws carry
the weight that the smoothed weights are not to be trusted (k above 0.7), chains that start from
them are led to the posterior without the year. Draws that know the whole record by uneven weights
only are led to its posterior in the same way, once, before any year is left out. What is forecast
of a year is drawn, rungs, refusals and agreements too; only what came after them is held, as in
every draw.

One thing stays of the year: numbers under which its record is impossible, such as a step that came
while what it asks for was not met, are in no draw and stay impossible without the year.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.calibration.acts import ActCounts
from alliance_sim.calibration.blocks import blocks, evaluate
from alliance_sim.calibration.chains import Chains, ChainSettings
from alliance_sim.calibration.fit import moves_of
from alliance_sim.calibration.forecasts import Means, Onward, run_on
from alliance_sim.calibration.layout import log_ratio
from alliance_sim.calibration.pareto import TRUSTED, smoothed_weights
from alliance_sim.calibration.predictive import MOST
from alliance_sim.calibration.resampling import systematic
from alliance_sim.calibration.target import Target
from alliance_sim.engine.kernel.observation import PARTS
from alliance_sim.noise import as_seed
from alliance_sim.parallel.executors import Inline, explained
from alliance_sim.record.record import COUNTED_DOMAINS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.calibration.predictive import Values

FUTURES = 4  # runs through a year that is left out, from each draw
CHAINS, ROUND = 64, 5
WARM_UP, DRAWS, KEPT = 10, 20, 256  # sweeps without a year, and whole draws that are kept of them
WHOLE_WARM_UP, WHOLE_DRAWS, WHOLE_KEPT = 20, 80, 512  # the same of the whole record
EVEN = 0.5  # share of draws that weights leave effective, below which draws are made anew
LEFT_OUT = ("counts", "ladder", "agreements", "marks")  # parts that are; dates of laws are inputs
AGAIN = "Give the same again: it goes on from the last checkpoint, if one is kept"


@dataclass(frozen=True)
class WithoutYear:
    """The log likelihood of a record of which some quarters tell nothing.

    Attributes:
        target: With all quarters.
        start: First quarter that is left out.
        stop: The quarter behind the last one.
    """

    target: Target
    start: int
    stop: int

    def __call__(self, unknowns: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log likelihood of each column without what the quarters tell.

        Minus infinity where they are impossible.
        """
        return log_ratio(*self.both(unknowns))

    def both(self, unknowns: Values) -> tuple[Values, Values]:
        """Return the log likelihood of the whole record, and what the quarters add to it."""
        target = self.target
        theta, normals = target.parted(unknowns)
        constants, own, observation = target.room.given(theta)
        edges = tuple(edge for edge in (self.start, self.stop) if 0 < edge < target.layout.steps)
        terms = target.room.conditioned.by_quarter(
            constants, own, normals, observation, edges=edges
        )
        terms = np.where(np.isnan(terms), -np.inf, terms)
        wanted = [PARTS.index(part) for part in target.parts]
        mine = [PARTS.index(part) for part in LEFT_OUT if part in target.parts]
        place = 1 if self.start > 0 else 0
        return terms[:, wanted].sum(axis=(0, 1)), terms[place, mine].sum(axis=0)

    def means(self, unknowns: Values, first: int, draws: int, seed: int) -> tuple[Values, ...]:
        """Return what up to 64 draws expect in the quarters; see `forecasts.run_on`."""
        target, count = self.target, unknowns.shape[1]
        theta, normals = target.parted(unknowns)
        given = target.room.given(theta)
        state = target.room.conditioned.end(given[0], given[1], normals, given[2], last=self.start)
        runs = [np.arange(first, first + count) + k * draws for k in range(FUTURES)]
        onward = Onward(runs, [normals[self.start : self.stop]] * FUTURES, seed)
        steps, columns = range(self.start, self.stop), target.room.vectors.columns
        return run_on(target, state, given, onward, steps=steps, columns=columns)

    def chances(
        self, draws: Values, weights: Values, seed: int, executor: Executor | None = None
    ) -> Values:
        """Return how likely weighted draws make each count of each quarter.

        Args:
            draws: Standard normals, array (dimension, draw).
            weights: What they weigh, array (draw,), with sum 1.
            seed: Whole number from 0 to 2**64 - 1.
            executor: Who computes; this process if None. Numbers do not depend on it.

        Returns:
            Array (quarter, field, count).
        """
        who, count = executor or Inline(), draws.shape[1]
        with explained(AGAIN):
            futures = [
                who.submit(self.means, np.ascontiguousarray(draws[:, p]), p.start, count, seed)
                for p in blocks(count)
            ]
            found = [future.result() for future in futures]
        parts = (np.concatenate([one[k] for one in found], axis=1) for k in range(3))
        mean, size, formal = (one.reshape(-1, *one.shape[2:]) for one in parts)
        return Means(self.start, mean, size, formal, FUTURES).predictive(weights).chances


class LeaveOut:
    """Years that are left out one after the other, which can be put down and taken up.

    Attributes:
        seed: Of what is drawn.
        year: The year that is under way.
        chances: Array (year, quarter, field, count), from the first year on.
        k: Array (year,): by how heavy a tail the weights have; above 0.7 the year was fitted anew.
    """

    def __init__(
        self,
        target: Target,
        acts: ActCounts,
        draws: NDArray[np.float64],
        log_weights: NDArray[np.float64],
        *,
        seed: int,
        fit_anew: bool = True,
    ) -> None:
        """Prepare.

        Args:
            target: Of the whole record.
            acts: The counts of the series.
            draws: Standard normals of the posterior, array (dimension, draw).
            log_weights: What the draws weigh, array (draw,), but for a constant.
            seed: Whole number from 0 to 2**64 - 1.
            fit_anew: Whether draws and years whose weights are not to be trusted are made anew;
                else they stand as they are weighed, and `k` says which years these are.
        """
        self._fit_anew = fit_anew
        self._target, self._acts, self.seed = target, acts, as_seed(seed)
        self._draws, self._log_weights = np.ascontiguousarray(draws), np.asarray(log_weights)
        self.first = acts.first_forecast_year
        self.year, self.last = self.first, acts.calendar.last_year
        each, fields = acts.calendar.steps_per_year, len(COUNTED_DOMAINS)
        self.chances = np.zeros((0, each, fields, MOST + 1))
        self.k = np.zeros(0)
        self._chains: Chains | None = None
        self._weights = np.exp(smoothed_weights(self._log_weights)[0])  # that chains start from
        effective = 1.0 / float((self._weights**2).sum())
        self._anew = fit_anew and effective < EVEN * len(self._weights)

    @property
    def finished(self) -> bool:
        """Whether all years are done."""
        return self.year > self.last

    def so_far(self) -> tuple[int, int]:
        """Return how many years are done, and how many there are."""
        return self.year - self.first, self.last - self.first + 1

    def words(self) -> str:
        """Return how far it is, in a few words."""
        if self._anew:
            return "making draws of the whole record"
        anew = int((self.k > TRUSTED).sum())
        under_way = f"fitting {self.year} anew" if self._chains is not None else f"at {self.year}"
        return f"{under_way}, {anew} years fitted anew so far"

    def advance(self, executor: Executor | None = None) -> None:
        """Weigh a year, or go on with chains for a round; does nothing at the end.

        Raises:
            SettingError: If nothing is possible without the year.
            UnfinishedError: If a worker dies or fails; the state is as it was before.
        """
        if self.finished:
            return
        if self._anew:
            self._draw_anew(executor)
            return
        year = self._without()
        if self._chains is None:
            log_weights, k = self._weighed(year, executor)
            if k <= TRUSTED or not self._fit_anew:
                self._keep(year, self._draws, np.exp(log_weights), executor)
            else:
                self._weights = np.exp(log_weights)
                self._chains = self._begun()
            self.k = np.append(self.k, k)
            return
        self._chains.advance(executor)
        if self._chains.finished:
            kept = np.ascontiguousarray(self._chains.kept[0].T)
            self._keep(year, kept, np.full(kept.shape[1], 1.0 / kept.shape[1]), executor)

    def _draw_anew(self, executor: Executor | None) -> None:
        """Lead weighted draws of the whole record to its posterior, for a round."""
        if self._chains is None:
            self._chains = self._begun()
        self._chains.advance(executor)
        if self._chains.finished:
            self._draws = np.ascontiguousarray(self._chains.kept[0].T)
            self._log_weights = np.zeros(self._draws.shape[1])
            self._chains, self._anew = None, False

    def _without(self) -> WithoutYear:
        start = self._acts.year_starts(self.year)
        return WithoutYear(self._target, start, start + self._acts.calendar.steps_per_year)

    def _weighed(
        self, year: WithoutYear, executor: Executor | None
    ) -> tuple[NDArray[np.float64], float]:
        """Return log weights of the draws without a year, and how far they can be trusted."""
        without = evaluate(year, self._draws, executor)
        whole = evaluate(self._target, self._draws, executor)
        return smoothed_weights(self._log_weights + log_ratio(without, whole))

    def _begun(self) -> Chains:
        """Return chains, of the whole record or without the year, from weighted draws."""
        warm_up, draws, keep = WARM_UP, DRAWS, KEPT
        if self._anew:
            warm_up, draws, keep = WHOLE_WARM_UP, WHOLE_DRAWS, WHOLE_KEPT
        return Chains(
            *(self._target if self._anew else self._without(), self._target.layout),
            seed=(self.seed + (0 if self._anew else self.year)) % (1 << 64),
            settings=ChainSettings(
                chains=CHAINS, superchains=0, warm_up=warm_up, draws=draws, round=ROUND, keep=keep
            ),
            moves=moves_of(self._target),
            start=self._draws[:, systematic(self._weights, CHAINS, 0.5)],
        )

    def _keep(
        self,
        year: WithoutYear,
        draws: NDArray[np.float64],
        weights: NDArray[np.float64],
        executor: Executor | None,
    ) -> None:
        """Forecast the year, and go on to the next."""
        chances = year.chances(draws, weights, self.seed, executor)
        self.chances = np.concatenate([self.chances, chances[None]])
        self.year, self._chains = self.year + 1, None

    def state(self) -> dict[str, NDArray[Any]]:
        """Return all that `restore` needs to go on to the same bytes."""
        found: dict[str, NDArray[Any]] = {
            "year": np.asarray(self.year),
            "chances": self.chances,
            "k": self.k,
            "anew": np.asarray(self._anew),
            "draws": self._draws,
            "log_weights": self._log_weights,
        }
        if self._chains is not None:
            found |= {f"{OF}{name}": value for name, value in self._chains.state().items()}
            found["weights"] = self._weights
        return found

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take up a `state()` of one that was made with the same arguments."""
        self.year = int(state["year"])
        self.chances, self.k = np.array(state["chances"]), np.array(state["k"])
        self._anew = bool(state["anew"])
        self._draws, self._log_weights = np.array(state["draws"]), np.array(state["log_weights"])
        own = {name.removeprefix(OF): v for name, v in state.items() if name.startswith(OF)}
        self._chains = None
        if own:
            self._weights = np.array(state["weights"])
            self._chains = self._begun()
            self._chains.restore(own)


OF = "chains_"
