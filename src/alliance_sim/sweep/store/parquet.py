"""Rows as Arrow tables and Parquet files, the same bytes for the same rows."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from alliance_sim.results import OK
from alliance_sim.results.dictionary import field_metadata
from alliance_sim.results.state_metadata import Meaning, Meanings, meaning
from alliance_sim.sweep.store.metadata import RowLabels

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Columns that are in every sweep, with what they hold; all but the last say what a row is.
ALWAYS = {
    "row": Meaning("number of the row", "", 0.0),
    "point": Meaning("number of the point of the design", "", 0.0),
    "scenario": Meaning("label of the scenario", ""),
    "replicate": Meaning("number of the replicate at the point", "", 0.0),
    "run": Meaning("number of the run: rows of the same seed and run saw the same luck", "", 0.0),
    "status": Meaning("“ok”, or what went wrong", ""),
}
*ROW_LABELS, STATUS = ALWAYS
MARK = b"alliance_sim_sweep"
COMPRESSION = "zstd"
KINDS = {
    "number": pa.float64(),
    "whole": pa.int64(),
    "flag": pa.bool_(),
    "text": pa.string(),
}


@dataclass(frozen=True)
class SweepColumns:
    """The columns of a sweep.

    Attributes:
        scenarios: Labels of the scenarios.
        factors: Kind of each factor's values by name: "number", "whole", "flag" or "text".
        outcomes: Canonical text of each outcome by name.
        meanings: What factors and outcomes mean, their units and ranges, as far as it is known.
    """

    scenarios: tuple[str, ...]
    factors: Mapping[str, str]
    outcomes: Mapping[str, str]
    meanings: Meanings = field(default_factory=dict)

    def schema(self) -> pa.Schema:
        """Return names and types, in order."""
        label = pa.dictionary(pa.int32(), pa.string())
        types = (pa.int64(), pa.int32(), label, pa.int32(), pa.int64())
        fields = [
            *zip(ROW_LABELS, types, strict=True),
            *((name, KINDS[kind]) for name, kind in self.factors.items()),
            (STATUS, pa.string()),
            *((name, pa.float64()) for name in self.outcomes),
        ]
        told = {**ALWAYS, **self.meanings}
        metadata = {name: field_metadata(meaning(name, told)) for name, _ in fields}
        named = [pa.field(name, kind, metadata=metadata[name]) for name, kind in fields]
        return pa.schema(named, metadata={MARK: _mark(self.outcomes)})


@dataclass(frozen=True)
class ComputedRows:
    """Computed rows before they become a table.

    Attributes:
        labels: What each row is.
        runs: Number of each row's run.
        factors: Values of each factor, one per row.
        status: Per row "ok", or what went wrong.
        values: Array (row, outcome).
    """

    labels: RowLabels
    runs: NDArray[np.int64]
    factors: Mapping[str, NDArray[Any]]
    status: Sequence[str]
    values: NDArray[np.float64]


def as_table(columns: SweepColumns, found: ComputedRows) -> pa.Table:
    """Return computed rows as a table."""
    labels = found.labels
    scenario = pa.DictionaryArray.from_arrays(
        pa.array(labels.scenario, pa.int32()), pa.array(columns.scenarios, pa.string())
    )
    arrays = [
        pa.array(labels.row, pa.int64()),
        pa.array(labels.point, pa.int32()),
        scenario,
        pa.array(labels.replicate, pa.int32()),
        pa.array(found.runs, pa.int64()),
        *(_factor(found.factors[name], kind) for name, kind in columns.factors.items()),
        pa.array(found.status, pa.string()),
        *(pa.array(np.ascontiguousarray(column)) for column in found.values.T),
    ]
    return pa.Table.from_arrays(arrays, schema=columns.schema())


def _factor(values: NDArray[Any], kind: str) -> pa.Array:
    plain = [str(value) for value in values.tolist()] if kind == "text" else values
    return pa.array(plain, KINDS[kind])


def as_parquet(table: pa.Table) -> bytes:
    """Return the bytes of a Parquet file with a table in it, which need not last."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="lz4", use_dictionary=False, version="2.6")
    return buffer.getvalue()


class Sink(Protocol):
    """Something to write bytes to."""

    closed: bool

    def write(self, content: bytes) -> int:
        """Write all of some bytes."""


def write_groups(sink: Sink, columns: SweepColumns, tables: Iterable[pa.Table], rows: int) -> None:
    """Write tables, one after the other, as a Parquet file of row groups of equal size.

    The bytes do not depend on where one table ends and the next begins. No more than one row
    group and one table is held at a time.
    """
    schema = columns.schema()
    with pq.ParquetWriter(sink, schema, compression=COMPRESSION, version="2.6") as writer:
        for group in _regrouped(tables, rows):
            writer.write_table(canonical(columns, group), row_group_size=rows)


def as_labels(table: pa.Table, scenarios: Sequence[str]) -> pa.Table:
    """Return a table with its scenarios, if it has that column, as places in a list of labels."""
    if "scenario" not in table.column_names:
        return table
    labels = pa.array(scenarios, pa.string())
    texts = table["scenario"].cast(pa.string()).combine_chunks()
    places = pc.index_in(texts, value_set=labels)
    if places.null_count:
        raise pa.ArrowInvalid("a scenario that the sweep does not have")
    column = pa.DictionaryArray.from_arrays(places, labels)
    return table.set_column(table.column_names.index("scenario"), "scenario", column)


def canonical(columns: SweepColumns, table: pa.Table) -> pa.Table:
    """Return a table with each column in one piece, and all labels in the plan's order."""
    labelled = as_labels(table, columns.scenarios)
    arrays = [column.combine_chunks() for column in labelled.columns]
    return pa.Table.from_arrays(arrays, schema=columns.schema())


def failures(table: pa.Table) -> int:
    """Return how many rows of a table are runs that failed."""
    worked: int = pc.sum(pc.equal(table["status"], OK)).as_py() or 0
    return int(table.num_rows) - worked


def renewed(
    columns: SweepColumns,
    table: pa.Table,
    compute: Callable[[tuple[int, ...]], Sequence[pa.Table]],
) -> pa.Table:
    """Return a table with its failed rows, found by their places, computed again."""
    worked = pc.equal(table["status"], OK)
    places = np.flatnonzero(~worked.to_numpy(zero_copy_only=False))
    found = [canonical(columns, part) for part in compute(tuple(places.tolist()))]
    kept = canonical(columns, table.filter(worked))
    return canonical(columns, pa.concat_tables([kept, *found]).sort_by("row"))


def _regrouped(tables: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """Yield the same rows in tables of so many rows; the last may have fewer."""
    waiting: list[pa.Table] = []
    count = 0
    for table in tables:
        rest = table
        while count + rest.num_rows >= rows:
            taken = rows - count
            yield pa.concat_tables([*waiting, rest.slice(0, taken)])
            rest = rest.slice(taken)
            waiting, count = [], 0
        if rest.num_rows:
            waiting.append(rest)
            count += rest.num_rows
    if waiting:
        yield pa.concat_tables(waiting)


def read_parquet(content: bytes, columns: SweepColumns) -> pa.Table:
    """Return the table in a Parquet file that a sweep wrote.

    Raises:
        pa.ArrowException: If it is none, or has other columns.
    """
    table = pq.read_table(io.BytesIO(content))
    check_columns(table.schema, columns.factors, columns.outcomes)
    if table.schema.types != columns.schema().types:
        raise pa.ArrowInvalid("its columns are of other types than those of the sweep")
    place = ROW_LABELS.index("scenario")
    return table.set_column(place, "scenario", table["scenario"].cast(pa.string()))


def check_columns(found: pa.Schema, factors: Iterable[str], outcomes: Mapping[str, str]) -> None:
    """Make sure that a file has the columns of a sweep, and means the same by its outcomes.

    Raises:
        pa.ArrowInvalid: If it has others.
    """
    names = [*ROW_LABELS, *factors, "status", *outcomes]
    if found.names != names or (found.metadata or {}).get(MARK) != _mark(outcomes):
        raise pa.ArrowInvalid("its columns are not those of the sweep")


def _mark(outcomes: Mapping[str, str]) -> bytes:
    return json.dumps({"outcomes": dict(outcomes)}).encode()
