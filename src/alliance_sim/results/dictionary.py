"""The data dictionary: what each column holds, in which unit, and between which numbers.

The same words stand in Python (`Ensemble.dictionary`, `Sweep.dictionary`), in the columns of the
files that are written, and on a page of the documentation.
"""

from __future__ import annotations

from math import inf, isfinite, isinf
from typing import TYPE_CHECKING

from alliance_sim.calendar import Calendar
from alliance_sim.glossary import EACH_STEP, is_whole
from alliance_sim.results.outcome_words import outcome_title
from alliance_sim.results.outcomes import Outcome, is_binary
from alliance_sim.results.state_metadata import Meaning, Meanings, meaning

if TYPE_CHECKING:
    import pandas as pd

SHARE = "1"


def outcome_meaning(outcome: Outcome, calendar: Calendar, meanings: Meanings) -> Meaning:
    """Return what an outcome is, its unit and its range, from those of its state.

    Args:
        outcome: The outcome.
        calendar: The steps of a run.
        meanings: What the states mean.
    """
    state = meaning(outcome.state, meanings)
    low, high, unit = state.low, state.high, state.unit
    steps = outcome.stop - outcome.start
    if outcome.passes:
        low, high, unit = 0.0, 1.0, SHARE
    elif outcome.fold == "first":
        low, high, unit = calendar.first_year, calendar.last_year + 1.0, "year"
    elif outcome.fold == "sum":
        whole = bool(outcome.compare) or unit == SHARE
        low, high = (0.0, float(steps)) if outcome.compare else (_times(low, steps), inf)
        unit = "quarters" if whole else unit.removesuffix(EACH_STEP)
    elif outcome.compare or is_binary(outcome):
        low, high, unit = 0.0, 1.0, SHARE
    elif outcome.fold == "mean" and is_whole(unit):
        unit = f"{unit}, mean"  # comes in whole numbers no more
    return Meaning(outcome_title(outcome, calendar, meanings), unit, low, high)


def range_words(low: float, high: float) -> str:
    """Return a range in words, such as "0 to 1", "0 and up" or "any"."""
    if isinf(low):
        return "any"
    return f"{low:g} and up" if isinf(high) else f"{low:g} to {high:g}"


def dictionary_frame(meanings: Meanings, name: str) -> pd.DataFrame:
    """Return a data dictionary as a table.

    Args:
        meanings: What each column means.
        name: What the columns are, such as "state".

    Returns:
        One row per column, with the index `name`; columns `meaning`, in words, `unit` ("1" for a
        share or a number without unit), `low` and `high`, infinite where there is no limit.
    """
    import pandas as pd

    rows = [(told.long_name, told.unit, told.low, told.high) for told in meanings.values()]
    columns = ["meaning", "unit", "low", "high"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(list(meanings), name=name))


def column_metadata(told: Meaning) -> dict[str, str | float]:
    """Return what stands with a column of a file: `long_name`, `units` and limits.

    The names are those of the conventions for climate and forecast data (CF), which NetCDF files
    use. Source: https://cfconventions.org/
    """
    found: dict[str, str | float] = {"long_name": told.long_name}
    found |= {"units": told.unit} if told.unit else {}
    found |= {"valid_min": told.low} if isfinite(told.low) else {}
    return found | ({"valid_max": told.high} if isfinite(told.high) else {})


def field_metadata(told: Meaning) -> dict[str, str]:
    """Return the same as texts, which is what a column of a Parquet file can hold."""
    found = column_metadata(told).items()
    return {key: value if isinstance(value, str) else f"{value:g}" for key, value in found}


def _times(low: float, steps: int) -> float:
    return -inf if isinf(low) else low * steps
