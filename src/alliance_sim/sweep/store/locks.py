"""Who works on which rows: locks that the system releases when a process dies.

A runner locks rows 4096 to 8191 by locking bytes 4096 to 8191 of an empty file. Nothing is
written, so nothing can go stale: a kill releases every lock. Blocks of any size fit together.
Results never depend on locks, so where a file system offers none every lock is granted, and
two runners may do some work twice.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from alliance_sim import files

STATE = 2**62  # the byte for "I change what the folder says of itself"
FILES = 2**61  # this byte plus k for "I put file k together"
WAIT = 0.05  # seconds between two tries to lock the state
PATIENCE = 600  # seconds after which whoever holds the state is taken for stopped
REFUSED = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}

Range = tuple[int, int]


class _File:
    """The lock file of one folder, opened once a process.

    A process loses all its locks on a file when it closes any handle of it, and never refuses
    itself; so there is one handle, and a list of what was locked through it.
    """

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self.users = 0
        self.taken: list[Range] = []


_files: dict[str, _File] = {}
_guard = threading.Lock()


class Locks:
    """Locks of one runner on ranges of rows in one folder.

    Attributes:
        ignore_others: Whether to take what other processes hold as well, which may be stopped and
            never let go. That costs double work at worst.
        sure: Whether a lock that was granted excludes others; not so where there are none.
    """

    def __init__(self, path: Path) -> None:
        """Open the lock file, made now if need be.

        Raises:
            FileError: If something else stands there.
            OSError: If the folder cannot be written to.
        """
        self._key = os.path.realpath(path)
        self._own: list[Range] = []
        self.ignore_others = False
        self.sure = True
        with _guard:
            if self._key not in _files:
                how = os.O_RDWR | os.O_CREAT
                _files[self._key] = _File(files.open_regular(path, how, links=False))
            _files[self._key].users += 1

    def take(self, first: int, stop: int) -> bool:
        """Return whether rows first to stop - 1 are now ours, which nobody else holds."""
        with _guard:
            file = _files[self._key]
            if any(first < b and a < stop for a, b in file.taken):
                return False
            granted = _lock(file.handle, first, stop)
            if granted is False and not self.ignore_others:
                return False
            self.sure = self.sure and granted is True
            file.taken.append((first, stop))
        self._own.append((first, stop))
        return True

    def release(self, first: int, stop: int) -> None:
        """Give back what was taken with the same numbers."""
        self._own.remove((first, stop))
        with _guard:
            file = _files[self._key]
            file.taken.remove((first, stop))
            _unlock(file.handle, first, stop)

    @contextmanager
    def held(self, first: int, stop: int) -> Iterator[bool]:
        """Yield whether a range could be taken; give it back at the end."""
        ours = self.take(first, stop)
        try:
            yield ours
        finally:
            if ours:
                self.release(first, stop)

    @contextmanager
    def state(self) -> Iterator[None]:
        """Wait until nobody else changes what the folder says of itself; then hold that."""
        until = time.monotonic() + PATIENCE
        while not self.take(STATE, STATE + 1):
            self.ignore_others = self.ignore_others or time.monotonic() > until
            time.sleep(WAIT)
        try:
            yield
        finally:
            self.release(STATE, STATE + 1)

    def close(self) -> None:
        """Give back everything."""
        for first, stop in list(self._own):
            self.release(first, stop)
        with _guard:
            file = _files[self._key]
            file.users -= 1
            if not file.users:
                os.close(file.handle)
                del _files[self._key]


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int, first: int, stop: int) -> bool | None:
        os.lseek(handle, first, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, stop - first)
        except OSError as error:
            return False if error.errno in REFUSED else None
        return True

    def _unlock(handle: int, first: int, stop: int) -> None:
        os.lseek(handle, first, os.SEEK_SET)
        with suppress(OSError):
            msvcrt.locking(handle, msvcrt.LK_UNLCK, stop - first)

elif sys.platform == "emscripten":  # Python in a browser, alone and without locks

    def _lock(handle: int, first: int, stop: int) -> bool | None:
        del handle, first, stop
        return None

    def _unlock(handle: int, first: int, stop: int) -> None:
        del handle, first, stop

else:
    import fcntl

    def _lock(handle: int, first: int, stop: int) -> bool | None:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, stop - first, first)
        except OSError as error:
            return False if error.errno in REFUSED else None
        return True

    def _unlock(handle: int, first: int, stop: int) -> None:
        with suppress(OSError):
            fcntl.lockf(handle, fcntl.LOCK_UN, stop - first, first)
