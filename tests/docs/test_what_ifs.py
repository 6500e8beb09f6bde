"""The table of what-ifs names every one that is shipped, and its numbers are those of runs."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim import load_scenario, simulate
from alliance_sim.calibration import shipped_posterior
from alliance_sim.scenario.file import shipped_scenarios

DOCS = Path(__file__).parents[2] / "docs"
RUNS = 12
MADE = ("what_ifs", "cells")


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(DOCS))
    module = import_module("what_ifs")
    monkeypatch.setattr(module, "RUNS", RUNS)
    yield module
    for name in MADE:
        sys.modules.pop(name, None)


def test_every_shipped_what_if_is_there_with_title_and_question(page: Any) -> None:
    rows = page.what_ifs().splitlines()[2:]
    told = {k: v for k, v in shipped_scenarios().items() if k.startswith("japan_nato/") and v[1]}
    assert len(rows) == len(told) == 9
    for row, (name, (title, question)) in zip(rows, told.items(), strict=True):
        assert f"`{name}`" in row
        assert title in row
        assert question in row
        assert re.search(r"at the end of [0-9]{4}: [+−]?[0-9]|No level .* differs by 0\.01", row)


def test_a_headline_is_what_runs_with_the_same_luck_come_to(page: Any) -> None:
    row = next(row for row in page.what_ifs().splitlines() if "article_nine_1992" in row)
    found = re.search(r"(\w+) at the end of ([0-9]{4}): \+([0-9.]+)", row)
    assert found is not None
    drawn = shipped_posterior(load_scenario("japan_nato/baseline"))
    runs = [
        simulate(f"japan_nato/{name}", runs=RUNS, seed=page.SEED, posterior=drawn)
        for name in ("article_nine_1992", "baseline")
    ]
    state = f"level_{found[1].lower()}"
    step = (int(found[2]) - 1950 + 1) * 4 - 1
    with_it, without = (one.column(state)[:, step] for one in runs)
    assert abs(float(np.median(with_it - without)) - float(found[3])) < 0.0006
