"""What a command is at, told on standard error whenever it has said nothing for two seconds.

Whoever waits sees what is being done and how far it is, also where nobody draws a bar: in a log, in
a notebook, behind a pipe. The library says what it is at by `log.debug`, and whoever simulates by
`Progress`; a command that answers at once says nothing.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

QUIET = "ALLIANCE_SIM_QUIET"  # set to 1, nothing is told
PATIENCE = 2.0  # seconds of silence
LONG, SELDOM = 60.0, 10.0  # after so many seconds, seconds of silence
AHEAD = 0.3  # of that, about, is over before: Python has started, the command line is loaded
LEAST = 1.0  # seconds from which on a rate means something


class Rate:
    """How much is done in a second, from the moment at which the first of it was there.

    What comes before (imports, workers that start, code that is compiled) says nothing of it. A
    count that falls is that of other work, which begins where it fell to.
    """

    def __init__(self) -> None:
        self._begun: int | None = None
        self._fallen = 0
        self._first: tuple[int, float] | None = None
        self._last = (0, 0.0)

    def at(self, done: int) -> None:
        """Take in how much there is now."""
        self._fallen = max(self._fallen, self._last[0] - done)
        done += self._fallen
        if self._begun is None:
            self._begun = done
        self._last = (done, time.monotonic())
        if self._first is None and done > self._begun:
            self._first = self._last

    @property
    def gained(self) -> int:
        """How much came about since the beginning."""
        return 0 if self._begun is None else self._last[0] - self._begun

    def each_second(self) -> float | None:
        """Return how much is done in a second, None while that cannot be told."""
        if self._first is None or self._last[1] - self._first[1] < LEAST:
            return None
        return (self._last[0] - self._first[0]) / (self._last[1] - self._first[1])


class Activity:
    """What one process is at.

    Attributes:
        words: What it does, as in "simulating".
    """

    def __init__(self) -> None:
        self.words = ""
        self._unit = ""
        self._count: tuple[int, int] | None = None
        self._meanwhile = ""
        self._rate = Rate()
        self._began = self._spoken = time.monotonic()
        self._drawn: Callable[[str], None] | None = None

    def begin(self, words: str, unit: str = "runs") -> None:
        """Say what is done from now on, and in what it is counted."""
        self.words, self._unit, self._count, self._rate = words, unit, None, Rate()
        self._meanwhile = ""
        if self._drawn is not None:
            self._drawn(words)

    def meanwhile(self, words: str) -> None:
        """Say what has to be done first; once the count goes on, it is at what it was before."""
        self._meanwhile = words
        if self._drawn is not None:
            self._drawn(words)

    def count(self, done: int, total: int) -> None:
        """Say how far it is."""
        if self._meanwhile and (done, total) != self._count:
            self._meanwhile = ""
            if self._drawn is not None:
                self._drawn(self.words)
        self._count = (done, total)
        self._rate.at(done)

    def spoke(self) -> None:
        """Say that something was just told."""
        self._spoken = time.monotonic()

    @contextmanager
    def drawn_by(self, show: Callable[[str], None]) -> Iterator[None]:
        """Let somebody else show what is done, for as long as this lasts."""
        self._drawn = show
        try:
            yield
        finally:
            self._drawn = None
            self.spoke()

    def line(self) -> str:
        """Return what is done, how far it is and how long all took so far, in one line."""
        told = self._meanwhile or self.words
        if self._count is not None and not self._meanwhile:
            done, total = self._count
            told += f": {done:,} of {total:,} {self._unit}".rstrip()
            speed = self._rate.each_second()
            told += f", {speed:,.0f} a second" if speed else ""
        return f"{told}, {time.monotonic() - self._began:.0f} s"

    @contextmanager
    def told(self, say: Callable[[str], None]) -> Iterator[None]:
        """Tell what is done whenever it was silent for long, for as long as this lasts."""
        if os.environ.get(QUIET, "") not in {"", "0"}:
            yield
            return
        ended = threading.Event()
        began = self._began = time.monotonic()
        self.begin("getting ready")
        self._spoken = began - AHEAD * PATIENCE

        def watch() -> None:
            while not ended.wait(PATIENCE / 8):
                now = time.monotonic()
                patience = PATIENCE if now - began < LONG else SELDOM
                if self._drawn is None and now - self._spoken >= patience * 0.9:
                    say(self.line())
                    self.spoke()

        watcher = threading.Thread(target=watch, name="activity", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()


activity = Activity()
