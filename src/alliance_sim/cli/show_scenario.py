"""A scenario in words on a terminal."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from alliance_sim.cli import common


def print_scenario(words: dict[str, Any]) -> None:
    """Print what `alliance_sim.scenario.describe.explain` returns."""
    console = common.output()
    console.print(f"[bold]{escape(words['title'])}[/bold]  ({escape(words['name'])})")
    if words["question"]:
        console.print(f"Question: {escape(words['question'])}")
    console.print(f"{escape(words['description'])}\n")
    _print_edits(words)
    console.print(_periods(words))
    console.print(_junctures(words))
    on = [name for name, switch in words["theory"].items() if switch]
    theory = f"Theory blocks on: {', '.join(on) or 'none'}. Council: {words['council']}."
    console.print(theory, markup=False)
    console.print(f"{words['numbers']} numbers, {words['assumed_numbers']} of them assumed.")


def _print_edits(words: dict[str, Any]) -> None:
    console = common.output()
    if not words["edits"]:
        console.print("Nothing is edited.\n")
        return
    console.print("[bold]Edits[/bold] (what the period tables hold stays as it is, unless named)")
    for edit in words["edits"]:
        console.print(f"  - {escape(edit)}")
    moved = [j for j in words["junctures"] if j["standing"] != "as dated"]
    for juncture in moved:
        console.print(f"  {escape(juncture['title'])}: {escape(juncture['standing'])}")
        if juncture["standing"] == "removed" or juncture["standing"].startswith("falls"):
            console.print(f"      in its place: {escape(juncture['when_removed'])}")
    console.print()


def _periods(words: dict[str, Any]) -> Table:
    table = Table(title="Periods", title_justify="left")
    for column in ("period", "from", "US commitment", "networked", "theatres linked"):
        table.add_column(column)
    for period in words["periods"]:
        table.add_row(
            Text(period["title"]),
            period["start"],
            *(f"{period[key]:g}" for key in ("commitment", "networking", "link")),
        )
    return table


def _junctures(words: dict[str, Any]) -> Table:
    table = Table(title="Junctures", title_justify="left", show_lines=True)
    table.add_column("date", no_wrap=True)
    table.add_column("name", no_wrap=True)
    table.add_column("what it moves", ratio=2, overflow="fold")
    table.add_column("if it is removed", ratio=1, overflow="fold")
    for juncture in words["junctures"]:
        name = juncture["name"]
        if juncture["standing"] != "as dated":
            name += f"\n({juncture['standing'].split(',')[0]})"
        table.add_row(
            juncture["date"],
            Text(name),
            Text("\n".join(juncture["effects"])),
            Text(juncture["when_removed"]),
        )
    return table
