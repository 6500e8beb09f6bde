"""A scenario laid out for the page's module: arrays to be copied into its memory, and calls.

The page allocates what is listed here, writes the words of each call as they stand, and knows no
more of the engine than names. The same layout serves every edit that leaves the rows of the recipe
as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isinf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim import provenance
from alliance_sim.engine.kernel.advance import Inputs, Kinds
from alliance_sim.engine.kernel.batch import workspace
from alliance_sim.engine.kernel.layout import LANES, Shape, reported_rows, rows_of
from alliance_sim.engine.kernel.noise import NoiseRequest
from alliance_sim.engine.kernel.outputs import COMPARISONS, FOLDS, Outputs
from alliance_sim.engine.kernel.pieces import Differing
from alliance_sim.engine.kernel.resumable import (
    NOTHING,
    free_history,
    room_to_find,
    unseen,
)
from alliance_sim.engine.simulate import simulate
from alliance_sim.errors import SettingError, unknown_name
from alliance_sim.lab import edited_world, telling, terms
from alliance_sim.lab.entries import Drawable, Ready, Tables
from alliance_sim.lab.telling import halves
from alliance_sim.results.draws import LEVELS
from alliance_sim.results.outcomes import Outcome
from alliance_sim.scenario import Scenario
from alliance_sim.world import settle
from alliance_sim.world.build import places_of
from alliance_sim.world.fill import Into
from alliance_sim.world.recipe import COEFFICIENTS, COLUMNS, Recipe
from alliance_sim.world.settle import ACTING, LAW, NONE, Settled
from alliance_sim.world.state import Channels, axes_of, channel_names, state_names
from alliance_sim.world.tables import recipe_of

FORMAT, VERSION = "alliance-sim frame", 1
WHERE = "frame"
GOLDEN_SEED, GOLDEN_RUN = 2026, 1
Floats = NDArray[np.float64]
Call = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, eq=False)
class Frame:
    """A scenario laid out.

    Attributes:
        scenario: The scenario as it stands.
        recipe: Its recipe.
        shape: How many there are of each, with all that an edit may bring in.
        laws: Names of the laws that can be drawn.
        leaders: Names of the leaders whose push can be drawn.
        channels: Full names of the noise channels.
        states: Names of the states that are kept by quarter.
        outcomes: What is folded of each run.
        given: By name of a function what it is given, nested as it takes it.
    """

    scenario: Scenario
    recipe: Recipe
    shape: Shape
    laws: tuple[str, ...]
    leaders: tuple[str, ...]
    channels: tuple[str, ...]
    states: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    given: Mapping[str, Mapping[str, Any]]

    @cached_property
    def calls(self) -> dict[str, Call]:
        """By name of a function what it is given: numbers and arrays by name, flat and in order."""
        return _named(self.given)

    @cached_property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """All arrays by name."""
        found: dict[str, NDArray[Any]] = {}
        for call in self.calls.values():
            for name, value in call:
                if isinstance(value, np.ndarray):
                    found.setdefault(name, value)
        return found

    @cached_property
    def golden(self) -> str:
        """SHA-256 of what is kept of run `GOLDEN_RUN` of `GOLDEN_SEED`, as bytes of floats.

        Whoever computes the same computes with the same bits.
        """
        run = simulate(self.scenario, runs=1, seed=GOLDEN_SEED, first_run=GOLDEN_RUN)
        return hashlib.sha256(
            np.ascontiguousarray(run.block(list(self.states))).tobytes()
        ).hexdigest()

    def to_json(self) -> str:
        """Return the layout as JSON; infinity is written as null."""
        tree = {
            "format": FORMAT,
            "version": VERSION,
            "program": provenance.version(),
            "scenario": self.scenario.name,
            "digest": provenance.scenario_digest(self.scenario),
            "time": [
                self.recipe.calendar.first_year,
                self.recipe.calendar.last_year,
                self.recipe.calendar.steps_per_year,
            ],
            "lanes": LANES,
            "shape": self.shape._asdict(),
            "laws": self.laws,
            "leaders": self.leaders,
            "channels": self.channels,
            "states": self.states,
            "reported": dict(
                zip(state_names(self.scenario), reported_rows(self.shape), strict=True)
            ),
            "outcomes": [_outcome(outcome) for outcome in self.outcomes],
            "golden": {"seed": GOLDEN_SEED, "run": GOLDEN_RUN, "sha256": self.golden},
            "tables": self.tables(),
            "arrays": {name: _array(value) for name, value in self.arrays.items()},
            "calls": {
                function: [_used(name, value) for name, value in call]
                for function, call in self.calls.items()
            },
        }
        return json.dumps(tree, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    def tables(self) -> dict[str, Any]:
        """Return where the numbers of each table of the recipe stand: array, first place, names."""
        found, first = {}, 0
        for name in COLUMNS:
            table, own = self.recipe.tables[name], name not in COEFFICIENTS
            found[name] = {
                "array": f"tables.{name if own else 'values'}",
                "first": 0 if own else first,
                "columns": table.columns,
                "rows": table.rows,
            }
            first += 0 if own else len(table.rows)
        return found

    def numbers_of(self, recipe: Recipe) -> dict[str, Floats]:
        """Return the arrays that hold the numbers of a recipe with the same rows.

        Raises:
            SettingError: If its rows are others.
        """
        base = self.recipe.scenario
        problems = [
            f"table {name!r} of {recipe.scenario} has other rows than that of {base}"
            for name in COLUMNS
            if name != "effect" and recipe.tables[name].rows != self.recipe.tables[name].rows
        ]
        if len(recipe.tables["effect"].rows) != len(self.recipe.tables["effect"].rows):
            problems.append(f"{recipe.scenario} has other effects than {self.recipe.scenario}")
        if problems:
            raise SettingError(WHERE, problems)
        return {f"tables.{name}": array for name, array in _tables(recipe)._asdict().items()}


def frame_of(
    scenario: Scenario,
    *,
    states: Sequence[str] | None = None,
    outcomes: Sequence[Outcome] = (),
) -> Frame:
    """Return a scenario laid out for the page's module.

    Args:
        scenario: The scenario that edits start from.
        states: Reported states that are kept by quarter; all of them if left out.
        outcomes: What is folded of each run, from `results.outcomes.parse_outcome`.

    Raises:
        SettingError: If there is no such state, or the scenario holds one.
    """
    known = state_names(scenario)
    kept = known if states is None else tuple(states)
    asked = [*kept, *(outcome.state for outcome in outcomes)]
    problems = [unknown_name("state", name, known) for name in asked if name not in known]
    if scenario.holds:
        held = "; ".join(hold.text for hold in scenario.holds)
        problems.append(
            f"{scenario.name} holds states ({held}), and the page begins with a world in which "
            "nothing is held; give the holds as edits of a world without them"
        )
    if problems:
        raise SettingError(WHERE, problems)
    recipe = recipe_of(scenario)
    laws = np.flatnonzero(recipe.tables["juncture"].values[:, settle.LOG_HAZARD] != NONE)
    leaders = np.flatnonzero(recipe.tables["effect"].values[:, settle.DRAWN])
    names = recipe.names("juncture")
    of_laws, of_leaders = (
        tuple(names[j] for j in laws.tolist()),
        tuple(_leader(recipe, names, e) for e in leaders.tolist()),
    )
    counts = recipe.counts
    shape = Shape(
        *(counts.threats, counts.members, counts.rungs, len(laws), counts.items, len(leaders)),
        steps=recipe.calendar.steps,
    )
    channels = channel_names(
        Channels, recipe.partners[0], axes_of(scenario, law=of_laws, leader=of_leaders)
    )
    drawable = Drawable(laws.astype(np.int64), leaders.astype(np.int64))
    given = _given(scenario, shape, drawable, channels, (known, kept, tuple(outcomes)))
    return Frame(
        *(scenario, recipe, shape, of_laws, of_leaders, tuple(channels)),
        *(kept, tuple(outcomes), given),
    )


def _leader(recipe: Recipe, junctures: Sequence[str], effect: int) -> str:
    """Return what a leader is called whose push is drawn, as in `world.build`."""
    row = recipe.tables["effect"].values[effect]
    name = junctures[int(row[settle.OF_JUNCTURE])]
    return f"{name} replaced" if row[settle.STANDS_IN] > 0.0 else name


def _tables(recipe: Recipe) -> Tables:
    """Return the tables of a recipe, flat."""
    values = {name: recipe.tables[name].values for name in COLUMNS}
    fixed = np.concatenate([values[name][:, 0] for name in COEFFICIENTS])
    flat = {name: values[name].reshape(-1).copy() for name in Tables._fields if name in values}
    return Tables(**flat, values=fixed, win_set=np.zeros(3))


def _settled(recipe: Recipe) -> Settled:
    """Return room for what the cards of junctures amount to."""
    counts = recipe.counts
    sizes = (counts.junctures, counts.effects * ACTING, counts.junctures * LAW)
    room: list[Any] = [np.zeros(size) for size in (*sizes, counts.rungs, counts.items)]
    return Settled(*room)


def _given(
    scenario: Scenario,
    shape: Shape,
    drawable: Drawable,
    channels: Sequence[str],
    wanted: tuple[tuple[str, ...], tuple[str, ...], tuple[Outcome, ...]],
) -> dict[str, dict[str, Any]]:
    """Return what each function is given, nested as it takes it; some arrays are shared."""
    recipe = recipe_of(scenario)
    at, counts, tables = rows_of(shape), recipe.counts, _tables(recipe)
    places, first_drawn = places_of(counts, shape.leaders)
    effects = np.full(counts.effects, -1.0)
    effects[drawable.leaders] = first_drawn + np.arange(shape.leaders)
    table = np.zeros(shape.steps * places.width)
    given = Inputs(
        np.zeros((at.all_constants, LANES)),
        table.reshape(1, shape.steps, places.width),
        np.zeros(LANES, dtype=np.int64),
    )
    kinds = Kinds(
        asian=np.zeros(shape.threats, dtype=np.int64),
        distracting=np.zeros(shape.threats, dtype=np.int64),
        after=np.zeros(shape.laws, dtype=np.int64),
        sides=recipe.tables["effect"].values[drawable.leaders, settle.OF].astype(np.int64),
    )
    ready = Ready(given.constants, kinds.asian, kinds.distracting, kinds.after, table)
    before = Ready(*(np.zeros_like(array) for array in ready))
    work = np.zeros((counts.periods + 3) * shape.steps)
    asked, space = _asked(channels), workspace(shape, at)
    weighed = np.zeros((3 * (terms.FIRST_MEMBER + shape.members) * terms.MANY, LANES))
    room: list[Any] = [np.ones(places.width), effects, work, table]
    block: dict[str, Any] = {
        "n": LANES,
        "shape": shape,
        "rows": at,
        "kinds": kinds,
        "asked": asked,
        "given": given,
        "differing": Differing(
            np.zeros(0, dtype=np.int64), np.zeros((shape.steps, 0, LANES)), NOTHING
        ),
        "space": space,
        "kept": _outputs(recipe, shape, *wanted),
        "history": free_history(),
        "seen": unseen(),
        "evaluated": room_to_find(0, 0, 0),
        "first": 0,
        "last": shape.steps,
    }
    return {
        "prepare": {
            "counts": counts,
            "tables": tables,
            "drawable": drawable,
            "settled": _settled(recipe),
            "at": places,
            "into": Into(*room),
            "rows": at,
            "ready": ready,
            "first_lane": 0,
            "last_lane": LANES,
        },
        "touched": {
            "n": LANES,
            "shape": shape,
            "rows": at,
            "ready": ready,
            "before": before,
            "found": np.zeros(1, dtype=np.int64),
        },
        "advance_block": block,
        **edited_world.given_of(block, before.constants, telling.thinned(scenario)),
        "mark_events": {
            "shape": shape,
            "rows": at,
            "tables": tables,
            "inputs": given.tables,
            **telling.given_of(scenario, shape, wanted[0]),
        },
        "draw_uniforms": {
            "n": LANES,
            "steps": shape.steps,
            "key": asked.key,
            "keyed.channels": np.zeros((2, 0), dtype=np.int64),
            "runs": asked.runs,
            "keyed.uniforms": NOTHING,
        },
        "normals_of_ranks": {"levels": LEVELS, "ranks": np.zeros(LEVELS)},
        "weigh_terms": {
            "n": LANES,
            "shape": shape,
            "rows": at,
            "kinds": kinds,
            "constants": given.constants,
            "now": space.now,
            "was": np.zeros_like(space.after),
            "after": space.after,
            "aside": space.aside,
            "terms": weighed,
        },
    }


def _asked(channels: Sequence[str]) -> NoiseRequest:
    """Return a request for the noise of runs from 0 on, by seed 0."""
    return NoiseRequest(
        key=np.zeros(2, dtype=np.int64),
        channels=halves(channels),
        runs=np.arange(LANES, dtype=np.int64),
        given=np.zeros((0, 0, 0)),
        step=np.zeros(1, dtype=np.int64),
    )


def _outputs(
    recipe: Recipe,
    shape: Shape,
    states: tuple[str, ...],
    kept: tuple[str, ...],
    outcomes: tuple[Outcome, ...],
) -> Outputs:
    """Return room for what is kept of each run."""
    rows = dict(zip(states, reported_rows(shape), strict=True))
    folds = [
        (
            FOLDS[outcome.fold],
            COMPARISONS[outcome.compare],
            *(rows[outcome.state], outcome.start, outcome.stop),
        )
        for outcome in outcomes
    ]
    calendar = recipe.calendar
    return Outputs(
        reported=np.array([rows[name] for name in kept], dtype=np.int64),
        trajectories=np.zeros((LANES, shape.steps, len(kept))),
        folds=np.array(folds, dtype=np.int64).reshape(-1, 5),
        thresholds=np.array([outcome.threshold for outcome in outcomes], dtype=np.float64),
        years=np.array([*calendar.years, calendar.last_year + 1.0]),
        summaries=np.zeros((len(outcomes), LANES)),
        failures=np.full((2, LANES), -1, dtype=np.int64),
    )


def _named(calls: Mapping[str, Mapping[str, Any]]) -> dict[str, Call]:
    """Return what is given by name, flat; an array that two share keeps the name it has first."""
    names: dict[int, str] = {}
    found = {}
    for function, given in calls.items():
        flat = [entry for name, value in given.items() for entry in _flat(name, value)]
        found[function] = tuple(
            (names.setdefault(_place(value), name), value)
            if isinstance(value, np.ndarray) and value.size
            else (name, value)
            for name, value in flat
        )
    return found


def _place(array: NDArray[Any]) -> int:
    """Return where an array lies, the same for two that share all they hold."""
    return int(array.__array_interface__["data"][0])


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield numbers and arrays inside of tuples, named by their fields."""
    if isinstance(value, tuple):
        for field, part in zip(value._fields, value, strict=True):  # type: ignore[attr-defined]
            yield from _flat(f"{name}.{field}", part)
    else:
        yield name, value


def _array(value: NDArray[Any]) -> dict[str, Any]:
    """Return an array as JSON: its numbers only if some are not 0."""
    told: dict[str, Any] = {"kind": value.dtype.name, "shape": list(value.shape)}
    if value.any():
        numbers = value.reshape(-1).tolist()
        told["data"] = [None if isinf(number) else number for number in numbers]
    return told


def _used(name: str, value: Any) -> dict[str, Any]:
    """Return an argument of a call as JSON; the shape of an array may differ from call to call."""
    if isinstance(value, np.ndarray):
        return {"array": name, "shape": list(value.shape)}
    return {"number": name, "value": value}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    """Return what a page needs to know of an outcome: what its sum is divided by, and its mark."""
    return {
        "text": outcome.text,
        "divide_by": outcome.stop - outcome.start if outcome.fold == "mean" else 1,
        "passes": outcome.passes,
        "mark": outcome.mark,
    }
