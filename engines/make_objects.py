"""Make the machine code that comes with the package, or check it.

    python engines/make_objects.py              # make all of it from the rules (two minutes)
    python engines/make_objects.py --check      # make the IR and one object again, and compare

Numba works out types and writes down each function, unoptimised. All functions are then linked and
optimised once, for no processor in particular: the IR. From it LLVM makes an object for each target
of `alliance_sim.compiled.objects.TARGETS`. With the same versions of Python, Numba and llvmlite the
same bytes come out; the check compares them, and elsewhere the numbers. Code that was made from
other rules than those here fails the check. What can run on this machine is tried before it is
written, and the file says so; the others are tried where they are first used.
"""

from __future__ import annotations

import argparse
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from importlib.metadata import version
from typing import Any, TypeVar
from unittest import mock

import llvmlite.binding as llvm
import numba
import numpy as np
from numba.core import cgutils, codegen
from numba.core.registry import cpu_target

from alliance_sim import load_scenario
from alliance_sim.compiled import enable, objects
from alliance_sim.compiled.jit import without_collecting
from alliance_sim.compiled.objects import IR, TARGETS, Loaded, Made
from alliance_sim.engine.kernel import batch
from alliance_sim.engine.kernel.advance import simulate_block
from alliance_sim.engine.kernel.batch import Columns, run_block, setting_of
from alliance_sim.engine.kernel.marks import mark_acts
from alliance_sim.engine.kernel.pieces import advance_block
from alliance_sim.engine.kernel.resumable import Lanes, pieces_as_in_plain_python
from alliance_sim.engine.marks import made_up_acts, marks_as_in_plain_python
from alliance_sim.world.fill import fill
from alliance_sim.world.state import state_names

NAME = "two_islands/baseline"
TRIPLE = "x86_64-unknown-linux-gnu"  # of the IR; nothing in it depends on that any more
FUNCTIONS = (simulate_block, advance_block, fill, mark_acts)
# What Numba's compiled functions are given before their arguments: where the result goes, and the
# description of an exception. Whoever calls an object is told only that there was one.
RAISED = re.compile(r"^ *store ptr @?\"?\.const\.picklebuf[^\n]*\n", re.MULTILINE)
COUNTING = ("NRT_incref", "NRT_decref")  # references to arrays, which belong to the caller
Given = dict[str, tuple[Any, ...]]
Result = TypeVar("Result")


class Library(codegen.JITCodeLibrary):
    """What Numba takes for a library of compiled functions: their text, as it was written down."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)  # type: ignore[no-untyped-call]
        self.texts: list[str] = []

    def add_ir_module(self, module: Any) -> None:
        """Take a module, unoptimised."""
        text: Any = cgutils.normalize_ir_text(str(module))  # type: ignore[no-untyped-call]
        self.texts.append(text)

    def add_llvm_module(self, module: Any) -> None:
        """Take a module that comes from elsewhere."""
        self.texts.append(str(module))

    def add_linking_library(self, library: Any) -> None:
        """Take what this one calls."""
        self._linking_libraries.append(library)

    def finalize(self) -> None:
        """Generate no code."""
        self._finalized = True

    def gathered(self, known: set[int]) -> Iterator[str]:
        """Yield the texts of all that this one calls, then its own, each library once."""
        if id(self) not in known:
            known.add(id(self))
            for library in self._linking_libraries:
                yield from library.gathered(known)
            yield from self.texts


class Codegen(codegen.JITCPUCodegen):
    """What Numba takes for its code generator."""

    _library_class = Library


class Stopped(Exception):  # noqa: N818 - no error
    """A block was asked for and not simulated."""


def what_is_given() -> Given:
    """Return what each function is given, out of the smallest shipped world."""
    found: Given = {}

    def filled(*arguments: Any) -> None:
        found[fill.__name__] = arguments
        fill(*arguments)

    def block(*arguments: Any) -> None:
        found[simulate_block.__name__] = arguments
        raise Stopped

    def piece(*arguments: Any) -> None:
        found[advance_block.__name__] = arguments

    with filling_by(filled):
        ready = batch.make_ready(load_scenario(NAME))
        setting = setting_of(ready.frame, state_names(ready.world.scenario), ())
        with suppress(Stopped):
            run_block(setting, Columns([ready], np.arange(1, dtype=np.int64), 1), block=block)
        Lanes(ready, runs=[0], seed=1, block=piece).advance(1)
    found[mark_acts.__name__] = made_up_acts()
    return found


def filling_by(function: Callable[..., None]) -> AbstractContextManager[Any]:
    """Let a function fill in worlds, not the code that is there already."""
    return mock.patch.object(batch, "compiled_fill", function)


def lowered(
    given: Given, functions: Sequence[Callable[..., Any]] = FUNCTIONS
) -> tuple[dict[str, str], list[str]]:
    """Return how each function is called in the texts, and the texts of all that is needed."""
    enable()
    context: Any = cpu_target.target_context
    generator = Codegen("alliance-sim")  # type: ignore[no-untyped-call]
    context._internal_codegen = generator  # noqa: SLF001 - no public way
    context.get_executable = lambda *_: [].append  # no code to run; anything callable will do
    options: Any = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    names, texts, known = {}, [], set[int]()
    for function in functions:
        types = tuple(map(numba.typeof, given[function.__name__]))
        dispatcher: Any = numba.njit(**options)(function)
        dispatcher.typingctx.refresh()
        dispatcher.targetctx.refresh()
        with without_collecting():
            result = dispatcher._compiler.compile(types, None)  # noqa: SLF001
        names[function.__name__] = result.fndesc.llvm_func_name
        texts += result.library.gathered(known)
    return names, texts


def linked(texts: list[str]) -> Any:
    """Return all modules as one."""
    whole: Any = None
    for text in texts:
        module = llvm.parse_assembly(text)
        for function in module.functions:
            if not function.is_declaration and function.linkage == llvm.Linkage.external:
                function.linkage = "weak_odr"  # the same function may stand in several
        if whole is None:
            whole = module
        else:
            whole.link_in(module)
    return whole


def entry_of(name: str, function: Any) -> str:
    """Return the text of a function that reads another's arguments out of an array of words."""
    result, raised, *types = (str(argument.type) for argument in function.arguments)
    given = [f"{result} %result", f"{raised} %raised"]
    lines = [f"define i32 @{name}(ptr %words) {{", "  %result = alloca i64"]
    lines += ["  %raised = alloca ptr", "  store ptr null, ptr %raised"]
    for k, kind in enumerate(types):
        lines.append(f"  %p{k} = getelementptr i64, ptr %words, i64 {k}")
        lines.append(f"  %a{k} = load {kind}, ptr %p{k}")
        given.append(f"{kind} %a{k}")
    call = f'call i32 @"{function.name}"({", ".join(given)})'
    return "\n".join([*lines, f"  %status = {call}", "  ret i32 %status", "}", ""])


def optimised_ir(names: dict[str, str], texts: list[str], triple: str = TRIPLE) -> bytes:
    """Return the IR: one module with some functions to call, which needs nothing else.

    How large a pointer is counts from here on, so that the page's has a triple of its own.
    """
    whole = linked(texts)
    text = RAISED.sub("", str(whole)).replace("@sqrt(", "@llvm.sqrt.f64(")
    for name in COUNTING:
        nothing = f"define internal void @{name}(ptr %0) alwaysinline {{\n  ret void\n}}\n"
        body = re.compile(rf"define [^\n]*@{name}\([^\n]*\{{\n.*?\n\}}\n", re.DOTALL)
        text = body.sub(nothing, text, count=1)
    entries = (entry_of(name, whole.get_function(inner)) for name, inner in names.items())
    whole = llvm.parse_assembly(text + "\n".join(entries))
    for function in whole.functions:
        if not function.is_declaration:
            function.linkage = "external" if function.name in names else "internal"
    for variable in whole.global_variables:
        if not variable.is_declaration:
            variable.linkage = "internal"
    whole.verify()
    machine = llvm.Target.from_triple(triple).create_target_machine(opt=3)
    whole.triple, whole.data_layout = triple, str(machine.target_data)
    objects.optimised(whole, machine, vectors=False)
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options())
    passes = llvm.create_new_module_pass_manager()
    passes.add_strip_symbols_pass()
    passes.add_strip_dead_debug_info_pass()
    passes.add_global_dead_code_eliminate_pass()
    passes.add_strip_dead_prototype_pass()
    passes.run(whole, builder)
    needed = [
        f.name for f in whole.functions if f.is_declaration and not f.name.startswith("llvm.")
    ]
    if needed:
        raise SystemExit(f"the IR asks for functions from outside: {', '.join(needed)}")
    return bytes(whole.as_bitcode())


def versions() -> dict[str, str]:
    """Return the versions that decide which bytes come out."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python, **{name: version(name) for name in ("numba", "llvmlite")}}


def made_ir() -> Made:
    """Return the IR made from the rules as they are."""
    given = what_is_given()
    code = optimised_ir(*lowered(given))
    return Made(
        code=code,
        entries={name: " ".join(objects.kinds_of(found)) for name, found in given.items()},
        sources=objects.rules_digest(),
        syntax=objects.rules_syntax(),
        tried=False,
        made_with=versions(),
    )


def made_object(ir: Made, name: str) -> Made:
    """Return the object for a target; tried if it can run here.

    Raises:
        SystemExit: If it gives wrong numbers.
    """
    code = objects.finished(ir.code, TARGETS[name])
    made = Made(**{**vars(ir), "code": code, "tried": name in objects.targets_here()})
    if made.tried and not right(made, name):
        raise SystemExit(f"{name}: gives other numbers than plain Python; nothing is written")
    return made


def right(made: Made, name: str) -> bool:
    """Whether all functions of an object give what plain Python does."""
    loaded = Loaded(made, made.code, name, trusted=True)
    block, piece, filled, mark = (loaded.function(function.__name__) for function in FUNCTIONS)
    with filling_by(filled):
        return (
            batch.fills_as_in_plain_python(filled)
            and batch.as_in_plain_python(block)
            and pieces_as_in_plain_python(piece)
            and marks_as_in_plain_python(mark)
        )


def make() -> None:
    """Make all files anew."""
    objects.FOLDER.mkdir(exist_ok=True)
    ir = told("the IR", made_ir)
    files = {IR: ir}
    for name in TARGETS:
        files[f"{name}.o"] = told(name, partial(made_object, ir, name))
    for old in objects.FOLDER.iterdir():
        old.unlink()
    for name, made in files.items():
        content = made.as_bytes()
        (objects.FOLDER / name).write_bytes(content)
        print(f"{name}: {len(content):,} bytes{', tried' if made.tried else ''}")


def told(what: str, work: Callable[[], Result]) -> Result:
    """Do some work and say how long it took."""
    print(f"{what} ...", end=" ", file=sys.stderr, flush=True)
    before = time.perf_counter()
    result = work()
    print(f"{time.perf_counter() - before:.1f} s", file=sys.stderr)
    return result


def problems() -> Iterator[str]:
    """Yield what is wrong with the files that are there."""
    files: dict[str, Made] = {}
    for name in (IR, *(f"{target}.o" for target in TARGETS)):
        try:
            files[name] = objects.read(name)
        except objects.DamagedError as error:
            yield str(error)
            continue
        if not objects.is_of_these_rules(files[name]):
            yield f"{name} was made from other rules than those here"
    if len(files) <= len(TARGETS):
        return
    if len({(made.sources, made.syntax, *made.made_with.items()) for made in files.values()}) > 1:
        yield "the files were not all made at once"
        return
    here = next(iter(objects.targets_here()), None)
    if files[IR].made_with != versions():
        print(f"made with {files[IR].made_with}, not {versions()}: numbers are compared")
        if here and not right(files[f"{here}.o"], here):
            yield f"{here}.o gives other numbers than plain Python"
        return
    ir = told("the IR", made_ir)
    if (ir.code, ir.entries) != (files[IR].code, files[IR].entries):
        yield f"{IR} is not what comes of these rules"
    if here:
        again = told(here, partial(made_object, ir, here))
        if again.code != files[f"{here}.o"].code:
            yield f"{here}.o is not what comes of the IR"


def main() -> None:
    """Read what is asked for and do it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="make some of it again and compare")
    given = parser.parse_args()
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    if not given.check:
        make()
        return
    found = list(problems())
    print(
        "\n".join([*found, "make it anew: python engines/make_objects.py"] if found else ["same"])
    )
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
