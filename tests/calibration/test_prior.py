"""The prior of a scenario: densities, draws, normals and back, theories, what an edit sets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from alliance_sim import ScenarioError, SettingError, load_scenario
from alliance_sim.calibration.prior import Prior
from alliance_sim.scenario.edit import as_tree, value_at
from alliance_sim.scenario.scenario import build
from alliance_sim.scenario.theories import LATTICE, THEORIES

ISLANDS = load_scenario("two_islands/baseline")
PRIOR = Prior(ISLANDS)
RAID = "juncture.great_raid.effect.0.size"
COMMON, ALARM = "period.*.exposure_state.raiders", "period.alarm.exposure_state.raiders"
WIDE = {"low": 1e-6, "high": 1e6}


def with_priors(*priors: dict[str, Any], spreads: tuple[dict[str, Any], ...] = ()) -> Prior:
    tables = [{"source": "made up"} | prior for prior in priors]
    more = {"prior": tables, "spread": [{"source": "made up"} | spread for spread in spreads]}
    return Prior(build(as_tree(ISLANDS) | more, "islands.toml"))


def test_every_table_is_a_parameter_and_every_spread_behind_them() -> None:
    paths = [table.path for table in ISLANDS.priors]
    assert PRIOR.names == (*paths, "spread.raids")
    assert len(PRIOR) == len(PRIOR.sample(1, seed=0)[0])


@pytest.mark.parametrize(
    ("family", "parameters", "scale", "reference"),
    [
        ("normal", [1.0, 0.5], None, stats.norm(1.0, 0.5)),
        ("half_normal", [1.5], None, stats.halfnorm(scale=1.5)),
        ("lognormal", [0.2, 0.6], None, stats.lognorm(0.6, scale=np.exp(0.2))),
        ("normal", [0.2, 0.6], "log", stats.lognorm(0.6, scale=np.exp(0.2))),
        ("gamma", [2.0, 1.5], None, stats.gamma(2.0, scale=1.0 / 1.5)),
        ("exponential", [0.7], None, stats.expon(scale=1.0 / 0.7)),
        ("uniform", [0.5, 3.5], None, stats.uniform(0.5, 3.0)),
    ],
)
def test_densities_and_quantiles_are_scipys_cut_at_the_range(
    family: str, parameters: list[float], scale: str | None, reference: Any
) -> None:
    prior = with_priors(
        {"path": "levels.pace", "family": family, "parameters": parameters, "scale": scale}
    )
    low, high = 0.15, 4.0  # the number's range
    inside = reference.cdf(high) - reference.cdf(low)
    x = np.linspace(0.6, 3.4, 9)
    expected = reference.logpdf(x) - np.log(inside)
    np.testing.assert_allclose(prior.logpdf(x[:, None]), expected, rtol=1e-9)
    z = np.linspace(-4.0, 4.0, 9)
    shares = reference.cdf(low) + stats.norm.cdf(z) * inside
    np.testing.assert_allclose(prior.transform(z[:, None])[:, 0], reference.ppf(shares), rtol=1e-7)
    assert prior.logpdf([0.1]) == prior.logpdf([4.1]) == -np.inf


@pytest.mark.parametrize(
    ("family", "parameters", "scale", "reference"),
    [
        ("beta", [2.0, 3.0], None, stats.beta(2.0, 3.0)),
        ("logit_normal", [0.3, 0.8], None, None),
        ("normal", [0.3, 0.8], "log_odds", None),
    ],
)
def test_shares_have_densities_that_add_up_to_one(
    family: str, parameters: list[float], scale: str | None, reference: Any
) -> None:
    table = {"path": "levels.ratchet", "family": family, "parameters": parameters, "scale": scale}
    prior = with_priors(table)
    total, _ = integrate.quad(lambda x: np.exp(prior.logpdf([x])), 0.0, 1.0)
    assert total == pytest.approx(1.0, abs=1e-7)
    if reference is not None:
        assert prior.logpdf([0.3]) == pytest.approx(reference.logpdf(0.3))


@given(st.integers(0, 2**32), st.floats(0.1, 3.0))
def test_normals_come_back_from_the_natural_values_that_they_became(seed: int, far: float) -> None:
    z = far * np.random.default_rng(seed).standard_normal((3, len(PRIOR)))
    theta = PRIOR.transform(z)
    inside = np.abs(z) < 4.0
    np.testing.assert_allclose(PRIOR.inverse_transform(theta)[inside], z[inside], atol=1e-5)
    for parameter, values in zip(PRIOR.parameters, theta.T, strict=True):
        assert np.all((parameter.low <= values) & (values <= parameter.high))


def test_the_density_of_normals_and_that_of_natural_values_differ_by_the_jacobian() -> None:
    z = PRIOR.inverse_transform(PRIOR.sample(1, seed=5)[0])
    step, size = 1e-5, len(PRIOR)
    jacobian = np.empty((size, size))
    for k in range(size):
        away = np.eye(size)[k] * step
        jacobian[:, k] = (PRIOR.transform(z + away) - PRIOR.transform(z - away)) / (2 * step)
    log_volume = np.linalg.slogdet(jacobian)[1]
    of_normals = float(np.sum(stats.norm.logpdf(z)))
    assert PRIOR.logpdf(PRIOR.transform(z)) == pytest.approx(of_normals - log_volume, abs=1e-4)


def test_draws_follow_their_families_and_more_draws_begin_with_the_same() -> None:
    draws = PRIOR.sample(4000, seed=3)
    pace = draws[:, PRIOR.names.index("levels.pace")]
    cut = stats.lognorm(0.5, scale=np.exp(0.4))
    low, high = cut.cdf(0.15), cut.cdf(4.0)
    shares = (cut.cdf(pace) - low) / (high - low)
    assert stats.kstest(shares, "uniform").pvalue > 1e-3
    assert np.array_equal(PRIOR.sample(10, seed=3), draws[:10])
    assert not np.array_equal(PRIOR.sample(10, seed=4), draws[:10])
    with pytest.raises(SettingError, match="draws is 0, must be a whole number from 1"):
        PRIOR.sample(0, seed=1)


def test_a_shrunk_number_is_as_wide_as_its_spread() -> None:
    prior = with_priors(
        {"path": "willingness.floor_state.political", "family": "shrunk", "parameters": [-3.0],
         "group": "floors"},
        spreads=({"name": "floors", "family": "half_normal", "parameters": [0.5]},),
    )  # fmt: skip
    z = np.array([[1.0, -1.0], [1.0, 1.0]])
    narrow, wide = prior.transform(z)
    assert narrow[1] < wide[1]
    assert abs(narrow[0] + 3.0) < abs(wide[0] + 3.0)
    assert narrow[0] == pytest.approx(-3.0 + narrow[1], abs=1e-6)  # no part of it is cut off


def test_a_difference_moves_its_own_period_alone_on_its_scale() -> None:
    theta = dict(zip(PRIOR.names, PRIOR.sample(1, seed=1)[0], strict=True))
    theta |= {COMMON: 0.5, ALARM: 0.0}
    still = PRIOR.with_vector(theta)
    moved = PRIOR.with_vector(theta | {ALARM: 1.0})
    calm = "period.calm.exposure_state.raiders"
    assert value_at(still, calm).value == value_at(moved, calm).value == 0.5
    assert value_at(still, ALARM).value == 0.5
    assert value_at(moved, ALARM).value == pytest.approx(1.0 / (1.0 + np.exp(-1.0)))


def test_what_an_edit_sets_stays_set_and_that_is_said() -> None:
    edited = Prior(ISLANDS.with_number("levels.pace", 1.0).with_number(RAID, 0.2))
    assert "levels.pace" not in edited.names
    assert edited.dropped["levels.pace"] == "an edit sets levels.pace, and it stays set"
    assert "spread.raids" not in edited.names, "nothing is left that it shrinks"
    drawn = edited.with_vector(edited.sample(1, seed=2)[0])
    assert (value_at(drawn, "levels.pace").value, value_at(drawn, RAID).value) == (1.0, 0.2)
    with pytest.raises(SettingError, match=r"levels\.pace: an edit sets levels\.pace"):
        edited.logpdf(dict.fromkeys(edited.names, 0.5) | {"levels.pace": 1.0})


def test_a_common_number_set_for_one_period_stays_a_parameter_for_the_others() -> None:
    edited = Prior(ISLANDS.with_number("period.calm.exposure_state.raiders", 0.1))
    assert COMMON in edited.names
    drawn = edited.with_vector(edited.sample(1, seed=2)[0])
    assert value_at(drawn, "period.calm.exposure_state.raiders").value == 0.1


def test_vectors_are_arrays_or_mappings_and_everything_wrong_is_told_at_once() -> None:
    theta = PRIOR.sample(3, seed=1)
    by_name = dict(zip(PRIOR.names, theta.T, strict=True))
    assert np.array_equal(PRIOR.logpdf(theta), PRIOR.logpdf(by_name))
    assert PRIOR.logpdf(theta[0]) == pytest.approx(PRIOR.logpdf(theta)[0])  # type: ignore[index]
    with pytest.raises(SettingError) as caught:
        PRIOR.logpdf(dict.fromkeys(PRIOR.names[1:], 0.1) | {"levels.pase": 1.0})
    assert "unknown parameter 'levels.pase'; did you mean 'levels.pace'" in caught.value.problems[0]
    assert caught.value.problems[1] == f"{PRIOR.names[0]} is missing"
    with pytest.raises(SettingError, match=r"is 3, must be \(20,\) or \(draws, 20\)"):
        PRIOR.logpdf([1.0, 2.0, 3.0])
    with pytest.raises(SettingError, match=r"levels\.pace is 9, must be from 0\.15 to 4"):
        PRIOR.with_vector({n: v[0] for n, v in by_name.items()} | {"levels.pace": 9.0})


def test_a_scenario_without_priors_says_what_to_write() -> None:
    bare = build(as_tree(ISLANDS) | {"prior": [], "spread": []}, "bare.toml")
    with pytest.raises(ScenarioError, match=r"has no \[\[prior\]\]"):
        Prior(bare)


def test_there_are_eight_theories_and_each_with_a_trend() -> None:
    assert LATTICE == ("N", "R", "I", "D", "RI", "RD", "ID", "RID")
    assert len(THEORIES) == 16
    assert Prior(ISLANDS, "DIR").theory.name == "RID", "letters in any order"
    for wrong in ("RIDE", "RR", "NR", "rid", ""):
        with pytest.raises(ScenarioError, match=f"unknown theory '{wrong}'.*known: D, D.T, I"):
            Prior(ISLANDS, wrong)


def test_a_theory_keeps_the_parameters_of_its_blocks_alone() -> None:
    own = {name: set(Prior(ISLANDS, name).names) for name in LATTICE}
    assert "willingness.threat_state" in own["R"] - own["ID"]
    assert "willingness.assets" in own["I"] - own["RD"]
    assert "leader.admiral.push" in own["D"] - own["RI"]
    assert own["RID"] == set(PRIOR.names)
    for name in LATTICE[1:-1]:
        assert own["N"] < own[name] < own["RID"]
    dropped = Prior(ISLANDS, "N").dropped
    assert dropped["willingness.assets"] == "nothing of it matters under N"


def test_a_theory_without_parameters_is_told() -> None:
    only = with_priors({"path": "willingness.assets", "family": "half_normal", "parameters": [1.0]})
    with pytest.raises(ScenarioError, match="theory 'R' leaves no parameter to fit"):
        Prior(only.scenario, "R")


def test_densities_of_parts_add_up_to_that_of_all() -> None:
    theta, names = PRIOR.sample(4, seed=5), list(PRIOR.names)
    own = names.index("levels.pace")
    parts = (names[:own], "levels.pace", names[own + 1 :])
    total = sum(np.asarray(PRIOR.logpdf(theta, of=some)) for some in parts)
    np.testing.assert_allclose(total, PRIOR.logpdf(theta))
    moved = theta.copy()
    moved[:, own] *= 1.1
    others = [name for name in names if name != "levels.pace"]
    np.testing.assert_array_equal(PRIOR.logpdf(moved, of=others), PRIOR.logpdf(theta, of=others))
    with pytest.raises(SettingError, match=r"unknown parameter 'levels\.pase'"):
        PRIOR.logpdf(theta, of=["levels.pase"])
    with pytest.raises(SettingError, match="no parameter is given"):
        PRIOR.logpdf(theta, of=[])
