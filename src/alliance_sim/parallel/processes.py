"""Worker processes on this machine; one that is killed keeps nobody waiting.

`concurrent.futures.ProcessPoolExecutor` has one pipe and its locks shared by all workers. One that
is killed while it writes a large answer leaves the reader waiting for the rest; one that is killed
while the pool shuts down leaves it waiting for the others. Here every worker has a pipe of its own,
whose other end only this process holds: the end of a worker is the end of its pipe.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

FAREWELL = 5  # seconds that a worker has to end by itself


class Processes(Executor):
    """An executor of worker processes; a thread for each worker hands it work and waits for it.

    Workers also hold the reading end of a pipe whose writing end only this process has. When it is
    closed, on purpose or because this process was killed, they end at once: none is left behind.

    Attributes:
        workers: How many processes.
    """

    def __init__(self, workers: int) -> None:
        """Start so many processes, by "spawn"."""
        self.workers = workers
        context = multiprocessing.get_context("spawn")
        lifeline, self._lifeline = context.Pipe(duplex=False)
        self._processes: list[SpawnProcess] = []
        self._idle: SimpleQueue[Connection] = SimpleQueue()
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        with _signals_wait():
            for _ in range(workers):
                ours, theirs = context.Pipe()
                process = context.Process(target=_serve, args=(theirs, lifeline))
                process.start()
                theirs.close()
                self._processes.append(process)
                self._idle.put(ours)
        lifeline.close()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand work to the next worker that is idle; all of it is pickled.

        The future raises `BrokenExecutor` if the worker dies meanwhile.
        """
        return self._threads.submit(self._ask, fn, args, kwargs)

    def _ask(self, *work: Any) -> Any:
        message = pickle.dumps(work, pickle.HIGHEST_PROTOCOL)
        pipe = self._idle.get()
        try:
            pipe.send_bytes(message)
            answer = pipe.recv_bytes()
        except (EOFError, OSError):
            raise BrokenExecutor("a worker process died") from None
        finally:
            self._idle.put(pipe)  # work that meets a dead worker is told so, too
        value, error = pickle.loads(answer)  # noqa: S301 - from our own process
        if error is not None:
            raise error
        return value

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as any executor
        """End the workers at once, whatever they do; their futures raise `BrokenExecutor`."""
        del cancel_futures  # nobody is left to do the work
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._lifeline.close()
        for process in self._processes if wait else ():
            process.join(FAREWELL)
            process.kill()
            process.join()
        self._threads.shutdown(wait=wait)


def _serve(pipe: Connection, lifeline: Connection) -> None:
    """Do the work that comes, in a worker process, until nobody is left who asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    while True:
        try:
            work = pipe.recv_bytes()
        except EOFError:
            return
        pipe.send_bytes(_answer(work))


def _end_with(lifeline: Connection) -> None:
    """End this process as soon as the other end of a pipe is closed."""
    lifeline.poll(None)
    os._exit(0)


def _answer(work: bytes) -> bytes:
    """Return what the work gives and None, or None and the error that it raised, pickled."""
    try:
        function, args, kwargs = pickle.loads(work)  # noqa: S301 - from the process that started us
        return pickle.dumps((function(*args, **kwargs), None), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - told to whoever asked
        error.add_note("In a worker process:\n" + traceback.format_exc())
        try:
            message = pickle.dumps((None, error))
            pickle.loads(message)  # noqa: S301 - some errors can be written but not read
        except Exception:  # noqa: BLE001 - as above
            return pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))
        return message


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Hold back Ctrl-C and SIGTERM; processes that are started meanwhile never get them.

    They are sent to all processes of a terminal or a job at once. Workers would answer with
    tracebacks, or be missed before the runner knows that it is to stop.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
