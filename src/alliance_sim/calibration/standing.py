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
SHOWN = (YEARLY, TOLD, EVIDENCE)
HEADS = (
    *("acts", "each year forecast from those before it", "the same, told its inputs"),
    "evidence of the counts",
)
EVIDENCE_IN_WORDS = (
    "In brackets the best curve. Evidence is told the inputs of each year and the formal steps "
    "before it, and averaged over all that was held possible before the record was seen."
)
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
    yearly = [row for row in standing_of(record) if row.setting == YEARLY]
    if not yearly:
        return ""
    better = [row for row in yearly if row.gain > ASKED]
    verdict = "Yes" if len(better) == len(yearly) else "No"
    if 0 < len(better) < len(yearly):
        verdict = f"Only for {', '.join(series_words(row.series) for row in better)}"
    return (
        f"Does the model forecast better than simple curves through the counts? {verdict}. A "
        "forecast is better the more probability it gave to what then came. Over all years "
        f"together the model was to give what came {_times(ASKED)} times the probability that the "
        f"best curve gave it ({ASKED:g} nats)."
    )


def standing_rows(record: str) -> list[tuple[str, ...]]:
    """Return how much probability the model gave beside the best curve, by series, as `HEADS` says.

    Args:
        record: Name and edition, as in "two_islands@1".

    Returns:
        A row for each series of acts; none where the record was never scored.
    """
    found = {(row.series, row.setting): row for row in standing_of(record)}
    series = dict.fromkeys(one for one, setting in found if setting == YEARLY)
    return [
        (series_words(one), *(_beside(found.get((one, setting))) for setting in SHOWN))
        for one in series
    ]


def _beside(row: Standing | None) -> str:
    return "\N{EN DASH}" if row is None else f"{_as_much(row.gain)} ({row.baseline})"


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
