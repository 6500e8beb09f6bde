"""Published yearly series turned into inputs between 0 and 1 by a stated formula."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from alliance_sim.calendar import Calendar
from alliance_sim.errors import ScenarioError, unknown_name
from alliance_sim.scenario.schema import SeriesInput
from alliance_sim.scenario.yearly import parsed


def by_year(
    given: SeriesInput, calendar: Calendar, series: str, where: tuple[str, str]
) -> list[float]:
    """Return one value in [0, 1] for each calendar year, by the formula of `SeriesInput`.

    Args:
        given: The series and its formula.
        calendar: The years wanted.
        series: The yearly series of the scenario, as it keeps them.
        where: Name of the scenario, and the place in it, for the message.

    Raises:
        ScenarioError: If the scenario holds no such series.
    """
    names = sorted(parsed(series))
    if given.series not in names:
        problem = unknown_name("series", given.series, names)
        raise ScenarioError(where[0], [f"{where[1]}: {problem}"])
    return list(_by_formula(given, calendar, series))


@lru_cache(maxsize=256)
def _by_formula(given: SeriesInput, calendar: Calendar, series: str) -> tuple[float, ...]:
    """Return the values of a series; edits of a scenario share them."""
    known = parsed(series)[given.series]
    first, last = min(known), max(known)
    wanted = range(calendar.first_year, calendar.last_year + 1)
    means = {year: _mean(known, year, given.window) for year in range(first, last + 1)}
    result, latest = [], means[first]
    for year in wanted:
        if first <= year <= last:
            latest = means[year] if means[year] is not None else latest
        outside = not first <= year <= last and given.outside == "floor"
        raw = 0.0 if outside or latest is None else latest / given.divide_by.value
        result.append(max(given.floor.value, min(1.0, raw)))
    return tuple(result)


def _mean(known: Mapping[int, float], year: int, window: int) -> float | None:
    """Return the mean of the entries around a year, added up from the earliest on."""
    found = [known[y] for y in range(year - window, year + window + 1) if y in known]
    if not found:
        return None
    total = 0.0
    for value in found:
        total = total + value
    return total / len(found)
