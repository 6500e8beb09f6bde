"""The machine code of the compiled engine: its inner loops handle several runs at once.

An array too many in a loop, a rule with a branch that cannot become a choice, and the compiler
quietly goes back to one run at a time, several times slower and with the same numbers. So the
assembly is read: each stage must multiply or add packed numbers.
"""

import platform
import re
from collections import Counter, defaultdict
from types import FunctionType
from typing import Any

import numpy as np
import pytest

from alliance_sim import load_scenario
from alliance_sim.compiled import merged, objects
from alliance_sim.compiled.jit import ASSEMBLY, Jitted
from alliance_sim.engine.kernel import advance
from alliance_sim.engine.kernel.batch import (
    Columns,
    as_in_plain_python,
    make_ready,
    run_block,
    setting_of,
    sources_digest,
)
from alliance_sim.world.state import state_names

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
HOT = {"threats_move", "feel", "members_weigh", "drift", "levels_follow", "steps_tried"}
HOT |= {"events_expected", "sign", "suspended", "state_weighs", "draw_four"}
SYMBOL = re.compile(r"^(_ZN12alliance_5fsim|_ZN12alliance_sim)\w*?6kernel(\w*)", re.ASCII)
FUSED, CALLED = re.compile(r"\bvfn?m(?:add|sub)"), re.compile(r"\bcallq?\s+([A-Za-z_]\w*)")
PACKED, SINGLE = re.compile(r"\bv?(?:mul|add|sub|div)pd\b"), re.compile(r"\bv?(?:mul|add)sd\b")


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
    apart = Jitted(
        block, lambda: f"{sources_digest()}, stages apart", as_in_plain_python, readable=True
    )
    baseline = load_scenario("japan_nato/baseline")
    ready = make_ready(baseline)
    setting = setting_of(ready.frame, state_names(baseline), ())

    def run(*arguments: Any) -> None:
        apart.ready(arguments)(*arguments)

    run_block(setting, Columns([ready], np.arange(1, dtype=np.int64), 1), block=run)
    assert apart.place is not None
    return apart.place.with_suffix(ASSEMBLY).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def stages() -> dict[str, Counter[str]]:
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        pytest.skip("reads x86-64 assembly")
    return counted(with_stages_apart())


@pytest.fixture(scope="module")
def whole() -> str:
    """The engine that runs on this machine, as the package brings it, as assembly."""
    here = [name for name in objects.targets_here() if "x86-64" in name]
    if not here:
        pytest.skip("reads x86-64 assembly")
    ir = objects.read(objects.IR).code
    return objects.finished(ir, objects.TARGETS[here[0]], assembly=True).decode()


def test_the_engine_itself_handles_several_runs_at_once(whole: str) -> None:
    assert len(PACKED.findall(whole)) > 2 * len(SINGLE.findall(whole))


def test_the_engine_itself_fuses_nothing_and_calls_nobody(whole: str) -> None:
    assert FUSED.search(whole) is None
    assert set(CALLED.findall(whole)) <= {"simulate_block", "fill"}


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


def test_nothing_is_fused() -> None:
    assert FUSED.search(with_stages_apart()) is None
