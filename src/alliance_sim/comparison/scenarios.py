"""What follows in the model when something is changed: scenarios run on the same noise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_sim.engine.simulate import Kernel, Progress, simulate
from alliance_sim.errors import SettingError
from alliance_sim.record.words import Words
from alliance_sim.results import Ensemble
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.part import DOMAINS
from alliance_sim.world import build_world, first_touched

LOW, HIGH = 0.05, 0.95
OUTCOMES = (*(f"level_{domain}" for domain in DOMAINS), "rung")


@dataclass(frozen=True)
class Contrasts:
    """Counterfactual scenarios beside the factual one.

    Attributes:
        factual: Runs of the factual scenario.
        others: Runs of each counterfactual with the same seed and numbers, by title, or by name
            where titles are alike.
        touched: Day on which the first quarter begins that an edit touches, called likewise;
            missing where nothing differs.
        table: Effects by scenario, domain and year.
        words: What is said about the relationship.
    """

    factual: Ensemble
    others: dict[str, Ensemble]
    touched: dict[str, dt.date]
    table: pd.DataFrame
    words: Words


def compare_scenarios(
    factual: Scenario,
    others: Sequence[Scenario],
    *,
    runs: int,
    seed: int | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Contrasts:
    """Return counterfactual scenarios minus a factual one, run by run on the same noise.

    Args:
        factual: The scenario that the others are held against.
        others: Counterfactual scenarios.
        runs: Runs of each.
        seed: Seed of the noise; None lets the operating system choose, and the result names it.
        workers: Processors to use; the numbers do not depend on it.
        progress: Called with (runs done, runs asked for) over all scenarios.

    Raises:
        SettingError: If two of the others have the same name, or a setting is out of range.
    """
    names = _shown_names(others)
    engine = Kernel(threads=workers)
    total = runs * (1 + len(others))

    def shifted(before: int) -> Progress | None:
        if progress is None:
            return None
        return lambda done, _: progress(before + done, total)

    base = simulate(factual, runs=runs, seed=seed, engine=engine, progress=shifted(0))
    ensembles, touched = {}, {}
    world = build_world(factual)
    for position, (name, other) in enumerate(zip(names, others, strict=True), start=1):
        ensembles[name] = simulate(
            other, runs=runs, seed=base.seed, engine=engine, progress=shifted(position * runs)
        )
        step = first_touched(world, build_world(other))
        if step is not None:
            touched[name] = base.calendar.start_of(step)
    words = Words.of(factual)
    return Contrasts(base, ensembles, touched, contrast_table(base, ensembles), words)


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


def _shown_names(scenarios: Sequence[Scenario]) -> list[str]:
    """Return how to call scenarios: by title, or by name where titles do not tell them apart.

    Raises:
        SettingError: If names do not tell them apart either.
    """
    for names in ([s.title for s in scenarios], [s.name for s in scenarios]):
        if len(set(names)) == len(names):
            return names
    twice = sorted({s.name for s in scenarios if [t.name for t in scenarios].count(s.name) > 1})
    problems = [f"two scenarios are called {name!r}; names must differ" for name in twice]
    raise SettingError("compare_scenarios", problems)
