"""Do two samplers whose moves are of different kinds come to the same posterior?

python experiments/validate_two_samplers.py --out docs/validation
python experiments/validate_two_samplers.py --scenario japan_nato/baseline

Particles are tempered from the prior with steps along the differences of other particles and no
slices through parameters. Chains start from draws of the prior, see no particle, and slice through
parameters along axes and blocks without a single step between chains. For each parameter, as a
standard normal beforehand, and for the log likelihood the table tells both means, how far they lie
apart in standard deviations, and in Monte Carlo errors. What is under way is kept beside the table;
the same command goes on.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
from in_pieces import CYCLES, made_of, write_rows
from numpy.typing import NDArray

from alliance_sim import model
from alliance_sim.calibration import (
    Chains,
    ChainSettings,
    Checkpoint,
    Evolve,
    SliceAxes,
    SliceRows,
    SliceWindow,
    Tempered,
    TemperedSettings,
    run_to_end,
)

Floats = NDArray[np.float64]

WINDOWS = (16, 8, 16, 4, 16, 1)  # parts of all quarters in which slow noise moves
LOG_LIKELIHOOD = "log likelihood"
QUICK = {"particles": 32, "sweeps": 6, "chains": 16}


def steps() -> tuple[Any, ...]:
    """Return moves that step between particles, and move slow noise by windows."""
    found: list[Any] = []
    for parts in WINDOWS:
        found += [Evolve()] * 5 + [Evolve(1.0), Evolve(0.1), SliceWindow(parts)]
    return tuple(found)


def slices(k: int) -> tuple[Any, ...]:
    """Return moves that slice: along axes, through blocks of parameters, in windows of noise."""
    found: list[Any] = []
    blocks = np.linspace(0, k, len(WINDOWS) + 1).round().astype(int).tolist()
    for place, parts in enumerate(WINDOWS):
        stiff = max(1, k // (2 + place))
        found += [SliceAxes(0, k), SliceAxes(0, stiff), SliceAxes(stiff, k), SliceWindow(parts)]
        if blocks[place] < blocks[place + 1]:
            found.append(SliceRows(blocks[place], blocks[place + 1]))
    return tuple(found)


def compared(names: list[str], particles: Tempered, chains: Chains, errors: Floats) -> list[Any]:
    """Return a row for each quantity.

    Args:
        names: The quantities.
        particles: At their end.
        chains: At their end.
        errors: Monte Carlo errors of the means of the particles, array (quantity,).
    """
    k = len(names) - 1
    told = chains.diagnosis()
    first = np.vstack([particles.unknowns[:k], particles.log_likelihood])
    means, sds = first.mean(axis=1), first.std(axis=1, ddof=1)
    rows = []
    for place, name in enumerate(names):
        apart = float(means[place] - told.mean[place])
        error = float(np.hypot(errors[place], told.mcse[place]))
        numbers = {
            "particles": f"{means[place]:.3f}",
            "chains": f"{told.mean[place]:.3f}",
            "sd_particles": f"{sds[place]:.3f}",
            "sd_chains": f"{told.sd[place]:.3f}",
            "apart_sd": f"{apart / told.sd[place]:+.2f}",
            "apart_errors": f"{apart / error:+.1f}",
            "nested_rhat": f"{told.nested_rhat[place]:.3f}",
            "ess_bulk": f"{told.ess_bulk[place]:.0f}",
        }
        rows.append({"quantity": name, **numbers})
    return rows


def main() -> None:
    """Ask the question, run the design, save what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="two_islands/baseline")
    parser.add_argument("--theory", default=None)
    parser.add_argument("--particles", type=int, default=512, help="In each of four runs.")
    parser.add_argument("--chains", type=int, default=64)
    parser.add_argument("--sweeps", type=int, default=200, help="Of warm-up, and as many again.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results/validation"))
    parser.add_argument("--quick", action="store_true", help="Small numbers, to try it out.")
    given = parser.parse_args()
    if given.quick:
        vars(given).update(QUICK)
    target = model(given.scenario, given.theory).target
    layout, names = target.layout, [*target.prior.names, LOG_LIKELIHOOD]
    name = f"two_samplers_{given.scenario.replace('/', '_')}"
    under_way = given.out / "under_way"
    under_way.mkdir(parents=True, exist_ok=True)
    what = {key: str(value) for key, value in vars(given).items() if key != "out"}
    what |= made_of(given.scenario, given.theory)
    start = time.process_time()
    jobs = []
    for run in range(4):
        settings = TemperedSettings(particles=given.particles, cycles=CYCLES[given.quick])
        job = Tempered(target, layout, seed=given.seed + run, settings=settings, moves=steps())
        place = Checkpoint(under_way / f"{name}_particles_{run}.npz", {**what, "run": run})
        jobs.append(run_to_end(job, checkpoint=place, callback=_told))
    length = ChainSettings(
        chains=given.chains, superchains=8, warm_up=given.sweeps, draws=given.sweeps, keep=0
    )
    chains = Chains(
        target, layout, seed=given.seed, settings=length, moves=slices(layout.parameters)
    )
    chains = run_to_end(
        chains, checkpoint=Checkpoint(under_way / f"{name}_chains.npz", what), callback=_told
    )
    means = [
        [*job.unknowns[: len(names) - 1].mean(axis=1), job.log_likelihood.mean()] for job in jobs
    ]
    errors = np.std(means, axis=0, ddof=1)
    rows = compared(names, jobs[0], chains, errors)
    write_rows(given.out / f"{name}.csv", rows)
    spread = np.array([job.log_evidence for job in jobs])
    apart = np.array([float(row["apart_sd"]) for row in rows])
    evidence = f"log evidence {spread.mean():.2f} (runs differ by {spread.std(ddof=1):.2f})"
    means_apart = f"{np.sqrt((apart**2).mean()):.2f} (root mean square)"
    print(
        f"{time.process_time() - start:.0f} CPU s; {evidence}; means apart by {means_apart}, at "
        f"most {np.abs(apart).max():.2f} standard deviations"
    )


def _told(job: Tempered | Chains) -> None:
    if isinstance(job, Tempered):
        print(f"particles at power {job.power:.3g}", flush=True)
    else:
        print(f"chains: {job.sweeps} sweeps", flush=True)


if __name__ == "__main__":
    main()
