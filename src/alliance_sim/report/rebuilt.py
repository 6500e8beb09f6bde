"""Whether a result that was made again is the same, and what differs if it is not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from alliance_sim.errors import ResultError
from alliance_sim.plots.origin import drawn_in
from alliance_sim.provenance import file_digest
from alliance_sim.report.carried import (
    FIGURES,
    PAGES,
    CarriedResult,
    read_carried,
    words_of_page,
)

SAME, NUMBERS, DIFFERS, GONE = "same", "same numbers", "differs", "not made"
SETTINGS = ("seed", "runs", "first_run", "failed_runs", "sweep", "plan")


class Rebuilt(NamedTuple):
    """How a result that was made again stands to what it was.

    Attributes:
        files: By name, one of "same", "same numbers", "differs" and "not made".
        sentences: What was found, in words.
    """

    files: dict[str, str]
    sentences: list[str]

    @property
    def same(self) -> bool:
        """Whether every file that can be compared has the same bytes, or at least numbers."""
        return bool(self.files) and set(self.files.values()) <= {SAME, NUMBERS}


def files_beside(found: CarriedResult, file: Path) -> dict[str, Path]:
    """Return the files that can be compared: all that a manifest names, or the one file."""
    if found.digests is None:
        return {found.carried.file: file}
    folder = file if file.is_dir() else file.parent
    return {name: folder / name for name in found.digests if Path(name).name == name}


def differences(
    found: CarriedResult, file: Path, folder: Path, before: Mapping[str, Path]
) -> Rebuilt:
    """Return how the files in a folder stand to those that they were made again from.

    Args:
        found: What the file carried.
        file: The file.
        folder: Where everything was made again.
        before: The files that can be compared, by name.
    """
    files: dict[str, str] = {}
    for name, old in before.items():
        digest = file_digest(old) if found.digests is None else found.digests[name]
        files[name] = _beside(digest, old, folder / name)
    made = _carried_in(folder, found.carried.file)
    told = [_told(files, file, folder)]
    if found.digests is not None and (changed := _changed(found, before)):
        told.append(f"Changed since they were written: {', '.join(changed)}.")
    if made is not None:
        told += _of_origin(found, made)
    return Rebuilt(files, told)


def _beside(digest: str, old: Path, new: Path) -> str:
    """Return how one file stands to another."""
    if not new.is_file():
        return GONE
    if file_digest(new) == digest:
        return SAME
    ending = new.suffix.lower()
    alike = False
    try:
        if ending in FIGURES:
            alike = drawn_in(old) != "" and drawn_in(old) == drawn_in(new)
        elif ending in PAGES:
            alike = words_of_page(old) == words_of_page(new)
    except (ResultError, OSError):
        alike = False
    return NUMBERS if alike else DIFFERS


def _told(files: Mapping[str, str], file: Path, folder: Path) -> str:
    by_kind: dict[str, list[str]] = {}
    for name, how in files.items():
        by_kind.setdefault(how, []).append(name)
    words = {
        SAME: "The same, byte for byte: {}.",
        NUMBERS: "The same numbers and words in other bytes, as another drawing library makes: {}.",
        DIFFERS: "Not the same: {}.",
        GONE: "Not made this time: {}.",
    }
    if not files:
        return f"{file}: nothing in {folder} can be compared with it."
    return " ".join(
        words[how].format(", ".join(sorted(names))) for how, names in sorted(by_kind.items())
    )


def _changed(found: CarriedResult, before: Mapping[str, Path]) -> list[str]:
    """Return the files whose bytes are no longer those that the manifest tells."""
    digests = found.digests or {}
    return [n for n, path in before.items() if path.is_file() and file_digest(path) != digests[n]]


def _carried_in(folder: Path, name: str) -> CarriedResult | None:
    """Return what was made again carries: its manifest, or the one file."""
    for place in (folder, folder / name):
        try:
            return read_carried(place)
        except (ResultError, OSError):
            continue
    return None


def _of_origin(found: CarriedResult, made: CarriedResult) -> list[str]:
    """Return in sentences what else differs between what was made and what was made again."""
    old, new = found.carried.origin, made.carried.origin
    told = []
    if old.version != new.version:
        told.append(f"Made by alliance-sim {old.version}, made again by {new.version}.")
    scenarios = zip((old, *old.others), (new, *new.others), strict=False)
    told += [
        f"The scenario {one.scenario} is another by now: digest {one.digest[:12]}, was "
        f"{two.digest[:12]}."
        for two, one in scenarios
        if one.digest != two.digest
    ]
    if old.engine != new.engine:
        told.append(f"Computed by {new.engine}; was computed by {old.engine}.")
    told += [
        f"Its {name.replace('_', ' ')} is {getattr(new, name)}, was {getattr(old, name)}."
        for name in SETTINGS
        if getattr(old, name) != getattr(new, name)
    ]
    versions = found.environment or {}
    now = made.environment or {}
    other = [
        f"{name} {versions[name]} -> {now[name]}"
        for name in versions
        if name in now and versions[name] != now[name]
    ]
    return [*told, f"Other versions: {', '.join(other)}."] if other else told
