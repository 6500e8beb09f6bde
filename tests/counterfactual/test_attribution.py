"""Shares of a difference: known games, the axioms that define them, and wrong input."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from fractions import Fraction
from itertools import chain, combinations, permutations
from typing import Any

import numpy as np
import pytest

from alliance_sim.counterfactual import add_one_in, leave_one_out, owen, shapley, time_ordered
from alliance_sim.errors import SettingError

GAME = {"": 0, "1": 10, "2": 0, "3": 0, "12": 40, "13": 20, "23": 10, "123": 60}
ALL = [shapley, time_ordered, leave_one_out, add_one_in]


def game(coalition: frozenset[str]) -> int:
    return GAME["".join(sorted(coalition))]


def random_game(
    players: list[Any], seed: int, kind: Callable[[float], Any] = float
) -> Callable[[frozenset[Any]], Any]:
    rng = np.random.default_rng(seed)
    sets = chain.from_iterable(combinations(players, size) for size in range(len(players) + 1))
    values = {frozenset(chosen): kind(float(rng.integers(-50, 50))) for chosen in sets}
    return values.__getitem__


def over_orders(orders: list[tuple[Any, ...]], value: Any) -> dict[Any, Fraction]:
    """Return what each player adds on coming, averaged over orders one by one."""
    found: dict[Any, Fraction] = dict.fromkeys(orders[0], Fraction(0))
    for order in orders:
        for place, player in enumerate(order):
            before = frozenset(order[:place])
            found[player] += Fraction(value(before | {player})) - Fraction(value(before))
    return {player: total / len(orders) for player, total in found.items()}


def test_one_game_has_these_answers_exactly() -> None:
    assert shapley("123", game) == {"1": 30, "2": 20, "3": 10}
    assert time_ordered(["1", "2", "3"], game) == {"1": 10, "2": 30, "3": 20}
    lost = leave_one_out(["1", "2", "3"], game)
    assert lost == {"1": 50, "2": 40, "3": 20}
    assert sum(lost.values()) == 110
    assert add_one_in(["1", "2", "3"], game) == {"1": 10, "2": 0, "3": 0}


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
def test_shapley_values_are_means_over_all_orders(count: int) -> None:
    players: list[Hashable] = [("act", 1), 2, "three", frozenset({4}), None, 6.5][:count]
    value = random_game(players, count, Fraction)
    exact = over_orders(list(permutations(players)), value)
    assert shapley(players, value) == exact
    rounded = shapley(players, lambda s: float(value(s)))
    assert list(rounded) == players
    assert rounded == pytest.approx({p: float(x) for p, x in exact.items()}, abs=1e-12)


@pytest.mark.parametrize("sizes", [(1, 1, 1), (2, 1), (1, 3), (2, 2), (3, 1, 2), (6,), (2, 2, 2)])
def test_owen_values_are_means_over_orders_in_which_groups_come_undivided(
    sizes: tuple[int, ...],
) -> None:
    names = iter("abcdefgh")
    groups = [[next(names) for _ in range(size)] for size in sizes]
    value = random_game([p for group in groups for p in group], 7, Fraction)
    orders = [
        order
        for order in permutations([p for group in groups for p in group])
        if all(_undivided(order, group) for group in groups)
    ]
    found = owen(groups, value)
    assert found == over_orders(orders, value)
    quotient = shapley(
        range(len(groups)), lambda s: value(frozenset(p for g in s for p in groups[g]))
    )
    assert [sum(found[p] for p in group) for group in groups] == list(quotient.values())


def _undivided(order: tuple[str, ...], group: list[str]) -> bool:
    places = sorted(order.index(player) for player in group)
    return places[-1] - places[0] == len(group) - 1


@pytest.mark.slow
@pytest.mark.parametrize("count", [3, 10, 15])
def test_players_share_all_nobodys_share_is_nothing_and_equals_share_alike(count: int) -> None:
    rng = np.random.default_rng(count)
    weight = rng.normal(size=(count, 5))
    weight[1] = weight[0]  # two who are the same
    weight[count - 1] = 0.0  # one that never matters

    def value(coalition: frozenset[int]) -> np.ndarray:
        total = sum((weight[player] for player in sorted(coalition)), np.ones(5))
        return np.tanh(total) + total**2

    found = shapley(range(count), value)
    everybody = value(frozenset(range(count))) - value(frozenset())
    assert sum(found.values()) == pytest.approx(everybody, abs=1e-11)
    assert (found[count - 1] == 0.0).all()
    assert found[0] == pytest.approx(found[1], abs=1e-12)
    alone = shapley(range(count), lambda s: float(value(s)[2]))
    assert {p: float(x[2]) for p, x in found.items()} == pytest.approx(alone, abs=1e-12)


@pytest.mark.parametrize("function", ALL)
def test_arrays_are_shared_out_entry_by_entry(function: Any) -> None:
    def value(coalition: frozenset[str]) -> Any:
        return np.array([game(coalition), 2 * game(coalition)]) if coalition else 0

    found, once = function(["1", "2", "3"], value), function(["1", "2", "3"], game)
    for player, shares in found.items():
        assert shares.dtype == np.float64
        assert shares.tolist() == [once[player], 2 * once[player]]


def test_yes_and_no_count_as_one_and_nothing() -> None:
    def either(coalition: frozenset[str]) -> Any:
        return np.array(["a" in coalition, bool(coalition)])

    found = shapley(["a", "b"], either)
    assert found["a"].tolist() == [1.0, 0.5]
    assert shapley(["a", "b"], bool) == {"a": 0.5, "b": 0.5}
    assert type(shapley(["a"], bool)["a"]) is float


@pytest.mark.parametrize(
    ("function", "calls"), [(shapley, 64), (time_ordered, 7), (leave_one_out, 7), (add_one_in, 7)]
)
def test_each_coalition_is_asked_for_once(function: Any, calls: int) -> None:
    asked: Counter[frozenset[int]] = Counter()

    def value(coalition: frozenset[int]) -> float:
        assert type(coalition) is frozenset
        asked[coalition] += 1
        return float(len(coalition))

    assert function(range(6), value) == dict.fromkeys(range(6), 1.0)
    assert len(asked) == asked.total() == calls
    asked.clear()
    owen([[0, 1], [2, 3, 4], [5]], value)
    # unions of groups, and of each group its parts beside all unions of the others
    assert len(asked) == asked.total() == 2**3 + 4 * (2 + 6 + 0)


def test_nobody_shares_nothing() -> None:
    for function in ALL:
        assert function([], game) == {}
    assert owen([], game) == {}


def test_too_many_players_are_refused_before_anything_is_computed() -> None:
    def never(coalition: frozenset[int]) -> float:
        raise AssertionError

    with pytest.raises(SettingError, match=r"21 players have 2,097,152 coalitions, must be at"):
        shapley(range(21), never)
    with pytest.raises(SettingError, match="30 players have"):
        owen([list(range(25)), list(range(25, 30))], never)
    many = owen([[10 * group + p for p in range(5)] for group in range(6)], len)
    assert many == pytest.approx(dict.fromkeys(many, 1.0))
    assert len(time_ordered(range(50), lambda s: float(len(s)))) == 50


@pytest.mark.parametrize(
    ("players", "words"),
    [
        (["a", "b", "a"], "player 'a' is there more than once"),
        ([["a"], "b"], r"player \['a'\] cannot be put into a set \(it is a list\)"),
        (3, "players are 3, must be a list of names"),
    ],
)
def test_players_have_to_be_distinct(players: Any, words: str) -> None:
    for function in ALL:
        with pytest.raises(SettingError, match=words):
            function(players, game)


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        (["ab", "c"], "group 0 is 'ab'; give lists of players"),
        ("ab", "groups are 'ab'; give lists"),
        ({"x": ["a"]}, "give lists of players"),
        (5, "groups are 5"),
        ([["a"], []], "group 1 is empty"),
        ([["a", "b"], ["b"]], "player 'b' is there more than once"),
    ],
)
def test_groups_have_to_be_lists_that_do_not_overlap(groups: Any, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        owen(groups, len)


def test_a_set_has_no_order() -> None:
    with pytest.raises(SettingError, match="players are a set, which has no order"):
        time_ordered({"a", "b"}, len)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (lambda _: None, r"value returned None for the coalition \[\], must return a finite"),
        (lambda _: float("nan"), "value returned nan"),
        (lambda _: "much", "value returned 'much'"),
        (lambda _: np.array([1.0, np.inf]), "must return a finite number or an array"),
        (lambda s: np.ones(1 + len(s)), r"shape \(2,\) for the coalition \['[ab]'\], and of shape"),
        (None, "value is None, must be a function"),
    ],
)
def test_values_have_to_be_numbers(value: Any, words: str) -> None:
    for function in (shapley, time_ordered, add_one_in):
        with pytest.raises(SettingError, match=words):
            function(["a", "b"], value)
