"""Who computes: this process, threads of it, processes beside it, or a Dask cluster.

Anything that follows `concurrent.futures.Executor` will do; here are four ready-made ones, and what
all who hand out work share.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from alliance_sim.errors import AllianceSimError, SettingError, UnfinishedError
from alliance_sim.files import why
from alliance_sim.parallel.processes import Processes
from alliance_sim.whole_numbers import not_whole

P = ParamSpec("P")
T = TypeVar("T")

AHEAD = 2  # blocks in flight for each worker: one in work, one waiting
ANSWER = 10  # seconds that a scheduler has to answer
FEW = 64  # workers that may be asked for on any machine
EACH = 4  # workers for each processor that may be asked for, where that is more
GO_ON = (
    "Nothing that was done is lost; give the same command again to go on, with fewer --workers or "
    "a smaller --block if memory is short"
)

log = logging.getLogger(__name__)


class Inline(Executor):
    """Computes at once, in this process."""

    workers = 1

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Return a future that is already done."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - as with any executor, the future tells
            future.set_exception(error)
        return future


@contextmanager
def cluster(address: str, *, timeout: float = ANSWER) -> Iterator[Executor]:
    """Yield an executor on a running Dask cluster.

    Args:
        address: Of the scheduler, such as "tcp://node1:8786", or the path of its scheduler file.
        timeout: Seconds that it has to answer.

    Raises:
        SettingError: If Dask is not installed or no scheduler answers.
    """
    try:
        import distributed
    except ImportError:
        problem = "a scheduler needs Dask, not installed here: pip install 'alliance-sim[cluster]'"
        raise SettingError("sweep", [problem]) from None
    start: Callable[..., Any] = distributed.Client
    where = _address_in(address)
    try:
        client = start(where, timeout=timeout, set_as_default=False)
    except (OSError, ValueError, RuntimeError) as error:
        problem = (
            f"no Dask scheduler answers at {address!r} within {timeout:g} s ({error}); start one "
            "with `dask scheduler`, and give the address that it prints"
        )
        raise SettingError("sweep", [problem]) from error
    if not client.nthreads():
        log.warning("the scheduler at %s has no workers yet; waiting for some", where)
    # What the cluster cannot do is told in our words; its own logs of that are long.
    theirs = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [logger.level for logger in theirs]
    for logger in theirs:
        logger.setLevel(logging.CRITICAL)
    try:
        yield client.get_executor(pure=False)
    finally:
        client.close(timeout=timeout)
        for logger, level in zip(theirs, levels, strict=True):
            logger.setLevel(level)


def _address_in(given: str) -> str:
    """Return the address of a scheduler, which may stand in a file that the scheduler wrote.

    Raises:
        SettingError: If there is none in the file, or if it names no port.
    """
    address = given
    if given.endswith(".json"):
        try:
            address = str(json.loads(Path(given).read_text(encoding="utf-8"))["address"])
        except OSError as error:
            problem = f"the scheduler file {given!r} cannot be read: {why(error)}"
            raise SettingError("sweep", [problem]) from error
        except (ValueError, TypeError, KeyError):
            problem = f"{given!r} holds no address; give the file that `dask scheduler` wrote"
            raise SettingError("sweep", [problem]) from None
    if not re.fullmatch(r"(\w+://)?.+:\d+|inproc://.+", address):
        problem = f"the scheduler's address is {address!r}, must name its port: tcp://node1:8786"
        raise SettingError("sweep", [problem])
    return address


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def most_workers() -> int:
    """Return how many workers may be asked for: 64, or 4 for each processor where that is more."""
    return max(FEW, EACH * processors())


def workers_problem(name: str, value: object) -> str | None:
    """Return what is wrong with a number of workers (processes or threads), None if nothing is."""
    return next(iter(not_whole(name, value, least=1, most=most_workers())), None)


def check_workers(where: str, **given: object) -> None:
    """Raise an error unless numbers of workers, by the names that they were given, can be used.

    Args:
        where: What they were given to.
        **given: Each number, None for all processors.

    Raises:
        SettingError: Naming each that is out of range.
    """
    found = [workers_problem(name, one) for name, one in given.items() if one is not None]
    problems = [problem for problem in found if problem]
    if problems:
        raise SettingError(where, problems)


def chosen(
    executor: Executor | None = None, /, *, workers: int = 1, threads: int = 1
) -> AbstractContextManager[Executor]:
    """Return a context that gives one's own executor, or so many processes, or threads.

    Raises:
        SettingError: If there is no room for so many processes.
    """
    if executor is not None:
        return nullcontext(executor)
    if threads > 1:
        return ThreadPoolExecutor(threads)
    return Processes(workers) if workers > 1 else Inline()


def spread(executor: Executor, work: Callable[[Any], T], parts: Iterable[Any]) -> Iterator[T]:
    """Yield what each part came to, in any order, with few parts handed out at a time.

    Raises:
        BrokenExecutor: If a worker dies.
        Exception: Whatever the work raises.
    """
    left, running = iter(parts), set[Future[T]]()
    most = in_flight(executor)
    try:
        while True:
            running |= {executor.submit(work, part) for part in islice(left, most - len(running))}
            if not running:
                return
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                yield future.result()
    finally:
        for future in running:
            future.cancel()


def workers_of(executor: Executor) -> int:
    """Return how many blocks an executor computes at a time, as far as it tells; at least 1."""
    client = getattr(executor, "_client", None)  # of Dask; its workers come and go
    if client is not None:
        workers = sum(client.nthreads().values())
    elif isinstance(executor, Inline | Processes):
        workers = executor.workers
    else:
        workers = getattr(executor, "_max_workers", None) or os.cpu_count() or 1
    return max(1, int(workers))


def in_flight(executor: Executor) -> int:
    """Return how many blocks to have in flight: enough to keep all busy, few enough to hold."""
    return 1 if isinstance(executor, Inline) else workers_of(executor) * AHEAD


@contextmanager
def explained(again: str = GO_ON) -> Iterator[None]:
    """Tell in words when an executor takes no more work.

    Raises:
        AllianceSimError: Instead of whatever it raises.
    """
    try:
        yield
    except Exception as error:
        raise failure(error, again) from error


def failure(error: BaseException, again: str = GO_ON) -> AllianceSimError:
    """Return what an error of a worker means, and what to do: how to try `again`."""
    if isinstance(error, AllianceSimError):
        return error
    if isinstance(error, BrokenExecutor):
        return UnfinishedError(
            "a worker process died; most often the system ended it for want of memory. "
            f"{again}. (In a script of your own, start workers under "
            "`if __name__ == '__main__':`.)"
        )
    if isinstance(error, MemoryError):
        return UnfinishedError(f"a worker ran out of memory. {again}")
    if isinstance(error, CancelledError) or type(error).__module__.startswith("distributed"):
        what = str(error) or type(error).__name__
        return UnfinishedError(
            f"the cluster gave up ({what}); its scheduler or its workers are gone. {again}, once "
            "they run"
        )
    return UnfinishedError(f"a worker failed with {type(error).__name__}: {error}. {again}")
