"""The least that would have to be otherwise to turn each outcome of the headline questions.

python experiments/rewrite_headlines.py --out docs/validation

Asks the outcomes of the scripts called `headline_*` one after the other; writes `rewrites.csv`, and
for each outcome the folder of its answer.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from alliance_sim import load_scenario
from alliance_sim.counterfactual import Rewrite, rewrite
from alliance_sim.report import write_rewrite

BASELINE = "japan_nato/baseline"
OFFICE = "passed_tokyo_office>=1@2025"
OUTCOMES = (
    *("rung>=8@2014", "level_equipment>0.5@2024", "level_equipment>0.5@2016"),
    *("level_equipment>0.3@2005", "level_operations>0.5@2012", OFFICE, "rung>=11@2025"),
)
# No juncture decides how a council decides, or how a member leans.
ALSO = {OFFICE: ("council weighted_majority", "member france:offset=0")}
HEAD = ("outcome", "aim", "rewrite", "bits", "of_100", "90_percent_of_draws", "label", "worlds")


def row(answer: Rewrite) -> tuple[object, ...]:
    """Return one line: what was found, or what comes nearest."""
    one = answer.nearest
    state = "found" if answer.found else "nearest"
    edits = "nothing to rewrite" if answer.reached else f"{state}: {'; '.join(one.words)}"
    edits = edits if one.edits or answer.reached else "nothing comes nearer than the fact"
    told = [round(100 * value) for value in one.told]
    worlds = len(answer.searched.tried)
    span = f"{told[1]} to {told[2]}"
    aim = "bring about" if answer.wanted else "avert"
    bits = f"{one.cost.bits:.1f}"
    return (answer.outcome.text, aim, edits, bits, told[0], span, answer.label.name, worlds)


def main() -> None:
    """Ask every outcome and write the table after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posterior", default="shipped", help="shipped, or a file or folder")
    parser.add_argument("--budget", type=int, default=1000, help="worlds to try for each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results") / "rewrites")
    parser.add_argument("--folders", type=Path, default=Path("results"), help="of the answers")
    given = parser.parse_args()
    base = load_scenario(BASELINE)
    rows: list[tuple[object, ...]] = []
    for number, outcome in enumerate(OUTCOMES):
        answer = rewrite(
            base,
            outcome=outcome,
            also=ALSO.get(outcome, ()),
            posterior=given.posterior,
            budget=given.budget,
            seed=given.seed,
        )
        command = f"python experiments/rewrite_headlines.py --seed {given.seed}"
        write_rewrite(answer, out=given.folders / f"rewrite_{number}", command=command)
        print(f"{outcome}: {answer.answer} Label: {answer.label.name}.", flush=True)
        rows.append(row(answer))
        given.out.mkdir(parents=True, exist_ok=True)
        with (given.out / "rewrites.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([HEAD, *rows])


if __name__ == "__main__":
    main()
