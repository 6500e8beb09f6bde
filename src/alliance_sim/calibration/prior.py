"""The prior of a scenario under a theory: its parameters by name, their density, draws of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim import noise
from alliance_sim.calibration.distributions import (
    IDENTITY,
    Block,
    Row,
    blocks_of,
)
from alliance_sim.errors import (
    ScenarioError,
    SettingError,
    not_among,
    read_or_told,
    shown,
    unknown_name,
)
from alliance_sim.record.reporting import Beta, Reporting
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import value_at
from alliance_sim.scenario.path import with_names
from alliance_sim.scenario.priors import ALL, LOG, places
from alliance_sim.scenario.schema import Prior as PriorTable
from alliance_sim.scenario.theories import Theory, own_theory, theory_of, with_theory
from alliance_sim.several import several
from alliance_sim.whole_numbers import not_whole
from alliance_sim.world.over_lanes import exp_of

Floats = NDArray[np.float64]
Theta = Floats | Sequence[float] | Mapping[str, float | Floats]
SPREAD, CODED = "spread.", "reporting."
MOST_DRAWS = 2**32 - 1


@dataclass(frozen=True)
class Parameter:
    """One unknown of a scenario.

    Attributes:
        name: The path of its table, "spread." and the name of a spread, or "reporting." and where
            the chance of being coded first stands that it is.
        places: Paths of the numbers that it sets or moves; none for a spread. For a chance of being
            coded: "reporting." with its place among the chances of the record, and the salience.
        difference: Whether it moves its number away from the common one.
        scale: On which it does, "" for the number's own.
        low: Smallest value; minus infinity for a difference.
        high: Largest value.
        unit: Unit of the numbers; that of the scale for a difference.
    """

    name: str
    places: tuple[str, ...] = ()
    difference: bool = False
    scale: str = IDENTITY
    low: float = 0.0
    high: float = np.inf
    unit: str = ""


class Prior:
    """What is believed about the parameters of a scenario before any fit.

    Everywhere, `theta` is a vector of natural values in the order of `names`: an array (k,), many
    as an array (draws, k), or a mapping from every name to a value or an array (draws,).

    Attributes:
        scenario: The scenario under the theory: what a parameter vector is put into.
        theory: The theory.
        parameters: The unknowns, in order.
        dropped: Priors of the scenario whose parameter is not in the vector, by path, and why.
        targets: What `target_of` has put together for it, by series and last year.
    """

    def __init__(
        self,
        scenario: Scenario,
        theory: str | Theory | None = None,
        *,
        reporting: Reporting | None = None,
    ) -> None:
        """Read the priors of a scenario.

        Args:
            scenario: The scenario.
            theory: Such as "RID" or "N+T"; None for the switches of the scenario.
            reporting: How likely acts are to be in the record, whose chances that are not known
                are parameters as well; None leaves them out.

        Raises:
            ScenarioError: If there is no such theory, the scenario has no prior, or none of its
                parameters matters under the theory.
        """
        if theory is None:
            self.theory, self.scenario = own_theory(scenario), scenario
        else:
            self.theory = theory if isinstance(theory, Theory) else theory_of(theory)
            self.scenario = with_theory(scenario, self.theory)
        self._given = scenario, None if theory is None else self.theory, reporting
        self.targets: dict[tuple[str, int | None], Any] = {}
        self.dropped: dict[str, str] = {}
        if not scenario.priors:
            problem = (
                "has no [[prior]], so there is nothing to fit; write one for each number that is "
                "not known, as docs/reference/priors.md says, or take a scenario that has them"
            )
            raise ScenarioError(scenario.name, [problem])
        tables = list(self._kept(scenario))
        groups = {table.group for table, _ in tables}
        self._spreads = [spread for spread in scenario.spreads if spread.name in groups]
        if not tables:
            why = "; ".join(dict.fromkeys(self.dropped.values()))
            problem = f"theory {self.theory.name!r} leaves no parameter to fit: {why}"
            raise ScenarioError(scenario.name, [problem])
        at = {s.name: len(tables) + place for place, s in enumerate(self._spreads)}
        self.parameters = tuple(
            [_parameter(self.scenario, table, found) for table, found in tables]
            + [Parameter(f"{SPREAD}{spread.name}") for spread in self._spreads]
            + [
                Parameter(found[0], found, high=1.0, unit="1")
                for found in map(partial(_chances, reporting), _unknown(reporting))
            ]
        )
        chances = len(tables) + len(self._spreads)
        self._rows = [
            *(
                Row(
                    *(place, table.family, table.parameters),
                    IDENTITY if table.difference else table.scale or IDENTITY,
                    -1 if table.group is None else at[table.group],
                    *(self.parameters[place].low, self.parameters[place].high),
                )
                for place, (table, _) in enumerate(tables)
            ),
            *(
                Row(at[s.name], s.family, s.parameters, IDENTITY, -1, 0.0, np.inf)
                for s in self._spreads
            ),
            *(
                Row(place, "beta", beta.beta, IDENTITY, -1, 0.0, 1.0)
                for place, beta in enumerate(_unknown(reporting), start=chances)
            ),
        ]

    def __reduce__(self) -> tuple[Any, tuple[Scenario, Theory | None, Reporting | None]]:
        """Let a prior be sent to other processes: it is read again there."""
        return _again, self._given

    def __repr__(self) -> str:
        """Return which prior it is, in a line."""
        return f"<prior of {self.scenario.name!r} under {self.theory.name}: {len(self)} parameters>"

    def __len__(self) -> int:
        """Return how many parameters there are."""
        return len(self.parameters)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters, in the order of the vector."""
        return tuple(parameter.name for parameter in self.parameters)

    def logpdf(self, theta: Theta, *, of: str | Sequence[str] | None = None) -> float | Floats:
        """Return the log density of the natural values, -inf outside their ranges.

        Args:
            theta: Natural values.
            of: Names of the parameters, or of one, whose density is meant, given all others; all
                if None.

        Returns:
            A number for one vector, an array (draws,) for many.

        Raises:
            SettingError: If the vector has another length, or names that are not known.
        """
        x, many = self.columns(theta)
        asked = self.names if of is None else several(of)
        if problems := not_among("parameter", asked, self.names):
            raise SettingError("prior", problems)
        meant = np.isin(self.names, asked)
        total = np.zeros(x.shape[1])
        for block in self._blocks:
            total = total + block.log_density(x[block.rows], x)[meant[block.rows]].sum(axis=0)
        return total if many else float(total[0])

    def sample(self, draws: int, seed: int) -> Floats:
        """Return draws of the prior, an array (draws, k) of natural values.

        Draw i of a parameter depends on the seed, i and its name only, so that more draws begin
        with the same ones.

        Raises:
            SettingError: If the number of draws or the seed is out of range.
        """
        problems = not_whole("draws", draws, least=1, most=MOST_DRAWS)
        number = read_or_told(noise.as_seed, seed, problems, 0)
        if problems:
            raise SettingError("sample", problems)
        return self.transform(self.normals(range(draws), number))

    def normals(self, draws: range, seed: int) -> Floats:
        """Return the standard normals that `sample` turns into draws, an array (draws, k)."""
        from scipy.special import ndtri

        runs = np.arange(draws.start, draws.stop, dtype=np.int64)
        steps = np.zeros(len(draws), dtype=np.int64)
        channels = [noise.channel(f"prior/{name}:v1") for name in self.names]
        columns = [noise.scattered(seed, channel, runs, steps) for channel in channels]
        found: Floats = ndtri(np.stack(columns, axis=1))
        return found

    def transform(self, normals: Theta) -> Floats:
        """Return the natural values that independent standard normals stand for.

        A shrunk number is its centre plus its own normal times its spread, so that all of them
        are independent beforehand (non-centred).

        Args:
            normals: Array (k,) or (draws, k), or a mapping, as for `theta`.

        Returns:
            Array of the same shape.

        Raises:
            SettingError: If the vector has another length, or names that are not known.
        """
        z, many = self.columns(normals)
        theta = self.natural(z)
        return theta.T.copy() if many else theta[:, 0].copy()

    def inverse_transform(self, theta: Theta) -> Floats:
        """Return the standard normals that natural values come from: `transform` backwards.

        What lies outside its range has no such normal and comes back as NaN.

        Raises:
            SettingError: If the vector has another length, or names that are not known.
        """
        x, many = self.columns(theta)
        z = np.empty_like(x)
        for block in self._blocks:
            z[block.rows] = block.to_normals(x[block.rows], x)
        return z.T.copy() if many else z[:, 0].copy()

    def natural(self, z: Floats) -> Floats:
        """Return natural values (k, lanes) of standard normals (k, lanes), without any check."""
        theta = np.empty_like(z)
        for block in self._blocks:
            theta[block.rows] = block.from_normals(z[block.rows], theta)
        return theta

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Paths of all numbers of the scenario that a vector sets, in the order of `numbers`."""
        found = (p.places for p in self.parameters if not p.name.startswith(CODED))
        return tuple(dict.fromkeys(path for places in found for path in places))

    @cached_property
    def coded(self) -> dict[str, int]:
        """Rows of the vector that are chances of being coded, by where each of them stands."""
        rows = enumerate(self.parameters)
        return {path: k for k, p in rows if p.name.startswith(CODED) for path in p.places}

    def numbers(self, theta: Floats) -> Floats:
        """Return the numbers (path, lane) that vectors (k, lane) put at `paths`.

        A difference moves the common number on its scale and stays within the number's range.
        """
        found = np.empty((len(self.paths), theta.shape[1]))
        for place, rows in self._set:
            found[rows] = theta[place]
        for place, row, (low, high), scale in self._moved:
            found[row] = np.clip(_moved(found[row], theta[place], scale), low, high)
        return found

    def with_vector(self, theta: Theta) -> Scenario:
        """Return a copy of the scenario with the numbers of one vector in it.

        Raises:
            SettingError: If it is not one vector, or one of its values lies outside its range.
        """
        from alliance_sim.scenario.edit import replaced

        x, many = self.columns(theta)
        if many:
            raise SettingError("theta", [f"holds {x.shape[1]} vectors, must be one"])
        self.check(x)
        values = self.numbers(x)[:, 0].tolist()
        return replaced(self.scenario, dict(zip(self.paths, values, strict=True)))

    def check(self, theta: Floats) -> None:
        """Raise an error unless vectors (k, draws) lie within their ranges.

        Raises:
            SettingError: Naming every parameter that does not, with the first such value.
        """
        problems = []
        for parameter, values in zip(self.parameters, theta, strict=True):
            bad = values[~((values >= parameter.low) & (values <= parameter.high))]
            if bad.size:
                span = f"{parameter.low:g} to {parameter.high:g}"
                problems.append(f"{parameter.name} is {bad[0]:g}, must be from {span}")
        if problems:
            raise SettingError("theta", problems)

    @cached_property
    def _blocks(self) -> list[Block]:
        return blocks_of(self._rows)

    @cached_property
    def _set(self) -> list[tuple[int, list[int]]]:
        """Row in the vector of each parameter that sets numbers, and their rows in `paths`."""
        return [
            (place, [self.paths.index(path) for path in p.places])
            for place, p in enumerate(self.parameters)
            if p.places and not p.difference and not p.name.startswith(CODED)
        ]

    @cached_property
    def _moved(self) -> list[tuple[int, int, tuple[float, float], str]]:
        found = []
        for place, p in enumerate(self.parameters):
            if p.difference:
                number = value_at(self.scenario, p.places[0])
                row = self.paths.index(p.places[0])
                found.append((place, row, (number.low, number.high), p.scale))
        return found

    def _kept(self, scenario: Scenario) -> Iterator[tuple[PriorTable, tuple[str, ...]]]:
        """Yield the priors whose parameters stay, with the paths that they speak of."""
        fixed = {change.path for change in scenario.edits}
        for table in scenario.priors:
            found = [with_names(scenario, path) for path in places(scenario, table.path)]
            mattering = [path for path in found if self.theory.needs(scenario, path)]
            free = [path for path in mattering if path not in fixed]
            if free:
                yield table, tuple(free)
            elif mattering:
                self.dropped[table.path] = f"an edit sets {table.path}, and it stays set"
            else:
                self.dropped[table.path] = f"nothing of it matters under {self.theory.name}"

    def columns(self, theta: Theta) -> tuple[Floats, bool]:
        """Return vectors as columns (k, draws), and whether they were given as several.

        Raises:
            SettingError: If a vector has another length, or names that are not known.
        """
        if isinstance(theta, Mapping):
            return self._by_name(theta)
        try:
            found = np.asarray(theta, dtype=np.float64)
        except (TypeError, ValueError):
            problem = f"is {shown(theta)}, must be numbers, an array (k,) or (draws, k)"
            raise SettingError("theta", [problem]) from None
        if found.ndim not in (1, 2) or found.shape[-1] != len(self):
            size = " x ".join(map(str, found.shape)) or "one number"
            problem = f"is {size}, must be ({len(self)},) or (draws, {len(self)}) as `names`"
            raise SettingError("theta", [problem])
        return (found[:, None] if found.ndim == 1 else found.T.copy()), found.ndim == 2

    def _by_name(self, theta: Mapping[str, float | Floats]) -> tuple[Floats, bool]:
        known = set(self.names)
        problems = [
            f"{name}: {self.dropped[name]}; leave it out"
            if name in self.dropped
            else unknown_name("parameter", str(name), known)
            for name in theta
            if name not in known
        ]
        problems += [f"{name} is missing" for name in self.names if name not in theta]
        if problems:
            raise SettingError("theta", problems)
        try:
            rows = np.broadcast_arrays(*(np.asarray(theta[n], dtype=float) for n in self.names))
        except (TypeError, ValueError) as error:
            raise SettingError("theta", [f"holds values of different forms: {error}"]) from None
        if rows[0].ndim > 1:
            raise SettingError("theta", ["holds tables, must hold numbers or arrays (draws,)"])
        return np.stack([np.atleast_1d(row) for row in rows]).copy(), rows[0].ndim == 1


def _again(scenario: Scenario, theory: Theory | None, reporting: Reporting | None) -> Prior:
    return Prior(scenario, theory, reporting=reporting)


def _unknown(reporting: Reporting | None) -> tuple[Beta, ...]:
    return () if reporting is None else reporting.unknowns


def _chances(reporting: Reporting | None, beta: Beta) -> tuple[str, ...]:
    """Return where a chance of being coded stands: place in the record, and salience."""
    return tuple(
        f"{CODED}{era}.salience_{salience}"
        for era, chance in enumerate(() if reporting is None else reporting.chance)
        for salience, cell in enumerate(chance.cells, start=1)
        if cell == beta
    )


def _parameter(scenario: Scenario, table: PriorTable, found: tuple[str, ...]) -> Parameter:
    # The range is that of all the numbers, also of those that an edit has set: the prior stays.
    numbers = [value_at(scenario, path) for path in places(scenario, table.path)]
    low, high = max(n.low for n in numbers), min(n.high for n in numbers)
    unit, scale = numbers[0].unit, table.scale or IDENTITY
    if table.difference:
        low, high, unit = -np.inf, np.inf, scale.replace("_", "-") or unit
    name = table.path if ALL in table.path else with_names(scenario, table.path)
    return Parameter(
        name, found, difference=table.difference, scale=scale, low=low, high=high, unit=unit
    )


def _moved(common: Floats, by: Floats, scale: str) -> Floats:
    """Return common numbers moved on a scale; the package's own exp gives everywhere the same."""
    if scale == IDENTITY:
        return common + by
    moved: Floats = common * exp_of(by)
    return moved if scale == LOG else moved / (moved + (1.0 - common))
