"""What becomes of the ten headline answers if the prior of what is edited counts less, or more?

python experiments/validate_priors.py --out docs/validation

The density of the numbers that belong to what is edited, such as the size of a juncture's effect,
is raised to the powers 0.8 and 1.25, given all other numbers, and the shipped draws are weighed
anew (power-scaling: Kallioinen and others 2024). A normal prior is wider by an eighth then, or
narrower. Weights whose tail is too heavy (k above 0.7) tell nothing, and nothing is told. What is
done is kept; the same command goes on.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
from headline import BASELINE, RUNS, SEED, UNIFORMS, Headline, every_headline
from in_pieces import in_pieces, write_rows
from numpy.typing import NDArray
from validate_headlines import at_end_of, outcome_of

from alliance_sim import load_scenario
from alliance_sim.calibration import PosteriorDraws, shipped_posterior, smoothed_weights
from alliance_sim.counterfactual import WhatIf

Floats = NDArray[np.float64]

POWERS = {"counts_less": 0.8, "counts_more": 1.25}
KEYS = ("effect", "numbers", *POWERS, *(f"k_{name}" for name in POWERS))
TRUSTED = 0.7  # k up to which weights are to be trusted
SETTINGS: dict[str, int] = {"uniforms": UNIFORMS, "runs": RUNS, "seed": SEED}


def effects(asked: Headline, answer: WhatIf) -> Floats:
    """Return edited minus factual of a yes or no, averaged over the re-runs of each draw."""
    state, least, year = outcome_of(asked.outcome)
    compare = np.greater_equal if ">=" in asked.outcome else np.greater
    worlds = answer.worlds
    fact, edited = (
        compare(at_end_of(year, runs, state), least).astype(float)
        for runs in (worlds.factual, worlds.edited)
    )
    return worlds.by_draw(edited - fact)


def of_what_is_edited(answer: WhatIf, posterior: PosteriorDraws) -> list[str]:
    """Return the numbers that belong to the junctures and leaders that are edited."""
    places = {".".join(change.path.split(".")[:2]) for change in answer.question.changes}
    return [name for name in posterior.names if ".".join(name.split(".")[:2]) in places]


def numbers(asked: Headline, posterior: PosteriorDraws) -> list[float]:
    """Return the effect as it is and under each power, with the tails of the weights."""
    answer = asked.asked(uniforms=UNIFORMS, runs=RUNS, seed=SEED)
    names = of_what_is_edited(answer, posterior)
    by_draw = effects(asked, answer)
    found, tails = [], []
    for power in POWERS.values() if names else ():
        density = np.asarray(posterior.prior.logpdf(posterior.held.parameters, of=names))
        log_weights, k = smoothed_weights((power - 1.0) * density)
        found.append(float(np.average(by_draw, weights=np.exp(log_weights))))
        tails.append(k)
    nothing = [np.nan] * (len(POWERS) - len(found))
    return [float(by_draw.mean()), len(names), *found, *nothing, *tails, *nothing]


def piece(questions: Mapping[str, Headline], posterior: PosteriorDraws, number: int) -> list[float]:
    """Return the numbers of the question with a number."""
    return numbers(list(questions.values())[number], posterior)


def main() -> None:
    """Ask all questions and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("results") / "headlines")
    given = parser.parse_args()
    questions, posterior = every_headline(), shipped_posterior(load_scenario(BASELINE))
    if posterior is None:
        raise SystemExit("no draws of the usual scenario ship")
    asked = [list(one) for one in questions.values()]
    done = in_pieces(
        "headline_priors",
        partial(piece, questions, posterior),
        len(questions),
        len(KEYS),
        out=given.out,
        what={"questions": asked, "draws": posterior.held.digest(), **SETTINGS, **POWERS},
    )
    rows = []
    for name, found in zip(questions, done.found, strict=True):
        told = dict(zip(KEYS, found, strict=True))
        row = {
            "question": name,
            "numbers": f"{told['numbers']:.0f}",
            "effect": _shown(told["effect"]),
        }
        for power in POWERS:
            k = told[f"k_{power}"]
            row[power] = _shown(told[power]) if k <= TRUSTED else ""
            row[f"k_{power}"] = "" if np.isnan(k) else f"{k:.2f}"
        rows.append(row)
    write_rows(given.out / "headline_priors.csv", rows)


def _shown(value: float) -> str:
    """Return a difference, with its sign."""
    return "" if np.isnan(value) else f"{value:+.3f}"


if __name__ == "__main__":
    main()
