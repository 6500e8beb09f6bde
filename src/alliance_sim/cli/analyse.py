"""Commands for what comes after a sweep: summaries, sensitivity, discovery."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.options import PATH, Json, Workers, command_line, processors
from alliance_sim.errors import SettingError
from alliance_sim.files import writable_folder

if TYPE_CHECKING:
    from alliance_sim.engine.simulate import Progress
    from alliance_sim.sweep.sweep import Sweep

Folder = Annotated[Path, typer.Argument(help="Results folder of a sweep.", **PATH)]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="Folder to write to; a folder in DIR if left out.", **PATH),
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
    workers: Workers = None,
) -> None:
    """Means, quantiles and probabilities at each point of a sweep, with their Monte Carlo error."""
    from alliance_sim.report.sweep import summarise_sweep, write_summary

    sweep = _opened(folder)
    place = writable_folder(out or folder / "summary")
    command = command_line(
        "summarise", folder, outcome=outcome, by=by, scenario=scenario, out=place
    )
    with _working(command) as show:
        found = summarise_sweep(
            sweep,
            outcome or [],
            by=by or [],
            scenario=scenario,
            workers=processors(workers),
            progress=show,
        )
    tree = write_summary(found, out=place, command=command)
    if as_json:
        terminal.print_json(tree)
        return
    from alliance_sim.cli.tables import ranges_table

    terminal.output().print(ranges_table(found))
    _print_end(found.words(), place)


def sensitivity(  # noqa: PLR0913, PLR0917 - the options of a command
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
    workers: Workers = None,
) -> None:
    """Which factors an outcome of a sweep hangs on, with 95 % intervals."""
    from alliance_sim.report.sensitivity import sweep_sensitivity, write_sensitivity

    sweep = _opened(folder)
    place = writable_folder(out or folder / "sensitivity")
    command = command_line(
        "sensitivity",
        folder,
        outcome=outcome,
        method=method,
        contrast=contrast,
        scenario=scenario,
        out=place,
    )
    with _working(command) as show:
        found = sweep_sensitivity(
            sweep,
            outcome,
            method=method,
            contrast=contrast,
            scenario=scenario,
            workers=processors(workers),
            progress=show,
        )
    tree = write_sensitivity(found, out=place, command=command)
    if as_json:
        terminal.print_json(tree)
        return
    from alliance_sim.cli.tables import pairs_table, sensitivity_table

    console = terminal.output()
    console.print(sensitivity_table(found.found, found.what))
    if found.found.pairs is not None:
        console.print(pairs_table(found.found.pairs))
    _print_end(found.words(), place)


def discover(  # noqa: PLR0913, PLR0917 - the options of a command
    folder: Folder,
    outcome: Outcome,
    method: Annotated[
        str, typer.Option("--method", help="prim (boxes) or cart (a tree).")
    ] = "prim",
    scenario: Scenario = None,
    boxes: Annotated[
        int | None,
        typer.Option("--boxes", help="prim: look for at most so many boxes; 3 if left out."),
    ] = None,
    step: Annotated[
        int | None,
        typer.Option("--step", help="prim: take this step of the first peeling as the box."),
    ] = None,
    resample: Annotated[
        int | None,
        typer.Option(
            "--resample",
            help="prim: see in so many random halves of the runs which factors are limited again.",
        ),
    ] = None,
    out: Out = None,
    as_json: Json = False,
    workers: Workers = None,
) -> None:
    """Under which conditions something happens in a sweep, such as --outcome 'rung>=8@2014'."""
    from alliance_sim.analysis.discovery.discover import Search
    from alliance_sim.report.discovery import sweep_discovery, write_discovery

    asked = {"boxes": boxes, "step": step, "resample": resample}
    given = {name: value for name, value in asked.items() if value is not None}
    if method == "cart" and given:
        problems = [f"--{name} goes with --method prim and not with cart" for name in given]
        raise SettingError("discover", problems)
    sweep = _opened(folder)
    place = writable_folder(out or folder / "discovery")
    command = command_line(
        "discover", folder, outcome=outcome, method=method, scenario=scenario, **asked, out=place
    )
    with _working(command) as show:
        found = sweep_discovery(
            sweep,
            outcome,
            method=method,
            scenario=scenario,
            search=Search(**given),
            workers=processors(workers),
            progress=show,
        )
    tree = write_discovery(found, out=place, command=command)
    if as_json:
        terminal.print_json(tree)
        return
    from alliance_sim.cli.tables import again_table, boxes_table

    console = terminal.output()
    for table in boxes_table(found.found, found.column.title):
        console.print(table)
    if found.found.again is not None:
        console.print(again_table(found.found.again))
    _print_end(found.words(), place)


def _opened(folder: Path) -> Sweep:
    from alliance_sim.sweep.sweep import open_sweep

    return open_sweep(folder)


@contextmanager
def _working(command: str) -> Iterator[Progress | None]:
    """Yield what to call with (runs done, runs asked for); if stopped, say how to go on."""
    words = f"Runs that were simulated again are kept. To go on: {command}"
    with terminal.stoppable(lambda: words), terminal.progress("working") as show:
        yield show


def _print_end(words: list[str], place: Path) -> None:
    for sentence in words:
        terminal.tell(sentence, wrap=True)
    terminal.tell(f"Written to {place}/")
