"""A fit states in the file what it came to, and the file stays the one that people read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alliance_sim import load_scenario
from alliance_sim.errors import ScenarioError
from alliance_sim.scenario import shipped
from alliance_sim.scenario.edit import as_tree
from alliance_sim.scenario.path import numbers
from alliance_sim.scenario.restate import restated, stated
from alliance_sim.shipped import scenarios

BASELINE = "japan_nato/baseline"
TEXT = (scenarios() / f"{BASELINE}.toml").read_text("utf-8")
WHOLE = [name for name in shipped() if name.endswith(("/baseline", "/hand_sized"))]


@pytest.mark.parametrize("name", WHOLE)
def test_every_number_that_a_file_states_is_found_by_its_path(name: str) -> None:
    text = (scenarios() / f"{name}.toml").read_text("utf-8")
    own = stated(text)
    lines = re.findall(r'^\w+ = \[[^,]+, [^,]+, [^,]+, "', text, re.MULTILINE)
    assert len(own) == len(lines)
    there = {path: number.value for path, number in numbers(load_scenario(name))}
    of_threats = re.compile(r"threat\.\w+\.(hostility|exposure_)")  # told for all periods at once
    assert {path for path in own if path not in there and not of_threats.match(path)} == set()
    assert all(there[path] == value for path, value in own.items() if path in there)
    assert restated(restated(text, own), own) == restated(text, own)


def test_only_what_is_stated_changes_with_its_source(tmp_path: Path) -> None:
    values = {
        "levels.pace": 0.9,
        "juncture.three_documents.effect.1.size": 0.5,
        "period.formation.exposure_alliance.china": 0.2,
        "leader.koizumi.push": -0.1,
    }
    text = restated(TEXT, values, source="fitted; to a test")
    lines = list(zip(TEXT.splitlines(), text.splitlines(), strict=True))
    assert sum(a != b for a, b in lines) == len(values)
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    before, after = (dict(numbers(load_scenario(f))) for f in (BASELINE, tmp_path / "mine.toml"))
    assert {path for path in before if before[path] != after[path]} == set(values)
    for path, value in values.items():
        assert (after[path].value, after[path].source) == (value, "fitted; to a test")
    assert as_tree(load_scenario(tmp_path / "mine.toml"))["spread"]


def test_paths_that_are_not_in_the_file_are_told_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        restated(TEXT, {"levels.paec": 1.0, "leader.koizumi.pish": 0.0, "levels.pace": 1.0})
    assert len(caught.value.problems) == 2
    assert "did you mean 'levels.pace'" in str(caught.value)
