"""How likely a record is under a scenario's unknowns, as one function that any sampler can call.

Every unknown is a standard normal: first the parameters, then the slow noise step by step, moods of
threats before the noise of the sides. What a column comes to hangs on that column alone.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calibration.held_record import HeldRecord
from alliance_sim.calibration.layout import LANES, Layout
from alliance_sim.calibration.observed import observed_of
from alliance_sim.calibration.prior import Prior
from alliance_sim.engine.kernel.conditioned import Filtered
from alliance_sim.engine.kernel.noise import SLOW
from alliance_sim.engine.kernel.observation import PARTS, USUAL_PARTS, Observed
from alliance_sim.engine.vectors import Vectors
from alliance_sim.errors import (
    NoRecord,
    ScenarioError,
    SettingError,
    not_among,
    shown,
    unknown_name,
)
from alliance_sim.record.named import named_record
from alliance_sim.record.record import SERIES, Record
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import replaced
from alliance_sim.several import several
from alliance_sim.whole_numbers import whole_number
from alliance_sim.world.build import prepared
from alliance_sim.world.declaration import flattened

Floats = NDArray[np.float64]


def until_year(scenario: Scenario, until: int | None) -> Scenario:
    """Return a scenario that ends with a year, which inputs beyond it do not reach.

    Raises:
        SettingError: If the scenario does not reach that year, or begins after it.
    """
    first, last = scenario.time.first_year, scenario.time.last_year
    if until is None or until == last:
        return scenario
    if not whole_number(until) or not first <= until <= last:
        problem = f"is {shown(until)}, must be a year of the scenario, {first} to {last}"
        raise SettingError("until", [problem])
    return replaced(scenario, {"time.last_year": int(until)})


def prior_of(scenario: Scenario, theory: str | None = None) -> Prior:
    """Return the prior of a scenario, with the chances of being coded if it has a record.

    Raises:
        ScenarioError: As `Prior` does; or if the scenario holds states, which no record is of.
        RecordError: If the record cannot be used.
    """
    if scenario.holds:
        held = "; ".join(hold.text for hold in scenario.holds)
        problem = f"holds states ({held}), and a record is of a world in which nothing is held"
        raise ScenarioError(scenario.name, [f"{problem}; fit the scenario that it is an edit of"])
    try:
        reporting = named_record(scenario)[0].reporting
    except NoRecord:
        reporting = None
    return Prior(scenario, theory, reporting=reporting)


def target_of(prior: Prior, *, series: str = "all", until: int | None = None) -> Target:
    """Return the target of a prior and of the record that its scenario names, the same each time.

    Raises:
        NoRecord: If there is no record.
        RecordError: If it cannot be used.
        SettingError: If the series is unknown, or nothing was observed until that year.
    """
    if series not in SERIES:
        raise SettingError("series", [unknown_name("series", str(series), SERIES)])
    if (series, until) in prior.targets:
        known: Target = prior.targets[series, until]
        return known
    ends = until_year(prior.scenario, until)
    record = Record.of(ends)
    if record.events.empty:
        raise SettingError("record", [f"{record.name} holds no act, so there is nothing to fit to"])
    coded = record.events["when"].min()
    if not coded.year <= ends.time.last_year:
        problem = (
            f"is {ends.time.last_year}, before the first act of the record {record.name}, "
            f"{coded:%Y-%m-%d}; take {coded.year} or later"
        )
        raise SettingError("until", [problem])
    found = prior.targets[series, until] = Target(prior, record, series=series, until=until)
    return found


class Target:
    """The log likelihood of a record, given unknowns that are standard normals.

    Call it with an array (dimension, lanes) of at most 64 lanes: an array (lanes,) comes back, of
    finite numbers, or minus infinity where the record could not have happened. It can be sent to
    other processes and called from several threads.

    Attributes:
        prior: The prior of the scenario under the theory.
        series: Which acts count: "all", "alliance" or "salience2".
        until: Last year that is looked at.
        parts: Which parts of the likelihood are added up.
        layout: Which rows are parameters, and which slow noise.
        channels: Names of the channels of slow noise, in their order within a step: moods of
            threats, then as many as `slow_channels` of both sides by domain.
        record: Name of the record, with its edition.
        observed: The record as the engine takes it.
    """

    def __init__(
        self,
        prior: Prior,
        record: Record,
        *,
        series: str = "all",
        until: int | None = None,
        parts: Sequence[str] = USUAL_PARTS,
    ) -> None:
        """Put together what was observed.

        Args:
            prior: Of the scenario that the record is held against.
            record: The record.
            series: Which acts count.
            until: Last year that is looked at; the last of the scenario if None.
            parts: Which parts of the likelihood are added up, one alone or several.

        Raises:
            SettingError: If the series or a part is unknown, or nothing was observed until then.
        """
        self.prior, self.series, self.parts = prior, series, several(parts)
        if self.parts and (problems := not_among("part", self.parts, PARTS)):
            raise SettingError("target", problems)
        self.scenario, self.record = until_year(prior.scenario, until), record.name
        self.until = self.scenario.time.last_year
        self.observed: Observed = observed_of(record, self.scenario, series=series)
        self._rooms = threading.local()
        world, _ = prepared(self.scenario)
        self.slow_channels = SLOW
        self.layout = Layout(len(prior), world.calendar.steps, len(world.threats) + SLOW)
        slow = set(flattened((world.channels.mood, world.channels.slow)))
        pairs = zip(world.all_channels, world.channel_names, strict=True)
        self.channels = tuple(name for number, name in pairs if number in slow)

    @property
    def dimension(self) -> int:
        """How many unknowns there are."""
        return self.layout.dimension

    def __call__(self, unknowns: Floats) -> Floats:
        """Return the log likelihood of each column of unknowns (dimension, lanes)."""
        z = np.asarray(unknowns, dtype=np.float64)
        if z.ndim != 2 or z.shape[0] != self.dimension or not 1 <= z.shape[1] <= LANES:
            problem = f"unknowns are {z.shape}, must be ({self.dimension}, 1 to {LANES} lanes)"
            raise SettingError("log likelihood", [problem])
        return self.total(self.of_parts(*self.parted(z)))

    def parted(self, unknowns: Floats) -> tuple[Floats, Floats]:
        """Return what unknowns stand for, without any check.

        Args:
            unknowns: Array (dimension, lane).

        Returns:
            Natural values of the parameters (k, lane), and slow noise (step, channel, lane).
        """
        z, k = np.asarray(unknowns, dtype=np.float64), len(self.prior)
        normals = z[k:].reshape(self.layout.steps, self.layout.channels, z.shape[1])
        return self.prior.natural(z[:k]), normals

    def of_vectors(self, theta: Floats, normals: Floats) -> Floats:
        """Return the log likelihood (draw,) of vectors (k, draw), noise (step, channel, draw)."""
        found = [
            self.total(self.of_parts(theta[:, part], np.ascontiguousarray(normals[:, :, part])))
            for part in (slice(i, i + LANES) for i in range(0, theta.shape[1], LANES))
        ]
        return np.concatenate(found)

    def of_parts(self, theta: Floats, normals: Floats | None) -> dict[str, Floats]:
        """Return the parts of the log likelihood by name, each an array (lanes,).

        Args:
            theta: Natural values of the parameters (k, lanes).
            normals: Slow noise (step, channel, lane); None draws it by key.
        """
        here = self.room
        constants, own, observation = here.given(theta)
        found: dict[str, Floats] = here.conditioned.log_likelihood(
            constants, own, normals, observation=observation
        )
        return found

    def replaying(
        self, theta: Floats, normals: Floats, *, seed: int, first_run: int = 0
    ) -> dict[str, Floats]:
        """Return noise with which free runs of vectors come to the record, draw by draw.

        Args:
            theta: Natural values of the parameters (k, draw).
            normals: Slow noise (step, channel, draw).
            seed: Of what the record leaves open.
            first_run: Number of the first draw's run; what is left open goes by it.

        Returns:
            By full name of a channel an array (draw, quarter) of uniforms, as `Kernel(noise=...)`
            takes them.
        """
        here, found = self.room, []
        for first in range(0, theta.shape[1], LANES):
            mine = theta[:, first : first + LANES]
            constants, own, observation = here.given(mine)
            found.append(
                here.conditioned.noise(
                    *(constants, own, np.ascontiguousarray(normals[:, :, first : first + LANES])),
                    observation=observation,
                    seed=seed,
                    runs=range(first_run + first, first_run + first + mine.shape[1]),
                )
            )
        return {name: np.concatenate([part[name] for part in found]) for name in found[0]}

    def filtered(self, theta: Floats, *, particles: int, seed: int) -> Filtered:
        """Return what a particle filter finds at one vector, slow noise integrated out.

        It shares the rules with the rest of the likelihood, and none of the samplers; the
        exponential of its log likelihood is without bias.

        Args:
            theta: Natural values of the parameters, array (k,).
            particles: How many, rounded up to a multiple of 64.
            seed: Of the particles' noise.
        """
        here = self.room
        constants, own, observation = here.given(theta[:, None])
        return here.conditioned.filter(
            *(constants[:, 0], own[:, :, 0]),
            observation=observation[:, 0],
            particles=particles,
            seed=seed,
        )

    def why_impossible(self, unknowns: Floats) -> str:
        """Return what of the record cannot happen in the first column, "" if all can."""
        self(unknowns)
        return self.room.conditioned.problem(0)

    def total(self, parts: Mapping[str, Floats]) -> Floats:
        """Return the sum of the parts; minus infinity wherever one of them is, or is no number."""
        found = np.zeros_like(next(iter(parts.values())))
        for name in self.parts:
            found = found + parts[name]
        return np.where(np.isnan(found), -np.inf, found)

    @property
    def room(self) -> Room:
        """What this thread computes in."""
        room: Room | None = getattr(self._rooms, "room", None)
        if room is None:
            room = self._rooms.room = Room(self, Vectors(self.scenario, self.prior.paths))
        return room

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what each process and thread makes for itself."""
        return {key: value for key, value in vars(self).items() if key != "_rooms"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Begin with nothing made."""
        vars(self).update(state)
        self._rooms = threading.local()


class Room:
    """Vectors and arrays of one thread; what did not change since its last call is kept.

    Attributes:
        vectors: The scenario, whose numbers with a prior differ by lane.
        conditioned: The same, with the record held.
    """

    def __init__(self, target: Target, vectors: Vectors) -> None:
        """Prepare; nothing is computed."""
        self.vectors, self._numbers_of = vectors, target.prior.numbers
        self.conditioned = HeldRecord(
            vectors.ready, target.observed, inputs=vectors.columns, parts=target.parts
        )
        rows = {name: row for row, name in enumerate(self.conditioned.observation_rows)}
        self._coded = [(rows[path], place) for path, place in target.prior.coded.items()]
        self._observed = [
            (rows[path], place) for place, path in enumerate(vectors.paths) if path in rows
        ]
        self._numbers = np.empty((len(vectors.paths), 0))
        self._filled: tuple[Floats, Floats, Floats] | None = None

    def given(self, theta: Floats) -> tuple[Floats, Floats, Floats]:
        """Return constants, inputs and numbers of observation of vectors (k, lane).

        All three belong to the room: the next call changes them.
        """
        found = self._filled_with(self._numbers_of(theta))
        for row, place in self._coded:
            found[2][row] = theta[place]
        return found

    def _filled_with(self, numbers: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the same but for the chances of being coded."""
        lanes = numbers.shape[1]
        before, self._filled = self._filled, None  # nothing holds while what was filled is changed
        if before is None or self._numbers.shape[1] != lanes:
            constants = self.conditioned.constants(lanes)
            observation = self.conditioned.observation(lanes)
            own, changed = self.vectors.own_inputs(numbers), set(range(len(numbers)))
        else:
            constants, own, observation = before
            differ = (self._numbers != numbers).any(axis=1)
            changed = set(np.flatnonzero(differ).tolist())
            if changed:
                self.vectors.own_inputs(numbers, own, only=changed)
        if changed:
            self.vectors.constants(numbers, constants)
            for row, place in self._observed:
                observation[row] = numbers[place]
        self._numbers = numbers.copy()
        self._filled = constants, own, observation
        return self._filled
