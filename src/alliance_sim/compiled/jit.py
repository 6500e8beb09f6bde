"""Functions compiled by Numba for this machine once, tried out, kept, and loaded from then on.

Numba's own cache looks at one source file only, so that an edited rule in another file would
silently give old results, and it runs whatever lies in its folder. Here code is kept under a key
of everything it is made from, and `cache` says what may be loaded.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import importlib
import logging
import os
import pickle
import platform
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from alliance_sim.compiled import cache, objects
from alliance_sim.compiled.decorator import enable
from alliance_sim.errors import EngineError
from alliance_sim.files import why

log = logging.getLogger(__name__)

# Settings of Numba, from its environment variables, that give other machine code.
SETTINGS = ("OPT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "BOUNDSCHECK", "DEBUGINFO_DEFAULT")
CODE = ".code"
MESA = 'the same numbers come, more slowly, from engine="mesa"'


def _loaded_numba() -> Any:
    """Return Numba, which must not speak in tracebacks.

    Raises:
        EngineError: If it cannot be loaded.
    """
    features = os.environ.get("NUMBA_CPU_FEATURES", "")
    if any(word[:1] not in "+-" for word in features.split(",")):  # LLVM would end this process
        raise EngineError(
            f"NUMBA_CPU_FEATURES is {features!r}; each feature must begin with + or -, or unset it"
        )
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            found = importlib.import_module("numba")
            for name in ("llvmlite.binding", "numba.core.caching", "numba.core.serialize"):
                importlib.import_module(name)
    except Exception as error:
        words = " ".join(str(error).split())
        raise EngineError(f"the compiler, Numba, cannot be loaded here: {words}; {MESA}") from error
    for warning in said:
        if issubclass(warning.category, RuntimeWarning):
            log.warning("%s", str(warning.message).partition("\n")[0])
    return found


numba = _loaded_numba()
enable()


class Jitted:
    """A function that Numba compiles, for some types and no others.

    Attributes:
        place: Where it is kept, without an ending; None before it is ready, and if nowhere.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        sources: Callable[[], str],
        check: Callable[[Callable[..., Any]], bool],
        *,
        takes: str = "about a minute",
    ) -> None:
        """Remember the function; arguments as for `function.Compiled`."""
        self.function = function
        self._takes = takes
        self._sources = sources
        self._check = check
        self.place: Path | None = None

    def ready(self, arguments: tuple[Any, ...]) -> Any:
        """Return the function, loaded if it was kept, else compiled, and then kept if possible.

        One process compiles while others wait for it.

        Args:
            arguments: Those of a call, for whose types it is compiled.

        Raises:
            EngineError: If there is no compiler, or if it makes mistakes.
        """
        types = tuple(map(numba.typeof, arguments))
        if numba.config.DISABLE_JIT:
            raise EngineError(
                f"the compiler is switched off (NUMBA_DISABLE_JIT); unset that variable, or {MESA}"
            )
        try:
            folder = cache.opened()
        except cache.CacheError as error:
            _not_kept(str(error))
            with cache.at_work(f"Compiling the model ({self._takes})"):
                return self._compiled(types)[0]
        key = self._key(types)
        place = folder / f"{self.function.__name__}-{hashlib.sha256(key.encode()).hexdigest()[:24]}"
        if dispatcher := self._loaded(types, place, key, tell=False):
            return dispatcher
        with cache.alone(folder):
            if dispatcher := self._loaded(types, place, key):  # another has compiled it meanwhile
                return dispatcher
            words = f"Compiling the model, once ({self._takes}; {cache.kept_in(folder)})"
            with cache.at_work(words):
                dispatcher, code = self._compiled(types)
            try:
                cache.write(place.with_suffix(CODE), code, key)
                self.place = place
            except OSError as error:
                _not_kept(f"{str(folder)!r} cannot be written: {why(error)}")
        return dispatcher

    def _key(self, types: tuple[Any, ...]) -> str:
        """Return what decides which machine code comes of the function."""
        versions = [module.__version__ for module in (numba, _module("llvmlite"), _module("numpy"))]
        settings = [getattr(numba.config, name) for name in SETTINGS]
        processor = numba.core.registry.cpu_target.target_context.codegen().magic_tuple()
        python = (platform.python_implementation(), platform.python_version())
        return repr((self._sources(), versions, python, settings, processor, types))

    def _loaded(self, types: tuple[Any, ...], place: Path, key: str, *, tell: bool = True) -> Any:
        """Return the function as it was kept, or None if it was not, or is of no use here."""
        code = cache.read(place.with_suffix(CODE), key, tell=tell)
        if code is None:
            return None
        try:
            dispatcher = self._dispatched(types, _Slot(code))
        except Exception as error:  # noqa: BLE001 - whatever it is, it can be compiled anew
            log.info("What was kept of the compiled model cannot be loaded: %s", error)
            return None
        self.place = place
        return dispatcher

    def _compiled(self, types: tuple[Any, ...]) -> tuple[Any, bytes]:
        """Return the function compiled and tried, and what to keep of it.

        Raises:
            EngineError: If it cannot be compiled, or computes something else.
        """
        slot = _Slot(None)
        try:
            dispatcher = self._dispatched(types, slot)
        except numba.core.errors.NumbaError as error:
            words = " ".join(str(error).split())
            raise EngineError(f"the model cannot be compiled: {words}; {MESA}") from error
        if slot.code is None:
            raise AssertionError("what was compiled was not handed over to be kept")
        if not self._check(dispatcher):
            raise EngineError(
                "the compiled model gives other numbers than plain Python on this machine; nothing "
                f"of it is kept, and {MESA}"
            )
        return dispatcher, slot.code

    def _dispatched(self, types: tuple[Any, ...], slot: _Slot) -> Any:
        """Return the function made to run by Numba, from a slot or compiled into it."""
        dispatcher: Any = numba.njit(error_model="numpy", nogil=True)(self.function)
        dispatcher._cache = slot  # noqa: SLF001 - no public way to say what is kept where
        with interleaved(), without_collecting():
            dispatcher.compile(types)
        # Arrays of another layout would start another compilation in the middle of a sweep.
        dispatcher.disable_compile()
        return dispatcher


class _Slot(numba.core.caching._Cache):  # type: ignore[misc, name-defined]  # noqa: SLF001
    """What Numba takes for its cache: one place in memory, with code or for code."""

    cache_path = ""

    def __init__(self, code: bytes | None) -> None:
        self.code = code

    def load_overload(self, _signature: Any, context: Any) -> Any:
        """Return a function out of bytes that have been checked, or None if there are none."""
        if self.code is None:
            return None
        context.refresh()
        parts = pickle.loads(self.code)  # noqa: S301 - written here, and checked since
        return numba.core.compiler.CompileResult._rebuild(context, *parts)  # noqa: SLF001

    def save_overload(self, _signature: Any, result: Any) -> None:
        """Take what was compiled, as bytes."""
        self.code = numba.core.serialize.dumps(result._reduce())  # noqa: SLF001

    def enable(self) -> None:
        """Do nothing."""

    def disable(self) -> None:
        """Do nothing."""

    def flush(self) -> None:
        """Do nothing."""


def _module(name: str) -> Any:
    return importlib.import_module(name)


_told: set[str] = set()


def _not_kept(reason: str) -> None:
    """Say once why this process, and the next, compile what one could have compiled for all."""
    if reason not in _told:
        _told.add(reason)
        log.warning(
            "The compiled model is not kept, so that every start takes about a minute longer: %s. "
            "%s can name another folder.",
            reason,
            cache.FOLDER,
        )


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """Let Numba work out types without a search for garbage among all that it makes for that.

    The search takes a quarter of the time, and finds nothing: it all stays until the end.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


@contextlib.contextmanager
def interleaved() -> Iterator[None]:
    """Let LLVM, which this process has only one of, go through loops several vectors at a time."""
    option: Any = _module("llvmlite.binding").set_option
    option("alliance-sim", f"-force-vector-interleave={objects.VECTORS_AT_ONCE}")
    try:
        yield
    finally:
        option("alliance-sim", "-force-vector-interleave=0")  # its own choice again
