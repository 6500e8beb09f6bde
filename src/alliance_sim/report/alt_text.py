"""What the figures show, for readers who cannot see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.plots.style import bands
from alliance_sim.record.record import COUNTED_DOMAINS
from alliance_sim.report.words import number

if TYPE_CHECKING:
    from alliance_sim.comparison.history import Comparison


def history_alt(comparison: Comparison) -> str:
    """Return the course of levels, ladder and agenda in a few sentences."""
    ensemble = comparison.ensemble
    periods = ensemble.calendar.periods
    stages = [ensemble.calendar.steps_of(period) for period in periods]
    told = []
    for domain in COUNTED_DOMAINS[:3]:
        middle = bands(ensemble.column(f"level_{domain}")).middle
        told.append(f"{domain} {_listed([f'{middle[stage].mean():.2f}' for stage in stages])}")
    rung = bands(ensemble.column("rung"), whole=True).middle
    overlap = bands(ensemble.column("agenda_overlap")).middle
    names = _listed([period.name for period in periods])
    ladder = _listed([number(float(rung[stage][-1])) for stage in stages])
    agenda = _listed([f"{np.mean(overlap[stage]):.2f}" for stage in stages])
    return (
        f"Four strips over the years, in the stages {names}. Median simulated level, mean of each "
        f"stage in turn: {'; '.join(told)}. {len(comparison.record.events)} coded acts as ticks, "
        "few before 1990 and dense after 2012. Median simulated rung at the end of each stage: "
        f"{ladder}; in the record: {_listed(_record_rungs(comparison))}. Median agenda overlap, "
        f"mean of each stage: {agenda}."
    )


def counts_alt(comparison: Comparison) -> str:
    """Return how many counts of the main series lie inside, and which do not."""
    names = {period.id: period.name for period in comparison.ensemble.calendar.periods}
    rows = comparison.counts[comparison.counts["series"] == "all"]
    outside = [
        f"{row.domain} in {names[str(row.period)]} ({row.observed} in the record, "
        f"{number(float(str(row.low)))} to {number(float(str(row.high)))} in 90 % of runs)"
        for row in rows[~rows["inside"]].itertuples()
    ]
    which = f" Outside: {'; '.join(outside)}." if outside else ""
    return (
        f"Four panels, one for each domain, with the {len(names)} stages side by side and three "
        f"series in each. Of all acts, {int(rows['inside'].sum())} of {len(rows)} counts of the "
        f"record lie inside the bar of the runs.{which} The table below holds every number."
    )


def _record_rungs(comparison: Comparison) -> list[str]:
    calendar = comparison.ensemble.calendar
    path = comparison.record.rung_path(calendar)
    return [str(path[calendar.steps_of(period)][-1]) for period in calendar.periods]


def _listed(words: list[str]) -> str:
    return ", ".join(words)
