"""The text of a scenario file of somebody's own, with the files that it refers to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from alliance_sim import shipped as packaged
from alliance_sim.errors import FileError
from alliance_sim.files import read_text, read_toml
from alliance_sim.scenario.file import DEFAULTS, ENDING, shipped

MOST_LETTERS = 500_000  # of all texts together
MOST_FILES = 50
RECORD_FILES = (".csv", ".toml")


def texts_of(path: str | os.PathLike[str]) -> dict[str, str] | None:
    """Return the texts of a scenario file and of those that it refers to.

    Args:
        path: The file.

    Returns:
        The texts by path from the file's own folder, sorted; None if they are too
        long, or if one lies outside that folder.
    """
    start = Path(path)
    folder = start.parent.resolve()
    found: dict[str, str] = {}
    todo = [start.resolve()]
    try:
        while todo:
            here = todo.pop()
            if not here.is_relative_to(folder) or len(found) >= MOST_FILES:
                return None
            name = here.relative_to(folder).as_posix()
            if name in found:
                continue
            found[name] = read_text(here, MOST_LETTERS)
            if sum(map(len, found.values())) > MOST_LETTERS:
                return None
            if here.suffix.lower() == ENDING:
                todo += _referred(read_toml(here, MOST_LETTERS), here.parent)
    except (FileError, OSError, ValueError):
        return None
    return dict(sorted(found.items()))


def _referred(tree: dict[str, Any], folder: Path) -> Iterator[Path]:
    """Yield the files of somebody's own that a scenario file refers to."""
    root = packaged.scenarios().resolve()
    extends, series, record = (tree.get(key) for key in ("extends", "series", "record"))
    if isinstance(extends, str) and extends != DEFAULTS and extends not in shipped():
        place = (folder / extends).resolve()
        if place.is_file() and not place.is_relative_to(root):
            yield place
    if isinstance(series, str) and series and (folder / series).is_file():
        yield (folder / series).resolve()
    if isinstance(record, str) and ("/" in record or record.startswith(".")):
        inside = (folder / record).resolve().rglob("*")
        yield from (
            place for place in islice(inside, MOST_FILES * 4) if place.suffix in RECORD_FILES
        )


def is_plain(name: str) -> bool:
    """Whether a name is a path that stays in the folder where it begins, on every system."""
    parts = PurePosixPath(name).parts
    harmless = all(part.isprintable() and not set(part) & set('\\:*?"<>|') for part in parts)
    return bool(parts) and harmless and parts[0] != "/" and ".." not in parts and len(name) < 200
