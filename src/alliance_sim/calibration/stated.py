"""Let a scenario file state the medians of its posterior, so that what is run is what was fitted.

The file stays as it is written: its comments, its order and its ranges. Numbers that it takes from
the shipped coefficients are added to the tables that they belong to.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from alliance_sim import files
from alliance_sim.calibration.posterior_draws import PosteriorDraws
from alliance_sim.errors import FileError, ScenarioError
from alliance_sim.scenario import Scenario, load_scenario
from alliance_sim.scenario.edit import value_at
from alliance_sim.scenario.fields import Number
from alliance_sim.scenario.path import PathProblem
from alliance_sim.scenario.restate import restated, stated

MOST_BYTES = 1_000_000
DIGITS = 4  # of a median that is stated: it is not known better


def state_medians(
    path: str | os.PathLike[str], posterior: PosteriorDraws, out: str | os.PathLike[str]
) -> dict[str, tuple[float, float]]:
    """Write a scenario file in which every fitted number is the median of its posterior.

    Args:
        path: The file of the scenario that was fitted.
        posterior: Its posterior.
        out: The file to write; it may be the same one.

    Returns:
        By path of each number what the file said, and what the new one says.

    Raises:
        ScenarioError: If the file cannot be read, is not of the scenario that was fitted, or takes
            a number from elsewhere that cannot be added to it.
        SettingError: If it cannot be written.
    """
    where, target = os.fspath(path), Path(out)
    before = load_scenario(path)
    problem = posterior.misfit(before)
    if problem or before.edits:
        told = problem or f"holds edits of another scenario; state the medians in {before.name}"
        raise ScenarioError(where, [told])
    try:
        text = files.read_text(path, MOST_BYTES)
    except FileError as error:
        raise ScenarioError(where, error.problems) from error
    values = {
        name: _rounded(value, value_at(before, name)) for name, value in posterior.medians().items()
    }
    source = f"fitted: median of the posterior under {posterior.theory}, record {posterior.edition}"
    after = _with_values(text, values, before, source, where)
    _check(after, values, target, where)
    files.write_text(target, after)
    return {name: (value_at(before, name).value, value) for name, value in values.items()}


def _rounded(value: float, number: Number) -> float:
    return min(max(float(f"{value:.{DIGITS}g}"), number.low), number.high)


def _with_values(
    text: str, values: Mapping[str, float], scenario: Scenario, source: str, where: str
) -> str:
    """Return a file with other values, those that it lacks in the tables that they belong to.

    Raises:
        ScenarioError: Naming all numbers that stand in entries of lists that the file lacks.
    """
    written = {_by_period(name, scenario): name for name in stated(text)}
    lacking = [name for name in values if name not in written]
    found = {written[name]: value for name, value in values.items() if name in written}
    lines = restated(text, found, source=source).splitlines()
    problems = []
    for name in lacking:
        table, _, key = name.rpartition(".")
        if isinstance(_lying(scenario, table.partition(".")[0]), tuple):
            problems.append(f"{name} stands in the shipped coefficients; write its table here too")
            continue
        number: Number = value_at(scenario, name)
        told = [f"{x!r}" for x in (values[name], number.low, number.high)]
        told += [json.dumps(x, ensure_ascii=False) for x in (number.unit, source)]
        _add(lines, table, f"{key} = [{', '.join(told)}]")
    if problems:
        raise ScenarioError(where, problems)
    return "\n".join(lines) + "\n"


def _lying(scenario: Scenario, path: str) -> object:
    """Return what lies at a path, None if nothing does."""
    try:
        return value_at(scenario, path)
    except PathProblem:
        return None


def _by_period(name: str, scenario: Scenario) -> str:
    """Return the path that a scenario has for a number which a file may state by its period last.

    Such as "period.calm.exposure_state.raiders" for "threat.raiders.exposure_state.calm".
    """
    parts = name.split(".")
    if len(parts) == 4 and parts[3] in {period.name for period in scenario.periods}:
        return ".".join(("period", parts[3], parts[2], parts[1]))
    return name


def _add(lines: list[str], table: str, line: str) -> None:
    """Add a line to the end of a table, or a table with it to the end of the file."""
    head = f"[{table}]"
    at = next((k for k, text in enumerate(lines) if text.partition("#")[0].strip() == head), None)
    if at is None:
        lines += ["", head, line]
        return
    end = next((k for k in range(at + 1, len(lines)) if lines[k].startswith("[")), len(lines))
    while end > at + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1  # comments before the next table belong to that
    lines.insert(end, line)


def _check(text: str, values: Mapping[str, float], target: Path, where: str) -> None:
    """Raise an error unless a text is a scenario that states these values where it is to stand.

    Raises:
        ScenarioError: Naming what it does not state.
    """
    trial = target.with_name(f"{target.stem}.trial-{secrets.token_hex(4)}{target.suffix}")
    files.create_text(trial, text)
    try:
        found = load_scenario(trial)
    finally:
        trial.unlink()
    problems = [
        f"{name} could not be stated"
        for name, value in values.items()
        if value_at(found, name).value != value
    ]
    if problems:
        raise ScenarioError(where, problems)
