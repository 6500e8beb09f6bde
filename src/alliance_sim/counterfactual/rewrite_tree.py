"""The tree of a search as a reader can follow it: a few sets, each under a part of it.

Shown are the rewrites that were found, with all their parts, and of each size the sets that come
nearest; the rest is counted. A set stands under that part of it, one edit smaller, which by itself
comes nearest, so that a branch reads as one edit after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from alliance_sim.counterfactual.best_first import Tried
    from alliance_sim.counterfactual.small_rewrite import SearchExtent, SmallRewrite

ROWS = 15  # that fit a slide
FACT, FOUND, BEYOND, FRONTIER, REST = "fact", "found", "gone beyond", "frontier", "rest"
UNCONFIRMED = "not confirmed"


class Node(NamedTuple):
    """A row of the tree.

    Attributes:
        level: How many edits its set has; 0 for the fact.
        edits: The set, as texts.
        added: The edit that it has beyond the row above that it stands under, in words.
        bits: What the set costs.
        probability: How often the outcome is as wanted; of what was found, proposed or comes
            nearest, in histories that the search did not use.
        status: "fact"; "found"; "not confirmed", where the search proposed it in vain; "gone
            beyond", where larger sets with it were tried; "frontier", where none was; or "rest", a
            row that counts others.
        others: How many sets a row of the rest stands for, else 0.
    """

    level: int
    edits: tuple[str, ...]
    added: str
    bits: float
    probability: float
    status: str
    others: int = 0


def tree_of(
    searched: SearchExtent, named: Sequence[SmallRewrite], *, fact: float
) -> tuple[Node, ...]:
    """Return the rows of a tree, each after the one that it stands under.

    Args:
        searched: What was searched.
        named: What was found, what was proposed and not confirmed, and at the end what comes
            nearest.
        fact: How often the outcome is as wanted with nothing edited.
    """
    tried = {one.changes: one for one in searched.tried}
    proposed = [one for one in named if one.searched >= one.threshold and one.edits]
    shown = _chosen(named, tried)
    parents = {one: _parent(one, shown, tried) for one in shown if one}
    told = {frozenset(one.edits): one.told.value for one in named}
    told[frozenset()] = fact
    found = {frozenset(one.edits) for one in proposed if one.holds}
    doubted = {frozenset(one.edits) for one in proposed if not one.holds}
    inner = {big - {edit} for big in tried for edit in big}
    words = {one.text: one.words for one in searched.candidates.edits}
    order = {text: k for k, text in enumerate(words)}

    def nearness(one: frozenset[str]) -> tuple[float, ...]:
        return (-told.get(one, tried[one].value), tried[one].cost, *sorted(order[t] for t in one))

    def status(one: frozenset[str]) -> str:
        if not one:
            return FACT
        if one in found or one in doubted:
            return FOUND if one in found else UNCONFIRMED
        return BEYOND if one in inner else FRONTIER

    rows: list[Node] = []

    def grow(one: frozenset[str]) -> None:
        above = parents.get(one, one)
        (added,) = one - above if one else ("",)
        rows.append(
            Node(
                level=len(one),
                edits=tuple(sorted(one, key=order.__getitem__)),
                added=words.get(added, "As it was"),
                bits=tried[one].cost,
                probability=told.get(one, tried[one].value),
                status=status(one),
            )
        )
        for below in sorted((s for s in shown if parents.get(s) == one), key=nearness):
            grow(below)

    grow(frozenset())
    return (*rows, *_rest(tried, shown))


def _chosen(
    named: Sequence[SmallRewrite], tried: dict[frozenset[str], Tried]
) -> set[frozenset[str]]:
    """Return the sets that are shown, each with a part one edit smaller."""
    shown: set[frozenset[str]] = {frozenset()}

    def show(one: frozenset[str]) -> None:
        if one in tried and one not in shown:
            shown.add(one)
            if len(one) > 1 and not any(one - {edit} in shown for edit in one):
                show(_parent(one, set(tried), tried))

    nearest = named[-1]
    for size in range(1, len(nearest.edits) + 1):
        for part in combinations(nearest.edits, size):
            show(frozenset(part))
    for one in named:
        show(frozenset(one.edits))
    by_size: dict[int, list[Tried]] = {}
    for each in sorted(tried.values(), key=lambda each: (-each.value, each.cost)):
        by_size.setdefault(len(each.changes), []).append(each)
    place = 0
    while len(shown) < ROWS and any(place < len(same) for same in by_size.values()):
        for size in sorted(by_size):
            if place < len(by_size[size]) and len(shown) < ROWS:
                show(by_size[size][place].changes)
        place += 1
    return shown


def _parent(
    one: frozenset[str], among: set[frozenset[str]], tried: dict[frozenset[str], Tried]
) -> frozenset[str]:
    """Return the part, one edit smaller, that comes nearest by itself."""
    parts = [one - {edit} for edit in sorted(one) if one - {edit} in among]
    return max(parts, key=lambda part: (tried[part].value, -tried[part].cost))


def _rest(tried: dict[frozenset[str], Tried], shown: set[frozenset[str]]) -> list[Node]:
    """Return a row for each size that counts the sets that are not shown."""
    rows = []
    left = [one for key, one in tried.items() if key not in shown]
    for size in sorted({len(one.changes) for one in left}):
        same = [one for one in left if len(one.changes) == size]
        edits = "edit" if size == 1 else "edits"
        rows.append(
            Node(
                level=size,
                edits=(),
                added=f"{len(same):,} more with {size} {edits}",
                bits=min(one.cost for one in same),
                probability=max(one.value for one in same),
                status=REST,
                others=len(same),
            )
        )
    return rows
