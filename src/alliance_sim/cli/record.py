"""The commands about records: check a folder, make one, and hold two codings together."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alliance_sim.cli import exit_codes, terminal
from alliance_sim.cli.command import Commands
from alliance_sim.cli.options import (
    PATH,
    WHOLE_NUMBER,
    Json,
    Seed,
    all_right,
    command_line,
    seed_of,
)
from alliance_sim.errors import RecordError, SettingError, unknown_name
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    from alliance_sim import Scenario
    from alliance_sim.record.folder import Folder

commands = Commands(help="Records of a relationship: check, make, or hold two codings together.")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    app.add_typer(commands, name="record", no_args_is_help=True)


@commands.command()
def check(
    folder: Annotated[
        Path,
        typer.Argument(
            help="Folder of a record, or of its editions; or the name of one that comes with the "
            "package, with an edition after an @ if you like.",
            **PATH,
        ),
    ],
    scenario: Annotated[
        str | None,
        typer.Option(help="Scenario that it is to be a record for: sides, members, ladder, years."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say that a folder is a sound record, or everything that is wrong with it.

    Warnings tell what is allowed and was probably not meant: an act that stands twice, a rung
    that is passed over and, of a scenario, a step, an agreement or a refusal that a fit would
    count twice or not notice.
    """
    from alliance_sim import load_scenario
    from alliance_sim.record.decisions import check_decisions
    from alliance_sim.record.folder import REQUIRED, edition_of, read_folder
    from alliance_sim.record.named import check_sides, mismatches, shipped_record
    from alliance_sim.record.words import registered

    asked = str(folder)
    shipped = asked.partition("@")[0] in registered() and not folder.exists()
    chosen = None
    if scenario is not None:
        own = asked if shipped else str(folder.resolve())
        chosen = load_scenario(scenario).model_copy(update={"record": own})
    problems: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    rows: dict[str, int] = {}
    try:
        chosen_edition = shipped_record(asked) if shipped else edition_of(folder)
        found = read_folder(chosen_edition)
        check_decisions(chosen_edition, found)
        if chosen is not None:
            check_sides(found, str(folder), chosen)
            unlike = mismatches(found, chosen)
        doubts = _doubts(found, chosen)
        rows = {name: len(table) for name, table in found.tables.items()}
    except RecordError as error:
        problems = error.problems
        if not as_json:
            terminal.say(str(error))
    if as_json:
        told = {"ok": not problems, "problems": list(problems), "mismatches": list(unlike)}
        told["doubts"] = list(doubts)
        terminal.print_json({"folder": str(folder), **told, "rows": rows})
    elif not problems:
        named = {name: count for name, count in rows.items() if count or name in REQUIRED}
        counts = ", ".join(f"{count} rows of {name}.csv" for name, count in named.items())
        terminal.tell(f"{folder}: sound; {counts}")
        for doubt in (*unlike, *doubts):
            terminal.say(f"warning: {doubt}")
    if problems:
        raise typer.Exit(exit_codes.WRONG_INPUT)


def _doubts(found: Folder, chosen: Scenario | None) -> tuple[str, ...]:
    """Return what was probably not meant in a record, and in one of a scenario."""
    from alliance_sim.calibration.observed import unread
    from alliance_sim.record.doubts import doubts_of
    from alliance_sim.record.record import Record

    formal = () if chosen is None else tuple(unread(Record.of(chosen), chosen))
    return (*doubts_of(found), *formal)


@commands.command()
def make(
    scenario: Annotated[str, typer.Argument(help="Name of a shipped scenario, or a TOML file.")],
    seed: Seed = "1",
    run: Annotated[
        int, typer.Option(help="Number of the run that is to be the history.", **WHOLE_NUMBER)
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Folder for it; left out: the folder that a file of yours names.", **PATH
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write the record that one run of a scenario leaves, and beside it the truth about it."""
    from alliance_sim import load_scenario
    from alliance_sim.comparison.made import make_record, reporting_for

    number, _ = all_right("record make", partial(seed_of, seed), partial(_run_of, run))
    chosen = load_scenario(scenario)
    own = Path(chosen.record) if "/" in chosen.record and Path(scenario).is_file() else None
    place = out or own
    if place is None:
        again = command_line("record", "make", scenario, seed=seed, run=run, out="results/record")
        problem = f"{scenario} is no file that names a folder of its own; give one: {again}"
        raise SettingError("record make", [problem])
    used = reporting_for(chosen, place)
    written = make_record(chosen, seed=number, run=run, out=place)
    if as_json:
        terminal.print_json({"files": written, "reporting": None if used is None else str(used)})
    else:
        terminal.tell(f"Chances of being reported: {used or 'those of the method'}")
        terminal.tell(f"Written to {place}: {', '.join(written)}")


def _run_of(run: int) -> int:
    from alliance_sim import noise

    try:
        return noise.as_run(run)
    except SettingError as error:
        problems = [problem.removeprefix("run ") for problem in error.problems]
        raise SettingError("--run", problems) from None


@commands.command()
def agreement(
    relationship: Annotated[
        str | None,
        typer.Argument(
            help="A relationship that the package holds a record of, such as that of the usual "
            "scenario, which is taken if none is given; with an edition after an @ if you like."
        ),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Scenario whose own record is meant, in its place.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for tables and a figure; left out: none.", **PATH),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show how far two codings of the same acts agree, what both miss, and what hangs on it."""
    from alliance_sim.comparison.codings import compare_codings
    from alliance_sim.report.codings import codings_json, write_codings

    chosen = _scenario_of(relationship, scenario)
    codings = compare_codings(chosen)
    files: dict[str, str] = {}
    if out is not None:
        words = ("record", "agreement", *([relationship] if relationship else []))
        command = command_line(*words, scenario=scenario, out=out)
        files = write_codings(codings, chosen, out=out, command=command)
    if as_json:
        terminal.print_json(codings_json(codings, files))
        return
    from alliance_sim.cli.codings_tables import codings_tables

    days, alike = codings.days
    for table in codings_tables(codings):
        terminal.output().print(table)
    terminal.tell(
        f"Record {codings.name}; first list {codings.first}. Of {days} acts with a full day in "
        f"both lists {alike} stand on the same day. Both lists were made from the same pages, so "
        "that agreement is an upper guide, the number of acts a floor, each chance a ceiling.",
        wrap=True,
    )
    if files:
        terminal.tell(f"Written to {out}/")


def _scenario_of(relationship: str | None, scenario: str | None) -> Scenario:
    """Return the scenario whose record is meant."""
    from alliance_sim import load_scenario
    from alliance_sim.record.words import registered

    if relationship is not None and scenario is not None:
        problem = (
            f"takes a relationship or --scenario, and {relationship!r} and {scenario!r} are given"
        )
        raise SettingError("record agreement", [problem])
    if relationship is None:
        return load_scenario(scenario or usual_scenario())
    name = relationship.partition("@")[0]
    if name not in registered():
        problem = unknown_name("relationship", name, registered())
        raise SettingError(
            "record agreement", [f"{problem}; a record of your own: --scenario FILE"]
        )
    return load_scenario(f"{name}/baseline").model_copy(update={"record": relationship})
