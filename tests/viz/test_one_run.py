"""What the page shows of a run, without a browser."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from alliance_sim import load_scenario, simulate
from alliance_sim.engine.chronology import chronology
from alliance_sim.engine.mesa_model import Cast, Member, State
from alliance_sim.plots.style import LADDER
from alliance_sim.shipped import usual_scenario
from alliance_sim.viz.figures import option, panels, spoken
from alliance_sim.viz.one_run import OneRun, one_run

USUAL = usual_scenario()
ISLANDS = "two_islands/baseline"


class StopsIn1951(Member):
    """A member whose class has a mistake in it."""

    def weigh(self) -> None:
        if self.model.quarter == 5:
            raise ZeroDivisionError("no reason at all")
        super().weigh()


class NeverBegins(State):
    """A state that cannot even be set up."""

    def settle(self) -> None:
        raise KeyError("tokyo")


@cache
def usual_run() -> OneRun:
    return one_run(USUAL, "7", "3")


def test_it_is_the_run_that_every_engine_gives() -> None:
    ensemble = simulate(USUAL, runs=1, seed=7, first_run=3)
    run = usual_run()
    assert (run.seed, run.run, run.problem) == (7, 3, "")
    assert tuple(run.states) == ensemble.states
    np.testing.assert_array_equal(np.transpose(list(run.states.values())), ensemble.values[0])


def test_what_came_about_is_the_chronology_of_the_run() -> None:
    scenario = load_scenario(USUAL)
    frame = chronology(simulate(USUAL, runs=1, seed=7, first_run=3), scenario)
    came = [(act.date, act.what) for act in usual_run().acts if not act.given]
    told = zip(frame["date"].dt.date, frame["title"], strict=True)
    assert sorted(came) == sorted(told)


def test_refusals_are_those_that_the_chronology_tells() -> None:
    run = one_run(USUAL, "1", "0")
    blocked = [act for act in run.acts if act.what.startswith("Blocked by ")]
    assert blocked
    assert [refusal.quarter for refusal in run.refusals] == [act.quarter for act in blocked]
    for refusal, act in zip(run.refusals, blocked, strict=True):
        assert act.what.endswith(f": {refusal.step}")
    times = run.refused_so_far(run.last)
    assert sum(count for _, count in times) == sum(len(r.who) for r in run.refusals)
    assert [count for _, count in times] == sorted((c for _, c in times), reverse=True)
    assert run.refused_so_far(0) == []


def test_a_refusal_is_of_the_step_that_was_asked_for_where_the_ladder_is_held(
    tmp_path: Path,
) -> None:
    free = one_run(ISLANDS, "1", "1")
    first = free.refusals[0]
    label = free.calendar.label(first.quarter)
    text = f'extends = "{ISLANDS}"\nedits = ["hold rung=3@{label}..2010"]\n'
    (tmp_path / "held.toml").write_text(text, encoding="utf-8")
    held = one_run(str(tmp_path / "held.toml"), "1", "1")
    assert held.refusals[0] == first
    assert any(act.what.endswith(f": {first.step}") for act in held.acts if not act.given)


def test_a_removed_event_has_no_date_and_neither_has_what_falls_with_it() -> None:
    def given(name: str) -> set[str]:
        return {act.what for act in one_run(name, "1", "0").acts if act.given}

    titles = {j.name: j.title for j in load_scenario(USUAL).junctures}
    missing = given(USUAL) - given("japan_nato/no_nine_eleven")
    assert {titles["nine_eleven"], titles["isaf"]} <= missing
    assert given("japan_nato/no_nine_eleven") <= given(USUAL)


@pytest.mark.parametrize(
    ("seed", "run", "told"),
    [("abc", "0", "seed is 'abc'"), ("1", "-2", "run is '-2'"), ("", "x", "seed is ''")],
)
def test_a_wrong_number_is_told_and_the_usual_run_is_shown(seed: str, run: str, told: str) -> None:
    found = one_run(ISLANDS, seed, run)
    assert told in found.problem
    assert found.problem.endswith("this is run 0 of seed 1")
    assert (found.seed, found.run, found.last) == (1, 0, found.calendar.steps - 1)


def test_a_scenario_that_is_not_there_is_told() -> None:
    found = one_run("japan_nato/no_such", "1", "0")
    assert "no_such" in found.problem
    assert found.problem.endswith(f"This is {USUAL}.")
    assert found.scenario.name == USUAL


def test_agents_that_fail_end_the_run_where_they_fail(capsys: pytest.CaptureFixture[str]) -> None:
    found = one_run(USUAL, "1", "0", cast=Cast(member=StopsIn1951))
    assert found.problem == "The run ended in 1951Q2: ZeroDivisionError: no reason at all"
    assert found.calendar.label(found.last) == "1951Q1"
    assert "in weigh" in capsys.readouterr().err
    assert all(act.given or act.quarter <= found.last for act in found.acts)


def test_agents_that_cannot_be_set_up_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    found = one_run(USUAL, "1", "0", cast=Cast(state=NeverBegins))
    assert found.problem.startswith("The run did not begin: KeyError: 'tokyo'.")
    assert found.last == found.calendar.steps - 1
    assert "in settle" in capsys.readouterr().err


def test_the_formal_step_has_the_colour_that_it_has_in_every_figure() -> None:
    lines = [line for panel in panels(one_run(ISLANDS, "1", "0")) for line in panel.lines]
    (step,) = (line for line in lines if line.name == "formal step")
    assert step.colour == LADDER.colour
    assert [line.colour for line in lines].count(LADDER.colour) == 1


@pytest.mark.parametrize("name", [USUAL, ISLANDS])
def test_a_figure_holds_every_value_so_far_within_its_axis(name: str) -> None:
    run = one_run(name, "1", "0")
    for panel in panels(run):
        found = option(panel, 20, run.calendar)
        assert [series["name"] for series in found["series"]] == [line.name for line in panel.lines]
        for series, line in zip(found["series"], panel.lines, strict=True):
            assert series["data"] == [round(value, 3) for value in line.values[:21]]
            assert max(series["data"]) <= found["yAxis"]["max"]
            assert f"{line.name} {panel.now(line, 20)}" in spoken(panel, 20, run.calendar)
