"""`exp` over arrays is `arithmetic.exp` of each number, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from alliance_sim import arithmetic
from alliance_sim.world.over_lanes import exp, exp_of

TURNS = (0.0, -0.0, 5e-324, -708.0, np.nextafter(-708.0, -800.0), 709.0, 710.0, np.inf, -np.inf)


@pytest.mark.parametrize("spread", [1e-9, 1.0, 30.0, 300.0])
def test_every_number_has_the_bits_that_it_has_alone(spread: float) -> None:
    x = np.append(np.random.default_rng(1).normal(0.0, spread, 4_000), TURNS)
    alone = np.array([arithmetic.exp(value) for value in x.tolist()])
    assert exp_of(x).tobytes() == alone.tobytes()


def test_a_number_stays_a_number() -> None:
    assert type(exp(0.3)) is float
    assert exp(np.array([0.3])).tolist() == [exp(0.3)] == [arithmetic.exp(0.3)]
