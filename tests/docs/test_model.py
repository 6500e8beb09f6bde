"""The page of the model names every rule and number, and every table that it promises is made."""

from __future__ import annotations

import ast
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from alliance_sim import load_scenario
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.path import numbers
from alliance_sim.world.state import PHASES, STATES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "model.md").read_text(encoding="utf-8")
TABLE = re.compile(r"^```\{from-package\} (\w+)", re.MULTILINE)
RULES = [
    function.name
    for file in sorted((ROOT / "src" / "alliance_sim" / "rules").glob("*.py"))
    for function in ast.parse(file.read_text(encoding="utf-8")).body
    if isinstance(function, ast.FunctionDef)
]
THEORY = {"willingness", "levels", "assets", "perception", "threat_dynamics", "domestic"}
THEORY |= {"council", "ladder", "network", "motives", "observation"}


@pytest.fixture
def docs(monkeypatch: pytest.MonkeyPatch) -> Any:
    pytest.importorskip("sphinx")
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    yield import_module("from_package")
    for name in (
        "from_package",
        "cells",
        "declared_tables",
        "data_tables",
        "mathml",
        "validation_tables",
        "what_ifs",
    ):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_named(rule: str) -> None:
    assert f"`{rule}`" in PAGE


def test_every_number_of_the_theory_has_a_symbol(docs: Any) -> None:
    paths = [path for path, _ in numbers(as_tree(load_scenario("japan_nato/baseline")))]
    theory = [path for path in paths if path.split(".")[0] in THEORY]
    assert len(theory) > 80
    assert [path for path in theory if docs.symbol_of(path) == "–"] == []


def test_every_symbol_belongs_to_a_number(docs: Any) -> None:
    paths = {path for path, _ in numbers(as_tree(load_scenario("japan_nato/baseline")))}
    for pattern in docs.symbols():
        filled = {pattern.replace("{d}", word) for word in docs.LETTERS}
        assert filled & paths, pattern


def test_every_table_that_a_page_asks_for_is_made(docs: Any) -> None:
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for name in re.findall(
            r"^```\{from-package\} (\w+)", page.read_text("utf-8"), re.MULTILINE
        ):
            assert name in docs.TABLES, f"{page.name}: {name}"


def test_tables_of_the_declaration_hold_all_of_it(docs: Any) -> None:
    told = docs.states() + docs.carried()
    for state in STATES:
        shown = state.reported.replace("{", "<").replace("}", ">") or state.name
        assert f"`{shown}`" in told
    assert [line.split("|")[2].strip(" `") for line in docs.phases().splitlines()[2:]] == [
        phase.name for phase in PHASES
    ]


EQUATION = re.compile(r"\$\$(.+?)\$\$|(?<!\$)\$([^$\n]+)\$", re.DOTALL)


def test_every_equation_becomes_mathml_with_nothing_left_over(docs: Any) -> None:
    mathml = import_module("mathml").mathml
    found = [(block or inline).strip() for block, inline in EQUATION.findall(PAGE)]
    assert len(found) > 100
    for latex in [*found, *docs.symbols().values()]:
        shown = mathml(latex)
        assert shown.startswith("<math"), latex
        assert "\\" not in shown, latex
        assert "<mi>&</mi>" not in shown, latex


def test_the_index_holds_every_symbol_and_leads_to_a_section(docs: Any) -> None:
    told = docs.symbol_index()
    for symbol in [*docs.symbols().values(), *(state.symbol for state in STATES if state.symbol)]:
        assert f"| ${symbol}$ |" in told
    anchors = set(re.findall(r"model\.md#([\w-]+)\)", told))
    sections = re.findall(r"^### (7\.\d+ .+)$", PAGE, re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in sections}
    assert anchors <= slugs
    assert len(anchors) > 6
