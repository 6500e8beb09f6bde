"""Who computes for a command: threads, processes beside it, or a cluster, as its options say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from alliance_sim.cli.options import processors
from alliance_sim.errors import SettingError

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager


def check_one_pool(command: str, crew: Mapping[str, object]) -> None:
    """Raise an error if more than one kind of pool is asked for, or so many as there cannot be.

    Args:
        command: Name of the command.
        crew: What was given for `workers`, `threads` and `scheduler`, None for what was not.

    Raises:
        SettingError: If two or three were given, or one is out of range.
    """
    given = [f"--{name}" for name, value in crew.items() if value is not None]
    if len(given) > 1:
        raise SettingError(command, [f"give one of {', '.join(given)}, not {len(given)}"])
    for name in ("workers", "threads"):
        number = crew[name]
        if isinstance(number, int):
            processors(number, f"--{name}")


def pool_of(
    workers: int | None, threads: int | None = None, scheduler: str | None = None
) -> AbstractContextManager[Executor]:
    """Return what gives the executor asked for; a thread for each processor if nothing is.

    Args:
        workers: How many processes.
        threads: How many threads of this process.
        scheduler: Address of a Dask scheduler, or its scheduler file.

    Raises:
        SettingError: If less than one is asked for, or too many.
    """
    from alliance_sim.parallel import executors

    if scheduler is not None:
        return executors.cluster(scheduler)
    if workers is not None:
        return executors.chosen(workers=processors(workers))
    return executors.chosen(threads=processors(threads, "--threads"))
