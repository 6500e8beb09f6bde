"""The lab's page holds the equations of the model's page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    pytest.importorskip("latex2mathml")
    monkeypatch.syspath_prepend(str(DOCS))
    yield import_module("equations")
    for name in ("equations", "from_package", "mathml"):
        sys.modules.pop(name, None)


def test_the_lab_holds_the_equations_of_today(program: Any) -> None:
    assert program.PLACE.read_text("utf-8") == program.text()


def test_every_part_of_the_model_that_is_told_in_words_has_its_equations(program: Any) -> None:
    found = program.equations()
    assert list(found["parts"]) == [str(number) for number in range(1, 11)]
    assert "levels.pace" in found["symbols"]
    assert all(one.startswith("<math") for one in found["parts"].values())
