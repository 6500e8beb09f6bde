"""The files of a record: read whole, or told with everything that is wrong with them.

A record is a folder. `events.csv` and `institutions.csv` have to be there; `agreements.csv`,
`context.csv`, `article_claims.csv` and `reporting.toml` may be; other files are ignored, and so are
other columns.
A folder may hold editions in place of the files: `edition_1/`, `edition_2/` and so on.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from alliance_sim import files, kinds, shipped
from alliance_sim.errors import FileError, RecordError, nearest_name, shown, unknown_name
from alliance_sim.record.reporting import NAME as REPORTING
from alliance_sim.record.reporting import Reporting, read_reporting
from alliance_sim.scenario.fields import SERIES as DOMAINS

HERE = Path(__file__).resolve().parent  # where the records of the package lie
MOST_BYTES = 5_000_000
MOST_ROWS = 50_000
FIRST_ROW = 2  # the first line holds the names of the columns
MOST_ROWS_TOLD = 5
YEARS = range(1700, 2201)
DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
EDITION = re.compile(r"edition_([1-9][0-9]{0,3})")
INITIATOR = re.compile(r"[a-z][a-z0-9_]*|member:.{1,60}")
CLAIM = re.compile(r"[A-Z][A-Za-z0-9]{0,9}")
SUSPENSION = "suspension"
KINDS = (
    *("visit", "dialogue", "conference", "summit", "statement", "proposal", "exercise"),
    *("mission_support", "secondment", "financial_contribution", "agreement", "programme"),
    *("office", "transfer", "co_development", SUSPENSION),
)
VERDICTS = {
    "Supported": "supported",
    "Partly": "partly",
    "Mostly": "partly",
    "Weak support": "partly",
    "Not visible": "contradicted",
    "Not supported": "contradicted",
    "Interpretive": "untestable",
}

Row = Mapping[str, str]
Check = Callable[[str], str | None]


def verdict(text: str) -> str | None:
    """Return the one word that a coder's verdict in prose comes to, None if it cannot be told."""
    return next((word for opening, word in VERDICTS.items() if text.startswith(opening)), None)


def _date(text: str) -> str | None:
    wanted = f"is {shown(text)}, must be a date such as 2001, 2001-09 or 2001-09-11"
    found = DATE.fullmatch(text)
    if not found:
        return wanted
    try:
        day = dt.date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return wanted
    years = f"is {text}, must lie from {YEARS[0]} to {YEARS[-1]}"
    return None if day.year in YEARS else years


def _date_or_open(text: str) -> str | None:
    return _date(text) if text else None


def _text(text: str) -> str | None:
    return None if text.strip() else "is empty"


def _any(_text_given: str) -> str | None:
    return None


def _one_of(kind: str, known: tuple[str, ...]) -> Check:
    return lambda text: None if text in known else unknown_name(kind, text, known)


def _whole(low: int, high: int) -> Check:
    def check(text: str) -> str | None:
        if text.isascii() and text.isdigit() and len(text) <= 2 and low <= int(text) <= high:
            return None
        return f"is {shown(text)}, must be a whole number from {low} to {high}"

    return check


def _like(pattern: re.Pattern[str], words: str) -> Check:
    return lambda text: None if pattern.fullmatch(text) else f"is {shown(text)}, must be {words}"


def _verdict(text: str) -> str | None:
    begins = ", ".join(VERDICTS)
    return None if verdict(text) else f"is {shown(text)}, must begin with one of: {begins}"


_CONFIDENCE = _one_of("confidence", ("high", "medium", "low"))
_INITIATOR = _like(INITIATOR, "'both', the name of a side, or 'member:' and an ally")
TABLES: dict[str, dict[str, Check]] = {
    "events": {
        "date": _date,
        "domain": _one_of("domain", DOMAINS),
        "kind": _one_of("kind", KINDS),
        "salience": _whole(1, 3),
        "initiator": _INITIATOR,
        "title": _text,
        "source": _text,
        "confidence": _CONFIDENCE,
    },
    "institutions": {
        "date": _date,
        "rung": _whole(0, 20),
        "name": _text,
        "description": _any,
        "source": _text,
        "confidence": _CONFIDENCE,
    },
    "agreements": {
        "date": _date,
        "ally": _text,
        "title": _text,
        "source": _text,
        "confidence": _CONFIDENCE,
    },
    "context": {
        "date": _date,
        "end_date": _date_or_open,
        "actor": _text,
        "category": _text,
        "title": _text,
        "source": _text,
        "confidence": _CONFIDENCE,
    },
    "article_claims": {
        "claim_id": _like(CLAIM, "an id such as C01"),
        "period": _text,
        "domain": _text,
        "type": _text,
        "claim": _text,
        "formal": _any,
        "check": _any,
        "verdict_from_coding": _verdict,
    },
}
REQUIRED = ("events", "institutions")
MAY_BE = {"article_claims": {"basis": _one_of("basis", ("said", "implied", "ours"))}}


class Folder(NamedTuple):
    """What the files of a record hold, as text."""

    path: Path
    tables: Mapping[str, list[Row]]  # by name of the file; those left out have no rows
    reporting: Reporting


def edition_of(folder: Path, wanted: int | None = None) -> Path:
    """Return the folder of an edition, the newest if none is asked for; a folder without is one.

    Raises:
        RecordError: If there is no such folder or edition.
    """
    if not folder.is_dir():
        raise RecordError(str(folder), [_no_folder(folder)])
    found = {
        int(match[1]): path
        for path in folder.iterdir()
        if (match := EDITION.fullmatch(path.name)) and path.is_dir()
    }
    if not found and wanted is None:
        other = None if (folder / "events.csv").exists() else kinds.instead(folder, kinds.RECORD)
        if other is not None:
            raise RecordError(str(folder), [other])
        return folder
    if not found or (wanted is not None and wanted not in found):
        known = ", ".join(map(str, sorted(found))) or "none"
        raise RecordError(str(folder), [f"holds no edition {wanted} (known: {known})"])
    return found[max(found) if wanted is None else wanted]


def _no_folder(folder: Path) -> str:
    """Return what stands in place of a record, and the folder that was probably meant."""
    if folder.is_file():
        wanted = "must be a folder that holds events.csv and institutions.csv"
        return kinds.instead(folder, kinds.RECORD) or f"is a file, {wanted}"
    try:
        beside = [path.name for path in folder.parent.iterdir() if path.is_dir()]
    except OSError:
        beside = []
    near = nearest_name(folder.name, beside)
    hint = f"; did you mean {str(folder.parent / near)!r}?" if near else ""
    return f"is no folder{hint} (a record is a folder that holds events.csv and institutions.csv)"


def read_folder(folder: Path) -> Folder:
    """Return what a record holds.

    Args:
        folder: The files themselves, not a folder of editions.

    Raises:
        RecordError: Naming every problem of every file: file, row, column.
    """
    seen = as_shipped(folder)
    return _read_anew(folder) if seen is None else _read_once(folder, seen)


Seen = tuple[tuple[str, int, int], ...]


def as_shipped(folder: Path) -> Seen | None:
    """Return what tells one state of a record that is shipped from the next, None for any other.

    That is the name of each file, when it was changed, and its size: what was made of the files
    holds as long as these do.
    """
    home = folder.resolve()
    if not any(home.is_relative_to(place) for place in (HERE, shipped.scenarios().resolve())):
        return None
    try:
        found = [(path.name, path.stat()) for path in sorted(folder.iterdir())]
    except OSError:
        return None
    return tuple((name, about.st_mtime_ns, about.st_size) for name, about in found)


@lru_cache(maxsize=8)
def _read_once(folder: Path, _seen: Seen) -> Folder:
    """Return a record that is shipped, which one scenario after another asks for."""
    return _read_anew(folder)


def _read_anew(folder: Path) -> Folder:
    """Return what a record holds, read anew; as `read_folder`."""
    tables: dict[str, list[Row]] = {}
    problems: list[str] = []
    for name, columns in TABLES.items():
        path = folder / f"{name}.csv"
        if name not in REQUIRED and not path.exists():
            tables[name] = []
            continue
        tables[name] = rows = []
        for row, told in read_table(path, columns, MAY_BE.get(name)):
            rows.append(row)
            problems += (f"{path.name}{problem}" for problem in told)
    problems += _ladder(tables["institutions"]) if not problems else ()
    problems += _alike(tables["article_claims"])
    problems += _ends(tables["context"]) if not problems else ()
    problems += _sides(tables["events"]) if not problems else ()
    reporting = Reporting()
    if (folder / REPORTING).exists():
        try:
            reporting = read_reporting(folder / REPORTING)
        except RecordError as error:
            problems += (f"{REPORTING}: {problem}" for problem in error.problems)
    if problems:
        raise RecordError(str(folder), problems)
    return Folder(folder, tables, reporting)


def read_table(
    path: Path, columns: Mapping[str, Check], may_be: Mapping[str, Check] | None = None
) -> Iterator[tuple[Row, list[str]]]:
    """Yield each row of a table with what is wrong with it, or an empty row for the file.

    What is wrong begins after the name of the file: ", row 2, date: is empty".

    Args:
        path: The table.
        columns: Those that it has to have, each with its check.
        may_be: Those that it may have as well.
    """
    try:
        text = files.read_text(path, MOST_BYTES)
        if not text.strip():
            yield {}, [f": is empty, must begin with the names of its columns: {','.join(columns)}"]
            return
        reader = csv.DictReader(text.splitlines(keepends=True), restval="")
        given = list(reader.fieldnames or ())
        missing = [name for name in columns if name not in given]
        if missing:
            yield {}, list(_missing(missing, given, columns))
            return
        checks = dict(columns) | {n: c for n, c in (may_be or {}).items() if n in given}
        for number, row in enumerate(reader, start=FIRST_ROW):
            if number > MOST_ROWS:
                yield {}, [f": has more than {MOST_ROWS:,} rows"]
                return
            told = [
                f", row {number}, {name}: {problem}"
                for name, check in checks.items()
                if (problem := check(row[name])) is not None
            ]
            if None in row:
                told.append(f", row {number}: has more cells than there are columns")
            yield {name: row[name] for name in given}, told
    except FileError as error:
        yield {}, [f": {problem}" for problem in error.problems]
    except csv.Error as error:
        yield {}, [f": cannot be read as CSV: {error}"]


def _missing(missing: list[str], given: Sequence[str], known: Iterable[str]) -> Iterator[str]:
    """Yield what is said of columns that are not there, and what was found in their place."""
    other = [name for name in given if name not in known]
    if len(given) == 1 and (mark := next((m for m in ";\t|" if m in given[0]), None)):
        yield f": columns are separated by {mark!r}, must be separated by commas"
        return
    for name in missing:
        near = nearest_name(name, other)
        yield f": column {name!r} is missing" + (f"; found {near!r}" if near else "")


def _ladder(rows: list[Row]) -> Iterator[str]:
    """Rungs are reached in their order, each once."""
    for before, after in pairwise(rows):
        known = min(len(before["date"]), len(after["date"]))  # a day may be left out, or a month
        earlier = after["date"][:known] < before["date"][:known]
        if int(after["rung"]) <= int(before["rung"]) or earlier:
            yield (
                f"institutions.csv: rung {after['rung']} of {after['date']} stands after rung "
                f"{before['rung']} of {before['date']}; rungs rise, and so do their dates"
            )


def _alike(rows: list[Row]) -> Iterator[str]:
    found = [row.get("claim_id") for row in rows]
    for claim in sorted({str(one) for one in found if one and found.count(one) > 1}):
        yield f"article_claims.csv: claim {claim!r} stands {found.count(claim)} times"


def _ends(rows: list[Row]) -> Iterator[str]:
    """Nothing ends before it begins, as far as both dates are known."""
    for number, row in enumerate(rows, start=FIRST_ROW):
        known = min(len(row["date"]), len(row["end_date"]))
        if row["end_date"] and row["end_date"][:known] < row["date"][:known]:
            told = f"is {row['end_date']}, must not lie before date {row['date']}"
            yield f"context.csv, row {number}, end_date: {told}"


def _sides(rows: list[Row]) -> Iterator[str]:
    found = sides_in(rows)
    if len(found) <= 2:
        return
    often = sorted(found, key=lambda side: -len(found[side]))
    kept, others = sorted(often[:2]), often[2:]
    if len(found[often[1]]) == len(found[often[2]]):  # nothing says which two are meant
        kept, others = sorted(found), often
    told = f"{', '.join(found)} are more than two sides"
    for side in others:
        near = nearest_name(side, [name for name in kept if name != side])
        hint = f"; did you mean {near!r}?" if near else ""
        start = f"events.csv, {rows_told(found[side])}, initiator: is {side!r}{hint}"
        yield f"{start} ({told}; allowed: two of them, 'both', and 'member:' with an ally)"


def sides_in(rows: list[Row]) -> dict[str, list[int]]:
    """Return the rows of each side that starts acts, by its name, sorted; at most two are sound."""
    found: dict[str, list[int]] = {}
    for number, row in enumerate(rows, start=FIRST_ROW):
        side = row["initiator"]
        if side != "both" and not side.startswith("member:"):
            found.setdefault(side, []).append(number)
    return dict(sorted(found.items()))


def rows_told(rows: Sequence[int]) -> str:
    """Return rows of a table in words: "row 2", "rows 2, 3, 4, 5, 6 and 3 more"."""
    more = f" and {len(rows) - MOST_ROWS_TOLD} more" if len(rows) > MOST_ROWS_TOLD else ""
    numbers = ", ".join(map(str, rows[:MOST_ROWS_TOLD]))
    return f"row{'' if len(rows) == 1 else 's'} {numbers}{more}"
