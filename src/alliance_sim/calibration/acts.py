"""What forecasts are held against: acts a quarter, by field, and the inputs of the scenario.

A suspension is no act of cooperation and is not counted. Quarters before the record's first
observed year are not known to be empty, so they are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.errors import SettingError, shown
from alliance_sim.record.folder import SUSPENSION
from alliance_sim.record.record import COUNTED_DOMAINS, Record
from alliance_sim.scenario.fields import DOMAINS
from alliance_sim.whole_numbers import whole_number
from alliance_sim.world.build import prepared
from alliance_sim.world.declaration import flattened

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.calendar import Calendar
    from alliance_sim.scenario import Scenario
    from alliance_sim.world.world import World

# What an input table holds beside what moves the log of a rate: how members differ, numbers that
# are worked out from others, sizes that were set with the acts in view, and the calendar itself.
NO_INPUTS = frozenset(
    {
        *("hostility", "capability", "shut"),  # taken below, in the form in which they act
        *("exposure_state", "exposure_member", "weight", "reluctance", "drawn_push"),
        *("capability_change", "missions_ended", "need", "year", "trend"),
    }
)
LEAST_VARIATION = 1e-9
BUSIEST = 60  # acts in a quarter of a field; forecasts tell counts up to twice as many apart


@dataclass(frozen=True, eq=False)
class ActCounts:
    """Acts a quarter in one series of a record.

    Attributes:
        record: The record's name with its edition.
        series: "all", "alliance" or "salience2".
        calendar: The quarters, those of the scenario.
        counts: Array (quarter, field) in the order of `COUNTED_DOMAINS`.
        first: The first quarter that counts; the acts of those before are not used.
        stage: Per quarter the number of the scenario's stage that holds its middle.
        inputs: Array (field, quarter, input): what the scenario brings from outside, each scaled
            to mean 0 and standard deviation 1 over the whole run.
        input_names: What the inputs are; the law is that of the field.
    """

    record: str
    series: str
    calendar: Calendar
    counts: NDArray[np.int64]
    first: int
    stage: NDArray[np.int64]
    inputs: NDArray[np.float64]
    input_names: tuple[str, ...]

    @cached_property
    def steps(self) -> int:
        """Number of quarters, those before the first that counts included."""
        return len(self.counts)

    @property
    def first_year(self) -> int:
        """First year that counts."""
        return self.calendar.first_year + self.first // self.calendar.steps_per_year

    @property
    def first_forecast_year(self) -> int:
        """First year that counts and has a year before it, from which it can be forecast."""
        return max(self.first_year, self.calendar.first_year + 1)

    def year_starts(self, year: int) -> int:
        """Return the first quarter of a year."""
        return (year - self.calendar.first_year) * self.calendar.steps_per_year


def first_observed(record: Record, scenario: Scenario) -> int:
    """Return the first year whose quarters count.

    That is the first observed year that the record states. A record that states none is counted
    over all years of the scenario, as if everything in them had been looked for.
    """
    return max(record.reporting.first_year or 0, scenario.time.first_year)


def act_counts(
    record: Record, scenario: Scenario, series: str = "all", *, since: int | None = None
) -> ActCounts:
    """Return the acts a quarter of one series, with the inputs of a scenario.

    Args:
        record: The record.
        scenario: The scenario that it belongs to.
        series: As for `Record.series`.
        since: First year that counts; `first_observed` if left out.

    Raises:
        SettingError: If `since` leaves less than three years, or a quarter holds more than 60 acts
            of a field.
        UnknownName: If there is no such series.
    """
    world = prepared(scenario)[0]
    calendar = world.calendar
    year = first_observed(record, scenario) if since is None else since
    if not whole_number(year) or not calendar.first_year <= year <= calendar.last_year - 2:
        allowed = f"{calendar.first_year} to {calendar.last_year - 2}"
        raise SettingError("score", [f"--from is {shown(year)}, must be a year from {allowed}"])
    events = record.series(series)
    events = events[events["kind"] != SUSPENSION]
    counts = np.zeros((calendar.steps, len(COUNTED_DOMAINS)), dtype=np.int64)
    for domain, when in zip(events["domain"], events["when"], strict=True):
        step = calendar.index(when.date())
        if 0 <= step < calendar.steps:
            counts[step, COUNTED_DOMAINS.index(domain)] += 1
    if counts.max() > BUSIEST:
        busiest, place = np.unravel_index(counts.argmax(), counts.shape)
        there = f"{record.name}: {calendar.label(int(busiest))} holds {counts.max()} acts"
        told = f"{there} of {COUNTED_DOMAINS[place]}, scores are worked out for at most {BUSIEST}"
        raise SettingError("score", [told])
    stage = np.zeros(calendar.steps, dtype=np.int64)
    for number, period in enumerate(calendar.periods):
        stage[calendar.steps_of(period)] = number
    names, inputs = inputs_of(world)
    return ActCounts(
        record=record.name,
        series=series,
        calendar=calendar,
        counts=counts,
        first=(year - calendar.first_year) * calendar.steps_per_year,
        stage=stage,
        inputs=inputs,
        input_names=names,
    )


def inputs_of(world: World) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Return the names of what a world brings from outside, and array (field, quarter, input).

    Threats enter as the geometric mean of capability and hostility, laws as the part of the field
    that they leave open (institutions take that of politics), all others as they are: leaders,
    involvement, missions, the guarantor, the size of the alliance. What never varies is left out.
    Inputs that describe members one by one, periods' exposures and events' needs are no candidates:
    they are weights of the model, not facts of a quarter. Each input is scaled to mean 0 and
    standard deviation 1.
    """
    rows = world.inputs
    shared: dict[str, NDArray[np.float64]] = {}
    for place, threat in enumerate(world.threats):
        both = [max(0.0, row.capability[place] * row.hostility[place]) for row in rows]
        shared[f"threat {threat}"] = np.sqrt(both)
    for field in type(rows[0])._fields:
        if field in NO_INPUTS:
            continue
        values = np.array([flattened((getattr(row, field),)) for row in rows], dtype=np.float64)
        for place, column in enumerate(values.T):
            shared[f"{field} {place}" if values.shape[1] > 1 else field] = column
    opened = 1.0 - np.array([row.shut for row in rows], dtype=np.float64)
    laws = [opened[:, DOMAINS.index(d) if d in DOMAINS else 0] for d in COUNTED_DOMAINS]
    kept = {name: _scaled(column) for name, column in shared.items() if _varies(column)}
    own = [_scaled(law) if _varies(law) else np.zeros(len(law)) for law in laws]
    table = np.array([np.column_stack([*kept.values(), law]) for law in own])
    return (*kept, "law"), table


def _varies(column: NDArray[np.float64]) -> bool:
    return float(np.ptp(column)) > LEAST_VARIATION


def _scaled(column: NDArray[np.float64]) -> NDArray[np.float64]:
    scaled: NDArray[np.float64] = (column - column.mean()) / column.std()
    return scaled
