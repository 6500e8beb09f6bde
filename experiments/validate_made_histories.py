"""Are fits to made-up histories right, and what can they tell? Calibration and a map of recovery.

python experiments/validate_made_histories.py --replicates 250 --out docs/validation
python experiments/validate_made_histories.py --replicates 50 --scenario japan_nato/baseline

Each replicate draws parameters from the prior of a scenario, makes one run with them, tells it as
a record of which some acts go unreported, and samples the posterior of that record. Where the truth
ranks among the draws is uniform if prior, likelihood and sampler are right: for every parameter,
for the joint log likelihood of parameters and noise, and for what one juncture changed. The same
replicates say which parameters such a record can tell: how much of the prior's standard deviation
is left, and how well posterior means follow the truth. Replicates that are done are kept beside the
tables; the same command goes on with the rest.
"""

from __future__ import annotations

import argparse
import csv
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from in_pieces import made_of
from numpy.typing import NDArray

from alliance_sim import load_scenario, model
from alliance_sim.calibration import (
    Chains,
    ChainSettings,
    Checkpoint,
    RankStudy,
    first_made,
    run_to_end,
)

Floats = NDArray[np.float64]

DRAWS = 64  # of each posterior: where each of 64 chains ends
LOG_LIKELIHOOD, EFFECT = "joint log likelihood", "what the juncture changed"
COLUMNS = (
    *("quantity", "replicates", "p_value", "largest", "inside", "cover_50", "cover_90"),
    *("sd_ratio", "r_squared"),
)
SHOWN = 30  # parameters of the map, those that are recovered best
QUICK = {"replicates": 2, "sweeps": 4}
OUTCOME = "level_operations"


@lru_cache(maxsize=1)
def models(scenario: str, theory: str | None, juncture: str) -> tuple[Any, Any]:
    """Return the model of a scenario, and of it without a juncture."""
    factual = load_scenario(scenario)
    return model(factual, theory), model(factual.without(juncture), theory)


def effects(factual: Any, without: Any, theta: Floats, seed: int, run: int) -> Floats:
    """Return by how much the juncture raised the mean level, for each vector (draw, k).

    All vectors meet the same fresh noise, so that this is a function of the parameters.
    """
    named = dict(zip(factual.names, theta.T, strict=True))
    left = {name: named[name] for name in without.names}
    means = [
        simulated.simulate(vectors, seed=seed + run).column(OUTCOME).mean(axis=1)
        for simulated, vectors in ((factual, named), (without, left))
    ]
    return np.asarray(means[0] - means[1])


@dataclass(frozen=True)
class Replicate:
    """One history made and fitted; see the module.

    Attributes:
        scenario: Name of a scenario with priors.
        theory: The theory; None for that of the scenario.
        juncture: What is taken away.
        seed: Of everything.
        sweeps: Warm-up of each chain, and as many again before its draw is taken.
    """

    scenario: str
    theory: str | None
    juncture: str
    seed: int
    sweeps: int

    def __call__(self, number: int) -> tuple[Floats, Floats]:
        """Return truths (quantity,) and draws (draw, quantity)."""
        factual, without = models(self.scenario, self.theory, self.juncture)
        made = first_made(factual.prior, seed=self.seed, number=number)
        settings = ChainSettings(
            chains=DRAWS, warm_up=self.sweeps, draws=self.sweeps, round=self.sweeps // 4, keep=DRAWS
        )
        target, k = made.target, len(factual.names)
        job = Chains(target, target.layout, seed=number, settings=settings)
        while not job.finished:
            job.advance()
        ends, values = job.unknowns, job.log_likelihood
        z = np.vstack([made.unknowns[:k], ends[:k].T])
        truth = target(np.repeat(made.unknowns[:, None], DRAWS, axis=1))[:1]
        changed = effects(factual, without, factual.prior.transform(z), self.seed, number)
        told = np.column_stack([z, np.concatenate([truth, values]), changed])
        return told[0], told[1:]


def rows(study: RankStudy) -> list[dict[str, Any]]:
    """Return the table: p value, largest difference, how often middle intervals hold, recovery.

    Parameters are standard normals beforehand, so the standard deviation of a posterior is the
    share of the prior's that is left.
    """
    there = study.ranks[:, 0] >= 0
    done, told = study.ranks[there] / study.draws, study.told[there]
    found = []
    for k, check in enumerate(study.checks()):
        apart = np.abs(done[:, k] - 0.5)
        largest = float(np.abs(check.difference).max())
        inside = "yes" if check.inside else "no"
        numbers = (f"{check.p_value:.3f}", f"{largest:.3f}", inside)
        covers = (f"{(apart <= 0.25).mean():.3f}", f"{(apart <= 0.45).mean():.3f}")
        truth, mean, sd = told[:, :, k].T
        ratio = "" if check.name in (LOG_LIKELIHOOD, EFFECT) else f"{sd.mean():.3f}"
        varies = len(truth) > 2 and float(truth.std()) > 0.0 and float(mean.std()) > 0.0
        along = f"{np.corrcoef(truth, mean)[0, 1] ** 2:.3f}" if varies else ""
        row = (check.name, len(done), *numbers, *covers, ratio, along)
        found.append(dict(zip(COLUMNS, row, strict=True)))
    return found


def drawn(study: RankStudy, scenario: str) -> Any:
    """Return a figure: differences of ranks with their band, and the map of recovery."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11.0, 7.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    checks = study.checks()
    for check in checks:
        left.plot(check.points, check.difference, color="#0072B2", alpha=0.35, linewidth=0.9)
    left.fill_between(
        checks[0].points, checks[0].lower, checks[0].upper, color="#999999", alpha=0.3, step="mid"
    )
    outside = sum(not check.inside for check in checks)
    left.set_title(f"Ranks of {len(checks)} quantities, {outside} outside their 95 % bands")
    left.set_xlabel("share of draws below the truth")
    left.set_ylabel("distribution function minus uniform")
    told = [row for row in rows(study) if row["sd_ratio"]]
    told = sorted(told, key=lambda row: float(row["sd_ratio"]))[:SHOWN][::-1]
    right.plot([float(row["sd_ratio"]) for row in told], range(len(told)), "o", color="#0072B2")
    right.axvline(1.0, color="#999999", linewidth=0.8)
    right.set_yticks(range(len(told)), [row["quantity"] for row in told], fontsize=7)
    right.set_xlim(0.0, 1.2)
    right.set_xlabel("standard deviation of the posterior / of the prior")
    right.set_title(f"The {len(told)} parameters recovered best")
    figure.suptitle(f"Fits to {rows(study)[0]['replicates']} made histories of {scenario}")
    return figure


def main() -> None:
    """Ask the question, run the design, save what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="two_islands/baseline")
    parser.add_argument("--theory", default=None)
    parser.add_argument("--juncture", help="Taken away; left out: the first of the scenario.")
    parser.add_argument("--replicates", type=int, default=250)
    parser.add_argument("--sweeps", type=int, default=16)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--out", type=Path, default=Path("results/validation"))
    parser.add_argument("--quick", action="store_true", help="A few replicates, to try it out.")
    given = parser.parse_args()
    if given.quick:
        vars(given).update(QUICK)
    given.juncture = given.juncture or load_scenario(given.scenario).junctures[0].name
    under_way = given.out / "under_way"
    under_way.mkdir(parents=True, exist_ok=True)
    replicate = Replicate(given.scenario, given.theory, given.juncture, given.seed, given.sweeps)
    names = (*models(given.scenario, given.theory, given.juncture)[0].names, LOG_LIKELIHOOD, EFFECT)
    study = RankStudy(names, replicate, replicates=given.replicates, draws=DRAWS, seed=given.seed)
    name = "ranks_" + given.scenario.replace("/", "_")
    of = made_of(given.scenario, given.theory)
    what = {"replicate": repr(replicate), "names": list(names), **of}
    before, start = time.process_time(), time.monotonic()

    def told(job: RankStudy) -> None:
        print(f"{job.done} of {given.replicates}, {time.monotonic() - start:.0f} s", flush=True)

    run_to_end(study, checkpoint=Checkpoint(under_way / f"{name}.npz", what), callback=told)
    with (given.out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows(study))
    np.savetxt(
        given.out / f"{name}_each.csv", study.ranks, "%d", ",", header=",".join(names), comments=""
    )
    drawn(study, given.scenario).savefig(given.out / f"{name}.png", dpi=120)
    least = min(rows(study), key=lambda row: float(row["p_value"]))
    print(f"{time.process_time() - before:.0f} CPU s; least likely: {least}")


if __name__ == "__main__":
    main()
