"""`alliance-sim inevitability`: from when was it certain, for who knows the record to each year."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.adaptive_table import AdaptiveTable
from alliance_sim.cli.edit_options import (
    Council,
    Hold,
    Keep,
    Leader,
    Line,
    Member,
    Motive,
    SetTo,
    Shift,
    Strength,
    Theory,
    Without,
    outcome_given,
)
from alliance_sim.cli.options import (
    SHIPPED,
    WHOLE_NUMBER,
    Json,
    OwnOut,
    Posterior,
    Workers,
    check_draws,
    command_line,
    path_of,
    processors,
    seed_of,
    unless_shipped,
)
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.counterfactual.curves import InevitabilityCurve
    from alliance_sim.counterfactual.question import Question
    from alliance_sim.scenario import Scenario

MAKE = "make"
SeedOfDraws = Annotated[
    str | None,
    typer.Option(
        "--seed",
        help="Seed of what is drawn, with `--years make` also of the draws of each year: a whole "
        "number; 1 if left out.",
    ),
]
EVERY = 5  # years between rows that are printed


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(inevitability)


def inevitability(  # noqa: PLR0913, PLR0917 - the options of a command
    scenario: Annotated[
        str,
        typer.Argument(
            help="The factual scenario, or a file of edits of one: a shipped name or a TOML file."
        ),
    ] = usual_scenario(),
    outcome: Annotated[
        str | None,
        typer.Option(help="What happens or does not, such as rung>=8@2014."),
    ] = None,
    without: Without = None,
    shift: Shift = None,
    strength: Strength = None,
    set_: SetTo = None,
    hold: Hold = None,
    leader: Leader = None,
    council: Council = None,
    member: Member = None,
    motive: Motive = None,
    keep: Keep = None,
    theory: Theory = None,
    years: Annotated[
        str,
        typer.Option(
            help="Draws of each year: a folder of `score --refit`; `shipped`, the curves of ten "
            "questions; or `make`, to make draws of each year first, which takes about ten minutes "
            "of one processor and goes on where it was stopped.",
            metavar="FOLDER|shipped|make",
        ),
    ] = SHIPPED,
    posterior: Posterior = SHIPPED,
    uniforms: Annotated[
        int | None,
        typer.Option(help="Runs that go on from each draw; 5 if left out.", **WHOLE_NUMBER),
    ] = None,
    seed: SeedOfDraws = None,
    out: OwnOut = None,
    as_json: Json = False,
    workers: Workers = None,
) -> None:
    """Say from when an outcome was certain, as it was and edited.

    For each year, draws that know the record to its end are run on; what share has the outcome is
    the curve. One less it is how possible the alternative still was.
    """
    from alliance_sim.cli.whatif import called_by, worlds_of
    from alliance_sim.counterfactual.answering import checked_sizes
    from alliance_sim.counterfactual.curves import UNIFORMS, asked_of_curves
    from alliance_sim.counterfactual.stored_curves import shipped_curve
    from alliance_sim.counterfactual.when_certain import refuse_beside_shipped
    from alliance_sim.report.inevitability import inevitability_folder, write_inevitability
    from alliance_sim.report.result_folder import usual_folder
    from alliance_sim.scenario.edit_texts import as_texts

    number = seed_of("1" if seed is None else seed)
    checked_sizes(uniforms=UNIFORMS if uniforms is None else uniforms, runs=1)
    draws = unless_shipped(posterior)
    if years != SHIPPED:
        check_draws(posterior, "a curve")
    given: dict[str, Any] = {
        "without": without, "shift": shift, "strength": strength, "set": set_, "hold": hold,
        "leader": leader, "council": council, "member": member, "motive": motive, "keep": keep,
        "theory": theory,
    }  # fmt: skip
    base, start = worlds_of(scenario)
    if years == SHIPPED:
        beside = {"--posterior": draws, "--uniforms": uniforms, "--seed": seed}
        refuse_beside_shipped(base, beside, "--years FOLDER or --years make")
    texts = as_texts(**given)
    line = Line("inevitability", scenario, start is not None, given)
    wanted = outcome_given(outcome, "what happens or does not", start or base, texts, line)
    called = called_by(scenario, base)
    question = asked_of_curves(base, texts, wanted, start=start, called=called)
    name = question.edited.name
    folder = out or usual_folder("inevitability", name, asked=question.short_words)
    if years == SHIPPED:
        curve = shipped_curve(question)
        inevitability_folder(folder, question)
    else:
        given |= {"years": years, "posterior": draws, "seed": number}
        given |= {"uniforms": UNIFORMS if uniforms is None else uniforms}
        curve = _computed(question, folder, workers, given)
    command = command_line(
        "inevitability", scenario, outcome=question.outcome.text, **given, out=folder
    )
    files = write_inevitability(curve, question, out=folder, command=command)
    if as_json:
        terminal.print_json({**curve.as_tree(), "files": files})
        return
    _print(curve)
    terminal.tell(f"Seed {curve.seed}. Written to {folder}/")


def _computed(
    question: Question, folder: Path, workers: int | None, given: dict[str, Any]
) -> InevitabilityCurve:
    """Return a curve from draws of each year, made first if that is asked for."""
    from alliance_sim.counterfactual.curves import curves_of
    from alliance_sim.counterfactual.posteriors import posteriors_of
    from alliance_sim.counterfactual.yearly_draws import YearlyDraws
    from alliance_sim.report.inevitability import inevitability_folder

    base, seed, posterior = question.base, given["seed"], given["posterior"] or SHIPPED
    last = posteriors_of(posterior, base, question.theory, called=question.called).main
    place = path_of(given["years"])
    if given["years"] == MAKE:
        inevitability_folder(folder, question)
        place = _made(base, last, folder, workers, seed=seed)
    draws = YearlyDraws(base, place, last, seed=seed, called=question.called)
    inevitability_folder(folder, question)
    with terminal.progress("running on from each year", "years") as show:
        (curve,) = curves_of(
            [question],
            draws,
            uniforms=given["uniforms"],
            seed=seed,
            threads=processors(workers),
            progress=show,
        )
    return curve


def _made(
    base: Scenario, last: PosteriorDraws, folder: Path, workers: int | None, *, seed: int
) -> Path:
    """Make draws of each year, from wherever their folder stands; say first how long it takes.

    Those of each seed have a folder of their own, the usual one without its number.
    """
    from alliance_sim.calibration.refits import RefitSettings
    from alliance_sim.cli.refit import refitted
    from alliance_sim.counterfactual.yearly_draws import REFITS

    settings = RefitSettings(
        series=(last.held.series,), theories=(last.theory,), settings=("rolling",), seed=seed
    )
    own = "" if seed == RefitSettings().seed else f"_{seed}"
    place = folder.with_name(f"{folder.name}_{REFITS}{own}")
    terminal.say(
        "Draws of each year are made first: about ten minutes of one processor. Ctrl-C stops them; "
        f"the same command goes on. They are kept in {place}, for other questions with --years."
    )
    refitted(base, place, settings, workers, "give the same command again")
    return place


def _print(curve: InevitabilityCurve) -> None:
    """Print what the curve says, and its numbers every few years."""
    from alliance_sim.counterfactual.labels import SENTENCE

    terminal.tell(curve.question, "bold", wrap=True)
    terminal.tell(f"{curve.line}\n", wrap=True, lines=True)
    frame = curve.frame
    last = len(frame) - 1
    shown = frame[[place % EVERY == 0 or place == last for place in range(len(frame))]]
    rows = tuple(
        (
            f"{row['year']}",
            _share(row["fact"]),
            f"{_share(row['fact_low'])} to {_share(row['fact_high'])}",
            _share(row["edited"]),
            f"{_share(row['edited_low'])} to {_share(row['edited_high'])}",
            _share(row["alternative"]),
        )
        for row in shown.to_dict("records")
    )
    terminal.output().print(
        AdaptiveTable(
            title="Chance of the outcome for who knows the record to the end of a year",
            heads=("year", "as it was", "90 %", "edited", "90 %", "alternative"),
            rows=rows,
        )
    )
    terminal.tell(f"\n{curve.about}\n{SENTENCE}", wrap=True, lines=True)


def _share(chance: float) -> str:
    """Return a chance, rounded as the sentence above the table rounds it."""
    from alliance_sim.counterfactual.answer import of_100

    return f"{of_100(chance) / 100:.2f}"
