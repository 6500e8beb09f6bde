"""Columns that tables of a sweep add to its factors, which no factor may be called like."""

from __future__ import annotations

from collections.abc import Sequence

from alliance_sim.errors import SettingError

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FACTUAL, EDITED = "factual", "edited"  # beside a difference
ADDED = (
    *("outcome", "runs", "failed", "mean", "mean_se"),
    *(f"q{round(100 * share):02d}{of}" for share in QUANTILES for of in ("", "_se")),
    *("probability", "probability_low", "probability_high"),
    *(FACTUAL, EDITED),
)


def refuse_added(where: str, factors: Sequence[str]) -> None:
    """Refuse factors whose columns a table would write over.

    Args:
        where: What is asked for.
        factors: Names of factors.

    Raises:
        SettingError: Naming each.
    """
    problems = [
        f"factor {name!r} is called like a column of the table; give it another name"
        for name in factors
        if name in ADDED
    ]
    if problems:
        raise SettingError(where, problems)
