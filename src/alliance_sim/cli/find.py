"""Commands for whoever looks for something: `list` says what there is to choose from."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.options import Json
from alliance_sim.errors import visible
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


def list_(
    kind: Annotated[
        str | None,
        typer.Argument(
            help="scenarios, junctures, members, outcomes, states, numbers or settings; how many "
            "there are of each if left out."
        ),
    ] = None,
    like: Annotated[
        list[str] | None,
        typer.Argument(help="Only what holds these words, also in another spelling."),
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

    with terminal.warned(quiet=True):
        chosen = load_scenario(scenario)
    if kind is None:
        counts = {name: len(catalogue(name, chosen).rows) for name in KINDS}
        _print_kinds(counts, chosen.name, as_json=as_json)
        return
    found = catalogue(kind, chosen)
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
        terminal.tell(f"For those of one beginning: alliance-sim list {found.kind} {first}")
        terminal.tell(f"For all: alliance-sim list {found.kind} --all")
    else:
        _print_table(found, f"{found.kind} of {found.about}" if found.about else found.kind)


def _print_kinds(counts: dict[str, int], scenario: str, *, as_json: bool) -> None:
    if as_json:
        terminal.print_json({"scenario": scenario, "lists": counts})
        return
    for name, count in counts.items():
        terminal.tell(f"alliance-sim list {name:<10}  {count:>4}")


def _print_plainly(found: Catalogue) -> None:
    """Print one line for each row, with tabs between the cells."""
    for row in (found.heads, *found.rows):
        cells = (visible(_cell(cell)).replace("\t", " ") for cell in row)
        sys.stdout.write("\t".join(cells) + "\n")


def _print_table(found: Catalogue, title: str) -> None:
    """Print a table: all columns where there is room, else those that matter most."""
    console = terminal.output()
    whole, brief = _table(found, title), _table(found.briefly(), title)
    if whole.fits(console.width):
        console.print(whole)
        return
    console.print(brief)
    hidden = [head for head in found.heads if head not in brief.heads]
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
