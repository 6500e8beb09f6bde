"""ArviZ summarises ensembles, before and after its version 1."""

import warnings
from typing import Any

import numpy as np
import pytest

from alliance_sim import Ensemble, simulate

with warnings.catch_warnings():
    # Versions before 1 announce their successor once a day when imported.
    warnings.filterwarnings("ignore", r"\s*ArviZ is undergoing a major refactor", FutureWarning)
    az = pytest.importorskip("arviz", reason="needs the extra analysis")

STATES = ["level_political", "agenda_overlap"]


@pytest.fixture(scope="module")
def runs() -> Ensemble:
    return simulate("japan_nato/baseline", runs=8, seed=1)


def draws(runs: Ensemble) -> Any:
    """Return the states at the end of 2014 with the dimensions that ArviZ wants."""
    return runs.to_xarray()[STATES].sel(quarter="2014Q4").rename(run="draw").expand_dims("chain")


def test_a_summary_has_the_means_of_the_runs(runs: Ensemble) -> None:
    table = az.summary(draws(runs), kind="stats", round_to=6)
    for state in STATES:
        here = runs.column(state)[:, runs.calendar.labels.index("2014Q4")]
        assert float(table.loc[state, "mean"]) == pytest.approx(here.mean(), abs=1e-6)
        assert float(table.loc[state, "sd"]) == pytest.approx(here.std(ddof=1), abs=1e-6)


def test_independent_runs_count_as_about_their_number(runs: Ensemble) -> None:
    found = az.ess(draws(runs))
    for state in STATES:
        assert 2 < float(found[state]) <= 2 * runs.runs


def test_its_own_containers_take_our_numbers(runs: Ensemble) -> None:
    data = draws(runs)
    arrays = {state: data[state].to_numpy() for state in STATES}
    if az.__version__.startswith("0"):
        containers = [az.from_dict(posterior=arrays), az.convert_to_inference_data(data)]
    else:
        containers = [az.from_dict({"posterior": arrays}), az.convert_to_datatree(data)]
    for container in containers:
        for state in STATES:
            assert np.array_equal(container["posterior"][state].to_numpy(), arrays[state])
