"""What one relationship taught about the rules, as a prior for another.

Coefficients of rules are numbers whose path goes through no list of a relationship: not through its
threats, members, periods, leaders, junctures, rungs, items or kinds of events, nor through what it
says of its sides and years. These are carried over as whole draws, so that what hangs together
stays together. Free are the floors of willingness and the chances of being coded that the other
record does not know; everything else is as the other scenario states it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calibration.prior import Parameter, Prior
from alliance_sim.errors import ResultError
from alliance_sim.record.record import Record
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import as_tree, value_at
from alliance_sim.scenario.file import word_for
from alliance_sim.scenario.path import PathProblem, follow, numbers
from alliance_sim.scenario.priors import places
from alliance_sim.scenario.scenario import build

if TYPE_CHECKING:
    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.record.reporting import Reporting
    from alliance_sim.scenario.path import Tree

Floats = NDArray[np.float64]

OWN = ("time", "partners")  # tables that say which relationship it is
FLOOR = "willingness.floor_"
WHICH = "carried.draw"  # name of the parameter that says which draw is carried over
SPREAD_OF_A_FLOOR = 1.0  # log-odds, where nobody states a prior


def is_coefficient(scenario: Scenario, path: str) -> bool:
    """Return whether a path leads to a number of the rules, and of no relationship in particular.

    It goes through tables by their keys only: never through a list, whose entries a relationship
    names. Floors are no such numbers: how willing a side is by itself is its own.
    """
    head = path.partition(".")[0]
    if head in OWN or path.startswith(FLOOR):
        return False
    try:
        return not isinstance(value_at(scenario, head), tuple)
    except PathProblem:
        return False


@dataclass(frozen=True, eq=False)
class Carried:
    """Coefficients of rules in the draws of a posterior, for another relationship.

    Attributes:
        label: Which draws they are, in a few words.
        theory: Theory under which they were drawn.
        paths: Paths of the numbers that are carried over.
        values: Array (path, draw).
        kept: Coefficients that stay as the other scenario has them, by path, and why.
    """

    label: str
    theory: str
    paths: tuple[str, ...]
    values: Floats
    kept: dict[str, str]

    @classmethod
    def of(cls, posterior: PosteriorDraws, scenario: Scenario) -> Carried:
        """Return what of a posterior can be carried over to a scenario.

        Draws are put in the order of the direction in which they differ most, so that draws with
        near numbers are more alike.

        Raises:
            ResultError: If none of its numbers is a coefficient that the scenario has.
        """
        fitted = posterior.prior.scenario
        edited = frozenset(change.path for change in scenario.edits)
        kept: dict[str, str] = {}
        rows = []
        for row, path in enumerate(posterior.prior.paths):
            if not is_coefficient(fitted, path):
                continue
            if path in edited:
                kept[path] = "an edit sets it, and it stays set"
            elif not _has(scenario, path):
                kept[path] = f"{scenario.name} has no such number"
            else:
                rows.append(row)
        if not rows:
            why = "; ".join(f"{path}: {reason}" for path, reason in kept.items())
            raise ResultError(
                f"{posterior.label}: cannot be carried over to {scenario.name}: none of its "
                f"{len(posterior.prior.paths)} numbers is a coefficient of the rules that both have"
                + (f" ({why})" if why else "")
            )
        values = posterior.prior.numbers(posterior.held.parameters.T.copy())[rows]
        return cls(
            label=posterior.label,
            theory=posterior.theory,
            paths=tuple(posterior.prior.paths[row] for row in rows),
            values=np.ascontiguousarray(values[:, _alike(values)]),
            kept=kept,
        )

    @property
    def draws(self) -> int:
        """How many draws are carried over."""
        return int(self.values.shape[1])

    def scenario(self, scenario: Scenario, fitted: Scenario) -> Scenario:
        """Return the other scenario with medians of what is carried over, and priors of its floors.

        A floor has its own prior where the scenario states one; else that of the scenario that was
        fitted, and its range; else a normal distribution around its value, of 1 log-odds.

        Raises:
            ScenarioError: If the two do not go together.
        """
        tree = as_tree(scenario)
        middle = np.median(self.values, axis=1)
        lowest, highest = self.values.min(axis=1), self.values.max(axis=1)
        for path, *limits in zip(
            self.paths, middle.tolist(), lowest.tolist(), highest.tolist(), strict=True
        ):
            value, low, high = limits
            number = follow(tree, path)
            number |= {
                "value": value,
                "low": min(low, number["low"]),
                "high": max(high, number["high"]),
                "source": f"fitted; carried over: median of {self.label}",
            }
        tables = list(_floor_priors(scenario))
        spoken = {path for table in tables for path in places(scenario, table["path"])}
        for table in _floor_priors(fitted):
            mine = places(fitted, table["path"])
            if not spoken.intersection(mine) and all(_has(scenario, path) for path in mine):
                _widen(tree, fitted, mine)
                tables.append(table)
                spoken.update(mine)
        tables += [_usual_prior(tree, path) for path in _floors(scenario) if path not in spoken]
        groups = {table.get("group") for table in tables}
        stated = (*fitted.spreads, *scenario.spreads)
        spreads = {spread.name: spread.model_dump() for spread in stated}
        tree["prior"] = tables
        tree["spread"] = [spread for name, spread in spreads.items() if name in groups]
        return build(tree, scenario.name)


class CarriedPrior(Prior):
    """Carried draws as they are, each as likely as the others; floors and reporting as unknowns.

    The last parameter, "carried.draw", is the number of the draw. A fit weighs the draws anew by
    how well each goes with the other record; none of their numbers is moved.

    Attributes:
        carried: What is carried over.
    """

    def __init__(
        self, scenario: Scenario, carried: Carried, *, reporting: Reporting | None = None
    ) -> None:
        """Put the two together.

        Args:
            scenario: As `Carried.scenario` returns it.
            carried: What is carried over.
            reporting: How acts come to be in the record of the scenario.

        Raises:
            ScenarioError: If nothing is left free.
        """
        super().__init__(scenario, carried.theory, reporting=reporting)
        self._carried_given = scenario, carried, reporting
        self.carried = carried
        which = Parameter(WHICH, high=float(carried.draws - 1), unit="draw")
        self.parameters = (*self.parameters, which)

    def __reduce__(self) -> Any:
        """Let it be sent to other processes: it is put together again there."""
        return _together, self._carried_given

    def natural(self, z: Floats) -> Floats:
        """Return natural values (k, lanes) of standard normals (k, lanes), without any check."""
        from scipy.special import ndtr

        theta = np.empty_like(z)
        theta[:-1] = super().natural(np.ascontiguousarray(z[:-1]))
        theta[-1] = np.minimum(np.floor(ndtr(z[-1]) * self.carried.draws), self.carried.draws - 1)
        return theta

    def inverse_transform(self, theta: Any) -> Floats:
        """Return standard normals that give natural values; for a draw the middle of its own."""
        from scipy.special import ndtri

        x, many = self.columns(theta)
        z = np.empty_like(x)
        for block in self._blocks:
            z[block.rows] = block.to_normals(x[block.rows], x)
        z[-1] = ndtri((x[-1] + 0.5) / self.carried.draws)
        return z.T.copy() if many else z[:, 0].copy()

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Paths of all numbers of the scenario that a vector sets, in the order of `numbers`."""
        return (*super().paths, *self.carried.paths)

    def numbers(self, theta: Floats) -> Floats:
        """Return the numbers (path, lane) that vectors (k, lane) put at `paths`."""
        found = super().numbers(theta)
        which = theta[-1].astype(np.int64)
        found[len(found) - len(self.carried.paths) :] = self.carried.values[:, which]
        return found


def carried_prior(scenario: Scenario, posterior: PosteriorDraws) -> CarriedPrior:
    """Return a prior for a scenario whose coefficients of rules are those of another posterior.

    Args:
        scenario: A scenario of another relationship, with a record of its own. Its priors are not
            needed.
        posterior: Draws of what was fitted elsewhere.

    Raises:
        ResultError: If nothing can be carried over, or the record is the one that was fitted.
        NoRecord: If the scenario has no record.
        RecordError: If that cannot be used.
        ScenarioError: If the scenario leaves nothing free.
    """
    record = Record.of(scenario)
    if record.name.partition("@")[0] == posterior.edition.partition("@")[0]:
        raise ResultError(
            f"the posterior was fitted to {posterior.edition}, and {scenario.name} is held against "
            f"{record.name}: nothing is carried over to what was seen; to score fits of its own: "
            f"alliance-sim score {shlex.quote(word_for(scenario))} --refit"
        )
    carried = Carried.of(posterior, scenario)
    made = carried.scenario(scenario, posterior.prior.scenario)
    return CarriedPrior(made, carried, reporting=record.reporting)


def _together(scenario: Scenario, carried: Carried, reporting: Reporting | None) -> CarriedPrior:
    return CarriedPrior(scenario, carried, reporting=reporting)


def _has(scenario: Scenario, path: str) -> bool:
    try:
        return hasattr(value_at(scenario, path), "value")
    except PathProblem:
        return False


def _floors(scenario: Scenario) -> list[str]:
    """Return the paths of the floors of a scenario."""
    return [path for path, _ in numbers(scenario) if path.startswith(FLOOR)]


def _floor_priors(scenario: Scenario) -> Iterator[dict[str, Any]]:
    """Yield the priors that are of floors alone, as plain tables."""
    for table in scenario.priors:
        if all(path.startswith(FLOOR) for path in places(scenario, table.path)):
            yield table.model_dump()


def _widen(tree: Tree, fitted: Scenario, paths: list[str]) -> None:
    """Let floors vary as far as where the prior comes from."""
    for path in paths:
        number, other = follow(tree, path), value_at(fitted, path)
        number |= {"low": min(number["low"], other.low), "high": max(number["high"], other.high)}


def _usual_prior(tree: Tree, path: str) -> dict[str, Any]:
    """Return a prior around the value of a floor that nobody has stated one for."""
    number = follow(tree, path)
    value = number["value"]
    number |= {"low": min(number["low"], value - 4.0), "high": max(number["high"], value + 4.0)}
    return {
        "path": path,
        "family": "normal",
        "parameters": [value, SPREAD_OF_A_FLOOR],
        "source": "assumed",
    }


def _alike(values: Floats) -> NDArray[np.int64]:
    """Return draws in the order of the direction in which they differ most."""
    spread = values.std(axis=1, keepdims=True)
    there = spread[:, 0] > 0.0
    if not there.any():
        return np.arange(values.shape[1])
    z = (values[there] - values[there].mean(axis=1, keepdims=True)) / spread[there]
    _, _, along = np.linalg.svd(z, full_matrices=False)
    order: NDArray[np.int64] = np.argsort(along[0], kind="stable")
    return order
