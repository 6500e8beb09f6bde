"""What a results folder holds so far: what its manifest lists, and what its journal adds.

The journal is one line of JSON per event, only ever added to. An event goes to the file in one
write and to the disk before anything relies on it. Every event brings its own line break in front:
should a kill tear a line, the next one is still whole; and every line ends with a checksum, so that
a torn or changed one is passed over. What no line tells of has not happened.

Names are held against the patterns that a sweep writes, so that no line can name a file elsewhere.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import re
import stat
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from alliance_sim import files
from alliance_sim.errors import FileError, ResultError
from alliance_sim.sweep.store.manifest import read_manifest
from alliance_sim.sweep.store.metadata import (
    ROWS,
    WORK,
    Entry,
    Metadata,
    Span,
    file_name,
    gaps,
    part_name,
)

JOURNAL = "parts.jsonl"
PART, FILE, BAD, AGAIN = "part", "file", "bad", "again"
LINE = re.compile(rb'(\{.{,1000}), "check": "([0-9a-f]{16})"\}\n')
BYTES_A_ROW = 1000  # most bytes of the journal for each row of the sweep
MISSING = "is missing"
PASSED_OVER = "._"  # begin names that readers of folders of Parquet files do not look at


class Event(NamedTuple):
    """One line.

    Attributes:
        kind: "part" (a block of rows), "file" (of the finished folder), "bad" (set aside) or
            "again" (a part that stands for all rows of a finished file, failed ones tried again).
        entry: What it is about.
    """

    kind: str
    entry: Entry


_entry: TypeAdapter[Entry] = TypeAdapter(Entry)


class Journal:
    """The file of events of one folder, shared by all that work there."""

    def __init__(self, path: Path, metadata: Metadata) -> None:
        """Open the file, made now if need be.

        Raises:
            FileError: If something else stands there, or a file that has other names as well.
            OSError: If it cannot be opened for writing.
        """
        self._path = path
        self._most = most_bytes(metadata)
        how = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._handle = files.open_regular(path, how, links=False)
        if os.fstat(self._handle).st_nlink > 1:
            os.close(self._handle)
            raise FileError(
                str(path), ["has a second name elsewhere (a hard link), which would be written to"]
            )
        self._reader = os.fdopen(files.open_regular(path, links=False), "rb")

    def add(self, event: Event) -> None:
        """Write down what happened, and wait until the disk has it.

        Raises:
            OSError: If it cannot be written; then it counts as not finished.
        """
        line = json.dumps({"kind": event.kind, **event.entry._asdict()}, sort_keys=True).encode()
        content = b'\n%b, "check": "%b"}\n' % (line[:-1], _check(line[:-1]))
        if os.write(self._handle, content) < len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(self._handle)

    def news(self) -> Iterator[Event]:
        """Return what was added since the last call, by whomever; torn lines are passed over.

        Raises:
            FileError: If there is more than all that a sweep could add.
        """
        start = self._reader.tell()
        content = self._reader.read(self._most + 1)
        if start + len(content) > self._most:
            raise FileError(str(self._path), [f"has more than {self._most:,} bytes"])
        whole = content.rfind(b"\n") + 1
        self._reader.seek(start + whole)
        return _events(content[:whole])

    def stands(self) -> bool:
        """Whether this is still the file of its name: not once a runner has finished the folder."""
        try:
            return os.path.samestat(os.fstat(self._handle), self._path.lstat())
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Close the file; again does nothing."""
        if not self._reader.closed:
            self._reader.close()
            os.close(self._handle)

    def remove(self) -> None:
        """Close the file and remove it: whoever else has it open sees that the folder is done."""
        self.close()
        with suppress(OSError):  # where open files cannot be removed it stays until they are closed
            self._path.unlink()


def most_bytes(metadata: Metadata) -> int:
    """Return how many bytes a journal may have: far more than a line for each row."""
    return (1 << 20) + BYTES_A_ROW * metadata.rows


def read_events(path: Path, most: int) -> Iterator[Event]:
    """Read a file of events now and return what it tells; nothing if there is none.

    Raises:
        ResultError: If nobody may read it, or it is no file of at most so many bytes.
    """
    try:
        return _events(files.read_regular(path, most, links=False))
    except FileError as error:
        if is_missing(error):
            return iter(())
        raise ResultError(f"{path}: {error.problems[0]}") from error


def is_missing(error: FileError) -> bool:
    """Whether a file could not be read because it is not there, or no longer."""
    return isinstance(error.__context__, FileNotFoundError | NotADirectoryError)


def _events(content: bytes) -> Iterator[Event]:
    """Yield what lines tell, one by one; all of a long sweep at once take much room."""
    events = (_event(line) for line in io.BytesIO(content))
    return (event for event in events if event is not None)


def _event(line: bytes) -> Event | None:
    found = LINE.fullmatch(line)
    if found is None or found[2] != _check(found[1]):
        return None
    try:
        tree = json.loads(found[1] + b"}")
        kind = tree.pop("kind")
        return Event(str(kind), _entry.validate_python(tree, strict=True))
    except (ValueError, KeyError, RecursionError, ValidationError):
        return None


def _check(line: bytes) -> bytes:
    return hashlib.sha256(line).hexdigest()[:16].encode()


class Inventory:
    """The finished files of a folder, and the parts of those that are not finished.

    Attributes:
        spans: The rows of each finished file, once it is there.
        files: Finished files by number.
        parts: Parts of unfinished files, by the file's number and the part's name.
    """

    def __init__(self, metadata: Metadata, files: dict[int, Entry]) -> None:
        self.spans = metadata.files()
        self.files = dict(files)
        self.parts: dict[int, dict[str, Entry]] = {}
        self._firsts = [span.first for span in self.spans]

    def learn(self, events: Iterable[Event]) -> None:
        """Take in what happened, in the order in which it did."""
        for kind, entry in events:
            k = self.file_of(entry)
            if k is None or entry.failed > entry.rows:
                continue
            is_file = entry[:3] == (file_name(k), self.spans[k].first, self.spans[k].rows)
            if not is_file and entry.name != part_name(entry.first, entry.stop):
                continue  # nobody else's files are touched, whatever they are called
            if kind == BAD:
                self.parts.get(k, {}).pop(entry.name, None)
                if k in self.files and self.files[k].name == entry.name:
                    del self.files[k]
            elif kind == FILE and is_file:
                self.files[k] = entry
                self.parts.pop(k, None)
            elif kind == AGAIN and entry[1:3] == (self.spans[k].first, self.spans[k].rows):
                self.files.pop(k, None)
                self.parts[k] = {entry.name: entry}
            elif kind == PART and not is_file and k not in self.files:
                self.parts.setdefault(k, {})[entry.name] = entry

    def file_of(self, rows: Entry | Span) -> int | None:
        """Return the number of the file that rows belong to, None if to none or to several."""
        k = bisect_right(self._firsts, rows.first) - 1
        fits = k >= 0 and rows.rows > 0 and rows.stop <= self.spans[k].stop
        return k if fits else None

    def missing(self, k: int) -> list[tuple[int, int]]:
        """Return the ranges of rows (first, stop) of a file that are nowhere yet."""
        if k in self.files:
            return []
        parts = self.parts.get(k, {}).values()
        return list(gaps(self.spans[k], [(part.first, part.stop) for part in parts]))

    def unfinished(self) -> Iterator[int]:
        """Yield the numbers of the files that are not finished."""
        return (k for k in range(len(self.spans)) if k not in self.files)

    @property
    def rows(self) -> int:
        """Number of all rows."""
        return self.spans[-1].stop if self.spans else 0

    @property
    def done(self) -> int:
        """Number of rows that are kept."""
        done = sum(file.rows for file in self.files.values())
        for k in self.parts:
            open_rows = sum(stop - first for first, stop in self.missing(k))
            done += self.spans[k].rows - open_rows
        return done

    def all_parts(self) -> Iterator[Entry]:
        """Yield the parts of all unfinished files."""
        return (part for of_file in self.parts.values() for part in of_file.values())

    @property
    def failed(self) -> int:
        """Number of rows kept that are runs that failed; a row in two parts counts twice."""
        return sum(entry.failed for entry in (*self.files.values(), *self.all_parts()))

    @property
    def complete(self) -> bool:
        """Whether every file is finished."""
        return len(self.files) == len(self.spans)


def inventory_of(folder: Path, metadata: Metadata) -> Inventory:
    """Return what a folder says that it holds, without looking into the files.

    Raises:
        ResultError: If its manifest cannot be used.
    """
    # In this order: a runner that finishes writes the manifest before it removes the journal.
    events = read_events(folder / WORK / JOURNAL, most_bytes(metadata))
    found = Inventory(metadata, read_manifest(folder, metadata))
    found.learn(events)
    return found


def is_listed(path: Path, metadata: Metadata) -> bool:
    """Whether the manifest of a folder lists all the files of its metadata."""
    return len(read_manifest(path, metadata)) == len(metadata.files())


def fault(path: Path, entry: Entry) -> str:
    """Return what is wrong with a file that was finished; nothing if it is whole.

    Raises:
        FileError: If nobody may read it.
        OSError: If nobody may look.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return MISSING
    if not stat.S_ISREG(found.st_mode):
        return "is a link" if stat.S_ISLNK(found.st_mode) else "is no regular file"
    if found.st_size != entry.size:
        return f"is torn ({found.st_size} bytes, {entry.size} were written)"
    try:
        with files.regular(path, entry.size, links=False) as file:
            right = hashlib.file_digest(file, "sha256").hexdigest() == entry.sha256
    except FileError as error:  # another runner may have removed it since it was looked at
        if is_missing(error):
            return MISSING
        raise
    return "" if right else "is damaged (wrong checksum)"


def damages(folder: Path, metadata: Metadata, held: Inventory) -> list[str]:
    """Return what is wrong with the files of a folder, one sentence each.

    Raises:
        ResultError: If nobody may read them.
    """
    entries = [(folder / ROWS, file) for file in held.files.values()]
    entries += [(folder / WORK, part) for part in held.all_parts()]
    paths = [(place / entry.name, entry) for place, entry in entries]
    try:
        faults = [(path, entry, fault(path, entry)) for path, entry in paths]
    except FileError as error:
        raise ResultError(f"{error.where}: {error.problems[0]}") from error
    except OSError as error:
        raise ResultError(f"{error.filename}: cannot be read: {files.why(error)}") from error
    faults = [found for found in faults if found[2]]
    if faults:  # a runner may have put parts together, and removed them, since they were listed
        now = inventory_of(folder, metadata)
        listed = {*now.files.values(), *now.all_parts()}
        faults = [found for found in faults if found[1] in listed]
    return [f"{path.relative_to(folder).as_posix()} {wrong}" for path, _, wrong in faults]


def refuse_strays(path: Path, metadata: Metadata) -> None:
    """Refuse files among the rows that are not ours: whoever reads that folder would read them too.

    Raises:
        ResultError: Naming them.
    """
    expected = {file_name(k) for k in range(len(metadata.files()))}
    there = (file.name for file in (path / ROWS).glob("*") if file.name[0] not in PASSED_OVER)
    strays = sorted(name for name in there if name not in expected)
    if strays:
        shown = ", ".join(strays[:5]) + (", ..." if len(strays) > 5 else "")
        raise ResultError(
            f"{path / ROWS}: {shown} does not belong to this sweep; move it elsewhere"
        )
