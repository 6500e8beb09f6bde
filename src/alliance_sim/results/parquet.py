"""Ensembles as Parquet files: a tidy table that any tool reads, with the labels beside it."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from alliance_sim.errors import ResultError
from alliance_sim.results.dictionary import field_metadata
from alliance_sim.results.saved import (
    BLANK,
    MARK,
    SEAL,
    Label,
    Labels,
    opened,
    read_label,
    write_sealed,
)
from alliance_sim.results.state_metadata import meaning

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

KIND = "Parquet"
BESIDE = {"run": "number of the run", "quarter": "quarter"}  # columns beside the states


def write(labels: Labels, values: NDArray[np.float64], path: Path) -> None:
    """Write one file in the layout of `Ensemble.to_frame`; equal ensembles give equal bytes.

    Raises:
        ResultError: If it cannot be written.
    """
    import pyarrow.parquet as pq

    table = _table(labels, values)
    how: dict[str, Any] = {"compression": "zstd", "version": "2.6", "write_page_checksum": True}
    how["use_dictionary"] = list(BESIDE)  # states hardly ever repeat a value

    def put(part: Path) -> None:
        with part.open("xb") as file, pq.ParquetWriter(file, table.schema, **how) as writer:
            writer.write_table(table)
            writer.add_key_value_metadata({SEAL: BLANK})

    write_sealed(path, put)


def _table(labels: Labels, values: NDArray[np.float64]) -> pa.Table:
    import pyarrow as pa

    runs, quarters, _ = values.shape
    numbers = np.arange(labels.first_run, labels.first_run + runs, dtype=np.int64)
    positions = pa.array(np.tile(np.arange(quarters, dtype=np.int32), runs))
    columns: dict[str, Any] = {
        "run": pa.array(np.repeat(numbers, quarters)),
        "quarter": pa.DictionaryArray.from_arrays(positions, pa.array(labels.calendar.labels)),
    }
    fields = [pa.field(name, column.type, metadata={"long_name": BESIDE[name]})
              for name, column in columns.items()]  # fmt: skip
    for position, state in enumerate(labels.states):
        columns[state] = pa.array(values[:, :, position].ravel())
        told = field_metadata(meaning(state, labels.meanings))
        fields.append(pa.field(state, pa.float64(), metadata=told))
    return pa.table(columns, schema=pa.schema(fields, metadata={MARK: labels.text(values)}))


def read(path: Path) -> tuple[Labels, NDArray[np.float64]]:
    """Return the labels and the values (run, quarter, state) of a file.

    Raises:
        ResultError: If the file is not one that `write` wrote, whole and unchanged.
    """
    import pyarrow as pa

    with opened(path, KIND) as file:
        try:
            label, values = _read(path, file)
        except (OSError, ValueError, KeyError, pa.ArrowException) as error:
            raise ResultError(f"{path}: cannot be read as {KIND}: {error}") from error
    return label.verified(path, values)


def _read(path: Path, file: IO[bytes]) -> tuple[Label, NDArray[np.float64]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.ParquetFile(file, page_checksum_verification=True)
    schema = table.schema_arrow
    label = read_label(path, (schema.metadata or {}).get(MARK.encode()), KIND)
    states = label.labels.states
    runs, steps, count = label.shape
    whole = table.metadata.num_rows == runs * steps and schema.names == [*BESIDE, *states]
    if not whole or any(schema.field(state).type != pa.float64() for state in states):
        raise ResultError(f"{path}: its table is not the one that its label describes")
    values = np.empty((runs * steps, count))
    for position, state in enumerate(states):
        values[:, position] = table.read(columns=[state]).column(0).to_numpy()
    return label, values.reshape(label.shape)
