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

from alliance_sim import load_scenario
from alliance_sim.calibration import PosteriorDraws, shipped_posterior, smoothed_weights
from alliance_sim.calibration.pareto import TRUSTED
from alliance_sim.counterfactual.estimates import both_worlds, estimate_of
from alliance_sim.counterfactual.robustness import edited_numbers

POWERS = {"counts_less": 0.8, "counts_more": 1.25}
KEYS = ("effect", "numbers", *POWERS, *(f"k_{name}" for name in POWERS))
SETTINGS: dict[str, int] = {"uniforms": UNIFORMS, "runs": RUNS, "seed": SEED}


def numbers(asked: Headline, posterior: PosteriorDraws) -> list[float]:
    """Return the effect as it is and under each power, with the tails of the weights."""
    answer = asked.asked(uniforms=UNIFORMS, runs=RUNS, seed=SEED)
    own = edited_numbers(answer.question, posterior.names)
    fact, edited = both_worlds(answer.question, answer.worlds)
    effects, tails = [], []
    for power in POWERS.values() if own else ():
        names = [posterior.names[place] for place in own]
        density = np.asarray(posterior.prior.logpdf(posterior.held.parameters, of=names))
        log_weights, k = smoothed_weights((power - 1.0) * density)
        found = estimate_of(
            edited - fact,
            answer.worlds.draws,
            binary=answer.question.binary,
            weights=np.exp(log_weights),
        )
        effects.append(found.value)
        tails.append(k)
    nothing = [np.nan] * (len(POWERS) - len(effects))
    return [answer.effect.value, len(own), *effects, *nothing, *tails, *nothing]


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
