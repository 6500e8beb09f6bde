"""Do the samplers find what is known exactly, and is their own error the right size?

python experiments/validate_samplers.py --seeds 40 --out docs/validation

Two problems whose answers are known by algebra, each with every way of sampling and many seeds. For
each quantity the table tells its exact value, the mean over the seeds with its standard error, how
many of these errors they lie apart, and by how much the errors that single runs tell of themselves
differ from the spread between runs. Seeds that are done are kept beside the tables, and the same
command goes on with the rest.
"""

from __future__ import annotations

import argparse
import csv
import math
import time
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calibration import (
    Chains,
    ChainSettings,
    Checkpoint,
    Layout,
    Sequential,
    Tempered,
    TemperedSettings,
    bootstrap_filter,
    diagnose,
    elliptical_slice,
    run_to_end,
)

Floats = NDArray[np.float64]

FORCING, SEEN, MEMORY = (1.0, 0.0, 0.0), (2.0, 1.0, 3.0), 0.5
LOG_TWO_PI = math.log(2 * math.pi)
COLUMNS = ("problem", "way", "quantity", "exact", "found", "error", "apart", "told", "cpu_s")


@dataclass(frozen=True)
class LinearGaussian:
    """x = x / 2 + forcing + w, y = x + v: what was the noise w, given the first observations?"""

    observed: int = 3

    def __call__(self, unknowns: Floats) -> Floats:
        """Return the log likelihood of each column of noise, array (3, chains)."""
        x, total = np.zeros(unknowns.shape[1:]), np.zeros(unknowns.shape[1:])
        for step in range(self.observed):
            x = MEMORY * x + FORCING[step] + unknowns[step]
            total = total - 0.5 * (SEEN[step] - x) ** 2 - 0.5 * LOG_TWO_PI
        return np.asarray(total)


@dataclass(frozen=True)
class Ridge:
    """Five unknowns, two of them almost alike, seen through seven sums with an error of 0.5."""

    design: tuple[tuple[float, ...], ...]
    seen: tuple[float, ...]

    def __call__(self, unknowns: Floats) -> Floats:
        """Return the log likelihood of each column, array (5, chains)."""
        size = math.log(0.5) + 0.5 * LOG_TWO_PI
        total = np.zeros(unknowns.shape[1:])
        for row, seen in zip(self.design, self.seen, strict=True):
            mean = np.zeros(unknowns.shape[1:])
            for weight, unknown in zip(row, unknowns, strict=True):
                mean = mean + weight * unknown
            total = total - 0.5 * ((seen - mean) / 0.5) ** 2 - size
        return np.asarray(total)

    def exact(self) -> dict[str, float]:
        """Return means, variances and log evidence, by algebra."""
        a, y = np.array(self.design), np.array(self.seen)
        covariance = np.linalg.inv(np.eye(5) + a.T @ a / 0.25)
        mean = covariance @ a.T @ y / 0.25
        spread = a @ a.T + 0.25 * np.eye(7)
        _, log_size = np.linalg.slogdet(2 * math.pi * spread)
        evidence = float(-0.5 * log_size - 0.5 * y @ np.linalg.solve(spread, y))
        return named(mean, np.diag(covariance)) | {"log evidence": evidence}


def ridge() -> Ridge:
    """Return the problem with the narrow ridge."""
    rng = np.random.default_rng(5)
    a = rng.normal(size=(7, 5))
    a[:, 1] = a[:, 0] + 0.05 * rng.normal(size=7)
    y = a @ rng.normal(size=5) + 0.5 * rng.normal(size=7)
    return Ridge(tuple(map(tuple, a.tolist())), tuple(y.tolist()))


def named(mean: Floats, variance: Floats) -> dict[str, float]:
    """Return means and variances by name."""
    found = {f"mean {k + 1}": float(value) for k, value in enumerate(mean)}
    return found | {f"variance {k + 1}": float(value) for k, value in enumerate(variance)}


LINEAR_EXACT = named(np.array([0.6, 0.4, 1.2]), np.array([68, 73, 77]) / 145)
LINEAR_EXACT |= {"log evidence": -5.6588881097}


def moments(draws: Floats) -> tuple[dict[str, float], dict[str, float]]:
    """Return means and variances of an array (chain, draw, quantity), and their own errors."""
    told = diagnose(draws)
    squares = diagnose((draws - told.mean) ** 2)
    return named(told.mean, squares.mean), named(told.mcse, squares.mcse)


Found = tuple[dict[str, float], dict[str, float]]


def one_chain(target: Any, dimension: int, seed: int) -> Found:
    """Elliptical slice sampling, one chain."""
    draws = elliptical_slice(lambda z: float(target(z)), dimension, 4_000, seed)
    return moments(draws[None])


def many_chains(target: Any, dimension: int, seed: int) -> Found:
    """64 chains that learn from each other in their warm-up."""
    settings = ChainSettings(chains=64, warm_up=60, draws=60, round=20, keep=0)
    return moments(
        run_to_end(Chains(target, Layout(dimension), seed=seed, settings=settings)).parameters
    )


def particles(target: Any, dimension: int, seed: int) -> Found:
    """Tempered particles."""
    settings = TemperedSettings(particles=512)
    job = run_to_end(Tempered(target, Layout(dimension), seed=seed, settings=settings))
    found, told = moments(job.unknowns.T[None])
    return found | {"log evidence": job.log_evidence}, told | {"log evidence": job.error}


def data_in_turn(_target: Any, dimension: int, seed: int) -> Found:
    """Particles through one observation after the other."""
    targets = [LinearGaussian(n) for n in (1, 2, 3)]
    settings = TemperedSettings(particles=512)
    job = run_to_end(Sequential(targets, Layout(dimension), seed=seed, settings=settings))
    return {"log evidence": float(job.evidence.sum())}, {}


def forward_filter(_target: Any, _dimension: int, seed: int) -> Found:
    """The bootstrap filter, which draws no noise backwards; its evidence is without bias."""
    found = bootstrap_filter(
        lambda x, step, rng: np.asarray(MEMORY * x + FORCING[step] + rng.standard_normal(len(x))),
        lambda x, step: np.asarray(-0.5 * (SEEN[step] - x) ** 2 - 0.5 * LOG_TWO_PI),
        np.zeros(1_000),
        steps=3,
        seed=seed,
    )
    return {"log evidence": float(found.sum())}, {}


PROBLEMS: Mapping[str, tuple[Any, int, dict[str, float]]] = {
    "linear-Gaussian": (LinearGaussian(), 3, LINEAR_EXACT),
    "ridge": (ridge(), 5, ridge().exact()),
}
WAYS = {"one chain": one_chain, "64 chains": many_chains, "particles": particles}
ALSO = {"data in turn": data_in_turn, "bootstrap filter": forward_filter}


class Study:
    """One problem and one way, seed by seed; what is done can be put down and taken up."""

    def __init__(self, problem: str, way: str, seeds: int) -> None:
        """Prepare; nothing is computed yet."""
        self.target, self.dimension, self.exact = PROBLEMS[problem]
        self.way, self.seeds = (WAYS | ALSO)[way], seeds
        self.found: list[dict[str, float]] = []
        self.told: list[dict[str, float]] = []
        self.cpu: list[float] = []

    @property
    def finished(self) -> bool:
        """Whether all seeds are done."""
        return len(self.found) >= self.seeds

    def advance(self, executor: Executor | None = None) -> None:
        """Do the next seed, here."""
        del executor
        before = time.process_time()
        found, told = self.way(self.target, self.dimension, len(self.found) + 1)
        self.found.append(found)
        self.told.append(told)
        self.cpu.append(time.process_time() - before)

    def _names(self) -> list[str]:
        return [name for name in self.exact if not self.found or name in self.found[0]]

    def state(self) -> dict[str, NDArray[Any]]:
        """Return what is done."""
        names = self._names()
        rows = [[f[n] for n in names] for f in self.found]
        told = [[t.get(n, math.nan) for n in names] for t in self.told]
        return {
            "names": np.array(names),
            "found": np.array(rows).reshape(-1, len(names)),
            "told": np.array(told).reshape(-1, len(names)),
            "cpu": np.array(self.cpu),
        }

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take up what was done."""
        names = [str(name) for name in state["names"]]
        self.found = [dict(zip(names, row.tolist(), strict=True)) for row in state["found"]]
        self.told = [dict(zip(names, row.tolist(), strict=True)) for row in state["told"]]
        self.cpu = state["cpu"].tolist()

    def rows(self, problem: str, way: str) -> list[dict[str, str]]:
        """Return the rows of the table."""
        rows = []
        for name in self._names():
            values = np.array([found[name] for found in self.found])
            spread = float(values.std(ddof=1))
            error = spread / math.sqrt(len(values))
            own = float(np.mean([told.get(name, math.nan) for told in self.told]))
            apart = (float(values.mean()) - self.exact[name]) / error
            told = "" if math.isnan(own) else f"{own / spread:.2f}"
            numbers = (f"{self.exact[name]:.5f}", f"{values.mean():.5f}", f"{error:.5f}")
            row = (problem, way, name, *numbers, f"{apart:+.1f}", told, f"{np.mean(self.cpu):.2f}")
            rows.append(dict(zip(COLUMNS, row, strict=True)))
        return rows


def main() -> None:
    """Ask the question, run the design, save what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--out", type=Path, default=Path("results/validation"))
    given = parser.parse_args()
    under_way = given.out / "under_way"
    under_way.mkdir(parents=True, exist_ok=True)
    pairs = [(problem, way) for problem in PROBLEMS for way in WAYS]
    pairs += [("linear-Gaussian", way) for way in ALSO]
    rows, cpu = [], 0.0
    for problem, way in pairs:
        name = f"samplers_{problem}_{way}".replace(" ", "_")
        what = {"problem": problem, "way": way, "seeds": given.seeds}
        checkpoint = Checkpoint(under_way / f"{name}.npz", what)
        study = run_to_end(Study(problem, way, given.seeds), checkpoint=checkpoint)
        rows += study.rows(problem, way)
        cpu += sum(study.cpu)
        print(f"{problem}, {way}: {sum(study.cpu):.0f} CPU s")
    with (given.out / "samplers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    worst = max(rows, key=lambda row: abs(float(row["apart"])))
    print(f"{len(rows)} quantities, {cpu / 3600:.2f} CPU h; worst: {worst}")


if __name__ == "__main__":
    main()
