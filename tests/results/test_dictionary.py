"""Every number that comes out stands in the data dictionary, and lies in its range."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from alliance_sim import Ensemble, Sweep, run_sweep, simulate
from alliance_sim.calendar import Calendar
from alliance_sim.results.dictionary import outcome_meaning, range_words
from alliance_sim.results.outcomes import evaluate, parse_outcome
from alliance_sim.results.state_metadata import Meaning

PLAN = """
title = "Columns"
scenarios = ["two_islands/baseline"]
seed = 7
replicates = 2
[design]
kind = "grid"
[[factor]]
name = "pull"
number = "willingness.threat_state"
values = [1.0, 2.0]
[[factor]]
name = "raid"
present = "great_raid"
[outcomes]
quarters_up = "sum(rung>=1)"
share_up = "mean(rung>=1)"
"""
YEARS = Calendar(2000, 2009)
MEANINGS = {
    "rung": Meaning("formal step", "formal step", 0.0, 11.0),
    "acts": Meaning("acts", "acts a quarter", 0.0),
    "level": Meaning("level", "1", 0.0, 1.0),
    "ratio": Meaning("ratio", "log-odds"),
}


@cache
def ensemble() -> Ensemble:
    return simulate("japan_nato/baseline", runs=20, seed=1)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    folder = tmp_path_factory.mktemp("columns")
    (folder / "plan.toml").write_text(PLAN)
    return run_sweep(folder / "plan.toml", folder / "swept")


def inside(numbers: Any, told: Any) -> bool:
    return bool((numbers >= told["low"]).all() and (numbers <= told["high"]).all())


def test_every_state_lies_in_the_range_that_its_entry_says() -> None:
    told: Any = ensemble().dictionary()
    frame = ensemble().to_frame()
    assert tuple(told.index) == ensemble().states
    assert [state for state in told.index if not inside(frame[state], told.loc[state])] == []
    assert told.loc["level_political"].tolist()[1:] == ["1", 0.0, 1.0]
    assert np.isinf(told.loc["agreements", "high"])


def test_every_column_of_a_sweep_has_an_entry_and_lies_in_its_range(sweep: Sweep) -> None:
    told: Any = sweep.dictionary()
    frame = sweep.frame()
    assert list(told.index) == list(frame.columns)
    assert (told["meaning"].str.len() > 2).all()
    numbers = frame.select_dtypes("number")
    assert [name for name in numbers if not inside(frame[name], told.loc[name])] == []
    assert told.loc["pull"].tolist()[1:] == ["log-odds", 1.0, 2.0]
    assert told.loc["share_up"].tolist()[1:] == ["1", 0.0, 1.0]
    assert told.loc["quarters_up", "high"] == sweep.plan.calendar.steps


@pytest.mark.parametrize(
    ("text", "unit", "low", "high"),
    [
        ("level@2004", "1", 0.0, 1.0),
        ("rung>=2@2004", "1", 0.0, 1.0),
        ("mean(rung>=2)", "1", 0.0, 1.0),
        ("max(rung)", "formal step", 0.0, 11.0),
        ("sum(acts)", "acts", 0.0, np.inf),
        ("sum(level)@2000..2001", "quarters", 0.0, np.inf),
        ("sum(rung>=2)@2000..2001", "quarters", 0.0, 8.0),
        ("first(rung>=2)", "year", 2000.0, 2010.0),
        ("mean(ratio)", "log-odds", -np.inf, np.inf),
        ("mean(rung)", "formal step, mean", 0.0, 11.0),
    ],
)
def test_an_outcome_has_the_unit_and_the_range_of_what_it_folds(
    text: str, unit: str, low: float, high: float
) -> None:
    outcome = parse_outcome(text, states=list(MEANINGS), calendar=YEARS)
    assert outcome_meaning(outcome, YEARS, MEANINGS)[1:] == (unit, low, high)
    draws = np.random.default_rng(1).random((50, YEARS.steps, len(MEANINGS)))
    found = evaluate([outcome], list(MEANINGS), draws * [11, 60, 1, 9] - [0, 0, 0, 4], YEARS)
    assert low <= found.min() <= found.max() <= high


def test_a_range_is_told_in_words() -> None:
    told = [range_words(*ends) for ends in ((0.0, 1.0), (0.0, np.inf), (-np.inf, np.inf))]
    assert told == ["0 to 1", "0 and up", "any"]


def test_columns_of_a_saved_ensemble_say_what_they_hold(tmp_path: Path) -> None:
    ensemble().save(tmp_path / "runs.parquet")
    schema = pq.read_schema(tmp_path / "runs.parquet")
    for state, told in ensemble().meanings.items():
        found = {
            key.decode(): value.decode() for key, value in schema.field(state).metadata.items()
        }
        assert found["long_name"] == told.long_name
        assert found.get("units", "") == told.unit
        assert float(found.get("valid_max", "inf")) == told.high
    assert schema.field("run").metadata[b"long_name"] == b"number of the run"
    loaded = Ensemble.load(tmp_path / "runs.parquet")
    assert loaded == ensemble()
    pd.testing.assert_frame_equal(loaded.dictionary(), ensemble().dictionary())


def test_variables_of_a_dataset_say_what_they_hold() -> None:
    pytest.importorskip("xarray")
    told = ensemble().to_xarray()["level_political"].attrs
    assert (told["units"], told["valid_min"], told["valid_max"]) == ("1", 0.0, 1.0)


def test_columns_of_a_sweep_say_what_they_hold(sweep: Sweep) -> None:
    (rows,) = (sweep.folder / "rows").glob("*.parquet")
    schema = pq.read_schema(rows)
    told = sweep.dictionary()
    for name in told.index:
        found = schema.field(name).metadata
        assert found[b"long_name"].decode() == told.loc[name, "meaning"]
    assert schema.field("pull").metadata[b"valid_max"] == b"2"
