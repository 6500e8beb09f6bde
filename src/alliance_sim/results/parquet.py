"""Ensembles as Parquet files: a tidy table that any tool reads, with the labels beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.calendar import Calendar
from alliance_sim.errors import ResultError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from alliance_sim.results.ensemble import Ensemble

MARK = b"alliance_sim"


def write(ensemble: Ensemble, path: Path) -> None:
    """Write one file in the layout of `Ensemble.to_frame`; equal ensembles give equal bytes."""
    import pyarrow.parquet as pq

    how = {"compression": "zstd", "version": "2.6", "write_page_checksum": True}
    pq.write_table(_table(ensemble), path, **how)


def _table(ensemble: Ensemble) -> pa.Table:
    import pyarrow as pa

    runs, quarters, _ = ensemble.values.shape
    labels = pa.array(ensemble.calendar.labels)
    positions = pa.array(np.tile(np.arange(quarters, dtype=np.int32), runs))
    columns: dict[str, Any] = {
        "run": pa.array(np.repeat(ensemble.numbers, quarters)),
        "quarter": pa.DictionaryArray.from_arrays(positions, labels),
    }
    for position, state in enumerate(ensemble.states):
        columns[state] = pa.array(ensemble.values[:, :, position].ravel())
    label = json.dumps(ensemble.labels(), sort_keys=True).encode()
    return pa.table(columns).replace_schema_metadata({MARK: label})


def read(path: Path) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Return the labels and the values (run, quarter, state) of a file.

    Raises:
        ResultError: If the file is not one that `write` wrote.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise ResultError(f"{path}: cannot be read as Parquet: {error}") from error
    foreign = ResultError(f"{path}: is Parquet, but not an ensemble saved by this package")
    labels = _labels_in(table)
    if labels is None:
        raise foreign
    try:
        steps, states = Calendar(*labels["calendar"]).steps, labels["states"]
        runs = table.num_rows // steps
        flat = np.stack([table[state].to_numpy() for state in states], axis=-1)
        values = flat.reshape(runs, steps, len(states))
        whole = len(labels["status"]) in (0, runs)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        raise foreign from None
    if not whole:
        raise foreign
    return labels, values


def _labels_in(table: pa.Table) -> dict[str, Any] | None:
    """Return the labels that a table carries, None if they are not whole."""
    from alliance_sim.results.ensemble import LABELS

    text = (table.schema.metadata or {}).get(MARK)
    try:
        labels = json.loads(text) if text is not None else None
    except ValueError:
        return None
    return labels if isinstance(labels, dict) and set(labels) >= LABELS else None
