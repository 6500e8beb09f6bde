"""What a comparison of two scenarios comes to, in one plain sentence.

It names the largest difference of all years, as a share of its scale: of a level or of the formal
steps; how sure the direction is; what is left of it in the last year; and which step comes in more
or in fewer histories. It says so where nothing differs and where the direction is chance.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from alliance_sim.comparison.claims import SAME
from alliance_sim.glossary import decimal, percent, signed
from alliance_sim.record.words import Words
from alliance_sim.scenario.fields import LEVEL

RUNG, STEPS = "rung", "formal step"
PLACES = 2  # of a level, in a sentence
LEAST = 0.01  # of a level; what differs by less is called hardly different
SURE, OPEN = 0.9, 0.6  # shares of runs from which a direction is told as such, and as likely
RARE = 0.1  # share of runs up to which the other direction hardly occurs
MOVED = 0.1  # share of histories by which a step has to come more or less often to be told
CAVEAT = "the numbers are judged or fitted, so this says what the model implies"
Row = dict[str, Any]


class Findings(NamedTuple):
    """What is known of an edited scenario.

    Attributes:
        yearly: Its rows of `Comparison.yearly`.
        steps: Its rows of `Comparison.steps`.
        last: The last year looked at.
        same: Whether every number is that of the factual scenario.
    """

    yearly: pd.DataFrame
    steps: pd.DataFrame
    last: int
    same: bool


def sentence_of(label: str, found: Findings, *, against: str, words: Words, rungs: int) -> str:
    """Return a sentence on an edited scenario.

    Args:
        label: What the scenario is called.
        found: What is known of it.
        against: Title of the factual scenario.
        words: What is said about the relationship.
        rungs: Steps of the formal ladder.
    """
    rows = _records(found.yearly)
    runs = rows[0]["runs"]
    if found.same:
        return (
            f"{label}: in the model nothing differs from “{against}”, in any quarter of any of "
            f"{runs} histories."
        )
    level = _largest(row for row in rows if row["state"].startswith(LEVEL))
    rung = _largest(row for row in rows if row["state"] == RUNG)
    first, second = level, rung
    if abs(rung["difference"]) / rungs > abs(level["difference"]):
        first, second = rung, level
    told = [_lead(first, against, words, rungs=rungs), *_surest(first, rows, words, rungs=rungs)]
    told.append(_other(second, words))
    told += _left(rows, (first, second), found.last, words)
    told += [*_steps(found.steps), CAVEAT]
    return f"{label}: in the model {'; '.join(told)}."


def _records(table: pd.DataFrame) -> list[Row]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _largest(rows: Any) -> Row:
    """Return the row with the largest difference, the first of several."""
    largest: Row = max(rows, key=lambda row: abs(row["difference"]))
    return largest


def _lead(row: Row, against: str, words: Words, *, rungs: int) -> str:
    """Return what is said of the largest difference."""
    runs = row["runs"]
    if _hardly(row):
        return (
            f"neither a level of cooperation nor the formal step differs from “{against}” in the "
            f"median of {runs} pairs of histories, by as much as {LEAST:g} or by a step"
        )
    counted = row["state"] == RUNG
    higher, lower = ("higher", row["above"]), ("lower", row["below"])
    (way, share), (other, rest) = (higher, lower) if row["difference"] > 0 else (lower, higher)
    size = decimal(abs(row["difference"]), row["unit"], places=PLACES)
    scale = f"of {rungs} steps" if counted else "on a scale from 0 to 1"
    most = (
        f"the {_called(row, words)} at the end of {row['year']} is "
        f"{size} {way} than in “{against}”, "
        f"{scale} (the largest median difference, over {runs} pairs of histories with the same "
        f"luck; 90 % of them: {_signed(row, 'low')} to {_signed(row, 'high')})"
    )
    if share >= SURE:
        return f"{most}, and {way} in {_share(share)} of the pairs"
    chance = f"{way} in {_share(share)} of the pairs and {other} in {_share(rest)}"
    verdict = "chance has a large part in it" if share >= OPEN else "which way it goes is chance"
    if share < OPEN and rest < RARE:
        verdict = "whether anything changes is chance"
    return f"{most}; it is {chance}, so {verdict}"


def _surest(first: Row, rows: list[Row], words: Words, *, rungs: int) -> list[str]:
    """Return the largest difference that is sure of its direction, where that told first is not."""
    if _hardly(first) or max(first["above"], first["below"]) >= OPEN:
        return []
    shown = [row for row in rows if row["state"] == RUNG or row["state"].startswith(LEVEL)]
    sure = [row for row in shown if max(row["above"], row["below"]) >= SURE and not _hardly(row)]
    if not sure:
        return []
    size = {True: 1.0 / rungs, False: 1.0}
    row = max(sure, key=lambda row: abs(row["difference"]) * size[row["state"] == RUNG])
    way, share = "higher" if row["difference"] > 0 else "lower", max(row["above"], row["below"])
    where = f"the {_called(row, words)} at the end of {row['year']} ({_signed(row, 'difference')})"
    told = f"the largest that is sure of its way: {where}, {way} in {_share(share)} of the pairs"
    return [told]


def _other(row: Row, words: Words) -> str:
    """Return what is said of the levels where the steps come first, and the other way round."""
    if _hardly(row):
        if row["state"] == RUNG:
            return f"the median difference of the {STEPS} reached is 0 throughout"
        return f"no level of cooperation has a median difference as large as {LEAST:g}"
    return (
        f"the {_called(row, words)} differs most at the end of {row['year']} "
        f"({_signed(row, 'difference')}; 90 %: {_signed(row, 'low')} to {_signed(row, 'high')})"
    )


def _left(rows: list[Row], told: tuple[Row, Row], last: int, words: Words) -> list[str]:
    """Return what of both differences is left in the last year looked at."""
    parts = []
    for one in told:
        if _hardly(one) or one["year"] == last:
            continue
        row = next(r for r in rows if r["state"] == one["state"] and r["year"] == last)
        left = f"under {LEAST:g}" if one["state"] != RUNG and _hardly(row) else ""
        parts.append(f"{_called(row, words)} {left or _signed(row, 'difference')}")
    return [f"at the end of {last} the median difference is: {', '.join(parts)}"] if parts else []


def _steps(steps: pd.DataFrame) -> list[str]:
    """Return what is said of the step whose chance to come at all changes most, if one does."""
    if steps.empty:
        return []
    most = max(_records(steps), key=lambda row: abs(row["edited"] - row["factual"]))
    if round(abs(most["edited"] - most["factual"]), SAME) < MOVED:
        return []
    shares = f"{_share(most['edited'])} of the histories in place of {_share(most['factual'])}"
    return [f"“{most['title']}” comes in {shares}"]


def _called(row: Row, words: Words) -> str:
    if row["state"] == RUNG:
        return f"{STEPS} reached"
    return f"level of cooperation in {words.domain(row['state'].removeprefix(LEVEL))}"


def _hardly(row: Row) -> bool:
    """Whether a difference is too small to be told."""
    return abs(float(row["difference"])) < (0.5 if row["state"] == RUNG else LEAST)


def _signed(row: Row, key: str) -> str:
    return signed(row[key], row["unit"], places=PLACES)


def _share(share: float) -> str:
    """Return a share of the pairs in words that nobody takes for more than it is."""
    return "all" if share >= 1 - 1e-9 else percent(share)
