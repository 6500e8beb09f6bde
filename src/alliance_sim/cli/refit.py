"""`alliance-sim score --refit`: fits of the model that do not see what they forecast."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.options import WHOLE_NUMBER
from alliance_sim.cli.pools import pool_of
from alliance_sim.errors import SettingError

if TYPE_CHECKING:
    from alliance_sim.calibration.refits import RefitSettings
    from alliance_sim.calibration.stored import StoredForecasts
    from alliance_sim.scenario import Scenario

ALL, FOLDER = "all", "refits"
REFIT = typer.Option(
    "--refit",
    help="Fit the model to parts of the record first, and keep what it forecasts of the rest, in "
    "`refits` within the folder for the results; goes on where it was stopped.",
)
THEORY = typer.Option(
    help="With --refit: theory to fit, such as RID, N or RI+T; may be given several times. `all` "
    "stands for the eight without a trend. Left out: that of the scenario's switches."
)
SETTINGS = typer.Option(
    "--settings",
    help="With --refit: rolling (each year from those before it, and the years after a fixed "
    "origin), leave_out (each year from all others; makes rolling too). Left out: both.",
)
PARTICLES = typer.Option(help="With --refit: particles of the pass.", **WHOLE_NUMBER)
SWEEPS = typer.Option(help="With --refit: sweeps whenever particles move.", **WHOLE_NUMBER)
SEED = typer.Option(help="With --refit: seed of the fits; the same gives the same.")


class RefitOptions(NamedTuple):
    """What was asked for on the command line, as it was given."""

    theory: list[str] | None
    settings: list[str] | None
    particles: int | None
    sweeps: int | None
    seed: str | None

    def told(self) -> dict[str, Any]:
        """Return the options that were given."""
        return {name: value for name, value in self._asdict().items() if value is not None}


def wanted(asked: RefitOptions, series: tuple[str, ...], *, refit: bool) -> RefitSettings | None:
    """Return what is to be fitted, None without --refit.

    Raises:
        SettingError: If an option that goes with --refit is given without it, or is out of range.
    """
    if refit:
        return settings_of(asked, series)
    alone = [f"--{name}" for name in asked.told()]
    if alone:
        problem = f"{', '.join(alone)} goes with --refit; add that, or leave it out"
        raise SettingError("score", [problem])
    return None


def settings_of(asked: RefitOptions, series: tuple[str, ...]) -> RefitSettings:
    """Return what is to be fitted.

    Raises:
        SettingError: Naming all that is wrong.
    """
    from alliance_sim import noise
    from alliance_sim.calibration.refits import RefitSettings
    from alliance_sim.calibration.rolling import RollingSettings
    from alliance_sim.scenario.theories import LATTICE

    problems: list[str] = []
    numbers = {"particles": asked.particles, "sweeps": asked.sweeps}
    given = {name: value for name, value in numbers.items() if value is not None}
    rolling = RollingSettings()
    try:
        rolling = RollingSettings(**given)
    except SettingError as error:
        problems += error.problems
    usual = RefitSettings()
    names = [x for one in asked.theory or () for x in (LATTICE if one == ALL else (one,))]
    chosen = usual
    try:
        chosen = RefitSettings(
            series=series,
            theories=tuple(dict.fromkeys(names)) or None,
            settings=tuple(dict.fromkeys(asked.settings or usual.settings)),
            rolling=rolling,
            seed=usual.seed if asked.seed is None else noise.as_seed(asked.seed),
        )
    except SettingError as error:
        problems += error.problems
    if problems:
        raise SettingError("score", problems)
    return chosen


def refitted(
    scenario: Scenario,
    folder: Path,
    settings: RefitSettings,
    workers: int | None,
    again: str,
) -> StoredForecasts:
    """Fit, with progress, from wherever the folder stands.

    Raises:
        ResultError: If the folder holds refits of something else.
    """
    from alliance_sim.calibration import refits

    pool = pool_of(workers)
    with (
        terminal.stoppable(lambda: f"What was done is safe. To go on: {again}"),
        pool as executor,
        terminal.progress("fitting to parts of the record", "years") as show,
    ):
        return refits.refit(scenario, folder, settings, executor=executor, callback=Live(show))


class Live:
    """Shows how far a refit is."""

    def __init__(self, show: Any) -> None:
        """Take what moves the bar."""
        self._show = show

    def __call__(self, what: str, job: Any) -> None:
        """Tell of one more round."""
        from alliance_sim.cli.activity import activity

        words = f"{what}: {job.words()}"
        activity.begin(words, "years")
        self._show(*job.so_far())


def stored_forecasts_in(folder: Path, scenario: Scenario) -> tuple[StoredForecasts | None, str]:
    """Return stored forecasts: those in a folder of results, else those that ship, else None.

    Also, in a sentence, why there are none; "" if none were to be expected.

    Raises:
        ResultError: If those in the folder cannot be used.
    """
    from alliance_sim.calibration.refits import STORED
    from alliance_sim.calibration.stored import shipped_forecasts, stored_for

    own = folder / FOLDER / STORED
    if own.exists():
        return stored_for(own, scenario), ""
    return shipped_forecasts(scenario)
