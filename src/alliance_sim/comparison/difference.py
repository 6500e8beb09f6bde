"""Differences between ensembles on the same noise, as tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from alliance_sim.results import Ensemble
from alliance_sim.scenario.part import DOMAINS

LOW, HIGH = 0.05, 0.95
OUTCOMES = (*(f"level_{domain}" for domain in DOMAINS), "rung")


def contrast_table(factual: Ensemble, others: Mapping[str, Ensemble]) -> pd.DataFrame:
    """Return counterfactual minus factual at the end of each year.

    Args:
        factual: Runs of the factual scenario.
        others: Runs of counterfactual scenarios with the same seed and numbers, by title.

    Returns:
        Columns `scenario`, `outcome` (a level, 0 to 1, or the rung), `year`, `median`, `low`,
        `high` (5th and 95th percentile over pairs of runs) and `share_below` (share of pairs in
        which the counterfactual is lower by more than 0.005). A pair in which one failed is left
        out.
    """
    steps = factual.calendar.steps_per_year
    years = range(factual.calendar.first_year, factual.calendar.last_year + 1)
    frames = []
    for title, other in others.items():
        for outcome in OUTCOMES:
            change = (other.column(outcome) - factual.column(outcome))[:, steps - 1 :: steps]
            change = change[~np.isnan(change).any(axis=1)]
            low, middle, high = np.quantile(change, [LOW, 0.5, HIGH], axis=0)
            frames.append(
                pd.DataFrame(
                    {
                        "scenario": title,
                        "outcome": outcome,
                        "year": list(years),
                        "median": middle,
                        "low": low,
                        "high": high,
                        "share_below": (change < -0.005).mean(axis=0),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
