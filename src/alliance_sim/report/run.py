"""An ensemble of any scenario as a folder of files."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from alliance_sim import provenance
from alliance_sim.engine.chronology import chronology
from alliance_sim.files import writable_folder, write_text, write_whole
from alliance_sim.plots.origin import origin_of, save_png
from alliance_sim.plots.run import ensemble_figure
from alliance_sim.provenance import file_digest
from alliance_sim.report.history import CHRONOLOGY
from alliance_sim.results import OK
from alliance_sim.scenario.part import DOMAINS

if TYPE_CHECKING:
    from alliance_sim.results import Ensemble
    from alliance_sim.scenario import Scenario

STATES = (*(f"level_{domain}" for domain in DOMAINS), "rung")


def write_run(
    ensemble: Ensemble, scenario: Scenario, *, out: str | os.PathLike[str], command: str
) -> dict[str, str]:
    """Write trajectories, a figure and one run as dated events; return names and paths.

    Args:
        ensemble: Runs of the scenario.
        scenario: The scenario.
        out: The folder, made if need be.
        command: The command line that makes the files again.

    Raises:
        SettingError: If the folder or a file in it cannot be written.
    """
    folder = writable_folder(out)
    write_whole(folder / "trajectories.parquet", ensemble.save)
    write_figure(ensemble, STATES, folder / "levels.png", command)
    events = chronology(ensemble, scenario)
    number = ensemble.first_run + ensemble.status.index(OK)
    events = events[events["run"] == number]
    table = events.assign(date=events["date"].dt.strftime("%Y-%m-%d"))[list(CHRONOLOGY)]
    write_text(folder / "chronology.csv", table.to_csv(index=False, lineterminator="\n"))
    written = ["trajectories.parquet", "levels.png", "chronology.csv"]
    manifest = {
        "scenario": ensemble.scenario,
        "digest": ensemble.digest,
        "edits": list(scenario.edits),
        "seed": ensemble.seed,
        "runs": ensemble.runs,
        "first_run": ensemble.first_run,
        "failed_runs": sum(status != OK for status in ensemble.status),
        "chronology_run": number,
        "command": command,
        "environment": provenance.environment(),
        "files": {name: file_digest(folder / name) for name in written},
    }
    write_text(folder / "manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    return {name: str(folder / name) for name in [*written, "manifest.json"]}


def write_figure(ensemble: Ensemble, states: Sequence[str], path: Path, command: str) -> None:
    """Write a figure of some states, with what is needed to make it again.

    Raises:
        SettingError: If it cannot be written, or cannot be drawn.
        UnknownName: If there is no such state.
    """
    figure = ensemble_figure(ensemble, list(states))
    origin = origin_of(ensemble, command=command)
    writable_folder(path.parent)
    write_whole(path, lambda part: save_png(figure, part, origin=origin, title=ensemble.scenario))
