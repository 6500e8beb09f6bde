"""The command that fits theories to the record."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.options import (
    PATH,
    SERIES,
    WHOLE_NUMBER,
    Json,
    Seed,
    command_line,
    seed_of,
)
from alliance_sim.cli.pools import check_one_pool, pool_of
from alliance_sim.cli.sweep import SCHEDULER, THREADS, WORKERS
from alliance_sim.errors import ScenarioError, SettingError, shown
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.calibration import Chains, Tempered
    from alliance_sim.calibration.fit import FitSettings

DRAWS_USED = 400  # of each chain, where nothing else is asked for
TWICE = 2  # as many, where it cannot be told how many may do
SPARE, HUNDRED = 1.1, 100  # of draws that are proposed: so much more than it takes, rounded up
MONTH = re.compile(r"([0-9]{4})(?:-12)?")
ALL = "all"
SCENARIO = typer.Argument(help="Name of a shipped scenario, or a TOML file of your own.")
THEORY = typer.Option(
    help="Theory to fit, such as RID, N or RI+T; may be given several times. `all` stands for the "
    "eight without a trend. Left out: that of the scenario's switches.",
)
UNTIL = typer.Option(help="Last year of the record that is looked at, such as 2012-12.")
OUT = typer.Option(
    "--out", help="Folder for the results. Left out: results/calibrate_<scenario>.", **PATH
)
PARTICLES = typer.Option(help="Particles of tempered sequential Monte Carlo.", **WHOLE_NUMBER)
CHAINS = typer.Option(help="Chains after it; a multiple of 16.", **WHOLE_NUMBER)
WARM_UP = typer.Option(help="Sweeps of each chain that are dropped.", **WHOLE_NUMBER)
DRAWS = typer.Option(help="Sweeps of each chain that are kept.", **WHOLE_NUMBER)


def add_to(app: typer.Typer) -> None:
    """Add the command of this module to the app."""
    app.command()(calibrate)


def calibrate(  # noqa: PLR0913, PLR0917 - the options of a command are its arguments
    scenario: Annotated[str, SCENARIO] = usual_scenario(),
    theory: Annotated[list[str] | None, THEORY] = None,
    until: Annotated[str | None, UNTIL] = None,
    series: Annotated[str, SERIES] = "all",
    out: Annotated[Path | None, OUT] = None,
    particles: Annotated[int, PARTICLES] = 512,
    chains: Annotated[int, CHAINS] = 64,
    warm_up: Annotated[int, WARM_UP] = 100,
    draws: Annotated[int, DRAWS] = DRAWS_USED,
    seed: Seed = "1",
    workers: Annotated[int | None, WORKERS] = None,
    threads: Annotated[int | None, THREADS] = None,
    scheduler: Annotated[str | None, SCHEDULER] = None,
    as_json: Json = False,
) -> None:
    """Fit theories to the coded record: what it tells of every number that is not known.

    Particles go from the prior to the posterior and give the evidence of each theory; long chains
    start from them and say whether they have come to the same place. Stop it with Ctrl-C whenever
    you like: the same command goes on, to the same bytes. So it does with more --draws.
    """
    from alliance_sim import load_scenario
    from alliance_sim.report.result_folder import usual_folder

    chosen = load_scenario(scenario)
    folder = out or usual_folder("calibrate", chosen.name)
    numbers = {"particles": particles, "chains": chains, "warm_up": warm_up, "draws": draws}
    crew = {"workers": workers, "threads": threads, "scheduler": scheduler}
    check_one_pool("calibrate", crew)
    settings = _settings(theory, until, series, seed, numbers)
    again = command_line(
        "calibrate",
        scenario,
        theory=theory,
        until=until,
        series=series,
        out=folder,
        **numbers,
        seed=settings.seed,
        **crew,
    )
    with terminal.stoppable(lambda: f"What was done is safe. To go on: {again}"):
        table = _fitted(chosen, folder, settings, crew)
    if as_json:
        rows = table.astype(object).where(table.notna(), None).to_dict(orient="records")
        terminal.print_json({"scenario": chosen.name, "folder": str(folder), "theories": rows})
        return
    _print(table, folder)


def _settings(
    theory: list[str] | None,
    until: str | None,
    series: str,
    seed: str,
    numbers: dict[str, int],
) -> FitSettings:
    """Return what is asked for.

    Raises:
        SettingError: Naming all that is out of range.
    """
    from alliance_sim.calibration import ChainSettings, TemperedSettings
    from alliance_sim.calibration.fit import SUPERCHAINS, FitSettings
    from alliance_sim.scenario.theories import LATTICE, theory_of

    problems: list[str] = []
    month = MONTH.fullmatch("" if until is None else until.strip())
    if until is not None and month is None:
        wanted = "must be the end of a year, such as 2012-12"
        problems.append(f"--until is {shown(until)}, {wanted}")
    names = [name for given in theory or () for name in (LATTICE if given == ALL else (given,))]
    for name in names:
        try:
            theory_of(name)
        except ScenarioError as error:
            problems += error.problems
    chains, tempered, number = ChainSettings(), TemperedSettings(), 0
    try:
        number = seed_of(seed)
    except SettingError as error:
        problems += [f"--seed {problem}" for problem in error.problems]
    length = {key: numbers[key] for key in ("chains", "warm_up", "draws")}
    if length["chains"] < 1 or length["chains"] % SUPERCHAINS:
        near = max(1, round(length["chains"] / SUPERCHAINS)) * SUPERCHAINS
        found = f"--chains is {shown(length['chains'])}, must be a multiple of {SUPERCHAINS}"
        problems.append(f"{found}; nearest is {near}")
        length["chains"] = near
    try:
        tempered = TemperedSettings(particles=numbers["particles"])
    except SettingError as error:
        problems += error.problems
    try:
        chains = ChainSettings(superchains=SUPERCHAINS, **length)
    except SettingError as error:
        problems += error.problems
    settings = FitSettings()
    try:
        settings = FitSettings(
            theories=tuple(dict.fromkeys(names)) or None,
            series=series,
            until=int(month[1]) if month else None,
            seed=number,
            tempered=tempered,
            chains=chains,
        )
    except SettingError as error:
        problems += error.problems
    if problems:
        raise SettingError("calibrate", problems)
    return settings


def _fitted(scenario: Any, folder: Path, settings: FitSettings, crew: dict[str, Any]) -> Any:
    """Fit, with progress."""
    from alliance_sim.calibration import fit

    with pool_of(**crew) as executor, terminal.progress("calibrating", "steps") as show:
        return fit.calibrate(scenario, folder, settings, executor=executor, callback=Live(show))


class Live:
    """Shows how far a fit is, and what its chains say of themselves so far."""

    def __init__(self, show: Any) -> None:
        """Take what moves the bar."""
        self._show = show

    def __call__(self, theory: str, job: Tempered | Chains) -> None:
        """Tell of one more round."""
        from alliance_sim.calibration import Tempered
        from alliance_sim.cli.activity import activity

        if isinstance(job, Tempered):
            activity.begin(
                f"{theory}: particles at power {job.power:.3g}, "
                f"log evidence so far {job.log_evidence:.1f}",
                "steps",
            )
            self._show(round(100 * job.power), 100)
            return
        every = job.settings.warm_up + job.settings.draws
        words = f"{theory}: chains warm up"
        if job.warm and job.traced.shape[1] >= 4:
            state = job.diagnosis()
            words = (
                f"{theory}: chains, worst R-hat {state.rhat.max():.3f} (nested "
                f"{state.nested_rhat.max():.3f}), least ESS {state.ess_bulk.min():,.0f} "
                f"(tails {state.ess_tail.min():,.0f})"
            )
        activity.begin(words, "sweeps")
        self._show(job.sweeps, every)


def _print(table: pd.DataFrame, folder: Path) -> None:
    from alliance_sim.calibration.diagnostics import doubt_of
    from alliance_sim.cli.tables import theories_table

    terminal.output().print(theories_table(table))
    rows: list[dict[Any, Any]] = table.to_dict(orient="records")
    for row in rows:
        if doubt := doubt_of(row):
            terminal.tell(
                f"{row['theory']}: {doubt}: do not report its numbers; the same command with more "
                f"--draws goes on from here, --draws {draws_that_may_do(row)} may do",
                wrap=True,
            )
    terminal.tell(f"Written to {folder}/")


def draws_that_may_do(row: Mapping[Any, Any]) -> int:
    """Return how long chains may have to be: their errors fall with the root of their length.

    Args:
        row: Of the table of a fit, of a theory that has not converged.
    """
    from alliance_sim.calibration.diagnostics import GOOD_ESS, GOOD_RHAT

    worth = min(row["ess_bulk"], row["ess_tail"])
    known = [value for value in (row["rhat"], row["nested_rhat"]) if not math.isnan(value)]
    if math.isnan(worth) or not known or math.inf in known:  # too short for anything to be told
        return max(DRAWS_USED, TWICE * row["draws"] if row["draws"] >= DRAWS_USED else 0)
    longer = max(GOOD_ESS / worth, (min(known) - 1.0) / (GOOD_RHAT - 1.0))
    draws: float = SPARE * longer * row["draws"]
    return math.ceil(draws / HUNDRED) * HUNDRED
