"""The waits between the dated acts of a record, in the time of a posterior's rates.

Each draw brings a history of its own, which holds every act of the record: its levels are those
under which these acts came. So its rates are known quarter by quarter, and what is judged is
whether acts came as such rates say (`rescaled_time`). Runs that know nothing of the record have
rates of other histories, under which its waits are not exponential even if the model is right.

Draws have seen the record. That does not make the p-value of one draw too large: a draw from the
posterior and the record go together like the true numbers and the record, whatever these are, so
what is exponential for the true numbers is so for the draw (Johnson 2007). It takes power: what is
not known of the rates, slow noise above all, is free to follow the acts. The mean of the p-values
over draws is told; under a right model it is below x at most 2x of the time (Meng 1994).

How much the test can see is told beside it: its p-value if each draw had one rate for all quarters,
the mean of its own. Where that is no smaller, waits of this length tell the two not apart.

Sources: Johnson (2007), Bayesian Analysis 2, 719-734; Meng (1994), Annals of Statistics 22,
1142-1160; those of `rescaled_time`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.calibration.layout import LANES
from alliance_sim.calibration.on_record import on_record_for
from alliance_sim.calibration.rescaled_time import Rates, Values, distances, waits_of
from alliance_sim.calibration.target import target_of
from alliance_sim.errors import SettingError, explains_calls, shown
from alliance_sim.noise import as_seed
from alliance_sim.record.record import COUNTED_DOMAINS
from alliance_sim.scenario.edit import value_at
from alliance_sim.whole_numbers import whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from alliance_sim.calendar import Calendar
    from alliance_sim.calibration.posterior_draws import PosteriorDraws

BAND = 0.95  # of the Kolmogorov-Smirnov band
PLACES = 48  # distances of which the chance is worked out
LEAST_P = 0.005  # below which a p-value is told as below 0.01
MONTHS = 12
ALL = "all"
WHERE = "waiting_times"


@dataclass(frozen=True, eq=False)
class WaitingTimes:
    """Waits between dated acts, in the time in which they should be exponential.

    Attributes:
        frame: A row for each field and one for all of them (`what` is "all"): `acts`; `expected`
            (mean of the draws); `distance` (Kolmogorov and Smirnov's, median over the draws) with
            `q05` and `q95`; `band`, how large it is in 5 % of cases if rates are right; `outside`,
            the share of draws above that; `p`, mean over the draws; `p_quarters`, the same if days
            within a quarter are not looked at; `p_one_rate`, if each draw had one rate for all
            quarters. Shares and p-values are in [0, 1].
        waits: By field and "all" the waits, array (draw, wait).
        first_year: First year whose acts are looked at.
        rough: How many of the acts are known to the month, and to the year.
        label: Whose rates these are, in a few words.
        edition: The record, with its edition.
        series: Which acts are looked at: those that are counted, without formal steps.
    """

    frame: pd.DataFrame
    waits: Mapping[str, Values]
    first_year: int
    rough: tuple[int, int]
    label: str
    edition: str
    series: str

    def told(self) -> str:
        """Return in a sentence what comes of it."""
        row = self.frame.iloc[-1]
        month, year = self.rough
        p, even = (
            f"{row[name]:.2f}" if row[name] >= LEAST_P else f"below {2 * LEAST_P:g}"
            for name in ("p", "p_one_rate")
        )
        return (
            f"The waits between {row['acts']} acts since {self.first_year} ({month} known to the "
            f"month, {year} to the year) lie {row['distance']:.3f} from what the rates say (band "
            f"of 95 %: {row['band']:.3f}); p is {p}, and {even} if each draw had one rate for all "
            "quarters."
        )


@explains_calls
def waiting_times(
    posterior: PosteriorDraws, *, since: int | None = None, seed: int = 1
) -> WaitingTimes:
    """Hold the waits between the dated acts of a record against the rates of a posterior.

    Args:
        posterior: The draws.
        since: First year whose acts are looked at; the first that is observed if left out. Months
            and years are all that is known of many earlier acts.
        seed: Of where acts fall within what is known of their day.

    Raises:
        NoRecord: If the scenario has no record.
        RecordError: If it cannot be used.
        SettingError: If the year is not among those observed, or the seed is none.
    """
    number = as_seed(seed)
    target = target_of(posterior.prior, series=posterior.held.series, until=posterior.held.until)
    calendar = target.scenario.calendar()
    first = _first_step(calendar, target.observed.first, since)
    mean, size = coded_rates(posterior)
    mean = mean[:, first:]
    held = on_record_for(posterior).counted
    days: dict[str, list[tuple[int, str]]] = {name: [] for name in COUNTED_DOMAINS}
    for (step, field), acts in held.items():
        if step >= first:
            days[field] += [(step, act.day) for act in acts]
    as_known, by_quarter, at_one_rate = [], [], []
    for place, field in enumerate(COUNTED_DOMAINS):
        rates = Rates(mean[..., place], 1.0 / size[:, place, None])
        even = np.broadcast_to(rates.mean.mean(axis=1, keepdims=True), rates.mean.shape)
        spans = [span_of(day, calendar) for _, day in days[field]]
        begins, ends = np.array(spans, dtype=np.float64).reshape(-1, 2).T - first
        steps = np.array([step - first for step, _ in days[field]], dtype=np.float64)
        luck = np.random.default_rng([number, place])
        as_known.append(waits_of(rates, begins, ends, luck))
        by_quarter.append(waits_of(rates, steps, steps + 1.0, luck))
        at_one_rate.append(waits_of(Rates(even, rates.spread), begins, ends, luck))
    every = [day.count("-") for found in days.values() for _, day in found]
    return WaitingTimes(
        frame=_table(mean, as_known, by_quarter, at_one_rate),
        waits=dict(zip((*COUNTED_DOMAINS, ALL), _with_all(as_known), strict=True)),
        first_year=calendar.first_year + first // calendar.steps_per_year,
        rough=(every.count(1), every.count(0)),
        label=posterior.label,
        edition=posterior.edition,
        series=posterior.held.series,
    )


def _first_step(calendar: Calendar, observed: int, since: int | None) -> int:
    """Return the first quarter that is looked at.

    Raises:
        SettingError: If the year is not among those observed.
    """
    each = calendar.steps_per_year
    least = calendar.first_year + observed // each
    if since is None:
        return observed
    if not whole_number(since) or not least <= since <= calendar.last_year:
        problem = f"since is {shown(since)}, must be a year from {least} to {calendar.last_year}"
        raise SettingError(WHERE, [problem])
    return (int(since) - calendar.first_year) * each


def coded_rates(posterior: PosteriorDraws) -> tuple[Values, Values]:
    """Return how many acts each draw expects to be coded, with the record held.

    Returns:
        The mean, array (draw, quarter, field), 0 before the first quarter that is observed; and the
        size of the negative binomial, array (draw, field).
    """
    prior, held = posterior.prior, posterior.held
    target = target_of(prior, series=held.series, until=held.until)
    theta = np.ascontiguousarray(held.parameters.T)
    found = []
    for start in range(0, len(posterior), LANES):
        part = slice(start, min(start + LANES, len(posterior)))
        constants, own, observation = target.room.given(theta[:, part])
        normals = np.ascontiguousarray(held.normals(part))
        _, mean = target.room.conditioned.counts_terms(
            constants, own, normals, observation=observation
        )
        found.append(np.moveaxis(mean, 2, 0).copy())
    numbers = dict(zip(prior.paths, prior.numbers(theta), strict=True))
    sizes = np.empty((len(posterior), len(COUNTED_DOMAINS)))
    for place, field in enumerate(COUNTED_DOMAINS):
        path = f"observation.counting.{field}.size"
        sizes[:, place] = numbers.get(path, value_at(prior.scenario, path).value)
    return np.concatenate(found), sizes


def span_of(day: str, calendar: Calendar) -> tuple[float, float]:
    """Return from when to when an act may have been, in quarters of a calendar.

    Args:
        day: Its day as it was coded: YYYY, YYYY-MM or YYYY-MM-DD.
        calendar: The quarters.
    """
    year, *rest = (int(part) for part in day.split("-"))
    if not rest:
        start, end = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    elif len(rest) == 1:
        start = dt.date(year, rest[0], 1)
        end = dt.date(year + rest[0] // MONTHS, rest[0] % MONTHS + 1, 1)
    else:
        start = dt.date(year, *rest)
        end = start + dt.timedelta(days=1)
    return calendar.position(start), calendar.position(end)


def _with_all(waits: list[Values]) -> list[Values]:
    """Return waits by field, and those of all fields together."""
    return [*waits, np.concatenate(waits, axis=1)]


def p_values(waits: Values) -> Values:
    """Return how often waits would be as far from exponential by chance, array (draw,).

    Of many draws it is worked out for some distances and read off between them, to three digits.
    """
    from scipy.interpolate import PchipInterpolator
    from scipy.stats import kstwo

    far, count = distances(waits), waits.shape[1]
    asked = np.unique(far)
    if len(asked) <= PLACES:
        exact: Values = kstwo.sf(far, count)
        return exact
    places = np.linspace(asked[0], asked[-1], PLACES)
    found: Values = PchipInterpolator(places, kstwo.sf(places, count))(far)
    return found


def _table(
    mean: Values, as_known: list[Values], by_quarter: list[Values], at_one_rate: list[Values]
) -> pd.DataFrame:
    """Return the frame of `WaitingTimes`."""
    import pandas as pd
    from scipy.stats import kstwo

    expected = mean.sum(axis=1).mean(axis=0).tolist()
    rows = []
    kinds = zip(*(_with_all(kind) for kind in (as_known, by_quarter, at_one_rate)), strict=True)
    names = zip((*COUNTED_DOMAINS, ALL), [*expected, sum(expected)], kinds, strict=True)
    for what, many, (days, quarters, even) in names:
        far, count = distances(days), days.shape[1]
        acts = count - (len(COUNTED_DOMAINS) if what == ALL else 1)
        low, middle, high = np.quantile(far, [0.05, 0.5, 0.95]).tolist()
        band = float(kstwo.ppf(BAND, count))
        rows.append(
            (what, acts, many, middle, low, high, band, float(np.mean(far > band)),
             *(float(p_values(one).mean()) for one in (days, quarters, even)))
        )  # fmt: skip
    columns = ["what", "acts", "expected", "distance", "q05", "q95", "band", "outside"]
    return pd.DataFrame(rows, columns=[*columns, "p", "p_quarters", "p_one_rate"])
