"""The cheapest set that reaches a threshold: as trying every set finds it, and no dearer."""

from __future__ import annotations

import math
from itertools import chain, combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_sim import SettingError
from alliance_sim.counterfactual import search

Set = frozenset[Any]


def every_set(candidates: list[Any], most: int) -> list[Set]:
    sizes = (combinations(candidates, size) for size in range(most + 1))
    return [frozenset(one) for one in chain.from_iterable(sizes)]


@st.composite
def games(draw: st.DrawFn) -> tuple[list[int], dict[int, float], dict[Set, float], int]:
    """Return candidates, their costs, a value for every set, and how many go together."""
    count, most = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    candidates = list(range(count))
    # Few different numbers, so that costs tie and values meet the threshold exactly.
    costs = {one: draw(st.sampled_from([0.0, 0.5, 1.0, 2.5])) for one in candidates}
    levels = st.sampled_from([0.0, 0.25, 0.5, 0.75])
    return candidates, costs, {one: draw(levels) for one in every_set(candidates, count)}, most


@given(game=games(), several=st.integers(1, 4))
def test_what_is_found_is_what_trying_every_set_finds(game: Any, several: int) -> None:
    candidates, costs, values, most = game
    found = search(
        candidates, values.__getitem__, cost=costs, threshold=0.5, most=most, budget=100,
        several=several,
    )  # fmt: skip
    reach = [one for one in every_set(candidates, most) if values[one] >= 0.5]
    minimal = [one for one in reach if not any(other < one for other in reach)]
    price = {one: sum(costs[c] for c in one) for one in minimal}
    assert all(one.changes in price for one in found.found)
    assert len(found.found) == min(several, len(minimal))
    told = [one.cost for one in found.found]
    assert told == sorted(told)
    assert told == pytest.approx(sorted(price.values())[: len(told)])
    assert found.complete
    assert len({one.changes for one in found.tried}) == len(found.tried)
    assert found.nearest.value == max(values[one.changes] for one in found.tried)


@given(game=games(), budget=st.integers(1, 12))
def test_within_a_budget_all_that_is_cheaper_was_tried(game: Any, budget: int) -> None:
    candidates, costs, values, most = game
    found = search(
        candidates, values.__getitem__, cost=costs, threshold=0.9, most=most, budget=budget
    )
    tried = {one.changes for one in found.tried}
    assert len(tried) == len(found.tried) <= budget
    left = [one for one in every_set(candidates, most) if one not in tried]
    assert found.complete == (not left)
    assert all(sum(costs[c] for c in one) >= found.until - 1e-9 for one in left)
    assert (found.until == math.inf) == found.complete
    prices = [one.cost for one in found.tried]
    assert prices == sorted(prices)


def test_candidates_that_are_apart_are_never_together() -> None:
    asked: list[Set] = []

    def value(chosen: Set) -> float:
        asked.append(chosen)
        return 0.0

    search(["a", "b", "c"], value, cost=dict.fromkeys("abc", 1.0), threshold=1.0,
           apart=[["a", "b"]])  # fmt: skip
    assert frozenset("ac") in asked
    assert not any({"a", "b"} <= one for one in asked)


def test_a_cost_may_be_a_function_of_the_set_and_infinite_for_what_cannot_be_had() -> None:
    def cost(chosen: Set) -> float:
        return math.inf if "c" in chosen else float(len(chosen) ** 2)

    found = search(["a", "b", "c"], len, cost=cost, threshold=2)
    assert found.best is not None
    assert (found.best.changes, found.best.cost) == (frozenset("ab"), 4.0)
    assert not any("c" in one.changes for one in found.tried)


def test_nothing_to_change_is_the_answer_where_nothing_has_to_be_changed() -> None:
    found = search(["a"], lambda _: 1.0, cost={"a": 1.0}, threshold=0.5)
    assert found.best is not None
    assert (found.best.changes, found.best.cost, len(found.tried)) == (frozenset(), 0.0, 1)


def test_one_known_game() -> None:
    """Either of two causes is enough to bring it about, so both have to go, or what they feed."""
    costs = {"first": 1.0, "second": 1.5, "mission": 4.0, "idle": 0.1}

    def averted(gone: Set) -> float:
        return float("mission" in gone or {"first", "second"} <= gone)

    found = search(costs, averted, cost=costs, threshold=0.5, several=3)
    assert [(set(one.changes), one.cost) for one in found.found] == [
        ({"first", "second"}, 2.5),
        ({"mission"}, 4.0),
    ]


def test_the_same_question_has_the_same_answer_and_tells_how_far_it_is() -> None:
    rng = np.random.default_rng(3)
    values = {one: float(rng.random()) for one in every_set(list(range(6)), 3)}
    steps: list[tuple[int, int]] = []
    costs = dict.fromkeys(range(6), 1.0)
    first, second = (
        search(range(6), values.__getitem__, cost=costs, threshold=2.0, budget=30,
               progress=lambda done, whole: steps.append((done, whole)))
        for _ in range(2)
    )  # fmt: skip
    assert first == second
    assert steps[:30] == [(k, 30) for k in range(1, 31)]


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        ({"candidates": "abc"}, "must be a list of changes"),
        ({"candidates": ["a", "a"]}, "more than once"),
        ({"candidates": [["a"]]}, "cannot be in a set"),
        ({"candidates": range(2000)}, "must be at most 1,000"),
        ({"cost": {"a": 1.0}}, "cost has no 'b'"),
        ({"cost": {"a": -1.0, "b": 1.0}}, "must be a number of at least 0"),
        (
            {"cost": {"a": "dear", "b": 1.0}},
            "cost of 'a' is 'dear', must be a number of at least 0",
        ),
        ({"cost": {"a": None, "b": 1.0}}, "cost of 'a' is None, must be a number of at least 0"),
        ({"cost": 3}, "must be a number for each candidate"),
        ({"cost": lambda chosen: 5.0 - len(chosen)}, "may cost no less than its parts"),
        ({"threshold": math.nan}, "threshold is nan, must be a finite number"),
        ({"most": 0}, "most is 0"),
        ({"budget": 1.5}, "budget is 1.5"),
        ({"apart": [["a", "z"]]}, "apart has 'z'"),
        ({"value": 3}, "must be a function"),
        ({"value": lambda _: math.nan}, "value of no change is no number"),
        ({"value": lambda _: "much"}, "is no number"),
    ],
)
def test_what_cannot_be_searched_is_told(given_: dict[str, Any], told: str) -> None:
    asked: dict[str, Any] = {
        "candidates": ["a", "b"], "value": len, "cost": {"a": 1.0, "b": 1.0}, "threshold": 9.0,
    }  # fmt: skip
    asked |= given_
    with pytest.raises(SettingError, match=told):
        search(asked.pop("candidates"), asked.pop("value"), **asked)


def test_all_costs_that_are_none_are_told_at_once() -> None:
    costs: Any = {"a": "dear", "b": [1.0], "c": math.nan, "d": np.int64(2), "e": math.inf}
    with pytest.raises(SettingError) as caught:
        search(list(costs), len, cost=costs, threshold=1.0)
    told = [problem.partition(" is ")[0] for problem in caught.value.problems]
    assert told == ["cost of 'a'", "cost of 'b'", "cost of 'c'"]


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(SettingError) as caught:
        search(["a"], len, cost={"a": 1.0}, threshold=math.inf, most=0, budget=0)
    assert len(caught.value.problems) == 3
