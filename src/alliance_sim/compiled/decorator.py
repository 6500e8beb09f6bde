"""The `@rule` decorator and its relatives: one source for plain Python and for compiled callers.

A rule is an ordinary Python function, and stays one: Mesa agents call it as it is. The decorators
only remember functions, and how each is to be compiled into its caller. `enable()` then tells Numba
about all of them (also those that follow), after which any Numba-compiled caller compiles the same
source in. Nothing here imports Numba before `enable()` is called: where machine code is there
already, nobody needs it.

Four primitives have two bodies, one in Python and one in machine code, because Python has no way
to write them in floating-point arithmetic alone: the bits of a float, the float of some bits, and
the two halves of a 32 by 32 bit product.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

_DOUBLE = struct.Struct("<d")
_INT64 = struct.Struct("<q")
_marked: list[tuple[Callable[..., Any], str]] = []
_compilers: list[Callable[[Callable[..., Any], str], object]] = []


def rule(function: Function) -> Function:
    """Return the function itself, remembered as a rule that compiled callers may use."""
    return _remembered(function, "rule")


def stage(function: Function) -> Function:
    """Return the function itself, remembered as one that stays a function when compiled.

    As long as it is small, the compiler may melt it into its caller all the same.
    """
    return _remembered(function, "stage")


def inlined(function: Function) -> Function:
    """Return the function itself, remembered as one that is melted into its callers."""
    return _remembered(function, "inlined")


def merged(function: Function) -> Function:
    """Return the function itself, remembered as one written into its caller before types are known.

    That saves optimising all that it calls once more.
    """
    return _remembered(function, "merged")


def _remembered(function: Function, how: str) -> Function:
    _marked.append((function, how))
    for register in _compilers:
        register(function, how)
    return function


def rules() -> tuple[Callable[..., Any], ...]:
    """Return every rule declared so far, in order of declaration."""
    return tuple(function for function, how in _marked if how == "rule")


def float_to_bits(x: float) -> int:
    """Return the 64 bits of a float as a signed integer."""
    return int(_INT64.unpack(_DOUBLE.pack(x))[0])


def bits_to_float(bits: int) -> float:
    """Return the float that has these 64 bits (a signed integer)."""
    return float(_DOUBLE.unpack(_INT64.pack(bits))[0])


def high32(a: Any, b: Any) -> Any:
    """Return the upper 32 bits of the product of two 32-bit numbers (or arrays of uint64)."""
    return (a * b) >> 32


def low32(a: Any, b: Any) -> Any:
    """Return the lower 32 bits of the product of two 32-bit numbers (or arrays of uint64)."""
    return (a * b) & 0xFFFFFFFF


def enable() -> None:
    """Make every function marked here, past and future, known to Numba, once.

    Division by zero gives infinity or NaN as in C; a run that meets one is marked as failed. No
    fast-math flag is set anywhere: re-association or contraction would change bits. Nothing is
    made for calls from Python, as only other compiled functions call these.
    """
    if _compilers:
        return
    from numba.extending import overload

    _overload_primitives()

    def register(function: Callable[..., Any], how: str) -> None:
        options: Any = {
            "error_model": "numpy",
            "no_cpython_wrapper": True,
            "no_cfunc_wrapper": True,
            "forceinline": how in ("rule", "inlined"),
        }
        inline: Any = "always" if how == "merged" else "never"
        overload(function, jit_options=options, strict=False, inline=inline)(
            lambda *_arguments, **_named: function
        )

    _compilers.append(register)
    for function, how in _marked:
        register(function, how)


def _overload_primitives() -> None:
    """Give the four primitives their machine-code bodies."""
    from llvmlite import ir
    from numba import types
    from numba.extending import intrinsic, overload

    def as_intrinsic(result: Any, arguments: tuple[Any, ...], body: Callable[..., Any]) -> Any:
        def generate(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
            return body(builder, *values)

        if len(arguments) == 1:

            def one(_typing: Any, _x: Any) -> Any:
                return result(*arguments), generate

            return intrinsic(one)

        def two(_typing: Any, _x: Any, _y: Any) -> Any:
            return result(*arguments), generate

        return intrinsic(two)

    word, double = ir.IntType(64), ir.DoubleType()
    half = ir.Constant(word, 32)
    mask = ir.Constant(word, 0xFFFFFFFF)
    pair = (types.int64, types.int64)
    to_bits = as_intrinsic(types.int64, (types.float64,), lambda b, x: b.bitcast(x, word))
    to_float = as_intrinsic(types.float64, (types.int64,), lambda b, x: b.bitcast(x, double))
    high = as_intrinsic(types.int64, pair, lambda b, x, y: b.lshr(b.mul(x, y), half))
    low = as_intrinsic(types.int64, pair, lambda b, x, y: b.and_(b.mul(x, y), mask))

    overload(float_to_bits)(lambda x: lambda x: to_bits(x))
    overload(bits_to_float)(lambda bits: lambda bits: to_float(bits))
    overload(high32)(lambda a, b: lambda a, b: high(a, b))
    overload(low32)(lambda a, b: lambda a, b: low(a, b))
