"""A comparison with the record: as a folder of files, as a page, as one JSON object."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim import provenance
from alliance_sim.calibration.standing import (
    EVIDENCE_IN_WORDS,
    HEADS,
    standing_in_words,
    standing_rows,
)
from alliance_sim.comparison.claims import AS_BEFORE, HELD
from alliance_sim.errors import explains_calls
from alliance_sim.glossary import series_words
from alliance_sim.plots.counts import counts_figure
from alliance_sim.plots.history import figure_title, history_figure
from alliance_sim.plots.origin import origin_of
from alliance_sim.plots.style import bands, told_of
from alliance_sim.provenance import STATEMENT
from alliance_sim.record.record import COUNTED_DOMAINS
from alliance_sim.report import page
from alliance_sim.report.page import render
from alliance_sim.report.result_folder import Picture, ResultFolder, rows_of
from alliance_sim.report.run import chronology_table, write_trajectories
from alliance_sim.scenario.describe import explain

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.comparison.history import HistoryComparison
    from alliance_sim.provenance import Origin
    from alliance_sim.record.record import Record

CLAIM = ("id", "record", "share", "applicable")
CHANGE = ("id", "record", "factual", "edited", "difference", "change")
COUNT = ("period", "domain", "series", "observed", "mean", "low", "high")
RUNG = ("rung", "observed", "median", "low", "high")
COUNTS_TITLE = "Acts per stage: the record against the model"


@explains_calls
def write_history(
    comparison: HistoryComparison, *, out: str | os.PathLike[str], command: str
) -> dict[str, str]:
    """Write figures, tables, a page and a manifest; return their names and paths.

    The tables depend on the numbers only: the same seed gives the same bytes. Files of other names
    that lie in the folder are left alone.

    Args:
        comparison: A scenario held against the record.
        out: The folder, made if need be.
        command: The command line that makes the files again; figures and manifest carry it.

    Raises:
        SettingError: If the folder or a file in it cannot be written.
    """
    ensemble = comparison.ensemble
    factual = comparison.factual
    others = () if factual is None else (factual.ensemble,)
    origin = origin_of(ensemble, command=command, others=others)
    result = ResultFolder(out, kind="history", origin=origin)
    record, counts = comparison.record, comparison.counts
    words = comparison.words
    draw = partial(history_figure, ensemble, record=record, words=words)
    images = {"history": result.picture("history", draw, figure_title(ensemble, words, record))}
    if record is not None and counts is not None and len(counts):
        stages, about = record.counted_periods, f"{told_of(ensemble)}; record {record.name}"
        drawn = partial(counts_figure, counts, stages=stages, about=about, words=words)
        images["counts"] = result.picture("counts", drawn, COUNTS_TITLE)
    for name, table in tables_of(comparison).items():
        result.table(name, table)
    result.table("chronology", chronology_table(comparison.events, ensemble))
    beside = None if factual is None else (factual.scenario, factual.ensemble)
    edits = write_trajectories(result, ensemble, comparison.scenario, beside=beside)
    result.page("report", history_page(comparison, images=images, origin=origin))
    return result.close(
        chronology_run=ensemble.first_whole,
        edited_days=edits,
        record=None if record is None else record.name,
    )


def tables_of(comparison: HistoryComparison) -> dict[str, pd.DataFrame]:
    """Return the tables of a comparison, by name: rungs, and what there is of claims and counts.

    Of an edited scenario beside the factual one also how the claims change.

    Claims have two columns more than `comparison.claims`, what the same test says of the coded
    record: `record_holds` (empty where the record cannot be put to the test) and `record_reading`.
    """
    tables = {}
    if comparison.claims is not None and comparison.record_checks is not None:
        checks = comparison.record_checks.set_index("id")
        identifiers = comparison.claims["id"]
        tables["claims"] = comparison.claims.assign(
            record_holds=identifiers.map(checks["holds"]),
            record_reading=identifiers.map(checks["reading"]),
        )
    changes = comparison.claim_changes()
    if changes is not None:
        tables["claim_changes"] = changes
    if comparison.counts is not None:
        tables["counts"] = comparison.counts
    return tables | {"rungs": comparison.rungs}


def history_page(
    comparison: HistoryComparison, *, images: Mapping[str, Picture], origin: Origin
) -> str:
    """Return a comparison with the record as an HTML page that needs no other file.

    Args:
        comparison: A scenario held against the record.
        images: The figures "history" and "counts".
        origin: Where the numbers come from.
    """
    scenario, calendar = comparison.scenario, comparison.ensemble.calendar
    changes = _rows(comparison.claim_changes())
    return render(
        "history.html",
        title=f"{'Claims that change' if changes else 'Model and record'}: {scenario.title}",
        factual=None if comparison.factual is None else comparison.factual.scenario,
        changed=comparison.changed(),
        changes=changes,
        as_before=AS_BEFORE,
        scenario=scenario,
        calendar=calendar,
        origin=origin,
        verdict=comparison.verdict(),
        statement=STATEMENT,
        **_standing(comparison.record),
        words=page,
        series_words=series_words,
        about=comparison.words,
        missing=comparison.missing,
        mismatches=mismatches_of(comparison),
        record=None if comparison.record is None else comparison.record.name,
        held=HELD,
        seldom=page.SELDOM,
        images=images,
        alt={"history": history_alt(comparison), "counts": counts_alt(comparison)},
        stages=[(period.id, period.name) for period in calendar.periods],
        claims=_claims(comparison),
        counts=_rows(comparison.counts),
        counted_from=comparison.counted_from(),
        rungs=rows_of(comparison.rungs),
        rung_names={rung.number: rung.title for rung in scenario.rungs},
        assumed=comparison.assumed_numbers(),
        numbers=explain(scenario)["numbers"],
        tables=[f"{name}.csv" for name in tables_of(comparison)],
        chronology_run=comparison.ensemble.first_whole,
    )


def _standing(record: Record | None) -> dict[str, Any]:
    """Return what the page says of how the model was scored."""
    name = "" if record is None else record.name
    return {
        "standing": standing_in_words(name),
        "standing_rows": standing_rows(name),
        "standing_heads": [(head, "") for head in HEADS],
        "standing_note": EVIDENCE_IN_WORDS,
    }


def mismatches_of(comparison: HistoryComparison) -> tuple[str, ...]:
    """Return what in the record the scenario does not know, in a sentence each."""
    return () if comparison.record is None else comparison.record.mismatches


def _claims(comparison: HistoryComparison) -> list[dict[str, Any]]:
    """Return the claims as the page shows them: `on_record`, and `beside` with its `kind`."""
    if comparison.claims is None or comparison.record_checks is None:
        return []
    holds: dict[str, object] = dict(
        comparison.record_checks[["id", "holds"]].itertuples(index=False)
    )
    rows = rows_of(comparison.claims.assign(on_record=comparison.claims["id"].map(holds)))
    names = {period.id: period.name for period in comparison.ensemble.calendar.periods}
    for row in rows:
        row["kind"], row["beside"] = page.beside(row["record"], row["share"])
        row["reading"] = re.sub(r"\bP\d+\b", lambda p: names.get(p[0], p[0]), row["reading"])
    return rows


@explains_calls
def history_json(comparison: HistoryComparison, *, files: Mapping[str, str]) -> dict[str, Any]:
    """Return what `alliance-sim history --json` prints: plain values, null for what is missing.

    Args:
        comparison: A scenario held against the record.
        files: Names and paths of the files written, as `write_history` returns.

    Returns:
        Keys `scenario`, `digest`, `seed`, `runs`, `version`, `record` (name and edition, null
        without one), `missing` (why there is none), `mismatches` (what in it the scenario does not
        know), `claims`, `factual` (name of the scenario that an edited one is held against, else
        null), `claim_changes`, `counts`, `rungs`, `assumed_numbers` and `files`. Shares are of the
        runs to which a claim applies, and null where it applies to none; months of rungs are null
        where that run never gets there.
    """
    ensemble = comparison.ensemble
    return {
        "scenario": ensemble.scenario,
        "digest": ensemble.digest,
        "seed": ensemble.seed,
        "runs": ensemble.runs,
        "version": provenance.version(),
        "record": None if comparison.record is None else comparison.record.name,
        "missing": comparison.missing,
        "mismatches": list(mismatches_of(comparison)),
        "claims": _rows(comparison.claims, CLAIM),
        "factual": None if comparison.factual is None else comparison.factual.scenario.name,
        "claim_changes": _rows(comparison.claim_changes(), CHANGE),
        "counts": _rows(comparison.counts, COUNT),
        "rungs": rows_of(comparison.rungs, RUNG),
        "assumed_numbers": comparison.assumed_numbers(),
        "files": dict(files),
    }


def _rows(table: pd.DataFrame | None, columns: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return the rows of a table, none where there is no table."""
    return [] if table is None else rows_of(table, columns or list(table.columns))


def history_alt(comparison: HistoryComparison) -> str:
    """Return the course of levels, ladder and agenda in a few sentences.

    Stages that lie outside the years of the run are left out.
    """
    ensemble = comparison.ensemble
    periods = ensemble.calendar.periods_reached
    stages = [ensemble.calendar.steps_of(period) for period in periods]
    told = []
    for domain in COUNTED_DOMAINS[:3]:
        middle = bands(ensemble.column(f"level_{domain}")).middle
        means = _listed([f"{middle[stage].mean():.2f}" for stage in stages])
        told.append(f"{comparison.words.domain(domain)} {means}")
    rung = bands(ensemble.column("rung"), whole=True).middle
    overlap = bands(ensemble.column("agenda_overlap")).middle
    names = _listed([period.name for period in periods])
    ladder = _listed([page.number(float(rung[stage][-1])) for stage in stages])
    agenda = _listed([f"{np.mean(overlap[stage]):.2f}" for stage in stages])
    return (
        f"Four strips over the years, in the stages {names}. Median simulated level, mean of each "
        f"stage in turn: {'; '.join(told)}. {_acts(comparison)} Median formal step reached at the "
        f"end of each stage: {ladder}{_record_rungs(comparison)}. Median of shared fears, mean of "
        f"each stage: {agenda}."
    )


def counts_alt(comparison: HistoryComparison) -> str:
    """Return how many counts of the main series lie inside, and which do not; "" without any."""
    if comparison.counts is None or comparison.counts.empty:
        return ""
    names = {period.id: period.name for period in comparison.ensemble.calendar.periods}
    stages = comparison.counts["period"].nunique()
    shown = "one stage" if stages == 1 else f"the {stages} stages side by side"
    rows = rows_of(comparison.counts[comparison.counts["series"] == "all"])
    outside = [
        f"{comparison.words.domain(row['domain'])} in {names[row['period']]} "
        f"({row['observed']} in the record, "
        f"{page.number(row['low'])} to {page.number(row['high'])} in 90 % of runs)"
        for row in rows
        if not row["inside"]
    ]
    which = f" Outside: {'; '.join(outside)}." if outside else ""
    return (
        f"A panel for each domain with {shown}; where there is room, rows for three series. "
        f"Of all acts, {len(rows) - len(outside)} of {len(rows)} counts of the "
        f"record lie inside the bar of the runs.{which} The table below holds every number."
    )


def _acts(comparison: HistoryComparison) -> str:
    if comparison.record is None:
        return "No coded acts."
    events = comparison.record.counted_events
    stages = [period.id for period in comparison.ensemble.calendar.periods_reached]
    counts = [int((events["period"] == stage).sum()) for stage in stages]
    return f"{len(events)} coded acts as ticks, by stage {_listed([str(n) for n in counts])}."


def _record_rungs(comparison: HistoryComparison) -> str:
    if comparison.record is None:
        return ""
    calendar = comparison.ensemble.calendar
    path = comparison.record.rung_path(calendar)
    stages = [calendar.steps_of(period) for period in calendar.periods_reached]
    return f"; in the record: {_listed([str(path[stage][-1]) for stage in stages])}"


def _listed(texts: list[str]) -> str:
    return ", ".join(texts)
