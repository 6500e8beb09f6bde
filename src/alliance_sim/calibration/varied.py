"""Other readings of a record kept beside draws of a posterior: weights, and draws led on."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from alliance_sim import files
from alliance_sim.calibration.led import PARTICLES, SWEEPS, draws_under
from alliance_sim.calibration.reweighting import (
    cannot_happen,
    forecast_gains,
    readings_of,
    weighed,
)
from alliance_sim.calibration.variants import (
    OF,
    READING,
    WEIGHTS,
    Variants,
    digest_of,
    load_variants,
)
from alliance_sim.errors import ResultError
from alliance_sim.results.draws import load_draws
from alliance_sim.results.sealed import ENDING
from alliance_sim.scenario.theories import LATTICE

if TYPE_CHECKING:
    from alliance_sim.calibration.posterior_draws import PosteriorDraws

Notice = Callable[[str], object]


def vary(  # noqa: PLR0913 - what is varied, and how, by name
    posterior: PosteriorDraws,
    out: Path,
    *,
    command: str,
    theories: Collection[str] = (),
    particles: int = PARTICLES,
    sweeps: int = SWEEPS,
    executor: Executor | None = None,
    callback: Notice | None = None,
) -> tuple[Variants, dict[str, Path]]:
    """Keep other readings of the record beside draws: weights, and draws where these do not reach.

    What is done stays, so the same call goes on where another was stopped, to the same bytes.

    Args:
        posterior: The draws.
        out: The folder, made if it is not there: `variants` beside the draws is where a what-if
            looks.
        command: The command line that makes the files again.
        theories: Theories of which there are draws; the others of the lattice are asked whether
            their prior can come to the record at all.
        particles: How many draws are led to a reading that weights do not reach.
        sweeps: How many each makes at each power.
        executor: Who computes; this process if None. Numbers do not depend on it.
        callback: Called with what is done next.

    Returns:
        The weights, and by the name of a reading the file of its draws.

    Raises:
        NoRecord: If the scenario has no record.
        RecordError: If a record cannot be used.
        ResultError: If the folder holds files of other draws.
        SettingError: If a setting is out of range, or a reading is impossible in every draw.
    """
    folder, digest = files.writable_folder(out), digest_of(posterior)
    place = folder / WEIGHTS
    if place.exists():
        weights = load_variants(place)
        if weights.draws != digest:
            problem = "holds weights of other draws; remove it, or choose another folder with --out"
            raise ResultError(f"{place}: {problem}")
    else:
        scenario = posterior.prior.scenario
        missing = [name for name in LATTICE if name not in {*theories, posterior.theory}]
        impossible = cannot_happen(posterior, missing, callback)
        if callback is not None:
            callback("forecasts")
        forecasts = forecast_gains(scenario, posterior.held.series)
        weights = weighed(
            posterior,
            command=command,
            impossible=impossible,
            forecasts=forecasts,
            callback=callback,
        )
        weights.save(place)
    far = {name for name, _, _, found in weights.readings() if found is None}
    made = {}
    for reading in (one for one in readings_of(posterior) if one.name in far):
        path = folder / f"{file_name(reading.name)}{ENDING}"
        made[reading.name] = path
        if path.exists():
            there = load_draws(path).settings
            if (there.get(READING), there.get(OF)) != (reading.name, digest):
                problem = "was led on from other draws; remove it, or choose another folder"
                raise ResultError(f"{path}: {problem} with --out")
            continue
        if callback is not None:
            callback(f"draws led to {reading.name}")
        draws_under(
            reading,
            posterior,
            command=command,
            particles=min(particles, len(posterior)),
            sweeps=sweeps,
            executor=executor,
        ).save(path)
    return weights, made


def file_name(reading: str) -> str:
    """Return what a file of draws under a reading is called, without its ending."""
    kept = "".join(letter if letter.isalnum() else "_" for letter in reading)
    return "_".join(part for part in kept.split("_") if part)
