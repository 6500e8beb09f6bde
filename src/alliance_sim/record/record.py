"""A record: what was coded of a relationship, as tables; nothing in it is simulated.

What each record cannot bear stands in its codebook and among its words; `source` in each row says
where it comes from. A date known only to the month stands for its 15th day, one known only to the
year for 15 June.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from alliance_sim import display
from alliance_sim.calendar import Calendar
from alliance_sim.display import Facts, Shown, Table, counted
from alliance_sim.errors import NoRecord, SettingError, UnknownName, shown, unknown_name
from alliance_sim.record.folder import (
    SUSPENSION,
    TABLES,
    Folder,
    Row,
    Seen,
    as_shipped,
    read_folder,
    verdict,
)
from alliance_sim.record.named import edition_named, mismatches, named_record
from alliance_sim.record.reporting import Reporting
from alliance_sim.record.words import registered
from alliance_sim.scenario import Scenario, load_scenario
from alliance_sim.scenario.fields import SERIES as DOMAINS

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from alliance_sim.calendar import Period

COUNTED_DOMAINS = DOMAINS
SERIES = ("all", "alliance", "salience2")
DAYS_A_YEAR = 365.25

_MEMBER_PREFIX = "member:"
_PRECISIONS = {4: "year", 7: "month", 10: "day"}
_COMPLETIONS = {4: "-06-15", 7: "-15", 10: ""}


@dataclass(frozen=True, eq=False, repr=False)
class Record(Shown):
    """What was coded of one relationship.

    Attributes:
        name: Relationship and edition, such as "name@1"; results carry it.
        state: What the state is called among the initiators.
        alliance: What the alliance is called there.
        events: One row per dated act: the columns of `events.csv`, then `when` (the date in
            full), `precision` (day, month or year: how much of the date is known), `period`
            (its id), `quarter` such as "1973Q2", and `weight` (the salience, negative for a
            suspension).
        rungs: The ladder, with `when` and `precision` as above.
        agreements: The first binding agreement on defence with each single ally, with `when` and
            `precision`; no row if that was not coded.
        claims: The claims as in `article_claims.csv`, then `record` (supported, partly,
            contradicted or untestable: what the coder's verdict comes to); no row if there are
            none. `basis`, in editions that have it, tells what the description says itself
            ("said"), what follows from it ("implied") and what a coder inferred ("ours").
        context: Dated facts around the relationship, with `when`, `end_when` and `precision`.
        periods: The periods that events are counted in, from the scenario.
        years: First and last year that the scenario simulates; comparisons count acts in them.
        reporting: How likely an act is to be in the record.
        mismatches: In a sentence each, with file and row, what the scenario does not know: acts
            outside its years, other rungs, unknown members.
    """

    name: str
    state: str
    alliance: str
    events: pd.DataFrame
    rungs: pd.DataFrame
    agreements: pd.DataFrame
    claims: pd.DataFrame
    context: pd.DataFrame
    periods: tuple[Period, ...]
    years: tuple[int, int]
    reporting: Reporting
    mismatches: tuple[str, ...] = ()

    @classmethod
    def of(cls, source: Scenario | str) -> Record:
        """Return the record that belongs to a scenario or to a relationship.

        Args:
            source: A scenario, whose `record` is taken if it names one and that of its
                `relationship` otherwise; or the name of a relationship that the package holds a
                record of, with an edition such as "name@1" or without one for the newest. Periods
                are those of the scenario, or of the baseline of the relationship.

        Raises:
            SettingError: If it is neither.
            NoRecord: If there is none: no relationship is named, nobody has registered it, or the
                record is of other sides than those of the scenario.
            RecordError: If the record that is asked for is not there or cannot be used; it lists
                all problems at once.
        """
        if isinstance(source, str):
            name = source.partition("@")[0]
            if name not in registered():
                unknown = unknown_name("relationship", name, registered())
                given = f"of a scenario: Record.of(load_scenario({source!r}))"
                raise NoRecord(f"{unknown}; {given}" if "/" in source else unknown)
            source = load_scenario(f"{name}/baseline").model_copy(update={"record": source})
        if not isinstance(source, Scenario):
            known = ", ".join(registered())
            told = f"must be a scenario or the name of a relationship (known: {known})"
            raise SettingError("record", [f"source is {shown(source)}, {told}"])
        return _tables(*named_record(source), source)

    def with_acts(self, rows: Sequence[Row], *, name: str, reporting: Reporting) -> Record:
        """Return the record as it would be if other acts had been coded.

        Args:
            rows: The acts, in the columns of `events.csv`.
            name: What it is called.
            reporting: How likely an act is to be among them.
        """
        events = _events(_frame(rows, "events"), self.periods)
        return replace(self, name=name, events=events, reporting=reporting)

    def _facts(self) -> Facts:
        acts, steps = len(self.events), int((self.rungs["rung"] > 0).sum())
        ends = self.events["when"].agg(["min", "max"]).dropna()
        span = " to ".join(f"{day:%Y-%m-%d}" for day in ends)
        told = f"{counted(acts, 'act')}{f', {span}' if span else ''}"
        brief = [told, counted(steps, "dated rung"), counted(len(self.claims), "claim")]
        more = [
            ("sides", f"{self.state} and {self.alliance}"),
            ("acts", f"{told}; see .events"),
            ("formal ladder", f"{counted(steps, 'dated rung')}; see .rungs"),
            ("claims", f"{len(self.claims)}; see .claims"),
            ("context", f"{counted(len(self.context), 'dated fact')}; see .context"),
            ("unknown to the scenario", "; ".join(self.mismatches)),
        ]
        counts = self.counts()
        named = {period.id: f"{period.id} {period.name}" for period in self.periods}
        rows = [
            [named[id_], *row] for id_, row in zip(named, counts.to_numpy().tolist(), strict=True)
        ]
        return Facts(self.name, brief, more, Table(["acts in", *counts.columns], rows))

    def plot(self) -> Any:
        """Return a figure of what was coded: each act by domain, and the ladder.

        Returns:
            A `matplotlib.figure.Figure`; a notebook shows it, `savefig` writes it.
        """
        return display.figure(self)

    @property
    def edition(self) -> int | None:
        """Which edition of the relationship's record this is; None for one without editions."""
        return edition_named(self.name)

    @property
    def first_year(self) -> int:
        """First year in which an act could have been found."""
        return self.reporting.first_year or int(self.events["when"].dt.year.min())

    @property
    def counted_years(self) -> tuple[int, int]:
        """First and last year whose acts count beside runs: simulated, and looked at."""
        first, last = self.years
        return max(first, self.reporting.first_year or first), last

    @property
    def counted_events(self) -> pd.DataFrame:
        """The events of those years, in the columns of `events`."""
        found: pd.DataFrame = self.events[self.events["when"].dt.year.between(*self.counted_years)]
        return found

    @property
    def counted_periods(self) -> tuple[Period, ...]:
        """The periods with at least a quarter in those years."""
        return Calendar(*self.counted_years, periods=self.periods).periods_reached

    def series(self, name: str) -> pd.DataFrame:
        """Return the events of one series, in the columns of `events`.

        Args:
            name: "all"; "alliance", without acts that a single ally started; or "salience2",
                without the small acts that are easier to find the younger they are.

        Raises:
            UnknownName: If there is no such series.
        """
        return of_series(self.events, name)

    def counts(self, series: str = "all", *, weighted: bool = False) -> pd.DataFrame:
        """Return events per period (rows) and domain (columns).

        A suspension is an event too: it counts as one here, and with its negative salience in
        a weighted sum.

        Args:
            series: As for `series`.
            weighted: Whether to sum salience, suspensions negative, in place of counting.

        Raises:
            UnknownName: If there is no such series.
        """
        return _by_domain(
            self.series(series), "period", [period.id for period in self.periods], weighted=weighted
        )

    def yearly(self, series: str = "all", *, weighted: bool = False) -> pd.DataFrame:
        """Return events per calendar year of the periods (rows) and domain (columns).

        Args:
            series: As for `series`.
            weighted: Whether to sum salience, suspensions negative, in place of counting.

        Raises:
            UnknownName: If there is no such series.
        """
        events = self.series(series)
        years = range(self.periods[0].start.year, self.periods[-1].end.year + 1)
        by_year = events.assign(year=events["when"].dt.year)
        return _by_domain(by_year, "year", list(years), weighted=weighted)

    def rates(self, series: str = "all") -> pd.DataFrame:
        """Return the weighted sum per year of each period (rows) and domain (columns).

        Raises:
            UnknownName: If there is no such series.
        """
        import pandas as pd

        days = {p.id: (p.end - p.start).days + 1 for p in self.periods}
        years = pd.Series(days, dtype=float) / DAYS_A_YEAR
        return self.counts(series, weighted=True).div(years, axis="index")

    def rung_path(self, calendar: Calendar) -> NDArray[np.int64]:
        """Return the rung held at the end of each quarter of a calendar.

        Rungs do not fall, so a rung once reached is held until the next.
        """
        import numpy as np

        path = np.zeros(calendar.steps, dtype=np.int64)
        for rung, when in zip(self.rungs["rung"], self.rungs["when"], strict=True):
            path[max(0, calendar.index(when.date())) :] = rung
        return path


def of_series(events: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the rows of coded or simulated events that belong to a series.

    Args:
        events: Any frame with the columns `initiator` and `salience`.
        name: "all", "alliance" (no `member:` initiator) or "salience2" (salience 2 or 3).

    Raises:
        UnknownName: If there is no such series.
    """
    if name == "all":
        return events.copy()
    if name == "alliance":
        return events[~events["initiator"].str.startswith(_MEMBER_PREFIX)].copy()
    if name == "salience2":
        return events[events["salience"] >= 2].copy()
    raise UnknownName(unknown_name("series", name, SERIES))


def weights_of(events: pd.DataFrame) -> pd.Series[float]:
    """Return each event's weight: its salience, negative for a suspension."""
    import numpy as np
    import pandas as pd

    salience = events["salience"].to_numpy(dtype=float)
    stopped = events["kind"].to_numpy(dtype=object) == SUSPENSION
    return pd.Series(np.where(stopped, -salience, salience), index=events.index, name="salience")


def periods_of(dates: pd.Series[pd.Timestamp], periods: tuple[Period, ...]) -> pd.Series[str]:
    """Return the id of the period that holds each date; "" where none does."""
    import pandas as pd

    held: pd.Series[str] = pd.Series("", index=dates.index, dtype="str")
    for period in periods:
        inside = (dates >= pd.Timestamp(period.start)) & (dates <= pd.Timestamp(period.end))
        held[inside] = period.id
    return held


def _tables(given: Folder, name: str, scenario: Scenario) -> Record:
    """Return a record from the rows of one that is of the sides of a scenario."""
    partners, periods = scenario.partners, scenario.calendar().periods
    seen = as_shipped(given.path)
    frames = _frames(given, periods) if seen is None else _kept(given.path, seen, periods)
    return Record(
        name=name,
        state=partners.state,
        alliance=partners.alliance,
        **frames,
        periods=periods,
        years=(scenario.time.first_year, scenario.time.last_year),
        reporting=given.reporting,
        mismatches=mismatches(given, scenario),
    )


def _kept(path: Path, seen: Seen, periods: tuple[Period, ...]) -> dict[str, pd.DataFrame]:
    """Return the tables of a record that is shipped: copies, which whoever asks may change."""
    return {name: frame.copy() for name, frame in _made_once(path, seen, periods).items()}


@lru_cache(maxsize=8)
def _made_once(path: Path, _seen: Seen, periods: tuple[Period, ...]) -> dict[str, pd.DataFrame]:
    return _frames(read_folder(path), periods)


def _frames(given: Folder, periods: tuple[Period, ...]) -> dict[str, pd.DataFrame]:
    """Return what a record holds as tables, by the name of each in a `Record`."""
    rows = given.tables
    claims = _frame(rows["article_claims"], "article_claims")
    context = _dated(_frame(rows["context"], "context"))
    return {
        "events": _events(_frame(rows["events"], "events"), periods),
        "rungs": _dated(_frame(rows["institutions"], "institutions")),
        "agreements": _dated(_frame(rows["agreements"], "agreements")),
        "claims": claims.assign(record=claims["verdict_from_coding"].map(verdict)),
        "context": context.assign(end_when=_completed(context["end_date"])),
    }


def _frame(rows: Sequence[Row], table: str) -> pd.DataFrame:
    """Return rows as text, with rung and salience as whole numbers."""
    import pandas as pd

    columns = list(rows[0]) if rows else list(TABLES[table])
    frame = pd.DataFrame([list(row.values()) for row in rows], columns=columns, dtype="str")
    whole = [name for name in ("rung", "salience") if name in frame.columns]
    return frame.astype(dict.fromkeys(whole, int))


def _events(rows: pd.DataFrame, periods: tuple[Period, ...]) -> pd.DataFrame:
    """Return the events with what follows from their date and kind."""
    events = _dated(rows)
    when = events["when"]
    return events.assign(
        period=periods_of(when, periods),
        quarter=when.dt.year.astype(str) + "Q" + when.dt.quarter.astype(str),
        weight=weights_of(events).astype(int),
    )


def _by_domain(
    events: pd.DataFrame, column: str, rows: list[str] | list[int], *, weighted: bool
) -> pd.DataFrame:
    """Return a table of counts or weighted sums, with a row for every one of `rows`."""
    import pandas as pd

    value = events["weight"].astype(float) if weighted else pd.Series(1, index=events.index)
    table = value.groupby([events[column], events["domain"]]).sum().unstack(fill_value=0)
    whole = table.reindex(index=rows, columns=list(COUNTED_DOMAINS), fill_value=0)
    return whole.rename_axis(index=column, columns="domain")


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its dates in full and how much of them is known."""
    precision = frame["date"].str.len().map(_PRECISIONS)
    return frame.assign(when=_completed(frame["date"]), precision=precision)


def _completed(dates: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    """Return dates in full: a month becomes its 15th day, a year 15 June, nothing NaT."""
    import pandas as pd

    return pd.to_datetime(dates + dates.str.len().map(_COMPLETIONS).fillna(""), format="%Y-%m-%d")
