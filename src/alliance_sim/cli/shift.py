"""`alliance-sim shift`: how an effect changes with how much earlier or later a juncture comes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.adaptive_table import AdaptiveTable
from alliance_sim.cli.edit_options import (
    QUANTILE,
    Coupling,
    Keep,
    LookedAt,
    OneTheory,
    Uniforms,
)
from alliance_sim.cli.options import (
    SHIPPED,
    Json,
    OwnOut,
    Posterior,
    Seed,
    Workers,
    check_draws,
    command_line,
    processors,
    seed_of,
    unless_shipped,
)
from alliance_sim.errors import SettingError, shown
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    from alliance_sim.counterfactual.shift_result import AtShift, ShiftResponse
    from alliance_sim.counterfactual.shifts import Shift
    from alliance_sim.scenario import Scenario

EXAMPLE = "alliance-sim shift --juncture nine_eleven --outcome 'rung>=8@2014'"
QUARTERS = "-20:20:2"
SPAN = re.compile(
    r"(?P<first>[+-]?[0-9]{1,4}):(?P<last>[+-]?[0-9]{1,4})(?::(?P<every>[0-9]{1,4}))?"
)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(shift)


def shift(  # noqa: PLR0913, PLR0917 - the options of a command
    scenario: Annotated[
        str, typer.Argument(help="The factual scenario: a shipped name or a TOML file.")
    ] = usual_scenario(),
    juncture: Annotated[
        str | None, typer.Option(help="The juncture that is moved.", metavar="NAME")
    ] = None,
    outcome: LookedAt = None,
    quarters: Annotated[
        str,
        typer.Option(
            help="By how many quarters it is moved: from, to, and every how many, both ends "
            "included; with a minus earlier.",
            metavar="FROM:TO[:EVERY]",
        ),
    ] = QUARTERS,
    keep: Keep = None,
    theory: OneTheory = None,
    coupling: Coupling = QUANTILE,
    posterior: Posterior = SHIPPED,
    uniforms: Uniforms = 8,
    seed: Seed = "1",
    out: OwnOut = None,
    as_json: Json = False,
    workers: Workers = None,
) -> None:
    """Say how an effect changes with how much earlier or later a juncture comes.

    Each shift is a what-if of this history, on the same noise; together they are a curve. What
    follows the juncture is not moved with it: where it falls away or is left to chance, that is
    said.
    """
    from alliance_sim import load_scenario
    from alliance_sim.counterfactual.answering import checked_sizes
    from alliance_sim.counterfactual.posteriors import posteriors_of
    from alliance_sim.counterfactual.shifting import checked, shift_response
    from alliance_sim.report.result_folder import usual_folder
    from alliance_sim.report.shift import shift_folder, write_shift

    number, kept = seed_of(seed), keep or []
    checked_sizes(uniforms=uniforms, runs=1)
    check_draws(posterior, "a shift response")
    base = load_scenario(scenario)
    name, looked_at, shifts = _asked_for(base, juncture, outcome, quarters)
    question = checked(base, name, looked_at, shifts=shifts, keep=kept, coupling=coupling)
    seen = question.outcome.text
    draws = posteriors_of(posterior, base, theory, called=scenario, rivals=False).main
    asked = {"keep": kept, "theory": theory, "coupling": coupling}
    other = [word for word in (theory, coupling) if word not in (None, QUANTILE)]
    words = (name, question.outcome.name, *(f"keep {one}" for one in kept), *other)
    folder = out or usual_folder("shift", base.name, asked=words)
    shift_folder(folder, base, question, asked)
    with terminal.progress("moving the juncture", "shifts") as show:
        found = shift_response(
            base,
            name,
            outcome=seen,
            shifts=shifts,
            keep=kept,
            posterior=draws,
            theory=theory,
            coupling=coupling,
            uniforms=uniforms,
            seed=number,
            threads=processors(workers),
            progress=show,
        )
    command = command_line(
        "shift",
        scenario,
        juncture=name,
        outcome=seen,
        quarters=quarters,
        keep=kept,
        theory=theory,
        coupling=coupling,
        posterior=unless_shipped(posterior),
        uniforms=uniforms,
        seed=number,
        out=folder,
    )
    files = write_shift(found, out=folder, command=command, asked=asked)
    if as_json:
        terminal.print_json({**found.as_tree(), "files": files})
        return
    _print(found)
    terminal.tell(f"Seed {number}. Written to {folder}/")


def _asked_for(
    base: Scenario, juncture: str | None, outcome: str | None, quarters: str
) -> tuple[str, str, range]:
    """Return juncture, outcome and shifts, once all of them are said.

    Raises:
        SettingError: Naming all that is missing or cannot be read.
    """
    from alliance_sim.counterfactual.question import read_outcome
    from alliance_sim.scenario.schema import unknown_juncture

    problems: list[str] = []
    if juncture is None:
        problems.append(f"--juncture is missing: the juncture that is moved, such as {EXAMPLE}")
    if outcome is None:
        problems.append(f"--outcome is missing: what is looked at, such as {EXAMPLE}")
    found = SPAN.fullmatch(quarters.strip())
    shifts = range(0)
    if found is not None and (every := int(found["every"] or 1)):
        shifts = range(int(found["first"]), int(found["last"]) + 1, every)
    if not shifts:
        problems.append(
            f"--quarters is {shown(quarters)}, must be FROM:TO or FROM:TO:EVERY in whole quarters, "
            f"FROM not above TO, such as {QUARTERS}"
        )
    if juncture is not None and outcome is not None and not problems:
        return juncture, outcome, shifts
    if juncture is not None and juncture not in {one.name for one in base.junctures}:
        problems.append(unknown_juncture(juncture, base.junctures))
    if outcome is not None:
        read_outcome(base, outcome, problems)
    raise SettingError("shift", problems)


def _print(found: ShiftResponse) -> None:
    """Print what it comes to, and a row for each shift."""
    from alliance_sim.counterfactual.labels import SENTENCE

    terminal.tell(found.answer, "bold", wrap=True)
    for sentence in (found.answering, found.missing):
        if sentence:
            terminal.tell(sentence, wrap=True)
    by = {point.shift.by: point for point in found.points}
    rows = [_row(shift, by.get(shift.by)) for shift in found.shifts]
    console = terminal.output()
    console.print(
        AdaptiveTable(
            title=f"Effect of moving {found.juncture}, shifted minus as it was ({found.measure})",
            heads=("quarters", "comes on", "outcome", "effect", "90 %", "error"),
            rows=tuple(rows),
        )
    )
    terminal.tell(f"\n{found.about}\n{SENTENCE}", wrap=True, lines=True)


def _row(shift: Shift, point: AtShift | None) -> tuple[str, ...]:
    """Return a row of the table: numbers, or why there are none."""
    from alliance_sim.glossary import decimal, signed

    by = signed(shift.by, places=0)
    if point is None:
        return by, str(shift.date or "–"), "–", shift.problem, "", ""
    effect = point.effect
    return (
        *(by, str(shift.date), decimal(point.edited.value), signed(effect.value)),
        *(f"{signed(effect.low)} to {signed(effect.high)}", decimal(point.error)),
    )
