"""Make the page's WebAssembly modules, or check them.

    python -m engines.make_module              # make both from the rules (some minutes)
    python -m engines.make_module --check      # make one again and compare

The way is that of `make_objects`: Numba works out types and writes down each function, all are
linked and optimised once, and LLVM makes an object, here for WebAssembly with and without vectors.
`wasm_link` turns an object into a module. Both modules are tried before they are written: each
has to give every state of some runs as plain Python does, bit by bit.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import llvmlite.binding as llvm

from alliance_sim import load_scenario
from alliance_sim.compiled import objects
from alliance_sim.compiled.objects import DamagedError, Target
from alliance_sim.engine.kernel.batch import plain_runs
from alliance_sim.engine.kernel.pieces import advance_block
from alliance_sim.files import put
from alliance_sim.lab import module
from alliance_sim.lab.edited_world import hold_states, thin_counts
from alliance_sim.lab.entries import draw_uniforms, normals_of_ranks, prepare, touched
from alliance_sim.lab.frame import frame_of
from alliance_sim.lab.marks import mark_events
from alliance_sim.lab.module import AGAIN, NAMES, Module
from alliance_sim.lab.terms import weigh_terms
from engines.host import Host
from engines.make_objects import NAME, lowered, optimised_ir, told, versions
from engines.wasm_link import linked

TRIPLE = "wasm32-unknown-unknown"
# What every browser has that has vectors, and no more. No relaxed vectors: they differ by machine.
FEATURES = "+bulk-memory,+mutable-globals,+nontrapping-fptoint,+sign-ext"
TARGETS = {
    name: Target(TRIPLE, "mvp", f"{FEATURES}{more}", objects.NONE, "", ())
    for name, more in zip(NAMES, (",+simd128", ""), strict=True)
}
FUNCTIONS = (
    *(prepare, touched, advance_block, hold_states, thin_counts, mark_events),
    *(draw_uniforms, normals_of_ranks, weigh_terms),
)


def made_ir() -> Module:
    """Return the IR of all functions, made from the rules as they are when this begins."""
    sources, syntax = module.sources(), module.syntax()
    frame = frame_of(load_scenario(NAME))
    given = {name: tuple(arguments.values()) for name, arguments in frame.given.items()}
    entries = {name: " ".join(objects.kinds_of(found)) for name, found in given.items()}
    code = optimised_ir(*lowered(given, FUNCTIONS), TRIPLE)
    return Module(code, entries, sources, syntax, versions())


def made_module(ir: Module, name: str) -> Module:
    """Return a module, tried.

    Raises:
        SystemExit: If it gives other numbers than plain Python.
    """
    functions = [function.__name__ for function in FUNCTIONS]
    code = linked(objects.finished(ir.code, TARGETS[name]), functions)
    made = replace(ir, code=code)
    if not right(made):
        raise SystemExit(f"{name}: gives other numbers than plain Python; nothing is written")
    return made


def right(made: Module) -> bool:
    """Whether a module gives every state of some runs as the Mesa model does, bit by bit."""
    ready, wanted = plain_runs()
    host = Host(made.code, json.loads(frame_of(ready.world.scenario).to_json()))
    host.call("prepare")
    return host.advance(0, wanted.shape[1], len(wanted)).tobytes() == wanted.tobytes()


def make() -> None:
    """Make both modules anew."""
    ir = told("the IR", made_ir)
    made = {name: told(name, partial(made_module, ir, name)) for name in NAMES}
    module.FOLDER.mkdir(exist_ok=True)
    for name, found in made.items():
        content = found.as_bytes()
        put(module.FOLDER / f"{name}.wasm", content, module.FOLDER)
        print(f"{name}.wasm: {len(content):,} bytes")


def problems() -> Iterator[str]:
    """Yield what is wrong with the modules that are there."""
    found: dict[str, Module] = {}
    for name in NAMES:
        try:
            found[name] = module.read(name)
        except DamagedError as error:
            yield str(error)
            continue
        if not module.is_of_these_rules(found[name]):
            yield f"{name}.wasm was made from other rules than those here"
        elif not right(found[name]):
            yield f"{name}.wasm gives other numbers than plain Python"
    if len({(made.sources, *made.made_with.items()) for made in found.values()}) > 1:
        yield "the modules were not made at once"
    if len(found) < len(NAMES):
        return
    first = found[NAMES[0]]
    if first.made_with != versions():
        print(f"made with {first.made_with}, not {versions()}: numbers are compared, not bytes")
        return
    ir = told("the IR", made_ir)
    again = told(NAMES[0], partial(made_module, ir, NAMES[0]))
    if (again.code, again.entries) != (first.code, first.entries):
        yield f"{NAMES[0]}.wasm is not what comes of these rules"


def main() -> None:
    """Read what is asked for and do it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="make one of them again and compare")
    given = parser.parse_args()
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    if not given.check:
        make()
        return
    found = list(problems())
    print("\n".join([*found, AGAIN] if found else ["same"]))
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
