"""Print the assembly of the engine with a function for each stage.

A program of its own, as what Numba compiles here cannot be run by anybody else afterwards.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from types import FunctionType
from typing import Any
from unittest import mock

import numba
import numpy as np

from alliance_sim import load_scenario
from alliance_sim.compiled import merged
from alliance_sim.compiled.jit import interleaved, without_collecting
from alliance_sim.engine.kernel import advance
from alliance_sim.engine.kernel.batch import Columns, make_ready, run_block, setting_of
from alliance_sim.world.state import state_names

LOCK = numba.core.compiler_lock.global_compiler_lock


def with_stages_apart() -> str:
    """Return the assembly.

    In the engine itself stages melt into the quarter. Here the quarter is written into the block
    before types are known, as a whole, and what it calls stays where it is.
    """
    quarter = merged(FunctionType(advance.quarter.__code__, vars(advance)))
    block = FunctionType(advance.simulate_block.__code__, {**vars(advance), "quarter": quarter})
    baseline = load_scenario("japan_nato/baseline")
    ready = make_ready(baseline)
    setting = setting_of(ready.frame, state_names(baseline), ())
    found: list[str] = []

    def run(*arguments: Any) -> None:
        types = tuple(map(numba.typeof, arguments))
        compiled = numba.njit(error_model="numpy", nogil=True)(block)
        with interleaved(), without_collecting(), nothing_to_run(), LOCK:
            compiled.compile(types)
            made: Any = next(iter(compiled.overloads.values()))
            made.library._ensure_finalized()  # else none of what it calls is in it
        found.append(made.library.get_asm_str())

    run_block(setting, Columns([ready], np.arange(1, dtype=np.int64), 1), block=run)
    return found[0]


def nothing_to_run() -> AbstractContextManager[Any]:
    """Let Numba keep each of two hundred functions from being finished: they are only read.

    By what it takes for the code of a function Numba knows it again, so each has one of its own.
    """
    context = numba.core.registry.cpu_target.target_context
    return mock.patch.object(context, "get_executable", side_effect=lambda *_: [].append)


if __name__ == "__main__":
    sys.stdout.write(with_stages_apart())
