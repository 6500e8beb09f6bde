"""Write files whole or not at all, into a folder that is known to take them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from alliance_sim.errors import SettingError

PART = ".part"  # in the name of a file that is still being written, before its suffix


def prepare_folder(out: str | os.PathLike[str]) -> Path:
    """Return a folder that exists and can be written to, made now if need be.

    Ask before a long simulation: a mistyped folder should cost nobody two minutes.

    Raises:
        SettingError: If there is no such folder to be had.
    """
    path = Path(out)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        taken = [str(place) for place in (path, *path.parents) if _is_file(place)]
        why = f"cannot be written: {taken[0]} is a file, must be a folder" if taken else _why(error)
        raise SettingError(str(path), [why]) from error
    return path


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file under a passing name and put it in place when it is whole.

    Args:
        path: The file; one of that name is replaced.
        write: Writes the content to the path that it is given.

    Raises:
        SettingError: If the file cannot be written.
    """
    part = path.with_name(path.stem + PART + path.suffix)
    try:
        write(part)
        part.replace(path)
    except OSError as error:
        raise SettingError(str(path), [_why(error)]) from error
    finally:
        part.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8, with the same line ends on every system."""
    write_whole(path, lambda part: _put(part, text.encode()))


def _put(part: Path, content: bytes) -> None:
    part.write_bytes(content)


def _is_file(path: Path) -> bool:
    """Whether a path is a file; one that the system cannot even look at is not."""
    try:
        return path.is_file()
    except OSError:
        return False


def _why(error: OSError) -> str:
    """Return why something cannot be written, in words that lead to the remedy."""
    if isinstance(error, IsADirectoryError):
        return "cannot be written: a folder of that name stands in the way"
    if isinstance(error, PermissionError):
        return "cannot be written: no permission"
    return f"cannot be written: {error.strerror or error}"
