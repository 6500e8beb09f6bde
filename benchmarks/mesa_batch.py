"""How fast is the Mesa engine, and where does a run's time go? Ratios taken in one go.

    python benchmarks.mesa_batch.py --runs 24 --repeats 5

All ways of running are measured in turn, again and again, on the same seeds; the table gives the
median of process CPU seconds per run (of wall seconds where other processes do the work) and the
ratio to `mesa.batch_run` in one process.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version

import mesa

from alliance_sim import Mesa, load_scenario, noise, simulate
from alliance_sim.engine.mesa_model import AllianceModel
from alliance_sim.world import build_world

SEED = 1
NAME = "japan_nato/baseline"


def batch(runs: int, *, processes: int = 1) -> None:
    """Run `mesa.batch_run` the way the installed version wants its seed, all rows kept."""
    numbers = list(range(runs))
    old = version("mesa") < "3.4"
    parameters: dict[str, object] = {"run": numbers, "agent_data": False}
    extra: dict[str, object] = {} if old else {"rng": [SEED]}
    if old:
        parameters["rng"] = SEED
    with contextlib.redirect_stderr(io.StringIO()):
        mesa.batch_run(
            AllianceModel,
            parameters,
            number_processes=processes,
            data_collection_period=1,
            display_progress=False,
            **extra,
        )


def alone(runs: int) -> None:
    """Run the model without a batch runner, agent data left out."""
    for number in range(runs):
        model = AllianceModel(NAME, rng=SEED, run=number, agent_data=False)
        while model.running:
            model.step()


def with_agents(runs: int) -> None:
    """Run the model and collect agent variables too."""
    for number in range(runs):
        model = AllianceModel(NAME, rng=SEED, run=number)
        while model.running:
            model.step()


def noise_alone(channels: tuple[int, ...], steps: int) -> Callable[[int], None]:
    """Return what makes the noise of runs and nothing else."""

    def made(runs: int) -> None:
        for number in range(runs):
            noise.table(SEED, number, channels, steps)

    return made


def measured(ways: dict[str, Callable[[int], object]], runs: int, repeats: int) -> dict[str, float]:
    """Return the median cost of a run in seconds for each way, measured in turn."""
    costs: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            clock = time.perf_counter if "wall" in name else time.process_time
            start = clock()
            way(runs)
            costs[name].append((clock() - start) / runs)
    return {name: statistics.median(values) for name, values in costs.items()}


def main() -> None:
    """Measure all ways and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=24)
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    scenario = load_scenario(NAME)
    world = build_world(scenario)
    ways: dict[str, Callable[[int], object]] = {
        "mesa.batch_run": batch,
        "AllianceModel alone": alone,
        "AllianceModel with agent data": with_agents,
        "simulate": lambda runs: simulate(scenario, runs=runs, seed=SEED),
        "simulate, 2 workers (wall)": lambda runs: simulate(
            scenario, runs=runs, seed=SEED, engine=Mesa(workers=2)
        ),
        "noise of a run": noise_alone(world.all_channels, world.calendar.steps),
    }
    alone(1)
    found = measured(ways, given.runs, given.repeats)
    print(f"Mesa {version('mesa')}; {given.runs} runs, median of {given.repeats}")
    print(f"{'way':32} {'ms per run':>11} {'runs/s':>8} {'against batch_run':>18}")
    for name, cost in found.items():
        ratio = found["mesa.batch_run"] / cost
        print(f"{name:32} {1000 * cost:11.1f} {1 / cost:8.1f} {ratio:17.2f}x")


if __name__ == "__main__":
    main()
