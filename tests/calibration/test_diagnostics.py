"""Diagnostics say what ArviZ says, and nested R-hat what its paper says."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from alliance_sim.calibration import diagnose
from alliance_sim.calibration.diagnostics import (
    doubt_of,
    ess_bulk,
    ess_mean,
    ess_tail,
    mcse_mean,
    nested_rhat,
    rhat,
)
from alliance_sim.errors import SettingError

arviz = pytest.importorskip("arviz")
# Plain arrays have a module of their own from ArviZ 1 on.
NEW = not hasattr(arviz, "psislw")
az = pytest.importorskip("arviz_stats.base").array_stats if NEW else arviz
TAILS = {"prob": (0.05, 0.95)} if NEW else {}  # what it was before there was a choice


def autoregressive(chains: int, draws: int, memory: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = np.zeros((chains, draws))
    x[:, 0] = rng.normal(size=chains)
    for t in range(1, draws):
        x[:, t] = memory * x[:, t - 1] + math.sqrt(1 - memory**2) * rng.normal(size=chains)
    return x


CASES = {
    "independent": autoregressive(4, 500, 0.0, 1),
    "slow": autoregressive(4, 501, 0.95, 2),
    "to and fro": autoregressive(4, 300, -0.6, 3),
    "many short": autoregressive(64, 12, 0.7, 4),
    "four draws": autoregressive(8, 4, 0.3, 5),
    "apart": autoregressive(4, 200, 0.5, 6) + np.arange(4)[:, None],
    "wider": autoregressive(4, 200, 0.5, 7) * np.array([1, 1, 1, 4])[:, None],
    "heavy tails": np.random.default_rng(8).standard_cauchy((4, 400)),
    "whole numbers": np.random.default_rng(9).poisson(2.0, (4, 200)).astype(float),
}


@pytest.mark.parametrize("case", CASES)
def test_r_hat_ess_and_errors_are_those_of_arviz(case: str) -> None:
    x = CASES[case]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert rhat(x) == pytest.approx(float(az.rhat(x)), rel=1e-10)
        assert ess_bulk(x) == pytest.approx(float(az.ess(x)), rel=1e-8)
        assert ess_tail(x) == pytest.approx(float(az.ess(x, method="tail", **TAILS)), rel=1e-8)
        assert ess_mean(x) == pytest.approx(float(az.ess(x, method="mean")), rel=1e-8)
        assert mcse_mean(x) == pytest.approx(np.asarray(az.mcse(x)).item(), rel=1e-8)


def test_nested_r_hat_of_groups_that_agree_is_that_of_independent_draws() -> None:
    """Its expectation is then near sqrt(1 + 1 / (chains in a group times draws))."""
    rng = np.random.default_rng(1)
    found = [nested_rhat(rng.normal(size=(64, 10)), superchains=16) for _ in range(200)]
    assert np.mean(found) == pytest.approx(math.sqrt(1 + 1 / 40), abs=0.002)


def test_nested_r_hat_tells_groups_that_still_stand_where_they_started() -> None:
    started = np.repeat(np.random.default_rng(2).normal(size=16), 4)[:, None]
    x = 2.0 * started + np.random.default_rng(3).normal(size=(64, 50))
    assert nested_rhat(x, superchains=16) > 2.0
    assert rhat(x) > 1.5


def test_too_few_draws_tell_nothing() -> None:
    found = diagnose(np.zeros((4, 3, 2)), superchains=2)
    assert np.isnan(found.rhat).all()
    assert np.isnan(found.ess_bulk).all()
    assert (found.mean == 0.0).all()


def test_a_constant_counts_as_told_by_every_draw() -> None:
    found = diagnose(np.ones((4, 10, 1)), superchains=2)
    assert found.rhat[0] == found.nested_rhat[0] == 1.0
    assert found.ess_bulk[0] == 40


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", [(0, 0), (2, 57), (3, 99)])
def test_draws_of_which_one_is_no_number_are_worth_nothing_that_can_be_told(
    wrong: float, place: tuple[int, int]
) -> None:
    x = autoregressive(4, 100, 0.3, 10)
    x[place] = wrong
    for worth in (ess_bulk, ess_tail, ess_mean, mcse_mean):
        assert math.isnan(worth(x))
    found = diagnose(x[:, :, None])
    assert math.isnan(found.ess_tail[0])
    assert math.isnan(found.mcse[0])


def test_a_quantity_that_is_no_number_leaves_the_others_what_they_are() -> None:
    x = np.stack([CASES["slow"], CASES["slow"]], axis=2)
    x[1, 5, 0] = math.nan
    found, alone = diagnose(x, superchains=2), diagnose(x[:, :, 1:], superchains=2)
    for name, value in vars(found).items():
        assert math.isnan(value[0])
        assert value[1] == vars(alone)[name][0]


@pytest.mark.parametrize("shape", [(), (400,), (4, 100), (2, 4, 100, 1)])
def test_draws_with_other_axes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(SettingError, match=r"shape .*, must be numbers \(chain, draw, quantity\)"):
        diagnose(np.zeros(shape))


@pytest.mark.parametrize("groups", [3, 5, 8, -2, 2.0])
def test_groups_that_cannot_be_of_equal_size_are_refused(groups: int) -> None:
    words = "superchains is .*, must be a whole number, at least .*, that divides .*, 4"
    with pytest.raises(SettingError, match=words):
        nested_rhat(np.zeros((4, 10)), superchains=groups)
    with pytest.raises(SettingError, match=words):
        diagnose(np.zeros((4, 10, 1)), superchains=groups)


@pytest.mark.parametrize("groups", [0, 1])
def test_one_group_cannot_be_compared(groups: int) -> None:
    with pytest.raises(SettingError, match=f"superchains is {groups}, .* at least 2"):
        nested_rhat(np.zeros((4, 10)), superchains=groups)
    assert math.isnan(diagnose(np.zeros((4, 10, 1)), superchains=groups).nested_rhat[0])


@pytest.mark.parametrize(
    ("told", "doubt"),
    [
        ({"rhat": 1.2, "nested_rhat": 1.004, "ess_bulk": 900.0, "ess_tail": 500.0}, ""),
        ({"rhat": 1.004, "nested_rhat": None, "ess_bulk": 900.0, "ess_tail": 500.0}, ""),
        (
            {"rhat": 1.3151, "nested_rhat": 1.05, "ess_bulk": 90.0, "ess_tail": 40.2},
            "(R-hat 1.050, effective draws 40; below 1.01 and above 400 are asked for)",
        ),
        (
            {"rhat": 1.004, "nested_rhat": 1.004, "ess_bulk": 900.0, "ess_tail": 400.0},
            "(R-hat 1.004, effective draws 400; below 1.01 and above 400 are asked for)",
        ),
        ({"rhat": math.nan, "nested_rhat": None, "ess_bulk": math.nan}, "too short to tell"),
        (
            {"rhat": math.inf, "nested_rhat": 1.005, "ess_bulk": 900.0, "ess_tail": 500.0},
            "(R-hat inf, effective draws 500; ",
        ),
        ({"rhat": "inf", "nested_rhat": 1.005, "ess_bulk": 9e2, "ess_tail": 5e2}, "(R-hat inf, "),
    ],
)
def test_chains_that_have_not_come_to_the_same_place_are_told(
    told: dict[str, float | str | None], doubt: str
) -> None:
    found = doubt_of(told)
    assert doubt in found
    assert bool(found) == bool(doubt)
