"""Does a scenario tell the history that the article describes, and where not?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from alliance_sim.comparison.claims import check_claims, check_record, summarise_claims
from alliance_sim.comparison.counts import count_table, rung_table
from alliance_sim.engine.chronology import chronology
from alliance_sim.engine.simulate import Kernel, Progress, simulate
from alliance_sim.errors import NoRecord
from alliance_sim.glossary import percent
from alliance_sim.record.checks import checks_of
from alliance_sim.record.record import Record
from alliance_sim.record.words import Words
from alliance_sim.results import OK, Ensemble
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.describe import assumed_numbers

if TYPE_CHECKING:
    import pandas as pd

HELD = 0.8  # share of runs from which on a claim counts as told by the model


@dataclass(frozen=True)
class HistoryComparison:
    """One scenario held against the record of its relationship, where there is one.

    Attributes:
        scenario: The scenario.
        ensemble: Its runs.
        events: The runs as dated events.
        words: What is said about the relationship.
        rungs: One row per rung: observed and simulated date.
        record: The coded record; None if there is none.
        missing: In one sentence why there is no record; empty if there is one.
        counts: One row per period, domain and series: observed, and simulated with an interval;
            None without a record.
        claims: One row per claim: record's verdict, share of runs in which it holds; None for a
            relationship without claims.
        record_checks: The same tests on the record itself, where it can be tested; None likewise.
    """

    scenario: Scenario
    ensemble: Ensemble
    events: pd.DataFrame
    words: Words
    rungs: pd.DataFrame
    record: Record | None = None
    missing: str = ""
    counts: pd.DataFrame | None = None
    claims: pd.DataFrame | None = None
    record_checks: pd.DataFrame | None = None

    def assumed_numbers(self) -> int:
        """Return how many numbers of the scenario are judgements."""
        return assumed_numbers(self.scenario)

    def failed(self) -> int:
        """Return how many runs failed."""
        return sum(status != OK for status in self.ensemble.status)

    def supported(self) -> int:
        """Return how many claims the record supports."""
        return 0 if self.claims is None else int((self.claims["record"] == "supported").sum())

    def told(self) -> int:
        """Return how many of those hold in at least 80 % of runs."""
        claims = self.claims
        if claims is None:
            return 0
        return int(((claims["record"] == "supported") & (claims["share"] >= HELD)).sum())

    def verdict(self) -> str:
        """Return in one sentence what the comparison means."""
        if self.counts is None:
            return f"Nothing is compared: {self.missing}."
        cells = self.counts[self.counts["series"] == "all"]
        inside = f"{int(cells['inside'].sum())} of {len(cells)} counts by stage and field"
        claims = (
            f"The model tells {self.told()} of the {self.supported()} claims that the record "
            f"supports in at least {percent(HELD)} of runs, and {inside}"
            if self.claims is not None
            else f"Of the record, {inside}"
        )
        return (
            f"{claims} lie inside its 90 % interval; its numbers are starting values "
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
) -> HistoryComparison:
    """Return a scenario held against the record and the claims of its relationship.

    Args:
        scenario: The scenario.
        runs: How many runs.
        seed: Seed of the noise; None lets the operating system choose, and the result names it.
        workers: Processors to use; the numbers do not depend on it.
        progress: Called with (runs done, runs asked for).

    Raises:
        SettingError: If a setting is out of range.
        RecordError: If the record that the scenario names is not there or cannot be used.
    """
    record, missing = None, ""
    try:
        record = Record.of(scenario)
    except NoRecord as reason:
        missing = str(reason)
    engine = Kernel(threads=workers)
    ensemble = simulate(scenario, runs=runs, seed=seed, engine=engine, progress=progress)
    events = chronology(ensemble, scenario)
    ladder = {rung.number: rung.name for rung in scenario.rungs}
    found = HistoryComparison(
        scenario=scenario,
        ensemble=ensemble,
        events=events,
        words=Words.of(scenario),
        rungs=rung_table(ensemble, record, ladder),
        record=record,
        missing=missing,
    )
    if record is None:
        return found
    whole = sum(status == OK for status in ensemble.status)
    found = replace(found, counts=count_table(events, record, whole))
    relationship = scenario.relationship
    if record.claims.empty or not checks_of(relationship):
        return found
    return replace(
        found,
        claims=summarise_claims(check_claims(ensemble, events, scenario), record, relationship),
        record_checks=check_record(record, relationship, ensemble.calendar),
    )
