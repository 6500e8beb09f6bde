"""Data brought in one after the other: each forecast's log score, and the same posterior."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from alliance_sim.calibration import (
    Checkpoint,
    Layout,
    Sequential,
    TemperedSettings,
    bootstrap_filter,
    run_to_end,
)
from alliance_sim.errors import SettingError
from alliance_sim.parallel.processes import Processes
from tests.calibration.known import CHAIN, FORCING, LOG_EVIDENCE, MEAN, SEEN, Floats

pytestmark = pytest.mark.slow

MEMORY = 0.5
SETTINGS = TemperedSettings(particles=768)


@dataclass(frozen=True)
class Until:
    """The first so many observations of the linear-Gaussian chain."""

    steps: int

    def __call__(self, unknowns: Floats) -> Floats:
        x, total = np.zeros(unknowns.shape[1:]), np.zeros(unknowns.shape[1:])
        for step in range(self.steps):
            x = MEMORY * x + FORCING[step] + unknowns[step]
            total = total - 0.5 * (SEEN[step] - x) ** 2 - 0.5 * math.log(2 * math.pi)
        return np.asarray(total)


def kalman() -> list[float]:
    """Return the log density of each observation given those before it, exactly."""
    mean, variance, found = 0.0, 0.0, []
    for forced, seen in zip(FORCING, SEEN, strict=True):
        mean, variance = MEMORY * mean + forced, MEMORY**2 * variance + 1.0
        spread = variance + 1.0
        found.append(-0.5 * (seen - mean) ** 2 / spread - 0.5 * math.log(2 * math.pi * spread))
        gain = variance / spread
        mean, variance = mean + gain * (seen - mean), (1 - gain) * variance
    return found


def through(
    steps: tuple[int, ...], seed: int = 1, settings: TemperedSettings = SETTINGS
) -> Sequential:
    return Sequential([Until(n) for n in steps], CHAIN, seed=seed, settings=settings)


def test_kalman_adds_up_to_the_known_evidence() -> None:
    assert sum(kalman()) == pytest.approx(LOG_EVIDENCE, abs=1e-9)


def test_each_addition_has_the_evidence_that_kalman_gives_it() -> None:
    runs = np.array([run_to_end(through((1, 2, 3), seed)).evidence for seed in range(6)])
    error = runs.std(axis=0, ddof=1) / math.sqrt(6)
    assert (error < 0.04).all()
    # six runs tell a spread to a third, so that 5 errors are no rarer than 4 of a known one
    assert (np.abs(runs.mean(axis=0) - kalman()) < 5 * error).all()


def test_the_last_posterior_is_that_of_all_data() -> None:
    found = run_to_end(through((1, 3)))
    mean = found.unknowns @ found.weights
    effective = 1 / (found.weights @ found.weights)
    # resampled particles are worth fewer than they are: at least a quarter here
    assert (np.abs(mean - MEAN) < 4 * 0.73 / math.sqrt(effective / 4)).all()


def test_an_addition_that_surprises_is_brought_in_by_powers() -> None:
    found = run_to_end(through((1, 2, 3), settings=TemperedSettings(particles=512, keep=0.9)))
    assert ((found.history[:, 0] == 2) & (found.history[:, 1] < 1)).any()
    assert abs(found.evidence.sum() - LOG_EVIDENCE) < 0.3


def test_it_is_continued_and_spread_over_processes_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    settings = TemperedSettings(particles=192, keep=0.8)
    whole = run_to_end(through((1, 2, 3), settings=settings)).state()
    path = tmp_path / "passing.npz"

    def stop(job: Sequential) -> None:
        if not job.finished:
            raise KeyboardInterrupt

    job = through((1, 2, 3), settings=settings)
    while not job.finished:
        job = through((1, 2, 3), settings=settings)
        try:
            run_to_end(job, checkpoint=Checkpoint(path, {}), callback=stop)
        except KeyboardInterrupt:
            continue
    with Processes(2) as processes:
        spread = run_to_end(through((1, 2, 3), settings=settings), executor=processes).state()
    for name, value in whole.items():
        assert value.tobytes() == job.state()[name].tobytes() == spread[name].tobytes()


def impossible(unknowns: Floats) -> Floats:
    return np.full(unknowns.shape[1], -np.inf)


def test_data_that_are_impossible_after_others_are_named() -> None:
    job = Sequential([Until(1), impossible], CHAIN, seed=1, settings=TemperedSettings(particles=64))
    with pytest.raises(SettingError, match="at each of 64 particles once data 2 are brought in"):
        run_to_end(job)
    with pytest.raises(SettingError, match="no log likelihood to go through"):
        Sequential([], Layout(1), seed=1)


def filtered(particles: int, seed: int) -> Floats:
    def move(x: Floats, step: int, rng: np.random.Generator) -> Floats:
        return np.asarray(MEMORY * x + FORCING[step] + rng.standard_normal(len(x)))

    def log_weight(x: Floats, step: int) -> Floats:
        return np.asarray(-0.5 * (SEEN[step] - x) ** 2 - 0.5 * math.log(2 * math.pi))

    return bootstrap_filter(move, log_weight, np.zeros(particles), steps=3, seed=seed)


def test_the_particle_filter_agrees_with_kalman_step_by_step() -> None:
    np.testing.assert_allclose(filtered(200_000, 1), kalman(), atol=0.01)


def test_the_particle_filter_is_without_bias_with_few_particles() -> None:
    found = np.exp([filtered(20, seed).sum() - LOG_EVIDENCE for seed in range(3_000)])
    assert abs(found.mean() - 1.0) < 4 * found.std() / math.sqrt(3_000)


def test_where_no_particle_is_possible_the_filter_says_so() -> None:
    found = bootstrap_filter(
        lambda x, _step, _rng: x,
        lambda x, step: np.full(len(x), -np.inf if step else 0.0),
        np.zeros(5),
        steps=3,
        seed=1,
    )
    assert found.tolist() == [0.0, -np.inf, -np.inf]
