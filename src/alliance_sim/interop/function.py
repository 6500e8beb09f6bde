"""`run` and `run_points`: what tools of others call."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim import noise
from alliance_sim.engine.batch import Case, summarise_cases
from alliance_sim.errors import AllianceSimError, ProblemsError, SettingError
from alliance_sim.interop.cache import SEED, OutcomesLike, ScenarioLike, base_of
from alliance_sim.results import OK
from alliance_sim.results.outcomes import Outcome
from alliance_sim.scenario.parameters import Parameter

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

BASELINE = "japan_nato/baseline"
SEED_BITS = 53  # so that a chosen seed survives tools that keep every result as a float
DEFAULTS: dict[str, Any] = {"scenario": BASELINE, "run": 0, "rng": None, "outcomes": None}


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
    seed = _checked(noise.as_seed, _chosen(settings["rng"]), problems)
    number = _checked(noise.as_run, settings["run"], problems)
    base = base_of(settings["scenario"])
    varied = base.varied(values, problems)
    wanted = base.outcomes(varied, settings["outcomes"], problems)
    if problems:
        raise SettingError("run", problems)
    (row,) = _computed([Case(varied, number)], seed, wanted).tolist()
    return dict(zip([outcome.name for outcome in wanted], row, strict=True)) | {SEED: seed}


def run_points(
    points: ArrayLike | pd.DataFrame,
    names: Sequence[str] | None = None,
    *,
    scenario: ScenarioLike = BASELINE,
    run: int = 0,
    rng: int | None = None,
    outcomes: OutcomesLike = None,
) -> SeededArray:
    """Return the outcomes of one run for each row of a table.

    For tools that work on arrays; row by row the numbers are those of `run`.

    Args:
        points: Array (point, parameter), or a frame with one column for each parameter.
        names: Names of the parameters, in the order of the columns; a frame's own if left out.
        scenario: As for `run`.
        run: As for `run`.
        rng: Seed, the same for all points: they differ by their parameters, not by luck. None
            lets the operating system choose one and gives every point noise of its own: point k
            is run `run` + k of that seed.
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
    rows, columns = _table(points, names, problems)
    seed = _checked(noise.as_seed, _chosen(rng), problems)
    number = _checked(noise.as_run, run, problems)
    if rng is None and number + len(rows) > noise.MAX_RUN:
        problems.append(f"run is {run}, leaves no numbers for {len(rows)} points after it")
    base = base_of(scenario)
    cases = []
    for position, row in enumerate(rows):
        found: list[str] = []
        varied = base.varied(dict(zip(columns, row, strict=True)), found)
        problems += [text for text in found if text not in problems]
        cases.append(Case(varied, number + position if rng is None else number))
    wanted = base.outcomes(cases[0].scenario if cases else base.scenario, outcomes, problems)
    if problems:
        raise SettingError("run_points", problems)
    values = _computed(cases, seed, wanted)
    return SeededArray.of(values[:, 0] if isinstance(outcomes, str) else values, seed)


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
    try:
        rows = np.asarray(points)
    except ValueError as error:
        problems.append(f"points is no table: {error}")
        return [], list(names or ())
    columns = [str(name) for name in names] if names is not None else []
    if rows.ndim != 2 or rows.shape[1] != len(columns):
        shape = " x ".join(map(str, rows.shape)) or "one value"
        problems.append(f"points is {shape}, must be points x {len(columns)} named parameters")
        return [], columns
    problems += [f"{name} is given twice" for name in columns if columns.count(name) > 1]
    return rows.tolist(), columns


def _chosen(rng: object) -> object:
    return secrets.randbits(SEED_BITS) if rng is None else rng


def _checked(check: Callable[[object], int], value: object, problems: list[str]) -> int:
    """Return a checked number, or 0 and what is wrong with it."""
    try:
        return check(value)
    except ProblemsError as error:
        problems += error.problems
        return 0


def _computed(cases: Sequence[Case], seed: int, wanted: Sequence[Outcome]) -> NDArray[np.float64]:
    """Return the outcomes of cases, all of which have to work.

    Raises:
        AllianceSimError: Naming the first that failed.
    """
    found = summarise_cases(cases, seed=seed, outcomes=wanted)
    for position, (case, status) in enumerate(zip(cases, found.status, strict=True)):
        if status != OK:
            which = f" (point {position})" if len(cases) > 1 else ""
            raise AllianceSimError(
                f"{case.scenario.name}: run {case.run} of seed {seed}{which} failed: {status}"
            )
    return found.values
