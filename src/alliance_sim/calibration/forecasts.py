"""Forecasts of coded acts from draws of what is not known: acts are drawn, and never held.

A draw is a vector of parameters and the slow noise of all quarters that are known. Up to the origin
the record is held, as when the draw was made; from there on everything is drawn, rungs, refusals,
agreements and laws too, and slow noise from its prior. What is forecast of a quarter is what the
likelihood says of its counts, a negative binomial around the acts that a record would hold; and the
acts that are a rung gained, an agreement signed or an item passed, which have hazards of their own.
Each is in the record with the chance of its salience.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from alliance_sim.calibration.blocks import blocks
from alliance_sim.calibration.held_record import CodedParts
from alliance_sim.calibration.keyed import Stage, Streams
from alliance_sim.calibration.layout import LANES
from alliance_sim.calibration.predictive import (
    MOST,
    Predictive,
    log_negative_binomial,
    mixture_chances,
)
from alliance_sim.calibration.target import Room, Target
from alliance_sim.engine.kernel import ladder
from alliance_sim.engine.kernel.batch import Ready
from alliance_sim.engine.kernel.layout import NEVER, A, S, rows_of
from alliance_sim.engine.kernel.resumable import Lanes, State, whole
from alliance_sim.errors import SettingError
from alliance_sim.noise import as_seed
from alliance_sim.parallel.executors import Inline, explained
from alliance_sim.record.record import COUNTED_DOMAINS, SERIES

Floats = NDArray[np.float64]

FUTURES = 2  # runs that go on from each draw
FORMAL = 3  # kinds of formal acts, of which one a quarter may come: rung, agreement, item
PULSES = ("missions_ended", "capability_change")  # inputs that are 0 where nothing changes
AFTER_ALL = ("year",)  # inputs that nobody needs to be told
INSTITUTION = "institution"
STAGES: Any = ladder  # of the engine, called as the plain Python that they are
AGAIN = "Give the same again: it goes on from the last checkpoint, if one is kept"


class Means(NamedTuple):
    """What draws expect to be coded.

    Attributes:
        start: First quarter that is forecast.
        mean: Expected coded acts, array (run, quarter, field): the runs of the first future of all
            draws, then those of the second, and so on.
        size: Of their negative binomials, likewise.
        formal: Chances that 0, 1, 2 and 3 formal acts come to them, array (run, quarter, field, 4).
        futures: How many runs go on from each draw.
    """

    start: int
    mean: Floats
    size: Floats
    formal: Floats
    futures: int

    def predictive(self, weights: Floats) -> Predictive:
        """Return the forecast of draws with such weights, array (draw,)."""
        shared = np.tile(weights / weights.sum(), self.futures)[:, None, None] / self.futures
        found = np.zeros((*self.mean.shape[1:], MOST + 1))
        for more in range(FORMAL + 1):
            weight = shared * self.formal[..., more]
            total = weight.sum(axis=0)
            if not total.any():
                continue
            counted = mixture_chances(self.mean, self.size, np.where(total > 0.0, weight, shared))
            counted *= total[..., None]
            found[..., more:] += counted[..., : MOST + 1 - more]
            found[..., MOST] += counted[..., MOST + 1 - more :].sum(axis=-1)
        return Predictive(self.start, found)

    def joint(self, counts: NDArray[np.int64], weights: Floats) -> float:
        """Return the log chance of all counts (quarter, field) together: draws are whole paths."""
        chance = np.zeros(self.mean.shape)
        for more in range(FORMAL + 1):
            possible = counts >= more
            rest = np.where(possible, counts - more, 0)
            logs = log_negative_binomial(rest, self.mean, self.size)
            chance += np.where(possible, self.formal[..., more] * np.exp(logs), 0.0)
        with np.errstate(divide="ignore"):
            logs = np.log(chance).sum(axis=(1, 2))
        shared = np.tile(weights / weights.sum(), self.futures) / self.futures
        return float(logsumexp(logs, b=shared))


@dataclass(frozen=True)
class Forecaster:
    """Runs that go on from where the record ends that draws have seen.

    Attributes:
        known: The target whose draws are taken, whose last year is the origin.
        ahead: The same up to the last year that is forecast.
        frozen: Whether inputs stay as they were in the last quarter known; else they are told. What
            is dated later, such as when a rung opens or an item is tabled, does not come either.
        futures: How many runs go on from each draw.
    """

    known: Target
    ahead: Target
    frozen: bool = False
    futures: int = FUTURES

    def __post_init__(self) -> None:
        if self.known.until >= self.ahead.until:
            problem = f"is {self.ahead.until}, must lie behind {self.known.until}, the last known"
            raise SettingError("last year forecast", [problem])

    @property
    def start(self) -> int:
        """First quarter that is forecast."""
        return self.known.layout.steps

    def means(self, unknowns: Floats, *, seed: int, executor: Executor | None = None) -> Means:
        """Return what draws expect.

        Args:
            unknowns: Draws of the standard normals of `known`, array (dimension, draw).
            seed: Of what is drawn from the origin on; draw k has runs k, k + draws and so on.
            executor: Who computes; this process if None. Numbers do not depend on it.

        Raises:
            SettingError: If the draws do not fit.
            UnfinishedError: If a worker dies or fails.
        """
        z = np.asarray(unknowns, dtype=np.float64)
        if z.ndim != 2 or z.shape[0] != self.known.dimension or not z.shape[1]:
            problem = f"unknowns are {z.shape}, must be ({self.known.dimension}, draws)"
            raise SettingError("forecast", [problem])
        number, draws = as_seed(seed), z.shape[1]
        who = executor or Inline()
        with explained(AGAIN):
            futures = [
                who.submit(self._block, np.ascontiguousarray(z[:, part]), part.start, draws, number)
                for part in blocks(draws)
            ]
            found = [future.result() for future in futures]
        parts = (np.concatenate([one[k] for one in found], axis=1) for k in range(3))
        mean, size, formal = (one.reshape(-1, *one.shape[2:]) for one in parts)
        return Means(self.start, mean, size, formal, self.futures)

    def _block(
        self, unknowns: Floats, first: int, draws: int, seed: int
    ) -> tuple[Floats, Floats, Floats]:
        """Return what up to 64 draws expect, arrays (future, draw, quarter, field, ...)."""
        known, ahead, count = self.known.room, self.ahead.room, unknowns.shape[1]
        theta, normals = self.known.parted(unknowns)
        constants, own, observation = known.given(theta)
        behind = _Rows(known, own)
        state = known.conditioned.end(constants, own, normals, observation)
        constants, own, observation = ahead.given(theta)
        after = _Rows(ahead, own)
        columns, inputs = self._inputs(behind, after)
        constants = self._constants(constants, ahead.vectors.ready)
        state = _asked_anew(state, constants, ahead.vectors.ready)
        steps = range(self.start, self.ahead.layout.steps)
        runs = [np.arange(first, first + count) + k * draws for k in range(self.futures)]
        slow = [prior_noise(one.tolist(), seed, steps, normals.shape[1]) for one in runs]
        onward = Onward(runs, slow, seed)
        given = constants, inputs, observation
        return run_on(self.ahead, state, given, onward, steps=steps, columns=columns)

    def _inputs(self, before: _Rows, after: _Rows) -> tuple[tuple[int, ...], Floats]:
        """Return which inputs are given lane by lane, and what they are, (step, input, lane).

        Those before the origin are not looked at. The state's capability is held against its mean
        over the years known, also where those behind them are told.
        """
        at, start = rows_of(after.room.vectors.ready.frame.shape), self.start
        if not self.frozen:
            place = at.given_capability_state
            columns = tuple(sorted({*after.room.vectors.columns, place}))
            found = after.of(columns)
            moved = before.of((place,))[start - 1, 0] - found[start - 1, columns.index(place)]
            found[start:, columns.index(place)] += moved
            return columns, found
        columns = tuple(range(after.table.shape[1]))
        found = after.of(columns)
        found[start:] = np.where(
            np.isin(columns, [getattr(at, f"given_{name}") for name in AFTER_ALL])[:, None],
            found[start:],
            before.of(columns)[start - 1],
        )
        for name in PULSES:
            found[start:, getattr(at, f"given_{name}")] = 0.0
        return columns, found

    def _constants(self, constants: Floats, ready: Ready) -> Floats:
        """Return constants; frozen, in which what is dated after the origin does not come."""
        found = np.array(constants)
        if not self.frozen:
            return found
        at, shape = rows_of(ready.frame.shape), ready.frame.shape
        for first, many, never in (
            (at.fixed_rung_opens, shape.rungs, NEVER),
            (at.fixed_law_first_step, shape.laws, NEVER),
            (at.fixed_item_tabled, shape.items, -1.0),
        ):
            rows = found[first : first + many]
            rows[rows >= self.start] = never
        return found


class Onward(NamedTuple):
    """Runs that go on from one state of some lanes, once for each future.

    Attributes:
        runs: For each future the numbers of the lanes' runs.
        slow: For each future the slow noise, array (step from the first on, channel, lane).
        seed: Of what is drawn.
    """

    runs: Sequence[NDArray[np.int64]]
    slow: Sequence[Floats]
    seed: int


def run_on(
    target: Target,
    state: State,
    given: tuple[Floats, Floats, Floats],
    onward: Onward,
    *,
    steps: range,
    columns: tuple[int, ...],
) -> tuple[Floats, Floats, Floats]:
    """Return what runs expect that go on from a state, acts drawn.

    Args:
        target: Of the scenario, to the last quarter that is run or further.
        state: Of the lanes at the end of the quarter before the first of `steps`.
        given: Constants, inputs and numbers of observation, as `Room.given` returns them.
        onward: The runs.
        steps: Quarters to run.
        columns: Which inputs are given, by lane.

    Returns:
        Means and sizes, arrays (future, lane, quarter, field); and chances of formal acts, with an
        axis more.
    """
    room, (constants, inputs, observation) = target.room, given
    ready, count = room.vectors.ready, len(onward.runs[0])
    lanes = Lanes(ready, runs=range(count), seed=onward.seed, inputs=columns)
    told = _Told(room, target, room.conditioned.coded_parts(observation))
    shape = (len(onward.runs), count, len(steps), len(COUNTED_DOMAINS))
    mean, size, formal = np.empty(shape), np.empty(shape), np.zeros((*shape, FORMAL + 1))
    normals = np.zeros((target.layout.steps, target.layout.channels, LANES))
    for future, numbers in enumerate(onward.runs):
        normals[steps.start : steps.stop, :, :count] = onward.slow[future]
        lanes.ask(numbers, onward.seed)
        lanes.take(constants=constants, own=inputs, normals=normals)
        lanes.take_up(state)
        so_far = state.numbers
        for place, step in enumerate(steps):
            lanes.advance(step + 1)
            now = lanes.state().numbers
            mean[future, :, place], size[future, :, place] = told.counted(step, now)
            formal[future, :, place] = told.formal(step, so_far, now)
            so_far = now
    return mean, size, formal


class _Told:
    """What of the acts of a quarter would be on record, in runs in which they are drawn."""

    def __init__(self, room: Room, target: Target, coded: CodedParts) -> None:
        self._coded, self._series = coded, target.series
        self._at = rows_of(room.vectors.ready.frame.shape)
        self._items = room.vectors.ready.frame.shape.items
        self._rungs = sorted(target.scenario.rungs, key=lambda rung: rung.number)

    def counted(self, step: int, now: Floats) -> tuple[Floats, Floats]:
        """Return means and sizes (lane, field) of what runs count, coded."""
        share = self._coded.at(step, now[: self._at.all_states])
        lanes = share.shape[1]
        aside = now[self._at.all_states :, :lanes]
        fields = range(len(COUNTED_DOMAINS))
        mean = aside[[A.mean + field for field in fields]] * share
        return mean.T, aside[[A.size + field for field in fields]].T

    def formal(self, step: int, before: Floats, now: Floats) -> Floats:
        """Return the chances of 0 to 3 formal acts on record, array (lane, field, number)."""
        lanes = self._coded.lanes
        found = np.zeros((lanes, len(COUNTED_DOMAINS), FORMAL + 1))
        found[..., 0] = 1.0
        old, new = before[:, :lanes], now[:, :lanes]
        for number, rung in enumerate(self._rungs, start=1):
            climbed = (new[S.rung] > old[S.rung]) & (new[S.rung] == number)
            self._add(found, climbed, step, rung.event_domain, rung.salience)
        if self._series == SERIES[0]:  # a single ally's, and of salience 1
            signed = new[S.agreements] > old[S.agreements]
            self._add(found, signed, step, INSTITUTION, 1)
        for item in range(self._items):
            row = self._at.passed + item
            self._add(found, new[row] > old[row], step, INSTITUTION, 3)
        return found

    def _add(
        self, found: Floats, there: NDArray[np.bool_], step: int, domain: str, salience: int
    ) -> None:
        """Add an act to what comes in lanes in which it is there."""
        if not there.any() or (self._series == SERIES[2] and salience < 2):
            return
        chance = np.where(there, self._coded.chance(step, salience), 0.0)[:, None]
        here = found[:, COUNTED_DOMAINS.index(domain)]
        more = here * chance
        here *= 1.0 - chance
        here[:, 1:] += more[:, :-1]


class _Rows:
    """Inputs of lanes, whether they differ between them or not."""

    def __init__(self, room: Room, own: Floats) -> None:
        self.room, self.own, self.table = room, own, room.vectors.ready.world.table

    def of(self, columns: Sequence[int]) -> Floats:
        """Return an array (step, column, lane)."""
        found = np.repeat(self.table[:, list(columns), None], self.own.shape[2], axis=2)
        for place, column in enumerate(self.room.vectors.columns):
            if column in columns:
                found[:, columns.index(column)] = self.own[:, place]
        return found


def _asked_anew(state: State, constants: Floats, ready: Ready) -> State:
    """Return a state in which the next rung asks what it asks from now on."""
    shape = ready.frame.shape
    at, numbers = rows_of(shape), state.numbers.copy()
    held = whole(constants, (len(ready.constants), LANES))
    for lane in range(LANES):
        STAGES.rung_asked(lane, shape, at, held, numbers, numbers[at.all_states :])
    return State(state.step, numbers)


def prior_noise(runs: Sequence[int], seed: int, steps: range, channels: int) -> Floats:
    """Return slow noise of the prior by run, quarter and channel: array (step, channel, run)."""
    streams = Streams(seed, Stage.FORECAST, 1)
    found = np.empty((len(steps), channels, len(runs)))
    for place, run in enumerate(runs):
        for row, step in enumerate(steps):
            found[row, :, place] = streams.at(0, run, step, 0).standard_normal(channels)
    return found
