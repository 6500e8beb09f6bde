"""A scenario in words on a terminal."""

from __future__ import annotations

from typing import Any

from alliance_sim.cli.tables import junctures_table, periods_table
from alliance_sim.cli.terminal import output, tell


def print_scenario(words: dict[str, Any]) -> None:
    """Print what `alliance_sim.scenario.describe.explain` returns."""
    tell(f"{words['title']}  ({words['name']})", "bold", wrap=True)
    if words["question"]:
        tell(f"Question: {words['question']}", wrap=True, lines=True)
    tell(f"{words['description']}\n", wrap=True, lines=True)
    _print_edits(words)
    output().print(periods_table(words["periods"]))
    output().print(junctures_table(words["junctures"]))
    on = [name for name, switch in words["theory"].items() if switch]
    theory = f"Theory blocks on: {', '.join(on) or 'none'}. Council: {words['council']}."
    tell(theory, wrap=True)
    tell(f"{words['numbers']} numbers, {words['assumed_numbers']} of them assumed.", wrap=True)


def _print_edits(words: dict[str, Any]) -> None:
    if not words["edits"]:
        tell("Nothing is edited.\n", wrap=True, lines=True)
        return
    tell("Edits (what the period tables hold stays as it is, unless named)", "bold", wrap=True)
    for edit in words["edits"]:
        tell(f"  - {edit}", wrap=True)
    for juncture in words["junctures"]:
        standing = juncture["standing"]
        if standing == "as dated":
            continue
        tell(f"  {juncture['title']}: {standing}", wrap=True)
        if standing == "removed" or standing.startswith("falls"):
            tell(f"      in its place: {juncture['when_removed']}", wrap=True)
    tell("")
