"""The room of a target: what it keeps from call to call is what a new one would work out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alliance_sim import Record, load_scenario
from alliance_sim.calibration.target import Target, prior_of

ISLANDS = load_scenario("two_islands/baseline")
PRIOR = prior_of(ISLANDS)


def a_target() -> Target:
    return Target(PRIOR, Record.of(ISLANDS))


def theta(seed: int) -> Any:
    return PRIOR.natural(np.random.default_rng(seed).standard_normal((len(PRIOR), 4)))


def same(one: Any, other: Any) -> None:
    for mine, theirs in zip(one, other, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("stopped", ["own_inputs", "constants"])
def test_a_call_that_is_stopped_leaves_nothing_behind(
    stopped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = a_target().room
    room.given(theta(1))
    whole = getattr(type(room.vectors), stopped)

    def stop(*given: Any, **named: Any) -> None:
        whole(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(type(room.vectors), stopped, stop)
        with pytest.raises(KeyboardInterrupt):
            room.given(theta(2))
    same(room.given(theta(1)), a_target().room.given(theta(1)))
