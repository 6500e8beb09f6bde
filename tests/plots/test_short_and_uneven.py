"""Figures of what is as short as can be, and of ladders with gaps."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from matplotlib.legend import Legend

from alliance_sim import Record, compare_history, load_scenario, simulate
from alliance_sim.plots import run
from alliance_sim.plots.history import record_figure
from alliance_sim.scenario.edit import replaced

if TYPE_CHECKING:
    from alliance_sim import Scenario
    from alliance_sim.results import Ensemble

HISTORY = load_scenario("japan_nato/baseline")


@pytest.fixture(scope="module", params=[1, 4], ids=["one step", "one year"])
def one_year(request: pytest.FixtureRequest) -> Scenario:
    time = {"time.first_year": 2001, "time.last_year": 2001, "time.steps_per_year": request.param}
    return replaced(HISTORY, time)


@pytest.mark.parametrize("states", [(), ("rung",), ("count_political",)])
def test_a_run_of_one_year_can_be_drawn(one_year: Scenario, states: tuple[str, ...]) -> None:
    figure = simulate(one_year, runs=3, seed=1).plot(*states)
    figure.savefig(io.BytesIO())
    for panel in figure.axes:
        ticks = panel.get_xticks() if panel.get_xlabel() == "year" else [2001]
        assert 2001 in [round(tick) for tick in ticks]


def test_a_history_of_one_year_can_be_drawn(one_year: Scenario) -> None:
    compare_history(one_year, runs=3, seed=1, posterior=None).plot().savefig(io.BytesIO())


def test_a_record_whose_ladder_leaves_a_step_out_is_drawn_to_its_top() -> None:
    record = Record.of(load_scenario("two_islands/baseline"))
    without_first = replace(record, rungs=record.rungs[record.rungs["rung"] != 1])
    figure = record_figure(without_first)
    figure.savefig(io.BytesIO())
    ladder = figure.axes[0]
    top = record.rungs["rung"].max()
    assert ladder.get_ylim()[1] > top
    (names,) = (axes for axes in ladder.child_axes)
    told = [label.get_text() for label in names.get_yticklabels()]
    wanted = dict(zip(record.rungs["rung"], record.rungs["name"], strict=True))
    assert told == ["", *(wanted[k].replace("_", " ") for k in range(2, top + 1))]


def test_the_legend_of_one_run_has_no_bands(ensemble: Ensemble) -> None:
    alone = replace(ensemble, values=ensemble.values[:1], status=ensemble.status[:1])
    (legend,) = run.ensemble_figure(alone, ["rung"]).findobj(Legend)
    assert [text.get_text() for text in legend.get_texts()] == ["the one run"]
