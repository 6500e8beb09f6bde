"""The headline questions make sense, and their tables are of all of them."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alliance_sim import load_scenario

ROOT = Path(__file__).parents[2]
EXPERIMENTS, TABLES = ROOT / "experiments", ROOT / "docs" / "validation"


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    monkeypatch.syspath_prepend(str(EXPERIMENTS))
    yield import_module("headline").every_headline()
    for place in EXPERIMENTS.glob("*.py"):
        sys.modules.pop(place.stem, None)


def column(name: str, of: str) -> list[str]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return [row[of] for row in csv.DictReader(file)]


def test_there_are_ten_and_each_edits_something(questions: dict[str, Any]) -> None:
    assert len(questions) == 10
    base = load_scenario("japan_nato/baseline")
    for asked in questions.values():
        assert asked.edited.edits
        assert asked.command({"seed": 1}).startswith("alliance-sim whatif japan_nato/")
        for name in asked.follow:
            assert next(one for one in base.junctures if one.name == name).follows


@pytest.mark.parametrize(
    "table",
    [
        *("headlines.csv", "headlines_variance.csv", "headline_priors.csv", "multiverse.csv"),
        "other_priors_headlines.csv",
    ],
)
def test_a_table_has_a_row_for_each(questions: dict[str, Any], table: str) -> None:
    assert column(table, "question") == list(questions)


def test_tables_tell_the_same_effects() -> None:
    first, again = (
        np.array(column(name, "effect"), dtype=float)
        for name in ("headlines.csv", "headline_priors.csv")
    )
    np.testing.assert_allclose(first, again, atol=0.0055)  # as they are rounded


def test_every_way_to_ask_is_within_the_run(questions: dict[str, Any]) -> None:
    multiverse = import_module("multiverse")
    asked = list(multiverse.choices(questions, "shipped"))
    assert len(set(asked)) == len(asked)
    assert {one.question for one in asked} == set(questions)
    years = {one.years for one in asked if one.question == "council_majority"}
    assert years == {-1, 0}  # there is no year after the last
    kept = {one.question for one in asked if one.follow == "kept"}
    assert kept == {name for name, one in questions.items() if one.follow}


def test_a_summary_counts_signs_and_finds_what_moves_most(questions: dict[str, Any]) -> None:
    multiverse = import_module("multiverse")
    rows = [
        {"question": "q", "draws": "shipped", "years": years, "follow": "responds", "seed": 1,
         "coupling": coupling, "effect": effect, "effect_low": effect, "effect_high": effect,
         "necessity": np.nan}
        for coupling, years, effect in (
            ("quantile", 0, -0.2), ("quantile", 1, -0.3), ("thinning", 0, 0.1),
            ("thinning", 1, 0.0),
        )
    ]  # fmt: skip
    (found,) = multiverse.summary(pd.DataFrame(rows)).to_dict("records")
    assert (found["choices"], found["as_asked"], found["lowest"]) == (4, -0.2, -0.3)
    assert (found["same_sign"], found["other_sign"], found["within_0.01"]) == (0.5, 0.25, 0.25)
    assert found["moved_most_by"] == "coupling"
