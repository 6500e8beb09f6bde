"""Importing the package is quick and loads nothing heavy; public names load when first used."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import alliance_sim

HEAVY = [
    *("SALib", "arviz", "dask", "distributed", "duckdb", "ema_workbench", "llvmlite"),
    *("matplotlib", "mesa", "networkx", "numba", "numpy", "pandas", "pyarrow", "pydantic"),
    *("scipy", "solara", "xarray"),
]
MOST = 0.3  # CPU seconds
TRIES = 3  # other work on the machine makes single measurements long

PROGRAM = """
import json, sys, time
before = time.process_time()
import alliance_sim
print(json.dumps([time.process_time() - before, sorted(sys.modules)]))
"""


def test_importing_takes_little_time_and_loads_nothing_heavy() -> None:
    times = []
    for _ in range(TRIES):
        finished = subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
        )
        seconds, modules = json.loads(finished.stdout)
        assert [name for name in HEAVY if name in modules] == []
        times.append(seconds)
    assert min(times) < MOST


IN_A_WORKER = """
import sys
from alliance_sim import load_scenario
from alliance_sim.engine.cases import Case, summarise_cases
from alliance_sim.sweep import task
from alliance_sim.results.outcomes import standard_outcomes
from alliance_sim.world import calendar_of
from alliance_sim.world.state import state_names

scenario = load_scenario("japan_nato/baseline")
names, calendar = state_names(scenario), calendar_of(scenario)
outcomes = standard_outcomes(names, calendar, len(scenario.rungs))
summarise_cases([Case(scenario, 0)], seed=1, outcomes=outcomes)
print([name for name in ("matplotlib", "mesa", "pandas", "pyarrow") if name in sys.modules])
"""


def test_a_worker_of_a_sweep_does_without_heavy_packages() -> None:
    # Whoever compiles holds the result against the Mesa model; a worker finds it compiled.
    alliance_sim.simulate("japan_nato/baseline", runs=1, seed=1)
    finished = subprocess.run(
        [sys.executable, "-c", IN_A_WORKER], capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == "[]"


@pytest.mark.parametrize("name", alliance_sim.__all__)
def test_every_public_name_is_there_and_listed(name: str) -> None:
    assert getattr(alliance_sim, name).__name__ == name
    assert name in dir(alliance_sim)


def test_a_name_that_is_not_there_is_an_ordinary_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'runs'"):
        _ = alliance_sim.runs


def test_a_module_that_is_imported_from_the_package_is_not_searched_among_its_names() -> None:
    # Python asks the package first; to look for near names then took longer than the module.
    with pytest.raises(AttributeError) as refused:
        _ = alliance_sim.simulat
    assert refused.value.args[:2] == ("alliance_sim", "simulat")
    assert "did you mean 'simulate'?" in str(refused.value)


FIRST_WORLD = """
import sys
from alliance_sim.engine.mesa_model import AllianceModel

AllianceModel("japan_nato/baseline", rng=1)
names = ("scenario.edit_file", "scenario.edit_kinds", "scenario.extended", "kinds", "results.saved")
print([name for name in names if f"alliance_sim.{name}" in sys.modules])
"""


def test_the_first_world_of_a_process_loads_nothing_that_reads_edits_or_results() -> None:
    finished = subprocess.run(
        [sys.executable, "-c", FIRST_WORLD], capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == "[]"


WHAT_IF = "import sys, alliance_sim.counterfactual.answering; print('scipy.stats' in sys.modules)"


def test_a_what_if_loads_no_distributions() -> None:
    finished = subprocess.run(
        [sys.executable, "-c", WHAT_IF], capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == "False"


HISTORY = """
import sys
from alliance_sim.__main__ import main

sys.argv = ["alliance-sim", "history", "two_islands/baseline", "--runs", "2"]
try:
    main()
finally:
    names = ("scipy.special", "numba", "alliance_sim.counterfactual.answer")
    print([name for name in names if name in sys.modules], file=sys.stderr)
"""


def test_history_loads_nothing_that_answers_what_ifs_or_samples(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-c", HISTORY], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert finished.stderr.splitlines()[-1] == "[]"
