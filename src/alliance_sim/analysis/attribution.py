"""Who contributed how much to a difference, by the conventions that exist.

Players are whatever can be there or not (junctures, members, laws), and the value of a coalition is
the outcome with those there and the others not. Contributions are shares of a contrast between two
worlds, not per cents of a cause, and where conventions disagree the attribution is one of them.

Values may be numbers, or arrays with one entry for each draw; contributions are then arrays too, so
that each has its own spread. Where all values are exact (whole numbers, `fractions.Fraction`) so is
the arithmetic.

Sources: L. S. Shapley, "A value for n-person games" (1953); G. Owen, "Values of games with a priori
unions" (1977); C. Frye, C. Rowat and I. Feige, "Asymmetric Shapley values", NeurIPS 2020.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from fractions import Fraction
from itertools import combinations
from math import fsum
from numbers import Rational, Real
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from alliance_sim.errors import SettingError, explains_calls, shown

Player = TypeVar("Player", bound=Hashable)
# A number, or an array with one entry for each draw.
Amount: TypeAlias = Any
Value: TypeAlias = Callable[[frozenset[Any]], Amount]

MOST_COALITIONS = 2**20  # values that are asked for at most: 20 players, or fewer in groups


@explains_calls
def shapley(players: Iterable[Player], value: Value) -> dict[Player, Amount]:
    """Return the Shapley value of each player: what it adds, averaged over all orders of coming.

    They add up to the value of all less the value of nobody; who never changes anything gets
    exactly 0, and two who always add the same get the same. All 2**n coalitions are asked for, so
    there can be 20 players at most.

    Args:
        players: Their names, or whatever else can be put into a set; each once.
        value: Called once for each coalition, a frozenset of players; returns a finite number or
            an array of them, of the same shape for all coalitions (one number stands for an array
            of equal ones).

    Returns:
        A number or an array for each player, in the order given.

    Raises:
        SettingError: If there are too many players, one is there twice or cannot be in a set
            (nothing is computed then), or if `value` returns what cannot be used.
    """
    everybody = _players("shapley", players)
    _few_enough("shapley", 2 ** len(everybody), f"{len(everybody)} players have")
    asked = _Asked("shapley", value)
    return _given_back(_shapley(everybody, asked), asked)


@explains_calls
def owen(groups: Iterable[Iterable[Player]], value: Value) -> dict[Player, Amount]:
    """Return the Owen value of each player: Shapley's where groups come and go as one.

    Groups are set against each other first: over all orders in which a group comes undivided.
    Players of one group together get the Shapley value that the group has as a player; groups of
    one each give Shapley's values again.

    Args:
        groups: Lists of players; each player is in one of them.
        value: As for `shapley`; called once for each coalition that an order can lead to.

    Returns:
        A number or an array for each player, in the order given.

    Raises:
        SettingError: As for `shapley`; also if a group is empty or no list.
    """
    divided = _groups(groups)
    count = len(divided)
    inside = sum(2 ** len(group) - 2 for group in divided) * 2**count // 2
    _few_enough(
        "owen", inside + 2**count, f"{count} groups of {sum(map(len, divided))} players have"
    )
    whole = _Asked("owen", value, kept={})
    found: dict[Any, Amount] = {}
    for place, group in enumerate(divided):
        others = divided[:place] + divided[place + 1 :]
        by_size: list[list[dict[Any, Amount]]] = [[] for _ in range(count)]
        for size in range(count):
            for there in combinations(others, size):
                before = frozenset(player for other in there for player in other)
                by_size[size].append(_shapley(group, whole.beside(before, group)))
        for player in group:
            means = [_mean([part[player] for part in parts]) for parts in by_size]
            found[player] = _mean(means)
    return _given_back(found, whole)


@explains_calls
def time_ordered(players: Iterable[Player], value: Value) -> dict[Player, Amount]:
    """Return what each player adds when it comes after those before it: the asymmetric value.

    Args:
        players: In the order in which they come, such as that of their dates; each once.
        value: As for `shapley`; called n + 1 times.

    Returns:
        A number or an array for each player; they add up to the value of all less that of nobody.

    Raises:
        SettingError: If a player is there twice or cannot be in a set, players come in no order,
            or `value` returns what cannot be used.
    """
    if isinstance(players, Set):
        problem = "players are a set, which has no order; give a list, the earliest first"
        raise SettingError("time_ordered", [problem])
    everybody = _players("time_ordered", players)
    asked = _Asked("time_ordered", value)
    steps = [asked(frozenset(everybody[:place])) for place in range(len(everybody) + 1)]
    pairs = zip(everybody, steps[1:], steps[:-1], strict=True) if everybody else ()
    return _given_back({player: _less(after, before) for player, after, before in pairs}, asked)


@explains_calls
def leave_one_out(players: Iterable[Player], value: Value) -> dict[Player, Amount]:
    """Return what is lost without each player alone, all others being there.

    They need not add up to anything: what two can do for each other is missed in neither.

    Args:
        players: Each once.
        value: As for `shapley`; called n + 1 times.

    Returns:
        A number or an array for each player, in the order given.

    Raises:
        SettingError: If a player is there twice or cannot be in a set, or `value` returns what
            cannot be used.
    """
    everybody = _players("leave_one_out", players)
    asked, full = _Asked("leave_one_out", value), frozenset(everybody)
    whole = asked(full) if everybody else 0
    found = {player: _less(whole, asked(full - {player})) for player in everybody}
    return _given_back(found, asked)


@explains_calls
def add_one_in(players: Iterable[Player], value: Value) -> dict[Player, Amount]:
    """Return what each player adds alone, nobody else being there.

    They need not add up to anything: what takes two is missed in both.

    Args:
        players: Each once.
        value: As for `shapley`; called n + 1 times.

    Returns:
        A number or an array for each player, in the order given.

    Raises:
        SettingError: If a player is there twice or cannot be in a set, or `value` returns what
            cannot be used.
    """
    everybody = _players("add_one_in", players)
    asked = _Asked("add_one_in", value)
    nobody = asked(frozenset()) if everybody else 0
    found = {player: _less(asked(frozenset([player])), nobody) for player in everybody}
    return _given_back(found, asked)


def _shapley(players: Sequence[Any], value: Callable[[frozenset[Any]], Amount]) -> dict[Any, Any]:
    """Return Shapley values; only coalitions of two neighbouring sizes are held at a time.

    Means over coalitions of one size come first, then the mean over sizes: that is the definition,
    and a player that changes nothing gets sums of zeros.
    """
    count = len(players)
    by_size: list[list[Amount]] = [[] for _ in players]
    smaller = {0: value(frozenset())} if players else {}
    for size in range(count):
        larger = {
            sum(1 << place for place in chosen): value(frozenset(players[p] for p in chosen))
            for chosen in combinations(range(count), size + 1)
        }
        for place in range(count):
            bit = 1 << place
            added = [
                _less(larger[mask | bit], before)
                for mask, before in smaller.items()
                if not mask & bit
            ]
            by_size[place].append(_mean(added))
        smaller = larger
    return {player: _mean(by_size[place]) for place, player in enumerate(players)}


def _mean(amounts: Sequence[Amount]) -> Amount:
    """Return the mean: exact of exact numbers, correctly rounded of floats, by entry of arrays."""
    count = len(amounts)
    if any(isinstance(amount, np.ndarray) for amount in amounts):
        total = np.zeros(np.broadcast_shapes(*(np.shape(amount) for amount in amounts)))
        for amount in amounts:
            total += np.asarray(amount, dtype=np.float64)
        return total / count
    if all(isinstance(amount, Rational) for amount in amounts):
        return Fraction(sum(amounts), count)
    return fsum(amounts) / count


class _Asked:
    """A value function whose answers are numbers or arrays that can be reckoned with."""

    def __init__(
        self, where: str, value: Value, kept: dict[frozenset[Any], Amount] | None = None
    ) -> None:
        if not callable(value):
            problem = f"value is {shown(value)}, must be a function of a frozenset of players"
            raise SettingError(where, [problem])
        self.fractions = False
        self._where, self._value, self._kept = where, value, kept
        self._first: tuple[tuple[int, ...], frozenset[Any]] | None = None

    def __call__(self, coalition: frozenset[Any]) -> Amount:
        """Return the value of a coalition, a number or an array of floats."""
        found: object = self._value(coalition)
        if isinstance(found, np.generic) or (isinstance(found, np.ndarray) and found.ndim == 0):
            found = found.item()
        amount = self._number(found, coalition) if isinstance(found, Real) else None
        if amount is None:
            amount = self._array(found, coalition)
        return amount

    def beside(
        self, before: frozenset[Any], group: Sequence[Any]
    ) -> Callable[[frozenset[Any]], Amount]:
        """Return the game of one group where others are there already; whole groups are kept."""
        assert self._kept is not None  # noqa: S101 - the one caller sees to it
        kept = self._kept
        ends: tuple[frozenset[Any], ...] = (frozenset(), frozenset(group))

        def value(inside: frozenset[Any]) -> Amount:
            coalition = before | inside
            if inside not in ends:
                return self(coalition)
            if coalition not in kept:
                kept[coalition] = self(coalition)
            return kept[coalition]

        return value

    def _number(self, found: Any, coalition: frozenset[Any]) -> Amount:
        if isinstance(found, Rational):  # yes and no are 1 and 0
            self.fractions |= isinstance(found, Fraction)
            return Fraction(found)
        if not np.isfinite(float(found)):
            raise SettingError(self._where, [self._said(found, coalition)])
        return float(found)

    def _array(self, found: object, coalition: frozenset[Any]) -> NDArray[np.float64]:
        try:
            array = np.array(found, dtype=np.float64)
        except (TypeError, ValueError):
            array = np.array(np.nan)
        if array.ndim == 0 or not np.isfinite(array).all():
            raise SettingError(self._where, [self._said(found, coalition)])
        if self._first is None:
            self._first = array.shape, coalition
        if array.shape != self._first[0]:
            problem = (
                f"value returned an array of shape {array.shape} for {_named(coalition)}, and of "
                f"shape {self._first[0]} for {_named(self._first[1])}; all must have one shape"
            )
            raise SettingError(self._where, [problem])
        return array

    def _said(self, found: object, coalition: frozenset[Any]) -> str:
        return (
            f"value returned {shown(found)} for {_named(coalition)}, must return a finite number "
            "or an array of them"
        )


def _named(coalition: frozenset[Any]) -> str:
    return f"the coalition {shown(sorted(coalition, key=repr))}"


def _less(after: Amount, before: Amount) -> Amount:
    """Return a difference, of floats where one of the two is an array."""
    if isinstance(after, np.ndarray) or isinstance(before, np.ndarray):
        return np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    return after - before


def _given_back(found: Mapping[Any, Amount], asked: _Asked) -> dict[Any, Amount]:
    """Return contributions as floats or arrays, and as Fractions if values were given as such."""
    kind = Fraction if asked.fractions else float
    return {
        player: kind(amount) if isinstance(amount, Rational) else amount
        for player, amount in found.items()
    }


def _players(where: str, players: object) -> list[Any]:
    """Return players as a list.

    Raises:
        SettingError: If they are none, or one is there twice.
    """
    try:
        everybody: list[Any] = list(players)  # type: ignore[call-overload]
    except TypeError:
        problem = f"players are {shown(players)}, must be a list of names"
        raise SettingError(where, [problem]) from None
    problems = _not_distinct(everybody)
    if problems:
        raise SettingError(where, problems)
    return everybody


def _not_distinct(everybody: Sequence[object]) -> list[str]:
    seen: set[object] = set()
    twice: dict[object, None] = {}
    problems = []
    for player in everybody:
        try:
            if player in seen:
                twice[player] = None
            seen.add(player)
        except TypeError:
            problems.append(
                f"player {shown(player)} cannot be put into a set (it is a "
                f"{type(player).__name__}); take names, numbers or tuples"
            )
    problems += [
        f"player {shown(player)} is there more than once; give each once" for player in twice
    ]
    return problems


def _groups(groups: object) -> list[list[Any]]:
    """Return groups as lists of players.

    Raises:
        SettingError: If they are none, one is empty, or a player is there twice.
    """
    example = 'give lists of players, such as [["a", "b"], ["c"]]'
    if isinstance(groups, str | Mapping) or not isinstance(groups, Iterable):
        raise SettingError("owen", [f"groups are {shown(groups)}; {example}"])
    divided: list[list[Any]] = []
    problems = []
    for place, group in enumerate(groups):
        if isinstance(group, str) or not isinstance(group, Iterable):
            problems.append(f"group {place} is {shown(group)}; {example}")
            continue
        divided.append(list(group))
        if not divided[-1]:
            problems.append(f"group {place} is empty; leave it out")
    problems += _not_distinct([player for group in divided for player in group])
    if problems:
        raise SettingError("owen", problems)
    return divided


def _few_enough(where: str, coalitions: int, who: str) -> None:
    """Raise a SettingError if more coalitions would be asked for than can be."""
    if coalitions > MOST_COALITIONS:
        problem = (
            f"{who} {coalitions:,} coalitions, must be at most {MOST_COALITIONS:,} (20 players); "
            "put players together, or take those that matter by leave_one_out, which asks for one "
            "coalition each"
        )
        raise SettingError(where, [problem])
