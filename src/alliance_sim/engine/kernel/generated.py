"""Functions whose text is worked out from declarations: readers of coefficients, derived states.

A coefficient is read for one run by its name, as in `pace_of(c, i)`. A derived state needs no code
of its own: its rule is given what `Variable.of` says, here and in the rendering in C.

Every array here is two-dimensional: a row for each number (`layout`), a column for each run. The
inner loop of every function named in `loop` runs over columns, so that the processor handles
several runs at once; a test looks at the machine code to see that it does. The number of columns
in use is given at run time: with a constant one, the compiler unrolls the loop instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from alliance_sim.compiled import inlined, stage
from alliance_sim.engine.kernel.layout import ALIKE, COUNTED, FIXED_COUNTS, LANES, P, S
from alliance_sim.world.coefficients import Coefficients
from alliance_sim.world.declaration import (
    Argument,
    Variable,
    argument,
    declared,
    flattened,
    leaf_types,
)
from alliance_sim.world.state import FIXED_AXES, STATES


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


class Loop(NamedTuple):
    """One derived state: how many numbers it has, and the rows of what its rule is given.

    Attributes:
        state: The state.
        many: How many numbers it has, with fields of a shape in braces; empty for one.
        row: Its row; `k` counts its numbers.
        given: What its rule is given: the argument, and its row (of a coefficient, its label).
    """

    state: Variable
    many: str
    row: str
    given: tuple[tuple[Argument, str], ...]


def loops() -> Iterator[Loop]:
    """Yield the derived states in order; fixed rows as `S.name`, others as `at.name`."""
    by_name = {state.name: state for state in STATES}
    for state in STATES:
        if state.of:
            given = tuple((one, _place(one, by_name, state)) for one in map(argument, state.of))
            many = " * ".join(_many(axis) for axis in state.per)
            yield Loop(state, many, _first(state.name) + (" + k" if many else ""), given)


def _many(axis: str) -> str:
    if axis in FIXED_COUNTS:
        return str(FIXED_COUNTS[axis])
    return "({members} + 1)" if axis == "who" else f"{{{COUNTED[axis]}}}"


def _first(name: str) -> str:
    return f"S.{name}" if name in ALIKE else f"at.{name}"


def _place(one: Argument, by_name: dict[str, Variable], state: Variable) -> str:
    """Return the row of a state that is given, or the label of a coefficient.

    Raises:
        ValueError: If its axes are neither none, nor one with a label, nor those of the state.
    """
    coefficient = one.source == "coefficient"
    per = declared(Coefficients)[one.name].per if coefficient else by_name[one.name].per
    first = "" if coefficient else _first(one.name)
    if one.label and len(per) == 1:
        place = f"{first} + {FIXED_AXES[per[0]].index(one.label)}"
    elif not one.label and per in ((), state.per) and not (coefficient and len(per) > 1):
        place = f"{first} + k" if per else first
    else:
        raise ValueError(f"state {state.name!r}: {one.name!r} is counted by {per}; say a label")
    return place.removeprefix(" + ")


def _text() -> str:
    """Return the stage that works out all derived states."""
    lines = ["    assert c.shape[1] == s.shape[1] == x.shape[1] == LANES"]
    fields = {field: f"shape.{field}" for field in COUNTED.values()}
    for loop in loops():
        given = [
            f"{one.name}_of(c, {place}, i)".replace(", ,", ",")
            if one.source == "coefficient"
            else f"{'s' if one.source == 'was' else 'x'}[{place}, i]"
            for one, place in loop.given
        ]
        value = f"x[{loop.row}, i] = {loop.state.rule.__name__}({', '.join(given)})"
        each = f"    for k in range({loop.many.format(**fields) or 1}):"
        lines += [each, "        for i in range(n):", f"            {value}"]
    return "def derived(n, shape, at, c, s, x):\n" + "\n".join(lines) + "\n"


_rules: dict[str, Any] = {state.rule.__name__: state.rule for state in STATES if state.of}
derived: Any = stage(made_function(_text(), {**globals(), **_rules, "S": S, "LANES": LANES}))
