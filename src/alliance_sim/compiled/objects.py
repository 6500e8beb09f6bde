"""Machine code that comes with the package: chosen for this machine, verified, loaded.

One intermediate representation (IR) is made from the rules, and from it an object for each kind of
processor and system (`engines/make_objects.py`). An object needs nothing else: no Python, no Numba,
no library of C. Each of its functions takes one array of 64-bit words and returns a status, 0 if
all went well.

A file says what it was made from and carries its own SHA-256. It is used only if it is whole and
was made from these very rules; layout and comments of their sources do not matter. Where no object
fits the machine, the IR is finished for it, and kept in the folder of `cache`; where that cannot be
either, nothing comes from here, and `function` compiles.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import json
import logging
import lzma
import platform
import struct
import sys
import threading
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from alliance_sim.compiled import cache
from alliance_sim.errors import EngineError

HEAD = b"alliance-sim made code 1\n"
PACKAGE = Path(__file__).parents[1]
FOLDER = Path(__file__).with_name("made")
IR = "rules.ir"
MOST = 2**20  # bytes of a file, five times what is made today
MOST_UNPACKED = 16 * MOST  # of what it holds, twenty times
MADE_FROM = (  # sources of all that is compiled
    *("arithmetic.py", "noise.py", "rules", "compiled/decorator.py", "engine/kernel"),
    *("world/coefficients.py", "world/declaration.py", "world/fill.py", "world/settle.py"),
    "world/state.py",
)
_KERNEL = "engine/kernel/{}.py".format
NOT_COMPILED = tuple(map(_KERNEL, ("batch", "conditioned", "observation", "resumable")))
# How many vectors a loop goes through at once. In a long chain of operations a processor waits for
# each; with other chains beside it, it has something to do meanwhile.
VECTORS_AT_ONCE = 4
log = logging.getLogger(__name__)


class Target(NamedTuple):
    """What an object is made for.

    Attributes:
        triple: Processor and system, as LLVM names them.
        cpu: The processor, or the least that it can do.
        features: What is switched on and off besides.
        needs: Features that a processor must have.
        system: As `sys.platform` says it.
        machines: As `platform.machine` says it, in small letters.
    """

    triple: str
    cpu: str
    features: str
    needs: frozenset[str]
    system: str
    machines: tuple[str, ...]

    @property
    def reads_all(self) -> bool:
        """Whether code and constants may lie anywhere in memory, as where they are loaded."""
        return self.triple.startswith("x86_64")


X86, ARM = ("x86_64", "amd64"), ("aarch64", "arm64")
LEVEL_2 = frozenset(["cx16", "popcnt", "sahf", "sse3", "sse4.1", "sse4.2", "ssse3"])
LEVEL_3 = LEVEL_2 | frozenset(["avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"])
LEVEL_4 = LEVEL_3 | frozenset(["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"])
NONE: frozenset[str] = frozenset()
# Best first. Windows and its Python load objects in the form that LLVM's loader reads there: ELF.
_LINUX, _WINDOWS = "x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc-elf"
TARGETS = {
    "linux-x86-64-v4": Target(_LINUX, "x86-64-v4", "-prefer-256-bit", LEVEL_4, "linux", X86),
    "linux-x86-64-v3": Target(_LINUX, "x86-64-v3", "", LEVEL_3, "linux", X86),
    "linux-x86-64-v2": Target(_LINUX, "x86-64-v2", "", LEVEL_2, "linux", X86),
    "linux-aarch64": Target("aarch64-unknown-linux-gnu", "generic", "", NONE, "linux", ARM),
    "macos-arm64": Target("arm64-apple-macosx11.0", "apple-m1", "", NONE, "darwin", ARM),
    "macos-x86-64-v3": Target("x86_64-apple-macosx11.0", "x86-64-v3", "", LEVEL_3, "darwin", X86),
    "windows-x86-64-v3": Target(_WINDOWS, "x86-64-v3", "", LEVEL_3, "win32", X86),
}


@dataclass(frozen=True)
class Made:
    """What one file holds.

    Attributes:
        code: An object, or the IR.
        entries: Per function the kinds of what it takes, as `kinds_of` gives them.
        sources: Digest of the sources that it was made from.
        syntax: Digest of their syntax.
        tried: Whether it has run on such a machine and gave the right numbers.
        made_with: Versions of Python, Numba and llvmlite.
    """

    code: bytes
    entries: dict[str, str]
    sources: str
    syntax: str
    tried: bool
    made_with: dict[str, str] = field(default_factory=dict)

    def as_bytes(self) -> bytes:
        """Return the content of a file."""
        told = {key: value for key, value in vars(self).items() if key != "code"}
        rest = json.dumps(told, sort_keys=True).encode() + b"\n" + lzma.compress(self.code)
        return HEAD + hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest


class DamagedError(Exception):
    """Why a file of made code is not used."""


def read(name: str, folder: Path | None = None) -> Made:
    """Return what a file of made code holds, verified.

    Args:
        name: Of the file.
        folder: Where it lies, in place of the package's own folder.

    Raises:
        DamagedError: If it is not there, or not as it was written.
    """
    path = (folder or FOLDER) / name
    try:
        with path.open("rb") as file:
            content = file.read(MOST + 1)
    except OSError as error:
        raise DamagedError(f"{name} cannot be read") from error
    head, digest, rest = content[: len(HEAD)], content[len(HEAD) :][:64], content[len(HEAD) + 65 :]
    if head != HEAD or hashlib.sha256(rest).hexdigest().encode() != digest:
        raise DamagedError(f"{name} is damaged, or of another version")
    told, _, packed = rest.partition(b"\n")
    try:
        code = lzma.LZMADecompressor(memlimit=64 * MOST).decompress(packed, MOST_UNPACKED)
        return Made(code=code, **json.loads(told))
    except (lzma.LZMAError, TypeError, ValueError) as error:
        raise DamagedError(f"{name} is of another version") from error


def rules_digest(package: Path | None = None) -> str:
    """Return a digest of every source that decides a number of a run; line ends do not matter."""
    return cache.digest_of(MADE_FROM, package or PACKAGE, leave_out=NOT_COMPILED)


def rules_syntax(package: Path | None = None) -> str:
    """Return the same of what the sources say to Python: no comments, docstrings, layout."""
    return cache.syntax_of(MADE_FROM, package or PACKAGE, leave_out=NOT_COMPILED)


def is_of_these_rules(made: Made, package: Path | None = None) -> bool:
    """Whether code was made from the rules as they are; comments and line ends do not matter."""
    return made.sources == rules_digest(package) or made.syntax == rules_syntax(package)


@lru_cache(maxsize=1)
def binding() -> Any:
    """Return LLVM, ready to make and load code for this machine."""
    found = importlib.import_module("llvmlite.binding")
    found.initialize_native_target()
    found.initialize_native_asmprinter()
    return found


def targets_here() -> list[str]:
    """Return the targets whose objects this machine can run, best first."""
    if sys.maxsize < 2**32 or sys.byteorder != "little":
        return []
    machine = platform.machine().lower()
    fitting = {
        name: target
        for name, target in TARGETS.items()
        if sys.platform == target.system and machine in target.machines
    }
    if not fitting:
        return []
    has = {name for name, there in binding().get_host_cpu_features().items() if there}
    return [name for name, target in fitting.items() if target.needs <= has]


@contextmanager
def _options() -> Iterator[None]:
    """Set what LLVM, which this process has only one of, is not told in any other way."""
    option = binding().set_option
    # Without these two, filling rows with zeros would call a function of C.
    option("alliance-sim", "-disable-loop-idiom-memset=true")
    option("alliance-sim", "-disable-loop-idiom-memcpy=true")
    option("alliance-sim", f"-force-vector-interleave={VECTORS_AT_ONCE}")
    try:
        yield
    finally:
        option("alliance-sim", "-force-vector-interleave=0")  # its own choice again
        option("alliance-sim", "-disable-loop-idiom-memset=false")
        option("alliance-sim", "-disable-loop-idiom-memcpy=false")


def optimised(module: Any, machine: Any, *, vectors: bool) -> None:
    """Optimise a module in place; without `vectors` for no processor in particular yet."""
    llvm = binding()
    tuning = llvm.create_pipeline_tuning_options(speed_level=2 if vectors else 3)
    tuning.loop_vectorization = tuning.loop_interleaving = vectors
    tuning.slp_vectorization = tuning.loop_unrolling = False
    if vectors:
        tuning.loop_unrolling = True
    with _options():
        builder = llvm.create_pass_builder(machine, tuning)
        builder.getModulePassManager().run(module, builder)


def finished(ir: bytes, target: Target | None = None) -> bytes:
    """Return the object that the IR becomes for a target, or for this very machine.

    Args:
        ir: The IR.
        target: For what; None for this machine.

    Raises:
        RuntimeError: If this version of LLVM cannot read the IR.
    """
    llvm = binding()
    if target is None:
        elf = "-elf" if sys.platform == "win32" else ""
        target = Target(
            llvm.get_process_triple() + elf,
            llvm.get_host_cpu_name(),
            llvm.get_host_cpu_features().flatten(),
            *(NONE, "", ()),
        )
    machine = llvm.Target.from_triple(target.triple).create_target_machine(
        cpu=target.cpu,
        features=target.features,
        opt=2,
        reloc="static" if target.reads_all else "pic",
        codemodel="large" if target.reads_all else "default",
    )
    module = llvm.parse_bitcode(ir)
    module.triple, module.data_layout = target.triple, str(machine.target_data)
    optimised(module, machine, vectors=True)
    return bytes(machine.emit_object(module))


class Loaded:
    """An object in memory.

    Attributes:
        made: The file that it comes from.
        name: What it is for, or "this machine".
        trusted: Whether it gave the right numbers before.
    """

    def __init__(self, made: Made, code: bytes, name: str, *, trusted: bool) -> None:
        """Load an object.

        Raises:
            RuntimeError: If LLVM cannot.
        """
        llvm = binding()
        machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        self.made, self.name, self.trusted = made, name, trusted
        self.digest = hashlib.sha256(code).hexdigest()

    def function(self, name: str) -> Callable[..., None]:
        """Return one of its functions, called as it is in Python."""
        address = self._engine.get_function_address(name)
        if not address:
            raise RuntimeError(f"no function {name!r}")
        call = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p)(address)
        kinds, keep = tuple(self.made.entries[name].split()), self  # as long as it is called

        def called(*arguments: Any) -> None:
            words = words_of(arguments, kinds)
            status = call(words.buffer_info()[0])
            if status:
                raise EngineError(f"{name} of {keep.name} ended with status {status}")

        return called


def kinds_of(arguments: tuple[Any, ...]) -> Iterator[str]:
    """Yield the kind of each number and array among arguments, inside of tuples too."""
    for value in arguments:
        if isinstance(value, tuple):
            yield from kinds_of(value)
        elif isinstance(value, np.ndarray):
            yield f"{value.dtype.name}:{value.ndim}:{'rw' if value.flags.writeable else 'r'}"
        else:
            yield "float" if isinstance(value, float) else "int"


def words_of(arguments: tuple[Any, ...], kinds: tuple[str, ...]) -> array[int]:
    """Return arguments as 64-bit words: a number as one, an array as what describes it.

    The caller keeps the arrays alive.

    Raises:
        TypeError: If something is of another kind than the function was compiled for.
    """
    words = array("q")
    if _add_words(arguments, kinds, 0, words) < len(kinds):
        raise TypeError("too few arguments for a compiled function")
    return words


def _add_words(
    arguments: tuple[Any, ...], kinds: tuple[str, ...], so_far: int, words: array[int]
) -> int:
    """Add the words of arguments; return how many kinds are used up, those before included."""
    for value in arguments:
        kind = kinds[so_far] if so_far < len(kinds) else "nothing"
        if isinstance(value, tuple):
            after = so_far + len(value)
            if value and type(value[0]) is int and kinds[so_far:after] == ("int",) * len(value):
                words.extend(value)  # refuses what is no whole number
                so_far = after
            else:
                so_far = _add_words(value, kinds, so_far, words)
            continue
        if isinstance(value, np.ndarray):
            dtype, axes, writes = _array_kind(kind)
            flags = value.flags
            if (
                value.dtype != dtype
                or value.ndim != axes
                or not flags.c_contiguous
                or (writes and not flags.writeable)
            ):
                raise _another_kind(value, kind)
            place = value.__array_interface__["data"][0]
            words.extend((0, 0, value.size, value.itemsize, place, *value.shape, *value.strides))
        elif kind == "int" and isinstance(value, int):
            words.append(value)
        elif kind == "float" and isinstance(value, float):
            words.frombytes(struct.pack("<d", value))
        else:
            raise _another_kind(value, kind)
        so_far += 1
    return so_far


@lru_cache
def _array_kind(kind: str) -> tuple[Any, int, bool]:
    """Return the type of numbers, the axes, and whether it is written to, of a kind of array."""
    dtype, _, rest = kind.partition(":")
    axes, _, access = rest.partition(":")
    return (np.dtype(dtype), int(axes), access == "rw") if rest else (None, -1, False)


def _another_kind(value: Any, wanted: str) -> TypeError:
    found = next(kinds_of((value,)))
    if isinstance(value, np.ndarray):
        found += "" if value.flags.c_contiguous else " that is not contiguous"
    elif not isinstance(value, int | float):
        found = type(value).__name__
    return TypeError(f"a compiled function takes {wanted}, not {found}")


_once = threading.Lock()
_loaded: list[Loaded | None] = []


def loaded() -> Loaded | None:
    """Return the code for this machine that comes with the package, None if there is none.

    It is looked for once in each process. Why there is none is said in the log.
    """
    if not _loaded:
        with _once:
            if not _loaded:
                _loaded.append(_found())
    return _loaded[0]


def refuse(code: Loaded) -> None:
    """Take the next best from now on; `code` gave wrong numbers, or none."""
    with _once:
        if _loaded and _loaded[0] is code:
            _loaded[:] = [_finished_here() if code.name in TARGETS else None]


OTHER_RULES = "it was made from other rules than those here"


def _found() -> Loaded | None:
    """Return the best object that fits, else the IR finished for this machine."""
    problems: list[str] = []
    code = None
    try:
        code = _first_usable(targets_here() if FOLDER.is_dir() else [], problems)
    except Exception as error:  # noqa: BLE001 - llvmlite may be missing or broken in any way
        problems.append(str(error))
    if not FOLDER.is_dir():
        problems.append("there is none")
    if problems:
        told = "; ".join(problems)
        log.info("Machine code that comes with the package is not used: %s", told)
    return code if code or problems[-1:] in ([OTHER_RULES], ["there is none"]) else _finished_here()


def _first_usable(names: list[str], problems: list[str]) -> Loaded | None:
    """Return the first object that can be used; add to the problems why others before it cannot."""
    for name in names:
        made = _usable(f"{name}.o")
        if isinstance(made, str):
            problems.append(made)
            if made == OTHER_RULES:
                break
        else:
            with suppress(RuntimeError):
                return Loaded(made, made.code, name, trusted=made.tried)
    return None


def _usable(name: str) -> Made | str:
    """Return what a file holds, or why it is not to be used."""
    try:
        made = read(name)
    except DamagedError as error:
        return str(error)
    return made if is_of_these_rules(made) else OTHER_RULES


def _finished_here() -> Loaded | None:
    """Return the IR finished for this machine, from the folder of `cache` if it is there."""
    made = _usable(IR)
    if isinstance(made, str):
        log.info("The compiled form of the rules that comes with the package is not used: %s", made)
        return None
    try:
        llvm = binding()
        here = (llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())
        key = repr((hashlib.sha256(made.code).hexdigest(), llvm.llvm_version_info, here))
        place = _place("rules", key)
        code = None if place is None else cache.read(place, key)
        if code is None:
            where = "" if place is None else f"; {cache.kept_in(place.parent)}"
            told = f"Finishing the model for this machine (about fifteen seconds{where})"
            with cache.at_work(told):
                code = finished(made.code)
            if place is not None:
                with suppress(OSError):
                    cache.write(place, code, key)
        return Loaded(made, code, "this machine", trusted=False)
    except Exception as error:  # noqa: BLE001 - whatever it is, the rules can be compiled
        log.info(
            "The compiled form of the rules that comes with the package is not used: %s", error
        )
        return None


def _place(name: str, key: str) -> Path | None:
    """Return where something is kept on this machine, None if nothing can be."""
    try:
        folder = cache.opened()
    except cache.CacheError:
        return None
    return folder / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:24]}.made"


def tried_before(code: Loaded, name: str) -> bool:
    """Whether a function of loaded code gave the right numbers on this machine before."""
    place, key = _note(code, name)
    return place is not None and cache.read(place, key) is not None


def remember_tried(code: Loaded, name: str) -> None:
    """Note that a function of loaded code gave the right numbers on this machine."""
    place, key = _note(code, name)
    if place is not None:
        with suppress(OSError):
            cache.write(place, b"right", key)


def _note(code: Loaded, name: str) -> tuple[Path | None, str]:
    """Return where it is noted that a function gave the right numbers, and the key of the note."""
    key = f"{code.digest} {name} on {platform.node()}"
    return _place("tried", key), key
