"""Ensembles of any scenario as a folder of files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from alliance_sim.calendar import decimal_year
from alliance_sim.comparison.edits import edits_between
from alliance_sim.engine.chronology import chronology
from alliance_sim.errors import ResultError, SettingError
from alliance_sim.files import writable_folder, write_whole
from alliance_sim.plots.origin import origin_of, read_origin, save_png
from alliance_sim.plots.run import ensemble_figure
from alliance_sim.record.words import Words
from alliance_sim.report.result_folder import ResultFolder
from alliance_sim.scenario.fields import LEVELS

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.results import Ensemble
    from alliance_sim.scenario import Scenario

CHRONOLOGY = ("date", "domain", "kind", "salience", "initiator", "months", "title")
STATES = (*LEVELS, "rung")


def write_run(
    ensemble: Ensemble,
    scenario: Scenario,
    *,
    out: str | os.PathLike[str],
    command: str,
    beside: tuple[Scenario, Ensemble] | None = None,
) -> dict[str, str]:
    """Write trajectories, a figure and one run as dated events; return names and paths.

    Args:
        ensemble: Runs of the scenario.
        scenario: The scenario.
        beside: The scenario that this one edits and runs of it with the same luck, to be drawn
            beside it.
        out: The folder, made if need be.
        command: The command line that makes the files again.

    Raises:
        SettingError: If the folder or a file in it cannot be written.
    """
    factual: Ensemble | None = None
    others: tuple[Ensemble, ...] = ()
    edits: dict[float, str] = {}
    if beside is not None:
        factual, others = beside[1], (beside[1],)
        found = edits_between(beside[0], scenario)
        edits = {decimal_year(e.date): e.words for e in found if e.date and not e.responds}
    origin = origin_of(ensemble, command=command, others=others)
    result = ResultFolder(out, kind="run", origin=origin)
    result.write("trajectories", "parquet", ensemble.save)
    figure = ensemble_figure(
        ensemble, list(STATES), Words.of(scenario), beside=factual, edits=edits
    )
    result.figure("levels", figure, scenario.title)
    result.table("chronology", chronology_table(chronology(ensemble, scenario), ensemble))
    return result.close(chronology_run=ensemble.first_whole)


def chronology_table(events: pd.DataFrame, ensemble: Ensemble) -> pd.DataFrame:
    """Return one simulated run as dated events: the first run that did not fail."""
    one = events[events["run"] == ensemble.first_whole]
    return one.assign(date=one["date"].dt.strftime("%Y-%m-%d"))[list(CHRONOLOGY)]


def _drawn_there(path: Path) -> str:
    """Return the scenario of a figure file, "" if it is none of ours."""
    try:
        return read_origin(path).scenario
    except ResultError:
        return ""


def write_figure(ensemble: Ensemble, states: Sequence[str], path: Path, command: str) -> None:
    """Write a figure of some states, with what is needed to make it again.

    Raises:
        SettingError: If it cannot be written, or cannot be drawn; or if another file is there, or
            a figure of another scenario.
        UnknownName: If there is no such state.
    """
    figure = ensemble_figure(ensemble, list(states))
    origin = origin_of(ensemble, command=command)
    writable_folder(path.parent)
    if path.exists() and (found := _drawn_there(path)) != origin.scenario:
        held = f"a figure of {found}" if found else "no figure of this program"
        raise SettingError(str(path), [f"is there and is {held}; choose another name with --out"])
    write_whole(path, lambda part: save_png(figure, part, origin=origin, title=ensemble.scenario))
