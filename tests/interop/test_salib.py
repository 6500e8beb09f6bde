"""SALib: the chain `ProblemSpec(...).sample_sobol(..).evaluate(..).analyze_sobol()`."""

from typing import Any

import numpy as np
import pytest

import alliance_sim

SALib = pytest.importorskip("SALib", reason="needs the extra analysis")

NAMES = ["willingness__threat_state", "willingness__assets"]
OUTCOMES = ["level_political_end", "agenda_overlap_end"]
POINTS = 16  # 4 x (2 parameters + 2), without second order


def problem(outputs: list[str]) -> Any:
    known = alliance_sim.parameters()
    return SALib.ProblemSpec(
        {
            "names": NAMES,
            "bounds": [[known[name].low, known[name].high] for name in NAMES],
            "outputs": outputs,
        }
    )


def assert_as_run_directly(found: Any) -> None:
    for point, row in zip(found.samples, found.results, strict=True):
        expected = alliance_sim.run(dict(zip(NAMES, point, strict=True)), rng=7)
        assert list(row) == [expected[name] for name in OUTCOMES]


def test_a_sobol_analysis_runs_from_sampling_to_indices() -> None:
    found = (
        problem(OUTCOMES)
        .sample_sobol(4, calc_second_order=False, seed=1)
        .evaluate(alliance_sim.run_points, NAMES, rng=7, outcomes=OUTCOMES)
        .analyze_sobol(calc_second_order=False, seed=1)
    )
    assert found.results.shape == (POINTS, 2)
    assert_as_run_directly(found)
    for name in OUTCOMES:
        assert np.isfinite(found.analysis[name]["ST"]).all()
        assert found.analysis[name]["ST"].shape == (2,)


def test_one_outcome_gives_one_column() -> None:
    found = problem(OUTCOMES[:1]).sample_latin(4, seed=1)
    found.evaluate(alliance_sim.run_points, NAMES, rng=7, outcomes=OUTCOMES[0])
    assert found.results.shape == (4,)
    assert np.ptp(found.results) > 0


PROGRAM = """
import json
import alliance_sim
from SALib import ProblemSpec

if __name__ == "__main__":
    names = ["willingness__threat_state", "willingness__assets"]
    outcomes = ["level_political_end", "agenda_overlap_end"]
    found = ProblemSpec({"names": names, "bounds": [[0, 4], [0, 4]], "outputs": outcomes})
    found.sample_latin(6, seed=1)
    alliance_sim.run(rng=1)
    found.evaluate(alliance_sim.run_points, names, rng=7, outcomes=outcomes, nprocs=2)
    print(json.dumps([found.samples.tolist(), found.results.tolist()]))
"""


@pytest.mark.slow
def test_processes_of_salib_give_the_same_numbers(program: Any) -> None:
    points, results = program(PROGRAM)
    assert alliance_sim.run_points(points, NAMES, rng=7, outcomes=OUTCOMES).tolist() == results
