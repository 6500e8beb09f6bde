"""A scenario whose years are known to one of them: what is told of them by what they are beside.

The state's capability stands in the world's table less its mean over all years. Who knows the
record to a year holds it against the mean of the years to that one, and acts were held against
that; from there on it goes on from where it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alliance_sim.engine.kernel.layout import rows_of
from alliance_sim.engine.vectors import Vectors
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import replaced

Floats = NDArray[np.float64]


def vectors_known(scenario: Scenario, paths: Sequence[str], until: int | None) -> Vectors:
    """Return a scenario whose numbers differ by lane, as it is seen who knows it to a year.

    Args:
        scenario: The scenario.
        paths: Paths of its varied numbers.
        until: Last year that is known; None for all.

    Raises:
        ScenarioError: As `Vectors` does.
    """
    if until is None or until >= scenario.time.last_year:
        return Vectors(scenario, paths)
    return _KnownUntil(scenario, paths, until)


class _KnownUntil(Vectors):
    """The same, with capability held against its mean over the years known."""

    def __init__(self, scenario: Scenario, paths: Sequence[str], until: int) -> None:
        super().__init__(scenario, paths)
        free = scenario.model_copy(update={"holds": ()})  # what is held moves no input
        self._known = Vectors(replaced(free, {"time.last_year": until}), paths)
        self._column = rows_of(self.ready.frame.shape).given_capability_state
        world = self.ready.world
        table = world.table.copy()
        mine = rows_of(self._known.ready.frame.shape).given_capability_state
        table[:, self._column] = _onward(
            self._known.ready.world.table[:, mine], table[:, self._column]
        )
        table.setflags(write=False)
        self.ready = replace(self.ready, world=replace(world, table=table))

    def own_inputs(
        self, numbers: Floats, out: Floats | None = None, *, only: set[int] | None = None
    ) -> Floats:
        """Return the inputs that differ by lane, an array (step, column, lane) as `columns`."""
        found = super().own_inputs(numbers, out, only=only)
        if self._column in self.columns:
            known = self._known.own_inputs(numbers)
            mine = rows_of(self._known.ready.frame.shape).given_capability_state
            place = self.columns.index(self._column)
            found[:, place] = _onward(
                known[:, self._known.columns.index(mine)], super().own_inputs(numbers)[:, place]
            )
        return found


def _onward(known: Floats, all_of_it: Floats) -> Floats:
    """Return what is known, then what comes later moved so that it goes on from there."""
    steps = len(known)
    moved = known[-1] - all_of_it[steps - 1]
    return np.concatenate([known, all_of_it[steps:] + moved])
