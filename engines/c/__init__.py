"""The rules in C, as the practical limit of what this machine can do with the same bits.

`Library.build(folder)` compiles `model.c`; `blocks_in_c(library)` then lets it simulate the blocks
that the compiled engine prepares, so that only the innermost call differs:

    library = Library.build(folder)
    with blocks_in_c(library):
        values, status = summaries_of(cases, seed, outcomes, threads)

Nothing in the package depends on this folder.
"""

from __future__ import annotations

import contextlib
import ctypes
import shutil
import subprocess
from collections.abc import Iterator
from ctypes import POINTER, Structure, c_int64, c_void_p
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from alliance_sim import arithmetic
from alliance_sim.engine.kernel import batch, layout, outputs
from alliance_sim.engine.kernel.advance import Inputs, Kinds, Workspace
from alliance_sim.engine.kernel.noise import NoiseRequest
from alliance_sim.engine.kernel.outputs import Outputs

SOURCES = Path(__file__).parent
# A fused multiplication rounds once where two operations round twice, so contraction would change
# bits; so would fast-math. Floating-point traps and `errno` are nobody's concern, and saying so
# lets conditions and roots go into vector code. The last three let four independent chains of
# operations overlap, and keep comparisons from being turned into branches before that.
FLAGS = (
    *("-std=gnu11", "-O3", "-march=native", "-ffp-contract=off", "-Wall", "-Wextra"),
    *("-fno-math-errno", "-fno-trapping-math"),
    *("-fno-thread-jumps", "-fschedule-insns", "-fsched-pressure"),
)
HEADER = "layout.h"


def compiler() -> str | None:
    """Return the C compiler of this machine, None if there is none."""
    return shutil.which("cc") or shutil.which("gcc")


def declarations() -> str:
    """Return what C needs to know of the compiled engine's layout, as the text of a header."""
    constants = {
        name: value
        for room in (layout, outputs)
        for name, value in vars(room).items()
        if name.isupper() and isinstance(value, int)
    }
    numbers = "".join(f"    {name} = {value},\n" for name, value in constants.items())
    places = "".join(f"    P_{name} = {place},\n" for name, place in _places(layout.POSITIONS))
    tables = "".join(
        f"#define {name} {', '.join(value.hex() for value in getattr(arithmetic, name))}\n"
        for name in ("CENTRAL", "UNDER_CENTRAL", "OUTER", "UNDER_OUTER")
    )
    return (
        "/* Written by `c_engine.declarations` from the compiled engine's layout. */\n\n"
        "#include <stdint.h>\n\n"
        f"enum {{\n{numbers}}};\n\nenum {{\n{places}}};\n\n"
        f"#define NEVER {layout.NEVER!r}\n{tables}\n"
        f"{_struct('Shape', layout.Shape)}\n{_struct('Rows', layout.Rows)}"
    )


def _struct(name: str, fields: Any) -> str:
    return f"typedef struct {{ int64_t {', '.join(fields._fields)}; }} {name};\n"


def _places(tree: Any, name: str = "") -> Iterator[tuple[str, int]]:
    """Yield the name and the position of every coefficient, or of the first of several."""
    first = int(layout.flattened(tree)[0])
    if name:
        yield name, first
    for field in getattr(tree, "_fields", ()):
        yield from _places(getattr(tree, field), f"{name}_{field}" if name else field)


class Block(Structure):
    """One block as C reads it; the order of `Block` in `block.h`."""

    _fields_ = (
        ("n", c_int64),
        *((name, c_void_p) for name in ("shape", "at", "asian", "distracting", "after", "sides")),
        *((name, c_void_p) for name in ("key", "channels")),
        ("channel_count", c_int64),
        *((name, c_void_p) for name in ("runs", "noise_given", "constants", "tables")),
        ("worlds", c_int64),
        ("which", c_void_p),
        *((name, c_void_p) for name in ("before", "next_state", "now", "noise", "four", "aside")),
        *((name, c_void_p) for name in ("drawn", "lucks", "answers", "reported")),
        ("reported_count", c_int64),
        *((name, c_void_p) for name in ("trajectories", "folds")),
        ("fold_count", c_int64),
        *((name, c_void_p) for name in ("thresholds", "years", "summaries", "failures")),
    )


class Library:
    """The model compiled by the C compiler; called with what the compiled engine's block takes."""

    def __init__(self, path: Path) -> None:
        """Load a library that `build` made."""
        self._simulate = ctypes.CDLL(str(path)).simulate_block
        self._simulate.argtypes = [POINTER(Block)]
        self._simulate.restype = None

    @classmethod
    def build(cls, folder: Path) -> Library:
        """Compile the model into a folder and load it.

        Raises:
            RuntimeError: If there is no C compiler, or it refuses the model.
        """
        found = compiler()
        if found is None:
            raise RuntimeError("no C compiler: neither cc nor gcc is on the path")
        (folder / HEADER).write_text(declarations(), encoding="utf-8")
        library = folder / "model.so"
        command = [
            *(found, *FLAGS, f"-I{folder}", "-shared", "-fPIC"),
            *(str(SOURCES / "model.c"), "-o", str(library)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
        return cls(library)

    def __call__(
        self,
        n: int,
        shape: layout.Shape,
        at: layout.Rows,
        *parts: *tuple[Kinds, NoiseRequest, Inputs, Workspace, Outputs],
    ) -> None:
        """Simulate a block; takes what `engine.kernel.loop.simulate_block` takes."""
        kinds, asked, given, space, kept = parts
        arrays = {
            "shape": np.array(shape, dtype=np.int64),
            "at": np.array(at, dtype=np.int64),
            **space._asdict(),
            "next_state": space.after,  # `kinds` has an `after` of its own
            **kinds._asdict(),
            "key": asked.key,
            "channels": asked.channels,
            "runs": asked.runs,
            "noise_given": asked.given,
            **given._asdict(),
            **kept._asdict(),
        }
        counts = {
            "channel_count": asked.channels.shape[1],
            "worlds": len(given.tables),
            "reported_count": len(kept.reported),
            "fold_count": len(kept.folds),
        }
        wanted = [field[0] for field in Block._fields_ if field[1] is c_void_p]
        pointers = {name: _pointer(name, arrays[name]) for name in wanted}
        self._simulate(Block(n=n, **counts, **pointers))


def _pointer(name: str, array: Any) -> int | None:
    """Return where an array begins, None if it is empty.

    Raises:
        ValueError: If its numbers do not lie one after the other.
    """
    if not array.flags.c_contiguous:
        raise ValueError(f"{name} is not contiguous")
    return int(array.ctypes.data) if array.size else None


@contextlib.contextmanager
def blocks_in_c(library: Library) -> Iterator[None]:
    """Let the C library simulate every block in this process, instead of the compiled engine."""
    with mock.patch.object(batch, "compiled_block", library):
        yield
