"""Many parameter vectors in one world: coefficients and inputs with a column for each vector.

The rules that make coefficients are run on arrays, with a lane for each vector. An input that a
varied number feeds is worked out anew from the same numbers, in the same order of operations, as
`alliance_sim.world.fill` does for one world; so each lane equals, to the last bit, the world of a
scenario that holds its numbers. Inputs that are made in a rarer way go through `fill` itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_sim import arithmetic
from alliance_sim.rules.domestic import shut_after
from alliance_sim.scenario.fields import DOMAINS
from alliance_sim.world import coefficients, settle
from alliance_sim.world.build import Fill, drawn_places, places_of
from alliance_sim.world.declaration import flattened
from alliance_sim.world.fill import Into, share_of, weight_in
from alliance_sim.world.over_lanes import exp
from alliance_sim.world.recipe import COEFFICIENTS, FILLED, Recipe
from alliance_sim.world.settle import ACTING, EFFECT, HOSTILITY, NONE, Settled
from alliance_sim.world.world import World

Floats = NDArray[np.float64]
Place = tuple[str, int, int]  # table of a recipe, row, column
Value = int | float  # a row of varied numbers, or a number that is the same in every lane


def _over_lanes(function: Callable[..., float]) -> Callable[..., Any]:
    """Return a function of numbers that also takes arrays, entry by entry."""

    def over(*arguments: Any) -> Any:
        if not any(isinstance(x, np.ndarray) for x in arguments):
            return function(*arguments)
        rows = (x.tolist() for x in np.broadcast_arrays(*arguments))
        return np.array([function(*row) for row in zip(*rows, strict=True)])

    return over


def _on_arrays() -> Callable[..., Any]:
    """Return `coefficients.combined`, whose numbers may be arrays: the very same code.

    Its functions call each other and a few of `arithmetic` by name; here these names stand for
    functions that take arrays.
    """
    names: dict[str, Any] = dict(vars(coefficients))
    for name in ("log", "power", "sqrt"):
        names[name] = _over_lanes(getattr(arithmetic, name))
    names["exp"] = exp
    own = [(n, f) for n, f in names.items() if isinstance(f, FunctionType)]
    for name, function in own:
        if function.__module__ == coefficients.__name__:
            names[name] = FunctionType(function.__code__, names, name)
    found: Callable[..., Any] = names["combined"]
    return found


combined = _on_arrays()


def lane_coefficients(
    recipe: Recipe, rows: Mapping[str, int], numbers: Floats
) -> Iterable[tuple[int, Floats]]:
    """Yield each coefficient that differs by lane: its position, and its numbers (lane,).

    Args:
        recipe: The scenario's.
        rows: Rows of `numbers` by path, of those that are coefficients of a scenario.
        numbers: Varied numbers (row, lane).
    """
    named = dict(recipe.named)
    for path, row in rows.items():
        table, *rest = path.split(".")
        named[table] = _replaced(named[table], rest, numbers[row])
    found = combined(coefficients.Values._make(named.values()), recipe.calendar.dt)
    return ((k, x) for k, x in enumerate(flattened(found)) if isinstance(x, np.ndarray))


def _replaced(node: Any, path: Sequence[str], value: Floats) -> Any:
    """Return named tuples with something else at a path inside them."""
    if not path:
        return value
    return node._replace(**{path[0]: _replaced(getattr(node, path[0]), path[1:], value)})


class Term(NamedTuple):
    """What one effect or leader adds to an input.

    Attributes:
        first: First step.
        weights: How strongly it acts in each step from there, (step, 1).
        size: Its size.
    """

    first: int
    weights: Floats
    size: Value


@dataclass(frozen=True)
class Moved:
    """An input that effects move, from a base that periods give; kept from 0 to 1 if `clamp`."""

    column: int
    base: tuple[Value, ...]
    terms: tuple[Term, ...]
    clamp: bool

    def rows(self) -> set[int]:
        """Return which varied numbers feed it."""
        return _varied((*self.base, *(term.size for term in self.terms)))

    def fill(self, lanes: LaneInputs, numbers: Floats, out: Floats) -> None:
        """Work it out for every lane, into an array (step, lane)."""
        if not self.terms:
            found = lanes.mean(self.base, numbers)
            out[...] = (_clamped(found) if self.clamp else found)[lanes.stage]
            return
        moved = _summed(self.terms, numbers, out.shape)
        if self.base:
            moved = lanes.mean(self.base, numbers)[lanes.stage] + moved
        out[...] = _clamped(moved) if self.clamp else moved


@dataclass(frozen=True)
class Exposed:
    """How exposed a member is to a threat: so many times as the alliance."""

    column: int
    base: tuple[Value, ...]
    factor: Value

    def rows(self) -> set[int]:
        """Return which varied numbers feed it."""
        return _varied((*self.base, self.factor))

    def fill(self, lanes: LaneInputs, numbers: Floats, out: Floats) -> None:
        """Work it out for every lane, into an array (step, lane)."""
        mean = lanes.mean(self.base, numbers) * _value(self.factor, numbers)
        out[...] = np.minimum(1.0, mean)[lanes.stage]


@dataclass(frozen=True)
class Pushed:
    """The push of a side's leaders; one of a juncture takes the place of one in the list."""

    column: int
    moved: tuple[Term, ...]
    listed: tuple[Term, ...]

    def rows(self) -> set[int]:
        """Return which varied numbers feed it."""
        return _varied(term.size for term in (*self.moved, *self.listed))

    def fill(self, _lanes: LaneInputs, numbers: Floats, out: Floats) -> None:
        """Work it out for every lane, into an array (step, lane)."""
        taken = _summed([term._replace(size=1.0) for term in self.moved], numbers, out.shape)
        listed = _summed(self.listed, numbers, out.shape)
        left = listed * (1.0 - np.minimum(1.0, taken))
        out[...] = left + _summed(self.moved, numbers, out.shape)


@dataclass(frozen=True)
class Shut:
    """Which part of a domain stays shut after every dated legal act."""

    column: int
    open: Value
    terms: tuple[Term, ...]

    def rows(self) -> set[int]:
        """Return which varied numbers feed it."""
        return _varied((self.open, *(term.size for term in self.terms)))

    def fill(self, _lanes: LaneInputs, numbers: Floats, out: Floats) -> None:
        """Work it out for every lane, into an array (step, lane)."""
        out[...] = 1.0 - _value(self.open, numbers)
        for first, weights, size in self.terms:
            part = slice(first, first + len(weights))
            opening: Any = _clamped(_value(size, numbers) * weights)
            left: Any = out[part]
            out[part] = shut_after(left, opening)


@dataclass(frozen=True)
class Reluctant:
    """How far the least willing state of a member lies below its mean."""

    column: int
    diversity: Value
    largest: Floats  # expected largest normal of as many as there are, (step, 1)

    def rows(self) -> set[int]:
        """Return which varied numbers feed it."""
        return _varied((self.diversity,))

    def fill(self, _lanes: LaneInputs, numbers: Floats, out: Floats) -> None:
        """Work it out for every lane, into an array (step, lane)."""
        out[...] = _value(self.diversity, numbers) * self.largest


Column = Moved | Exposed | Pushed | Shut | Reluctant


def _varied(values: Iterable[Value]) -> set[int]:
    return {value for value in values if isinstance(value, int)}


def _value(value: Value, numbers: Floats) -> Any:
    return numbers[value] if isinstance(value, int) else value


def _clamped(x: Floats) -> Floats:
    found: Floats = np.maximum(0.0, np.minimum(1.0, x))
    return found


def _summed(terms: Sequence[Term], numbers: Floats, shape: tuple[int, ...]) -> Floats:
    """Return the sum of terms by step and lane, added up in their order."""
    total = np.zeros(shape)
    for first, weights, size in terms:
        part = total[first : first + len(weights)]
        part += weights * _value(size, numbers)
    return total


class LaneInputs:
    """Inputs of a world that differ by lane.

    Attributes:
        columns: Positions in a row of the world's table, in order.
    """

    def __init__(self, world: World, rows: Mapping[Place, int], changed: NDArray[np.bool_]) -> None:
        """Find out how each input that varied numbers feed is made.

        Args:
            world: The world that the numbers are put into.
            rows: Row of each varied number, by its place in the recipe.
            changed: Which numbers of a row of the table they can feed.
        """
        self.world, self._at_row = world, dict(rows)
        self.steps = world.calendar.steps
        recipe = world.recipe
        self._places, _ = places_of(recipe.counts, len(world.drawn_leaders))
        changed = changed.copy()
        if not any(table == "accession" for table, _, _ in rows):  # who belongs is the same
            changed[self._places.weight : self._places.reluctance] = False
            changed[self._places.states] = False
        self.columns = tuple(np.flatnonzero(changed).tolist())
        made = {column.column: column for column in self._all() if changed[column.column]}
        # An effect that fades at a varied speed, or whose place among others hangs on its size.
        odd = self._odd_columns()
        self._made = {column: m for column, m in made.items() if column not in odd}
        self._odd = tuple(column for column in self.columns if column not in self._made)

    @cached_property
    def shares(self) -> Floats:
        """Different mixtures of periods that steps have, (mixture, period)."""
        return self._mixtures[0]

    @cached_property
    def stage(self) -> NDArray[np.intp]:
        """Which mixture each step has."""
        return self._mixtures[1]

    @cached_property
    def _mixtures(self) -> tuple[Floats, NDArray[np.intp]]:
        starts = self.world.recipe.column("period", "start")
        ends = [*starts[1:], 1.0 * self.steps]
        starts[0] = min(starts[0], 0.0)
        spans = list(zip(starts, ends, strict=True))
        rows = [[share_of(step, *span) for span in spans] for step in range(self.steps)]
        found, stage = np.unique(np.array(rows), axis=0, return_inverse=True)
        return found, stage.reshape(-1)

    def mean(self, values: tuple[Value, ...], numbers: Floats) -> Floats:
        """Return a setting of the periods averaged over each mixture, (mixture, lane)."""
        total = np.zeros((len(self.shares), numbers.shape[1]))
        for shares, value in zip(self.shares.T, values, strict=True):
            total = total + shares[:, None] * _value(value, numbers)
        return total

    def fill(self, numbers: Floats, out: Floats, fill: Fill, *, only: set[int] | None) -> None:
        """Work out all inputs that differ by lane.

        Args:
            numbers: Varied numbers (row, lane).
            out: Where they go, (step, column, lane), in the order of `columns`.
            fill: `alliance_sim.world.fill.fill`, compiled, for what is made in rarer ways.
            only: Rows of numbers that have changed since `out` was last filled; None for all.
        """
        for place, column in enumerate(self.columns):
            made = self._made.get(column)
            if made is not None and (only is None or made.rows() & only):
                made.fill(self, numbers, out[:, place])
        if self._odd:
            self._fill_odd(numbers, out, fill)

    def _fill_odd(self, numbers: Floats, out: Floats, fill: Fill) -> None:
        """Go through `fill` lane by lane."""
        world, at = self.world, self._places
        wanted = np.zeros(at.width)
        wanted[list(self._odd)] = 1.0
        places = [self.columns.index(column) for column in self._odd]
        table = np.zeros((self.steps, at.width))
        work = np.zeros((world.recipe.counts.periods + 3) * self.steps)
        acting: list[Any] = [np.array(part, dtype=np.float64) for part in world.settled]
        counts, nobody = world.recipe.counts, np.full(world.recipe.counts.effects, -1.0)
        for lane in range(numbers.shape[1]):
            given = self._numbers(numbers[:, lane])
            drawn = nobody
            if world.drawn_leaders:
                effects = np.asarray(given.effect).reshape(-1, EFFECT)
                drawn = drawn_places(counts, effects, world.settled)
            table[:] = 0.0
            into: list[Any] = [wanted, drawn, work, table.reshape(-1)]
            fill(counts, given, Settled(*acting), at, Into(*into))
            out[:, places, lane] = table[:, self._odd]

    def _numbers(self, values: Floats) -> Any:
        """Return the tables of the recipe, flat, with one lane's numbers in them."""
        found = self.world.recipe.numbers
        tables: dict[str, Any] = {}
        for (name, row, column), place in self._at_row.items():
            if name in found._fields:
                width = self.world.recipe.tables[name].values.shape[1]
                tables.setdefault(name, getattr(found, name).copy())
                tables[name][row * width + column] = values[place]
            elif name == "domestic":
                domain = self.world.recipe.tables[name].rows[row].rpartition(".")[2]
                if domain in DOMAINS:
                    tables.setdefault("win_set", found.win_set.copy())
                    tables["win_set"][DOMAINS.index(domain)] = values[place]
            elif name == "council" and self.world.recipe.tables[name].rows[row].endswith(
                "diversity"
            ):
                tables["diversity"] = float(values[place])
        if "effect" in tables:
            tables["effect"] = self._in_order(tables["effect"])
        for name, table in tables.items():
            if name in FILLED:
                table.setflags(write=False)  # as those of a recipe are, which `fill` is made for
        return found._replace(**tables)

    def _in_order(self, effects: Floats) -> Floats:
        """Return effects with those of one juncture that move the same in order of their sizes."""
        rows = effects.reshape(-1, EFFECT)
        for group in self._alike:
            order = sorted(group, key=lambda e: _rank(rows[e]))
            rows[group] = rows[order]
        return rows.reshape(-1)

    @cached_property
    def _alike(self) -> list[list[int]]:
        """Rows of effects of one juncture that move the same, where there are several."""
        groups: dict[tuple[float, ...], list[int]] = {}
        keys = (settle.OF_JUNCTURE, settle.STANDS_IN, settle.MOVES, settle.OF, settle.DOMAIN)
        for e, row in enumerate(self.world.recipe.tables["effect"].values.tolist()):
            groups.setdefault(tuple(row[key] for key in keys), []).append(e)
        return [group for group in groups.values() if len(group) > 1]

    def _odd_columns(self) -> set[int]:
        """Return the inputs that effects move whose speed is varied, or whose order may change."""
        sizes = {e for (table, e, c) in self._at_row if table == "effect" and c == settle.SIZE}
        odd = {e for (table, e, c) in self._at_row if table == "effect" and c != settle.SIZE}
        odd |= {e for group in self._alike if sizes & set(group) for e in group}
        rows = self.world.recipe.tables["effect"].values
        return {self._moves_column(rows[e].tolist()) for e in odd}

    def _moves_column(self, row: Sequence[float]) -> int:
        """Return the input that an effect moves."""
        at, of = self._places, int(row[settle.OF])
        moves = int(row[settle.MOVES])
        first = {
            settle.MOVES_HOSTILITY: at.hostility + of,
            settle.MOVES_WIN_SET: at.shut + of,
            settle.MOVES_LEADERS: at.push + of,
            settle.MOVES_INVOLVEMENT: at.involvement + of,
            settle.MOVES_NEED: at.need + 3 * of + int(row[settle.DOMAIN]),
            settle.MOVES_ATTENTION: at.attention,
        }
        return first.get(moves, at.commitment + moves - settle.MOVES_LEVEL)

    def _all(self) -> Iterable[Column]:
        """Yield how every input is made that is made in one of the usual ways."""
        at, counts = self._places, self.world.recipe.counts
        threats, key = counts.threats, HOSTILITY
        terms = self._terms()
        for k in range(threats):
            column = at.hostility + k
            yield Moved(column, self._by_period(key + k), terms.get(column, ()), clamp=True)
            column = at.exposure_state + k
            yield Moved(column, self._by_period(key + threats + k), (), clamp=False)
            base = self._by_period(key + 2 * threats + k)
            for m in range(counts.members):
                column = at.exposure_member + m * threats + k
                yield Exposed(column, base, self._number("exposure", m, k))
        for k in range(3):
            column = at.commitment + k
            base = self._by_period(settle.COMMITMENT + k)
            yield Moved(column, base, terms.get(column, ()), clamp=True)
        if not any(table == "accession" for table, _, _ in self._at_row):
            diversity = self._number(*self.world.recipe.place("council.diversity"))
            for m, largest in enumerate(self._largest()):
                yield Reluctant(at.reluctance + m, diversity, largest)
        for side in range(2):
            column = at.push + side
            yield Pushed(column, terms.get(column, ()), self._spells(side))
            column = at.involvement + side
            yield Moved(column, (), terms.get(column, ()), clamp=True)
        for k in range(6):
            yield Moved(at.need + k, (), terms.get(at.need + k, ()), clamp=False)
        yield Moved(at.attention, (), terms.get(at.attention, ()), clamp=True)
        for domain in range(3):
            column, path = at.shut + domain, f"domestic.win_set.{DOMAINS[domain]}"
            yield Shut(column, self._number(*self.world.recipe.place(path)), terms.get(column, ()))

    def _largest(self) -> Iterable[Floats]:
        """Yield the expected largest normal of each member's states, by step."""
        recipe = self.world.recipe
        largest: Any = recipe.numbers.largest_normal
        heads = np.zeros((recipe.counts.members, self.steps))
        for m, since, states, _ in recipe.tables["accession"].values.tolist():
            for step in range(min(self.steps, int(max(0.0, since))), self.steps):
                heads[int(m), step] += share_of(step, since, NONE) * states
        for counted in heads:
            whole = np.clip((counted + settle.WHOLE) - settle.WHOLE, 1.0, 20.0).astype(np.intp)
            yield largest[whole - 1][:, None]

    def _number(self, table: str, row: int, column: int) -> Value:
        found = self._at_row.get((table, row, column))
        return (
            float(self.world.recipe.tables[table].values[row, column]) if found is None else found
        )

    def _by_period(self, key: int) -> tuple[Value, ...]:
        periods = self.world.recipe.counts.periods
        return tuple(self._number("period", p, key) for p in range(periods))

    def _terms(self) -> dict[int, tuple[Term, ...]]:
        """Return what acting effects add, by the input that they move, in their order."""
        found: dict[int, tuple[Term, ...]] = {}
        acting = np.array(self.world.settled.acting).reshape(-1, ACTING).tolist()
        dt = 1.0 / self.world.calendar.steps_per_year
        for e, row in enumerate(self.world.recipe.tables["effect"].values.tolist()):
            acts, start, end = acting[e]
            if acts <= 0.0:
                continue
            first = int(max(0.0, start))
            last = int(max(0.0, -settle.whole_below(-min(end, 1.0 * self.steps))))
            weights = [
                weight_in(step, (start, end), row[settle.HALF_LIFE], dt)
                for step in range(first, last)
            ]
            column = self._moves_column(row)
            term = Term(first, np.array(weights)[:, None], self._number("effect", e, settle.SIZE))
            found[column] = (*found.get(column, ()), term)
        return found

    def _spells(self, side: int) -> tuple[Term, ...]:
        found = []
        for k, row in enumerate(self.world.recipe.tables["leader"].values.tolist()):
            start, end = row[settle.FROM], row[settle.UNTIL]
            if row[settle.SIDE] != side:
                continue
            first = min(self.steps, int(max(0.0, start)))
            last = min(self.steps, int(max(0.0, end)) + 1)
            weights = [share_of(step, start, end) for step in range(first, last)]
            push = self._number("leader", k, settle.PUSH)
            found.append(Term(first, np.array(weights)[:, None], push))
        return tuple(found)


def _rank(row: Floats) -> tuple[float, float, float]:
    half_life = row[settle.HALF_LIFE]
    return (
        float(row[settle.SIZE]),
        0.0 if half_life == NONE else float(half_life),
        float(row[settle.DRAWN]),
    )


def is_coefficient(place: Place) -> bool:
    """Whether a place of a recipe is in a table that stays the same throughout a run."""
    return place[0] in COEFFICIENTS
