"""Coefficients read for one run, by name.

Every array here is two-dimensional: a row for each number (`layout`), a column for each run. The
inner loop of every function named in `loop` runs over columns, so that the processor handles
several runs at once; a test looks at the machine code to see that it does. The number of columns
in use is given at run time: with a constant one, the compiler unrolls the loop instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alliance_sim.compiled.function import inlined
from alliance_sim.engine.kernel.layout import FIXED_COUNTS, P
from alliance_sim.world.coefficients import Coefficients
from alliance_sim.world.declaration import declared, flattened, leaf_types


def made_function(text: str, names: dict[str, Any]) -> Any:
    """Return the function whose text was worked out from a declaration, with names that it uses."""
    exec(text, names)  # noqa: S102 - the text is made here, of declared names alone
    return names[text.removeprefix("def ").partition("(")[0]]


def _reader(name: str, per: tuple[str, ...], kind: Any) -> Any:
    """Return a function of coefficients, a label of each axis and a column: a rule's tuple."""
    fields = len(getattr(kind, "_fields", ())) or 1
    place = str(flattened(getattr(P, name))[0])
    stride = fields
    for axis in reversed(per):
        place += f" + {stride} * {axis}"
        stride *= FIXED_COUNTS[axis]
    numbers = ", ".join(f"c[{place} + {field}, i]" for field in range(fields))
    value = f"{kind.__name__}({numbers})" if hasattr(kind, "_fields") else numbers
    text = f"def {name}_of({', '.join(('c', *per, 'i'))}):\n    return {value}\n"
    return inlined(made_function(text, {kind.__name__: kind}))


# Each coefficient has a function after its name: `pace_of(c, i)`, `floors_of(c, side, domain, i)`.
for _name, _entry in declared(Coefficients).items():
    globals()[f"{_name}_of"] = _reader(_name, _entry.per, leaf_types(Coefficients)[_name])

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...
