"""What every saved ensemble carries, whichever format it is in, and how a file is checked.

Two digests stand in a file. The *seal* is of all of its bytes and is verified before a library of
others reads any of them, because readers of HDF5 loop for ever over some damaged files and give
wrong numbers for others. The *content digest* is of the numbers and of all that is said about them,
and is the same in every format.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from alliance_sim import files, kinds
from alliance_sim.calendar import Calendar, periods_read
from alliance_sim.errors import FileError, ResultError
from alliance_sim.results.state_metadata import Meaning, Meanings

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT: Final = 3
MARK: Final = "alliance_sim"  # names the label in a file
SEAL: Final = "alliance_sim_seal"
BEFORE_SEAL: Final = SEAL.encode() + b"\x18\x40"  # in Parquet: a text follows, 64 bytes long
BLANK: Final = "0" * 64  # stands where the seal will, while the seal is computed
TAIL: Final = 1 << 26  # bytes at the end of a file in which its seal is looked for
PIECE: Final = 1 << 20
MOST_VALUES: Final = 1 << 33  # numbers in one file: 64 GiB
MOST_BYTES: Final = 8 * MOST_VALUES
MOST_STATES: Final = 10_000
MOST_STEPS: Final = 120_000  # ten thousand years of months
MOST_SEED: Final = 2**64 - 1
HEX: Final = re.compile(r"[0-9a-f]{64}")
AGAIN: Final = "make it again: the same scenario, seed and runs give the same numbers"


class Labels(NamedTuple):
    """All that is said about the numbers of an ensemble.

    Attributes:
        scenario: Name of the scenario.
        digest: Digest of the scenario.
        calendar: The steps.
        states: Names of the states.
        seed: The seed.
        first_run: Number of the first run.
        engine: What computed the numbers.
        versions: Versions of packages.
        status: Per run "ok", or what went wrong; empty where nothing is known.
        edits: What was changed in the scenario, each with `words`.
        meanings: What each state means, its unit and its range.
        title: Title of the scenario; empty where nothing is known.
        relationship: Its relationship, by which words and colours are found; may be empty.
    """

    scenario: str
    digest: str
    calendar: Calendar
    states: tuple[str, ...]
    seed: int
    first_run: int
    engine: str
    versions: dict[str, str]
    status: tuple[str, ...]
    edits: tuple[Mapping[str, Any], ...] = ()
    meanings: Meanings = MappingProxyType({})
    title: str = ""
    relationship: str = ""

    def as_tree(self) -> dict[str, Any]:
        """Return the labels as values that JSON can hold."""
        calendar = self.calendar
        years = [calendar.first_year, calendar.last_year, calendar.steps_per_year]
        words = {"title": self.title, "relationship": self.relationship}
        told = {key: value for key, value in self._asdict().items() if key not in words}
        return (
            told
            | {key: text for key, text in words.items() if text}
            | {
                "calendar": years,
                "periods": calendar.periods_told(),
                "states": list(self.states),
                "status": list(self.status),
                "edits": [dict(edit) for edit in self.edits],
                "meanings": {state: _limited(told) for state, told in self.meanings.items()},
            }
        )

    def content_digest(self, values: NDArray[np.float64]) -> str:
        """Return the SHA-256 of the labels and of the values (run, quarter, state).

        Every NaN counts as the same, as it does when two ensembles are compared.
        """
        found = hashlib.sha256(json.dumps(self.as_tree(), sort_keys=True).encode())
        found.update(json.dumps(values.shape).encode())
        for run in values:
            known = np.where(np.isnan(run), np.nan, run)
            found.update(np.ascontiguousarray(known, dtype="<f8").tobytes())
        return found.hexdigest()

    def text(self, values: NDArray[np.float64]) -> str:
        """Return the label of a file: labels, version of the format, content digest, size."""
        label = self.as_tree() | {
            "format": FORMAT,
            "runs": len(values),
            "content": self.content_digest(values),
        }
        return json.dumps(label, sort_keys=True)


class Label(NamedTuple):
    """What a file says of itself."""

    labels: Labels
    runs: int
    content: str

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape (run, quarter, state) of its values."""
        return self.runs, self.labels.calendar.steps, len(self.labels.states)

    def verified(self, path: Path, values: NDArray[np.float64]) -> tuple[Labels, Any]:
        """Return labels and values, if they are those that were saved.

        Raises:
            ResultError: If they are not.
        """
        if self.labels.content_digest(values) != self.content:
            raise ResultError(
                f"{path}: holds other numbers or names than were saved: its content does not "
                f"agree with the digest in it; {AGAIN}"
            )
        return self.labels, values


def read_label(path: Path, text: str | bytes | None, kind: str) -> Label:
    """Return what a file says of itself.

    Args:
        path: The file, for messages.
        text: The label, None if there is none.
        kind: The format, such as "Parquet".

    Raises:
        ResultError: If it is not the label of an ensemble, or of a format not known here.
    """
    foreign = ResultError(f"{path}: is {kind}, but not an ensemble saved by this package")
    if text is None:
        raise foreign
    try:
        tree = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        raise foreign from None
    if not isinstance(tree, dict):
        raise foreign
    version = tree.get("format")
    if version != FORMAT:
        raise ResultError(
            f"{path}: has format {version!r}, this version of alliance-sim reads format {FORMAT}; "
            f"open it with the version that saved it, or {AGAIN}"
        )
    try:
        found = _label(tree)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise foreign from None
    if math.prod(found.shape) > MOST_VALUES:
        shape = " x ".join(map(str, found.shape))
        raise ResultError(f"{path}: holds {shape} numbers, must be at most {MOST_VALUES}")
    return found


def _label(tree: dict[str, Any]) -> Label:
    first_year, last_year, steps_per_year = (_whole(year, 1, 9999) for year in tree["calendar"])
    if first_year > last_year or steps_per_year not in {1, 2, 4, 12}:
        raise ValueError
    labels = Labels(
        scenario=_text(tree["scenario"]),
        digest=_text(tree["digest"]),
        calendar=Calendar(first_year, last_year, steps_per_year, periods_read(tree["periods"])),
        states=tuple(_text(name) for name in tree["states"]),
        seed=_whole(tree["seed"], 0, MOST_SEED),
        first_run=_whole(tree["first_run"], 0, MOST_SEED),
        engine=_text(tree["engine"]),
        versions={key: _text(value) for key, value in tree["versions"].items()},
        status=tuple(_text(status) for status in tree["status"]),
        edits=tuple({_text(key): value for key, value in e.items()} for e in tree["edits"]),
        meanings={
            _text(state): Meaning(_text(name), _text(unit), _limit(low, -inf), _limit(high, inf))
            for state, (name, unit, low, high) in tree["meanings"].items()
        },
        title=_text(tree.get("title", "")),
        relationship=_text(tree.get("relationship", "")),
    )
    runs = _whole(tree["runs"], 0, MOST_VALUES)
    states = labels.states
    if not 1 <= len(states) <= MOST_STATES or len(set(states)) < len(states):
        raise ValueError
    if len(labels.status) not in {0, runs} or not HEX.fullmatch(tree["content"]):
        raise ValueError
    return Label(labels, runs, tree["content"])


def _limited(told: Meaning) -> list[str | float | None]:
    """Return a meaning as JSON has it, which knows nothing infinite."""
    limits = (end if math.isfinite(end) else None for end in (told.low, told.high))
    return [told.long_name, told.unit, *limits]


def _limit(value: object, unlimited: float) -> float:
    if value is None:
        return unlimited
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError
    return float(value)


def _whole(value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def write_sealed(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file whole or not at all, and put its seal into it.

    Args:
        path: The file; one of that name is replaced.
        write: Writes to the path that it is given; the file holds `BEFORE_SEAL` and `BLANK`.

    Raises:
        ResultError: If it cannot be written; what stood at `path` still does.
    """
    part = path.absolute().with_name(f"{secrets.token_hex(8)}.part{path.suffix}")
    try:
        with files.replacing(path, part):
            write(part)
            with part.open("r+b") as file:
                seal, place = _seal_of(file)
                file.seek(place)
                file.write(seal.encode())
    except OSError as error:
        raise ResultError(f"{path}: cannot be written: {files.why(error)}") from error


@contextmanager
def opened(path: Path, kind: str) -> Iterator[IO[bytes]]:
    """Yield a regular file whose seal was found to be that of its bytes, at its beginning.

    Raises:
        ResultError: If it cannot be read, was changed since it was saved, or bears no seal.
    """
    try:
        with files.regular(path, MOST_BYTES) as file:
            _check_seal(path, file, kind)
            yield file
    except FileError as error:
        other = kinds.instead(path, kinds.ENSEMBLE)
        problem = other or f"cannot be read as {kind}: {error.problems[0]}"
        raise ResultError(f"{path}: {problem}") from error
    except MemoryError as error:
        raise ResultError(f"{path}: holds more numbers than memory does") from error


def _check_seal(path: Path, file: IO[bytes], kind: str) -> None:
    try:
        seal, place = _seal_of(file)
    except LookupError:
        other = kinds.instead(path, kinds.ENSEMBLE)
        if other is not None:
            raise ResultError(f"{path}: {other}") from None
        raise ResultError(
            f"{path}: cannot be read as {kind} saved by this version of alliance-sim: there is no "
            f"checksum in it. It is damaged, of another program, or of an older version; {AGAIN}"
        ) from None
    file.seek(place)
    if file.read(len(BLANK)) != seal.encode():
        raise ResultError(
            f"{path}: is damaged, or was changed since it was saved: its bytes do not agree with "
            f"the checksum in it; {AGAIN}"
        )
    file.seek(0)


def _seal_of(file: IO[bytes]) -> tuple[str, int]:
    """Return the seal that a file should bear, and where in it.

    Raises:
        LookupError: If there is no place for one.
    """
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - TAIL)
    file.seek(start)
    found = file.read(TAIL).rfind(BEFORE_SEAL)
    place = start + found + len(BEFORE_SEAL)
    if found < 0 or place + len(BLANK) > size:
        raise LookupError
    file.seek(0)
    digest = hashlib.sha256()
    _feed(digest, file, place)
    digest.update(BLANK.encode())
    file.seek(len(BLANK), os.SEEK_CUR)
    _feed(digest, file, size - place - len(BLANK))
    return digest.hexdigest(), place


def _feed(digest: Any, file: IO[bytes], size: int) -> None:
    while size > 0:
        piece = file.read(min(PIECE, size))
        if not piece:
            return
        digest.update(piece)
        size -= len(piece)
