"""What goes wrong in worker processes and on clusters is told, and loses nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alliance_sim.errors import SettingError, UnfinishedError
from alliance_sim.experiment import executors
from alliance_sim.experiment.plan import Plan
from alliance_sim.experiment.runner import run_sweep
from tests.experiment.conftest import content

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


def test_dask_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(SettingError, match=r"pip install 'alliance-sim\[cluster\]'"),
        executors.cluster("tcp://127.0.0.1:9"),
    ):
        pass
