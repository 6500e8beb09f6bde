"""Numbers of one world by name, so that another can go on from where it stands.

Two worlds of one relationship need not have the same laws, leaders or items: what both have is
found by its name, what only one has begins as in a run of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.engine.kernel.layout import COEFFICIENTS, LANES, A, rows_of, state_rows
from alliance_sim.engine.kernel.resumable import State, whole
from alliance_sim.world.declaration import along, declared
from alliance_sim.world.divergence import first_touched
from alliance_sim.world.state import CONSTANTS, STATES, Inputs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.engine.kernel.batch import Ready
    from alliance_sim.engine.vectors import Vectors
    from alliance_sim.world.declaration import Axes
    from alliance_sim.world.world import World

    Floats = NDArray[np.float64]

Name = tuple[str, ...]  # of a number: what it is, then its labels along its axes
LEADER, LAW, ITEM = "leader", "law", "item"


class Named:
    """Where each number of a world stands, by its name.

    Attributes:
        ready: The world.
    """

    def __init__(self, ready: Ready) -> None:
        """Take a world."""
        self.ready = ready

    @cached_property
    def state(self) -> dict[Name, int]:
        """Rows of a kept state: states, what is worked out on the way, drawn leaders."""
        frame, world = self.ready.frame, self.ready.world
        at, rows = rows_of(frame.shape), state_rows(frame.shape)
        found = {
            (variable.name, *labels.values()): row
            for variable in STATES
            for row, labels in zip(
                rows[variable.name], along(variable.per, world.axes), strict=True
            )
        }
        found |= {("aside", str(row)): at.all_states + row for row in range(A.formal)}
        last = at.all_states + A.formal
        found |= {("formal", member): last + k for k, member in enumerate(world.members)}
        last += len(world.members)
        return found | {(LEADER, name): last + k for k, name in enumerate(world.axes[LEADER])}

    @cached_property
    def inputs(self) -> dict[Name, int]:
        """Columns of the world's table, without those of drawn leaders."""
        axes = self.ready.world.axes
        declarations = ((name, entry.per) for name, entry in declared(Inputs).items())
        return {
            name: column
            for name, column in self._placed("given", declarations, axes)
            if name[0] != "drawn_push"
        }

    @cached_property
    def constants(self) -> dict[Name, int]:
        """Rows of what stays the same during a run."""
        axes = self.ready.world.axes
        declarations = ((name, entry.per) for name, entry in CONSTANTS.items())
        fixed = dict(self._placed("fixed", declarations, axes))
        return {("coefficient", str(row)): row for row in range(COEFFICIENTS)} | fixed

    def _placed(
        self, what: str, declarations: Iterable[tuple[str, tuple[str, ...]]], axes: Axes
    ) -> Iterable[tuple[Name, int]]:
        at = rows_of(self.ready.frame.shape)
        for name, per in declarations:
            first = getattr(at, f"{what}_{name}")
            for k, labels in enumerate(along(per, axes)):
                yield (name, *labels.values()), first + k


class Carrier:
    """What one world needs to go on from where another stands."""

    def __init__(self, of: Named, to: Named) -> None:
        """Find by name what both have; the two share a relationship."""
        pairs = [(row, of.state[name]) for name, row in to.state.items() if name in of.state]
        self._size, self._rows = len(to.state), np.array(pairs, dtype=np.intp)
        self._new = {
            name[1]: row
            for name, row in to.state.items()
            if name[0] == LEADER and name not in of.state
        }

    def carried(self, state: State, leader: Callable[[str], Floats]) -> State:
        """Return the state in which the one goes on from one of the other.

        The two must not differ before the end of that quarter, see `first_difference`.

        Args:
            state: A state of the other.
            leader: Returns by name the push of a leader whom only the one draws, an array (lane,).
        """
        found = np.zeros((self._size, state.numbers.shape[1]))
        found[self._rows[:, 0]] = state.numbers[self._rows[:, 1]]
        for name, row in self._new.items():
            push = leader(name)
            found[row, : len(push)] = push
        return State(state.step, found)


class Filled:
    """A world with the numbers of some lanes in it.

    Attributes:
        vectors: What differs by lane.
        named: Where numbers stand.
        constants: Array (number, LANES); lanes that are not used are as the first.
        own: Array (step, input, LANES) of the inputs that differ by lane.
    """

    def __init__(self, vectors: Vectors, named: Named, numbers: Floats) -> None:
        """Fill in numbers (path, lane)."""
        self.vectors, self.named = vectors, named
        constants, own = vectors.constants(numbers), vectors.own_inputs(numbers)
        self.constants = whole(constants, (len(constants), LANES))
        self.own = whole(own, (*own.shape[:2], LANES))

    @property
    def world(self) -> World:
        """The world as its scenario states it."""
        return self.vectors.ready.world

    def input(self, name: Name) -> Floats:
        """Return an input, an array (step, lane), or (step, 1) where lanes do not differ."""
        column, own = self.named.inputs[name], self.vectors.columns
        if column in own:
            return self.own[:, own.index(column)]
        return self.world.table[:, column, None]

    def may_differ(self, other: Filled) -> list[Name]:
        """Return the inputs that differ by lane in one of two worlds or the other."""
        mine, its = set(self.vectors.columns), set(other.vectors.columns)
        return [
            name
            for name, column in self.named.inputs.items()
            if name in other.named.inputs and (column in mine or other.named.inputs[name] in its)
        ]


def first_difference(pairs: Sequence[tuple[Filled, Filled]]) -> int | None:
    """Return the first step in which two worlds differ in any lane, None if they never do.

    Until then runs of both on the same noise are the same to the last bit.

    Args:
        pairs: The one and the other, with the numbers of some lanes, and of more.
    """
    one, other = pairs[0]
    stated = first_touched(one.world, other.world)
    if stated == 0:
        return 0
    found = [stated, *(_lanes_differ(*pair) for pair in pairs)]
    touched = [step for step in found if step is not None]
    return min(touched) if touched else None


def _lanes_differ(one: Filled, other: Filled) -> int | None:
    """Return the first step in which a number differs in some lane, beyond the worlds as stated."""
    steps = one.world.calendar.steps
    found = []
    for name in one.may_differ(other):
        differ = (one.input(name) != other.input(name)).any(axis=1)
        found += [int(np.argmax(differ))] if differ.any() else []
    mine, its = one.named.constants, other.named.constants
    shared = [(row, its[name], name) for name, row in mine.items() if name in its]
    rows = np.array([pair[:2] for pair in shared])
    differ = (one.constants[rows[:, 0]] != other.constants[rows[:, 1]]).any(axis=1)
    for k in np.flatnonzero(differ).tolist():
        found.append(min(_acts_from(side, shared[k][2]) for side in (one, other)))
    return min((step for step in found if step < steps), default=None)


def _acts_from(filled: Filled, name: Name) -> int:
    """Return the first step in which a number that stays the same does something."""
    rows, steps = filled.named.constants, filled.world.calendar.steps
    since = {LAW: "law_first_step", ITEM: "item_tabled"}
    what = name[0].partition("_")[0]
    if what not in since:
        return 0
    step = int(filled.constants[rows[(since[what], name[1])]].min())
    return step if step >= 0 else steps
