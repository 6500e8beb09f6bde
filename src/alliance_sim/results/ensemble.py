"""An ensemble: many runs of one scenario, their numbers and where these come from."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never

import numpy as np
from numpy.typing import NDArray

from alliance_sim import display
from alliance_sim.calendar import Calendar
from alliance_sim.display import Facts, Shown, Table, counted
from alliance_sim.errors import (
    ResultError,
    SettingError,
    UnknownName,
    did_you_mean,
    shown,
    unknown_name,
)
from alliance_sim.results.saved import Labels
from alliance_sim.results.state_metadata import Meanings, meaning
from alliance_sim.several import several

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

OK = "ok"
NETCDF = ".nc"
PARQUET = ("", ".parquet")
COUNTED = re.compile(r"([\d,]+) posterior draws?\b")  # how the words for draws begin
DRAWN = ", parameters of "  # in what computed it, before which posterior its runs have draws of
FIRST_LOOK = 4  # states that are told of, and drawn, where none are named


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble(Shown):
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
        status: Per run "ok", or what went wrong; all are "ok" if left out.
        edits: What was changed against the scenario that this one extends, each with `words`.
        meanings: What each state means, its unit and its range.
        title: Title of the scenario.
        relationship: Its relationship, by which words and colours of figures are found.
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
    edits: tuple[Mapping[str, Any], ...] = ()
    meanings: Meanings = field(default_factory=dict)
    title: str = ""
    relationship: str = ""

    def __post_init__(self) -> None:
        lengths = (self.calendar.steps, len(self.states))
        shape = np.shape(self.values)
        problems = []
        if len(shape) != 3 or shape[1:] != lengths:
            told = f"(runs, {lengths[0]}, {lengths[1]}): run, quarter of the calendar and state"
            problems.append(f"values have shape {shape}, must be {told}")
        elif self.status and len(self.status) != shape[0]:
            problems.append(f"status tells of {len(self.status)} runs, must of all {shape[0]}")
        if problems:
            raise SettingError("Ensemble", problems)
        if not self.status:
            object.__setattr__(self, "status", (OK,) * self.runs)

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.values.shape[0])

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Which runs did not fail, array (run,)."""
        return np.array([status == OK for status in self.status], dtype=np.bool_)

    @property
    def posterior(self) -> str:
        """Which posterior the parameters of its runs are draws of, "" if the file states them."""
        return self.engine.partition(DRAWN)[2]

    @property
    def failed(self) -> int:
        """How many runs failed."""
        return int((~self.whole).sum())

    @property
    def first_whole(self) -> int:
        """Number of the first run that did not fail.

        Raises:
            ValueError: If all failed.
        """
        return self.first_run + self.status.index(OK)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Numbers of the runs, in the order of the first axis."""
        return np.arange(self.first_run, self.first_run + self.runs, dtype=np.int64)

    def column(self, state: str) -> NDArray[np.float64]:
        """Return one state as an array (run, quarter).

        Raises:
            UnknownName: If there is no such state.
        """
        if state not in self.states:
            also = {name: (told.long_name,) for name, told in self.meanings.items()}
            raise UnknownName(unknown_name("state", state, self.states, also))
        column: NDArray[np.float64] = self.values[:, :, self.states.index(state)]
        return column

    def __getitem__(self, state: str) -> NDArray[np.float64]:
        """Return one state as an array (run, quarter), as `column` does.

        Raises:
            UnknownName: If there is no such state.
            SettingError: If it is asked for by anything but a name.
        """
        if isinstance(state, str):
            return self.column(state)
        raise SettingError("Ensemble", [f"asked for {shown(state)}, {self._parts()}"])

    def __contains__(self, state: object) -> bool:
        """Whether there is such a state."""
        return state in self.states

    def __iter__(self) -> Never:
        """Refuse to guess whether runs, quarters or states are to be gone through.

        Raises:
            SettingError: Always, with what each is.
        """
        raise SettingError("Ensemble", [f"has runs, quarters and states; {self._parts()}"])

    def _parts(self) -> str:
        return (
            f"one state is its name, as in [{self._first_look()[0]!r}]; several are .block([...]), "
            "their names .states, one run .values[row], and all of it .to_frame()"
        )

    if not TYPE_CHECKING:  # or every misspelt attribute would be one

        def __getattr__(self, name: str) -> Any:
            """Say how a state is asked for that was taken for an attribute, and what is near."""
            states = self.__dict__.get("states", ())
            hint = f"; the state is [{name!r}]" if name in states else ""
            hint = hint or did_you_mean(name, [n for n in dir(type(self)) if n[0] != "_"])
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}{hint}")

    def block(self, states: str | Sequence[str]) -> NDArray[np.float64]:
        """Return several states as an array (run, quarter, state); one alone is a list of one.

        Raises:
            UnknownName: If there is no such state.
            SettingError: If none is named.
        """
        named = several(states)
        if not named:
            raise SettingError("Ensemble", ["no state is given, must be at least one"])
        return np.stack([self.column(state) for state in named], axis=-1)

    def plot(self, *states: str) -> Any:
        """Return a figure of some states: the median and the middle 50 % and 90 % of runs.

        Args:
            *states: Names of states, at most 12; levels and rung if left out.

        Returns:
            A `matplotlib.figure.Figure`; a notebook shows it, `savefig` writes it.

        Raises:
            SettingError: If there are too many states, or every run failed.
            UnknownName: If there is no such state.
        """
        return display.figure(self, states or self._first_look())

    def dictionary(self) -> pd.DataFrame:
        """Return what each state means: one row per state, in order.

        Returns:
            Index `state`; columns `meaning`, in words, `unit` ("1" for a share or a number without
            unit), `low` and `high`, infinite where there is no limit.
        """
        from alliance_sim.results.dictionary import dictionary_frame

        told = {state: meaning(state, self.meanings) for state in self.states}
        return dictionary_frame(told, "state")

    def to_frame(self) -> pd.DataFrame:
        """Return a tidy frame: columns `run`, `quarter` (such as "1950Q1"), then one per state."""
        from alliance_sim.results.frame import StateFrame

        runs, quarters, states = self.values.shape
        frame = StateFrame(self.values.reshape(runs * quarters, states), columns=list(self.states))
        frame.insert(0, "run", np.repeat(self.numbers, quarters))
        frame.insert(1, "quarter", np.tile(np.array(self.calendar.labels, dtype=object), runs))
        return frame

    def to_xarray(self) -> xr.Dataset:
        """Return a dataset with one variable per state; it shares the ensemble's numbers.

        Returns:
            Dimensions `run` (numbers of runs) and `quarter` (labels such as "1950Q1"), with the
            coordinates `date` (first day of the quarter) and `status` (of the run). Variables
            carry `long_name` and `units`; the dataset's attributes hold all labels.

        Raises:
            AllianceSimError: If xarray, of the extra "analysis", is not installed.
        """
        from alliance_sim.results import netcdf

        return netcdf.dataset(self.labels(), self.values)

    def _first_look(self) -> tuple[str, ...]:
        """Return the states that are worth a first look."""
        wanted = [s for s in self.states if s.startswith("level_") or s == "rung"]
        return tuple((wanted or list(self.states))[:FIRST_LOOK])

    def _facts(self) -> Facts:
        labels, last = self.calendar.labels, self.first_run + self.runs - 1
        span = f"{labels[0]} to {labels[-1]}"
        lost = f"{self.failed} of them failed" if self.failed else ""
        brief = [counted(self.runs, "run"), span, f"{len(self.states)} states", f"seed {self.seed}"]
        more = [
            ("edits", "; ".join(str(edit.get("words", "")) for edit in self.edits)),
            ("runs", f"{counted(self.runs, 'run')}, number {self.first_run} to {last}"),
            ("failed", lost),
            ("quarters", f"{span}, {len(labels)} in all"),
            ("states", f"{len(self.states)}; see .states and .dictionary()"),
            ("seed", self.seed),
            ("engine", self.engine.partition(DRAWN)[0]),
            ("parameters", self.posterior),
        ]
        return Facts(self.scenario, [*brief, *([lost] if lost else [])], more, self._at_the_end())

    def _at_the_end(self) -> Table | None:
        """Return where some states stand in the last quarter, over the runs that worked."""
        worked = self.values[~np.isnan(self.values[:, -1]).any(axis=1), -1]
        if not len(worked):
            return None
        rows = []
        for state in self._first_look():
            column = worked[:, self.states.index(state)]
            ends = np.quantile(column, [0.05, 0.5, 0.95], method="inverted_cdf")
            words = meaning(state, self.meanings).long_name
            rows.append((state, words, *(f"{end:.3g}" for end in ends)))
        head = ("state", f"at the end of {self.calendar.last_year}", "5 %", "median", "95 %")
        return Table(head, rows)

    def __eq__(self, other: object) -> bool:
        """Whether two ensembles are the same in every number and every name."""
        if not isinstance(other, Ensemble):
            return NotImplemented
        return self.labels() == other.labels() and np.array_equal(
            self.values, other.values, equal_nan=True
        )

    __hash__ = None  # type: ignore[assignment]

    def labels(self) -> Labels:
        """Return all but the numbers."""
        return Labels(
            scenario=self.scenario,
            digest=self.digest,
            calendar=self.calendar,
            states=self.states,
            seed=self.seed,
            first_run=self.first_run,
            engine=self.engine,
            versions=dict(self.versions),
            status=self.status,
            edits=self.edits,
            meanings=dict(self.meanings),
            title=self.title,
            relationship=self.relationship,
        )

    def content_digest(self) -> str:
        """Return the SHA-256 of the numbers and of all that is said about them.

        Saved files hold it, the same in every format, and are held against it when they are loaded.
        """
        return self.labels().content_digest(self.values)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one file that `load` reads back whole; equal ensembles give equal bytes.

        The file takes its place when all of it is on the disk; one of that name is replaced.

        Args:
            path: Ends in ".parquet" for the layout of `to_frame` (also where it has no ending),
                or in ".nc" for NetCDF in the layout of `to_xarray`.

        Raises:
            SettingError: If it ends in anything else.
            ResultError: If there is no such folder, or it cannot be written to.
            AllianceSimError: If NetCDF is asked for without the extra "analysis".
        """
        from alliance_sim.results import netcdf, parquet

        write = netcdf.write if _is_netcdf(path) else parquet.write
        folder = Path(path).parent
        if not folder.is_dir():
            raise ResultError(f"{path}: cannot be written, there is no folder {folder}")
        write(self.labels(), self.values, Path(path))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Ensemble:
        """Return an ensemble as it was saved.

        Raises:
            ResultError: If the file is not one that `save` wrote, or was changed since: its
                checksum is verified before anything of it is read, its content afterwards.
            SettingError: If the path ends in something that `save` does not write.
            AllianceSimError: If it is NetCDF and the extra "analysis" is not installed.
        """
        from alliance_sim.results import netcdf, parquet

        labels, values = (netcdf if _is_netcdf(path) else parquet).read(Path(path))
        try:
            return cls(values=values, **labels._asdict())
        except SettingError as error:
            raise ResultError(f"{path}: {'; '.join(error.problems)}") from error


def draws_taken(label: str, runs: int) -> str:
    """Return which draws so many runs have: "2 of 300 posterior draws (...)" where they are fewer.

    Args:
        label: Which draws there are, as `Ensemble.posterior` tells.
        runs: How many runs; what is no number of them is told where they are made.
    """
    there = COUNTED.match(label)
    if there is None or not isinstance(runs, int | np.integer):
        return label
    return f"{runs} of {label}" if 0 < runs < int(there[1].replace(",", "")) else label


def _is_netcdf(path: str | os.PathLike[str]) -> bool:
    """Return whether a path asks for NetCDF rather than Parquet.

    Raises:
        SettingError: If it asks for neither.
    """
    ending = Path(path).suffix.lower()
    if ending == NETCDF:
        return True
    if ending in PARQUET:
        return False
    problem = f"ends in {ending!r}, must end in '.parquet' or '{NETCDF}'"
    raise SettingError(os.fspath(path), [problem])
