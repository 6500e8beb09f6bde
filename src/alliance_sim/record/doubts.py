"""What is allowed in a record and was probably not meant: rows twice, rungs passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from alliance_sim.errors import shown
from alliance_sim.record.folder import FIRST_ROW, Folder, Row, rows_told

SAME = ("date", "initiator", "title")  # of acts that are probably one


def doubts_of(folder: Folder) -> tuple[str, ...]:
    """Return a sentence for each thing in a record that is sound and was probably not meant.

    Acts that stand twice, word for word or by date, initiator and title, which then count twice;
    and rungs that were passed over, which no fit can hold.
    """
    return (*_twice(folder.tables["events"]), *_passed_over(folder.tables["institutions"]))


def _twice(rows: list[Row]) -> Iterator[str]:
    whole = _alike(rows, rows[0].keys() if rows else ())
    for at in whole.values():
        yield f"events.csv, {rows_told(at)}: the same row{_counted(at)}"
    told = {number for at in whole.values() for number in at}
    for (date, initiator, title), at in _alike(rows, SAME).items():
        if not told.issuperset(at):
            same = f"the same date {date}, initiator {initiator} and title {shown(title)}"
            yield f"events.csv, {rows_told(at)}: {same}{_counted(at)}"


def _counted(at: list[int]) -> str:
    return f", so that one act counts {len(at)} times if it is one"


def _alike(rows: list[Row], columns: Iterable[str]) -> Mapping[tuple[str, ...], list[int]]:
    """Return rows that are alike in some columns, by what stands in them."""
    names = list(columns)
    found: dict[tuple[str, ...], list[int]] = {}
    for number, row in enumerate(rows, start=FIRST_ROW):
        found.setdefault(tuple(row[name].strip() for name in names), []).append(number)
    return {held: at for held, at in found.items() if len(at) > 1}


def _passed_over(rows: list[Row]) -> Iterator[str]:
    numbers = [int(row["rung"]) for row in rows]
    for at, (before, after) in enumerate(pairwise([0, *numbers]), start=FIRST_ROW):
        if after > before + 1:
            missed = [str(number) for number in range(before + 1, after)]
            told = f"{'rung' if len(missed) == 1 else 'rungs'} {', '.join(missed)}"
            yield (
                f"institutions.csv, row {at}: rung {after} follows rung {before}, and {told} "
                f"{'is' if len(missed) == 1 else 'are'} passed over; rungs are climbed one at a "
                "time, and a record that skips one cannot be fitted"
            )
