"""Does the fit find something where there is nothing to be found?

python experiments/validate_placebos.py --out docs/validation
python experiments/validate_placebos.py --scenario japan_nato/baseline --juncture nine_eleven

*Quarters permuted within decades*: when acts happened within each decade is shuffled, how many
there were is not. What the model gains over a table of decades, which is blind to the order, must
vanish. *A placebo date*: a juncture is moved to the quietest day of the record. Its size must come
out near nothing, and a history without it must be as likely. Fits that are done are kept beside the
tables; the same command goes on with the rest.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from in_pieces import CYCLES, in_pieces, made_of, write_rows
from numpy.typing import NDArray

from alliance_sim import Scenario, load_scenario, model
from alliance_sim.calibration import Checkpoint, Tempered, TemperedSettings, run_to_end

Floats = NDArray[np.float64]

DECADE = 40  # quarters
AWAY = dt.timedelta(days=3 * 365)
OTHER_PARTS = ("ladder", "agreements", "laws")
USUAL_MEAN = 0.5  # acts a quarter that the table of decades expects beforehand
NUMBERS = ("log_evidence", "error", "size", "size_sd", "size_q05", "size_q95", "above_0")
QUICK = {"particles": 64, "permutations": 1, "dates": 1}


def permuted(counts: NDArray[np.int64], first: int, seed: int) -> NDArray[np.int64]:
    """Return counts (quarter, series) whose quarters are shuffled within decades."""
    rng, found = np.random.default_rng(seed), counts.copy()
    for start in range(first, len(counts), DECADE):
        rows = np.arange(start, min(start + DECADE, len(counts)))
        found[rows] = counts[rng.permutation(rows)]
    return found


def log_table_of_decades(counts: NDArray[np.int64], first: int) -> float:
    """Return the log chance of counts under a Poisson rate for each decade and series.

    Rates are exponential beforehand. The order within a decade makes no difference.
    """
    from scipy.special import gammaln

    total = 0.0
    for start in range(first, len(counts), DECADE):
        block = counts[start : start + DECADE]
        acts, quarters = block.sum(axis=0), len(block)
        total += float((gammaln(acts + 1.0) - gammaln(block + 1.0).sum(axis=0)).sum())
        total -= float(((acts + 1.0) * np.log(quarters + 1.0 / USUAL_MEAN)).sum())
        total -= counts.shape[1] * float(np.log(USUAL_MEAN))
    return total


def quiet_days(scenario: Scenario, juncture: str, count: int) -> list[dt.date]:
    """Return first days of years that lie furthest from every juncture, and from each other.

    They lie years from the day of the juncture itself, whose effect would still be felt.
    """
    dates = {one.name: one.date for one in scenario.junctures}
    days = [
        day
        for year in range(scenario.time.first_year + 1, scenario.time.last_year)
        if abs((day := dt.date(year, 1, 1)) - dates[juncture]) >= AWAY
    ]
    taken, found = list(dates.values()), list[dt.date]()
    for _ in range(min(count, len(days))):
        found.append(max(days, key=lambda day: min(abs((day - one).days) for one in taken)))
        taken.append(found[-1])
        days.remove(found[-1])
    return found


class Fits:
    """Tempered particles of variants of a scenario and of its record, each kept when it is done."""

    def __init__(self, given: argparse.Namespace) -> None:
        """Take what is asked for."""
        self.given, self.scenario = given, load_scenario(given.scenario)
        self.what = {key: str(v) for key, v in vars(given).items() if key != "out"}
        self.what |= made_of(given.scenario, given.theory)
        self.size = f"juncture.{given.juncture}.effect.0.size"

    def posterior(self, name: str, target: Any) -> list[float]:
        """Return the numbers of one fit."""
        given = self.given
        place = Checkpoint(given.out / "under_way" / f"{self.name(name)}_fit.npz", self.what)
        settings = TemperedSettings(particles=given.particles, cycles=CYCLES[given.quick])
        job = Tempered(target, target.layout, seed=given.seed, settings=settings)
        run_to_end(
            job, checkpoint=place, callback=lambda j: print(f"  power {j.power:.3g}", flush=True)
        )
        place.path.unlink()
        if self.size not in target.prior.names:
            return [job.log_evidence, job.error, *[np.nan] * 5]
        k = target.layout.parameters
        theta = target.prior.transform(job.unknowns[:k].T.copy())
        size = theta[:, target.prior.names.index(self.size)]
        told = [size.mean(), size.std(ddof=1), *np.quantile(size, [0.05, 0.95]), (size > 0).mean()]
        return [job.log_evidence, job.error, *map(float, told)]

    def name(self, part: str) -> str:
        """Return the name of the files of a part."""
        return f"placebo_{self.given.scenario.replace('/', '_')}_{part}"

    def of(self, scenario: Scenario) -> Any:
        """Return the log likelihood of the record under a scenario."""
        return model(scenario, self.given.theory).target

    def all(self, part: str, targets: Sequence[Any]) -> Floats:
        """Return the numbers (target, number) of all fits of a part."""
        given = self.given

        def piece(number: int) -> list[float]:
            return self.posterior(f"{part}_{number}", targets[number])

        name = self.name(part)
        count = len(targets)
        done = in_pieces(name, piece, count, len(NUMBERS), out=given.out, what=self.what)
        return np.asarray(done.found)


def permuted_quarters(fits: Fits) -> list[dict[str, str]]:
    """Return a row for the record, and one for each permutation."""
    given, targets = fits.given, []
    for number in range(-1, given.permutations + 1):  # -1: all but the counts; 0: as it was
        target = fits.of(fits.scenario)
        seen = target.observed
        target.parts = OTHER_PARTS if number < 0 else ("counts", *OTHER_PARTS)
        if number > 0:
            counts = permuted(seen.counts, seen.first, given.seed + number)
            target.observed = replace(seen, counts=counts, marks=())
        targets.append(target)
    found = fits.all("permuted", targets)
    table = log_table_of_decades(targets[0].observed.counts, targets[0].observed.first)
    rows = []
    for number, (evidence, error) in enumerate(found[1:, :2].tolist()):
        counts, both = evidence - found[0, 0], float(np.hypot(error, found[0, 1]))
        row = {
            "record": "as it was" if number == 0 else f"permuted {number}",
            "counts_given_the_rest": f"{counts:.1f}",
            "error": f"{both:.1f}",
            "table_of_decades": f"{table:.1f}",
            "gain": f"{counts - table:+.1f}",
        }
        rows.append(row)
    return rows


def placebo_dates(fits: Fits) -> list[dict[str, str]]:
    """Return a row for the juncture on its day, and on each quiet one."""
    given, scenario = fits.given, fits.scenario
    own = next(one.date for one in scenario.junctures if one.name == given.juncture)
    days = [own, *quiet_days(scenario, given.juncture, given.dates)]
    moved = [scenario, *(scenario.moved(given.juncture, to=day) for day in days[1:])]
    targets = [fits.of(one) for one in (*moved, scenario.without(given.juncture))]
    found = fits.all("dates", targets)
    prior = targets[0].prior
    before = prior.sample(2_000, given.seed)[:, prior.names.index(fits.size)]
    rows = []
    for day, numbers in zip(days, found[:-1].tolist(), strict=True):
        evidence, error, *size = numbers
        apart, both = evidence - found[-1, 0], float(np.hypot(error, found[-1, 1]))
        keys = ("size", "size_sd", "size_q05", "size_q95", "above_0")
        row = {"date": f"{day}{' (its own)' if day == own else ''}"}
        row |= {key: f"{value:.3f}" for key, value in zip(keys, size, strict=True)}
        row |= {"prior_sd": f"{before.std():.3f}", "log_bayes_factor": f"{apart:+.1f}"}
        rows.append(row | {"error": f"{both:.1f}"})
    return rows


def main() -> None:
    """Ask the questions, run the designs, save what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="two_islands/baseline")
    parser.add_argument("--theory", default=None)
    parser.add_argument("--juncture", default="great_raid")
    parser.add_argument("--particles", type=int, default=256)
    parser.add_argument("--permutations", type=int, default=5)
    parser.add_argument("--dates", type=int, default=3, help="Quiet days.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results/validation"))
    parser.add_argument("--quick", action="store_true", help="Small numbers, to try it out.")
    given = parser.parse_args()
    if given.quick:
        vars(given).update(QUICK)
    (given.out / "under_way").mkdir(parents=True, exist_ok=True)
    fits = Fits(given)
    for part, rows in (("permuted", permuted_quarters(fits)), ("dates", placebo_dates(fits))):
        write_rows(given.out / f"{fits.name(part)}.csv", rows)
        for row in rows:
            print(row)


if __name__ == "__main__":
    main()
