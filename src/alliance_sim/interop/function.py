"""`run`, `run_points` and `run_trajectories`: what tools of others call."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_sim import noise
from alliance_sim.engine.cases import Case, Summaries, summarise_cases, trajectories_of_cases
from alliance_sim.errors import (
    AllianceSimError,
    ProblemsError,
    SettingError,
    explains_calls,
    shown,
    unknown_name,
)
from alliance_sim.interop.cache import SEED, OutcomesLike, ScenarioLike, base_of
from alliance_sim.results import OK
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.parameters import Parameter
from alliance_sim.shipped import usual_scenario
from alliance_sim.world.state import state_names

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

BASELINE = usual_scenario()
SEED_BITS = 53  # so that a chosen seed survives tools that keep every result as a float
DEFAULTS: dict[str, Any] = {"scenario": BASELINE, "run": 0, "rng": None, "outcomes": None}


@explains_calls
def run(
    parameters: Mapping[str, object] | None = None,
    /,
    *,
    scenario: ScenarioLike = BASELINE,
    run: int = 0,
    rng: int | None = None,
    outcomes: OutcomesLike = None,
    **more: object,
) -> dict[str, float]:
    """Return the outcomes of one run.

    A plain function of named numbers that tools can call, and send to other processes. The same
    arguments give the same bits everywhere. Scenarios that ship with the package are read once
    per process; a file is read at every call, so for many calls give what `load_scenario` read.

    Args:
        parameters: Names and values in one mapping, as some tools hand them over. It may also hold
            `scenario`, `run`, `rng` and `outcomes`.
        scenario: A scenario, the name of a shipped one, or a file.
        run: Number of the run, from 0 to 2**32 - 1; each has noise of its own.
        rng: Seed, from 0 to 2**64 - 1. None lets the operating system choose one below 2**53, so
            that every call has fresh noise.
        outcomes: One text or several, such as "rung>=8@2014", names of standard outcomes, or a
            mapping from names of your own to such texts. None asks for all standard outcomes.
        **more: Numbers, settings and junctures by name, such as `willingness__threat_state=1.2`,
            `juncture__nine_eleven__present=False` or `council__rule="leader"`. All names are in
            `alliance_sim.parameters()`. A truth value may be 0 or 1, a date text or a decimal year.

    Returns:
        A finite float for each outcome by its name, a valid identifier; and "seed", the seed used
        as a whole number.

    Raises:
        SettingError: Naming all that is unknown, misspelt or out of range.
        ScenarioError: If the scenario cannot be read.
        AllianceSimError: If the run fails, with its seed. It has no numbers, and one made up
            would spoil what a tool computes from it.
    """
    settings: dict[str, Any] = {"scenario": scenario, "run": run, "rng": rng, "outcomes": outcomes}
    problems: list[str] = []
    values = _merged(parameters, settings, more, problems)
    seed = _seed_of(settings["rng"], problems)
    number = _checked(noise.as_run, settings["run"], problems)
    base = base_of(settings["scenario"])
    varied = base.varied(values, problems)
    wanted = base.outcomes(varied, settings["outcomes"], problems)
    if problems:
        raise SettingError("run", problems)
    asked = _PointRuns([Case(varied, number)], varied, seed)
    found = summarise_cases(asked.cases, seed=seed, outcomes=wanted)
    (row,) = _whole(found, asked).tolist()
    return dict(zip([outcome.name for outcome in wanted], row, strict=True)) | {SEED: seed}


@explains_calls
def run_points(
    points: ArrayLike | pd.DataFrame,
    names: Sequence[str] | None = None,
    *,
    scenario: ScenarioLike = BASELINE,
    run: int | Sequence[int] = 0,
    rng: int | None = None,
    outcomes: OutcomesLike = None,
) -> SeededArray:
    """Return the outcomes of one run for each row of a table.

    For tools that work on arrays; row by row the numbers are those of `run`.

    Args:
        points: Array (point, parameter), or a frame with one column for each parameter; none may
            change the quarters that are simulated.
        names: Names of the parameters, in the order of the columns; a frame's own if left out.
        scenario: As for `run`.
        run: Number of the run, or one number for each point.
        rng: Seed, the same for all points: with one `run` they differ by their parameters, not by
            luck. None lets the operating system choose one and gives every point noise of its
            own: point k is run `run` + k of that seed.
        outcomes: As for `run`.

    Returns:
        Array (point, outcome) of finite floats; only (point,) if `outcomes` is one text. Its
        attribute `seed` is the seed used.

    Raises:
        SettingError: Naming all that is wrong with names and values.
        ScenarioError: If the scenario cannot be read.
        AllianceSimError: If a run fails, with its point and its seed.
    """
    problems: list[str] = []
    asked = _cases(points, names, (scenario, run, rng), problems)
    wanted = base_of(scenario).outcomes(asked.first, outcomes, problems)
    if problems:
        raise SettingError("run_points", problems)
    found = summarise_cases(asked.cases, seed=asked.seed, outcomes=wanted)
    values = _whole(found, asked)
    return SeededArray.of(values[:, 0] if isinstance(outcomes, str) else values, asked.seed)


@explains_calls
def run_trajectories(
    points: ArrayLike | pd.DataFrame,
    names: Sequence[str] | None = None,
    *,
    scenario: ScenarioLike = BASELINE,
    run: int | Sequence[int] = 0,
    rng: int | None = None,
    states: str | Sequence[str] | None = None,
) -> SeededArray:
    """Return the trajectory of one run for each row of a table: other values in each run.

    Row by row the numbers are those that `simulate` gives for a scenario with these values.

    Args:
        points: As for `run_points`.
        names: As for `run_points`.
        scenario: As for `run`.
        run: As for `run_points`.
        rng: As for `run_points`.
        states: Names of states; None asks for all, in the order of `simulate(...).states`.

    Returns:
        Array (point, quarter, state); only (point, quarter) if `states` is one text. Its attribute
        `seed` is the seed used.

    Raises:
        SettingError: Naming all that is wrong with names and values.
        ScenarioError: If the scenario cannot be read.
        AllianceSimError: If a run fails, with its point and its seed.
    """
    problems: list[str] = []
    asked = _cases(points, names, (scenario, run, rng), problems)
    known = state_names(asked.first)
    wanted = known if states is None else (states,) if isinstance(states, str) else tuple(states)
    problems += [unknown_name("state", str(name), known) for name in wanted if name not in known]
    if not asked.cases and not problems:
        problems.append("points has no rows, must have at least one")
    if problems:
        raise SettingError("run_trajectories", problems)
    found = trajectories_of_cases(asked.cases, seed=asked.seed, states=wanted)
    values = _whole(found, asked)
    return SeededArray.of(values[:, :, 0] if isinstance(states, str) else values, asked.seed)


class _PointRuns(NamedTuple):
    """A run for each point, with the seed of all."""

    cases: list[Case]
    first: Scenario  # of the first point; the scenario itself where there is none
    seed: int


def _cases(
    points: Any,
    names: Sequence[str] | None,
    base_run_rng: tuple[ScenarioLike, int | Sequence[int], int | None],
    problems: list[str],
) -> _PointRuns:
    """Return a case for each point, or add what is wrong with names, values, runs and seed."""
    scenario, run, rng = base_run_rng
    rows, columns = _table(points, names, problems)
    seed = _seed_of(rng, problems)
    runs = _runs(run, len(rows), problems, apart=rng is None)
    base = base_of(scenario)
    cases = []
    for row, number in zip(rows, runs, strict=True):
        found: list[str] = []
        varied = base.varied(dict(zip(columns, row, strict=True)), found)
        problems += [text for text in found if text not in problems]
        cases.append(Case(varied, number))
    if len({case.scenario.calendar() for case in cases}) > 1:
        problems.append("the points change the quarters that are simulated, must not")
    return _PointRuns(cases, cases[0].scenario if cases else base.scenario, seed)


def _runs(
    run: int | Sequence[int], points: int, problems: list[str], *, apart: bool
) -> Sequence[int]:
    """Return the number of each point's run."""
    if isinstance(run, Sequence | np.ndarray) and not isinstance(run, str):
        found = [_checked(noise.as_run, number, problems) for number in run]
        if len(found) != points:
            problems.append(f"run holds {len(found)} numbers, must hold one for each point")
            return [0] * points
        return found
    number = _checked(noise.as_run, run, problems)
    if apart and number + points - 1 > noise.MAX_RUN:
        problems.append(f"run is {shown(run)}, leaves no numbers for {points} points after it")
    return range(number, number + points) if apart else [number] * points


class SeededArray(np.ndarray[Any, np.dtype[np.float64]]):
    """An array that names the seed of the noise behind its numbers.

    Parts of it, and what is computed from it element by element, name it too; it is lost where an
    array is sent to another process.

    Attributes:
        seed: The seed, a whole number.
    """

    seed: int | None

    @classmethod
    def of(cls, values: NDArray[np.float64], seed: int) -> SeededArray:
        """Return the numbers with their seed."""
        array = values.view(cls)
        array.seed = seed
        return array

    def __array_finalize__(self, source: object) -> None:
        """Take over the seed of the array that this one was made from."""
        self.seed = getattr(source, "seed", None)


@explains_calls
def parameters(scenario: ScenarioLike = BASELINE) -> dict[str, Parameter]:
    """Return all that `run` can be given another value for, by name.

    Args:
        scenario: A scenario, the name of a shipped one, or a file.

    Returns:
        Name, path, present value, and for numbers low, high and unit.

    Raises:
        ScenarioError: If the scenario cannot be read.
    """
    return dict(base_of(scenario).known)


def _merged(
    parameters: object,
    settings: dict[str, Any],
    more: Mapping[str, object],
    problems: list[str],
) -> dict[str, object]:
    """Return all values by name; the mapping's settings go where the others are."""
    values = dict(more)
    if parameters is None:
        return values
    if not isinstance(parameters, Mapping):
        kind = type(parameters).__name__
        problems.append(f"parameters is of type {kind}, must be a mapping from names to values")
        return values
    for name, value in parameters.items():
        if name in values or settings.get(name, DEFAULTS.get(name)) != DEFAULTS.get(name):
            problems.append(f"{name} is given twice, in the mapping and by keyword")
        elif name in settings:
            settings[name] = value
        else:
            values[name] = value
    return values


def _table(
    points: Any, names: Sequence[str] | None, problems: list[str]
) -> tuple[list[list[object]], list[str]]:
    """Return the rows of a table of points and the names of its columns."""
    if names is None and hasattr(points, "columns"):
        names = [str(name) for name in points.columns]
    if isinstance(names, str) or not isinstance(names, Iterable | None):
        problems.append(f"names is {shown(names)}, must be a list of the names of parameters")
        return [], []
    try:
        rows = np.asarray(points)
        if rows.dtype.kind == "U":  # numbers among texts would have become texts
            rows = np.asarray(points, dtype=object)
        if rows.dtype.kind == "M":  # nanoseconds, as pandas has them, would become numbers
            rows = rows.astype("datetime64[D]")
    except ValueError:
        lengths = sorted({len(row) if hasattr(row, "__len__") else 1 for row in points})
        told = " and ".join(map(str, lengths))
        problems.append(f"points is no table: rows have {told} values, must have one for each name")
        return [], list(names or ())
    columns = [str(name) for name in names] if names is not None else []
    if rows.ndim != 2 or rows.shape[1] != len(columns):
        shape = " x ".join(map(str, rows.shape)) or "one value"
        problems.append(f"points is {shape}, must be points x {len(columns)} named parameters")
        return [], columns
    problems += [f"{name} is given twice" for name in columns if columns.count(name) > 1]
    return rows.tolist(), columns


def _seed_of(rng: object, problems: list[str]) -> int:
    """Return the seed that is given as `rng`, one that is drawn if it is None."""
    found: list[str] = []
    chosen = secrets.randbits(SEED_BITS) if rng is None else rng
    seed = _checked(noise.as_seed, chosen, found)
    problems += [f"rng{problem.removeprefix('seed')}" for problem in found]
    return seed


def _checked(check: Callable[[object], int], value: object, problems: list[str]) -> int:
    """Return a checked number, or 0 and what is wrong with it."""
    try:
        return check(value)
    except ProblemsError as error:
        problems += error.problems
        return 0


def _whole(found: Summaries, asked: _PointRuns) -> NDArray[np.float64]:
    """Return what cases came to, all of which have to work.

    Raises:
        AllianceSimError: Naming the first that failed.
    """
    for position, (case, status) in enumerate(zip(asked.cases, found.status, strict=True)):
        if status != OK:
            which = f" (point {position})" if len(asked.cases) > 1 else ""
            raise AllianceSimError(
                f"{case.scenario.name}: run {case.run} of seed {asked.seed}{which} failed: {status}"
            )
    return found.values
