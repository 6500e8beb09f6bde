"""What every result carries, so that it can be traced and made again."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

# What a scenario says beside its content, and where its record lies: no number hangs on it.
WORDS_ONLY = frozenset({"name", "title", "description", "question", "edits", "record"})
PACKAGES = ("mesa", "numba", "numpy", "pandas", "pydantic", "pyarrow", "matplotlib")


def version() -> str:
    """Return the version of this package."""
    return metadata.version("alliance-sim")


def digest(tree: Any) -> str:
    """Return a SHA-256 digest of plain tables and values, the same in any order of tables.

    Args:
        tree: Tables, lists, dates, numbers and texts, such as a scenario's `model_dump()`.
    """
    text = json.dumps(_canonical(tree), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class Content(Protocol):
    """What has a digest as a scenario does."""

    def model_dump(self, *, exclude: Any = None) -> dict[str, Any]:
        """Return its parts as plain tables, some left out."""


def scenario_digest(scenario: Content) -> str:
    """Return THE digest of a scenario, which every result carries: a SHA-256 of its content.

    Name, title and other words do not count, nor how it was arrived at: two scenarios that differ
    in nothing else give the same numbers and have the same digest, and a sweep can go on after a
    description was mended.
    """
    return digest(scenario.model_dump(exclude=set(WORDS_ONLY)))


def file_digest(path: Path) -> str:
    """Return the SHA-256 digest of a file, read piece by piece.

    Raises:
        OSError: If it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def environment() -> dict[str, str]:
    """Return the versions of Python and of the packages that results depend on."""
    found = {"python": platform.python_version(), "alliance-sim": version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def _canonical(node: Any) -> Any:
    """Return a tree with its lists of named tables in the order of their names."""
    if isinstance(node, dict):
        return {str(key): _canonical(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        entries = [_canonical(value) for value in node]
        if entries and all(isinstance(e, dict) and "name" in e for e in entries):
            entries.sort(key=lambda e: (str(e.get("domain", "")), str(e["name"])))
        return entries
    return node
