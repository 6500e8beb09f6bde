"""A folder can be looked at while somebody works there."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from alliance_sim.errors import ResultError
from alliance_sim.sweep import loop, resume
from alliance_sim.sweep.plan import Plan
from alliance_sim.sweep.store import inventory
from alliance_sim.sweep.store.inventory import Journal
from alliance_sim.sweep.store.metadata import Entry, read_metadata
from alliance_sim.sweep.store.writer import Writer
from alliance_sim.sweep.sweep import open_sweep
from tests.sweep.conftest import Begun, Run, content

pytestmark = pytest.mark.usefixtures("small_files")


def test_rows_of_an_unfinished_sweep_can_be_looked_at(
    run: Run, begun: Begun, tmp_path: Path
) -> None:
    begun(tmp_path, stop=320)
    early = open_sweep(tmp_path, unfinished=True)
    assert not early.complete
    assert early.inventory.files, "some rows are in a finished file"
    assert early.inventory.parts, "and some are in parts"
    rows = early.frame()
    assert rows["row"].tolist() == list(range(320))
    run(tmp_path)
    late = open_sweep(tmp_path)
    assert late.frame().iloc[:320].equals(rows)
    assert early.frame().equals(late.frame()), "the parts that it knew are gone by now"
    assert early.reasons() == late.reasons() != []


def test_a_sweep_without_rows_has_its_columns(run: Run, tmp_path: Path) -> None:
    run(tmp_path / "some")
    kinds = open_sweep(tmp_path / "some").frame().dtypes
    run(tmp_path / "none", stop=0)
    nothing = open_sweep(tmp_path / "none", unfinished=True).frame()
    assert len(nothing) == 0
    assert nothing.dtypes.astype(str).to_dict() == kinds.astype(str).to_dict()


def test_a_folder_that_is_finished_while_it_is_read_is_seen_whole(
    run: Run, begun: Begun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(tmp_path, stop=320)
    read = inventory.read_events

    def then_finished(path: Path, most: int) -> Any:
        events = read(path, most)
        monkeypatch.undo()
        run(tmp_path)
        return events

    monkeypatch.setattr(inventory, "read_events", then_finished)
    assert inventory.inventory_of(tmp_path, read_metadata(tmp_path)).done == 640


def test_parts_put_together_while_they_are_checked_are_not_damaged(
    run: Run, begun: Begun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(tmp_path, stop=320)
    find = inventory.fault

    def finished_first(path: Path, entry: Entry) -> str:
        monkeypatch.undo()
        run(tmp_path)
        return find(path, entry)

    monkeypatch.setattr(inventory, "fault", finished_first)
    assert open_sweep(tmp_path, unfinished=True).done == 320


def job(plan: Plan, quick: Any, out: Path) -> loop.Job:
    return loop.job_of(plan, out, resume.for_sweep(plan, out), plan.outcomes, quick.summarise)


def writer(plan: Plan, quick: Any, out: Path) -> Writer:
    """A runner's hand on a folder, by itself."""
    work = job(plan, quick, out)
    return Writer(out, work.choose, work.columns)


def test_a_runner_that_lags_behind_leaves_the_work_of_a_newer_one_alone(
    run: Run, begun: Begun, plan: Plan, quick: Any, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    begun(tmp_path, stop=320)
    slow = writer(plan, quick, tmp_path)
    run(tmp_path)
    slow.refresh()
    assert slow.inventory.complete
    (tmp_path / "rows" / "runs-00001.parquet").write_bytes(b"torn")
    newer = writer(plan, quick, tmp_path)
    newer.mend()
    assert slow.finish(job(plan, quick, tmp_path).origin())
    slow.close()
    assert (tmp_path / "work").is_dir(), "the newer one still works there"
    newer.close()
    assert run(tmp_path).complete
    (tmp_path / "runs-00001.parquet.bad").unlink()
    assert content(tmp_path) == undisturbed


@pytest.mark.parametrize("number", [errno.ENOENT, errno.ESTALE])
def test_a_folder_finished_on_another_machine_is_taken_as_it_is(
    number: int,
    run: Run,
    begun: Begun,
    plan: Plan,
    quick: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun(tmp_path, stop=320)
    slow = writer(plan, quick, tmp_path)
    run(tmp_path)

    def gone(_: Journal) -> Any:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Journal, "news", gone)
    slow.refresh()
    assert slow.inventory.complete
    slow.close()


def test_files_that_nobody_may_read_are_told(
    run: Run, begun: Begun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(tmp_path / "half", stop=320)
    run(tmp_path / "whole")

    def refused(path: Path, *_: object) -> Any:
        raise PermissionError(errno.EACCES, "no", str(path))

    opened = os.open
    for folder, name in (("whole", "runs-00000.parquet"), ("half", "parts.jsonl")):
        monkeypatch.setattr(
            os, "open", lambda p, *a, n=name: (refused if str(p).endswith(n) else opened)(p, *a)
        )
        with pytest.raises(ResultError, match=f"{name}: cannot be read: no permission"):
            open_sweep(tmp_path / folder, unfinished=True)
