"""Ensembles of any scenario as a folder of files."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from alliance_sim.calendar import decimal_year
from alliance_sim.comparison.edits import edits_between
from alliance_sim.engine.chronology import chronology
from alliance_sim.errors import FileError, ResultError, SettingError, explains_calls
from alliance_sim.files import read_json, writable_folder, write_whole
from alliance_sim.plots.origin import origin_of, read_origin, save_png, save_svg
from alliance_sim.plots.run import ensemble_figure
from alliance_sim.record.words import Words
from alliance_sim.report.result_folder import MANIFEST, MOST_BYTES, ResultFolder
from alliance_sim.results import Ensemble
from alliance_sim.scenario.fields import LEVELS

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.scenario import Scenario

CHRONOLOGY = ("date", "domain", "kind", "salience", "initiator", "months", "title")
STATES = (*LEVELS, "rung")
FACTUAL = "factual"  # file of the runs that an edited scenario is held against


class Beside(NamedTuple):
    """What an edited scenario is held against in a figure.

    Attributes:
        factual: Runs of the scenario that it edits, with the same luck; None without them.
        edits: What was edited, by decimal year.
    """

    factual: Ensemble | None
    edits: Mapping[float, str]


@explains_calls
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
    others = () if beside is None else (beside[1],)
    origin = origin_of(ensemble, command=command, others=others)
    result = ResultFolder(out, kind="run", origin=origin)
    edits = write_trajectories(result, ensemble, scenario, beside=beside)
    factual = next(iter(others), None)
    figure = ensemble_figure(
        ensemble, list(STATES), Words.of(scenario), beside=factual, edits=_by_year(edits)
    )
    result.figure("levels", figure, scenario.title)
    result.table("chronology", chronology_table(chronology(ensemble, scenario), ensemble))
    return result.close(chronology_run=ensemble.first_whole, edited_days=edits)


def write_trajectories(
    result: ResultFolder,
    ensemble: Ensemble,
    scenario: Scenario,
    *,
    beside: tuple[Scenario, Ensemble] | None,
) -> list[dict[str, str]]:
    """Write all runs, those of the scenario that is edited beside them, for `beside_of`.

    Returns:
        The days of the edits, each with `date` and `words`.
    """
    result.write("trajectories", "parquet", ensemble.save)
    if beside is None:
        return []
    factual, runs = beside
    result.write(FACTUAL, "parquet", runs.save)
    return [
        {"date": edit.date.isoformat(), "words": edit.words}
        for edit in edits_between(factual, scenario)
        if edit.date and not edit.responds
    ]


def beside_of(ensemble: Ensemble, saved: Path) -> Beside:
    """Return what lies beside a saved ensemble to be drawn with it, as `write_trajectories` does.

    Args:
        ensemble: The ensemble.
        saved: Its file, in a folder of results or anywhere else.

    Raises:
        ResultError: If what lies there is of the ensemble, but cannot be used.
    """
    manifest, factual = saved.parent / f"{MANIFEST}.json", saved.parent / f"{FACTUAL}.parquet"
    if not manifest.is_file():
        return Beside(None, {})
    try:
        tree = read_json(manifest, MOST_BYTES)
    except FileError:
        tree = None
    told = tree if isinstance(tree, dict) else {}
    if told.get("digest") != ensemble.digest or told.get("seed") != ensemble.seed:
        return Beside(None, {})  # the file came from elsewhere, or the manifest is of other things
    try:
        edits = _by_year(told.get("edited_days", []))
        others = [other["digest"] for other in told["others"]]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ResultError(f"{manifest}: is no manifest of such a result") from None
    if not factual.exists():
        return Beside(None, edits)
    runs = Ensemble.load(factual)
    return Beside(runs if [runs.digest] == others and runs.seed == ensemble.seed else None, edits)


def _by_year(edits: Iterable[Mapping[str, str]]) -> dict[float, str]:
    """Return what was edited by decimal year, edits of one day together."""
    found: dict[float, str] = {}
    for edit in edits:
        year, words = decimal_year(dt.date.fromisoformat(edit["date"])), str(edit["words"])
        found[year] = f"{found[year]}; {words}" if year in found else words
    return found


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


@explains_calls
def write_figure(
    ensemble: Ensemble,
    states: Sequence[str],
    path: Path,
    command: str,
    *,
    beside: Beside | None = None,
) -> None:
    """Write a figure of some states, with what is needed to make it again.

    Args:
        ensemble: Any ensemble.
        states: Names of its states.
        path: The file.
        command: The command line that makes it again.
        beside: What an edited scenario is held against.

    Raises:
        SettingError: If it cannot be written, or cannot be drawn; or if another file is there, or
            a figure of another scenario.
        UnknownName: If there is no such state.
    """
    factual, edits = beside or Beside(None, {})
    figure = ensemble_figure(ensemble, list(states), beside=factual, edits=edits)
    others = () if factual is None else (factual,)
    origin = origin_of(ensemble, command=command, others=others)
    writable_folder(path.parent)
    if path.exists() and (found := _drawn_there(path)) != origin.scenario:
        held = f"a figure of {found}" if found else "no figure of this program"
        raise SettingError(str(path), [f"is there and is {held}; choose another name with --out"])
    save = save_svg if path.suffix.lower() == ".svg" else save_png
    told: dict[str, Any] = {"origin": origin, "title": ensemble.scenario, "file": path.name}
    write_whole(path, lambda part: save(figure, part, **told))
