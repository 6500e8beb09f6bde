"""How a model is declared: kinds of entry, and what can be worked out from any of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from math import prod
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from alliance_sim.glossary import domain_words
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.fields import DOMAINS, SERIES

Axes = Mapping[str, tuple[str, ...]]  # labels along each axis
Kind = TypeVar("Kind", bound=tuple[Any, ...])
NESTED = (tuple, list)


class Phase(NamedTuple):
    """A part of a quarter: a method of agents, a stretch of the compiled one, a function in C."""

    name: str
    what: str


class Variable(NamedTuple):
    """A state: a number carried from quarter to quarter, or one for each label of some axes.

    Attributes:
        name: Its name, also of its rows in the compiled engine and in C.
        meaning: In plain words; of a reported state what it is called, in which `{state}` and
            `{alliance}` stand for what the partners are called and axes for their labels' titles.
        phase: The phase that makes it.
        rule: The rule that gives its value.
        held: Where Mesa holds it: an attribute of the model, and one of the agents found there.
        per: Axes.
        unit: "1" for a share or a number without unit.
        low: Lowest value.
        high: Highest value.
        symbol: In the equations of the documentation.
        reported: Pattern of its reported name, in which `{state}` and `{alliance}` stand for the
            partners' names and axes for their labels; empty to keep it to the engines.
        only: Label of the first axis to which reporting is limited; empty for all.
        of: What `rule` is given, where nothing more is to be said: names of states as they are now
            ("level.operations"), as they were ("was.peak"), of coefficients ("coefficient.dt").
            Every engine then works it out by itself in the last phase; empty where a phase does.
    """

    name: str
    meaning: str
    phase: str
    rule: Callable[..., float]
    held: str
    per: tuple[str, ...] = ()
    unit: str = "1"
    low: float = 0.0
    high: float = 1.0
    symbol: str = ""
    reported: str = ""
    only: str = ""
    of: tuple[str, ...] = ()


class Argument(NamedTuple):
    """One thing that a rule is given, as `Variable.of` says it.

    Attributes:
        source: "now", "was" or "coefficient".
        name: Of the state or the coefficient.
        label: Of one number along its first axis; empty if it has no axes, or the state's own.
    """

    source: str
    name: str
    label: str


def argument(text: str) -> Argument:
    """Return what a text of `Variable.of` stands for."""
    source, _, rest = text.partition(".")
    if source not in ("was", "coefficient"):
        source, rest = "now", text
    name, _, label = rest.partition(".")
    return Argument(source, name, label)


class Input(NamedTuple):
    """What a quarter brings from outside, or what holds throughout a run; between `low` and `high`.

    `of` says where a world holds it, for what holds throughout.
    """

    meaning: str
    per: tuple[str, ...] = ()
    unit: str = "1"
    low: float = 0.0
    high: float = 1.0
    of: str = ""


class Channel(NamedTuple):
    """A noise channel: what one uniform a quarter decides.

    Attributes:
        pattern: Of its name, with axes for their labels. Another pattern or version is other noise.
        meaning: What it decides.
        per: Axes.
        at_home: Name in place of `pattern` for the state's own answer, last along `who`.
        often: Whether it decides something every quarter; the compiled engine then draws it for
            whole blocks. Those come first.
        version: Goes up when the same uniform comes to mean something else.
    """

    pattern: str
    meaning: str
    per: tuple[str, ...] = ()
    at_home: str = ""
    often: bool = True
    version: int = 1


class Coefficient(NamedTuple):
    """What does not change during a run and is made from the numbers of a scenario."""

    meaning: str
    per: tuple[str, ...] = ()


@cache
def declared(kind: type) -> dict[str, Any]:
    """Return the declaration of each field of `Inputs`, `Channels`, `Marks` or `Coefficients`."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items()}


@cache
def leaf_types(kind: type) -> dict[str, Any]:
    """Return what each field of such a class holds for one label of all its axes."""
    found = {}
    for name, hint in get_type_hints(kind).items():
        while get_origin(hint) is tuple:
            hint = get_args(hint)[0]  # noqa: PLW2901 - one level down
        found[name] = hint
    return found


def size(per: Iterable[str], counts: Mapping[str, int]) -> int:
    """Return how many numbers there are along axes together."""
    return prod(counts[axis] for axis in per)


def unpacked(kind: type[Kind], numbers: Iterable[Any], counts: Mapping[str, int]) -> Kind:
    """Return numbers that follow each other as a named tuple, nested along the axes declared."""
    row, leaves = iter(numbers), leaf_types(kind)
    return kind(
        *(nested(entry.per, counts, leaves[name], row) for name, entry in declared(kind).items())
    )


def nested(per: tuple[str, ...], counts: Mapping[str, int], leaf: Any, row: Iterator[Any]) -> Any:
    """Return numbers that follow each other, nested along axes; a named tuple at each place."""
    if per:
        return tuple(nested(per[1:], counts, leaf, row) for _ in range(counts[per[0]]))
    fields = getattr(leaf, "_fields", None)
    return next(row) if fields is None else leaf(*(next(row) for _ in fields))


def flattened(tree: Any) -> list[Any]:
    """Return what nested tuples or lists hold, in order."""
    found: list[Any] = []
    _add(found, tree if isinstance(tree, NESTED) else (tree,))
    return found


def _add(found: list[Any], entries: Iterable[Any]) -> None:
    for entry in entries:
        if isinstance(entry, NESTED):
            _add(found, entry)
        else:
            found.append(entry)


def along(per: tuple[str, ...], axes: Axes) -> Iterator[dict[str, str]]:
    """Yield the labels of each number along axes, the last axis fastest."""
    for labels in itertools.product(*(axes[axis] for axis in per)):
        yield dict(zip(per, labels, strict=True))


def titles_of(scenario: Scenario) -> dict[str, dict[str, str]]:
    """Return by axis what each of its labels is called; under "" what is the same along all."""
    partners = scenario.partners
    members = {member.name: member.title for member in scenario.members}
    return {
        "": {
            "state": partners.state_title,
            "alliance": partners.alliance_title,
            "steps": str(max(rung.number for rung in scenario.rungs)),
        },
        "domain": {domain: domain_words(domain) for domain in DOMAINS},
        "series": {series: domain_words(series) for series in SERIES},
        "threat": {threat.name: threat.title for threat in scenario.threats},
        "who": members | {partners.state: partners.state_title},
        "item": {item.name: item.title for item in scenario.items},
    }
