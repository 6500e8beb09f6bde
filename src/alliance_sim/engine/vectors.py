"""Parameter vectors straight into the lanes of the compiled engine: no copies of a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from alliance_sim.engine.held import run_columns
from alliance_sim.engine.kernel.batch import (
    Columns,
    Ready,
    compiled_fill,
    make_ready,
    setting_of,
)
from alliance_sim.engine.kernel.layout import LANES, rows_of
from alliance_sim.errors import ScenarioError
from alliance_sim.parallel import executors
from alliance_sim.results import OK
from alliance_sim.rules.domestic import shut_after
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import value_at
from alliance_sim.scenario.fields import DOMAINS
from alliance_sim.world.build import places_of, settled_of
from alliance_sim.world.divergence import changed_inputs
from alliance_sim.world.lanes import LaneInputs, Place, is_coefficient, lane_coefficients
from alliance_sim.world.settle import LAW, LAW_DRAWN, OF, OF_JUNCTURE, OPENS, SIZE, STANDS_IN
from alliance_sim.world.state import state_names

if TYPE_CHECKING:
    from alliance_sim.scenario.fields import Number

Floats = NDArray[np.float64]
# What holds throughout a run and stands in a recipe as it is, by table and column.
HELD = {
    ("threat", "offence"): "offence",
    ("member", "offset"): "offset",
    ("rung", "log_hazard"): "rung_log_hazard",
    ("rung", "demand"): "rung_demand",
    ("rung", "domestic_demand"): "rung_domestic_demand",
    ("item", "demand"): "item_demand",
}


class DrawnNumbers(NamedTuple):
    """Numbers of a scenario in each of several draws.

    Attributes:
        paths: Paths of the numbers that differ by draw; all others are the scenario's.
        values: Array (path, draw).
    """

    paths: tuple[str, ...]
    values: Floats


class ParameterDraws(Protocol):
    """Draws of parameters with which runs can be made, such as those of a posterior."""

    @property
    def label(self) -> str:
        """Which draws they are, in a few words."""

    def misfit(self, scenario: Scenario) -> str:
        """Return in a sentence why the draws do not go with a scenario, "" if they do."""

    def numbers_of(self, scenario: Scenario) -> DrawnNumbers:
        """Return what the draws set in a scenario: what an edit has set stays set in all of them.

        Raises:
            SettingError: Saying why, if the draws are of something else.
        """

    def coded(self) -> Mapping[str, Floats]:
        """Return chances of being coded in each draw, arrays (draw,), where they are among them.

        Their keys say where a record states each, such as "reporting.0.salience_1": its place among
        the chances, and the salience.
        """


def another(number: Number) -> float:
    """Return a value that a number can have and has not."""
    far = number.high if number.high - number.value > number.value - number.low else number.low
    return 0.5 * (number.value + far)


class Vectors:
    """A scenario of which some numbers differ by lane.

    Attributes:
        scenario: The scenario.
        paths: Paths of its varied numbers, in the order of the rows of `numbers`, an array (path,
            lane), wherever these are given.
        ready: The scenario as it stands, ready for the engine.
        inputs: The inputs that differ by lane.
        told: Rows of numbers that no run depends on, by path: how acts are told afterwards.
    """

    def __init__(self, scenario: Scenario, paths: Sequence[str]) -> None:
        """Find out what each varied number feeds.

        Raises:
            ScenarioError: If a path leads to no number, or one has no range to vary in.
        """
        self.scenario, self.paths = scenario, tuple(paths)
        self.ready = make_ready(scenario)
        world = self.ready.world
        places: dict[Place, int] = {}
        self.told: dict[str, int] = {}
        for row, path in enumerate(self.paths):
            if path.partition(".")[0] == "kind" and world.recipe.find(path) is None:
                self.told[path] = row
            else:
                places[world.recipe.place(path)] = row
        self._places = places
        self._coefficients = {
            self.paths[row]: row for place, row in places.items() if is_coefficient(place)
        }
        others = {self.paths[row]: self._another(self.paths[row]) for row in places.values()}
        recipe = world.recipe.with_values(others)
        at, _ = places_of(recipe.counts, len(world.drawn_leaders))
        changed = changed_inputs(recipe, world.settled, world, at)
        self.inputs = LaneInputs(world, places, changed)
        self._law_rows = self._drawn_laws(settled_of(recipe).law)

    def _another(self, path: str) -> float:
        """Return another value of the number at a path.

        Raises:
            ScenarioError: If it has no range to vary in.
        """
        number: Number = value_at(self.scenario, path)
        if number.low == number.high:
            problem = f"{path}: low and high are both {number.low:g}, so it cannot vary"
            raise ScenarioError(self.scenario.name, [problem])
        return another(number)

    def _drawn_laws(self, law: Any) -> tuple[int, ...]:
        """Return which junctures are drawn laws whose opening a varied number feeds."""
        before = np.array(self.ready.world.settled.law).reshape(-1, LAW)
        after = np.array(law).reshape(-1, LAW)
        differ = (before[:, OPENS:] != after[:, OPENS:]).any(axis=1) & (before[:, LAW_DRAWN] > 0.0)
        return tuple(np.flatnonzero(differ).tolist())

    @property
    def columns(self) -> tuple[int, ...]:
        """Positions in a row of the world's table that differ by lane."""
        return self.inputs.columns

    @cached_property
    def _held(self) -> list[tuple[int, int]]:
        """Rows of constants that are numbers as they stand, each with its row of numbers."""
        at, recipe = rows_of(self.ready.frame.shape), self.ready.world.recipe
        names = recipe.names("juncture")
        drawn = {law.name: k for k, law in enumerate(self.ready.world.drawn_laws)}
        found = []
        for (table, row, column), place in self._places.items():
            key = (table, recipe.tables[table].columns[column])
            if key in HELD:
                found.append((getattr(at, f"fixed_{HELD[key]}") + row, place))
            elif key == ("juncture", "log_hazard") and names[row] in drawn:
                found.append((at.fixed_law_log_hazard + drawn[names[row]], place))
        return found

    def constants(self, numbers: Floats, out: Floats | None = None) -> Floats:
        """Return all that stays the same during a run, an array (number, lane).

        Args:
            numbers: Varied numbers (path, lane).
            out: Where they go; taken as filled with the scenario's own, or by an earlier call.
        """
        if out is None:
            out = np.repeat(self.ready.constants[:, None], numbers.shape[1], axis=1)
        recipe = self.ready.world.recipe
        for row, values in lane_coefficients(recipe, self._coefficients, numbers):
            out[row] = values
        for row, place in self._held:
            out[row] = numbers[place]
        if self._law_rows:
            self._open_laws(numbers, out)
        return out

    def _open_laws(self, numbers: Floats, out: Floats) -> None:
        """Work out what drawn laws open; effects on one domain are taken from the smallest on."""
        for first, domains in self._openings:
            for domain, sizes in enumerate(domains):
                given = [numbers[size] if isinstance(size, int) else size for size in sizes]
                openings = [np.broadcast_to(size, numbers.shape[1]) for size in given]
                shut: Any = np.ones(numbers.shape[1])
                for opening in np.sort(openings, axis=0) if openings else ():
                    shut = shut_after(shut, opening)
                out[first + domain] = 1.0 - shut

    @cached_property
    def _openings(self) -> list[tuple[int, list[list[int | float]]]]:
        """First row of constants of each law that opens by lane, and by domain what its effects do.

        That is a row of numbers, or a size where it does not vary.
        """
        at, world = rows_of(self.ready.frame.shape), self.ready.world
        names = world.recipe.names("juncture")
        drawn = {law.name: k for k, law in enumerate(world.drawn_laws)}
        effects = world.recipe.tables["effect"].values.tolist()
        found = []
        for j in self._law_rows:
            domains: list[list[int | float]] = [[] for _ in DOMAINS]
            for e, row in enumerate(effects):
                if row[OF_JUNCTURE] == j and row[STANDS_IN] == 0.0:
                    size: int | float = self._places.get(("effect", e, SIZE), row[SIZE])
                    domains[int(row[OF])].append(size)
            found.append((at.fixed_law_opens + len(DOMAINS) * drawn[names[j]], domains))
        return found

    def own_inputs(
        self, numbers: Floats, out: Floats | None = None, *, only: set[int] | None = None
    ) -> Floats:
        """Return the inputs that differ by lane, an array (step, column, lane) as `columns`.

        Args:
            numbers: Varied numbers (path, lane).
            out: Where they go.
            only: Rows of numbers that have changed since `out` was filled; None for all.
        """
        if out is None:
            shape = (self.ready.frame.calendar.steps, len(self.columns), numbers.shape[1])
            out, only = np.empty(shape), None
        self.inputs.fill(numbers, out, compiled_fill, only=only)
        return out

    def lanes(self, numbers: Floats) -> list[Ready]:
        """Return the worlds of vectors, each as if a scenario with its numbers were made ready."""
        constants, own = self.constants(numbers), self.own_inputs(numbers)
        world = self.ready.world
        found = []
        for lane in range(numbers.shape[1]):
            table = world.table.copy()
            table[:, self.columns] = own[:, :, lane]
            table.setflags(write=False)
            column = np.ascontiguousarray(constants[:, lane])
            found.append(Ready(replace(world, table=table), self.ready.frame, column))
        return found

    def trajectories(
        self,
        numbers: Floats,
        *,
        runs: Sequence[int],
        seed: int,
        threads: int = 1,
        given: Floats | None = None,
        done: Callable[[int], None] | None = None,
    ) -> tuple[Floats, list[str], tuple[str, ...]]:
        """Return every state of runs whose numbers differ.

        Args:
            numbers: Varied numbers (path, vector).
            runs: Numbers of the runs. They take the vectors in turn: where there are more runs than
                vectors, each is laid out once for all that have it.
            seed: The seed of all.
            threads: Threads to spread blocks over. Numbers do not depend on it.
            given: Uniforms to use instead of the seed's, array (run, channel, step); or None.
            done: Called with how many more runs are ready.

        Returns:
            Values (run, quarter, state), a status for each, and the states' names.
        """
        states = state_names(self.scenario)
        setting = setting_of(self.ready.frame, states, ())
        values = np.empty((len(runs), self.ready.frame.calendar.steps, len(states)))
        status = [OK] * len(runs)
        if numbers.shape[1] < LANES:  # so few that blocks would have lanes to spare
            numbers = np.tile(numbers, -(-LANES // numbers.shape[1]))
        vectors = numbers[:, : len(runs)]
        turn = vectors.shape[1]

        def block(first: int) -> int:
            ready, count = self.lanes(vectors[:, first : first + LANES]), 0
            for start in range(first, len(runs), turn):
                part = slice(start, min(start + len(ready), len(runs)))
                mine = np.array(runs[part], dtype=np.int64)
                noise = None if given is None else np.ascontiguousarray(given[part])
                asked = Columns(ready[: len(mine)], mine, seed, noise)
                status[part] = run_columns(setting, asked, trajectories=values[part]).status
                count += len(mine)
            return count

        parts = range(0, turn, LANES)
        with executors.chosen(threads=min(threads, len(parts))) as pool:
            for count in executors.spread(pool, block, parts):
                if done is not None:
                    done(count)
        return values, status, states
