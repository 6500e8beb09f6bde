"""`simulate`: many runs of one scenario, in one call."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from alliance_sim import noise, provenance
from alliance_sim.engine.own_noise import complete_noise, runs_problems
from alliance_sim.errors import (
    AllianceSimError,
    SettingError,
    explains_calls,
    read_or_told,
    unknown_name,
)
from alliance_sim.parallel import executors
from alliance_sim.results import OK, Ensemble
from alliance_sim.results.draws import finder, given_draws
from alliance_sim.results.ensemble import DRAWN
from alliance_sim.scenario import Scenario, load_scenario
from alliance_sim.world import calendar_of
from alliance_sim.world.build import prepared
from alliance_sim.world.state import meanings_of, state_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.engine.mesa_model import Cast
    from alliance_sim.engine.vectors import ParameterDraws

Progress = Callable[[int, int], None]  # called with (runs done, runs asked for)

AGAIN = "Try again, with fewer workers if memory is short"
RUNS = 50  # if nobody says how many
BLOCK = 4  # runs that a worker takes at a time; results do not depend on it


def shared(progress: Progress | None, *, runs: int, among: int) -> list[Progress | None]:
    """Return what each of several simulations calls, so that progress goes over all of them.

    Args:
        progress: Called with (runs done, runs asked for) over all; None to tell nobody.
        runs: Runs of each.
        among: How many simulations there are, one after the other.
    """

    def part(place: int) -> Progress | None:
        if progress is None:
            return None
        return lambda done, _: progress(place * runs + done, among * runs)

    return [part(place) for place in range(among)]


@dataclass(frozen=True)
class Mesa:
    """The Mesa engine with settings of its own.

    Attributes:
        workers: Processes, at most 64 or four for each processor; 1 computes in this one. Numbers
            do not depend on it. More than one needs a script that guards its entry with
            `if __name__ == "__main__":`.
        cast: Classes of agents, to replace a decision; they must be importable for workers > 1.
    """

    workers: int = 1
    cast: Cast | None = None

    def label(self) -> str:
        """Return what results carry: "mesa", and the classes of a cast of one's own."""
        if self.cast is None:
            return "mesa"
        classes = (getattr(self.cast, part) for part in sorted(vars(self.cast)))
        return "mesa with " + ", ".join(f"{c.__module__}.{c.__qualname__}" for c in classes)


@dataclass(frozen=True)
class Kernel:
    """The compiled engine with settings of its own.

    Attributes:
        threads: Threads to spread runs over; None takes every processor that this process may
            use. Numbers do not depend on it.
        noise: Uniforms to use instead of the seed's, by full name of a channel, such as
            "two_islands/ladder.fall:v1" (`World.channel_names` lists them): arrays (run, quarter)
            of numbers strictly between 0 and 1. Channels that are left out come from the seed;
            channels that only other worlds of the relationship have are not used, so that the
            noise of a factual world fits its twin. Results say in their `engine` which were used.
    """

    threads: int | None = None
    noise: Mapping[str, NDArray[np.float64]] | None = None


ENGINES: dict[str, type[Kernel] | type[Mesa]] = {"kernel": Kernel, "mesa": Mesa}


@explains_calls
def simulate(
    scenario: Scenario | str | os.PathLike[str],
    *,
    runs: int = RUNS,
    seed: int | None = None,
    first_run: int = 0,
    engine: str | Kernel | Mesa = "kernel",
    posterior: ParameterDraws | str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Return an ensemble of runs.

    Run r depends on the scenario, the seed and r only: run 54 computed alone equals row 54 of 100.
    With a posterior it has, besides, the parameters of draw r modulo the number of draws.

    Args:
        scenario: A scenario, the name of a shipped one, or a file.
        runs: How many runs, at least 1; 50 if left out.
        seed: Whole number from 0 to 2**64 - 1; None lets the operating system choose one, which
            the result names.
        first_run: Number of the first run.
        engine: "kernel", the compiled engine; "mesa", the same model as Mesa agents, equal to the
            last bit and some hundred times slower; or either with settings: `Kernel(...)`,
            `Mesa(...)`.
        posterior: Draws of the parameters, as `alliance_sim.calibration.PosteriorDraws` holds them,
            or a file or folder of them; or "shipped" for those that ship for the relationship. The
            noise is fresh, and what an edit sets stays set in every draw. None or "none" runs the
            scenario with the numbers that it states.
        progress: Called with (runs done, runs asked for) as the work goes on.

    Returns:
        Runs in order. A run that failed has a status that says why, and NaN for its states.

    Raises:
        ScenarioError: If the scenario cannot be used.
        SettingError: If a setting is out of range, all at once; or if the posterior is of another
            relationship or other rules, is asked of Mesa agents, or is not there.
        ResultError: If a posterior that is kept cannot be read, or no longer holds.
        AllianceSimError: If every run failed, or there is not enough memory for so many.
    """
    settings, number = _checked(runs, first_run, engine, seed)
    world_of = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    draws = _draws(posterior, world_of)
    wanted = range(int(first_run), int(first_run) + int(runs))
    _refuse_too_many(world_of, len(wanted))
    if isinstance(settings, Kernel):
        label, given = "kernel", None
        if settings.noise is not None:
            given, words = complete_noise(settings.noise, world_of, number, wanted)
            label = f"kernel with {words}"
        threads = settings.threads or executors.processors()
        asked = (world_of, number, wanted, threads, progress, given, draws)
        values, status, _ = _compiled_runs(*asked)
        if draws is not None:
            label = f"{label}{DRAWN}{draws.label}"
    elif draws is not None:
        problem = 'posterior: goes with the compiled engine only; leave it out, or engine="kernel"'
        raise SettingError("simulate", [problem])
    else:
        label = settings.label()
        values, status, _ = _all_runs(world_of, number, wanted, settings, progress)
    return as_ensemble(world_of, values, status, seed=number, first_run=wanted.start, engine=label)


def _draws(
    posterior: ParameterDraws | str | os.PathLike[str] | None, scenario: Scenario
) -> ParameterDraws | None:
    """Return the draws that runs have, None for the numbers that their scenario states.

    Raises:
        SettingError: If it is no draws, or shipped ones are asked for and none go with it.
        ResultError: If they cannot be read, or no longer hold.
    """
    found: ParameterDraws | str | None = given_draws(posterior, scenario, where="simulate")
    if not isinstance(found, str):
        return found
    draws: ParameterDraws | None
    draws, why = finder()(scenario)
    if draws is None:
        told = why or f"none come with the package for {scenario.relationship}"
        raise SettingError("simulate", [f"posterior is {found!r}: {told}"])
    return draws


def as_ensemble(
    scenario: Scenario,
    values: NDArray[np.float64],
    status: Sequence[str],
    *,
    seed: int,
    first_run: int,
    engine: str,
) -> Ensemble:
    """Return runs of a scenario, its states by run and quarter, with all that describes them.

    Raises:
        AllianceSimError: If every run failed.
    """
    if all(text != OK for text in status):
        raise AllianceSimError(f"{scenario.name}: every run failed, the first with: {status[0]}")
    return Ensemble(
        scenario=scenario.name,
        digest=provenance.scenario_digest(scenario),
        calendar=calendar_of(scenario),
        states=state_names(scenario),
        values=values,
        seed=seed,
        first_run=first_run,
        engine=engine,
        versions={"alliance-sim": provenance.version()},
        status=tuple(status),
        edits=tuple(provenance.edits_of(scenario)),
        meanings=meanings_of(scenario),
        title=scenario.title,
        relationship=scenario.relationship,
    )


def checked_runs(runs: int, seed: object, *, first_run: int = 0) -> int:
    """Return an explicit seed for so many runs, from one on.

    Raises:
        SettingError: If one of them is out of range.
    """
    return _checked(runs, first_run, "kernel", seed)[1]


def _checked(
    runs: int, first_run: int, engine: str | Kernel | Mesa, seed: object
) -> tuple[Kernel | Mesa, int]:
    """Return the engine's settings and an explicit seed."""
    problems = runs_problems(runs, first_run)
    asked: object = engine
    workers: dict[str, object] = {}
    if isinstance(asked, Mesa):
        workers = {"workers": asked.workers}
        if asked.cast is not None:
            from alliance_sim.engine.mesa_model.model import cast_problems

            problems += cast_problems(asked.cast)
    elif isinstance(asked, Kernel):
        workers = {} if asked.threads is None else {"threads": asked.threads}
    elif isinstance(asked, type) and asked in ENGINES.values():
        problems.append(f"engine is the class {asked.__name__}, must be made: {asked.__name__}()")
    elif not isinstance(asked, str) or asked not in ENGINES:
        problems.append(unknown_name("engine", str(asked), ENGINES))
    found = [executors.workers_problem(*item) for item in workers.items()]
    problems += [problem for problem in found if problem]
    number = read_or_told(noise.as_seed, seed, problems, 0)
    if problems:
        raise SettingError("simulate", problems)
    return (ENGINES[engine]() if isinstance(engine, str) else engine), number


def _compiled_runs(
    scenario: Scenario,
    seed: int,
    numbers: range,
    threads: int,
    progress: Progress | None,
    given: NDArray[np.float64] | None,
    posterior: ParameterDraws | None,
) -> tuple[NDArray[np.float64], tuple[str, ...], tuple[str, ...]]:
    """Return values (run, quarter, state), a status for each run, and the states' names."""
    from alliance_sim.engine.cases import trajectories_of

    so_far = 0

    def done(count: int) -> None:
        nonlocal so_far
        so_far += count
        if progress:
            progress(so_far, len(numbers))

    if posterior is None:
        values, status, states = trajectories_of(scenario, numbers, seed, threads, done, given)
    else:
        from alliance_sim.engine.vectors import Vectors

        paths, drawn = posterior.numbers_of(scenario)
        turn = (numbers.start + np.arange(min(len(numbers), drawn.shape[1]))) % drawn.shape[1]
        values, status, states = Vectors(scenario, paths).trajectories(
            np.ascontiguousarray(drawn[:, turn]),
            runs=numbers,
            seed=seed,
            threads=threads,
            given=given,
            done=done,
        )
    return values, tuple(status), states


def _refuse_too_many(scenario: Scenario, runs: int) -> None:
    """Stop before anything is computed if the runs are more than memory holds.

    Raises:
        AllianceSimError: Because of a MemoryError.
    """
    states = len(state_names(scenario))
    needed = runs * calendar_of(scenario).steps * states * np.dtype(np.float64).itemsize
    problem = beyond_memory(f"{runs:,} runs of {states} states", needed)
    if problem is not None:
        then = "ask for fewer, or for a sweep, which keeps a few numbers of each run"
        raise AllianceSimError(f"{scenario.name}: {problem}; {then}") from MemoryError(needed)


def beyond_memory(what: str, needed: int) -> str | None:
    """Return in a sentence that something takes more memory than is free, None if it does not.

    Args:
        what: What takes it, in the plural.
        needed: How many bytes.
    """
    free = free_memory()
    if free is None or needed <= free:
        return None
    return f"{what} take {needed / 2**30:,.1f} GiB of memory, and {free / 2**30:,.1f} are free"


def free_memory() -> int | None:
    """Return how many bytes of memory are free or can be made so, None where nobody tells."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        (line,) = (line for line in lines if line.startswith("MemAvailable:"))
        return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


Block = tuple[list[int], "NDArray[np.float64]", list[str], tuple[str, ...]]


def _all_runs(
    scenario: Scenario, seed: int, numbers: range, engine: Mesa, progress: Progress | None
) -> tuple[NDArray[np.float64], tuple[str, ...], tuple[str, ...]]:
    """Return values (run, quarter, state), a status for each run, and the states' names."""
    values: NDArray[np.float64] | None = None
    status = [""] * len(numbers)
    states: tuple[str, ...] = ()
    done = 0
    for block_numbers, block, block_status, names in _blocks(scenario, seed, numbers, engine):
        states = names
        if values is None:
            values = np.full((len(numbers), *block.shape[1:]), np.nan)
        for row, number in enumerate(block_numbers):
            values[number - numbers.start] = block[row]
            status[number - numbers.start] = block_status[row]
        done += len(block_numbers)
        if progress:
            progress(done, len(numbers))
    if values is None:
        raise AssertionError("no block was computed; the number of runs was checked")
    return values, tuple(status), states


def _blocks(scenario: Scenario, seed: int, numbers: range, engine: Mesa) -> Iterator[Block]:
    """Yield blocks of runs as they are ready.

    Raises:
        UnfinishedError: If a worker process dies.
    """
    parts = [list(numbers[i : i + BLOCK]) for i in range(0, len(numbers), BLOCK)]
    workers = min(engine.workers, len(parts))
    if workers > 1:
        _importable(engine.cast)
    work = partial(_run_block, scenario, seed, engine.cast)
    try:
        with executors.chosen(workers=workers) as executor:
            yield from executors.spread(executor, work, parts)
    except BrokenExecutor as error:
        raise executors.failure(error, AGAIN) from error


def _importable(cast: Cast | None) -> None:
    """Raise an error unless other processes can find the classes of a cast.

    Raises:
        SettingError: Naming the class, and what to do.
    """
    import pickle

    for part, cls in vars(cast).items() if cast is not None else ():
        try:
            pickle.dumps(cls)
        except (pickle.PicklingError, AttributeError):
            problem = (
                f"cast: the {part} class {cls.__qualname__} cannot be found by import from other "
                "processes; define it at the top of a module, or use workers=1"
            )
            raise SettingError("simulate", [problem]) from None


def _run_block(scenario: Scenario, seed: int, cast: Cast | None, numbers: list[int]) -> Block:
    """Return the runs of one block; a run that fails is NaN with its message as status."""
    from alliance_sim.engine.mesa_model.model import AllianceModel, NotFinite

    world, _ = prepared(scenario)
    states = state_names(scenario)
    values = np.full((len(numbers), world.calendar.steps, len(states)), np.nan)
    status = []
    for row, number in enumerate(numbers):
        try:
            model = AllianceModel(scenario, run=number, rng=seed, cast=cast, agent_data=False)
            while model.running:
                model.step()
            collected = model.datacollector.model_vars
            values[row] = np.array([collected[state] for state in states]).T
        except NotFinite as error:
            status.append(str(error))
        except AllianceSimError:
            raise
        except Exception as error:  # noqa: BLE001 - one failed run must not lose the others
            status.append(f"{type(error).__name__}: {error}")
        else:
            status.append(OK)
    return numbers, values, status, states
