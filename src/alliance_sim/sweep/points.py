"""A user's own table of points, from a CSV or a Parquet file."""

from __future__ import annotations

import csv
import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from alliance_sim.errors import unknown_name
from alliance_sim.sweep.designs import MOST_POINTS
from alliance_sim.sweep.factors import NUMBER, Factor, Value

MOST_BYTES = 2_000_000_000
ROWS_NAMED = 5  # rows with one and the same problem that are named one by one
CELLS_SHOWN = 3
# What pandas calls its index where the index has no name.
NAMELESS = ("", "Unnamed: 0", "__index_level_0__")
TRUTHS = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}
DAY = re.compile(r"\d{4}-\d\d-\d\d")

Rows = tuple[tuple[Value, ...], ...]


class Wrong(NamedTuple):
    """What is wrong with a cell."""

    shown: str  # the cell as found, "" where there is nothing in it
    wanted: str


class Unreadable(Exception):  # noqa: N818 - always caught and turned into sentences
    """Sentences about a file that holds no table."""


def read_rows(
    path: Path, factors: Sequence[Factor], *, unsound: Sequence[str] = ()
) -> tuple[Rows, list[str]]:
    """Return the points in a file, and all that is wrong with it.

    The file has one column per factor, called by its name, in any order. In CSV, columns are
    separated by commas, and days are written 2001-09-11. Truth values are true and false, or 1 and
    0, as in arguments of `alliance_sim.run`.

    Args:
        path: A file that ends in .csv or .parquet.
        factors: The factors, each sound by itself.
        unsound: Names of factors with problems of their own, whose columns are not looked at.

    Returns:
        One tuple of values per point, in the order of the factors; and one sentence per problem,
        however many rows have it. Rows are counted from 1, the header not counted.
    """
    readers: dict[str, Callable[[Path], dict[str, list[Any]]]] = {
        ".csv": _from_csv,
        ".parquet": _from_parquet,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        return (), ["must end in .csv or .parquet"]
    try:
        columns = reader(path)
    except Unreadable as problem:
        return (), list(problem.args)
    known = [*(factor.name for factor in factors), *unsound]
    problems = [
        f"column {name!r}: {_stranger(name, known)}" for name in columns if name not in known
    ]
    problems += [f"column {name!r} is missing" for name in known if name not in columns]
    count = len(next(iter(columns.values()), ()))
    if not count:
        problems.append("has no rows below its header")
    if count > MOST_POINTS:
        problems.append(f"has {count:,} rows, must have at most {MOST_POINTS:,}")
    found = []
    for factor in factors:
        if factor.name in columns:
            values, told = _column(factor, columns[factor.name])
            found.append(values)
            problems += told
    return (() if problems else tuple(zip(*found, strict=True))), problems


def _stranger(name: str, known: Sequence[str]) -> str:
    """Return what is wrong with a column that no factor has the name of."""
    if name in NAMELESS:
        return "has no name; it may be the index of pandas, which index=False leaves out"
    return unknown_name("factor", name, known)


def _column(factor: Factor, cells: Sequence[Any]) -> tuple[list[Value], list[str]]:
    """Return the values of a column, and a sentence for each kind of problem in it."""
    values: list[Value] = []
    empty: list[int] = []
    wrong: dict[str, list[tuple[int, str]]] = {}
    for row, cell in enumerate(cells, start=1):
        found = _value(factor, cell.strip() if isinstance(cell, str) else cell)
        if not isinstance(found, Wrong) and not factor.allows(found):
            among = "one of" if factor.values else "from"
            found = Wrong(_shown(cell), f"{among} {factor.range_in_words()}")
        if not isinstance(found, Wrong):
            values.append(found)
        elif found.shown:
            wrong.setdefault(found.wanted, []).append((row, found.shown))
        else:
            empty.append(row)
    told = [f"column {factor.name!r}, {_rows(empty)} empty"] if empty else []
    for wanted, places in wrong.items():
        rows = _rows([row for row, _ in places])
        shown = _some(list(dict.fromkeys(text for _, text in places)))
        told.append(f"column {factor.name!r}, {rows} {shown}, must be {wanted}")
    return values, told


def _rows(rows: Sequence[int], be: tuple[str, str] = ("is", "are")) -> str:
    """Return rows in words, the first of them by number, and the verb that goes with them."""
    if len(rows) == 1:
        return f"row {rows[0]}: {be[0]}"
    named = ", ".join(f"{row:,}" for row in rows[:ROWS_NAMED])
    more = len(rows) - ROWS_NAMED
    return f"rows {named}{f' and {more:,} more' if more > 0 else ''}: {be[1]}"


def _some(shown: Sequence[str]) -> str:
    return ", ".join(shown[:CELLS_SHOWN]) + (", ..." if len(shown) > CELLS_SHOWN else "")


def _value(factor: Factor, cell: Any) -> Value | Wrong:
    """Return the value in a cell, or what is wrong with it."""
    if cell is None or cell == "":
        return Wrong("", "a value")
    kind = _kind(factor)
    if kind is float:
        return _number(cell)
    if factor.dated:
        return _day(cell)
    if kind is bool:
        truth = TRUTHS.get(str(cell).lower())
        return Wrong(_shown(cell), "true or false, or 1 or 0") if truth is None else truth
    if kind is int:
        if isinstance(cell, str) and re.fullmatch(r"[+-]?\d{1,18}", cell):
            cell = int(cell)
        whole = isinstance(cell, int) and not isinstance(cell, bool)
        return cell if whole else Wrong(_shown(cell), "a whole number")
    return cell if isinstance(cell, str) else Wrong(_shown(cell), "a text")


def _kind(factor: Factor) -> type:
    """Return which kind of value a factor takes; days are texts."""
    return float if factor.kind == NUMBER else type(factor.values[0]) if factor.values else str


def _number(cell: Any) -> float | Wrong:
    if isinstance(cell, str):
        try:
            cell = float(cell)
        except ValueError:
            return Wrong(_shown(cell), "a number")
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return Wrong(_shown(cell), "a number")
    if not math.isfinite(cell):
        return Wrong(_shown(cell), "a finite number")
    return float(cell) + 0.0


def _day(cell: Any) -> str | Wrong:
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        cell = cell.date()
    if isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
        return cell.isoformat()
    if isinstance(cell, str) and DAY.fullmatch(cell):
        try:
            return dt.date.fromisoformat(cell).isoformat()
        except ValueError:
            pass
    return Wrong(_shown(cell), "a date such as 2001-09-11")


def _shown(cell: Any) -> str:
    longest = 40
    text = str(cell) if isinstance(cell, dt.date) else repr(cell)
    return text if len(text) <= longest else f"{text[:longest]}..."


def _from_csv(path: Path) -> dict[str, list[Any]]:
    """Return the columns of a CSV file as texts."""
    try:
        _check_file(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            rows = [row for row in reader if row]
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not text in UTF-8 (byte {error.start})") from None
    except csv.Error as error:
        raise Unreadable(f"is not CSV: {error}") from None
    if not header:
        raise Unreadable("is empty")
    if len(header) == 1 and re.search(r"[;\t]", header[0]):
        raise Unreadable("has its columns separated by other signs, must have commas")
    twice = [name for name in dict.fromkeys(header) if header.count(name) > 1]
    problems = [f"column {name!r}: stands {header.count(name)} times" for name in twice]
    ragged = [(k, str(len(row))) for k, row in enumerate(rows, 1) if len(row) != len(header)]
    if ragged:
        which = _rows([number for number, _ in ragged], ("has", "have"))
        cells = _some(list(dict.fromkeys(count for _, count in ragged)))
        problems.append(f"{which} {cells} cells, must have {len(header)}")
    if problems:
        raise Unreadable(*problems)
    return {name: [row[k] for row in rows] for k, name in enumerate(header)}


def _from_parquet(path: Path) -> dict[str, list[Any]]:
    """Return the columns of a Parquet file as plain values."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        _check_file(path)
        table = pq.read_table(path)
    except pa.ArrowInvalid as error:
        raise Unreadable(f"cannot be read as Parquet: {error}") from None
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from None
    return {name: table.column(name).to_pylist() for name in table.column_names}


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise Unreadable("is a folder, must be a file")
    if not path.exists():
        raise Unreadable("does not exist")
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(f"has {path.stat().st_size:,} bytes, must have at most {MOST_BYTES:,}")
