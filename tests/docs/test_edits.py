"""The page on edits has a command and an answer for each kind; no number is typed by hand."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from alliance_sim import load_scenario
from alliance_sim.counterfactual.question import ask
from alliance_sim.provenance import scenario_digest
from alliance_sim.scenario.edit_kinds import KINDS
from alliance_sim.shipped import usual_scenario

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(DOCS))
    yield import_module("edits")
    sys.modules.pop("edits", None)


def answers(page: Any) -> dict[str, str]:
    found = page.BLOCK.findall(page.PAGE.read_text("utf-8"))
    return {kind: re.findall(r"^> (.+)$", text, re.MULTILINE)[0] for _, kind, text, _ in found}


def test_every_kind_has_its_command_and_its_answer(page: Any) -> None:
    assert list(answers(page)) == list(page.ASKED) == list(KINDS)
    assert page.page(answers(page).get) == page.PAGE.read_text("utf-8")
    assert all(any(c.isdigit() for c in answer) for answer in answers(page).values())


def test_what_a_command_of_the_page_asks_makes_sense(page: Any) -> None:
    base = load_scenario(usual_scenario())
    for kind, asked in page.ASKED.items():
        assert f"--{kind}" in shlex.split(asked.command.partition("\n")[0])
        assert scenario_digest(base.edited(*asked.texts)) != scenario_digest(base)
        if asked.outcome:
            assert ask(base, asked.texts, asked.outcome).edits == tuple(asked.texts)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["hold", "theory"])
def test_an_answer_of_the_page_is_what_the_model_answers(page: Any, kind: str) -> None:
    assert page.answered(kind) == answers(page)[kind]
