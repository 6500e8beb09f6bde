"""The coded history of Japan and NATO: 193 dated events, 11 rungs and the 28 claims.

What the record cannot bear, before anybody leans on it:

- One coder made it in one pass, so there is no figure of reliability.
- Coverage grows with the web: P4 is inflated against P1 and P2. Look at all three series, and
  trust slopes within P4 more than ratios across periods.
- Contacts of the 1950s and 1960s were not found; a year without events is not a year without
  contact, and P1 is probably undercounted.
- Most equipment events of P4 are deals with single allies, not with NATO bodies.
- A date known only to the month stands for its 15th day, one known only to the year for 15 June.

Source: `data/CODEBOOK.md`, which gives every rule of coding; `source` in each row of each table.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from alliance_sim.errors import AllianceSimError, UnknownName, unknown_name
from alliance_sim.scenario import load_scenario

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from alliance_sim.calendar import Calendar, Period

COUNTED_DOMAINS = ("political", "operations", "equipment", "institution")
SERIES = ("all", "alliance", "salience2")
DAYS_A_YEAR = 365.25

_MEMBER_PREFIX = "member:"
_VERDICTS = (
    ("Supported", "supported"),
    ("Partly", "partly"),
    ("Mostly", "partly"),
    ("Weak support", "partly"),
    ("Not visible", "contradicted"),
    ("Not supported", "contradicted"),
    ("Interpretive", "untestable"),
)
_PRECISIONS = {4: "year", 7: "month", 10: "day"}
_COMPLETIONS = {4: "-06-15", 7: "-15", 10: ""}


@dataclass(frozen=True, eq=False)
class Record:
    """What was coded, as tables; nothing in it is simulated.

    Attributes:
        events: One row per dated act: the columns of `events.csv`, then `when` (the date in
            full), `precision` (day, month or year: how much of the date is known), `period`
            (P1 to P4), `quarter` such as "1973Q2", and `weight` (the salience, negative for a
            suspension).
        rungs: The ladder, rung 0 to 11, with `when` and `precision` as above.
        claims: The 28 claims as in `article_claims.csv`, then `record` (supported, partly,
            contradicted or untestable: what the coder's verdict comes to).
        context: Dated facts around the relationship, with `when`, `end_when` and `precision`.
        periods: The periods that events are counted in, from the scenario of the relationship.
    """

    events: pd.DataFrame
    rungs: pd.DataFrame
    claims: pd.DataFrame
    context: pd.DataFrame
    periods: tuple[Period, ...]

    def series(self, name: str) -> pd.DataFrame:
        """Return the events of one series, in the columns of `events`.

        Args:
            name: "all"; "alliance", without acts that a single ally started, which make up
                most of equipment; or "salience2", without the small acts that are easier to
                find the younger they are.

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
        """Return events per calendar year (rows, 1949 to 2025) and domain (columns).

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


def load_record() -> Record:
    """Return the record shipped with the package.

    The files are read once; every caller gets tables of its own, to change as it likes.
    """
    read = _read_record()
    return Record(**{part.name: copy(getattr(read, part.name)) for part in fields(Record)})


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
    salience = events["salience"].astype(float)
    return salience.where(events["kind"] != "suspension", -salience)


def periods_of(dates: pd.Series[pd.Timestamp], periods: tuple[Period, ...]) -> pd.Series[str]:
    """Return the id of the period that holds each date; "" where none does."""
    import pandas as pd

    held: pd.Series[str] = pd.Series("", index=dates.index, dtype="str")
    for period in periods:
        inside = (dates >= pd.Timestamp(period.start)) & (dates <= pd.Timestamp(period.end))
        held[inside] = period.id
    return held


def _by_domain(
    events: pd.DataFrame, column: str, rows: list[str] | list[int], *, weighted: bool
) -> pd.DataFrame:
    """Return a table of counts or weighted sums, with a row for every one of `rows`."""
    import pandas as pd

    value = events["weight"].astype(float) if weighted else pd.Series(1, index=events.index)
    table = value.groupby([events[column], events["domain"]]).sum().unstack(fill_value=0)
    whole = table.reindex(index=rows, columns=list(COUNTED_DOMAINS), fill_value=0)
    return whole.rename_axis(index=column, columns="domain")


@cache
def _read_record() -> Record:
    """Return the record as read from the package data."""
    periods = load_scenario("japan_nato/baseline").calendar().periods
    return Record(
        events=_read_events(periods),
        periods=periods,
        rungs=_dated(_read("institutions")),
        claims=_read_claims(),
        context=_dated(_read("context")).assign(
            end_when=lambda frame: _completed(frame["end_date"])
        ),
    )


def _file(table: str) -> Traversable:
    return resources.files("alliance_sim.record.japan_nato").joinpath(f"{table}.csv")


def _read(table: str) -> pd.DataFrame:
    """Return one table as text, with its rung and salience as whole numbers."""
    import pandas as pd

    with _file(table).open(encoding="utf-8") as stream:
        frame = pd.read_csv(stream, dtype=str, keep_default_na=False)
    whole = [name for name in ("rung", "salience") if name in frame.columns]
    return frame.astype(dict.fromkeys(whole, int))


def _read_events(periods: tuple[Period, ...]) -> pd.DataFrame:
    """Return the events with what follows from their date and kind."""
    events = _dated(_read("events"))
    when = events["when"]
    return events.assign(
        period=periods_of(when, periods),
        quarter=when.dt.year.astype(str) + "Q" + when.dt.quarter.astype(str),
        weight=weights_of(events).astype(int),
    )


def _read_claims() -> pd.DataFrame:
    """Return the claims with the coder's verdict reduced to one word."""
    claims = _read("article_claims")
    return claims.assign(record=[_verdict(text) for text in claims["verdict_from_coding"]])


def _verdict(text: str) -> str:
    """Return the one word that a verdict in prose comes to."""
    for opening, word in _VERDICTS:
        if text.startswith(opening):
            return word
    raise AllianceSimError(f"article_claims.csv: no verdict begins like {text!r}")


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its dates in full and how much of them is known."""
    precision = frame["date"].str.len().map(_PRECISIONS)
    return frame.assign(when=_completed(frame["date"]), precision=precision)


def _completed(dates: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    """Return dates in full: a month becomes its 15th day, a year 15 June, nothing NaT."""
    import pandas as pd

    return pd.to_datetime(dates + dates.str.len().map(_COMPLETIONS).fillna(""))
