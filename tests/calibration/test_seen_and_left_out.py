"""The effective number of parameters: of known cases, on any executor."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alliance_sim.calibration import PosteriorDraws, effective_parameters
from alliance_sim.errors import SettingError


def chosen(posterior: PosteriorDraws, draws: list[int]) -> PosteriorDraws:
    """Return some draws of a posterior, by their places."""
    held: Any = posterior.held
    some = replace(
        held,
        parameters=held.parameters[draws],
        ranks=held.ranks[draws],
        checked=(),
        log_likelihood=np.zeros(0),
    )
    return PosteriorDraws(some, posterior.prior)


def test_one_draw_is_as_good_in_sample_as_out_of_it(islands_posterior: PosteriorDraws) -> None:
    found = effective_parameters(chosen(islands_posterior, [3] * 8))
    assert found.number == pytest.approx(0.0, abs=1e-9), "nothing can be learnt from a year"
    assert found.left_out < 0.0


def test_a_posterior_uses_more_than_none_and_fewer_than_its_record_has_acts(
    islands_posterior: PosteriorDraws,
) -> None:
    some = chosen(islands_posterior, list(range(24)))
    found = effective_parameters(some)
    assert found.number == found.in_sample - found.left_out
    assert 0.0 < found.number < 83.0  # as many as it has acts
    assert 0 <= found.not_trusted <= found.years
    with ThreadPoolExecutor(2) as pool:
        assert effective_parameters(some, executor=pool) == found


def test_a_seed_that_is_none_is_refused(islands_posterior: PosteriorDraws) -> None:
    with pytest.raises(SettingError, match="seed is -1"):
        effective_parameters(islands_posterior, seed=-1)
