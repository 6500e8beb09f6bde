"""A long calculation put down on disk, so that it can be killed and gone on with.

A checkpoint is one file of plain arrays, which is always whole: the one before, or the new one. It
says what it is a checkpoint of, and nothing else is continued from it.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from alliance_sim import files
from alliance_sim.errors import FileError, ResultError, SettingError, explains_calls
from alliance_sim.files import why
from alliance_sim.results.sealed import UNREADABLE, seal_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_BYTES = 4 << 30
WHAT, DIGEST = "what", "sha256"
EVERY = 30.0  # seconds between two writes


class Checkpoint:
    """Where the state of one calculation is put down.

    Attributes:
        path: The file; it need not be there yet.
        what: What is calculated, as JSON can write it: everything that changes the result, such as
            the digest of the scenario, the theory, the settings and the seed.
    """

    def __init__(self, path: Path, what: Mapping[str, Any], *, every: float = EVERY) -> None:
        """Name the file, and how many seconds lie between two writes."""
        self.path, self._every = path, every
        self.what = json.dumps(what, sort_keys=True, separators=(",", ":"))
        self._written = time.monotonic()

    def load(self) -> dict[str, NDArray[Any]] | None:
        """Return the arrays that were put down, None if there is no file yet.

        Raises:
            ResultError: If the file is of another calculation, or is not whole.
        """
        if not self.path.exists():
            return None
        try:
            content = files.read_regular(self.path, MOST_BYTES, links=False)
            with np.load(io.BytesIO(content), allow_pickle=False) as loaded:
                found = {name: loaded[name] for name in loaded.files}
            what = str(found.pop(WHAT, ""))
            digest = str(found.pop(DIGEST, ""))
        except FileError as error:
            raise ResultError(str(error)) from error
        except (ValueError, KeyError, *UNREADABLE) as error:
            raise ResultError(self._broken(str(error))) from error
        if digest != seal_of(what, found):
            raise ResultError(self._broken("its contents are not those that were written"))
        if what != self.what:
            raise ResultError(self._another(what))
        return found

    def due(self) -> bool:
        """Whether enough time has gone by to write again."""
        return time.monotonic() - self._written >= self._every

    def save(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Put the arrays down, whole or not at all.

        Raises:
            SettingError: If the file cannot be written; what stood there still does.
        """
        arrays = {name: np.asarray(value) for name, value in state.items()}
        digest = seal_of(self.what, arrays)
        try:
            with files.placing(self.path, self.path.parent) as file:
                buffer = io.BytesIO()
                said = {WHAT: np.array(self.what), DIGEST: np.array(digest)}
                np.savez(buffer, allow_pickle=False, **arrays, **said)
                file.write(buffer.getvalue())
        except OSError as error:
            raise SettingError(str(self.path), [f"cannot be written: {why(error)}"]) from error
        self._written = time.monotonic()

    def _broken(self, reason: str) -> str:
        return (
            f"{self.path} is no checkpoint that can be gone on with: {reason}; remove it to begin "
            "again"
        )

    def _another(self, found: str) -> str:
        """Return in words how another calculation differs from this one."""
        try:
            theirs, ours = json.loads(found), json.loads(self.what)
            other = [
                f"{name} {theirs.get(name, 'missing')} there, {ours.get(name, 'missing')} here"
                for name in sorted(theirs.keys() | ours.keys())
                if theirs.get(name) != ours.get(name)
            ]
        except (ValueError, AttributeError):
            other = ["what it is of cannot be read"]
        return (
            f"{self.path} is the checkpoint of another calculation ({'; '.join(other)}); give the "
            "same command as before to go on, or another folder to begin anew"
        )


class Resumable(Protocol):
    """A calculation in rounds, such as `Chains` or `Tempered`."""

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do."""

    def advance(self, executor: Executor | None = None) -> None:
        """Make one round; the state is as it was if that fails."""

    def state(self) -> dict[str, NDArray[Any]]:
        """Return all that `restore` needs."""

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take up a state."""


J = TypeVar("J", bound=Resumable)


@explains_calls
def run_to_end(
    job: J,
    *,
    checkpoint: Checkpoint | None = None,
    executor: Executor | None = None,
    callback: Callable[[J], object] | None = None,
) -> J:
    """Return a calculation once it is finished, gone on with from its checkpoint if there is one.

    It can be stopped at any time (Ctrl-C) or killed. What was done until the last checkpoint is
    kept, and stopping makes one; the result has the same bytes however often it was continued.

    Args:
        job: The calculation, as it was made: not begun yet.
        checkpoint: Where to put it down; nowhere if None.
        executor: Who computes; this process if None.
        callback: Called after each round, to show how far it has come.

    Raises:
        ResultError: If the checkpoint is of another calculation, or broken.
        SettingError: If it cannot be written; or as `advance` raises.
        UnfinishedError: If a worker dies or fails.
    """
    put_down = checkpoint.load() if checkpoint else None
    if put_down is not None:
        job.restore(put_down)
    last, saved = job.state(), True
    try:
        while not job.finished:
            job.advance(executor)
            last, saved = job.state(), False
            if checkpoint and (checkpoint.due() or job.finished):
                checkpoint.save(last)
                saved = True
            if callback is not None:
                callback(job)
    finally:
        if checkpoint and not saved:
            checkpoint.save(last)
    return job
