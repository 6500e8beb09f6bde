"""Effects over time: the area under one, and when worlds part and meet again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from alliance_sim.calendar import Calendar
from alliance_sim.counterfactual.over_time import (
    cumulative_effect,
    divergence,
    partings,
    reconvergence,
)
from alliance_sim.errors import SettingError


def pulse(draws: int = 100, differing: int = 100) -> np.ndarray:
    """Return worlds that are 0.2 apart in quarters 10 to 19, in so many of the draws."""
    effect = np.zeros((draws, 40))
    effect[:differing, 10:20] = -0.2
    return effect


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


LEVEL = "level_operations"


def worlds_apart(effect: np.ndarray) -> Any:
    """Return twins whose levels of operations differ by an effect (history, quarter)."""
    calendar = Calendar(2000, 2009)
    fact = np.full((*effect.shape, 1), 0.5)
    sides = [
        SimpleNamespace(states=(LEVEL,), values=values, calendar=calendar, meanings={})
        for values in (fact, fact + effect[..., None])
    ]
    return SimpleNamespace(factual=sides[0], edited=sides[1], effect={LEVEL: effect}.__getitem__)


def test_a_field_has_the_quarters_in_which_it_parts_and_meets_again() -> None:
    (found,) = partings(worlds_apart(pulse(differing=93)))
    assert (found.parted, found.met_again) == ("2002Q3", "2005Q1")
    assert (found.most, found.most_in) == (0.93, "2002Q3")
    assert (found.area, found.area_low, found.area_high) == pytest.approx((-0.5, -0.5, 0.0))


def test_a_field_that_is_not_sure_to_part_tells_how_many_differ() -> None:
    (found,) = partings(worlds_apart(pulse(differing=30)))
    assert (found.parted, found.met_again) == (None, None)
    assert (found.most, found.most_in) == (0.3, "2002Q3")
    (alike,) = partings(worlds_apart(np.zeros((5, 40))))
    assert (alike.most, alike.most_in, alike.area) == (0.0, None, 0.0)


def test_histories_that_failed_in_a_world_are_left_out() -> None:
    effect = pulse()
    effect[:20] = np.nan
    (found,) = partings(worlds_apart(effect))
    assert (found.parted, found.most) == ("2002Q3", 1.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cumulative_effect(np.zeros((0, 3))), r"of shape \(0, 3\), must be numbers of sh"),
        (lambda: cumulative_effect([["much"]]), "must be numbers"),
        (lambda: cumulative_effect([[1.0], [np.nan]]), "draw 1 has NaN"),
        (lambda: divergence(np.zeros((3, 4, 2))), r"shape \(3, 4, 2\), must be \(draw, quarter\)"),
        (lambda: divergence(np.zeros((3, 4)), 0.0, 1.0, 0), "size is 0.0.*\n.*prob.*\n.*quarters"),
    ],
)
def test_what_makes_no_sense_is_told(call: Any, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        call()
