"""Options that edit a scenario: one for each kind of edit, in the grammar of all edits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from alliance_sim.cli.options import WHOLE_NUMBER, command_line
from alliance_sim.errors import ScenarioError, SettingError
from alliance_sim.scenario.edit_kinds import KINDS
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    from alliance_sim.scenario import Scenario

EXAMPLE = "rung>=8@2014"  # an outcome of the usual scenario
QUANTILE = "quantile"
SEVERAL = "May be given several times."


class Line(NamedTuple):
    """What was typed.

    Attributes:
        command: The command.
        scenario: Its scenario.
        holds_edits: Whether that is one of edits.
        edits: Its edits, by option.
    """

    command: str
    scenario: str
    holds_edits: bool
    edits: Mapping[str, Any]


def _option(kind: str) -> Any:
    return typer.Option(f"--{kind}", help=f"{KINDS[kind].words} {SEVERAL}", metavar="TEXT")


Without = Annotated[list[str] | None, _option("without")]
Shift = Annotated[list[str] | None, _option("shift")]
Strength = Annotated[list[str] | None, _option("strength")]
SetTo = Annotated[list[str] | None, _option("set")]
Hold = Annotated[list[str] | None, _option("hold")]
Leader = Annotated[list[str] | None, _option("leader")]
Council = Annotated[list[str] | None, _option("council")]
Member = Annotated[list[str] | None, _option("member")]
Motive = Annotated[list[str] | None, _option("motive")]
Keep = Annotated[list[str] | None, _option("keep")]
Theory = Annotated[list[str] | None, _option("theory")]
# What commands ask that try many edits of one history, under one theory and one coupling.
LookedAt = Annotated[
    str | None,
    typer.Option(help="What is looked at, such as rung>=8@2014 or level_equipment@2024."),
]
OneTheory = Annotated[
    str | None, typer.Option(help="Theory of all worlds, such as RI.", metavar="TEXT")
]
Coupling = Annotated[
    str,
    typer.Option(
        help="How acts of the worlds hang together: quantile, thinning, redraw_after or "
        "independent.",
        metavar="NAME",
    ),
]
Uniforms = Annotated[
    int,
    typer.Option(
        help="How often what the record leaves open is drawn for each draw.", **WHOLE_NUMBER
    ),
]


def outcome_given(
    outcome: str | None, wanted: str, world: Scenario, texts: list[str], line: Line
) -> str:
    """Return the outcome that was asked for, once there is one.

    Args:
        outcome: As it was given.
        wanted: What it should be.
        world: The scenario that is edited.
        texts: The edits, which are read too, so that all that is wrong is told at once.
        line: What was typed, which comes back as the example, with an outcome.

    Raises:
        SettingError: If there is none; it names what is wrong with the edits, too.
    """
    from alliance_sim.scenario.edit_texts import read_edits

    if outcome is not None:
        return outcome
    problems = [f"is missing: {wanted}, such as {_with_outcome(line, world)}"]
    if line.holds_edits and not texts:
        many = command_line("compare", line.scenario)
        problems[0] += f"; for what differs in many at once: {many}"
    try:
        read_edits(world, texts)
    except ScenarioError as error:
        problems += error.problems
    raise SettingError("--outcome", problems)


def _with_outcome(line: Line, world: Scenario) -> str:
    """Return what was typed with an outcome that the scenario has, and an edit if there is none."""
    from alliance_sim.counterfactual.question import read_outcome

    last = f"rung>=1@{world.calendar().last_year}"
    outcome = last if read_outcome(world, EXAMPLE, []) is None else EXAMPLE
    usual = line.scenario == usual_scenario()
    edits = line.edits
    if not line.holds_edits and not any(edits.values()) and world.junctures:
        edits = {"without": "nine_eleven" if usual else world.junctures[0].name}
    return command_line(line.command, *([] if usual else [line.scenario]), **edits, outcome=outcome)
