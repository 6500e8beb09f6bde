"""`model`: a scenario with its unknowns, as samplers of others want it.

A model says what its parameters are called and what is believed of them, simulates with any vector
of them, and says how likely the record is under a vector and given noise. Slow noise is part of the
unknowns: given both, a history is decided but for the acts that are drawn within it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim import provenance
from alliance_sim.calibration.prior import Prior, Theta
from alliance_sim.engine.kernel.layout import LANES, reported_rows
from alliance_sim.engine.kernel.resumable import Lanes, State
from alliance_sim.engine.simulate import RUNS, as_ensemble, checked_runs, simulate
from alliance_sim.engine.vectors import Vectors
from alliance_sim.errors import SettingError, explains_calls, shown, unknown_name
from alliance_sim.parallel import executors
from alliance_sim.results import Ensemble
from alliance_sim.scenario import Scenario, load_scenario
from alliance_sim.world.state import state_names

if TYPE_CHECKING:
    from alliance_sim.calibration.target import Target

Floats = NDArray[np.float64]


@explains_calls
def model(
    scenario: Scenario | str | os.PathLike[str],
    theory: str | None = None,
    *,
    series: str = "all",
    until: int | None = None,
) -> Model:
    """Return a scenario with its unknowns, for a sampler or a fit of one's own.

    Args:
        scenario: A scenario, the name of a shipped one, or a file. Its `[[prior]]` tables say which
            numbers are parameters; a number that an edit sets is none.
        theory: Which blocks of mechanisms are on: "N" (none), "R", "I", "D", "RI", "RD", "ID" or
            "RID", each also with "+T", a common linear trend. None for the switches of the
            scenario. Parameters that move nothing under the theory are left out.
        series: Which acts of the record the likelihood counts: "all", "alliance" or "salience2".
        until: Last year that the likelihood looks at; the last of the scenario if None.

    Raises:
        ScenarioError: If the scenario cannot be read, has no prior, or the theory is unknown or
            leaves no parameter.
    """
    chosen = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    from alliance_sim.calibration.target import prior_of

    return Model(prior_of(chosen, theory), series=series, until=until)


@dataclass(frozen=True, eq=False)
class ModelState:
    """Where histories stand at the end of a quarter; see `Model.step`.

    Attributes:
        step: Number of the quarter, from 0.
        quarter: The quarter, such as "2004Q3".
        values: Array (lane,) of each reported state, by its name.
    """

    step: int
    quarter: str
    values: Mapping[str, Floats]
    _inside: State
    _numbers: Floats
    _lanes: Lanes

    def of(self, chosen: Sequence[int] | NDArray[np.int64]) -> ModelState:
        """Return the state in which lane k goes on from lane `chosen[k]`, with its parameters.

        Args:
            chosen: A number of a lane for each lane, from 0.

        Raises:
            SettingError: If there are not as many, or one is no lane.
        """
        lanes = np.asarray(chosen)
        count = self._numbers.shape[1]
        if lanes.shape != (count,) or lanes.dtype.kind not in "iu":
            raise SettingError("of", [f"chosen must be {count} whole numbers, one for each lane"])
        if not ((lanes >= 0) & (lanes < count)).all():
            raise SettingError("of", [f"chosen must lie between 0 and {count - 1}"])
        return replace(
            self,
            values={name: column[lanes] for name, column in self.values.items()},
            _inside=self._inside.of(lanes),
            _numbers=self._numbers[:, lanes],
        )


class Model:
    """A scenario with its unknowns; get one from `alliance_sim.model`.

    Everywhere, `theta` holds natural values in the order of `names`: an array (k,), many as an
    array (draws, k), or a mapping from every name to a number or an array (draws,).

    Attributes:
        prior: What is believed of the parameters: `names`, `logpdf(theta)`, `sample(draws, seed)`,
            `transform(normals)` and `inverse_transform(theta)`.
    """

    def __init__(self, prior: Prior, *, series: str = "all", until: int | None = None) -> None:
        """Take a prior; the likelihood is made ready when it is first asked for."""
        self.prior = prior
        self._series, self._until = series, until

    def __repr__(self) -> str:
        """Return which model it is, in a line."""
        return f"<model of {self.scenario.name!r}: {len(self.names)} parameters>"

    @property
    def scenario(self) -> Scenario:
        """The scenario under the theory, with the values that its file states."""
        return self.prior.scenario

    @property
    def theory(self) -> str:
        """The theory, such as "RID"."""
        return self.prior.theory.name

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters: paths of the scenario, spreads, chances of being coded."""
        return self.prior.names

    @property
    def dropped(self) -> Mapping[str, str]:
        """Priors of the scenario whose parameter is left out, by path, and why."""
        return dict(self.prior.dropped)

    @cached_property
    def target(self) -> Target:
        """The log likelihood as one function of standard normals, for samplers.

        Call it with an array (dimension, lanes), at most 64 lanes: first the parameters, then the
        slow noise of each quarter, channel by channel as `channels`. It returns an array (lanes,)
        of finite numbers, or minus infinity where the record could not have happened. The prior of
        all its arguments is independent standard normal.

        Raises:
            NoRecord: If the scenario has no record.
            SettingError: If nothing was observed until the last year.
        """
        from alliance_sim.calibration.target import target_of

        return target_of(self.prior, series=self._series, until=self._until)

    @property
    def digests(self) -> dict[str, str]:
        """Digests of what a posterior depends on: `scenario`, `priors`, `observed` and `rules`.

        Whoever keeps what a sampler of one's own came to, or goes on with it later, keeps them
        beside it: where one differs, the numbers are of something else.

        Raises:
            NoRecord: If the scenario has no record.
        """
        from alliance_sim.calibration.still_holds import digests_of

        return digests_of(self.target)

    @property
    def dimension(self) -> int:
        """How many standard normals `target` takes: parameters, and slow noise by quarter."""
        return self.target.dimension

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels of slow noise, in their order within a quarter."""
        return self.target.channels

    def simulate(self, theta: Theta, runs: int | None = None, seed: int | None = None) -> Ensemble:
        """Return an ensemble of runs with a vector of parameters, or with one for each run.

        Args:
            theta: One vector, with which all runs are made; or as many as runs, so that run i has
                vector i: a draw of the prior or a posterior turned into histories.
            runs: How many runs; 50 of one vector if None, else one of each.
            seed: As for `alliance_sim.simulate`.

        Raises:
            SettingError: If a value lies outside its range, a name is unknown or missing, or there
                are not as many vectors as runs.
            AllianceSimError: If every run failed.
        """
        vectors, many = self.prior.columns(theta)
        if not many:
            chosen = self.prior.with_vector(theta)
            return simulate(chosen, runs=RUNS if runs is None else runs, seed=seed)
        number = checked_runs(vectors.shape[1] if runs is None else runs, seed)
        if runs not in (None, vectors.shape[1]):
            problem = f"runs is {shown(runs)}, theta holds {vectors.shape[1]} vectors; leave it out"
            raise SettingError("simulate", [problem])
        self.prior.check(vectors)
        numbers = self.prior.numbers(vectors)
        values, status, _ = self._vectors.trajectories(
            numbers, runs=range(vectors.shape[1]), seed=number, threads=executors.processors()
        )
        digest = provenance.digest([*self.prior.paths, *numbers.T.tolist()])
        label = f"kernel with {vectors.shape[1]} parameter vectors {digest[:12]}"
        return as_ensemble(self.scenario, values, status, seed=number, first_run=0, engine=label)

    def init(self, theta: Theta, seed: int | None = None, *, first_run: int = 0) -> ModelState:
        """Return the first quarter of histories, one for each vector.

        Lane k is run `first_run` + k of the seed: taken to the end by `step`, it equals, to the
        last bit, what `simulate` gives for its vector.

        Args:
            theta: One vector, or up to 64.
            seed: As for `alliance_sim.simulate`.
            first_run: Number of the run of the first lane.

        Raises:
            SettingError: If a value lies outside its range, there are more than 64 vectors, or the
                seed or the number of a run is out of range.
        """
        vectors, _ = self.prior.columns(theta)
        count = vectors.shape[1]
        if count > LANES:
            raise SettingError("init", [f"theta holds {count} vectors, at most {LANES} go on"])
        number = checked_runs(count, seed, first_run=first_run)
        self.prior.check(vectors)
        numbers = self.prior.numbers(vectors)
        lanes = Lanes(
            self._vectors.ready,
            runs=range(first_run, first_run + count),
            seed=number,
            inputs=self._vectors.columns,
            keep=reported_rows(self._vectors.ready.frame.shape),
        )
        self._take(lanes, numbers)
        return self._brought(lanes, numbers, 1)

    def step(self, state: ModelState) -> ModelState:
        """Return histories one quarter on; the state that is given stays as it is.

        Raises:
            SettingError: If the history has come to its end.
        """
        steps = self._vectors.ready.frame.calendar.steps
        if state.step + 1 >= steps:
            raise SettingError("step", [f"{state.quarter} is the last quarter of the history"])
        lanes, numbers = state._lanes, state._numbers  # noqa: SLF001 - both belong to this module
        self._take(lanes, numbers)
        lanes.take_up(state._inside)  # noqa: SLF001
        return self._brought(lanes, numbers, state.step + 2)

    def _take(self, lanes: Lanes, numbers: Floats) -> None:
        """Give lanes the numbers of their vectors."""
        vectors = self._vectors
        lanes.take(constants=vectors.constants(numbers), own=vectors.own_inputs(numbers))

    def _brought(self, lanes: Lanes, numbers: Floats, last: int) -> ModelState:
        lanes.advance(last)
        ready = self._vectors.ready
        names = state_names(self.scenario)
        values = lanes.values[:, last - 1].copy()
        return ModelState(
            step=last - 1,
            quarter=ready.frame.calendar.labels[last - 1],
            values={name: values[:, k] for k, name in enumerate(names)},
            _inside=lanes.state(),
            _numbers=numbers,
            _lanes=lanes,
        )

    @cached_property
    def _vectors(self) -> Vectors:
        return Vectors(self.scenario, self.prior.paths)

    def log_likelihood(self, theta: Theta, noise: Mapping[str, Any]) -> float | Floats:
        """Return the log likelihood of the record under parameters and given slow noise.

        Counts, the formal ladder, agreements, laws and marks are summed, from the same rules that
        `simulate` follows; acts that happened are held at their dates.

        Args:
            theta: One vector, or many.
            noise: Standard normals by channel: an array (quarter,), or (draws, quarter) with many
                vectors, under each name of `channels`. The first is the state at the start, by the
                stationary law.

        Returns:
            A number for one vector, an array (draws,) for many; minus infinity where the record
            could not have happened.

        Raises:
            SettingError: Naming everything wrong with the vector and the noise.
            NoRecord: If the scenario has no record.
        """
        vectors, many = self.prior.columns(theta)
        self.prior.check(vectors)
        normals = self._laid_out(noise, vectors.shape[1])
        found = self.target.of_vectors(vectors, normals)
        return found if many else float(found[0])

    def _laid_out(self, noise: Mapping[str, Any], draws: int) -> Floats:
        """Return noise by channel as an array (step, channel, draw)."""
        if not isinstance(noise, Mapping):
            raise SettingError("noise", [f"is {shown(noise)}, must be a mapping by channel"])
        steps, channels = self.target.layout.steps, self.channels
        problems = [unknown_name("channel", str(n), channels) for n in noise if n not in channels]
        problems += [f"{name} is missing" for name in channels if name not in noise]
        found = np.empty((steps, len(channels), draws))
        for place, name in enumerate(channels):
            if name not in noise:
                continue
            try:
                given = np.asarray(noise[name], dtype=np.float64)
            except (TypeError, ValueError):
                given = np.empty(0)
            if given.shape not in {(steps,), (draws, steps)} or not np.isfinite(given).all():
                size = " x ".join(map(str, given.shape))
                wanted = f"({steps},) or ({draws}, {steps}) finite numbers"
                problems.append(f"{name} is {size or 'one number'}, must be {wanted}")
                continue
            found[:, place] = given.T if given.ndim == 2 else given[:, None]
        if problems:
            raise SettingError("noise", problems)
        return found
