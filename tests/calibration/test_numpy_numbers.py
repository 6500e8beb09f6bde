"""Whole numbers of NumPy are as good as those of Python wherever something is counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alliance_sim import SettingError, load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.calibration.prior import Prior
from alliance_sim.calibration.target import until_year

ISLANDS = load_scenario("two_islands/baseline")
FIVE: Any = np.int64(5)


def test_so_many_draws_are_the_same_ones(islands_posterior: PosteriorDraws) -> None:
    prior = Prior(ISLANDS)
    assert np.array_equal(prior.sample(FIVE, 1), prior.sample(5, 1))
    assert islands_posterior.draws(FIVE).equals(islands_posterior.draws(5))


def test_a_year_is_the_same_year() -> None:
    last = until_year(ISLANDS, 2000 + FIVE).time.last_year
    assert (last, type(last)) == (2005, int)


@pytest.mark.parametrize("wrong", [True, 2.0, "2", np.float64(2.0), 0, 10**9])
def test_what_is_no_whole_number_in_range_is_refused_wherever_draws_are_counted(
    wrong: Any, islands_posterior: PosteriorDraws
) -> None:
    with pytest.raises(SettingError, match=r"n is .*, must be a whole number from 1 to 64"):
        islands_posterior.draws(wrong)
    with pytest.raises(SettingError, match=r"runs is .*, must be a whole number from 1 to 64"):
        islands_posterior.histories(runs=wrong)
