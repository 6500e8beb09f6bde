"""Histories made by the model itself, with parameters and noise that are known: tests of a fit.

A vector of the prior is drawn, one run is made with it, told as dated acts of which some go
unreported, and written as a record, which is then read as any other. A fit to it can be held
against the unknowns that made it.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from alliance_sim import noise
from alliance_sim.arithmetic import inverse_normal
from alliance_sim.calibration.observed import observed_of
from alliance_sim.calibration.target import Target
from alliance_sim.comparison.made import make_record
from alliance_sim.engine.kernel.observation import USUAL_PARTS
from alliance_sim.errors import NoRecord, RecordError, explains_calls
from alliance_sim.files import write_text
from alliance_sim.record.record import Record
from alliance_sim.record.reporting import NAME, Reporting
from alliance_sim.scenario.edit import replaced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.calibration.prior import Prior
    from alliance_sim.scenario import Scenario

# Laws whose dates a scenario gives are not drawn by the run that makes a record, which so says
# nothing of their hazards.
PARTS = tuple(part for part in USUAL_PARTS if part != "laws")
APART, MOST_RUNS = 1_000_000, 20  # runs that one number stands for
HELD = ("rung", "blocked", "agreements", "suspensions", "items")
EVERYTHING = """first_year = {first}
[[chance]]
from = 0001-01-01
salience_1 = 1.0
salience_2 = 1.0
salience_3 = 1.0
"""


@dataclass(frozen=True, eq=False)
class MadeHistory:
    """A record that the model made, and what made it.

    Attributes:
        target: The log likelihood of the record.
        unknowns: Array (dimension,), the parameters and the slow noise that made it.
    """

    target: Target
    unknowns: NDArray[np.float64]


@explains_calls
def made_history(prior: Prior, *, seed: int, run: int, series: str = "all") -> MadeHistory:
    """Return a history made with draw number `run` of the prior, on the noise of that run.

    Chances of being coded that are not known are drawn with the other parameters. Acts go
    unreported as they do in a record; what the likelihood holds at its date (rungs, refusals,
    agreements, suspensions, items) is told whole.

    Args:
        prior: What is believed of the parameters.
        seed: Of the draw and of the noise.
        run: Number of both.
        series: Which acts the likelihood counts: "all", "alliance" or "salience2".

    Raises:
        SettingError: If a seed or a series is out of range.
        RecordError: If the run leaves no record, such as one without an act, or one that loses a
            formal step, which no record tells.
        AllianceSimError: If the run fails.
    """
    z = prior.normals(range(run, run + 1), seed)[0]
    theta = prior.transform(z)
    scenario = prior.with_vector(theta)
    whole_text = EVERYTHING.format(first=scenario.time.first_year)
    with tempfile.TemporaryDirectory() as folder:
        coded, whole = (
            _told(scenario, text, Path(folder) / name, seed=seed, run=run)
            for name, text in (("coded", _reporting(prior, theta)), ("whole", whole_text))
        )
    target = Target(prior, coded, series=series, parts=PARTS)
    told, known = target.observed, observed_of(whole, target.scenario, series=series)
    held = {name: getattr(known, name) for name in HELD}
    target.observed = replace(told, **held)
    channels = [noise.channel(name) for name in target.channels]
    uniforms = noise.table(seed, run, channels, target.layout.steps)  # (channel, step)
    slow = [inverse_normal(float(u)) for u in uniforms.T.ravel()]
    return MadeHistory(target, np.concatenate([z, slow]))


@explains_calls
def first_made(prior: Prior, *, seed: int, number: int) -> MadeHistory:
    """Return the history of the first run that leaves a record, of those that a number stands for.

    Passing runs over leaves ranks of truths uniform: what decides is the history itself, and given
    a history that was not passed over its posterior is what it was.

    Args:
        prior: What is believed of the parameters.
        seed: Of the draws and of the noise.
        number: Stands for the runs `number`, `number + APART`, `number + 2 * APART` and so on.

    Raises:
        SettingError: If a seed is out of range.
        RecordError: If none of `MOST_RUNS` runs leaves a record.
        AllianceSimError: If a run fails.
    """
    for run in range(number, number + (MOST_RUNS - 1) * APART, APART):
        with suppress(RecordError):
            return made_history(prior, seed=seed, run=run)
    return made_history(prior, seed=seed, run=number + (MOST_RUNS - 1) * APART)


def _told(scenario: Scenario, reporting: str, place: Path, *, seed: int, run: int) -> Record:
    """Return the record that a run leaves in a folder, with the chances of being coded given."""
    place.mkdir()
    write_text(place / NAME, reporting)
    make_record(scenario, seed=seed, run=run, out=place)
    return Record.of(replaced(scenario, {"record": str(place)}))


def _reporting(prior: Prior, theta: NDArray[np.float64]) -> str:
    """Return the text of `reporting.toml` with the chances that a vector draws."""
    try:
        believed = Record.of(prior.scenario).reporting
    except NoRecord:
        believed = Reporting()
    first = believed.first_year or prior.scenario.time.first_year
    lines = [f"first_year = {first}"]
    for era, (chance, means) in enumerate(zip(believed.chance, believed.table(), strict=True)):
        lines += ["", "[[chance]]", f"from = {chance.since.isoformat()}"]
        for salience, mean in enumerate(means, start=1):
            row = prior.coded.get(f"reporting.{era}.salience_{salience}")
            lines.append(f"salience_{salience} = {mean if row is None else float(theta[row])!r}")
    return "\n".join(lines) + "\n"
