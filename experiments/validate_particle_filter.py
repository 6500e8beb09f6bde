"""Do a particle filter and particles that are tempered find the same likelihood?

python experiments/validate_particle_filter.py --out docs/validation
python experiments/validate_particle_filter.py --scenario japan_nato/baseline --no-evidence

Two ways that share the rules and nothing else. The bootstrap filter goes through the quarters once,
forwards, and its likelihood is without bias; tempered particles move whole histories of noise. At
fixed parameters both integrate slow noise out. The evidence is compared too: tempering over
parameters and noise together, against importance sampling of the parameters, each weighed with the
likelihood that the filter finds. What is done is kept beside the tables; the same command goes on.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from in_pieces import CYCLES, in_pieces, made_of, write_rows
from numpy.typing import NDArray

from alliance_sim import model
from alliance_sim.calibration import Layout, Tempered, TemperedSettings, run_to_end

Floats = NDArray[np.float64]

FREEDOM = 7.0  # degrees of the t distribution that parameters are drawn from
WIDER = 1.2  # times the spread of the posterior
QUICK = {"particles": 64, "thetas": 1, "seeds": 2, "tempered": 64, "weighed": 8}


@lru_cache(maxsize=1)
def target_of(scenario: str, theory: str | None) -> Any:
    """Return the log likelihood of a scenario's record."""
    return model(scenario, theory).target


@dataclass(frozen=True)
class AtParameters:
    """The log likelihood of noise alone, at fixed parameters.

    Attributes:
        target: Of parameters and noise.
        z: The parameters as standard normals.
    """

    target: Any
    z: tuple[float, ...]

    def __call__(self, noise: Floats) -> Floats:
        """Return the log likelihood of each column of noise."""
        fixed = np.repeat(np.array(self.z)[:, None], noise.shape[1], axis=1)
        return np.asarray(self.target(np.vstack([fixed, noise])))


def tempered(target: Any, layout: Layout, given: argparse.Namespace, seed: int) -> Tempered:
    """Return tempered particles at their end."""
    settings = TemperedSettings(particles=given.tempered, cycles=CYCLES[given.quick])
    return run_to_end(Tempered(target, layout, seed=seed, settings=settings))


def filtered(target: Any, z: Floats, particles: int, seed: int) -> float:
    """Return the log likelihood that the filter finds at parameters given as standard normals."""
    theta = target.prior.transform(z)
    return float(target.filtered(theta, particles=particles, seed=seed).log_likelihood)


def mean_of_logs(values: Floats) -> tuple[float, float]:
    """Return the log of the mean of what logs stand for, and its standard error."""
    top = float(values.max())
    weights = np.exp(values - top)
    mean = float(weights.mean())
    error = float(weights.std(ddof=1) / np.sqrt(len(weights)) / mean) if len(weights) > 1 else 0.0
    return top + float(np.log(mean)), error


def at_fixed_parameters(given: argparse.Namespace, places: Floats) -> list[dict[str, str]]:
    """Return a row for each place: both likelihoods, and how far they lie apart."""
    target = target_of(given.scenario, given.theory)
    noise = Layout(0, target.layout.steps, target.layout.channels)

    def piece(number: int) -> list[float]:
        z = places[number]
        found = [filtered(target, z, given.particles, seed) for seed in range(1, given.seeds + 1)]
        job = tempered(AtParameters(target, tuple(z.tolist())), noise, given, number + 1)
        return [*mean_of_logs(np.array(found)), job.log_evidence, job.error]

    what = {"part": "fixed", **asked(given)}
    done = in_pieces(name_of(given, "fixed"), piece, len(places), 4, out=given.out, what=what)
    rows = []
    for number, (forward, error, other, own) in enumerate(done.found.tolist(), start=1):
        told = (f"{forward:.2f}", f"{error:.2f}", f"{other:.2f}", f"{own:.2f}")
        row = (f"likelihood at draw {number}", *told, f"{forward - other:+.2f}")
        rows.append(dict(zip(COLUMNS, row, strict=True)))
    return rows


COLUMNS = ("quantity", "filter", "filter_error", "tempered", "tempered_error", "apart")


def evidence(given: argparse.Namespace, job: Tempered) -> dict[str, str]:
    """Return the row of the evidence."""
    target = target_of(given.scenario, given.theory)
    k = target.layout.parameters
    z = job.unknowns[:k]
    mean, root = z.mean(axis=1), WIDER * np.linalg.cholesky(np.cov(z) + 1e-6 * np.eye(k))
    log_size = float(np.log(np.diag(root)).sum())
    constant = _log_t_constant(k)

    def piece(number: int) -> list[float]:
        rng = np.random.default_rng([given.seed, number])
        plain = rng.standard_normal(k)
        stretch = float(np.sqrt(FREEDOM / rng.chisquare(FREEDOM)))
        standard = stretch * plain
        place = mean + root @ standard
        proposal = (
            constant - log_size - 0.5 * (FREEDOM + k) * np.log1p(standard @ standard / FREEDOM)
        )
        prior = -0.5 * float(place @ place) - 0.5 * k * float(np.log(2.0 * np.pi))
        return [prior - proposal + filtered(target, place, given.particles, number)]

    what = {"part": "evidence", **asked(given)}
    name = name_of(given, "evidence")
    done = in_pieces(name, piece, given.weighed, 1, out=given.out, what=what)
    found, error = mean_of_logs(done.found[:, 0])
    numbers = (f"{found:.2f}", f"{error:.2f}", f"{job.log_evidence:.2f}", f"{job.error:.2f}")
    row = ("log evidence", *numbers, f"{found - job.log_evidence:+.2f}")
    return dict(zip(COLUMNS, row, strict=True))


def _log_t_constant(k: int) -> float:
    from scipy.special import gammaln

    half = 0.5 * (FREEDOM + k)
    return float(gammaln(half) - gammaln(0.5 * FREEDOM) - 0.5 * k * np.log(np.pi * FREEDOM))


def asked(given: argparse.Namespace) -> dict[str, Any]:
    """Return what decides the numbers."""
    settings = {name: value for name, value in vars(given).items() if name != "out"}
    return {**settings, **made_of(given.scenario)}


def name_of(given: argparse.Namespace, part: str) -> str:
    """Return the name of the files of a part."""
    return f"filter_{given.scenario.replace('/', '_')}_{part}"


def main() -> None:
    """Ask the question, run the design, save what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="two_islands/baseline")
    parser.add_argument("--theory", default=None)
    parser.add_argument("--particles", type=int, default=512, help="Of the filter.")
    parser.add_argument("--tempered", type=int, default=512, help="Tempered particles.")
    parser.add_argument("--thetas", type=int, default=5, help="Draws at which both are compared.")
    parser.add_argument("--seeds", type=int, default=8, help="Filters at each of them.")
    parser.add_argument("--weighed", type=int, default=1000, help="Draws for the evidence.")
    parser.add_argument("--no-evidence", action="store_true", help="Fixed parameters only.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results/validation"))
    parser.add_argument("--quick", action="store_true", help="Small numbers, to try it out.")
    given = parser.parse_args()
    if given.quick:
        vars(given).update(QUICK)
    target = target_of(given.scenario, given.theory)
    job = tempered(target, target.layout, given, given.seed)
    chosen = np.linspace(0, job.unknowns.shape[1] - 1, given.thetas).round().astype(int)
    places = np.ascontiguousarray(job.unknowns[: target.layout.parameters, chosen].T)
    rows = at_fixed_parameters(given, places)
    if not given.no_evidence:
        rows.append(evidence(given, job))
    write_rows(given.out / f"filter_{given.scenario.replace('/', '_')}.csv", rows)
    for row in rows:
        print(row)


if __name__ == "__main__":
    main()
