"""Whatever is shown fits one line, and a notebook's table holds texts and no markup of others."""

from __future__ import annotations

import html
import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import alliance_sim
from alliance_sim.display import Facts, Shown, Table

LONGEST = 250
PLAN = """
title = "Files <b>"
scenarios = ["two_islands/baseline"]
seed = 7
replicates = 2
[design]
kind = "grid"
[[factor]]
name = "pull"
number = "willingness.threat_state"
label = "Pull of threats"
values = [1.0, 2.0]
"""


@cache
def ensemble() -> alliance_sim.Ensemble:
    return alliance_sim.simulate("two_islands/baseline", runs=3, seed=1, first_run=5)


@pytest.fixture
def sweep(tmp_path: Path) -> alliance_sim.Sweep:
    (tmp_path / "plan.toml").write_text(PLAN)
    return alliance_sim.run_sweep(tmp_path / "plan.toml", tmp_path / "swept")


def test_a_scenario_is_one_line_wherever_it_is_printed() -> None:
    found = alliance_sim.load_scenario("two_islands/baseline").without("great_raid")
    assert repr(found).startswith("<Scenario two_islands/baseline, without great_raid: 2001 to ")
    assert str(found) == repr(found)
    assert len(repr(found)) < LONGEST
    printed = io.StringIO()
    Console(file=printed, width=1000).print(found)
    assert len(printed.getvalue()) < LONGEST


def test_an_ensemble_is_one_line_and_tells_runs_years_states_and_seed() -> None:
    assert repr(ensemble()) == (
        f"<Ensemble two_islands/baseline: 3 runs, {ensemble().calendar.labels[0]} to "
        f"{ensemble().calendar.labels[-1]}, {len(ensemble().states)} states, seed 1>"
    )


def test_an_ensemble_tells_failed_runs_and_leaves_them_out_of_its_numbers() -> None:
    values = ensemble().values.copy()
    values[0] = np.nan
    lost = alliance_sim.Ensemble(
        **{**vars(ensemble()), "values": values, "status": ("it broke", "ok", "ok")}
    )
    assert "1 of them failed" in repr(lost)
    page = lost._repr_html_()
    assert "nan" not in page
    level = np.sort(lost.column("level_political")[1:, -1])
    assert f'<td style="text-align:left">{level[0]:.3g}</td>' in page
    assert "5 to 7" in page


def test_a_record_tells_its_acts_by_domain() -> None:
    record = alliance_sim.Record.of(alliance_sim.load_scenario("two_islands/baseline"))
    assert repr(record).startswith(f"<Record two_islands: {len(record.events)} acts, ")
    assert len(record.plot().axes) >= 2
    assert f">{record.counts()['political'].iloc[0]}</td>" in record._repr_html_()


def test_a_plan_and_its_sweep_are_one_line(sweep: alliance_sim.Sweep) -> None:
    size = "2 points x 1 scenario x 2 replicates"
    assert repr(sweep.plan) == f"<Plan “Files <b>”: 4 rows, {size}>"
    assert repr(sweep) == f"<Sweep “Files <b>”: 4 of 4 rows, {size}, in {sweep.folder}>"
    page = sweep._repr_html_()
    assert "Files &lt;b&gt;" in page
    assert "<b>”" not in page


def test_a_sweep_draws_the_outcome_asked_for(sweep: alliance_sim.Sweep) -> None:
    figure = sweep.plot("level_political_end")
    told = " ".join(text.get_text() for text in figure.findobj(match=_is_text))
    assert "Pull of threats" in told
    with pytest.raises(alliance_sim.UnknownName, match="did you mean 'level_political_end'"):
        sweep.plot("level_politcal_end")


def test_an_ensemble_draws_levels_and_rung_or_the_states_asked_for() -> None:
    assert len(ensemble().plot().axes) == 4
    assert len(ensemble().plot("rung").axes) == 1
    with pytest.raises(alliance_sim.UnknownName, match="unknown state 'rungs'"):
        ensemble().plot("rungs")


def test_a_figure_is_shown_in_a_notebook_that_never_saw_pyplot() -> None:
    picture, size = ensemble().plot("rung")._repr_png_()
    assert picture.startswith(b"\x89PNG")
    assert 300 < size["width"] < 2000


def test_a_dictionary_says_what_each_state_means() -> None:
    found = ensemble().dictionary()
    assert tuple(found.index) == ensemble().states
    assert (found["meaning"].str.len() > 3).all()
    assert found.loc["level_political", "unit"] == "1"


class Odd(Shown):
    def _facts(self) -> Facts:
        text = "<script>\x1b[2J\u202e & more"
        return Facts(
            text, [text], [(text, text * 50), ("empty", "")], Table([text], [[text, text]])
        )


def test_nothing_is_obeyed_by_a_terminal_or_a_page() -> None:
    assert "\x1b" not in repr(Odd())
    assert "\n" not in repr(Odd())
    page = Odd()._repr_html_()
    assert "<script" not in page
    assert "\x1b" not in page
    assert html.escape("<script>") in page
    assert "empty" not in page
    assert len(page) < 4000


def _is_text(artist: Any) -> bool:
    return hasattr(artist, "get_text")


def test_what_follows_a_sweep_is_one_line_with_a_table_and_a_figure(
    sweep: alliance_sim.Sweep,
) -> None:
    summary = alliance_sim.summarise_sweep(sweep, ["level_political_end", "rung_end"])
    assert repr(summary).startswith("<SweepSummary “Files <b>”: 2 outcomes, 2 points x 1 scenario")
    assert "level_political_end" in summary._repr_html_()
    assert len(summary.plot("rung_end").axes) > 0
    with pytest.raises(alliance_sim.UnknownName, match="unknown outcome 'rung'"):
        summary.plot("rung")


def test_a_sensitivity_analysis_tells_its_method_and_every_factor(tmp_path: Path) -> None:
    pytest.importorskip("SALib")
    design = '{ kind = "latin_hypercube", points = 60 }'
    plan = PLAN.replace('[design]\nkind = "grid"', f"design = {design}").replace("values = ", "# ")
    (tmp_path / "plan.toml").write_text(plan)
    swept = alliance_sim.run_sweep(tmp_path / "plan.toml", tmp_path / "swept")
    found = alliance_sim.sweep_sensitivity(swept, "level_political_end")
    assert "pawn, 1 factor>" in repr(found)
    assert "<td" in found._repr_html_()
    assert "pull" in found._repr_html_()
    assert len(found.plot().axes) > 0


def test_conditions_found_are_told_by_boxes(tmp_path: Path) -> None:
    pytest.importorskip("ema_workbench")
    design = '{ kind = "latin_hypercube", points = 60 }'
    plan = PLAN.replace('[design]\nkind = "grid"', f"design = {design}").replace("values = ", "# ")
    (tmp_path / "plan.toml").write_text(plan)
    swept = alliance_sim.run_sweep(tmp_path / "plan.toml", tmp_path / "swept")
    middle = swept.frame(["level_political_end"])["level_political_end"].median()
    found = alliance_sim.sweep_discovery(swept, f"level_political_end>={middle:.3f}")
    assert f"prim, {len(found.found.boxes)} boxes>" in repr(found)
    assert "density" in found._repr_html_()
    assert len(found.plot().axes) > 0
    with pytest.raises(alliance_sim.SettingError, match="box is 99, must be from 1 to "):
        found.plot(99)


def test_a_comparison_with_the_record_is_one_line_and_draws_itself() -> None:
    scenario = alliance_sim.load_scenario("two_islands/baseline")
    found = alliance_sim.compare_history(scenario, runs=3, seed=1)
    assert repr(found) == "<HistoryComparison two_islands/baseline: 3 runs, seed 1>"
    assert "two_islands" in found._repr_html_()
    assert len(found.plot().axes) == 4
