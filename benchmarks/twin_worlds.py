"""What does a what-if cost, by twin worlds and by fresh pairs of Mesa models?

    python benchmarks/twin_worlds.py                       # two minutes
    python benchmarks/twin_worlds.py --posterior FIT       # draws of a fit of one's own

Draws are those that ship with the package, or those of a fit; where there are none, unknowns near
the middle of the prior, which take as long. Seconds are CPU seconds of this process on one thread,
the least of some rounds, as others may use the machine. A Mesa pair is one run of each scenario
with the same noise.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from alliance_sim import Mesa, Scenario, load_scenario, simulate
from alliance_sim.calibration import PosteriorDraws, shipped_posterior
from alliance_sim.calibration.target import prior_of, target_of
from alliance_sim.counterfactual import Histories, twin_worlds

BASE, EDITED = "japan_nato/baseline", "japan_nato/no_nine_eleven"
DRAWS, TWINS = 300, 2000
JUNCTURES = 8  # of which a Shapley value asks every subset
SUBSETS_DRAWS = 1000


class Costs(NamedTuple):
    """CPU seconds."""

    draws: int
    abduction: float
    first: float
    further: float
    subset: float
    mesa_pair: float


def timed(work: Callable[[], object], rounds: int) -> float:
    """Return the least CPU seconds of some rounds."""
    found = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        found.append(time.process_time() - before)
    return min(found)


def draws_of(base: Scenario, folder: str | None) -> PosteriorDraws:
    """Return draws of a fit, those that ship, or unknowns near the middle of the prior."""
    if folder is not None:
        return PosteriorDraws.load(folder, base)
    shipped = shipped_posterior(base)
    if shipped is not None:
        return shipped
    target = target_of(prior_of(base))
    unknowns = 0.3 * np.random.default_rng(1).standard_normal((DRAWS, target.dimension))
    return PosteriorDraws.made(target, unknowns, seed=1, command="benchmarks/twin_worlds.py")


def measured(folder: str | None, rounds: int) -> Costs:
    """Return what twins and Mesa pairs cost."""
    base, edited = load_scenario(BASE), load_scenario(EDITED)
    posterior = draws_of(base, folder)
    sets = -(-TWINS // len(posterior))
    simulate(base, runs=1, seed=1)  # whatever has to be compiled or loaded is
    twin_worlds(base, edited, posterior)
    before = time.process_time()
    past = Histories.of_posterior(posterior, base, uniforms=sets, seed=1, threads=1)
    abduction = time.process_time() - before
    first = timed(lambda: twin_worlds(base, edited, past), 1)
    further = timed(lambda: twin_worlds(base, edited, past), rounds)
    early = base.without(base.junctures[0].name)  # a subset that runs nearly from the beginning
    asked = ("rung",)
    twin_worlds(base, early, past, states=asked)
    subset = timed(lambda: twin_worlds(base, early, past, states=asked), rounds)

    def pair() -> None:
        for scenario in (base, edited):
            simulate(scenario, runs=1, seed=1, engine=Mesa(workers=1))

    pair()
    twins = len(past)
    share = TWINS / twins
    return Costs(
        len(posterior),
        abduction * share,
        first * share,
        further * share,
        subset * SUBSETS_DRAWS / twins,
        timed(pair, rounds),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posterior", help="folder of a fit, or a file of draws")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    costs = measured(asked.posterior, asked.rounds)
    subsets = 2**JUNCTURES
    rows = [
        ("noise of the record abducted, once for a theory", costs.abduction),
        ("first question: the factual world too", costs.first),
        ("any further question, from a kept state", costs.further),
        ("the same in fresh pairs of Mesa models", TWINS * costs.mesa_pair),
    ]
    print(f"{TWINS:,} twins of {EDITED} ({costs.draws} draws), CPU seconds on one thread\n")
    for words, seconds in rows:
        print(f"{words:52} {seconds:10.3f}")
    print(f"\n{subsets} subsets of {JUNCTURES} junctures, {SUBSETS_DRAWS:,} histories each\n")
    print(f"{'twin worlds':52} {subsets * costs.subset:10.1f}")
    print(f"{'fresh runs of Mesa models':52} {subsets * SUBSETS_DRAWS * costs.mesa_pair / 2:10.1f}")


if __name__ == "__main__":
    main()
