"""Two codings of the same acts as a folder of files, and as one JSON object."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from alliance_sim.plots.codings import TITLE, codings_figure
from alliance_sim.provenance import new_origin
from alliance_sim.report.result_folder import ResultFolder, rows_of

if TYPE_CHECKING:
    from alliance_sim.comparison.codings import Codings
    from alliance_sim.scenario import Scenario

TABLES = ("agreement", "captures", "chances", "claims")
KIND = "record agreement"


def write_codings(
    codings: Codings, scenario: Scenario, *, out: str | os.PathLike[str], command: str
) -> dict[str, str]:
    """Write the tables of two codings, a figure and a manifest; return their names and paths.

    Args:
        codings: Two codings of a scenario's record.
        scenario: The scenario.
        out: The folder, made if need be.
        command: The command line that makes the files again.

    Raises:
        SettingError: If the folder or a file in it cannot be written.
    """
    origin = new_origin(
        scenario,
        engine="none: nothing is simulated",
        seed=0,
        runs=0,
        command=command,
    )
    result = ResultFolder(out, kind=KIND, origin=origin)
    for name in TABLES:
        result.table(name, getattr(codings, name), kind=f"codings_{name}")
    draw = partial(codings_figure, codings, scenario.calendar().periods)
    result.figure("codings", draw(), TITLE)
    return result.close(record=codings.name)


def codings_json(codings: Codings, files: dict[str, str]) -> dict[str, Any]:
    """Return two codings as values that JSON can hold.

    Returns:
        Keys `record` (name and edition), `first` (name of the first list), `same_day` (`acts` with
        a full day in both lists, `alike`), `agreement`, `captures`, `chances`, `claims` (rows as in
        the tables), and `files` (paths by name; empty if none were asked for).
    """
    days, alike = codings.days
    return {
        "record": codings.name,
        "first": codings.first,
        "same_day": {"acts": days, "alike": alike},
        **{name: rows_of(getattr(codings, name)) for name in TABLES},
        "files": files,
    }
