"""What a simulation gives back: arrays with named axes, whole and traceable."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calendar import Calendar
from alliance_sim.errors import ResultError, UnknownName, unknown_name

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

OK = "ok"
MARK = b"alliance_sim"
LABELS = {
    *("scenario", "digest", "calendar", "states", "seed", "first_run", "engine", "versions"),
    "status",
}


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Many runs of one scenario.

    Attributes:
        scenario: Name of the scenario.
        digest: SHA-256 of its content.
        calendar: The steps of the time axis.
        states: Names of the states, in the order of the last axis.
        values: Array (run, quarter, state) of float64; a failed run is NaN throughout.
        seed: The seed, an explicit integer.
        first_run: Number of the first run; row r of `values` is run first_run + r.
        engine: What computed it.
        versions: Version of this package.
        status: Per run "ok", or what went wrong.
    """

    scenario: str
    digest: str
    calendar: Calendar
    states: tuple[str, ...]
    values: NDArray[np.float64]
    seed: int
    first_run: int = 0
    engine: str = "mesa"
    versions: Mapping[str, str] = field(default_factory=dict)
    status: tuple[str, ...] = ()

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.values.shape[0])

    def column(self, state: str) -> NDArray[np.float64]:
        """Return one state as an array (run, quarter).

        Raises:
            UnknownName: If there is no such state.
        """
        if state not in self.states:
            raise UnknownName(unknown_name("state", state, self.states))
        column: NDArray[np.float64] = self.values[:, :, self.states.index(state)]
        return column

    def block(self, states: list[str]) -> NDArray[np.float64]:
        """Return several states as an array (run, quarter, state)."""
        return np.stack([self.column(state) for state in states], axis=-1)

    def to_frame(self) -> pd.DataFrame:
        """Return a tidy frame: columns `run`, `quarter` (such as "1950Q1"), then one per state."""
        import pandas as pd

        runs, quarters, states = self.values.shape
        frame = pd.DataFrame(
            self.values.reshape(runs * quarters, states), columns=list(self.states)
        )
        numbers = np.repeat(np.arange(self.first_run, self.first_run + runs), quarters)
        frame.insert(0, "run", numbers)
        frame.insert(1, "quarter", np.tile(np.array(self.calendar.labels, dtype=object), runs))
        return frame

    def __eq__(self, other: object) -> bool:
        """Whether two ensembles are the same in every number and every name."""
        if not isinstance(other, Ensemble):
            return NotImplemented
        return self._labels() == other._labels() and np.array_equal(
            self.values, other.values, equal_nan=True
        )

    __hash__ = None  # type: ignore[assignment]

    def _labels(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario,
            "digest": self.digest,
            "calendar": [
                self.calendar.first_year,
                self.calendar.last_year,
                self.calendar.steps_per_year,
            ],
            "states": list(self.states),
            "seed": self.seed,
            "first_run": self.first_run,
            "engine": self.engine,
            "versions": dict(self.versions),
            "status": list(self.status),
        }

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one Parquet file, in the layout of `to_frame`, that `load` reads back whole."""
        import pyarrow.parquet as pq

        pq.write_table(self._table(), path, compression="zstd", version="2.6")

    def _table(self) -> pa.Table:
        import pyarrow as pa

        runs, quarters, _ = self.values.shape
        labels = pa.array(self.calendar.labels)
        positions = pa.array(np.tile(np.arange(quarters, dtype=np.int32), runs))
        numbers = np.arange(self.first_run, self.first_run + runs, dtype=np.int64)
        columns: dict[str, Any] = {
            "run": pa.array(np.repeat(numbers, quarters)),
            "quarter": pa.DictionaryArray.from_arrays(positions, labels),
        }
        for position, state in enumerate(self.states):
            columns[state] = pa.array(self.values[:, :, position].ravel())
        table = pa.table(columns)
        label = json.dumps(self._labels(), sort_keys=True).encode()
        return table.replace_schema_metadata({MARK: label})

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Ensemble:
        """Return an ensemble as it was saved.

        Raises:
            ResultError: If the file is not one that `save` wrote.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            table = pq.read_table(Path(path))
        except (OSError, pa.ArrowInvalid) as error:
            raise ResultError(f"{path}: cannot be read as Parquet: {error}") from error
        foreign = ResultError(f"{path}: is Parquet, but not an ensemble saved by this package")
        labels = _labels_in(table)
        if labels is None:
            raise foreign
        calendar = Calendar(*labels["calendar"])
        states, runs = tuple(labels["states"]), len(labels["status"])
        whole = table.num_rows == runs * calendar.steps
        if not whole or not set(states) <= set(table.column_names):
            raise foreign
        flat = np.stack([table[state].to_numpy() for state in states], axis=-1)
        return cls(
            scenario=labels["scenario"],
            digest=labels["digest"],
            calendar=calendar,
            states=states,
            values=flat.reshape(runs, calendar.steps, len(states)),
            seed=labels["seed"],
            first_run=labels["first_run"],
            engine=labels["engine"],
            versions=labels["versions"],
            status=tuple(labels["status"]),
        )


def _labels_in(table: pa.Table) -> dict[str, Any] | None:
    """Return the labels that a table carries, None if they are not whole."""
    text = (table.schema.metadata or {}).get(MARK)
    try:
        labels = json.loads(text) if text is not None else None
    except ValueError:
        return None
    return labels if isinstance(labels, dict) and set(labels) >= LABELS else None
