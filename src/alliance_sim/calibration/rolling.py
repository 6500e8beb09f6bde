"""Each year forecast from the years before it: one pass of weighted particles through a record.

Particles know the record to the end of a year. They forecast the next, told its inputs and with
inputs as they were; then that year is brought in, and they go on. Where a forecast from a fixed
origin is wanted, it is made when the particles stand there.

Two sums come of it. The chances of each year's counts together, given all that was on record
before, multiply to the chance of all counts: comparable to the evidence of a description of the
counts alone. And the mean likelihoods of what each year adds multiply to the evidence of the whole
record: counts, ladder, agreements, laws and marks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.calibration.acts import ActCounts
from alliance_sim.calibration.fit import moves_of
from alliance_sim.calibration.forecasts import FUTURES, Forecaster, Means
from alliance_sim.calibration.keyed import Stage, Streams, generator
from alliance_sim.calibration.layout import LogLikelihood
from alliance_sim.calibration.predictive import MOST
from alliance_sim.calibration.prior import Prior
from alliance_sim.calibration.resampling import systematic
from alliance_sim.calibration.sequential import Sequential
from alliance_sim.calibration.target import Target
from alliance_sim.calibration.tempered import TemperedSettings
from alliance_sim.errors import SettingError
from alliance_sim.record.forecasts import ForecastYears
from alliance_sim.record.record import COUNTED_DOMAINS, Record
from alliance_sim.whole_numbers import not_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOLD, FROZEN = range(2)  # places of the two forecasts in arrays of both
PARTICLES, SWEEPS, DRAWS = 512, 2, 200
KEEP = 0.5
FIRST = (1, 2, 2, 2)  # sweeps while what stands before the first counted year is brought in

KeepDraws = Callable[["Target", "NDArray[np.float64]"], object]


@dataclass(frozen=True, kw_only=True)
class RollingSettings:
    """How many particles, and how much they move.

    Attributes:
        particles: How many; a multiple of 64 fills the lanes.
        sweeps: Sweeps of each particle whenever particles are resampled.
        draws: How many draws of each year are kept.
        futures: How many runs go on from each particle for a forecast.
    """

    particles: int = PARTICLES
    sweeps: int = SWEEPS
    draws: int = DRAWS
    futures: int = FUTURES

    def __post_init__(self) -> None:
        problems = [
            problem
            for name, value in vars(self).items()
            if name != "particles"
            for problem in not_whole(name, value, least=1)
        ]
        try:
            self.tempered()
        except SettingError as error:
            problems = [*error.problems, *problems]
        if problems:
            raise SettingError("rolling", problems)
        for name, value in vars(self).items():
            object.__setattr__(self, name, int(value))  # which JSON can hold, also of NumPy's

    def tempered(self) -> TemperedSettings:
        """Return the same for what leads the particles on."""
        return TemperedSettings(particles=self.particles, keep=KEEP, cycles=FIRST)


@dataclass(frozen=True)
class Leading:
    """A log likelihood that looks at the first unknowns only.

    Attributes:
        target: Of fewer quarters.
    """

    target: Target

    def __call__(self, unknowns: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log likelihood of each column."""
        return self.target(unknowns[: self.target.dimension])


class Rolling:
    """A pass through the years of one series under one theory, which can be put down and taken up.

    Attributes:
        year: Last year that the particles know, -1 before there is one.
        forecast: Last year that was forecast.
        first: First year that is forecast.
        last: Last year that is.
        chances: Array (2, year, quarter, field, count) of one-year-ahead forecasts, from `first`:
            told the inputs, then with inputs as they were.
        joint: Array (2, year): log chance of all counts of the year together.
        increments: Array (year,): log of the mean likelihood of what a year adds to the record,
            counts, ladder, agreements, laws and marks, given what was before; from `first`.
        before: The same of all before `first`: only laws, where the record is not counted yet.
        ahead: Array (2, quarter, field, count) of the forecast from the fixed origin.
        history: Array (step, 4): year, power, effective share of the particles, calls.
    """

    def __init__(
        self,
        prior: Prior,
        record: Record,
        acts: ActCounts,
        *,
        years: ForecastYears,
        seed: int,
        settings: RollingSettings | None = None,
        kept: KeepDraws | None = None,
    ) -> None:
        """Prepare; nothing is computed before the first `advance`.

        Args:
            prior: Of the scenario, under the theory.
            record: Its record.
            acts: The counts of the series that is forecast.
            years: Which years are forecast from the fixed origin. The pass itself goes to the end
                of the scenario, so that its sums are of all that is on record.
            seed: Whole number from 0 to 2**64 - 1.
            settings: How many particles, and how much they move.
            kept: Called with the target and draws (draw, dimension), all alike in weight, at the
                end of each year before it is forecast from; again after a stop on the way.
        """
        self.settings = settings or RollingSettings()
        self._prior, self._record, self._acts = prior, record, acts
        self._years, self._seed, self._kept = years, seed, kept
        self.last = acts.calendar.last_year
        self.first = acts.first_forecast_year
        self.year = -1
        self.forecast = self.first - 1
        each = acts.calendar.steps_per_year
        fields = len(COUNTED_DOMAINS)
        self.chances = np.zeros((2, 0, each, fields, MOST + 1))
        self.joint, self.increments = np.zeros((2, 0)), np.zeros(0)
        self.before = 0.0
        self.ahead = np.zeros((2, 0, fields, MOST + 1))
        self.history = np.zeros((0, 4))
        self._targets: dict[int, Target] = {}
        self._growing = False
        self._particles = self._begun()

    @property
    def finished(self) -> bool:
        """Whether the last year is in."""
        return self.year >= self.last

    @property
    def unknowns(self) -> NDArray[np.float64]:
        """Where the particles are, array (dimension, particles)."""
        return self._particles.unknowns

    @property
    def weights(self) -> NDArray[np.float64]:
        """Weights of the particles, which add up to 1."""
        return self._particles.weights

    def so_far(self) -> tuple[int, int]:
        """Return how many years are done, and how many there are."""
        return max(0, self.year - self.first + 1), self.last - self.first + 1

    def words(self) -> str:
        """Return how the pass stands, in a few words."""
        if self.year < self.first - 1:
            return f"particles at what stands before {self.first}"
        return f"to {self.year}, log chance of the counts so far {self.joint[TOLD].sum():.1f}"

    def target(self, year: int) -> Target:
        """Return the log likelihood of the record to the end of a year."""
        if year not in self._targets:
            here = Target(self._prior, self._record, series=self._acts.series, until=year)
            self._targets = {y: t for y, t in self._targets.items() if abs(y - year) <= 1}
            self._targets[year] = here
        return self._targets[year]

    def advance(self, executor: Executor | None = None) -> None:
        """Forecast the next year, or bring in as much of it as the particles bear.

        Raises:
            SettingError: If no particle is possible.
            UnfinishedError: If a worker dies or fails; the state is as it was before.
        """
        if self.finished:
            return
        if self.year >= 0 and self.forecast == self.year:
            self._look_ahead(executor)
        else:
            self._bring_in(executor)

    def _begun(self) -> Sequential:
        """Return particles before all data."""
        target = self.target(self.first - 1)
        return Sequential(
            [target],
            target.layout,
            seed=self._seed,
            settings=self.settings.tempered(),
            moves=moves_of(target),
            later=self.settings.sweeps,
        )

    def _grown(self) -> Sequential:
        """Return the particles with another year of slow noise, before its data."""
        known, after = self.target(self.year), self.target(self.year + 1)
        state = self._particles.state()
        more = after.dimension - known.dimension
        if not self._growing:
            streams = Streams(self._seed, Stage.GROW, 1)
            noise = [
                streams.at(0, particle, self.year + 1, 0).standard_normal(more)
                for particle in range(self.settings.particles)
            ]
            unknowns = np.concatenate([state["unknowns"], np.stack(noise, axis=1)])
            start = {"data": 1, "power": 0.0, "gained": 0.0, "evidence": np.zeros(1)}
            state |= {name: np.asarray(value) for name, value in start.items()}
            state |= {"unknowns": unknowns, "after": np.zeros(0), "history": np.zeros((0, 4))}
        return self._pair(known, after, state)

    def _pair(self, known: Target, after: Target, state: Mapping[str, NDArray[Any]]) -> Sequential:
        """Return particles on the way from one year to the next."""
        return self._restored([Leading(known), after], after, state)

    def _restored(
        self, data: list[LogLikelihood], target: Target, state: Mapping[str, NDArray[Any]]
    ) -> Sequential:
        """Return particles of the unknowns of a target, as they were left."""
        found = Sequential(
            data,
            target.layout,
            seed=self._seed,
            settings=self.settings.tempered(),
            moves=moves_of(target),
            later=self.settings.sweeps,
        )
        found.restore(state)
        return found

    def _bring_in(self, executor: Executor | None) -> None:
        first = self.year < 0
        particles = self._particles
        if not first and not self._growing:
            particles = self._grown()
        steps = len(particles.history)
        particles.advance(executor)
        self._particles, self._growing = particles, not first
        coming = self.first - 1 if first else self.year + 1
        rows = particles.history[steps:].copy()
        rows[:, 0] = coming
        self.history = np.concatenate([self.history, rows])
        if particles.finished:
            gained = float(particles.evidence[-1])
            if first:
                self.before = gained
            else:
                self.increments = np.append(self.increments, gained)
            self.year, self._growing = coming, False

    def _look_ahead(self, executor: Executor | None) -> None:
        year, known = self.year + 1, self.target(self.year)
        if self._kept is not None:
            self._kept(known, self._drawn())
        both = [self._means(year, frozen, executor) for frozen in (False, True)]
        here = self._particles.weights
        start = self._acts.year_starts(year)
        counts = self._acts.counts[start : start + self._acts.calendar.steps_per_year]
        found = np.stack([means.predictive(here).chances for means in both])
        self.chances = np.concatenate([self.chances, found[:, None]], axis=1)
        joint = [[means.joint(counts, here)] for means in both]
        self.joint = np.concatenate([self.joint, joint], axis=1)
        if self.year == self._years.known_until:
            far = [
                self._means(self._years.scored_until, frozen, executor) for frozen in (False, True)
            ]
            self.ahead = np.stack([means.predictive(here).chances for means in far])
        self.forecast = year

    def _means(self, last: int, frozen: bool, executor: Executor | None) -> Means:  # noqa: FBT001
        """Return what the particles expect to the end of a year."""
        forecaster = Forecaster(
            self.target(self.year), self._until(last), frozen=frozen, futures=self.settings.futures
        )
        return forecaster.means(self._particles.unknowns, seed=self._seed, executor=executor)

    def _until(self, year: int) -> Target:
        if year <= self.year + 1:
            return self.target(year)
        return Target(self._prior, self._record, series=self._acts.series, until=year)

    def _drawn(self) -> NDArray[np.float64]:
        """Return draws (draw, dimension) that are alike in weight."""
        rng = generator(self._seed, Stage.CHOOSE, 0, self.year)
        chosen = systematic(self._particles.weights, self.settings.draws, rng.random())
        return np.ascontiguousarray(self._particles.unknowns[:, chosen].T)

    def state(self) -> dict[str, NDArray[Any]]:
        """Return all that `restore` needs to go on to the same bytes."""
        found = {name: np.asarray(getattr(self, at)) for name, at in _STATE.items()}
        return found | {f"{OF}{name}": value for name, value in self._particles.state().items()}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take up a `state()` of a pass that was made with the same arguments."""
        for name, at in _STATE.items():
            value = np.array(state[name])
            setattr(self, at, value.item() if value.ndim == 0 else value)
        own = {name.removeprefix(OF): v for name, v in state.items() if name.startswith(OF)}
        if self.year < 0:
            self._particles = self._begun()
            self._particles.restore(own)
        elif self._growing:
            self._particles = self._pair(self.target(self.year), self.target(self.year + 1), own)
        else:
            self._particles = self._settled(own)

    def _settled(self, state: Mapping[str, NDArray[Any]]) -> Sequential:
        """Return particles that know all to the end of a year."""
        target = self.target(self.year)
        return self._restored([target], target, state)


OF = "particles_"
_STATE = {
    "year": "year",
    "forecast": "forecast",
    "chances": "chances",
    "joint": "joint",
    "increments": "increments",
    "before": "before",
    "ahead": "ahead",
    "history": "history",
    "growing": "_growing",
}
