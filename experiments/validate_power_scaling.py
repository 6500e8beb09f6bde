"""What of a posterior was told by the data, and what by the prior?

python experiments/validate_power_scaling.py results/fit RID --out docs/validation

Prior and likelihood are raised to the powers 0.99 and 1.01, and the draws of a fit are weighed anew
(power-scaling; further powers leave too few of the draws when many parameters are scaled at once).
What moves with the likelihood and not with the prior was told by the data; what moves with both is
where they disagree; what moves with the prior alone is the prior.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import pandas as pd
from in_pieces import write_rows

from alliance_sim.calibration import power_scaling

BESIDE = ("chain", "draw", "log_likelihood", "log_prior")
POWERS = (0.99, 1.01)


def main() -> None:
    """Ask the question, save what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fit", type=Path, help="Folder of alliance-sim calibrate.")
    parser.add_argument("theory", help="Such as RID.")
    parser.add_argument("--out", type=Path, default=Path("results/validation"))
    given = parser.parse_args()
    draws = pd.read_parquet(given.fit / given.theory / "draws.parquet")
    names = [name for name in draws.columns if name not in BESIDE]
    told = power_scaling(
        names,
        draws[names].to_numpy(),
        draws["log_prior"].to_numpy(),
        draws["log_likelihood"].to_numpy(),
        powers=POWERS,
    )
    rows = [
        {
            "quantity": one.name,
            "prior": f"{one.prior:.3f}",
            "likelihood": f"{one.likelihood:.3f}",
            "pareto_k": f"{one.pareto_k:.2f}",
            "verdict": one.verdict,
        }
        for one in sorted(told, key=lambda one: -one.prior)
    ]
    given.out.mkdir(parents=True, exist_ok=True)
    write_rows(given.out / f"power_scaling_{given.theory}.csv", rows)
    verdicts = Counter(row["verdict"] for row in rows)
    print(f"{len(draws)} draws: " + "; ".join(f"{n} {what}" for what, n in verdicts.most_common()))


if __name__ == "__main__":
    main()
