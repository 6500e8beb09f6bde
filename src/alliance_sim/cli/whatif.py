"""`alliance-sim whatif`: what would have been different, given what happened."""

from __future__ import annotations

from functools import partial
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
    Seed,
    Workers,
    all_right,
    check_draws,
    command_line,
    processors,
    seed_of,
    unless_shipped,
)
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    from alliance_sim.counterfactual.answer import WhatIf
    from alliance_sim.counterfactual.estimates import Estimate
    from alliance_sim.counterfactual.over_time import Parting
    from alliance_sim.scenario import Scenario

UNSURE = "not for sure"


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(whatif)


def whatif(  # noqa: PLR0913, PLR0917 - the options of a command
    scenario: Annotated[
        str,
        typer.Argument(
            help="The factual scenario, or a file of edits of one: a shipped name or a TOML file."
        ),
    ] = usual_scenario(),
    outcome: Annotated[
        str | None,
        typer.Option(help="What is looked at, such as rung>=8@2014 or level_equipment>0.5@2024."),
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
    posterior: Posterior = SHIPPED,
    uniforms: Annotated[
        int,
        typer.Option(
            help="How often what the record leaves open is drawn for each draw.", **WHOLE_NUMBER
        ),
    ] = 8,
    runs: Annotated[
        int,
        typer.Option(
            help="Pairs of runs with fresh noise, for necessity and sufficiency.", **WHOLE_NUMBER
        ),
    ] = 1000,
    seed: Seed = "1",
    out: OwnOut = None,
    as_json: Json = False,
    workers: Workers = None,
) -> None:
    """Say what would have been different, in this history: same noise, one thing changed.

    Each draw of the posterior comes to what is on record; its twin has the same parameters and the
    same noise, and something edited. Edits combine.
    """
    from alliance_sim.counterfactual.answering import answered, checked_sizes
    from alliance_sim.counterfactual.posteriors import posteriors_of
    from alliance_sim.counterfactual.question import ask, warn_of_doubts
    from alliance_sim.report import write_whatif
    from alliance_sim.report.result_folder import usual_folder
    from alliance_sim.report.whatif import whatif_folder
    from alliance_sim.scenario.edit_texts import as_texts

    number, _, _, (base, start) = all_right(
        "whatif",
        partial(seed_of, seed),
        partial(checked_sizes, uniforms=uniforms, runs=runs),
        partial(check_draws, posterior, "a what-if"),
        partial(worlds_of, scenario),
    )
    given = {
        "without": without, "shift": shift, "strength": strength, "set": set_, "hold": hold,
        "leader": leader, "council": council, "member": member, "motive": motive, "keep": keep,
        "theory": theory,
    }  # fmt: skip
    called = called_by(scenario, base)
    texts = as_texts(**given)
    line = Line("whatif", scenario, start is not None, given)
    wanted = outcome_given(outcome, "what is looked at", start or base, texts, line)
    question = ask(base, texts, wanted, start=start, called=called)
    warn_of_doubts(question, start)
    found = posteriors_of(posterior, question.base, question.theory, called=called)
    folder = out or usual_folder("whatif", question.edited.name, asked=question.short_words)
    whatif_folder(folder, question)
    with terminal.progress("asking twins", "steps") as show:
        answer = answered(
            question,
            found,
            uniforms=uniforms,
            runs=runs,
            seed=number,
            threads=processors(workers),
            progress=show,
        )
    command = command_line(
        "whatif",
        scenario,
        outcome=question.outcome.text,
        **given,
        posterior=unless_shipped(posterior),
        uniforms=uniforms,
        runs=runs,
        seed=number,
        out=folder,
    )
    files = write_whatif(answer, out=folder, command=command)
    if as_json:
        terminal.print_json({**answer.as_tree(), "files": files})
        return
    _print(answer)
    terminal.tell(f"Seed {number}. Written to {folder}/")


def worlds_of(scenario: str) -> tuple[Any, Any]:
    """Return the factual scenario, and the edited one that a file of edits makes of it."""
    from alliance_sim import load_scenario
    from alliance_sim.scenario import extended_scenario

    chosen = load_scenario(scenario)
    base = extended_scenario(scenario)
    return (chosen, None) if base is None else (base, chosen)


def called_by(scenario: str, base: Scenario) -> str:
    """Return what a command finds the factual scenario by, where a scenario was asked for by name.

    That is its own name if it ships; else its file, which may be what the file asked for extends.
    """
    from alliance_sim.scenario import extended_file, shipped

    if base.name in shipped():
        return base.name
    found = extended_file(scenario)
    return scenario if found is None else str(found)


def _print(answer: WhatIf) -> None:
    """Print the answer, what it depends on, and what it is worth."""
    from alliance_sim.counterfactual.estimates import told_of_outside
    from alliance_sim.counterfactual.labels import SENTENCE
    from alliance_sim.glossary import decimal, percent_close

    console, varied = terminal.output(), answer.robustness.varied or ()
    terminal.tell(answer.question.words, "bold", wrap=True)
    if answer.refused:
        terminal.tell(answer.refused, "bold", wrap=True)
    terminal.tell(f"{answer.answer}\n", wrap=True, lines=True)
    _print_responses(answer)
    for table, more in (
        (_partings(answer), ""),
        (_needed(answer), answer.other_way),
        (_couplings(answer), told_of_outside(effect for effect, _ in answer.couplings.values())),
        (_theories(answer), _across(answer)),
        (_readings(answer), told_of_outside(one.effect for one in varied if one.effect)),
    ):
        if table is not None:
            console.print(table)
        if more:
            terminal.tell(f"{more}\n", wrap=True, lines=True)
    if answer.without_coupling:
        terminal.tell(f"{answer.without_coupling}\n", wrap=True, lines=True)
    terminal.tell("Plausibility of the question:", wrap=True)
    for one in answer.card:
        number = "" if one.number is None else f" ({decimal(one.number, places=2)})"
        terminal.tell(f"  - {one.check}: {one.verdict}{number}; {one.words}", wrap=True)
    robust = answer.robustness
    told = (
        ""
        if robust.bistable is None
        else f"A little other noise turns the sign in {percent_close(robust.bistable)} of the "
        "draws. "
    )
    terminal.tell(f"{told}What the data told: {robust.learnt.words}.", wrap=True)
    if answer.amplification is not None:
        terminal.tell(answer.amplification.words, wrap=True)
    reasons = "".join(f"\n  - {reason}" for reason in answer.label.reasons)
    terminal.tell(f"Label: {answer.label.name}{reasons}", wrap=True, lines=True)
    terminal.tell("\nAssumed:", wrap=True, lines=True)
    for sentence in answer.assumed:
        terminal.tell(f"  - {sentence}", wrap=True)
    terminal.tell(f"\n{answer.named}\n{SENTENCE}", wrap=True, lines=True)


def _print_responses(answer: WhatIf) -> None:
    """Print what answers to the edits by the rules of the scenario, if anything does."""
    if not answer.responds:
        return
    terminal.tell("Answers to it in the model:", wrap=True)
    for edit in answer.responds:
        terminal.tell(f"  - {edit.words}", wrap=True)
    terminal.tell("")


def _needed(answer: WhatIf) -> AdaptiveTable | None:
    """Return necessity and sufficiency, with bounds; None for a number."""
    ensemble = answer.ensemble
    if ensemble is None:
        return None

    def row(what: str, value: float | None, name: str = "") -> tuple[str, ...]:
        bounds = ensemble.bounds.get(name)
        ends = "" if bounds is None else f"{bounds[0]:.2f} to {bounds[1]:.2f}"
        error = ensemble.errors.get(name)
        told = "–" if value is None else f"{value:.2f}"
        return what, told if error is None else f"{told} ± {error:.2f}", ends

    return AdaptiveTable(
        title="How far the edited thing was needed for the outcome, and enough",
        heads=("what", "share", "bounds of any coupling"),
        rows=(
            row("needed, in this history (by the coupling)", answer.given_history),
            row(f"needed, in {ensemble.pairs} fresh pairs (PN)", ensemble.necessity, "PN"),
            row("enough, in fresh pairs (PS)", ensemble.sufficiency, "PS"),
            row("needed and enough, in fresh pairs (PNS)", ensemble.both, "PNS"),
        ),
    )


def _partings(answer: WhatIf) -> AdaptiveTable:
    """Return when the levels of both worlds part and meet again."""
    from alliance_sim.glossary import percent, signed

    def cells(one: Parting) -> tuple[str, ...]:
        area, low, high = (
            signed(value, places=2) for value in (one.area, one.area_low, one.area_high)
        )
        most = percent(one.most) + (f" in {one.most_in}" if one.most_in else "")
        met = one.met_again or (UNSURE if one.parted else "–")
        return one.title, one.parted or UNSURE, met, most, f"{area} ({low} to {high})"

    return AdaptiveTable(
        title="When the worlds part: more than 90 % of the histories differ by 0.05, a year long",
        heads=("field", "part", "meet again", "most that differ", "area, years of the level"),
        rows=tuple(cells(one) for one in answer.partings),
    )


def _interval(estimate: Estimate) -> tuple[str, str]:
    from alliance_sim.glossary import signed

    value, low, high = (signed(number, places=2) for number in estimate)
    return value, f"{low} to {high}"


def _couplings(answer: WhatIf) -> AdaptiveTable:
    rows = tuple(
        (name, *_interval(effect), "–" if needed is None else f"{needed:.2f}")
        for name, (effect, needed) in answer.couplings.items()
    )
    return AdaptiveTable(
        title="Effect under each coupling of the noise, which no data can tell apart",
        heads=("coupling", "effect", f"90 % of {answer.over}", "needed"),
        rows=rows,
    )


def _theories(answer: WhatIf) -> AdaptiveTable | None:
    if len(answer.theories) < 2:
        return None
    weights = answer.weights.of
    return AdaptiveTable(
        title=f"Effect under each theory; weights: {answer.weights.basis}",
        heads=("theory", "effect", f"90 % of {answer.over}", "weight"),
        rows=tuple(
            (one.theory, *_interval(one.effect), f"{weights[one.theory]:.2f}")
            for one in answer.theories
        ),
    )


def _across(answer: WhatIf) -> str:
    """Return what is said under the table of theories."""
    from alliance_sim.counterfactual.estimates import told_of_outside

    outside = told_of_outside(one.effect for one in answer.theories) if answer.across else ""
    return f"{outside} {answer.across}".strip()


def _readings(answer: WhatIf) -> AdaptiveTable | None:
    """Return the effect under other readings of the record; None where none are kept."""
    varied = answer.robustness.varied
    if not varied:
        return None
    return AdaptiveTable(
        title="Effect under other readings of the record",
        heads=("reading", "effect", f"90 % of {answer.over}", "by"),
        rows=tuple(
            (one.name, *(("–", "–") if one.effect is None else _interval(one.effect)), one.words)
            for one in varied
        ),
    )
