"""Do free runs of a posterior look like the record, in what shows over many quarters?

A likelihood looks at one quarter after the other. Here the record is held against free runs in sums
over many: quiet quarters and the longest gap, the largest year, whether busy quarters follow each
other, how acts grow and scatter within a stage; and when steps of the ladder come, when fields
begin, whether they move together.

The draws have seen the record, so that p-values come out nearer to 1 than they should: one that is
small says something, one that is not says little. Of many, some are small by luck alone: what is
flagged keeps the expected share of false alarms among them at 5 % where checks do not pull against
each other (Benjamini and Hochberg 1995).

Sources: Gelman, Meng & Stern (1996), Statistica Sinica 6, 733-807; Benjamini & Hochberg (1995),
Journal of the Royal Statistical Society B 57, 289-300.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calibration.acts import ActCounts, act_counts
from alliance_sim.calibration.counted_runs import coded_counts
from alliance_sim.comparison.drawn import drawn_from
from alliance_sim.engine.simulate import Kernel, Progress, simulate
from alliance_sim.errors import (
    AllianceSimError,
    SettingError,
    UnknownName,
    explains_calls,
    shown,
    unknown_name,
)
from alliance_sim.glossary import percent
from alliance_sim.record.record import COUNTED_DOMAINS, SERIES, Record
from alliance_sim.results.draws import USUAL
from alliance_sim.whole_numbers import whole_number

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.calendar import Calendar
    from alliance_sim.engine.vectors import ParameterDraws
    from alliance_sim.scenario import Scenario

Values = NDArray[np.float64]
RUNS = 4000  # of far fewer, no p-value could be small enough among so many checks
LEAST_RUNS, MOST_RUNS, AT_ONCE = 100, 100_000, 400
FALSE_ALARMS = 0.05  # expected share among what is flagged
WHERE = "predictive_checks"


def count(counts: Values, _: Values) -> Values:
    """Return the acts in all."""
    found: Values = counts.sum(axis=1)
    return found


def quiet(counts: Values, _: Values) -> Values:
    """Return the share of quarters without an act."""
    found: Values = np.mean(counts == 0, axis=1)
    return found


def longest_gap(counts: Values, _: Values) -> Values:
    """Return the most quarters in a row without an act."""
    here = longest = np.zeros(len(counts))
    for column in counts.T:
        here = np.where(column == 0, here + 1, 0)
        longest = np.maximum(longest, here)
    return longest


def largest_year(counts: Values, years: Values) -> Values:
    """Return the acts of the calendar year that has most of them."""
    whole = np.floor(years)
    every = [counts[:, whole == year].sum(axis=1) for year in np.unique(whole)]
    found: Values = np.max(every, axis=0)
    return found


def lag_one(counts: Values, _: Values) -> Values:
    """Return the autocorrelation from one quarter to the next; NaN where all are alike."""
    apart = counts - counts.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        found: Values = (apart[:, 1:] * apart[:, :-1]).sum(axis=1) / (apart**2).sum(axis=1)
    return found


def slope(counts: Values, years: Values) -> Values:
    """Return by how many acts a quarter more come each year, by least squares; NaN without acts."""
    apart = years - years.mean()
    found: Values = (counts * apart).sum(axis=1) / (apart**2).sum()
    return np.where(counts.any(axis=1), found, np.nan)


def dispersion(counts: Values, _: Values) -> Values:
    """Return variance over mean of the counts of quarters; NaN without acts."""
    with np.errstate(invalid="ignore"):
        found: Values = counts.var(axis=1) / counts.mean(axis=1)
    return found


# By name what is taken of counts (run, quarter) and the decimal years of the quarters, and what it
# is called.
STATISTICS: dict[str, tuple[Callable[[Values, Values], Values], str]] = {
    "count": (count, "acts"),
    "quiet": (quiet, "share of quarters without an act"),
    "longest_gap": (longest_gap, "longest gap (quarters)"),
    "largest_year": (largest_year, "acts in the largest year"),
    "lag_one": (lag_one, "autocorrelation, one quarter on"),
    "slope": (slope, "slope (acts a quarter per year)"),
    "dispersion": (dispersion, "variance over mean"),
}
YEARS_OF = ("start", "rung")  # statistics that are years
TITLES = {name: title for name, (_, title) in STATISTICS.items()} | {
    "start": "first act",
    "correlation": "correlation of yearly acts",
    "rung": "formal step",
}


@dataclass(frozen=True, eq=False)
class PredictiveChecks:
    """The record beside free runs.

    Attributes:
        frame: A row for each check: `statistic`; `stage` (id, "" for all years); `what` (a field,
            two fields, or a step of the ladder); `record`; `q05`, `median`, `q95` of the runs
            (years that are never reached are infinite); `place` (share of runs below the record,
            equal ones counted half, in [0, 1]) and `p` (two-sided), both NaN where the record or
            most runs have no such number; `flagged`. Of a field without acts in a stage on record
            only the count is checked.
        same_order: Share of runs in which fields begin in the order of the record, in [0, 1].
        runs: How many runs there were.
        label: Whose parameters they had, in a few words.
        parameters: The same in a sentence.
        fitted: Whether these are draws, which were fitted to a record.
        edition: The record, with its edition.
        series: Which acts were counted.
        calendar: The quarters.
    """

    frame: pd.DataFrame
    same_order: float
    runs: int
    label: str
    parameters: str
    fitted: bool
    edition: str
    series: str
    calendar: Calendar

    def least_likely(self, many: int = 10) -> pd.DataFrame:
        """Return the checks with the smallest p-values, those that are flagged at least."""
        many = max(many, int(self.frame["flagged"].sum()))
        return self.frame.dropna(subset="p").sort_values("p", kind="stable").head(many)

    def told(self) -> str:
        """Return in a sentence how many checks are flagged."""
        known = int(self.frame["p"].notna().sum())
        least = int(np.ceil(known / FALSE_ALARMS))
        few = f", too few to flag one alone, which takes {least:,}" if self.runs < least else ""
        return (
            f"{int(self.frame['flagged'].sum())} of {known} checks are flagged (false discovery "
            f"rate 5 %, {self.runs:,} free runs{few}). Fields begin in the order of the record in "
            f"{percent(self.same_order)} of the runs."
        )


@explains_calls
def predictive_checks(
    scenario: Scenario,
    *,
    posterior: ParameterDraws | str | os.PathLike[str] | None = USUAL,
    series: str = "all",
    runs: int = RUNS,
    seed: int = 1,
    threads: int = 1,
    progress: Progress | None = None,
) -> PredictiveChecks:
    """Hold the record against free runs, in what shows over many quarters.

    Args:
        scenario: A scenario with a record.
        posterior: Draws whose parameters the runs have, or a file or folder of them; "shipped"; or
            None or "none" for the numbers that the scenario states.
        series: Which acts count: "all", "alliance" or "salience2".
        runs: How many, 100 to 100,000.
        seed: Of the noise.
        threads: Threads to use; numbers do not depend on it.
        progress: Called with (runs done, runs asked for).

    Raises:
        NoRecord: If the scenario has no record.
        RecordError: If the record cannot be used.
        SettingError: If a setting is out of range, or the posterior does not go with the scenario.
        UnknownName: If there is no such series.
        AllianceSimError: If every run failed.
    """
    check_asked(runs, series)
    record = Record.of(scenario)
    acts = act_counts(record, scenario, series)
    draws, told = drawn_from(posterior, [scenario], where=WHERE, runs=runs)
    counts, rungs = [], []
    for first in range(0, runs, AT_ONCE):
        ensemble = simulate(
            scenario,
            runs=min(AT_ONCE, runs - first),
            first_run=first,
            seed=seed,
            engine=Kernel(threads=threads),
            posterior=draws,
        )
        counts.append(coded_counts(ensemble, scenario, record, series, draws))
        rungs.append(ensemble.column("rung")[ensemble.whole])
        if progress is not None:
            progress(first + ensemble.runs, runs)
    simulated = Seen(acts, np.concatenate(counts), np.concatenate(rungs))
    if not len(simulated.counts):
        raise AllianceSimError("every run failed, so there is nothing to compare")
    happened = Seen(acts, acts.counts[None], record.rung_path(acts.calendar)[None])
    label = draws.label if draws is not None else f"the numbers of {scenario.name}"
    stated = f"Parameters: {label}; chance is drawn anew."
    return PredictiveChecks(
        frame=compared(happened, simulated),
        same_order=float(np.mean((simulated.order() == happened.order()).all(axis=1))),
        runs=len(simulated.counts),
        label=label,
        parameters=stated if draws is not None or not told else f"{told} {stated}",
        fitted=draws is not None,
        edition=record.name,
        series=series,
        calendar=acts.calendar,
    )


def check_asked(runs: int, series: str) -> None:
    """Raise an error unless so many runs can be asked for, and such acts.

    Raises:
        SettingError: If the number of runs is no whole number, or out of range.
        UnknownName: If there is no such series.
    """
    if not whole_number(runs) or not LEAST_RUNS <= runs <= MOST_RUNS:
        allowed = f"must be {LEAST_RUNS:,} to {MOST_RUNS:,}, a whole number"
        raise SettingError(WHERE, [f"runs is {shown(runs)}, {allowed}"])
    if series not in SERIES:
        raise UnknownName(unknown_name("series", series, SERIES))


def told_value(statistic: str, value: float, calendar: Calendar) -> str:
    """Return a value of a check as a reader sees it: years as quarters, others to two digits."""
    if statistic in YEARS_OF:
        if np.isinf(value):
            return "never"
        return calendar.label(round((value - calendar.first_year) * calendar.steps_per_year))
    return f"{value:.0f}" if abs(value) >= 10 else f"{value:.2g}".replace("-", "−")


@dataclass(frozen=True, eq=False)
class Seen:
    """Histories, simulated or the one on record, in which the same is looked for.

    Attributes:
        acts: What is counted, from which quarter on.
        counts: Array (history, quarter, field).
        rung: Array (history, quarter).
    """

    acts: ActCounts
    counts: NDArray[np.int64]
    rung: NDArray[np.floating] | NDArray[np.integer]

    def of(self, history: int) -> Seen:
        """Return one of the histories alone."""
        here = slice(history, history + 1)
        return Seen(self.acts, self.counts[here], self.rung[here])

    def measured(self, steps: int) -> Iterator[tuple[tuple[str, str, str], Values]]:
        """Yield what each check is of (statistic, stage, what), and its value by history.

        Args:
            steps: Steps of the ladder.
        """
        calendar, first = self.acts.calendar, self.acts.first
        years, counts = np.array(calendar.years), self.counts.astype(np.float64)
        for stage in calendar.periods:
            inside = calendar.steps_of(stage)
            inside = slice(max(first, inside.start), inside.stop)
            if inside.stop - inside.start < 2:
                continue
            for place, domain in enumerate(COUNTED_DOMAINS):
                for name, (function, _) in STATISTICS.items():
                    here = counts[:, inside, place]
                    yield (name, stage.id, domain), function(here, years[inside])
        starts = self.starts()
        for place, domain in enumerate(COUNTED_DOMAINS):
            yield ("start", "", domain), starts[:, place]
        by_year = (len(counts), -1, calendar.steps_per_year, len(COUNTED_DOMAINS))
        yearly = counts[:, first:].reshape(by_year).sum(axis=2)
        for one, other in combinations(range(len(COUNTED_DOMAINS)), 2):
            what = f"{COUNTED_DOMAINS[one]}, {COUNTED_DOMAINS[other]}"
            yield ("correlation", "", what), _correlation(yearly[..., one], yearly[..., other])
        for step in range(1, steps + 1):
            yield ("rung", "", str(step)), self._year_of(self.rung >= step)

    def starts(self) -> Values:
        """Return the year in which each field has its first act, array (history, field)."""
        first = self.acts.first
        begun = self.counts[:, first:] > 0
        return np.stack([self._year_of(begun[..., k], first) for k in range(begun.shape[2])], 1)

    def order(self) -> NDArray[np.int64]:
        """Return which of two fields begins first (-1, 1; 0 neither), array (history, pair)."""
        starts = np.nan_to_num(self.starts(), posinf=np.finfo(np.float64).max)
        one, other = np.triu_indices(starts.shape[1], 1)
        return np.sign(starts[:, one] - starts[:, other]).astype(np.int64)

    def _year_of(self, held: NDArray[np.bool_], first: int = 0) -> Values:
        """Return the decimal year in which something first holds, infinite if never."""
        years = np.array([*self.acts.calendar.years[first:], np.inf])
        return years[np.where(held.any(axis=1), held.argmax(axis=1), len(years) - 1)]


def _correlation(one: Values, other: Values) -> Values:
    """Return correlations of rows; NaN where a row does not vary."""
    a, b = (x - x.mean(axis=1, keepdims=True) for x in (one, other))
    with np.errstate(invalid="ignore"):
        found: Values = (a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return found


def compared(happened: Seen, simulated: Seen) -> pd.DataFrame:
    """Return one history beside others, check by check, as `PredictiveChecks.frame`."""
    import pandas as pd
    from scipy.stats import false_discovery_control

    steps = int(np.nanmax(happened.rung))
    on_record = {key: float(value[0]) for key, value in happened.measured(steps)}
    rows = []
    for key, values in simulated.measured(steps):
        if key[0] != "count" and on_record.get(("count", *key[1:])) == 0.0:
            continue  # all that there is to say of no acts is how many there are
        known = values[~np.isnan(values)]
        shares = [np.nan] * 3
        if len(known):
            shares = [float(q) for q in
                      np.quantile(known, [0.05, 0.5, 0.95], method="inverted_cdf")]  # fmt: skip
        enough = 2 * len(known) >= len(values)
        place = place_among(on_record[key], known) if enough else np.nan
        rows.append((*key, on_record[key], *shares, place, two_sided(place)))
    names = ["statistic", "stage", "what", "record", "q05", "median", "q95", "place", "p"]
    frame = pd.DataFrame(rows, columns=names)
    asked = frame["p"].notna().to_numpy()
    flagged = np.zeros(len(frame), dtype=bool)
    flagged[asked] = false_discovery_control(frame["p"][asked]) <= FALSE_ALARMS
    return frame.assign(flagged=flagged)


def place_among(value: float, runs: Values) -> float:
    """Return the share of runs below a number, equal ones counted half; NaN for NaN.

    Equal is what differs by rounding alone. The number counts as one of the runs, so that none lies
    outside of all.
    """
    if np.isnan(value):
        return np.nan
    equal = np.isclose(runs, value, rtol=1e-9, atol=1e-12)
    below = np.sum((runs < value) & ~equal) + 0.5 * np.sum(equal)
    return float((below + 0.5) / (len(runs) + 1))


def two_sided(place: float) -> float:
    """Return the two-sided p-value of what lies at a place among runs."""
    return 2.0 * min(place, 1.0 - place)
