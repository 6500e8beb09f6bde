"""A user's own table of points, from a CSV or a Parquet file."""

from __future__ import annotations

import csv
import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from alliance_sim.errors import unknown_name
from alliance_sim.experiment.designs import MOST_POINTS
from alliance_sim.experiment.factors import NUMBER, Factor, Value

MOST_BYTES = 2_000_000_000
MOST_TOLD = 10  # wrong rows of one column that are told one by one
DAY = re.compile(r"\d{4}-\d\d-\d\d")

Rows = tuple[tuple[Value, ...], ...]


class Unreadable(Exception):  # noqa: N818 - always caught and turned into sentences
    """Sentences about a file that holds no table."""


def read_rows(path: Path, factors: Sequence[Factor]) -> tuple[Rows, list[str]]:
    """Return the points in a file, and all that is wrong with it.

    The file has one column per factor, called by its name, in any order. In CSV, columns are
    separated by commas, days are written 2001-09-11 and truth values true and false.

    Args:
        path: A file that ends in .csv or .parquet.
        factors: The factors, each sound by itself.

    Returns:
        One tuple of values per point, in the order of the factors; and one sentence per problem.
        Rows are counted from 1, the header not counted.
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
    known = [factor.name for factor in factors]
    problems = [
        f"column {name!r}: {unknown_name('factor', name, known)}"
        for name in columns
        if name not in known
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


def _column(factor: Factor, cells: Sequence[Any]) -> tuple[list[Value], list[str]]:
    """Return the values of a column, and a sentence for each of the first wrong rows."""
    values, wrong = [], []
    for row, cell in enumerate(cells, start=1):
        value, problem = _value(factor, cell)
        if problem is None and value is not None and not factor.allows(value):
            among = "must be one of" if factor.values else "must be from"
            problem = f"is {_shown(cell)}, {among} {factor.range_in_words()}"
        if problem is not None:
            wrong.append(f"column {factor.name!r}, row {row}: {problem}")
        elif value is not None:
            values.append(value)
    if len(wrong) > MOST_TOLD:
        more = len(wrong) - MOST_TOLD
        wrong[MOST_TOLD:] = [f"column {factor.name!r}: {more:,} more rows are wrong"]
    return values, wrong


def _value(factor: Factor, cell: Any) -> tuple[Value | None, str | None]:
    """Return the value in a cell, or what is wrong with it."""
    if isinstance(cell, str):
        cell = cell.strip()
    if cell is None or cell == "":
        return None, "is empty"
    kind = _kind(factor)
    if kind is float:
        return _number(cell)
    if factor.dated:
        return _day(cell)
    if kind is bool:
        if isinstance(cell, str):
            cell = {"true": True, "false": False}.get(cell.lower(), cell)
        return (cell, None) if isinstance(cell, bool) else (None, _wrong(cell, "true or false"))
    if kind is int:
        if isinstance(cell, str) and re.fullmatch(r"[+-]?\d{1,18}", cell):
            cell = int(cell)
        whole = isinstance(cell, int) and not isinstance(cell, bool)
        return (cell, None) if whole else (None, _wrong(cell, "a whole number"))
    return (cell, None) if isinstance(cell, str) else (None, _wrong(cell, "a text"))


def _kind(factor: Factor) -> type:
    """Return which kind of value a factor takes; days are texts."""
    return float if factor.kind == NUMBER else type(factor.values[0]) if factor.values else str


def _number(cell: Any) -> tuple[float | None, str | None]:
    if isinstance(cell, str):
        try:
            cell = float(cell)
        except ValueError:
            return None, _wrong(cell, "a number")
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None, _wrong(cell, "a number")
    if not math.isfinite(cell):
        return None, _wrong(cell, "a finite number")
    return float(cell) + 0.0, None


def _day(cell: Any) -> tuple[str | None, str | None]:
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        cell = cell.date()
    if isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
        return cell.isoformat(), None
    if isinstance(cell, str) and DAY.fullmatch(cell):
        try:
            return dt.date.fromisoformat(cell).isoformat(), None
        except ValueError:
            pass
    return None, _wrong(cell, "a date such as 2001-09-11")


def _wrong(cell: Any, wanted: str) -> str:
    return f"is {_shown(cell)}, must be {wanted}"


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
    ragged = [
        f"row {number} has {len(row)} cells, must have {len(header)}"
        for number, row in enumerate(rows, start=1)
        if len(row) != len(header)
    ]
    if problems or ragged:
        raise Unreadable(*problems, *ragged[:MOST_TOLD])
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
