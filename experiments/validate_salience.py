"""What if the salience of acts were fitted, too, and not set by hand?

python experiments/validate_salience.py --out docs/validation
python experiments/validate_salience.py --write results/salience  # a scenario file, to be scored

How often an act of a kind is salient was set by hand to shares of the first edition, as if none
had been missed. Here the log-odds of all kinds are moved by a common number that is not known, and
kinds differ as they were judged to, give or take. The synthesis is fitted with and without. Asked
are the evidence, how well years are told that were left out, how likely small acts are to be coded,
how many salient acts free runs hold in each stage, how many claims hold, and what becomes of the
ten headline answers. What is under way is kept; the same command goes on.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

import numpy as np
from headline import BASELINE, RUNS, SEED, UNIFORMS, Headline, every_headline
from in_pieces import fit_options, in_pieces, made_of, tempered_fit, write_rows
from numpy.typing import NDArray
from validate_priors import effects

from alliance_sim import Scenario, compare_history, load_scenario, model
from alliance_sim.calibration import (
    Checkpoint,
    PosteriorDraws,
    effective_parameters,
)
from alliance_sim.counterfactual import whatif

Floats = NDArray[np.float64]

QUICK = {"particles": 64, "until": 1995}
COMMON_SD, APART_SD = 1.0, 0.5  # log-odds: of all kinds together, and of each beside the others
NAMES = ("set by hand", "fitted")
CODED = ("reporting.0.salience_1", "reporting.1.salience_1")  # small acts, in both eras
CHANCES = ("small acts coded, before 2001", "small acts coded, since")
SALIENT = "salience2"
SCENARIOS = Path(__file__).parents[1] / "scenarios"
FREE_RUNS, HELD = 400, (0.8, 0.9)
SCORES = ("log_evidence", "error", "in_sample", "left_out", "used", "years_not_trusted")


def with_salience_fitted(scenario: Scenario) -> Scenario:
    """Return a scenario that believes something of the salience of its kinds of acts.

    The common number lies about the mean of what the scenario states, and each kind about as far
    from it as it states.
    """
    prior = scenario.priors[-1]
    stated = {f"kind.{one.domain}_{one.name}": one.salience.value for one in scenario.kinds}
    middle = float(np.mean(list(stated.values())))
    source = "ours: shares of the first edition, not known to one log-odds together and half apart"
    usual = {"family": "normal", "group": None, "scale": None, "source": source}
    common = {"path": "kind.*.salience", "parameters": (middle, COMMON_SD), "difference": False}
    each = [
        {"path": f"{kind}.salience", "parameters": (own - middle, APART_SD), "difference": True}
        for kind, own in stated.items()
    ]
    believed = (prior.model_copy(update={**usual, **one}) for one in (common, *each))
    return scenario.model_copy(update={"priors": (*scenario.priors, *believed)})


def at_medians(scenario: Scenario, posterior: PosteriorDraws) -> Scenario:
    """Return a scenario whose kinds have the medians of a posterior, if it has any of them.

    Acts of many runs are written down by what the file states.
    """
    for path, value in posterior.medians().items():
        if path.startswith("kind."):
            scenario = scenario.with_number(path, value)
    return scenario


def write_scenario(name: str, folder: Path) -> Path:
    """Write a scenario of the repository with these priors, and its series; return its file."""
    own = SCENARIOS / f"{name}.toml"
    scenario = load_scenario(name)
    folder.mkdir(parents=True, exist_ok=True)
    for table in own.parent.glob("*.csv"):
        shutil.copy(table, folder)
    tables = [own.read_text(encoding="utf-8")]
    for one in with_salience_fitted(scenario).priors[len(scenario.priors) :]:
        lines = {
            "path": one.path,
            "family": one.family,
            "parameters": list(one.parameters),
            "difference": one.difference,
            "source": one.source,
        }
        told = [f"{key} = {json.dumps(value)}" for key, value in lines.items()]
        tables.append("\n".join(["[[prior]]", *told, ""]))
    path = folder / "salience_fitted.toml"
    path.write_text("\n".join(tables), encoding="utf-8")
    return path


class Fits:
    """The synthesis with and without, and what is told of each."""

    def __init__(self, given: argparse.Namespace) -> None:
        """Take what is asked for."""
        self.given = given
        self.what = {key: str(value) for key, value in vars(given).items() if key != "out"}
        self.what |= made_of(given.scenario)
        on_baseline = not given.quick and given.scenario == BASELINE
        self.questions = every_headline() if on_baseline else {}
        self.stages = [one.name for one in load_scenario(given.scenario).periods]

    def scenario(self, number: int, name: str) -> Scenario:
        """Return a scenario as it is (0), or with salience to be fitted (1)."""
        found = load_scenario(name)
        return with_salience_fitted(found) if number else found

    def fit(self, number: int) -> tuple[list[float], PosteriorDraws]:
        """Return log evidence and its error, and the draws."""
        given = self.given
        kept: Path = given.out / "under_way" / f"salience_{number}.npz"
        place = Checkpoint(kept, {**self.what, "fit": NAMES[number]})
        target = model(self.scenario(number, given.scenario), "RID", until=given.until).target
        job = tempered_fit(target, target.layout, given, place, NAMES[number])
        command = f"python experiments/validate_salience.py --seed {given.seed}"
        draws = PosteriorDraws.made(target, job.unknowns.T.copy(), seed=given.seed, command=command)
        return [job.log_evidence, job.error], draws

    def free_runs(self, number: int, posterior: PosteriorDraws) -> list[float]:
        """Return salient acts of each stage, coded and expected, and how many claims hold."""
        scenario = at_medians(self.scenario(number, self.given.scenario), posterior)
        found = compare_history(scenario, runs=FREE_RUNS, seed=SEED, posterior=posterior)
        if found.counts is None or found.claims is None:
            raise SystemExit(f"{scenario.name} has no record with claims")
        salient = found.counts[found.counts["series"] == SALIENT]
        acts = salient.groupby("period", sort=False)[["observed", "mean"]].sum()
        borne_out = found.claims[found.claims["record"] == "supported"]["share"]
        held = [float((borne_out >= share).sum()) for share in HELD]
        return [*acts.to_numpy(dtype=float).ravel(), *held]

    def effect(self, number: int, asked: Headline, posterior: PosteriorDraws) -> float:
        """Return the effect that a headline question asks for."""
        answer = whatif(
            self.scenario(number, BASELINE),
            asked.edits,
            outcome=asked.outcome,
            start=self.scenario(number, asked.start) if asked.start else None,
            posterior=posterior,
            uniforms=UNIFORMS,
            runs=RUNS,
            seed=SEED,
        )
        return float(effects(asked, answer).mean())

    def numbers(self, number: int) -> list[float]:
        """Return evidence, scores, chances of being coded, free runs and effects of one fit."""
        evidence, posterior = self.fit(number)
        score = effective_parameters(posterior)
        scores = [score.in_sample, score.left_out, score.number, float(score.not_trusted)]
        drawn = posterior.coded()
        coded = [float(np.median(drawn[name])) if name in drawn else np.nan for name in CODED]
        free = self.free_runs(number, posterior)
        shown = [self.effect(number, asked, posterior) for asked in self.questions.values()]
        return [*evidence, *scores, *coded, *free, *shown]

    @property
    def width(self) -> int:
        """How many numbers each fit gives."""
        return len(SCORES) + len(CODED) + 2 * len(self.stages) + len(HELD) + len(self.questions)

    def write(self, found: Floats) -> None:
        """Write the tables, of fits and, if they were asked, of the headline answers."""
        out: Path = self.given.out
        parts = np.split(
            found,
            np.cumsum([len(SCORES), len(CODED), 2 * len(self.stages), len(HELD)]),
            axis=1,
        )
        columns = []
        for scores, coded, acts, held, _ in zip(*parts, strict=True):
            column = dict(zip(SCORES, _told(scores), strict=True))
            column |= {"years_not_trusted": f"{scores[-1]:.0f}"}
            column |= dict(zip(CHANCES, map(_share, coded), strict=True))
            for stage, (seen, mean) in zip(self.stages, acts.reshape(-1, 2), strict=True):
                column[f"salient acts, {stage}"] = f"{mean:.1f} ({seen:.0f} coded)"
            column |= {
                f"claims in {100 * share:.0f} % of runs": f"{count:.0f}"
                for share, count in zip(HELD, held, strict=True)
            }
            columns.append(column)
        write_rows(
            out / "salience.csv",
            [
                {"salience": row.replace("_", " ")}
                | {name: one[row] for name, one in zip(NAMES, columns, strict=True)}
                for row in columns[0]
            ],
        )
        if self.questions:
            write_rows(
                out / "salience_headlines.csv",
                [
                    {"question": question}
                    | {name: f"{parts[-1][k, at]:+.3f}" for k, name in enumerate(NAMES)}
                    for at, question in enumerate(self.questions)
                ],
            )


def _told(values: Floats) -> list[str]:
    return [f"{value:.1f}" for value in values]


def _share(value: float) -> str:
    return f"{value:.2f}"


def main() -> None:
    """Ask the question, fit both, write what came out; or write the scenario alone."""
    if len(sys.argv) == 3 and sys.argv[1] == "--write":
        print(f"alliance-sim score {write_scenario(BASELINE, Path(sys.argv[2]))} --refit")
        return
    fits = Fits(fit_options(__doc__, QUICK, particles=256))
    given = fits.given
    done = in_pieces(
        "salience", fits.numbers, len(NAMES), fits.width, out=given.out, what=fits.what
    )
    fits.write(done.found)


if __name__ == "__main__":
    main()
