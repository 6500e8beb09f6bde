"""One runner's hand on a results folder: keep parts, put files together, mend, finish."""

from __future__ import annotations

import errno
import logging
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa

from alliance_sim import files
from alliance_sim.errors import FileError, ResultError, UnfinishedError
from alliance_sim.provenance import Origin
from alliance_sim.sweep.store import parquet
from alliance_sim.sweep.store.inventory import (
    AGAIN,
    BAD,
    FILE,
    JOURNAL,
    MISSING,
    PART,
    Event,
    Inventory,
    Journal,
    fault,
    is_listed,
    is_missing,
    refuse_strays,
)
from alliance_sim.sweep.store.locks import FILES, STATE, Locks
from alliance_sim.sweep.store.manifest import MANIFEST, manifest, read_manifest
from alliance_sim.sweep.store.metadata import (
    EXTRA,
    METADATA,
    NO_METADATA,
    ROWS,
    WORK,
    Entry,
    Metadata,
    Span,
    file_name,
    is_begun,
    part_name,
    read_metadata,
    refuse_links,
)

GONE = {errno.ENOENT, errno.ESTALE}  # what the system says of removed files, the latter on NFS
LOCK = ".lock"
PART_NAME = re.compile(r"part-(\d+)-(\d+)\.parquet")
FILE_NAME = re.compile(r"runs-(\d+)\.parquet")
IGNORED = {LOCK, WORK, ROWS, ".DS_Store", "Thumbs.db", "desktop.ini"}

log = logging.getLogger(__name__)
ChooseMetadata = Callable[[Metadata | None], Metadata]


class _DamagedError(Exception):
    """A part that is not what the journal says it is."""


class Writer:
    """A results folder open for work. Several may be open on one folder.

    Attributes:
        path: The folder.
        metadata: What it is about.
        columns: Its columns.
        inventory: What it holds, as of the last `refresh`.
        locks: Who works on what.
    """

    def __init__(self, path: Path, choose: ChooseMetadata, columns: parquet.SweepColumns) -> None:
        """Open a folder, made now if need be; mend what is damaged and tidy up after the killed.

        Args:
            path: The folder.
            choose: Called with the metadata that stands there, None in a new folder; returns the
                metadata to work by, or raises why it cannot.
            columns: Columns of the rows.

        Raises:
            ResultError: If the folder holds something else.
            UnfinishedError: If it cannot be written to.
        """
        self.path = path
        self.work = path / WORK
        self.rows = path / ROWS
        self.columns = columns
        with _explained(path, None):
            path.mkdir(parents=True, exist_ok=True)
            refuse_links(path, WORK, ROWS, EXTRA)
            refuse_foreign(path)
            self.locks = Locks(path / LOCK)
        try:
            with _explained(path, None), self.locks.state():
                self.metadata = self._settle(choose)
                self.inventory = Inventory(self.metadata, read_manifest(path, self.metadata))
                self._journal = Journal(self.work / JOURNAL, self.metadata)
            try:
                self.refresh()
            except BaseException:
                self._journal.close()
                raise
        except BaseException:
            self.locks.close()
            raise

    def _settle(self, choose: ChooseMetadata) -> Metadata:
        """Return the metadata to work by, written down."""
        refuse_foreign(self.path)
        old = read_metadata(self.path) if is_begun(self.path) else None
        metadata = choose(old)
        problem = metadata.problem()
        if problem:
            raise ResultError(f"{self.path}: cannot hold this sweep: {problem}")
        refuse_strays(self.path, metadata)
        for folder in (self.work, self.rows):
            folder.mkdir(exist_ok=True)
        if metadata is not old:
            files.put(self.path / METADATA, metadata.as_json(), self.work)
        return metadata

    def close(self) -> None:
        """Give back all locks."""
        self._journal.close()
        self.locks.close()

    def refresh(self) -> None:
        """Take in what others have done."""
        with self._writing():
            self.inventory.learn(self._journal.news())

    def mend(self) -> None:
        """Set damaged files aside, so that their rows are computed again; remove leftovers.

        Raises:
            ResultError: If nobody may read a file.
            UnfinishedError: If that cannot be done.
        """
        with _explained(self.path, self.inventory):
            for k in range(len(self.inventory.spans)):
                with self.locks.held(FILES + k, FILES + k + 1) as ours:
                    if ours:
                        self._check(k)
            self._tidy()

    def _tidy(self) -> None:
        """Remove what killed runners left half written, untold or already part of a file.

        Whoever writes a file holds its lock until the journal tells of it.
        """
        for leftover in [*self.work.glob(f"*{files.TEMPORARY}"), *self.work.glob("part-*.parquet")]:
            with self.locks.held(*_lock_of(leftover.name)) as ours:
                self.refresh()
                told = any(leftover.name in parts for parts in self.inventory.parts.values())
                if ours and self.locks.sure and not told and not leftover.is_dir():
                    leftover.unlink(missing_ok=True)

    def _check(self, k: int) -> None:
        self.refresh()
        if k in self.inventory.files:
            entries = [(self.rows, self.inventory.files[k])]
        else:
            entries = [(self.work, part) for part in self.inventory.parts.get(k, {}).values()]
        for folder, entry in entries:
            wrong = fault(folder / entry.name, entry)
            if wrong:
                self._set_aside(folder / entry.name, entry, wrong)

    def _set_aside(self, path: Path, entry: Entry, wrong: str) -> None:
        self.refresh()
        k = self.inventory.file_of(entry)
        if k in self.inventory.files and entry != self.inventory.files[k]:
            return  # a part that somebody has just made part of a file, and removed
        place = ""
        with suppress(FileNotFoundError):
            place = f"; set aside as {self._moved_aside(path)}"
        self._happened(BAD, entry)
        log.warning("%s: %s%s; its %d rows are computed again", path, wrong, place, entry.rows)

    def _moved_aside(self, path: Path) -> str:
        """Rename a damaged file, and return its new name; among the rows it would be read."""
        aside = (self.path if path.parent == self.rows else self.work) / f"{path.name}.bad"
        path.replace(aside)
        return aside.name

    def _happened(self, kind: str, entry: Entry) -> None:
        event = Event(kind, entry)
        self._journal.add(event)
        self.inventory.learn([event])

    def keep(self, span: Span, table: pa.Table, failed: int) -> None:
        """Keep computed rows, on the disk when this returns.

        Raises:
            UnfinishedError: If they cannot be written; what was kept before still is.
        """
        name = part_name(span.first, span.stop)
        content = parquet.as_parquet(table)
        with self._writing():
            digest = files.put(self.work / name, content, self.work)
            self._happened(PART, Entry(name, span.first, span.rows, failed, len(content), digest))

    def put_together(self, k: int) -> None:
        """Make a finished file of its parts if they are all there and nobody else is at it.

        Raises:
            UnfinishedError: If it cannot be written; the parts stay.
        """
        lock = self.locks.held(FILES + k, FILES + k + 1)
        with self._writing(), lock as ours:
            self.refresh()
            if ours and k not in self.inventory.files and not self.inventory.missing(k):
                self._put_together(k)

    def renew(self, k: int, compute: Callable[[Span, tuple[int, ...]], list[pa.Table]]) -> None:
        """Replace the failed rows of a finished file by ones computed now; the others stay.

        Nothing happens where somebody else is at it. A kill leaves the old rows or the new ones.

        Args:
            k: Number of the file.
            compute: Given the span of the file and places in it, returns those rows.

        Raises:
            UnfinishedError: If it cannot be written; the old rows stay.
        """
        span = self.inventory.spans[k]
        with self.locks.held(FILES + k, FILES + k + 1) as ours:
            self.refresh()
            old = self.inventory.files.get(k)
            if not ours or old is None or not old.failed:
                return
            table = None
            with self._writing():
                table = self._sound(self.rows / old.name, old)
            if table is None:
                return
            table = parquet.renewed(self.columns, table, lambda places: compute(span, places))
            content = parquet.as_parquet(table)
            name = part_name(span.first, span.stop)
            with self._writing(), self.locks.state():
                digest = files.put(self.work / name, content, self.work)
                failed = parquet.failures(table)
                self._happened(AGAIN, Entry(name, *span[2:], failed, len(content), digest))
                self._put_together(k)

    def _put_together(self, k: int) -> None:
        span = self.inventory.spans[k]
        parts = sorted(self.inventory.parts[k].values(), key=lambda part: part.first)
        name = file_name(k)
        failed = [0]
        try:
            with files.placing(self.rows / name, self.work) as file:
                rows = self._rows_of(parts, span, failed)
                parquet.write_groups(file, self.columns, rows, self.metadata.group_rows)
        except _DamagedError:
            return
        entry = Entry(name, span.first, span.rows, failed[0], file.size, file.sha256())
        self._happened(FILE, entry)
        for part in parts:
            (self.work / part.name).unlink(missing_ok=True)

    def _rows_of(self, parts: list[Entry], span: Span, failed: list[int]) -> Iterator[pa.Table]:
        """Yield the rows of a span in order, each once, from parts that may overlap."""
        place = span.first
        for part in parts:
            if part.stop <= place:
                continue
            table = self._sound(self.work / part.name, part)
            if table is None:
                raise _DamagedError
            table = table.slice(place - part.first)
            failed[0] += parquet.failures(table)
            yield table
            place = part.stop

    def _sound(self, path: Path, entry: Entry) -> pa.Table | None:
        """Return the rows of a file; None if it is not as it was written, and is set aside."""
        wrong = fault(path, entry)
        if not wrong:
            try:
                content = files.read_regular(path, entry.size, links=False)
                table = parquet.read_parquet(content, self.columns)
            except pa.ArrowException as error:
                wrong = f"is damaged: {error}"
            except FileError as error:  # as `fault` says, with the same meaning
                if not is_missing(error):
                    raise
                wrong = MISSING
            else:
                if table.num_rows == entry.rows:
                    return table
                wrong = f"has {table.num_rows} rows, not {entry.rows}"
        self._set_aside(path, entry, wrong)
        return None

    def finish(self, origin: Origin) -> bool:
        """Return whether the folder is finished: the manifest says so, and no work is left.

        It is not if somebody has extended the sweep in the meantime.

        Args:
            origin: Where the numbers come from.

        Raises:
            UnfinishedError: If the manifest cannot be written; the files stay.
        """
        with _explained(self.path, self.inventory), self.locks.state():
            if not read_metadata(self.path).same_rows(self.metadata):
                return False
            if not self._journal.stands() and is_listed(self.path, self.metadata):
                if not (self.work / JOURNAL).exists():  # else a third runner is mending it by now
                    shutil.rmtree(self.work, ignore_errors=True)  # what was kept here in vain
                return True
            self.refresh()
            finished = [self.inventory.files[k] for k in range(len(self.inventory.spans))]
            content = manifest(origin, self.metadata, finished)
            path = self.path / MANIFEST
            files.put(path, content, self.work)
            self._journal.remove()  # first: what others miss from now on is no damage
            shutil.rmtree(self.work, ignore_errors=True)
            return True

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Tell what the system refuses; do without, where another runner has finished all.

        Raises:
            UnfinishedError: Instead of an OSError.
        """
        with _explained(self.path, self.inventory):
            try:
                yield
            except OSError as error:
                if error.errno not in GONE:
                    raise
                listed = read_manifest(self.path, self.metadata)
                if self._journal.stands() or len(listed) < len(self.inventory.spans):
                    raise
                self.inventory.files = listed


def refuse_foreign(path: Path) -> None:
    """Refuse a folder that holds something, but no sweep.

    Raises:
        ResultError: Naming what it holds.
    """
    if is_begun(path):
        return
    there = sorted(entry.name for entry in path.iterdir() if entry.name not in IGNORED)
    if METADATA in there:
        return  # another runner has just begun
    inside = [name for name in (WORK, ROWS) if any((path / name).glob("[!.]*.parquet"))]
    if there or inside:
        if ROWS in inside:
            raise ResultError(f"{path}: {NO_METADATA}")
        shown = ", ".join(there[:5] or inside) + (", ..." if len(there) > 5 else "")
        raise ResultError(
            f"{path}: holds other files and no sweep ({shown}); choose a new or an empty folder"
        )


def _lock_of(name: str) -> tuple[int, int]:
    """Return what whoever writes a file under a passing name has locked."""
    if part := PART_NAME.match(name):
        return int(part[1]), int(part[2])
    if file := FILE_NAME.match(name):
        return FILES + int(file[1]), FILES + int(file[1]) + 1
    return STATE, STATE + 1


@contextmanager
def _explained(path: Path, inventory: Inventory | None) -> Iterator[None]:
    """Tell what the system refuses in words, with what is safe and what to do.

    Raises:
        UnfinishedError: Instead of an OSError.
    """
    try:
        yield
    except FileError as error:
        raise ResultError(f"{error.where}: {error.problems[0]}") from error
    except OSError as error:
        if inventory is None or not inventory.done:
            raise UnfinishedError(f"{path}: {files.why(error)}; no row was written") from error
        raise UnfinishedError(
            f"{path}: {files.why(error)}; {inventory.done:,} of {inventory.rows:,} rows are safe. "
            "Mend that, and give the same command again to go on"
        ) from error
