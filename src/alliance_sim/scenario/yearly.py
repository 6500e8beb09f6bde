"""Published yearly series, kept with the scenario that asks for them.

A scenario file names a CSV file, `series = "threat_indicators.csv"`, which lies beside it or among
the scenarios of the package. Its columns are `indicator`, `year` and `value`; others, such as
`unit` and `source`, are for readers. The values become part of the scenario, and so of its digest
and of whatever holds it.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from alliance_sim import files
from alliance_sim.errors import FileError, ScenarioError, shown
from alliance_sim.scenario.fields import WRITTEN, written_number

COLUMNS = ("indicator", "year", "value")
MOST_BYTES = 2_000_000
MOST_ROWS = 20_000
YEARS = range(1000, 3000)
SOUND = re.compile("[A-Za-z0-9_]+,[12][0-9]{3}")  # indicator and year of a row

Series = Mapping[str, Mapping[int, float]]


def read_series(path: Path) -> str:
    """Return the series in a file as a scenario keeps them: sorted lines `indicator,year,value`.

    Raises:
        ScenarioError: If it cannot be read, or naming all rows that cannot be used.
    """
    try:
        text = files.read_text(path, MOST_BYTES)
    except FileError as error:
        raise ScenarioError(str(path), error.problems) from None
    reader = csv.reader(text.splitlines())
    try:
        head = {name: place for place, name in enumerate(next(reader, ()))}
        missing = [name for name in COLUMNS if name not in head]
        if missing:
            raise ScenarioError(str(path), [f"column {name!r} is missing" for name in missing])
        rows = [row for row in reader if row]
    except csv.Error as error:
        raise ScenarioError(str(path), [f"cannot be read as CSV: {error}"]) from None
    if len(rows) > MOST_ROWS:
        raise ScenarioError(str(path), [f"has {len(rows):,} rows, must have at most {MOST_ROWS:,}"])
    found: dict[tuple[str, int], str] = {}
    problems: list[str] = []
    places = [head[column] for column in COLUMNS]
    for number, row in enumerate(rows, start=2):
        name, year, value = (row[place] if place < len(row) else "" for place in places)
        told = [] if _sound(name, year, value) else list(_problems(name, year, value))
        place = (name, int(year)) if not told else ("", 0)
        if not told and place in found:
            told.append(f"{place[0]!r} has two values for {place[1]}")
        problems += [f"row {number}: {problem}" for problem in told]
        found[place] = value
    if problems:
        raise ScenarioError(str(path), problems)
    return "".join(f"{name},{year},{value}\n" for (name, year), value in sorted(found.items()))


def _sound(name: str, year: str, value: str) -> bool:
    """Whether a row is as it should be, at a glance; if not, `_problems` says what is wrong."""
    plain = SOUND.fullmatch(f"{name},{year}") and WRITTEN.fullmatch(value)
    return bool(plain) and math.isfinite(float(value))


def _problems(name: str, year: str, value: str) -> Iterator[str]:
    """Yield what is wrong with one row."""
    if not name.replace("_", "a").isalnum() or not name.isascii():
        yield f"indicator is {shown(name)}, must be of letters, digits and underscores"
    if not (year.isascii() and year.isdigit() and len(year) == 4 and int(year) in YEARS):
        yield f"year is {shown(year)}, must be a year such as 1989"
    written = written_number(value)
    if written is None or not math.isfinite(written):
        yield f"value is {shown(value)}, must be a number"


@lru_cache(maxsize=8)
def parsed(kept: str) -> Series:
    """Return series by name, then by year, from what a scenario keeps; years not found are absent.

    Raises:
        ScenarioError: If the text is not what `read_series` returns.
    """
    found: dict[str, dict[int, float]] = {}
    line = ""
    try:
        for line in kept.splitlines():
            name, year, value = line.split(",")
            found.setdefault(name, {})[int(year)] = float(value)
    except ValueError:
        problem = f"series: {shown(line)} is not of the form indicator,year,value"
        raise ScenarioError("scenario", [problem]) from None
    return found
