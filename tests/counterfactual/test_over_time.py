"""Effects over time: bands, and the dates at which worlds part, meet again, and get somewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alliance_sim.counterfactual.over_time import (
    cumulative_effect,
    delay,
    divergence,
    effect_bands,
    first_passage,
    reconvergence,
)
from alliance_sim.errors import SettingError


def pulse(draws: int = 100, differing: int = 100) -> np.ndarray:
    """Return worlds that are 0.2 apart in quarters 10 to 19, in so many of the draws."""
    effect = np.zeros((draws, 40))
    effect[:differing, 10:20] = -0.2
    return effect


def test_bands_hold_the_share_that_was_asked_for() -> None:
    effect = np.arange(101.0)[:, None] * np.array([1.0, -2.0])
    bands = effect_bands(effect, 0.8)
    assert bands.median.tolist() == [50.0, -100.0]
    assert bands.low == pytest.approx([10.0, -180.0])
    assert bands.high == pytest.approx([90.0, -20.0])


def test_the_area_is_that_of_steps() -> None:
    area = cumulative_effect(pulse(2))
    assert area[0, 9] == 0.0
    assert area[0, -1] == pytest.approx(-0.2 * 10 / 4)


def test_worlds_part_where_four_quarters_in_a_row_differ_in_enough_draws() -> None:
    assert divergence(pulse()) == 10
    assert divergence(pulse(differing=91)) == 10
    assert divergence(pulse(differing=90)) is None
    assert divergence(pulse(), size=0.25) is None
    short = pulse()
    short[:, 12] = 0.0  # ten, eleven; then thirteen to nineteen
    assert divergence(short) == 13
    assert divergence(short, quarters=2) == 10
    assert divergence(pulse()[:, :3]) is None


def test_worlds_meet_again_after_they_have_parted() -> None:
    assert reconvergence(pulse(), after=10) == 20
    assert reconvergence(pulse(), after=None) is None
    assert reconvergence(pulse()[:, :20], after=10) is None


def test_a_threshold_is_reached_once_or_never() -> None:
    levels = np.array([[0.0, 0.5, 0.4, 0.6], [0.0, 0.1, 0.2, 0.3], [0.7, 0.0, 0.0, 0.0]])
    assert first_passage(levels, 0.5).tolist() == [1.0, np.inf, 0.0]


def test_a_delay_is_a_mean_up_to_the_horizon() -> None:
    found = delay([2001.0, 2002.0, np.inf], [2003.0, np.nan, np.inf], horizon=2010.0)
    assert found.mean == pytest.approx((2.0 + 8.0 + 0.0) / 3)
    assert (found.never_factual, found.never_edited) == pytest.approx((1 / 3, 2 / 3))
    assert found.low <= found.mean <= found.high
    assert delay([5.0], [5.0], horizon=9.0) == (0.0, 0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: effect_bands(np.zeros((0, 3))), r"of shape \(0, 3\), must be numbers of shape"),
        (lambda: effect_bands([["much"]]), "must be numbers"),
        (lambda: effect_bands([[1.0], [np.nan]]), "draw 1 has NaN"),
        (lambda: effect_bands([[1.0]], width=1.0), "width is 1.0"),
        (lambda: divergence(np.zeros((3, 4, 2))), r"shape \(3, 4, 2\), must be \(draw, quarter\)"),
        (lambda: divergence(np.zeros((3, 4)), 0.0, 1.0, 0), "size is 0.0.*\n.*prob.*\n.*quarters"),
        (lambda: delay([1.0], [1.0, 2.0], 3.0, width=2.0), r"\(1,\) and \(2,\).*\n.*width is 2.0"),
    ],
)
def test_what_makes_no_sense_is_told(call: Any, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        call()
