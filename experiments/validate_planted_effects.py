"""Do intervals of what would have been hold what would have been? Planted worlds, with known twins.

python experiments/validate_planted_effects.py --replicates 500 --out docs/validation

Each replicate makes a history with parameters and noise that are known, tells it as a record of
which some acts go unreported, samples the posterior of that record, and asks the draws what one
edit changed. The true unknowns are asked the same; of what even they leave open, both have one
draw. So the truth's rank among the draws is uniform if the posterior and its twins are right, and
stated 90 % intervals hold it nine times in ten. Replicates that are done are kept beside the table;
the same command goes on with the rest, and draws the figure.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from in_pieces import made_of
from numpy.typing import NDArray
from scipy.stats import binom

from alliance_sim import Scenario, load_scenario
from alliance_sim.calibration import (
    Chains,
    ChainSettings,
    Checkpoint,
    MadeHistory,
    PosteriorDraws,
    Prior,
    RankStudy,
    first_made,
    run_to_end,
)
from alliance_sim.counterfactual import Histories, twin_worlds

Floats = NDArray[np.float64]

DRAWS = 64  # of each posterior: where each of 64 chains ends
LEVELS = ("level_political", "level_operations", "level_equipment")
ACTS = ("count_political", "count_operations", "count_equipment", "count_institution")
QUANTITIES = (*(f"{name}, last quarter" for name in LEVELS), "acts since the edit", "rung, at last")
INTERVAL, BAND = 0.9, 0.99
COLUMNS = (
    *("quantity", "replicates", "cover_90", "of_right_ones", "band_low", "band_high", "inside"),
    "p_value",
)


@lru_cache(maxsize=2)
def pair(base: str, edited: str) -> tuple[Scenario, Scenario]:
    """Return the factual scenario and the edited one."""
    return load_scenario(base), load_scenario(edited)


@dataclass(frozen=True)
class Replicate:
    """One planted world; see the module.

    Attributes:
        base: Name of the factual scenario.
        edited: Name of the edited one.
        seed: Of everything.
        sweeps: Warm-up of each chain, and as many again before its draw is taken.
    """

    base: str
    edited: str
    seed: int
    sweeps: int

    def __call__(self, number: int) -> tuple[Floats, Floats]:
        """Return true effects (quantity,) and those of the draws (draw, quantity)."""
        made = first_made(Prior(pair(self.base, self.edited)[0]), seed=self.seed, number=number)
        settings = ChainSettings(
            chains=DRAWS, warm_up=self.sweeps, draws=self.sweeps, round=self.sweeps // 4, keep=DRAWS
        )
        job = Chains(made.target, made.target.layout, seed=number, settings=settings)
        while not job.finished:
            job.advance()
        command = "experiments/validate_planted_effects.py"
        truth, drawn = (
            PosteriorDraws.made(made.target, unknowns, seed=number, command=command)
            for unknowns in (made.unknowns[None], job.unknowns.T.copy())
        )
        # Noise by key has to differ between the truth and the draws.
        return (
            self.effects(truth, made, 2 * number)[0],
            self.effects(drawn, made, 2 * number + 1),
        )

    def effects(self, posterior: PosteriorDraws, made: MadeHistory, number: int) -> Floats:
        """Return effects, array (draw, quantity)."""
        base, edited = pair(self.base, self.edited)
        past = Histories.of_posterior(
            posterior, base, seed=self.seed + number, threads=1, target=made.target
        )
        twins = twin_worlds(base, edited, past, states=(*LEVELS, *ACTS, "rung"))
        acts = np.sum([twins.effect(name).sum(axis=1) for name in ACTS], axis=0)
        levels = [twins.effect(name)[:, -1] for name in LEVELS]
        return np.column_stack([*levels, acts, twins.effect("rung")[:, -1]])


def rows(study: RankStudy) -> list[dict[str, object]]:
    """Return how often intervals hold the truth, and whether that is as often as they say."""
    done = study.ranks[study.ranks[:, 0] >= 0] / study.draws
    count = len(done)
    ranks = np.arange(study.draws + 1) / study.draws
    stated = float((np.abs(ranks - 0.5) <= 0.5 * INTERVAL).mean())  # of so few ranks, not quite 0.9
    low, high = (float(end) / count for end in binom.interval(BAND, count, stated))
    found = []
    for k, check in enumerate(study.checks()):
        cover = float((np.abs(done[:, k] - 0.5) <= 0.5 * INTERVAL).mean())
        inside = "yes" if low <= cover <= high else "no"
        shares = (f"{one:.3f}" for one in (cover, stated, low, high))
        told = (check.name, count, *shares, inside, f"{check.p_value:.3f}")
        found.append(dict(zip(COLUMNS, told, strict=True)))
    return found


def drawn(study: RankStudy, path: Path) -> None:
    """Draw by how much intervals hold the truth more often, or less, than they say."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["font.size"] = 11
    done = study.ranks[study.ranks[:, 0] >= 0]
    reach = np.arange(study.draws // 2)  # the middle 2 * reach + 1 ranks of draws + 1
    stated = (2.0 * reach + 1.0) / (study.draws + 1.0)
    low, high = (end / len(done) - stated for end in binom.interval(BAND, len(done), stated))
    figure = Figure(figsize=(8.4, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.fill_between(stated, low, high, color="#e5e7eb", linewidth=0)
    axes.axhline(0.0, color="#6b7280", linewidth=1)
    axes.axvline(INTERVAL, color="#6b7280", linewidth=1, linestyle=":")
    dashes = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)))
    for k, name in enumerate(QUANTITIES):
        held = np.abs(done[:, k, None] - study.draws / 2.0) <= reach
        axes.plot(stated, held.mean(axis=0) - stated, linestyle=dashes[k], label=named(name))
    axes.set_title(
        f"Stated intervals hold the planted effect as often as they say\n"
        f"({len(done)} made histories; grey: where {BAND:.0%} of right intervals lie)"
        if all(row["inside"] == "yes" for row in rows(study))
        else "Some stated intervals hold the planted effect less or more often than they say"
    )
    axes.set_xlabel("stated interval (dotted: the 90 % that answers state)")
    axes.set_ylabel("share that hold it, minus stated")
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.yaxis.set_major_formatter("{x:+.0%}")
    axes.set_ylim(-0.15, 0.15)
    axes.legend(frameon=False, ncols=2, loc="lower left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120, metadata={"Software": None})


def named(quantity: str) -> str:
    """Return what a quantity is, as a reader says it."""
    state, _, when = quantity.partition(", ")
    return f"{state.removeprefix('level_')}, {when}" if when else quantity


def main() -> None:
    """Ask the question, run the design, save what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", default="two_islands/baseline")
    parser.add_argument("--edited", default="two_islands/no_raid")
    parser.add_argument("--replicates", type=int, default=500)
    parser.add_argument("--sweeps", type=int, default=16)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--out", type=Path, default=Path("results/validation"))
    parser.add_argument("--quick", action="store_true", help="Two replicates, to try it out.")
    given = parser.parse_args()
    if given.quick:
        given.replicates, given.sweeps = 2, 4
    under_way = given.out / "under_way"
    under_way.mkdir(parents=True, exist_ok=True)
    replicate = Replicate(given.base, given.edited, given.seed, given.sweeps)
    study = RankStudy(
        QUANTITIES, replicate, replicates=given.replicates, draws=DRAWS, seed=given.seed
    )
    name = "planted_effects_" + given.edited.replace("/", "_")
    of = made_of(given.base)
    what = {"replicate": repr(replicate), "names": list(QUANTITIES), **of}

    def told(job: RankStudy) -> None:
        print(f"{job.done} of {given.replicates}", flush=True)

    run_to_end(study, checkpoint=Checkpoint(under_way / f"{name}.npz", what), callback=told)
    with (given.out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows(study))
    drawn(study, given.out / f"{name}.png")
    for row in rows(study):
        print(*(f"{key} {value}" for key, value in row.items()), sep=", ")


if __name__ == "__main__":
    main()
