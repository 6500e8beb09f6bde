"""A posterior as a folder of files, and as one JSON object."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alliance_sim.plots.posterior import (
    WILLINGNESS,
    correlations_figure,
    fit_figure,
    posterior_figure,
    stages_figure,
)
from alliance_sim.provenance import new_origin
from alliance_sim.record.record import Record
from alliance_sim.record.words import Words
from alliance_sim.report.result_folder import ResultFolder, rows_of

if TYPE_CHECKING:
    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.scenario import Scenario

FIT_TITLE = "Free runs, and the one history that happened"


def write_posterior(
    posterior: PosteriorDraws,
    scenario: Scenario,
    *,
    out: str | os.PathLike[str],
    command: str,
    seed: int = 1,
) -> dict[str, str]:
    """Write tables, figures and a manifest; return their names and paths.

    Args:
        posterior: The posterior.
        scenario: The scenario that was fitted.
        out: The folder, made if need be.
        command: The command line that makes the files again.
        seed: Seed of the free runs, of which there are as many as draws.

    Raises:
        SettingError: If the folder or a file in it cannot be written, or holds other results.
    """
    origin = new_origin(
        scenario,
        engine=posterior.label,
        by_version=posterior.held.version,
        seed=seed,
        runs=len(posterior),
        command=command,
    )
    result = ResultFolder(out, kind="posterior", origin=origin)
    result.table("parameters", posterior.parameters)
    title = "Prior and posterior of each parameter"
    result.figure("parameters", posterior_figure(posterior), title)
    stages = posterior.stages()
    if not stages.empty:
        result.table("stages", stages)
        title = "Which differences of stages are supported"
        result.figure("stages", stages_figure(posterior), title)
    result.table("correlations", posterior.correlations())
    if sum(name.startswith(WILLINGNESS) for name in posterior.names) > 1:
        title = "Which coefficients go together?"
        result.figure("correlations", correlations_figure(posterior), title)
    free, conditioned = posterior.histories(seed=seed)
    record, words = Record.of(scenario), Words.of(scenario)
    result.figure("fit", fit_figure(free, conditioned, record=record, words=words), FIT_TITLE)
    return result.close(posterior=_told(posterior))


def posterior_json(posterior: PosteriorDraws, *, files: Mapping[str, str]) -> dict[str, Any]:
    """Return what `alliance-sim posterior show --json` prints.

    Returns:
        What `manifest.json` tells of the posterior; `parameters`, a row for each; and `files`.
    """
    return {
        **_told(posterior),
        "parameters": rows_of(posterior.parameters),
        "files": dict(files),
    }


def _told(posterior: PosteriorDraws) -> dict[str, Any]:
    held = posterior.held
    return {
        "scenario": held.scenario,
        "theory": posterior.theory,
        "record": posterior.edition,
        "series": held.series,
        "until": held.until,
        "draws": len(posterior),
        "digest": held.digest(),
        "made_by": held.command,
    }
