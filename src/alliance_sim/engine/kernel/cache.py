"""The compiled engine, kept on disk: compiled once for each state of its sources.

Numba's own cache looks at one source file only, so that an edited rule in another file would
silently give old results. This one lies in a folder named by a digest of all sources that the
engine is made of; within it, Numba tells processors and its own versions apart.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba
import platformdirs
from numba.core.caching import CompileResultCacheImpl, FunctionCache

PACKAGE = Path(__file__).parents[2]
SOURCES = (
    "engine/kernel",
    "rules",
    "arithmetic.py",
    "compiled",
    "noise.py",
    "world/coefficients.py",
    "world/declaration.py",
    "world/state.py",
)
FOLDER = "ALLIANCE_SIM_CACHE"  # environment variable with a folder to use instead of the user's
ASSEMBLY = "engine.s"  # the machine code as text, for those who look whether it is what they meant
# How many vectors a loop goes through at once. In a long chain of operations a processor waits for
# each; with other chains beside it, it has something to do meanwhile. 4 took 17 % less time than
# what LLVM chooses by itself (mostly 1), 2 took 13 % less, 8 took 9 % less. The bits are the same.
VECTORS_AT_ONCE = 4
typeof: Any = numba.typeof
log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def digest() -> str:
    """Return a digest of every source that the compiled engine depends on."""
    found = hashlib.sha256()
    for name in SOURCES:
        path = PACKAGE / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            found.update(file.relative_to(PACKAGE).as_posix().encode())
            found.update(file.read_bytes())
    return found.hexdigest()


def folder() -> Path:
    """Return the folder of the compiled engine; it may not exist yet."""
    chosen = os.environ.get(FOLDER)
    base = Path(chosen) if chosen else platformdirs.user_cache_path("alliance-sim")
    return base / f"engine-{digest()[:24]}"


class _Locator:
    """Tells Numba where to keep code, and when it is out of date."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def ensure_cache_path(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)

    def get_cache_path(self) -> str:
        return str(self.path)

    def get_source_stamp(self) -> str:
        return digest()

    def get_disambiguator(self) -> None:
        return None

    @classmethod
    def from_function(cls, _function: Any, _file: str) -> _Locator:
        return cls(folder())


class _Impl(CompileResultCacheImpl):
    _locator_classes: Any = [_Locator]  # noqa: RUF012 - as in the base class


class _Cache(FunctionCache):
    _impl_class = _Impl

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return code that was kept, or None if there is none or it cannot be read."""
        read: Any = super().load_overload
        try:
            return read(sig, target_context)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - a damaged file can raise anything
            log.info("What was kept of the compiled model cannot be read: %s", error)
            forget: Any = self.flush
            forget()
            return None


class Compiled:
    """A function that is compiled when first called, for the types of that call and no others."""

    def __init__(self, function: Callable[..., Any]) -> None:
        """Remember the function."""
        self.function = function
        self._dispatcher: Any = None
        self._once = threading.Lock()

    def __call__(self, *arguments: Any) -> Any:
        """Call the compiled function."""
        if self._dispatcher is None:
            with self._once:
                if self._dispatcher is None:
                    self._dispatcher = self._compiled(arguments)
        return self._dispatcher(*arguments)

    def _compiled(self, arguments: tuple[Any, ...]) -> Any:
        """Return the function, out of the cache if it is there.

        One process compiles while others wait for it. Where the folder cannot be written or the
        disk is full, each compiles for itself.
        """
        types = tuple(typeof(argument) for argument in arguments)
        where = folder()
        try:
            with _alone(where):
                if not list(where.glob("*.nbi")):
                    log.info("Compiling the model for this machine, once (about a minute) ...")
                return self._with_types(types, cached=True)
        except OSError as error:
            if list(where.glob("*.nbi")):  # a folder that can be read but not written
                with contextlib.suppress(OSError):
                    return self._with_types(types, cached=True)
            log.info("Compiling the model without keeping it: %s", error)
            return self._with_types(types, cached=False)

    def _with_types(self, types: tuple[Any, ...], *, cached: bool) -> Any:
        dispatcher: Any = numba.njit(error_model="numpy", nogil=True)(self.function)
        if cached:
            make: Any = _Cache
            dispatcher._cache = make(self.function)  # noqa: SLF001 - no public way to place it
        with _interleaved():
            dispatcher.compile(types)
        if cached and dispatcher.stats.cache_misses:
            machine_code = dispatcher.inspect_asm(types)
            (folder() / ASSEMBLY).write_text(machine_code, encoding="utf-8")
        # Arrays of another layout would start another compilation in the middle of a sweep.
        dispatcher.disable_compile()
        return dispatcher


@contextlib.contextmanager
def _interleaved() -> Iterator[None]:
    """Let LLVM, which this process has only one of, go through loops several vectors at a time."""
    option: Any = llvmlite.binding.set_option
    option("alliance-sim", f"-force-vector-interleave={VECTORS_AT_ONCE}")
    try:
        yield
    finally:
        option("alliance-sim", "-force-vector-interleave=0")  # its own choice again


@contextlib.contextmanager
def _alone(where: Path) -> Iterator[None]:
    """Hold a lock that the system releases when its holder dies, if there is such a thing here.

    Raises:
        OSError: If the folder cannot be written.
    """
    where.mkdir(parents=True, exist_ok=True)
    with (where / "lock").open("a") as file:
        try:
            import fcntl
        except ImportError:  # on Windows; two processes may then compile the same, one after all
            yield
            return
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
