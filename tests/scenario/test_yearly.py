"""Yearly series: a file beside the scenario becomes part of it, or says what is wrong."""

from pathlib import Path

import pytest

from alliance_sim import load_scenario
from alliance_sim.errors import ScenarioError
from alliance_sim.provenance import scenario_digest
from alliance_sim.scenario.schema import SeriesInput
from alliance_sim.scenario.yearly import parsed, read_series
from alliance_sim.shipped import scenarios

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorials" / "your_own_relationship.md"
BASE = load_scenario("japan_nato/baseline")
EDITS = """extends = "japan_nato/baseline"
title = "Other series"
description = "China as weak as the file beside says."
series = "mine.csv"
"""
HEAD = "year,indicator,value,unit\n"


def test_a_series_is_that_of_its_file_without_invented_years() -> None:
    scrambles = parsed(BASE.series)["jasdf_scrambles"]
    assert not {2005, 2006, 2010, 2020} & set(scrambles)
    assert parsed(BASE.series)["cinc_china"][1949] == pytest.approx(0.104050)


def test_a_file_of_edits_brings_series_of_its_own(tmp_path: Path) -> None:
    names = [n for n in parsed(BASE.series) if n != "cinc_china"]
    rows = [f"{y},{n},{v},1" for n in names for y, v in parsed(BASE.series)[n].items()]
    (tmp_path / "mine.csv").write_text(HEAD + "2000,cinc_china,0.01,1\n" + "\n".join(rows), "utf-8")
    (tmp_path / "edits.toml").write_text(EDITS, "utf-8")
    found = load_scenario(tmp_path / "edits.toml")
    assert parsed(found.series)["cinc_china"] == {2000: 0.01}
    assert scenario_digest(found) != scenario_digest(BASE)


def test_a_capability_is_a_table_that_names_a_series_as_the_tutorial_shows(tmp_path: Path) -> None:
    lines = TUTORIAL.read_text("utf-8").partition("[partners.state_capability]")[2].splitlines()
    shown = [line.strip() for line in lines[1:6]]
    assert shown[0] == 'series = "island"'
    islands = (scenarios() / "two_islands" / "baseline.toml").read_text("utf-8")
    number = 'state_capability = [0.4, 0.0, 1.0, "1", "made up"]\n'
    head, _, rest = islands.replace('record = "./record"\n', "").partition(number)
    table = "\n".join(["[partners.state_capability]", *shown])
    (tmp_path / "mine.csv").write_text("indicator,year,value\nisland,2001,0.3\n", "utf-8")
    path = tmp_path / "mine.toml"
    of_file = head.replace('title = "Two', 'series = "mine.csv"\ntitle = "Two', 1)
    path.write_text(f"{of_file}{table}\n{rest}", "utf-8")
    found = load_scenario(path).partners.state_capability
    assert isinstance(found, SeriesInput)
    assert (found.series, found.window) == ("island", 1)
    path.write_text(f'{of_file}state_capability = "island"\n{rest}', "utf-8")
    with pytest.raises(
        ScenarioError, match=r"bare value 'island'.* or, for a series, a table with"
    ):
        load_scenario(path)


def test_every_bad_row_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(HEAD + "1990,a,1e3,\n199x,a,1,\n1991,,0x1,\n1990,a,2,\n1992,a,inf,\n", "utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_series(path)
    assert [problem.partition(",")[0] for problem in caught.value.problems] == [
        "row 3: year is '199x'",
        "row 4: indicator is ''",
        "row 4: value is '0x1'",
        "row 5: 'a' has two values for 1990",
        "row 6: value is 'inf'",
    ]


def test_a_file_without_the_columns_or_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("year,name\n1990,a\n", "utf-8")
    (tmp_path / "edits.toml").write_text(EDITS, "utf-8")
    with pytest.raises(ScenarioError, match="column 'indicator' is missing"):
        load_scenario(tmp_path / "edits.toml")
    (tmp_path / "mine.csv").unlink()
    with pytest.raises(ScenarioError, match=r"series 'mine\.csv': does not exist"):
        load_scenario(tmp_path / "edits.toml")


def test_what_is_only_told_is_no_part_of_the_digest_and_series_are() -> None:
    told = BASE.model_copy(update={"title": "x", "relationship": "y", "record": "/z", "name": "n"})
    assert scenario_digest(told) == scenario_digest(BASE)
    without = BASE.model_copy(update={"series": ""})
    assert scenario_digest(without) != scenario_digest(BASE)
