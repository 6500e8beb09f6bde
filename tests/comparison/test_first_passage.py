"""When something is first reached, and how much later that is in another world."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alliance_sim.comparison.first_passage import delay, first_passage
from alliance_sim.errors import SettingError


def test_a_threshold_is_reached_once_or_never() -> None:
    levels = np.array([[0.0, 0.5, 0.4, 0.6], [0.0, 0.1, 0.2, 0.3], [0.7, 0.0, 0.0, 0.0]])
    assert first_passage(levels, 0.5).tolist() == [1.0, np.inf, 0.0]


def test_a_run_that_failed_is_not_one_in_which_it_never_comes() -> None:
    found = first_passage([[0.0, 0.9], [np.nan, np.nan], [0.9, np.nan]], 0.5)
    np.testing.assert_array_equal(found, [1.0, np.nan, np.nan])
    assert first_passage([[0, 1], [0, 0]], 1).tolist() == [1.0, np.inf]


def test_a_delay_is_a_mean_up_to_the_horizon() -> None:
    found = delay([2001.0, 2002.0, np.inf], [2003.0, np.nan, np.inf], horizon=2010.0)
    assert found.mean == pytest.approx((2.0 + 8.0 + 0.0) / 3)
    assert (found.never_factual, found.never_edited) == pytest.approx((1 / 3, 2 / 3))
    assert found.low <= found.mean <= found.high
    assert delay([5.0], [5.0], horizon=9.0) == (0.0, 0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: first_passage([1.0, 2.0], 0.5), r"of shape \(2,\), must be numbers \(draw, quart"),
        (lambda: delay([1.0], [1.0, 2.0], 3.0, width=2.0), r"\(1,\) and \(2,\).*\n.*width is 2.0"),
    ],
)
def test_what_makes_no_sense_is_told(call: Any, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        call()
