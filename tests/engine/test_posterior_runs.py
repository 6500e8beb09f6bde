"""Runs with parameters of their own: run r has draw r modulo the number of draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from alliance_sim import Kernel, Mesa, Scenario, SettingError, load_scenario, simulate
from alliance_sim.calibration.prior import Prior
from alliance_sim.engine.vectors import DrawnNumbers

ISLANDS = load_scenario("two_islands/baseline")
PRIOR = Prior(ISLANDS)
THETA = PRIOR.sample(5, 3)


@dataclass(frozen=True)
class OfThePrior:
    """Draws of the prior: enough to see which run has which numbers."""

    label: str = "5 draws of the prior"

    def misfit(self, scenario: Scenario) -> str:
        return "" if scenario.relationship == "two_islands" else "it is of two islands"

    def numbers_of(self, scenario: Scenario) -> DrawnNumbers:
        if problem := self.misfit(scenario):
            raise SettingError("posterior", [problem])
        prior = Prior(scenario)
        rows = [PRIOR.names.index(name) for name in prior.names]
        return DrawnNumbers(prior.paths, prior.numbers(THETA[:, rows].T.copy()))

    def coded(self) -> dict[str, np.ndarray]:
        return {}


def test_each_run_is_that_of_a_scenario_with_the_numbers_of_its_draw() -> None:
    runs = simulate(ISLANDS, runs=7, seed=11, posterior=OfThePrior())
    for run in range(7):
        alone = simulate(PRIOR.with_vector(THETA[run % 5]), runs=1, seed=11, first_run=run)
        assert np.array_equal(runs.values[run], alone.values[0])


def test_a_run_does_not_depend_on_its_company_or_on_threads() -> None:
    many = simulate(ISLANDS, runs=130, seed=4, posterior=OfThePrior(), engine=Kernel(threads=2))
    one = simulate(ISLANDS, runs=130, seed=4, posterior=OfThePrior(), engine=Kernel(threads=1))
    assert many == one
    late = simulate(ISLANDS, runs=3, first_run=66, seed=4, posterior=OfThePrior())
    assert np.array_equal(late.values, many.values[66:69])


def test_what_an_edit_sets_is_the_same_in_every_draw() -> None:
    edited = ISLANDS.with_number("willingness.threat_state", 0.0)
    paths, _ = OfThePrior().numbers_of(edited)
    assert "willingness.threat_state" not in paths
    runs = simulate(edited, runs=3, seed=2, posterior=OfThePrior())
    free = [name for name in PRIOR.names if name != "willingness.threat_state"]
    for run in range(3):
        numbers = dict(zip(PRIOR.names, THETA[run], strict=True))
        alone = Prior(edited).with_vector({name: numbers[name] for name in free})
        expected = simulate(alone, runs=1, seed=2, first_run=run)
        assert np.array_equal(runs.values[run], expected.values[0])


def test_results_say_whose_parameters_their_runs_have() -> None:
    runs = simulate(ISLANDS, runs=2, seed=1, posterior=OfThePrior())
    assert runs.posterior == "5 draws of the prior"
    assert runs.engine == "kernel, parameters of 5 draws of the prior"
    assert "5 draws of the prior" in runs._repr_html_()
    assert simulate(ISLANDS, runs=2, seed=1).posterior == ""


def test_progress_counts_every_run() -> None:
    seen: list[tuple[int, int]] = []
    told = lambda done, of: seen.append((done, of))  # noqa: E731
    simulate(ISLANDS, runs=70, seed=1, posterior=OfThePrior(), progress=told)
    assert seen[-1] == (70, 70)


def test_noise_of_ones_own_goes_with_draws() -> None:
    name = "two_islands/ladder.tried:v1"
    low = {name: np.full((2, ISLANDS.calendar().steps), 1e-9)}
    runs = simulate(ISLANDS, runs=2, seed=1, posterior=OfThePrior(), engine=Kernel(noise=low))
    alone = simulate(
        PRIOR.with_vector(THETA[1]),
        runs=1,
        first_run=1,
        seed=1,
        engine=Kernel(noise={name: low[name][:1]}),
    )
    assert np.array_equal(runs.values[1], alone.values[0])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"posterior": "RID"}, "posterior is 'RID', must be draws"),
        ({"posterior": OfThePrior(), "engine": Mesa()}, "goes with the compiled engine only"),
    ],
)
def test_draws_that_cannot_be_used_are_told(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        simulate(ISLANDS, runs=1, seed=1, **settings)


def test_draws_of_another_relationship_are_refused() -> None:
    with pytest.raises(SettingError, match="it is of two islands"):
        simulate("japan_nato/baseline", runs=1, seed=1, posterior=OfThePrior())
