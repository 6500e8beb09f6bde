"""Steps, dates and the periods fit together without gaps."""

import calendar
import datetime as dt
import math
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_sim.calendar import Calendar, Period, date_of, decimal_year, periods_read
from alliance_sim.errors import UnknownName
from alliance_sim.scenario import load_scenario

QUARTERS = Calendar()
DESCRIBED = load_scenario("japan_nato/baseline").calendar()
PERIODS = DESCRIBED.periods
DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2025, 12, 31))
LENGTHS = (1, 2, 4, 12)


def test_the_simulation_covers_304_quarters() -> None:
    assert QUARTERS.steps == len(QUARTERS.labels) == len(QUARTERS.years) == 304
    assert (QUARTERS.labels[0], QUARTERS.labels[-1]) == ("1950Q1", "2025Q4")
    assert math.isclose(QUARTERS.dt, 0.25)


@pytest.mark.parametrize("steps_per_year", LENGTHS)
def test_steps_begin_where_their_year_says(steps_per_year: int) -> None:
    calendar = Calendar(1990, 1999, steps_per_year)
    assert calendar.steps == 10 * steps_per_year
    assert len(set(calendar.labels)) == calendar.steps
    for step, year in enumerate(calendar.years):
        start = calendar.start_of(step)
        assert calendar.index(start) == step
        assert math.isclose(calendar.position(start), step, abs_tol=1e-9)
        assert start.year == int(year)


@given(day=DAYS, days=st.integers(1, 400))
def test_a_later_day_has_a_later_position(day: dt.date, days: int) -> None:
    later = day + dt.timedelta(days=days)
    assert QUARTERS.position(day) < QUARTERS.position(later)


@given(day=DAYS, quarters=st.integers(0, 40))
def test_equal_quarters_share_a_year(day: dt.date, quarters: int) -> None:
    month = day.month - 1 + 3 * quarters
    first = dt.date(day.year, day.month, 1)
    later = dt.date(day.year + month // 12, month % 12 + 1, 1)
    apart = QUARTERS.position(later) - QUARTERS.position(first)
    assert math.isclose(apart, quarters, abs_tol=1e-9)


@given(start=st.floats(-10.0, 320.0), length=st.floats(0.0, 100.0))
def test_shares_of_steps_add_up_to_the_stretch_inside_the_run(start: float, length: float) -> None:
    end = start + length
    total = math.fsum(QUARTERS.share(step, start, end) for step in range(QUARTERS.steps))
    inside = max(0.0, min(end, QUARTERS.steps) - max(start, 0.0))
    assert math.isclose(total, inside, abs_tol=1e-9)


def test_days_outside_the_run_lie_outside_its_steps() -> None:
    assert QUARTERS.index(dt.date(1949, 12, 31)) == -1
    assert QUARTERS.index(dt.date(2026, 1, 1)) == QUARTERS.steps


def test_the_periods_follow_each_other_and_cover_every_step_once() -> None:
    for earlier, later in pairwise(PERIODS):
        assert later.start - earlier.end == dt.timedelta(days=1)
    days = [str(day) for period in PERIODS for day in (period.start, period.end)]
    assert days[:3] == ["1949-04-04", "1989-12-31", "1990-01-01"]  # the codebook's
    assert days[3:] == ["2001-09-10", "2001-09-11", "2012-12-25", "2012-12-26", "2025-12-31"]
    slices = [QUARTERS.steps_of(found) for found in PERIODS]
    covered = [step for part in slices for step in range(part.start, part.stop)]
    assert covered == list(range(QUARTERS.steps))


@pytest.mark.parametrize(
    ("steps_per_year", "second"),
    [(4, dt.date(2001, 11, 16)), (2, dt.date(2001, 10, 1)), (1, dt.date(2001, 7, 1))],
)
def test_a_step_whose_middle_is_the_first_day_of_a_period_is_of_that_period(
    steps_per_year: int, second: dt.date
) -> None:
    day = dt.timedelta(days=1)
    periods = (
        Period("P1", "first", dt.date(2001, 1, 1), second - day),
        Period("P2", "second", second, dt.date(2003, 12, 31)),
    )
    found = Calendar(2001, 2003, steps_per_year, periods)
    one, two = (found.steps_of(period) for period in periods)
    assert found.position(second) % 1 == 0.5
    assert (one.start, one.stop, two.stop) == (0, two.start, found.steps)
    assert two.start == found.index(second)


def test_a_period_outside_the_run_has_no_steps() -> None:
    late = Calendar(2015, 2025)
    assert [late.steps_of(found) for found in PERIODS[:3]] == [slice(0, 0)] * 3
    assert late.steps_of(PERIODS[3]) == slice(0, late.steps)


@pytest.mark.parametrize(
    ("years", "reached"), [((1950, 2025), "1234"), ((1995, 2025), "234"), ((1950, 2000), "12")]
)
def test_periods_reached_are_those_with_a_step(years: tuple[int, int], reached: str) -> None:
    found = Calendar(*years, periods=PERIODS).periods_reached
    assert [period.id for period in found] == [f"P{number}" for number in reached]


def test_a_period_is_found_by_its_id() -> None:
    assert [DESCRIBED.period(found.id) for found in PERIODS] == list(PERIODS)
    with pytest.raises(UnknownName, match="unknown period 'P5'"):
        DESCRIBED.period("P5")


def test_periods_told_are_read_back() -> None:
    assert periods_read(DESCRIBED.periods_told()) == PERIODS
    with pytest.raises(ValueError, match="unpack"):
        periods_read([["P1", "Cold War"]])


@pytest.mark.parametrize("years", [range(1900, 2101), range(1, 10000, 38), (1, 4, 9996, 9999)])
def test_every_day_comes_back_from_its_decimal_year(years: Iterable[int]) -> None:
    for year in years:
        day, before = dt.date(year, 1, 1), 0.0
        for _ in range(366 if calendar.isleap(year) else 365):
            found = decimal_year(day)
            assert before < found < year + 1
            assert date_of(found) == day
            if day < dt.date.max:
                day, before = day + dt.timedelta(days=1), found


@pytest.mark.parametrize("steps_per_year", LENGTHS)
def test_decimal_years_are_those_of_the_axis_of_steps(steps_per_year: int) -> None:
    steps = Calendar(1990, 1999, steps_per_year)
    for step, year in enumerate(steps.years):
        assert math.isclose(decimal_year(steps.start_of(step)), year, abs_tol=1e-9)


@given(year=st.floats(1.0, 9999.9))
def test_a_decimal_year_gives_the_day_that_begins_nearest(year: float) -> None:
    day = date_of(year)
    apart = abs(decimal_year(day) - year)
    if day in (dt.date.min, dt.date.max):
        return
    for other in (day - dt.timedelta(days=1), day + dt.timedelta(days=1)):
        assert apart <= abs(decimal_year(other) - year) + 1e-9


@pytest.mark.parametrize("year", [0.999, 10000.0, -1.0, math.inf, math.nan])
def test_a_decimal_year_without_a_date_is_refused(year: float) -> None:
    with pytest.raises(ValueError, match="outside the years 1 to 9999"):
        date_of(year)


def test_the_last_moment_of_the_last_year_is_its_last_day() -> None:
    assert date_of(9999.99999) == dt.date.max
    assert QUARTERS.position(dt.date.max) > QUARTERS.steps
