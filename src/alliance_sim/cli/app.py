"""The typer app and its commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from warnings import warn

import typer

from alliance_sim import kinds
from alliance_sim.cli import (
    analyse,
    attribute,
    calibrate,
    compare,
    exit_codes,
    find,
    inevitability,
    lab,
    posterior,
    rebuild,
    record,
    rewrite,
    score,
    shift,
    sweep,
    terminal,
    whatif,
)
from alliance_sim.cli.command import Commands
from alliance_sim.cli.options import (
    NONE,
    PATH,
    SHIPPED,
    WHOLE_NUMBER,
    Json,
    OwnOut,
    Posterior,
    Runs,
    Seed,
    Workers,
    command_line,
    draws_of,
    processors,
    refuse_beside,
    seed_of,
    unless_shipped,
)
from alliance_sim.errors import (
    RecordError,
    ResultError,
    ScenarioError,
    ScenarioWarning,
    SettingError,
)
from alliance_sim.nearest import nearest_file
from alliance_sim.shipped import usual_scenario

BASELINE = usual_scenario()
FIGURES = (".png", ".svg")
LONGEST_NAME = 100  # letters of a figure's file name

app = Commands(
    name="alliance-sim",
    cls=exit_codes.Program,
    help="What would have been different? Simulated histories of cooperation between states.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Scenario = Annotated[
    str, typer.Argument(help="Name of a shipped scenario, or a TOML file of your own.")
]


@app.callback(invoke_without_command=True)
def about(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Simulated histories of strategic cooperation between states."""
    terminal.show_log()
    if version:
        from alliance_sim import provenance

        terminal.tell(f"alliance-sim {provenance.version()}")
        raise typer.Exit


@app.command()
def history(  # noqa: PLR0913, PLR0917 - the options of a command
    scenario: Scenario = BASELINE,
    runs: Runs = 200,
    seed: Seed = "1",
    out: OwnOut = None,
    as_json: Json = False,
    workers: Workers = None,
    posterior: Posterior = SHIPPED,
    require: Annotated[
        int | None,
        typer.Option(
            help="Exit with 1 unless so many claims that the record supports hold in 80 % of runs.",
            **WHOLE_NUMBER,
        ),
    ] = None,
) -> None:
    """Hold a scenario against the coded record and the claims of the described history.

    Of an edited scenario it says which claims change against the one that it extends.
    """
    from alliance_sim import load_scenario
    from alliance_sim.comparison.history import compare_history
    from alliance_sim.record.named import check_named
    from alliance_sim.report import history_json, write_history
    from alliance_sim.report.result_folder import result_folder, usual_folder
    from alliance_sim.scenario import extended_scenario

    number = seed_of(seed)
    chosen = load_scenario(scenario)
    for mismatch in check_named(chosen, scenario):
        terminal.say(f"warning: record: {mismatch}")
    extended = extended_scenario(scenario)
    factual = None if extended is None else beside(chosen, extended)
    every = [chosen] if factual is None else [chosen, factual]
    folder = out or usual_folder("history", chosen.name)
    result_folder(folder, kind="history", scenarios=every)
    draws = draws_of(posterior, extended or chosen)
    with terminal.progress("simulating") as show:
        found = compare_history(
            chosen,
            against=factual,
            runs=runs,
            seed=number,
            posterior=draws,
            workers=processors(workers),
            progress=show,
        )
    asked = unless_shipped(posterior)
    command = command_line("history", scenario, runs=runs, seed=number, posterior=asked, out=folder)
    files = write_history(found, out=folder, command=command)
    if as_json:
        terminal.print_json(history_json(found, files=files))
    else:
        _print_history(found, folder)
    told = found.told()
    if found.failed() or (require is not None and told < require):
        failed = f"{found.failed()} runs failed; {told} claims told, {require or 0} required."
        terminal.say(f"Check failed: {failed}")
        raise typer.Exit(exit_codes.FAILED)


def beside(scenario: Any, extended: Any) -> Any:
    """Return what a history is held against, or say why it is told by itself."""
    from alliance_sim.comparison.pairing import unlike

    problems = unlike(extended, scenario)
    for problem in problems:
        terminal.say(f"warning: {problem} to be held against it; it is told by itself")
    return None if problems else extended


def _print_history(found: Any, out: Path) -> None:
    from alliance_sim.cli.tables import changes_table, claims_table, counts_table
    from alliance_sim.report.page import PARTED

    console = terminal.output()
    changes = changes_table(found)
    if found.claims is not None:
        console.print(claims_table(found))
        terminal.tell(f"{PARTED}\n", wrap=True, lines=True)
    if found.counts is not None and not found.counts.empty:
        console.print(counts_table(found))
        terminal.tell("* the record lies outside the interval\n", wrap=True, lines=True)
    if changes is not None:
        console.print(changes)
    if found.changed():
        terminal.tell(f"{found.changed()}\n", wrap=True, lines=True)
    terminal.tell(found.verdict(), wrap=True)
    if found.parameters:
        terminal.tell(found.parameters, wrap=True, lines=True)
    beside = "" if found.record is None else f" Record {found.record.name}."
    runs = f"Seed {found.ensemble.seed}, {found.ensemble.runs} runs."
    terminal.tell(f"{runs}{beside} Written to {out}/")


@app.command()
def validate(
    files: Annotated[list[str], typer.Argument(help="Scenario files, or names of shipped ones.")],
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if there is a warning.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say of each scenario file that it is sound, or everything that is wrong with it.

    Warnings tell what is allowed and was probably not meant: a date outside the run, a juncture
    before one that it follows, an edit that changes nothing, an end that moved along.
    """
    from alliance_sim import load_scenario
    from alliance_sim.record.named import check_named
    from alliance_sim.world import build_world

    results: list[dict[str, Any]] = []
    for file in files:
        try:
            with terminal.warned(quiet=as_json) as warnings:
                chosen = load_scenario(file)
                build_world(chosen)
                for mismatch in check_named(chosen, file):
                    warn(f"record: {mismatch}", ScenarioWarning, stacklevel=1)
            results.append({"file": file, "ok": True, "problems": [], "warnings": warnings})
        except (ScenarioError, RecordError) as error:
            problems = list(error.problems)
            results.append({"file": file, "ok": False, "problems": problems, "warnings": []})
            if not as_json:
                terminal.say(str(error))
        else:
            if not as_json:
                terminal.tell(f"{file}: sound")
    if as_json:
        terminal.print_json({"files": results})
    if not all(result["ok"] for result in results):
        raise typer.Exit(exit_codes.WRONG_INPUT)
    if strict and any(result["warnings"] for result in results):
        raise typer.Exit(exit_codes.FAILED)


@app.command()
def run(
    scenario: Annotated[
        list[str], typer.Argument(help="Name of a shipped scenario, or a TOML file of your own.")
    ],
    runs: Runs = 50,
    seed: Seed = "1",
    out: OwnOut = None,
    as_json: Json = False,
    workers: Workers = None,
    posterior: Posterior = NONE,
) -> None:
    """Simulate a scenario; write its trajectories, a figure and one run as dated events."""
    from alliance_sim import Kernel, load_scenario, simulate
    from alliance_sim.analysis.summaries import period_table
    from alliance_sim.comparison.drawn import drawn_from, stated
    from alliance_sim.engine.simulate import shared
    from alliance_sim.report import write_run
    from alliance_sim.report.result_folder import result_folder, usual_folder
    from alliance_sim.scenario import extended_scenario

    number = seed_of(seed)
    if len(scenario) > 1:
        problem = f"takes one scenario, {len(scenario)} are given; side by side, with the same luck"
        raise SettingError("run", [f"{problem}: {command_line('compare', *scenario)}"])
    chosen = load_scenario(scenario[0])
    folder = out or usual_folder("", chosen.name)
    factual = extended_scenario(scenario[0])
    every = [chosen] if factual is None else [chosen, factual]
    result_folder(folder, kind="run", scenarios=every)
    draws, told = drawn_from(draws_of(posterior, every[-1]), every[::-1], where="run", runs=runs)
    engine = Kernel(threads=processors(workers))
    with terminal.progress("simulating") as show:
        parts = shared(show, runs=runs, among=len(every))
        ensembles = [
            simulate(one, runs=runs, seed=number, engine=engine, posterior=draws, progress=part)
            for one, part in zip(every, parts, strict=True)
        ]
    ensemble = ensembles[0]
    beside = None if factual is None else (factual, ensembles[1])
    asked = None if posterior == NONE else posterior
    command = command_line("run", scenario[0], runs=runs, seed=number, posterior=asked, out=folder)
    files = write_run(ensemble, chosen, out=folder, command=command, beside=beside)
    table = period_table(ensemble)
    if as_json:
        terminal.print_json(
            {
                "scenario": ensemble.scenario,
                "digest": ensemble.digest,
                "seed": ensemble.seed,
                "runs": ensemble.runs,
                "posterior": ensemble.posterior,
                "summary": table.to_dict(orient="records"),
                "files": files,
            }
        )
        return
    from alliance_sim.cli.tables import medians_table
    from alliance_sim.record.words import Words

    terminal.output().print(medians_table(table, ensemble, Words.of(chosen)))
    terminal.tell(told or stated(chosen), wrap=True, lines=True)
    terminal.tell(f"Seed {ensemble.seed}, {ensemble.runs} runs. Written to {folder}/")


@app.command()
def show(
    scenario: Scenario,
    everything: Annotated[
        bool, typer.Option("--all", help="Also every stage and every juncture with its effects.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Explain a scenario in words: what it is and, last, what each edit changes."""
    from alliance_sim import load_scenario
    from alliance_sim.record.named import check_named
    from alliance_sim.scenario.describe import explain

    with terminal.warned(quiet=as_json):
        chosen = load_scenario(scenario)
        words = explain(chosen)
    check_named(chosen, scenario)
    if as_json:
        terminal.print_json(words)
        return
    _print_scenario(words)
    if everything:
        _print_tables(words)
    else:
        line = command_line("show", scenario)
        terminal.tell(f"Every stage, juncture and effect: {line} --all\n", wrap=True, lines=True)
    _print_edits(words, effects=everything)


def _print_scenario(words: dict[str, Any]) -> None:
    """Print the head of what `alliance_sim.scenario.describe.explain` returns."""
    terminal.tell(f"{words['title']}  ({words['name']})", "bold", wrap=True)
    if words["question"]:
        terminal.tell(f"Question: {words['question']}", wrap=True, lines=True)
    terminal.tell(f"{words['description']}\n", wrap=True, lines=True)
    on = [name.replace("_", " ") for name, switch in words["theory"].items() if switch]
    first, last = words["years"]
    terminal.tell(
        f"{first} to {last}; {len(words['periods'])} stages, {len(words['junctures'])} turning "
        f"points (junctures), {words['members']} members, {words['steps']} formal steps, "
        f"{words['numbers']} numbers, {words['assumed_numbers']} of them assumed. Theory blocks "
        f"on: {', '.join(on) or 'none'}. Council: {words['council'].replace('_', ' ')}.",
        wrap=True,
    )


def _print_tables(words: dict[str, Any]) -> None:
    from alliance_sim.cli.tables import junctures_table, periods_table

    terminal.output().print(periods_table(words["periods"]))
    terminal.output().print(junctures_table(words["junctures"]))


def _print_edits(words: dict[str, Any], *, effects: bool) -> None:
    """Print each edit with what it comes to, then what goes with them."""
    if not words["edits"]:
        terminal.tell("Nothing is edited.")
        return
    terminal.tell("Edits (what no edit names stays as it is)", "bold", wrap=True)
    own = {response["edit"]: response for response in words["responses"] if response["edit"]}
    for edit in words["edits"]:
        response = own.get(edit)
        told = "" if response is None else f": {response['words']}"
        terminal.tell(f"  - {edit}{told}", wrap=True)
        _print_gone(response, effects=effects)
    following = [response for response in words["responses"] if not response["edit"]]
    if following:
        terminal.tell("What goes with them", "bold", wrap=True)
    for response in following:
        terminal.tell(f"  {response['what']}: {response['words']}", wrap=True)
        _print_gone(response, effects=effects)


def _print_gone(response: dict[str, Any] | None, *, effects: bool) -> None:
    if effects and response is not None and response["gone"]:
        terminal.tell(f"      with it goes: {'; '.join(response['gone'])}", wrap=True)


@app.command()
def diff(
    first: Annotated[str, typer.Argument(help="A scenario.")],
    second: Annotated[str, typer.Argument(help="Another scenario.")],
    as_json: Json = False,
) -> None:
    """List every number and setting in which two scenarios differ."""
    from alliance_sim import load_scenario
    from alliance_sim.scenario.describe import diff as differences

    both = load_scenario(first), load_scenario(second)
    found = differences(*both)
    if as_json:
        rows = [d._asdict() for d in found]
        terminal.print_json({"first": first, "second": second, "differences": rows})
        return
    if not found:
        terminal.tell("No difference.")
        return
    from alliance_sim.cli.tables import differences_table

    titles = {juncture.name: juncture.title for one in both for juncture in one.junctures}
    terminal.output().print(differences_table(first, second, found, titles))


@app.command()
def plot(
    file: Annotated[
        Path,
        typer.Argument(help="A folder of results, its ensemble (.parquet), or a figure.", **PATH),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="The figure to write (.png, .svg). Left out: one beside the ensemble, named "
            "after the states.",
            **PATH,
        ),
    ] = None,
    state: Annotated[
        list[str] | None, typer.Option(help="State to draw, once or several times.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Draw states of a saved ensemble, or say how a figure was made.

    In a folder of results of an edited scenario, the one that it edits is drawn beside it. A figure
    file holds its scenario, seed and command; that command makes it again.
    """
    if file.suffix.lower() in FIGURES:
        from alliance_sim.plots.origin import read_origin

        drawing = {"out": out, "state": state}
        refuse_beside("plot", drawing, "a figure, which is drawn already; it says how it was made")
        origin = read_origin(file).as_tree()
        if as_json:
            terminal.print_json(origin)
        else:
            _print_origin(origin)
        return
    from alliance_sim import Ensemble
    from alliance_sim.report import write_figure
    from alliance_sim.report.run import beside_of
    from alliance_sim.scenario.fields import LEVELS

    saved = file / "trajectories.parquet" if file.is_dir() else file
    other = kinds.instead(file, kinds.ENSEMBLE) if not saved.exists() or saved is file else None
    if other is not None:
        raise ResultError(f"{file}: {other}")
    if not saved.exists():
        raise ResultError(
            f"{file}: holds no trajectories.parquet, as `run` and `history` write it"
            if file.is_dir()
            else f"{file}: does not exist{_near(file)}"
        )
    states = state or list(LEVELS)
    figure = out or saved.parent / f"{'_'.join(states)[:LONGEST_NAME]}.png"
    if figure.suffix.lower() not in FIGURES:
        raise SettingError("plot", [f"--out is {str(figure)!r}, must end in .png or .svg"])
    command = command_line("plot", file, out=figure, state=state)
    ensemble = Ensemble.load(saved)
    write_figure(ensemble, states, figure, command, beside=beside_of(ensemble, saved))
    if as_json:
        terminal.print_json({"file": str(figure), "states": states})
    else:
        terminal.tell(f"Written to {figure}")


def _near(file: Path) -> str:
    """Return what beside a file that is not there was probably meant."""
    if not file.parent.is_dir():
        return f"; there is no folder {str(file.parent)!r}"
    near = nearest_file(file)
    return f"; did you mean {near!r}?" if near else ""


def _print_origin(origin: dict[str, Any]) -> None:
    """Print where a figure comes from, each of the other scenarios in it on a line of its own."""
    others, edits = origin.pop("others"), origin.pop("edits")
    for key, value in origin.items():
        if value != "":
            terminal.tell(f"{key}: {value}")
    for edit in edits:
        terminal.tell(f"edit: {edit['words']}")
    for other in others:
        terminal.tell(f"also holds: {other['scenario']}, digest {other['digest']}")


find.add_to(app)
compare.add_to(app)
whatif.add_to(app)
inevitability.add_to(app)
attribute.add_to(app)
shift.add_to(app)
rewrite.add_to(app)
score.add_to(app)
sweep.add_to(app)
calibrate.add_to(app)
analyse.add_to(app)
posterior.add_to(app)
record.add_to(app)
lab.add_to(app)
rebuild.add_to(app)
