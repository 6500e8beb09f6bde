"""What a results folder is about (`sweep.json`) and what it holds (`manifest.json`).

Neither says when, where or by how many processes: the same sweep gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alliance_sim import provenance
from alliance_sim.errors import ResultError
from alliance_sim.files import why
from alliance_sim.sweep.store.journal import Entry
from alliance_sim.sweep.store.numbering import Segment, Span, spans

FORMAT = 1
METADATA = "sweep.json"
MANIFEST = "manifest.json"
FILE_ROWS = 131_072  # rows of a finished file
GROUP_ROWS = 16_384  # rows of a row group in it


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
            "which can read it"
        )
    return tree
