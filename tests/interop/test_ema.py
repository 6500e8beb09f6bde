"""The EMA Workbench: `Model(function=alliance_sim.run)`, sequential and in processes."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

import alliance_sim

PARAMETERS = {
    "willingness__threat_state",
    "juncture__nine_eleven__present",
    "council__rule",
}
OUTCOMES = ["level_political_end", "rung_end"]


@pytest.fixture(scope="module")
def ema() -> Any:
    """Return the workbench; it takes seconds to import, which no other test should wait for."""
    with warnings.catch_warnings():
        # Version 3 tells everybody that its evaluator for clusters of IPython is not installed.
        warnings.filterwarnings("ignore", "ipyparallel not installed", UserWarning)
        return pytest.importorskip("ema_workbench", reason="needs the extra analysis")


def model(ema: Any) -> Any:
    """Return the model as the workbench's tutorial builds one."""
    alliance = ema.Model("alliance", function=alliance_sim.run)
    alliance.uncertainties = [
        ema.RealParameter("willingness__threat_state", 0.5, 2.5),
        ema.BooleanParameter("juncture__nine_eleven__present"),
    ]
    alliance.levers = [ema.CategoricalParameter("council__rule", ["consensus", "leader"])]
    alliance.constants = [ema.Constant("rng", 7)]
    alliance.outcomes = [ema.ScalarOutcome(name) for name in OUTCOMES]
    return alliance


def assert_as_run_directly(experiments: pd.DataFrame, results: Mapping[str, Any]) -> None:
    assert set(experiments.columns) >= PARAMETERS
    for position, row in enumerate(experiments.to_dict("records")):
        given = {name: row[name] for name in PARAMETERS}
        expected = alliance_sim.run(given, rng=7)
        assert {name: results[name][position] for name in OUTCOMES} == {
            name: expected[name] for name in OUTCOMES
        }


def test_experiments_give_the_numbers_of_direct_calls(ema: Any) -> None:
    with ema.SequentialEvaluator(model(ema)) as evaluator:
        experiments, results = evaluator.perform_experiments(scenarios=3, policies=2)
    assert len(experiments) == 6
    for name in OUTCOMES:
        assert results[name].shape == (6,)
        assert np.isfinite(results[name]).all()
    assert_as_run_directly(experiments, results)


PROGRAM = """
import json
import alliance_sim
from ema_workbench import BooleanParameter, Constant, Model, RealParameter, ScalarOutcome
from ema_workbench import CategoricalParameter, MultiprocessingEvaluator

if __name__ == "__main__":
    alliance = Model("alliance", function=alliance_sim.run)
    alliance.uncertainties = [
        RealParameter("willingness__threat_state", 0.5, 2.5),
        BooleanParameter("juncture__nine_eleven__present"),
    ]
    alliance.levers = [CategoricalParameter("council__rule", ["consensus", "leader"])]
    alliance.constants = [Constant("rng", 7)]
    alliance.outcomes = [ScalarOutcome("level_political_end"), ScalarOutcome("rung_end")]
    alliance_sim.run(rng=1)  # the engine was used before the processes are started
    with MultiprocessingEvaluator(alliance, n_processes=2) as evaluator:
        experiments, results = evaluator.perform_experiments(scenarios=3, policies=2)
    results = {name: column.tolist() for name, column in results.items()}
    print(json.dumps([experiments.to_dict("list"), results]))
"""


@pytest.mark.slow
@pytest.mark.usefixtures("ema")
def test_experiments_in_two_processes_give_the_same_numbers(program: Any) -> None:
    experiments, results = program(PROGRAM)
    assert len(results["rung_end"]) == 6
    assert_as_run_directly(pd.DataFrame(experiments), results)
