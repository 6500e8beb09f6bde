"""What a results folder holds once it is complete: `manifest.json`.

It has the fields of every other manifest, see `provenance.manifest`, but for what is not the same
wherever a sweep is run: versions of other packages, a path in the command. Like `sweep.json` it
ends with a checksum of itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from alliance_sim import provenance
from alliance_sim.errors import ResultError
from alliance_sim.provenance import Origin
from alliance_sim.sweep.store.metadata import (
    METADATA,
    ROWS,
    Digest,
    Entry,
    Metadata,
    Positive,
    Whole,
    file_name,
    read_sealed,
    sealed,
    stands,
)

MANIFEST = "manifest.json"
KERNEL = "kernel"  # what computed whatever a manifest of format 2 lists


class RowFile(NamedTuple):
    """A finished file, but for its name and its checksum, which stand elsewhere; see `Entry`."""

    first: Whole
    rows: Positive
    failed: Whole
    size: Positive


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What is read of a manifest.

    Attributes:
        engine: What computed the numbers.
        files: SHA-256 of each finished file, by its name.
        row_files: What else is known of each of them, in order.
    """

    engine: str
    files: Mapping[str, Digest]
    row_files: tuple[RowFile, ...]

    def entries(self) -> list[Entry]:
        """Return the finished files, in order.

        Raises:
            ValueError: If the names are not those of so many finished files.
        """
        names = [file_name(k) for k in range(len(self.row_files))]
        if sorted(self.files) != [f"{ROWS}/{name}" for name in names]:
            raise ValueError("names")
        rows = zip(names, self.row_files, strict=True)
        return [Entry(name, *row, self.files[f"{ROWS}/{name}"]) for name, row in rows]


@dataclass(frozen=True, kw_only=True)
class OlderManifest:
    """What is read of a manifest of format 2, which told no engine and no scenarios."""

    files: tuple[Entry, ...]

    @property
    def engine(self) -> str:
        """What computed the numbers."""
        return KERNEL

    def entries(self) -> list[Entry]:
        """Return the finished files, in order."""
        return list(self.files)


KINDS: dict[int, type[Manifest | OlderManifest]] = {
    2: OlderManifest,
    provenance.MANIFEST_FORMAT: Manifest,
}


def manifest(origin: Origin, metadata: Metadata, entries: Sequence[Entry]) -> bytes:
    """Return the content of `manifest.json` for a folder that is complete.

    Args:
        origin: Where the numbers come from; how many runs there are and how many of them failed is
            told by the files.
        metadata: What the folder is about; its title stands, whatever the plan is called by now.
        entries: The finished files, in order.
    """
    counted = replace(
        origin,
        sweep=metadata.title,
        runs=sum(entry.rows for entry in entries),
        failed_runs=sum(entry.failed for entry in entries),
    )
    rows = [RowFile(*entry[1:5])._asdict() for entry in entries]
    tree = provenance.manifest(
        counted,
        kind="sweep",
        files={f"{ROWS}/{entry.name}": entry.sha256 for entry in entries},
        versions={"alliance-sim": origin.version},
        row_files=rows,
    )
    return sealed(tree)


def read_manifest(folder: Path, metadata: Metadata) -> dict[int, Entry]:
    """Return the finished files that a manifest lists, by number; none without a manifest.

    Raises:
        ResultError: If it is of another format, damaged, or does not belong to the metadata.
    """
    path = folder / MANIFEST
    found = _read(path)
    if found is None:
        return {}
    expected = [(file_name(k), span.first, span.rows) for k, span in enumerate(metadata.files())]
    with suppress(ValueError):
        entries = found.entries()
        if [entry[:3] for entry in entries] == expected[: len(entries)]:
            return dict(enumerate(entries))
    raise ResultError(
        f"{path}: does not belong to {METADATA} beside it; put back the one that does, or "
        "delete it, and all rows are computed again"
    )


def engine_of(folder: Path) -> str:
    """Return what computed the numbers of a folder, by its manifest; "kernel" without one.

    Raises:
        ResultError: If the manifest is of another format or damaged.
    """
    found = _read(folder / MANIFEST)
    return KERNEL if found is None else found.engine


def _read(path: Path) -> Manifest | OlderManifest | None:
    return read_sealed(path, KINDS, "a manifest") if stands(path) else None
