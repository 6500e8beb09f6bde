"""Two stable levels where feedback is strong enough, by a sum on paper; else one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alliance_sim import load_scenario
from alliance_sim.calibration import PosteriorDraws, coming_to_rest, stable_levels
from alliance_sim.calibration.coming_to_rest import rest_of
from alliance_sim.calibration.target import Target, prior_of, target_of
from alliance_sim.errors import SettingError
from alliance_sim.rules.levels import soft_minimum
from alliance_sim.scenario.edit import replaced

ISLANDS = load_scenario("two_islands/baseline")
ALONE = {
    f"willingness.{name}": 0.0
    for name in (
        *("spill_political_operations", "spill_operations_equipment"),
        *("spill_political_equipment", "network"),
    )
}
GROWTH, DRAWS = 0.3, 4


@pytest.fixture(scope="module")
def institutions() -> Target:
    """Return two islands with nothing but institutions, in which fields do not help each other."""
    return target_of(prior_of(replaced(ISLANDS, ALONE), "I"))


def at(target: Target, floor: float, pull: float) -> Any:
    """Return parameters: one floor for all, and how strongly assets pull; array (k, draw)."""
    names = target.prior.names
    theta = np.ascontiguousarray(target.prior.sample(DRAWS, 1).T)
    theta[[row for row, name in enumerate(names) if ".floor_" in name]] = floor
    theta[names.index("willingness.assets")] = pull
    theta[names.index("assets.growth")] = GROWTH
    return theta


def rest(target: Target, theta: Any) -> Any:
    """Return what comes of the world of early 2003: the raid asks for nothing yet."""
    noise = np.zeros((target.layout.steps, target.layout.channels, theta.shape[1]))
    return rest_of(target, theta, noise, step=8)


def on_paper(floor: float, pull: float, start: float) -> float:
    """Return where a level comes to rest, by going from assets to willingness and back."""
    dt = ISLANDS.calendar().dt
    gain = 1.0 - np.exp(-GROWTH * dt)
    loss = 1.0 - 0.5 ** (dt / ISLANDS.assets.half_life.value)
    offsets = np.array([member.offset.value for member in ISLANDS.members])
    weights = np.array([member.accessions[0].weight.value for member in ISLANDS.members])
    level = start
    for _ in range(8_000):
        log_ratio = floor + pull * gain * level / (gain * level + loss)
        state = 1.0 / (1.0 + np.exp(-log_ratio))
        alliance = weights @ (1.0 / (1.0 + np.exp(-log_ratio - offsets))) / weights.sum()
        level = soft_minimum(float(state), float(alliance), ISLANDS.levels.softness.value)
    return level


@pytest.mark.parametrize(("floor", "pull"), [(-9.0, 14.0), (-7.0, 11.0), (-2.0, 1.0), (-9.0, 1.0)])
def test_levels_come_to_rest_where_a_sum_on_paper_has_it(
    institutions: Target, floor: float, pull: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coming_to_rest, "PATIENCE", 500)
    found = rest(institutions, at(institutions, floor, pull))
    low, high = (on_paper(floor, pull, start) for start in (0.0, 1.0))
    assert found.low == pytest.approx(np.full((3, DRAWS), low), abs=2e-3)
    assert found.high == pytest.approx(np.full((3, DRAWS), high), abs=2e-3)
    two = pull > 10.0
    assert (high - low > 0.5) is two
    assert np.all(np.isinf(found.years) == two)


def test_without_feedback_what_was_is_forgotten_as_fast_as_levels_move() -> None:
    target = target_of(prior_of(ISLANDS, "N"))
    theta = np.ascontiguousarray(target.prior.sample(DRAWS, 2).T)
    theta[target.prior.names.index("levels.pace")] = 2.0
    found = rest(target, theta)
    assert found.low == pytest.approx(found.high, abs=2e-3)
    assert found.years == pytest.approx(np.full(DRAWS, np.log(1 / 0.05) / 2.0), abs=0.26)


def test_a_draw_comes_to_the_same_whatever_stands_beside_it(institutions: Target) -> None:
    theta = at(institutions, -2.0, 2.0)
    theta[institutions.prior.names.index("levels.pace")] = [0.5, 1.0, 2.0, 3.0]
    every, alone = rest(institutions, theta), rest(institutions, theta[:, 2:3].copy())
    assert alone.years[0] == every.years[2]
    assert alone.low[:, 0] == pytest.approx(every.low[:, 2], abs=2e-3)


def test_a_table_of_prior_and_posterior(islands_posterior: PosteriorDraws) -> None:
    found = stable_levels(islands_posterior, years=[2003, 2009], draws=8)
    assert found["of"].tolist() == ["prior"] * 2 + ["posterior"] * 2
    assert found["year"].tolist() == [2003, 2009] * 2
    assert (found["draws"] == 8).all()
    assert found["two"].between(0.0, 1.0).all()
    assert (found["memory_q05"] <= found["memory"]).all()
    assert (found["memory"] <= found["memory_q95"]).all()
    levels = [name for name in found if str(name).startswith(("low_", "high_"))]
    assert len(levels) == 6
    at_rest = found[levels].to_numpy(dtype=float)
    assert at_rest.min() >= 0.0
    assert at_rest.max() <= 1.0
    assert found.equals(stable_levels(islands_posterior, years=[2003, 2009], draws=8))
    ends = sorted({period.end.year for period in ISLANDS.calendar().periods})
    usual = stable_levels(islands_posterior, draws=1)
    assert usual["year"].unique().tolist() == [min(year, 2010) for year in ends]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"years": [1850]}, "years: 1850, must be years of the scenario, 2001 to 2010"),
        ({"years": []}, "years: none, must be years"),
        ({"years": [2003.5]}, "years: 2003.5"),
        ({"draws": 0}, "draws is 0"),
        ({"draws": 10**6}, "draws is 1000000"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    islands_posterior: PosteriorDraws, given: dict[str, Any], problem: str
) -> None:
    with pytest.raises(SettingError, match=problem):
        stable_levels(islands_posterior, **given)
