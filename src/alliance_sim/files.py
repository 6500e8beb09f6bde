"""Files: written so that a kill leaves the old one or the new, read only if regular and bounded.

Whatever is read may come from somebody else: a path may name a device that never ends, a pipe that
never answers or a file larger than memory. `read_regular` is the one way in.
"""

from __future__ import annotations

import codecs
import errno
import hashlib
import json
import os
import re
import secrets
import stat
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, Never

from alliance_sim.errors import FileError, SettingError, nearest_name
from alliance_sim.nearest import nearest_file
from alliance_sim.toml_mistakes import toml_mistake

WRITE_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
TEMPORARY = ".tmp"  # ends the name of a file that is still being written
PART = ".part"  # in the name of one that has to keep its ending, before it
LONGEST_NAME = "x" * 64  # no file of ours has a longer name

REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota of disk space is used up",
    errno.EROFS: "the file system can only be read",
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.EFBIG: "a file would become larger than this process may write",
    errno.ENOTDIR: "a file stands where a folder should be",
    errno.EEXIST: "a file stands where a folder should be",
    errno.EISDIR: "a folder of that name stands in the way",
    errno.ENAMETOOLONG: "the name is too long for this system",
    errno.ENOENT: "there is no such file or folder",
    errno.EMFILE: "this process has as many files open as it may",
    errno.EBADF: "it is closed",
}


def why(error: OSError) -> str:
    """Return in words why something could not be written or read."""
    return REASONS.get(error.errno or 0, error.strerror or str(error))


MOST_DEPTH = 32  # tables and lists inside each other in a file of settings or a manifest
MOST_ENTRIES = 2_000  # of one list or table that somebody wrote
MOST_VALUES = 100_000  # of all of them in a file
LEAST_WHOLE = -(1 << 63)
MOST_WHOLE = 1 << 63  # what is written by hand lies below, as TOML and tables keep whole numbers
MOST_KEPT = 1 << 64  # and what is kept below this: a seed may be as large
HUGE_NUMBER = "is a whole number of more than 64 bits"
_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
# A dotted key of more parts than tables may be deep, at the start of a line or of an inline table.
_DEEP_KEY = re.compile(rf"(?:^|[\[{{,])[ \t]*+((?:{_PART}\.[ \t]*+){{{MOST_DEPTH}}})", re.MULTILINE)
_DIGITS = re.compile(r"[0-9_]{4000,}")
# No waiting for the writer of a pipe, no inheritance, no terminal that takes us over.
_QUIET = (
    getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)


def open_regular(
    path: str | os.PathLike[str], how: int = os.O_RDONLY, *, links: bool = True
) -> int:
    """Return the handle of a regular file, which the caller closes.

    Args:
        path: The file.
        how: Flags as of `os.open`.
        links: Whether a link may stand at the path itself.

    Raises:
        FileError: If a folder, a device, a pipe, a socket or a link stands there.
        OSError: If it cannot be opened.
    """
    where = os.fspath(path)
    with suppress(FileNotFoundError):  # a device may act on being opened
        if not stat.S_ISREG(Path(where).stat(follow_symlinks=links).st_mode):
            raise FileError(where, [_kind_of(where, links=links)])
    handle = os.open(where, how | _QUIET | (0 if links else getattr(os, "O_NOFOLLOW", 0)), 0o666)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise FileError(where, [_kind_of(where, links=links)])
    return handle


@contextmanager
def regular(
    path: str | os.PathLike[str], most: int, *, links: bool = True
) -> Iterator[BufferedReader]:
    """Yield a regular file opened for reading.

    Args:
        path: The file.
        most: Bytes that it may have.
        links: Whether a link may stand at the path itself.

    Raises:
        FileError: If it is not there, is no regular file, has more bytes or cannot be read, then
            or while it is being read.
    """
    where = os.fspath(path)
    try:
        handle = open_regular(where, links=links)
    except FileNotFoundError:
        raise FileError(where, [_nowhere(where)]) from None
    except OSError as error:
        raise FileError(where, [f"cannot be read: {why(error)}"]) from error
    except ValueError as error:
        raise FileError(where, [f"cannot be the path of a file: {error}"]) from None
    try:
        with os.fdopen(handle, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > most:
                raise FileError(where, [_too_large(f"{size:,}", most)])
            yield file
    except OSError as error:
        raise FileError(where, [f"cannot be read: {why(error)}"]) from error


def read_regular(path: str | os.PathLike[str], most: int, *, links: bool = True) -> bytes:
    """Return the bytes of a regular file, and never read more than `most` + 1 of them.

    Raises:
        FileError: If it is not there, is no regular file, has more bytes or cannot be read.
    """
    with regular(path, most, links=links) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise FileError(os.fspath(path), [_too_large(f"more than {most:,}", most)])
    return content


def read_text(path: str | os.PathLike[str], most: int) -> str:
    """Return the text of a regular file of at most `most` bytes, in UTF-8.

    Raises:
        FileError: If it cannot be read, or is no such text.
    """
    content = read_regular(path, most)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        found = "but in UTF-16" if utf_16 else f"(byte {error.start})"
        problem = f"is not text in UTF-8 {found}; save it again with the encoding UTF-8"
        raise FileError(os.fspath(path), [problem]) from None


def read_json(path: str | os.PathLike[str], most: int) -> Any:
    """Return the value in a JSON file of at most `most` bytes.

    Raises:
        FileError: If it cannot be read, is no JSON, names a key twice, holds what is no number, or
            is nested deeper than 32 levels.
    """
    return json_in(read_text(path, most), path)


def json_in(text: str, path: str | os.PathLike[str]) -> Any:
    """Return the value in a text in JSON; `path` is for the message, errors as of `read_json`."""
    try:
        tree = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        raise FileError(os.fspath(path), [_too_deep()]) from None
    except ValueError as error:
        raise FileError(os.fspath(path), [f"is not JSON: {error}"]) from None
    if problem := shape_problem(tree):
        raise FileError(os.fspath(path), [problem])
    return tree


def read_toml(path: str | os.PathLike[str], most: int) -> dict[str, Any]:
    """Return the tables of a TOML file of at most `most` bytes.

    Raises:
        FileError: If it cannot be read, is empty, is no TOML, or goes beyond what `shape_problem`
            allows.
    """
    where = os.fspath(path)
    text = read_text(path, most)
    if not text.strip():
        raise FileError(where, ["is empty"])
    many = any(line.count(".") >= MOST_DEPTH for line in text.split("\n"))
    deep = _DEEP_KEY.search(text) if many else None  # which is slow to say no
    if deep is not None:
        line = text.count("\n", 0, deep.start(1)) + 1
        raise FileError(where, [f"line {line}: {_too_deep('keys')}"])
    try:
        tree = tomllib.loads(text)
    except RecursionError:
        raise FileError(where, [_too_deep()]) from None
    except tomllib.TOMLDecodeError as error:
        raise FileError(where, [f"is not valid TOML: {toml_mistake(text, error)}"]) from None
    except ValueError:  # Python reads no whole number of so many digits
        digits = _DIGITS.search(text)
        line = 1 if digits is None else text.count("\n", 0, digits.start()) + 1
        raise FileError(where, [f"line {line}: {HUGE_NUMBER}"]) from None
    if problem := shape_problem(tree, written=True):
        raise FileError(where, [problem])
    return tree


def shape_problem(tree: Any, *, written: bool = False) -> str | None:
    """Return what is wrong with the shape of tables and lists, None if nothing is.

    They may be 32 deep, and whole numbers have 64 bits. No recursion, so any depth can be told.

    Args:
        tree: Tables, lists and values.
        written: Whether they were written by hand, so that a list or a table has at most 2,000
            entries, all have 100,000 together, and one of the bits of a number is its sign.
    """
    level, count, most = [tree], 0, MOST_WHOLE if written else MOST_KEPT
    for depth in range(MOST_DEPTH + 1):
        below: list[Any] = []
        for node in level:
            if isinstance(node, str | float):
                continue
            if isinstance(node, dict | list | tuple | Mapping):
                if depth == MOST_DEPTH:
                    return _too_deep()
                if written and len(node) > MOST_ENTRIES:
                    found = f"has {len(node):,} entries, must have at most {MOST_ENTRIES:,}"
                    return f"{_place(tree, node)}: {found}"
                below.extend(node.values() if isinstance(node, Mapping) else node)
            elif isinstance(node, int) and not LEAST_WHOLE <= node < most:
                return f"{_place(tree, node)}: {HUGE_NUMBER}"
        level, count = below, count + len(below)
        if written and count > MOST_VALUES:
            return f"has more than {MOST_VALUES:,} values; that many are read"
    return None


def _place(tree: Any, wanted: object) -> str:
    """Return where an object lies in a tree, as a path."""
    open_nodes: list[tuple[str, Any]] = [("", tree)]
    for where, node in open_nodes:
        if node is wanted:
            return where.removeprefix(".") or "the file"
        if isinstance(node, Mapping):
            open_nodes += ((f"{where}.{key}", value) for key, value in node.items())
        elif isinstance(node, list | tuple):
            open_nodes += ((f"{where}[{k}]", value) for k, value in enumerate(node))
    return "the file"


def _too_deep(what: str = "tables and lists") -> str:
    return f"{what} are more than {MOST_DEPTH} deep; at most {MOST_DEPTH} are read"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of a JSON file; which of two values of one key counts is nobody's guess."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"key {twice!r} stands twice")
    return found


def _no_number(text: str) -> Never:
    raise ValueError(f"{text} is not a number")


def _kind_of(path: str, *, links: bool) -> str:
    """Return why what lies at a path is not read."""
    if not links and os.path.islink(path):  # noqa: PTH114
        return "is a link, must be a regular file"
    if os.path.isdir(path):  # noqa: PTH112
        return "is a folder, must be a regular file"
    return "is not a regular file (a device, a pipe or a socket)"


def _too_large(found: str, most: int) -> str:
    return f"has {found} bytes, must have at most {most:,}"


def _nowhere(path: str) -> str:
    """Return that nothing lies at a path, and what beside it was probably meant."""
    here = Path(path)
    with suppress(OSError, ValueError):
        gone = next((folder for folder in here.parents[::-1] if not folder.exists()), None)
        if gone is not None:
            folders = [place.name for place in gone.parent.iterdir() if place.is_dir()]
            near = nearest_name(gone.name, folders)
            meant = f"; did you mean {near!r}?" if near else f" in {gone.parent.absolute()}"
            return f"does not exist; there is no folder {str(gone)!r}{meant}"
    near = nearest_file(here)
    return f"does not exist{f'; did you mean {near!r}?' if near else ''}"


class HashedFile:
    """A file being written that knows the SHA-256 and the size of what went through it."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._hash = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, content: bytes) -> int:
        """Write all of some bytes."""
        data = memoryview(content).cast("B")
        self._raw.write(data)
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self.size

    def flush(self) -> None:
        """Hand what was written to the system."""
        self._raw.flush()

    def close(self) -> None:
        """Take no more; the file underneath stays open for its owner."""
        self.closed = True

    def sha256(self) -> str:
        """Return the digest of what was written so far."""
        return self._hash.hexdigest()


@contextmanager
def replacing(path: Path, temporary: Path) -> Iterator[None]:
    """Let a file be written under a passing name; it takes its place once it is on the disk.

    Args:
        path: Where it belongs; a file of that name is replaced.
        temporary: Its name until then, on the same file system.

    Raises:
        OSError: If it cannot be written; what stood at `path` still does.
    """
    try:
        yield
        _sync(temporary, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        temporary.replace(path)
        sync_folder(path.parent)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def placing(path: Path, folder: Path, *, mode: int = 0o666) -> Iterator[HashedFile]:
    """Yield a file to write to, which takes its place once all of it is on the disk.

    Args:
        path: Where it belongs; a file of that name is replaced.
        folder: Folder on the same file system for the file until then.
        mode: Who may read and write it, of what the umask allows.

    Raises:
        OSError: If it cannot be written; what stood at `path` still does.
    """
    temporary = folder / f"{path.name}.{secrets.token_hex(4)}{TEMPORARY}"
    with replacing(path, temporary):
        handle = os.open(temporary, WRITE_NEW, mode)
        with os.fdopen(handle, "wb") as raw:
            yield HashedFile(raw)


def put(path: Path, content: bytes, folder: Path, *, mode: int = 0o666) -> str:
    """Write a file whole or not at all, and return its SHA-256; arguments as for `placing`.

    Raises:
        OSError: If it cannot be written; what stood at `path` still does.
    """
    with placing(path, folder, mode=mode) as hashed:
        hashed.write(content)
    return hashed.sha256()


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file under a passing name and put it in place when it is whole.

    Args:
        path: The file; one of that name is replaced.
        write: Writes the content to the path that it is given, which ends as `path` does.

    Raises:
        SettingError: If the file cannot be written; what stood at `path` still does.
    """
    part = path.with_name(f"{path.stem}.{secrets.token_hex(4)}{PART}{path.suffix}")
    try:
        with replacing(path, part):
            write(part)
    except OSError as error:
        raise SettingError(str(path), [f"cannot be written: {why(error)}"]) from error


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8, with the same line ends on every system.

    Raises:
        SettingError: If the file cannot be written.
    """
    write_whole(path, lambda part: part.write_bytes(text.encode("utf-8", "backslashreplace")))


def create_text(path: Path, text: str) -> None:
    """Write a text in UTF-8 to a file that is not there yet, whole or not at all.

    Raises:
        SettingError: If something stands there already, or the file cannot be written.
    """
    made = False
    try:
        with path.open("xb") as file:
            made = True
            file.write(text.encode("utf-8", "backslashreplace"))
    except FileExistsError:
        problem = "is there already and is not overwritten; choose another name"
        raise SettingError(str(path), [problem]) from None
    except OSError as error:
        if made:  # a part of it would stand in the way of the next try
            path.unlink(missing_ok=True)
        nowhere = error.errno == errno.ENOENT
        reason = f"there is no folder {str(path.parent)!r}" if nowhere else why(error)
        raise SettingError(str(path), [f"cannot be written: {reason}"]) from error


def writable_folder(out: str | os.PathLike[str]) -> Path:
    """Return a folder that exists and can be written to, made now if need be.

    Ask before a long simulation: a mistyped folder, or a full disk, should cost nobody two minutes.

    Args:
        out: The folder. It is never anything but a name in the file system: "s3:results" is a
            folder of that name.

    Raises:
        SettingError: If there is no such folder to be had.
    """
    name = os.fspath(out)
    try:
        name.encode()
    except UnicodeEncodeError:
        problem = "holds bytes that are not UTF-8, which reports could not repeat; take another"
        raise SettingError(name, [f"cannot be written: the name {problem}"]) from None
    if not name or "\0" in name:
        found = "is empty" if not name else "holds a NUL"
        raise SettingError(name, [f"cannot be written: the name of the folder {found}"])
    path = Path(name)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            (path / LONGEST_NAME).lstat()  # says so if names in there would be too long
        with tempfile.TemporaryFile(dir=path) as probe:
            probe.write(bytes(4096))
    except OSError as error:
        taken = [str(place) for place in (path, *path.parents) if _is_file(place)]
        reason = f"{taken[0]} is a file, must be a folder" if taken else why(error)
        problem = f"cannot be written: {reason}; choose another folder"
        raise SettingError(str(path), [problem]) from error
    return path


def _is_file(path: Path) -> bool:
    """Whether a path is a file; one that the system cannot even look at is not."""
    try:
        return path.is_file()
    except OSError:
        return False


def sync_folder(folder: Path) -> None:
    """Make new names in a folder outlast a power cut, where the system offers that."""
    if os.name != "nt":
        _sync(folder, os.O_RDONLY)


def _sync(path: Path, how: int) -> None:
    """Wait until the disk has what is at a path."""
    handle = os.open(path, how | getattr(os, "O_CLOEXEC", 0))
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(handle)
