"""A record made by one run of a scenario, so that the answer to a fit or a what-if is known.

The run is told as dated acts, of which some go unreported, as they do in the world; what made it is
written beside the record in `truth.toml`.
"""

from __future__ import annotations

import csv
import io
import json
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alliance_sim import provenance
from alliance_sim.comparison.counts import as_coded
from alliance_sim.engine.chronology import AGREEMENT, chronology
from alliance_sim.engine.simulate import Kernel, simulate
from alliance_sim.errors import FileError, NoRecord, RecordError, SettingError
from alliance_sim.files import read_toml, writable_folder, write_text
from alliance_sim.record.folder import MOST_BYTES, TABLES
from alliance_sim.record.named import place_of
from alliance_sim.record.reporting import NAME as REPORTING
from alliance_sim.record.reporting import Reporting, read_reporting
from alliance_sim.results import Ensemble
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.path import numbers

TRUTH = "truth.toml"
RECORD = ("events.csv", "institutions.csv", "agreements.csv")  # files that are written

log = logging.getLogger(__name__)


def make_record(scenario: Scenario, *, seed: int, run: int, out: Path) -> dict[str, str]:
    """Write the record that a run of a scenario leaves; return names and paths of the files.

    The same scenario, seed, run and `reporting.toml` give the same bytes; see `reporting_for`.

    Args:
        scenario: The scenario.
        seed: Seed of the noise.
        run: Number of the run.
        out: The folder, made if need be. A record that the same run of a scenario of the same name
            left there before is replaced.

    Raises:
        RecordError: If `reporting.toml` cannot be used, or the run loses a formal step, which no
            record tells.
        SettingError: If the seed or the run is out of range, or the folder cannot be written, or
            holds a record that nobody's run has left, or that another run has.
        AllianceSimError: If the run fails.
    """
    if not scenario.relationship:
        problem = f"{scenario.name} names no relationship, and a record is of one"
        raise SettingError("record make", [problem])
    folder = writable_folder(out)
    _check_free(folder, scenario, seed=seed, run=run)
    used = reporting_for(scenario, folder)
    reporting = Reporting() if used is None else read_reporting(used)
    log.debug("simulating run %d of %s", run, scenario.name)
    ensemble = simulate(scenario, runs=1, seed=seed, first_run=run, engine=Kernel(threads=1))
    _without_losses(ensemble, run)
    log.debug("telling the acts of that run")
    acts = chronology(ensemble, scenario)
    reported = as_coded(acts, reporting, ensemble, scenario)
    source = f"made by a run of {scenario.name}: seed {seed}, run {run}"
    events, institutions, agreements = RECORD
    texts = {
        events: _csv("events", _events(reported, source)),
        institutions: _csv("institutions", _rungs(ensemble, acts, scenario, source)),
        agreements: _csv("agreements", _agreements(ensemble, acts, source)),
        TRUTH: _truth(scenario, ensemble, acts=len(acts), reported=len(reported)),
    }
    for name, text in texts.items():
        write_text(folder / name, text)
    return {name: str(folder / name) for name in texts}


def _check_free(folder: Path, scenario: Scenario, *, seed: int, run: int) -> None:
    """Raise an error if a folder holds a record that is not to be written over.

    Raises:
        SettingError: Saying which record it holds.
    """
    there = [name for name in (*RECORD, TRUTH) if (folder / name).exists()]
    if not there:
        return
    problem = f"holds {' and '.join(there)} and no {TRUTH}: a record that no run made, which is not"
    if TRUTH in there:
        try:
            made = read_toml(folder / TRUTH, MOST_BYTES)
            before = (str(made["scenario"]), int(made["seed"]), int(made["run"]))
        except (FileError, KeyError, TypeError, ValueError):
            problem = f"holds a {TRUTH} that `record make` did not write, which is not"
        else:
            if before == (scenario.name, seed, run):
                return
            of, its_seed, its_run = before
            problem = (
                f"holds the record of run {its_run} of {of} with seed {its_seed}, and not of run "
                f"{run} of {scenario.name} with seed {seed}; it is not"
            )
    raise SettingError(str(folder), [f"{problem} written over; choose another folder with --out"])


def _without_losses(ensemble: Ensemble, run: int) -> None:
    """Raise an error if a formal step is lost: in a record they rise, and stay.

    Raises:
        RecordError: Saying which, and when.
    """
    rung = ensemble.column("rung")[0]
    lost = np.flatnonzero(np.diff(rung) < 0.0) + 1
    problems = [
        f"run {run} loses formal step {int(rung[step - 1])} in {ensemble.calendar.label(step)}, "
        "and a record holds no loss; choose another run"
        for step in lost.tolist()
    ]
    if problems:
        raise RecordError("record make", problems)


def reporting_for(scenario: Scenario, out: Path) -> Path | None:
    """Return the file that says how likely an act is to be reported in a record that is made.

    It is that of the folder if it has one, else that of the record which belongs to the scenario;
    None where neither has one, and the chances are those of the method.
    """
    if (out / REPORTING).exists():
        return out / REPORTING
    try:
        own = place_of(scenario)[0] / REPORTING
    except (NoRecord, RecordError):  # a record may be made for a scenario that has none yet
        return None
    return own if own.exists() else None


def _events(acts: pd.DataFrame, source: str) -> Iterable[list[str]]:
    columns = ("domain", "kind", "salience", "initiator", "title")
    for date, row in zip(acts["date"], acts[list(columns)].to_numpy().tolist(), strict=True):
        yield [f"{date:%Y-%m-%d}", *map(str, row), source, "high"]


def _rungs(
    ensemble: Ensemble, acts: pd.DataFrame, scenario: Scenario, source: str
) -> Iterable[list[str]]:
    """Yield each rung on the day on which it was first reached, from rung 0 on."""
    rung = ensemble.column("rung")[0]
    yield [f"{scenario.time.first_year}-01-01", "0", "none", "Nothing formal yet", source, "high"]
    for step in sorted(scenario.rungs, key=lambda one: one.number):
        reached = np.flatnonzero(rung >= step.number)
        if not len(reached):
            return
        days = acts[(acts["quarter"] == reached[0]) & (acts["title"] == step.title)]["date"]
        day = ensemble.calendar.start_of(int(reached[0])) if days.empty else days.iloc[0]
        yield [f"{day:%Y-%m-%d}", str(step.number), step.name, step.title, source, "high"]


def _agreements(ensemble: Ensemble, acts: pd.DataFrame, source: str) -> Iterable[list[str]]:
    """Yield each agreement with a single ally, on the day on which it was signed."""
    signed = np.flatnonzero(np.diff(ensemble.column("agreements")[0], prepend=0.0) > 0.0)
    for step in signed.tolist():
        act = acts[(acts["quarter"] == step) & acts["title"].str.startswith(AGREEMENT)].iloc[0]
        ally = act["initiator"].removeprefix("member:")
        yield [f"{act['date']:%Y-%m-%d}", ally, act["title"], source, "high"]


def _csv(table: str, rows: Iterable[list[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(TABLES[table])
    writer.writerows(rows)
    return text.getvalue()


def _truth(scenario: Scenario, ensemble: Ensemble, **counts: int) -> str:
    """Return what made a record: seed, run, digest, and every number of the scenario."""
    head: dict[str, Any] = {
        "scenario": scenario.name,
        "digest": provenance.scenario_digest(scenario),
        "seed": ensemble.seed,
        "run": ensemble.first_run,
    }
    lines = ["# Written with the record by `alliance-sim record make`; not to be changed by hand."]
    lines += [f"{key} = {json.dumps(value)}" for key, value in (head | counts).items()]
    lines += ["", "[parameters]"]
    lines += [f"{json.dumps(path)} = {number.value!r}" for path, number in numbers(scenario)]
    return "\n".join(lines) + "\n"
