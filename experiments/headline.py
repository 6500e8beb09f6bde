"""One headline question, asked and written: what the ten scripts called `headline_*` share."""

from __future__ import annotations

import argparse
import shlex
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from alliance_sim import Scenario, load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.counterfactual import WhatIf, whatif
from alliance_sim.report import write_whatif

BASELINE = "japan_nato/baseline"
UNIFORMS, RUNS, SEED = 8, 1000, 1


class Headline(NamedTuple):
    """A headline question.

    Attributes:
        outcome: What is looked at.
        start: Name of a shipped what-if, the described history if empty.
        edits: Edits on top of it.
        follow: Junctures that follow what is edited, and respond unless they are kept.
    """

    outcome: str
    start: str = ""
    edits: tuple[str, ...] = ()
    follow: tuple[str, ...] = ()

    @property
    def base(self) -> Scenario:
        """The described history."""
        return load_scenario(BASELINE)

    @property
    def edited(self) -> Scenario:
        """The world that is edited."""
        return load_scenario(self.start or BASELINE).edited(*self.edits)

    def asked(
        self,
        *,
        posterior: PosteriorDraws | str = "shipped",
        uniforms: int = UNIFORMS,
        runs: int = RUNS,
        seed: int = SEED,
    ) -> WhatIf:
        """Return the answer."""
        return whatif(
            self.base,
            self.edits,
            outcome=self.outcome,
            start=load_scenario(self.start) if self.start else None,
            posterior=posterior,
            uniforms=uniforms,
            runs=runs,
            seed=seed,
        )

    def command(self, settings: dict[str, str | int | Path]) -> str:
        """Return the command that asks the same."""
        words = ["alliance-sim", "whatif", self.start or BASELINE, "--outcome", self.outcome]
        for edit in self.edits:
            kind, _, rest = edit.partition(" ")
            words += [f"--{kind}", rest]
        for name, value in settings.items():
            words += [f"--{name}", str(value)]
        return shlex.join(words)


def every_headline() -> dict[str, Headline]:
    """Return the ten questions by the names of their scripts, without "headline_"."""
    scripts = sorted(Path(__file__).parent.glob("headline_*.py"))
    return {path.stem.removeprefix("headline_"): import_module(path.stem).ASKED for path in scripts}


def headline(script: str, question: str, asked: Headline) -> None:
    """Ask a question, print its one-line answer with its label, and write a folder.

    Args:
        script: Path of the script that asks.
        question: What it asks, and how it is run.
        asked: What is edited and looked at.
    """
    name = Path(script).stem
    parser = argparse.ArgumentParser(description=question)
    parser.add_argument("--posterior", default="shipped", help="shipped, or a file or folder")
    parser.add_argument("--uniforms", type=int, default=UNIFORMS, help="re-runs of each draw")
    parser.add_argument("--runs", type=int, default=RUNS, help="pairs with fresh noise")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=Path("results") / name)
    given = parser.parse_args()
    settings = {name: value for name, value in vars(given).items() if name != "out"}
    answer = asked.asked(**settings)
    write_whatif(answer, out=given.out, command=asked.command(vars(given)))
    print(f"{answer.answer} Label: {answer.label.name}.")
