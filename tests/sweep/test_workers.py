"""What goes wrong in worker processes and on clusters is told, and loses nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from alliance_sim.errors import EngineError, SettingError, UnfinishedError
from alliance_sim.parallel import executors
from alliance_sim.sweep.plan import Plan
from alliance_sim.sweep.run import run_sweep
from alliance_sim.sweep.sweep import open_sweep
from tests.sweep.conftest import Run, content

pytestmark = pytest.mark.usefixtures("small_files")


def test_a_worker_that_dies_is_told_and_loses_nothing(
    plan: Plan, quick: Any, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    with pytest.raises(UnfinishedError, match=r"a worker process died.*Nothing that was done is"):
        run_sweep(plan, tmp_path / "out", workers=2, block=16, summarise=quick.dies)
    run_sweep(plan, tmp_path / "out", summarise=quick.summarise)
    assert content(tmp_path / "out") == undisturbed


def test_want_of_memory_is_told_and_is_no_row(plan: Plan, quick: Any, tmp_path: Path) -> None:
    with pytest.raises(UnfinishedError, match=r"out of memory.*smaller --block"):
        run_sweep(plan, tmp_path / "out", summarise=quick.starves)


def test_a_worker_of_another_version_is_refused(plan: Plan, quick: Any, tmp_path: Path) -> None:
    class Older(executors.Inline):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            block = super().submit(fn, *args, **kwargs).result()
            future: Future[Any] = Future()
            future.set_result(replace(block, version="0.0.9"))
            return future

    with pytest.raises(UnfinishedError, match=r"a worker has alliance-sim 0\.0\.9, this sweep"):
        run_sweep(plan, tmp_path / "out", executor=Older(), summarise=quick.summarise)


@pytest.fixture
def dask() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def test_dask_changes_no_byte(
    dask: Any, plan: Plan, quick: Any, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    pool = dask.get_executor()
    assert executors.workers_of(pool) == 2
    run_sweep(plan, tmp_path / "out", executor=pool, block=50, summarise=quick.summarise)
    assert content(tmp_path / "out") == undisturbed


def test_a_scheduler_that_does_not_answer_is_told() -> None:
    pytest.importorskip("distributed")
    with (
        pytest.raises(SettingError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:9'"),
        executors.cluster("tcp://127.0.0.1:9", timeout=1),
    ):
        pass


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("nowhere.json", r"the scheduler file '.*nowhere\.json' cannot be read"),
        ("empty.json", r"'.*empty\.json' holds no address"),
        ("text.json", r"'.*text\.json' holds no address"),
        ("list.json", r"'.*list\.json' holds no address"),
        ("portless.json", r"address is 'tcp://node1', must name its port"),
    ],
)
def test_a_scheduler_file_without_an_address_is_told(given: str, told: str, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    texts = {"empty": "{}", "text": "xx", "list": "[]", "portless": '{"address": "tcp://node1"}'}
    for name, text in texts.items():
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    with (
        pytest.raises(SettingError, match=told),
        executors.cluster(str(tmp_path / given), timeout=1),
    ):
        pass


def test_a_scheduler_without_a_port_is_told() -> None:
    pytest.importorskip("distributed")
    with (
        pytest.raises(SettingError, match=r"address is '127\.0\.0\.1', must name its port"),
        executors.cluster("127.0.0.1", timeout=1),
    ):
        pass


def test_a_scheduler_file_is_read_and_waiting_for_workers_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    distributed = pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    with distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as alone:
        file.write_text(f'{{"address": "{alone.scheduler_address}"}}', encoding="utf-8")
        with caplog.at_level("WARNING", "alliance_sim"), executors.cluster(str(file)) as pool:
            assert executors.workers_of(pool) == 1
    assert "has no workers yet" in caplog.text


def test_dask_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(SettingError, match=r"pip install 'alliance-sim\[cluster\]'"),
        executors.cluster("tcp://127.0.0.1:9"),
    ):
        pass


@pytest.mark.parametrize("stop", [0, 64])
def test_an_environment_in_which_nothing_runs_stops_the_sweep_and_is_no_row(
    stop: int,
    run: Run,
    plan: Plan,
    quick: Any,
    tmp_path: Path,
    undisturbed: dict[str, bytes],
) -> None:
    told = r"nothing can be simulated here.*: TypeError: no compiler here\. No row was written"
    run(tmp_path, stop=stop)
    for workers in (1, 2):
        with pytest.raises(UnfinishedError, match=told):
            run_sweep(plan, tmp_path, workers=workers, block=16, summarise=quick.broken)
    assert open_sweep(tmp_path, unfinished=True).done == stop
    run(tmp_path)
    assert content(tmp_path) == undisturbed


@pytest.mark.parametrize("error", [EngineError, ImportError, OSError])
def test_errors_that_are_not_of_the_run_stop_the_sweep(
    error: type[Exception], plan: Plan, quick: Any, tmp_path: Path
) -> None:
    with pytest.raises((UnfinishedError, EngineError), match="not of the run"):
        run_sweep(plan, tmp_path, summarise=partial(quick.stops, error=error))
    assert open_sweep(tmp_path, unfinished=True).done == 0


def test_a_runner_that_can_simulate_nothing_leaves_the_rows_to_one_that_can(
    plan: Plan, quick: Any, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    with ThreadPoolExecutor(2) as pool:
        broken = pool.submit(run_sweep, plan, tmp_path, block=16, summarise=quick.broken)
        sound = pool.submit(run_sweep, plan, tmp_path, block=16, summarise=quick.summarise)
    assert isinstance(broken.exception(), UnfinishedError | None)
    assert sound.result().complete
    assert content(tmp_path) == undisturbed
