"""A second list of the same acts, and which acts of the first it holds as well.

It lies in the folder `second_look` of a record, beside its editions where it has some:
`second_coder.csv` in the columns of `events.csv`, and `matches.csv`, whose lines count the header
as line 1. The matches are with the first edition: it was coded without knowing the second list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from alliance_sim.errors import NoRecord, RecordError, shown, unknown_name
from alliance_sim.record.folder import (
    EDITION,
    FIRST_ROW,
    TABLES,
    Check,
    Row,
    edition_of,
    read_table,
)

NAME = "second_look"
SECOND, MATCHES = "second_coder.csv", "matches.csv"
MATCH, FOLDED, REDATED = "match", "folded", "same act, date differs >31 days"
TYPES = (MATCH, FOLDED, REDATED)


class Pair(NamedTuple):
    """An act that both lists hold, by its place in each (0 is the first row)."""

    first: int
    second: int


class SecondLook(NamedTuple):
    """Two lists of the same acts.

    Attributes:
        first: Rows of the first edition's `events.csv`.
        second: Rows of the second list that stand for an act of their own: such as the first list
            has as a part of another row are left out.
        pairs: The acts in both, each once.
    """

    first: list[Row]
    second: list[Row]
    pairs: list[Pair]


def second_look_of(folder: Path) -> SecondLook:
    """Return both lists of a record.

    Args:
        folder: A record, or one of its editions.

    Raises:
        NoRecord: If nobody has coded it a second time.
        RecordError: Naming every problem of both files: file, row, column.
    """
    edition = EDITION.fullmatch(folder.name) is not None
    home = folder.parent if edition else folder
    place = home / NAME
    if not place.is_dir():
        wanted = f"{place / SECOND} and {place / MATCHES}"
        raise NoRecord(f"{home} has no second coding; it would be {wanted}")
    problems: list[str] = []
    first = _rows(edition_of(home, 1) / "events.csv" if edition else home / "events.csv", problems)
    second = _rows(place / SECOND, problems)
    matches = _rows(place / MATCHES, problems, _columns(len(first), len(second)))
    problems += [] if problems else _twice(matches)
    if problems:
        raise RecordError(str(place), problems)
    folded = {_place(row["second_line"]) for row in matches if row["type"] == FOLDED}
    kept = [at for at in range(len(second)) if at not in folded]
    new = {at: place for place, at in enumerate(kept)}
    pairs = [
        Pair(_place(row["record_line"]), new[_place(row["second_line"])])
        for row in matches
        if row["type"] != FOLDED
    ]
    return SecondLook(first, [second[at] for at in kept], pairs)


def _rows(path: Path, problems: list[str], columns: dict[str, Check] | None = None) -> list[Row]:
    """Return the rows of a table, and add what is wrong with them."""
    rows = []
    for row, told in read_table(path, columns or TABLES["events"]):
        rows.append(row)
        problems += (f"{path.name}{problem}" for problem in told)
    return rows


def _columns(first: int, second: int) -> dict[str, Check]:
    def line(rows: int) -> Check:
        def check(text: str) -> str | None:
            if text.isascii() and text.isdigit() and FIRST_ROW <= int(text) < rows + FIRST_ROW:
                return None
            return f"is {shown(text)}, must be a line from {FIRST_ROW} to {rows + FIRST_ROW - 1}"

        return check

    return {
        "second_line": line(second),
        "record_line": line(first),
        "type": lambda text: None if text in TYPES else unknown_name("type", text, TYPES),
    }


def _twice(matches: list[Row]) -> Iterator[str]:
    """An act has one match, but several of the second list may be folded into one of the first."""
    for column in ("second_line", "record_line"):
        chosen = matches if column == "second_line" else [m for m in matches if m["type"] != FOLDED]
        for line, times in Counter(row[column] for row in chosen).items():
            if times > 1:
                yield f"{MATCHES}: {column} {line} stands {times} times"


def _place(line: str) -> int:
    return int(line) - FIRST_ROW
