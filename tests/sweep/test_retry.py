"""Rows that failed are tried again when asked for, and nothing else changes."""

from __future__ import annotations

import os
import shutil
from functools import wraps
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alliance_sim.errors import SettingError, UnfinishedError
from alliance_sim.report.discovery import sweep_discovery
from alliance_sim.report.sensitivity import sweep_sensitivity
from alliance_sim.report.sweep import summarise_sweep
from alliance_sim.sweep.plan import Plan
from alliance_sim.sweep.run import run_sweep
from alliance_sim.sweep.store import writer
from alliance_sim.sweep.sweep import open_sweep
from tests.sweep.conftest import Run, content, make_files_small

pytestmark = pytest.mark.usefixtures("small_files")


@pytest.fixture(scope="module")
def failed(run: Run, quick: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished sweep of which 96 rows failed; nobody writes into it."""
    out = tmp_path_factory.mktemp("failed") / "out"
    with pytest.MonkeyPatch.context() as patch:
        make_files_small(patch)
        assert run(out, summarise=quick.fails_more).failed == 96
    return out


@pytest.fixture
def folder(failed: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder."""
    return Path(shutil.copytree(failed, tmp_path / "out"))


@pytest.mark.parametrize("settings", [{}, {"block": 5}, {"workers": 2}])
def test_rows_that_failed_are_computed_again_and_the_folder_ends_as_if_they_never_had(
    settings: dict[str, Any],
    run: Run,
    folder: Path,
    undisturbed: dict[str, bytes],
) -> None:
    before = open_sweep(folder).frame()
    seen: list[tuple[int, int]] = []
    found = run(folder, retry_failed=True, progress=lambda *told: seen.append(told), **settings)
    assert found.failed == 32
    assert content(folder) == undisturbed
    assert (640 - 96, 640) in seen
    assert seen[-1] == (640, 640)
    worked = before["status"] == "ok"
    pd.testing.assert_frame_equal(found.frame()[worked], before[worked])


def test_only_rows_that_failed_are_computed(run: Run, quick: Any, tmp_path: Path) -> None:
    run(tmp_path)
    tried: list[int] = []

    @wraps(quick.summarise)  # the manifest names what computed the rows
    def watched(cases: Any, **settings: Any) -> Any:
        tried.extend(case.run for case in cases)
        return quick.summarise(cases, **settings)

    before = content(tmp_path)
    assert run(tmp_path, summarise=watched, retry_failed=True).failed == 32
    assert set(tried) == {7}
    assert len(tried) == 32
    assert content(tmp_path) == before, "they failed again for the same reason"


def test_a_sweep_that_is_not_finished_is_finished_first(
    run: Run, quick: Any, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    run(tmp_path, stop=320, summarise=quick.fails_more)
    run(tmp_path, retry_failed=True)
    assert content(tmp_path) == undisturbed


def test_without_being_asked_a_finished_folder_with_failures_is_left_alone(
    run: Run, folder: Path
) -> None:
    before = content(folder)
    assert run(folder).failed == 96
    assert content(folder) == before


@pytest.mark.slow
@pytest.mark.parametrize("at", range(0, 30, 2))
def test_whoever_is_stopped_while_trying_again_leaves_the_old_rows_or_the_new(
    at: int,
    run: Run,
    folder: Path,
    undisturbed: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    for name in ("fsync", "replace", "write"):
        whole = getattr(os, name)

        def counted(*args: Any, whole: Any = whole, **kwargs: Any) -> Any:
            done.append("")
            if len(done) > at:
                raise OSError(28, "No space left on device")
            return whole(*args, **kwargs)

        monkeypatch.setattr(os, name, counted)
    with pytest.raises(UnfinishedError, match="the disk is full"):
        run(folder, retry_failed=True)
    monkeypatch.undo()
    kept = open_sweep(folder, unfinished=True)
    assert kept.done == 640
    assert len(kept.frame()) == 640
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer.Writer, "_set_aside", None)
        run(folder, retry_failed=True)
    assert content(folder) == undisturbed


def test_a_sweep_whose_runs_all_failed_is_told_by_whatever_reads_it(
    run: Run, quick: Any, tmp_path: Path
) -> None:
    sweep = run(tmp_path, summarise=quick.all_fail)
    assert sweep.failed == sweep.rows
    for reading in (
        lambda: summarise_sweep(sweep, []),
        lambda: summarise_sweep(sweep, ["rung_end"], scenario="baseline"),
        lambda: sweep_sensitivity(sweep, "rung_end"),
        lambda: sweep_discovery(sweep, "rung_end>=8"),
    ):
        with pytest.raises(SettingError, match="every run failed"):
            reading()


def test_outcomes_that_were_added_are_tried_again_as_well(
    quick: Any, plan: Plan, folder: Path
) -> None:
    open_sweep(folder).outcome("rung>=9@2015", summarise=quick.fails_more)
    run_sweep(plan, folder, summarise=quick.summarise, retry_failed=True)
    name, frame = open_sweep(folder).outcome("rung>=9@2015", summarise=quick.starves)
    assert frame[name].isna().sum() == 32


def test_outcomes_that_were_added_are_told_of_and_computed_in_blocks_as_asked(
    run: Run, quick: Any, folder: Path
) -> None:
    run(folder, retry_failed=True)
    open_sweep(folder).outcome("rung>=9@2015", summarise=quick.fails_more)
    sizes: list[int] = []
    seen: list[tuple[int, int]] = []

    @wraps(quick.summarise)
    def watched(cases: Any, **settings: Any) -> Any:
        sizes.append(len(cases))
        return quick.summarise(cases, **settings)

    def told(*counts: int) -> None:
        seen.append((counts[0], counts[1]))

    run(folder, summarise=watched, progress=told, block=4, retry_failed=True)
    assert max(sizes) <= 4
    assert (seen[0], min(seen), seen[-1]) == ((640 - 32, 640), (640 - 96, 640), (640, 640))
