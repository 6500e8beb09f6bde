"""The command that runs sweeps."""

from __future__ import annotations

import os
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance_sim.cli import exit_codes, terminal
from alliance_sim.cli.activity import Rate, activity
from alliance_sim.cli.options import (
    PATH,
    WHOLE_NUMBER,
    Json,
    command_line,
    processors,
    refuse_beside,
)
from alliance_sim.cli.pools import check_one_pool
from alliance_sim.errors import AllianceSimError, SettingError
from alliance_sim.files import writable_folder

if TYPE_CHECKING:
    from alliance_sim.sweep.plan import Plan
    from alliance_sim.sweep.sweep import Sweep

PLAN = typer.Argument(help="TOML file of a plan, or the folder of a sweep.", metavar="PLAN")
OUT = typer.Option(
    "--out",
    help="Folder for the results. Left out: the folder given as PLAN, or results/<plan>.",
    **PATH,
)
WORKERS = typer.Option(
    help="Processes to use; one per processor if nothing else is asked for.", **WHOLE_NUMBER
)
THREADS = typer.Option(
    help="Or threads of one process: less memory, as quick where each point has many replicates.",
    **WHOLE_NUMBER,
)
SCHEDULER = typer.Option(help="Or the address of a Dask scheduler, or its scheduler file (.json).")
BLOCK = typer.Option(help="Runs to compute at a time; numbers stay the same.", **WHOLE_NUMBER)
STATUS = typer.Option("--status", help="Say what is there, and simulate nothing.")
CSV = typer.Option(
    "--csv", help="Also write all rows as one CSV file: a head, and a line for each run.", **PATH
)
RETRY = typer.Option(
    "--retry-failed", help="Compute rows that failed once more, also of a finished sweep."
)
REPLICATES = typer.Option(
    help="How many replicates there are to be in all; old ones stay.", **WHOLE_NUMBER
)
POINTS = typer.Option(
    help="How many points (base points, trajectories) there are to be in all; old ones stay.",
    **WHOLE_NUMBER,
)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    app.command()(sweep)


def sweep(  # noqa: PLR0913, PLR0917 - the options of a command are its arguments
    plan: Annotated[str, PLAN],
    out: Annotated[Path | None, OUT] = None,
    workers: Annotated[int | None, WORKERS] = None,
    threads: Annotated[int | None, THREADS] = None,
    scheduler: Annotated[str | None, SCHEDULER] = None,
    block: Annotated[int | None, BLOCK] = None,
    status: Annotated[bool, STATUS] = False,
    replicates: Annotated[int | None, REPLICATES] = None,
    points: Annotated[int | None, POINTS] = None,
    retry_failed: Annotated[bool, RETRY] = False,
    csv: Annotated[Path | None, CSV] = None,
    as_json: Json = False,
) -> None:
    """Run a plan, from wherever its folder stands to its end.

    Stop it with Ctrl-C whenever you like: the same command goes on. To run a sweep again, give its
    folder as PLAN and a new one as --out; to extend it, give its folder and --replicates or
    --points.
    """
    in_folder = os.path.isdir(plan)  # noqa: PTH112 - it raises nothing
    folder = out or (Path(plan) if in_folder else Path("results") / Path(plan).stem)
    crew = {"workers": workers, "threads": threads, "scheduler": scheduler}
    size = {"replicates": replicates, "points": points}
    if status:
        alone = {**size, **crew, "block": block, "csv": csv, "retry_failed": retry_failed or None}
        refuse_beside("sweep", alone, "--status, which simulates and writes nothing")
        _print_status(folder, as_json=as_json)
        return
    check_one_pool("sweep", crew)
    again = command_line("sweep", plan, out=folder, **size, **crew, block=block, csv=csv)
    again += " --retry-failed" if retry_failed else ""
    with terminal.stoppable(lambda: f"{_done(folder):,} rows are safe. To go on: {again}"):
        from alliance_sim.sweep.plan_file import load_plan
        from alliance_sim.sweep.resume import enlarged

        wanted = enlarged(load_plan(plan), replicates=replicates, points=points)
        if csv is not None:
            _check_csv(csv, folder)
        if not folder.is_dir():
            writable_folder(folder)
        settings = {"workers": workers, "block": block, "retry_failed": retry_failed}
        _run(wanted, folder, _pool(threads, scheduler), settings, csv=csv, as_json=as_json)


def _check_csv(csv: Path, folder: Path) -> None:
    """Refuse a file for the rows, before they are simulated, that would take another one's place.

    Raises:
        SettingError: If it cannot be written, or what stands there is no table of a sweep, such as
            the plan or its table of points.
    """
    from alliance_sim.sweep.store.own_places import refuse_own_places
    from alliance_sim.sweep.store.parquet import ROW_LABELS

    refuse_own_places(folder, csv)
    writable_folder(csv.parent)
    if csv.is_dir():
        problem = "cannot be written: a folder of that name stands in the way"
        raise SettingError(str(csv), [problem])
    if csv.is_file() and csv.stat().st_size:
        head = f"{','.join(ROW_LABELS)},".encode()
        with csv.open("rb") as file:
            if file.read(len(head)) != head:
                problem = "is there already and is no table of a sweep, which alone is replaced"
                raise SettingError(str(csv), [f"{problem}; choose another name"])


def _pool(threads: int | None, scheduler: str | None) -> AbstractContextManager[Executor | None]:
    """Return what gives the executor asked for; None stands for processes."""
    from alliance_sim.parallel import executors

    if threads is not None:
        return executors.chosen(threads=processors(threads, "--threads"))
    if scheduler is not None:
        return executors.cluster(scheduler)
    return nullcontext()


def _run(
    plan: Plan,
    folder: Path,
    pool: AbstractContextManager[Executor | None],
    settings: dict[str, Any],
    *,
    csv: Path | None,
    as_json: bool,
) -> None:
    from alliance_sim.sweep.run import run_sweep

    rate = Rate()
    with pool as executor, terminal.progress("simulating") as show:

        def told(done: int, rows: int) -> None:
            rate.at(done)
            show(done, rows)

        found = run_sweep(
            plan,
            folder,
            executor=executor,
            progress=told,
            **{**settings, "workers": processors(settings["workers"])},
        )
    if csv is not None:
        activity.begin(f"writing {csv}")
        found.to_csv(csv)
    _report(found, rate, as_json=as_json)
    if csv is not None and not as_json:
        terminal.tell(f"Written to {csv}")
    if found.rows and found.failed == found.rows:
        raise typer.Exit(exit_codes.FAILED)


def _report(found: Sweep, rate: Rate, *, as_json: bool) -> None:
    """Say in the end what was done."""
    from alliance_sim.sweep.sweep import status

    if as_json:
        terminal.print_json({**status(found), "simulated": rate.gained})
        return
    if rate.gained:
        speed = rate.each_second()
        words = f"{rate.gained:,} runs simulated" + (f", {speed:,.0f} runs/s" if speed else "")
    else:
        words = "Finished already, nothing to do"
    _print_lines([f"{words}. {_counts(found)} in {found.folder}/", *_reasons(found)])


def _print_status(folder: Path, *, as_json: bool) -> None:
    from alliance_sim.sweep.store.inventory import damages
    from alliance_sim.sweep.sweep import status, sweep_in

    found = sweep_in(folder)
    wrong = damages(folder, found.metadata, found.inventory)
    if as_json:
        terminal.print_json(status(found, wrong))
        return
    again = command_line("sweep", folder)
    if wrong:
        state = f"damaged; to mend it: {again}"
    else:
        state = "finished" if found.complete else f"to go on: {again}"
    plan = found.plan
    points = f"{plan.points:,} points, scenarios {', '.join(plan.labels)}"
    _print_lines(
        [
            f"{found.metadata.title}: {_counts(found)}, {state}",
            f"{points}, {plan.replicates:,} replicates, seed {plan.seed}",
            f"Made by alliance-sim {found.metadata.version}, plan {found.metadata.digest}",
            *([] if wrong else _reasons(found)),
            *(f"  - {problem}" for problem in wrong),
        ]
    )


def _counts(found: Sweep) -> str:
    failed = f", {found.failed:,} of them failed" if found.failed else ""
    return f"{found.done:,} of {found.rows:,} rows{failed}"


def _reasons(found: Sweep) -> list[str]:
    """Return the most frequent reasons why runs failed, and how to try them again, as lines."""
    lines = [f"  - {count:,} failed: {text}" for text, count in found.reasons()]
    again = f"{command_line('sweep', found.folder)} --retry-failed"
    return [*lines, f"To try them once more: {again}"] if lines else []


def _print_lines(lines: list[str]) -> None:
    for line in lines:
        terminal.tell(line)


def _done(folder: Path) -> int:
    """Return how many rows a folder holds now; 0 where there is none, or none that can be read."""
    from alliance_sim.sweep.sweep import sweep_in

    try:
        return sweep_in(folder).done
    except AllianceSimError:
        return 0
