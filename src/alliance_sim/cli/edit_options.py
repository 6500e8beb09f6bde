"""Options that edit a scenario: one for each kind of edit, in the grammar of all edits."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from alliance_sim.scenario.edit_kinds import KINDS

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
