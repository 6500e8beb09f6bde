"""Does the model tell the history that the article describes, and where not?

python experiments/compare_history.py --runs 200 --seed 1 --out results/history
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from alliance_sim import compare_history, load_scenario
from alliance_sim.report import write_history


def main() -> None:
    """Ask the question, run the design, save what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results/history"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)  # before anything is simulated
    found = compare_history(
        load_scenario("japan_nato/baseline"),
        runs=given.runs,
        seed=given.seed,
        workers=os.cpu_count() or 1,
    )
    command = f"python experiments/compare_history.py --runs {given.runs} --seed {given.seed}"
    write_history(found, out=given.out, command=command)
    print(found.verdict())


if __name__ == "__main__":
    main()
