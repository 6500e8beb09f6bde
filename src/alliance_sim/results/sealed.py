"""Arrays with what is said of them in one file, sealed: what was changed since is not read."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from alliance_sim import files
from alliance_sim.errors import FileError, ResultError, SettingError

Arrays = Mapping[str, NDArray[Any]]
T = TypeVar("T")

ENDING = ".npz"
MOST_BYTES = 1 << 28
MOST_PACKED = 1 << 30  # bytes that a file may come to when it is unpacked
UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, zlib.error)  # a file of arrays that is damaged
LABELS, SEAL = "labels", "sha256"


def seal_of(labels: str, arrays: Arrays) -> str:
    """Return the SHA-256 of arrays and of what is said of them."""
    found = hashlib.sha256(labels.encode())
    for name in sorted(arrays):
        value = arrays[name]
        found.update(f"{name}:{value.dtype.str}:{value.shape}:".encode())
        found.update(np.ascontiguousarray(value).tobytes())
    return found.hexdigest()


def labels_of(told: Mapping[str, Any]) -> str:
    """Return what is said of arrays as the text that is sealed with them."""
    return json.dumps(told, sort_keys=True, ensure_ascii=False)


def save_sealed(path: str | os.PathLike[str], told: Mapping[str, Any], arrays: Arrays) -> None:
    """Write one file that `read_sealed` reads back; equal contents give equal bytes.

    Args:
        path: The file; one of that name is replaced.
        told: What is said of the arrays, as JSON can hold it, with the `format` of the file.
        arrays: The arrays.

    Raises:
        SettingError: If it cannot be written; what stood at `path` still does.
    """
    buffer, labels, file = io.BytesIO(), labels_of(told), Path(path)
    said = {LABELS: np.array(labels), SEAL: np.array(seal_of(labels, arrays))}
    np.savez_compressed(buffer, allow_pickle=False, **arrays, **said)
    try:
        files.put(file, buffer.getvalue(), file.parent)
    except OSError as error:
        raise SettingError(str(file), [f"cannot be written: {files.why(error)}"]) from error


def read_sealed(
    path: str | os.PathLike[str],
    read: Callable[[dict[str, Any], dict[str, NDArray[Any]]], T],
    *,
    form: int,
    what: str,
) -> T:
    """Return what a sealed file holds.

    Args:
        path: The file.
        read: Makes it of what is said (without the format) and of the arrays.
        form: The format that is read.
        what: What the file should hold, for messages.

    Raises:
        ResultError: If it is no such file, or was changed since it was written.
    """
    where = os.fspath(path)
    try:
        content = files.read_regular(path, MOST_BYTES)
    except FileError as error:
        raise ResultError(f"{where}: {error.problems[0]}") from error
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_PACKED:
                raise ValueError(f"it unpacks to more than {MOST_PACKED:,} bytes")
        with np.load(io.BytesIO(content), allow_pickle=False) as loaded:
            arrays = {name: loaded[name] for name in loaded.files}
        labels, seal = str(arrays.pop(LABELS)), str(arrays.pop(SEAL))
        tree = json.loads(labels)
        if tree.pop("format") != form:
            raise ValueError(f"its format is not {form}, the one that this version reads")
        if seal_of(labels, arrays) != seal:
            raise ValueError("its contents are not those that were written")
        return read(tree, arrays)
    except (ValueError, KeyError, TypeError, *UNREADABLE) as error:
        told = "something in it is missing" if isinstance(error, KeyError) else str(error)
        raise ResultError(f"{where}: holds no {what}: {told}") from error


@cache
def shipped_file(folder: str, record: str) -> Path | None:
    """Return the sealed file of a record that comes with the package, None if none does.

    Args:
        folder: In which folder of this room such files lie, such as "theories".
        record: Name of the record, with its edition.
    """
    path = Path(str(resources.files("alliance_sim.results"))) / folder / f"{record}{ENDING}"
    return path if path.is_file() else None
