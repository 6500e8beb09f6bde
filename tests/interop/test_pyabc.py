"""pyABC: `ABCSMC(alliance_sim.run, prior, distance)`, in one process and in several."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import alliance_sim

pyabc = pytest.importorskip("pyabc", reason="needs pyabc")

OBSERVED = {"level_political_2014": 0.5, "rung_2014": 8.0}
TEXTS = ("level_political@2014", "rung@2014")
LOW, WIDE = 0.5, 2.0


def model(parameters: Any) -> dict[str, float]:
    """Return what is compared with the record; keeps the database of the test small."""
    return alliance_sim.run(parameters, outcomes=TEXTS)


@pytest.mark.parametrize("called", [alliance_sim.run, model], ids=["all outcomes", "two"])
def test_a_posterior_is_drawn_with_fresh_noise_for_every_particle(
    called: Any, tmp_path: Path
) -> None:
    observed = OBSERVED
    if called is alliance_sim.run:
        observed = {"level_political_end": 0.8, "rung_end": 11.0}
    abc = pyabc.ABCSMC(
        called,
        pyabc.Distribution(willingness__threat_state=pyabc.RV("uniform", LOW, WIDE)),
        pyabc.PNormDistance(p=2),
        population_size=5,
        sampler=pyabc.SingleCoreSampler(),
    )
    abc.new(f"sqlite:///{tmp_path / 'runs.db'}", observed)
    history = abc.run(max_nr_populations=2, minimum_epsilon=1e-9)
    particles, weights = history.get_distribution()
    assert history.n_populations == 2
    assert len(particles) == 5
    assert particles["willingness__threat_state"].between(LOW, LOW + WIDE).all()
    assert np.isclose(weights.sum(), 1.0)
    for point, kept in zip(
        particles.to_dict("records"), history.get_weighted_sum_stats()[1], strict=True
    ):
        again = alliance_sim.run(point, rng=int(kept["seed"]))
        if called is alliance_sim.run:
            assert {name: float(value) for name, value in kept.items()} == again
    seeds = {int(kept["seed"]) for kept in history.get_weighted_sum_stats()[1]}
    assert len(seeds) == 5


PROGRAM = """
import json
import alliance_sim
import pyabc

if __name__ == "__main__":
    alliance_sim.run(rng=1)  # the engine was used before the processes are started
    abc = pyabc.ABCSMC(
        alliance_sim.run,
        pyabc.Distribution(willingness__threat_state=pyabc.RV("uniform", 0.5, 2.0)),
        population_size=6,
    )
    abc.new("sqlite:///runs.db", {"level_political_end": 0.8, "rung_end": 11.0})
    history = abc.run(max_nr_populations=2)
    particles, _ = history.get_distribution()
    kept = history.get_weighted_sum_stats()[1]
    seeds = [int(stats["seed"]) for stats in kept]
    levels = [float(stats["level_political_end"]) for stats in kept]
    print(json.dumps([type(abc.sampler).__name__, particles.to_dict("records"), seeds, levels]))
"""


@pytest.mark.slow
def test_the_sampler_on_several_cores_gives_each_particle_its_own_noise(program: Any) -> None:
    sampler, particles, seeds, levels = program(PROGRAM)
    assert "Multicore" in sampler
    assert len(set(seeds)) == len(particles) == 6
    # Particles come back in an order of their own, each with its seed and its numbers.
    again = [
        alliance_sim.run(particle, rng=seed)["level_political_end"]
        for particle, seed in zip(particles, seeds, strict=True)
    ]
    assert again == levels
