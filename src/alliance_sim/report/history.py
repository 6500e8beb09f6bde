"""A comparison with the record as a folder of files."""

from __future__ import annotations

import json
import os
from functools import partial
from typing import TYPE_CHECKING, Any

from alliance_sim import provenance
from alliance_sim.files import writable_folder, write_text, write_whole
from alliance_sim.plots.counts import counts_figure
from alliance_sim.plots.history import history_figure
from alliance_sim.plots.origin import origin_of, save_png
from alliance_sim.plots.style import told_of
from alliance_sim.provenance import file_digest
from alliance_sim.report.page import history_page
from alliance_sim.results import OK

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.comparison.history import Comparison

CHRONOLOGY = ("date", "domain", "kind", "salience", "initiator", "months", "title")
TITLES = {
    "history.png": "Japan and NATO: what the model tells, beside the coded record",
    "counts.png": "Acts per stage: the record against the model",
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
    folder = writable_folder(out)
    figures = {
        "history.png": history_figure(comparison.ensemble, record=comparison.record),
        "counts.png": counts_figure(
            comparison.counts,
            stages=comparison.ensemble.calendar.periods,
            about=told_of(comparison.ensemble),
        ),
    }
    origin = origin_of(comparison.ensemble, command=command)
    for name, figure in figures.items():
        save = partial(save_png, figure, origin=origin, title=TITLES[name])
        write_whole(folder / name, save)
    tables = {
        "claims.csv": claims_table(comparison),
        "counts.csv": comparison.counts,
        "rungs.csv": comparison.rungs,
        "chronology.csv": chronology_table(comparison),
    }
    for name, table in tables.items():
        write_text(folder / name, table.to_csv(index=False, lineterminator="\n"))
    write_whole(folder / "trajectories.parquet", comparison.ensemble.save)
    images = {name: (folder / name).read_bytes() for name in figures}
    write_text(folder / "report.html", history_page(comparison, images=images, command=command))
    written = [*figures, *tables, "trajectories.parquet", "report.html"]
    manifest = _manifest(comparison, command=command)
    manifest["files"] = {name: file_digest(folder / name) for name in sorted(written)}
    write_text(folder / "manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    return {name: str(folder / name) for name in [*written, "manifest.json"]}


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


def chronology_table(comparison: Comparison) -> pd.DataFrame:
    """Return one simulated run as dated events: the first run that did not fail."""
    events = comparison.events[comparison.events["run"] == first_whole_run(comparison)]
    day = events["date"].dt.strftime("%Y-%m-%d")
    return events.assign(date=day)[list(CHRONOLOGY)]


def first_whole_run(comparison: Comparison) -> int:
    """Return the number of the first run that did not fail."""
    ensemble = comparison.ensemble
    return ensemble.first_run + ensemble.status.index(OK)


def _manifest(comparison: Comparison, *, command: str) -> dict[str, Any]:
    """Return what is needed to make the files again and to see whether they are the same."""
    ensemble = comparison.ensemble
    return {
        "scenario": ensemble.scenario,
        "digest": ensemble.digest,
        "edits": list(comparison.scenario.edits),
        "seed": ensemble.seed,
        "runs": ensemble.runs,
        "first_run": ensemble.first_run,
        "failed_runs": sum(status != OK for status in ensemble.status),
        "chronology_run": first_whole_run(comparison),
        "engine": ensemble.engine,
        "command": command,
        "environment": provenance.environment(),
    }
