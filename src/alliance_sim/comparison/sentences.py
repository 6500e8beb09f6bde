"""What a comparison of two scenarios comes to, in one plain sentence.

It names the level that differs most in the median, how sure the direction is, and what becomes of
the formal steps; it says so where nothing differs and where the direction is chance.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from alliance_sim.glossary import percent
from alliance_sim.record.words import Words

LEVEL = "level_"
LEAST = 0.01  # of a level; what differs by less is called hardly different
SURE, OPEN = 0.9, 0.6  # shares of runs from which a direction is told as such, and as likely
CAVEAT = "the numbers are set by hand, so this says what the assumptions imply"


def sentence_of(
    label: str, table: pd.DataFrame, *, against: str, words: Words, same: bool = False
) -> str:
    """Return a sentence on an edited scenario.

    Args:
        label: What the scenario is called.
        table: Its rows of `Comparison.table`.
        against: Title of the factual scenario.
        words: What is said about the relationship.
        same: Whether every number of both scenarios is the same.
    """
    rows: list[dict[str, Any]] = [{str(k): v for k, v in row.items()}
                                  for row in table.to_dict("records")]  # fmt: skip
    runs = rows[0]["runs"]
    if same:
        return (
            f"{label}: in the model nothing differs from “{against}”, in any quarter of any of "
            f"{runs} histories."
        )
    levels = [row for row in rows if row["state"].startswith(LEVEL)
              and row["outcome"] == f"{row['state']}@{row['year']}"]  # fmt: skip
    steps = [row for row in rows if row["outcome"] == f"rung@{row['year']}"]
    most = max(levels, key=lambda row: abs(row["difference"]))
    last = max(levels, key=lambda row: (row["state"] == most["state"], row["year"]))
    told = [_level(most, against, words)]
    if last is not most and abs(most["difference"]) >= LEAST:
        told.append(f"by the end of {last['year']} {_remains(last['difference'])}")
    told += [_steps(max(steps, key=lambda row: row["year"])), CAVEAT]
    return f"{label}: in the model {'; '.join(told)}."


def _level(row: dict[str, Any], against: str, words: Words) -> str:
    """Return what is said of the level that differs most."""
    size, runs = abs(row["difference"]), row["runs"]
    if size < LEAST:
        return (
            f"no level of cooperation differs from “{against}” by as much as {LEAST:g} in the "
            f"median of {runs} pairs of histories, at the end of any year looked at"
        )
    up = row["difference"] > 0
    (way, share), (other, rest) = (
        (("higher", row["above"]), ("lower", row["below"]))
        if up
        else (("lower", row["below"]), ("higher", row["above"]))
    )
    domain = words.domain(row["state"].removeprefix(LEVEL))
    most = (
        f"the level of cooperation in {domain} at the end of {row['year']} is {size:.2f} {way} "
        f"than in “{against}”, on a scale from 0 to 1 (the largest median difference, over {runs} "
        f"pairs of histories with the same luck; 90 % of them: {_signed(row['low'])} to "
        f"{_signed(row['high'])})"
    )
    if share >= SURE:
        return f"{most}, and {way} in {_share(share)} of the pairs"
    chance = f"{way} in {_share(share)} of the pairs and {other} in {_share(rest)}"
    verdict = "chance has a large part in it" if share >= OPEN else "which way it goes is chance"
    return f"{most}; it is {chance}, so {verdict}"


def _remains(difference: float) -> str:
    """Return what the largest difference has become in the last year looked at."""
    if abs(difference) < LEAST:
        return f"less than {LEAST:g} of it is left in the median"
    return f"it is {_signed(difference)} in the median"


def _steps(row: dict[str, Any]) -> str:
    """Return what is said of the formal steps at the end."""
    shares = {"lower": row["below"], "the same": 1 - row["above"] - row["below"],
              "higher": row["above"]}  # fmt: skip
    parts = [f"{way} in {_share(share)}" for way, share in shares.items() if share > 1e-9]
    listed = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
    return f"the formal step reached by the end of {row['year']} is {listed} of the pairs"


def _signed(value: float) -> str:
    return f"{round(value, 2) + 0.0:+.2f}".replace("+0.00", "0").replace("-", "−")


def _share(share: float) -> str:
    """Return a share of the pairs in words that nobody takes for more than it is."""
    return "all" if share >= 1 - 1e-9 else percent(share)
