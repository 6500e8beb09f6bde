"""Put bytes on a disk so that a kill at any moment leaves the old file or the new one."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

TEMPORARY = ".tmp"  # ends the name of a file that is still being written

REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota of disk space is used up",
    errno.EROFS: "the file system can only be read",
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.EFBIG: "a file would become larger than this process may write",
    errno.ENOTDIR: "a file stands where a folder should be",
    errno.EEXIST: "a file stands where a folder should be",
}


def why(error: OSError) -> str:
    """Return in words why something could not be written or read."""
    return REASONS.get(error.errno or 0, error.strerror or str(error))


class HashedFile:
    """A file being written that knows the SHA-256 and the size of what went through it."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._hash = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, content: bytes) -> int:
        """Write all of some bytes."""
        data = memoryview(content).cast("B")
        self._raw.write(data)
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self.size

    def flush(self) -> None:
        """Hand what was written to the system."""
        self._raw.flush()

    def close(self) -> None:
        """Take no more; the file underneath stays open for its owner."""
        self.closed = True

    def sha256(self) -> str:
        """Return the digest of what was written so far."""
        return self._hash.hexdigest()


@contextmanager
def placing(path: Path, folder: Path) -> Iterator[HashedFile]:
    """Yield a file to write to, which takes its place once all of it is on the disk.

    Args:
        path: Where it belongs; a file of that name is replaced.
        folder: Folder on the same file system for the file until then.

    Raises:
        OSError: If it cannot be written; what stood at `path` still does.
    """
    temporary = folder / f"{path.name}.{secrets.token_hex(4)}{TEMPORARY}"
    try:
        with temporary.open("wb") as raw:
            hashed = HashedFile(raw)
            yield hashed
            raw.flush()
            os.fsync(raw.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def put(path: Path, content: bytes, folder: Path) -> str:
    """Write a file whole or not at all, and return its SHA-256.

    Raises:
        OSError: If it cannot be written; what stood at `path` still does.
    """
    with placing(path, folder) as hashed:
        hashed.write(content)
    return hashed.sha256()


def sync_folder(folder: Path) -> None:
    """Make new names in a folder outlast a power cut, where the system offers that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(handle)


def set_aside(path: Path) -> Path:
    """Rename a damaged file out of the way, and return its new name."""
    aside = path.with_name(f"{path.name}.bad")
    path.replace(aside)
    return aside
