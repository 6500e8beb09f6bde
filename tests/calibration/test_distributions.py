"""Families cut at a range: out to where the range lies, and there and back again."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st

from alliance_sim.calibration.distributions import IDENTITY, Block, Row, blocks_of
from alliance_sim.errors import SettingError

NOTHING = np.zeros((0, 1))  # no spread is needed
Z = np.array([[-4.0, -1.5, 0.0, 0.3, 2.0, 4.0]])
normals = st.lists(st.floats(-4.0, 4.0), min_size=1, max_size=5).map(lambda z: np.array([z]))


def block(family: str, parameters: tuple[float, ...], low: float, high: float) -> Block:
    return blocks_of([Row(0, family, parameters, IDENTITY, -1, low, high)])[0]


@pytest.mark.parametrize(
    ("family", "parameters", "low", "high"),
    [
        ("normal", (0.0, 1.0), -12.0, -10.0),
        ("normal", (0.0, 1.0), 8.0, 10.0),
        ("normal", (0.0, 1.0), -math.inf, -30.0),
        ("normal", (0.0, 1.0), 30.0, math.inf),
        ("normal", (5.0, 2.0), -4.0, 1.0),
        ("normal", (0.0, 1.0), -3.0, 1.0),
        ("lognormal", (0.0, 1.0), 1e-6, 1e-4),
        ("lognormal", (0.0, 1.0), 1e4, 1e6),
        ("logit_normal", (0.0, 1.0), 1e-6, 1e-4),
        ("half_normal", (1.0,), 0.0, 1e-9),
        ("half_normal", (1.0,), 9.0, 12.0),
        ("exponential", (1.0,), 0.0, 1e-12),
        ("exponential", (1.0,), 50.0, 60.0),
        ("gamma", (3.0, 1.0), 1e-6, 1e-4),
        ("gamma", (3.0, 1.0), 60.0, 70.0),
        ("beta", (4.0, 2.0), 1e-6, 1e-4),
        ("uniform", (0.0, 1.0), 0.0, 1e-6),
    ],
)
def test_what_is_cut_far_out_goes_there_and_back(
    family: str, parameters: tuple[float, ...], low: float, high: float
) -> None:
    cut = block(family, parameters, low, high)
    x = cut.from_normals(Z, NOTHING)
    assert (np.diff(x) > 0.0).all()
    assert (x > low).all()
    assert (x < high).all()
    np.testing.assert_allclose(cut.to_normals(x, NOTHING), Z, atol=1e-7)
    assert np.isfinite(cut.log_density(x, NOTHING)).all()


@pytest.mark.parametrize(
    ("low", "high"), [(-12.0, -10.0), (8.0, 10.0), (-1.0, 2.0), (-30.0, -29.0)]
)
def test_cut_normals_are_those_of_scipy(low: float, high: float) -> None:
    x = block("normal", (0.0, 1.0), low, high).from_normals(Z, NOTHING)
    theirs = scipy.stats.truncnorm(low, high)
    np.testing.assert_allclose(x, theirs.ppf(scipy.special.ndtr(Z)), rtol=1e-7)
    np.testing.assert_allclose(
        block("normal", (0.0, 1.0), low, high).log_density(x, NOTHING), theirs.logpdf(x), rtol=1e-7
    )


@given(z=normals, mean=st.floats(-3.0, 3.0), low=st.floats(-32.0, 31.0), wide=st.floats(0.5, 40.0))
def test_a_normal_cut_anywhere_goes_there_and_back(
    z: np.ndarray, mean: float, low: float, wide: float
) -> None:
    cut = block("normal", (mean, 1.0), low, low + wide)
    x = cut.from_normals(z, NOTHING)
    np.testing.assert_allclose(cut.to_normals(x, NOTHING), z, atol=1e-6)


@given(z=normals, low=st.floats(-30.0, 28.0), wide=st.floats(0.5, 40.0))
def test_a_lognormal_cut_anywhere_goes_there_and_back(
    z: np.ndarray, low: float, wide: float
) -> None:
    cut = block("lognormal", (0.0, 1.0), math.exp(low), math.exp(low + wide))
    x = cut.from_normals(z, NOTHING)
    np.testing.assert_allclose(cut.to_normals(x, NOTHING), z, atol=1e-6)


@given(z=normals, low=st.floats(-30.0, 28.0), wide=st.floats(0.5, 40.0))
def test_both_sides_of_a_normal_are_alike(z: np.ndarray, low: float, wide: float) -> None:
    left = block("normal", (0.0, 1.0), low, low + wide)
    right = block("normal", (0.0, 1.0), -low - wide, -low)
    np.testing.assert_allclose(
        left.from_normals(z, NOTHING), -right.from_normals(-z, NOTHING), rtol=1e-6, atol=1e-9
    )


@pytest.mark.parametrize(
    ("low", "high"), [(-12.0, -10.0), (8.0, 10.0), (-1.0, 2.0), (-9.0, 0.5), (1.2, 1.4)]
)
def test_a_density_adds_up_to_one_in_its_range(low: float, high: float) -> None:
    cut = block("normal", (0.0, 1.0), low, high)
    x = np.linspace(low, high, 20_001)
    density = np.exp(cut.log_density(x[None], NOTHING))[0]
    assert scipy.integrate.trapezoid(density, x) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(("low", "high"), [(-12.0, -10.0), (8.0, 10.0), (-1.0, 2.0)])
def test_what_lies_outside_has_no_normal(low: float, high: float) -> None:
    cut = block("normal", (0.0, 1.0), low, high)
    outside = np.array([[low - 0.1, high + 0.1]])
    assert np.isnan(cut.to_normals(outside, NOTHING)).all()
    assert (cut.log_density(outside, NOTHING) == -math.inf).all()
    ends = cut.to_normals(np.array([[low, high]]), NOTHING)
    assert ends.tolist() == [[-math.inf, math.inf]]


def test_a_range_in_which_a_family_never_is_is_refused() -> None:
    rows = [
        Row(0, "normal", (0.0, 1.0), IDENTITY, -1, 40.0, 50.0),
        Row(1, "normal", (0.0, 1.0), IDENTITY, -1, -1.0, 1.0),
        Row(2, "exponential", (2.0,), IDENTITY, -1, 1e3, 1e4),
    ]
    with pytest.raises(SettingError) as told:
        blocks_of(rows)
    assert len(told.value.problems) == 2
    assert "normal (0, 1) has no probability from 40 to 50" in str(told.value)
    assert "exponential (2) has no probability from 1000 to 10000" in str(told.value)
