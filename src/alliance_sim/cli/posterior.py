"""The commands about posteriors: show, check, keep, restamp, state medians, compare theories."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.command import Commands
from alliance_sim.cli.options import (
    PATH,
    SERIES,
    SHIPPED,
    WHOLE_NUMBER,
    Json,
    Posterior,
    Seed,
    Workers,
    command_line,
    draws_of,
    path_of,
    processors,
    seed_of,
    unless_shipped,
)
from alliance_sim.errors import ResultError, SettingError, did_you_mean
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    from alliance_sim import Scenario
    from alliance_sim.calibration import PosteriorDraws, WaitingTimes

BASELINE = usual_scenario()
commands = Commands(
    help="Posteriors: what one says, check it, keep one, state its medians in a file."
)

Fitted = Annotated[
    str, typer.Argument(help="The scenario that was fitted: a shipped name, or a TOML file.")
]
Theory = Annotated[
    str | None,
    typer.Option(help="Theory, such as RID or N. Left out: that of the scenario's switches."),
]
Source = Annotated[
    str,
    typer.Option(
        "--posterior",
        help="`shipped`, or a file of draws, or a folder of them or of a fit.",
        metavar="shipped|PATH",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    app.add_typer(commands, name="posterior", no_args_is_help=True)


def _posterior(
    source: str, scenario: Scenario, theory: str | None, *, asked: str
) -> PosteriorDraws:
    """Return a posterior.

    Args:
        source: Where it is.
        scenario: The scenario that was fitted.
        theory: Its theory.
        asked: The scenario as it was asked for.

    Raises:
        ResultError: If there is none, or it no longer holds.
    """
    from alliance_sim.calibration import PosteriorDraws, shipped_posterior

    if source != SHIPPED:
        if not path_of(source).exists() and (near := did_you_mean(source, [SHIPPED])):
            raise ResultError(f"{source}: does not exist{near}")
        return PosteriorDraws.load(path_of(source), scenario, theory=theory)
    found = shipped_posterior(scenario, theory)
    if found is None:
        fit = command_line("calibrate", asked)
        raise ResultError(
            f"no posterior ships for the relationship {scenario.relationship!r}; to fit one: {fit}"
            "; then give its folder with --posterior"
        )
    return found


@commands.command()
def show(
    scenario: Fitted = BASELINE,
    posterior: Source = SHIPPED,
    theory: Theory = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for a table and a figure; left out: none.", **PATH),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what a posterior says of each number, with the prior beside it."""
    from alliance_sim import load_scenario

    chosen = load_scenario(scenario)
    found = _posterior(posterior, chosen, theory, asked=scenario)
    files = {}
    if out is not None:
        from alliance_sim.report.posterior import write_posterior

        asked = unless_shipped(posterior)
        command = command_line(
            "posterior", "show", scenario, posterior=asked, theory=theory, out=out
        )
        files = write_posterior(found, chosen, out=out, command=command)
    if as_json:
        from alliance_sim.report.posterior import posterior_json

        terminal.print_json(posterior_json(found, files=files))
        return
    from alliance_sim.cli.tables import posterior_table

    table = found.parameters
    terminal.output().print(posterior_table(table))
    prior = int(table["set_by_the_prior"].sum())
    terminal.tell(
        f"{found.label}. {prior} of {len(table)} parameters are set by the prior: at least 90 % of "
        "its spread is left, so the record says next to nothing about them.",
        wrap=True,
    )
    if out is not None:
        terminal.tell(f"Written to {out}/")


@commands.command()
def check(  # noqa: PLR0913, PLR0917 - the options of a command
    scenario: Fitted = BASELINE,
    posterior: Posterior = SHIPPED,
    series: Annotated[str, SERIES] = "all",
    runs: Annotated[
        int, typer.Option(help="How many free runs, 100 to 100,000.", **WHOLE_NUMBER)
    ] = 4000,
    since: Annotated[
        int | None,
        typer.Option(
            help="First year of the acts between which waits are looked at. Left out: the first "
            "that is observed.",
            **WHOLE_NUMBER,
        ),
    ] = None,
    seed: Seed = "1",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for a table and a figure; left out: none.", **PATH),
    ] = None,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Hold the record against free runs in what shows over many quarters, such as the longest gap.

    Numbers of the record that hardly any run has are flagged, with few false alarms among them.
    Of draws that were fitted to these acts it is also told whether waits between dated acts are as
    long as their rates say.
    """
    from alliance_sim import load_scenario
    from alliance_sim.calibration.record_among_runs import check_asked, predictive_checks
    from alliance_sim.report.result_folder import result_folder

    number = seed_of(seed)
    check_asked(runs, series)
    chosen = load_scenario(scenario)
    if out is not None:
        result_folder(out, kind="predictive checks", scenarios=[chosen])
    draws = draws_of(posterior, chosen)
    waits = _waits(chosen, draws, series, since)
    with terminal.progress("simulating") as show:
        found = predictive_checks(
            chosen, posterior=draws, series=series, runs=runs, seed=number,
            threads=processors(workers), progress=show,
        )  # fmt: skip
    files = {}
    if out is not None:
        from alliance_sim.report.predictive_checks import write_checks

        command = command_line(
            "posterior", "check", scenario, series=None if series == "all" else series, runs=runs,
            since=since, seed=number, posterior=unless_shipped(posterior), out=out,
        )  # fmt: skip
        files = write_checks(found, chosen, waits=waits, seed=number, out=out, command=command)
    if as_json:
        from alliance_sim.report.predictive_checks import checks_json

        terminal.print_json(checks_json(found, waits=waits, files=files))
        return
    from alliance_sim.cli.tables import checks_table

    terminal.output().print(checks_table(found, chosen.calendar().periods))
    terminal.tell(found.told(), wrap=True)
    if waits is not None:
        terminal.tell(waits.told(), wrap=True)
    terminal.tell(found.parameters, wrap=True)
    if out is not None:
        terminal.tell(f"Written to {out}/")


def _waits(chosen: Scenario, draws: Any, series: str, since: int | None) -> WaitingTimes | None:
    """Return waits between acts under draws that were fitted to them, None for other draws.

    Raises:
        SettingError: If a first year is given, and it is not observed, or no waits are looked at.
    """
    from alliance_sim.calibration.shipped import usual_posterior
    from alliance_sim.calibration.waits_on_record import waiting_times

    found = usual_posterior(chosen)[0] if draws == SHIPPED else draws
    if found is not None and not chosen.edits and found.held.series == series:
        return waiting_times(found, since=since)
    if since is not None:
        problem = "is of use only with draws that were fitted to this scenario and these acts"
        raise SettingError("--since", [problem])
    return None


@commands.command()
def keep(
    fit: Annotated[Path, typer.Argument(help="Folder of alliance-sim calibrate.", **PATH)],
    scenario: Fitted = BASELINE,
    theory: Theory = None,
    draws: Annotated[
        int, typer.Option(help="How many draws, evenly chosen.", **WHOLE_NUMBER)
    ] = 300,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Folder for the file. Left out: results/posterior/RELATIONSHIP.", **PATH
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Thin a finished fit to a small file of draws, slow noise included, that is checked when read.

    The file is named after its theory; files of several theories may share a folder.
    """
    from alliance_sim import load_scenario
    from alliance_sim.calibration import PosteriorDraws
    from alliance_sim.files import writable_folder

    chosen = load_scenario(scenario)
    found = PosteriorDraws.of_fit(fit, chosen, theory=theory, draws=draws)
    folder = writable_folder(out or Path("results") / "posterior" / chosen.relationship)
    path = folder / f"{found.theory}.npz"
    found.save(path)
    if as_json:
        told = {"draws": len(found), "theory": found.theory, "digest": found.held.digest()}
        terminal.print_json({"file": str(path), **told})
        return
    if len(found) < draws:
        fewer = f"The fit kept {len(found):,} whole draws, fewer than {draws:,}: these are all."
        terminal.tell(fewer, wrap=True)
    terminal.tell(f"{found.label}. Written to {path}")


@commands.command()
def state(
    file: Annotated[
        Path, typer.Argument(help="TOML file of the scenario that was fitted.", **PATH)
    ],
    posterior: Source = SHIPPED,
    theory: Theory = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; not there yet.", **PATH)
    ] = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Write the file itself anew.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write a scenario file in which each fitted number is the median of its posterior.

    Comments, order and ranges stay as they are.
    """
    from alliance_sim import load_scenario
    from alliance_sim.calibration.stated import state_medians

    asked = unless_shipped(posterior)
    again = command_line("posterior", "state", file, "--in-place", posterior=asked, theory=theory)
    target = _one_target("posterior state", file, out, in_place=in_place, again=again)
    chosen = load_scenario(file)
    found = _posterior(posterior, chosen, theory, asked=str(file))
    changes = state_medians(file, found, target)
    moved = {path: pair for path, pair in changes.items() if pair[0] != pair[1]}
    if as_json:
        rows: list[dict[str, Any]] = [
            {"path": path, "before": before, "after": after}
            for path, (before, after) in changes.items()
        ]
        terminal.print_json({"file": str(target), "posterior": found.label, "numbers": rows})
        return
    terminal.tell(f"{target}: {len(changes)} numbers are fitted, {len(moved)} of them moved.")


@commands.command()
def vary(  # noqa: PLR0913, PLR0917 - the options of a command
    scenario: Fitted = BASELINE,
    posterior: Source = SHIPPED,
    theory: Theory = None,
    particles: Annotated[
        int,
        typer.Option(help="How many draws are led on where weights do not reach.", **WHOLE_NUMBER),
    ] = 64,
    sweeps: Annotated[
        int, typer.Option(help="Sweeps of these draws at each power.", **WHOLE_NUMBER)
    ] = 4,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Folder for the files. Left out: `variants` beside the draws, where a what-if "
            "looks.",
            **PATH,
        ),
    ] = None,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Keep what draws are worth under other series, editions and reporting of the record.

    Draws are weighed by the ratio of likelihoods; where these weights are not to be trusted (k
    above 0.7), draws are led to the other posterior. The same command goes on where it was stopped.
    """
    from alliance_sim import load_scenario
    from alliance_sim.calibration.variants import FOLDER
    from alliance_sim.calibration.varied import vary as kept_beside
    from alliance_sim.parallel import executors
    from alliance_sim.results.draws import shipped_draws
    from alliance_sim.results.sealed import ENDING

    _check_led(particles, sweeps)
    chosen = load_scenario(scenario)
    found = _posterior(posterior, chosen, theory, asked=scenario)
    asked = unless_shipped(posterior)
    if asked is None and out is None:
        again = command_line("posterior", "vary", scenario, out="variants")
        problem = f"is missing, as the shipped draws stand where nothing is written: {again}"
        raise SettingError("--out", [problem])
    known = shipped_draws(chosen.relationship)
    beside = Path()
    if asked is not None:
        beside = path_of(asked)
        beside = beside if beside.is_dir() else beside.parent
        known = {file.stem: file for file in beside.glob(f"*{ENDING}")}
    folder = out or beside / FOLDER
    command = command_line(
        "posterior", "vary", scenario, posterior=asked, theory=theory, particles=particles,
        sweeps=sweeps, out=folder,
    )  # fmt: skip
    with executors.chosen(workers=processors(workers)) as pool:
        weights, made = kept_beside(
            found, folder, command=command, theories=known, particles=particles, sweeps=sweeps,
            executor=pool, callback=lambda what: terminal.tell(f"{what} ..."),
        )  # fmt: skip
    if as_json:
        rows = [
            {"reading": name, "k": k if math.isfinite(k) else None, "worth": worth,
             "file": str(made[name]) if name in made else None}
            for name, k, worth, _ in weights.readings()
        ]  # fmt: skip
        terminal.print_json({
            "folder": str(folder), "readings": rows, "impossible": dict(weights.impossible),
            "forecasts": {name: dict(one) for name, one in weights.forecasts.items()},
        })  # fmt: skip
        return
    for name, k, worth, usable in weights.readings():
        by = (
            f"draws weighed, worth {worth:.0f} of {len(found)}"
            if usable is not None
            else (f"draws led on, in {made[name].name}")
        )
        terminal.tell(f"{name}: k {k:.2f}; {by}", wrap=True)
    for name, why in weights.impossible.items():
        terminal.tell(f"theory {name}: {why}", wrap=True)
    terminal.tell(f"Written to {folder}/")


def _check_led(particles: int, sweeps: int) -> None:
    """Raise an error unless sizes are in range.

    Raises:
        SettingError: Naming each that is not.
    """
    sizes = {"--particles": (particles, 8, 100_000), "--sweeps": (sweeps, 1, 1000)}
    problems = [
        f"{name} is {value}, must be from {least} to {most:,}"
        for name, (value, least, most) in sizes.items()
        if not least <= value <= most
    ]
    if problems:
        raise SettingError("posterior vary", problems)


@commands.command()
def restamp(
    file: Annotated[
        Path, typer.Argument(help="File of draws, as `posterior keep` wrote it.", **PATH)
    ],
    scenario: Annotated[
        str, typer.Option(help="The scenario that was fitted: a shipped name, or a TOML file.")
    ] = BASELINE,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; not there yet.", **PATH)
    ] = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Write the file itself anew.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say in a file of draws that they hold for the rules of today, once that was worked out.

    Only where priors and record are what they were and the log likelihoods that were kept come out
    to the last bit; the draws stay as they are.
    """
    from alliance_sim import load_scenario
    from alliance_sim.calibration.still_holds import restamped
    from alliance_sim.results.draws import load_draws

    asked = None if scenario == BASELINE else scenario
    again = command_line("posterior", "restamp", file, "--in-place", scenario=asked)
    target = _one_target("posterior restamp", file, out, in_place=in_place, again=again)
    held = load_draws(file)
    found = restamped(held, load_scenario(scenario), str(file))
    changed = [name for name, digest in found.digests.items() if held.digests.get(name) != digest]
    found.save(target)
    if as_json:
        terminal.print_json({"file": str(target), "changed": changed, "digest": found.digest()})
        return
    told = " and ".join(changed) or "nothing"
    terminal.tell(f"{target}: {len(found.checked)} log likelihoods hold; {told} stamped anew.")


def _one_target(command: str, file: Path, out: Path | None, *, in_place: bool, again: str) -> Path:
    """Return the file that is to be written; `again` is the line to type where none is named.

    Raises:
        SettingError: If none or two are named, or what is named is there.
    """
    if in_place == (out is not None):
        raise SettingError(command, [f"give either --out FILE or --in-place, such as: {again}"])
    if out is not None and out.exists():
        raise SettingError(str(out), ["is there already and is not overwritten; choose another"])
    return file if out is None else out


@commands.command()
def theories(
    fits: Annotated[
        list[Path],
        typer.Argument(help="Folders of alliance-sim calibrate, of the same record.", **PATH),
    ],
    scenario: Annotated[
        str, typer.Option(help="The scenario that was fitted: a shipped name, or a TOML file.")
    ] = BASELINE,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for the file. Left out: results/theories.", **PATH),
    ] = None,
    as_json: Json = False,
) -> None:
    """Put what fits of rival theories came to beside each other, and keep it as one small file.

    Evidence, how far chains agree, and log scores of years left out. `alliance-sim score` shows
    the file that ships, or with --fit the folders.
    """
    from alliance_sim import load_scenario
    from alliance_sim.cli.theories import of_folders, theories_table
    from alliance_sim.files import writable_folder
    from alliance_sim.report.result_folder import rows_of
    from alliance_sim.results.sealed import ENDING

    found = of_folders(fits, load_scenario(scenario))
    folder = writable_folder(out or Path("results") / "theories")
    path = folder / f"{found.record}{ENDING}"
    found.save(path)
    if as_json:
        rows, parts = rows_of(found.frame()), rows_of(found.shapley())
        terminal.print_json({"file": str(path), "theories": rows, "theory_shapley": parts})
        return
    terminal.output().print(theories_table(found))
    terminal.tell(found.told(), wrap=True)
    terminal.tell(f"Written to {path}")
