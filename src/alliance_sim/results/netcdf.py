"""Ensembles as xarray Datasets, and as the NetCDF files that hold them."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from alliance_sim.errors import AllianceSimError, ResultError
from alliance_sim.results.dictionary import column_metadata
from alliance_sim.results.saved import (
    BEFORE_SEAL,
    BLANK,
    MARK,
    Label,
    Labels,
    opened,
    read_label,
    write_sealed,
)
from alliance_sim.results.state_metadata import meaning

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

KIND: Final = "NetCDF"
ENGINE: Final = "netcdf4"  # one library for all, so that equal ensembles give equal bytes
PACKED = {"zlib": True, "complevel": 4, "shuffle": True, "_FillValue": None}
AXES = ("run", "quarter")


def dataset(labels: Labels, values: NDArray[np.float64]) -> xr.Dataset:
    """Return the dataset that `Ensemble.to_xarray` describes.

    Raises:
        AllianceSimError: If xarray is not installed.
    """
    _needs("xarray")
    import xarray as xr

    calendar = labels.calendar
    days = [calendar.start_of(step) for step in range(calendar.steps)]
    numbers = np.arange(labels.first_run, labels.first_run + len(values), dtype=np.int64)
    coordinates: dict[str, Any] = {
        "run": ("run", numbers, {"long_name": "number of the run"}),
        "quarter": ("quarter", list(calendar.labels), {"long_name": "quarter"}),
        "date": (
            "quarter",
            np.array(days, dtype="datetime64[ns]"),
            {"long_name": "first day of the quarter"},
        ),
    }
    if labels.status:
        told = {"long_name": '"ok", or what went wrong'}
        coordinates["status"] = ("run", list(labels.status), told)
    return xr.Dataset(
        {
            state: (AXES, values[:, :, position], _attributes(state, labels))
            for position, state in enumerate(labels.states)
        },
        coords=coordinates,
        attrs=_attributes_of_all(labels),
    )


def _attributes(state: str, labels: Labels) -> dict[str, str | float]:
    return column_metadata(meaning(state, labels.meanings))


def _attributes_of_all(labels: Labels) -> dict[str, Any]:
    """Return every label as a text or a number, which is what file attributes can be."""
    calendar = labels.calendar
    return {
        "scenario": labels.scenario,
        "digest": labels.digest,
        "seed": labels.seed,
        "first_run": labels.first_run,
        "engine": labels.engine,
        "versions": json.dumps(labels.versions, sort_keys=True),
        "first_year": calendar.first_year,
        "last_year": calendar.last_year,
        "steps_per_year": calendar.steps_per_year,
    }


def write(labels: Labels, values: NDArray[np.float64], path: Path) -> None:
    """Write one NetCDF 4 file; equal ensembles give equal bytes with the same libraries.

    The seal stands behind the end that the file itself names, where its readers do not look.

    Raises:
        AllianceSimError: If xarray or netCDF4 is not installed.
        ResultError: If it cannot be written.
    """
    _needs("xarray", "netCDF4")
    whole = dataset(labels, values)
    # Seeds go up to 2**64 - 1, which a signed number of 64 bits does not hold.
    whole.attrs |= {"seed": np.uint64(labels.seed), MARK: labels.text(values)}
    packing = dict.fromkeys(labels.states, PACKED)

    def put(part: Path) -> None:
        whole.to_netcdf(part, mode="w", format="NETCDF4", engine=ENGINE, encoding=packing)
        with part.open("ab") as file:
            file.write(BEFORE_SEAL + BLANK.encode())

    try:
        write_sealed(path, put)
    except (RuntimeError, ValueError) as error:  # a full disk; a name that is not UTF-8
        raise ResultError(f"{path}: cannot be written: {error}") from error


def read(path: Path) -> tuple[Labels, NDArray[np.float64]]:
    """Return the labels and the values (run, quarter, state) of a file.

    Raises:
        ResultError: If the file is not one that `write` wrote, whole and unchanged.
        AllianceSimError: If netCDF4 is not installed.
    """
    _needs("netCDF4")
    with opened(path, KIND) as file:
        try:
            label, values = _read(path, file.read())
        except (OSError, RuntimeError, ValueError, LookupError, AttributeError) as error:
            raise ResultError(f"{path}: cannot be read as {KIND}: {error}") from error
    return label.verified(path, values)


def _read(path: Path, content: bytes) -> tuple[Label, NDArray[np.float64]]:
    import netCDF4

    # From memory, because the library takes some names of files for addresses.
    with netCDF4.Dataset("ensemble", memory=content) as whole:
        whole.set_auto_maskandscale(False)
        label = read_label(path, getattr(whole, MARK, None), KIND)
        values = np.empty(label.shape)
        for position, state in enumerate(label.labels.states):
            column = whole.variables[state]
            if column.shape != label.shape[:2] or column.dtype != np.float64:
                raise ResultError(f"{path}: {state} is not of the shape that its label describes")
            values[:, :, position] = column[:]
    return label, values


def _needs(*packages: str) -> None:
    """Raise an error that says how to install what is missing.

    Raises:
        AllianceSimError: If a package is not installed.
    """
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise AllianceSimError(
            f"this needs {' and '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} "
            "not installed; install the extra: pip install 'alliance-sim[analysis]'"
        )
