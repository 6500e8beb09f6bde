"""Worker processes on this machine; one that is killed keeps nobody waiting.

`concurrent.futures.ProcessPoolExecutor` has one pipe and its locks shared by all workers. One that
is killed while it writes a large answer leaves the reader waiting for the rest; one that is killed
while the pool shuts down leaves it waiting for the others. Here every worker has a pipe of its own,
whose other end only this process holds: the end of a worker is the end of its pipe.
"""

from __future__ import annotations

import contextlib
import logging
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
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

from alliance_sim.errors import SettingError, UnfinishedError
from alliance_sim.files import why

P = ParamSpec("P")
T = TypeVar("T")

FAREWELL = 5  # seconds that a worker has to end by itself
FILES_EACH = 3  # that this process holds open for a worker: a pipe, a sentinel, one on the way
FILES_ELSE = 24  # that it may want besides
ANSWER, NEWS = b"a", b"n"  # what a message of a worker begins with
OURS = "alliance_sim"  # the logger whose records workers pass on


class Processes(Executor):
    """An executor of worker processes; a thread for each worker hands it work and waits for it.

    A worker is started when there is work that no other is idle for. What it logs is logged here,
    the same words once however many workers say them. Workers also hold the reading end of a pipe
    whose writing end only this process has. When it is closed, on purpose or because this process
    was killed, they end at once: none is left behind.

    Attributes:
        workers: How many processes at most.
    """

    def __init__(self, workers: int) -> None:
        """Prepare for so many processes, to be started by "spawn".

        Raises:
            SettingError: If this process may not open files enough for them.
        """
        most = _room_for()
        if workers > most:
            problem = (
                f"workers is {workers}, and of the files that this process may open at a time "
                f"(`ulimit -n`) there are enough for {most}; ask for fewer workers, or raise that "
                "limit"
            )
            raise SettingError("workers", [problem])
        self.workers = workers
        self._context = multiprocessing.get_context("spawn")
        self._processes: list[SpawnProcess] = []
        self._idle: SimpleQueue[Connection] = SimpleQueue()
        self._heard: set[str] = set()
        self._start_one = threading.Lock()
        self._closed = False
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        self._their_end, self._lifeline = self._context.Pipe(duplex=False)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand work to the next worker that is idle; all of it is pickled.

        The future raises `BrokenExecutor` if the worker dies meanwhile, and `UnfinishedError` if
        none can be started.
        """
        return self._threads.submit(self._ask, fn, args, kwargs)

    def _ask(self, *work: Any) -> Any:
        message = pickle.dumps(work, pickle.HIGHEST_PROTOCOL)
        pipe = self._worker()
        try:
            pipe.send_bytes(message)
            while (answer := pipe.recv_bytes())[:1] == NEWS:
                self._hear(*pickle.loads(answer[1:]))  # noqa: S301 - from our own process
        except (EOFError, OSError):
            raise BrokenExecutor("a worker process died") from None
        finally:
            self._idle.put(pipe)  # work that meets a dead worker is told so, too
        value, error = pickle.loads(answer[1:])  # noqa: S301 - as above
        if error is not None:
            raise error
        return value

    def _hear(self, logger: str, level: int, text: str) -> None:
        """Log what a worker logged, unless one has said the same."""
        if text not in self._heard:
            self._heard.add(text)
            logging.getLogger(logger).log(level, "%s", text)

    def _worker(self) -> Connection:
        """Return the pipe of a worker that is idle, started if there is none."""
        with contextlib.suppress(Empty):
            return self._idle.get_nowait()
        with self._start_one:
            if self._closed:
                raise BrokenExecutor("the workers have been ended")
            if len(self._processes) < self.workers:
                return self._started()
        return self._idle.get()

    def _started(self) -> Connection:
        ours, theirs = self._context.Pipe()
        level = logging.getLogger(OURS).getEffectiveLevel()
        process = self._context.Process(target=_serve, args=(theirs, self._their_end, level))
        try:
            with _signals_wait():
                process.start()
        except OSError as error:
            ours.close()
            raise UnfinishedError(
                f"worker {len(self._processes) + 1} of {self.workers} cannot be started: "
                f"{why(error)}; ask for fewer workers"
            ) from error
        finally:
            theirs.close()
        self._processes.append(process)
        return ours

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as any executor
        """End the workers at once, whatever they do; their futures raise `BrokenExecutor`."""
        del cancel_futures  # nobody is left to do the work
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._start_one:
            self._closed = True
        self._lifeline.close()
        self._their_end.close()
        for process in self._processes if wait else ():
            process.join(FAREWELL)
            process.kill()
            process.join()
        self._threads.shutdown(wait=wait)


def _room_for() -> int:
    """Return how many workers the limit of open files leaves room for; at least 1."""
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        open_now = len(os.listdir("/dev/fd"))  # noqa: PTH208 - names only
    except (ImportError, OSError):  # on Windows there is no such limit
        return 1 << 30
    if limit == resource.RLIM_INFINITY:
        return 1 << 30
    return max(1, (limit - open_now - FILES_ELSE) // FILES_EACH)


class _Passing(logging.Handler):
    """Passes on what a worker logs."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        super().__init__()
        self._send = send

    def emit(self, record: logging.LogRecord) -> None:
        """Pass on one record, as text."""
        news = (record.name, record.levelno, record.getMessage())
        with contextlib.suppress(OSError):
            self._send(NEWS + pickle.dumps(news))


def _serve(pipe: Connection, lifeline: Connection, level: int) -> None:
    """Do the work that comes, in a worker process, until nobody is left who asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    one_at_a_time = threading.Lock()

    def send(message: bytes) -> None:
        with one_at_a_time:
            pipe.send_bytes(message)

    log = logging.getLogger(OURS)
    log.addHandler(_Passing(send))
    log.setLevel(level)
    log.propagate = False
    while True:
        try:
            work = pipe.recv_bytes()
        except EOFError:
            return
        send(ANSWER + _answer(work))


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
