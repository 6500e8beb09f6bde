"""Who computes: one kind of pool at a time, and threads where nothing is asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alliance_sim.cli.app import app
from alliance_sim.cli.pools import pool_of
from alliance_sim.errors import SettingError
from alliance_sim.parallel.executors import Inline
from alliance_sim.parallel.processes import Processes


def test_two_kinds_of_pools_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    words = ["calibrate", "--workers", "2", "--threads", "2", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert "calibrate: 1 problem" in done.stderr
    assert "give one of --workers, --threads, not 2" in done.stderr
    assert not (tmp_path / "out").exists()


def test_workers_are_processes_and_threads_are_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    from alliance_sim.parallel import executors

    monkeypatch.setattr(executors, "processors", lambda: 3)
    kinds = {Processes: pool_of(2), Inline: pool_of(1), ThreadPoolExecutor: pool_of(None, 2)}
    for kind, pool in (*kinds.items(), (ThreadPoolExecutor, pool_of(None))):
        with pool as executor:
            assert isinstance(executor, kind)


@pytest.mark.parametrize(
    ("workers", "threads", "option"), [(0, None, "--workers"), (None, 0, "--threads")]
)
def test_less_than_one_is_refused_by_the_name_of_the_option(
    workers: int | None, threads: int | None, option: str
) -> None:
    with pytest.raises(SettingError) as error:
        pool_of(workers, threads)
    assert error.value.where == option
