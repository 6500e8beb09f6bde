"""Do the other fields of acts tell anything of one?

python experiments/validate_fields.py --out docs/validation

The synthesis is fitted to formal steps, agreements, laws and the counts of some fields: of all, of
all but one, of one alone, of none. How likely the counts of a field are, given those of the others,
is a difference of two evidences; so is how likely they are alone. What the first gains is what the
model carries over from field to field. Beside it stands the average of the others without any
model: a rate that goes with it, of unknown height and steepness. Marks of acts stay out of all
fits. What is under way is kept; the same command goes on.
"""

from __future__ import annotations

import argparse

import numpy as np
from in_pieces import fit_options, in_pieces, made_of, tempered_fit, write_rows
from numpy.typing import NDArray
from scipy.special import logsumexp
from scipy.stats import nbinom

from alliance_sim import Model, load_scenario, model
from alliance_sim.calibration import Checkpoint

Floats = NDArray[np.float64]

FIELDS = ("political", "operations", "equipment", "institution")
EVERY = tuple(range(len(FIELDS)))
PARTS = ("ladder", "agreements", "laws")  # of the likelihood, beside the counts
QUICK = {"particles": 64, "until": 1990}
YEARS, LEAST, DRAWS = 5, 0.05, 20_000  # of the average of other fields
FITTED = (
    EVERY,
    *(tuple(k for k in EVERY if k != one) for one in EVERY),
    *((one,) for one in EVERY),
    (),
)  # fields that are counted in each fit


class Fields:
    """The log likelihood of a record of which only some fields are counted; it can be pickled."""

    def __init__(self, asked: Model, kept: tuple[int, ...]) -> None:
        """Take the model, and which fields are counted."""
        self._asked, self._kept = asked, list(kept)

    def __call__(self, unknowns: Floats) -> Floats:
        """Return the log likelihood of each column."""
        target = self._asked.target
        theta, normals = target.parted(unknowns)
        parts = target.of_parts(theta, normals)
        constants, own, observation = target.room.given(theta)
        terms, _ = target.room.conditioned.counts_terms(
            constants, own, normals, observation=observation
        )
        found = terms[:, self._kept].sum(axis=(0, 1))
        for name in PARTS:
            found = found + parts[name]
        return np.where(np.isnan(found), -np.inf, found)


def of_the_others(counts: NDArray[np.int64], field: int, steps_per_year: int, seed: int) -> float:
    """Return how likely a field is by the average of the others: all that these alone tell.

    The log rate is a line in the log of the other fields' acts a quarter, averaged over the years
    around. Height and size are as little known as those of the project's baselines.

    Args:
        counts: Array (quarter, field).
        field: Which is told.
        steps_per_year: Quarters.
        seed: Of the numbers that are drawn.

    Returns:
        The log chance of all its counts together, averaged over the numbers.
    """
    others = np.delete(counts, field, axis=1).mean(axis=1)
    window = np.ones(YEARS * steps_per_year)
    there = np.convolve(np.ones(len(others)), window, "same")
    average = np.convolve(others, window, "same") / there
    rng = np.random.default_rng([seed, field])
    height, slope = rng.normal(-1.0, 2.0, (DRAWS, 1)), rng.normal(1.0, 0.5, (DRAWS, 1))
    size = np.exp(rng.normal(np.log(4.0), 0.7, (DRAWS, 1)))
    mean = np.exp(height + slope * np.log(average + LEAST))
    told = nbinom.logpmf(counts[:, field], size, size / (size + mean)).sum(axis=1)
    return float(logsumexp(told) - np.log(DRAWS))


class Fits:
    """Fits to the counts of some fields."""

    def __init__(self, given: argparse.Namespace) -> None:
        """Take what is asked for."""
        self.given = given
        self.asked = model(load_scenario(given.scenario), "RID", until=given.until)
        self.what = {key: str(value) for key, value in vars(given).items() if key != "out"}
        self.what |= made_of(given.scenario)

    def evidence(self, number: int) -> list[float]:
        """Return log evidence and its error of one fit."""
        given, kept, target = self.given, FITTED[number], self.asked.target
        told = ", ".join(FIELDS[k] for k in kept) or "no counts"
        name = f"fields_{''.join(map(str, kept)) or 'none'}.npz"
        place = Checkpoint(given.out / "under_way" / name, {**self.what, "counted": told})
        job = tempered_fit(Fields(self.asked, kept), target.layout, given, place, told)
        place.path.unlink()
        return [job.log_evidence, job.error]


def rows_of(
    found: Floats, counts: NDArray[np.int64], averages: list[float]
) -> list[dict[str, str]]:
    """Return what is written of each field.

    Args:
        found: Log evidence and its error of each of `FITTED`, array (fit, 2).
        counts: Array (quarter, field).
        averages: How likely each field is by the average of the others.
    """
    rows = []
    for k, field in enumerate(FIELDS):
        whole, without, alone, none = (
            found[FITTED.index(kept)]
            for kept in (EVERY, tuple(j for j in EVERY if j != k), (k,), ())
        )
        others, by_itself = whole[0] - without[0], alone[0] - none[0]
        error = np.sqrt(sum(one[1] ** 2 for one in (whole, without, alone, none)))
        rows.append(
            {
                "field": field,
                "acts": str(counts[:, k].sum()),
                "given_the_others": f"{others:.1f}",
                "alone": f"{by_itself:.1f}",
                "gain": f"{others - by_itself:+.1f}",
                "error": f"{error:.1f}",
                "average_of_the_others": f"{averages[k]:.1f}",
            }
        )
    return rows


def main() -> None:
    """Ask the question, make the fits, write the table."""
    given = fit_options(__doc__, QUICK, particles=128)
    fits = Fits(given)
    done = in_pieces("fields", fits.evidence, len(FITTED), 2, out=given.out, what=fits.what)
    observed = fits.asked.target.observed
    counts, each = observed.counts[observed.first :], fits.asked.scenario.calendar().steps_per_year
    averages = [of_the_others(counts, k, each, given.seed) for k in EVERY]
    write_rows(given.out / "fields.csv", rows_of(done.found, counts, averages))


if __name__ == "__main__":
    main()
