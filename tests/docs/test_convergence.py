"""The page on how many runs are enough holds what the command gives."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def convergence(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    yield import_module("convergence")
    sys.modules.pop("convergence", None)


@pytest.mark.slow
def test_the_page_holds_what_the_command_gives(convergence: Any) -> None:
    _, _, rest = convergence.PAGE.read_text("utf-8").partition(convergence.BEGIN)
    assert rest.partition(convergence.END)[0].strip() == convergence.tables()


def test_the_error_of_a_mean_is_that_of_the_textbook(convergence: Any) -> None:
    values = np.random.default_rng(1).normal(size=100_000)
    for size in (10, 100):
        expected = 1.96 / size**0.5
        assert convergence.error(values, size, convergence.mean) == pytest.approx(expected, rel=0.1)


def test_pairing_with_the_same_luck_is_seen_in_the_table(convergence: Any) -> None:
    luck = np.random.default_rng(1).normal(size=10_000)
    factual = dict.fromkeys(convergence.OUTCOMES, luck)
    edited = dict.fromkeys(convergence.OUTCOMES, luck + 1.0)
    row = convergence.two_table(factual, edited)[2]
    assert row.count("± 0.0 ") + row.count("± 0.0000 ") == len(convergence.TWO)
