"""Results of a sweep as files: tables, figures with their origin, and what was found as JSON."""

from __future__ import annotations

import contextlib
import json
import os
import re
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliance_sim import provenance
from alliance_sim.files import writable_folder, write_text, write_whole
from alliance_sim.plots.origin import Origin, save_png
from alliance_sim.provenance import file_digest

if TYPE_CHECKING:
    import pandas as pd


class Sheaf:
    """Files that belong together, in one folder, with names that begin alike.

    Attributes:
        folder: Where they are.
        stem: How their names begin.
        files: Paths of those written, by name.
    """

    def __init__(self, out: str | os.PathLike[str], stem: str, origin: Origin) -> None:
        self.folder: Path = writable_folder(out)
        self.stem = file_name(stem)
        self.origin = origin
        self.files: dict[str, str] = {}

    def table(self, name: str, frame: pd.DataFrame) -> None:
        """Write a table; the same numbers give the same bytes."""
        write_whole(
            self._path(name, "csv"),
            lambda part: frame.to_csv(part, index=False, lineterminator="\n", encoding="utf-8"),
        )

    def figure(self, name: str, figure: Any, title: str) -> None:
        """Write a figure, as a function of `plots` returns it, with its origin."""
        path = self._path(name, "png")
        write_whole(path, lambda part: save_png(figure, part, origin=self.origin, title=title))

    def close(self, found: dict[str, Any]) -> dict[str, Any]:
        """Write what was found, with the digests of all files; return it with their paths."""
        path = self._path("", "json")
        digests = {
            name: file_digest(Path(place))
            for name, place in self.files.items()
            if name != path.name
        }
        tree = {
            **found,
            "command": self.origin.command,
            "environment": {**provenance.environment(), **_analysers()},
            "files": digests,
        }
        write_text(path, json.dumps(tree, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
        return {**found, "files": dict(self.files)}

    def _path(self, name: str, ending: str) -> Path:
        whole = f"{self.stem}_{file_name(name)}.{ending}" if name else f"{self.stem}.{ending}"
        path = self.folder / whole
        self.files[whole] = str(path)
        return path


def _analysers() -> dict[str, str]:
    """Return the versions of the libraries that analyses of sweeps rest on."""
    found = {}
    for name in ("scipy", "SALib", "ema-workbench", "scikit-learn"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def file_name(text: str) -> str:
    """Return a text as part of a file name on any system."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")
