"""What a sweep comes to: every outcome once, every scenario told of, every file its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from matplotlib.text import Text

from alliance_sim.analysis.axes import Axis
from alliance_sim.analysis.contrasts import contrasts_asked
from alliance_sim.report.result_folder import file_name
from alliance_sim.report.sweep import summarise_sweep, write_summary
from alliance_sim.report.sweep_contrast import stem_of
from alliance_sim.sweep.run import run_sweep

if TYPE_CHECKING:
    from pathlib import Path

    from alliance_sim.sweep.sweep import Sweep

PLAN = """\
title = "Small"
question = "?"
scenarios = ["two_islands/baseline", "two_islands/no_raid"]
seed = 2026
replicates = 2
noise = "common"
[design]
kind = "grid"
[[factor]]
name = "pull"
label = "Pull"
number = "willingness.threat_state"
low = 1.2
high = 3.6
steps = 2
"""
SECOND = """\
[[factor]]
name = "pace"
label = "Pace"
number = "levels.pace"
low = 1.0
high = 3.0
steps = 2
"""


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    folder: Path = tmp_path_factory.mktemp("small")
    (folder / "plan.toml").write_text(PLAN)
    return run_sweep(folder / "plan.toml", folder / "swept")


def test_what_is_compared_before_and_after_a_fold_are_two_outcomes(sweep: Sweep) -> None:
    asked = ["mean(rung)", "mean(rung>=1)", "mean(rung)>=1", "mean_rung>=1", "mean_rung>=1.0000001"]
    told = {c.name: c.frame[c.name].tolist() for c in summarise_sweep(sweep, asked).columns}
    assert list(told) == [
        *("mean_rung", "mean_rung_ge_1"),
        *("mean_rung_whole_run_ge_1", "mean_rung_whole_run_ge_1_0000001"),
    ]
    assert told["mean_rung_whole_run_ge_1"] == [float(rung >= 1) for rung in told["mean_rung"]]
    for name, values in told.items():
        if name in sweep.kept():
            assert sweep.outcome(name)[1][name].tolist() == values


def test_a_comparison_is_not_called_like_an_outcome_of_the_plan(tmp_path: Path) -> None:
    own = '[outcomes]\nrung_end_ge_1 = "rung>=2@2010"\n'
    (tmp_path / "plan.toml").write_text(PLAN + own)
    found = run_sweep(tmp_path / "plan.toml", tmp_path / "swept")
    columns = summarise_sweep(found, ["rung_end>=1", "rung_end_ge_1"]).columns
    assert [column.name for column in columns] == ["rung_end_ge_1_", "rung_end_ge_1"]


def test_an_outcome_asked_for_in_several_spellings_counts_once(sweep: Sweep) -> None:
    once = summarise_sweep(sweep, ["rung_end"])
    found = summarise_sweep(sweep, ["rung_end", "rung_end", "rung@2010"])
    assert [column.name for column in found.columns] == ["rung_end"]
    assert found.table.equals(once.table)
    assert found.ranges().equals(once.ranges())
    assert found.ranges()["runs"].tolist() == [4, 4]


@pytest.mark.parametrize(
    ("one", "other"),
    [("-0.5 - 0.5", "0.5 - -0.5"), ("-.5 - 1", ".5 - 1"), ("1e-16 - 1", "1e16 - 1")],
)
def test_files_of_contrasts_of_other_values_have_other_names(one: str, other: str) -> None:
    axes = [Axis("x", "X", "number", (-0.5, 0.5, 1e-16, 1e16, 1.0))]
    stems = [file_name(stem_of(contrasts_asked(f"x={text}", [], axes))) for text in (one, other)]
    assert stems[0] != stems[1]


@pytest.mark.parametrize(
    ("runs", "told"),
    [(1, "Mean over runs, its error unknown."), (2, "Mean over runs ± its standard error where")],
)
def test_a_map_of_one_run_a_point_says_that_it_knows_no_error(
    tmp_path: Path, runs: int, told: str
) -> None:
    plan = PLAN.replace("replicates = 2", f"replicates = {runs}")
    (tmp_path / "plan.toml").write_text(f"{plan}{SECOND}")
    figure = run_sweep(tmp_path / "plan.toml", tmp_path / "swept").plot("level_political_end")
    said = " ".join(" ".join(text.get_text().split()) for text in figure.findobj(Text))
    assert told in said


def test_files_of_contrasts_of_scenarios_are_named_after_them(sweep: Sweep) -> None:
    pair = summarise_sweep(sweep, ["rung_end"], contrast="no_raid - baseline")
    assert pair.stem == "contrast no_raid minus baseline"
    assert stem_of(contrasts_asked("a-1", ["a-1", "b-2", "c"])) == "contrast against a-1"


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.filterwarnings("ignore::alliance_sim.ScenarioWarning")  # what else is outside
def test_levels_of_a_run_that_begins_late_are_told_by_the_stages_that_it_reaches(
    tmp_path: Path,
) -> None:
    year = '[[set]]\npath = "time.first_year"\nto = 2006\nsource = "a test"\n'
    late = f'extends = "two_islands/baseline"\ntitle = "Late"\n{year}'
    (tmp_path / "late.toml").write_text(late)
    head = 'title = "Late"\nquestion = "?"\nscenarios = ["late.toml"]\nreplicates = 2\n'
    (tmp_path / "plan.toml").write_text(f'{head}seed = 1\ndesign = {{ kind = "replicates" }}\n')
    swept = run_sweep(tmp_path / "plan.toml", tmp_path / "swept")
    told = write_summary(summarise_sweep(swept), out=tmp_path / "told", command="x")
    table = pd.read_csv(told["files"]["summary_levels_by_period.csv"])
    assert set(table["period"]) == {"P2"}
