"""A record that is held in runs, looked at between two quarters: where runs stand, what each adds.

`Conditioned` goes through all quarters in one call. Forecasts begin where runs stand at the end of
what is known, and leaving quarters out needs the log likelihood quarter by quarter.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim.engine.kernel import coded
from alliance_sim.engine.kernel.conditioned import Conditioned
from alliance_sim.engine.kernel.history import SERIES, SHARE, History, Seen
from alliance_sim.engine.kernel.layout import LANES
from alliance_sim.engine.kernel.resumable import NOTHING, Lanes, State, room_to_find, whole

# Stages of the engine, called as the plain Python that they are: no second copy of a rule.
STAGES: Any = coded

Floats = NDArray[np.float64]


class HeldRecord(Conditioned):
    """A scenario in which a record is held, in pieces."""

    def end(
        self,
        constants: Floats,
        own: Floats | None = None,
        normals: Floats | None = None,
        observation: Floats | None = None,
        *,
        last: int | None = None,
    ) -> State:
        """Return what runs are at the end of a quarter, with all that their future needs.

        Arguments are those of `log_likelihood`.

        Args:
            constants: As there.
            own: As there.
            normals: As there.
            observation: As there.
            last: One past the quarter; past the last of all if left out.
        """
        lanes = self._begun(constants, own, normals, observation)
        lanes.advance(self.ready.frame.shape.steps if last is None else last)
        return lanes.state()

    def by_quarter(
        self,
        constants: Floats,
        own: Floats | None = None,
        normals: Floats | None = None,
        observation: Floats | None = None,
        *,
        edges: tuple[int, ...],
    ) -> Floats:
        """Return how much of the log likelihood comes from stretches of quarters.

        Arguments are those of `log_likelihood`.

        Args:
            constants: As there.
            own: As there.
            normals: As there.
            observation: As there.
            edges: Steps at which a stretch ends and the next begins, rising, without the first and
                the last.

        Returns:
            Array (stretch, part, lane), one stretch more than edges, parts in the order of
            `PARTS`; those that are not scored are 0. Where the record cannot happen there are
            infinities, and from then on NaN.
        """
        lanes = self._begun(constants, own, normals, observation)
        found = lanes.held[2]
        stretches = []
        for edge in (*edges, self.ready.frame.shape.steps):
            found.parts[:] = 0.0
            lanes.advance(edge)
            parts = np.array(found.parts[:, : lanes.lanes])
            dead = np.flatnonzero(found.impossible[0, : lanes.lanes] >= 0)
            parts[found.impossible[1, dead], dead] = -np.inf
            stretches.append(parts)
        return np.stack(stretches)

    def _begun(
        self,
        constants: Floats,
        own: Floats | None,
        normals: Floats | None,
        observation: Floats | None,
    ) -> Lanes:
        """Return lanes before the first quarter, with what differs between them."""
        lanes = self._lanes
        lanes.ask(range(np.asarray(constants).shape[-1]), 0)
        lanes.take(constants=constants, own=own, normals=normals)
        told = self._usual
        if observation is not None:
            told = whole(observation, (len(self.observation_rows), LANES))
        found = lanes.held[2]._replace(
            terms=NOTHING, expected=NOTHING, uniforms=NOTHING, law_uniforms=NOTHING
        )
        found.parts[:] = 0.0
        found.impossible[:] = -1
        lanes.held = (self._history, self._seen(told), found)
        lanes.restart()
        return lanes

    def told(self, observation: Floats) -> tuple[History, Seen]:
        """Return what is held, and how it came to be recorded, for an engine elsewhere.

        Args:
            observation: Array (row, lane), from `observation`.
        """
        return self._history, self._seen(observation)

    def coded_parts(self, observation: Floats) -> CodedParts:
        """Return what tells which part of acts is on record, for runs in which acts are drawn.

        Args:
            observation: Array (row, lane), from `observation`.
        """
        seen = self._seen(whole(observation, (len(self.observation_rows), LANES)))
        return CodedParts(seen, observation.shape[-1], len(self._kinds) * len(self.observed.coded))


class CodedParts:
    """Which part of the acts of a quarter would be on record, given where runs stand.

    Attributes:
        lanes: How many runs there are.
    """

    def __init__(self, seen: Seen, lanes: int, shares: int) -> None:
        """Work out which part of each kind's acts is coded, in each era."""
        self._seen, self.lanes = seen, lanes
        self._found = room_to_find(0, 0, shares)
        STAGES.coded_shares(lanes, seen, self._found.shares)

    def at(self, step: int, states: Any) -> Floats:
        """Return the part of each series' acts that is coded in a quarter, array (series, lane).

        Args:
            step: The quarter.
            states: Array (row, lane) of states at its end.
        """
        found = np.empty((SERIES, self.lanes))
        for series in range(SERIES):
            STAGES.share_seen(self.lanes, step, series, self._seen, states, self._found)
            found[series] = self._found.aside[SHARE, : self.lanes]
        return found

    def chance(self, step: int, salience: int) -> Floats:
        """Return how likely an act of a salience is to be coded in a quarter, array (lane,)."""
        row = 3 * int(self._seen.era[step]) + salience - 1
        return np.array(self._seen.numbers[row, : self.lanes])
