"""A comparison with the record as a folder of files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from alliance_sim.plots.counts import counts_figure
from alliance_sim.plots.history import history_figure
from alliance_sim.plots.origin import origin_of
from alliance_sim.plots.style import told_of
from alliance_sim.report.page import history_page
from alliance_sim.report.result_folder import ResultFolder
from alliance_sim.report.run import chronology_table

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.comparison.history import Comparison

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
    result.text("report", "html", history_page(comparison, images=images, command=command))
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
