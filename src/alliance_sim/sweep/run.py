"""`run_sweep`: run a plan, from wherever its folder stands to its end."""

from __future__ import annotations

import os
from concurrent.futures import Executor
from pathlib import Path

from alliance_sim.engine.cases import summarise_cases
from alliance_sim.engine.simulate import Progress
from alliance_sim.errors import SettingError, explains_calls
from alliance_sim.sweep import resume
from alliance_sim.sweep.loop import Resources, fill, job_of
from alliance_sim.sweep.plan import Plan
from alliance_sim.sweep.plan_file import load_plan
from alliance_sim.sweep.store.metadata import is_begun
from alliance_sim.sweep.sweep import Sweep, is_finished, sweep_in
from alliance_sim.sweep.task import Summarise


@explains_calls
def run_sweep(  # noqa: PLR0913 - what a user may choose, all but two with a default
    plan: Plan | str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    executor: Executor | None = None,
    workers: int = 1,
    block: int | None = None,
    progress: Progress | None = None,
    summarise: Summarise = summarise_cases,
    retry_failed: bool = False,
) -> Sweep:
    """Run a sweep to its end, and return it.

    A sweep that was stopped, or killed, goes on where it stood. One that is finished is returned
    as it is. Several of these may work on one folder at once; they share the rows. Nothing but the
    plan decides what the finished folder holds, to the last byte.

    Args:
        plan: A plan, the TOML file of one, or a results folder that holds one.
        out: Results folder, made if it is not there. A folder that holds the plan with fewer
            replicates or points is extended; its rows stay as they are. If `plan` is a results
            folder, it may be left out, to go on in that folder.
        executor: Anything that follows `concurrent.futures.Executor`: threads, processes (started
            by "spawn"), `Client.get_executor()` of Dask. It is left open.
        workers: Without an executor: how many processes; 1 computes in this one. More than one
            needs a script that guards its entry with `if __name__ == "__main__":`.
        block: Rows to compute at a time; chosen by the length of the sweep if left out. A block is
            what is lost at most by each worker when the sweep is killed.
        progress: Called with (rows done, rows asked for), and so for each outcome that was added
            where failed rows are computed once more.
        summarise: What computes outcomes: a function like `engine.cases.summarise_cases`.
        retry_failed: Whether to compute rows that failed once more, also those of a folder that is
            finished and of outcomes that were added to it. All other rows stay as they are.

    Returns:
        The sweep; not complete only if somebody extended it in the meantime.

    Raises:
        SettingError: If a setting is out of range.
        ScenarioError: If the plan cannot be used.
        ResultError: If the folder holds something else, or numbers of another version.
        UnfinishedError: If it had to stop on the way (disk full, worker died); nothing that was
            done is lost, and the same call goes on.
    """
    resources = Resources(executor, workers, block)
    chosen = plan if isinstance(plan, Plan) else load_plan(plan)
    path = Path(folder_of(plan, out))
    finished = is_begun(path) and is_finished(path, chosen.digest)
    if not finished or (retry_failed and sweep_in(path, chosen).failed):
        choose = resume.for_sweep(chosen, path)
        job = job_of(chosen, path, choose, chosen.outcomes, summarise)
        fill(job, resources, progress, retry_failed=retry_failed)
    sweep = sweep_in(path, chosen)
    for text in sweep.added() if retry_failed and sweep.complete else ():
        sweep.outcome(
            text,
            executor=executor,
            workers=workers,
            block=block,
            progress=progress,
            summarise=summarise,
            retry_failed=True,
        )
    return sweep


def folder_of(
    plan: Plan | str | os.PathLike[str], out: str | os.PathLike[str] | None
) -> str | os.PathLike[str]:
    """Return the folder to work in.

    Raises:
        SettingError: If none is given.
    """
    if out is not None:
        return out
    if not isinstance(plan, Plan) and os.path.isdir(plan):  # noqa: PTH112 - it raises nothing
        return plan
    raise SettingError("sweep", ["out is missing: the folder for the results"])
