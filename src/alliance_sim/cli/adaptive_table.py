"""Tables that stay readable however narrow the terminal is."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from alliance_sim.errors import visible

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

LEAST = 18  # letters of a column of words; with fewer it is a heap of syllables
FOLDED = 24  # letters of a name in one word that is not folded
LEAST_BESIDE_NAMES = 16  # the same where names beside it stay whole
BLANK = "\N{NO-BREAK SPACE}"
FRAME = 3  # columns that a cell takes beside its content
BETWEEN = 2  # the same where no frame is drawn


@dataclass(frozen=True)
class AdaptiveTable:
    """Words with numbers beside them or, where that is too wide, under them.

    Attributes:
        title: Over the table.
        heads: Names of the columns.
        rows: Cells, as they are to be read; nothing in them is markup. An empty word means the same
            as in the row before.
        words: How many columns, from the left, are words; the others are numbers and stay whole.
        lines: Whether to draw a line between rows.
        marked: Rows that stand out, by position.
        frame: Whether to draw lines between columns.
        whole: How many columns, from the left, are names to be typed, which stay in one piece.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1
    lines: bool = False
    marked: frozenset[int] = frozenset()
    frame: bool = True
    whole: int = 0

    def __post_init__(self) -> None:
        """Let no cell hold what a terminal obeys."""
        shown = tuple(tuple(visible(cell, lines=True) for cell in row) for row in self.rows)
        object.__setattr__(self, "rows", shown)
        object.__setattr__(self, "heads", tuple(map(visible, self.heads)))
        object.__setattr__(self, "title", visible(self.title))

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        """Yield the title, then a table, without its frame if that is too wide, or paragraphs."""
        shown = self.without_empty_columns()
        yield Text(self.title, "italic")
        for table in (shown, replace(shown, frame=False)):
            widths = table.widths_in(options.max_width)
            if widths is not None:
                yield table.drawn(widths)
                return
        yield from shown.paragraphs(options.max_width)

    def fits(self, room: int) -> bool:
        """Whether columns have enough room in so many letters."""
        return self.without_empty_columns().widths_in(room) is not None

    def without_empty_columns(self) -> AdaptiveTable:
        """Return the table without columns in which nothing stands, but for the first."""
        kept = [k for k in range(len(self.heads)) if not k or any(row[k] for row in self.rows)]
        return replace(
            self,
            heads=tuple(self.heads[k] for k in kept),
            rows=tuple(tuple(row[k] for k in kept) for row in self.rows),
            words=sum(k < self.words for k in kept),
        )

    def widths_in(self, room: int) -> list[int] | None:
        """Return the widths of the columns, None if the words have too little room."""
        widths = [
            max(map(_width, (_head(head, column), *column)))
            for head, column in zip(self.heads, self._columns(), strict=True)
        ]
        beside = FRAME * len(widths) + 1 if self.frame else BETWEEN * len(widths)
        names, words = widths[: self.whole], widths[self.whole : self.words]
        left = room - sum(names) - sum(widths[self.words :]) - beside
        most = min(room, max(words, default=0))
        least = LEAST_BESIDE_NAMES if self.whole else LEAST
        while most > least and sum(min(most, width) for width in words) > left:
            most -= 1
        words = [min(most, width) for width in words]
        return [*names, *words, *widths[self.words :]] if sum(words) <= left else None

    def _columns(self) -> list[list[str]]:
        """Return the cells by column, names in one word folded where they are long."""
        columns = [[row[k] for row in self.rows] for k in range(len(self.heads))]
        return [
            [_folded(cell) for cell in column] if self.whole <= k < self.words else column
            for k, column in enumerate(columns)
        ]

    def drawn(self, widths: Sequence[int]) -> Table:
        """Return a table whose columns have these widths."""
        plain: dict[str, Any] = {} if self.frame else {"box": None, "pad_edge": False}
        plain |= {} if self.frame else {"padding": (0, BETWEEN, 0, 0)}
        table = Table(show_lines=self.lines, **plain)
        columns = self._columns()
        for k, (head, width) in enumerate(zip(self.heads, widths, strict=True)):
            if k < self.words:
                table.add_column(Text(head), width=width, overflow="fold")
            else:
                table.add_column(Text(_head(head, columns[k])), width=width, justify="right")
        for position, row in enumerate(zip(*columns, strict=True)):
            table.add_row(*map(Text, row), style="bold" if position in self.marked else "")
        return table

    def paragraphs(self, room: int) -> Iterator[RenderableType]:
        """Yield the rows as lines of `name: value`, without what is empty."""
        for row in self.rows:
            for depth, (head, cell) in enumerate(zip(self.heads, row[: self.words], strict=False)):
                if cell:
                    named = f"{head}: {cell}" if head and depth else cell
                    yield _indented(Text(named, "" if depth else "bold"), 2 * depth, room)
            numbers = zip(self.heads[self.words :], row[self.words :], strict=True)
            pairs = [(head, cell) for head, cell in numbers if cell]
            left = max(LEAST, room - 2 * self.words)
            text = ", ".join(_unbroken(head, cell, left - 1) for head, cell in pairs)
            lines = textwrap.wrap(text, left, break_on_hyphens=False)
            yield _indented(Text("\n".join(lines).replace(BLANK, " ")), 2 * self.words, room)


def _indented(text: Text, letters: int, room: int) -> Padding:
    return Padding(text, (0, 0, 0, min(letters, room // 8)), expand=False)


def _unbroken(head: str, cell: str, room: int) -> str:
    """Return a number with its name, in one piece if there is room, else in two."""
    between = BLANK if len(head) + 2 + len(cell) <= room else " "
    return f"{head}:".replace(" ", BLANK) + between + cell.replace(" ", BLANK)


def _width(cell: str) -> int:
    return max((cell_len(line) for line in cell.split("\n")), default=0)


def _head(head: str, column: Sequence[str]) -> str:
    """Return the name of a column in lines that are hardly wider than what stands under it."""
    widest = max(map(_width, [*column, *head.split()]), default=1)
    return textwrap.fill(head, max(1, widest), break_long_words=False, break_on_hyphens=False)


def _folded(cell: str) -> str:
    """Return a long name in one word in lines that end after a "_" or "."; other texts whole."""
    if len(cell) <= FOLDED or not re.fullmatch(r"[\w.]+", cell):
        return cell
    lines = [""]
    for part in re.findall("[^_.]*[_.]+|[^_.]+", cell):
        if lines[-1] and len(lines[-1] + part) > FOLDED:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
