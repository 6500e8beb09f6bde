"""What kind of file or folder lies at a path, for whoever was given one of another kind.

Asked only where something cannot be read as what it should be: a sweep plan where a scenario
should stand is told as one, with the line to type, and not with all that it lacks for a scenario.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from alliance_sim import files
from alliance_sim.errors import FileError, visible

MOST_BYTES = 2_000_000  # of a file that is looked into
MOST_LOOKED_AT = 1_000  # names in a folder
FIRST_BYTES = 4_096
RUN = "alliance-sim run SCENARIO --out FOLDER"  # what leaves runs that can be drawn
ANY_SIZE = 1 << 62
MOST_NAMED = 3  # files of a folder that are named

SCENARIO, PLAN, SWEEP, ENSEMBLE = "scenario", "plan", "sweep", "ensemble"
RECORD, POINTS, FOLDER = "record", "points", "folder"


class Kind(NamedTuple):
    """A kind of file or folder.

    Attributes:
        what: What it is called.
        then: What to do with it; `{path}` and `{folder}` stand for it and for where it lies.
    """

    what: str
    then: str


KINDS = {
    SCENARIO: Kind("a scenario", "to simulate it: alliance-sim run {path}"),
    PLAN: Kind("a sweep plan", "to run it: alliance-sim sweep {path}"),
    SWEEP: Kind("the folder of a sweep", "to sum it up: alliance-sim summarise {path}"),
    ENSEMBLE: Kind("a saved ensemble of runs", "to draw it: alliance-sim plot {path}"),
    RECORD: Kind("the folder of a record", "to check it: alliance-sim record check {path}"),
    POINTS: Kind(
        "a table", 'a plan takes its points from one by design = {{ kind = "table", file = "..." }}'
    ),
    FOLDER: Kind("a folder", "give one of the files in it"),
    "fit": Kind(
        "the folder of a fit",
        "to see what it says: alliance-sim posterior show SCENARIO --posterior {path}",
    ),
    "results": Kind("a folder of results", "to draw a state of it: alliance-sim plot {path}"),
    "answer": Kind("a folder of results", "it holds no runs; to save some: {run}"),
    "factors": Kind(
        "a list of factors", "a plan also has title, scenarios, seed and a [design]: see the docs"
    ),
    "rows": Kind("a table of a sweep", "to sum the sweep up: alliance-sim summarise {folder}"),
    "manifest": Kind("a manifest, which says where results come from", "made by: {command}"),
    "chronology": Kind("a chronology, the dated events of one run", "a spreadsheet opens it"),
    "events": Kind("a file of a record", "give its folder: {folder}"),
    "numbers": Kind("a table of results", "a spreadsheet opens it"),
    "figure": Kind("a figure", "to see what made it: alliance-sim plot {path}"),
    "page": Kind("a page", "a browser opens it"),
    "document": Kind(
        "a document of a word processor or a spreadsheet", "save it as plain text, or as CSV"
    ),
    "defaults": Kind(
        "a file of coefficients", 'a whole scenario takes them by extends = "defaults"'
    ),
    "program": Kind("a program", "to run it: python {path}"),
}
_BEGINNINGS = {
    b"\x89PNG": "figure",
    b"%PDF": "document",
    b"{\\rtf": "document",
    b"PK\x03\x04": "document",
    b"\xd0\xcf\x11\xe0": "document",
    b"<!DOCTYPE html": "page",
    b"<!doctype html": "page",
    b"<html": "page",
}
# Keys that a file of a kind has and no other; the first kind with one of its keys is told.
_KEYS = {
    PLAN: ("design", "scenarios", "replicates"),
    "factors": ("factor",),
    SCENARIO: (
        *("extends", "without", "moved", "set", "partners", "period", "juncture", "member"),
        *("leader", "item"),
    ),
    "defaults": ("levels", "ladder", "council"),
}


def instead(path: str | os.PathLike[str], wanted: str) -> str | None:
    """Return what lies at a path if it is of another kind than wanted, and what to do with it.

    Args:
        path: The file or folder.
        wanted: A key of `KINDS`.

    Returns:
        Such as "is a sweep plan, not a scenario; to run it: alliance-sim sweep plan.toml"; None if
        nothing is there, or what is there is of the kind that was wanted or of none that is known.
    """
    where = Path(path)
    found = kind_of(where)
    if found is None or found == wanted or (found, wanted) == (POINTS, ENSEMBLE):
        return None
    if found == FOLDER:
        return _file_to_give(where, wanted) if wanted in (SCENARIO, PLAN) else None
    named = {"path": _quoted(where), "folder": _quoted(_above(where)), "command": "", "run": RUN}
    if found == "manifest":
        named["command"] = _command(where)
        if not named["command"]:
            return f"is {KINDS[found].what}, not {KINDS[wanted].what}"
    then = KINDS[found].then.format(**named)
    return f"is {KINDS[found].what}, not {KINDS[wanted].what}; {then}"


def kind_of(path: Path) -> str | None:
    """Return the kind of what lies at a path, a key of `KINDS`; None if nobody knows."""
    try:
        if path.is_dir():
            return _of_folder(path)
        with files.regular(path, ANY_SIZE) as file:
            first = file.read(FIRST_BYTES)
            file.seek(max(0, file.seek(0, os.SEEK_END) - MOST_BYTES))
            last = file.read(MOST_BYTES)
    except (FileError, OSError, ValueError):
        return None
    found = next((kind for begin, kind in _BEGINNINGS.items() if first.startswith(begin)), None)
    by_ending: dict[str, Callable[[], str | None]] = {
        ".csv": lambda: _of_csv(first),
        ".json": lambda: _of_json(path),
        ".py": lambda: "program",
        ".ipynb": lambda: "program",
    }
    if found is None and first.startswith(b"PAR1"):
        found = _of_parquet(path, last)
    return found or by_ending.get(path.suffix.lower(), lambda: _of_toml(path))()


def _of_folder(path: Path) -> str:
    if (path.parent / "sweep.json").exists():
        return "rows"
    for name, kind in {
        "sweep.json": SWEEP,
        "events.csv": RECORD,
        "edition_1": RECORD,
        "fit.json": "fit",
        "trajectories.parquet": "results",
        "manifest.json": "answer",
    }.items():
        if (path / name).exists():
            return kind
    return FOLDER


def _of_parquet(path: Path, footer: bytes) -> str:
    """Return the kind of a table in Parquet; nobody but us reads a byte of it."""
    if (path.parent.parent / "sweep.json").exists():
        return "rows"
    return ENSEMBLE if b"alliance_sim" in footer else POINTS


def _of_csv(first: bytes) -> str:
    head = first.decode("utf-8-sig", "replace").partition("\n")[0].strip().split(",")
    if {"source", "confidence"} & set(head) and "date" in head:
        return "events"
    if head[:3] == ["date", "domain", "kind"]:
        return "chronology"
    numbers = {"median", "low", "high", "mean", "share", "observed"} & set(head)
    return "numbers" if len(numbers) > 1 else POINTS


def _of_json(path: Path) -> str | None:
    if path.name == "sweep.json":
        return "rows"
    try:
        tree = files.read_json(path, MOST_BYTES)
    except FileError:
        return None
    return "manifest" if isinstance(tree, dict) and {"format", "version"} <= tree.keys() else None


def _of_toml(path: Path) -> str | None:
    try:
        tree: dict[str, Any] = files.read_toml(path, MOST_BYTES)
    except FileError:
        return None
    return next((kind for kind, keys in _KEYS.items() if any(key in tree for key in keys)), None)


def _command(path: Path) -> str:
    """Return the command in a manifest, "" if it holds none."""
    try:
        tree = files.read_json(path, MOST_BYTES)
    except FileError:
        return ""
    command = tree.get("command") if isinstance(tree, dict) else None
    return visible(command) if isinstance(command, str) else ""


def _file_to_give(folder: Path, wanted: str) -> str:
    """Return which files of a folder may be given in its place, or that there is none."""
    what = KINDS[wanted].what
    inside = list(islice(files_of(folder, wanted), MOST_NAMED))
    if inside:
        then = f"{KINDS[FOLDER].then}, such as {', '.join(map(_quoted, inside))}"
        return f"is {KINDS[FOLDER].what}, not {what}; {then}"
    none = f"holds no {what.removeprefix('a ')} that can be read, nor do the folders in it"
    shipped = "; for names of those that ship: alliance-sim list scenarios"
    return f"is {KINDS[FOLDER].what} and {none}{shipped if wanted == SCENARIO else ''}"


def files_of(folder: Path, wanted: str) -> Iterator[Path]:
    """Yield the TOML files of a kind in a folder, by name, and then those of the folders in it.

    Args:
        folder: The folder; one that cannot be read holds none.
        wanted: A key of `KINDS`.
    """
    beside = _names_in(folder)
    inner = (path for path in beside if path.is_dir() and not path.name.startswith("."))
    names = chain(beside, chain.from_iterable(map(_names_in, inner)))
    written = (path for path in names if path.suffix == ".toml" and path.is_file())
    yield from (path for path in islice(written, MOST_LOOKED_AT) if kind_of(path) == wanted)


def _names_in(folder: Path) -> list[Path]:
    """Return what lies in a folder, by name; nothing where that cannot be read."""
    try:
        return sorted(islice(folder.iterdir(), MOST_LOOKED_AT))
    except OSError:
        return []


def _above(path: Path) -> Path:
    """Return the folder of the sweep that a file belongs to, or the folder that it lies in."""
    for folder in (path.parent, path.parent.parent):
        if (folder / "sweep.json").exists():
            return folder
    return path.parent


def _quoted(path: Path) -> str:
    return visible(shlex.quote(str(path)))
