"""What has been finished so far: one line of JSON per event, only ever added to.

An event goes to the file in one write and to the disk before anything relies on it. Every event
brings its own line break in front: should a kill tear a line, the next one is still whole, and a
torn line is never valid JSON. What no line tells of has not happened.
"""

from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from alliance_sim.errors import ResultError
from alliance_sim.files import why


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


class Event(NamedTuple):
    """One line.

    Attributes:
        kind: "part" (a block of rows), "file" (of the finished folder) or "bad" (set aside).
        entry: What it is about.
    """

    kind: str
    entry: Entry


class Journal:
    """The file of events of one folder, shared by all that work there."""

    def __init__(self, path: Path) -> None:
        """Open the file, made now if need be.

        Raises:
            OSError: If it cannot be opened for writing.
        """
        how = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._path = path
        self._handle = os.open(path, how, 0o666)
        self._reader = path.open("rb")

    def add(self, event: Event) -> None:
        """Write down what happened, and wait until the disk has it.

        Raises:
            OSError: If it cannot be written; then it counts as not finished.
        """
        line = json.dumps({"kind": event.kind, **event.entry._asdict()}, sort_keys=True)
        content = f"\n{line}\n".encode()
        if os.write(self._handle, content) < len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(self._handle)

    def news(self) -> Iterator[Event]:
        """Return what was added since the last call, by whomever; torn lines are passed over."""
        start = self._reader.tell()
        content = self._reader.read()
        whole = content.rfind(b"\n") + 1
        self._reader.seek(start + whole)
        return _events(content[:whole])

    def stands(self) -> bool:
        """Whether this is still the file of its name: not once a runner has finished the folder."""
        try:
            return os.path.samestat(os.fstat(self._handle), self._path.stat())
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Close the file; again does nothing."""
        if not self._reader.closed:
            self._reader.close()
            os.close(self._handle)


def read_events(path: Path) -> Iterator[Event]:
    """Read a file of events now and return what it tells; nothing if there is none.

    Raises:
        ResultError: If nobody may read it.
    """
    try:
        return _events(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return iter(())
    except OSError as error:
        raise ResultError(f"{path}: cannot be read: {why(error)}") from error


def _events(content: bytes) -> Iterator[Event]:
    """Yield what lines tell, one by one; all of a long sweep at once take much room."""
    events = (_event(line) for line in io.BytesIO(content))
    return (event for event in events if event is not None)


def _event(line: bytes) -> Event | None:
    try:
        tree = json.loads(line)
    except ValueError:
        return None
    if not isinstance(tree, dict):
        return None
    kind = tree.pop("kind", "")
    entry = Entry.read(tree)
    return Event(str(kind), entry) if entry is not None else None
