"""How the model's forecasts stand beside the best of the baselines, as it was scored last.

Baselines take minutes to fit. What they came to ships as a small table beside the forecasts of the
model, so that any page can say at once whether the model forecasts better than they do.
"""

from __future__ import annotations

import csv
import math
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from alliance_sim.glossary import series_words

FOLDER = "scores"  # of what comes with the package, by record
ENDING = "_beside_baselines.csv"
YEARLY, TOLD = "rolling", "rolling_told"  # settings: inputs as they were, and told
EVIDENCE = "evidence"  # a setting of its own: in sample, averaged over the prior
ASKED = 4.0  # nats by which the model has to be better
A_MILLION = 1e6
MOST = 20.0  # nats, which is more than a million times as likely


class Standing(NamedTuple):
    """The model beside the best baseline on the same acts, in the same setting.

    Attributes:
        series: Which acts count.
        setting: As in `scoring.SETTINGS`, or "evidence".
        score: Log score or evidence of the model, nats.
        baseline: Title of the best baseline.
        best: The same of that baseline, nats.
    """

    series: str
    setting: str
    score: float
    baseline: str
    best: float

    @property
    def gain(self) -> float:
        """By how much the model is better, nats; below 0 it is worse."""
        return self.score - self.best


def standing_path(record: str) -> Path:
    """Return where the table of a record lies in the package, whether it is there or not."""
    return Path(str(resources.files("alliance_sim.results"))) / FOLDER / f"{record}{ENDING}"


@cache
def standing_of(record: str) -> tuple[Standing, ...]:
    """Return how the model was scored on a record, nothing where none was kept.

    Args:
        record: Name and edition, as in "two_islands@1".
    """
    path = standing_path(record)
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Standing(
                row["series"],
                row["setting"],
                float(row["score"]),
                row["baseline"],
                float(row["best"]),
            )
            for row in csv.DictReader(file)
        )


def standing_in_words(record: str) -> str:
    """Return in a few sentences whether the model forecasts better than baselines, "" if unknown.

    Args:
        record: Name and edition, as in "two_islands@1".
    """
    rows = standing_of(record)
    yearly = [row for row in rows if row.setting == YEARLY]
    if not yearly:
        return ""
    better = [row for row in yearly if row.gain > ASKED]
    verdict = "Yes" if len(better) == len(yearly) else "No"
    if 0 < len(better) < len(yearly):
        verdict = f"Only for {', '.join(series_words(row.series) for row in better)}"
    gains = "; ".join(_beside(row, _told(rows, row.series)) for row in yearly)
    said = (
        f"Does the model forecast better than simple curves through the counts? {verdict}. A "
        "forecast is better the more probability it gave to what then came. Each year was forecast "
        f"from the years before it, and the model was to give what came {_times(ASKED)} times the "
        f"probability that the best curve gave it ({ASKED:g} nats). Over all years together it "
        f"gave: {gains}."
    )
    evidence = [row for row in rows if row.setting == EVIDENCE]
    if evidence:
        said += (
            " Told the inputs of each year and the formal steps before it, and averaged over all "
            "that it held possible before it saw the record (evidence of the counts), it gave: "
            f"{'; '.join(_beside(row) for row in evidence)}."
        )
    return said


def _beside(row: Standing, more: str = "") -> str:
    """Return how much probability the model gave to acts, beside the best curve."""
    return f"{series_words(row.series)}, {_as_much(row.gain)}{more} (beside: {row.baseline})"


def _told(rows: tuple[Standing, ...], series: str) -> str:
    """Return the gain of forecasts that are told the inputs of the year."""
    found = [row.gain for row in rows if (row.series, row.setting) == (series, TOLD)]
    return f", {_as_much(found[0])} if told the inputs of the year" if found else ""


def _as_much(gain: float) -> str:
    """Return a gain in nats in words: how many times as much, or less."""
    times = _times(abs(gain))
    if times == "1":
        return "as much"
    return f"{times} times {'less' if gain < 0.0 else 'as much'}"


def _times(gain: float) -> str:
    """Return the factor that a gain in nats stands for, to two digits."""
    factor = float(f"{math.exp(min(gain, MOST)):.2g}")
    return "over a million" if factor >= A_MILLION else f"{factor:,g}"
