"""The record beside free runs as a folder of files, and as one JSON object."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alliance_sim.plots.predictive_checks import checks_figure
from alliance_sim.provenance import new_origin
from alliance_sim.record.words import Words
from alliance_sim.report.result_folder import ResultFolder, rows_of

if TYPE_CHECKING:
    from alliance_sim.calibration.record_among_runs import PredictiveChecks
    from alliance_sim.calibration.waits_on_record import WaitingTimes
    from alliance_sim.scenario import Scenario

TITLE = "Do free runs look like the record?"


def write_checks(
    checks: PredictiveChecks,
    scenario: Scenario,
    *,
    waits: WaitingTimes | None = None,
    seed: int,
    out: str | os.PathLike[str],
    command: str,
) -> dict[str, str]:
    """Write tables, a figure and a manifest; return their names and paths.

    Args:
        checks: The record beside free runs.
        scenario: The scenario.
        waits: Waits between acts, where they were looked at.
        seed: Of the runs.
        out: The folder, made if need be.
        command: The command line that makes the files again.

    Raises:
        SettingError: If the folder or a file in it cannot be written, or holds other results.
    """
    origin = new_origin(
        scenario,
        engine=checks.label,
        seed=seed,
        runs=checks.runs,
        command=command,
    )
    result = ResultFolder(out, kind="predictive checks", origin=origin)
    result.table("checks", checks.frame, "predictive_checks")
    if waits is not None:
        result.table("waits", waits.frame, "waiting_times")
    stages, words = scenario.calendar().periods, Words.of(scenario)
    result.figure("checks", checks_figure(checks, stages=stages, words=words), TITLE)
    return result.close(checks=_told(checks))


def checks_json(
    checks: PredictiveChecks, *, waits: WaitingTimes | None, files: Mapping[str, str]
) -> dict[str, Any]:
    """Return what `alliance-sim posterior check --json` prints.

    Returns:
        `record`, `series`, `parameters`, `runs`, `same_order` (share of runs whose fields begin in
        the order of the record), `checks` (a row for each; null for what is not known, and for a
        year that is never reached), `waits` (a row for each field and one for all, null where they
        were not looked at) and `files`.
    """
    return {
        **_told(checks),
        "checks": rows_of(checks.frame),
        "waits": None if waits is None else rows_of(waits.frame),
        "files": dict(files),
    }


def _told(checks: PredictiveChecks) -> dict[str, Any]:
    return {
        "record": checks.edition,
        "series": checks.series,
        "parameters": checks.label,
        "runs": checks.runs,
        "same_order": checks.same_order,
    }
