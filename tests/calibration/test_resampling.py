"""Systematic resampling: each draw as often as its weight says, and none that is impossible."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alliance_sim.calibration.resampling import systematic

weight = st.one_of(st.just(0.0), st.floats(1e-9, 1e9))
some_weights = st.lists(weight, min_size=1, max_size=40).filter(any).map(np.array)
uniform = st.floats(0.0, 1.0, exclude_max=True)


@given(weights=some_weights, count=st.integers(1, 60), u=uniform)
def test_each_draw_goes_on_about_as_often_as_its_weight_says(
    weights: np.ndarray, count: int, u: float
) -> None:
    chosen = systematic(weights, count, u)
    often = np.bincount(chosen, minlength=len(weights))
    assert chosen.shape == (count,)
    assert (np.diff(chosen) >= 0).all()
    assert (np.abs(often - count * weights / weights.sum()) < 1.0 + 1e-6).all()


@given(weights=some_weights, count=st.integers(1, 60), u=uniform)
def test_what_weighs_nothing_never_goes_on(weights: np.ndarray, count: int, u: float) -> None:
    assert (weights[systematic(weights, count, u)] > 0.0).all()


def test_the_last_mark_does_not_fall_on_a_last_draw_that_is_impossible() -> None:
    late = 1.0 - 2.0**-53  # with it the last mark lies at 1, to rounding
    short = np.array([0.1] * 10 + [0.0])
    assert np.cumsum(short)[-1] < 1.0, "rounding leaves them short of the mark"
    assert systematic(short, 11, late)[-1] == 9
    assert systematic(np.array([0.3, 0.7, 0.0]), 3, late)[-1] == 1


def test_the_first_mark_does_not_fall_on_a_first_draw_that_is_impossible() -> None:
    assert (systematic(np.array([0.0, 1.0]), 2, 0.0) == 1).all()


@given(weights=some_weights, power=st.integers(-20, 20), u=uniform)
def test_what_weights_add_up_to_makes_no_difference(
    weights: np.ndarray, power: int, u: float
) -> None:
    expected = systematic(weights, 16, u)
    assert (systematic(weights * 2.0**power, 16, u) == expected).all()


def test_equal_weights_choose_every_draw_once() -> None:
    for count in (1, 7, 64, 200):
        assert (systematic(np.full(count, 1.0 / count), count, 0.5) == np.arange(count)).all()
