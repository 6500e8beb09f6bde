"""A relationship is data: no source file outside its own folder names its actors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alliance_sim.shipped import usual_scenario

PACKAGE = Path(__file__).parents[2] / "src" / "alliance_sim"
ACTORS = re.compile(r"\b(?:japan|nato|china|france|japan_nato)\b", re.IGNORECASE)
SOURCES = [
    path
    for path in sorted({*PACKAGE.rglob("*.py"), *(PACKAGE / "lab" / "page" / "src").rglob("*.*")})
    if path.is_file() and not path.is_relative_to(PACKAGE / "record" / "japan_nato")
]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_source_names_the_actors_of_a_relationship(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    found = [f"{n}: {line.strip()}" for n, line in enumerate(lines, 1) if ACTORS.search(line)]
    assert found == []


def test_one_data_file_names_the_usual_relationship() -> None:
    named = [p.name for p in PACKAGE.glob("*.toml") if "japan_nato" in p.read_text("utf-8")]
    assert named == ["usual.toml"]
    assert usual_scenario() == "japan_nato/baseline"
