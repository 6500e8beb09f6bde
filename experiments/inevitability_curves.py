"""Were the outcomes of the ten headline questions certain, and from when? All curves in one file.

python experiments/inevitability_curves.py --years results/score_japan_nato_baseline

The folder holds draws of each year, as `alliance-sim score --refit --settings rolling --series all`
keeps them. The file goes to src/alliance_sim/results/curves; --out names another.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from headline import BASELINE, every_headline

from alliance_sim import load_scenario
from alliance_sim.counterfactual import inevitability_curves

HOME = Path(__file__).parents[1] / "src" / "alliance_sim" / "results" / "curves"


def main() -> None:
    """Ask all of them, print a line each, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=Path, required=True, help="folder of draws of each year")
    parser.add_argument("--posterior", default="shipped", help="shipped, or a file or folder")
    parser.add_argument("--uniforms", type=int, default=5, help="runs that go on from each draw")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=HOME / "japan_nato@2.npz", help="the file")
    given = parser.parse_args()
    questions = [
        {
            "edits": one.edits,
            "outcome": one.outcome,
            "start": load_scenario(one.start) if one.start else None,
        }
        for one in every_headline().values()
    ]
    settings = f"--uniforms {given.uniforms} --seed {given.seed}"
    curves = inevitability_curves(
        load_scenario(BASELINE),
        questions,
        years=given.years,
        posterior=given.posterior,
        uniforms=given.uniforms,
        seed=given.seed,
        progress=lambda done, whole: print(f"{done} of {whole} years", flush=True),
        save=given.out,
        command=f"python experiments/inevitability_curves.py --years FOLDER {settings}",
    )
    for curve in curves:
        print(curve.line)


if __name__ == "__main__":
    main()
