"""Machine code on disk: in a folder that only its owner can write, and checked when it is read.

Who loads machine code runs it, and what is read here is unpickled besides. So nothing is read from
a folder that anybody but its owner (or root) could have written to, parents included, as `ssh`
asks of its keys; and a file is held against its SHA-256 before anything is done with its bytes, so
that a disk's mistakes are not run either. The digest stands at the head of the file and also covers
the key: what the code was compiled from, with what, for which processor. The bytes that are
checked are the bytes that are used; the file is read once.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import logging
import os
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from alliance_sim.files import put, why

FOLDER = "ALLIANCE_SIM_CACHE"  # environment variable with a folder to use instead of the user's
HEAD = b"alliance-sim compiled code 1\n"
DIGITS = 64  # of a SHA-256
MOST = 64 * 2**20  # bytes of a file that are read; what is compiled today takes 1.5 million
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
EVERY = 5.0  # seconds between two signs of life
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
# A link is not followed, a pipe not waited for.
READ = os.O_RDONLY
READ |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
OWNED = os.name != "nt"  # Windows keeps each user's folder to that user, and knows no modes
log = logging.getLogger(__name__)


class CacheError(Exception):
    """Why there is no folder to keep compiled code in, or none to be trusted."""


def folder() -> Path:
    """Return where compiled code is kept; it may not exist yet.

    Raises:
        CacheError: If nothing says where.
    """
    chosen = os.environ.get(FOLDER)
    if not chosen:
        with contextlib.suppress(RuntimeError):
            chosen = platformdirs.user_cache_dir("alliance-sim")
        if not chosen or not Path(chosen).is_absolute():
            raise CacheError("neither HOME nor XDG_CACHE_HOME names this user's folder")
    return Path(os.path.realpath(chosen))


def opened() -> Path:
    """Return the folder of compiled code, made if it is not there, and fit to be trusted.

    Raises:
        CacheError: If it cannot be made, or if others could have put code there.
    """
    path = folder()
    try:
        for place in (*reversed(path.parents), path):
            if not place.exists():
                with contextlib.suppress(FileExistsError):
                    place.mkdir(PRIVATE_FOLDER)
        problem = _distrust(path)
    except OSError as error:
        raise CacheError(f"{str(path)!r} cannot be used: {why(error)}") from error
    if problem:
        raise CacheError(problem)
    return path


def _distrust(path: Path) -> str | None:
    """Return why others could put files into a folder, or put another in its place."""
    for place in (path, *path.parents):
        found = place.lstat()
        if not stat.S_ISDIR(found.st_mode):
            return f"{str(place)!r} is not a folder"
        if not OWNED:
            continue
        if found.st_uid not in _trusted():
            return f"{str(place)!r} belongs to another user (number {found.st_uid})"
        # In a folder like /tmp, which is sticky, only its owner can rename a file.
        shielded = place != path and found.st_mode & stat.S_ISVTX
        if found.st_mode & OTHERS_WRITE and not shielded:
            return f"other users may write to {str(place)!r} (`chmod go-w` takes that from them)"
    return None


def _trusted() -> set[int]:
    """Return the users whose files may be run: this one, and root, who can do so anyway."""
    return {0, os.geteuid()}


def read(place: Path, key: str, *, tell: bool = True) -> bytes | None:
    """Return code that was kept, or None if there is none that may be loaded.

    Args:
        place: A file in a folder from `opened`.
        key: What the code must have been kept for.
        tell: Whether to log why a file that is there is not loaded.
    """
    try:
        with os.fdopen(os.open(place, READ), "rb") as file:
            problem = _no_file_of_ours(os.fstat(file.fileno()))
            content = b"" if problem else file.read(MOST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        problem, content = why(error), b""
    code = content[len(HEAD) + DIGITS + 1 :]
    if not problem and content != _framed(code, key):
        problem = "it is damaged"
    if problem and tell:
        log.info("What was kept of the compiled model is not loaded: %s", problem)
    return None if problem else code


def _no_file_of_ours(found: os.stat_result) -> str | None:
    """Return why an open file cannot be one that was written here."""
    if not stat.S_ISREG(found.st_mode):
        return "it is not a regular file"
    if found.st_size > MOST:
        return "it is too large"
    if OWNED and (found.st_uid not in _trusted() or found.st_mode & OTHERS_WRITE):
        return "other users may write to it"
    if found.st_nlink > 1:
        return "it has a second name elsewhere"
    return None


def write(place: Path, code: bytes, key: str) -> None:
    """Keep code, whole or not at all.

    Raises:
        OSError: If it cannot be written.
    """
    put(place, _framed(code, key), place.parent, mode=PRIVATE_FILE)


def _framed(code: bytes, key: str) -> bytes:
    """Return what a file of compiled code holds."""
    found = hashlib.sha256(key.encode() + b"\0")
    found.update(code)
    return b"%s%s\n%s" % (HEAD, found.hexdigest().encode(), code)


@contextlib.contextmanager
def alone(where: Path) -> Iterator[None]:
    """Hold a lock that the system releases when its holder dies, where there is such a thing.

    Without one, several processes compile the same: a waste, but no harm.
    """
    try:
        import fcntl

        handle = os.open(where / "lock", os.O_RDWR | os.O_CREAT | READ, PRIVATE_FILE)
    except (ImportError, OSError):  # on Windows; or in a folder that can only be read
        yield
        return
    try:
        with contextlib.suppress(OSError):  # network disks may have no locks
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                with at_work("Waiting for another process, which compiles the model"):
                    fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def at_work(what: str) -> Iterator[None]:
    """Say in the log what is being done, at once and then how long it has taken so far.

    The first line is a warning, which Python shows where nobody has set up a log: whoever imports
    the package would otherwise wait for a minute without a word.
    """
    log.warning("%s ...", what)
    start, done = time.monotonic(), threading.Event()

    def go_on() -> None:
        while not done.wait(EVERY):
            log.info("%s: %.0f seconds so far", what.partition(",")[0], time.monotonic() - start)

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def kept_in(folder: Path) -> str:
    """Return words about where something is kept, and how another folder is named."""
    return f"it is kept in {str(folder)!r}; {FOLDER} can name another folder"


def digest_of(names: tuple[str, ...], package: Path, *, leave_out: tuple[str, ...] = ()) -> str:
    """Return a digest of sources: files of a package, and all Python files of its folders.

    Which characters end a line does not matter.

    Args:
        names: Files and folders.
        package: Where they lie.
        leave_out: Files in those folders that do not count.
    """
    found = hashlib.sha256()
    for name, text in _sources(names, package, leave_out):
        found.update(name.encode())
        found.update(text)
    return found.hexdigest()


def syntax_of(names: tuple[str, ...], package: Path, *, leave_out: tuple[str, ...] = ()) -> str:
    """Return a digest of what sources say to Python: no comments, docstrings, layout.

    It is the same whichever version of Python reads them; arguments as for `digest_of`.
    """
    found = hashlib.sha256()
    for name, text in _sources(names, package, leave_out):
        found.update(name.encode())
        found.update(said(text))
    return found.hexdigest()


def said(text: bytes) -> bytes:
    """Return what a source says to Python; all of it if that is no Python."""
    try:
        return repr(_syntax(ast.parse(text))).encode()
    except (SyntaxError, ValueError, RecursionError):
        return text


def _sources(
    names: tuple[str, ...], package: Path, leave_out: tuple[str, ...]
) -> Iterator[tuple[str, bytes]]:
    """Yield the name of each source and its text, with one kind of line ends."""
    for name in names:
        path = package / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            relative = file.relative_to(package).as_posix()
            if relative not in leave_out:
                yield relative, file.read_bytes().replace(b"\r\n", b"\n")


def _syntax(node: object) -> object:
    """Return a part of syntax as nested tuples, without what some versions of Python leave out."""
    if isinstance(node, list):
        return tuple(map(_syntax, node))
    if not isinstance(node, ast.AST):
        return type(node).__name__, node
    fields = dict(ast.iter_fields(node))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
        fields["body"] = fields["body"][1:]
    there = ((name, value) for name, value in fields.items() if value is not None and value != [])
    return type(node).__name__, *((name, _syntax(value)) for name, value in there)
