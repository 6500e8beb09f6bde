"""The machine code of the compiled engine: its inner loops handle several runs at once.

An array too many in a loop, a rule with a branch that cannot become a choice, and the compiler
quietly goes back to one run at a time, several times slower and with the same numbers. So the
assembly is read: each stage must multiply or add packed numbers.
"""

import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

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
PROGRAM = Path(__file__).with_name("stages_apart.py")
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


@pytest.fixture(scope="module")
def apart() -> str:
    """The engine with its stages apart, as assembly."""
    if not READABLE:
        pytest.skip("reads x86-64 assembly")
    done = subprocess.run([sys.executable, PROGRAM], capture_output=True, text=True, check=True)
    return done.stdout


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
