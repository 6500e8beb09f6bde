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
from alliance_sim.engine.kernel.generated import loops
from alliance_sim.engine.kernel.noise import NoiseRequest
from alliance_sim.engine.kernel.outputs import Outputs
from alliance_sim.world.coefficients import Coefficients
from alliance_sim.world.declaration import Argument, declared, flattened, leaf_types

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
HEADER, DERIVED = "layout.h", "derived.h"


def compiler() -> str | None:
    """Return the C compiler of this machine, None if there is none."""
    return shutil.which("cc") or shutil.which("gcc")


def declarations() -> str:
    """Return what C needs to know of the compiled engine's layout, as the text of a header."""
    folds = {n: v for n, v in vars(outputs).items() if n.isupper() and isinstance(v, int)}
    constants = {
        "LANES": layout.LANES,
        **folds,
        **{f"S_{name}": row for name, row in layout.S._asdict().items()},
        **{f"A_{name}": row for name, row in layout.A._asdict().items()},
    }
    numbers = "".join(f"    {name} = {value},\n" for name, value in constants.items())
    tables = "".join(
        f"#define {name} {', '.join(value.hex() for value in getattr(arithmetic, name))}\n"
        for name in ("CENTRAL", "UNDER_CENTRAL", "OUTER", "UNDER_OUTER")
    )
    return (
        "/* Written by `c_engine.declarations` from the compiled engine's layout. */\n\n"
        "#include <stdint.h>\n\n"
        f"enum {{\n{numbers}}};\n\ntypedef double row[LANES];\n\n"
        f"#define NEVER {layout.NEVER!r}\n{tables}\n"
        f"{_struct('Shape', layout.Shape)}\n{_struct('Rows', layout.Rows)}\n"
        f"{''.join(_coefficients())}"
    )


def _struct(name: str, fields: Any) -> str:
    return f"typedef struct {{ int64_t {', '.join(fields._fields)}; }} {name};\n"


def _coefficients() -> Iterator[str]:
    """Yield a function for each coefficient, such as `c_floors(c, side, domain)`: its row."""
    for name, entry in declared(Coefficients).items():
        first = flattened(getattr(layout.P, name))[0]
        fields = getattr(leaf_types(Coefficients)[name], "_fields", ("",))
        place, stride = "", len(fields)
        for axis in reversed(entry.per):
            place += f" + {stride} * {axis}"
            stride *= layout.FIXED_COUNTS[axis]
        given = "".join(f", int64_t {axis}" for axis in entry.per)
        for position, field in enumerate(fields):
            function = f"c_{name}_{field}".rstrip("_")
            yield (
                f"static inline const double *{function}(const row *c{given}) "
                f"{{ return c[{first + position}{place}]; }}\n"
            )


def derived_states() -> str:
    """Return the function in C that works out derived states, as the text of a header."""
    fields = {field: f"b->shape->{field}" for field in layout.COUNTED.values()}
    lines = []
    for loop in loops():
        given = [text for one, place in loop.given for text in _given(one, _in_c(place))]
        value = f"x[{_in_c(loop.row)}][i] = {loop.state.rule.__name__}({', '.join(given)});"
        each = f"for (int64_t k = 0; k < {loop.many.format(**fields) or 1}; k++)"
        lines.append(f"    {each} EACH_SIMPLY(i) {value}\n")
    head = "static void derived(const Block *b, const row *c, const row *s, row *x) {\n"
    return f"{head}    (void)b, (void)c, (void)s;\n{''.join(lines)}}}\n"


def _in_c(place: str) -> str:
    return place.replace("S.", "S_").replace("at.", "b->at->")


def _given(one: Argument, place: str) -> Iterator[str]:
    """Yield what a rule in C is given for an argument: a tuple of coefficients one by one."""
    if one.source != "coefficient":
        yield f"{'s' if one.source == 'was' else 'x'}[{place}][i]"
        return
    for field in getattr(leaf_types(Coefficients)[one.name], "_fields", ("",)):
        function = f"c_{one.name}_{field}".rstrip("_")
        yield f"{function}(c{', ' + place if place else ''})[i]"


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
    """The model compiled by the C compiler; called with what the compiled engine's block takes.

    Attributes:
        calls: How many blocks it has simulated.
    """

    def __init__(self, path: Path) -> None:
        """Load a library that `build` made."""
        self._simulate = ctypes.CDLL(str(path)).simulate_block
        self._simulate.argtypes = [POINTER(Block)]
        self._simulate.restype = None
        self.calls = 0

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
        (folder / DERIVED).write_text(derived_states(), encoding="utf-8")
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
        at: Any,
        *parts: *tuple[Kinds, NoiseRequest, Inputs, Workspace, Outputs],
    ) -> None:
        """Simulate a block; takes what `engine.kernel.advance.simulate_block` takes."""
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
        self.calls += 1
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
