"""Options that edit a scenario: one for each kind of edit, in the grammar of all edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance_sim.cli.options import WHOLE_NUMBER
from alliance_sim.errors import ScenarioError, SettingError
from alliance_sim.scenario.edit_kinds import KINDS

if TYPE_CHECKING:
    from alliance_sim.scenario import Scenario

QUANTILE = "quantile"
SEVERAL = "May be given several times."


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


def outcome_given(outcome: str | None, wanted: str, base: Scenario, texts: list[str]) -> str:
    """Return the outcome that was asked for, once there is one.

    Args:
        outcome: As it was given.
        wanted: What it should be, with an example.
        base: The scenario that is edited.
        texts: The edits, which are read too, so that all that is wrong is told at once.

    Raises:
        SettingError: If there is none; it names what is wrong with the edits, too.
    """
    from alliance_sim.scenario.edit_texts import read_edits

    if outcome is not None:
        return outcome
    problems = [f"is missing: {wanted}"]
    try:
        read_edits(base, texts)
    except ScenarioError as error:
        problems += error.problems
    raise SettingError("--outcome", problems)
