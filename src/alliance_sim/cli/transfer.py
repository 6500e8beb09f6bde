"""`alliance-sim score --posterior`: what one relationship taught, held against another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.options import command_line, path_of
from alliance_sim.cli.pools import pool_of
from alliance_sim.errors import AllianceSimError, ResultError, SettingError, nearest_name, shown
from alliance_sim.nearest import nearest_file

if TYPE_CHECKING:
    from alliance_sim.calibration import PosteriorDraws
    from alliance_sim.calibration.carried_forecasts import Transfer
    from alliance_sim.scenario import Scenario

FOLDER = "carried_over"  # within the folder of results, while passes are under way
POSTERIOR = typer.Option(
    help="Score another relationship: take the coefficients of the rules from these draws and let "
    "only floors and chances of being coded be free. The name of a relationship whose draws come "
    "with the package, a file of draws, or a folder of them or of a fit.",
    metavar="RELATIONSHIP|PATH",
)


def posterior_named(given: str, theories: list[str] | None, *, refit: bool) -> PosteriorDraws:
    """Return the draws that `--posterior` names, with the scenario that they were fitted to.

    Args:
        given: What was given.
        theories: Which theory of several; the synthesis, or the only one, if left out.
        refit: Whether the theories are those of fits of the scenario's own.

    Raises:
        SettingError: If it names nothing.
        ResultError: If there are no draws, or they no longer hold.
    """
    from alliance_sim.calibration import PosteriorDraws
    from alliance_sim.results.draws import shipped_draws

    theory = None
    if theories and not refit:
        theory = theories[0]
        if len(theories) > 1:
            problem = f"is given {len(theories)} times; with --posterior draws of one are taken"
            raise SettingError("--theory", [problem])
    shipped = shipped_draws(given)
    if shipped:
        name = _one_of(given, list(shipped), theory)
        return PosteriorDraws.load(shipped[name], _fitted(shipped[name], given))
    place = path_of(given)
    if not place.exists():
        raise SettingError("--posterior", [_not_there(given, place)])
    if not place.is_dir():
        return PosteriorDraws.load(place, _fitted(place, given), theory=theory)
    known = _theories(place)
    name = _one_of(given, known, theory)
    return PosteriorDraws.load(place, _fitted_in(place, name), theory=name)


def _not_there(given: str, place: Path) -> str:
    """Return what is wrong with a name that is no file, and what to do."""
    from alliance_sim.results.draws import shipped_relationships
    from alliance_sim.scenario.file import shipped_scenarios

    problem = f"is {shown(given)}"
    if f"{given}/baseline" in shipped_scenarios():
        fit = command_line("calibrate", f"{given}/baseline", out=f"results/{given}")
        again = f"--posterior results/{given}"
        return (
            f"{problem}, a relationship whose draws do not come with the package; to fit "
            f"it: {fit}; then give {again}"
        )
    known = shipped_relationships()
    near = nearest_name(given, known) or nearest_file(place)
    meant = f"; did you mean {near!r}?" if near else ""
    return (
        f"{problem}, must be a relationship whose draws come with the package, or a file or folder "
        f"of draws{meant} (known: {', '.join(known) or 'none'})"
    )


def _theories(folder: Path) -> list[str]:
    """Return the theories of a folder of draws, or of a fit.

    Raises:
        ResultError: If there is none.
    """
    from alliance_sim.calibration.kept_fit import FIT, no_draws, told_of_fit

    if (folder / FIT).is_file():
        known = sorted(told_of_fit(folder)["theories"])
    else:
        known = sorted(file.stem for file in folder.glob("*.npz"))
    if not known:
        raise ResultError(no_draws(folder))
    return known


def _one_of(given: str, known: list[str], theory: str | None) -> str:
    """Return which theory is meant.

    Raises:
        SettingError: If it is not there, or several are and none is named.
    """
    from alliance_sim.calibration.shipped import SYNTHESIS
    from alliance_sim.errors import unknown_name
    from alliance_sim.scenario.theories import theory_of

    if theory is not None:
        name = theory_of(theory).name
        if name not in known:
            raise SettingError("--theory", [f"{given}: {unknown_name('theory', name, known)}"])
        return name
    if SYNTHESIS in known or len(known) == 1:
        return SYNTHESIS if SYNTHESIS in known else known[0]
    problem = f"{given} holds {', '.join(known)}; say which with --theory, such as {known[0]}"
    raise SettingError("--theory", [problem])


def _fitted(file: Path, given: str) -> Scenario:
    """Return the scenario that the draws of a file are of."""
    from alliance_sim.calibration.kept_fit import draws_in

    return _scenario(draws_in(file).scenario, given)


def _fitted_in(folder: Path, theory: str) -> Scenario:
    """Return the scenario that a folder of draws, or of a fit, is of."""
    from alliance_sim.calibration.kept_fit import FIT, told_of_fit

    if (folder / FIT).is_file():
        return _scenario(str(told_of_fit(folder).get("scenario", "")), str(folder))
    return _fitted(folder / f"{theory}.npz", str(folder))


def _scenario(name: str, given: str) -> Scenario:
    """Return a scenario by the name that draws have of it.

    Raises:
        ResultError: If none that ships has it.
    """
    from alliance_sim import load_scenario

    try:
        return load_scenario(name)
    except AllianceSimError as error:
        raise ResultError(
            f"{given}: its draws are of the scenario {shown(name)}, which does not ship, so they "
            "cannot be checked from here; in Python: calibration.transfer(scenario, "
            "PosteriorDraws.load(path, fitted))"
        ) from error


def told(given: str | None, draws: PosteriorDraws | None) -> dict[str, Any]:
    """Return the options of a command line that carries over the same again."""
    return {} if draws is None else {"posterior": given, "theory": [draws.theory]}


def transferred(
    scenario: Scenario,
    posterior: PosteriorDraws | None,
    series: tuple[str, ...],
    since: int | None,
    *,
    folder: Path,
    workers: int | None,
    again: str,
) -> Transfer | None:
    """Forecast with what is carried over, with progress, from wherever the folder stands.

    Returns:
        The forecasts; None if nothing is carried over.
    """
    if posterior is None:
        return None
    from alliance_sim.calibration.carried_forecasts import TransferSettings, transfer
    from alliance_sim.cli.activity import activity

    pool = pool_of(workers)
    with (
        terminal.stoppable(lambda: f"What was done is safe. To go on: {again}"),
        pool as executor,
        terminal.progress("forecasting with what is carried over", "years") as show,
    ):

        def live(one: str, job: Any) -> None:
            activity.begin(f"carried over, {one}: {job.words()}", "years")
            show(*job.so_far())

        return transfer(
            scenario,
            posterior,
            TransferSettings(series=series, since=since),
            under_way=folder / FOLDER,
            executor=executor,
            callback=live,
        )
