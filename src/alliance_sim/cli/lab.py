"""`alliance-sim lab`: the page in which a class runs the model."""

from __future__ import annotations

import shlex
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.activity import activity
from alliance_sim.cli.options import PATH, WHOLE_NUMBER, refuse_beside
from alliance_sim.errors import SettingError
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    from alliance_sim.scenario import Scenario

TICK = 3600.0  # seconds between two looks at whether anything is to be done
EXAMPLE = "alliance-sim lab --export lesson.html"


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(lab)


def lab(  # noqa: PLR0913, PLR0917 - the options of a command
    scenario: Annotated[
        str | None,
        typer.Argument(
            help="Name of a shipped scenario, or a TOML file of your own; the usual one if left "
            "out.",
            show_default=usual_scenario(),
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            help="Write the page to this file in place of opening it: one file, which needs no "
            "network and no installation. A page that was written before is replaced.",
            **PATH,
        ),
    ] = None,
    also: Annotated[
        str | None,
        typer.Option("--scenario", help="The same as the argument.", metavar="SCENARIO"),
    ] = None,
    lesson: Annotated[
        str | None, typer.Option(help="Open with this lesson, such as was_it_abe.")
    ] = None,
    language: Annotated[
        str, typer.Option(help="Language that the page opens in; its reader can choose another.")
    ] = "en",
    draws: Annotated[
        bool,
        typer.Option(
            "--draws/--no-draws",
            help="Whether the draws of the posterior come along. With them the page replays the "
            "history that happened and has 8 MB, without them it runs histories of its own, in "
            "less than 1 MB.",
        ),
    ] = True,
    port: Annotated[
        int, typer.Option(help="Port to serve on; any that is free if 0.", **WHOLE_NUMBER)
    ] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Whether to open a browser.")
    ] = True,
) -> None:
    """Open the lab, in which a class re-runs the history, or write it as one file.

    The page runs the model in the reader's browser, with the same numbers as here. It is served to
    this machine alone, until Ctrl-C. Of a what-if it is the page of the history that it edits, and
    opens with the edits made.
    """
    from alliance_sim.lab.exporting import checked_place, page_of
    from alliance_sim.lab.exporting import export as exported
    from alliance_sim.lab.payload import payload_of
    from alliance_sim.lab.serving import checked_port, served, shown

    if scenario is not None and also is not None and scenario != also:
        problem = f"is {also!r}, and {scenario!r} is given before; the page is of one scenario"
        raise SettingError("--scenario", [problem])
    name = scenario or also or usual_scenario()
    checked_port(port)
    if export is not None:
        refuse_beside("lab", {"port": port or None}, "--export, which serves nothing")
        checked_place(export)
    chosen, asked = _page_of(name)
    activity.begin("writing the page")
    start = "" if export is None else asked  # which a served page has in its address
    payload = payload_of(chosen, lesson=lesson, language=language, draws=draws, start=start)
    if export is not None:
        size = exported(payload, export)
        terminal.tell(f"Written to {export}, {size / 1e6:.1f} MB.")
        if asked:
            terminal.tell(f"It opens with the edits of {name} made.")
        _say_what_is_missing(chosen, payload)
        return
    with served(page_of(payload), port) as bare:
        address = bare + asked
        terminal.tell(f"The lab is open at {address}")
        _say_what_is_missing(chosen, payload)
        terminal.say(f"Ctrl-C closes it. As a file to take along: {_export_line(name)}")
        if browser and not shown(address):
            terminal.say("No browser was found; open the address in one.")
        with activity.drawn_by(lambda _: None):
            while True:
                threading.Event().wait(TICK)


def _page_of(name: str) -> tuple[Scenario, str]:
    """Return the scenario of the page, and what it opens with: the edits of a what-if.

    A what-if that adds a table has no such edits, and is a page of its own; so is one with more
    edits than an address holds.
    """
    from alliance_sim import load_scenario
    from alliance_sim.lab.link import link_of
    from alliance_sim.scenario import extended_scenario

    chosen, factual = load_scenario(name), extended_scenario(name)
    if factual is None or not chosen.edits or not all(change.text for change in chosen.edits):
        return chosen, ""
    try:
        return factual, link_of(factual, chosen.edit_texts)
    except SettingError:
        return chosen, ""


def _say_what_is_missing(scenario: Scenario, payload: dict[str, object]) -> None:
    """Say which parts of the page have nothing to show, and why."""
    if payload["record"] is None:
        terminal.say(f"{scenario.name} has no record: parts of the page that need one say so.")
    if payload["draws"] is None:
        terminal.say(
            "Without draws of a posterior: the page runs histories of its own, and cannot replay "
            "the one that happened."
        )


def _export_line(name: str) -> str:
    if name == usual_scenario():
        return EXAMPLE
    head, _, tail = EXAMPLE.partition(" --")
    return f"{head} {shlex.quote(name)} --{tail}"
