"""What pages say of a validation beside its table is counted from the table."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from alliance_sim.calibration.powers import MOVED

DOCS = Path(__file__).parents[2] / "docs"
TABLE = "power_scaling_RID"


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(DOCS))
    yield import_module("validation_tables")
    for name in ("validation_tables", "cells"):
        sys.modules.pop(name, None)


def test_verdicts_are_counted_from_the_numbers_beside_them(tables: Any) -> None:
    with (DOCS / "validation" / f"{TABLE}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    both = sum(min(float(row["prior"]), float(row["likelihood"])) >= MOVED for row in rows)
    told = tables.verdicts(TABLE)
    counts = {words: int(count) for count, words in re.findall(r"(\d+) \*([a-z ]+)\*", told)}
    assert f"on {len(rows)} parameters" in told
    assert sum(counts.values()) == len(rows)
    assert counts["prior and data disagree"] == both
