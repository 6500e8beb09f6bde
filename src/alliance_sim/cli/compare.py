"""`alliance-sim compare`: scenarios beside each other on the same noise."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.adaptive_table import AdaptiveTable
from alliance_sim.cli.options import PATH, Json, Runs, Seed, Workers, command_line, processors
from alliance_sim.glossary import percent

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.comparison.scenarios import Comparison

MOST_ACTS = 12  # shown on a terminal; all are in acts.csv
WEIGHTS = {"moves": 9, "appears": 2, "vanishes": 2, "becomes": 0}  # with salience: shown first
COUNTED = {"moves": "moved", "appears": "new", "vanishes": "gone", "becomes": "became others"}
MOST_NAMED = 3  # scenarios in the name of a folder; more are counted


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
            "the first edit."
        ),
    ] = None,
    outcome: Annotated[
        list[str] | None,
        typer.Option(help="Tell of this, too, such as rung>=8@2014; once or several times."),
    ] = None,
    show_run: Annotated[
        int | None, typer.Option(help="Run whose dated acts are told. Left out: the first.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write to.", **PATH)] = None,
    as_json: Json = False,
    workers: Workers = None,
) -> None:
    """Say what differs between scenarios, run by run with the same luck: edited minus factual."""
    from alliance_sim import noise
    from alliance_sim.comparison import scenarios as comparison
    from alliance_sim.report import write_comparison
    from alliance_sim.report.result_folder import result_folder

    number = noise.as_seed(seed)
    factual, others = comparison.pairs_of(scenarios, against)
    folder = out or _folder([other.name for other in others])
    result_folder(folder, kind="compare", scenarios=[factual, *others])
    with terminal.progress("simulating") as show:
        found = comparison.compare(
            *others,
            against=factual,
            runs=runs,
            seed=number,
            years=year or (),
            outcomes=outcome or (),
            workers=processors(workers),
            progress=show,
        )
    run = found.shown_run if show_run is None else show_run
    acts = found.acts_of(run)
    command = command_line("compare", *scenarios, against=against, runs=runs, seed=number,
                           year=year, outcome=outcome, show_run=show_run, out=folder)  # fmt: skip
    files = write_comparison(found, run=run, out=folder, command=command)
    if as_json:
        terminal.print_json(_json(found, acts, run=run, files=files))
        return
    _print(found, acts, run)
    terminal.tell(f"Seed {number}, {runs} runs of each. Written to {folder}/")


def _folder(names: Sequence[str]) -> Path:
    """Return the usual folder of a comparison, named after its scenarios."""
    from alliance_sim.report.result_folder import file_name

    short = [file_name(name.rpartition("/")[2]) for name in names[:MOST_NAMED]]
    more = [f"and_{len(names) - MOST_NAMED}_more"] if len(names) > MOST_NAMED else []
    return Path("results") / "_".join(["compare", *short, *more])


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
            console.print(differences_table(found, label))
            console.print(acts_table(acts[acts["scenario"] == label], run))
        terminal.tell(found.sentences[label], wrap=True)
    terminal.tell(f"\n{STATEMENT}", wrap=True, lines=True)


def _edits(found: Comparison, label: str) -> list[str]:
    """Return the edits of a scenario in lines, with their dates."""
    lines = [
        f"{'in answer: ' if edit.responds else '- '}{_dated(edit.date)}{edit.words}"
        for edit in found.edits[label]
    ]
    touched = found.touched[label]
    if touched is None:
        return [*lines, "No number of the two scenarios differs."]
    calendar = found.factual_runs.calendar
    first = calendar.label(calendar.index(touched))
    return [*lines, f"Until {first} both worlds are the same to the last bit."]


def _dated(date: dt.date | None) -> str:
    return "" if date is None else f"{date}  "


def differences_table(found: Comparison, label: str) -> AdaptiveTable:
    """Return the differences of one edited scenario, as `Comparison.table` holds them."""
    rows = [
        (
            str(row["title"]),
            number(row["factual"]),
            number(row["edited"]),
            number(row["difference"], sign=True),
            f"{number(row['low'], sign=True)} to {number(row['high'], sign=True)}",
            percent(row["above"]),
            percent(row["below"]),
        )
        for row in found.table[found.table["scenario"] == label].to_dict("records")
    ]
    return AdaptiveTable(
        title="Edited minus factual, run by run (median; 90 % of runs)",
        heads=("", "factual", "edited", "difference", "90 % of runs", "runs above", "below"),
        rows=tuple(rows),
    )


def acts_table(acts: pd.DataFrame, run: int) -> AdaptiveTable:
    """Return the acts that differ in one run: formal ones first, then by salience, if many."""
    weight = acts["salience"] + acts["change"].map(WEIGHTS)
    shown = acts.loc[weight.sort_values(ascending=False, kind="stable").index[:MOST_ACTS]]
    rows = [
        (_day(row["date"]), _day(row["new_date"]), str(row["change"]), _title(row))
        for row in shown.sort_index().to_dict("records")
    ]
    found = acts["change"].value_counts()
    counts = ", ".join(f"{n} {COUNTED[str(change)]}" for change, n in found.items())
    left = "" if len(shown) == len(acts) else f"; the {len(shown)} most important of them"
    return AdaptiveTable(
        title=f"Dated acts of run {run} that differ: {counts or 'none'}{left}",
        heads=("factual", "edited", "", "act"),
        rows=tuple(rows),
        words=4,
    )


def _day(date: Any) -> str:
    return f"{date:%Y-%m-%d}" if date == date else "–"  # noqa: PLR0124 - what is missing differs


def _title(row: dict[Any, Any]) -> str:
    old, new = str(row["title"]), str(row["new_title"])
    return f"{old} → {new}" if row["change"] == "becomes" else old or new


def number(value: float, *, sign: bool = False) -> str:
    """Return a level with two digits after the point, and what is large or whole with none."""
    if math.isnan(value):
        return "–"
    text = f"{value:.0f}" if value == round(value) and abs(value) >= 1 else f"{value:.3f}"
    text = text.replace("-0.000", "0.000")
    return f"+{text}" if sign and value > 0 and text.strip("0.") else text


def _json(
    found: Comparison, acts: pd.DataFrame, *, run: int, files: dict[str, str]
) -> dict[str, Any]:
    """Return what `--json` prints: plain values, null for what is missing."""
    from alliance_sim.report.result_folder import rows_of

    dates = {name: acts[name].dt.strftime("%Y-%m-%d") for name in ("date", "new_date")}
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
        "table": rows_of(found.table),
        "shown_run": run,
        "acts": rows_of(acts.assign(**dates)),
        "files": files,
    }  # fmt: skip
