"""What a results folder is about: `sweep.json`.

It does not say when, where or by how many processes: the same sweep gives the same bytes. It ends
with a checksum of itself, and is held against it, and against what its entries may be, whenever it
is read: a folder may come from somebody else.

A row's number says its point, scenario and replicate. Rows stand segment by segment; in a segment
point by point, in a point scenario by scenario, in that replicate by replicate. A new sweep is one
segment. Whoever adds replicates or points adds segments behind, so that old rows keep their
numbers.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar

import numpy as np
from pydantic import Field, TypeAdapter, ValidationError

from alliance_sim import files, kinds, provenance
from alliance_sim.errors import FileError, ResultError, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 2
METADATA = "sweep.json"
ROWS = "rows"  # folder of the finished files and of nothing else, so that others read it whole
WORK = "work"  # folder of an unfinished sweep
EXTRA = "extra"  # folder of outcomes that were added afterwards
FILE_ROWS = 131_072  # rows of a finished file
GROUP_ROWS = 16_384  # rows of a row group in it
MOST_FILES = 100_000  # whose numbers have five digits
MOST_BYTES = 1 << 30  # of a description or a manifest; a user's table of points stands in it
SEAL = b',\n"sha256": "'  # begins the last entry of a file, the checksum of those before it

Content = TypeVar("Content")
Whole = Annotated[int, Field(ge=0, lt=1 << 53)]
Positive = Annotated[int, Field(ge=1, lt=1 << 53)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Segment(NamedTuple):
    """Rows that were asked for together: every scenario at some points for some replicates.

    Attributes:
        first_point: Number of the first point.
        stop_point: One past the last.
        first_replicate: Number of the first replicate.
        stop_replicate: One past the last.
    """

    first_point: Whole
    stop_point: Whole
    first_replicate: Whole
    stop_replicate: Whole

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

    def some(self, places: Sequence[int] | None) -> RowLabels:
        """Return some of them, all if None."""
        if places is None:
            return self
        chosen = np.array(places, dtype=np.int64)
        columns = (self.row, self.point, self.scenario, self.replicate)
        return RowLabels(*(column[chosen] for column in columns))


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
    first: Whole
    rows: Positive
    failed: Whole
    size: Positive
    sha256: Digest

    @property
    def stop(self) -> int:
        """One past the number of its last row."""
        return self.first + self.rows


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
    digest: Digest
    points: Digest
    origin: Digest
    segments: Annotated[tuple[Segment, ...], Field(min_length=1, max_length=MOST_FILES)]
    scenarios: Positive
    outcomes: Mapping[str, str]
    plan: Mapping[str, Any] = field(default_factory=dict, repr=False)
    version: str = field(default_factory=provenance.version)
    file_rows: Positive = field(default_factory=lambda: FILE_ROWS)
    group_rows: Positive = field(default_factory=lambda: GROUP_ROWS)

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
        return sealed(tree)

    def problem(self) -> str | None:
        """Return why there can be no such folder, None if there can."""
        whole = [number for segment in self.segments for number in segment]
        if any(a > b or c > d for a, b, c, d in self.segments):
            return f"its segments are {shown(whole)}"
        count = sum(-(-s.rows(self.scenarios) // self.file_rows) for s in self.segments)
        if count > MOST_FILES:
            return f"{self.rows:,} rows would be {count:,} files, must be at most {MOST_FILES:,}"
        return None


def sealed(tree: Mapping[str, object]) -> bytes:
    """Return JSON with one line for each entry, the same bytes for the same content.

    The last entry is the SHA-256 of what stands before it.
    """
    lines = (f"{_line(key)}: {_lines(value)}" for key, value in tree.items())
    before = ("{\n" + ",\n".join(lines)).encode()
    return before + SEAL + hashlib.sha256(before).hexdigest().encode() + b'"\n}\n'


def is_sealed(content: bytes) -> bool:
    """Whether a file ends with the checksum of what stands before that."""
    before = content[: max(0, content.rfind(SEAL))]
    digest = hashlib.sha256(before).hexdigest().encode()
    return content[len(before) :] == SEAL + digest + b'"\n}\n'


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


def part_name(first: int, stop: int) -> str:
    """Return the name of a part that holds rows first to stop - 1."""
    return f"part-{first:012d}-{stop:012d}.parquet"


def is_begun(folder: Path) -> bool:
    """Whether a folder holds a sweep, finished or not.

    Raises:
        ResultError: If nobody may look into it, or a folder in it leads elsewhere.
    """
    refuse_links(folder, WORK, ROWS, EXTRA)
    return stands(folder / METADATA)


def stands(path: Path) -> bool:
    """Whether something stands at a path, be it a link that leads nowhere.

    Raises:
        ResultError: If nobody may look.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        reason = files.why(error) if isinstance(error, OSError) else str(error)
        raise ResultError(f"{path.parent}: cannot be read: {reason}") from error
    return True


def refuse_links(folder: Path, *names: str) -> None:
    """Refuse what is no folder of a sweep's own, through which files elsewhere would be changed.

    Raises:
        ResultError: Naming it.
    """
    for path in (folder / name for name in names):
        if stands(path) and not stat.S_ISDIR(path.lstat().st_mode):
            raise ResultError(
                f"{path}: is a link or a file, must be a folder; a sweep keeps to its own folder"
            )


NO_METADATA = (
    f"holds rows of a sweep and not what they are rows of ({METADATA} is not there); put that file "
    "back from a copy, else run the plan again into a new folder: alliance-sim sweep PLAN --out NEW"
)


def _no_sweep(folder: Path) -> str:
    """Return what is wrong with a folder that holds no sweep, and the way out."""
    makes = f"a sweep is made by: alliance-sim sweep PLAN --out {shlex.quote(str(folder))}"
    if not stands(folder):
        return f"does not exist; {makes}"
    if stands(folder / ROWS):
        return NO_METADATA
    other = kinds.instead(folder, kinds.SWEEP)
    return other or f"holds no sweep ({METADATA} is not there); {makes}"


def read_metadata(folder: Path) -> Metadata:
    """Return what a folder is about.

    Raises:
        ResultError: If it holds no sweep, or one of another format, or a damaged one.
    """
    path = folder / METADATA
    if not is_begun(folder):
        if stands(folder) and not folder.is_dir():
            other = kinds.instead(folder, kinds.SWEEP)
            raise ResultError(f"{folder}: {other or 'is not a folder'}")
        raise ResultError(f"{folder}: {_no_sweep(folder)}")
    found = read_sealed(path, {FORMAT: Metadata}, "the description of a sweep")
    problem = found.problem()
    if problem:
        raise ResultError(f"{path}: is not the description of a sweep: {problem}")
    return found


_adapters: dict[type, TypeAdapter[Any]] = {}


def read_sealed(path: Path, kinds: Mapping[int, type[Content]], what: str) -> Content:
    """Return what a file holds that ends with a checksum of itself.

    Args:
        path: The file.
        kinds: What it holds, by the number of its format.
        what: What the file is, for messages.

    Raises:
        ResultError: If it is not there, not whole, of another format or not as it was written.
    """
    try:
        content = files.read_regular(path, MOST_BYTES, links=False)
    except FileError as error:
        raise ResultError(f"{path}: {error.problems[0]}") from error
    begins = {number: b'{\n"format": %d,\n' % number for number in kinds}
    kind = next((kinds[n] for n, begin in begins.items() if content.startswith(begin)), None)
    if kind is None or not is_sealed(content):
        raise ResultError(f"{path}: {_fault(content, kinds)}")
    try:
        if kind not in _adapters:
            _adapters[kind] = TypeAdapter(kind)
        found: Content = _adapters[kind].validate_json(content, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ResultError(f"{path}: is not {what}: {where}: {first['msg']}") from error
    return found


def _fault(content: bytes, known: Collection[int]) -> str:
    """Return what is wrong with a file that nobody who uses these formats wrote."""
    try:
        tree = json.loads(content)
    except RecursionError:
        return "is not a file that a sweep writes"
    except ValueError as error:
        return f"is not whole, or not JSON: {error}"
    if not isinstance(tree, dict) or "format" not in tree:
        return "is not a file that a sweep writes"
    if tree["format"] not in list(known):  # which may be no number
        formats = " and ".join(map(str, sorted(known)))
        return (
            f"has format {shown(tree['format'])}, this version ({provenance.version()}) reads "
            f"format {formats}; it was written by alliance-sim {shown(tree.get('version', '?'))}, "
            "which can read it. Its rows are plain Parquet files, for whatever reads those"
        )
    return (
        "was changed since it was written, or is damaged (wrong checksum); put back the one that "
        "was written with the rows"
    )
