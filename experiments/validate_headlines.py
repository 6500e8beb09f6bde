"""What do the ten headline questions come to, and what is won by keeping the history that happened?

python experiments/validate_headlines.py --out docs/validation

Each is answered given the history and with fresh noise, beside the variance of the difference: of
twins, of pairs of fresh runs on the same noise, and of fresh runs that are not paired. With
--figures, the ten folders are written as well. What is done is kept; the same command goes on.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
from headline import RUNS, SEED, UNIFORMS, Headline, every_headline
from in_pieces import in_pieces, write_rows
from numpy.typing import NDArray

from alliance_sim import Ensemble, compare
from alliance_sim.report import write_whatif

Floats = NDArray[np.float64]

LABELS = ("robust", "theory-dependent", "fragile", "silent")
SETTINGS: dict[str, int] = {"uniforms": UNIFORMS, "runs": RUNS, "seed": SEED}
NUMBERS = (
    *("fact", "edited", "effect", "effect_low", "effect_high"),
    *("needed_given_history", "needed_fresh", "needed_lowest", "needed_highest"),
    *("fresh_fact", "fresh_edited"),
    *("variance_twins", "variance_fresh_pairs", "variance_fresh_unpaired"),
    *("yes_no_twins", "yes_no_fresh_pairs", "yes_no_fresh_unpaired"),
    "label",
)
ANSWER = ("fact", "edited", "effect", "effect_low", "effect_high")
NOTHING = 5e-5  # below which a number is told as 0
WORTH = tuple(key for key in NUMBERS if key.startswith(("needed", "variance", "yes_no")))


def outcome_of(text: str) -> tuple[str, float, int]:
    """Return state, threshold and year of an outcome such as "rung>=8@2014"."""
    found = re.fullmatch(r"(\w+)>=?([0-9.]+)@(\d{4})", text)
    if found is None:
        raise ValueError(text)
    return found[1], float(found[2]), int(found[3])


def at_end_of(year: int, runs: Ensemble, state: str) -> Floats:
    """Return a state at the end of a year, array (run,)."""
    return np.asarray(runs.column(state)[:, list(runs.calendar.labels).index(f"{year}Q4")])


def variances(fact: Floats, edited: Floats) -> tuple[float, float]:
    """Return the variance of the difference of pairs, and of runs that are not paired."""
    return float(np.var(edited - fact)), float(np.var(edited) + np.var(fact))


def numbers(asked: Headline, name: str, figures: Path | None) -> list[float]:
    """Return the numbers of one question; write its folder where one is wanted."""
    answer = asked.asked(uniforms=UNIFORMS, runs=RUNS, seed=SEED)
    if figures is not None:
        command = asked.command({**SETTINGS, "out": figures / name})
        write_whatif(answer, out=figures / name, command=command)
    fresh = compare(asked.edited, against=asked.base, runs=RUNS, seed=SEED)
    (runs,) = fresh.edited_runs.values()
    state, least, year = outcome_of(asked.outcome)
    strict = ">=" not in asked.outcome
    worlds = answer.worlds
    given, free = (
        tuple(at_end_of(year, one, state) for one in pair)
        for pair in ((worlds.factual, worlds.edited), (fresh.factual_runs, runs))
    )

    def happens(values: Floats) -> Floats:
        return (values > least if strict else values >= least).astype(float)

    twins, _ = variances(*given)
    pairs, apart = variances(*free)
    yes_twins, _ = variances(happens(given[0]), happens(given[1]))
    yes_pairs, yes_apart = variances(happens(free[0]), happens(free[1]))
    ensemble = answer.ensemble
    if ensemble is None:
        raise ValueError(asked.outcome)
    found = [
        *(answer.fact.value, answer.edited.value, *answer.effect),
        *(answer.given_history, ensemble.necessity, *ensemble.bounds["PN"]),
        *(happens(free[0]).mean(), happens(free[1]).mean()),
        *(twins, pairs, apart, yes_twins, yes_pairs, yes_apart),
        LABELS.index(answer.label.name),
    ]
    return [np.nan if one is None else float(one) for one in found]


def piece(questions: Mapping[str, Headline], figures: Path | None, number: int) -> list[float]:
    """Return the numbers of the question with a number."""
    name = list(questions)[number]
    return numbers(questions[name], name, figures)


def main() -> None:
    """Ask all questions and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", type=Path, help="write the ten folders here as well")
    parser.add_argument("--out", type=Path, default=Path("results") / "headlines")
    given = parser.parse_args()
    questions = every_headline()
    done = in_pieces(
        "headlines",
        partial(piece, questions, given.figures),
        len(questions),
        len(NUMBERS),
        out=given.out,
        what={"questions": [list(one) for one in questions.values()], **SETTINGS},
    )
    answers, worth = [], []
    for (name, asked), found in zip(questions.items(), done.found, strict=True):
        told = dict(zip(NUMBERS, found, strict=True))
        label = LABELS[int(told["label"])]
        shown = {key: _shown(told[key]) for key in ANSWER}
        answers.append({"question": name, "outcome": asked.outcome, **shown, "label": label})
        shown = {key: _shown(told[key]) for key in WORTH}
        gain = told["variance_fresh_unpaired"] / told["variance_twins"]
        worth.append({"question": name, **shown, "times_fewer_runs": f"{gain:.3g}"})
    write_rows(given.out / "headlines.csv", answers)
    write_rows(given.out / "headlines_variance.csv", worth)


def _shown(value: float) -> str:
    if abs(value) < NOTHING:
        return "0"
    return "" if np.isnan(value) else f"{value:.2g}" if abs(value) < 0.1 else f"{value:.2f}"


if __name__ == "__main__":
    main()
