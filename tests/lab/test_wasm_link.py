"""Objects that become modules without a linker, and those that cannot."""

from __future__ import annotations

import sys
from functools import cache
from importlib import util
from pathlib import Path
from typing import Any

import pytest

wasmtime = pytest.importorskip(
    "wasmtime", reason="runs WebAssembly; there is no wheel for this system"
)
llvm = pytest.importorskip("llvmlite.binding")


@cache
def wasm_link() -> Any:
    """Return `engines/wasm_link.py`, which is no part of the package."""
    path = Path(__file__).parents[2] / "engines" / "wasm_link.py"
    spec = util.spec_from_file_location("wasm_link", path)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def made_object(text: str) -> bytes:
    """Return the object that LLVM makes of a text."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    target = llvm.Target.from_triple("wasm32-unknown-unknown")
    machine = target.create_target_machine(cpu="mvp", opt=2, reloc="static")
    module = llvm.parse_assembly(text)
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    return bytes(machine.emit_object(module))


ADDS = "define i32 @adds(i32 %a, i32 %b) {\n  %c = add i32 %a, %b\n  ret i32 %c\n}\n"
KEEPS = """
@kept = internal global [3 x i32] [i32 4, i32 5, i32 6]
define i32 @kept_at(i32 %k) {
  %place = getelementptr [3 x i32], ptr @kept, i32 0, i32 %k
  %found = load i32, ptr %place
  ret i32 %found
}
define i32 @through_the_stack(i32 %k) noinline optnone {
  %room = alloca [100 x i32]
  %place = getelementptr [100 x i32], ptr %room, i32 0, i32 %k
  store volatile i32 %k, ptr %place
  %found = load volatile i32, ptr %place
  ret i32 %found
}
"""
ASKS = """
declare i32 @elsewhere(i32)
define i32 @asks(i32 %a) {
  %b = call i32 @elsewhere(i32 %a)
  ret i32 %b
}
"""


def started(content: bytes) -> tuple[Any, Any]:
    """Return a store and what a module exports in it."""
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    instance = wasmtime.Instance(store, wasmtime.Module(engine, content), [])
    return store, instance.exports(store)


def test_a_module_of_one_function_can_be_called() -> None:
    store, exports = started(wasm_link().linked(made_object(ADDS), ["adds"]))
    assert exports["adds"](store, 2, 40) == 42
    assert exports["heap_base"].value(store) == wasm_link().STACK


def test_data_and_stack_lie_below_what_is_the_callers() -> None:
    names = ["kept_at", "through_the_stack"]
    store, exports = started(wasm_link().linked(made_object(KEEPS), names))
    base, memory = exports["heap_base"].value(store), exports["memory"]
    assert wasm_link().STACK + 12 <= base <= memory.data_len(store)
    memory.write(store, bytes(64), memory.data_len(store) - 64)
    assert [exports["through_the_stack"](store, k) for k in (0, 99)] == [0, 99]
    assert [exports["kept_at"](store, k) for k in range(3)] == [4, 5, 6]


@pytest.mark.parametrize(
    ("content", "exports", "told"),
    [
        (b"\x7fELF", ["adds"], "this is no WebAssembly"),
        (ADDS, ["subtracts"], "the object has no function subtracts"),
        (ASKS, ["asks"], "'elsewhere'"),
    ],
)
def test_what_cannot_be_a_module_is_refused(
    content: bytes | str, exports: list[str], told: str
) -> None:
    found = made_object(content) if isinstance(content, str) else content
    with pytest.raises(wasm_link().LinkError, match=told):
        wasm_link().linked(found, exports)
