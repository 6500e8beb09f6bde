"""Draws of a posterior as one file: parameters, slow noise, and what shows that they still hold.

Slow noise is rounded once, to 16 bits of the normal's quantile, so that whoever reads the file gets
the same normals to the last bit, on any machine. The log likelihoods of a few draws are kept with
them, computed from the rounded noise: they come out the same as long as nothing has changed on
which the draws depend.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import import_module, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim.arithmetic import inverse_normal
from alliance_sim.errors import SettingError, did_you_mean, shown
from alliance_sim.results.sealed import ENDING, labels_of, read_sealed, save_sealed, seal_of
from alliance_sim.shipped import FOUND_BY, found_by

if TYPE_CHECKING:
    from collections.abc import Iterator

Floats = NDArray[np.float64]
Ranks = NDArray[np.uint16]

FORMAT = 1
FOLDER = "posterior"  # of shipped draws, by relationship
LEVELS = 1 << 16  # quantiles that a rank tells apart
MOST_DRAWS = 100_000
ARRAYS = {  # by name: type and number of axes
    "parameters": (np.dtype(np.float64), 2),
    "ranks": (np.dtype(np.uint16), 3),
    "log_likelihood": (np.dtype(np.float64), 1),
}
USUAL = "shipped"  # the draws that come with the package, where they fit
NONE = "none"  # the numbers that a scenario states


@dataclass(frozen=True, eq=False, kw_only=True)
class Draws:
    """Draws of the unknowns of one scenario under one theory, as a file keeps them.

    Attributes:
        scenario: Name of the scenario that was fitted.
        relationship: Its relationship.
        theory: Name of the theory, such as "RID".
        record: Name of the record, with its edition.
        series: Which acts were counted.
        until: Last year that was looked at.
        digests: SHA-256 of what the draws depend on, by its name: `scenario` (without the numbers
            that were fitted), `priors`, `observed` (the record as it was held against the model)
            and `rules`.
        seed: Seed of the fit.
        settings: Settings of the fit.
        command: The command line that makes the draws again.
        version: Version of this package that made them.
        names: Names of the parameters.
        channels: Names of the channels of slow noise.
        checked: Draws whose log likelihoods are kept.
        parameters: Natural values, array (draw, parameter).
        ranks: Slow noise, array (draw, step, channel) of whole numbers; see `normals_of`.
        log_likelihood: Of the draws that are checked, array (checked draw,).
    """

    scenario: str
    relationship: str
    theory: str
    record: str
    series: str
    until: int
    digests: Mapping[str, str]
    seed: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    command: str
    version: str
    names: tuple[str, ...]
    channels: tuple[str, ...]
    checked: tuple[int, ...]
    parameters: Floats
    ranks: Ranks
    log_likelihood: Floats

    def __len__(self) -> int:
        """Return how many draws there are."""
        return len(self.parameters)

    def normals(self, draws: slice | list[int]) -> Floats:
        """Return the slow noise of some draws as an array (step, channel, draw)."""
        return np.ascontiguousarray(np.moveaxis(normals_of(self.ranks[draws]), 0, -1))

    def digest(self) -> str:
        """Return the SHA-256 of the draws and of all that is said about them."""
        return seal_of(labels_of(self._told()), self._arrays())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one file that `load_draws` reads back whole; equal draws give equal bytes.

        Raises:
            SettingError: If it cannot be written.
        """
        save_sealed(path, self._told(), self._arrays())

    def _told(self) -> dict[str, Any]:
        told = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ARRAYS}
        return {"format": FORMAT, **told}

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {name: np.ascontiguousarray(getattr(self, name)) for name in ARRAYS}


_MIDDLES = np.full(LEVELS, np.nan)  # of the intervals of `ranks_of`, each worked out once


def ranks_of(normals: Floats) -> Ranks:
    """Return standard normals rounded to 16 bits of their quantile.

    Args:
        normals: Array of any shape.

    Returns:
        Array of the same shape: which of 65,536 equally likely intervals each normal lies in.
    """
    from scipy.special import ndtr

    found: Ranks = np.clip(np.floor(ndtr(normals) * LEVELS), 0, LEVELS - 1).astype(np.uint16)
    return found


def normals_of(ranks: Ranks) -> Floats:
    """Return the standard normals in the middle (by probability) of their intervals.

    The package's own arithmetic gives the same bits on every machine.

    Args:
        ranks: As from `ranks_of`.
    """
    used = np.bincount(ranks.ravel(), minlength=LEVELS) > 0
    for rank in np.flatnonzero(used & np.isnan(_MIDDLES)).tolist():
        _MIDDLES[rank] = inverse_normal((rank + 0.5) / LEVELS)
    found: Floats = _MIDDLES[ranks]
    return found


def load_draws(path: str | os.PathLike[str]) -> Draws:
    """Return draws as they were saved.

    Raises:
        ResultError: If the file is not one that `Draws.save` wrote, or was changed since.
    """
    return read_sealed(path, _read, form=FORMAT, what="draws of a posterior")


def _read(tree: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Draws:
    """Return draws whose arrays fit each other.

    Raises:
        ValueError: Saying what does not.
        TypeError: If something is missing, or there is too much.
    """
    for name, (kind, axes) in ARRAYS.items():
        if arrays[name].dtype != kind or arrays[name].ndim != axes:
            raise ValueError(f"{name} are not an array of {kind} with {axes} axes")
    lists = {key: tuple(tree[key]) for key in ("names", "channels", "checked")}
    given: dict[str, Any] = {**tree, **lists, **arrays}
    found = Draws(**given)
    count = len(found)
    if not 1 <= count <= MOST_DRAWS or found.parameters.shape[1] != len(found.names):
        raise ValueError("the parameters do not fit their names")
    if found.ranks.shape[0] != count or found.ranks.shape[2] != len(found.channels):
        raise ValueError("the slow noise does not fit the draws and its channels")
    places = [place for place in found.checked if type(place) is int and 0 <= place < count]
    if not places or len(places) != len(found.checked) or len(places) != len(found.log_likelihood):
        raise ValueError("the log likelihoods do not fit the draws that they are of")
    if not (np.isfinite(found.parameters).all() and np.isfinite(found.log_likelihood).all()):
        raise ValueError("not all of its numbers are finite")
    for name in ARRAYS:
        getattr(found, name).setflags(write=False)
    return found


def shipped_draws(relationship: str) -> dict[str, Path]:
    """Return the files of draws that come with the package for a relationship, by theory."""
    return dict(_shipped(relationship))


def shipped_relationships() -> tuple[str, ...]:
    """Return the relationships whose draws come with the package, sorted."""
    return tuple(sorted({place.parent.name for place in _all_shipped()}))


@cache
def _shipped(relationship: str) -> tuple[tuple[str, Path], ...]:
    found = (place for place in _all_shipped() if place.parent.name == relationship)
    return tuple((place.name.removesuffix(ENDING), place) for place in found)


@cache
def _all_shipped() -> tuple[Path, ...]:
    home = Path(str(resources.files("alliance_sim.results"))) / FOLDER
    here: Iterator[Path] = (place for place in home.glob(f"*/*{ENDING}"))
    return tuple(sorted(here))


def finder() -> Callable[..., Any]:
    """Return what finds the usual draws of a scenario; see `shipped.FOUND_BY`.

    It is called with a scenario and returns its draws, None where none are used, and in a sentence
    why not.
    """
    if USUAL not in FOUND_BY:
        return lambda _: (None, "")
    module, _, function = FOUND_BY[USUAL].partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def given_draws(given: Any, scenario: Any, *, where: str) -> Any:
    """Return the draws that somebody gave, in whichever way: read, if they lie somewhere.

    Args:
        given: Draws; a file or a folder of them, or the folder of a fit; "shipped", which stays as
            it is; "none" or None.
        scenario: The scenario that is run with them.
        where: Who asks.

    Raises:
        SettingError: If it is nothing of the kind.
        ResultError: If they cannot be read, or no longer hold.
    """
    text = isinstance(given, str)
    if given is None or (text and given == NONE):
        return None
    if hasattr(given, "numbers_of") or (text and given == USUAL):
        return given
    if isinstance(given, str | os.PathLike) and os.path.exists(given):  # noqa: PTH110 - raises not
        return found_by("kept")(given, scenario)
    wanted = f"draws, {USUAL!r}, a file or folder of draws that exists, or None"
    near = did_you_mean(given, (USUAL, NONE)) if isinstance(given, str) else ""
    raise SettingError(where, [f"posterior is {shown(given)}, must be {wanted}{near}"])
