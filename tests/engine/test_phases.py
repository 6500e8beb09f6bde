"""The order of a quarter is declared once; the Mesa model, the compiled engine and C keep to it."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from alliance_sim import load_scenario
from alliance_sim.engine import kernel, mesa_model
from alliance_sim.engine.mesa_model import AllianceModel
from alliance_sim.world.state import DECISIONS, PHASES, STATES

ORDER = [phase.name for phase in PHASES]
C_SOURCE = Path(__file__).parents[2] / "engines" / "c" / "model.c"
KERNEL = Path(kernel.__path__[0])
FUNCTIONS = {
    node.name: node
    for file in KERNEL.glob("*.py")
    for node in ast.parse(file.read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef)
}
PARTS = [getattr(mesa_model, name) for name in mesa_model.__all__]


def called(node: ast.AST) -> Iterator[str]:
    """Yield the names of functions that are called, in the order of the source."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            yield call.func.id


def phases_of_the_compiled_engine() -> dict[str, set[str]]:
    """Return the functions that `quarter` calls in each phase, in order: a comment begins one."""
    source = (KERNEL / "advance.py").read_text(encoding="utf-8")
    body = source.partition("def quarter(")[2].partition("\ndef ")[0]
    _, *parts = re.split(r"^    # (\w+)$", body, flags=re.MULTILINE)
    return {
        name: set(re.findall(r"(\w+)\(", text))
        for name, text in zip(parts[::2], parts[1::2], strict=True)
    }


def test_the_compiled_engine_goes_through_the_phases_in_order() -> None:
    assert list(phases_of_the_compiled_engine()) == ORDER


def test_the_rendering_in_c_goes_through_the_phases_in_order() -> None:
    body = re.search(
        r"^static void quarter\(.*?^\}",
        C_SOURCE.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    assert body is not None
    assert re.findall(r"^    (\w+)\(", body[0], re.MULTILINE) == ["normals", *ORDER]


class Watched(AllianceModel):
    """A model that writes down its phases, and which rules are called in each."""

    def __init__(self, *given: Any, **settings: Any) -> None:
        self.phases: list[str] = []
        self.rules: dict[str, set[str]] = defaultdict(set)
        super().__init__(*given, **settings)

    def bring(self) -> None:
        self.phases.append("bring")
        super().bring()

    def everybody(self, phase: str) -> None:
        self.phases.append(phase)
        super().everybody(phase)

    def sum_up(self) -> None:
        self.phases.append("sum_up")
        super().sum_up()

    def watch(self, frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and "alliance_sim.rules" in frame.f_globals.get("__name__", ""):
            self.rules[self.phases[-1]].add(frame.f_code.co_name)


@pytest.fixture(scope="module")
def watched() -> Watched:
    scenario = load_scenario("japan_nato/no_nine_eleven")
    model = Watched(scenario, run=0, rng=1, agent_data=False)
    sys.setprofile(model.watch)
    try:
        while model.running:
            model.step()
    finally:
        sys.setprofile(None)
    return model


def test_the_mesa_model_goes_through_the_phases_in_order(watched: Watched) -> None:
    quarter = [*ORDER[:-1], "commit", ORDER[-1]]
    first, *rest = watched.phases
    assert first == "sum_up"
    assert rest == quarter * (len(rest) // len(quarter))


def test_every_phase_of_decisions_is_somebodys_part() -> None:
    for phase in DECISIONS:
        assert any(hasattr(part, phase) for part in PARTS), phase


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_state_is_made_by_its_rule_in_its_phase(state: Any, watched: Watched) -> None:
    rule = state.rule.__name__
    assert rule in watched.rules[state.phase]
    if state.of:  # its loop is worked out from the declaration
        assert state.phase == "sum_up"
        return
    reached, left = set(), list(phases_of_the_compiled_engine()[state.phase])
    while left:
        name = left.pop()
        reached.add(name)
        if name in FUNCTIONS:
            left += set(called(FUNCTIONS[name])) - reached
    assert rule in reached
