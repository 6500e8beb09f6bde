"""A user's own table of points, from a CSV or a Parquet file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from alliance_sim import files, kinds
from alliance_sim.errors import FileError, shown, unknown_name
from alliance_sim.scenario.fields import WHOLE, written_day, written_number
from alliance_sim.sweep.designs import MOST_POINTS
from alliance_sim.sweep.factors import NUMBER, Factor, Value

MOST_BYTES = 2_000_000_000  # of a file, and of what a Parquet file unfolds to
MOST_CELLS = 100_000_000
MOST_COLUMNS = 2_000
LONGEST_TEXT = 1_000  # bytes of a text in a Parquet file, which may stand in every row
SECONDS_A_DAY = 86_400
PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
ROWS_NAMED = 5  # rows with one and the same problem that are named one by one
CELLS_SHOWN = 3
# What pandas calls its index where the index has no name.
NAMELESS = ("", "Unnamed: 0", "__index_level_0__")
TRUTHS = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}

Rows = tuple[tuple[Value, ...], ...]


class Wrong(NamedTuple):
    """What is wrong with a cell."""

    shown: str  # the cell as found, "" where there is nothing in it
    wanted: str


class Beyond(NamedTuple):
    """A day of a Parquet file outside the years 1 to 9999, by its distance from 1970."""

    days: int


class Unreadable(Exception):  # noqa: N818 - always caught and turned into sentences
    """Sentences about a file that holds no table."""


def read_rows(
    path: Path, factors: Sequence[Factor], *, unsound: Sequence[str] = ()
) -> tuple[Rows, list[str]]:
    """Return the points in a file, and all that is wrong with it.

    The file has one column per factor, called by its name, in any order. In CSV, columns are
    separated by commas, days are written 2001-09-11 and numbers as `written_number` says. Truth
    values are true and false, or 1 and 0, as in arguments of `alliance_sim.run`.

    Args:
        path: A file that ends in .csv or .parquet.
        factors: The factors, each sound by itself.
        unsound: Names of factors with problems of their own, whose columns are not looked at.

    Returns:
        One tuple of values per point, in the order of the factors; and one sentence per problem,
        however many rows have it. Rows are counted from 1, the header not counted.
    """
    known = [*(factor.name for factor in factors), *unsound]
    readers: dict[str, Callable[[Path, Sequence[str]], dict[str, list[Any]]]] = {
        ".csv": _from_csv,
        ".parquet": _from_parquet,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        return (), ["must end in .csv or .parquet"]
    try:
        columns = reader(path, known)
    except Unreadable as problem:
        return (), list(problem.args)
    except FileError as error:
        return (), list(error.problems)
    problems = [
        f"column {shown(name)}: {_stranger(name, known)}" for name in columns if name not in known
    ]
    problems += [f"column {name!r} is missing" for name in known if name not in columns]
    if not max(map(len, columns.values()), default=0):
        problems.append("has no rows below its header")
    found = []
    for factor in factors:
        if factor.name in columns:
            values, told = _column(factor, columns[factor.name])
            found.append(values)
            problems += told
    if problems:
        other = kinds.instead(path, kinds.POINTS)
        return (), problems if other is None else [other]
    return tuple(zip(*found, strict=True)), []


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
        found = _value(factor, cell.strip(" \t") if isinstance(cell, str) else cell)
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
        if isinstance(cell, str) and WHOLE.fullmatch(cell):
            cell = int(cell)
        whole = isinstance(cell, int) and not isinstance(cell, bool)
        return cell if whole else Wrong(_shown(cell), "a whole number")
    return cell if isinstance(cell, str) else Wrong(_shown(cell), "a text")


def _kind(factor: Factor) -> type:
    """Return which kind of value a factor takes; days are texts."""
    return float if factor.kind == NUMBER else type(factor.values[0]) if factor.values else str


def _number(cell: Any) -> float | Wrong:
    number = written_number(cell) if isinstance(cell, str) else cell
    if isinstance(number, bool) or not isinstance(number, int | float):
        return Wrong(_shown(cell), "a number")
    if not math.isfinite(number):
        return Wrong(_shown(cell), "a finite number")
    return float(number) + 0.0


def _day(cell: Any) -> str | Wrong:
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        cell = cell.date()
    if isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
        return cell.isoformat()
    day = written_day(cell) if isinstance(cell, str) else None
    if day is not None:
        return day.isoformat()
    return Wrong(_shown(cell), "a date such as 2001-09-11")


def _shown(cell: Any) -> str:
    longest = 40
    if isinstance(cell, Beyond):
        return f"{cell.days:,} days from 1970-01-01"
    return str(cell) if isinstance(cell, dt.date) else shown(cell, longest)


def _from_csv(path: Path, _known: Sequence[str]) -> dict[str, list[Any]]:
    """Return the columns of a CSV file as texts."""
    rows: list[list[str]] = []
    try:
        with files.regular(path, MOST_BYTES) as raw:
            text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
            reader = csv.reader(text, strict=True)
            header = [name.strip() for name in next(reader, [])]
            _check_size(0, len(header))
            most = min(MOST_POINTS, MOST_CELLS // max(len(header), 1))
            for row in reader:
                if row:
                    rows.append(row)
                if len(rows) > most:
                    raise Unreadable(f"has more than {most:,} rows, must have at most as many")
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


def _check_size(rows: int, columns: int) -> None:
    """Refuse a table that is too large to be held."""
    if columns > MOST_COLUMNS:
        raise Unreadable(f"has {columns:,} columns, must have at most {MOST_COLUMNS:,}")
    most = min(MOST_POINTS, MOST_CELLS // max(columns, 1))
    if rows > most:
        raise Unreadable(f"has {rows:,} rows, must have at most {most:,}")


def _from_parquet(path: Path, known: Sequence[str]) -> dict[str, list[Any]]:
    """Return the columns of a Parquet file as plain values; of unknown ones only the names.

    A small file can unfold to more than memory holds, so its size is read from what it says of
    itself before any of its rows.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with files.regular(path, MOST_BYTES) as raw:
            file = pq.ParquetFile(raw)
            names = _check_parquet(file.metadata, file.schema_arrow, known)
            texts = [n for n in names if pa.types.is_large_string(file.schema_arrow.field(n).type)]
            texts += [n for n in names if pa.types.is_string(file.schema_arrow.field(n).type)]
            raw.seek(0)
            table = pq.ParquetFile(raw, read_dictionary=texts).read(columns=names)
            table.validate(full=True)
            found = {name: _cells(name, table.column(name)) for name in names}
            strangers = [name for name in file.schema_arrow.names if name not in found]
    except (pa.ArrowException, ValueError, OverflowError) as error:
        raise Unreadable(f"cannot be read as Parquet: {error}") from None
    return {name: found.get(name, []) for name in (*found, *strangers)}


def _check_parquet(metadata: Any, schema: Any, known: Sequence[str]) -> list[str]:
    """Return the columns to read, from what a Parquet file says of itself.

    Raises:
        Unreadable: If it is too large, or one of them is no column of plain values.
    """
    import pyarrow as pa

    _check_size(metadata.num_rows, metadata.num_columns)
    groups = range(min(metadata.num_row_groups, MOST_POINTS))
    unfolded = sum(metadata.row_group(k).total_byte_size for k in groups)
    if unfolded > MOST_BYTES:
        raise Unreadable(f"unfolds to {unfolded:,} bytes, must have at most {MOST_BYTES:,}")
    twice = [name for name in dict.fromkeys(schema.names) if schema.names.count(name) > 1]
    problems = [f"column {shown(n)}: stands {schema.names.count(n)} times" for n in twice]
    names = [name for name in schema.names if name in known]
    problems += [
        f"column {name!r}: holds lists or tables, must hold plain values"
        for name in names
        if pa.types.is_nested(schema.field(name).type)
    ]
    if problems:
        raise Unreadable(*problems)
    return names


def _cells(name: str, column: Any) -> list[Any]:
    """Return a column as plain values; a day that Python has no date for as `Beyond`.

    Raises:
        Unreadable: If a text in it is too long to stand in every row.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type):
        for chunk in column.chunks:
            length = pc.max(pc.binary_length(chunk.dictionary)).as_py() or 0
            if length > LONGEST_TEXT:
                raise Unreadable(
                    f"column {name!r}: holds a text of {length:,} bytes, "
                    f"must have at most {LONGEST_TEXT:,}"
                )
    if pa.types.is_date32(kind):
        a_day, counts = 1, column.cast(pa.int32()).cast(pa.int64())
    elif pa.types.is_date64(kind) or pa.types.is_timestamp(kind):
        unit = "ms" if pa.types.is_date64(kind) else kind.unit
        a_day, counts = SECONDS_A_DAY * PER_SECOND[unit], column.cast(pa.int64())
    else:
        found: list[Any] = column.to_pylist()
        return found
    epoch = dt.date(1970, 1, 1).toordinal()
    first, last = dt.date.min.toordinal() - epoch, dt.date.max.toordinal() - epoch
    days = [None if count is None else count // a_day for count in counts.to_pylist()]
    inside = [day is None or first < day < last for day in days]
    held = pc.if_else(pa.array(inside, pa.bool_()), column, pa.scalar(None, kind)).to_pylist()
    return [
        value if sound or day is None else Beyond(day)
        for value, sound, day in zip(held, inside, days, strict=True)
    ]
