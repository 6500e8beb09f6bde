"""A user's own table of points: read as it stands, or all that is wrong with it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from alliance_sim.errors import ScenarioError
from alliance_sim.sweep.factors import Factor
from alliance_sim.sweep.plan_file import load_plan
from alliance_sim.sweep.points import read_rows

PULL = Factor(name="pull", kind="number", path="willingness.threat_state", low=0.5, high=2.5)
HAPPENS = Factor(name="happens", kind="present", path="juncture.x.present", values=(False, True))
DAY = Factor(
    name="day", kind="date", path="juncture.x.date", low="2002-01-01", high="2005-01-01", dated=True
)
RULE = Factor(name="rule", kind="setting", path="council.rule", values=("consensus", "leader"))
YEARS = Factor(name="years", kind="setting", path="threat.china.capability.window", values=(0, 2))
ALL = (PULL, HAPPENS, DAY, RULE, YEARS)
ROWS = ((0.5, True, "2002-01-01", "leader", 2), (2.0, False, "2004-05-06", "consensus", 0))

CSV = """rule, pull,happens,years,day
leader,0.5,true,2,2002-01-01
consensus,2,False,0, 2004-05-06
"""
PLAN = """
title = "t"
scenarios = ["japan_nato/baseline"]
seed = 1
[design]
kind = "table"
file = "points.csv"
[[factor]]
name = "pull"
number = "willingness.threat_state"
low = 0.5
high = 2.5
[[factor]]
name = "isaf"
present = "isaf"
"""


def csv_file(folder: Path, text: str | bytes) -> Path:
    path = folder / "points.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def problems(path: Path, *factors: Factor) -> list[str]:
    rows, told = read_rows(path, factors or ALL)
    assert rows == ()
    assert told
    return told


def test_a_csv_file_is_read_in_the_order_of_the_factors(tmp_path: Path) -> None:
    assert read_rows(csv_file(tmp_path, CSV), ALL) == (ROWS, [])


@pytest.mark.parametrize(
    "text",
    [
        CSV.encode("utf-8-sig"),
        CSV.replace("\n", "\r\n").encode(),
        CSV.rstrip("\n").encode(),
        (CSV + "\n\n").encode(),
        CSV.replace("leader", '"leader"').encode(),
    ],
    ids=["mark", "windows", "no last line", "blank lines", "quoted"],
)
def test_a_csv_file_may_be_written_in_other_ways(text: bytes, tmp_path: Path) -> None:
    assert read_rows(csv_file(tmp_path, text), ALL) == (ROWS, [])


def frame(**changed: list[Any]) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {
        "pull": [0.5, 2.0],
        "happens": [True, False],
        "day": [dt.date(2002, 1, 1), dt.date(2004, 5, 6)],
        "rule": ["leader", "consensus"],
        "years": [2, 0],
    }
    return pd.DataFrame(columns | changed)


@pytest.mark.parametrize(
    "days",
    [
        [dt.date(2002, 1, 1), dt.date(2004, 5, 6)],
        [dt.datetime(2002, 1, 1), dt.datetime(2004, 5, 6)],  # noqa: DTZ001 - as pandas has them
        ["2002-01-01", "2004-05-06"],
    ],
    ids=["dates", "moments", "texts"],
)
def test_a_parquet_file_is_read_alike(days: list[Any], tmp_path: Path) -> None:
    path = tmp_path / "points.parquet"
    frame(day=days).to_parquet(path)
    assert read_rows(path, ALL) == (ROWS, [])
    frame(day=days).astype({"rule": "category"}).to_parquet(path)
    assert read_rows(path, ALL) == (ROWS, [])


def test_what_is_wrong_in_a_parquet_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "points.parquet"
    columns = {
        "pull": [float("nan"), float("inf")],
        "happens": [2, None],
        "day": [dt.datetime(2002, 1, 1, 12), dt.datetime(2004, 5, 6)],  # noqa: DTZ001
        "years": [2.0, 0.0],
    }
    pq.write_table(pa.table(columns), path)
    assert problems(path) == [
        "column 'rule' is missing",
        "column 'pull', rows 1, 2: are nan, inf, must be a finite number",
        "column 'happens', row 2: is empty",
        "column 'happens', row 1: is 2, must be true or false, or 1 or 0",
        "column 'day', row 1: is 2002-01-01 12:00:00, must be a date such as 2001-09-11",
        "column 'years', rows 1, 2: are 2.0, 0.0, must be a whole number",
    ]


def test_all_that_is_wrong_in_a_csv_file_is_told_at_once(tmp_path: Path) -> None:
    text = (
        "pul,happens,day,rule,years\n"
        "1.0,yes,2002-13-01,leadr,1\n"
        "1.0,true,20020101,,two\n"
        "1.0,true,2006-01-01,leader,2\n"
    )
    known = "(known: day, happens, pull, rule, years)"
    assert problems(csv_file(tmp_path, text)) == [
        f"column 'pul': unknown factor 'pul'; did you mean 'pull'? {known}",
        "column 'pull' is missing",
        "column 'happens', row 1: is 'yes', must be true or false, or 1 or 0",
        "column 'day', rows 1, 2: are '2002-13-01', '20020101', must be a date such as 2001-09-11",
        "column 'day', row 3: is '2006-01-01', must be from 2002-01-01 to 2005-01-01",
        "column 'rule', row 2: is empty",
        "column 'rule', row 1: is 'leadr', must be one of consensus, leader",
        "column 'years', row 1: is '1', must be one of 0, 2",
        "column 'years', row 2: is 'two', must be a whole number",
    ]


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("", "is empty"),
        ("x", "is 'x', must be a number"),
        ("nan", "is 'nan', must be a number"),
        ("-inf", "is '-inf', must be a number"),
        ("1e999", "is '1e999', must be a finite number"),
        ("true", "is 'true', must be a number"),
        ("3", "is '3', must be from 0.5 to 2.5"),
        ("1;2", "is '1;2', must be a number"),
    ],
)
def test_a_cell_that_is_no_value_of_a_number(cell: str, says: str, tmp_path: Path) -> None:
    assert problems(csv_file(tmp_path, f'pull\n1.0\n"{cell}"\n'), PULL) == [
        f"column 'pull', row 2: {says}"
    ]


def test_a_problem_of_many_rows_is_told_once_with_the_first_of_them(tmp_path: Path) -> None:
    assert problems(csv_file(tmp_path, "pull\n" + "9\n" * 1500), PULL) == [
        "column 'pull', rows 1, 2, 3, 4, 5 and 1,495 more: are '9', must be from 0.5 to 2.5"
    ]
    cells = "".join(f"{k}\n" for k in range(3, 1503))
    (told,) = problems(csv_file(tmp_path, "pull\n1\n" + cells), PULL)
    assert told.partition(": ")[0] == "column 'pull', rows 2, 3, 4, 5, 6 and 1,495 more"
    assert told.partition(": ")[2] == "are '3', '4', '5', ..., must be from 0.5 to 2.5"
    assert problems(csv_file(tmp_path, "pull\n" + "1,1\n" * 99 + "2\n1,1,1\n"), PULL) == [
        "rows 1, 2, 3, 4, 5 and 95 more: have 2, 3 cells, must have 1"
    ]
    gaps = csv_file(tmp_path, "pull,happens\n" + ",1\n" * 7 + "1,true\n")
    assert problems(gaps, PULL, HAPPENS) == [
        "column 'pull', rows 1, 2, 3, 4, 5 and 2 more: are empty"
    ]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("truths", [[1, 0], [1.0, 0.0], [True, False], ["TRUE", "False"]])
def test_one_and_zero_are_truth_values_as_elsewhere(
    truths: list[Any], ending: str, tmp_path: Path
) -> None:
    path = tmp_path / f"points.{ending}"
    table = frame(happens=truths)
    table.to_csv(path, index=False) if ending == "csv" else table.to_parquet(path)
    rows, told = read_rows(path, ALL)
    assert told == []
    assert rows == ROWS
    assert [type(row[1]) for row in rows] == [bool, bool]


def test_an_index_that_pandas_wrote_is_told_as_one(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    frame().to_csv(path)
    says = "has no name; it may be the index of pandas, which index=False leaves out"
    assert problems(path) == [f"column '': {says}"]
    pd.read_csv(path).to_csv(path, index=False)
    assert problems(path) == [f"column 'Unnamed: 0': {says}"]
    path = tmp_path / "points.parquet"
    frame().set_index(pd.Index(["a", "b"])).to_parquet(path)
    assert problems(path) == [f"column '__index_level_0__': {says}"]


def test_columns_of_factors_with_problems_of_their_own_are_left_alone(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "pull,rule\n9,\n")
    assert read_rows(path, [PULL], unsound=["rule", "day"])[1] == [
        "column 'day' is missing",
        "column 'pull', row 1: is '9', must be from 0.5 to 2.5",
    ]


CONTENTS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "only a header": (b"pull\n", "has no rows below its header"),
    "semicolons": (b"pull;happens\n1;true\n", "separated by other signs, must have commas"),
    "a column twice": (b"pull,pull\n1,1\n", "column 'pull': stands 2 times"),
    "ragged": (b"pull\n1\n1,2\n", "row 2: has 2 cells, must have 1"),
    "not UTF-8": (b"pull\n\xff\n", "is not text in UTF-8 (byte 5)"),
    "an open quote": (b'pull\n"1\n', "is not CSV"),
    "Parquet": (b"PAR1\xff\xfe", "is not text in UTF-8"),
}


@pytest.mark.parametrize(("content", "says"), CONTENTS.values(), ids=CONTENTS)
def test_a_file_that_is_no_table_says_so(content: bytes, says: str, tmp_path: Path) -> None:
    (told,) = problems(csv_file(tmp_path, content), PULL)
    assert says in told


def test_a_parquet_file_that_is_none_says_so(tmp_path: Path) -> None:
    path = tmp_path / "points.parquet"
    path.write_bytes(b"pull\n1\n")
    (told,) = problems(path, PULL)
    assert told.startswith("cannot be read as Parquet")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_file_that_is_not_there_or_a_folder_says_so(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"points.{ending}"
    assert problems(path, PULL) == ["does not exist"]
    path.mkdir()
    assert problems(path, PULL) == ["is a folder, must be a regular file"]


def test_a_plan_takes_its_table_from_beside_it_and_keeps_it(tmp_path: Path) -> None:
    points = csv_file(tmp_path, "isaf,pull\ntrue,1.0\nfalse,2.0\ntrue,0.5\n")
    (tmp_path / "mine.toml").write_text(PLAN)
    plan = load_plan(tmp_path / "mine.toml")
    points.unlink()
    assert plan.points == 3
    table = type(plan).from_tree(plan.as_tree()).design_table()
    assert list(table.columns) == ["pull", "isaf"]
    assert table["pull"].tolist() == [1.0, 2.0, 0.5]
    assert table["isaf"].tolist() == [True, False, True]


def test_a_plan_with_a_broken_table_names_the_file(tmp_path: Path) -> None:
    csv_file(tmp_path, "isaf,pull\ntrue,1.0\nfalse,5.0\n")
    (tmp_path / "mine.toml").write_text(PLAN)
    with pytest.raises(ScenarioError) as caught:
        load_plan(tmp_path / "mine.toml")
    assert caught.value.problems == (
        "design.file 'points.csv': column 'pull', row 2: is '5.0', must be from 0.5 to 2.5",
    )


def test_a_table_beside_a_broken_factor_is_not_blamed(tmp_path: Path) -> None:
    csv_file(tmp_path, "isaf,pull\ntrue,1.0\n")
    (tmp_path / "mine.toml").write_text(PLAN.replace("threat_state", "threat_stat"))
    with pytest.raises(ScenarioError) as caught:
        load_plan(tmp_path / "mine.toml")
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["factor 'pull'"]
