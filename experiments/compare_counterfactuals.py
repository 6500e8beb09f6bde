"""What follows in the model from each shipped what-if, on the same noise as the described history?

python experiments/compare_counterfactuals.py --runs 100 --seed 1 --out results/counterfactuals
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from alliance_sim import compare, shipped_scenarios
from alliance_sim.report import write_comparison

BASELINE = "japan_nato/baseline"


def main() -> None:
    """Ask the question, run the design, save what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results/counterfactuals"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)  # before anything is simulated
    others = [n for n in shipped_scenarios() if n.startswith("japan_nato/") and n != BASELINE]
    found = compare(
        *others,
        against=BASELINE,
        runs=given.runs,
        seed=given.seed,
        workers=os.cpu_count() or 1,
    )
    command = (
        f"python experiments/compare_counterfactuals.py --runs {given.runs} --seed {given.seed}"
    )
    write_comparison(found, run=found.shown_run, out=given.out, command=command)
    last = found.table[found.table["year"] == found.table["year"].max()]
    print(last.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
