"""`mesa.batch_run` gives the frames of `simulate`, with seeds as the installed Mesa wants them."""

import inspect
from collections.abc import Mapping
from typing import Any

import mesa
import pandas as pd
import pytest

from alliance_sim import load_scenario, simulate
from alliance_sim.engine.mesa_model import AllianceModel

SEEDS_BY_KEYWORD = "rng" in inspect.signature(mesa.batch_run).parameters
SHORT = (
    load_scenario("japan_nato/baseline")
    .with_setting("time.first_year", 2008)
    .with_setting("time.last_year", 2012)
)
MESA_COLUMNS = ["RunId", "iteration", "Step"]
EXACTLY: dict[str, Any] = {"check_exact": True, "check_frame_type": False}


def batch(parameters: Mapping[str, Any], seeds: list[Any], processes: int = 1) -> pd.DataFrame:
    """Return the frame of a batch, with seeds given as this version of Mesa expects."""
    given = {"world_of": [SHORT], "run": [0, 1], "agent_data": False, **parameters}
    keywords: dict[str, Any] = {}
    if SEEDS_BY_KEYWORD:
        keywords["rng"] = seeds
    else:
        given["rng"] = seeds
    return raw_batch(given, processes=processes, **keywords)


def raw_batch(parameters: Mapping[str, Any], *, processes: int, **keywords: Any) -> pd.DataFrame:
    rows = mesa.batch_run(
        AllianceModel,
        parameters=parameters,
        number_processes=processes,
        data_collection_period=1,
        display_progress=False,
        **keywords,
    )
    return pd.DataFrame(rows)


def of_seed(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the runs of one seed in the layout of `to_frame`."""
    own = frame[frame["seed"] == seed].sort_values(["run", "Step"])
    return own.drop(
        columns=[*MESA_COLUMNS, "seed", "world_of", "agent_data", "rng"], errors="ignore"
    )


def assert_as_simulated(frame: pd.DataFrame, seed: int) -> None:
    expected = simulate(SHORT, runs=2, seed=seed).to_frame()
    found = of_seed(frame, seed).reset_index(drop=True)
    assert list(found.columns) == list(expected.columns)
    pd.testing.assert_frame_equal(found.astype(expected.dtypes), expected, **EXACTLY)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_batch_holds_exactly_what_simulate_gives(processes: int) -> None:
    frame = batch({}, [7, 8], processes)
    assert set(frame["seed"]) == {7, 8}
    assert len(frame) == 2 * 2 * 20
    for seed in (7, 8):
        assert_as_simulated(frame, seed)


def test_seeds_as_text_are_the_numbers_that_they_show() -> None:
    frame = batch({}, ["7", "8"])
    assert set(frame["seed"]) == {7, 8}
    assert_as_simulated(frame, 7)


def test_no_seed_is_reported_as_an_explicit_one() -> None:
    frame = batch({"run": [0]}, [None])
    (seed,) = set(frame["seed"])
    assert isinstance(seed, int)
    expected = simulate(SHORT, runs=1, seed=seed).to_frame()
    pd.testing.assert_frame_equal(
        of_seed(frame, seed).reset_index(drop=True).astype(expected.dtypes),
        expected,
        **EXACTLY,
    )


@pytest.mark.parametrize("name", ["rng", "seed"])
def test_seeds_among_the_parameters_are_used_or_replaced_but_always_named(name: str) -> None:
    # Mesa 3.5 overwrites parameters called "seed" with its own; the column still tells the truth.
    given = {"world_of": [SHORT], "run": [0, 1], "agent_data": False, name: [7, 8]}
    frame = raw_batch(given, processes=1)
    seeds = [int(seed) for seed in sorted(set(frame["seed"]))]
    assert frame["seed"].notna().all()
    if not SEEDS_BY_KEYWORD or name == "rng":
        assert seeds == [7, 8]
    for seed in seeds:
        own = frame[frame["seed"] == seed]
        for run in sorted(set(own["run"])):
            expected = simulate(SHORT, runs=1, seed=seed, first_run=int(run)).to_frame()
            found = of_seed(own[own["run"] == run], seed).reset_index(drop=True)
            pd.testing.assert_frame_equal(
                found.head(20).astype(expected.dtypes),
                expected,
                check_exact=True,
                check_frame_type=False,
            )


def test_agents_come_with_a_batch_when_asked_for() -> None:
    frame = batch({"agent_data": True, "run": [0]}, [7])
    actors = set(frame[frame["quarter"] == "2010Q1"]["name"])
    assert {"japan", "nato", "japan_nato", "france", "russia"} <= actors
    assert len(frame) == 20 * len(actors)


def test_a_shipped_scenario_is_asked_for_by_name() -> None:
    frame = batch({"world_of": "japan_nato/baseline", "run": [1]}, [7])
    expected = simulate("japan_nato/baseline", runs=1, seed=7, first_run=1).to_frame()
    found = of_seed(frame, 7).reset_index(drop=True)
    pd.testing.assert_frame_equal(found.astype(expected.dtypes), expected, **EXACTLY)
