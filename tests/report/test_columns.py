"""Whatever table a command writes, its manifest says what each of its columns holds."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alliance_sim.cli import app
from alliance_sim.report.result_folder import ANY, columns_told, kinds_of_tables

SWEEP = """
title = "Columns"
scenarios = ["two_islands/baseline", "two_islands/no_raid"]
seed = 7
replicates = 2
{design}
[[factor]]
name = "pull"
number = "willingness.threat_state"
[[factor]]
name = "built"
number = "willingness.assets"
[outcomes]
half = "level_political>={level}@2010"
"""
DESIGNS = {
    "saltelli": 'design = { kind = "saltelli", points = 16 }',
    "morris": 'design = { kind = "morris", trajectories = 6 }',
    "none": 'design = { kind = "replicates" }',
}
ASKED = {
    "run": "run two_islands/no_raid --runs 2 --seed 1",
    "history": "history two_islands/baseline --runs 3 --seed 1",
    "changes": "history japan_nato/no_nine_eleven --runs 2 --seed 1",
    "compare": "compare two_islands/baseline two_islands/no_raid --runs 2 --seed 1",
    "score": "score two_islands/baseline --workers 1",
    "summarise": "summarise saltelli",
    "heat": "summarise saltelli --by pull --by built",
    "contrast": "summarise saltelli --contrast no_raid-baseline",
    "periods": "summarise none",
    "sobol": "sensitivity saltelli --outcome level_political_end",
    "pawn": "sensitivity saltelli --outcome level_political_end --method pawn",
    "morris_indices": "sensitivity morris --outcome level_political_end",
    "prim": "discover saltelli --outcome half --resample 2",
    "cart": "discover saltelli --outcome half --method cart",
}


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("columns")
    for name, design in DESIGNS.items():
        text = SWEEP.format(design=design, level=0.44)
        if name == "none":
            text = text.partition("[[factor]]")[0]
        (folder / f"{name}.toml").write_text(text)
        asked = ["sweep", str(folder / f"{name}.toml"), "--out", str(folder / name)]
        done = CliRunner().invoke(app, [*asked, "--workers", "1"])
        assert done.exit_code == 0, done.output
    return folder


@pytest.mark.slow
@pytest.mark.usefixtures("blank_pictures", "few_baselines")
@pytest.mark.parametrize("name", ASKED)
def test_every_column_of_every_table_is_explained(
    name: str, swept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name.startswith(("sobol", "pawn", "morris")):
        pytest.importorskip("SALib")
    if name in {"prim", "cart"}:
        pytest.importorskip("ema_workbench")
    monkeypatch.chdir(swept)
    done = CliRunner().invoke(app, [*ASKED[name].split(), "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    told: dict[str, dict[str, dict[str, str]]] = {}
    for manifest in tmp_path.glob("*.json"):
        told |= json.loads(manifest.read_text("utf-8")).get("columns", {})
    tables = sorted(tmp_path.glob("*.csv"))
    assert tables
    for path in tables:
        with path.open(newline="", encoding="utf-8") as file:
            columns = next(csv.reader(file))
        assert [c for c in columns if not told[path.name].get(c, {}).get("long_name")] == []


@pytest.mark.parametrize("kind", kinds_of_tables())
def test_what_a_table_says_of_a_column_differs_from_what_all_say(kind: str) -> None:
    shared, told = columns_told(ANY), columns_told(kind)
    assert set(told) >= set(shared)
    assert {name for name in told if told[name] != shared.get(name)}
