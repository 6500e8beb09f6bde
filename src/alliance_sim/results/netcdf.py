"""Ensembles as xarray Datasets, and as the NetCDF files that hold them."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from alliance_sim.calendar import Calendar
from alliance_sim.errors import AllianceSimError, ResultError
from alliance_sim.results.state_metadata import meaning

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

    from alliance_sim.results.ensemble import Ensemble

ENGINE: Final = "netcdf4"  # one library for all, so that equal ensembles give equal bytes
PACKED = {"zlib": True, "complevel": 4, "shuffle": True, "_FillValue": None}
TEXTS = ("scenario", "digest", "engine", "versions")
NUMBERS = ("seed", "first_run", "first_year", "last_year", "steps_per_year")
DATE, STATUS = "date", "status"
BESIDE = (DATE, STATUS)  # what a file holds beside the states


def dataset(ensemble: Ensemble) -> xr.Dataset:
    """Return the dataset that `Ensemble.to_xarray` describes.

    Raises:
        AllianceSimError: If xarray is not installed.
    """
    _needs("xarray")
    import xarray as xr

    dims = ("run", "quarter")
    calendar = ensemble.calendar
    days = [calendar.start_of(step) for step in range(calendar.steps)]
    coordinates: dict[str, Any] = {
        "run": ("run", ensemble.numbers, {"long_name": "number of the run"}),
        "quarter": ("quarter", list(calendar.labels), {"long_name": "quarter"}),
        DATE: (
            "quarter",
            np.array(days, dtype="datetime64[ns]"),
            {"long_name": "first day of the quarter"},
        ),
    }
    if ensemble.status:
        told = {"long_name": '"ok", or what went wrong'}
        coordinates[STATUS] = ("run", list(ensemble.status), told)
    return xr.Dataset(
        {
            state: (dims, ensemble.values[:, :, position], _attributes(state))
            for position, state in enumerate(ensemble.states)
        },
        coords=coordinates,
        attrs=_labels_of(ensemble),
    )


def _attributes(state: str) -> dict[str, str]:
    found = meaning(state)
    return {"long_name": found.long_name} | ({"units": found.unit} if found.unit else {})


def _labels_of(ensemble: Ensemble) -> dict[str, Any]:
    """Return every label as a text or a number, which is what file attributes can be."""
    calendar = ensemble.calendar
    return {
        "scenario": ensemble.scenario,
        "digest": ensemble.digest,
        "seed": ensemble.seed,
        "first_run": ensemble.first_run,
        "engine": ensemble.engine,
        "versions": json.dumps(dict(ensemble.versions), sort_keys=True),
        "first_year": calendar.first_year,
        "last_year": calendar.last_year,
        "steps_per_year": calendar.steps_per_year,
    }


def write(ensemble: Ensemble, path: Path) -> None:
    """Write one NetCDF 4 file; equal ensembles give equal bytes with the same libraries.

    Raises:
        AllianceSimError: If xarray or netCDF4 is not installed.
    """
    _needs("xarray", "netCDF4")
    whole = dataset(ensemble)
    # Seeds go up to 2**64 - 1, which a signed number of 64 bits does not hold.
    whole.attrs["seed"] = np.uint64(ensemble.seed)
    packing = dict.fromkeys(ensemble.states, PACKED)
    whole.to_netcdf(path, mode="w", format="NETCDF4", engine=ENGINE, encoding=packing)


def read(path: Path) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Return the labels and the values (run, quarter, state) of a file.

    Raises:
        ResultError: If the file is not one that `write` wrote.
        AllianceSimError: If xarray or netCDF4 is not installed.
    """
    _needs("xarray", "netCDF4")
    import xarray as xr

    foreign = ResultError(f"{path}: is NetCDF, but not an ensemble saved by this package")
    try:
        # Undecoded, because decoding would replace every kind of NaN by one.
        with xr.open_dataset(path, engine=ENGINE, decode_cf=False) as whole:
            labels = _labels_in(whole)
            if labels is None:
                raise foreign
            columns = [whole[state].to_numpy() for state in labels["states"]]
    except (OSError, RuntimeError, ValueError) as error:
        raise ResultError(f"{path}: cannot be read as NetCDF: {error}") from error
    return labels, np.stack(columns, axis=-1)


def _labels_in(whole: xr.Dataset) -> dict[str, Any] | None:
    """Return the labels that a dataset carries, None if they are not whole."""
    given = whole.attrs
    if not set(given) >= {*TEXTS, *NUMBERS}:
        return None
    try:
        numbers = {key: int(given[key]) for key in NUMBERS}
        versions = json.loads(given["versions"])
    except (TypeError, ValueError):
        return None
    calendar = [numbers[key] for key in ("first_year", "last_year", "steps_per_year")]
    shape = {"run": whole.sizes.get("run"), "quarter": Calendar(*calendar).steps}
    states = [str(name) for name in whole.data_vars if name not in BESIDE]
    if not states or any(dict(whole[state].sizes) != shape for state in states):
        return None
    status = [str(text) for text in whole[STATUS].to_numpy()] if STATUS in whole else []
    return {
        **{key: str(given[key]) for key in TEXTS},
        **{key: numbers[key] for key in ("seed", "first_run")},
        "versions": versions,
        "calendar": calendar,
        "states": states,
        "status": status,
    }


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
