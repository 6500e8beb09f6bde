"""What if something else had been believed before the fit?

python experiments/validate_other_priors.py --out docs/validation

The synthesis is fitted again under three other priors: all that are normal on some scale 1.4 times
as wide, or as narrow; and a regularised horseshoe on what each mechanism of a theory pulls, which
lets few of them count (Piironen and Vehtari 2017). Asked are the evidence, how well years are told
that were left out, what becomes of the pulls and of the ten headline answers. What is under way is
kept; the same command goes on.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from headline import RUNS, SEED, UNIFORMS, every_headline
from in_pieces import fit_options, in_pieces, made_of, tempered_fit, write_rows
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from validate_priors import effects

from alliance_sim import Model, Scenario, load_scenario, model
from alliance_sim.calibration import (
    Checkpoint,
    Layout,
    PosteriorDraws,
    Prior,
    effective_parameters,
)

Floats = NDArray[np.float64]

QUICK = {"particles": 64, "until": 1995}
NORMALS = ("normal", "half_normal", "lognormal", "logit_normal")  # their last parameter is a width
WIDTH = float(np.sqrt(2.0))
PULLS = "willingness."
NO_PULLS = ("floor_", "slow_", "trend")  # numbers of willingness that are no mechanism's pull
PULLS_EXPECTED, ACTS, LOG_ODDS_SD, SLAB = 4, 220, 2.0, 2.0
QUANTILES = (0.05, 0.5, 0.95)
SCORES = {
    **dict.fromkeys(("log_evidence", "error", "in_sample", "left_out", "used"), "{:.1f}"),
    "years_not_trusted": "{:.0f}",
}


class Plain(NamedTuple):
    """Another prior of the same numbers; None stands for the scenario's own."""

    prior: Prior | None = None

    @property
    def further(self) -> int:
        """Unknowns beside those of the scenario."""
        return 0

    def usual(self, z: Floats, asked: Model) -> Floats:
        """Return the normals (k, lane) of the scenario's own prior that stand for the same."""
        if self.prior is None:
            return z
        return np.asarray(asked.prior.inverse_transform(self.prior.transform(z.T))).T


class Horseshoe(NamedTuple):
    """A regularised horseshoe on the pulls, all other priors as they are.

    A pull is a unit normal, or its size, times a scale of all and one of its own, both half-Cauchy;
    own scales are cut softly at the slab. Further unknowns are those scales, all and then own.
    """

    pulls: tuple[int, ...]
    half: tuple[bool, ...]

    @property
    def further(self) -> int:
        """Unknowns beside those of the scenario."""
        return 1 + len(self.pulls)

    def usual(self, z: Floats, asked: Model) -> Floats:
        """Return the normals (k, lane) of the scenario's own prior that stand for the same."""
        scales = np.tan(0.5 * np.pi * ndtr(z[: self.further]))
        wide = scales[0] * global_scale(len(self.pulls)) * scales[1:]
        wide = SLAB * wide / np.hypot(SLAB, wide)
        mine, rows = z[self.further :], list(self.pulls)
        size = -ndtri(0.5 * ndtr(-mine[rows]))  # half-normal, as likely as z to be exceeded
        theta = np.asarray(asked.prior.transform(mine.T)).T
        theta[rows] = np.where(np.array(self.half)[:, None], size, mine[rows]) * wide
        return np.asarray(asked.prior.inverse_transform(theta.T)).T


def global_scale(pulls: int) -> float:
    """Return the scale of all pulls together under which four of them count, or half of few."""
    count = min(float(PULLS_EXPECTED), 0.5 * pulls)
    return count / (pulls - count) * LOG_ODDS_SD / float(np.sqrt(ACTS))


class Seen:
    """The log likelihood of a record under another prior, for any sampler; it can be pickled."""

    def __init__(self, asked: Model, believed: Plain | Horseshoe) -> None:
        """Take the model with its own prior, and the other one."""
        self._asked, self._believed = asked, believed
        k = believed.further + len(asked.names)
        layout = asked.target.layout
        self._k, self.layout = k, Layout(k, layout.steps, layout.channels)

    def usual(self, unknowns: Floats) -> Floats:
        """Return the unknowns (dimension, lane) of the model's own target for the same."""
        theirs = self._believed.usual(unknowns[: self._k], self._asked)
        return np.ascontiguousarray(np.concatenate([theirs, unknowns[self._k :]]))

    def __call__(self, unknowns: Floats) -> Floats:
        """Return the log likelihood of each column; -inf beyond what the scenario allows."""
        usual = self.usual(unknowns)
        good = np.isfinite(usual).all(axis=0)
        found = self._asked.target(np.where(good, usual, 0.0))
        return np.where(good, found, -np.inf)


def widened(scenario: Scenario, factor: float) -> Scenario:
    """Return a scenario whose normal priors, and whose spreads, are so many times as wide."""

    def wider(one: Any) -> Any:
        if one.family not in NORMALS:
            return one
        *others, width = one.parameters
        return one.model_copy(update={"parameters": (*others, factor * width)})

    update = {
        "priors": tuple(wider(one) for one in scenario.priors),
        "spreads": tuple(wider(one) for one in scenario.spreads),
    }
    return scenario.model_copy(update=update)


def pulls_of(asked: Model) -> list[int]:
    """Return which parameters are what a mechanism of a theory pulls."""
    names = [name.removeprefix(PULLS) if name.startswith(PULLS) else "" for name in asked.names]
    return [k for k, name in enumerate(names) if name and not name.startswith(NO_PULLS)]


def beliefs(asked: Model) -> dict[str, Plain | Horseshoe]:
    """Return the priors that are asked about, by what they are called in the tables."""
    scenario, theory, pulls = asked.scenario, asked.theory, pulls_of(asked)
    families = {one.path: one.family for one in scenario.priors}
    half = tuple(families[asked.names[k]] == "half_normal" for k in pulls)
    return {
        "as it is": Plain(),
        "wider": Plain(model(widened(scenario, WIDTH), theory).prior),
        "narrower": Plain(model(widened(scenario, 1.0 / WIDTH), theory).prior),
        "horseshoe": Horseshoe(tuple(pulls), half),
    }


class Fits:
    """The synthesis under each prior: its draws, and what is told of them."""

    def __init__(self, given: argparse.Namespace) -> None:
        """Take what is asked for."""
        self.given = given
        self.asked = model(load_scenario(given.scenario), "RID", until=given.until)
        self.believed = beliefs(self.asked)
        self.what = {key: str(value) for key, value in vars(given).items() if key != "out"}
        self.what |= made_of(given.scenario)
        self.questions = {} if given.quick else every_headline()

    def kept(self, name: str) -> Path:
        """Return where the draws under a prior are kept while others are under way."""
        out: Path = self.given.out
        return out / "under_way" / f"other_priors_{name.replace(' ', '_')}.draws.npz"

    def fit(self, name: str) -> list[float]:
        """Return log evidence, its error and the scale of all pulls, and keep the draws.

        The scale is told by its quantiles, in medians of its prior; NaN where there is none.
        """
        given, seen = self.given, Seen(self.asked, self.believed[name])
        place = Checkpoint(self.kept(name).with_suffix(".fit.npz"), {**self.what, "prior": name})
        job = tempered_fit(seen, seen.layout, given, place, name)
        command = f"python experiments/validate_other_priors.py --seed {given.seed}"
        PosteriorDraws.made(
            self.asked.target, seen.usual(job.unknowns).T, seed=given.seed, command=command
        ).save(self.kept(name))
        common = np.tan(0.5 * np.pi * ndtr(job.unknowns[0]))
        there = self.believed[name].further > 0
        scale = np.quantile(common, QUANTILES) if there else np.full(len(QUANTILES), np.nan)
        return [job.log_evidence, job.error, *scale]

    def numbers(self, number: int) -> list[float]:
        """Return evidence, its error, scores, quantiles of the pulls, and effects, of one prior."""
        found = self.fit(list(self.believed)[number])
        posterior = PosteriorDraws.load(
            self.kept(list(self.believed)[number]), load_scenario(self.given.scenario)
        )
        score = effective_parameters(posterior)
        pulls = posterior.held.parameters[:, pulls_of(self.asked)]
        quantiles = np.quantile(pulls, QUANTILES, axis=0)
        answers = [
            asked.asked(posterior=posterior, uniforms=UNIFORMS, runs=RUNS, seed=SEED)
            for asked in self.questions.values()
        ]
        shown = [
            float(effects(asked, answer).mean())
            for asked, answer in zip(self.questions.values(), answers, strict=True)
        ]
        scores = [score.in_sample, score.left_out, score.number, float(score.not_trusted)]
        return [*found[:2], *scores, *found[2:], *quantiles.ravel(), *shown]

    def write(self, found: Floats) -> None:
        """Write the three tables, of fits, of pulls and of the headline answers."""
        out, names, rows = self.given.out, list(self.believed), np.asarray(found)
        at = len(SCORES)
        scales = rows[:, at : at + len(QUANTILES)]
        pulls = [self.asked.names[k] for k in pulls_of(self.asked)]
        write_rows(
            out / "other_priors.csv",
            [
                {"prior": name}
                | {
                    key: form.format(value)
                    for (key, form), value in zip(SCORES.items(), row[: len(SCORES)], strict=True)
                }
                | {"common_scale": "" if np.isnan(scale).any() else _told(scale, "{:.0f}")}
                for name, row, scale in zip(names, rows, scales, strict=True)
            ],
        )
        at += len(QUANTILES)
        quantiles = rows[:, at : at + len(QUANTILES) * len(pulls)].reshape(
            len(rows), -1, len(pulls)
        )
        write_rows(
            out / "other_priors_pulls.csv",
            [
                {"pull": pull.removeprefix(PULLS)}
                | {name: _told(quantiles[k, :, place], "{:.2f}") for k, name in enumerate(names)}
                for place, pull in enumerate(pulls)
            ],
        )
        shown = rows[:, rows.shape[1] - len(self.questions) :]
        if self.questions:
            write_rows(
                out / "other_priors_headlines.csv",
                [
                    {"question": question}
                    | {name: f"{shown[k, place]:+.3f}" for k, name in enumerate(names)}
                    for place, question in enumerate(self.questions)
                ],
            )


def _told(quantiles: Floats, number: str) -> str:
    """Return the median and the middle 90 %."""
    low, middle, high = (number.format(one).replace("-", "−") for one in quantiles)
    return f"{middle} ({low} to {high})"


def main() -> None:
    """Ask the question, fit under each prior, write what came out."""
    given = fit_options(__doc__, QUICK, particles=256)
    fits = Fits(given)
    pulls = len(pulls_of(fits.asked))
    width = len(SCORES) + len(QUANTILES) * (1 + pulls) + len(fits.questions)
    done = in_pieces(
        "other_priors", fits.numbers, len(fits.believed), width, out=given.out, what=fits.what
    )
    fits.write(done.found)


if __name__ == "__main__":
    main()
