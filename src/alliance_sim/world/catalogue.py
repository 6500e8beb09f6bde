"""What there is to choose from: scenarios, junctures, members, outcomes, states, inputs, settings.

Each is a table of plain values, worked out from the scenario and from the declaration of the model,
so that nothing can be listed that is not there.
"""

from __future__ import annotations

import datetime as dt
import typing
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from alliance_sim.errors import SettingError, did_you_mean
from alliance_sim.nearest import matches
from alliance_sim.results.dictionary import outcome_meaning, range_words
from alliance_sim.results.outcomes import standard_outcomes
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import as_tree, value_at
from alliance_sim.scenario.fields import KINDS as OF_KINDS
from alliance_sim.scenario.fields import KNOWN, Number
from alliance_sim.scenario.file import shipped_scenarios
from alliance_sim.scenario.parameters import parameters_of
from alliance_sim.scenario.path import numbers, way
from alliance_sim.world.state import meanings_of, state_names
from alliance_sim.world.tables import calendar_of

Cell = bool | int | float | str | None
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Catalogue:
    """A table of things to choose from.

    Attributes:
        kind: What is listed, such as "junctures".
        about: Of which scenario, "" where that does not matter.
        heads: Names of the columns.
        rows: Plain values: dates as text, truth values, numbers; None where there is none.
        words: How many columns, from the left, are words.
        less: How many columns are the least to show, of the words and of the others.
        of: What stands behind `alliance-sim list KIND` to ask for the same scenario.
    """

    kind: str
    about: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    words: int
    less: tuple[int, int]
    of: str = ""

    def like(self, text: str) -> Catalogue:
        """Return the rows that hold a text, or words of it in another spelling.

        Raises:
            SettingError: If there are none, with the nearest name.
        """
        asked = text.casefold()
        rows = [row for row in self.rows if any(asked in str(cell).casefold() for cell in row)]
        if not rows:
            also = {str(row[0]): [str(c) for c in row[1 : self.words]] for row in self.rows}
            near = {match.name for match in matches(text, also, also)}
            rows = [row for row in self.rows if row[0] in near]
        if not rows:
            problem = f"nothing among {len(self.rows)} {self.kind} is like {text!r}"
            line = f"for all of them: alliance-sim list {self.kind}{self.of}"
            raise SettingError("list", [f"{problem}; {line}"])
        return replace(self, rows=tuple(rows))

    def groups(self) -> Catalogue:
        """Return how many rows begin alike, for names that are paths, and how many of each kind."""
        found = Counter(str(row[0]).partition(".")[0] for row in self.rows)
        of_kinds = OF_KINDS if "kind" in self.heads else ()
        place = self.heads.index("kind") if of_kinds else 0
        each = Counter((str(row[0]).partition(".")[0], row[place]) for row in self.rows)
        rows: tuple[Row, ...] = tuple(
            (head, count, *(each[head, kind] for kind in of_kinds)) for head, count in found.items()
        )
        heads = ("begin with", "how many", *of_kinds)
        return replace(self, heads=heads, rows=rows, words=1, less=(1, 1))

    def briefly(self) -> Catalogue:
        """Return only the columns that are the least to show."""
        words, others = self.less
        kept = [*range(words), *range(self.words, self.words + others)]
        rows = tuple(tuple(row[k] for k in kept) for row in self.rows)
        return replace(self, heads=tuple(self.heads[k] for k in kept), rows=rows, words=words)

    def with_columns(self, count: int) -> Catalogue:
        """Return the first columns only."""
        rows = tuple(row[:count] for row in self.rows)
        return replace(self, heads=self.heads[:count], rows=rows, words=min(self.words, count))

    def tree(self) -> list[dict[str, Cell]]:
        """Return the rows as tables that JSON can hold."""
        keys = [head.replace(" ", "_") for head in self.heads]
        return [dict(zip(keys, row, strict=True)) for row in self.rows]


def catalogue(kind: str, scenario: Scenario, of: str = "") -> Catalogue:
    """Return what there is of a kind.

    Args:
        kind: "scenarios", "junctures", "members", "outcomes", "states", "numbers", "inputs"
            (numbers and days, each known, fitted or assumed) or "settings"; one of it ("juncture")
            is the same.
        scenario: Of what; for "scenarios" it does not matter.
        of: What stands behind a command to ask for that scenario, "" if it is the usual one.

    Raises:
        SettingError: If there is no such kind, with the nearest.
    """
    known = kind if kind in KINDS else f"{kind}s"
    if known not in KINDS:
        hint = did_you_mean(kind, KINDS) or did_you_mean(kind, ALSO_CALLED)
        for other, meant in ALSO_CALLED.items():
            hint = hint.replace(repr(other), repr(meant))
        problem = f"unknown list {kind!r}{hint} (known: {', '.join(KINDS)})"
        raise SettingError("list", [problem])
    make, heads, words, less = KINDS[known]
    about, of = ("", "") if known == "scenarios" else (scenario.name, of)
    return Catalogue(known, about, heads, tuple(make(scenario)), words, less, of)


def _scenarios(_: Scenario) -> Iterator[Row]:
    for name, (title, question) in shipped_scenarios().items():
        yield name, title, question


def _junctures(scenario: Scenario) -> Iterator[Row]:
    for j in sorted(scenario.junctures, key=lambda j: (j.date, j.name)):
        end = None if j.end is None else j.end.isoformat()
        named = j.name if j.present else f"{j.name} (removed)"
        yield named, j.title, j.kind, ", ".join(j.follows), j.date.isoformat(), end


def _members(scenario: Scenario) -> Iterator[Row]:
    for member in sorted(scenario.members, key=lambda m: (m.accessions[0].date, m.name)):
        joined = sorted(member.accessions, key=lambda a: a.date)
        yield (
            *(member.name, member.title, ", ".join(a.date.isoformat() for a in joined)),
            *(joined[0].date.year, sum(a.states for a in joined)),
            *(round(sum(a.weight.value for a in joined), 6), member.offset.value),
        )


def _outcomes(scenario: Scenario) -> Iterator[Row]:
    calendar, meanings = calendar_of(scenario), meanings_of(scenario)
    for outcome in standard_outcomes(state_names(scenario), calendar, len(scenario.rungs)):
        told = outcome_meaning(outcome, calendar, meanings)
        span = range_words(told.low, told.high)
        yield outcome.name, told.long_name, outcome.text, span, told.unit


def _states(scenario: Scenario) -> Iterator[Row]:
    for name, told in meanings_of(scenario).items():
        yield name, told.long_name, range_words(told.low, told.high), told.unit


def _numbers(scenario: Scenario) -> Iterator[Row]:
    for path, number in numbers(scenario):
        span = (number.value, number.low, number.high, number.unit)
        yield path, number.kind, number.source, *span


def _inputs(scenario: Scenario) -> Iterator[Row]:
    """Yield what a run is made of: its numbers, and its days, which are known where it happened."""
    for path, source, day in _days(scenario):
        yield path, KNOWN, source, day.isoformat(), None, None, "day"
    yield from _numbers(scenario)


def _days(scenario: Scenario) -> Iterator[tuple[str, str, dt.date]]:
    """Yield path, source and day of everything that has one."""
    for leader in scenario.leaders:
        yield f"leader.{leader.name}.start", leader.source, leader.start
        yield f"leader.{leader.name}.end", leader.source, leader.end
    for juncture in scenario.junctures:
        yield f"juncture.{juncture.name}.date", juncture.source, juncture.date
        if juncture.end is not None:
            yield f"juncture.{juncture.name}.end", juncture.source, juncture.end
    for member in scenario.members:
        for k, accession in enumerate(member.accessions):
            yield f"member.{member.name}.accession.{k}.date", accession.source, accession.date
    for item in scenario.items:
        yield f"item.{item.name}.tabled", item.source, item.tabled


def _settings(scenario: Scenario) -> Iterator[Row]:
    for parameter in parameters_of(as_tree(scenario)).values():
        owner, key = way(scenario, parameter.path)[-1]
        if parameter.low is None and not isinstance(value_at(scenario, parameter.path), Number):
            value = parameter.value
            plain = value if isinstance(value, bool | int | float | str | None) else str(value)
            yield parameter.path, _allowed(owner, key), plain


def _allowed(owner: object, key: str) -> str:
    """Return what may stand at a setting."""
    annotation = type(owner).model_fields[key].annotation  # type: ignore[attr-defined]
    choices = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Literal:
        return " or ".join(str(choice) for choice in choices)
    names = {bool: "true or false", int: "a whole number", str: "text"}
    return names.get(annotation, "a date" if "date" in str(annotation) else "text")


Kind = tuple[Callable[[Scenario], Iterator[Row]], tuple[str, ...], int, tuple[int, int]]
KINDS: dict[str, Kind] = {
    "scenarios": (_scenarios, ("name", "title", "question"), 3, (2, 0)),
    "junctures": (_junctures, ("name", "title", "kind", "follows", "date", "end"), 4, (2, 2)),
    "members": (
        *(_members, ("name", "title", "joined", "since", "states", "weight", "offset (log-odds)")),
        *(3, (2, 3)),
    ),
    "outcomes": (_outcomes, ("name", "what it is", "as text", "range", "unit"), 3, (2, 2)),
    "states": (_states, ("name", "what it is", "range", "unit"), 2, (2, 2)),
    "numbers": (_numbers, ("path", "kind", "source", "value", "low", "high", "unit"), 3, (2, 4)),
    "inputs": (_inputs, ("path", "kind", "source", "value", "low", "high", "unit"), 3, (2, 4)),
    "settings": (_settings, ("path", "allowed", "value"), 2, (2, 1)),
}
ALSO_CALLED = {
    "events": "junctures",
    "turning points": "junctures",
    "shocks": "junctures",
    "allies": "members",
    "what-ifs": "scenarios",
    "counterfactuals": "scenarios",
    "variables": "states",
    "parameters": "numbers",
    "coefficients": "numbers",
    "results": "outcomes",
    "metrics": "outcomes",
    "switches": "settings",
}
