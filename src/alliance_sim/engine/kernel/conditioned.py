"""How likely a record is: many parameter vectors at once, each with slow noise of its own.

Given parameters and slow noise a history in which the acts of the record are held at their quarters
is settled: its counts, hazards and marks have probabilities that multiply. They are summed inside
the compiled engine, from the rules by which it draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from alliance_sim import noise
from alliance_sim.engine.kernel.batch import Ready, make_ready
from alliance_sim.engine.kernel.history import KIND_NUMBERS, KIND_PULL, Seen
from alliance_sim.engine.kernel.layout import LANES
from alliance_sim.engine.kernel.observation import (
    OF_A_KIND,
    OF_ALL,
    PARTS,
    SALIENCES,
    USUAL_PARTS,
    WHICH_SERIES,
    Observed,
    dated_laws,
    history_of,
    problems_of,
)
from alliance_sim.engine.kernel.resumable import (
    NOTHING,
    Floats,
    Lanes,
    State,
    room_to_find,
    whole,
)
from alliance_sim.errors import SettingError
from alliance_sim.rules.council import WEIGHTED_MAJORITY
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.fields import SERIES

RESAMPLE_BELOW = 0.5  # share of the particles that are worth something
RESAMPLING = noise.channel("particle filter/resampling:v1")


class Filtered(NamedTuple):
    """What a particle filter finds.

    Attributes:
        log_likelihood: Estimate; its exponential is without bias.
        terms: The same by step; they add up to it.
        worth: How many particles are worth something, by step.
    """

    log_likelihood: float
    terms: Floats
    worth: Floats


class Conditioned:
    """A scenario in which a record is held and scored.

    Calls share room to work in: one object for each thread. A copy made by pickling has its own.

    Attributes:
        ready: The scenario, ready for the engine.
        observed: The record.
        inputs: Positions in a row of the world's table that differ by lane.
        parts: Names of the parts that are scored.
        dated_laws: Laws with a hazard whose dates are inputs: the name, the first step in which it
            could have passed, and the step in which it did.
        observation_rows: What each row of an observation is: "reporting.0.salience_1" and so on by
            era, "observation.initiator", "kind.political_visit.weight", and the log hazards of laws
            whose dates are inputs, "juncture.ports_act.log_hazard".
    """

    def __init__(
        self,
        scenario: Scenario | Ready,
        observed: Observed,
        *,
        inputs: Sequence[int] = (),
        parts: Sequence[str] = USUAL_PARTS,
    ) -> None:
        """Prepare.

        Args:
            scenario: The scenario; given ready, its numbers are those of its scenario.
            observed: The record.
            inputs: Positions in a row of the world's table that will differ by lane.
            parts: Parts to score, of `PARTS`.

        Raises:
            SettingError: Saying all that is wrong: unknown parts, laws or items; arrays of another
                shape; acts that the model cannot hold.
        """
        self.ready = scenario if isinstance(scenario, Ready) else make_ready(scenario)
        self.observed, self.inputs, self.parts = observed, tuple(inputs), tuple(parts)
        world = self.ready.world
        self._kinds = sorted(
            world.scenario.kinds, key=lambda kind: (SERIES.index(kind.domain), kind.name)
        )
        self.dated_laws = dated_laws(self.ready)
        problems = problems_of(self.ready, observed, self.parts)
        if problems:
            raise SettingError("likelihood", problems)
        eras = len(observed.coded)
        reporting = [f"reporting.{era}.salience_{s}" for era in range(eras) for s in SALIENCES]
        of_kinds = [f"kind.{k.domain}_{k.name}.{name}" for k in self._kinds for name in OF_A_KIND]
        self.observation_rows: tuple[str, ...] = (
            *reporting,
            *(f"observation.{name}" for name in OF_ALL),
            *of_kinds,
            *(f"juncture.{name}.log_hazard" for name, _, _ in self.dated_laws),
        )
        self._history = history_of(self.ready, observed, self._kinds)
        self._usual = self.observation()
        self._lanes = self._prepared(range(LANES), 0)

    def __reduce__(self) -> tuple[Any, ...]:
        """Send what it is made of; the rest is prepared where it arrives."""
        scenario = self.ready.world.scenario
        return _again, (scenario, self.observed, self.inputs, self.parts)

    def _prepared(self, runs: Sequence[int], seed: int, keep: Sequence[int] = ()) -> Lanes:
        """Return lanes in which the record is held."""
        lanes = Lanes(self.ready, runs=runs, seed=seed, inputs=self.inputs, keep=keep)
        shares = len(self.observed.coded) * len(self._kinds)
        channels, members = len(self.ready.world.all_channels), len(self.ready.world.members)
        room = room_to_find(channels, members, shares)
        lanes.held = (self._history, self._seen(self._usual), room)
        return lanes

    def _seen(self, observation: Floats) -> Seen:
        """Return how the record came to be, for the compiled engine."""
        observed, eras = self.observed, len(self.observed.coded)
        at_all, at_kinds = 3 * eras, 3 * eras + len(OF_ALL)
        pulls = [at_kinds + KIND_NUMBERS * k + KIND_PULL for k in range(len(self._kinds))]
        series = [SERIES.index(kind.domain) for kind in self._kinds]
        kinds = np.stack([series, observation[pulls].any(axis=1)], axis=1).astype(np.int64)
        return Seen(
            wanted=np.array([int(part in self.parts) for part in PARTS], dtype=np.int64),
            first=observed.first,
            series=WHICH_SERIES.index(observed.series),
            era=np.ascontiguousarray(observed.era, dtype=np.int64),
            kinds=np.ascontiguousarray(kinds),
            first_kind=np.searchsorted(series, range(len(SERIES) + 1)).astype(np.int64),
            usual=np.array(self._usual_kinds(), dtype=np.int64),
            dated=np.array([laws[1:] for laws in self.dated_laws], dtype=np.int64).reshape(-1, 2),
            numbers=observation,
            at_all=at_all,
            at_kinds=at_kinds,
            at_dated=at_kinds + KIND_NUMBERS * len(self._kinds),
        )

    def _usual_kinds(self) -> list[int]:
        """Return for each series the kind that happens at any level."""
        return [
            next(
                k
                for k, kind in enumerate(self._kinds)
                if kind.domain == series and kind.from_level.value == 0.0
            )
            for series in SERIES
        ]

    def constants(self, lanes: int = LANES) -> Floats:
        """Return what stays the same during a run, to be changed: array (number, lane)."""
        return np.repeat(self.ready.constants[:, None], lanes, axis=1)

    def observation(self, lanes: int = LANES) -> Floats:
        """Return how acts come to be recorded, to be changed: array (row, lane)."""
        scenario, laws = self.ready.world.scenario, self.ready.world.scenario.junctures
        hazards = {law.name: law.log_hazard.value for law in laws if law.log_hazard is not None}
        numbers = [
            *np.asarray(self.observed.coded, dtype=np.float64).reshape(-1),
            *(getattr(scenario.observation, name).value for name in OF_ALL),
            *(getattr(kind, name).value for kind in self._kinds for name in OF_A_KIND),
            *(hazards[name] for name, _, _ in self.dated_laws),
        ]
        return np.repeat(np.array(numbers, dtype=np.float64)[:, None], lanes, axis=1)

    def log_likelihood(
        self,
        constants: Floats,
        own: Floats | None = None,
        normals: Floats | None = None,
        *,
        observation: Floats | None = None,
        seed: int = 0,
        runs: Sequence[int] | None = None,
    ) -> dict[str, Floats]:
        """Return the log likelihood of the record for each lane, by parts.

        Arrays of LANES lanes whose last axis is contiguous are read where they are; smaller ones
        are copied.

        Args:
            constants: Array (number, lane), from `constants`.
            own: Array (step, input, lane) of the inputs that differ by lane.
            normals: Array (step, channel, lane) of standard normals: threats' moods, then slow
                noise by side and domain. None takes those of the seed and the runs.
            observation: Array (row, lane), from `observation`; None takes the scenario's and the
                record's.
            seed: Whole number from 0 to 2**64 - 1, for what is not given.
            runs: Number of the run of each lane, one for each; from 0 if left out.

        Returns:
            By name of each part an array (lane,): minus infinity where the record cannot happen.

        Raises:
            SettingError: If an array does not fit.
        """
        lanes = self._go({}, constants, own, normals, observation=observation, seed=seed, runs=runs)
        return self._told(lanes)

    def counts_terms(self, *given: Any, **named: Any) -> tuple[Floats, Floats]:
        """Return how likely each count is, and how many acts are expected to be coded.

        Arguments are those of `log_likelihood`.

        Returns:
            Two arrays (step, series, lane): the log probability of the count of each quarter given
            the acts before it, and its mean. Both are 0 before the first step that counts.
        """
        shape = (self.ready.frame.shape.steps, len(SERIES), LANES)
        room = {"terms": np.zeros(shape), "expected": np.zeros(shape)}
        lanes = self._go(room, *given, **named)
        found, used = lanes.held[2], lanes.lanes
        return found.terms[..., :used], found.expected[..., :used]

    def trajectories(self, rows: Sequence[int], *given: Any, **named: Any) -> Floats:
        """Return states of the runs in which the record is held.

        Args:
            rows: Rows of the engine's state, of `layout.state_rows`.
            given: As for `log_likelihood`.
            named: As for `log_likelihood`.

        Returns:
            Array (lane, quarter, row). Counts and suspensions are not drawn in such runs.
        """
        usual = self._lanes
        self._lanes = self._prepared(range(LANES), 0, rows)
        try:
            lanes = self._go({}, *given, **named)
            return lanes.values[: lanes.lanes]
        finally:
            self._lanes = usual

    def noise(self, *given: Any, **named: Any) -> dict[str, Floats]:
        """Return noise that gives the record: for runs in which nothing is held, and their twins.

        What the record settles is drawn, by the seed and the runs, from the part of [0, 1] that it
        leaves; more acts than it holds may happen where it is not sure to hold all. Laws whose
        dates are inputs get a channel too, for worlds in which they are drawn. Arguments are those
        of `log_likelihood`.

        Returns:
            By full name of a channel an array (lane, quarter) of uniforms, as `Kernel(noise=...)`
            takes them. Normals that were given come back as their probabilities.

        Raises:
            SettingError: Under a weighted majority, where more than one set of answers agrees.
        """
        world, steps = self.ready.world, self.ready.frame.shape.steps
        if world.coefficients.decision == WEIGHTED_MAJORITY:
            problem = "noise that gives a record is not offered under a weighted majority"
            raise SettingError("likelihood", [problem])
        lanes = np.asarray(given[0] if given else named["constants"]).shape[-1]
        seed, runs = named.get("seed", 0), named.get("runs")
        runs = range(lanes) if runs is None else runs
        relationship = world.scenario.partners.name
        names = [f"{relationship}/law.{name}:v1" for name, _, _ in self.dated_laws]
        channels = [noise.channel(name) for name in names]
        of_laws = np.zeros((lanes, len(names), steps))
        for lane, run in enumerate(runs if names else ()):
            of_laws[lane] = noise.table(seed, run, channels, steps)
        room = np.zeros((lanes, len(world.all_channels), steps))
        kept_in = {"uniforms": room, "law_uniforms": of_laws}
        kept, self.parts = self.parts, PARTS
        try:
            self._go(kept_in, *given, **named)
        finally:
            self.parts = kept
        found = dict(zip(world.channel_names, room.swapaxes(0, 1).copy(), strict=True))
        return found | dict(zip(names, of_laws.swapaxes(0, 1).copy(), strict=True))

    def problem(self, lane: int) -> str:
        """Return what could not happen in a lane of the last call, "" if all could."""
        step, part = self._lanes.held[2].impossible[:, lane].tolist()
        if step < 0:
            return ""
        label = self.ready.frame.calendar.label(step)
        return f"{PARTS[part]}: what the record holds in {label} cannot happen"

    def _go(
        self,
        room: Mapping[str, Floats],
        constants: Floats,
        own: Floats | None = None,
        normals: Floats | None = None,
        *,
        observation: Floats | None = None,
        seed: int = 0,
        runs: Sequence[int] | None = None,
    ) -> Lanes:
        """Bring all quarters, keeping what there is room for; return the lanes."""
        used, lanes = np.asarray(constants).shape[-1], self._lanes
        asked = range(used) if runs is None else runs
        if len(asked) != used or not 1 <= used <= LANES:
            problem = f"{used} lanes and {len(asked)} runs, must be one each of 1 to {LANES}"
            raise SettingError("likelihood", [problem])
        try:
            lanes.ask(asked, seed)
            lanes.take(constants=constants, own=own, normals=normals)
            told = self._usual
            if observation is not None:
                told = whole(observation, (len(self.observation_rows), LANES))
        except ValueError as error:
            raise SettingError("likelihood", [str(error)]) from None
        found = lanes.held[2]._replace(
            terms=room.get("terms", NOTHING),
            expected=room.get("expected", NOTHING),
            uniforms=room.get("uniforms", NOTHING),
            law_uniforms=room.get("law_uniforms", NOTHING),
        )
        found.parts[:] = 0.0
        found.impossible[:] = -1
        lanes.held = (self._history, self._seen(told), found)
        lanes.restart()
        lanes.advance(self.ready.frame.shape.steps)
        return lanes

    def _told(self, lanes: Lanes) -> dict[str, Floats]:
        """Return the parts that lanes have come to."""
        found, used = lanes.held[2], lanes.lanes
        values = np.where(np.isfinite(found.parts), found.parts, -np.inf)
        dead = np.flatnonzero(found.impossible[0, :used] >= 0)
        values[:, dead] = np.where(
            np.arange(len(PARTS))[:, None] == found.impossible[1, dead], -np.inf, values[:, dead]
        )
        told = {part: values[PARTS.index(part), :used] for part in self.parts}
        if len(dead) and self.parts:
            total = np.sum([told[part][dead] for part in self.parts], axis=0)
            told[self.parts[0]][dead[np.isfinite(total)]] = -np.inf
        return told

    def filter(
        self,
        constants: Floats,
        own: Floats | None = None,
        *,
        observation: Floats | None = None,
        particles: int = 4 * LANES,
        seed: int = 0,
    ) -> Filtered:
        """Return an estimate of the likelihood of one parameter vector by a particle filter.

        Slow noise is drawn, acts are held; particles are weighed by each quarter's likelihood, and
        resampled where few are worth something. The mean of the weights is without bias.

        Args:
            constants: Array (number,), a column of `constants`.
            own: Array (step, input).
            observation: Array (row,), a column of `observation`.
            particles: How many, rounded up to a multiple of LANES.
            seed: Of the particles' noise.
        """
        blocks = []
        for first in range(0, particles, LANES):
            lanes = self._prepared(range(first, first + LANES), seed)
            lanes.take(
                constants=np.repeat(np.asarray(constants)[:, None], LANES, axis=1),
                own=None if own is None else np.repeat(np.asarray(own)[:, :, None], LANES, axis=2),
            )
            if observation is not None:
                told = np.repeat(np.asarray(observation)[:, None], LANES, axis=1)
                lanes.held = (self._history, self._seen(told), lanes.held[2])
            blocks.append(lanes)
        steps, count = self.ready.frame.shape.steps, len(blocks) * LANES
        terms, worth = np.zeros(steps), np.full(steps, float(count))
        weights = np.full(count, 1.0 / count)
        for step in range(steps):
            news = np.concatenate([self._news(lanes, step) for lanes in blocks])
            best = news.max()
            if best == -np.inf:
                terms[step] = -np.inf
                break
            weights = weights * np.exp(news - best)
            total = float(weights.sum())
            terms[step] = best + np.log(total)
            weights = weights / total
            worth[step] = 1.0 / float((weights * weights).sum())
            if worth[step] < RESAMPLE_BELOW * count:
                _resample(blocks, weights, noise.uniform(seed, 0, RESAMPLING, step))
                weights = np.full(count, 1.0 / count)
        return Filtered(float(terms.sum()), terms, worth)

    def _news(self, lanes: Lanes, step: int) -> Floats:
        """Bring one quarter; return the log likelihood of what the record holds of it, by lane."""
        found = lanes.held[2]
        found.parts[:] = 0.0
        found.impossible[:] = -1
        lanes.advance(step + 1)
        told: Floats = np.sum(list(self._told(lanes).values()), axis=0)
        return told


def _again(
    scenario: Scenario, observed: Observed, inputs: tuple[int, ...], parts: tuple[str, ...]
) -> Conditioned:
    return Conditioned(scenario, observed, inputs=inputs, parts=parts)


def _resample(blocks: list[Lanes], weights: Floats, u: float) -> None:
    """Let lanes go on from those that weigh something: systematic, one uniform for all."""
    count = len(weights)
    marks = (np.arange(count) + u) / count
    chosen = np.minimum(np.searchsorted(np.cumsum(weights), marks), count - 1)
    states = [lanes.state() for lanes in blocks]
    numbers = np.concatenate([state.numbers for state in states], axis=1)[:, chosen]
    for k, lanes in enumerate(blocks):
        part = np.ascontiguousarray(numbers[:, k * LANES : (k + 1) * LANES])
        lanes.take_up(State(states[k].step, part))
