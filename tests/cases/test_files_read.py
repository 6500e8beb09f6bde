"""Files that once ended in a traceback, took for ever or were taken in silence, and their kinds."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from alliance_sim import load_scenario
from alliance_sim.cli import app
from alliance_sim.errors import ScenarioError, ScenarioWarning
from alliance_sim.scenario.describe import explain
from alliance_sim.scenario.path import numbers
from alliance_sim.sweep.plan_file import load_plan

FILES = Path(__file__).parent / "files"
PATHS = [
    path
    for path, number in numbers(load_scenario("japan_nato/baseline"))
    if number.low < number.high
    and path.startswith(
        ("member.", "levels.", "assets.", "threat_dynamics.", "network.", "juncture.")
    )
]
HEAD = 'extends = "japan_nato/baseline"\ntitle = "t"\ndescription = "d"\n'
AT_ONCE = 5.0  # seconds, on a busy machine

SCENARIOS = {
    "year9999.toml": r"moved\[0\]\.to: is 9999-12-31, must lie in the years 1 to 9998",
    "last9999.toml": r"time\.last_year: is 9999, must be a year from 1900 to 2100",
    "last10000.toml": r"time\.last_year: is 10000, must be a year from 1900 to 2100",
    "first0.toml": r"time\.first_year: is 0, must be a year from 1900 to 2100",
    "int400.toml": r"set\[0\]\.to: is a whole number of more than 64 bits",
    "hex.toml": r"set\[0\]\.to: is a whole number of more than 64 bits",
    "digits5000.toml": "line 4: is a whole number of more than 64 bits",
    "dotted700.toml": "line 4: keys are more than 32 deep; at most 32 are read",
    "crash_s1_892.toml": r"'article_nine_revised'\.date: is 9999-12-31, must lie in the years",
    "crash_s3_1598.toml": r"set\[2\]\.to: is a whole number of more than 64 bits",
    "e0.toml": "extends '/dev/zero': is not a regular file",
    "esc.toml": r"unknown juncture '\\x1b\]0;pwned\\x07",
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_that_cannot_be_is_told_with_its_file_and_place(name: str) -> None:
    with pytest.raises(ScenarioError, match=SCENARIOS[name]) as caught:
        load_scenario(FILES / name)
    told = str(caught.value)
    assert told.startswith(f"{FILES / name}: ")
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", told) is None


def test_a_juncture_outside_the_run_is_warned_of() -> None:
    says = (
        r"typo2104\.toml: juncture 'crimea_2014': 2104-03-18 lies after the run, which goes from "
        "1950 to 2025, so it is in effect removed"
    )
    with pytest.warns(ScenarioWarning, match=says):
        scenario = load_scenario(FILES / "typo2104.toml")
    assert len(explain(scenario)["warnings"]) == 1
    with pytest.warns(ScenarioWarning, match="2030-01-01 lies after the run"):
        load_scenario("japan_nato/baseline").moved("isaf", to=dt.date(2030, 1, 1))
    assert explain(load_scenario("japan_nato/baseline"))["warnings"] == []


def test_whoever_simulates_fewer_years_is_warned_once_of_what_comes_later(tmp_path: Path) -> None:
    shorter = '[[set]]\npath = "time.last_year"\nto = 1990\nsource = "x"\n'
    (tmp_path / "short.toml").write_text(HEAD + shorter, encoding="utf-8")
    with pytest.warns(ScenarioWarning, match=r"from 1950 to 1990, .*and \d+ more") as caught:
        load_scenario(tmp_path / "short.toml")
    assert len(caught) == 1


@pytest.mark.parametrize("command", ["validate", "show"])
def test_the_command_line_says_what_a_scenario_is_warned_of(command: str) -> None:
    told = CliRunner().invoke(app, [command, str(FILES / "typo2104.toml")])
    assert told.exit_code == 0
    assert "warning: " in told.stderr
    assert "in effect removed" in " ".join(told.stderr.split())


def test_a_chain_of_files_has_an_end(tmp_path: Path) -> None:
    def chained(number: int) -> None:
        for k in range(number):
            extends = f"{k + 1}.toml" if k + 1 < number else "japan_nato/baseline"
            text = HEAD.replace("japan_nato/baseline", extends)
            (tmp_path / f"{k}.toml").write_text(text, encoding="utf-8")

    chained(12)
    with pytest.warns(ScenarioWarning, match="has no edits"):
        assert load_scenario(tmp_path / "0.toml").edits == ()
    chained(500)
    with pytest.raises(ScenarioError, match="more than 16 files extend each other"):
        load_scenario(tmp_path / "0.toml")


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX")
def test_a_device_or_a_pipe_is_no_scenario_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "link.toml").symlink_to("/dev/zero")
    (tmp_path / "extends.toml").write_text(HEAD.replace("japan_nato/baseline", "pipe.toml"))
    for name in ("pipe.toml", "link.toml", "extends.toml"):
        with pytest.raises(ScenarioError, match="is not a regular file"):
            load_scenario(tmp_path / name)


def large() -> Iterator[tuple[str, str, str]]:
    """Yield files of at most 2 MB that once took minutes or printed megabytes."""
    depth = "keys are more than 32 deep"
    long, quoted = ".".join(["a"] * 30_000), ".".join(['"a"'] * 20_000)
    yield "a dotted key", f"{long} = 1", depth
    yield "a dotted key in quotes", f"{quoted} = 1", depth
    yield "a dotted header", f"[{long}]", depth
    yield "a dotted key inside", f"x = {{ {long} = 1 }}", depth
    yield "lists in lists", f"x = {'[' * 400_000}", "tables and lists are more than 32 deep"
    names = [f'"a{k}"' for k in range(150_000)]
    entries = "has 150,000 entries, must have at most 2,000"
    yield "many names", f"without = [{', '.join(names)}]", entries
    yield "many that are no tables", f"set = [{', '.join(['0'] * 150_000)}]", entries
    yield "many tables", "[[juncture]]\n" * 150_000, entries
    yield "as many names as may be", f"without = [{', '.join(names[:2000])}]", "and 1,960 more"
    yield "a long name", f'without = ["{long}"]', "string should have at most 60"
    yield "a long path", f'[[set]]\npath = "{long}"\nto = 1\nsource = "x"', "30,000 parts"
    yield "spaces", f"{' ' * 1_900_000}x = 1", "unknown key 'x'"


LARGE = {name: (text, told) for name, text, told in large()}


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_a_large_file_is_told_at_once_and_in_few_words(name: str, tmp_path: Path) -> None:
    text, told = LARGE[name]
    (tmp_path / "large.toml").write_text(HEAD + text, encoding="utf-8")
    start = time.process_time()
    with pytest.raises(ScenarioError, match=told) as caught:
        load_scenario(tmp_path / "large.toml")
    assert time.process_time() - start < AT_ONCE
    assert len(str(caught.value)) < 20_000


def juncture(name: str, follows: list[str]) -> str:
    return (
        f'[[juncture]]\nname = "{name}"\ntitle = "t"\nkind = "event"\ndate = 2000-01-01\n'
        'source = "s"\nwhen_removed = "n"\nwhen_cause_removed = "falls"\n'
        f"follows = {follows}\n"
    )


def test_a_long_chain_of_causes_is_followed_to_its_end_at_once(tmp_path: Path) -> None:
    chain = [juncture("x0_0", ["nine_eleven"]), juncture("x0_1", ["nine_eleven"])]
    for k in range(1, 600):
        chain += [juncture(f"x{k}_{i}", [f"x{k - 1}_0", f"x{k - 1}_1"]) for i in (0, 1)]
    text = f'{HEAD}without = ["nine_eleven"]\n{"".join(chain)}'
    (tmp_path / "chain.toml").write_text(text, encoding="utf-8")
    start = time.process_time()
    cards = explain(load_scenario(tmp_path / "chain.toml"))["junctures"]
    assert time.process_time() - start < AT_ONCE
    standing = {card["name"]: card["standing"] for card in cards}
    assert standing["x599_1"] == "falls away, as x598_0 is not there in time"


def test_many_circles_of_causes_are_told_at_once(tmp_path: Path) -> None:
    circles = "".join(juncture(f"x{k}", [f"x{k ^ 1}"]) for k in range(1900))
    (tmp_path / "circles.toml").write_text(HEAD + circles, encoding="utf-8")
    start = time.process_time()
    with pytest.raises(ScenarioError, match="juncture 'x0': follows itself"):
        load_scenario(tmp_path / "circles.toml")
    assert time.process_time() - start < AT_ONCE


def test_a_file_whose_name_is_not_utf8_is_refused_with_its_name_shown(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"caf\\udce9.*\n.*not UTF-8.*rename"):
        load_scenario(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.toml"))


PLANS = {
    "plan_values_empty.toml": "factor 'a': values has 0 entries, must have at least two",
    "crash_p1_194.toml": "noise: is 1, must be 'common' or 'independent'",
    "hang_p1_1339.toml": "trajectories is 1,000,000, must be at most 1,000 with optimal",
    "far.toml": r"'isaf', row 1: is 10,000,000 days from 1970-01-01, must be a date such as",
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_that_cannot_be_is_told_with_its_file_and_place(name: str) -> None:
    start = time.process_time()
    with pytest.raises(ScenarioError, match=PLANS[name]) as caught:
        load_plan(FILES / name)
    assert time.process_time() - start < AT_ONCE
    assert str(caught.value).startswith(f"{FILES / name}: ")


TABLE = """
title = "t"
scenarios = ["japan_nato/baseline"]
seed = 1
design = {{ kind = "table", file = "{file}" }}
[[factor]]
name = "pull"
number = "willingness.threat_state"
low = 0.5
high = 2.0
[[factor]]
name = "isaf"
date = "isaf"
low = 2001-01-01
high = 2005-01-01
"""


def refused(folder: Path, file: str) -> str:
    """Return why a plan with this table of points cannot be used."""
    (folder / "plan.toml").write_text(TABLE.format(file=file), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_plan(folder / "plan.toml")
    told = str(caught.value)
    assert told.startswith(f"{folder / 'plan.toml'}: ")
    return told


NUMBERS = [
    "1_0",
    "\u0661",
    "inf",
    "nan",
    "0x1",
    "1e",
    "1.2.3",
    "- 1",
    "\uff11",
    "1,5",
    "True",
    "1e999",
]


@pytest.mark.parametrize("cell", NUMBERS)
def test_a_cell_that_only_some_programs_read_as_a_number_is_told_with_row_and_column(
    cell: str, tmp_path: Path
) -> None:
    text = f'pull,isaf\n1.5,2003-08-11\n"{cell}",2003-08-11\n'
    (tmp_path / "points.csv").write_text(text, encoding="utf-8")
    told = refused(tmp_path, "points.csv")
    assert re.search(r"column 'pull', row 2: is .*, must be a (finite )?number", told), told


@pytest.mark.parametrize(
    "cell", ["20030811", "2003-W33-1", "\u06f2003-08-11", "2003-8-11", "0000-01-01"]
)
def test_a_day_that_is_written_otherwise_is_told_with_row_and_column(
    cell: str, tmp_path: Path
) -> None:
    (tmp_path / "points.csv").write_text(f"pull,isaf\n1.5,{cell}\n", encoding="utf-8")
    told = refused(tmp_path, "points.csv")
    assert re.search(r"column 'isaf', row 1: is .*, must be a date such as 2001-09-11", told), told


def test_numbers_in_every_plain_way_are_read(tmp_path: Path) -> None:
    cells = ["1", "+1.", ".5", "1.5e0", " 20E-1\t", "0.500"]
    rows = "".join(f"{cell},2003-08-11\n" for cell in cells)
    (tmp_path / "points.csv").write_text(f"pull,isaf\n{rows}", encoding="utf-8")
    (tmp_path / "plan.toml").write_text(TABLE.format(file="points.csv"), encoding="utf-8")
    table = load_plan(tmp_path / "plan.toml").design_table()
    assert table["pull"].tolist() == [1.0, 1.0, 0.5, 1.5, 2.0, 0.5]


def frames() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield tables that cannot be points, and what is told of each."""
    days = pa.array([12_000, 10**7, -(10**7), None], pa.date32())
    yield "days", {"pull": [1.0] * 4, "isaf": days}, r"'isaf', rows 2, 3: are 10,000,000 days from"
    late = pa.array([86_400 * 12_000, 10**15], pa.timestamp("s"))
    yield "times", {"pull": [1.0] * 2, "isaf": late}, r"'isaf', row 2: is 11,574,074,074 days from"
    many = pa.array([1.0]).take(pa.array([0] * 11_000_000, pa.int32()))
    yield "rows", {"pull": many}, "has 11,000,000 rows, must have at most 10,000,000"
    yield "lists", {"pull": [[1.0]], "isaf": ["x"]}, "column 'pull': holds lists or tables"
    text = pa.array(["x" * 100_000]).dictionary_encode()
    yield "long texts", {"pull": [1.0], "isaf": text}, "holds a text of 100,000 bytes"
    wide = {f"c{k}": [1.0] for k in range(2001)}
    yield "columns", wide, "has 2,001 columns, must have at most 2,000"


FRAMES = {name: (frame, told) for name, frame, told in frames()}


@pytest.mark.parametrize("name", FRAMES)
def test_a_parquet_table_is_measured_before_it_is_read(name: str, tmp_path: Path) -> None:
    frame, says = FRAMES[name]
    pq.write_table(pa.table(frame), tmp_path / "points.parquet", compression="zstd")
    told = refused(tmp_path, "points.parquet")
    assert re.search(says, told), told


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX")
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_points_are_no_device_and_no_pipe(ending: str, tmp_path: Path) -> None:
    (tmp_path / f"zero.{ending}").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / f"pipe.{ending}")
    for name in ("zero", "pipe"):
        assert "is not a regular file" in refused(tmp_path, f"{name}.{ending}")


def test_a_plan_has_a_most_of_everything(tmp_path: Path) -> None:
    def told(change: tuple[str, str], more: str = "") -> str:
        text = TABLE.format(file="points.csv").replace(*change) + more
        (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            load_plan(tmp_path / "plan.toml")
        return str(caught.value)

    names = ", ".join(f'"{k}.toml"' for k in range(101))
    assert "has 101, must have at most 100" in told(('"japan_nato/baseline"', names))
    factor = "".join(f'[[factor]]\nname = "f{k}"\npresent = "isaf"\n' for k in range(999))
    assert "stands 1,001 times, at most 1,000 times" in told(("x", "x"), factor)
    values = ", ".join(str(0.5 + k / 2000) for k in range(1001))
    with_values = ("low = 0.5\nhigh = 2.0", f"values = [{values}]")
    assert "values has 1,001 entries, must have at most 1,000" in told(with_values)
    sobol = 'kind = "sobol", points = 8388608'
    assert "values; must have at most 500,000,000" in told(
        ('kind = "table", file = "points.csv"', sobol),
        "".join(
            f'[[factor]]\nname = "f{k}"\nnumber = "{path}"\n' for k, path in enumerate(PATHS[:60])
        ),
    )
