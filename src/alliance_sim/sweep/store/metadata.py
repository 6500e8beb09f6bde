"""What a results folder is about (`sweep.json`) and what it holds (`manifest.json`).

Neither says when, where or by how many processes: the same sweep gives the same bytes.

A row's number says its point, scenario and replicate. Rows stand segment by segment; in a segment
point by point, in a point scenario by scenario, in that replicate by replicate. A new sweep is one
segment. Whoever adds replicates or points adds segments behind, so that old rows keep their
numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliance_sim import provenance
from alliance_sim.errors import ResultError
from alliance_sim.files import why

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 2
METADATA = "sweep.json"
MANIFEST = "manifest.json"
ROWS = "rows"  # folder of the finished files and of nothing else, so that others read it whole
FILE_ROWS = 131_072  # rows of a finished file
GROUP_ROWS = 16_384  # rows of a row group in it


class Segment(NamedTuple):
    """Rows that were asked for together: every scenario at some points for some replicates.

    Attributes:
        first_point: Number of the first point.
        stop_point: One past the last.
        first_replicate: Number of the first replicate.
        stop_replicate: One past the last.
    """

    first_point: int
    stop_point: int
    first_replicate: int
    stop_replicate: int

    def rows(self, scenarios: int) -> int:
        """Return how many rows that makes."""
        points = self.stop_point - self.first_point
        return points * scenarios * (self.stop_replicate - self.first_replicate)


class Span(NamedTuple):
    """Neighbouring rows, all of one segment and one file.

    Attributes:
        segment: Their segment.
        offset: Number of the first of them, counted from the start of the segment.
        first: Number of the first of them, counted from the start of the sweep.
        rows: How many.
    """

    segment: Segment
    offset: int
    first: int
    rows: int

    @property
    def stop(self) -> int:
        """One past the number of the last row."""
        return self.first + self.rows

    def part(self, first: int, stop: int) -> Span:
        """Return rows first to stop - 1 of these, counted from the start of the sweep."""
        return Span(self.segment, self.offset + first - self.first, first, stop - first)

    def points(self, scenarios: int) -> range:
        """Return the numbers of the points that the rows belong to."""
        segment = self.segment
        runs = scenarios * (segment.stop_replicate - segment.first_replicate)
        last = self.offset + self.rows - 1
        start = segment.first_point
        return range(start + self.offset // runs, start + last // runs + 1)


@dataclass(frozen=True)
class RowLabels:
    """What each of some rows is.

    Attributes:
        row: Numbers of the rows.
        point: Number of each row's point.
        scenario: Position of each row's scenario in the plan.
        replicate: Number of each row's replicate.
    """

    row: NDArray[np.int64]
    point: NDArray[np.int64]
    scenario: NDArray[np.int64]
    replicate: NDArray[np.int64]


def labels(span: Span, scenarios: int) -> RowLabels:
    """Return what each row of a span is, for a plan of so many scenarios."""
    segment = span.segment
    replicates = segment.stop_replicate - segment.first_replicate
    local = np.arange(span.offset, span.offset + span.rows, dtype=np.int64)
    worlds = local // replicates
    return RowLabels(
        row=local + (span.first - span.offset),
        point=worlds // scenarios + segment.first_point,
        scenario=worlds % scenarios,
        replicate=local % replicates + segment.first_replicate,
    )


def spans(segments: Sequence[Segment], scenarios: int, most: int) -> Iterator[Span]:
    """Yield all rows cut into spans of at most so many; a segment begins a new span."""
    first = 0
    for segment in segments:
        rows = segment.rows(scenarios)
        for offset in range(0, rows, most):
            yield Span(segment, offset, first + offset, min(most, rows - offset))
        first += rows


def gaps(span: Span, done: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of rows of a span that none of the ranges (first, stop) covers."""
    place = span.first
    for first, stop in sorted(done):
        if first > place:
            yield place, min(first, span.stop)
        place = max(place, stop)
    if place < span.stop:
        yield place, span.stop


class Entry(NamedTuple):
    """A finished file.

    Attributes:
        name: Its name.
        first: Number of its first row.
        rows: How many rows it holds.
        failed: How many of them are runs that failed.
        size: Its size in bytes.
        sha256: Digest of its bytes.
    """

    name: str
    first: int
    rows: int
    failed: int
    size: int
    sha256: str

    @property
    def stop(self) -> int:
        """One past the number of its last row."""
        return self.first + self.rows

    @classmethod
    def read(cls, tree: object) -> Entry | None:
        """Return an entry read from JSON, None if that is none."""
        if not isinstance(tree, dict):
            return None
        if set(tree) != set(cls._fields):
            return None
        texts = ("name", "sha256")
        right = all(type(value) is (str if key in texts else int) for key, value in tree.items())
        return cls(**tree) if right else None


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """Everything that decides the bytes of a results folder.

    Attributes:
        title: What the sweep is called.
        digest: Digest of the plan.
        points: Digest of the values at its points, some of which other libraries draw.
        origin: Digest of the plan with which the folder was begun, before it was extended.
        segments: The rows, in the order in which they were asked for.
        scenarios: How many scenarios each point is run with.
        outcomes: Canonical text of each outcome kept, by the name of its column.
        plan: The plan as plain tables; empty for an outcome that was added afterwards, which
            belongs to the plan of the sweep that it stands in.
        version: Version of this package that computes the numbers.
        file_rows: Rows of a finished file.
        group_rows: Rows of a row group.
    """

    title: str
    digest: str
    points: str
    origin: str
    segments: tuple[Segment, ...]
    scenarios: int
    outcomes: Mapping[str, str]
    plan: Mapping[str, Any] = field(default_factory=dict, repr=False)
    version: str = field(default_factory=provenance.version)
    file_rows: int = field(default_factory=lambda: FILE_ROWS)
    group_rows: int = field(default_factory=lambda: GROUP_ROWS)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return sum(segment.rows(self.scenarios) for segment in self.segments)

    def same_rows(self, other: Metadata) -> bool:
        """Whether two descriptions ask for the same rows with the same columns."""
        return (self.digest, self.segments, dict(self.outcomes)) == (
            other.digest,
            other.segments,
            dict(other.outcomes),
        )

    def files(self) -> list[Span]:
        """Return the rows of each finished file, in order."""
        return list(spans(self.segments, self.scenarios, self.file_rows))

    def as_json(self) -> bytes:
        """Return the content of `sweep.json`."""
        tree = {
            "format": FORMAT,
            "version": self.version,
            "title": self.title,
            "digest": self.digest,
            "points": self.points,
            "origin": self.origin,
            "rows": self.rows,
            "segments": [segment._asdict() for segment in self.segments],
            "scenarios": self.scenarios,
            "outcomes": dict(self.outcomes),
            "file_rows": self.file_rows,
            "group_rows": self.group_rows,
            "plan": dict(self.plan),
        }
        return dumped(tree)


def dumped(tree: Mapping[str, object]) -> bytes:
    """Return JSON with one line for each entry, the same bytes for the same content."""
    lines = (f"{_line(key)}: {_lines(value)}" for key, value in tree.items())
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(value: object) -> str:
    """Return JSON in one line, a list with one line for each of its entries."""
    if not isinstance(value, list):
        return _line(value)
    return "[" + ",".join(f"\n {_line(entry)}" for entry in value) + "\n]"


def file_name(index: int) -> str:
    """Return the name of a finished file."""
    return f"runs-{index:05d}.parquet"


def is_begun(folder: Path) -> bool:
    """Whether a folder holds a sweep, finished or not.

    Raises:
        ResultError: If nobody may look into it.
    """
    try:
        return (folder / METADATA).exists()
    except OSError as error:
        raise ResultError(f"{folder}: cannot be read: {why(error)}") from error


def read_metadata(folder: Path) -> Metadata:
    """Return what a folder is about.

    Raises:
        ResultError: If it holds no sweep, or one of another format, or a damaged one.
    """
    path = folder / METADATA
    tree = _read(path)
    try:
        found = Metadata(
            title=tree["title"],
            digest=tree["digest"],
            points=tree["points"],
            origin=tree["origin"],
            segments=tuple(Segment(**segment) for segment in tree["segments"]),
            scenarios=tree["scenarios"],
            outcomes=tree["outcomes"],
            plan=tree["plan"],
            version=tree["version"],
            file_rows=tree["file_rows"],
            group_rows=tree["group_rows"],
        )
    except (KeyError, TypeError) as error:
        raise ResultError(f"{path}: is not the description of a sweep: {error!r}") from error
    sizes = (found.scenarios, found.file_rows, found.group_rows)
    whole = [*sizes, *(number for segment in found.segments for number in segment)]
    if not all(type(number) is int and number >= 0 for number in whole) or 0 in sizes:
        raise ResultError(f"{path}: is not the description of a sweep: {whole} are its numbers")
    return found


def manifest(metadata: Metadata, files: Sequence[Entry]) -> bytes:
    """Return the content of `manifest.json` for a folder that is complete."""
    tree = {
        "format": FORMAT,
        "version": metadata.version,
        "digest": metadata.digest,
        "rows": sum(file.rows for file in files),
        "failed": sum(file.failed for file in files),
        "files": [file._asdict() for file in files],
    }
    return dumped(tree)


def read_manifest(folder: Path, metadata: Metadata) -> dict[int, Entry]:
    """Return the finished files that a manifest lists, by number; none without a manifest.

    Raises:
        ResultError: If it is of another format, damaged, or does not belong to the metadata.
    """
    path = folder / MANIFEST
    if not path.exists():
        return {}
    tree = _read(path)
    files = tree.get("files")
    entries = [Entry.read(file) for file in files] if isinstance(files, list) else [None]
    expected = [(file_name(k), span.first, span.rows) for k, span in enumerate(metadata.files())]
    found = [entry[:3] for entry in entries if entry is not None]
    if None in entries or found != expected[: len(found)]:
        raise ResultError(
            f"{path}: does not belong to {METADATA} beside it; put back the one that does, or "
            "delete it, and all rows are computed again"
        )
    return {k: entry for k, entry in enumerate(entries) if entry is not None}


def _read(path: Path) -> dict[str, Any]:
    """Return a file of this format.

    Raises:
        ResultError: If it is not there, not whole or of another format.
    """
    try:
        tree = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ResultError(f"{path.parent}: holds no sweep ({path.name} is not there)") from None
    except NotADirectoryError:
        raise ResultError(f"{path.parent}: is not a folder") from None
    except OSError as error:
        raise ResultError(f"{path}: cannot be read: {why(error)}") from error
    except ValueError as error:
        raise ResultError(f"{path}: is not whole, or not JSON: {error}") from error
    if not isinstance(tree, dict) or "format" not in tree:
        raise ResultError(f"{path}: is not a file that a sweep writes")
    if tree["format"] != FORMAT:
        raise ResultError(
            f"{path}: has format {tree['format']!r}, this version ({provenance.version()}) reads "
            f"format {FORMAT}; it was written by alliance-sim {tree.get('version', 'unknown')}, "
            "which can read it. Its rows are plain Parquet files, for whatever reads those"
        )
    return tree
