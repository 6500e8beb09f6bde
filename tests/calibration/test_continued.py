"""Whoever computes, and however often it is cut short: the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim.calibration import (
    Chains,
    ChainSettings,
    Checkpoint,
    Layout,
    Sampler,
    Tempered,
    TemperedSettings,
    run_to_end,
)
from alliance_sim.calibration.moves import usual_moves
from alliance_sim.calibration.pool import pooled
from alliance_sim.calibration.sampler import beginning
from alliance_sim.errors import ResultError, SettingError, UnfinishedError
from alliance_sim.parallel.executors import Inline
from alliance_sim.parallel.processes import Processes
from tests.calibration.known import CHAIN, correlated_normal, linear_gaussian

FEW = ChainSettings(chains=96, superchains=8, warm_up=6, draws=8, round=3, keep=150)
PARTICLES = TemperedSettings(particles=160, cycles=(1, 1, 1, 2))


@pytest.fixture(autouse=True)
def _workers_find_these_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))


def chains() -> Chains:
    return Chains(correlated_normal(), Layout(5), seed=21, settings=FEW)


def particles() -> Tempered:
    return Tempered(linear_gaussian, CHAIN, seed=22, settings=PARTICLES)


def same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert np.asarray(value).tobytes() == np.asarray(other[name]).tobytes(), name


@pytest.mark.parametrize("make", [chains, particles])
def test_threads_and_processes_give_the_same_bytes(make: Any) -> None:
    alone = run_to_end(make()).state()
    with ThreadPoolExecutor(3) as threads:
        same(alone, run_to_end(make(), executor=threads).state())
    with Processes(2) as processes:
        same(alone, run_to_end(make(), executor=processes).state())


def test_a_cluster_gives_the_same_bytes() -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as local,
        distributed.Client(local, set_as_default=False) as client,
    ):
        found = run_to_end(particles(), executor=client.get_executor(pure=False)).state()
    same(run_to_end(particles()).state(), found)


@pytest.mark.parametrize("make", [chains, particles])
def test_what_was_stopped_after_every_round_goes_on_to_the_same_bytes(
    make: Any, tmp_path: Path
) -> None:
    path = tmp_path / "checkpoint.npz"

    def stop(job: Any) -> None:
        if not job.finished:
            raise KeyboardInterrupt

    stops = 0
    while True:
        job = make()
        try:
            run_to_end(job, checkpoint=Checkpoint(path, {"seed": 1}, every=1e9), callback=stop)
        except KeyboardInterrupt:
            stops += 1
        else:
            break
    assert stops >= 1
    same(run_to_end(make()).state(), job.state())
    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint.npz"]


def test_a_sampler_cut_in_the_middle_of_a_sweep_goes_on_to_the_same_bytes() -> None:
    layout = Layout(1, steps=8, channels=2)
    moves = usual_moves(layout)
    start = np.random.default_rng(1).normal(size=(17, 5))
    pool = pooled(start[:1].T)

    def target(z: np.ndarray) -> np.ndarray:
        return np.asarray(-np.abs(np.cumsum(z, axis=0)).max(axis=0))

    def fresh(state: dict[str, Any]) -> Sampler:
        return Sampler(layout, moves, state, pool=pool, sweeps=3)

    begun = beginning(start, target(start), chains=np.arange(5), seed=2, stage=1)
    whole, cut = fresh(begun), fresh(begun)
    while not whole.finished:
        whole.tell(target(whole.ask()))
    calls = 0
    while not cut.finished:
        cut.tell(target(cut.ask()))
        calls += 1
        if calls in {5, 40, 41, 100, 170, 260}:
            cut = fresh(cut.state())
    same(whole.state(), cut.state() | {"tallies": whole.tallies})
    assert (cut.tallies[:, 2] == whole.tallies[:, 2]).all()  # tries of a cut move are not counted


def test_a_chain_does_not_know_who_is_beside_it() -> None:
    layout, target = Layout(5), correlated_normal()
    start = np.random.default_rng(3).normal(size=(5, 6))
    pool = pooled(start.T)

    def run(lanes: list[int]) -> np.ndarray:
        places = start[:, lanes]
        begun = beginning(places, target(places), chains=np.array(lanes), seed=4, stage=2)
        sampler = Sampler(layout, usual_moves(layout), begun, pool=pool, sweeps=4)
        while not sampler.finished:
            sampler.tell(target(sampler.ask()))
        return sampler.unknowns

    assert (run([0, 1, 2, 3, 4, 5])[:, [4, 1]] == run([4, 1])).all()


KILLED = """
import os, sys
from pathlib import Path
from alliance_sim.calibration import Checkpoint, run_to_end
from tests.calibration.test_continued import chains

rounds = 0
def told(job):
    global rounds
    rounds += 1
    if rounds == 2:
        os.kill(os.getpid(), 9)
checkpoint = Checkpoint(Path(sys.argv[1]), {"seed": 1}, every=0.0)
run_to_end(chains(), checkpoint=checkpoint, callback=told)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_what_was_killed_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.npz"
    root = Path(__file__).parents[2]
    killed = subprocess.run([sys.executable, "-c", KILLED, path], cwd=root, check=False)
    assert killed.returncode == -9
    rounds = []
    found = run_to_end(
        chains(),
        checkpoint=Checkpoint(path, {"seed": 1}),
        callback=lambda job: rounds.append(job.sweeps),
    )
    assert rounds[0] > 2 * FEW.round  # it went on where it was
    same(run_to_end(chains()).state(), found.state())


def test_a_checkpoint_of_another_calculation_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.npz"
    Checkpoint(path, {"seed": 1, "theory": "RID"}).save({"x": np.arange(3)})
    before = path.read_bytes()
    with pytest.raises(ResultError, match=r"another calculation \(seed 1 there, 2 here\)"):
        run_to_end(particles(), checkpoint=Checkpoint(path, {"seed": 2, "theory": "RID"}))
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["cut", "changed", "text"])
def test_a_broken_checkpoint_is_told_and_kept(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.npz"
    Checkpoint(path, {"seed": 1}).save({"x": np.arange(300.0)})
    content = bytearray(path.read_bytes())
    if damage == "cut":
        content = content[:700]
    elif damage == "changed":
        content[900] ^= 1
    else:
        content = bytearray(b"no arrays here")
    path.write_bytes(content)
    with pytest.raises(ResultError, match="no checkpoint that can be gone on with"):
        Checkpoint(path, {"seed": 1}).load()
    assert path.read_bytes() == content


def test_a_checkpoint_in_no_folder_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be written"):
        Checkpoint(tmp_path / "nowhere" / "a.npz", {}).save({"x": np.arange(3)})


def broken(unknowns: np.ndarray) -> np.ndarray:
    raise ZeroDivisionError("in the target")


def test_a_target_that_fails_is_told_in_words_and_loses_nothing() -> None:
    job = chains()
    for _ in range(3):
        job.advance()
    before = job.state()
    job._target = broken
    with pytest.raises(UnfinishedError, match="ZeroDivisionError: in the target"):
        job.advance(Inline())
    same(before, job.state())


@pytest.mark.parametrize(
    ("columns", "taken"), [(20, [0, 5, 10, 15]), (4, [0, 1, 2, 3]), (2, [0, 1, 0, 1])]
)
def test_groups_begin_at_places_spread_over_all_that_are_given(
    columns: int, taken: list[int]
) -> None:
    seen: list[Any] = []

    def noted(unknowns: Any) -> Any:
        seen.append(unknowns.copy())
        return -0.5 * (unknowns**2).sum(axis=0)

    start = np.arange(2.0 * columns).reshape(2, columns) / 10.0
    few = ChainSettings(chains=8, superchains=4, warm_up=2, draws=2, round=2)
    Chains(noted, Layout(2), seed=1, settings=few, start=start).advance()
    assert np.array_equal(seen[0], start[:, taken])
