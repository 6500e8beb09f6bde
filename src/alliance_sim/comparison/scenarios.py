"""What follows in the model when something is changed: scenarios run on the same noise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from alliance_sim.comparison.difference import contrast_table
from alliance_sim.engine.simulate import Kernel, Progress, simulate
from alliance_sim.errors import SettingError
from alliance_sim.results import Ensemble
from alliance_sim.scenario import Scenario
from alliance_sim.world import build_world, first_touched


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
    """

    factual: Ensemble
    others: dict[str, Ensemble]
    touched: dict[str, dt.date]
    table: pd.DataFrame


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
    return Contrasts(base, ensembles, touched, contrast_table(base, ensembles))


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
