"""Draws of what is not known at the end of each year: who knows the record to it, and no more.

A yearly pass of a fit keeps them, but for the years in which nothing was coded yet. There the prior
is the answer, weighed by that: draws of it, as likely as what the record holds makes them.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliance_sim.calibration.acts import first_observed
from alliance_sim.calibration.blocks import evaluate
from alliance_sim.calibration.keyed import Stage, generator
from alliance_sim.calibration.posterior_draws import PosteriorDraws
from alliance_sim.calibration.prior import Prior
from alliance_sim.calibration.refits import DRAWS, MANIFEST
from alliance_sim.calibration.resampling import systematic
from alliance_sim.calibration.target import Target
from alliance_sim.errors import SettingError, shown
from alliance_sim.record.record import SERIES, Record
from alliance_sim.results.sealed import ENDING
from alliance_sim.scenario.file import word_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.scenario import Scenario

    Floats = NDArray[np.float64]

WHERE = "years"
REFITS = "refits"  # folder of a yearly pass within the results of `score`
TRIED, KEPT = 2_000, 200  # draws of the prior, and how many are taken of them
PRIOR, PASS, FIT = "prior", "yearly pass", "fit"  # where the draws of a year come from


class Known(NamedTuple):
    """Draws that know the record to the end of a year.

    Attributes:
        year: The year.
        draws: The draws, all alike in weight.
        target: What they were held against.
        source: "prior", "yearly pass" or "fit".
    """

    year: int
    draws: PosteriorDraws
    target: Target
    source: str

    @property
    def distinct(self) -> NDArray[np.int64]:
        """Which draws are one and the same, as a number for each, array (draw,)."""
        held = self.draws.held
        rows = np.concatenate([held.parameters, held.ranks.reshape(len(held), -1)], axis=1)
        found: NDArray[np.int64] = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
        return found


class YearlyDraws:
    """Draws for each year, from the one before the record begins to the last of the scenario.

    Attributes:
        last: Draws that know the whole record.
        years: The years, each with draws or with a prior that stands for them.
    """

    def __init__(
        self,
        base: Scenario,
        years: str | os.PathLike[str] | Mapping[int, PosteriorDraws],
        last: PosteriorDraws,
        *,
        seed: int = 1,
        called: str = "",
    ) -> None:
        """Find the draws; none is read yet.

        Args:
            base: The scenario that was fitted.
            years: Draws by the last year that they know; or a folder of them called `1974.npz` and
                so on, as `alliance-sim score --refit` keeps them, or one that holds such a folder.
            last: Draws that know the whole record; they say which theory and series is meant.
            seed: Seed of draws of the prior.
            called: What a command finds the scenario by, where that is known.

        Raises:
            SettingError: If a folder holds no draws, or those of a year are missing: saying which.
        """
        self.last, self._seed, self._base = last, seed, base
        self._prior, self._series = last.prior, last.held.series
        self._record = Record.of(base)
        self._given: Mapping[int, PosteriorDraws | Path]
        if isinstance(years, Mapping):
            self._given = dict(years)
        else:
            self._given = _files(Path(years), self._series, last.theory)
        first = first_year_of(base, self._record)
        self.years = tuple(range(first, last.held.until + 1))
        coded = self._record.events["when"].min().year
        self._before = [year for year in self.years if year < coded]
        gone = [str(year) for year in self.years[len(self._before) : -1] if year not in self._given]
        if gone:
            again = command_of(word_for(base, called), self._series, last.theory)
            problem = (
                f"there are no draws of {', '.join(gone[:5])}{' and so on' * (len(gone) > 5)}; "
                f"{again} makes them, and goes on where it "
                "was stopped"
            )
            raise SettingError(WHERE, [problem])

    def of(self, year: int) -> Known:
        """Return the draws of a year.

        Raises:
            ResultError: If they cannot be read, or no longer hold.
            SettingError: If what the record holds is impossible under the prior.
        """
        target = Target(self._prior, self._record, series=self._series, until=year)
        if year == self.last.held.until:
            return Known(year, self.last, target, FIT)
        if year in self._before:
            draws = prior_draws(self._prior, target, seed=self._seed)
            return Known(year, draws, target, PRIOR)
        found = self._given[year]
        if isinstance(found, Path):
            found = PosteriorDraws.load(found, self._base, theory=self.last.theory)
        if found.held.until != year or found.theory != self.last.theory:
            problem = (
                f"the draws of {year} know {found.held.record} to {found.held.until} under "
                f"{found.theory}, must know it to {year} under {self.last.theory}"
            )
            raise SettingError(WHERE, [problem])
        return Known(year, found, target, PASS)


def first_year_of(base: Scenario, record: Record) -> int:
    """Return the first of the years of draws: the one before the record begins, if it is run."""
    return max(first_observed(record, base) - 1, base.time.first_year)


def prior_draws(prior: Prior, target: Target, *, seed: int) -> PosteriorDraws:
    """Return draws of the prior, each as often as what is on record makes it likely.

    That works where next to nothing is: with more on record few draws would be left.

    Args:
        prior: The prior.
        target: The record to some year.
        seed: Whole number from 0 to 2**64 - 1.

    Raises:
        SettingError: If what is on record is impossible in all of them.
    """
    rng = generator(seed, Stage.CHOOSE, 1, target.until)
    unknowns = rng.standard_normal((target.dimension, TRIED))
    values = evaluate(target, unknowns, None)
    best = float(values.max())
    if best == -np.inf:
        problem = f"the record to {target.until} is impossible in {TRIED:,} draws of the prior"
        raise SettingError(WHERE, [problem])
    chosen = systematic(np.exp(values - best), KEPT, rng.random())
    return PosteriorDraws.made(
        target,
        np.ascontiguousarray(unknowns[:, chosen].T),
        seed=seed,
        command=f"draws of the prior of {prior.scenario.name}",
    )


def command_of(called: str, series: str, theory: str) -> str:
    """Return the command line that makes draws of each year of a scenario, as it is found by."""
    asked = f"--refit --settings rolling --series {series} --theory {theory}"
    return f"alliance-sim score {shlex.quote(called)} {asked}"


def _files(place: Path, series: str, theory: str) -> dict[int, Path]:
    """Return the files of draws by year, of a folder or of one that lies in it where it should.

    Raises:
        SettingError: If there are none.
    """
    if not place.is_dir():
        raise SettingError(WHERE, [f"{shown(str(place))} is no folder"])
    inside = Path(series) / theory / DRAWS
    for folder in (place, place / DRAWS, place / inside, place / REFITS / inside):
        found = {int(f.stem): f for f in folder.glob(f"*{ENDING}") if f.stem.isdigit()}
        if found:
            return found
    known = [one for one in SERIES if (place / one).is_dir()]
    there = f"; it has those of series {', '.join(known)}" if known else ""
    kind = f" ({MANIFEST} is there)" if (place / MANIFEST).is_file() else ""
    problem = (
        f"{place}{kind} holds no draws by year of series {series} under {theory}, such as "
        f"1974.npz, nor does {inside} in it{there}"
    )
    raise SettingError(WHERE, [problem])
