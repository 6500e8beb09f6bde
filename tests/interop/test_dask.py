"""Dask: `Client.get_executor()` maps `alliance_sim.run` as any executor does."""

from collections.abc import Iterator
from typing import Any

import pytest

import alliance_sim

distributed = pytest.importorskip("distributed", reason="needs the extra cluster")

POINTS = [{"willingness__threat_state": 1.0 + i / 4, "rng": 7, "run": i} for i in range(4)]


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    workers: Any = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**workers) as cluster, distributed.Client(cluster) as client:
        yield client


def test_a_cluster_gives_the_numbers_of_direct_calls(client: Any) -> None:
    found = client.get_executor().map(alliance_sim.run, POINTS)
    assert list(found) == [*map(alliance_sim.run, POINTS)]


def test_calls_without_a_seed_have_noise_of_their_own(client: Any) -> None:
    # Dask computes calls with equal arguments only once unless it is told that they may differ.
    executor = client.get_executor(pure=False)
    futures = [executor.submit(alliance_sim.run, outcomes="rung@2014") for _ in range(4)]
    assert len({future.result()["seed"] for future in futures}) == 4


def test_an_error_arrives_in_its_own_words(client: Any) -> None:
    future = client.get_executor().submit(alliance_sim.run, {"willingness__treat_state": 1.0})
    with pytest.raises(alliance_sim.AllianceSimError, match="did you mean 'willingness__threat"):
        future.result()
