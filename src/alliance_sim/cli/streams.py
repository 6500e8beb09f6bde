"""Standard output and error that never raise: what cannot be written is lost, and remembered.

A full disk, a closed descriptor or a reader who has left must not turn into an error in the middle
of some other work. The work goes on, and the end of the command tells what became of its output.
"""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO


class Sink(io.RawIOBase):
    """A descriptor that goes on taking bytes after it has failed.

    Attributes:
        error: Why it failed, None if it has not.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self.error: OSError | None = None

    def writable(self) -> bool:
        """Return that it takes bytes."""
        return True

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Return whether somebody watches."""
        return os.isatty(self._descriptor)

    def write(self, data: Any, /) -> int:
        """Take some bytes."""
        while self.error is None:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:
                select.select([], [self._descriptor], [])
            except OSError as error:
                self.error = error
        return memoryview(data).nbytes


@contextmanager
def sound_streams() -> Iterator[Sink | None]:
    r"""Let standard output and error take everything, for as long as this lasts.

    Characters that the encoding does not have are written as `\u2026`.

    Yields:
        What became of standard output; None where somebody else has taken its place already, such
        as a notebook.
    """
    before = sys.stdout, sys.stderr
    if sys.stdin is None:
        os.open(os.devnull, os.O_RDONLY)  # or the next file opened becomes standard input
    out = _sink(sys.stdout, sys.__stdout__, os.O_RDONLY)  # writing there fails, as it should
    err = _sink(sys.stderr, sys.__stderr__, os.O_WRONLY)
    try:
        if out is not None:
            sys.stdout = _text(out, before[0])
        if err is not None:
            sys.stderr = _text(err, before[1])
        yield out
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdout, sys.stderr = before


def _sink(stream: TextIO | None, original: object, closed: int) -> Sink | None:
    """Return what takes the bytes of a stream: None if it is none of the process's own."""
    if stream is None:
        return Sink(os.open(os.devnull, closed))
    try:
        return Sink(stream.fileno()) if stream is original else None
    except (OSError, ValueError):
        return None


def _text(sink: Sink, like: TextIO | None) -> io.TextIOWrapper:
    encoding = getattr(like, "encoding", None) or "utf-8"
    buffer = io.BufferedWriter(sink)
    return io.TextIOWrapper(
        buffer, encoding, errors="backslashreplace", line_buffering=sink.isatty()
    )


def lost(sink: Sink | None) -> OSError | None:
    """Return why output was lost, None if it was not or if its reader has left on purpose."""
    error = None if sink is None else sink.error
    return None if error is not None and error.errno == errno.EPIPE else error
