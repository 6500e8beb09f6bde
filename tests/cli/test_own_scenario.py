"""Lines to type name the file of a relationship of one's own as it was given."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alliance_sim import load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.counterfactual.posteriors import posteriors_of
from alliance_sim.counterfactual.rivals import fit_command
from alliance_sim.counterfactual.when_certain import inevitability
from alliance_sim.errors import ResultError, ScenarioError, SettingError
from alliance_sim.report.scores import about_the_model
from alliance_sim.results.draws import shipped_draws
from alliance_sim.shipped import scenarios
from tests.cli.test_whatif import called

ASKED = ("--without", "great_raid", "--outcome", "rung>=2@2008")
PLACE, MOVED = "own/mine.toml", ("--juncture", "great_raid")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    shutil.copytree(scenarios() / "two_islands" / "record", tmp_path / "own" / "record")
    text = (scenarios() / "two_islands" / "baseline.toml").read_text("utf-8")
    text = text.replace('relationship = "two_islands"', 'relationship = "my_pair"')
    (tmp_path / PLACE).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return PLACE


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("whatif", PLACE, *ASKED), f"calibrate {PLACE} --out FIT"),
        (("rewrite", PLACE, *ASKED[2:]), f"calibrate {PLACE} --out FIT"),
        (("attribute", PLACE, *ASKED[2:]), f"calibrate {PLACE} --out FIT"),
        (("shift", PLACE, *MOVED, *ASKED[2:]), f"calibrate {PLACE} --out FIT"),
        (("inevitability", PLACE, *ASKED), f"score {PLACE} --refit"),
        (("inevitability", PLACE, *ASKED, "--years", "make"), f"calibrate {PLACE} --out FIT"),
    ],
)
def test_a_line_to_type_names_the_file_as_it_was_given(
    file: str, words: tuple[str, ...], told: str
) -> None:
    code, _, why = called(*words, "--out", "out")
    assert code == 2, file
    assert f"alliance-sim {told}" in " ".join(why.split())


def test_nothing_is_refused_for_curves_that_ship_where_none_do(file: str, tmp_path: Path) -> None:
    asked = ("inevitability", file, *ASKED, "--posterior", tmp_path, "--out", "out")
    code, _, why = called(*asked)
    words = " ".join(why.split())
    assert code == 2
    assert "worked out already" not in words
    assert "no curve comes with the package for mine; for any question --years make" in words
    with pytest.raises(SettingError, match="no curve comes with the package for mine"):
        inevitability(load_scenario(file), [" ".join(ASKED[:2])[2:]], outcome=ASKED[3], seed=2)


def test_in_python_the_line_names_a_file_and_no_name_that_is_not_shipped(file: str) -> None:
    with pytest.raises(SettingError, match=r"calibrate mine\.toml --out FIT"):
        posteriors_of("shipped", load_scenario(file))


def test_a_file_whose_name_holds_a_space_is_quoted_in_lines_to_type(file: str) -> None:
    Path("own/my own.toml").write_text(Path(file).read_text("utf-8"), "utf-8")
    code, _, why = called("compare", "own/my own.toml")
    assert code == 2
    assert "alliance-sim compare 'own/my own.toml' WHAT_IF" in " ".join(why.split())
    chosen = load_scenario("own/my own.toml")
    with pytest.raises(ResultError, match=r"calibrate 'my own\.toml' --out FIT"):
        PosteriorDraws.load(shipped_draws("japan_nato")["RID"], chosen)
    table = SimpleNamespace(cells={}, titles=(), scenario="my own")
    assert "`alliance-sim score 'my own.toml' --refit`" in about_the_model(table)  # type: ignore[arg-type]


def test_a_folder_of_a_fit_takes_more_theories_with_the_options_that_it_has(tmp_path: Path) -> None:
    told = {
        "kind": "calibrate", "theories": {}, "series": "alliance", "until": 2009, "seed": 3,
        "tempered": {"particles": 64}, "chains": {"chains": 16, "warm_up": 10, "draws": 20},
    }  # fmt: skip
    fit = tmp_path / "my fit"
    fit.mkdir()
    (fit / "fit.json").write_text(json.dumps(told), "utf-8")
    assert fit_command("mine.toml", ["N", "R"], str(fit)) == (
        "alliance-sim calibrate mine.toml --theory N --theory R --seed 3 --series alliance "
        f"--until 2009 --particles 64 --chains 16 --warm-up 10 --draws 20 --out '{fit}'"
    )
    assert fit_command("mine.toml", ["N"], "").endswith("mine.toml --theory N --out FIT")
    assert fit_command("mine.toml", ["N"], str(tmp_path)).endswith("--out FIT")


def test_the_guarantor_of_any_relationship_is_told_in_general_words(file: str) -> None:
    code, told, _ = called("show", file, "--all")
    assert code == 0
    assert "guarantor's" in told
    assert "US " not in told


def test_a_day_that_does_not_exist_is_told_as_that(file: str) -> None:
    code, _, why = called("new", "edits.toml", "--extends", file, "--move", "great_raid=2003-02-30")
    assert (code, "there is no day 2003-02-30" in why) == (2, True)
    code, _, why = called("whatif", file, "--shift", "great_raid:2003-02-30", *ASKED[2:])
    assert (code, "there is no day 2003-02-30" in why) == (2, True)


def test_an_option_that_another_command_calls_so_is_told_by_its_name_here(file: str) -> None:
    code, _, why = called("whatif", file, "--move", "great_raid=+4", *ASKED[2:])
    words = " ".join(why.split())
    assert code == 2
    assert "No such option: --move. Here it is --shift isaf:+8" in words
    assert "--motive" not in words


def test_a_series_that_is_not_there_is_told_with_the_file(file: str) -> None:
    text = Path(file).read_text("utf-8")
    number = 'state_capability = [0.4, 0.0, 1.0, "1", "made up"]'
    table = (
        '[partners.state_capability]\nseries = "no"\nwindow = 1\n'
        'divide_by = [1, 0, 2, "1", "assumed"]\nfloor = [0, 0, 1, "1", "assumed"]'
    )
    Path("own/series.csv").write_text("indicator,year,value\nyes,2001,0.3\n", "utf-8")
    text = text.replace("title =", 'series = "series.csv"\ntitle =', 1).replace(number, table)
    Path("own/odd.toml").write_text(text, "utf-8")
    code, _, why = called("validate", "own/odd.toml")
    assert code == 2
    assert "odd.toml: 1 problem" in why


def test_two_names_in_a_list_are_told_how_to_be_given(file: str) -> None:
    names: Any = ["great_raid", "joint_patrol"]
    told = r"given one by one: without\('great_raid', 'joint_patrol'\)"
    with pytest.raises(ScenarioError, match=told):
        load_scenario(file).without(names)
