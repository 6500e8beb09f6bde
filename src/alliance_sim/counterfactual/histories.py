"""Histories that come to what is on record: parameters, slow noise and all that decides acts.

A draw of the posterior says what the parameters and the slow noise may have been. Given these, the
uniform of every discrete decision lies in the part of [0, 1] that makes the recorded act happen, or
keeps it from happening; where in that part, no record can say, so it is drawn by key. A history is
one draw with one such set of uniforms: run freely it comes to every act of the record.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from alliance_sim import noise, provenance
from alliance_sim.arithmetic import inverse_normal
from alliance_sim.calibration.target import target_of
from alliance_sim.engine.carried import Filled, Named
from alliance_sim.engine.held import lanes_of
from alliance_sim.engine.kernel.layout import LANES, reported_rows
from alliance_sim.engine.kernel.resumable import Lanes, State, whole
from alliance_sim.engine.known_until import vectors_known
from alliance_sim.engine.own_noise import complete_noise
from alliance_sim.engine.vectors import DrawnNumbers, Vectors
from alliance_sim.errors import SettingError, read_or_told, shown, unknown_name
from alliance_sim.noise import as_seed
from alliance_sim.parallel import executors
from alliance_sim.world.declaration import flattened
from alliance_sim.world.state import state_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.calibration.target import Target
    from alliance_sim.scenario import Scenario
    from alliance_sim.world.world import World

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

T = TypeVar("T")
R = TypeVar("R")

LAW_AGE = "law_age."  # before the name of a drawn law: quarters since it passed
WHERE = "histories"
MOST = 100_000  # histories
MOST_KEPT = 64  # quarters whose states are kept


class Part(NamedTuple):
    """Some histories that are run side by side: up to 64 draws with one set of uniforms each.

    Attributes:
        draws: The draws.
        numbers: Number of each history, by which the noise goes that only one world has.
        normals: Slow noise, array (step, channel, LANES), the same for all sets of uniforms; lanes
            that are not used are as the first.
        uniforms: All that decides acts, array (lane, channel, step).
    """

    draws: slice
    numbers: Ints
    normals: Floats
    uniforms: Floats


class Histories:
    """Histories of a scenario: each has parameters and noise of its own, and comes to the record.

    Make them with `of_posterior` or `of_noise`. History number `set * draws + draw` has that draw
    with that set of uniforms, so that more sets come after fewer.

    Attributes:
        scenario: The factual scenario.
        label: Where parameters and noise come from.
        seed: Seed of what the record leaves open.
        draws: How many draws there are.
        numbers_of: Returns what the draws set in a scenario, see `ParameterDraws.numbers_of`.
        channels: Names of the channels that decide acts, in the order of `Part.uniforms`: those of
            the factual world, then those of laws that it dates and others draw.
        parts: The histories.
        until: Last year of the record that they come to; None if all noise was given.
    """

    def __init__(  # noqa: PLR0913 - what `of_posterior` and `of_noise` put together
        self,
        scenario: Scenario,
        parts: Sequence[Part],
        *,
        channels: Sequence[str],
        numbers: DrawnNumbers,
        numbers_of: Callable[[Scenario], DrawnNumbers],
        label: str,
        seed: int,
        threads: int | None = None,
        until: int | None = None,
    ) -> None:
        """Take histories that are whole."""
        self.scenario, self.label, self.seed, self.until = scenario, label, seed, until
        self.numbers_of, self.channels, self.parts = numbers_of, tuple(channels), tuple(parts)
        self.draws = max(part.draws.stop for part in parts)
        self.threads = threads or executors.processors()
        paths, self._values = numbers
        self.vectors = self.vectors_of(scenario, paths)
        self.named = Named(self.vectors.ready)
        self._filled: dict[int, Filled] = {}
        self._states: dict[int, dict[int, State]] = {}
        self._names: tuple[str, ...] = ()
        self._kept = np.empty((len(self), self.vectors.ready.frame.calendar.steps, 0))

    @classmethod
    def of_posterior(
        cls,
        posterior: PosteriorDraws,
        scenario: Scenario | None = None,
        *,
        uniforms: int = 1,
        seed: int = 0,
        threads: int | None = None,
        target: Target | None = None,
    ) -> Histories:
        """Return the histories that a posterior allows.

        Args:
            posterior: The posterior; after the last year that it has looked at, noise is fresh.
            scenario: The factual scenario, as it was fitted or with the medians stated in it; that
                of the posterior if left out.
            uniforms: How many sets of uniforms for each draw.
            seed: Seed of what the record leaves open.
            threads: Threads to use, all processors if None; numbers do not depend on it.
            target: What was sampled, if the record is another than the one that the scenario names,
                such as that of a made history.

        Raises:
            SettingError: If a setting is out of range, or the scenario is not the one that was
                fitted.
        """
        base = posterior.prior.scenario if scenario is None else scenario
        number = _checked(len(posterior), uniforms, seed, threads)
        _free(base)
        fitted = base.model_copy(update={"edits": posterior.prior.scenario.edits})
        if problem := posterior.misfit(fitted):
            told = f"the factual world has to be the scenario that was fitted: {problem}"
            raise SettingError(WHERE, [told])
        held = posterior.held
        if target is None:
            target = target_of(posterior.prior, series=held.series, until=held.until)
        draws = len(posterior)
        theta = np.ascontiguousarray(held.parameters.T)
        world = Vectors(base, ()).ready.world
        channels: list[str] = []
        parts = []
        for first in range(0, draws, LANES):
            chosen = slice(first, min(first + LANES, draws))
            given = held.normals(chosen)
            lanes = np.arange(chosen.start, chosen.stop, dtype=np.int64)
            normals = _whole(_continued(given, world, number, lanes))
            for k in range(uniforms):
                mine = np.arange(k * draws + chosen.start, k * draws + chosen.stop, dtype=np.int64)
                found = target.replaying(
                    theta[:, chosen], given, seed=number, first_run=int(mine[0])
                )
                channels = channels or _deciding(world, found)
                deciding = {name: found[name] for name in channels}
                parts.append(Part(chosen, mine, normals, _table(deciding, world, number, mine)))
        return cls(
            base,
            parts,
            channels=channels,
            numbers=posterior.numbers_of(fitted),
            numbers_of=posterior.numbers_of,
            label=posterior.label,
            seed=number,
            threads=threads,
            until=held.until,
        )

    @classmethod
    def of_noise(
        cls,
        scenario: Scenario,
        given: Mapping[str, Floats],
        *,
        seed: int = 0,
        threads: int | None = None,
        label: str = "noise that was given",
    ) -> Histories:
        """Return histories whose noise is known, such as that of a made record.

        Args:
            scenario: The factual scenario, with the numbers that it states.
            given: By full name of a channel uniforms, array (history, quarter), as
                `Kernel(noise=...)` takes them; what is left out comes from the seed.
            seed: Seed of what is not given.
            threads: Threads to use, all processors if None; numbers do not depend on it.
            label: Where the noise comes from.

        Raises:
            SettingError: If noise does not fit the scenario, or a setting is out of range.
        """
        sizes = {len(values) for values in given.values() if np.ndim(values)}
        draws = max(sizes, default=1)
        number = _checked(draws, 1, seed, threads)
        _free(scenario)
        table, _ = complete_noise(given, scenario, number, range(draws))
        world = Vectors(scenario, ()).ready.world
        slow = len(_slow(world))
        extra = [name for name in given if name not in world.channel_names]
        channels = [*world.channel_names[slow:], *extra]
        parts = []
        for first in range(0, draws, LANES):
            chosen = slice(first, min(first + LANES, draws))
            uniforms = [table[chosen, slow:], *(given[name][chosen, None] for name in extra)]
            parts.append(
                Part(
                    chosen,
                    np.arange(chosen.start, chosen.stop, dtype=np.int64),
                    _whole(_as_normals(table[chosen, :slow])),
                    np.ascontiguousarray(np.concatenate(uniforms, axis=1)),
                )
            )
        nothing = DrawnNumbers((), np.zeros((0, draws)))
        return cls(
            scenario,
            parts,
            channels=channels,
            numbers=nothing,
            numbers_of=lambda _: nothing,
            label=label,
            seed=number,
            threads=threads,
        )

    def __len__(self) -> int:
        """Return how many histories there are."""
        return sum(len(part.numbers) for part in self.parts)

    def vectors_of(self, scenario: Scenario, paths: Sequence[str]) -> Vectors:
        """Return a scenario whose numbers differ by lane, known to the histories' last year."""
        return vectors_known(scenario, paths, self.until)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the factual scenario."""
        return provenance.scenario_digest(self.scenario)

    @property
    def draw(self) -> Ints:
        """The draw of each history, array (history,)."""
        found: Ints = np.arange(len(self), dtype=np.int64) % self.draws
        return found

    def filled(self, part: Part) -> Filled:
        """Return the factual world with the parameters of some draws in it."""
        first = part.draws.start
        if first not in self._filled:
            numbers = np.ascontiguousarray(self._values[:, part.draws])
            self._filled[first] = Filled(self.vectors, self.named, numbers)
        return self._filled[first]

    def state(self, place: int, step: int) -> State:
        """Return what a part is in the factual world at the end of the quarter before a step."""
        return self._states[step][place]

    def run(self, states: Sequence[str], until: int = 0) -> Floats:
        """Return how states go in the factual world, array (history, quarter, state).

        Args:
            states: Names of reported states.
            until: A step before which what all histories are is to be kept; 0 for none.

        Raises:
            SettingError: If there is no such state.
        """
        known = state_names(self.scenario)
        problems = [unknown_name("state", name, known) for name in states if name not in known]
        if problems:
            raise SettingError(WHERE, problems)
        wanted = [name for name in dict.fromkeys(states) if name not in self._names]
        keep = until > 0 and until not in self._states
        if wanted or keep:
            self._replay(wanted, until if keep else 0)
        if tuple(states) == self._names:
            return self._kept
        return self._kept[:, :, [self._names.index(name) for name in states]]

    def _replay(self, wanted: Sequence[str], until: int) -> None:
        """Bring the factual world, for states that are wanted and for a kept state."""
        steps = self.vectors.ready.frame.calendar.steps
        rows = rows_of_states(self.named, wanted)
        values = np.empty((len(self), steps, len(wanted)))
        kept: dict[int, State] = {}
        earlier = max((step for step in self._states if step < until), default=0)
        start = 0 if wanted or not until else earlier
        rooms = Rooms(self.vectors, rows, self.seed)

        def bring(place: int) -> int:
            part = self.parts[place]
            lanes = rooms.lanes(part, self.filled(part))
            deciding = deciding_in(self, self.vectors.ready.world, part, start)
            lanes.take(normals=part.normals, uniforms=deciding)
            if start:
                lanes.take_up(self._states[start][place])
            if until:
                lanes.advance(until)
                kept[place] = lanes.state()
            if wanted:
                lanes.advance(steps)
                values[part.numbers] = lanes.values
            return place

        in_threads(self, bring)
        if wanted:
            self._names = (*self._names, *wanted)
            self._kept = np.concatenate([self._kept, values], axis=-1)
            self._kept.setflags(write=False)
        if until:
            if len(self._states) >= MOST_KEPT:
                del self._states[next(iter(self._states))]
            self._states[until] = kept


def in_threads(histories: Histories, work: Callable[[int], int]) -> None:
    """Have work done on each part, by its place; numbers of draws are filled in before."""
    for part in histories.parts:
        histories.filled(part)
    threads = min(histories.threads, len(histories.parts))
    with executors.chosen(threads=threads) as pool:
        for _ in executors.spread(pool, work, range(len(histories.parts))):
            pass


def beside_each_other(work: Callable[[T], R], parts: Sequence[T], threads: int | None) -> list[R]:
    """Return what work comes to for each part, in their order, so many at a time.

    Args:
        work: What is done; it takes no threads of its own.
        parts: What it is done to.
        threads: Threads to use, all processors if None; results do not depend on it.
    """
    most = min(threads or executors.processors(), len(parts))
    with executors.chosen(threads=most) as pool:
        found = dict(
            executors.spread(pool, lambda place: (place, work(parts[place])), range(len(parts)))
        )
    return [found[place] for place in range(len(parts))]


def rows_of_states(named: Named, states: Iterable[str]) -> list[int]:
    """Return the engine's rows of some reported states, or of how long a drawn law is in force."""
    names = state_names(named.ready.world.scenario)
    rows = dict(zip(names, reported_rows(named.ready.frame.shape), strict=True))
    drawn = named.ready.world.drawn_laws
    rows |= {f"{LAW_AGE}{law.name}": named.state["law_age", law.name] for law in drawn}
    return [rows[state] for state in states]


class Rooms:
    """Lanes of one world to run parts in, one after the other; each thread has its own."""

    def __init__(self, vectors: Vectors, rows: Sequence[int], seed: int) -> None:
        """Say which states are kept, and whose noise comes by key."""
        self._vectors, self._rows, self._seed = vectors, tuple(rows), seed
        self._local = threading.local()

    def lanes(self, part: Part, filled: Filled) -> Lanes:
        """Return lanes before the first quarter, with the numbers of a part."""
        rooms: dict[str, Lanes] = vars(self._local)
        key = str(len(part.numbers))
        if key not in rooms:
            rooms[key] = lanes_of(
                self._vectors.ready,
                runs=part.numbers,
                seed=self._seed,
                inputs=self._vectors.columns,
                keep=self._rows,
            )
        lanes = rooms[key]
        lanes.ask(part.numbers, self._seed)
        lanes.take(constants=filled.constants, own=filled.own)
        lanes.restart()
        return lanes


def deciding_in(histories: Histories, world: World, part: Part, first: int = 0) -> Floats:
    """Return what decides acts in a world, array (lane, channel, step).

    What the factual world has too is the same; what only this one has comes from the seed.

    Args:
        histories: The histories.
        world: The world.
        part: Which of them.
        first: First step that is wanted; what stands before it means nothing.
    """
    places = {name: k for k, name in enumerate(histories.channels)}
    steps, slow = world.calendar.steps, len(_slow(world))
    found = np.empty((len(part.numbers), len(world.channel_names), steps))
    for k, name in enumerate(world.channel_names[slow:], start=slow):
        mine = places.get(name)
        if mine is not None:
            found[:, k, first:] = part.uniforms[:, mine, first:]
        else:
            found[:, k] = by_key(histories.seed, name, part.numbers, steps)
    return found  # nobody reads the slow channels, whose normals are given


def by_key(seed: int, channel: str, numbers: Ints, steps: int) -> Floats:
    """Return the uniforms of a channel by key, array (history, step)."""
    runs = np.repeat(numbers, steps)
    every = np.tile(np.arange(steps, dtype=np.int64), len(numbers))
    return noise.scattered(seed, noise.channel(channel), runs, every).reshape(-1, steps)


def _slow(world: World) -> list[int]:
    """Return the channels of slow noise, which come first."""
    return flattened((world.channels.mood, world.channels.slow))


def _deciding(world: World, found: Mapping[str, Floats]) -> list[str]:
    """Return the names of channels that decide acts: those of a world first, then others."""
    slow = set(world.channel_names[: len(_slow(world))])
    own = [name for name in world.channel_names if name not in slow]
    return [*own, *(name for name in found if name not in slow and name not in own)]


def _table(found: Mapping[str, Floats], world: World, seed: int, numbers: Ints) -> Floats:
    """Return uniforms as one array (lane, channel, step), by key after the last of those found."""
    steps = world.calendar.steps
    table = np.empty((len(numbers), len(found), steps))
    for k, (name, values) in enumerate(found.items()):
        there = values.shape[1]
        table[:, k, :there] = values
        if there < steps:
            table[:, k, there:] = by_key(seed, name, numbers, steps)[:, there:]
    return table


def _as_normals(uniforms: Floats) -> Floats:
    """Return the normals of uniforms (lane, channel, step), as an array (step, channel, lane)."""
    values = np.array([inverse_normal(u) for u in uniforms.reshape(-1).tolist()])
    return np.ascontiguousarray(values.reshape(uniforms.shape).transpose(2, 1, 0))


def _whole(normals: Floats) -> Floats:
    return whole(normals, (*normals.shape[:2], LANES))


def _continued(normals: Floats, world: World, seed: int, numbers: Ints) -> Floats:
    """Return slow noise (step, channel, lane) to the end of a world, by key after its own end."""
    steps, there = world.calendar.steps, len(normals)
    if there == steps:
        return normals
    names = world.channel_names[: normals.shape[1]]
    fresh = np.stack([by_key(seed, name, numbers, steps)[:, there:] for name in names], axis=1)
    return np.concatenate([normals, _as_normals(fresh)])


def _free(scenario: Scenario) -> None:
    """Raise an error if a factual world holds a state: what happened was held by nobody.

    Raises:
        SettingError: Naming what is held.
    """
    if scenario.holds:
        held = "; ".join(hold.text for hold in scenario.holds)
        problem = (
            f"the factual world holds states ({held}), and what is on record was held by nobody; "
            "give the holds as edits of a world without them"
        )
        raise SettingError(WHERE, [problem])


def _checked(draws: int, uniforms: object, seed: object, threads: object) -> int:
    """Return an explicit seed.

    Raises:
        SettingError: Saying all that is out of range.
    """
    problems: list[str] = []
    if threads is not None and (problem := executors.workers_problem("threads", threads)):
        problems.append(problem)
    if type(uniforms) is not int or uniforms < 1:
        problems.append(f"uniforms is {shown(uniforms)}, must be a whole number of at least 1")
    elif draws * uniforms > MOST:
        most = MOST // draws
        problems.append(f"uniforms is {uniforms}, must be at most {most} with {draws} draws")
    number = read_or_told(as_seed, seed, problems, 0)
    if problems:
        raise SettingError(WHERE, problems)
    return number
