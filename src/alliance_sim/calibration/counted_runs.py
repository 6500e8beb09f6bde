"""Runs of the model as forecasts: told as dated acts, of which some go unreported, and counted.

A run counts acts that happen, a record those that somebody wrote down. So each act of a run is
reported with the chance that the record states for its day and salience, before it is counted.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.calibration.acts import ActCounts
from alliance_sim.calibration.baselines.holdout import Holdout, InSample
from alliance_sim.calibration.predictive import Predictive
from alliance_sim.calibration.scoring import IN_SAMPLE, SETTINGS
from alliance_sim.comparison.counts import as_coded
from alliance_sim.comparison.drawn import drawn_from
from alliance_sim.engine.chronology import chronology
from alliance_sim.engine.simulate import Kernel, simulate
from alliance_sim.errors import ResultError, SettingError, explains_calls, not_among
from alliance_sim.record.folder import SUSPENSION
from alliance_sim.record.record import COUNTED_DOMAINS, SERIES, Record, of_series
from alliance_sim.results import Ensemble
from alliance_sim.results.draws import USUAL
from alliance_sim.several import several

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from alliance_sim.engine.vectors import ParameterDraws
    from alliance_sim.scenario import Scenario

RUNS = 400  # if nobody says how many
MODEL = "model"  # key of the model's own rows


@dataclass(frozen=True, eq=False)
class FreeRuns:
    """Runs that were told no act of the record, as one of the models that are scored.

    They forecast every quarter alike, whether it is held out or not: what they know, their numbers
    know. Where these were chosen with the record in view, no setting is out of sample.

    Attributes:
        name: Key in tables.
        title: What it is called in tables.
        counts: By series of acts the coded counts of each run, array (run, quarter, field).
        edition: Name of the record whose chances of being reported they have; they are scored on
            no other.
        settings: In which settings they are scored; all if left out. Runs whose numbers were
            fitted to all years belong in sample only.
        parameters: How many numbers were fitted.
    """

    name: str
    title: str
    counts: Mapping[str, NDArray[np.int64]]
    edition: str
    settings: tuple[str, ...] = ()
    parameters: int = 0

    def predict(self, acts: ActCounts, holdouts: Sequence[Holdout]) -> list[Predictive]:
        """Return the spread of the runs over each held-out stretch."""
        drawn = self.counts[acts.series]
        return [Predictive.of_counts(one.start, drawn[:, one.start : one.stop]) for one in holdouts]

    def in_sample(self, acts: ActCounts) -> InSample:
        """Return the spread of the runs over all quarters that count."""
        drawn = self.counts[acts.series][:, acts.first :]
        return InSample(Predictive.of_counts(acts.first, drawn), self.parameters)


@explains_calls
def free_runs(  # noqa: PLR0913 - what rows are made of, by name
    scenario: Scenario,
    *,
    name: str = "free_runs",
    title: str = "free runs",
    runs: int = RUNS,
    seed: int = 1,
    ensemble: Ensemble | None = None,
    posterior: ParameterDraws | str | os.PathLike[str] | None = None,
    settings: str | Sequence[str] = (),
) -> FreeRuns:
    """Return runs of a scenario, ready to be scored beside baselines.

    Args:
        scenario: The scenario, whose record says how acts are reported.
        name: Key in tables.
        title: What it is called in tables.
        runs: How many runs, if none are given.
        seed: Seed of their noise.
        ensemble: Runs of the scenario that there are already, such as those with the numbers of
            many posterior draws.
        posterior: Draws whose parameters the runs have, or a file or folder of them; "shipped"; or
            None or "none" for the numbers that the scenario states. Runs that are made here have
            them, too. Their chances of being coded are those of the draw.
        settings: In which settings they are scored, such as "in_sample", one alone or several; all
            if left out.

    Raises:
        SettingError: If there is no such setting, or the posterior does not go with the scenario.
        NoRecord: If the scenario has no record.
        RecordError: If its record cannot be used.
        ResultError: If the runs given are of other years.
        AllianceSimError: If every run failed.
    """
    wanted = several(settings)
    if wanted and (problems := not_among("setting", wanted, SETTINGS)):
        raise SettingError("free_runs", problems)
    draws, told = drawn_from(posterior, [scenario], where="free_runs")
    if draws is None and told:
        raise SettingError("free_runs", [told])
    record = Record.of(scenario)
    if ensemble is None:
        ensemble = simulate(
            scenario, runs=runs, seed=seed, engine=Kernel(threads=1), posterior=draws
        )
    elif ensemble.calendar.labels != scenario.calendar().labels:
        span = f"{ensemble.calendar.label(0)} to {ensemble.calendar.label(-1)}"
        raise ResultError(f"the runs of {ensemble.scenario} are of other quarters: {span}")
    acts = _written(ensemble, scenario, record, draws)
    counts = {series: _counted(ensemble, acts, series) for series in SERIES}
    return FreeRuns(name, title, counts, record.name, wanted)


def shipped_runs(scenario: Scenario) -> FreeRuns | None:
    """Return runs with the parameters of the draws that ship with the package; None without them.

    The draws were fitted to all years of the record, so that they are scored in sample only.

    Raises:
        NoRecord: If the scenario has no record.
        RecordError: If its record cannot be used.
    """
    draws, _ = drawn_from(USUAL, [scenario], where="score")
    if draws is None:
        return None
    return free_runs(
        scenario, name=MODEL, title="the model", posterior=draws, settings=(IN_SAMPLE,)
    )


def coded_counts(
    ensemble: Ensemble,
    scenario: Scenario,
    record: Record,
    series: str,
    posterior: ParameterDraws | None = None,
) -> NDArray[np.int64]:
    """Return how many acts of each run somebody would have written down.

    Args:
        ensemble: Runs of the scenario.
        scenario: The scenario.
        record: Says how likely an act is to be reported.
        series: As for `Record.series`.
        posterior: The draws whose parameters the runs have, if they are of draws.

    Returns:
        Array (run, quarter, field), without suspensions and without runs that failed.

    Raises:
        UnknownName: If there is no such series.
    """
    return _counted(ensemble, _written(ensemble, scenario, record, posterior), series)


def _written(
    ensemble: Ensemble, scenario: Scenario, record: Record, draws: ParameterDraws | None
) -> pd.DataFrame:
    """Return the acts that somebody would have written down, without suspensions."""
    acts = chronology(ensemble, scenario)
    found = as_coded(acts, record.reporting, ensemble, scenario, draws)
    written: pd.DataFrame = found[(found["kind"] != SUSPENSION).to_numpy()]
    return written


def _counted(ensemble: Ensemble, written: pd.DataFrame, series: str) -> NDArray[np.int64]:
    """Return how many of these acts each run has, as `coded_counts` does."""
    acts = of_series(written, series)
    runs = acts["run"].to_numpy(dtype=np.int64) - ensemble.first_run
    quarters = acts["quarter"].to_numpy(dtype=np.int64)
    fields = np.array([COUNTED_DOMAINS.index(d) for d in acts["domain"]], dtype=np.int64)
    shape = (ensemble.runs, ensemble.calendar.steps, len(COUNTED_DOMAINS))
    cells = np.ravel_multi_index((runs, quarters, fields), shape)
    counted = np.bincount(cells, minlength=int(np.prod(shape))).reshape(shape)
    return counted[ensemble.whole]
