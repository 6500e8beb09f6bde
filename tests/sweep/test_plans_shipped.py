"""The plans that come with the package: sound, honest about their size, each one question."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alliance_sim.scenario.edit import value_at
from alliance_sim.sweep.factors import NUMBER
from alliance_sim.sweep.plan_file import load_plan

FOLDER = Path(__file__).parents[2] / "experiments"
PLANS = sorted(FOLDER.glob("*.toml"))


def comment(path: Path) -> str:
    """Return what stands above the first setting of a file."""
    head = path.read_text("utf-8").partition("\ntitle")[0]
    return " ".join(line.removeprefix("#").strip() for line in head.splitlines())


def test_there_are_plans_of_several_kinds() -> None:
    kinds = {load_plan(path).design.kind for path in PLANS}
    assert kinds >= {"grid", "latin_hypercube", "morris", "saltelli", "sobol"}


def test_the_first_plan_is_quick() -> None:
    assert load_plan(PLANS[0]).rows <= 10_000


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_a_plan_asks_one_question_and_says_how_to_run_it(path: Path) -> None:
    plan = load_plan(path)
    assert plan.question.strip().endswith("?")
    assert f"alliance-sim sweep experiments/{path.name} --out results/" in comment(path)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_what_a_plan_says_of_its_size_is_true(path: Path) -> None:
    plan = load_plan(path)
    said = {int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", comment(path))}
    assert plan.rows in said or {plan.points, plan.replicates} <= said


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_a_range_that_is_not_the_numbers_own_has_its_reason_above_it(path: Path) -> None:
    plan = load_plan(path)
    tables = path.read_text("utf-8").split("[[factor]]")
    for factor, before, table in zip(plan.factors, tables, tables[1:], strict=False):
        own = ("low =" not in table) and ("high =" not in table)
        reason = before.rstrip().splitlines()[-1].startswith("#")
        assert own or reason, factor.name
        if own and factor.kind == NUMBER:
            number = value_at(plan.scenarios[0], factor.path)
            assert (factor.low, factor.high) == (number.low, number.high)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_point_of_a_shipped_plan_is_a_scenario(path: Path) -> None:
    plan = load_plan(path)
    points = plan.design_table().to_dict("records")
    for point in points[:: max(1, len(points) // 20)]:
        values = {str(name): value for name, value in point.items()}
        for label in plan.labels:
            assert plan.scenario_at(label, values).edits


def test_what_a_plan_of_combinations_asks_about_is_drawn_first() -> None:
    plan = load_plan(FOLDER / "theories_and_council.toml")
    assert "Council rule" in plan.title
    assert plan.factors[0].path == "council.rule"
