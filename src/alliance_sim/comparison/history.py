"""Does a scenario tell the history that the article describes, and where not?

An edited scenario is not meant to: it is asked which claims change against the factual one.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from alliance_sim import display
from alliance_sim.comparison.claims import (
    AS_BEFORE,
    HELD,
    MOVED,
    check_claims,
    check_record,
    claim_changes,
    summarise_claims,
)
from alliance_sim.comparison.counts import as_coded, count_table, rung_table
from alliance_sim.comparison.drawn import drawn_from
from alliance_sim.comparison.pairing import ScenarioLike, as_scenario, pairs_of
from alliance_sim.display import Facts, Shown, counted
from alliance_sim.engine.chronology import chronology
from alliance_sim.engine.simulate import Kernel, Progress, shared, simulate
from alliance_sim.errors import NoRecord, explains_calls
from alliance_sim.glossary import percent
from alliance_sim.parallel.executors import check_workers
from alliance_sim.record.checks import checks_of
from alliance_sim.record.record import Record
from alliance_sim.record.words import Words
from alliance_sim.results import Ensemble
from alliance_sim.results.draws import USUAL
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.describe import assumed_numbers

if TYPE_CHECKING:
    from alliance_sim.engine.vectors import ParameterDraws

WHERE = "history"

log = logging.getLogger("alliance_sim")


@dataclass(frozen=True, eq=False, repr=False)
class HistoryComparison(Shown):
    """One scenario held against the record of its relationship, where there is one.

    Attributes:
        scenario: The scenario.
        ensemble: Its runs.
        events: The runs as dated events.
        words: What is said about the relationship.
        rungs: One row per rung: observed and simulated date.
        record: The coded record; None if there is none.
        missing: In one sentence why there is no record; empty if there is one.
        counts: One row per period, domain and series: observed, and, of the simulated acts that a
            coder would have found, the mean with an interval; None without a record.
        claims: One row per claim: record's verdict, share of runs in which it holds; None for a
            relationship without claims.
        record_checks: The same tests on the record itself, where it can be tested; None likewise.
        factual: The same of the factual scenario, with the same seed and runs, where one was given.
        parameters: In a sentence which posterior the runs have parameters of, or why not the
            shipped one; "" where the file states them.
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
    factual: HistoryComparison | None = None
    parameters: str = ""

    def _facts(self) -> Facts:
        runs = counted(self.ensemble.runs, "run")
        claims = f"{self.told()} of {self.supported()} supported claims told"
        brief = [runs, *([claims] if self.claims is not None else []), f"seed {self.ensemble.seed}"]
        more = [
            ("record", self.missing if self.record is None else self.record.name),
            ("runs", f"{runs}, seed {self.ensemble.seed}"),
            ("parameters", self.parameters),
            ("in a sentence", self.verdict()),
            ("tables", ".rungs, .events" + ("" if self.counts is None else ", .counts, .claims")),
        ]
        return Facts(self.scenario.name, brief, more)

    def plot(self) -> Any:
        """Return a figure of levels, ladder and agenda, with what was coded beside them.

        Returns:
            A `matplotlib.figure.Figure`; a notebook shows it, `savefig` writes it.

        Raises:
            SettingError: If every run failed.
        """
        return display.figure(self)

    def assumed_numbers(self) -> int:
        """Return how many numbers of the scenario are judgements."""
        return assumed_numbers(self.scenario)

    def failed(self) -> int:
        """Return how many runs failed."""
        return self.ensemble.failed

    def counted_from(self) -> int:
        """Return the first year whose acts count, in the record and in the runs."""
        if self.record is None:
            return self.scenario.time.first_year
        return self.record.counted_years[0]

    def supported(self) -> int:
        """Return how many claims the record supports, of those that apply to a run."""
        return len(self._supported().dropna())

    def not_applicable(self) -> int:
        """Return how many claims that the record supports apply to no run."""
        return int(self._supported().isna().sum())

    def _supported(self) -> pd.Series[float]:
        """Return in which share of runs each claim holds that the record supports."""
        if self.claims is None:
            return pd.Series(dtype=float)
        shares: pd.Series[float] = self.claims["share"][self.claims["record"] == "supported"]
        return shares

    def told(self) -> int:
        """Return how many of those hold in at least 80 % of runs."""
        return int((self._supported() >= HELD).sum())

    def claim_changes(self) -> pd.DataFrame | None:
        """Return how each claim fares beside the factual scenario; see `claims.claim_changes`.

        None without a factual scenario, or without claims.
        """
        if self.factual is None or self.factual.claims is None or self.claims is None:
            return None
        return claim_changes(self.factual.claims, self.claims)

    def changed(self) -> str:
        """Return in one sentence which claims change; "" where they are not held against others."""
        table = self.claim_changes()
        if table is None or self.factual is None:
            return ""
        groups = table[table["change"] != AS_BEFORE].groupby("change", sort=False)["id"]
        told = [f"{change}: {', '.join(ids)}" for change, ids in groups]
        count = sum(len(ids) for _, ids in groups)
        listed = f" ({'; '.join(told)})" if told else ""
        return (
            f"Beside “{self.factual.scenario.title}”, {count or 'none'} of the {len(table)} claims "
            f"{'changes' if count == 1 else 'change'}{listed}; a claim counts as holding from "
            f"{percent(HELD)} of histories on, and as changed if it then holds or no longer holds, "
            f"or if its share moves by {percent(MOVED)} of them; {self._origin()}, so this says "
            "what the assumptions imply."
        )

    def _origin(self) -> str:
        """Return in words where the numbers come from."""
        if self.ensemble.posterior:
            return "the parameters are draws of a posterior under one theory"
        return "the numbers are judged or fitted"

    def verdict(self) -> str:
        """Return in one sentence what the comparison means."""
        if self.counts is None:
            return f"Nothing is compared: {self.missing}."
        cells = self.counts[self.counts["series"] == "all"]
        whose = "the model's" if self.claims is None else "its"
        inside = (
            f"{int(cells['inside'].sum())} of {len(cells)} counts by stage and field lie inside "
            f"{whose} 90 % interval"
        )
        if cells.empty:
            inside = "no acts are counted, as none of its years was looked at"
        others = self.not_applicable()
        apply = f" ({others} more {'apply' if others > 1 else 'applies'} to none)" if others else ""
        claims = (
            f"The model tells {self.told()} of the {self.supported()} claims that the record "
            f"supports in at least {percent(HELD)} of runs{apply}, and {inside}"
            if self.claims is not None
            else f"Of the record, {inside}"
        )
        numbers = (
            "its parameters are draws of a posterior, fitted to this record under one theory, and "
            "its runs are free, so this says how well these assumptions tell what they were fitted "
            "to"
            if self.ensemble.posterior
            else "its numbers are judged, or fitted to the record, so this says what the model can "
            "be made to tell"
        )
        return f"{claims}; {numbers}, not that they are true."


@explains_calls
def compare_history(
    scenario: ScenarioLike,
    *,
    runs: int = 200,
    against: ScenarioLike | None = None,
    seed: int | None = None,
    posterior: ParameterDraws | str | os.PathLike[str] | None = USUAL,
    workers: int = 1,
    progress: Progress | None = None,
) -> HistoryComparison:
    """Return a scenario held against the record and the claims of its relationship.

    Args:
        scenario: A scenario, the name of a shipped one, or a file.
        against: For an edited scenario the factual one, which is held against them too, so that the
            result says which claims change.
        runs: How many runs.
        seed: Seed of the noise; None lets the operating system choose, and the result names it.
        posterior: Draws of the parameters: run r has draw r modulo their number, with fresh noise,
            and what an edit sets stays set. A file or folder of draws is read; "shipped"
            takes those that ship for the relationship, where they go with the scenarios; None or
            "none" the numbers that the file states.
        workers: Processors to use; the numbers do not depend on it.
        progress: Called with (runs done, runs asked for), over both scenarios.

    Raises:
        SettingError: If a setting is out of range, the two scenarios cannot be compared, or the
            posterior does not go with one.
        ScenarioError: If a scenario that is named cannot be used.
        RecordError: If the record that the scenario names is not there or cannot be used.
    """
    check_workers(WHERE, workers=workers)
    scenario = as_scenario(scenario)
    against = None if against is None else as_scenario(against)
    every = [scenario] if against is None else [against, scenario]
    draws, parameters = drawn_from(posterior, every, where=WHERE, runs=runs)
    if against is None:
        found = _held_against(scenario, runs, seed, draws, workers, progress)
        return replace(found, parameters=parameters)
    pairs_of([scenario], against)
    first, second = shared(progress, runs=runs, among=2)
    factual = _held_against(against, runs, seed, draws, workers, first)
    found = _held_against(scenario, runs, factual.ensemble.seed, draws, workers, second)
    return replace(found, factual=replace(factual, parameters=parameters), parameters=parameters)


def _held_against(
    scenario: Scenario,
    runs: int,
    seed: int | None,
    draws: ParameterDraws | None,
    workers: int,
    progress: Progress | None,
) -> HistoryComparison:
    """Return one scenario held against its record; see `compare_history`."""
    record, missing = None, ""
    try:
        record = Record.of(scenario)
    except NoRecord as reason:
        missing = str(reason)
    engine = Kernel(threads=workers)
    ensemble = simulate(
        scenario, runs=runs, seed=seed, engine=engine, posterior=draws, progress=progress
    )
    log.debug("dating the acts of %s", scenario.name)
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
    whole = ensemble.runs - ensemble.failed
    seen = as_coded(events, record.reporting, ensemble, scenario, draws)
    found = replace(found, counts=count_table(seen, record, whole))
    relationship = scenario.relationship
    if record.claims.empty or not checks_of(relationship):
        return found
    log.debug("putting the claims to %s", scenario.name)
    return replace(
        found,
        claims=summarise_claims(check_claims(ensemble, seen, scenario), record, relationship),
        record_checks=check_record(record, relationship, ensemble.calendar),
    )
