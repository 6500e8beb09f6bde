"""The cheapest set of changes that brings something about, for any model.

Sets are tried in the order of their cost, so that the first that does is the cheapest, and every
part of it has been tried before and does not: it is minimal. Nothing has to be known of how changes
act together but that a set costs no less than its parts.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

from alliance_sim.errors import SettingError, explains_calls, shown

if TYPE_CHECKING:
    from alliance_sim.engine.simulate import Progress

WHERE = "search"
SLACK = 1e-9  # by which rounding may make a set cheaper than its part
MOST_CANDIDATES = 1000

Cost = Mapping[Any, float] | Callable[[frozenset[Any]], float]


class Tried(NamedTuple):
    """A set of changes that was tried.

    Attributes:
        changes: The set.
        cost: What it costs.
        value: What it comes to.
    """

    changes: frozenset[Any]
    cost: float
    value: float


@dataclass(frozen=True)
class SearchResult:
    """What a search came to.

    Attributes:
        found: Minimal sets that reach the threshold, the cheapest first; empty if none did.
        nearest: The set of the largest value, the cheaper one where two are alike.
        tried: All sets that were tried, in the order of their cost, the empty one first.
        threshold: What a value had to reach.
        complete: Whether no set was left out for the budget.
        until: Every set that costs less than this was tried, or holds one that was found, or cannot
            be had; infinite where all were.
        next: The cheapest sets that were not tried for the budget, at most 100.
    """

    found: tuple[Tried, ...]
    nearest: Tried
    tried: tuple[Tried, ...]
    threshold: float
    complete: bool
    until: float
    next: tuple[frozenset[Any], ...]

    @property
    def best(self) -> Tried | None:
        """The cheapest set that reaches the threshold, None if none did."""
        return self.found[0] if self.found else None


@explains_calls
def search(  # noqa: PLR0913 - what is asked of one search, by name
    candidates: Iterable[Any],
    value: Callable[[frozenset[Any]], float],
    *,
    cost: Cost,
    threshold: float,
    most: int = 3,
    budget: int = 1000,
    apart: Iterable[Iterable[Any]] = (),
    several: int = 1,
    progress: Progress | None = None,
) -> SearchResult:
    """Return the cheapest sets of changes whose value reaches a threshold.

    The search is exact: of all sets of up to `most` candidates, the first one found is the cheapest
    that there is, unless the budget ends before. Equal costs are tried by size, then in the order
    of the candidates, so that the same question has the same answer.

    Args:
        candidates: Changes, each once, in any order that is kept; anything that can be in a set.
        value: Returns what a set of changes comes to, a number; asked once for each set that is
            tried, the empty one first.
        cost: What each candidate costs, to be added up; or a function that returns what a set
            costs, never less than a part of it does. Infinite for what cannot be had.
        threshold: What a value has to reach.
        most: Changes in a set, at most.
        budget: Sets to try, at most.
        apart: Groups of candidates of which no two are in a set.
        several: How many minimal sets to look for, the cheapest first.
        progress: Called with (sets tried, budget).

    Raises:
        SettingError: Naming all that is wrong with what was given, or a set that costs less than a
            part of it, or whose value is no number.
    """
    game = _Game(candidates, value, cost, apart)
    _check_numbers(threshold=threshold, most=most, budget=budget, several=several)
    tried: list[Tried] = []
    found: list[Tried] = []
    open_: list[tuple[float, int, tuple[int, ...]]] = [(game.cost(()), 0, ())]
    while open_ and len(found) < several and len(tried) < budget:
        price, size, places = heapq.heappop(open_)
        chosen = game.chosen(places)
        if any(one.changes <= chosen for one in found):
            continue  # more than is needed, as are all sets that hold it
        one = Tried(chosen, price, game.value(chosen))
        tried.append(one)
        if progress is not None:
            progress(len(tried), budget)
        if one.value >= threshold:
            found.append(one)
        elif size < most:
            for longer, dearer in game.longer(places, price):
                heapq.heappush(open_, (dearer, size + 1, longer))
    if len(found) == several:
        left, complete = open_, True
    else:
        left = [one for one in open_ if not any(f.changes <= game.chosen(one[2]) for f in found)]
        complete = not left
    ahead = [game.chosen(one[2]) for one in heapq.nsmallest(100, left)]
    return SearchResult(
        found=tuple(found),
        nearest=max(tried, key=lambda one: one.value),
        tried=tuple(tried),
        threshold=threshold,
        complete=complete,
        until=min((one[0] for one in left), default=math.inf),
        next=tuple(ahead),
    )


class _Game:
    """Candidates, what they cost and what they come to, checked."""

    def __init__(
        self,
        candidates: Iterable[Any],
        value: Callable[[frozenset[Any]], float],
        cost: Cost,
        apart: Iterable[Iterable[Any]],
    ) -> None:
        problems: list[str] = []
        self.candidates = _distinct(candidates, problems)
        place = {one: k for k, one in enumerate(self.candidates)}
        self._value = value
        self._cost = self._costs(cost, problems)
        self._group: dict[int, set[int]] = {}
        for number, group in enumerate(apart):
            for one in group:
                if not isinstance(one, Hashable) or one not in place:
                    problems.append(f"apart has {shown(one)}, which is no candidate")
                else:
                    self._group.setdefault(place[one], set()).add(number)
        if not callable(value):
            problems.append(f"value is {shown(value)}, must be a function of a set of candidates")
        if problems:
            raise SettingError(WHERE, problems)

    def chosen(self, places: Sequence[int]) -> frozenset[Any]:
        """Return the candidates at some places."""
        return frozenset(self.candidates[k] for k in places)

    def cost(self, places: tuple[int, ...]) -> float:
        """Return what a set costs.

        Raises:
            SettingError: If that is no number of at least 0.
        """
        chosen = self.chosen(places)
        found: Any = self._cost(chosen)
        if not _is_cost(found):
            problem = f"cost of {_told(chosen)} is {shown(found)}, must be a number of at least 0"
            raise SettingError(WHERE, [problem])
        return float(found)

    def value(self, chosen: frozenset[Any]) -> float:
        """Return what a set comes to.

        Raises:
            SettingError: If that is no number.
        """
        try:
            found = float(self._value(chosen))
        except (TypeError, ValueError):
            found = math.nan
        if math.isnan(found):
            raise SettingError(WHERE, [f"value of {_told(chosen)} is no number"])
        return found

    def longer(
        self, places: tuple[int, ...], price: float
    ) -> Iterator[tuple[tuple[int, ...], float]]:
        """Yield the sets that a candidate further down the list is added to, with their cost.

        Raises:
            SettingError: If one costs less than the set that it is made of.
        """
        there: set[int] = set().union(*(self._group.get(k, set()) for k in places))
        for k in range(places[-1] + 1 if places else 0, len(self.candidates)):
            if there & self._group.get(k, set()):
                continue
            more = (*places, k)
            dearer = self.cost(more)
            if dearer < price - SLACK:
                problem = (
                    f"cost of {_told(self.chosen(more))} is {dearer:g}, less than the {price:g} of "
                    f"its part {_told(self.chosen(places))}; a set may cost no less than its parts"
                )
                raise SettingError(WHERE, [problem])
            if dearer < math.inf:
                yield more, max(dearer, price)

    def _costs(self, cost: Any, problems: list[str]) -> Callable[[frozenset[Any]], float]:
        if callable(cost):
            found: Callable[[frozenset[Any]], float] = cost
            return found
        if not isinstance(cost, Mapping):
            problems.append(f"cost is {shown(cost)}, must be a number for each candidate, by name")
            return lambda _: 0.0
        problems.extend(f"cost has no {shown(c)}" for c in self.candidates if c not in cost)
        problems.extend(
            f"cost of {shown(c)} is {shown(cost[c])}, must be a number of at least 0"
            for c in self.candidates
            if c in cost and not _is_cost(cost[c])
        )
        order = {one: k for k, one in enumerate(self.candidates)}
        return lambda chosen: sum((cost[one] for one in sorted(chosen, key=order.__getitem__)), 0.0)


def _distinct(candidates: object, problems: list[str]) -> list[Any]:
    """Return the candidates, or add what is wrong with them."""
    if isinstance(candidates, str) or not isinstance(candidates, Iterable):
        problems.append(f"candidates are {shown(candidates)}, must be a list of changes")
        return []
    found = list(candidates)
    problems += [f"candidate {shown(c)} cannot be in a set" for c in found
                 if not isinstance(c, Hashable)]  # fmt: skip
    found = [one for one in found if isinstance(one, Hashable)]
    problems += [f"candidate {shown(one)} is there more than once"
                 for one, times in Counter(found).items() if times > 1]  # fmt: skip
    if len(found) > MOST_CANDIDATES:
        problems.append(f"{len(found):,} candidates, must be at most {MOST_CANDIDATES:,}")
    return found


def _is_cost(found: object) -> bool:
    return isinstance(found, Real) and float(found) >= 0.0


def _told(chosen: frozenset[Any]) -> str:
    return shown(sorted(map(str, chosen))) if chosen else "no change"


def _check_numbers(*, threshold: object, **whole: object) -> None:
    """Raise an error unless settings are in range.

    Raises:
        SettingError: Naming each that is not.
    """
    problems = []
    if not isinstance(threshold, int | float) or not math.isfinite(threshold):
        problems.append(f"threshold is {shown(threshold)}, must be a finite number")
    problems += [
        f"{name} is {shown(value)}, must be a whole number of at least 1"
        for name, value in whole.items()
        if type(value) is not int or value < 1
    ]
    if problems:
        raise SettingError(WHERE, problems)
