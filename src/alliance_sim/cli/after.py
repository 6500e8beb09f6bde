"""Commands for what comes after a sweep: summaries, sensitivity, discovery."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance_sim.cli import common
from alliance_sim.cli.common import Json

if TYPE_CHECKING:
    from alliance_sim.experiment.store import Sweep

Folder = Annotated[Path, typer.Argument(help="Results folder of a sweep.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="Folder to write to; a folder in DIR if left out."),
]
Scenario = Annotated[
    str | None, typer.Option("--scenario", help="Label of a scenario of the sweep.")
]
OUTCOME = (
    "Name of an outcome, a comparison such as 'rung_end>=8', or a text such as 'rung>=8@2014'; "
    "runs are simulated again if it was not kept."
)
Outcome = Annotated[str, typer.Option("--outcome", help=OUTCOME)]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    app.command()(summarise)
    app.command()(sensitivity)
    app.command()(discover)


@common.told
def summarise(
    folder: Folder,
    outcome: Annotated[
        list[str] | None,
        typer.Option("--outcome", help=f"{OUTCOME} All that were kept if left out."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", help="Factor to draw over, once (fan) or twice (heat map)."),
    ] = None,
    scenario: Scenario = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Means, quantiles and probabilities at each point of a sweep, with their Monte Carlo error."""
    from alliance_sim.report import prepare_folder
    from alliance_sim.report.sweep import summarise_sweep, write_summary

    sweep = _opened(folder)
    place = prepare_folder(out or folder / "summary")
    with common.progress("working") as show:
        found = summarise_sweep(sweep, outcome or [], by=by or [], scenario=scenario, progress=show)
    command = _command("summarise", folder, outcome=outcome, by=by, scenario=scenario, out=place)
    tree = write_summary(found, out=place, command=command)
    if as_json:
        common.print_json(tree)
        return
    from alliance_sim.cli.sweep_tables import ranges_table

    common.output().print(ranges_table(found))
    _print_end(found.words(), place)


@common.told
def sensitivity(
    folder: Folder,
    outcome: Outcome,
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            help="sobol (needs a Saltelli design), morris (a Morris design) or pawn (any points "
            "that fill the space); what fits the design if left out.",
        ),
    ] = None,
    contrast: Annotated[
        str | None,
        typer.Option(
            "--contrast", help="'B - A': the difference of two scenarios of the sweep, run by run."
        ),
    ] = None,
    scenario: Scenario = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Which factors an outcome of a sweep hangs on, with 95 % intervals."""
    from alliance_sim.report import prepare_folder
    from alliance_sim.report.sensitivity import sweep_sensitivity, write_sensitivity

    sweep = _opened(folder)
    place = prepare_folder(out or folder / "sensitivity")
    with common.progress("working") as show:
        found = sweep_sensitivity(
            sweep,
            outcome,
            method=method,
            contrast=contrast,
            scenario=scenario,
            progress=show,
        )
    command = _command(
        "sensitivity",
        folder,
        outcome=outcome,
        method=method,
        contrast=contrast,
        scenario=scenario,
        out=place,
    )
    tree = write_sensitivity(found, out=place, command=command)
    if as_json:
        common.print_json(tree)
        return
    from alliance_sim.cli.sweep_tables import pairs_table, sensitivity_table

    console = common.output()
    console.print(sensitivity_table(found.found, found.what))
    if found.found.pairs is not None:
        console.print(pairs_table(found.found.pairs))
    _print_end(found.words(), place)


@common.told
def discover(  # noqa: PLR0913, PLR0917 - the options of a command
    folder: Folder,
    outcome: Outcome,
    method: Annotated[
        str, typer.Option("--method", help="prim (boxes) or cart (a tree).")
    ] = "prim",
    scenario: Scenario = None,
    boxes: Annotated[
        int, typer.Option("--boxes", help="prim: look for at most so many boxes.")
    ] = 3,
    step: Annotated[
        int | None,
        typer.Option("--step", help="prim: take this step of the first peeling as the box."),
    ] = None,
    resample: Annotated[
        int,
        typer.Option(
            "--resample",
            help="prim: see in so many random halves of the runs which factors are limited again.",
        ),
    ] = 0,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Under which conditions something happens in a sweep, such as --outcome 'rung>=8@2014'."""
    from alliance_sim.analysis.discovery import Search
    from alliance_sim.report import prepare_folder
    from alliance_sim.report.discovery import sweep_discovery, write_discovery

    sweep = _opened(folder)
    place = prepare_folder(out or folder / "discovery")
    with common.progress("working") as show:
        found = sweep_discovery(
            sweep,
            outcome,
            method=method,
            scenario=scenario,
            search=Search(boxes=boxes, step=step, resample=resample),
            progress=show,
        )
    options: dict[str, Any] = {"outcome": outcome, "method": method, "scenario": scenario}
    if method == "prim":
        options |= {"boxes": boxes, "step": step, "resample": resample or None}
    tree = write_discovery(
        found, out=place, command=_command("discover", folder, **options, out=place)
    )
    if as_json:
        common.print_json(tree)
        return
    from alliance_sim.cli.sweep_tables import again_table, boxes_table

    console = common.output()
    for table in boxes_table(found.found, found.column.title):
        console.print(table)
    if found.found.again is not None:
        console.print(again_table(found.found.again))
    _print_end(found.words(), place)


def _opened(folder: Path) -> Sweep:
    from alliance_sim.experiment.store import open_sweep

    return open_sweep(folder)


def _command(name: str, folder: Path, **options: Any) -> str:
    """Return the command that makes files again; an option may be given several times."""
    words = ["alliance-sim", name, str(folder)]
    for option, value in options.items():
        values = value if isinstance(value, list) else [] if value is None else [value]
        for one in values:
            words += [f"--{option}", str(one)]
    return shlex.join(words)


def _print_end(words: list[str], place: Path) -> None:
    console = common.output()
    for sentence in words:
        console.print(sentence, markup=False)
    console.print(f"Written to {place}/", markup=False)
