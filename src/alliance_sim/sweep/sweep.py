"""Read what a sweep has left in its folder."""

from __future__ import annotations

import hashlib
import logging
import os
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from alliance_sim import display, files
from alliance_sim.display import Facts, Shown, counted
from alliance_sim.engine.cases import summarise_cases
from alliance_sim.engine.simulate import Progress
from alliance_sim.errors import FileError, ResultError, UnknownName, explains_calls, unknown_name
from alliance_sim.results import OK
from alliance_sim.results.dictionary import dictionary_frame
from alliance_sim.results.outcomes import Outcome, parse_outcome
from alliance_sim.sweep import loop, resume
from alliance_sim.sweep.plan import Plan, plan_of
from alliance_sim.sweep.store import parquet
from alliance_sim.sweep.store.inventory import (
    Inventory,
    damages,
    inventory_of,
    is_listed,
    refuse_strays,
)
from alliance_sim.sweep.store.manifest import MANIFEST, engine_of
from alliance_sim.sweep.store.metadata import (
    EXTRA,
    ROWS,
    WORK,
    Metadata,
    read_metadata,
    refuse_links,
    stands,
)
from alliance_sim.sweep.store.own_places import refuse_own_places
from alliance_sim.sweep.store.parquet import ROW_LABELS
from alliance_sim.sweep.task import Summarise

if TYPE_CHECKING:
    import pandas as pd

TRIES = 5  # looks at a folder while somebody works there

log = logging.getLogger(__name__)


@dataclass(frozen=True, repr=False)
class Sweep(Shown):
    """A results folder, open for reading.

    Attributes:
        folder: Where it is.
        plan: The plan.
        metadata: What the folder is about.
        inventory: What it holds.
    """

    folder: Path
    plan: Plan
    metadata: Metadata
    inventory: Inventory

    @property
    def rows(self) -> int:
        """Number of rows asked for: one for each run."""
        return self.metadata.rows

    @property
    def done(self) -> int:
        """Number of rows that are kept."""
        return self.inventory.done

    @property
    def failed(self) -> int:
        """Number of rows kept that are runs that failed."""
        return self.inventory.failed

    @cached_property
    def complete(self) -> bool:
        """Whether all rows are there, in finished files that the manifest lists."""
        return self.inventory.complete and is_listed(self.folder, self.metadata)

    @property
    def engine(self) -> str:
        """What computed the numbers: "kernel", or which function of somebody's own did."""
        return engine_of(self.folder)

    def _facts(self) -> Facts:
        plan = self.plan
        rows = f"{self.done:,} of {counted(self.rows, 'row')}"
        lost = f"{self.failed:,} runs failed" if self.failed else ""
        brief = [rows, plan.size_in_words(), f"in {self.folder}", *([lost] if lost else [])]
        more = [
            *plan.told(),
            ("rows", rows if self.complete else f"{rows}; not finished"),
            ("failed", lost),
            ("folder", self.folder),
        ]
        return Facts(f"“{self.metadata.title}”", brief, more)

    def plot(
        self, outcome: str | None = None, *, by: Sequence[str] = (), scenario: str | None = None
    ) -> Any:
        """Return a figure of an outcome over one or two factors, or in each scenario.

        Args:
            outcome: As for `outcome`; the first of the plan's own if left out.
            by: Factors to draw over, at most two; chosen by the design if left out.
            scenario: Label of the only scenario wanted, all if left out.

        Returns:
            A `matplotlib.figure.Figure`; a notebook shows it, `savefig` writes it.

        Raises:
            UnknownName: If there is no such outcome, factor or scenario.
            SettingError: If every run failed, or there are more than two factors to draw over.
        """
        return display.figure(self, outcome, by=by, scenario=scenario)

    def frame(
        self, outcomes: str | Sequence[str] | None = None, *, scenario: str | None = None
    ) -> pd.DataFrame:
        """Return the rows, in order.

        Args:
            outcomes: Names of the outcomes wanted, or one name; all that are kept if left out.
            scenario: Label of the only scenario wanted, all if left out.

        Returns:
            One row per run. Columns `row`, `point`, `scenario` (categorical, in the order of the
            plan), `replicate`, `run`, one per factor, `status` ("ok", or what went wrong), and one
            of float64 per outcome, NaN where the run failed.

        Raises:
            UnknownName: If an outcome is not kept, or there is no such scenario.
            ResultError: If a file cannot be read.
        """
        outcomes = [outcomes] if isinstance(outcomes, str) else outcomes
        kept = list(self.metadata.outcomes)
        for name in outcomes or ():
            if name not in kept:
                raise UnknownName(unknown_name("outcome", name, kept))
        if scenario is not None and scenario not in self.plan.labels:
            raise UnknownName(unknown_name("scenario", scenario, self.plan.labels))
        names = self._columns(outcomes)
        log.debug("reading %s rows", f"{self.done:,}")
        found = self._looked_up(names, scenario) or [self._nothing().select(names)]
        frame: pd.DataFrame = pa.concat_tables(found).to_pandas(split_blocks=True)
        return frame

    def dictionary(self) -> pd.DataFrame:
        """Return what each column of `frame` means: one row per column, in order.

        Returns:
            Index `column`; columns `meaning`, in words, `unit` ("1" for a share or a number
            without unit), `low` and `high`, infinite where there is no limit.
        """
        told = self.plan.meanings(self.metadata.outcomes)
        factors = {factor.name: told.pop(factor.name) for factor in self.plan.factors}
        labels = {name: parquet.ALWAYS[name] for name in ROW_LABELS}
        status = {parquet.STATUS: parquet.ALWAYS[parquet.STATUS]}
        return dictionary_frame({**labels, **factors, **status, **told}, "column")

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the rows, in order, as a CSV file: a head with the names of `frame`, a row per run.

        What a failed run does not have is left empty. The file takes its place when it is whole.

        Args:
            path: The file.

        Raises:
            ResultError: If a file of rows cannot be read.
            SettingError: If the file cannot be written, or the sweep keeps something of its own
                there.
        """
        refuse_own_places(self.folder, Path(path))
        names = self._columns(None)

        def write(part: Path) -> None:
            with part.open("w", encoding="utf-8", newline="") as file:
                file.write(",".join(names) + "\n")
                for table in self._looked_up(names, None):
                    frame = table.to_pandas(split_blocks=True)
                    frame.to_csv(file, header=False, index=False, lineterminator="\n")

        files.write_whole(Path(path), write)

    def outcome(
        self,
        text_or_name: str,
        *,
        executor: Executor | None = None,
        workers: int = 1,
        block: int | None = None,
        progress: Progress | None = None,
        summarise: Summarise = summarise_cases,
        retry_failed: bool = False,
    ) -> tuple[str, pd.DataFrame]:
        """Return an outcome of every row; one not kept is simulated now, for the same rows.

        What is simulated is kept beside, in `extra/`, as safely as the sweep itself: if it is
        stopped, the same call goes on.

        Args:
            text_or_name: Name of an outcome that is kept, also beside, or a text such as
                "rung>=8@2014".
            executor: Who simulates; see `run_sweep`.
            workers: Or how many processes.
            block: Rows to compute at a time; see `run_sweep`.
            progress: Called with (rows done, rows asked for).
            summarise: What computes outcomes; see `run_sweep`.
            retry_failed: Whether to compute rows that failed once more, if it was added.

        Returns:
            The name of the column, and a frame as from `frame` with that outcome only.

        Raises:
            UnknownName: If it is no text and no outcome of that name is kept.
            SettingError: If the text cannot be read.
            ResultError: If the sweep is not complete, or was made with another version.
            UnfinishedError: If simulating had to stop on the way.
        """
        wanted = self.outcome_called(text_or_name)
        if wanted.name in self.metadata.outcomes:
            return wanted.name, self.frame([wanted.name])
        if not self.complete:
            raise ResultError(_unfinished(self.folder, self.metadata, self.inventory))
        key = hashlib.sha256(wanted.text.encode()).hexdigest()[:8]
        path = self.folder / EXTRA / f"{wanted.name}-{key}"
        refuse_links(path.parent, path.name)
        finished = is_finished(path, self.metadata.digest)
        if not finished or (retry_failed and self._beside(path, wanted).failed):
            resume.same_version(self.metadata, self.folder)
            resume.same_points(self.metadata, self.plan, self.folder)
            choose = resume.for_outcome(self.metadata, wanted, path)
            job = loop.job_of(self.plan, path, choose, (wanted,), summarise)
            resources = loop.Resources(executor, workers, block)
            log.debug("simulating %s", wanted.text)
            loop.fill(job, resources, progress, retry_failed=retry_failed)
        return wanted.name, self._beside(path, wanted).frame()

    def added(self) -> list[str]:
        """Return the texts of the outcomes that were added afterwards."""
        return [text for _, text in self._added()]

    def kept(self) -> dict[str, str]:
        """Return the texts of all outcomes that are there, also of those added, by name."""
        return {**dict(self._added()), **self.metadata.outcomes}

    def _added(self) -> list[tuple[str, str]]:
        folders = sorted((self.folder / EXTRA).glob("*-????????"))
        return [pair for path in folders for pair in read_metadata(path).outcomes.items()]

    def _beside(self, path: Path, outcome: Outcome) -> Sweep:
        """Return the rows of an outcome that was added.

        Raises:
            ResultError: If the folder holds something else.
        """
        metadata = read_metadata(path)
        if metadata.outcomes != {outcome.name: outcome.text}:
            raise ResultError(f"{path}: does not belong to this sweep; move it elsewhere")
        return Sweep(path, self.plan, metadata, inventory_of(path, metadata))

    def reasons(self, most: int = 3) -> list[tuple[str, int]]:
        """Return the most frequent reasons why runs failed, each with how many it stopped."""
        counts: Counter[str] = Counter()
        if self.failed:
            for table in self._looked_up(["status"], None):
                for entry in pc.value_counts(table["status"]).to_pylist():
                    counts[entry["values"]] += entry["counts"]
        del counts[OK]
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most]

    def _columns(self, outcomes: Sequence[str] | None) -> list[str]:
        """Return the names of a frame's columns, with some outcomes or with all."""
        factors = (factor.name for factor in self.plan.factors)
        kept = self.metadata.outcomes if outcomes is None else outcomes
        return [*ROW_LABELS, *factors, "status", *kept]

    def outcome_called(self, text_or_name: str) -> Outcome:
        """Return an outcome by its name, also of one that was added, or by its text.

        Args:
            text_or_name: As for `outcome`.

        Raises:
            UnknownName: If it is no text and no outcome of that name is kept.
            SettingError: If the text cannot be read.
        """
        named = {outcome.name: outcome for outcome in self.plan.outcomes}
        states, calendar = self.plan.states, self.plan.calendar
        if text_or_name in named:
            return named[text_or_name]
        if text_or_name.isidentifier():
            kept = self.kept()
            if text_or_name not in kept:
                problem = unknown_name("outcome", text_or_name, kept)
                raise UnknownName(f"{problem}; or give a text such as 'rung>=8@2014'")
            text = kept[text_or_name]
            return parse_outcome(text, name=text_or_name, states=states, calendar=calendar)
        wanted = parse_outcome(text_or_name, states=states, calendar=calendar)
        same = [outcome for outcome in self.plan.outcomes if outcome.text == wanted.text]
        if same:
            return same[0]
        taken = {*ROW_LABELS, "status", *named, *(factor.name for factor in self.plan.factors)}
        name = wanted.name
        while name in taken:
            name += "_"
        return parse_outcome(wanted.text, name=name, states=states, calendar=calendar)

    def _looked_up(self, names: Sequence[str], scenario: str | None) -> list[pa.Table]:
        """Return the rows, looking again where a runner at work has put parts together meanwhile.

        Raises:
            ResultError: If a file cannot be read.
        """
        sweep = self
        for _ in range(0 if self.complete else TRIES):
            try:
                return list(sweep.tables(names, scenario))
            except ResultError:
                sweep = sweep_in(self.folder, self.plan)
        return list(sweep.tables(names, scenario))

    def tables(self, names: Sequence[str], scenario: str | None) -> Iterator[pa.Table]:
        """Yield the rows in order, file by file, each row once."""
        held = self.inventory
        place = 0
        wanted = list(dict.fromkeys([*names, "scenario"] if scenario is not None else names))
        for k, span in enumerate(held.spans):
            if k in held.files:
                entries, folder = [held.files[k]], self.folder / ROWS
            else:
                entries = sorted(held.parts.get(k, {}).values(), key=lambda part: part.first)
                folder = self.folder / WORK
            place = span.first
            for entry in entries:
                if entry.stop <= place:
                    continue
                table = self._read(folder / entry.name, entry.rows, wanted)
                table = table.slice(max(0, place - entry.first))
                place = entry.stop
                if scenario is not None:
                    table = table.filter(pc.equal(table["scenario"].cast(pa.string()), scenario))
                yield table.select(names)

    def _read(self, path: Path, rows: int, names: Sequence[str]) -> pa.Table:
        """Return some columns of a file, its scenarios in the order of the plan.

        Raises:
            ResultError: If it cannot be read, or is not what the folder says that it is.
        """
        factors = [factor.name for factor in self.plan.factors]
        try:
            with os.fdopen(files.open_regular(path, links=False), "rb") as handle:
                file = pq.ParquetFile(handle)
                parquet.check_columns(file.schema_arrow, factors, self.metadata.outcomes)
                if file.metadata.num_rows != rows:
                    raise pa.ArrowInvalid(f"it has {file.metadata.num_rows} rows, not {rows}")
                return parquet.as_labels(file.read(columns=list(names)), self.plan.labels)
        except FileError as error:
            raise ResultError(f"{path}: {error.problems[0]}") from error
        except (OSError, pa.ArrowException) as error:
            raise ResultError(f"{path}: cannot be read: {error}") from error

    def _nothing(self) -> pa.Table:
        """Return a table without rows."""
        columns = loop.columns_of(self.plan, self.plan.design_table(), self.metadata.outcomes)
        return parquet.as_labels(columns.schema().empty_table(), self.plan.labels)


@explains_calls
def open_sweep(folder: str | os.PathLike[str], *, unfinished: bool = False) -> Sweep:
    """Return the sweep in a results folder; its files are checked against their checksums.

    Args:
        folder: The folder.
        unfinished: Whether to open a sweep that is not finished as well; its frame then holds the
            rows that are kept so far.

    Raises:
        ResultError: If the folder holds no sweep, or one that is damaged, of another format, or
            not finished.
    """
    path = Path(folder)
    sweep = sweep_in(path)
    log.debug("checking the files of %s", path)
    wrong = damages(path, sweep.metadata, sweep.inventory)
    if wrong:
        problems = "".join(f"\n  - {problem}" for problem in wrong)
        again = f"To have those rows computed again: alliance-sim sweep {shlex.quote(str(path))}"
        raise ResultError(f"{path}: damaged{problems}\n{again}")
    if not sweep.complete and not unfinished:
        raise ResultError(_unfinished(path, sweep.metadata, sweep.inventory))
    return sweep


def sweep_in(path: Path, known: Plan | None = None) -> Sweep:
    """Return the sweep in a folder, finished or not, without a look into its files.

    Args:
        path: The folder.
        known: A plan that need not be read again, if it is the one.

    Raises:
        ResultError: If the folder holds no sweep, or one of another format.
    """
    metadata = read_metadata(path)
    refuse_strays(path, metadata)
    same = known is not None and known.digest == metadata.digest
    plan = known if known is not None and same else plan_of(metadata, path)
    return Sweep(path, plan, metadata, inventory_of(path, metadata))


def is_finished(path: Path, digest: str) -> bool:
    """Whether a folder holds a plan's rows whole and sound, with nothing left to do or to tidy."""
    if not stands(path / MANIFEST) or stands(path / WORK):
        return False
    metadata = read_metadata(path)
    held = inventory_of(path, metadata)
    return metadata.digest == digest and held.complete and not damages(path, metadata, held)


def _unfinished(path: Path, metadata: Metadata, held: Inventory) -> str:
    return (
        f"{path}: is not finished, {held.done:,} of {metadata.rows:,} rows are there; go on with: "
        f"alliance-sim sweep {shlex.quote(str(path))}"
    )


def status(sweep: Sweep, wrong: Sequence[str] = ()) -> Mapping[str, Any]:
    """Return what is there, as plain values fit for JSON.

    Args:
        sweep: The sweep.
        wrong: What is wrong with its files, which then are not looked into.
    """
    reasons = [] if wrong else sweep.reasons()
    return {
        "folder": str(sweep.folder),
        "title": sweep.metadata.title,
        "digest": sweep.metadata.digest,
        "version": sweep.metadata.version,
        "seed": sweep.plan.seed,
        "points": sweep.plan.points,
        "scenarios": list(sweep.plan.labels),
        "replicates": sweep.plan.replicates,
        "rows": sweep.rows,
        "done": sweep.done,
        "failed": sweep.failed,
        "complete": sweep.complete and not wrong,
        "damaged": list(wrong),
        "reasons": [{"status": text, "rows": count} for text, count in reasons],
    }
