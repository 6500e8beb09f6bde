"""Observed against simulated: events by period and domain, and dates of rungs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alliance_sim import noise
from alliance_sim.comparison.first_passage import delay, first_passage
from alliance_sim.errors import AllianceSimError, SettingError
from alliance_sim.record.record import COUNTED_DOMAINS, SERIES, Record, of_series, periods_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliance_sim.engine.vectors import ParameterDraws
    from alliance_sim.record.reporting import Reporting
    from alliance_sim.results import Ensemble
    from alliance_sim.scenario import Scenario

LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95
COUNTED = ["period", "domain", "series", "observed", "mean", "low", "high", "inside"]


def as_coded(
    events: pd.DataFrame,
    reporting: Reporting,
    ensemble: Ensemble,
    scenario: Scenario,
    draws: ParameterDraws | None = None,
) -> pd.DataFrame:
    """Return the simulated acts that somebody who codes such a record would have found.

    An act is found with the chance that holds for its salience and day, and none before the first
    year that was looked at. A run with the parameters of a draw has that draw's chances too: they
    were fitted together with how often acts come. Which of them are found is noise of its own: the
    same seed, run and place within the run give the same.

    Args:
        events: Simulated events of all runs, those of a run in their order.
        reporting: How acts come to be in the record.
        ensemble: The runs that they are events of.
        scenario: The scenario of the runs.
        draws: The draws whose parameters the runs have; None takes the chances that the record
            states, of one that is not known its mean.
    """
    channel = noise.channel(f"{scenario.partners.name}/reported:v1")
    first = reporting.first_year or scenario.time.first_year
    places = events.groupby("run", sort=False).cumcount().to_numpy().astype(np.int64)
    runs = events["run"].to_numpy(dtype=np.int64)
    luck = noise.scattered(ensemble.seed, channel, runs, places)
    since = np.array([era.since for era in reporting.chance], dtype="datetime64[D]")
    days = events["date"].to_numpy(dtype="datetime64[D]")
    era = np.maximum(np.searchsorted(since, days, side="right") - 1, 0)
    table = _chances(reporting, draws)
    salience = events["salience"].to_numpy(dtype=np.int64)
    chances = table[runs % len(table), era, salience - 1]
    found: pd.DataFrame = events[(luck < chances) & (events["date"].dt.year >= first).to_numpy()]
    return found


def _chances(reporting: Reporting, draws: ParameterDraws | None) -> NDArray[np.float64]:
    """Return chances of being coded, array (draw, era, salience); one draw if nothing is drawn."""
    stated = np.array(reporting.table())[None]
    coded = {} if draws is None else draws.coded()
    if not coded:
        return stated
    found = np.repeat(stated, len(next(iter(coded.values()))), axis=0)
    for era, chance in enumerate(reporting.chance):
        for salience, cell in enumerate(chance.cells, start=1):
            drawn = coded.get(f"reporting.{era}.salience_{salience}")
            if drawn is not None and not isinstance(cell, float):
                found[:, era, salience - 1] = drawn
    return found


def count_table(events: pd.DataFrame, record: Record, runs: int) -> pd.DataFrame:
    """Return how many events the record and the runs hold, by period, domain and series.

    Every row is an event, suspensions included. Acts before the first and after the last simulated
    year count on neither side, nor do those before the first year that the record looked at; a
    period that lies outside these years has no rows. A run without such an event counts as 0.

    Args:
        events: Simulated events of all runs.
        record: The coded events.
        runs: Number of runs that did not fail, at least as many as occur in `events`.

    Returns:
        Columns `period`, `domain`, `series`, `observed`, `mean`, `low`, `high` (the 5th and the
        95th percentile over runs) and `inside` (whether `observed` lies between them, both
        included).

    Raises:
        SettingError: If `runs` is below the number of runs that have events, or below 1.
    """
    numbers, row_of_event = np.unique(events["run"].to_numpy(), return_inverse=True)
    if runs < max(1, len(numbers)):
        problem = f"runs is {runs}, must be at least {max(1, len(numbers))} (runs with events)"
        raise SettingError("count_table", [problem])
    simulated = events.assign(row=row_of_event)
    coded = record.events.assign(row=0, date=record.events["when"])
    rows = []
    for series in SERIES:
        observed = _counts(of_series(coded, series), record, runs=1)[0]
        counts = _counts(of_series(simulated, series), record, runs=runs)
        low, high = np.quantile(counts, [LOW, HIGH], axis=0)
        rows += [
            {
                "period": record.counted_periods[at[0]].id,
                "domain": COUNTED_DOMAINS[at[1]],
                "series": series,
                "observed": int(observed[at]),
                "mean": float(counts[:, *at].mean()),
                "low": float(low[at]),
                "high": float(high[at]),
                "inside": bool(low[at] <= observed[at] <= high[at]),
            }
            for at in np.ndindex(observed.shape)
        ]
    return pd.DataFrame(rows, columns=COUNTED)


def rung_table(
    ensemble: Ensemble, record: Record | None, ladder: Mapping[int, str] | None = None
) -> pd.DataFrame:
    """Return when each rung was first reached, in the record and in the runs that did not fail.

    Args:
        ensemble: The runs.
        record: The coded rungs; None if there is no record.
        ladder: Name of each rung of the scenario; those that the record never reached are listed
            too.

    Returns:
        One row per rung above 0, with columns `rung`, `name`, `observed` (the coded date, which
        may be a year or a month; "" if it was never reached), `median`, `low`, `high` (month in
        which the quarter of the median, 5th and 95th percentile run begins; None if that run never
        reaches the rung) and `reached` (share of runs that do; NaN if all failed).
    """
    rung = ensemble.column("rung")
    rung = rung[~np.isnan(rung).any(axis=1)]
    listed = {number: (name, "") for number, name in (ladder or {}).items()}
    if record is not None:
        coded = record.rungs[record.rungs["rung"] > 0]
        dated = zip(coded["name"], coded["date"], strict=True)
        listed |= dict(zip(coded["rung"].tolist(), dated, strict=True))
    rows = []
    for number, (name, date) in sorted(listed.items()):
        held = rung >= number
        reached = held.any(axis=1)
        first = np.sort(np.where(reached, held.argmax(axis=1), ensemble.calendar.steps))
        dates = [_month(ensemble, first, share) for share in (MIDDLE, LOW, HIGH)]
        rows.append(
            [
                int(number),
                name,
                date,
                *dates,
                float(reached.mean()) if len(rung) else np.nan,
            ]
        )
    columns = ["rung", "name", "observed", "median", "low", "high", "reached"]
    table = pd.DataFrame(rows, columns=columns, dtype=object)  # None stays None
    return table.astype({"rung": int, "reached": float})


def step_changes(factual: Ensemble, edited: Ensemble, scenario: Scenario) -> pd.DataFrame:
    """Return how formal steps and proposals come earlier or later in an edited scenario.

    What is never reached counts as later than everything. Pairs in which one run failed are left
    out.

    Args:
        factual: Runs of the factual scenario.
        edited: Runs of the edited one with the same seed and numbers.
        scenario: The factual scenario, whose ladder and proposals are looked at.

    Returns:
        Columns `step` (name), `title`, `factual` and `edited` (share of runs that reach it),
        `factual_median` and `edited_median` (month of the median run, None if it never does),
        `earlier` and `later` (share of pairs), and `delay`, `delay_low` and `delay_high` (years
        that it comes later, below 0 earlier: mean, 5th and 95th percentile over pairs; never is
        counted as at the end of the run); one row per rung, then one per proposal that both
        scenarios know.

    Raises:
        AllianceSimError: If one run of every pair failed.
    """
    rungs = sorted(scenario.rungs, key=lambda rung: rung.number)
    wanted = [(rung.name, rung.title, "rung", float(rung.number)) for rung in rungs]
    wanted += [(item.name, item.title, f"passed_{item.name}", 1.0) for item in scenario.items]
    rows = []
    for name, title, state, least in wanted:
        if state not in edited.states:
            continue
        pair = [runs.column(state) for runs in (factual, edited)]
        whole = ~(np.isnan(pair[0]) | np.isnan(pair[1])).any(axis=1)
        if not whole.any():
            raise AllianceSimError(f"{scenario.name}: of every pair of runs one failed")
        when = [first_passage(values[whole], least) for values in pair]
        never = factual.calendar.steps
        first = [np.minimum(steps, never).astype(np.int64) for steps in when]
        later = delay(when[0], when[1], horizon=never)
        years = factual.calendar.dt
        rows.append(
            {
                "step": name,
                "title": title,
                "factual": float(np.isfinite(when[0]).mean()),
                "edited": float(np.isfinite(when[1]).mean()),
                "factual_median": _month(factual, np.sort(first[0]), MIDDLE),
                "edited_median": _month(factual, np.sort(first[1]), MIDDLE),
                "earlier": float((first[1] < first[0]).mean()),
                "later": float((first[1] > first[0]).mean()),
                "delay": later.mean * years,
                "delay_low": later.low * years,
                "delay_high": later.high * years,
            }
        )
    return pd.DataFrame(rows)


def _counts(events: pd.DataFrame, record: Record, *, runs: int) -> NDArray[np.int64]:
    """Return the number of events in simulated years as an array (run, period, domain)."""
    periods = record.counted_periods
    recent = events[events["date"].dt.year.between(*record.counted_years)]
    held = pd.Index(periods_of(recent["date"], periods))
    period = pd.Index([p.id for p in periods]).get_indexer(held)
    domain = pd.Index(COUNTED_DOMAINS).get_indexer(pd.Index(recent["domain"]))
    shape = (runs, len(periods), len(COUNTED_DOMAINS))
    placed = (period >= 0) & (domain >= 0)
    places = (recent["row"].to_numpy(dtype=np.int64)[placed], period[placed], domain[placed])
    cells = np.ravel_multi_index(places, shape)
    return np.bincount(cells, minlength=int(np.prod(shape))).reshape(shape)


def _month(ensemble: Ensemble, first: NDArray[np.int64], share: float) -> str | None:
    """Return the month in which the quarter of one run begins, of runs sorted by that quarter.

    That run is an actual one, not a mean of two, so that a median is a date that occurred.
    """
    if not len(first):
        return None
    quarter = int(first[max(0, math.ceil(share * len(first)) - 1)])
    if quarter == ensemble.calendar.steps:
        return None
    return f"{ensemble.calendar.start_of(quarter):%Y-%m}"
