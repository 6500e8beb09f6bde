"""One run, or the record, in the shape in which the claims are put to it.

`OneHistory` holds the numbers of a single history and cuts them by period; it decides nothing.
The same questions can so be put to a simulated run, which has levels and events, and to the
record, which has events and rungs only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alliance_sim.calendar import Calendar, Period
from alliance_sim.errors import AllianceSimError, UnknownName
from alliance_sim.record.record import DAYS_A_YEAR, Record, weights_of

if TYPE_CHECKING:
    from alliance_sim.results import Ensemble
    from alliance_sim.scenario import Scenario

DOMAINS = ("political", "operations", "equipment")
EVENT_COLUMNS = (
    "run",
    "quarter",
    "date",
    "domain",
    "kind",
    "salience",
    "initiator",
    "months",
    "title",
)

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]


class NotMeasured(AllianceSimError):  # noqa: N818 - a reason, not a mistake
    """A history that lacks what a claim asks for, so that the claim does not apply to it."""


class Columns(NamedTuple):
    """What questions ask of events, each an array (event,)."""

    dates: NDArray[np.datetime64]
    weights: Values
    domains: NDArray[np.object_]
    kinds: NDArray[np.object_]
    initiators: NDArray[np.object_]
    months: Values

    @classmethod
    def of(cls, events: pd.DataFrame) -> Columns:
        """Return the columns of some events."""
        return cls(
            dates=events["date"].to_numpy(dtype="datetime64[D]"),
            weights=np.asarray(weights_of(events), dtype=np.float64),
            domains=events["domain"].to_numpy(dtype=object),
            kinds=events["kind"].to_numpy(dtype=object),
            initiators=events["initiator"].to_numpy(dtype=object),
            months=events["months"].to_numpy(dtype=np.float64),
        )

    def of_some(self, some: slice) -> Columns:
        """Return those of some events in a row."""
        found: list[Any] = [values[some] for values in self]
        return Columns(*found)


@dataclass(frozen=True, eq=False)
class OneHistory:
    """One course of events, simulated or coded.

    Attributes:
        calendar: The quarters that it goes through.
        levels: Cooperation level by domain, each an array (quarter) in [0, 1]; None where only
            events and rungs are known.
        rung: Rung of the ladder held in each quarter, 0 to 11.
        agenda_overlap: Common part of both agendas by quarter, in [0, 1]; None if unknown.
        asia_share: The alliance's perception of threats in Asia relative to that of all threats,
            by quarter, 0 or above; None if unknown.
        events: The dated events of this history alone, in the columns `EVENT_COLUMNS`.
        state: What the state is called among the initiators.
        alliance: What the alliance is called there.
        run: Number of the run; 0 for the record.
        chances: Chance of each event of having been coded, above 0 and at most 1; None where
            every event is known, as in a simulated run.
        columns: The columns of the events, where they are known already.
    """

    calendar: Calendar
    levels: Mapping[str, Values] | None
    rung: NDArray[np.integer] | Values
    agenda_overlap: Values | None
    asia_share: Values | None
    events: pd.DataFrame
    state: str
    alliance: str
    run: int = 0
    chances: Values | None = None
    columns: Columns | None = None

    @cached_property
    def _columns(self) -> Columns:
        return Columns.of(self.events) if self.columns is None else self.columns

    @property
    def dates(self) -> NDArray[np.datetime64]:
        """Day of each event."""
        return self._columns.dates

    @property
    def weights(self) -> Values:
        """Salience of each event, negative for a suspension."""
        return self._columns.weights

    @property
    def domains(self) -> NDArray[np.object_]:
        """Domain of each event."""
        return self._columns.domains

    @property
    def kinds(self) -> NDArray[np.object_]:
        """Kind of each event."""
        return self._columns.kinds

    @property
    def initiators(self) -> NDArray[np.object_]:
        """Initiator of each event."""
        return self._columns.initiators

    @property
    def months(self) -> Values:
        """Length of each suspension in months; NaN for other events and where unknown."""
        return self._columns.months

    def level(self, domain: str) -> Values:
        """Return the level of a domain by quarter.

        Raises:
            NotMeasured: If this history has no levels.
        """
        if self.levels is None:
            raise NotMeasured("the record holds no levels")
        return self.levels[domain]

    def days(self, period_id: str) -> tuple[dt.date, dt.date]:
        """Return the first and the last day of a period, as far as the calendar holds it.

        The first may begin late, as every simulation does; the other periods must be whole,
        because half of a period says nothing about a claim on all of it.

        Raises:
            NotMeasured: If the calendar does not hold the period.
        """
        whole = self._period(period_id)
        first = dt.date(self.calendar.first_year, 1, 1)
        last = dt.date(self.calendar.last_year, 12, 31)
        starts_late = first > whole.start and whole != self.calendar.periods[0]
        if first > whole.end or last < whole.end or starts_late:
            raise NotMeasured(f"{first.year}-{last.year} does not hold {period_id}")
        return max(first, whole.start), whole.end

    def _period(self, period_id: str) -> Period:
        try:
            return self.calendar.period(period_id)
        except UnknownName as unknown:
            raise NotMeasured(str(unknown)) from None

    def quarters(self, period_id: str) -> slice:
        """Return the quarters of a period, as a slice of the time axis.

        Raises:
            NotMeasured: If the calendar does not hold the period.
        """
        self.days(period_id)
        return self.calendar.steps_of(self._period(period_id))

    def before(self, period_id: str) -> int:
        """Return the last quarter before a period; its own first where the calendar begins with it.

        Raises:
            NotMeasured: If the calendar does not hold the period.
        """
        first: int = self.quarters(period_id).start
        return max(0, first - 1)

    def length(self, period_id: str) -> float:
        """Return the length of a period in years, as far as the calendar holds it.

        Raises:
            NotMeasured: If the calendar does not hold the period.
        """
        first, last = self.days(period_id)
        return ((last - first).days + 1) / DAYS_A_YEAR

    def during(self, period_id: str) -> Mask:
        """Return which events fall in a period.

        Raises:
            NotMeasured: If the calendar does not hold the period.
        """
        first, last = self.days(period_id)
        inside: Mask = (self.dates >= np.datetime64(first)) & (self.dates <= np.datetime64(last))
        return inside

    def rate(self, period_id: str) -> float:
        """Return the weighted events per year of a period, suspensions negative.

        Raises:
            NotMeasured: If the calendar does not hold the period.
        """
        return float(self.weights[self.during(period_id)].sum()) / self.length(period_id)

    def acts_a_year(self, period_id: str, domain: str) -> float:
        """Return the acts of a domain per year of a period, suspensions included.

        Each counts as one over its chance of having been coded, so that years of which less is
        known compare with others.

        Raises:
            NotMeasured: If the calendar does not hold the period.
        """
        here = self.during(period_id) & (self.domains == domain)
        acts = np.ones(len(here)) if self.chances is None else 1.0 / self.chances
        return float(acts[here].sum()) / self.length(period_id)

    def weighted_years(self, first: int, last: int) -> Values:
        """Return the weighted sum of the events of each year, both years included.

        Raises:
            NotMeasured: If the calendar does not hold these years.
        """
        self._need_years(first, last)
        offset = self.dates.astype("datetime64[Y]").astype(int) + 1970 - first
        inside = (offset >= 0) & (offset <= last - first)
        return np.bincount(
            offset[inside], weights=self.weights[inside], minlength=last - first + 1
        ).astype(float)

    def yearly(self, values: Values, *, first: int, last: int) -> Values:
        """Return the mean of each year of a quarterly series, both years included.

        Raises:
            NotMeasured: If the calendar does not hold these years.
        """
        self._need_years(first, last)
        by_year = values.reshape(-1, self.calendar.steps_per_year).mean(axis=1)
        start = self.calendar.first_year
        chosen: Values = by_year[first - start : last - start + 1]
        return chosen

    def end_of(self, year: int) -> int:
        """Return the last quarter of a year, as an index.

        Raises:
            NotMeasured: If the calendar does not hold the year.
        """
        self._need_years(year, year)
        return (year - self.calendar.first_year + 1) * self.calendar.steps_per_year - 1

    def _need_years(self, first: int, last: int) -> None:
        if first < self.calendar.first_year or last > self.calendar.last_year:
            found = f"{self.calendar.first_year}-{self.calendar.last_year}"
            raise NotMeasured(f"{found} does not hold {first}-{last}")


def histories(ensemble: Ensemble, events: pd.DataFrame, scenario: Scenario) -> Iterator[OneHistory]:
    """Yield every run of an ensemble, with the events that belong to it.

    Args:
        ensemble: The runs.
        events: Their events, in the columns `EVENT_COLUMNS`.
        scenario: The scenario that they are runs of.
    """
    levels = {domain: ensemble.column(f"level_{domain}") for domain in DOMAINS}
    rung = ensemble.column("rung")
    overlap = ensemble.column("agenda_overlap")
    share = _asia_share(ensemble, scenario)
    by_run = events.sort_values("run", kind="stable")
    columns, runs = Columns.of(by_run), by_run["run"].to_numpy()
    for row in range(ensemble.runs):
        run = ensemble.first_run + row
        mine = slice(*np.searchsorted(runs, [run, run + 1]).tolist())
        yield OneHistory(
            calendar=ensemble.calendar,
            levels={domain: values[row] for domain, values in levels.items()},
            rung=rung[row],
            agenda_overlap=overlap[row],
            asia_share=None if share is None else share[row],
            events=by_run.iloc[mine],
            state=scenario.partners.state,
            alliance=scenario.partners.alliance,
            run=run,
            columns=columns.of_some(mine),
        )


def record_history(record: Record, calendar: Calendar) -> OneHistory:
    """Return the record as a history without levels; events outside the calendar are left out.

    The record does not say how long a suspension lasted, so `months` is NaN throughout.
    """
    coded = record.events
    years = coded["when"].dt.year
    kept = coded[(years >= calendar.first_year) & (years <= calendar.last_year)]
    dated = zip(kept["salience"], kept["when"], strict=True)
    chances = [record.reporting.of(int(salience), when.date()) for salience, when in dated]
    events = pd.DataFrame(
        {
            "run": 0,
            "quarter": [calendar.index(when.date()) for when in kept["when"]],
            "date": kept["when"],
            "domain": kept["domain"],
            "kind": kept["kind"],
            "salience": kept["salience"],
            "initiator": kept["initiator"],
            "months": np.nan,
            "title": kept["title"],
        },
        columns=list(EVENT_COLUMNS),
    )
    return OneHistory(
        calendar=calendar,
        levels=None,
        rung=record.rung_path(calendar),
        agenda_overlap=None,
        asia_share=None,
        events=events.reset_index(drop=True),
        state=record.state,
        alliance=record.alliance,
        chances=np.array(chances, dtype=np.float64),
    )


def slope(values: Values, calendar: Calendar) -> float:
    """Return the least-squares slope of a quarterly series, per year."""
    time = np.arange(len(values), dtype=float) * calendar.dt
    centred = time - time.mean()
    return float(centred @ (values - values[0]) / (centred @ centred))


def correlation(a: Values, b: Values) -> float:
    """Return Pearson's correlation of two series; NaN if one of them does not vary."""
    da, db = a - a[0], b - b[0]  # exactly 0 where nothing varies
    da, db = da - da.mean(), db - db.mean()
    size = float(np.sqrt((da @ da) * (db @ db)))
    return float(da @ db) / size if size > 0 else float("nan")


def first_true(mask: Mask) -> int | None:
    """Return the first place where a condition holds, None if it never does."""
    return int(mask.argmax()) if mask.any() else None


def stretches(mask: Mask) -> list[tuple[int, int]]:
    """Return each maximal run of true values as (first, one past the last)."""
    edges = np.diff(np.concatenate(([0], mask.astype(np.int8), [0])))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return [(int(start), int(end)) for start, end in zip(starts, ends, strict=True)]


def _asia_share(ensemble: Ensemble, scenario: Scenario) -> Values | None:
    """Return the alliance's mean perception of threats in Asia over that of all, (run, quarter).

    An alliance that perceives nothing at all has a share of 0; None if no threat lies in Asia.
    """
    felt = f"perceived_{scenario.partners.alliance}_"
    threats = [s.removeprefix(felt) for s in ensemble.states if s.startswith(felt)]
    perceived = {name: ensemble.column(felt + name) for name in threats}
    asian = [t.name for t in scenario.threats if t.region == "asia"]
    if not asian:
        return None
    everywhere = np.mean([perceived[name] for name in threats], axis=0)
    in_asia = np.mean([perceived[name] for name in asian], axis=0)
    share: Values = np.divide(
        in_asia, everywhere, out=np.zeros_like(everywhere), where=everywhere > 0
    )
    return share
