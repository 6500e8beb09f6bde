"""Fill a results folder, from wherever it stands to its end.

The runner locks blocks of rows that nobody else works on, has them computed, keeps each as a part,
and puts finished files together as soon as all their parts are there. It holds a few blocks and
one row group at a time, however many runs there are; the values at all points are held throughout.
Who computes, in which order and in blocks of which size changes no byte of the finished folder.
"""

from __future__ import annotations

import logging
import pickle
import shlex
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from alliance_sim.errors import AllianceSimError, SettingError, UnfinishedError, shown
from alliance_sim.parallel import executors
from alliance_sim.provenance import Origin
from alliance_sim.results import OK
from alliance_sim.sweep.designs import Design
from alliance_sim.sweep.plan import origin_of
from alliance_sim.sweep.store import parquet
from alliance_sim.sweep.store.metadata import Span
from alliance_sim.sweep.store.writer import ChooseMetadata, Writer
from alliance_sim.sweep.task import Block, Summarise, Task, compute, engine_label
from alliance_sim.whole_numbers import whole_number

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from alliance_sim.engine.simulate import Progress
    from alliance_sim.results.outcomes import Outcome
    from alliance_sim.sweep.plan import Plan

BLOCK = 4096  # most rows of a block, unless somebody asks for more
FIRST_BLOCK = 256  # rows of the first blocks, from which on the time that they take decides
SMALLEST = 64  # rows of a block that are worth sending
BLOCKS_EACH = 8  # blocks for each worker in a short sweep
QUICK, SLOW = 0.5, 4.0  # seconds for a block below which blocks grow, above which they shrink
TICK = 0.5  # seconds between two looks at what others have done
PATIENCE = 600  # seconds without any news after which rows that others lock are computed here
KINDS = {"b": "flag", "i": "whole", "f": "number"}  # of columns, by NumPy's letter for the type

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A results folder to be filled.

    Attributes:
        path: The folder.
        choose: What to do with what stands there; see `Writer`.
        plan: The plan.
        design: Values of each factor, one per point.
        outcomes: What to compute of each run.
        columns: Columns of the rows.
        summarise: What computes outcomes.
    """

    path: Path
    choose: ChooseMetadata
    plan: Plan
    design: Mapping[str, NDArray[Any]]
    outcomes: tuple[Outcome, ...]
    columns: parquet.SweepColumns
    summarise: Summarise

    def origin(self) -> Origin:
        """Return where the numbers come from; its command is to be typed in the folder."""
        command = ["alliance-sim", "sweep", ".", "--out", "../again"]
        if self.outcomes != self.plan.outcomes:
            (added,) = self.outcomes
            command = ["alliance-sim", "summarise", "../..", "--outcome", added.text]
        return origin_of(
            self.plan,
            self.plan.labels,
            engine=engine_label(self.summarise),
            runs=self.plan.rows,
            failed=0,
            command=shlex.join(command),
        )


class BlockSizes(NamedTuple):
    """Rows of a block.

    Attributes:
        now: As things are.
        least: Fewest.
        most: Most.
    """

    now: int
    least: int
    most: int

    def after(self, rows: int, seconds: float) -> BlockSizes:
        """Return the sizes after a block of so many rows took so many seconds."""
        if rows != self.now or QUICK <= seconds <= SLOW:
            return self
        wanted = 2 * self.now if seconds < QUICK else self.now // 2
        return self._replace(now=min(max(wanted, self.least), self.most))


@dataclass(frozen=True)
class Resources:
    """Who computes, and how much at a time.

    Attributes:
        executor: Any executor; None for `workers` processes, or this one if that is 1.
        workers: How many processes.
        block: Rows of a block; None lets the length of the sweep, and the time that blocks take,
            decide.
    """

    executor: Executor | None = None
    workers: int = 1
    block: int | None = None

    def __post_init__(self) -> None:
        """Check the settings.

        Raises:
            SettingError: With everything that is wrong.
        """
        found = [executors.workers_problem("workers", self.workers)]
        if self.block is not None and not (whole_number(self.block) and self.block >= 1):
            found.append(f"block is {shown(self.block)}, must be a whole number of at least 1")
        problems = [problem for problem in found if problem]
        if problems:
            raise SettingError("sweep", problems)

    def blocks(self, rows: int, workers: int) -> BlockSizes:
        """Return how many rows to compute at a time while so many are left."""
        if self.block is not None:
            block = int(self.block)  # of NumPy it could not be written into the journal
            return BlockSizes(block, block, block)
        share = -(-rows // (BLOCKS_EACH * workers))
        most = min(max(share, SMALLEST), BLOCK)
        return BlockSizes(min(most, FIRST_BLOCK), SMALLEST, most)


def fill(
    job: Job,
    resources: Resources,
    progress: Progress | None = None,
    *,
    retry_failed: bool = False,
) -> None:
    """Fill a results folder: all rows, finished files, the manifest.

    Args:
        job: What to fill it with.
        resources: Who computes.
        progress: Called with (rows done, rows asked for).
        retry_failed: Whether to compute rows that failed once more, when all others are there.

    Raises:
        ResultError: If the folder holds something else.
        UnfinishedError: If it had to stop on the way; nothing done is lost.
    """
    writer = Writer(job.path, job.choose, job.columns)
    try:
        writer.mend()
        with executors.chosen(resources.executor, workers=resources.workers) as executor:
            left = writer.inventory.rows - writer.inventory.done
            sizes = resources.blocks(left, executors.workers_of(executor))
            runner = _Runner(job, writer, executor, sizes, progress)
            runner.run(retry_failed=retry_failed)
    finally:
        writer.close()


class _Runner:
    """The work of one runner on one folder."""

    def __init__(
        self,
        job: Job,
        writer: Writer,
        executor: Executor,
        sizes: BlockSizes,
        progress: Progress | None,
    ) -> None:
        self._job = job
        self._writer = writer
        self._executor = executor
        self._sizes = sizes
        self._progress = progress
        # Workers are told the values at their points; a user's table need not go with each block.
        design = Design(kind=job.plan.design.kind)
        self._plan = pickle.dumps(replace(job.plan, design=design))
        self._pending: dict[Future[Block], Span] = {}
        self._heard = (time.monotonic(), -1)
        self._to_retry = 0

    def run(self, *, retry_failed: bool) -> None:
        """Work until every row is kept and every file finished."""
        to_retry = retry_failed
        self._to_retry = self._writer.inventory.failed if retry_failed else 0
        try:
            while True:
                self._tell()
                if self._writer.inventory.complete and not self._pending:
                    if not to_retry:
                        self._writer.finish(self._job.origin())
                        return
                    self._retry()
                    to_retry = False
                    continue
                self._submit()
                self._put_together()
                if self._pending:
                    self._collect()
                elif not self._writer.inventory.complete:
                    self._wait_for_others()
        finally:
            for future in self._pending:
                future.cancel()

    def _tell(self) -> None:
        self._writer.refresh()
        inventory = self._writer.inventory
        if self._progress is not None:
            self._progress(inventory.done - self._to_retry, inventory.rows)

    def _put_together(self) -> None:
        """Put together each file whose parts are all there."""
        inventory = self._writer.inventory
        for k in [k for k in inventory.parts if not inventory.missing(k)]:
            self._writer.put_together(k)

    def _submit(self) -> None:
        """Have as many blocks in flight as keeps all workers busy."""
        with executors.explained():
            most = executors.in_flight(self._executor)
        for span in self._open_blocks():
            if len(self._pending) >= most:
                return
            if not self._writer.locks.take(span.first, span.stop):
                continue
            self._writer.refresh()
            if not self._is_open(span):
                self._writer.locks.release(span.first, span.stop)
                continue
            with executors.explained():
                self._pending[self._executor.submit(compute, self._task(span))] = span

    def _open_blocks(self) -> Iterator[Span]:
        """Yield blocks of rows that nobody has kept yet; some may be in work."""
        inventory = self._writer.inventory
        for k in inventory.unfinished():
            of_file = inventory.spans[k]
            for first, stop in inventory.missing(k):
                place = first
                while place < stop:
                    rows = self._sizes.now
                    of_block = (place - of_file.first) // rows + 1
                    end = min(stop, of_file.first + of_block * rows)
                    yield of_file.part(place, end)
                    place = end

    def _is_open(self, span: Span) -> bool:
        k = self._writer.inventory.file_of(span)
        missing = self._writer.inventory.missing(k) if k is not None else []
        return any(first <= span.first and span.stop <= stop for first, stop in missing)

    def _task(self, span: Span, only: tuple[int, ...] | None = None) -> Task:
        points = span.points(len(self._job.plan.scenarios))
        some = slice(points.start, points.stop)
        design = {name: values[some].tolist() for name, values in self._job.design.items()}
        return Task(self._plan, span, design, self._job.outcomes, self._job.summarise, only)

    def _retry(self) -> None:
        """Compute the failed rows of all files once more; the other rows stay as they are."""
        files = self._writer.inventory.files
        self._to_retry = sum(entry.failed for entry in files.values())
        self._tell()
        for k in [k for k, entry in files.items() if entry.failed]:
            self._writer.renew(k, self._again)

    def _again(self, span: Span, places: tuple[int, ...]) -> list[pa.Table]:
        """Return some rows of a span, computed now."""
        size = self._sizes.now
        parts = [places[at : at + size] for at in range(0, len(places), size)]
        tasks = [self._task(span, only=part) for part in parts]
        found = []
        with executors.explained():
            for block in executors.spread(self._executor, compute, tasks):
                found.append(self._table(block))
                self._to_retry -= len(block.status)
                self._tell()
        return found

    def _collect(self) -> None:
        """Keep what is ready, waiting a moment if nothing is."""
        ready, _ = wait(self._pending, timeout=TICK, return_when=FIRST_COMPLETED)
        errors = {f: CancelledError() if f.cancelled() else f.exception() for f in ready}
        for future in ready:
            if errors[future] is None:
                span = self._pending.pop(future)
                self._keep(span, future.result())
                self._writer.locks.release(span.first, span.stop)
        for error in errors.values():
            if isinstance(error, AllianceSimError):
                raise error
            if error is not None:
                raise executors.failure(error) from error

    def _keep(self, span: Span, block: Block) -> None:
        failed = sum(text != OK for text in block.status)
        self._writer.keep(span, self._table(block), failed)
        self._sizes = self._sizes.after(span.rows, block.seconds)

    def _table(self, block: Block) -> pa.Table:
        """Return computed rows as a table.

        Raises:
            UnfinishedError: If a worker of another version computed them.
        """
        if block.version != self._writer.metadata.version:
            raise UnfinishedError(
                f"a worker has alliance-sim {block.version}, this sweep is made with "
                f"{self._writer.metadata.version}; install the same version everywhere"
            )
        design = self._job.design.items()
        factors = {name: values[block.rows.point] for name, values in design}
        rows = parquet.ComputedRows(block.rows, block.runs, factors, block.status, block.values)
        return parquet.as_table(self._job.columns, rows)

    def _wait_for_others(self) -> None:
        """Wait for the rows that other runners have locked, but not for ever."""
        since, done = self._heard
        if self._writer.inventory.done != done:
            self._heard = (time.monotonic(), self._writer.inventory.done)
        elif time.monotonic() - since > PATIENCE:
            log.warning(
                "%s: another runner has locked rows and finished none for %d s; they are "
                "computed here",
                self._writer.path,
                PATIENCE,
            )
            self._writer.locks.ignore_others = True
        time.sleep(TICK)


def job_of(
    plan: Plan,
    path: Path,
    choose: ChooseMetadata,
    outcomes: tuple[Outcome, ...],
    summarise: Summarise,
) -> Job:
    """Return the work of filling a folder with some outcomes of all rows of a plan."""
    table = plan.design_table()
    design = {str(name): table[name].to_numpy() for name in table.columns}
    texts = {outcome.name: outcome.text for outcome in outcomes}
    return Job(
        path=path,
        choose=choose,
        plan=plan,
        design=design,
        outcomes=outcomes,
        columns=columns_of(plan, table, texts),
        summarise=summarise,
    )


def columns_of(
    plan: Plan, table: pd.DataFrame, outcomes: Mapping[str, str]
) -> parquet.SweepColumns:
    """Return the columns of the rows of a plan, of which this is the table of points."""
    kinds = {str(name): KINDS.get(kind.kind, "text") for name, kind in table.dtypes.items()}
    return parquet.SweepColumns(plan.labels, kinds, outcomes, plan.meanings(outcomes))
