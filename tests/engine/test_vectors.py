"""The machine code of the compiled engine: its inner loops handle several runs at once.

An array too many in a loop, a rule with a branch that cannot become a choice, and the compiler
quietly goes back to one run at a time, several times slower and with the same numbers. So the
assembly is read: each stage must multiply or add packed numbers.
"""

import re
from collections import Counter, defaultdict
from contextlib import AbstractContextManager
from types import FunctionType
from typing import Any
from unittest import mock

import numba
import numpy as np
import pytest

from alliance_sim import load_scenario
from alliance_sim.compiled import merged
from alliance_sim.compiled.jit import interleaved, without_collecting
from alliance_sim.engine.kernel import advance
from alliance_sim.engine.kernel.batch import (
    Columns,
    make_ready,
    run_block,
    setting_of,
)
from alliance_sim.world.state import state_names
from tests.compiled.assembly import FUSED, PACKED, READABLE, SINGLE

# LLVM makes the same of the rules under every Python.
pytestmark = pytest.mark.slow

# Formal steps are rare and go run by run; counting goes on for as long as there are events.
ONE_BY_ONE = {
    "council",
    "both_consent",
    "refuse",
    "rung_asked",
    "formal_steps",
    "events_counted",
    "uniform_of",
    "drawn_leaders",
    "bring_inputs",
    "simulate_block",
}
LOCK = numba.core.compiler_lock.global_compiler_lock
HOT = {"threats_move", "feel", "members_weigh", "drift", "levels_follow", "steps_tried"}
HOT |= {"events_expected", "sign", "suspended", "state_weighs", "draw_four"}
SYMBOL = re.compile(r"^(_ZN12alliance_5fsim|_ZN12alliance_sim)\w*?6kernel(\w*)", re.ASCII)


def stage_of(symbol: str) -> str:
    """Return the function's name out of a mangled symbol: lengths before names."""
    rest, names = symbol, []
    while found := re.match(r"(\d+)", rest):
        length = int(found.group(1))
        start = found.end()
        names.append(rest[start : start + length])
        rest = rest[start + length :]
    return names[1] if len(names) > 1 else ""


def counted(assembly: str) -> dict[str, Counter[str]]:
    """Return how many packed and single operations each stage has."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    stage = ""
    for line in assembly.splitlines():
        if not line.startswith((" ", "\t", ".", "#")) and ":" in line:
            match = SYMBOL.match(line)
            stage = stage_of(match.group(2)) if match else ""
        elif stage:
            found[stage]["packed"] += bool(PACKED.search(line))
            found[stage]["single"] += bool(SINGLE.search(line))
    return found


def with_stages_apart() -> str:
    """Return the assembly of the engine with a function for each stage.

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
    """Let Numba keep each of two hundred functions from being finished: they are only read."""
    context = numba.core.registry.cpu_target.target_context
    return mock.patch.object(context, "get_executable", return_value=[].append)


@pytest.fixture(scope="module")
def apart() -> str:
    """The engine with its stages apart, as assembly."""
    if not READABLE:
        pytest.skip("reads x86-64 assembly")
    return with_stages_apart()


@pytest.fixture(scope="module")
def stages(apart: str) -> dict[str, Counter[str]]:
    return counted(apart)


def test_hot_stages_are_found(stages: dict[str, Counter[str]]) -> None:
    assert set(stages) >= HOT


def test_inner_loops_handle_several_runs_at_once(stages: dict[str, Counter[str]]) -> None:
    slow = {
        stage: dict(count)
        for stage, count in stages.items()
        if stage not in ONE_BY_ONE and count["single"] > 1 and count["packed"] == 0
    }
    assert slow == {}
    for stage in HOT:
        # What is left over beyond whole vectors has a loop of its own, one run at a time.
        assert stages[stage]["packed"] >= 0.25 * stages[stage]["single"], stage


def test_nothing_is_fused(apart: str) -> None:
    assert FUSED.search(apart) is None
