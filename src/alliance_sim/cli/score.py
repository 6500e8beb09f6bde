"""`alliance-sim score`: how well a record is described and forecast."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance_sim.cli import refit as again
from alliance_sim.cli import terminal
from alliance_sim.cli import theories as beside
from alliance_sim.cli import transfer as elsewhere
from alliance_sim.cli.adaptive_table import AdaptiveTable
from alliance_sim.cli.options import WHOLE_NUMBER, Json, OwnOut, Workers, command_line, processors
from alliance_sim.errors import RecordError
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    from alliance_sim.calibration import Transfer
    from alliance_sim.calibration.scoring import ScoreTable
    from alliance_sim.scenario import Scenario

MARKS = (
    "Sums of log scores over quarters and fields: higher is better, 1 more is 2.7 times as likely. "
    "* holds years that were looked at before (spent); ° PIT leaves its band."
)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(score)


def score(  # noqa: PLR0913, PLR0917 - the options of a command are its arguments
    scenario: Annotated[
        str, typer.Argument(help="Name of a shipped scenario, or a TOML file of your own.")
    ] = usual_scenario(),
    edition: Annotated[
        list[int] | None,
        typer.Option(
            help="Edition of the record, once or several times. Left out: every one there is.",
            **WHOLE_NUMBER,
        ),
    ] = None,
    series: Annotated[
        list[str] | None,
        typer.Option(
            help="all, alliance or salience2, once or several times. Left out: all three."
        ),
    ] = None,
    since: Annotated[
        int | None,
        typer.Option(
            "--from",
            help="First year that counts. Left out: the first that the record was observed in.",
            **WHOLE_NUMBER,
        ),
    ] = None,
    out: OwnOut = None,
    refit: Annotated[bool, again.REFIT] = False,
    theory: Annotated[list[str] | None, again.THEORY] = None,
    settings: Annotated[list[str] | None, again.SETTINGS] = None,
    particles: Annotated[int | None, again.PARTICLES] = None,
    sweeps: Annotated[int | None, again.SWEEPS] = None,
    seed: Annotated[str | None, again.SEED] = None,
    posterior: Annotated[str | None, elsewhere.POSTERIOR] = None,
    fit: Annotated[list[Path] | None, beside.FIT] = None,
    as_json: Json = False,
    workers: Workers = None,
) -> None:
    """Score the model and baselines on the scenario's record, on years kept from their fits.

    Baselines are fitted here. What the model forecasts of years that its fit has not seen is read
    from the folder of the results, else from what comes with the package; --refit makes it, which
    takes long. With --posterior the model has what another relationship taught about the rules.
    Rival theories and claims stand beside the scores, where fits of them ship or are given.
    Stop either with Ctrl-C whenever you like: the same command goes on, to the same bytes.
    """
    from alliance_sim import load_scenario
    from alliance_sim.calibration.baselines import BASELINES
    from alliance_sim.calibration.counted_runs import shipped_runs
    from alliance_sim.calibration.scoring import score_record, what_is_scored
    from alliance_sim.calibration.stored import held_out_models
    from alliance_sim.record.record import SERIES
    from alliance_sim.report.result_folder import result_folder, usual_folder
    from alliance_sim.report.scores import scores_json, write_scores

    chosen = load_scenario(scenario)
    editions = _editions(chosen, edition)
    one_by_one = tuple(dict.fromkeys(series)) if series else SERIES
    what_is_scored(chosen, series=one_by_one, editions=editions, since=since)  # or a refusal
    beside.check(fit, chosen, posterior)
    draws = elsewhere.posterior_named(posterior, theory, refit=refit) if posterior else None
    asked = again.RefitOptions(
        theory if draws is None or refit else None, settings, particles, sweeps, seed
    )
    folder = out or usual_folder("score", chosen.name)
    words = {"edition": edition, "series": series, "from": since, "out": folder}
    words |= {"fit": fit} | elsewhere.told(posterior, draws)
    command = command_line("score", scenario, **words)
    todo = again.wanted(asked, one_by_one, refit=refit)
    result_folder(folder, kind="score", scenarios=[chosen])
    if todo is not None:
        # Beside --refit, --theory says what is fitted, and not of what theory draws are.
        go_on = command_line(
            "score", scenario, "--refit", **words | {"theory": None} | asked.told()
        )
        again.refitted(chosen, folder / again.FOLDER, todo, workers, go_on)
    stored, why = again.stored_forecasts_in(folder, chosen)
    carried = elsewhere.transferred(
        *(chosen, draws, one_by_one, since), folder=folder, workers=workers, again=command
    )
    models = [
        *(*BASELINES, shipped_runs(chosen), *held_out_models(stored)),
        None if carried is None else carried.model,
    ]
    with terminal.progress("fitting baselines", "fits") as show:
        found = score_record(
            chosen,
            series=one_by_one,
            editions=editions,
            since=since,
            models=[model for model in models if model is not None],
            workers=processors(workers),
            progress=show,
        )
    if why:
        terminal.tell(why, wrap=True)
    more = {"carried": carried} | (
        {} if draws else beside.theories_and_claims(chosen, fit, workers)
    )
    files = write_scores(found, chosen, out=folder, command=command, **more)
    if as_json:
        terminal.print_json(scores_json(found, chosen, files=files, asked=scenario, **more))
        return
    _print(found, scenario, carried)
    beside.shown(more)
    terminal.tell(f"Written to {folder}/")


def _editions(scenario: Scenario, wanted: list[int] | None) -> tuple[str, ...]:
    """Return what to name as `record` for the editions that are asked for.

    Raises:
        NoRecord: If the scenario has no record.
        RecordError: Naming every edition that is not there.
    """
    from alliance_sim.record.forecasts import editions_of

    there = editions_of(scenario)
    if not wanted:
        return there
    known = {edition_number(one): one for one in there}
    numbers = ", ".join(str(number) for number in known if number is not None)
    problems = [
        f"--edition is {number}, and there is no such edition (known: {numbers or 'none'})"
        for number in dict.fromkeys(wanted)
        if number not in known
    ]
    if problems:
        raise RecordError(scenario.record or scenario.relationship, problems)
    return tuple(known[number] for number in sorted(set(wanted)))


def edition_number(record: str) -> int | None:
    """Return the number of the edition that a record's name or folder ends with, None for none."""
    number = record.rpartition("@")[2] if "@" in record else record.rpartition("edition_")[2]
    return int(number) if number.isdigit() else None


def _print(found: ScoreTable, asked: str, carried: Transfer | None) -> None:
    from alliance_sim.report.scores import about_the_model

    console = terminal.output()
    years = found.years[found.edition]
    for edition, series in found.acts:
        if edition == found.edition:
            console.print(scores_table(found, series))
    terminal.tell(f"{MARKS}\n", wrap=True, lines=True)
    others = [one for one in found.years if one != found.edition]
    if others:
        told = f"Also scored, in the files and with --edition: {', '.join(others)}."
        terminal.tell(told, wrap=True)
    if years.spent is not None:
        spent = (
            f"{years.spent[0]} to {years.spent[1]} are spent: {' '.join(years.why_spent.split())}"
        )
        terminal.tell(spent, wrap=True)
    if model := about_the_model(found, asked):
        terminal.tell(model, wrap=True)
    if carried is not None:
        terminal.tell(carried.sentence, wrap=True)


def scores_table(found: ScoreTable, series: str) -> AdaptiveTable:
    """Return the scores of one series of the scenario's edition, a row for each model."""
    from alliance_sim.calibration.scoring import SETTINGS, Key
    from alliance_sim.glossary import series_words

    rows = []
    for name, title in found.titles.items():
        keys = [Key(found.edition, series, setting, name) for setting in SETTINGS]
        told = [found.told(key) if key in found.cells else None for key in keys]
        if not any(told):
            continue
        cells = [_cell(row) for row in told]
        evidence = next((row["evidence"] for row in told if row and row["evidence"]), None)
        shown = "–" if evidence is None else f"{evidence:.1f}".replace("-", "−")
        rows.append((title, cells[0].rstrip("*"), shown, *cells[1:]))
    years = found.years[found.edition]
    best = found.titles[found.best(found.edition, series, "rolling")]
    marked = frozenset(place for place, row in enumerate(rows) if row[0] == best)
    return AdaptiveTable(
        title=f"{found.edition}, {series_words(series)}, from "
        f"{found.acts[found.edition, series].first_year}; origin {years.known_until}",
        heads=(
            *("model", "in sample", "evidence", "blind", "told", "rolling"),
            *("rolling, told", "left out"),
        ),
        rows=tuple(rows),
        marked=marked,
    )


def _cell(row: dict[str, Any] | None) -> str:
    """Return a log score with its marks, a dash where there is none."""
    if row is None:
        return "–"
    marks = "*" * bool(row["spent"]) + "°" * (row["pit_inside"] is False)
    return f"{row['log_score']:.1f}".replace("-", "−") + marks
