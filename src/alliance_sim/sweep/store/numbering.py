"""Which row is which run: a row's number says its point, scenario and replicate.

Rows stand segment by segment; in a segment point by point, in a point scenario by scenario, in
that replicate by replicate. A new sweep is one segment. Whoever adds replicates or points adds
segments behind, so that old rows keep their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Segment(NamedTuple):
    """Rows that were asked for together: every scenario at some points for some replicates.

    Attributes:
        first_point: Number of the first point.
        stop_point: One past the last.
        first_replicate: Number of the first replicate.
        stop_replicate: One past the last.
    """

    first_point: int
    stop_point: int
    first_replicate: int
    stop_replicate: int

    def rows(self, scenarios: int) -> int:
        """Return how many rows that makes."""
        points = self.stop_point - self.first_point
        return points * scenarios * (self.stop_replicate - self.first_replicate)


class Span(NamedTuple):
    """Neighbouring rows, all of one segment and one file.

    Attributes:
        segment: Their segment.
        offset: Number of the first of them, counted from the start of the segment.
        first: Number of the first of them, counted from the start of the sweep.
        rows: How many.
    """

    segment: Segment
    offset: int
    first: int
    rows: int

    @property
    def stop(self) -> int:
        """One past the number of the last row."""
        return self.first + self.rows

    def part(self, first: int, stop: int) -> Span:
        """Return rows first to stop - 1 of these, counted from the start of the sweep."""
        return Span(self.segment, self.offset + first - self.first, first, stop - first)

    def points(self, scenarios: int) -> range:
        """Return the numbers of the points that the rows belong to."""
        segment = self.segment
        runs = scenarios * (segment.stop_replicate - segment.first_replicate)
        last = self.offset + self.rows - 1
        start = segment.first_point
        return range(start + self.offset // runs, start + last // runs + 1)


@dataclass(frozen=True)
class RowLabels:
    """What each of some rows is.

    Attributes:
        row: Numbers of the rows.
        point: Number of each row's point.
        scenario: Position of each row's scenario in the plan.
        replicate: Number of each row's replicate.
    """

    row: NDArray[np.int64]
    point: NDArray[np.int64]
    scenario: NDArray[np.int64]
    replicate: NDArray[np.int64]


def labels(span: Span, scenarios: int) -> RowLabels:
    """Return what each row of a span is, for a plan of so many scenarios."""
    segment = span.segment
    replicates = segment.stop_replicate - segment.first_replicate
    local = np.arange(span.offset, span.offset + span.rows, dtype=np.int64)
    worlds = local // replicates
    return RowLabels(
        row=local + (span.first - span.offset),
        point=worlds // scenarios + segment.first_point,
        scenario=worlds % scenarios,
        replicate=local % replicates + segment.first_replicate,
    )


def spans(segments: Sequence[Segment], scenarios: int, most: int) -> Iterator[Span]:
    """Yield all rows cut into spans of at most so many; a segment begins a new span."""
    first = 0
    for segment in segments:
        rows = segment.rows(scenarios)
        for offset in range(0, rows, most):
            yield Span(segment, offset, first + offset, min(most, rows - offset))
        first += rows


def gaps(span: Span, done: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of rows of a span that none of the ranges (first, stop) covers."""
    place = span.first
    for first, stop in sorted(done):
        if first > place:
            yield place, min(first, span.stop)
        place = max(place, stop)
    if place < span.stop:
        yield place, span.stop
