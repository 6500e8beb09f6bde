"""Where a sweep keeps what it is made of, and nobody writes anything else."""

from __future__ import annotations

import os
from pathlib import Path

from alliance_sim.errors import SettingError
from alliance_sim.sweep.store.manifest import MANIFEST
from alliance_sim.sweep.store.metadata import EXTRA, METADATA, ROWS, WORK
from alliance_sim.sweep.store.writer import LOCK

OWN_FILES = (METADATA, MANIFEST, LOCK)
OWN_FOLDERS = (ROWS, WORK, EXTRA)


def refuse_own_places(folder: Path, path: Path) -> None:
    """Refuse to write over what a sweep is made of, or beside it where only that may stand.

    Args:
        folder: Of the sweep.
        path: A file or a folder that is to be written.

    Raises:
        SettingError: If it is one of the sweep's own, or lies in one.
    """
    place, home = Path(os.path.realpath(path)), Path(os.path.realpath(folder))
    inside = place.relative_to(home).parts if place.is_relative_to(home) else ()
    first, *more = inside or ("",)
    if first in OWN_FOLDERS or (first in OWN_FILES and not more):
        problem = f"cannot be written: the sweep keeps its own there, in {folder / first}"
        raise SettingError(str(path), [f"{problem}; choose another place"])
