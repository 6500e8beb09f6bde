"""Does a scenario tell the history that the article describes, and where not?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alliance_sim.comparison.claims import check_claims, check_record, summarise_claims
from alliance_sim.comparison.counts import count_table, rung_table
from alliance_sim.engine.chronology import chronology
from alliance_sim.engine.simulate import Kernel, Progress, simulate
from alliance_sim.record.record import Record, load_record
from alliance_sim.results import OK, Ensemble
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.describe import assumed_numbers

if TYPE_CHECKING:
    import pandas as pd

HELD = 0.8  # share of runs from which on a claim counts as told by the model


@dataclass(frozen=True)
class Comparison:
    """One scenario held against the record.

    Attributes:
        scenario: The scenario.
        ensemble: Its runs.
        events: The runs as dated events.
        claims: One row per claim: record's verdict, share of runs in which it holds.
        counts: One row per period, domain and series: observed, and simulated with an interval.
        rungs: One row per rung: observed and simulated date.
        record_checks: The same tests on the record itself, where it can be tested.
        record: The coded record.
    """

    scenario: Scenario
    ensemble: Ensemble
    events: pd.DataFrame
    claims: pd.DataFrame
    counts: pd.DataFrame
    rungs: pd.DataFrame
    record_checks: pd.DataFrame
    record: Record

    def assumed_numbers(self) -> int:
        """Return how many numbers of the scenario are judgements."""
        return assumed_numbers(self.scenario)

    def failed(self) -> int:
        """Return how many runs failed."""
        return sum(status != OK for status in self.ensemble.status)

    def supported(self) -> int:
        """Return how many claims the record supports."""
        return int((self.claims["record"] == "supported").sum())

    def told(self) -> int:
        """Return how many of those hold in at least 80 % of runs."""
        claims = self.claims
        return int(((claims["record"] == "supported") & (claims["share"] >= HELD)).sum())

    def verdict(self) -> str:
        """Return in one sentence what the comparison means."""
        counts = self.counts
        cells = counts[counts["series"] == "all"]
        inside = int(cells["inside"].sum())
        return (
            f"The model tells {self.told()} of the {self.supported()} claims that the record "
            f"supports in at least {100 * HELD:.0f} % of runs, and {inside} of {len(cells)} counts "
            "by period and domain lie inside its 90 % interval; its numbers are starting values "
            "set by hand with the record in view, not a fit, so this says what the assumptions "
            "imply, not that they are true."
        )


def compare_history(
    scenario: Scenario,
    *,
    runs: int,
    seed: int | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Comparison:
    """Return a scenario held against the record and the 28 claims.

    Args:
        scenario: The scenario.
        runs: How many runs.
        seed: Seed of the noise; None lets the operating system choose, and the result names it.
        workers: Processors to use; the numbers do not depend on it.
        progress: Called with (runs done, runs asked for).

    Raises:
        SettingError: If a setting is out of range.
    """
    engine = Kernel(threads=workers)
    ensemble = simulate(scenario, runs=runs, seed=seed, engine=engine, progress=progress)
    record = load_record()
    events = chronology(ensemble, scenario)
    return Comparison(
        scenario=scenario,
        ensemble=ensemble,
        events=events,
        claims=summarise_claims(check_claims(ensemble, events), record),
        counts=count_table(events, record, sum(status == OK for status in ensemble.status)),
        rungs=rung_table(ensemble, record),
        record_checks=check_record(ensemble.calendar),
        record=record,
    )
