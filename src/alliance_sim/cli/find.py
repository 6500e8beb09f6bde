"""Commands to begin with: `list` says what there is to choose from, `new` writes a what-if."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.edit_options import (
    Council,
    Hold,
    Keep,
    Leader,
    Member,
    Motive,
    Shift,
    Strength,
    Theory,
)
from alliance_sim.cli.options import PATH, Json
from alliance_sim.errors import SettingError, visible
from alliance_sim.files import create_text
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    from alliance_sim.cli.adaptive_table import AdaptiveTable
    from alliance_sim.world.catalogue import Catalogue, Cell

BASELINE = usual_scenario()
MOST_ROWS = 100  # that a terminal shows of paths nobody asked for by name
Of = Annotated[str, typer.Option("--scenario", help="The scenario whose parts are listed.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    app.command("list")(list_)
    app.command()(new)


def list_(
    kind: Annotated[
        str | None,
        typer.Argument(
            help="scenarios, junctures, members, outcomes, states, numbers, inputs (numbers and "
            "days, each known, fitted or assumed) or settings; how many there are of each if left "
            "out."
        ),
    ] = None,
    like: Annotated[
        list[str] | None,
        typer.Argument(
            help="Only what holds these words, also in another spelling; a scenario first lists "
            "its parts, as --scenario does."
        ),
    ] = None,
    scenario: Of = BASELINE,
    everything: Annotated[
        bool, typer.Option("--all", help="Every row, also of the longest lists on a terminal.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List what there is to choose from, with titles, dates, units and ranges.

    In a pipe: one line each, cells between tabs, names of the columns first.
    """
    from alliance_sim import load_scenario
    from alliance_sim.world.catalogue import KINDS, catalogue

    if like and kind not in (None, "scenario", "scenarios") and _is_scenario(like[0]):
        scenario, *like = like
    with terminal.warned(quiet=True):
        chosen = load_scenario(scenario)
    of = "" if scenario == BASELINE else f" --scenario {shlex.quote(scenario)}"
    if kind is None:
        counts = {name: len(catalogue(name, chosen).rows) for name in KINDS}
        _print_kinds(counts, chosen.name, of, as_json=as_json)
        return
    found = catalogue(kind, chosen, of)
    for text in like or ():
        found = found.like(text)
    if as_json:
        about = {"scenario": found.about} if found.about else {}
        terminal.print_json({"list": found.kind, **about, "rows": found.tree()})
    elif not sys.stdout.isatty():
        _print_plainly(found)
    elif len(found.rows) > MOST_ROWS and not like and not everything:
        _print_table(found.groups(), f"{len(found.rows)} {found.kind} of {found.about}")
        first = str(found.rows[0][0]).partition(".")[0]
        line = f"alliance-sim list {found.kind}"
        terminal.tell(f"For those of one beginning: {line} {first}{of}")
        terminal.tell(f"For all: {line} --all{of}")
    else:
        _print_table(found, f"{found.kind} of {found.about}" if found.about else found.kind)


def _is_scenario(word: str) -> bool:
    from alliance_sim.scenario import shipped

    return word in shipped() or word.endswith(".toml")


def new(  # noqa: PLR0913, PLR0917 - the options of a command
    file: Annotated[Path, typer.Argument(help="The file to write, such as my.toml.", **PATH)],
    extends: Annotated[
        str, typer.Option("--extends", help="The scenario that it edits.")
    ] = BASELINE,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", help="Name of a juncture that never happens; several times."),
    ] = None,
    move: Annotated[
        list[str] | None,
        typer.Option(
            "--move", help="A juncture and its new day, isaf=2005-01-01, or quarters, isaf=+8."
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="A path and a value, such as willingness.threat_state=1.2."),
    ] = None,
    shift: Shift = None,
    strength: Strength = None,
    hold: Hold = None,
    leader: Leader = None,
    council: Council = None,
    member: Member = None,
    motive: Motive = None,
    keep: Keep = None,
    theory: Theory = None,
) -> None:
    """Write a what-if, commented and ready to run; a file that is there is never overwritten."""
    from alliance_sim import load_scenario
    from alliance_sim.scenario import shipped
    from alliance_sim.scenario.edit_texts import as_texts
    from alliance_sim.scenario.new_file import edits_asked, new_file

    if file.suffix != ".toml":
        problem = f"must end in .toml, such as {file.with_suffix('.toml').name or 'my.toml'}"
        raise SettingError(str(file), [problem])
    base = load_scenario(extends)
    called = extends if extends in shipped() or Path(extends).is_absolute() else None
    texts = as_texts(
        shift=shift, strength=strength, hold=hold, leader=leader, council=council, member=member,
        motive=motive, keep=keep, theory=theory,
    )  # fmt: skip
    asked = edits_asked(base, without or [], move or [], set_ or [], texts)
    edits = any(asked)
    near = called or (base.name if base.name in shipped() else _beside(Path(extends), file))
    command = shlex.quote(str(file))
    usual = load_scenario(BASELINE).relationship == base.relationship
    of = "" if usual else f" --scenario {shlex.quote(extends)}"
    create_text(file, new_file(base, extends=near, asked=asked, name=command, of=of))
    with terminal.warned(quiet=not edits):
        load_scenario(file)
    terminal.tell(f"Written to {file}.")
    if edits:
        terminal.tell(f"To see what follows from it: alliance-sim compare {command}")
    else:
        terminal.tell("It changes nothing yet: take the # away in front of what you want, then")
        terminal.tell(f"alliance-sim validate {command}")


def _beside(scenario: Path, file: Path) -> str:
    """Return the path of a scenario as a file elsewhere names it."""
    return Path(os.path.relpath(scenario.resolve(), file.resolve().parent)).as_posix()


def _print_kinds(counts: dict[str, int], scenario: str, of: str, *, as_json: bool) -> None:
    if as_json:
        terminal.print_json({"scenario": scenario, "lists": counts})
        return
    for name, count in counts.items():
        line = name if name == "scenarios" else f"{name}{of}"
        terminal.tell(f"alliance-sim list {line:<{10 + len(of)}}  {count:>4}")


def _print_plainly(found: Catalogue) -> None:
    """Print one line for each row, with tabs between the cells."""
    for row in (found.heads, *found.rows):
        cells = (visible(_cell(cell)).replace("\t", " ") for cell in row)
        sys.stdout.write("\t".join(cells) + "\n")


def _print_table(found: Catalogue, title: str) -> None:
    """Print a table: all columns where there is room, else those that matter most."""
    console = terminal.output()
    brief = found.briefly()
    forms = [
        _table(form, title) for form in (found, brief, brief.with_columns(len(brief.heads) - 1))
    ]
    shown = next((form for form in forms if form.fits(console.width)), forms[1])
    console.print(shown)
    hidden = [head for head in found.heads if head not in shown.heads]
    if hidden:
        terminal.tell(f"Where there is more room, and with --json: {', '.join(hidden)}.", wrap=True)


def _table(found: Catalogue, title: str) -> AdaptiveTable:
    from alliance_sim.cli.adaptive_table import AdaptiveTable

    unit = found.heads.index("unit") if "unit" in found.heads else -1
    rows = tuple(
        tuple("" if k == unit and cell == "1" else _cell(cell) for k, cell in enumerate(row))
        for row in found.rows
    )
    title = title[:1].upper() + title[1:]
    return AdaptiveTable(title, found.heads, rows, words=found.words, frame=False, whole=1)


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    return f"{cell:g}" if isinstance(cell, float) else str(cell)
