"""A small made-up ensemble: drawing must not wait for a simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_sim.comparison.counts import count_table
from alliance_sim.record.record import Record
from alliance_sim.results import Ensemble
from alliance_sim.scenario import load_scenario
from alliance_sim.world.state import meanings_of

RUNS = 5
STATES = (
    *(f"level_{domain}" for domain in ("political", "operations", "equipment")),
    *("agenda_overlap", "rung", "count_operations", "ratio_japan"),
)


def made_up(name: str = "made/up", *, shift: float = 0.0, seed: int = 7) -> Ensemble:
    """Return an ensemble whose states rise with time, each run a little higher than the last."""
    calendar = load_scenario("japan_nato/baseline").calendar()
    rise = np.linspace(0.0, 0.8, calendar.steps)[None, :] + 0.02 * np.arange(RUNS)[:, None]
    late = np.arange(calendar.steps) >= calendar.steps // 2
    level = np.clip(rise + shift * late, 0, 1)
    count = np.floor(4 * rise)
    columns = [level, level * 0.7, level * 0.4, rise, np.floor(11 * rise), count, rise * 6 - 3]
    return Ensemble(
        scenario=name,
        digest=f"digest of {name}",
        calendar=calendar,
        states=STATES,
        values=np.stack(columns, axis=-1),
        seed=seed,
        versions={"alliance-sim": "0.0.test"},
        status=("ok",) * RUNS,
        meanings=meanings_of(load_scenario("japan_nato/baseline")),
    )


@pytest.fixture(scope="session")
def ensemble() -> Ensemble:
    return made_up()


@pytest.fixture(scope="session")
def record() -> Record:
    return Record.of("japan_nato")


@pytest.fixture(scope="session")
def counts(record: Record) -> pd.DataFrame:
    """Return the record's own events, thinned, as if they were the runs."""
    events = record.events.assign(date=record.events["when"])
    columns = ["date", "domain", "kind", "salience", "initiator"]
    thinned = [events.iloc[run::2][columns].assign(run=run) for run in range(2)]
    return count_table(pd.concat(thinned, ignore_index=True), record, RUNS)
