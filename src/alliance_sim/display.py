"""How results show themselves: one line in a console, a small table in a notebook, a figure.

A room that holds results says what is in them. Who draws them is told by the package's front door,
so that no room imports one that stands above it, and none of them needs what draws.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from html import escape
from importlib import import_module
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from alliance_sim.errors import visible

if TYPE_CHECKING:
    import pandas as pd

DRAWN_BY: dict[str, str] = {}  # "module:function" by the class of what is drawn
LONGEST = 400  # letters of a cell


class Table(NamedTuple):
    """A few numbers under the facts.

    Attributes:
        head: Titles of the columns.
        rows: Cells; the first of each row is its title.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[object]]


def frame_table(frame: pd.DataFrame, columns: Sequence[str] | None = None) -> Table:
    """Return some columns of a data frame as a table; numbers in three digits, a dash for none."""
    head = list(frame.columns if columns is None else columns)
    rows = frame[head].itertuples(index=False)
    return Table(head, [[_number(cell) for cell in row] for row in rows])


def _number(cell: object) -> object:
    if not isinstance(cell, float):
        return cell
    return f"{cell:.3g}" if isfinite(cell) else "–"


class Facts(NamedTuple):
    """What an object says of itself.

    Attributes:
        name: What it is of, such as the name of a scenario.
        brief: The few facts that the one line holds.
        more: Facts of the notebook's table, each a title and a text; empty texts are left out.
        table: Numbers under them.
    """

    name: str
    brief: Sequence[str]
    more: Sequence[tuple[str, object]] = ()
    table: Table | None = None


class Shown(ABC):
    """Base of what shows itself in one line, and in a notebook as a small table."""

    @abstractmethod
    def _facts(self) -> Facts:
        """Return what the object says of itself."""

    def __repr__(self) -> str:
        facts = self._facts()
        told = f": {', '.join(facts.brief)}" if facts.brief else ""
        return visible(f"<{type(self).__name__} {facts.name}{told}>")

    def __str__(self) -> str:
        return repr(self)

    def _repr_html_(self) -> str:
        """Return the small table, without colours of its own so that a dark page can show it."""
        facts = self._facts()
        rows = [(title, _cut(text)) for title, text in facts.more if str(text)]
        parts = [f"<p><b>{type(self).__name__}</b> {_cell(facts.name)}</p>"]
        parts += [_html((), rows)] if rows else []
        parts += [_html(facts.table.head, facts.table.rows)] if facts.table else []
        return "\n".join(["<div>", *parts, "</div>"])


def figure(of: object, *args: Any, **kwargs: Any) -> Any:
    """Return the figure of an object, drawn by whoever the front door names for its class."""
    module, _, function = DRAWN_BY[type(of).__name__].partition(":")
    return getattr(import_module(module), function)(of, *args, **kwargs)


def counted(count: int, what: str) -> str:
    """Return how many there are of something, such as "1 run" or "1,200 runs"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _html(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; the first cell of each row is its title."""
    lines = ["<table>"]
    if head:
        cells = "".join(f'<th scope="col">{_cell(title)}</th>' for title in head)
        lines.append(f"<thead><tr>{cells}</tr></thead>")
    lines.append("<tbody>")
    for title, *others in rows:
        cells = "".join(f'<td style="text-align:left">{_cell(cell)}</td>' for cell in others)
        lines.append(f'<tr><th scope="row" style="text-align:left">{_cell(title)}</th>{cells}</tr>')
    return "\n".join([*lines, "</tbody>", "</table>"])


def _cut(text: object) -> str:
    plain = str(text)
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}..."


def _cell(value: object) -> str:
    return escape(visible(str(value)))
