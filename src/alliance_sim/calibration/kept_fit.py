"""What a finished fit keeps in its folder, read with care."""

from __future__ import annotations

import io
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim import files, provenance
from alliance_sim.errors import FileError, ResultError
from alliance_sim.results.draws import Draws, load_draws
from alliance_sim.results.sealed import ENDING

Floats = NDArray[np.float64]
FIT, UNKNOWNS = "fit.json", "unknowns.npz"
MOST_BYTES = 1 << 32
MOST_TOLD_BYTES = 10_000_000
NEEDED = ("theories", "series", "until", "seed", "tempered", "chains")


def told_of_fit(folder: Path) -> dict[str, Any]:
    """Return what a folder says was fitted to what, and which theories are done.

    Raises:
        ResultError: If it is no folder of a fit.
    """
    try:
        tree = files.read_json(folder / FIT, MOST_TOLD_BYTES)
        if tree["kind"] != "calibrate":
            raise KeyError("kind")
        if not all(key in tree for key in NEEDED):
            raise KeyError("what was fitted")
    except (FileError, KeyError, TypeError) as error:
        raise ResultError(
            f"{folder}: is no folder of a fit; alliance-sim calibrate writes one, whose {FIT} says "
            "what was fitted"
        ) from error
    return dict(tree)


def chains_of(tree: Mapping[str, Any], theory: str) -> dict[str, Any]:
    """Return settings of the chains of a theory, which may be shorter than others of the folder.

    Args:
        tree: What the folder says, see `told_of_fit`.
        theory: One that is done.
    """
    draws = tree["theories"][theory].get("draws", tree["chains"]["draws"])
    return {**tree["chains"], "draws": draws}


def command_of_fit(
    called: str, theories: Sequence[str], tree: Mapping[str, Any], out: str | os.PathLike[str]
) -> str:
    """Return the command line that fits theories as a folder says that others were fitted.

    Args:
        called: What a command finds the scenario by.
        theories: The theories.
        tree: What the folder says, see `told_of_fit`.
        out: The folder to fit into; that of the fit takes no other options than its own.
    """
    words = ["alliance-sim", "calibrate", called]
    for name in theories:
        words += ["--theory", name]
    words += ["--seed", tree["seed"], "--series", tree["series"], "--until", tree["until"]]
    words += ["--particles", tree["tempered"]["particles"]]
    for option in ("chains", "warm_up", "draws"):
        words += [f"--{option.replace('_', '-')}", tree["chains"][option]]
    return shlex.join([*map(str, words), "--out", os.fspath(out)])


def fit_around(place: Path) -> Path | None:
    """Return the folder of a fit that a file or a folder lies in, None if it lies in none."""
    above = (place.parent, place.parent.parent)
    return next((folder for folder in above if (folder / FIT).is_file()), None)


def draws_in(path: Path) -> Draws:
    """Return draws as they were saved.

    Raises:
        ResultError: If the file does not hold any, or was changed since; the folder to give, if it
            is a file of a fit.
    """
    try:
        return load_draws(path)
    except ResultError as error:
        fit = fit_around(path)
        if fit is None or not path.is_file():
            raise
        told = f"{path}: is a file of a fit, and no draws as `posterior keep` writes them"
        raise ResultError(f"{told}; give the folder of the fit: {fit}") from error


def scenario_of_draws(place: Path) -> str:
    """Return the name of the scenario that draws in a file or a folder are of.

    Raises:
        ResultError: If there are none.
    """
    if not place.is_dir():
        return draws_in(place).scenario
    if (place / FIT).is_file():
        return str(told_of_fit(place).get("scenario", ""))
    there = sorted(place.glob(f"*{ENDING}"))
    if not there:
        raise ResultError(no_draws(place))
    return draws_in(there[0]).scenario


def no_draws(folder: Path) -> str:
    """Return in a sentence that a folder holds nothing to read, and the fit that was meant."""
    fit = fit_around(folder)
    meant = "" if fit is None else f"; it lies in the folder of a fit: {fit}"
    return f"{folder}: holds no draws and no finished fit{meant}"


def unknowns_of_fit(path: Path, told: Mapping[str, Any]) -> Floats:
    """Return whole draws of a fit, array (draw, dimension).

    Args:
        path: The file.
        told: What the folder says of its theory.

    Raises:
        ResultError: If the file is missing, or not as it was written.
    """
    try:
        content = files.read_regular(path, MOST_BYTES)
        if provenance.file_digest(path) != told["files"][UNKNOWNS]:
            raise ValueError("is not as it was written")
        with np.load(io.BytesIO(content), allow_pickle=False) as loaded:
            found: Floats = np.asarray(loaded["unknowns"], dtype=np.float64)
    except (FileError, KeyError, OSError, ValueError) as error:
        raise ResultError(f"{path}: holds no draws of a fit: {error}") from error
    if found.ndim != 2 or not len(found):
        raise ResultError(f"{path}: holds no draws of a fit: there is none in it")
    return found
