# ruff: noqa: INP001 - beside conf.py, not in a package
"""Tables of validations, as their scripts wrote them; or the command, where none has been run."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from cells import signed, table, text

PLACE = Path(__file__).with_name("validation")
PROGRAM = "alliance-sim"
MOST_ROWS = 40
NUMBER = re.compile(r"[+-][0-9.]+")


def validation(name: str, *command: str) -> str:
    """Return the table of a validation, with its figure if there is one.

    Args:
        name: Of its files in the folder of validations, without ending.
        *command: The script and its arguments that write them, or what the program was asked.
    """
    words = " ".join(command)
    if command[0] != PROGRAM:
        words = f"python experiments/{words} --out docs/validation"
    path = PLACE / f"{name}.csv"
    if not path.exists():
        return f"*Not run yet on the model of today.* `{words}` runs it and writes this table."
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    shown = [[_cell(cell) for cell in row] for row in rows[:MOST_ROWS]]
    parts = [f"`{words}` wrote this.", table([one.replace("_", " ") for one in head], shown)]
    if len(rows) > MOST_ROWS:
        parts.append(f"{len(rows) - MOST_ROWS} more rows stand in `docs/validation/{name}.csv`.")
    if path.with_suffix(".png").exists():
        parts.append(f"![{name.replace('_', ' ')}](/validation/{name}.png)")
    return "\n\n".join(parts)


def _cell(value: str) -> str:
    return signed(value) if NUMBER.fullmatch(value) else text(value)


def verdicts(name: str) -> str:
    """Return in one sentence how many rows of a validation have which verdict, most first.

    Args:
        name: Of its table in the folder of validations, without ending.
    """
    with (PLACE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        found = Counter(row["verdict"] for row in csv.DictReader(file))
    told = [f"{count} *{verdict}*" for verdict, count in found.most_common()]
    return f"The verdicts on {found.total()} parameters: {', '.join(told)}."


VALIDATION_TABLES: dict[str, Callable[..., str]] = {
    "validation": validation,
    "validation_verdicts": verdicts,
}
