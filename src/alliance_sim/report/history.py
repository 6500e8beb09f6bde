"""A comparison with the record: as a folder of files, as a page, as one JSON object."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim import provenance
from alliance_sim.comparison.history import HELD
from alliance_sim.plots.counts import counts_figure
from alliance_sim.plots.history import history_figure
from alliance_sim.plots.origin import origin_of
from alliance_sim.plots.style import bands, told_of
from alliance_sim.provenance import STATEMENT
from alliance_sim.record.record import COUNTED_DOMAINS
from alliance_sim.report import words
from alliance_sim.report.page import render
from alliance_sim.report.result_folder import ResultFolder, rows_of
from alliance_sim.report.run import chronology_table
from alliance_sim.scenario.describe import explain

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.comparison.history import Comparison
    from alliance_sim.provenance import Origin

CLAIM = ("id", "record", "share", "applicable")
COUNT = ("period", "domain", "series", "observed", "mean", "low", "high")
RUNG = ("rung", "observed", "median", "low", "high")
TABLES = ("claims", "counts", "rungs")
TITLES = {
    "history": "Japan and NATO: what the model tells, beside the coded record",
    "counts": "Acts per stage: the record against the model",
}


def write_history(
    comparison: Comparison, *, out: str | os.PathLike[str], command: str
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
    origin = origin_of(ensemble, command=command)
    result = ResultFolder(out, kind="history", origin=origin)
    figures = {
        "history": history_figure(ensemble, record=comparison.record),
        "counts": counts_figure(
            comparison.counts, stages=ensemble.calendar.periods, about=told_of(ensemble)
        ),
    }
    images = {name: result.figure(name, figure, TITLES[name]) for name, figure in figures.items()}
    result.table("claims", claims_table(comparison))
    result.table("counts", comparison.counts)
    result.table("rungs", comparison.rungs)
    result.table("chronology", chronology_table(comparison.events, ensemble))
    result.write("trajectories", "parquet", ensemble.save)
    result.text("report", "html", history_page(comparison, images=images, origin=origin))
    return result.close(chronology_run=ensemble.first_whole)


def claims_table(comparison: Comparison) -> pd.DataFrame:
    """Return the claims with what the same test says of the coded record.

    Returns:
        The columns of `comparison.claims`, then `record_holds` (empty where the record cannot be
        put to the test) and `record_reading`.
    """
    checks = comparison.record_checks.set_index("id")
    identifiers = comparison.claims["id"]
    return comparison.claims.assign(
        record_holds=identifiers.map(checks["holds"]),
        record_reading=identifiers.map(checks["reading"]),
    )


def history_page(comparison: Comparison, *, images: Mapping[str, bytes], origin: Origin) -> str:
    """Return a comparison with the record as an HTML page that needs no other file.

    Args:
        comparison: A scenario held against the record.
        images: The figures "history" and "counts".
        origin: Where the numbers come from.
    """
    scenario, calendar = comparison.scenario, comparison.ensemble.calendar
    return render(
        "history.html",
        title=f"Model and record: {origin.scenario}",
        scenario=scenario,
        calendar=calendar,
        origin=origin,
        verdict=comparison.verdict(),
        statement=STATEMENT,
        words=words,
        held=HELD,
        seldom=words.SELDOM,
        images=images,
        alt={"history": history_alt(comparison), "counts": counts_alt(comparison)},
        stages=[(period.id, period.name) for period in calendar.periods],
        claims=_claims(comparison),
        counts=rows_of(comparison.counts),
        rungs=rows_of(comparison.rungs),
        rung_names={rung.number: rung.title for rung in scenario.rung},
        assumed=comparison.assumed_numbers(),
        numbers=explain(scenario)["numbers"],
        tables=[f"{name}.csv" for name in TABLES],
        chronology_run=comparison.ensemble.first_whole,
    )


def _claims(comparison: Comparison) -> list[dict[str, Any]]:
    """Return the claims as the page shows them: `on_record`, and `beside` with its `kind`."""
    holds: dict[str, object] = dict(
        comparison.record_checks[["id", "holds"]].itertuples(index=False)
    )
    rows = rows_of(comparison.claims.assign(on_record=comparison.claims["id"].map(holds)))
    for row in rows:
        row["kind"], row["beside"] = words.beside(row["record"], row["share"])
    return rows


def history_json(comparison: Comparison, *, files: Mapping[str, str]) -> dict[str, Any]:
    """Return what `alliance-sim history --json` prints: plain values, null for what is missing.

    Args:
        comparison: A scenario held against the record.
        files: Names and paths of the files written, as `write_history` returns.

    Returns:
        Keys `scenario`, `digest`, `seed`, `runs`, `version`, `claims`, `counts`, `rungs`,
        `assumed_numbers` and `files`. Shares are of the runs to which a claim applies, and null
        where it applies to none; months of rungs are null where that run never gets there.
    """
    ensemble = comparison.ensemble
    return {
        "scenario": ensemble.scenario,
        "digest": ensemble.digest,
        "seed": ensemble.seed,
        "runs": ensemble.runs,
        "version": provenance.version(),
        "claims": rows_of(comparison.claims, CLAIM),
        "counts": rows_of(comparison.counts, COUNT),
        "rungs": rows_of(comparison.rungs, RUNG),
        "assumed_numbers": comparison.assumed_numbers(),
        "files": dict(files),
    }


def history_alt(comparison: Comparison) -> str:
    """Return the course of levels, ladder and agenda in a few sentences."""
    ensemble = comparison.ensemble
    periods = ensemble.calendar.periods
    stages = [ensemble.calendar.steps_of(period) for period in periods]
    told = []
    for domain in COUNTED_DOMAINS[:3]:
        middle = bands(ensemble.column(f"level_{domain}")).middle
        told.append(f"{domain} {_listed([f'{middle[stage].mean():.2f}' for stage in stages])}")
    rung = bands(ensemble.column("rung"), whole=True).middle
    overlap = bands(ensemble.column("agenda_overlap")).middle
    names = _listed([period.name for period in periods])
    ladder = _listed([words.number(float(rung[stage][-1])) for stage in stages])
    agenda = _listed([f"{np.mean(overlap[stage]):.2f}" for stage in stages])
    return (
        f"Four strips over the years, in the stages {names}. Median simulated level, mean of each "
        f"stage in turn: {'; '.join(told)}. {len(comparison.record.events)} coded acts as ticks, "
        "few before 1990 and dense after 2012. Median simulated rung at the end of each stage: "
        f"{ladder}; in the record: {_listed(_record_rungs(comparison))}. Median agenda overlap, "
        f"mean of each stage: {agenda}."
    )


def counts_alt(comparison: Comparison) -> str:
    """Return how many counts of the main series lie inside, and which do not."""
    names = {period.id: period.name for period in comparison.ensemble.calendar.periods}
    rows = rows_of(comparison.counts[comparison.counts["series"] == "all"])
    outside = [
        f"{row['domain']} in {names[row['period']]} ({row['observed']} in the record, "
        f"{words.number(row['low'])} to {words.number(row['high'])} in 90 % of runs)"
        for row in rows
        if not row["inside"]
    ]
    which = f" Outside: {'; '.join(outside)}." if outside else ""
    return (
        f"Four panels, one for each domain, with the {len(names)} stages side by side and three "
        f"series in each. Of all acts, {len(rows) - len(outside)} of {len(rows)} counts of the "
        f"record lie inside the bar of the runs.{which} The table below holds every number."
    )


def _record_rungs(comparison: Comparison) -> list[str]:
    calendar = comparison.ensemble.calendar
    path = comparison.record.rung_path(calendar)
    return [str(path[calendar.steps_of(period)][-1]) for period in calendar.periods]


def _listed(texts: list[str]) -> str:
    return ", ".join(texts)
