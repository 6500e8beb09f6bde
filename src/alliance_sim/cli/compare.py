"""`alliance-sim compare`: scenarios beside each other on the same noise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.adaptive_table import AdaptiveTable
from alliance_sim.cli.options import (
    SHIPPED,
    WHOLE_NUMBER,
    Json,
    OwnOut,
    Posterior,
    Runs,
    Seed,
    Workers,
    all_right,
    command_line,
    draws_of,
    processors,
    seed_of,
    unless_shipped,
)
from alliance_sim.errors import SettingError

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.comparison.scenarios import Comparison

MOST_ACTS = 12  # shown on a terminal; all are in acts.csv


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(compare)


def compare(  # noqa: PLR0913, PLR0917 - the options of a command
    scenarios: Annotated[
        list[str],
        typer.Argument(help="What-ifs: names of shipped scenarios, or TOML files of your own."),
    ],
    against: Annotated[
        str | None,
        typer.Option(
            help="The factual scenario. Left out: the one given that is not edited, else the one "
            "that all of them extend."
        ),
    ] = None,
    runs: Runs = 200,
    seed: Seed = "1",
    year: Annotated[
        list[int] | None,
        typer.Option(
            help="At the end of which year, once or several times. Left out: ends of stages after "
            "the first edit.",
            **WHOLE_NUMBER,
        ),
    ] = None,
    outcome: Annotated[
        list[str] | None,
        typer.Option(help="Tell of this, too, such as rung>=8@2014; once or several times."),
    ] = None,
    show_run: Annotated[
        int | None,
        typer.Option(help="Run whose dated acts are told. Left out: the first.", **WHOLE_NUMBER),
    ] = None,
    out: OwnOut = None,
    as_json: Json = False,
    workers: Workers = None,
    posterior: Posterior = SHIPPED,
) -> None:
    """Say what differs between scenarios, run by run with the same luck: edited minus factual."""
    from alliance_sim.comparison.pairing import pairs_of
    from alliance_sim.comparison.scenarios import asked_outcomes
    from alliance_sim.comparison.scenarios import compare as compared
    from alliance_sim.report import write_comparison
    from alliance_sim.report.comparison import comparison_folder
    from alliance_sim.report.result_folder import usual_folder

    factual, others = pairs_of(scenarios, against)
    number, _, seen = all_right(
        "compare",
        partial(seed_of, seed),
        partial(_check_run, show_run, runs),
        partial(asked_outcomes, factual, outcome or (), year or ()),
    )
    partner = "" if against is None else factual.name
    asked = {"outcomes": [one.text for one in seen]}
    words = [one.name for one in seen]
    names = [other.name for other in others]
    folder = out or usual_folder("compare", *names, against=partner, asked=words)
    comparison_folder(folder, [factual, *others], asked)
    draws = draws_of(posterior, factual)
    with terminal.progress("simulating") as show:
        found = compared(
            *others,
            against=factual,
            runs=runs,
            seed=number,
            years=year or (),
            outcomes=outcome or (),
            posterior=draws,
            workers=processors(workers),
            progress=show,
        )
    run = found.shown_run if show_run is None else show_run
    acts = found.acts_of(run)
    command = command_line("compare", *scenarios, against=against, runs=runs, seed=number,
                           year=year, outcome=outcome, show_run=show_run,
                           posterior=unless_shipped(posterior),
                           out=folder)  # fmt: skip
    files = write_comparison(found, run=run, out=folder, command=command, asked=asked)
    if as_json:
        terminal.print_json(_json(found, acts, run=run, files=files))
        return
    _print(found, acts, run)
    terminal.tell(f"Seed {number}, {runs} runs of each. Written to {folder}/")


def _check_run(show_run: int | None, runs: int) -> None:
    if show_run is not None and not 0 <= show_run < runs:
        raise SettingError("--show-run", [f"is {show_run}, must be from 0 to {runs - 1}"])


def _print(found: Comparison, acts: pd.DataFrame, run: int) -> None:
    """Print what a comparison comes to: for each scenario edits, differences, acts, a sentence."""
    from alliance_sim.provenance import STATEMENT

    console = terminal.output()
    terminal.tell(f"Against: {found.factual.title} ({found.factual.name})", wrap=True)
    for label, scenario in found.edited.items():
        terminal.tell(f"\n{label} ({scenario.name})", "bold", wrap=True, lines=True)
        for line in _edits(found, label):
            terminal.tell(f"  {line}", wrap=True)
        if not found.same(label):
            tables = [*difference_tables(found, label), steps_table(found, label)]
            for table in (*tables, acts_table(acts[acts["scenario"] == label], run)):
                if table is not None:
                    console.print(_fitting(table, console.width))
        terminal.tell(found.sentences[label], wrap=True)
    if found.parameters:
        terminal.tell(f"\n{found.parameters}", wrap=True, lines=True)
    terminal.tell(f"\n{STATEMENT}", wrap=True, lines=True)


def _edits(found: Comparison, label: str) -> list[str]:
    """Return the edits of a scenario in lines, with their dates."""
    lines = [
        f"{'in answer: ' if edit.responds else '- '}{_dated(edit.date)}{edit.words}"
        for edit in found.edits[label]
    ]
    if found.touched[label] is None:
        return [*lines, "No number of the two scenarios differs."]
    last = found.alike_until(label)
    if not last:
        return [*lines, "Both worlds differ from the first quarter on."]
    return [*lines, f"Up to the end of {last} both worlds are the same to the last bit."]


def _dated(date: dt.date | None) -> str:
    return "" if date is None else f"{date}  "


def difference_tables(found: Comparison, label: str) -> Iterator[AdaptiveTable]:
    """Yield the differences of one edited scenario, what was asked for in a table of its own."""
    from alliance_sim.comparison.scenarios import SHOWN

    rows = found.table[found.table["scenario"] == label].to_dict("records")
    usual = [row for row in rows if row["outcome"] == f"{row['state']}@{row['year']}"
             and row["state"] in SHOWN]  # fmt: skip
    asked = [row for row in rows if row not in usual]
    numbers = ("factual → edited", "difference", "90 % of runs", "runs above / below 0")
    named: list[tuple[str, ...]] = []
    before = ""
    for row in usual:
        name = _named(found, str(row["state"]))
        named.append(("" if name == before else name, str(row["year"]), *_numbers(row)))
        before = name
    yield AdaptiveTable(
        title="Edited minus factual, run by run, in the median (levels and shared fears: 0 to 1; "
        "shares of runs count any difference)",
        heads=("what", "end of", *numbers),
        rows=tuple(named),
    )
    if asked:
        yield AdaptiveTable(
            title="What was asked for (of what happens or does not: shares of runs)",
            heads=("what", *numbers),
            rows=tuple((str(row["title"]), *_numbers(row)) for row in asked),
        )


def _named(found: Comparison, state: str) -> str:
    """Return what a state is called in a narrow column."""
    from alliance_sim.glossary import plain
    from alliance_sim.scenario.fields import LEVEL

    if state.startswith(LEVEL):
        return found.words.domain(state.removeprefix(LEVEL))
    return plain({"rung": "rung", "agenda_overlap": "agenda overlap"}[state])


def _numbers(row: dict[Any, Any]) -> tuple[str, ...]:
    from alliance_sim.glossary import decimal, percent, signed

    unit = str(row["unit"])
    return (
        f"{decimal(row['factual'], unit)} → {decimal(row['edited'], unit)}",
        signed(row["difference"], unit),
        f"{signed(row['low'], unit)} to {signed(row['high'], unit)}",
        f"{percent(row['above'])} / {percent(row['below'])}",
    )


def steps_table(found: Comparison, label: str) -> AdaptiveTable | None:
    """Return when formal steps and proposals come, of those that move; None if none does."""
    from alliance_sim.glossary import percent

    moving = found.moved_steps(label)
    if moving.empty:
        return None
    rows = tuple(
        (
            str(row["title"]),
            f"{row['factual_median'] or 'never'} → {row['edited_median'] or 'never'}",
            f"{percent(row['factual'])} → {percent(row['edited'])}",
            f"{percent(row['earlier'])} / {percent(row['later'])}",
        )
        for row in moving.astype(object).where(moving.notna(), None).to_dict("records")
    )
    return AdaptiveTable(
        title="Formal steps and proposals that come at another time, factual → edited",
        heads=("step", "median month", "runs that reach it", "earlier / later"),
        rows=rows,
    )


def acts_table(acts: pd.DataFrame, run: int) -> AdaptiveTable:
    """Return the acts that differ in one run, the most important ones if they are many."""
    from alliance_sim.report.comparison import acts_counted, acts_told

    shown = acts_told(acts, MOST_ACTS)
    left = "" if len(shown) == len(acts) else f"; the {len(shown)} most important of them"
    return AdaptiveTable(
        title=f"Dated acts of run {run} that differ: {acts_counted(acts)}{left}",
        heads=("act", "change", "factual", "edited"),
        rows=tuple(
            (row["act"], row["change"], row["factual_date"], row["edited_date"]) for row in shown
        ),
    )


def _fitting(table: AdaptiveTable, room: int) -> AdaptiveTable:
    """Return a table without its lines where it fits only so."""
    bare = replace(table, frame=False)
    return bare if not table.fits(room) and bare.fits(room) else table


def _json(
    found: Comparison, acts: pd.DataFrame, *, run: int, files: dict[str, str]
) -> dict[str, Any]:
    """Return what `--json` prints: plain values, null for what is missing."""
    from alliance_sim.report.comparison import DATES
    from alliance_sim.report.result_folder import rows_of

    dates = {name: acts[name].dt.strftime("%Y-%m-%d") for name in DATES}
    return {
        "factual": {"scenario": found.factual.name, "digest": found.factual_runs.digest},
        "edited": [
            {
                "label": label,
                "scenario": runs.scenario,
                "digest": runs.digest,
                "edits": [
                    {"date": edit.date and edit.date.isoformat(), "words": edit.words,
                     "responds": edit.responds}
                    for edit in found.edits[label]
                ],
                "same_until": (day := found.touched[label]) and day.isoformat(),
                "sentence": found.sentences[label],
            }
            for label, runs in found.edited_runs.items()
        ],
        "seed": found.factual_runs.seed,
        "runs": found.factual_runs.runs,
        "posterior": found.factual_runs.posterior,
        "table": rows_of(found.table),
        "steps": rows_of(found.steps),
        "shown_run": run,
        "acts": rows_of(acts.assign(**dates)),
        "files": files,
    }  # fmt: skip
