"""What became of each proposal to change an edition: the table that leads to the next one.

`decisions.csv` lies in the edition that came of it. Carried out on the edition before, its rows
give that edition and nothing else, so that no difference between the two goes unexplained.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from io import StringIO
from pathlib import Path

from alliance_sim import files
from alliance_sim.errors import FileError, RecordError, shown, unknown_name
from alliance_sim.record.folder import (
    EDITION,
    FIRST_ROW,
    MOST_BYTES,
    Folder,
    Row,
    edition_of,
    read_folder,
    rows_told,
)

NAME = "decisions.csv"
COLUMNS = (*("proposal", "decision", "table", "line", "column", "old", "new", "reason", "source"),)
CARRIED_OUT = ("applied", "applied with change")
DECISIONS = (*CARRIED_OUT, "not applied")
WHOLE = "row"  # in place of a column: a row that comes or goes
# Agreements are picked out of the acts of each edition anew, and are not decided about.
ORDER = {"events": "date", "context": "date", "institutions": "rung", "article_claims": "claim_id"}

Tables = Mapping[str, Sequence[Row]]


def read_decisions(folder: Path) -> list[Row]:
    """Return the decisions that led to an edition, in the columns `COLUMNS`; none without a file.

    Raises:
        RecordError: Naming every problem with its row.
    """
    path = folder / NAME
    if not path.exists():
        return []
    try:
        text = files.read_text(path, MOST_BYTES)
        reader = csv.DictReader(text.splitlines(keepends=True), restval="")
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        whole = [] if missing else list(reader)
    except FileError as error:
        raise RecordError(str(path), error.problems) from None
    except csv.Error as error:
        raise RecordError(str(path), [f"cannot be read as CSV: {error}"]) from None
    problems = [f"column {name!r} is missing" for name in missing]
    rows: list[Row] = [{name: row[name] for name in COLUMNS} for row in whole]
    for at, row in enumerate(rows, start=FIRST_ROW):
        problems += (f"row {at}, {problem}" for problem in _wrong(row))
    if problems:
        raise RecordError(str(path), problems)
    return rows


def _wrong(row: Row) -> Iterator[str]:
    if row["decision"] not in DECISIONS:
        yield f"decision: {unknown_name('decision', row['decision'], DECISIONS)}"
    if row["table"] and row["table"] not in ORDER:
        yield f"table: {unknown_name('table', row['table'], tuple(ORDER))}"
    if row["line"] and not (row["line"].isascii() and row["line"].isdigit()):
        yield f"line: is {shown(row['line'])}, must be a line of the table, or empty"
    if not row["reason"].strip():
        yield "reason: is empty"
    if row["column"] and row["column"] != WHOLE and not row["line"]:
        yield "line: is empty, must name the line that the column is changed in"


def carried_out(decisions: Sequence[Row], before: Tables) -> dict[str, list[Row]]:
    """Return the tables of an edition as the decisions change them, sorted as they are kept.

    Args:
        decisions: As from `read_decisions`.
        before: The rows of the edition before, by table.

    Raises:
        RecordError: Where a decision tells of a line, column or value that is not there.
    """
    problems: list[str] = []
    made: dict[str, list[Row]] = {}
    for table in ORDER:
        given = before.get(table, ())
        rows: dict[int, dict[str, str]] = {
            at: dict(row) for at, row in enumerate(given, start=FIRST_ROW)
        }
        came: list[dict[str, str]] = []
        names = list(dict.fromkeys(name for row in given for name in row))
        for at, one in enumerate(decisions, start=FIRST_ROW):
            if one["table"] != table or one["decision"] not in CARRIED_OUT or not one["column"]:
                continue
            if not one["line"]:
                came.append(dict(zip(names, next(csv.reader([one["new"]])), strict=False)))
                continue
            row, column = rows.get(int(one["line"])), one["column"]
            held = None if row is None else _line(row) if column == WHOLE else row.get(column, "")
            if held is None or held != one["old"]:
                found = "is not there" if held is None else f"holds {shown(held)}"
                problems.append(
                    f"{NAME}, row {at}: line {one['line']} of {table}.csv {found}, "
                    f"and old is {shown(one['old'])}"
                )
            elif column == WHOLE:
                del rows[int(one["line"])]
            else:
                rows[int(one["line"])][column] = one["new"]
                names = list(dict.fromkeys([*names, column]))
        every = sorted([*rows.values(), *came], key=partial(_place, table))
        made[table] = [{name: row.get(name, "") for name in names} for row in every]
    if problems:
        raise RecordError(NAME, problems)
    return made


def _place(table: str, row: Row) -> tuple[int, str]:
    """Return what a table is kept in the order of: its rungs as numbers, else the text."""
    value = row[ORDER[table]]
    return (int(value), "") if table == "institutions" else (0, value)


def _line(row: Row) -> str:
    """Return a row as a line of CSV."""
    text = StringIO()
    csv.writer(text, lineterminator="").writerow(row.values())
    return text.getvalue()


def unaccounted(decisions: Sequence[Row], before: Tables, after: Tables) -> list[str]:
    """Return a sentence for each table in which an edition is not what its decisions lead to.

    Args:
        decisions: As from `read_decisions`.
        before: The rows of the edition before, by table.
        after: Those of the edition itself.

    Raises:
        RecordError: As `carried_out` does.
    """
    told = []
    for table, wanted in carried_out(decisions, before).items():
        found = list(after.get(table, ()))
        first = FIRST_ROW
        unlike = [
            at
            for at, (mine, theirs) in enumerate(zip(wanted, found, strict=False), start=first)
            if mine != theirs
        ]
        if len(wanted) != len(found):
            told.append(
                f"{table}.csv: has {len(found)} rows, and the decisions lead to {len(wanted)}"
            )
        elif unlike:
            told.append(f"{table}.csv, {rows_told(unlike)}: not what the decisions lead to")
    return told


def check_decisions(path: Path, edition: Folder) -> None:
    """Refuse an edition with `decisions.csv` that they do not lead to from the edition before.

    Args:
        path: Folder of the edition.
        edition: What it holds.

    Raises:
        RecordError: Naming every problem; also where the edition before is not there.
    """
    decisions = read_decisions(path)
    number = EDITION.fullmatch(path.name)
    if not decisions or number is None:
        return
    before = read_folder(edition_of(path.parent, int(number[1]) - 1))
    problems = unaccounted(decisions, before.tables, edition.tables)
    if problems:
        raise RecordError(str(path), problems)
