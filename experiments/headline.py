"""One headline question, asked and written: what the ten scripts called `headline_*` share."""

from __future__ import annotations

import argparse
from pathlib import Path

from alliance_sim import load_scenario
from alliance_sim.counterfactual import whatif
from alliance_sim.report import write_whatif

BASELINE = "japan_nato/baseline"


def headline(
    script: str, question: str, *, outcome: str, start: str = "", edits: tuple[str, ...] = ()
) -> None:
    """Ask a question, print its one-line answer with its label, and write a folder.

    Args:
        script: Path of the script that asks.
        question: What it asks, and how it is run.
        outcome: What is looked at.
        start: Name of a shipped what-if.
        edits: Edits on top of it, or of the described history.
    """
    name = Path(script).stem
    parser = argparse.ArgumentParser(description=question)
    parser.add_argument("--posterior", default="shipped", help="shipped, or a file or folder")
    parser.add_argument("--uniforms", type=int, default=7, help="re-runs of each draw")
    parser.add_argument("--runs", type=int, default=1000, help="pairs with fresh noise")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results") / name)
    given = parser.parse_args()
    answer = whatif(
        load_scenario(BASELINE),
        edits,
        outcome=outcome,
        start=load_scenario(start) if start else None,
        posterior=given.posterior,
        uniforms=given.uniforms,
        runs=given.runs,
        seed=given.seed,
    )
    settings = f"--uniforms {given.uniforms} --runs {given.runs} --seed {given.seed}"
    command = f"python experiments/{name}.py --posterior {given.posterior} {settings}"
    write_whatif(answer, out=given.out, command=command)
    print(f"{answer.answer} Label: {answer.label.name}.")
