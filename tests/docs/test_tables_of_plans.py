"""What the page on sweeps says of designs, factors and outcomes is all there is, and true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from alliance_sim import load_scenario
from alliance_sim.results.outcomes import FOLDS, evaluate, parse_outcome
from alliance_sim.sweep.designs import SETTINGS
from alliance_sim.sweep.factors import KINDS
from alliance_sim.sweep.plan import Plan
from alliance_sim.sweep.plan_file import load_plan
from alliance_sim.world import calendar_of
from alliance_sim.world.state import state_names

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "sweeps.md").read_text("utf-8")
DESIGN = re.compile(r"^\| `(\w+)` \| (.*?) \| .* \| `(design = .*)` \|$", re.MULTILINE)
FACTOR = re.compile(r"^\| `((\w+) = .*?)` \|", re.MULTILINE)
OUTCOME = re.compile(r"^\| `\"(.*?)\"` \|", re.MULTILINE)
HEAD = 'title = "t"\nscenarios = ["japan_nato/baseline"]\nseed = 1\n'
PULL = '[[factor]]\nname = "pull"\nnumber = "willingness.threat_state"\nvalues = [1.0, 2.0]\n'


def read(folder: Path, text: str) -> Plan:
    (folder / "points.csv").write_text("pull\n1.0\n")
    (folder / "mine.toml").write_text(text)
    return load_plan(folder / "mine.toml")


def test_every_kind_of_design_stands_in_the_table_with_its_keys() -> None:
    said = {
        kind: (
            tuple(re.findall(r"(?<!\()`(\w+)`", keys)),
            tuple(re.findall(r"\(`(\w+)`\)", keys)),
        )
        for kind, keys, _ in DESIGN.findall(PAGE)
    }
    assert said == SETTINGS


@pytest.mark.parametrize(("kind", "example"), [(k, e) for k, _, e in DESIGN.findall(PAGE)])
def test_an_example_of_a_design_is_one(kind: str, example: str, tmp_path: Path) -> None:
    plan = read(tmp_path, f"{HEAD}{example}\n{'' if kind == 'replicates' else PULL}")
    assert plan.design.kind == kind
    assert set(tomllib.loads(example)["design"]) >= {"kind", *SETTINGS[kind][0]}


def test_every_kind_of_factor_stands_in_the_table_and_can_be_varied(tmp_path: Path) -> None:
    found = [(line, kind) for line, kind in FACTOR.findall(PAGE) if kind in KINDS]
    assert [kind for _, kind in found] == list(KINDS)
    values = {
        "date": "low = 2002-01-01\nhigh = 2005-01-01\n",
        "setting": 'values = ["consensus", "leader"]\n',
    }
    text = HEAD + 'design = { kind = "latin_hypercube", points = 2 }\n'
    for line, kind in found:
        text += f'[[factor]]\nname = "f_{kind}"\n{line}\n{values.get(kind, "")}'
    assert [factor.kind for factor in read(tmp_path, text).factors] == list(KINDS)


def test_every_form_of_an_outcome_stands_in_the_table_and_can_be_read() -> None:
    baseline = load_scenario("japan_nato/baseline")
    texts = OUTCOME.findall(PAGE)
    found = {
        parse_outcome(text, states=state_names(baseline), calendar=calendar_of(baseline)).fold
        for text in texts
    }
    assert found | {"sum", "max", "min"} == {*FOLDS, "at"}
    assert all(f"`{fold}`" in PAGE for fold in ("sum", "max", "min"))


@pytest.mark.parametrize("text", ["first(rung>=8)", "first(rung>=8)@1990..2000"])
def test_what_never_holds_has_the_year_that_the_page_says(text: str) -> None:
    calendar = calendar_of(load_scenario("japan_nato/baseline"))
    outcome = parse_outcome(text, states=["rung"], calendar=calendar)
    ((year,),) = evaluate([outcome], ["rung"], np.zeros((1, calendar.steps, 1)), calendar)
    assert year == calendar.last_year + 1
    assert f"{year:.0f}\nfor a run to {calendar.last_year}" in PAGE
