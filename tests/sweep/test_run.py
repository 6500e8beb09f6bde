"""Nothing but the plan decides what a finished folder holds."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_sim.errors import ResultError, ScenarioError, SettingError
from alliance_sim.parallel import executors
from alliance_sim.sweep import loop
from alliance_sim.sweep.designs import Design
from alliance_sim.sweep.plan import Plan, extended
from alliance_sim.sweep.run import run_sweep
from alliance_sim.sweep.store import metadata
from alliance_sim.sweep.sweep import open_sweep
from tests.sweep.conftest import PROGRAMS, content

pytestmark = pytest.mark.usefixtures("small_files")


@pytest.mark.parametrize("block", [1_000, 100, 37, np.int64(50)])
def test_the_size_of_blocks_changes_no_byte(
    block: int, plan: Plan, quick: Any, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    run_sweep(plan, tmp_path / "out", block=block, summarise=quick.summarise)
    assert content(tmp_path / "out") == undisturbed
    assert {name for name in undisturbed if name.startswith("rows")} == {
        f"rows/runs-{k:05d}.parquet" for k in range(3)
    }


@pytest.mark.parametrize("workers", [2, 3])
def test_processes_change_no_byte(
    workers: int, plan: Plan, quick: Any, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    run_sweep(plan, tmp_path / "out", workers=workers, block=50, summarise=quick.summarise)
    assert content(tmp_path / "out") == undisturbed


def test_threads_change_no_byte(
    plan: Plan, quick: Any, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    with ThreadPoolExecutor(3) as pool:
        run_sweep(plan, tmp_path / "out", executor=pool, block=50, summarise=quick.summarise)
        assert pool.submit(abs, -1).result() == 1, "an executor of one's own is left open"
    assert content(tmp_path / "out") == undisturbed


def test_the_order_of_hashes_changes_no_byte(
    plan_file: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    program = (
        "import sys, quick; from alliance_sim.sweep.store import metadata; "
        "from alliance_sim.sweep.run import run_sweep; "
        "metadata.FILE_ROWS = 256; metadata.GROUP_ROWS = 64; "
        "run_sweep(sys.argv[1], sys.argv[2], summarise=quick.summarise)"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(plan_file), str(tmp_path / "out")],
        env={
            **os.environ,
            "PYTHONHASHSEED": str(1 + hash("a") % 1000),
            "PYTHONPATH": os.pathsep.join([str(PROGRAMS), os.environ.get("PYTHONPATH", "")]),
        },
        check=True,
    )
    assert content(tmp_path / "out") == undisturbed


class Backwards(Executor):
    """Computes the block that was handed in last first, and remembers how many it held."""

    def __init__(self) -> None:
        self._max_workers = 2
        self.waiting: list[tuple[Future[Any], Any]] = []
        self.most = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, lambda: fn(*args, **kwargs)))
        self.most = max(self.most, len(self.waiting))
        if len(self.waiting) == 2 * self._max_workers:
            self.work()
        return future

    def work(self) -> None:
        while self.waiting:
            future, compute = self.waiting.pop()
            future.set_result(compute())


def test_only_a_few_blocks_are_in_flight_and_their_order_changes_no_byte(
    plan: Plan, quick: Any, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    pool = Backwards()
    run_sweep(
        plan,
        tmp_path / "out",
        executor=pool,
        block=64,
        summarise=quick.summarise,
        progress=lambda done, total: pool.work() if total - done <= 3 * 64 else None,
    )
    assert content(tmp_path / "out") == undisturbed
    assert pool.most <= 4


def test_a_table_of_points_does_not_travel_with_every_block(
    plan: Plan, quick: Any, tmp_path: Path
) -> None:
    sizes: list[int] = []

    class Weighed(executors.Inline):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            sizes.append(len(args[0].plan))
            return super().submit(fn, *args, **kwargs)

    drawn = plan.design_table()
    for points in (2, 16):
        rows = tuple(tuple(row) for row in drawn.head(points).astype(object).to_numpy().tolist())
        of_table = replace(plan, design=Design(kind="table", rows=rows))
        out = tmp_path / str(points)
        run_sweep(of_table, out, executor=Weighed(), summarise=quick.summarise)
        assert open_sweep(out).frame([])["threat_pull"].nunique() == points
    assert len(set(sizes)) == 1


def test_rows_stand_by_point_then_scenario_then_replicate(
    plan: Plan, quick: Any, tmp_path: Path
) -> None:
    frame = run_sweep(plan, tmp_path, summarise=quick.summarise).frame([])
    assert list(frame.columns) == [
        *("row", "point", "scenario", "replicate", "run"),
        *("threat_pull", "nine_eleven", "abe_from", "status"),
    ]
    assert frame["row"].tolist() == list(range(640))
    expected = [(p, s, r) for p in range(16) for s in plan.labels for r in range(20)]
    assert list(zip(frame["point"], frame["scenario"], frame["replicate"], strict=True)) == expected
    design = plan.design_table()
    for name in ("threat_pull", "nine_eleven", "abe_from"):
        assert frame[name].tolist() == design[name].iloc[frame["point"]].tolist()


def test_added_replicates_stand_behind_old_rows_which_stay(
    plan: Plan, quick: Any, tmp_path: Path
) -> None:
    before = run_sweep(plan, tmp_path, summarise=quick.summarise).frame()
    old = content(tmp_path)
    longer = extended(plan, replicates=30)
    after = run_sweep(longer, tmp_path, summarise=quick.summarise).frame()
    assert after.iloc[:640].equals(before)
    assert after["replicate"].iloc[640:].unique().tolist() == list(range(20, 30))
    now = content(tmp_path)
    assert {name for name in old if now[name] != old[name]} == {"manifest.json", "sweep.json"}
    whole = run_sweep(longer, tmp_path / "whole", summarise=quick.summarise).frame()
    order = ["point", "scenario", "replicate"]
    same = after.sort_values(order, ignore_index=True).drop(columns="row")
    assert same.equals(whole.drop(columns="row"))


def test_added_points_and_replicates_go_in_one_step(plan: Plan, quick: Any, tmp_path: Path) -> None:
    run_sweep(plan, tmp_path, summarise=quick.summarise)
    larger = extended(extended(plan, replicates=25), points=32)
    sweep = run_sweep(larger, tmp_path, summarise=quick.summarise)
    assert sweep.rows == sweep.done == 32 * 2 * 25
    frame = sweep.frame([])
    assert not frame.duplicated(["point", "scenario", "replicate"]).any()
    assert frame["row"].tolist() == list(range(1600))
    with pytest.raises(ResultError, match="with 32 points and 25 replicates, more than the 16 and"):
        run_sweep(plan, tmp_path, summarise=quick.summarise)


def test_a_folder_is_a_plan(
    plan: Plan, quick: Any, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    run_sweep(plan, tmp_path / "first", summarise=quick.summarise)
    run_sweep(tmp_path / "first", tmp_path / "again", summarise=quick.summarise)
    assert content(tmp_path / "again") == undisturbed
    assert run_sweep(tmp_path / "again").complete, "and a finished one is left alone"
    with pytest.raises(SettingError, match="out is missing"):
        run_sweep(plan)


def test_a_run_that_fails_is_a_row(plan: Plan, quick: Any, tmp_path: Path) -> None:
    sweep = run_sweep(plan, tmp_path, summarise=quick.summarise)
    frame = sweep.frame()
    failed = frame["run"] % 100 == 7
    assert (frame["status"] == "ok").tolist() == (~failed).tolist()
    assert frame.loc[failed, "rung_end"].isna().all()
    assert frame.loc[~failed, "rung_end"].notna().all()
    assert sweep.complete
    assert sweep.failed == 32
    assert sweep.reasons() == [("made to fail", 32)]


@pytest.mark.parametrize("block", [640, 30])
def test_an_error_in_one_run_leaves_its_neighbours_alone(
    block: int, plan: Plan, quick: Any, tmp_path: Path
) -> None:
    sweep = run_sweep(plan, tmp_path, block=block, summarise=quick.raises)
    status = sweep.frame([]).set_index("row")["status"]
    assert set(status[sweep.frame([])["run"] == 3]) == {
        "ZeroDivisionError: run 3 cannot be divided"
    }
    assert sweep.failed == 64
    assert sweep.reasons()[0][1] == 32


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            ScenarioError("baseline", ["cannot be", "for two reasons"]),
            "baseline: 2 problems - cannot be - for two reasons",
        ),
        (OverflowError("too large"), "OverflowError: too large"),
    ],
)
def test_a_point_whose_scenario_cannot_be_built_is_rows_that_failed(
    error: Exception,
    told: str,
    plan: Plan,
    quick: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build = Plan.scenario_at

    def refuse(self: Plan, label: str, values: Any) -> Any:
        if label == "baseline" and values["nine_eleven"]:
            raise error
        return build(self, label, values)

    monkeypatch.setattr(Plan, "scenario_at", refuse)
    sweep = run_sweep(plan, tmp_path, block=30, summarise=quick.summarise)
    frame = sweep.frame([])
    hit = (frame["scenario"] == "baseline") & frame["nine_eleven"]
    assert sweep.complete
    assert 0 < hit.sum() < 640
    assert set(frame.loc[hit, "status"]) == {told}
    assert set(frame.loc[~hit, "status"]) == {"ok", "made to fail"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"workers": 0}, "workers is 0"),
        ({"block": 0}, "block is 0"),
        ({"block": 1.5}, "block is 1"),
    ],
)
def test_settings_out_of_range_are_told(
    settings: dict[str, Any], message: str, plan: Plan, tmp_path: Path
) -> None:
    with pytest.raises(SettingError, match=message):
        run_sweep(plan, tmp_path / "out", **settings)
    assert not (tmp_path / "out").exists()


def test_progress_begins_where_the_folder_stands(plan: Plan, quick: Any, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        if done >= 128:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sweep(plan, tmp_path, block=64, summarise=quick.summarise, progress=stop)
    run_sweep(plan, tmp_path, summarise=quick.summarise, progress=lambda *told: seen.append(told))
    assert seen[0] == (128, 640)
    assert seen[-1] == (640, 640)


@given(
    points=st.lists(st.integers(0, 5), min_size=1, max_size=4),
    replicates=st.integers(1, 5),
    scenarios=st.integers(1, 3),
    most=st.integers(1, 40),
)
def test_every_row_lies_in_one_span_and_is_one_run(
    points: list[int], replicates: int, scenarios: int, most: int
) -> None:
    ends = [sum(points[:k]) for k in range(len(points) + 1)]
    segments = [metadata.Segment(a, b, 0, replicates) for a, b in itertools.pairwise(ends)]
    spans = list(metadata.spans(segments, scenarios, most))
    found = [metadata.labels(span, scenarios) for span in spans]
    runs = [
        run
        for what in found
        for run in zip(
            what.row.tolist(),
            what.point.tolist(),
            what.scenario.tolist(),
            what.replicate.tolist(),
            strict=True,
        )
    ]
    each = itertools.product(range(ends[-1]), range(scenarios), range(replicates))
    assert runs == [(row, *run) for row, run in enumerate(each)]
    assert all(span.rows <= most for span in spans)
    for span, what in zip(spans, found, strict=True):
        assert list(span.points(scenarios)) == sorted(set(what.point.tolist()))


@given(
    done=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=6),
    first=st.integers(0, 30),
    count=st.integers(1, 20),
)
def test_gaps_are_what_no_part_covers(done: list[tuple[int, int]], first: int, count: int) -> None:
    span = metadata.Span(metadata.Segment(0, 100, 0, 1), first, first, count)
    ranges = [(a, a + n) for a, n in done]
    missing = {row for a, b in metadata.gaps(span, ranges) for row in range(a, b)}
    covered = {row for a, b in ranges for row in range(a, b)}
    assert missing == set(range(first, first + count)) - covered


def test_blocks_grow_and_shrink_with_the_time_they_take_unless_asked_for() -> None:
    sizes = loop.Resources().blocks(1_000_000, 2)
    assert sizes == (256, 64, 4096)
    assert sizes.after(256, 0.1).now == 512
    assert sizes.after(128, 0.1) == sizes.after(256, 1.0) == sizes
    assert sizes.after(256, 9.0).after(128, 9.0).after(64, 9.0).now == 64
    assert sizes._replace(now=4096).after(4096, 0.1).now == 4096
    assert loop.Resources().blocks(100, 2) == (64, 64, 64)
    asked = loop.Resources(block=10).blocks(1_000_000, 2)
    assert asked.after(10, 0.1) == asked.after(10, 9.0) == asked == (10, 10, 10)


def test_the_engine_itself_gives_the_same_bytes_in_blocks_and_threads(
    plan: Plan, tmp_path: Path
) -> None:
    few = replace(plan, replicates=3)
    run_sweep(few, tmp_path / "whole", block=96)
    with ThreadPoolExecutor(3) as pool:
        sweep = run_sweep(few, tmp_path / "threads", executor=pool, block=5)
    assert content(tmp_path / "threads") == content(tmp_path / "whole")
    assert sweep.failed == 0
